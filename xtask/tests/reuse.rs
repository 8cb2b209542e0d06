//! A result that stands is taken: only where nothing it rests on has moved, and
//! never where it is asked for anew.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Fixture, PINNED, workflow};
use serde_json::Value;
use sha2::{Digest, Sha256};
use xshell::cmd;

const WORKFLOW: &str = ".github/workflows/ci.yml";
const PINS: &str = "schema = 1\n[gate.action-pins]\n";
const BOTH: &str = "schema = 1\n[gate.action-pins]\n[gate.secret-scan]\nhistory = \"full\"\n";

fn green(config: &str) -> Fixture {
    Fixture::new(&[("ci.toml", config), (WORKFLOW, &workflow(PINNED)), ("notes.txt", "none\n")])
}

fn rows(fixture: &Fixture) -> Vec<Value> {
    fixture.receipt()["predicate"]["gates"].as_array().unwrap().clone()
}

/// How the rows of a run were come by.
fn states(fixture: &Fixture) -> Vec<String> {
    rows(fixture).iter().map(|row| row["reuse"]["state"].as_str().unwrap().to_owned()).collect()
}

fn verify(fixture: &Fixture, code: i32) -> Vec<String> {
    fixture.xtask(&["verify"]).ends_with(code);
    states(fixture)
}

#[test]
fn the_second_run_takes_the_result_of_the_first_and_names_its_receipt() {
    let fixture = green(BOTH);
    assert_eq!(verify(&fixture, 0), ["miss", "miss"]);
    let file = fixture.sh().read_binary_file(".git/gate-runner/verify-all.json").unwrap();
    let digest: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
    let first = rows(&fixture);
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 reference in 1 file  reused"]);
    fixture.xtask(&["receipt", "check"]).ends_with(0);
    for (before, after) in first.iter().zip(rows(&fixture)) {
        assert_eq!(after["outcome"], "reused");
        assert_eq!(after["reuse"]["state"], "hit");
        assert_eq!(after["reuse"]["from"], digest.as_str());
        assert_eq!(after["reuse"]["key"], before["reuse"]["key"]);
        for part in ["findings", "examined", "facts", "skipped", "trace", "rules", "proof"] {
            assert_eq!(after[part], before[part], "{part}");
        }
    }
    // A result that was taken is not kept anew: it still names where it ran.
    assert_eq!(verify(&fixture, 0), ["hit", "hit"]);
    assert_eq!(rows(&fixture)[0]["reuse"]["from"], digest.as_str());
}

#[test]
fn what_moved_is_judged_again_and_why_names_it() {
    let fixture = green(BOTH);
    verify(&fixture, 0);
    fixture.xtask(&["why", "action-pins"]).ends_with(0).says(&["stands"]);
    // No workflow: only the scan of every file looks at it.
    fixture.write("notes.txt", "more\n");
    fixture.xtask(&["why", "action-pins"]).ends_with(0).says(&["stands"]);
    fixture
        .xtask(&["why", "secret-scan"])
        .ends_with(0)
        .says(&["since it was judged: notes.txt changed"]);
    assert_eq!(verify(&fixture, 0), ["hit", "part"]);
    fixture.write(".github/workflows/new.yml", workflow("a/b@v1"));
    fixture
        .xtask(&["why", "action-pins"])
        .ends_with(0)
        .says(&["since it was judged: .github/workflows/new.yml is new"]);
    assert_eq!(verify(&fixture, 1), ["part", "part"]);
    // Red as it is, nothing has moved since.
    assert_eq!(verify(&fixture, 1), ["hit", "hit"]);
    assert_eq!(fixture.outcome("action-pins"), "failed findings");
    cmd!(fixture.sh(), "rm .github/workflows/new.yml").run().unwrap();
    // As it was before: more than the last result is kept.
    assert_eq!(verify(&fixture, 0), ["hit", "hit"]);
}

