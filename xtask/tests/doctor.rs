//! What `doctor` says of surroundings that are well, and of each that is not.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::{Fixture, PINNED, workflow};
use xshell::cmd;

const WORKFLOW: &str = ".github/workflows/ci.yml";
const PINS: &str = "schema = 1\n[gate.action-pins]\n";
const HISTORY: &str = "schema = 1\n[gate.secret-scan]\nhistory = \"full\"\n";
const HOOK: &str = ".git/hooks/pre-push";

fn with(config: &str) -> Fixture {
    Fixture::new(&[("ci.toml", config), (WORKFLOW, &workflow(PINNED))])
}

/// The check of that name, from the JSON.
fn check(fixture: &Fixture, name: &str, code: i32) -> serde_json::Value {
    let ran = fixture.xtask(&["doctor", "--json"]).ends_with(code);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["exitCode"], code);
    let checks = told["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["check"] == name);
    found.unwrap_or_else(|| panic!("no '{name}' in {}", ran.stdout)).clone()
}

fn program(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn all_well_is_0_and_runs_no_gate() {
    let config = format!(
        "{PINS}[verify]\nbase = \"main\"\n[gate.it]\nrun = [\"./ran\"]\nrequires = [\"git\"]\n"
    );
    let fixture = with(&config);
    program(&fixture.path().join("ran"), "#!/bin/sh\ntouch .git/it-ran\n");
    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(0);
    fixture.xtask(&["doctor"]).ends_with(0).says(&[
        "ok     gate action-pins  looks at 1 file",
        "(git version ",
        "./ran, for it",
        "ok     base",
        "pre-push calls",
        "all is in place",
    ]);
    assert!(!fixture.path().join(".git/it-ran").exists(), "a gate was run");
    assert!(!fixture.path().join(".git/gate-runner/verify-all.json").exists());
    assert_eq!(check(&fixture, "repository", 0)["state"], "ok");
}

#[test]
fn faults_of_the_configuration_are_2() {
    let fixture = with(PINS);
    for (config, name, text) in [
        ("schema = 1\n[gate.it]\nrnu = [\"true\"]\nrun = [\"true\"]\n", "ci.toml", "'rnu'"),
        ("schema = 1\n[gate.secret-scan]\nhistory = \"all\"\n", "gate secret-scan", "all"),
        (
            "schema = 1\n[gate.it]\nrun = [\"true\"]\ndir = \"web\"\n",
            "gate it",
            "'web', is no folder",
        ),
        (
            "schema = 1\n[gate.it]\nrun = [\"true\"]\nprove = { patch = \"no.patch\" }\n",
            "gate it",
            "'no.patch', is not here",
        ),
        (
            "schema = 1\n[gate.secret-scan]\n[profile.quick]\noptions.secret-scan.history = \"all\"\n",
            "gate secret-scan in quick",
            "all",
        ),
    ] {
        fixture.write("ci.toml", config);
        let found = check(&fixture, name, 2);
        assert_eq!(found["state"], "fault", "{config}");
        assert!(found["text"].as_str().unwrap().contains(text), "{found}");
    }
    fixture.write("ci.toml", PINS);
    fixture.write("ci.baseline.json", "{}");
    assert_eq!(check(&fixture, "baseline", 2)["state"], "fault");
    fixture.sh().remove_path("ci.baseline.json").unwrap();
    fixture.sh().remove_path(WORKFLOW).unwrap();
    let found = check(&fixture, "gate action-pins", 2);
    assert!(found["todo"].as_str().unwrap().contains("empty = \"ok\""), "{found}");
    fixture.write("ci.toml", format!("{PINS}empty = \"ok\"\n"));
    assert_eq!(check(&fixture, "gate action-pins", 0)["state"], "ok");
    fixture.sh().remove_path("ci.toml").unwrap();
    assert!(check(&fixture, "ci.toml", 2)["text"].as_str().unwrap().contains("no ci.toml"));
}

#[test]
fn one_gate_at_fault_hides_no_other() {
    let fixture = with("schema = 1\n[gate.secret-scan]\nhistory = \"all\"\n[gate.action-pins]\n");
    assert_eq!(check(&fixture, "gate secret-scan", 2)["state"], "fault");
    assert_eq!(check(&fixture, "gate action-pins", 2)["state"], "ok");
}

#[test]
fn a_missing_tool_is_4_and_told_with_its_gates() {
    let keys = "run = [\"no-such-program\"]\nrequires = [\"no-such-tool\", \"quiet-tool\"]\n";
    let fixture = with(&format!("schema = 1\n[gate.it]\n{keys}[gate.other]\n{keys}"));
    let tools = tempfile::tempdir().unwrap();
    program(&tools.path().join("quiet-tool"), "#!/bin/sh\nexit 3\n");
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap());
    let output = fixture.command(&["doctor"]).env("PATH", path).output().unwrap();
    common::ran(output).ends_with(4).says(&[
        "fault  tool no-such-tool     is not installed, and it, other calls it",
        "fault  tool no-such-program",
        "quiet-tool (tells no version), for it, other",
        "2 faults",
    ]);
}

