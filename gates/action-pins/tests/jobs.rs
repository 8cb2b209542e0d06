//! The rules that `workflow` lists, over literal trees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use action_pins::REGISTER;
use kernel::{Evidence, Finding, Options, Pulse, Severity, Tree, survey};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ALL: &str = "workflow = ['missing-permissions', 'write-all', 'missing-timeout',
    'self-hosted-on-fork', 'persisted-credentials', 'fat-workflow']";

fn findings(options: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let tree = Tree::literal(files.iter().copied());
    let gate = testkit::configure(&REGISTER, options, &tree);
    let (replies, pulse) = (std::collections::BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    survey(&*gate, &evidence).unwrap().findings
}

/// `line offence severity` of one workflow, pins left out.
fn told(options: &str, text: &str) -> Vec<String> {
    let found = findings(options, &[(".github/workflows/ci.yml", text)]);
    let own = found.iter().filter(|it| !it.rule.ends_with("/unpinned-uses")).map(|it| {
        let line = it.at.span.map_or(0, |span| span.line);
        let severity = it.severity.map_or("", Severity::as_str);
        format!("{line} {} {severity}", it.rule.replace("action-pins/", ""))
    });
    own.collect()
}

#[test]
fn a_key_without_a_value_says_nothing() {
    let text = "on: push
permissions:
jobs:
  a: {runs-on: x, permissions: ~, timeout-minutes: , steps: [{run: x}]}
";
    assert_eq!(told(ALL, text), ["4 missing-permissions error", "4 missing-timeout error"]);
}

const BARE: &str = "on: pull_request
jobs:
  a:
    permissions: write-all
    runs-on: self-hosted
    steps:
      - uses: actions/checkout@v6
  b:
    runs-on: big
    steps: [{run: make}]
";

#[test]
fn nothing_turns_red_that_is_not_listed() {
    let open = ["4 write-all warning", "5 self-hosted-on-fork warning"];
    assert_eq!(told("", BARE), open);
    assert!(told("workflow = []", BARE).is_empty());
    assert_eq!(told("workflow = ['write-all']", BARE), ["4 write-all error"]);
    assert_eq!(
        told(ALL, BARE),
        [
            "8 missing-permissions error",
            "4 write-all error",
            "3 missing-timeout error",
            "8 missing-timeout error",
            "7 persisted-credentials error",
            "5 self-hosted-on-fork error",
            "9 self-hosted-on-fork note",
        ]
    );
    let tree = Tree::literal::<&str, &str>([]);
    let refused = |options: &str| (REGISTER.configure)(&Options::of(options), &tree).is_err();
    assert!(refused("workflow = ['missing-timeouts']") && refused("workflow = true"));
}

#[test]
fn proofs_hold_whatever_is_listed() {
    for options in [ALL, "workflow = []", "workflow = ['write-all']"] {
        let gate = testkit::configure(&REGISTER, options, &Tree::literal::<&str, &str>([]));
        for proof in kernel::canary::prove(&REGISTER.configure, &Options::of(options), &*gate) {
            assert!(proof.failures.is_empty(), "{options}: {proof:?}");
        }
    }
}

/// The way by which a fork reaches the own machine of `c.yml`, as lines.
fn way(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, &str)> =
        files.iter().map(|(name, text)| (format!(".github/workflows/{name}.yml"), *text)).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let found = findings("workflow = ['self-hosted-on-fork']", &files);
    let related = found.iter().flat_map(|finding| &finding.related).map(|it| {
        let name = it.at.path.file_stem().unwrap();
        format!("{name} {}", it.at.span.unwrap().line)
    });
    related.collect()
}

#[test]
fn calls_are_followed_and_circles_end() {
    let own = "on: workflow_call\njobs: {j: {runs-on: self-hosted, steps: [{run: x}]}}\n";
    let calls = |name: &str, condition: &str| {
        format!(
            "on: workflow_call\njobs:\n  j: {{{condition}uses: ./.github/workflows/{name}.yml}}\n"
        )
    };
    let start = "on: pull_request_target\njobs: {j: {uses: './.github/workflows/b.yml'}}\n";
    let b = calls("c", "");
    assert_eq!(way(&[("a", start), ("b", &b), ("c", own)]), ["b 3", "a 2", "a 1"]);
    let stops = calls("c", "if: github.event_name == 'push', ");
    assert!(way(&[("a", start), ("b", &stops), ("c", own)]).is_empty());
    assert!(way(&[("b", &b), ("c", own)]).is_empty());
    let circle = calls("b", "");
    assert!(way(&[("a", start), ("b", &circle), ("c", own)]).is_empty());
}

