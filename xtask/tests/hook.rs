//! The pre-push hook, by real pushes to a bare repository.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use common::{Fixture, PINNED, Ran, exe, ran, workflow};
use tempfile::TempDir;
use xshell::cmd;

const WORKFLOW: &str = ".github/workflows/ci.yml";
const CI: &str = "schema = 1\n[gate.action-pins]\n";
const HOOK: &str = ".git/hooks/pre-push";

/// A clean repository and the bare one it pushes to.
struct Pair {
    fixture: Fixture,
    remote: TempDir,
}

impl Pair {
    fn new() -> Pair {
        Pair::with(CI)
    }

    fn with(config: &str) -> Pair {
        let fixture = Fixture::new(&[("ci.toml", config), (WORKFLOW, &workflow(PINNED))]);
        let remote = TempDir::new().unwrap();
        let (sh, at) = (fixture.sh(), remote.path());
        cmd!(sh, "git init --quiet --bare {at}").run().unwrap();
        cmd!(sh, "git remote add origin {at}").run().unwrap();
        Pair { fixture, remote }
    }

    fn installed() -> Pair {
        let pair = Pair::new();
        pair.fixture.xtask(&["hook", "install", "pre-push"]).ends_with(0);
        pair
    }

    fn git(&self, args: &[&str]) -> Ran {
        git(self.fixture.path(), args)
    }

    /// Commits a workflow that uses `reference`.
    fn uses(&self, reference: &str) {
        self.fixture.write(WORKFLOW, workflow(reference));
        self.fixture.commit(reference);
    }

    fn has(&self, reference: &str) -> bool {
        git(self.remote.path(), &["rev-parse", "--verify", "--quiet", reference]).code == 0
    }
}

fn git(dir: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new("git");
    command.args(args).current_dir(dir).env_remove("CI").env_remove("GITHUB_ACTIONS");
    ran(command.output().unwrap())
}

/// By another process: what we write ourselves, a child that another thread
/// forks meanwhile holds open, and then it cannot be run.
fn copy(fixture: &Fixture, from: &Path, to: &Path) {
    cmd!(fixture.sh(), "cp {from} {to}").run().unwrap();
}

#[test]
fn a_red_commit_is_not_pushed_and_a_clean_one_is() {
    let pair = Pair::installed();
    pair.git(&["push", "origin", "main"]).ends_with(0).says(&["green: 1 of 1"]);
    pair.uses("a/b@v1");
    pair.git(&["push", "origin", "main"]).ends_with(1).says(&[
        "error[action-pins/unpinned-uses]",
        "red: 1 of 1",
        "not pushed: refs/heads/main (",
        "--no-verify",
    ]);
    // The work tree is mended, the pushed commit is not.
    pair.fixture.write(WORKFLOW, workflow(PINNED));
    pair.git(&["push", "origin", "main"]).ends_with(1);
    // The work tree is broken, the pushed commit is not.
    pair.fixture.commit("mended");
    pair.fixture.write(WORKFLOW, workflow("a/b@v1"));
    pair.git(&["push", "origin", "main"]).ends_with(0);
    assert!(!pair.fixture.path().join(".git/gate-runner/verify-all.json").exists());
}

#[test]
fn nothing_is_said_on_standard_output() {
    let pair = Pair::installed();
    pair.uses("a/b@v1");
    let red = pair.git(&["push", "--porcelain", "origin", "main"]).ends_with(1);
    assert!(!red.stdout.contains("action-pins"), "{}", red.stdout);
}

