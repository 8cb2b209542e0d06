//! What a work tree lists, names and reads.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use camino::Utf8Path;
use gate_runner::repo::Repository;
use kernel::{EntryKind, ReadError};

use crate::fixture::*;

#[test]
fn a_clean_tree_is_listed_with_the_names_of_its_commit() {
    let repo = Fixture::with(&[("b.txt", "two\n"), ("a/x.yml", "one\n"), ("a-b", "three\n")]);
    let snapshot = repo.work_tree();
    // By components, not by bytes: `a/x.yml` stands before `a-b`.
    assert_eq!(paths(&snapshot), ["a/x.yml", "a-b", "b.txt"]);
    assert_eq!(id(&snapshot, "b.txt").unwrap(), repo.git(&["rev-parse", "HEAD:b.txt"]));
    assert_eq!(text(&snapshot, "a/x.yml"), "one\n");
    let point = &snapshot.point;
    assert_eq!(point.commit.as_ref().unwrap().as_str(), repo.git(&["rev-parse", "HEAD"]));
    assert_eq!(point.tree.as_ref().unwrap().as_str(), repo.git(&["rev-parse", "HEAD^{tree}"]));
    assert_eq!(point.reference.as_deref(), Some("refs/heads/main"));
    assert_eq!((point.dirty, &point.dirty_digest, point.shallow), (false, &None, false));
}

#[test]
fn untracked_is_listed_and_ignored_is_not_unless_tracked() {
    let repo = Fixture::with(&[("kept.log", "tracked\n")]);
    repo.write(".gitignore", "*.log\n");
    repo.write("other.log", "ignored\n");
    repo.write("new/deep/file", "untracked\n");
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), [".gitignore", "kept.log", "new/deep/file"]);
    assert_eq!(id(&snapshot, "new/deep/file").unwrap(), repo.hash("new/deep/file"));
    assert!(snapshot.point.dirty);
}

#[test]
fn changed_deleted_staged_and_renamed_files_are_what_is_on_disk() {
    let repo =
        Fixture::with(&[("m", "1\n"), ("d", "2\n"), ("s", "3\n"), ("old", "4\n"), ("x", "5\n")]);
    repo.write("m", "changed\n");
    fs::remove_file(repo.root.join("d")).unwrap();
    repo.write("s", "staged\n");
    repo.git(&["add", "s"]);
    repo.write("s", "staged, then changed\n");
    repo.git(&["mv", "old", "new"]);
    repo.git(&["rm", "--cached", "--quiet", "x"]);
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["m", "new", "s", "x"]);
    for path in ["m", "new", "s", "x"] {
        assert_eq!(id(&snapshot, path).unwrap(), repo.hash(path), "{path}");
    }
    assert_eq!(text(&snapshot, "s"), "staged, then changed\n");
}