#[test]
fn a_machine_that_strangers_start_without_their_code_is_a_warning() {
    let with = |event: &str, step: &str| {
        told(
            ALL,
            &format!(
                "on: {event}\npermissions: {{}}\njobs:\n  a:\n    timeout-minutes: 5\n    runs-on: {{group: g, labels: [self-hosted]}}\n    steps: [{step}]\n"
            ),
        )
    };
    assert_eq!(with("issue_comment", "{run: x}"), ["6 self-hosted-on-fork warning"]);
    let head = "{run: 'git checkout ${{ github.event.workflow_run.head_sha }}'}";
    assert_eq!(with("workflow_run", head), ["6 self-hosted-on-fork error"]);
    assert!(with("push", head).is_empty());
    assert!(with("{pull_request: {types: [labeled]}}", head).is_empty());
}

/// `step` six blanks to the right.
fn indented(step: &str) -> String {
    step.split_inclusive('\n').map(|line| format!("      {line}")).collect()
}

/// The steps after the edit of the one finding of `step`.
fn inserted(step: &str) -> Option<String> {
    let step = indented(step);
    let text =
        format!("on: push\npermissions: {{contents: read}}\njobs:\n  a:\n    steps:\n{step}");
    let found =
        findings("workflow = ['persisted-credentials']", &[(".github/workflows/ci.yml", &text)]);
    let own = |it: &&Finding| it.rule.ends_with("/persisted-credentials");
    let edit = found.iter().find(own)?.fix.as_ref()?.edits.first()?.clone();
    let mut text = text;
    text.replace_range(edit.start..edit.end, &edit.text);
    Some(text.split_once("steps:\n")?.1.to_owned())
}

#[test]
fn the_input_is_inserted_byte_exact_or_not_at_all() {
    let input = "persist-credentials: false";
    for (before, after) in [
        (
            "- uses: actions/checkout@v6 # v6\n",
            "- uses: actions/checkout@v6 # v6\n  with:\n    persist-credentials: false\n",
        ),
        (
            "- name: x\r\n  uses: actions/checkout@v6\r\n",
            "- name: x\r\n  uses: actions/checkout@v6\r\n  with:\r\n    persist-credentials: false\r\n",
        ),
        (
            "- uses: actions/checkout@v6",
            "- uses: actions/checkout@v6\n  with:\n    persist-credentials: false",
        ),
        (
            "- uses: actions/checkout@v6\n  with:\n      ref: x\n",
            "- uses: actions/checkout@v6\n  with:\n      persist-credentials: false\n      ref: x\n",
        ),
        (
            "- {uses: 'actions/checkout@v6'}\n",
            "- {uses: 'actions/checkout@v6', with: {persist-credentials: false}}\n",
        ),
        (
            "- uses: actions/checkout@v6\n  with: {}\n",
            "- uses: actions/checkout@v6\n  with: {persist-credentials: false}\n",
        ),
    ] {
        assert_eq!(inserted(before), Some(indented(after)), "{before}");
        assert_eq!(inserted(after), None, "{after}");
        assert!(after.contains(input));
    }
    for step in [
        "- uses: >-\n    actions/checkout@v6\n",
        "- uses: actions/checkout@v6\n  with: {token: x}\n",
        "- uses: actions/checkout@v6\n- run: git submodule update\n",
        "- uses: actions/checkout@v6\n- uses: stefanzweifel/git-auto-commit-action@v5\n",
        "- uses: actions/checkout@v6\n  with:\n",
        "- &x uses: actions/checkout@v6\n  with: &y\n    ref: x\n- uses: other/checkout@v6\n  with: *y\n",
    ] {
        let text = inserted(step);
        assert!(text.is_none() || step.contains("&y"), "{step}: {text:?}");
    }
}

const WORKFLOW: &str = "on: {pull_request: {types: [opened, closed]}, issue_comment: }
jobs:
  a:
    needs: b
    if: ${{ github.event.pull_request.head.repo.fork == false || !contains(fromJSON('[\"A\"]'), needs.b.result) }}
    strategy: {matrix: {os: [[self-hosted, x], \"y\"]}}
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/checkout@v6
        with:
          ref: x
      - run: |
          if a; then git push; fi
  b: {uses: ./.github/workflows/ci.yml}
";

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::with_cases(2000)
    })]

    #[test]
    fn a_torn_workflow_is_judged_and_its_edits_fit(
        at in 0..WORKFLOW.len(),
        length in 0_usize..40,
        junk in "[-?:,\\[\\](){}&*!|>'\"%@`<=$~ \t\r\na-c0é\\\\]{0,6}",
    ) {
        let end = (at + length).min(WORKFLOW.len());
        let text = format!("{}{junk}{}", &WORKFLOW[..at], &WORKFLOW[end..]);
        let found = findings(ALL, &[(".github/workflows/ci.yml", &text)]);
        prop_assert_eq!(&found, &findings(ALL, &[(".github/workflows/ci.yml", &text)]));
        for edit in found.iter().flat_map(|it| &it.fix).flat_map(|fix| &fix.edits) {
            prop_assert!(text.get(edit.start..edit.end).is_some());
        }
    }
}