#[test]
fn each_tip_once_and_no_deletion() {
    let pair = Pair::installed();
    let pushed = pair.git(&["push", "origin", "main", "main:other", "main:third"]).ends_with(0);
    assert_eq!(pushed.stderr.matches("green: 1 of 1").count(), 1, "{}", pushed.stderr);
    pair.git(&["tag", "--annotate", "v1", "--message", "v1"]).ends_with(0);
    let pushed = pair.git(&["push", "origin", "main:fourth", "v1"]).ends_with(0);
    assert_eq!(pushed.stderr.matches("green: 1 of 1").count(), 1, "{}", pushed.stderr);
    pair.git(&["push", "origin", ":other"]).ends_with(0).leaves_unsaid(&["green"]);
    assert!(pair.has("third") && pair.has("v1") && !pair.has("other"));
    pair.git(&["push", "origin", "main"]).ends_with(0).says(&["up-to-date"]);
    // One red tip among several holds back all: git pushes all or nothing.
    pair.git(&["switch", "--quiet", "--create", "red"]).ends_with(0);
    pair.uses("a/b@v1");
    pair.git(&["push", "origin", "main:fifth", "red"])
        .ends_with(1)
        .says(&["green: 1 of 1", "not pushed: refs/heads/red"]);
    assert!(!pair.has("fifth") && !pair.has("red"));
}

#[test]
fn a_revision_with_blanks_and_what_is_no_commit() {
    let pair = Pair::installed();
    pair.git(&["push", "origin", "HEAD^{/begin it all}:refs/heads/x"]).says(&["begin it all"]);
    pair.fixture.commit("begin it all");
    pair.git(&["push", "origin", "HEAD^{/begin it all}:refs/heads/x"]).ends_with(0);
    assert!(pair.has("x"));
    let tree = pair.git(&["rev-parse", "HEAD^{tree}"]).stdout;
    pair.git(&["tag", "tree", tree.trim()]).ends_with(0);
    pair.git(&["push", "origin", "tree"]).ends_with(1).says(&["'refs/tags/tree' is no commit"]);
    pair.git(&["rm", "--quiet", "ci.toml"]).ends_with(0);
    pair.fixture.commit("no ci.toml");
    pair.git(&["push", "origin", "main"]).ends_with(1).says(&["no ci.toml", "not pushed"]);
}

#[test]
fn the_range_is_what_the_remote_lacks() {
    let config = "schema = 1\n[gate.secret-scan]\nhistory = \"full\"\n[gate.unit]\nrun = [\"false\"]\n[profile.quick]\ngates = [\"secret-scan\"]\noptions.secret-scan.history = \"range\"\n";
    let pair = Pair::with(config);
    // No one's key: the alphabet, turned.
    let key = format!("AKIA{}", "QZ3X7WVUTSRPNM2K");
    pair.fixture.write("old.env", format!("aws_access_key_id={key}\n"));
    pair.fixture.commit("in");
    pair.git(&["rm", "--quiet", "old.env"]).ends_with(0);
    pair.fixture.commit("out");
    pair.fixture.xtask(&["hook", "install", "pre-push"]).ends_with(0);
    // Nothing is on the remote yet, so the secret of the history goes with it.
    pair.git(&["push", "origin", "main"]).ends_with(1).says(&["old.env", "not pushed"]);
    pair.git(&["push", "--no-verify", "origin", "main"]).ends_with(0);
    // A push by address leaves no remote-tracking branch: what git tells counts.
    pair.git(&["update-ref", "-d", "refs/remotes/origin/main"]).ends_with(0);
    pair.fixture.commit("after");
    let remote = pair.remote.path().to_str().unwrap();
    pair.git(&["push", remote, "main"]).ends_with(0).says(&["partial"]);
}

#[test]
fn a_rewritten_branch_is_judged_without_what_the_remote_has() {
    let pair = Pair::installed();
    let other = TempDir::new().unwrap();
    let clone = other.path().join("clone");
    pair.git(&["push", "origin", "main"]).ends_with(0);
    let (from, into) = (pair.remote.path().to_str().unwrap(), clone.to_str().unwrap());
    pair.git(&["clone", "--quiet", "--branch", "main", from, into]).ends_with(0);
    let identity = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"];
    let commit = ["commit", "--quiet", "--allow-empty", "--message", "theirs"];
    git(&clone, &[&identity[..], &commit].concat()).ends_with(0);
    git(&clone, &["push", "--quiet", "origin", "main"]).ends_with(0);
    pair.fixture.commit("ours");
    pair.git(&["push", "--force", "origin", "main"]).ends_with(0).says(&["green: 1 of 1"]);
}

