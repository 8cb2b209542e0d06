//! The gate as a whole, over literal trees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use action_pins::REGISTER;
use kernel::{Evidence, Options, Pulse, Tree, survey};

#[test]
fn rules_prove_themselves() {
    testkit::rules_prove_themselves(&REGISTER);
}

#[test]
fn sleeping_rules_are_noticed() {
    testkit::sleeping_rules_are_noticed(&REGISTER);
}

#[test]
fn messages_have_the_form() {
    testkit::messages_have_the_form(&REGISTER);
}

#[test]
fn fixes_mend() {
    assert!(testkit::fixes_mend(&REGISTER) >= 2);
}

/// The edits of a file's findings, as `rule: start..end text`.
fn edits(text: &str) -> Vec<String> {
    let tree = Tree::literal([(".github/workflows/ci.yml", text)]);
    let gate = testkit::configure(&REGISTER, "comments = 'strict'", &tree);
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &BTreeMap::new(),
        remarks: &[],
        pulse: &Pulse::default(),
    };
    let found = survey(&*gate, &evidence).unwrap().findings;
    let edits = found.iter().flat_map(|finding| finding.fix.iter().flat_map(|fix| &fix.edits));
    edits.map(|edit| format!("{} -> {}", &text[edit.start..edit.end], edit.text)).collect()
}

#[test]
fn a_version_is_repeated_only_where_that_is_certain() {
    let sha = "11bd71901bbe5b1630ceea73d27597364c9af683";
    let steps = |known: &str, step: &str| {
        let known = known.replace("SHA", sha);
        let step = step.replace("SHA", sha);
        edits(&format!("jobs:\n  j:\n    steps:\n{known}      - {step}\n"))
    };
    let known = "      - uses: a/b@SHA # v1.2.3\n";
    assert_eq!(steps(known, "uses: a/b@SHA"), [" ->  # v1.2.3"]);
    assert_eq!(steps(known, "uses: a/b/sub@SHA # v1"), ["# v1 -> # v1.2.3"]);
    for step in [
        "uses: a/other@SHA",
        "uses: a/b@SHA # v1, of the vendor",
        "uses: a/b@SHA # needed for the tests",
        "uses: >-\n          a/b@SHA",
        "uses: |\n          a/b@SHA",
        "{uses: a/b@SHA}",
        "uses: &x a/b@SHA",
        "name: n\n        uses:\n          a/b@SHA",
    ] {
        assert!(steps(known, step).is_empty(), "{step}: {:?}", steps(known, step));
    }
    let torn = format!("{known}      - uses: a/b@SHA # v1.2\n");
    assert!(steps(&torn, "uses: a/b@SHA").is_empty(), "comments that do not agree");
    assert!(steps("", "uses: a/b@SHA").is_empty());
}

/// Published names: one that goes breaks ci.toml, waivers and receipts of users.
#[test]
fn published_rules_stay() {
    let gate = testkit::configure(&REGISTER, "", &Tree::literal::<&str, &str>([]));
    let rules = gate.rules();
    let ids: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
    let published = [
        "action-pins/unpinned-uses",
        "action-pins/malformed-reference",
        "action-pins/unpinned-image",
        "action-pins/dynamic-image",
        "action-pins/unreadable",
        "action-pins/unlisted-owner",
        "action-pins/missing-version-comment",
        "action-pins/moving-version-comment",
        "action-pins/conflicting-version-comment",
    ];
    for id in published {
        assert!(ids.contains(&id), "{id} was published and is gone");
    }
}

#[test]
fn proofs_hold_whatever_the_options() {
    for options in [
        "comments = 'off'",
        "comments = 'strict'\nowners = ['nobody']",
        "umbrella = 'test'",
        "supply = ['**', '!web/**']\nimages = 'digest'",
        "umbrella = 'verify-all'\nrelease_workflows = ['.github/workflows/ci.yml']",
    ] {
        let gate = testkit::configure(&REGISTER, options, &Tree::literal::<&str, &str>([]));
        let proofs = kernel::canary::prove(&REGISTER.configure, &Options::of(options), &*gate);
        for proof in proofs {
            assert!(proof.failures.is_empty(), "{options}: {proof:?}");
        }
    }
}

/// What is found in one workflow, `line offence`.
fn found(options: &str, text: &str) -> Vec<String> {
    let found = testkit::judge(&REGISTER, options, &[(".github/workflows/ci.yml", text)]);
    found
        .iter()
        .map(|it| it.replace(".github/workflows/ci.yml:", "").replace("action-pins/", ""))
        .collect()
}

