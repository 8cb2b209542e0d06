//! A repository in a temporary folder.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use gate_runner::repo::{Repository, Snapshot};
use kernel::{Entry, EntryKind, ReadError};
use xshell::{Shell, cmd};

/// A work tree with a repository, gone when dropped.
pub struct Fixture {
    pub shell: Shell,
    /// Top of the work tree.
    pub root: Utf8PathBuf,
    temp: tempfile::TempDir,
}

impl Fixture {
    /// An empty repository on branch `main`.
    pub fn empty() -> Fixture {
        Fixture::init(&[])
    }

    /// `git init ARGS`.
    pub fn init(args: &[&str]) -> Fixture {
        let temp = tempfile::tempdir().unwrap();
        let base = Utf8PathBuf::from_path_buf(temp.path().canonicalize().unwrap()).unwrap();
        let root = base.join("repo");
        fs::create_dir(&root).unwrap();
        let shell = Shell::new().unwrap();
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
            ("GIT_ALLOW_PROTOCOL", "file"),
        ] {
            shell.set_var(name, value);
        }
        shell.change_dir(&root);
        let fixture = Fixture { shell, root, temp };
        fixture.git(
            &["init", "--quiet", "--initial-branch=main"]
                .iter()
                .chain(args)
                .copied()
                .collect::<Vec<_>>(),
        );
        fixture
    }

    /// One commit that holds `files`.
    pub fn with(files: &[(&str, &str)]) -> Fixture {
        let fixture = Fixture::empty();
        fixture.commit(files);
        fixture
    }

    /// A folder beside the repository.
    pub fn beside(&self, name: &str) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.temp.path().canonicalize().unwrap()).unwrap().join(name)
    }

    pub fn git(&self, args: &[&str]) -> String {
        cmd!(self.shell, "git {args...}").quiet().read().unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn commit(&self, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub fn repository(&self) -> Repository {
        Repository::open(self.root.clone()).unwrap()
    }

    pub fn work_tree(&self) -> Snapshot {
        self.repository().work_tree().unwrap()
    }

    /// Name that git gives to what is on disk at `path`.
    pub fn hash(&self, path: &str) -> String {
        self.git(&["hash-object", "--no-filters", path])
    }
}

/// Paths in order.
pub fn paths(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.source.entries().iter().map(|entry| entry.path.as_str()).collect()
}

pub fn find(snapshot: &Snapshot, path: &str) -> Entry {
    let found = snapshot.tree().find(Utf8Path::new(path));
    found.unwrap_or_else(|| panic!("no {path} among {:?}", paths(snapshot)))
}

pub fn kind(snapshot: &Snapshot, path: &str) -> EntryKind {
    find(snapshot, path).kind
}

pub fn id(snapshot: &Snapshot, path: &str) -> Option<String> {
    find(snapshot, path).id.map(|id| id.to_string())
}

pub fn read(snapshot: &Snapshot, path: &str) -> Result<Vec<u8>, ReadError> {
    snapshot.source.read(&find(snapshot, path))
}

pub fn text(snapshot: &Snapshot, path: &str) -> String {
    String::from_utf8(read(snapshot, path).unwrap()).unwrap()
}

/// The reason why `path` cannot be read.
pub fn unreadable(snapshot: &Snapshot, path: &str) -> String {
    match read(snapshot, path) {
        Err(ReadError::Unreadable(reason)) => reason,
        other => panic!("{path}: {other:?}"),
    }
}