#[test]
fn a_program_without_requires_is_not_started() {
    let fixture = with("schema = 1\n[gate.it]\nrun = [\"danger\"]\nrequires = [\"./danger\"]\n");
    let text = "#!/bin/sh\ntouch .git/started\n";
    program(&fixture.path().join("danger"), text);
    let path = format!("{}:{}", fixture.path().display(), std::env::var("PATH").unwrap());
    let output = fixture.command(&["doctor"]).env("PATH", path).output().unwrap();
    common::ran(output).ends_with(0).says(&["danger, for it"]);
    assert!(!fixture.path().join(".git/started").exists());
}

#[test]
fn a_base_that_is_not_here() {
    let fixture = with(&format!("{PINS}[verify]\nbase = \"origin/main\"\n"));
    let found = check(&fixture, "base", 4);
    assert!(found["todo"].as_str().unwrap().starts_with("git fetch origin main"), "{found}");
    let sh = fixture.sh();
    cmd!(sh, "git update-ref refs/remotes/origin/main HEAD").run().unwrap();
    assert_eq!(check(&fixture, "base", 0)["state"], "ok");
    let tree = "HEAD^{tree}";
    let root = cmd!(sh, "git commit-tree {tree} -m unrelated").read().unwrap();
    cmd!(sh, "git update-ref refs/remotes/origin/main {root}").run().unwrap();
    assert!(check(&fixture, "base", 4)["text"].as_str().unwrap().contains("common ancestor"));
}

#[test]
fn a_shallow_clone_and_a_plain_folder() {
    let fixture = with(HISTORY);
    fixture.commit("second");
    let (sh, clone) = (fixture.sh(), tempfile::tempdir().unwrap());
    let (from, into) = (format!("file://{}", fixture.path().display()), clone.path().join("c"));
    cmd!(sh, "git clone --quiet --depth 1 {from} {into}").run().unwrap();
    fixture.xtask(&["-C", into.to_str().unwrap(), "doctor"]).ends_with(4).says(&[
        "a shallow clone",
        "fault  gate secret-scan  needs the whole history",
        "git fetch --unshallow",
    ]);
    fixture.xtask(&["doctor"]).ends_with(0);
    let folder = Fixture::folder(&[("ci.toml", HISTORY)]);
    folder.xtask(&["doctor"]).ends_with(4).says(&["a plain folder", "needs a git repository"]);
    let folder = Fixture::folder(&[("ci.toml", PINS), (WORKFLOW, &workflow(PINNED))]);
    folder.xtask(&["doctor"]).ends_with(0);
    fixture.xtask(&["-C", "no-such-folder", "doctor"]).ends_with(4).says(&["no-such-folder"]);
}

#[test]
fn git_itself_and_a_bare_repository() {
    let fixture = with(PINS);
    let output = fixture.command(&["doctor"]).env("PATH", "/nowhere").output().unwrap();
    common::ran(output).ends_with(4).says(&["git is not installed"]);
    let (sh, bare) = (fixture.sh(), tempfile::tempdir().unwrap());
    let at = bare.path();
    cmd!(sh, "git init --quiet --bare {at}").run().unwrap();
    fixture.xtask(&["-C", at.to_str().unwrap(), "doctor"]).ends_with(4).says(&["no work tree"]);
}

#[test]
fn a_receipt_that_could_not_be_kept() {
    let fixture = with(PINS);
    fixture.write(".git/gate-runner", "in the way");
    let found = check(&fixture, "receipts", 4);
    assert!(found["todo"].as_str().unwrap().contains("--receipt"), "{found}");
}

#[test]
fn every_state_of_the_hook() {
    let fixture = with(PINS);
    assert_eq!(check(&fixture, "hook", 0)["state"], "note");
    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(0);
    assert_eq!(check(&fixture, "hook", 0)["state"], "ok");
    let hook = fixture.path().join(HOOK);
    let text = std::fs::read_to_string(&hook).unwrap();
    // git passes over a hook that may not be executed, without a word.
    std::fs::set_permissions(&hook, PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(check(&fixture, "hook", 4)["state"], "fault");
    let own = common::exe();
    program(&hook, &text.replace(own.to_str().unwrap(), "/gone/xtask"));
    let found = check(&fixture, "hook", 4);
    assert!(found["text"].as_str().unwrap().contains("/gone/xtask, which is gone"), "{found}");
    program(&hook, "#!/bin/sh\nmake check\n");
    assert_eq!(check(&fixture, "hook", 0)["state"], "note");
    program(&hook, "#!/bin/sh\nxtask hook run pre-push \"$@\" || exit 1\n");
    assert_eq!(check(&fixture, "hook", 0)["state"], "ok");
}
