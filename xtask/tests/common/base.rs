//! Repositories of other people, each with what a real one can have.

use tempfile::TempDir;
use xshell::{Shell, cmd};

use super::{Fixture, Ran};

/// When a release was made that is old enough for every policy.
pub const OLD: &str = "2026-01-01T00:00:00Z";

/// A folder of repositories, as `--git-base` takes it.
pub struct Base(TempDir);

impl Base {
    pub fn new() -> Base {
        Base(TempDir::new().unwrap())
    }

    pub fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    /// git in one of the repositories, which is made where there is none.
    pub fn git(&self, repository: &str, args: &[&str]) -> String {
        self.git_on(OLD, repository, args)
    }

    /// The same on `day`.
    pub fn git_on(&self, day: &str, repository: &str, args: &[&str]) -> String {
        let folder = self.0.path().join(repository);
        let sh = Shell::new().unwrap();
        sh.create_dir(&folder).unwrap();
        sh.change_dir(&folder);
        if !folder.join(".git").exists() {
            cmd!(sh, "git init --quiet --initial-branch main").run().unwrap();
        }
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"];
        let command = cmd!(sh, "git {who...} {args...}").quiet();
        command.env("GIT_COMMITTER_DATE", day).env("GIT_AUTHOR_DATE", day).read().unwrap()
    }

    /// A commit, and its name.
    pub fn commit(&self, repository: &str, message: &str) -> String {
        self.git(repository, &["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(repository, &["rev-parse", "HEAD"])
    }

    /// A commit with an annotated tag, of `day`.
    pub fn release(&self, repository: &str, tag: &str, day: &str) -> String {
        self.git_on(day, repository, &["commit", "--quiet", "--allow-empty", "-m", tag]);
        self.git_on(day, repository, &["tag", "-a", tag, "-m", tag]);
        self.git_on(day, repository, &["rev-parse", "HEAD"])
    }

    /// `fix action-pins` that asks these repositories.
    pub fn fix(&self, fixture: &Fixture, more: &[&str]) -> Ran {
        let args = ["fix", "action-pins", "--git-base", self.path()];
        fixture.xtask(&[&args, more].concat())
    }
}
