//! Attribution, and when the history cannot be believed.

use std::collections::BTreeMap;

use kernel::{
    Checked, Commit, Evidence, GateError, HistoryScope, LiteralHistory, Pulse, Tree, survey,
};

use crate::REGISTER;
use crate::rules::sample;
use crate::rules::tables;

fn secret() -> String {
    let format = tables::ALL.iter().copied().flatten().find(|format| format.id == "github-pat");
    let format = format.unwrap();
    sample::line(format, &sample::token(format))
}

fn commit(parents: &[usize], files: &[(&str, &str)]) -> Commit {
    let files = files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec()));
    Commit { message: String::new(), parents: parents.to_vec(), files: files.collect() }
}

fn judge(head: &[(&str, &str)], history: &LiteralHistory) -> Result<Checked, GateError> {
    let tree = Tree::literal(head.iter().copied());
    let gate = testkit::configure(&REGISTER, "", &tree);
    let replies = BTreeMap::new();
    let pulse = Pulse::default();
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: Some(history),
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    survey(&*gate, &evidence)
}

/// `path:line commit` of each finding; commits by their place in the list.
fn places(head: &[(&str, &str)], commits: Vec<Commit>) -> Vec<String> {
    let checked = judge(head, &LiteralHistory::new(HistoryScope::Full, commits)).unwrap();
    let mut places: Vec<String> = checked
        .findings
        .iter()
        .map(|finding| {
            let commit = finding
                .at
                .commit
                .as_ref()
                .map_or("-".to_owned(), |id| id.as_str().trim_start_matches('0').to_owned());
            format!("{}:{} {commit}", finding.at.path, finding.at.span.unwrap().line)
        })
        .collect();
    places.sort();
    places
}

#[test]
fn a_secret_that_was_taken_out_again_is_found_where_it_came_in() {
    let secret = secret();
    let commits = vec![
        commit(&[], &[("a", "x\n")]),
        commit(&[0], &[("a", &format!("x\n{secret}"))]),
        commit(&[1], &[("a", &format!("y\nx\n{secret}"))]),
        commit(&[2], &[("a", "x\n")]),
    ];
    assert_eq!(places(&[("a", "x\n")], commits), ["a:2 1"]);
}

#[test]
fn a_secret_that_only_a_merge_brought_is_the_merges() {
    let secret = secret();
    let commits = vec![
        commit(&[], &[("a", "x\n")]),
        commit(&[0], &[("a", "x\ny\n")]),
        commit(&[0], &[("a", "z\nx\n")]),
        commit(&[1, 2], &[("a", &format!("z\nx\n{secret}y\n"))]),
    ];
    assert_eq!(places(&[], commits), ["a:3 3"]);
}

#[test]
fn a_secret_in_the_tree_is_told_once_and_by_its_commit() {
    let secret = secret();
    let commits = vec![commit(&[], &[("a", &secret)])];
    assert_eq!(places(&[("a", &secret)], commits.clone()), ["a:1 "]);
    let staged = format!("new\n{secret}");
    assert_eq!(places(&[("a", &staged)], commits), ["a:1 ", "a:2 -"]);
}

#[test]
fn messages_are_judged_and_may_quote_what_is_allowed() {
    let secret = secret();
    let mut commits = vec![commit(&[], &[("testdata/a", &secret)])];
    commits[0].message = format!("add a token\n\n{secret}");
    let found = places(&[], commits.clone());
    assert_eq!(found, ["(message):3 ", "testdata/a:1 "]);
    let config = "[extend]\nuseDefault = true\n[allowlist]\npaths = ['^testdata/']\n";
    let checked =
        judge(&[(".gitleaks.toml", config)], &LiteralHistory::new(HistoryScope::Full, commits))
            .unwrap();
    assert!(checked.findings.is_empty());
    assert_eq!(checked.skipped.get("message-quotes-an-exception"), Some(&1));
}

#[test]
fn an_exception_for_a_commit_and_a_path_needs_both() {
    let secret = secret();
    let commits = vec![commit(&[], &[("a", &secret), ("b", &secret)])];
    let id = "0".repeat(40);
    let config = format!(
        "[extend]\nuseDefault = true\n[[allowlists]]\ncondition = \"AND\"\ncommits = ['{id}']\npaths = ['^a$']\n"
    );
    assert_eq!(places(&[(".gitleaks.toml", &config)], commits), ["b:1 "]);
}

#[test]
fn a_history_that_is_not_all_here_is_not_judged() {
    let history = || LiteralHistory::new(HistoryScope::Full, vec![commit(&[], &[("a", "x")])]);
    let code = |history: LiteralHistory| judge(&[], &history).unwrap_err().code;
    assert_eq!(code(history().in_state(|state| state.shallow = true)), "shallow-clone");
    assert_eq!(code(history().in_state(|state| state.partial = true)), "partial-clone");
    assert_eq!(code(history().in_state(|state| state.grafted = true)), "grafted-history");
    assert_eq!(code(LiteralHistory::new(HistoryScope::Full, vec![])), "no-commits");
    assert!(judge(&[], &history()).is_ok());
}

#[test]
fn utf_16_and_binaries_are_looked_into() {
    let secret = secret();
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let binary = [&b"\0\x01\x02"[..], secret.as_bytes()].concat();
    let mut one = commit(&[], &[]);
    one.files = BTreeMap::from([("u".into(), utf16), ("b".into(), binary)]);
    assert_eq!(places(&[], vec![one]), ["b:1 ", "u:1 "]);
}
