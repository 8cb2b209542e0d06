//! A release: a receipt from CI, a policy from elsewhere, and every way around
//! them that a person would try first.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::release::{CI, POLICY, Release};
use common::workflow;
use xshell::cmd;

#[test]
fn a_commit_with_a_green_run_may_be_released() {
    let release = Release::new();
    release.ci("push", &[]).ends_with(0);
    let policy = release.path("policy.toml");
    release.ask("HEAD", &policy).ends_with(0).says(&["ok", "proven green"]);
    // An annotated tag is an object of its own and stands for its commit.
    let sh = release.repository.sh();
    cmd!(sh, "git tag --annotate v1 --message v1").quiet().run().unwrap();
    release.ask("v1", &policy).ends_with(0);
}

#[test]
fn a_red_run_is_1_and_says_which_gate() {
    let release = Release::new();
    release.repository.write(".github/workflows/ci.yml", workflow("actions/checkout@v4"));
    release.repository.commit("loosen");
    release.ci("push", &[]).ends_with(1);
    let policy = release.path("policy.toml");
    release.ask("HEAD", &policy).ends_with(1).says(&["gate-failed: gate 'action-pins'"]);
}

#[test]
fn another_commit_is_not_proven_by_it() {
    let release = Release::new();
    release.ci("push", &[]).ends_with(0);
    release.repository.write("new", "file");
    release.repository.commit("go on");
    let policy = release.path("policy.toml");
    release.ask("HEAD", &policy).ends_with(5).says(&["commit-mismatch", "tree-mismatch"]);
    release.ask("HEAD~1", &policy).ends_with(0);
    release.ask("nowhere", &policy).ends_with(2);
}

#[test]
fn runs_that_prove_something_else_do_not_count() {
    let release = Release::new();
    let policy = release.path("policy.toml");
    release.ci("pull_request", &[]).ends_with(0);
    release.ask("HEAD", &policy).ends_with(1).says(&["wrong-event: a run of 'pull_request'"]);
    release.ci("push", &["action-pins"]).ends_with(0);
    release.ask("HEAD", &policy).ends_with(1).says(&["gate-skipped: gate 'secret-scan'"]);
    // A developer's own run.
    let receipt = release.path("receipt.json");
    release.repository.xtask(&["verify", "--receipt", &receipt]).ends_with(0);
    release.ask("HEAD", &policy).ends_with(1).says(&["wrong-event: it was made outside CI"]);
}

#[test]
fn the_commits_own_ci_toml_cannot_ask_for_less() {
    let release = Release::new();
    release.repository.write("ci.toml", "schema = 1\n[gate.action-pins]\n");
    release.repository.commit("a smaller list");
    release.ci("push", &[]).ends_with(0);
    let policy = release.path("policy.toml");
    release.ask("HEAD", &policy).ends_with(1).says(&["gate-missing: gate 'secret-scan'"]);
    release.repository.write("ci.toml", CI.replace("full", "none"));
    release.repository.commit("a shorter look");
    release.ci("push", &[]).ends_with(0);
    release.ask("HEAD", &policy).ends_with(1).says(&["options-weaker", "history"]);
}

#[test]
fn a_policy_of_the_judged_commit_is_refused() {
    let release = Release::new();
    release.repository.write("release-policy.toml", POLICY);
    release.repository.commit("policy");
    release.ci("push", &[]).ends_with(0);
    let here = release.repository.path().join("release-policy.toml");
    release.ask("HEAD", here.to_str().unwrap()).ends_with(5).says(&["policy-self"]);
    release.ask("HEAD", "HEAD:release-policy.toml").ends_with(5).says(&["policy-self"]);
    // As a release workflow has it: the branch of the remote.
    let sh = release.repository.sh();
    cmd!(sh, "git update-ref refs/remotes/origin/main HEAD").quiet().run().unwrap();
    release.ask("HEAD", "origin/main:release-policy.toml").ends_with(0);
    release.ask("HEAD", "origin/main:nothing.toml").ends_with(2).says(&["'nothing.toml'"]);
    release.ask("HEAD", "nothing.toml").ends_with(2).says(&["no policy file"]);
}

#[test]
fn an_edited_receipt_is_not_believed() {
    let release = Release::new();
    release.ci("push", &[]).ends_with(0);
    let receipt = release.path("receipt.json");
    let text = std::fs::read_to_string(&receipt).unwrap();
    let policy = release.path("policy.toml");
    for (old, new) in [("\"green\"", "\"red\""), ("\"tripped\": ", "\"tripped\": 1"), ("{", "{\n")]
    {
        assert!(text.contains(old), "{old}");
        std::fs::write(&receipt, text.replacen(old, new, 1)).unwrap();
        let ran = release.ask("HEAD", &policy);
        assert!(matches!(ran.code, 1 | 5), "{old}: {}", ran.stdout);
    }
    std::fs::write(&receipt, text.get(..text.len() / 2).unwrap()).unwrap();
    release.ask("HEAD", &policy).ends_with(5).says(&["schema: no receipt"]);
    std::fs::remove_file(&receipt).unwrap();
    release.ask("HEAD", &policy).ends_with(2).says(&["could not be read"]);
}
