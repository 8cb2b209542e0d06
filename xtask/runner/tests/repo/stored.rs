//! The index, commits, and plain folders.

use std::fs;
use std::os::unix::fs::symlink;
use std::thread;

use camino::Utf8PathBuf;
use gate_runner::repo::{Repository, folder};
use kernel::{EntryKind, ReadError};

use crate::fixture::*;

#[test]
fn the_index_holds_what_is_staged() {
    let repo = Fixture::with(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    repo.write("a", "staged\n");
    repo.git(&["add", "a"]);
    repo.git(&["rm", "--cached", "--quiet", "c"]);
    repo.write("a", "not staged\n");
    repo.write("b", "not staged\n");
    repo.write("new", "not staged\n");
    let index = repo.repository().index().unwrap();
    assert_eq!(paths(&index), ["a", "b"]);
    assert_eq!((text(&index, "a"), text(&index, "b")), ("staged\n".to_owned(), "2\n".to_owned()));
    assert!(index.point.dirty);
    let digest = index.point.dirty_digest.unwrap();
    repo.git(&["reset", "--quiet"]);
    let clean = repo.repository().index().unwrap();
    assert_eq!((clean.point.dirty, clean.point.dirty_digest), (false, None));
    repo.git(&["add", "b"]);
    assert_ne!(repo.repository().index().unwrap().point.dirty_digest.unwrap(), digest);
}

#[test]
fn another_index_can_be_named() {
    let repo = Fixture::with(&[("a", "1\n")]);
    let other = repo.beside("other-index");
    fs::copy(repo.root.join(".git/index"), &other).unwrap();
    repo.write("b", "2\n");
    repo.git(&["add", "b"]);
    assert_eq!(paths(&repo.repository().index().unwrap()), ["a", "b"]);
    assert_eq!(paths(&repo.repository().with_index(other).index().unwrap()), ["a"]);
}

#[test]
fn a_commit_is_read_without_a_checkout() {
    let repo = Fixture::with(&[("dir/a", "old\n"), ("run", "x\n")]);
    symlink("dir/a", repo.root.join("link")).unwrap();
    let first = repo.commit(&[]);
    repo.git(&["tag", "--annotate", "--message=x", "v1"]);
    repo.git(&[
        "-c",
        "advice.nestedTag=false",
        "tag",
        "--annotate",
        "--message=y",
        "v1-again",
        "v1",
    ]);
    repo.commit(&[("dir/a", "new\n"), ("more", "z\n")]);
    let repository = repo.repository();
    let tagged = repository.commit("v1-again").unwrap();
    assert_eq!(paths(&tagged), ["dir/a", "link", "run"]);
    assert_eq!(text(&tagged, "dir/a"), "old\n");
    assert_eq!(find(&tagged, "dir/a").size_bytes, Some(4));
    assert_eq!(
        (kind(&tagged, "link"), text(&tagged, "link")),
        (EntryKind::Symlink, "dir/a".to_owned())
    );
    assert_eq!(tagged.point.commit.as_ref().unwrap().as_str(), first);
    let tree = repo.git(&["rev-parse", &format!("{first}^{{tree}}")]);
    assert_eq!(tagged.point.tree.as_ref().unwrap().as_str(), tree);
    assert_eq!(tagged.point.reference.as_deref(), Some("refs/tags/v1-again"));
    assert!(!tagged.point.dirty);
    assert_eq!(
        repository.commit("main").unwrap().point.reference.as_deref(),
        Some("refs/heads/main")
    );
    assert_eq!(repository.commit(&first).unwrap().point.reference, None);
    assert_eq!(repository.commit("HEAD~1").unwrap().point.commit.unwrap().as_str(), first);
}

#[test]
fn a_bare_repository_has_commits_and_no_work_tree() {
    let repo = Fixture::with(&[("a", "1\n")]);
    let bare = repo.beside("bare.git");
    repo.git(&["clone", "--quiet", "--bare", repo.root.as_str(), bare.as_str()]);
    let repository = Repository::open(bare).unwrap();
    assert!(repository.is_bare());
    assert_eq!(text(&repository.commit("HEAD").unwrap(), "a"), "1\n");
    for error in [repository.work_tree().unwrap_err(), repository.index().unwrap_err()] {
        assert!(error.to_string().contains("has no work tree"), "{error}");
        assert_eq!(error.exit_code(), 4);
    }
    let inside = Repository::open(repo.root.join(".git")).unwrap();
    assert!(!inside.is_bare() && inside.work_tree().is_err());
    assert_eq!(text(&inside.commit("HEAD").unwrap(), "a"), "1\n");
}

#[test]
fn replaced_objects_are_not_believed() {
    let repo = Fixture::with(&[("a", "real\n")]);
    repo.write("fake", "fake\n");
    let fake = repo.git(&["hash-object", "-w", "fake"]);
    let real = repo.git(&["rev-parse", "HEAD:a"]);
    repo.git(&["replace", &real, &fake]);
    assert_eq!(repo.git(&["cat-file", "-p", &real]), "fake");
    assert_eq!(text(&repo.repository().commit("HEAD").unwrap(), "a"), "real\n");
}

#[test]
fn a_partial_clone_fetches_nothing_and_says_what_is_missing() {
    let origin = Fixture::with(&[("a", "1\n"), ("b", "2\n")]);
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = origin.beside("partial");
    let url = format!("file://{}", origin.root);
    origin.git(&["clone", "--quiet", "--no-checkout", "--filter=blob:none", &url, clone.as_str()]);
    let repository = Repository::open(clone).unwrap();
    let commit = repository.commit("HEAD").unwrap();
    assert_eq!((paths(&commit), find(&commit, "a").size_bytes), (vec!["a", "b"], None));
    for path in ["a", "b"] {
        let reason = unreadable(&commit, path);
        assert!(reason.ends_with("get it with 'git fetch --refetch --no-filter'"), "{reason}");
    }
    // The hint is true.
    repository_git(
        &origin,
        repository.git_dir().as_str(),
        &["fetch", "--quiet", "--refetch", "--no-filter"],
    );
    assert_eq!(text(&commit, "a"), "1\n");
}

fn repository_git(fixture: &Fixture, git_dir: &str, args: &[&str]) {
    fixture.git(&[&["--git-dir", git_dir], args].concat());
}

#[test]
fn many_threads_read_at_once() {
    let files: Vec<(String, String)> =
        (0..200).map(|n| (format!("f{n:03}"), format!("{n}\n").repeat(n * 40))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let repo = Fixture::with(&files);
    let commit = repo.repository().commit("HEAD").unwrap();
    thread::scope(|scope| {
        for skip in 0..8 {
            let (commit, files) = (&commit, &files);
            scope.spawn(move || {
                for (path, expected) in files.iter().cycle().skip(skip * 25).take(200) {
                    assert_eq!(text(commit, path), *expected, "{path}");
                }
            });
        }
    });
}

#[test]
fn a_reader_that_somebody_ended_is_replaced() {
    let repo = Fixture::with(&[("a", "1\n")]);
    let commit = repo.repository().commit("HEAD").unwrap();
    assert_eq!(text(&commit, "a"), "1\n");
    let me = std::process::id().to_string();
    let children = fs::read_to_string(format!("/proc/{me}/task/{me}/children")).unwrap_or_default();
    let children = children + &threads_children(&me);
    let root = repo.root.as_std_path();
    let ours = children
        .split_whitespace()
        .filter(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == root));
    let ours: Vec<&str> = ours.collect();
    assert!(!ours.is_empty(), "the pool holds no process");
    for pid in ours {
        xshell::cmd!(repo.shell, "kill -KILL {pid}").quiet().run().unwrap();
    }
    assert_eq!(text(&commit, "a"), "1\n");
}

/// Children belong to the thread that started them.
fn threads_children(pid: &str) -> String {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let children =
        tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    children.collect()
}

#[test]
fn a_tree_that_names_a_path_twice_is_refused() {
    let repo = Fixture::with(&[("a", "1\n")]);
    let blob = repo.git(&["rev-parse", "HEAD:a"]);
    let bytes: Vec<u8> =
        (0..40).step_by(2).map(|at| u8::from_str_radix(&blob[at..at + 2], 16).unwrap()).collect();
    let mut tree = Vec::new();
    for _ in 0..2 {
        tree.extend_from_slice(b"100644 twice\0");
        tree.extend_from_slice(&bytes);
    }
    fs::write(repo.beside("tree"), tree).unwrap();
    let tree =
        repo.git(&["hash-object", "-w", "-t", "tree", "--literally", repo.beside("tree").as_str()]);
    let commit = repo.git(&["commit-tree", "-m", "x", &tree]);
    let error = repo.repository().commit(&commit).unwrap_err();
    assert!(error.to_string().contains("names 'twice' twice"), "{error}");
}

#[test]
fn a_plain_folder_is_listed_without_git() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().to_owned()).unwrap();
    fs::create_dir_all(dir.join("a/.git")).unwrap();
    fs::write(dir.join("a/.git/config"), "no").unwrap();
    fs::write(dir.join("a/file"), "yes").unwrap();
    fs::write(dir.join(".gitignore"), "*").unwrap();
    symlink("/etc", dir.join("etc")).unwrap();
    let shell = xshell::Shell::new().unwrap();
    let fifo = dir.join("fifo");
    xshell::cmd!(shell, "mkfifo {fifo}").quiet().run().unwrap();
    let snapshot = folder(&dir).unwrap();
    assert_eq!(paths(&snapshot), [".gitignore", "a/file", "etc", "fifo"]);
    assert_eq!((text(&snapshot, "a/file"), text(&snapshot, "etc")), ("yes".into(), "/etc".into()));
    assert_eq!(unreadable(&snapshot, "fifo"), "it is a FIFO now, not a file");
    assert_eq!((id(&snapshot, "a/file"), snapshot.point.commit), (None, None));
    let error = folder(&dir.join("none")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read '"), "{error}");
    assert_eq!(read(&folder(&dir.join("a")).unwrap(), "file"), Ok::<_, ReadError>(b"yes".to_vec()));
}
