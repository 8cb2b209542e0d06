//! Fixture repositories, and the program run over them as a user would.

#![allow(dead_code, reason = "each test file uses its own part")]

pub mod base;
pub mod fan;
pub mod github;
pub mod online;
mod openapi;
pub mod release;
pub mod store;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use xshell::{Shell, cmd};

/// A git repository in a temporary folder.
pub struct Fixture {
    folder: TempDir,
    shell: Shell,
}

/// How a run of the program ended.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

pub const PINNED: &str = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683";

/// A workflow with one step that uses `reference` and nothing that a rule about
/// workflows could find missing.
pub fn workflow(reference: &str) -> String {
    format!(
        "on: push\npermissions: {{}}\njobs:\n  j:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {{}}\n    steps:\n      - uses: {reference}\n"
    )
}

impl Fixture {
    /// A repository with these files, committed.
    pub fn new(files: &[(&str, &str)]) -> Fixture {
        let fixture = Fixture::folder(files);
        let sh = &fixture.shell;
        cmd!(sh, "git init --quiet --initial-branch main").run().unwrap();
        cmd!(sh, "git config user.name fixture").run().unwrap();
        cmd!(sh, "git config user.email fixture@example.invalid").run().unwrap();
        fixture.commit("begin");
        fixture
    }

    /// A plain folder with these files.
    pub fn folder(files: &[(&str, &str)]) -> Fixture {
        let folder = TempDir::new().unwrap();
        let shell = Shell::new().unwrap();
        shell.change_dir(folder.path());
        let fixture = Fixture { folder, shell };
        for (path, text) in files {
            fixture.write(path, text);
        }
        fixture
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn sh(&self) -> &Shell {
        &self.shell
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        self.shell.write_file(path, text).unwrap();
    }

    pub fn commit(&self, message: &str) {
        let sh = &self.shell;
        cmd!(sh, "git add --all").run().unwrap();
        // A fixed day, so that a commit of the same content has the same name.
        cmd!(sh, "git commit --quiet --allow-empty --message {message}")
            .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
            .run()
            .unwrap();
    }

    /// Runs the program here.
    pub fn xtask(&self, args: &[&str]) -> Ran {
        self.command(args).output().map(ran).unwrap()
    }

    /// The program, ready to run here.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(exe());
        command.args(args).current_dir(self.path());
        for name in [
            "CI",
            "GITHUB_ACTIONS",
            "GITHUB_STEP_SUMMARY",
            "GITLAB_CI",
            "GITLEAKS_CONFIG",
            "GITLEAKS_CONFIG_TOML",
            "CARGO_TERM_COLOR",
            "GITHUB_TOKEN",
            "GH_TOKEN",
            "GITHUB_API_URL",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// The last run's receipt.
    pub fn receipt(&self) -> serde_json::Value {
        let text = self.shell.read_file(".git/gate-runner/verify-all.json").unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// A gate's row in the last receipt.
    pub fn row(&self, gate: &str) -> serde_json::Value {
        let receipt = self.receipt();
        let gates = receipt["predicate"]["gates"].as_array().unwrap();
        gates.iter().find(|row| row["id"] == gate).unwrap().clone()
    }

    /// How a gate ended in the last run, as `outcome reason-code`.
    pub fn outcome(&self, gate: &str) -> String {
        let row = self.row(gate);
        format!("{} {}", row["outcome"].as_str().unwrap(), row["reason"]["code"].as_str().unwrap())
    }
}

/// A token that no one issued, made here so that none stands in the source.
pub fn token(seed: u64) -> String {
    let mut number = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let body = (0..36).map(|_| {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        char::from(digits[(number % 62) as usize])
    });
    format!("ghp_{}", body.collect::<String>())
}

/// The program under test.
pub fn exe() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_xtask"))
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// Asserts the exit code, showing everything that was printed if not.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that all of this was printed, to either stream.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Ran {
        for word in words {
            let said = self.stdout.contains(word) || self.stderr.contains(word);
            assert!(
                said,
                "'{word}' was not said:\nstdout:\n{}\nstderr:\n{}",
                self.stdout, self.stderr
            );
        }
        self
    }

    /// Asserts that none of this was printed.
    #[track_caller]
    pub fn leaves_unsaid(self, words: &[&str]) -> Ran {
        for word in words {
            let said = self.stdout.contains(word) || self.stderr.contains(word);
            assert!(
                !said,
                "'{word}' was said:\nstdout:\n{}\nstderr:\n{}",
                self.stdout, self.stderr
            );
        }
        self
    }
}
