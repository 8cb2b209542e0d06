//! Paths that are no plain clean files: each ends in a state of its own.

use std::fs;
use std::os::unix::net::UnixListener;

use kernel::{EntryKind, ReadError};
use xshell::cmd;

use crate::fixture::*;

#[test]
fn fifos_and_sockets_never_block() {
    let repo = Fixture::with(&[("fifo", "1\n"), ("socket", "2\n"), ("late", "3\n")]);
    for path in ["fifo", "socket"] {
        fs::remove_file(repo.root.join(path)).unwrap();
    }
    cmd!(repo.shell, "mkfifo fifo untracked-fifo").quiet().run().unwrap();
    let _socket = UnixListener::bind(repo.root.join("socket")).unwrap();
    let snapshot = repo.work_tree();
    // git leaves untracked ones out; tracked ones must not pass for read.
    assert_eq!(paths(&snapshot), ["fifo", "late", "socket"]);
    assert_eq!(unreadable(&snapshot, "fifo"), "it is a FIFO now, not a file");
    assert_eq!(unreadable(&snapshot, "socket"), "it is a socket now, not a file");
    assert!(snapshot.point.dirty);
    fs::remove_file(repo.root.join("late")).unwrap();
    cmd!(repo.shell, "mkfifo late").quiet().run().unwrap();
    assert_eq!(unreadable(&snapshot, "late"), "it is a FIFO now, not a file");
}

#[test]
fn a_file_that_vanishes_after_the_listing_is_unreadable() {
    let repo = Fixture::with(&[("dir/gone", "1\n"), ("swapped", "2\n")]);
    let snapshot = repo.work_tree();
    fs::remove_dir_all(repo.root.join("dir")).unwrap();
    fs::remove_file(repo.root.join("swapped")).unwrap();
    fs::create_dir(repo.root.join("swapped")).unwrap();
    assert_eq!(unreadable(&snapshot, "dir/gone"), "it vanished after it was listed");
    assert_eq!(unreadable(&snapshot, "swapped"), "it is a directory now, not a file");
}

#[test]
fn a_file_that_changes_after_the_listing_is_unreadable() {
    let repo = Fixture::with(&[("good", "1\n"), ("touched", "2\n"), ("dirty", "3\n")]);
    repo.write("dirty", "4\n");
    let snapshot = repo.work_tree();
    for path in ["good", "dirty"] {
        repo.write(path, "5\n");
        assert!(unreadable(&snapshot, path).starts_with("it changed after it was listed"));
    }
    repo.write("touched", "2\n");
    assert_eq!(text(&snapshot, "touched"), "2\n");
    repo.write("good", "1\n");
    assert_eq!(text(&snapshot, "good"), "1\n", "it is again what was listed");
}

#[test]
fn a_file_with_the_old_size_and_date_is_still_seen_to_differ() {
    let repo = Fixture::with(&[("file", "one\n")]);
    repo.git(&["config", "core.trustCTime", "false"]);
    repo.git(&["config", "core.checkStat", "minimal"]);
    let path = repo.root.join("file");
    // Long ago, so that git does not look for racing writers.
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let date = || fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    date();
    repo.git(&["update-index", "--refresh"]);
    assert!(!repo.work_tree().point.dirty);
    // git keeps whole seconds of the date that nobody can set.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    // In place: a new file could be told by its number.
    fs::write(&path, "two\n").unwrap();
    date();
    assert!(repo.work_tree().point.dirty);
}

#[test]
fn a_directory_where_a_file_was_lists_what_it_holds() {
    let repo = Fixture::with(&[("path", "file\n"), ("dir/file", "x\n")]);
    fs::remove_file(repo.root.join("path")).unwrap();
    repo.write("path/inside", "new\n");
    fs::remove_dir_all(repo.root.join("dir")).unwrap();
    repo.write("dir", "a file now\n");
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["dir", "path/inside"]);
    assert_eq!(text(&snapshot, "dir"), "a file now\n");
}

#[test]
fn a_conflict_is_listed_once_and_stops_the_index() {
    let repo = Fixture::with(&[("both", "base\n"), ("calm", "x\n")]);
    repo.git(&["switch", "--quiet", "-c", "side"]);
    repo.commit(&[("both", "theirs\n")]);
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit(&[("both", "ours\n")]);
    cmd!(repo.shell, "git merge --quiet side")
        .quiet()
        .ignore_status()
        .ignore_stdout()
        .run()
        .unwrap();
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["both", "calm"]);
    assert!(text(&snapshot, "both").contains("<<<<<<<"));
    assert_eq!(id(&snapshot, "both").unwrap(), repo.hash("both"));
    assert!(snapshot.point.dirty);
    let error = repo.repository().index().unwrap_err();
    assert_eq!(error.exit_code(), 4);
    let expected =
        "the index holds 1 file in conflict, 'both': resolve and 'git add', or 'git merge --abort'";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_sparse_checkout_reads_what_it_left_out_from_the_index() {
    let repo = Fixture::with(&[("in/a", "1\n"), ("out/b", "2\n"), ("top", "3\n")]);
    repo.git(&["sparse-checkout", "set", "in"]);
    assert!(!repo.root.join("out/b").exists());
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["in/a", "out/b", "top"]);
    assert_eq!(text(&snapshot, "out/b"), "2\n");
    assert_eq!(id(&snapshot, "out/b").unwrap(), repo.git(&["rev-parse", "HEAD:out/b"]));
    assert!(!snapshot.point.dirty);
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    assert_eq!(paths(&repo.work_tree()), ["in/a", "out/b", "top"]);
}