#[test]
fn kinds_are_told_apart() {
    let repo = Fixture::with(&[("run", "#!/bin/sh\n"), ("plain", "x\n"), ("become", "x\n")]);
    fs::set_permissions(repo.root.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("../outside", repo.root.join("link")).unwrap();
    repo.commit(&[]);
    fs::remove_file(repo.root.join("become")).unwrap();
    symlink("plain", repo.root.join("become")).unwrap();
    symlink("run", repo.root.join("new-link")).unwrap();
    repo.write("new-run", "x\n");
    fs::set_permissions(repo.root.join("new-run"), fs::Permissions::from_mode(0o700)).unwrap();
    let snapshot = repo.work_tree();
    assert_eq!(kind(&snapshot, "plain"), EntryKind::File);
    assert_eq!(kind(&snapshot, "run"), EntryKind::Executable);
    assert_eq!(kind(&snapshot, "new-run"), EntryKind::Executable);
    for (path, target) in [("link", "../outside"), ("become", "plain"), ("new-link", "run")] {
        assert_eq!(kind(&snapshot, path), EntryKind::Symlink);
        assert_eq!(text(&snapshot, path), target);
    }
    assert_eq!(id(&snapshot, "link").unwrap(), repo.git(&["rev-parse", "HEAD:link"]));
    repo.git(&["add", "new-link"]);
    assert_eq!(id(&snapshot, "new-link").unwrap(), repo.git(&["rev-parse", ":new-link"]));
}

#[test]
fn no_link_leads_out_of_the_tree() {
    let repo = Fixture::with(&[("dir/file", "inside\n"), ("late/file", "inside\n")]);
    let outside = repo.beside("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("file"), "outside\n").unwrap();
    fs::remove_dir_all(repo.root.join("dir")).unwrap();
    symlink(&outside, repo.root.join("dir")).unwrap();
    let snapshot = repo.work_tree();
    // `dir/file` is gone, `dir` is a link now.
    assert_eq!(paths(&snapshot), ["dir", "late/file"]);
    assert_eq!(kind(&snapshot, "dir"), EntryKind::Symlink);
    // The same, after the listing.
    fs::remove_dir_all(repo.root.join("late")).unwrap();
    symlink(&outside, repo.root.join("late")).unwrap();
    assert!(unreadable(&snapshot, "late/file").contains("symbolic link"));
    // And a file that becomes a link to the outside.
    let repo = Fixture::with(&[("file", "inside\n")]);
    let snapshot = repo.work_tree();
    fs::remove_file(repo.root.join("file")).unwrap();
    symlink("/etc/passwd", repo.root.join("file")).unwrap();
    assert_eq!(unreadable(&snapshot, "file"), "it is a symbolic link now, not a file");
}

#[test]
fn paths_that_are_no_text_are_listed_escaped_and_read() {
    use std::os::unix::ffi::OsStrExt;
    let raw = |bytes: &[u8]| std::path::PathBuf::from(std::ffi::OsStr::from_bytes(bytes));
    let repo = Fixture::empty();
    fs::write(repo.root.as_std_path().join(raw(b"caf\xe9")), "latin\n").unwrap();
    fs::write(repo.root.as_std_path().join(raw(b"caf\\xe9")), "spelled out\n").unwrap();
    repo.commit(&[("new\nline", "odd\n"), ("-rf", "option\n")]);
    fs::write(repo.root.as_std_path().join(raw(b"\xff")), "untracked\n").unwrap();
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["-rf", "\\xff", "caf\\x5cxe9", "caf\\xe9", "new\nline"]);
    let contents: Vec<_> = paths(&snapshot).iter().map(|path| text(&snapshot, path)).collect();
    assert_eq!(contents, ["option\n", "untracked\n", "spelled out\n", "latin\n", "odd\n"]);
    let commit = repo.repository().commit("HEAD").unwrap();
    assert_eq!(text(&commit, "caf\\xe9"), "latin\n");
}

#[test]
fn a_sub_folder_and_a_linked_work_tree_open_their_own_root() {
    let repo = Fixture::with(&[("a/b/file", "x\n"), ("top", "y\n")]);
    let from_below = Repository::open(repo.root.join("a/b")).unwrap();
    assert_eq!(from_below.root().unwrap(), repo.root);
    assert_eq!(paths(&from_below.work_tree().unwrap()), ["a/b/file", "top"]);

    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "side", linked.as_str()]);
    fs::write(linked.join("only-here"), "z\n").unwrap();
    let repository = Repository::open(linked.join("a")).unwrap();
    assert_eq!(repository.root().unwrap(), linked);
    assert_eq!(repository.git_dir(), repo.root.join(".git/worktrees/linked"));
    assert_eq!(repository.common_dir(), repo.root.join(".git"));
    let snapshot = repository.work_tree().unwrap();
    assert_eq!(paths(&snapshot), ["a/b/file", "only-here", "top"]);
    assert_eq!(snapshot.point.reference.as_deref(), Some("refs/heads/side"));
    assert!(!repo.work_tree().point.dirty);
    // State is shared: it lies in the common directory and is no input.
    let state = repository.state_dir().unwrap();
    assert_eq!(state, repo.root.join(".git/gate-runner"));
    assert_eq!(repo.repository().state_dir().unwrap(), state);
    // A receipt is of one work tree.
    let own = repository.own_state_dir().unwrap();
    assert_eq!(own, repo.root.join(".git/worktrees/linked/gate-runner"));
    assert_eq!(repo.repository().own_state_dir().unwrap(), state);
    assert!(state.is_dir() && !repo.work_tree().point.dirty);
}

#[test]
fn a_sha_256_repository_has_names_of_64_digits() {
    let repo = Fixture::init(&["--object-format=sha256"]);
    repo.commit(&[("clean", "1\n"), ("dirty", "2\n")]);
    repo.write("dirty", "changed\n");
    let snapshot = repo.work_tree();
    for path in ["clean", "dirty"] {
        let id = id(&snapshot, path).unwrap();
        assert_eq!((id.len(), &id), (64, &repo.hash(path)), "{path}");
    }
    let commit = repo.repository().commit("HEAD").unwrap();
    assert_eq!(text(&commit, "dirty"), "2\n");
    let base = commit.point.commit.unwrap();
    let changed = repo.repository().changed(&base, &snapshot).unwrap();
    assert_eq!(changed.into_iter().collect::<Vec<_>>(), ["dirty"]);
}

