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

/// The same of what is decoded and unpacked, in the tree and in the history.
#[test]
fn nothing_that_was_folded_up_is_told() {
    let mut secrets = Vec::new();
    let (mut hex, mut percent, mut plain) = (String::new(), String::new(), String::new());
    for format in tables::ALL.iter().copied().flatten() {
        let token = sample::token(format);
        let line = sample::line(format, &token);
        let of = |render: &dyn Fn(u8) -> String| token.bytes().map(render).collect::<String>();
        let (as_hex, as_percent) =
            (of(&|byte| format!("{byte:02x}")), of(&|byte| format!("%{byte:02X}")));
        // Another one beside it: what is not told of one, the other's key must not tell.
        hex.push_str(&line.replace(&token, &format!("{as_hex} {as_hex}")));
        percent.push_str(&line.replace(&token, &as_percent));
        plain.push_str(&line);
        secrets.extend([token, as_hex, as_percent]);
    }
    let zip = |members: &[(&str, &[u8])]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut writer, bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let named = format!("{}.txt", secrets[0]);
    let inner = zip(&[("plain.txt", plain.as_bytes()), (&named, hex.as_bytes())]);
    let files: BTreeMap<camino::Utf8PathBuf, Vec<u8>> = BTreeMap::from([
        ("hex".into(), hex.into_bytes()),
        ("percent".into(), percent.into_bytes()),
        ("a.zip".into(), zip(&[("b.zip", &inner)])),
        (named.as_str().into(), plain.into_bytes()),
    ]);
    let commits = vec![Commit { message: String::new(), parents: vec![], files: files.clone() }];
    let history = LiteralHistory::new(HistoryScope::Full, commits);
    let tree = Tree::literal(files);
    for (options, history) in
        [("history = \"none\"", None), ("", Some(&history as &dyn kernel::History))]
    {
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
        let at = |path: &str| checked.findings.iter().filter(|it| it.at.path == path).count();
        for path in ["hex", "percent", "a.zip", "***.txt"] {
            assert!(at(path) > 150, "{path}: {}", at(path));
        }
        let mut told = format!("{checked:?}");
        for path in ["hex", "percent", "a.zip", &named] {
            let file = tree.read(path.into()).unwrap();
            // Where a file is left for the whole, its path is the run's own.
            told.push_str(&format!("{:?}", gate.check_file(&file).unwrap()).replace(&named, ""));
        }
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
