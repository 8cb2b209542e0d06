//! A stranger's repository: one command, and the next one is green.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Fixture, PINNED, workflow};

const WORKFLOW: &str = ".github/workflows/ci.yml";

fn read(fixture: &Fixture, path: &str) -> String {
    fixture.sh().read_file(path).unwrap()
}

#[test]
fn what_is_red_today_is_known_and_verify_is_green() {
    let unpinned = workflow("actions/checkout@v4");
    let fixture = Fixture::new(&[(WORKFLOW, &unpinned), ("Cargo.toml", "[workspace]\n")]);
    fixture.xtask(&["init"]).ends_with(0).says(&[
        "wrote ci.toml",
        "action-pins  1 workflow or action file: 1 finding",
        "wrote ci.baseline.json: 1 finding of today",
    ]);
    let ci = read(&fixture, "ci.toml");
    assert!(ci.contains("[gate.action-pins]\n") && ci.contains("# [gate.test]\n"), "{ci}");
    fixture.commit("adopt");
    fixture.xtask(&["verify"]).ends_with(0).says(&["green: 2 of 2"]);
    // What is new counts.
    fixture.write(".github/workflows/new.yml", workflow("actions/cache@v4"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["actions/cache@v4"]);
}

#[test]
fn the_hook_is_installed_on_request() {
    let fixture = Fixture::new(&[("a", "b\n")]);
    fixture.xtask(&["init", "--hook"]).ends_with(0).says(&["wrote ci.toml", "pre-push"]);
    assert!(fixture.path().join(".git/hooks/pre-push").exists());
}

#[test]
fn a_push_is_judged_by_what_it_brings() {
    let fixture = Fixture::new(&[("a", "b\n")]);
    let sh = fixture.sh();
    xshell::cmd!(sh, "git update-ref refs/remotes/origin/main HEAD").quiet().run().unwrap();
    fixture.xtask(&["init"]).ends_with(0);
    let ci = read(&fixture, "ci.toml");
    assert!(ci.contains("base = \"origin/main\""), "{ci}");
    assert!(ci.contains("[profile.quick.options.secret-scan]\nhistory = \"range\"\n"), "{ci}");
    fixture.xtask(&["verify", "--profile", "quick"]).ends_with(0).says(&["partial"]);
}

#[test]
fn nothing_is_ever_overwritten() {
    let fixture = Fixture::new(&[("a", "b")]);
    fixture.xtask(&["init"]).ends_with(0);
    let first = read(&fixture, "ci.toml");
    fixture.xtask(&["init"]).ends_with(2).says(&["ci.toml is there already"]);
    assert_eq!(read(&fixture, "ci.toml"), first);
    fixture.xtask(&["init", "--print"]).ends_with(0).says(&["schema = 1", "[gate.secret-scan]"]);
    let own = Fixture::new(&[(".github/workflows/gates.yml", "mine\n")]);
    let source = format!("https://example.invalid/o/r@{}", "a".repeat(40));
    let args = ["init", "--ci", "github", "--source", &source];
    own.xtask(&args).ends_with(2).says(&["gates.yml is there already"]);
    assert!(!own.path().join("ci.toml").exists(), "half of it was written");
}

#[test]
fn the_wrapper_passes_the_gate_that_it_runs() {
    let alias = "[alias]\nxtask = \"run --package xtask --\"\n";
    let fixture = Fixture::new(&[(".cargo/config.toml", alias)]);
    fixture.xtask(&["init", "--ci", "github"]).ends_with(0).says(&["wrote .github/workflows"]);
    let wrapper = read(&fixture, ".github/workflows/gates.yml");
    assert!(wrapper.contains("- run: cargo xtask verify"), "{wrapper}");
    fixture.xtask(&["verify"]).ends_with(0).says(&["ok action-pins  2 references in 1 file"]);
}

#[test]
fn ci_must_know_where_the_program_comes_from() {
    let fixture = Fixture::new(&[(WORKFLOW, &workflow(PINNED))]);
    let ask = |args: &[&str]| fixture.xtask(args);
    ask(&["init", "--ci", "github"]).ends_with(2).says(&["--source https://HOST"]);
    for source in ["https://example.invalid/o/r@main", "git@h:o/r", "https://h/$(x)@"] {
        let source =
            source.replace("r@", &format!("r@{}", if source.contains("$(") { "" } else { "x" }));
        ask(&["init", "--ci", "github", "--source", &source]).ends_with(2);
    }
    assert!(!fixture.path().join("ci.toml").exists());
    let source = format!("https://example.invalid/o/r@{}", "0a".repeat(20));
    ask(&["init", "--ci", "github", "--source", &source]).ends_with(0);
    let wrapper = read(&fixture, ".github/workflows/gates.yml");
    assert!(wrapper.contains("cargo install --locked --git https://example.invalid/o/r --rev 0a"));
    assert!(wrapper.contains("- run: xtask verify"));
}

#[test]
fn a_plain_folder_and_an_empty_repository_begin_too() {
    let folder = Fixture::folder(&[("notes.txt", "nothing\n")]);
    folder.xtask(&["init"]).ends_with(0);
    folder.xtask(&["verify"]).ends_with(0);
    let empty = Fixture::new(&[]);
    empty.xtask(&["init"]).ends_with(0);
    empty.xtask(&["verify"]).ends_with(0);
}
