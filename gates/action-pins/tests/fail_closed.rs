//! Junk anywhere in a file with a floating step leaves it red.

use action_pins::REGISTER;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const WORKFLOW: &str = "\
name: ci
on: push
permissions: {}
env:
  A: b
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        a: [1, 2]
    steps:
      - run: |
          echo one
      - name: step
        uses: owner/action@v4
        with:
          a: b
  other:
    runs-on: ubuntu-latest
    steps:
      - run: echo two
";

/// The same in the other shapes that a floating reference has: each with the
/// line or the entry that must stay whole to be one.
const SHAPES: &[(&str, &str, &str)] = &[
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  j: {runs-on: u, steps: [{run: x}, {name: y, uses: o/a@v4}]}\n",
        "{name: y, uses: o/a@v4}",
    ),
    (
        ".github/workflows/ci.yml",
        "{\"on\": \"push\", \"jobs\": {\"j\": {\"runs-on\": \"u\",\n\"steps\": [{\"uses\": \"o/a@v4\"}]}}}\n",
        "{\"uses\": \"o/a@v4\"}",
    ),
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    steps: &s\n      - parallel:\n          - uses: o/a@v4\n  b:\n    steps: *s\n",
        "          - uses: o/a@v4",
    ),
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    uses: o/a/.github/workflows/w.yml@v4\n    with:\n      b: c\n",
        "    uses: o/a/.github/workflows/w.yml@v4",
    ),
    (
        "sub/action.yaml",
        "name: a\nruns:\n  using: composite\n  steps:\n    - run: x\n      shell: sh\n    - uses: o/a@v4\n",
        "    - uses: o/a@v4",
    ),
];

const RELEASE: &str = "\
on: push
permissions: {contents: write}
jobs:
  require-green:
    timeout-minutes: 5
    steps:
      - run: |
          cargo xtask \\
            require-green --wait '10m' # too long
  verify-all:
    if: ${{ always() }}
    needs: [a, b, require-green]
    steps: [{run: 'test ${{ needs.a.result }} || exit 1'}]
  a: {steps: [{run: x}]}
  b: {steps: [{run: x}]}
  publish:
    needs: [b, require-green]
    if: always() && needs.b.result == 'success' && (x || contains(needs.*.result, 'failure'))
    steps:
      - run: x=$(cargo publish) && cat <<E
";

/// Whether the floating step is told: as what it is, or by the file being red.
fn is_red(text: &str) -> bool {
    is_red_at(".github/workflows/ci.yml", text)
}

fn is_red_at(path: &str, text: &str) -> bool {
    let found = testkit::judge(&REGISTER, "", &[(path, text)]);
    let told =
        ["unpinned-uses", "malformed-reference", "unreadable", "unpinned-image", "dynamic-image"];
    found.iter().any(|found| told.iter().any(|offence| found.ends_with(&format!("/{offence}"))))
}

/// `FUZZ_CASES` and `FUZZ_SEED` make a longer run of it, another each time.
#[allow(clippy::disallowed_methods, reason = "how long a test runs is no evidence")]
fn config() -> ProptestConfig {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u32>().ok();
    let cases = number("FUZZ_CASES").unwrap_or(2000);
    ProptestConfig {
        rng_seed: RngSeed::Fixed(number("FUZZ_SEED").unwrap_or(7).into()),
        failure_persistence: None,
        max_global_rejects: cases.saturating_mul(500),
        ..ProptestConfig::with_cases(cases)
    }
}