#[test]
fn a_change_of_one_file_judges_one_file() {
    let other = "other.yml";
    let fixture = green(BOTH);
    fixture.write(&format!(".github/workflows/{other}"), workflow("a/b@v1"));
    verify(&fixture, 1);
    let whole = rows(&fixture);
    fixture.write("notes.txt", "more\n");
    fixture.write(WORKFLOW, workflow("c/d@v1"));
    assert_eq!(verify(&fixture, 1), ["part", "part"]);
    let after = rows(&fixture);
    assert_eq!(after[1]["examined"]["files"], whole[1]["examined"]["files"]);
    let paths = |rows: &[Value]| -> Vec<String> {
        let findings = rows[0]["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(&whole), [".github/workflows/other.yml"]);
    assert_eq!(paths(&after), [WORKFLOW, ".github/workflows/other.yml"]);
    // The same as if everything were judged anew.
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(1);
    for (mut part, mut anew) in after.into_iter().zip(rows(&fixture)) {
        // Only how much of it was known.
        for row in [&mut part, &mut anew] {
            row["facts"].as_object_mut().unwrap().remove("history_blobs_seen_before");
        }
        for key in ["findings", "examined", "facts", "skipped", "trace", "outcome"] {
            assert_eq!(part[key], anew[key], "{key}");
        }
    }
    // Files that are gone are no part of it.
    cmd!(fixture.sh(), "rm .github/workflows/other.yml").run().unwrap();
    fixture.write(WORKFLOW, workflow(PINNED));
    assert_eq!(verify(&fixture, 0), ["miss", "part"]);
}

#[test]
fn a_ref_that_moved_is_another_history() {
    let fixture = green(BOTH);
    verify(&fixture, 0);
    cmd!(fixture.sh(), "git branch other").run().unwrap();
    fixture.xtask(&["why", "secret-scan"]).ends_with(0).says(&["a ref of the history moved"]);
    assert_eq!(verify(&fixture, 0), ["hit", "part"]);
    // The same tree under a new commit.
    fixture.commit("empty");
    assert_eq!(verify(&fixture, 0), ["hit", "part"]);
}

#[test]
fn a_file_that_was_looked_for_in_vain_counts_once_it_is_there() {
    let fixture = green(BOTH);
    verify(&fixture, 0);
    fixture.write(".gitleaks.toml", "[extend]\nuseDefault = true\n");
    fixture.xtask(&["why", "secret-scan"]).ends_with(0).says(&["files that configure it changed"]);
    assert_eq!(verify(&fixture, 0)[1], "miss");
}

#[test]
fn a_fault_in_a_file_that_configures_a_gate_is_seen_though_the_gate_is_known() {
    let fixture = green(BOTH);
    fixture.write(".gitleaks.toml", "[extend]\nuseDefault = true\n");
    verify(&fixture, 0);
    assert_eq!(verify(&fixture, 0), ["hit", "hit"]);
    fixture.write(".gitleaks.toml", "[extend]\nuseDefault = maybe\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&[".gitleaks.toml"]);
    fixture.write(".gitleaks.toml", "[extend]\nuseDefault = true\n");
    assert_eq!(verify(&fixture, 0), ["hit", "hit"]);
    // A gate that is known is made once it has something to judge, as ever.
    fixture
        .write("notes.txt", format!("key = \"ghp_{}\"\n", "q7Zr2Kx9Lm4Nv8Bt1Wc6Yd3Hs5Jf0PgTaRuE"));
    assert_eq!(verify(&fixture, 1), ["hit", "part"]);
    assert_eq!(rows(&fixture)[1]["findings"][0]["path"], "notes.txt");
}

#[test]
fn policy_is_laid_over_a_result_anew() {
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow("a/b@v1"))]);
    assert_eq!(verify(&fixture, 1), ["miss"]);
    let waiver =
        format!("{PINS}[[waiver]]\nrule = \"action-pins/unpinned-uses\"\nreason = \"a trial\"\n");
    fixture.write("ci.toml", &waiver);
    assert_eq!(verify(&fixture, 0), ["hit"]);
    assert_eq!(fixture.outcome("action-pins"), "reused ");
    assert_eq!(rows(&fixture)[0]["findings"][0]["state"], "waived");
    fixture.write("ci.toml", format!("{waiver}until = \"2020-01-01\"\n"));
    assert_eq!(verify(&fixture, 1), ["hit"]);
}