#[test]
fn files_that_git_was_told_not_to_watch_are_looked_at() {
    let repo =
        Fixture::with(&[("same", "1\n"), ("assumed", "2\n"), ("skipped", "3\n"), ("gone", "4\n")]);
    repo.git(&["update-index", "--assume-unchanged", "same", "assumed", "gone"]);
    repo.git(&["update-index", "--skip-worktree", "skipped"]);
    assert!(!repo.work_tree().point.dirty);
    repo.write("assumed", "changed\n");
    repo.write("skipped", "changed too\n");
    fs::remove_file(repo.root.join("gone")).unwrap();
    assert_eq!(repo.git(&["status", "--porcelain"]), "", "git sees it: the test shows nothing");
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["assumed", "same", "skipped"]);
    assert!(snapshot.point.dirty);
    for path in ["assumed", "same", "skipped"] {
        assert_eq!(id(&snapshot, path).unwrap(), repo.hash(path), "{path}");
    }
    assert_eq!(text(&snapshot, "skipped"), "changed too\n");
}

#[test]
fn what_is_only_intended_to_be_added_is_on_disk_and_not_in_the_index() {
    let repo = Fixture::with(&[("a", "1\n")]);
    repo.write("new", "text\n");
    repo.git(&["add", "--intent-to-add", "new"]);
    let snapshot = repo.work_tree();
    assert_eq!((paths(&snapshot), text(&snapshot, "new")), (vec!["a", "new"], "text\n".to_owned()));
    assert_eq!(id(&snapshot, "new").unwrap(), repo.hash("new"));
    let index = repo.repository().index().unwrap();
    assert_eq!((paths(&index), index.point.dirty), (vec!["a"], false));
}

#[test]
fn submodules_and_nested_repositories_are_told_and_not_entered() {
    let other = Fixture::with(&[("inside", "x\n")]);
    let repo = Fixture::with(&[("a", "1\n")]);
    repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        other.root.as_str(),
        "sub",
    ]);
    repo.commit(&[]);
    let clean = repo.work_tree();
    assert_eq!(paths(&clean), [".gitmodules", "a", "sub"]);
    assert_eq!(kind(&clean, "sub"), EntryKind::Submodule);
    assert_eq!(id(&clean, "sub").unwrap(), other.git(&["rev-parse", "HEAD"]));
    assert_eq!(read(&clean, "sub"), Err(ReadError::Submodule));
    assert!(!clean.point.dirty);

    // Dirty inside: commands see it, so it counts.
    fs::write(repo.root.join("sub/inside"), "changed\n").unwrap();
    let dirty = repo.work_tree();
    assert!(dirty.point.dirty);
    assert_eq!(id(&dirty, "sub"), id(&clean, "sub"));
    // Another commit is checked out.
    repo.git(&["-C", "sub", "commit", "--quiet", "--all", "--message=y"]);
    let moved = repo.work_tree();
    assert_eq!(id(&moved, "sub").unwrap(), repo.git(&["-C", "sub", "rev-parse", "HEAD"]));
    assert_ne!(moved.point.dirty_digest, dirty.point.dirty_digest);

    repo.git(&["init", "--quiet", "nested"]);
    repo.git(&["-C", "nested", "commit", "--quiet", "--allow-empty", "--message=z"]);
    repo.write("nested/file", "not ours\n");
    let snapshot = repo.work_tree();
    assert_eq!(kind(&snapshot, "nested"), EntryKind::Submodule);
    assert_eq!(id(&snapshot, "nested").unwrap(), repo.git(&["-C", "nested", "rev-parse", "HEAD"]));
    assert!(!paths(&snapshot).contains(&"nested/file"));
}

#[test]
fn permission_denied_is_told_for_files_and_for_directories() {
    use std::os::unix::fs::PermissionsExt;
    let repo = Fixture::with(&[("secret", "1\n"), ("open", "2\n")]);
    repo.write("shut/inside", "untracked\n");
    let mode = |path: &str, mode| {
        fs::set_permissions(repo.root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("secret", 0o000);
    mode("shut", 0o000);
    if fs::read(repo.root.join("secret")).is_ok() {
        // Nothing is denied to root: what git warns is tested in listing.rs.
        mode("shut", 0o755);
        return;
    }
    let snapshot = repo.work_tree();
    assert_eq!(paths(&snapshot), ["open", "secret", "shut"]);
    assert_eq!(unreadable(&snapshot, "secret"), "permission denied");
    let reason = unreadable(&snapshot, "shut");
    mode("shut", 0o755);
    assert_eq!(reason, "a directory that cannot be opened: permission denied");
}
