//! A policy that the judged commit smuggles in, by every road that git and the
//! disk have.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

mod common;

use common::release::{POLICY, Release};
use xshell::cmd;

/// Asks for less than the policy of the branch.
const WEAK: &str = "schema = 1\nrepository = \"o/r\"\nworkflow = \".github/workflows/ci.yml\"\n[require.action-pins]\n";
const USUAL: &str = "origin/main:release-policy.toml";

/// The branch asks for a gate that no commit here has.
fn release() -> Release {
    let release = Release::new();
    release.repository.write("release-policy.toml", format!("{POLICY}[require.more]\n"));
    release.repository.commit("policy");
    let sh = release.repository.sh();
    cmd!(sh, "git update-ref refs/remotes/origin/main HEAD").quiet().run().unwrap();
    release
}

#[test]
fn a_tag_is_not_taken_for_the_branch_of_its_name() {
    let release = release();
    let sh = release.repository.sh();
    cmd!(sh, "git checkout --quiet -b weak").run().unwrap();
    release.repository.write("release-policy.toml", WEAK);
    release.repository.commit("ask for less");
    cmd!(sh, "git tag origin/main").run().unwrap();
    cmd!(sh, "git tag main").run().unwrap();
    cmd!(sh, "git checkout --quiet main").run().unwrap();
    release.repository.commit("go on");
    release.ci("push", &[]).ends_with(0);
    release.ask("HEAD", USUAL).ends_with(1).says(&["gate-missing: gate 'more'"]);
    release.ask("HEAD", "main:release-policy.toml").ends_with(5).says(&["policy-self"]);
    // Nor where the branch was not fetched.
    cmd!(sh, "git update-ref -d refs/remotes/origin/main").quiet().run().unwrap();
    release.ask("HEAD", USUAL).ends_with(2).says(&["refs/remotes/origin/main", "fetch it first"]);
}

#[test]
fn a_name_of_two_commits_names_none() {
    let release = Release::new();
    release.ci("push", &[]).ends_with(0);
    let sh = release.repository.sh();
    cmd!(sh, "git tag main").run().unwrap();
    let policy = release.path("policy.toml");
    release.ask("main", &policy).ends_with(0);
    // `git checkout main` has the branch from now on, and the tag is proven.
    release.repository.commit("go on");
    let says = "'main' is refs/tags/main and refs/heads/main, which differ";
    release.ask("main", &policy).ends_with(2).says(&[says]);
    release.ask("refs/tags/main", &policy).ends_with(0);
    release.ask("refs/heads/main", &policy).ends_with(5).says(&["commit-mismatch"]);
}

#[test]
fn a_file_that_looks_like_a_branch_is_no_policy() {
    // Git takes these files for a repository of their own, and the folder for
    // no part of the one around it.
    let release = release();
    let sh = release.repository.sh();
    cmd!(sh, "git init --quiet --bare origin").run().unwrap();
    release.repository.write("origin/objects/.keep", "");
    release.repository.write("origin/refs/.keep", "");
    release.repository.write(&format!("origin/{}", "main:release-policy.toml"), WEAK);
    release.repository.commit("a repository in a repository");
    release.ci("push", &[]).ends_with(0);
    release.ask("HEAD", USUAL).ends_with(5).says(&["policy-self"]);
}

#[test]
fn a_link_of_the_commit_leads_to_no_policy() {
    let release = release();
    let sh = release.repository.sh();
    let weak = release.path("weak.toml");
    std::fs::write(&weak, WEAK).unwrap();
    let outside = std::path::Path::new(&weak).parent().unwrap();
    sh.create_dir("origin").unwrap();
    cmd!(sh, "ln -s {weak} origin/main:release-policy.toml").run().unwrap();
    cmd!(sh, "ln -s {outside} folder").run().unwrap();
    cmd!(sh, "ln -s loop loop").run().unwrap();
    release.repository.commit("links");
    release.ci("push", &[]).ends_with(0);
    for policy in [USUAL, "folder/weak.toml"] {
        release.ask("HEAD", policy).ends_with(5).says(&["policy-self"]);
    }
    release.ask("HEAD", "loop").ends_with(2).says(&["no policy file"]);
    release.ask("HEAD", &weak).ends_with(0);
}

#[test]
fn a_gate_by_another_ones_name_is_not_it() {
    let release = Release::new();
    let twice = "schema = 1\n[gate.action-pins]\n[gate.secret-scan]\nkind = \"action-pins\"\n";
    release.repository.write("ci.toml", twice);
    release.repository.commit("a name");
    release.ci("push", &[]).ends_with(0);
    let policy = release.path("policy.toml");
    std::fs::write(&policy, format!("{WEAK}[require.secret-scan]\n")).unwrap();
    let says = "gate-missing: what is called 'secret-scan' there is of the kind 'action-pins'";
    release.ask("HEAD", &policy).ends_with(1).says(&[says]);
    let named = format!("{WEAK}[require.secret-scan]\nkind = \"action-pins\"\n");
    std::fs::write(&policy, named).unwrap();
    release.ask("HEAD", &policy).ends_with(0);
}

#[test]
fn a_submodule_is_the_commits_and_a_clone_is_not() {
    let release = release();
    let sh = release.repository.sh();
    let other = common::Fixture::new(&[("policy.toml", WEAK)]);
    let from = other.path().to_str().unwrap();
    let allow = "protocol.file.allow=always";
    cmd!(sh, "git -c {allow} submodule --quiet add {from} sub").run().unwrap();
    release.repository.commit("a submodule");
    release.ci("push", &[]).ends_with(0);
    release.ask("HEAD", "sub/policy.toml").ends_with(5).says(&["policy-self"]);
    // What the release workflow cloned beside the files of the commit.
    cmd!(sh, "git clone --quiet {from} clone").run().unwrap();
    release.ask("HEAD", "clone/policy.toml").ends_with(0);
}
