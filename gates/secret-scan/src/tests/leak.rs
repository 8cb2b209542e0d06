//! No finding, fact or remark holds a secret.

use std::collections::BTreeMap;

use kernel::{Commit, Evidence, HistoryScope, LiteralHistory, Pulse, Tree, survey};

use crate::REGISTER;
use crate::rules::sample;
use crate::rules::tables;

#[test]
fn nothing_that_is_handed_back_holds_a_secret() {
    let keys = [sample::pem(), sample::putty()];
    // A key's secret is in its lines.
    let mut secrets: Vec<String> = keys
        .iter()
        .flat_map(|key| key.lines())
        .filter(|line| line.len() == 64)
        .map(str::to_owned)
        .collect();
    let mut text = String::new();
    for format in tables::ALL.iter().copied().flatten() {
        let token = sample::token(format);
        text.push_str(&sample::line(format, &token));
        // Two on one line: the other one must not show in this one's key.
        text.push_str(&format!(
            "{} {}",
            sample::line(format, &token).trim(),
            sample::line(format, &token)
        ));
        secrets.push(token);
    }
    keys.iter().for_each(|key| text.push_str(key));
    let files = |path: &str| BTreeMap::from([(path.into(), text.clone().into_bytes())]);
    let commit = |path: &str| Commit { message: text.clone(), parents: vec![], files: files(path) };
    let commits = vec![commit("a.txt"), commit("b.txt")];
    let history = LiteralHistory::new(HistoryScope::Full, commits);
    for (options, history) in
        [("history = \"none\"", None), ("", Some(&history as &dyn kernel::History))]
    {
        // One file that the history has not, one that it has.
        let tree = Tree::literal([("new.txt", format!("{text}\n ")), ("a.txt", text.clone())]);
        let gate = testkit::configure(&REGISTER, options, &tree);
        let evidence = Evidence {
            head: &tree,
            base: None,
            history,
            replies: &BTreeMap::new(),
            remarks: &[],
            pulse: &Pulse::default(),
        };
        let checked = survey(&*gate, &evidence).unwrap();
        assert!(checked.findings.len() > 400, "{}", checked.findings.len());
        assert!(
            checked.findings.iter().all(|finding| !finding.show_source && finding.key.is_some())
        );
        let file = tree.read("a.txt".into()).unwrap();
        let alone = gate.check_file(&file).unwrap();
        let told = format!("{checked:?}{alone:?}");
        let shown: Vec<&String> =
            secrets.iter().filter(|secret| told.contains(tail(secret))).collect();
        assert!(shown.is_empty(), "told: {shown:?}");
    }
}

/// The end of a secret, long enough not to stand anywhere by chance.
fn tail(secret: &str) -> &str {
    let end = secret.trim_end().trim_end_matches('-');
    &end[end.len().saturating_sub(12)..]
}

#[test]
fn examples_that_are_shown_hold_no_token() {
    let gate = testkit::configure(&REGISTER, "", &Tree::literal::<&str, &str>([]));
    for rule in gate.rules().iter() {
        for example in rule.bad.iter() {
            let shown = example.shown();
            assert!(shown.contains('•'), "{}: {shown}", rule.id);
        }
    }
}