#[test]
fn a_comment_is_known_though_its_file_is_not_read() {
    let reference = "a/b@v1 # gate:allow unpinned-uses reason=\"a trial\"";
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow(reference))]);
    assert_eq!(verify(&fixture, 0), ["miss"]);
    let waivers = fixture.receipt()["predicate"]["waivers"].clone();
    assert_eq!(verify(&fixture, 0), ["hit"]);
    assert_eq!(fixture.receipt()["predicate"]["waivers"], waivers);
    assert_eq!(waivers[0]["used"], 1);
}

#[test]
fn nothing_is_taken_where_that_is_asked_or_in_ci() {
    let fixture = green(PINS);
    verify(&fixture, 0);
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(0);
    assert_eq!(states(&fixture), ["off"]);
    let ran = fixture.command(&["verify"]).env("CI", "true").output().map(common::ran).unwrap();
    ran.ends_with(0);
    assert_eq!(states(&fixture), ["off"]);
    assert_eq!(verify(&fixture, 0), ["hit"]);
    let one = |text: Value| {
        let mut receipt = text;
        receipt["predicate"].as_object_mut().unwrap().remove("run");
        receipt
    };
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(0);
    let before = one(fixture.receipt());
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(0);
    assert_eq!(before, one(fixture.receipt()));
}

#[test]
fn what_cannot_be_read_back_is_judged_again() {
    let fixture = green(PINS);
    verify(&fixture, 0);
    let sh = fixture.sh();
    let kept = sh.read_dir(".git/gate-runner/results").unwrap();
    let files: Vec<_> =
        kept.iter().map(|path| (path, sh.read_binary_file(path).unwrap())).collect();
    for end in [2, 3, usize::MAX] {
        for (path, whole) in &files {
            sh.write_file(path, &whole[..whole.len() / end]).unwrap();
        }
        assert_eq!(verify(&fixture, 0), ["miss"]);
        assert_eq!(verify(&fixture, 0), ["hit"]);
    }
    for broken in [&b"[]"[..], b"{\"a\":1}", b"\xff\xfe[[[["] {
        for (path, _) in &files {
            sh.write_file(path, broken).unwrap();
        }
        assert_eq!(verify(&fixture, 0), ["miss"]);
        assert_eq!(verify(&fixture, 0), ["hit"]);
    }
}