#[test]
fn a_named_umbrella_needs_every_job_that_always_runs() {
    let jobs = "jobs:
  a: {steps: [{run: x}]}
  b: {needs: a, steps: [{run: x}]}
  sometimes: {if: github.ref == 'x', steps: [{run: x}]}
  with-it: {needs: sometimes, steps: [{run: x}]}
  maybe: {continue-on-error: true, steps: [{run: x}]}
  done: {if: always(), needs: NEEDS, steps: [{run: x}]}
  after: {needs: Done, steps: [{run: x}]}
";
    let with = |needs: &str| found("umbrella = 'DONE'", &jobs.replace("NEEDS", needs));
    assert!(with("[b]").is_empty());
    assert_eq!(with("[A]"), ["3 umbrella-incomplete"]);
    assert_eq!(with("[]"), ["2 umbrella-incomplete", "3 umbrella-incomplete"]);
    assert_eq!(with("[b, c]"), ["7 umbrella-incomplete"]);
    let skipped = jobs.replace("NEEDS", "b").replace("always()", "success()");
    assert_eq!(found("umbrella = 'done'", &skipped), ["7 umbrella-incomplete"]);
    assert!(found("", &skipped).is_empty());
    assert_eq!(found("umbrella = 'other'", &skipped), [".github/workflows:0 missing-umbrella"]);
}

#[test]
fn a_publishing_job_is_stopped_by_the_check() {
    let jobs = "permissions: {}
jobs:
  require-green: {steps: [{run: cargo xtask require-green}]}
  build: {needs: require-green, steps: [{run: make}]}
  publish:
    KEYS
    steps: [{run: cargo publish}]
";
    let with = |keys: &str| found("", &jobs.replace("KEYS", keys));
    assert_eq!(with("timeout-minutes: 1"), ["5 publish-without-check"]);
    assert_eq!(with("needs: [publish]"), ["5 publish-without-check"]);
    assert!(with("needs: BUILD").is_empty());
    assert!(with("needs: build\n    if: github.ref == 'x'").is_empty());
    let asks =
        |condition: &str| with(&format!("needs: [build, require-green]\n    if: {condition}"));
    assert_eq!(asks("always()"), ["7 publish-without-check"]);
    assert!(asks("always() && needs.require-green.result == 'success'").is_empty());
    assert!(asks("always() && needs.build.result == 'success'").is_empty());
    assert!(
        asks("${{ !failure() && !cancelled() && needs.build.result == 'success' }}").is_empty()
    );
    assert_eq!(asks("always() && needs.build.result != 'failure'"), ["7 publish-without-check"]);
}

#[test]
fn an_excused_check_is_told() {
    let with = |step: &str| {
        let step = format!("jobs:\n  a:\n    permissions: {{}}\n    steps:\n      - {step}\n");
        found("", &step)
    };
    let call = "run: cargo xtask require-green --commit x";
    let told = ["5 excused-check"];
    assert!(with(call).is_empty());
    assert!(with(&format!("{{if: success(), {call}}}")).is_empty());
    assert!(with(&format!("{{continue-on-error: false, {call} || exit 1}}")).is_empty());
    assert_eq!(with(&format!("{call} || true")), told);
    assert_eq!(with(&format!("{{if: github.event_name == 'push', {call}}}")), told);
    assert_eq!(with(&format!("{{continue-on-error: true, {call}}}")), told);
}

#[test]
fn workflows_in_sub_folders_are_counted_not_judged() {
    let path = ".github/workflows/old/ci.yml";
    let text = "jobs: {j: {steps: [{uses: a/b@v1}]}}\n";
    assert!(testkit::judge(&REGISTER, "", &[(path, text)]).is_empty());
    assert_eq!(
        testkit::judge(
            &REGISTER,
            "",
            &[(".github/workflows/old/action.yml", "runs: {steps: [{uses: a/b@v1}]}\n")]
        ),
        [".github/workflows/old/action.yml:1 action-pins/unpinned-uses"]
    );
}

#[test]
fn allow_entries_become_waivers_of_the_right_rules() {
    let options = "allow = [
        { uses = 'slsa-framework/slsa-github-generator/**', reason = 'its verifier needs a tag' },
        { image = '${{ inputs.image }}', path = '.github/workflows/a.yml', reason = 'by digest' },
    ]";
    let slsa = "slsa-framework/slsa-github-generator/.github/workflows/x.yml@v2.1.0";
    let tree = Tree::literal([(
        ".github/workflows/a.yml",
        format!(
            "jobs:\n  a:\n    uses: {slsa}\n  b:\n    container: ${{{{inputs.image}}}}\n  c:\n    container: ${{{{ inputs.other }}}}\n"
        ),
    )]);
    let gate = testkit::configure(&REGISTER, options, &tree);
    let (replies, pulse) = (BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    let checked = survey(&*gate, &evidence).unwrap();
    let waivers = gate.waivers();
    let covered: Vec<Vec<bool>> = checked
        .findings
        .iter()
        .filter(|finding| {
            ["action-pins/unpinned-uses", "action-pins/dynamic-image"].contains(&&*finding.rule)
        })
        .map(|finding| waivers.iter().map(|waiver| waiver.covers(finding)).collect())
        .collect();
    assert_eq!(covered, [[true, false], [false, true], [false, false]]);
}
