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

#[test]
fn every_receipt_of_a_folder_has_to_prove_the_commit() {
    let release = Release::new();
    let policy = release.path("policy.toml");
    let dir = release.path("receipts");
    let ask = || {
        let args = ["require-green", "--commit", "HEAD", "--dir", &dir, "--policy", &policy];
        release.repository.xtask(&args)
    };
    let keep = |name: &str| {
        let folder = std::path::Path::new(&dir).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(release.path("receipt.json"), folder.join("verify-all.json")).unwrap();
    };
    ask().ends_with(2).says(&["cannot be read"]);
    std::fs::create_dir(&dir).unwrap();
    ask().ends_with(1).says(&["no-run: no receipt in"]);
    release.run(17, 1, "pull_request", &[]).ends_with(0);
    keep("request");
    ask().ends_with(1).says(&["wrong-event"]);
    // A red first attempt; the second is green.
    release.run(18, 1, "push", &["action-pins"]).ends_with(0);
    keep("first");
    ask().ends_with(1).says(&["gate-skipped"]);
    release.run(18, 2, "push", &[]).ends_with(0);
    keep("second");
    ask().ends_with(0).says(&["second/verify-all.json"]);
    // Another run that counts is red: the green one does not hide it.
    release.run(19, 1, "push", &["action-pins"]).ends_with(0);
    keep("other");
    ask().ends_with(1).says(&["gate-skipped: ", "other/verify-all.json"]);
    std::fs::remove_dir_all(std::path::Path::new(&dir).join("other")).unwrap();
    // Two receipts of one attempt, and what is none.
    release.run(18, 2, "push", &[]).ends_with(0);
    keep("twin");
    ask().ends_with(5).says(&["run-mismatch", "second receipt of the same run"]);
    std::fs::remove_dir_all(std::path::Path::new(&dir).join("twin")).unwrap();
    std::fs::write(std::path::Path::new(&dir).join("half.json"), "{").unwrap();
    ask().ends_with(5).says(&["schema", "half.json"]);
}

#[test]
fn a_policy_that_names_signers_takes_no_other_receipt() {
    let release = Release::new();
    let keys = |seed| ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([seed; 32]));
    let (ours, theirs) = (keys(1), keys(2));
    std::fs::write(release.path("ours.pub.pem"), ours.pk.to_pem()).unwrap();
    let signed = format!("{POLICY}[signed]\nkeys = [\"ours.pub.pem\"]\n");
    std::fs::write(release.path("policy.toml"), &signed).unwrap();
    let (policy, receipt) = (release.path("policy.toml"), release.path("receipt.json"));
    let sealed = |keys: &ed25519_compact::KeyPair| {
        let key = release.path("key.pem");
        std::fs::write(&key, keys.sk.to_pem()).unwrap();
        let args = ["receipt", "sign", "--ed25519", &key, &receipt];
        release.repository.xtask(&args).ends_with(0);
        let args = ["require-green", "--commit", "HEAD", "--policy", &policy, "--receipt"];
        let envelope = release.path("receipt.json.dsse.json");
        release.repository.xtask(&[&args[..], &[&envelope]].concat())
    };
    release.ci("push", &[]).ends_with(0);
    release.ask("HEAD", &policy).ends_with(5).says(&["signature: it is not signed"]);
    sealed(&theirs).ends_with(5).says(&["signer: "]);
    // 'receipt sign' leaves the envelope beside the receipt: it is the same run.
    let folder = release.path("both");
    std::fs::create_dir(&folder).unwrap();
    let all = || {
        for name in ["receipt.json", "receipt.json.dsse.json"] {
            std::fs::copy(release.path(name), format!("{folder}/{name}")).unwrap();
        }
        let args = ["require-green", "--commit", "HEAD", "--policy", &policy, "--dir", &folder];
        release.repository.xtask(&args)
    };
    all().ends_with(5).says(&["signature: ", "receipt.json: it is not signed"]);
    sealed(&ours).ends_with(0);
    all().ends_with(0).says(&["receipt.json.dsse.json"]);
    // A developer's own run counts only where the policy says so, signed.
    release.repository.xtask(&["verify", "--no-reuse", "--receipt", &receipt]).ends_with(0);
    sealed(&ours).ends_with(1).says(&["wrong-event: it was made outside CI"]);
    std::fs::write(&policy, format!("{signed}local = true\n")).unwrap();
    sealed(&ours).ends_with(0);
    sealed(&theirs).ends_with(5).says(&["signer: "]);
}