#[test]
fn what_is_kept_holds_no_line_that_is_hidden() {
    let token = format!("ghp_{}", "q7Zr2Kx9Lm4Nv8Bt1Wc6Yd3Hs5Jf0PgTaRuE");
    let fixture = green("schema = 1\n[gate.secret-scan]\n");
    fixture.write("leak.txt", format!("beside-it = \"{token}\"\n"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["leak.txt"]);
    let findings = rows(&fixture)[0]["findings"].clone();
    assert_eq!(verify(&fixture, 1), ["hit"]);
    assert_eq!(rows(&fixture)[0]["findings"], findings);
    let state = fixture.path().join(".git/gate-runner");
    let holds = |text: &str| {
        let found = cmd!(fixture.sh(), "grep -r -l -F {text} {state}").ignore_status();
        !found.ignore_stderr().quiet().read().unwrap().is_empty()
    };
    assert!(holds("leak.txt") && !holds(&token[4..]) && !holds("beside-it"));
}

#[test]
fn views_take_turns() {
    let fixture = green(PINS);
    verify(&fixture, 0);
    fixture.write(WORKFLOW, workflow("a/b@v1"));
    assert_eq!(verify(&fixture, 1), ["miss"]);
    fixture.xtask(&["verify", "--rev", "HEAD"]).ends_with(0);
    assert_eq!(states(&fixture), ["hit"]);
    fixture.xtask(&["verify", "--staged"]).ends_with(0);
    assert_eq!(states(&fixture), ["hit"]);
    assert_eq!(verify(&fixture, 1), ["hit"]);
}

/// A command that counts its runs outside the repository.
struct Counted {
    fixture: Fixture,
    count: tempfile::TempDir,
}

impl Counted {
    fn new(keys: &str) -> Counted {
        let count = tempfile::tempdir().unwrap();
        let file = count.path().join("count");
        let config = format!(
            "schema = 1\n[gate.it]\nsh = 'echo \"run $SEEN\" >> {}'\ninputs = [\"src/**\"]\n{keys}\n",
            file.display()
        );
        let fixture = Fixture::new(&[("ci.toml", &config), ("src/a", "1"), ("other", "1")]);
        Counted { fixture, count }
    }

    fn runs(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.count.path().join("count")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn a_command_with_declared_inputs_runs_once_until_one_moves() {
    let it = Counted::new("");
    assert_eq!(verify(&it.fixture, 0), ["miss"]);
    it.fixture.write("other", "2");
    it.fixture.xtask(&["why", "it"]).ends_with(0).says(&["stands"]);
    assert_eq!(verify(&it.fixture, 0), ["hit"]);
    assert_eq!(it.runs().len(), 1);
    it.fixture.xtask(&["receipt", "show"]).ends_with(0).says(&["reused"]);
    assert_eq!(rows(&it.fixture)[0]["attempts"][0]["outcome"], "passed");
    it.fixture.write("src/b", "new");
    it.fixture.xtask(&["why", "it"]).ends_with(0).says(&["since it was judged: src/b is new"]);
    assert_eq!(verify(&it.fixture, 0), ["miss"]);
    assert_eq!(it.runs().len(), 2);
    it.fixture.commit("all of it");
    assert_eq!(verify(&it.fixture, 0), ["hit"]);
    it.fixture.xtask(&["receipt", "check"]).ends_with(0);
}

#[test]
fn a_command_with_declared_inputs_gets_only_declared_variables() {
    let it = Counted::new("env = [\"SEEN\"]");
    let run = |it: &Counted, seen: &str, other: &str| {
        let mut command = it.fixture.command(&["verify"]);
        command.env("SEEN", seen).env("OTHER", other);
        command.output().map(common::ran).unwrap().ends_with(0);
        states(&it.fixture)
    };
    assert_eq!(run(&it, "one", "x"), ["miss"]);
    assert_eq!(run(&it, "one", "y"), ["hit"]);
    assert_eq!(run(&it, "two", "y"), ["miss"]);
    assert_eq!(it.runs(), ["run one", "run two"]);
    // Not named, it is not there.
    let it = Counted::new("");
    assert_eq!(run(&it, "one", "x"), ["miss"]);
    assert_eq!(it.runs(), ["run "]);
}

#[test]
fn a_command_that_failed_or_whose_artifact_moved_runs_again() {
    let it = Counted::new("artifacts = [\"made\"]");
    it.fixture.write(".gitignore", "made\n");
    it.fixture.write("made", "1");
    assert_eq!(verify(&it.fixture, 0), ["miss"]);
    assert_eq!(verify(&it.fixture, 0), ["hit"]);
    it.fixture.write("made", "2");
    verify(&it.fixture, 0);
    assert_eq!(it.runs().len(), 2);
    let failing = "schema = 1\n[gate.it]\nrun = [\"false\"]\ninputs = [\"src/**\"]\n";
    let fixture = Fixture::new(&[("ci.toml", failing), ("src/a", "1")]);
    assert_eq!(
        (verify(&fixture, 1), verify(&fixture, 1)),
        (vec!["off".into()], vec!["off".into()])
    );
    let nothing = failing.replace("false", "true").replace("src", "absent");
    fixture.write("ci.toml", nothing);
    assert_eq!(
        (verify(&fixture, 0), verify(&fixture, 0)),
        (vec!["off".into()], vec!["off".into()])
    );
}

#[test]
fn variables_without_inputs_are_refused() {
    let config = "schema = 1\n[gate.it]\nrun = [\"true\"]\nenv = [\"A\"]\n";
    let fixture = Fixture::new(&[("ci.toml", config)]);
    fixture.xtask(&["verify"]).ends_with(2).says(&["'env' and no 'inputs'"]);
    fixture.write("ci.toml", config.replace("env = [\"A\"]", "inputs = [\"{a\"]"));
    fixture.xtask(&["verify"]).ends_with(2).says(&["inputs: pattern '{a'"]);
    fixture.write("ci.toml", "schema = 1\n[gate.secret-scan]\ninputs = [\"a\"]\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&["'inputs' is a key of command gates"]);
}

#[test]
fn what_is_kept_can_be_counted_and_cleared() {
    let fixture = green(PINS);
    fixture.xtask(&["cache", "stat"]).ends_with(0).says(&["results of gates: 0 files, 0 bytes"]);
    verify(&fixture, 0);
    fixture.xtask(&["cache", "stat"]).ends_with(0).says(&["results of gates: 4 files"]);
    fixture.xtask(&["cache", "clear"]).ends_with(0).says(&["results of gates: 4 files removed"]);
    assert_eq!(verify(&fixture, 0), ["miss"]);
    Fixture::folder(&[]).xtask(&["cache", "stat"]).ends_with(4);

    // What was seen of the history goes too: nothing is believed afterwards.
    let fixture = green(BOTH);
    verify(&fixture, 0);
    fixture.write("notes.txt", "more\n");
    fixture.commit("more");
    assert_eq!(verify(&fixture, 0), ["hit", "part"]);
    fixture
        .xtask(&["cache", "clear"])
        .ends_with(0)
        .says(&["notes on blobs of the history: 1 files removed"]);
    assert_eq!(verify(&fixture, 0), ["miss", "miss"]);
    assert_eq!(rows(&fixture)[1]["facts"]["history_blobs_seen_before"], 0);
}

#[test]
fn two_runs_that_reuse_nothing_differ_in_their_run_alone() {
    let config = "schema = 1\n[gate.action-pins]\n[gate.secret-scan]\nhistory = \"full\"\n[gate.job]\nrun = [\"git\", \"--version\"]\n";
    let fixture = Fixture::new(&[
        ("ci.toml", config),
        (WORKFLOW, &workflow("actions/checkout@v4")),
        ("other.yml", "a: 1\n"),
    ]);
    let mut kept = Vec::new();
    for _ in 0..2 {
        fixture.xtask(&["verify", "--no-reuse"]).ends_with(1);
        let mut receipt = fixture.receipt();
        let run = receipt["predicate"].as_object_mut().unwrap().remove("run");
        assert!(run.is_some_and(|run| run["id"].is_string()));
        kept.push(serde_json::to_string_pretty(&receipt).unwrap());
    }
    assert_eq!(kept[0], kept[1]);
}

/// A clean tree costs one question to git, a changed one two, whatever is judged.
#[test]
#[cfg(unix)]
fn git_is_asked_no_more_than_it_must_be() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = green(BOTH.replace("full", "none").as_str());
    let folder = tempfile::tempdir().unwrap();
    let (log, script) = (folder.path().join("log"), folder.path().join("git"));
    let real = cmd!(fixture.sh(), "sh -c 'command -v git'").read().unwrap();
    let text = format!("#!/bin/sh\necho \"$*\" >> '{}'\nexec {real} \"$@\"\n", log.display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let asked = || {
        std::fs::write(&log, "").unwrap();
        let output = fixture.command(&["verify"]).env("PATH", &path).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(&log).unwrap()
    };
    for again in 0..2 {
        let asked = asked();
        assert_eq!(asked.lines().count(), 1, "{again}: {asked}");
        assert!(asked.contains("rev-parse"), "{asked}");
    }
    fixture.write("notes.txt", "changed\n");
    let asked = asked();
    assert_eq!(asked.lines().count(), 2, "{asked}");
    assert!(asked.contains("--literal-pathspecs status"), "{asked}");
    assert!(asked.ends_with("-- notes.txt\n"), "{asked}");
    assert_eq!(states(&fixture), ["hit", "part"]);
}
