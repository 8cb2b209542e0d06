//! Places of a real repository in which a secret hides from a walk over
//! patches.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Fixture, token};
use xshell::cmd;

const CONFIG: &str = "schema = 1\n[gate.secret-scan]\nhistory = \"full\"\n";

/// `path:line` of each finding, and that nothing holds the token.
fn places(fixture: &Fixture, token: &str) -> Vec<String> {
    let ran = fixture.xtask(&["verify", "--no-reuse", "--verbose"]).leaves_unsaid(&[&token[4..]]);
    let receipt = fixture.receipt();
    assert!(!receipt.to_string().contains(&token[4..]), "the receipt holds the secret");
    let gate = &receipt["predicate"]["gates"][0];
    let findings = gate["findings"].as_array().unwrap();
    let mut places: Vec<String> = findings
        .iter()
        .map(|finding| format!("{}:{}", finding["path"].as_str().unwrap(), finding["line"]))
        .collect();
    places.sort();
    assert_eq!(ran.code, i32::from(!places.is_empty()), "{}{}", ran.stdout, ran.stderr);
    places
}

#[test]
fn a_secret_that_was_taken_out_again() {
    let token = token(1);
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    assert!(places(&fixture, &token).is_empty());
    fixture.write("a.env", format!("x=1\nTOKEN={token}\n"));
    fixture.commit("in");
    fixture.write("a.env", "x=1\n");
    fixture.commit("out");
    assert_eq!(places(&fixture, &token), ["a.env:2"]);
}

#[test]
fn files_that_no_patch_shows() {
    let token = token(2);
    let fixture = Fixture::new(&[("ci.toml", CONFIG), (".gitattributes", "hidden -diff\n")]);
    let line = format!("TOKEN={token}\n");
    fixture.write("hidden", &line);
    fixture.write("utf16", line.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    fixture.write("binary", [b"\0\x01\n", line.as_bytes()].concat());
    fixture.write("Cargo.lock", &line);
    fixture.commit("in");
    let sh = fixture.sh();
    cmd!(sh, "git rm --quiet hidden utf16 binary Cargo.lock").run().unwrap();
    fixture.commit("out");
    assert_eq!(places(&fixture, &token), ["Cargo.lock:1", "binary:2", "hidden:1", "utf16:1"]);
}

#[test]
fn only_in_a_merge() {
    let token = token(3);
    let fixture = Fixture::new(&[("ci.toml", CONFIG), ("a", "1\n")]);
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --create side").run().unwrap();
    fixture.write("b", "2\n");
    fixture.commit("side");
    cmd!(sh, "git switch --quiet main").run().unwrap();
    fixture.write("c", "3\n");
    fixture.commit("main");
    cmd!(sh, "git merge --quiet --no-ff --no-commit side").run().unwrap();
    fixture.write("merged", format!("{token}\n"));
    fixture.commit("merge");
    cmd!(sh, "git rm --quiet merged").run().unwrap();
    fixture.commit("out");
    assert_eq!(places(&fixture, &token), ["merged:1"]);
}

#[test]
fn messages_tags_notes_and_other_branches() {
    let token = token(4);
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    fixture.commit(&format!("subject\n\nsee {token}"));
    let sh = fixture.sh();
    cmd!(sh, "git tag --annotate v1 --message {token}").run().unwrap();
    cmd!(sh, "git notes add --message {token}").run().unwrap();
    cmd!(sh, "git switch --quiet --create aside").run().unwrap();
    fixture.write("aside", format!("{token}\n"));
    fixture.commit("aside");
    cmd!(sh, "git switch --quiet main").run().unwrap();
    let places = places(&fixture, &token);
    assert_eq!(places.len(), 4, "{places:?}");
    assert_eq!(places[..2], ["(message):1", "(message):3"]);
    assert_eq!(places[3], "aside:1");
}

#[test]
fn a_blob_that_only_a_tag_reaches() {
    let token = token(5);
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    let sh = fixture.sh();
    let id = cmd!(sh, "git hash-object -w --stdin").stdin(format!("{token}\n")).read().unwrap();
    cmd!(sh, "git tag loose {id}").run().unwrap();
    assert_eq!(places(&fixture, &token).len(), 1);
}

#[test]
fn what_a_replacement_hides() {
    let token = token(6);
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    fixture.write("a", format!("{token}\n"));
    fixture.commit("in");
    let sh = fixture.sh();
    let hidden = cmd!(sh, "git rev-parse HEAD").read().unwrap();
    cmd!(sh, "git rm --quiet a").run().unwrap();
    fixture.commit("out");
    let shown = cmd!(sh, "git rev-parse HEAD~2").read().unwrap();
    cmd!(sh, "git replace {hidden} {shown}").run().unwrap();
    assert_eq!(places(&fixture, &token), ["a:1"]);
}

#[test]
fn staged_and_not_yet_in_any_commit() {
    let token = token(7);
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    fixture.write("a", format!("{token}\n"));
    assert_eq!(places(&fixture, &token), ["a:1"]);
    let sh = fixture.sh();
    cmd!(sh, "git add a").run().unwrap();
    assert_eq!(places(&fixture, &token), ["a:1"]);
    fixture.commit("in");
    assert_eq!(places(&fixture, &token), ["a:1"]);
}

/// What a filter makes of a blob when it is checked out is in no commit.
#[test]
fn what_only_the_work_tree_has_because_of_a_filter() {
    let token = token(8);
    let fixture = Fixture::new(&[("ci.toml", CONFIG), (".gitattributes", "*.env filter=fill\n")]);
    let sh = fixture.sh();
    let smudge = format!("sed s/WORD/{token}/");
    let clean = format!("sed s/{token}/WORD/");
    cmd!(sh, "git config filter.fill.smudge {smudge}").run().unwrap();
    cmd!(sh, "git config filter.fill.clean {clean}").run().unwrap();
    fixture.write("a.env", "x=1\nTOKEN=WORD\n");
    fixture.commit("in");
    assert!(places(&fixture, &token).is_empty());
    cmd!(sh, "git rm --quiet --cached a.env").run().unwrap();
    cmd!(sh, "git reset --quiet --hard").run().unwrap();
    let there = std::fs::read_to_string(fixture.path().join("a.env")).unwrap();
    assert!(there.contains(&token), "the filter was run");
    assert!(cmd!(sh, "git status --short").read().unwrap().is_empty(), "git sees no change");
    assert_eq!(places(&fixture, &token), ["a.env:2"]);
}

/// A file that was moved and not committed stands where no commit has it.
#[test]
fn a_file_that_is_only_moved() {
    let token = token(9);
    let config = "[extend]\nuseDefault = true\n[allowlist]\npaths = ['^testdata/']\n";
    let fixture = Fixture::new(&[("ci.toml", CONFIG), (".gitleaks.toml", config)]);
    fixture.write("testdata/a.env", format!("TOKEN={token}\n"));
    fixture.commit("in");
    assert!(places(&fixture, &token).is_empty(), "allowed there");
    let sh = fixture.sh();
    cmd!(sh, "git mv testdata/a.env a.env").run().unwrap();
    assert_eq!(places(&fixture, &token), ["a.env:1"]);
}