#[test]
fn a_program_that_is_gone_refuses_every_push() {
    let pair = Pair::new();
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("it's here/xtask");
    std::fs::create_dir(program.parent().unwrap()).unwrap();
    copy(&pair.fixture, &exe(), &program);
    let install = Command::new(&program)
        .args(["hook", "install", "pre-push"])
        .current_dir(pair.fixture.path())
        .output();
    ran(install.unwrap()).ends_with(0).leaves_unsaid(&["cargo clean"]);
    pair.git(&["push", "origin", "main"]).ends_with(0).says(&["green: 1 of 1"]);
    std::fs::remove_file(&program).unwrap();
    pair.fixture.commit("next");
    pair.git(&["push", "origin", "main"]).ends_with(1).says(&[
        "it's here/xtask' is gone",
        "hook install",
        "--no-verify",
    ]);
    // Installed again from elsewhere, it is renewed.
    pair.fixture
        .xtask(&["hook", "install", "pre-push"])
        .ends_with(0)
        .says(&["renewed", "cargo clean"]);
    pair.git(&["push", "origin", "main"]).ends_with(0);
}

#[test]
fn no_other_hook_is_touched() {
    let pair = Pair::new();
    let (fixture, sh) = (&pair.fixture, pair.fixture.sh());
    sh.create_dir(".git/hooks").unwrap();
    fixture.write(HOOK, "#!/bin/sh\nexit 0\n");
    let refused = fixture.xtask(&["hook", "install", "pre-push"]).ends_with(2);
    assert_eq!(sh.read_file(HOOK).unwrap(), "#!/bin/sh\nexit 0\n");
    fixture.xtask(&["hook", "uninstall", "pre-push"]).ends_with(2).says(&["is not ours"]);
    // The line that is told does what it says.
    let line = refused.stderr.lines().find_map(|line| line.split_once("input: ")).unwrap().1;
    fixture.write("hook", format!("#!/bin/sh\n{line}\nexit 0\n"));
    copy(fixture, &fixture.path().join("hook"), &fixture.path().join(HOOK));
    std::fs::set_permissions(fixture.path().join(HOOK), PermissionsExt::from_mode(0o755)).unwrap();
    pair.uses("a/b@v1");
    pair.git(&["push", "origin", "main"]).ends_with(1).says(&["unpinned-uses", "not pushed"]);
    sh.remove_path(HOOK).unwrap();

    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(0).says(&["installed"]);
    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(0).says(&["already there"]);
    let text = sh.read_file(HOOK).unwrap();
    fixture.write(HOOK, format!("{text}echo mine\n"));
    fixture.xtask(&["hook", "uninstall", "pre-push"]).ends_with(2).says(&["was changed"]);
    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(2);
    fixture.write(HOOK, text);
    fixture.xtask(&["hook", "uninstall", "pre-push"]).ends_with(0).says(&["removed"]);
    fixture.xtask(&["hook", "uninstall", "pre-push"]).ends_with(0).says(&["not there"]);
    std::os::unix::fs::symlink("nowhere", fixture.path().join(HOOK)).unwrap();
    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(2).says(&["is there already"]);
}

