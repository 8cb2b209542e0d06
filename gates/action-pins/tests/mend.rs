//! What ci.pins.toml makes of an unpinned reference: exactly these bytes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use action_pins::REGISTER;
use kernel::{ConfigError, Edit, Evidence, Finding, Options, Pulse, Tree, survey};
use proptest::prelude::*;

const SHA: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";
const WORKFLOW: &str = ".github/workflows/ci.yml";

fn pins() -> String {
    let pin = |name: &str, version: &str| {
        format!(
            "  {{ uses = \"a/b\", ref = \"{name}\", commit = \"{SHA}\", version = \"{version}\", when = \"2026-11-21\" }},\n"
        )
    };
    let all = [pin("v4", "v4.2.2"), pin("main", "main"), pin("it's", "it's#1")].concat();
    format!("schema = 1\npins = [\n{all}]\n")
}

fn found(workflow: &str, pins: &str) -> Vec<Finding> {
    let tree = Tree::literal([(WORKFLOW, workflow), ("ci.pins.toml", pins)]);
    let gate = testkit::configure(&REGISTER, "", &tree);
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &BTreeMap::new(),
        remarks: &[],
        pulse: &Pulse::default(),
    };
    survey(&*gate, &evidence).unwrap().findings
}

/// The workflow with every fix of an unpinned reference made.
fn mended(workflow: &str) -> String {
    let found = found(workflow, &pins());
    let unpinned = found.iter().filter(|it| it.rule == "action-pins/unpinned-uses");
    let mut edits: Vec<&Edit> =
        unpinned.flat_map(|it| it.fix.iter().flat_map(|fix| &fix.edits)).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
    let mut text = workflow.to_owned();
    for edit in edits {
        text.replace_range(edit.start..edit.end, &edit.text);
    }
    text
}

/// `step`, in the place of the steps of a job, and what becomes of it.
fn step(step: &str) -> String {
    let around = |step: &str| format!("jobs:\n  j:\n    steps:\n      - {step}\n      - run: é\n");
    let text = mended(&around(step));
    let (_, rest) = text.split_once("      - ").unwrap();
    let step = rest.strip_suffix("\n      - run: é\n").unwrap();
    assert_eq!(text, around(step));
    step.replace(SHA, "SHA")
}

#[test]
fn only_the_bytes_of_the_pin_change() {
    for (before, after) in [
        ("uses: a/b@v4", "uses: a/b@SHA # v4.2.2"),
        ("uses: A/B/sub@v4", "uses: A/B/sub@SHA # v4.2.2"),
        ("uses:   'a/b@v4'", "uses:   'a/b@SHA' # v4.2.2"),
        ("\"uses\" : \" a/b@v4 \"", "\"uses\" : \" a/b@SHA \" # v4.2.2"),
        ("uses: &x !!str a/b@v4", "uses: &x !!str a/b@SHA # v4.2.2"),
        ("name: é\n        uses: a/b@v4", "name: é\n        uses: a/b@SHA # v4.2.2"),
        ("uses:\n          a/b@v4", "uses:\n          a/b@SHA # v4.2.2"),
        ("uses: a/b@main", "uses: a/b@SHA # main"),
        ("uses: \"a/b@it's\"", "uses: \"a/b@SHA\" # it's#1"),
        ("uses: a/b@v4\r\n        with: {x: y}", "uses: a/b@SHA # v4.2.2\r\n        with: {x: y}"),
        // A comment that is a version gives the new one, in its own form.
        ("uses: a/b@v4 # v4", "uses: a/b@SHA # v4.2.2"),
        ("uses: 'a/b@v4'  #v4.1.0", "uses: 'a/b@SHA'  #v4.2.2"),
        ("uses: a/b@v4 # tag=v4.1.0", "uses: a/b@SHA # tag=v4.2.2"),
        ("uses: a/b@v4 # ratchet:a/b@v4\r", "uses: a/b@SHA # ratchet:a/b@v4.2.2\r"),
        // Another stays.
        ("uses: a/b@v4 # needed for 2 tests", "uses: a/b@SHA # needed for 2 tests"),
        ("uses: a/b@v4 # v4.2.2 of the vendor", "uses: a/b@SHA # v4.2.2 of the vendor"),
        ("uses: a/b@v4 # v4, of the vendor", "uses: a/b@SHA # v4, of the vendor"),
        // Where no comment can stand.
        ("{uses: a/b@v4}", "{uses: a/b@SHA}"),
        ("{uses: 'a/b@v4', with: {x: y}} # v4", "{uses: 'a/b@SHA', with: {x: y}} # v4"),
        ("{uses: a/b@v4} # v4", "{uses: a/b@SHA} # v4.2.2"),
        ("uses: >-\n          a/b@v4", "uses: >-\n          a/b@SHA"),
        ("uses: |\n          a/b@v4\n", "uses: |\n          a/b@SHA\n"),
    ] {
        assert_eq!(step(before), after, "{before:?}");
        assert_eq!(step(after.replace("SHA", SHA).as_str()), after, "a second time: {after:?}");
    }
}