#[test]
fn the_dirty_digest_stands_for_content_and_not_for_staging() {
    let repo = Fixture::with(&[("a", "1\n"), ("b", "2\n")]);
    let digest = || repo.work_tree().point.dirty_digest;
    assert_eq!(digest(), None);
    repo.write("a", "3\n");
    repo.write("new", "4\n");
    let unstaged = digest().unwrap();
    assert_eq!(unstaged.len(), 64);
    repo.git(&["add", "--all"]);
    assert_eq!(digest().unwrap(), unstaged);
    repo.write("new", "5\n");
    let other = digest().unwrap();
    assert_ne!(other, unstaged);
    fs::set_permissions(repo.root.join("new"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_ne!(digest().unwrap(), other);
}

#[test]
fn a_work_tree_stands_for_its_commit_only_while_it_lists_the_same() {
    let repo = Fixture::with(&[("a", "1\n"), ("d/b", "2\n"), (".gitignore", "ignored\n")]);
    let stands = |what: &str, expected: bool| {
        let (work_tree, repository) = (repo.work_tree(), repo.repository());
        assert_eq!(work_tree.is_tree, expected, "{what}");
        let commit = repository.commit("HEAD").unwrap();
        assert!(commit.is_tree && !repository.index().unwrap().is_tree);
        let names = |snapshot: &gate_runner::repo::Snapshot| {
            let entries = snapshot.source.entries().iter();
            entries.map(|it| (it.path.clone(), it.kind, it.id.clone())).collect::<Vec<_>>()
        };
        assert_eq!(names(&work_tree) == names(&commit), expected, "{what}");
    };
    stands("clean", true);
    repo.write("ignored", "x\n");
    stands("an ignored file", true);
    repo.write("new", "x\n");
    stands("an untracked file", false);
    fs::remove_file(repo.root.join("new")).unwrap();
    repo.write("a", "2\n");
    stands("a changed file", false);
    repo.git(&["add", "a"]);
    stands("a staged file", false);
    repo.commit(&[]);
    stands("committed", true);
    fs::set_permissions(repo.root.join("a"), fs::Permissions::from_mode(0o755)).unwrap();
    stands("a mode", false);
    repo.git(&["checkout", "--quiet", "a"]);
    repo.git(&["update-index", "--assume-unchanged", "d/b"]);
    repo.write("d/b", "3\n");
    stands("a change that git was told not to look at", false);
}

#[test]
fn the_fingerprint_tells_each_touch_and_nothing_else() {
    let repo = Fixture::with(&[("a", "1\n"), (".gitignore", "ignored\n")]);
    repo.write("dirty", "1\n");
    let repository = repo.repository();
    let mut last = repository.work_tree().unwrap().fingerprint.unwrap();
    let mut touched = |what: &str, expected: bool| {
        let now = repository.fingerprint().unwrap();
        assert_eq!(now != last, expected, "{what}");
        last = now;
    };
    touched("nothing", false);
    repo.write("dirty", "2\n");
    touched("a dirty file changed again, its size the same", true);
    repo.write("dirty", "2\n");
    repo.write("ignored", "x\n");
    touched("equal content, and an ignored file", false);
    repo.git(&["add", "dirty"]);
    touched("staged", true);
    repo.write("a", "2\n");
    touched("a clean file changed", true);
    fs::remove_file(repo.root.join("a")).unwrap();
    touched("a file removed", true);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
    touched("committed", true);
}

#[test]
fn a_file_past_the_limit_is_told_and_not_read() {
    let repo = Fixture::with(&[("clean", "123456789\n"), ("small", "1\n")]);
    repo.write("dirty", "0123456789 and more\n");
    let repository = repo.repository().with_size_bytes_max(9);
    let snapshot = repository.work_tree().unwrap();
    let too_large = |size_bytes| Err(ReadError::TooLarge { size_bytes, size_bytes_max: 9 });
    assert_eq!(read(&snapshot, "clean"), too_large(10));
    assert_eq!(read(&snapshot, "dirty"), too_large(20));
    assert_eq!((id(&snapshot, "dirty"), text(&snapshot, "small")), (None, "1\n".to_owned()));
    let commit = repository.commit("HEAD").unwrap();
    assert_eq!(read(&commit, "clean"), too_large(10));
    // The pool goes on after an answer that it did not read.
    assert_eq!(text(&commit, "small"), "1\n");
}

#[test]
fn the_repository_is_byte_identical_afterwards() {
    let repo = Fixture::with(&[("a", "1\n"), ("dir/b", "2\n")]);
    repo.write("dirty", "3\n");
    // Racy and stale entries are what git status likes to write back.
    repo.write("a", "1\n");
    let before = every_file(&repo.root);
    let repository = repo.repository();
    let snapshot = repository.work_tree().unwrap();
    let (index, commit) = (repository.index().unwrap(), repository.commit("HEAD").unwrap());
    for snapshot in [&snapshot, &index, &commit] {
        for path in paths(snapshot) {
            read(snapshot, path).unwrap();
        }
    }
    repository.fingerprint().unwrap();
    let base = repository.merge_base("HEAD", "main").unwrap().unwrap();
    repository.changed(&base, &snapshot).unwrap();
    assert_eq!(every_file(&repo.root), before);
}

/// Content and time of everything below `dir`.
fn every_file(dir: &Utf8Path) -> BTreeMap<String, (i64, i64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(dir) {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        let content = if metadata.is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
        let times = (metadata.mtime(), metadata.mtime_nsec());
        found.insert(entry.path().display().to_string(), (times.0, times.1, content));
    }
    assert!(found.keys().any(|path| path.ends_with(".git/index")));
    found
}