#[test]
fn hooks_path_is_respected() {
    let pair = Pair::new();
    let fixture = &pair.fixture;
    pair.git(&["config", "core.hooksPath", ".githooks"]).ends_with(0);
    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(0).says(&["do not commit it"]);
    assert!(fixture.path().join(".githooks/pre-push").is_file());
    pair.uses("a/b@v1");
    pair.git(&["push", "origin", "main"]).ends_with(1).says(&["unpinned-uses"]);
    fixture.xtask(&["hook", "uninstall", "pre-push"]).ends_with(0);
    let shared = TempDir::new().unwrap();
    pair.git(&["config", "core.hooksPath", shared.path().to_str().unwrap()]).ends_with(0);
    fixture
        .xtask(&["hook", "install", "pre-push"])
        .ends_with(2)
        .says(&["core.hooksPath", "outside this repository"]);
    assert_eq!(std::fs::read_dir(shared.path()).unwrap().count(), 0);
    pair.git(&["config", "core.hooksPath", "/dev/null"]).ends_with(0);
    fixture.xtask(&["hook", "install", "pre-push"]).ends_with(2).says(&["core.hooksPath"]);
}

#[test]
fn linked_work_trees_and_named_git_directories() {
    let pair = Pair::new();
    let linked = TempDir::new().unwrap();
    let tree = linked.path().join("tree");
    pair.git(&["worktree", "add", "--quiet", "-b", "topic", tree.to_str().unwrap()]).ends_with(0);
    let dir = tree.to_str().unwrap();
    pair.fixture.xtask(&["-C", dir, "hook", "install", "pre-push"]).ends_with(0);
    assert!(pair.fixture.path().join(HOOK).is_file(), "all work trees share it");
    std::fs::write(tree.join(WORKFLOW), workflow("a/b@v1")).unwrap();
    git(&tree, &["commit", "--quiet", "--all", "--message", "red"]).ends_with(0);
    git(&tree, &["push", "origin", "topic"]).ends_with(1).says(&["unpinned-uses"]);
    pair.git(&["push", "origin", "main"]).ends_with(0);
    // The git directory lies where nothing below or above the work tree finds it.
    let apart = TempDir::new().unwrap();
    let git_dir = format!("--git-dir={}", pair.fixture.path().join(".git").display());
    let work_tree = format!("--work-tree={}", apart.path().display());
    git(linked.path(), &[&git_dir, &work_tree, "push", "origin", "topic"])
        .ends_with(1)
        .says(&["unpinned-uses"]);
    git(linked.path(), &[&git_dir, &work_tree, "push", "origin", "main:again"])
        .ends_with(0)
        .says(&["green: 1 of 1"]);
}

#[test]
fn a_hook_that_could_only_refuse_is_not_installed() {
    let install = ["hook", "install", "pre-push"];
    Pair::with("schema = 1\n[gate.it]\nrun = [\"true\"]\n")
        .fixture
        .xtask(&install)
        .ends_with(2)
        .says(&["no built-in gate"]);
    let quick = "schema = 1\n[gate.action-pins]\n[gate.it]\nrun = [\"true\"]\n[profile.quick]\ngates = [\"it\"]\n";
    Pair::with(quick).fixture.xtask(&install).ends_with(2).says(&["profile 'quick'"]);
    Pair::with("schema = 1\n").fixture.xtask(&install).ends_with(2);
    Fixture::folder(&[("ci.toml", CI)]).xtask(&install).ends_with(4).says(&["no git repository"]);
    let fixture = Pair::new().fixture;
    fixture.xtask(&["--config", "x.toml", "hook", "install", "pre-push"]).ends_with(2);
    fixture.xtask(&["hook", "install", "pre-comit"]).ends_with(2).says(&["pre-push"]);
    assert!(!fixture.path().join(HOOK).exists());
}

#[test]
fn garbled_input_pushes_nothing() {
    let fixture = Pair::new().fixture;
    let sh = fixture.sh();
    let program = exe();
    for odd in ["refs/heads/main", "a b c d\n", "\u{1}"] {
        let call = cmd!(sh, "{program} hook run pre-push").stdin(odd).quiet().ignore_status();
        ran(call.output().unwrap()).ends_with(2).says(&["is not what git gives"]);
    }
}
