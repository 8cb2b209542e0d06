//! Where there is no repository, or one that cannot be read.

use std::process::Command;

use camino::Utf8PathBuf;
use gate_runner::git::GitError;
use gate_runner::repo::{RepoError, Repository};

use crate::fixture::*;

#[test]
fn before_the_first_commit_there_is_a_work_tree_and_no_commit() {
    let repo = Fixture::empty();
    let empty = repo.work_tree();
    assert_eq!((paths(&empty).len(), empty.point.dirty), (0, false));
    repo.write("a", "1\n");
    repo.write("b", "2\n");
    repo.git(&["add", "a"]);
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["a", "b"]);
    let point = &snapshot.point;
    assert_eq!((&point.commit, &point.tree, point.dirty), (&None, &None, true));
    assert_eq!(point.reference.as_deref(), Some("refs/heads/main"));
    assert_eq!(paths(&repo.repository().index().unwrap()), ["a"]);
    for revision in ["HEAD", "@", "HEAD~1"] {
        let error = repo.repository().commit(revision).unwrap_err();
        assert_eq!(error, RepoError::Unborn { revision: revision.to_owned() });
        assert_eq!(error.exit_code(), 4);
    }
}

#[test]
fn a_detached_head_has_no_reference() {
    let repo = Fixture::with(&[("a", "1\n")]);
    repo.git(&["switch", "--quiet", "--detach"]);
    let point = repo.work_tree().point;
    assert!(point.commit.is_some());
    assert_eq!(point.reference, None);
}

#[test]
fn an_unknown_revision_is_a_matter_of_usage() {
    let repo = Fixture::with(&[("a", "1\n")]);
    let repository = repo.repository();
    let absent = "0123456789".repeat(4);
    let blob = repo.git(&["rev-parse", "HEAD:a"]);
    for revision in ["nope", "--all", "-h", "", "HEAD~9", "main..main", "a\nb", &absent, &blob] {
        let error = repository.commit(revision).unwrap_err();
        let expected = GitError::UnknownRevision { revision: revision.to_owned() };
        assert_eq!(error, RepoError::Git(expected), "{revision}");
        assert_eq!(error.exit_code(), 2);
    }
    let told = repository.commit("nope").unwrap_err().to_string();
    assert!(told.starts_with("'nope' is no revision of this repository"), "{told}");
}

#[test]
fn no_repository_and_no_directory_are_told_apart() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().to_owned()).unwrap();
    let none = Repository::open(dir.clone()).unwrap_err();
    assert!(matches!(none, RepoError::Git(GitError::NotARepository { .. })), "{none}");
    assert!(none.to_string().contains("'git init'"));
    let absent = Repository::open(dir.join("absent")).unwrap_err();
    assert!(matches!(absent, RepoError::Git(GitError::NoDirectory { .. })), "{absent}");
    assert_eq!((none.exit_code(), absent.exit_code()), (4, 4));
}

/// Variables cannot be set in a process with threads: the test runs itself again.
fn again(test: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env("AGAIN", "1");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}\n{failed}");
}

fn is_again() -> bool {
    std::env::var_os("AGAIN").is_some()
}

#[test]
fn git_that_is_missing_is_told() {
    if !is_again() {
        return again("environment::git_that_is_missing_is_told", &[("PATH", "/nowhere")]);
    }
    let error = Repository::open("/").unwrap_err();
    assert_eq!(error, RepoError::Git(GitError::Missing { path: "/nowhere".to_owned() }));
    assert_eq!(error.exit_code(), 4);
}

#[test]
fn a_repository_of_somebody_else_is_told_with_the_way_out() {
    // git's own switch for this test.
    let variables = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")];
    if !is_again() {
        return again(
            "environment::a_repository_of_somebody_else_is_told_with_the_way_out",
            &variables,
        );
    }
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().canonicalize().unwrap()).unwrap();
    assert!(
        Command::new("git").args(["init", "--quiet"]).current_dir(&dir).status().unwrap().success()
    );
    let error = Repository::open(dir.clone()).unwrap_err();
    assert!(matches!(error, RepoError::Git(GitError::DubiousOwnership { .. })), "{error}");
    let way_out = format!("git config --global --add safe.directory '{dir}");
    assert!(error.to_string().contains(&way_out), "{error}");
}

#[test]
fn variables_of_a_hook_do_not_lead_elsewhere() {
    // Values that would break every call that heeds them.
    let variables = [
        ("GIT_DIR", "/nowhere"),
        ("GIT_WORK_TREE", "/nowhere"),
        ("GIT_INDEX_FILE", "/nowhere/index"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere/objects"),
        ("GIT_CEILING_DIRECTORIES", "/nowhere"),
        ("LC_ALL", "de_DE.UTF-8"),
    ];
    if !is_again() {
        return again("environment::variables_of_a_hook_do_not_lead_elsewhere", &variables);
    }
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().canonicalize().unwrap()).unwrap();
    let mut init = Command::new("git");
    for (name, _) in variables {
        init.env_remove(name);
    }
    assert!(init.args(["init", "--quiet"]).arg(&dir).status().unwrap().success());
    std::fs::write(dir.join("a"), "1\n").unwrap();
    let snapshot = Repository::open(dir).unwrap().work_tree().unwrap();
    assert_eq!(paths(&snapshot), ["a"]);
    assert_eq!(text(&snapshot, "a"), "1\n");
}

#[test]
fn a_file_system_monitor_of_the_configuration_is_not_run() {
    let repo = Fixture::with(&[("a", "1\n")]);
    let (monitor, ran) = (repo.beside("monitor"), repo.beside("ran"));
    std::fs::write(&monitor, format!("#!/bin/sh\n: > '{ran}'\nexit 1\n")).unwrap();
    xshell::cmd!(repo.shell, "chmod +x {monitor}").quiet().run().unwrap();
    repo.git(&["config", "core.fsmonitor", monitor.as_str()]);
    repo.work_tree();
    repo.repository().index().unwrap();
    assert!(!ran.exists());
    repo.git(&["status"]);
    assert!(ran.exists(), "git does not run it either: the test shows nothing");
}