#[test]
fn what_a_person_must_decide_is_left() {
    for left in [
        "uses: a/b@v5",
        "uses: c/d@v4",
        "uses: a/b@V4",
        "uses: \"a/b@v\\x34\"",
        "uses: \"a/b\\\n  @v4\"",
        "uses: a/b@v4 # stay on v4.1.0",
    ] {
        assert_eq!(step(left), left);
    }
}

#[test]
fn a_value_behind_an_alias_is_mended_where_it_stands() {
    let flow = "x: &x a/b@v4\njobs:\n  j: {steps: [{uses: *x}, {uses: *x}]}\n";
    let after =
        format!("x: &x a/b@{SHA} # v4.2.2\njobs:\n  j: {{steps: [{{uses: *x}}, {{uses: *x}}]}}\n");
    assert_eq!(mended(flow), after);
    let bom = "\u{feff}jobs:\n  j:\n    steps:\n      - uses: a/b@v4";
    assert_eq!(mended(bom), bom.replace("v4", &format!("{SHA} # v4.2.2")));
}

#[test]
fn a_cache_that_cannot_be_read_stops_the_gate() {
    let configured = |pins: &str| -> Result<_, ConfigError> {
        let tree = Tree::literal([("ci.pins.toml", pins)]);
        (REGISTER.configure)(&Options::none(), &tree).map(|_| ())
    };
    assert!(configured(&pins()).is_ok());
    let error = configured(&pins().replace(SHA, "short")).unwrap_err();
    assert!(error.message.starts_with("ci.pins.toml:3: expected 40 lower-case hex digits"));
    assert_eq!(error.file.unwrap(), "ci.pins.toml");
    assert!(error.hint.unwrap().contains("an entry is: {"));
    assert!(configured("\0").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(1000) })]

    /// Whatever stands around it: what was made is read as pinned, and nothing
    /// else of the file is read otherwise than before.
    #[test]
    fn a_mend_mends_and_is_made_once(before in "[ '\"&{>|-]{0,3}", after in "[ '\"}#v4.\t\r\n,-]{0,8}") {
        let text = format!("jobs:\n  j:\n    steps:\n      - uses: {before}a/b@v4{after}\n      - uses: c/d@v1\n");
        let after = mended(&text);
        prop_assert_eq!(&mended(&after), &after);
        if after != text {
            let rules = |text: &str| -> Vec<String> {
                let found = found(text, &pins()).into_iter();
                found.map(|it| it.rule.to_string()).filter(|it| !it.ends_with("-comment")).collect()
            };
            let (mut expected, now) = (rules(&text), rules(&after));
            let at = expected.iter().position(|it| it == "action-pins/unpinned-uses").unwrap();
            expected.remove(at);
            prop_assert_eq!(now, expected, "{:?} -> {:?}", text, after);
        }
    }
}