/// What longer runs found: `runs:` without anything below it.
#[test]
fn an_empty_body_leaves_it_red() {
    let source = SHAPES[4].1;
    for junk in [":\r", "? :\n", "x:\n", "?\n"] {
        for before in ["  using", "  steps", "    - run", "    - uses"] {
            let text = source.replacen(before, &format!("{junk}{before}"), 1);
            assert!(is_red_at("action.yml", &text), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(config())]

    // No '#' and nothing on the line of the step itself: a step that is
    // commented out or has another key is no step any more.
    #[test]
    fn junk_leaves_it_red(
        at in 0..WORKFLOW.len(),
        junk in prop_oneof![
            "[-?:,\\[\\]{}&*!|>'\"%@`<=~ \t\r\na-c0\\\\]{1,6}",
            any::<String>().prop_map(|text| text.replace('#', "")),
        ],
    ) {
        let step = WORKFLOW.find("        uses:").unwrap();
        let step = step..step + WORKFLOW[step..].find("@v4").unwrap() + 3;
        prop_assume!(!step.contains(&at));
        let text = format!("{}{junk}{}", &WORKFLOW[..at], &WORKFLOW[at..]);
        prop_assert!(is_red(&text), "green:\n{text}");
    }

    #[test]
    fn junk_leaves_every_shape_red(
        shape in 0..SHAPES.len(),
        at in 0_usize..200,
        junk in "[-?:,\\[\\]{}&*!|>'\"%@`<=~ \t\r\na-c0é\u{feff}\\\\]{1,6}",
    ) {
        let (path, source, kept) = SHAPES[shape];
        let kept = source.find(kept).map(|start| start..start + kept.len()).unwrap();
        prop_assume!(at <= source.len() && !(kept.start <= at && at <= kept.end));
        let text = format!("{}{junk}{}", &source[..at], &source[at..]);
        prop_assert!(is_red_at(path, &text), "green:\n{text}");
    }

    #[test]
    fn a_cut_leaves_it_red(at in 0..WORKFLOW.len(), length in 1_usize..20) {
        let step = WORKFLOW.find("\n        uses:").unwrap();
        let step = step..step + WORKFLOW[step..].find("@v4").unwrap() + 3;
        let cut = at..(at + length).min(WORKFLOW.len());
        prop_assume!(cut.end <= step.start || cut.start >= step.end);
        let text = format!("{}{}", &WORKFLOW[..cut.start], &WORKFLOW[cut.end..]);
        prop_assert!(is_red(&text), "green:\n{text}");
    }

    #[test]
    fn a_torn_release_is_judged(
        at in 0..RELEASE.len(),
        length in 0_usize..40,
        junk in "[-?:,\\[\\](){}&*!|>'\"%@`<=$~ \t\r\na-c0\\\\]{0,6}",
    ) {
        let end = (at + length).min(RELEASE.len());
        let text = format!("{}{junk}{}", &RELEASE[..at], &RELEASE[end..]);
        for options in ["", "umbrella = 'verify-all'"] {
            let judge = || testkit::judge(&REGISTER, options, &[(".github/workflows/r.yml", &text)]);
            prop_assert_eq!(judge(), judge());
        }
    }

    #[test]
    fn any_bytes_are_judged(bytes in any::<Vec<u8>>(), is_action in any::<bool>()) {
        let path = if is_action { "action.yml" } else { ".github/workflows/ci.yml" };
        let tree = kernel::Tree::literal([(path, bytes.clone())]);
        let gate = testkit::configure(&REGISTER, "", &tree);
        let file = tree.read(path.into()).unwrap();
        let checked = gate.check_file(&file).unwrap();
        prop_assert_eq!(checked.examined.files, 1);
    }

    #[test]
    fn any_supply_is_judged(
        name in prop_oneof![Just("Dockerfile"), Just("compose.yaml"), Just("kustomization.yaml"), Just("x.json")],
        text in prop_oneof![
            "((image|repository|tag|services|containers|kind|apiVersion|build|<<|- a|x)?:? ?(&a|\\*a|\\$\\{A:-|\\{\\{|a:1|b@sha256:|\\{|\\[|')?\n? {0,4}){0,12}",
            "((FROM|ARG|COPY --from=|RUN <<) ?(a:1|A=\\$A|\\$A|AS b|b|<<E|\\\\)?\n){0,12}",
            any::<String>(),
        ],
    ) {
        for level in ["version", "digest"] {
            let options = format!("supply = ['**']\nimages = '{level}'");
            let judge = || testkit::judge(&REGISTER, &options, &[(name, &text)]);
            prop_assert_eq!(judge(), judge());
        }
    }
}
