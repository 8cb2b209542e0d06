//! What a glance leaves of git's answers: in every state that a work tree can be
//! in, the two must say the same, byte for byte.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;

use camino::Utf8PathBuf;

use super::super::state::{State, Untracked};
use super::super::{Repository, name::ObjectFormat};
use super::glance;

struct Work {
    root: Utf8PathBuf,
    _temp: tempfile::TempDir,
}

impl Work {
    /// A commit of these files; index and files have dates of their own.
    fn with(files: &[(&str, &str)], init: &[&str]) -> Work {
        let temp = tempfile::tempdir().unwrap();
        let base = Utf8PathBuf::from_path_buf(temp.path().canonicalize().unwrap()).unwrap();
        let work = Work { root: base.join("work"), _temp: temp };
        fs::create_dir(&work.root).unwrap();
        work.git(&[&["init", "--quiet", "--initial-branch=main"], init].concat());
        files.iter().for_each(|(path, text)| work.write(path, text));
        work.commit();
        work
    }

    fn plain() -> Work {
        Work::with(
            &[("a", "one\n"), ("a-b/x", "two\n"), ("d/e/f", "three\n"), ("d/g", "four\n")],
            &[],
        )
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(args)
            .current_dir(&self.root)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        // Some of its files may have the index's own date else.
        self.date_index(3_600);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Dates the index so many seconds behind the file `a`.
    fn date_index(&self, seconds: i64) {
        let date = fs::metadata(self.root.join("a")).unwrap().modified().unwrap();
        let index = fs::File::options().write(true).open(self.root.join(".git/index")).unwrap();
        let span = std::time::Duration::from_secs(seconds.unsigned_abs());
        let date = if seconds < 0 { date - span } else { date + span };
        index.set_modified(date).unwrap();
    }

    /// Makes the index believe that it has seen the first file as it is on the
    /// disk now: as it has where a file is written within one tick of the clock.
    fn believe(&self, path: &str) {
        let file = fs::metadata(self.root.join(path)).unwrap();
        let index = self.root.join(".git/index");
        let mut bytes = fs::read(&index).unwrap();
        let times = [file.ctime(), file.ctime_nsec(), file.mtime(), file.mtime_nsec()];
        for (at, time) in times.into_iter().enumerate() {
            bytes[12 + 4 * at..16 + 4 * at].copy_from_slice(&(time as u32).to_be_bytes());
        }
        fs::write(index, bytes).unwrap();
    }

    fn repository(&self) -> Repository {
        Repository::open(self.root.clone()).unwrap()
    }

    /// The doubtful paths, if a glance answers at all; whether or not, what comes
    /// of it is what git says.
    fn doubtful(&self, what: &str) -> Option<Vec<String>> {
        let repository = self.repository();
        let git = State::ask(&repository, Untracked::All).unwrap();
        let own = State::of_work_tree(&repository, None).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\0', "\n");
        assert_eq!(text(&own.index.text()), text(&git.index.text()), "{what}");
        assert_eq!(text(&own.touched()), text(&git.touched()), "{what}");
        assert_eq!(text(&own.warnings), text(&git.warnings), "{what}");
        let glance = glance(&self.root, &repository.git_dir, repository.format)?;
        let mut paths: Vec<String> =
            glance.doubtful.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
        paths.sort();
        Some(paths)
    }
}

type Change = fn(&Work);

#[test]
fn what_is_as_it_was_is_told_without_git() {
    let none: Change = |_| {};
    let cases: [(&str, Change); 7] = [
        ("clean", none),
        ("detached", |work| drop(work.git(&["checkout", "--quiet", "--detach"]))),
        ("another branch", |work| drop(work.git(&["checkout", "--quiet", "-b", "a/b"]))),
        ("another form of the index", |work| {
            work.git(&["update-index", "--index-version", "4"]);
            work.date_index(3_600);
        }),
        ("a stash that status tells of", |work| {
            work.git(&["config", "status.showStash", "true"]);
            work.write("a", "changed\n");
            work.git(&["stash", "--quiet"]);
            work.git(&["reset", "--quiet", "--hard"]);
            work.date_index(3_600);
        }),
        ("what git does not see", |work| {
            fs::create_dir_all(work.root.join("d/.git")).unwrap();
            assert!(
                Command::new("mkfifo").arg(work.root.join("d/fifo")).status().unwrap().success()
            );
        }),
        ("line ends that are other on the disk", |work| {
            work.write(".gitattributes", "*.txt text eol=crlf\n");
            work.write("crlf.txt", "one\r\n");
            work.commit();
        }),
    ];
    for (what, change) in cases {
        let work = Work::plain();
        change(&work);
        assert_eq!(work.doubtful(what), Some(Vec::new()), "{what}");
    }
}

#[test]
fn what_is_not_as_it_was_is_asked_of_git() {
    let cases: [(&str, Change, &[&str]); 16] = [
        ("changed", |work| work.write("d/g", "changed\n"), &["d/g"]),
        ("of the same size", |work| work.write("d/g", "FOUR\n"), &["d/g"]),
        ("written anew as it was", |work| work.write("d/g", "four\n"), &["d/g"]),
        ("gone", |work| fs::remove_file(work.root.join("a")).unwrap(), &["a"]),
        (
            "a folder is gone",
            |work| fs::remove_dir_all(work.root.join("d")).unwrap(),
            &["d/e/f", "d/g"],
        ),
        ("new", |work| work.write("d/new", "x\n"), &["d/new"]),
        ("a new folder", |work| work.write("new/deep/file", "x\n"), &["new"]),
        (
            "an empty folder",
            |work| fs::create_dir(work.root.join("d/empty")).unwrap(),
            &["d/empty"],
        ),
        (
            "executable",
            |work| {
                let mode = fs::Permissions::from_mode(0o755);
                fs::set_permissions(work.root.join("a"), mode).unwrap();
            },
            &["a"],
        ),
        (
            "a link in place of a file",
            |work| {
                fs::remove_file(work.root.join("a")).unwrap();
                symlink("d/g", work.root.join("a")).unwrap();
            },
            &["a"],
        ),
        (
            "a folder in place of a file",
            |work| {
                fs::remove_file(work.root.join("a")).unwrap();
                work.write("a/b", "x\n");
            },
            &["a"],
        ),
        (
            "ignored",
            |work| {
                work.write(".git/info/exclude", "*.log\nbuilt/\n");
                work.write("built/deep/x", "x\n");
                work.write("d/x.log", "x\n");
            },
            &["built", "d/x.log"],
        ),
        (
            "ignored beside one that is not",
            |work| {
                work.write(".git/info/exclude", "*.log\n");
                work.write("new/x.log", "x\n");
                work.write("new/y", "y\n");
            },
            &["new"],
        ),
        (
            "another repository",
            |work| {
                work.git(&["init", "--quiet", "other"]);
                work.git(&["-C", "other", "commit", "--quiet", "--allow-empty", "--message=y"]);
            },
            &["other"],
        ),
        (
            "a name with a star",
            |work| {
                work.write("*", "x\n");
                work.write("other", "x\n");
            },
            &["*", "other"],
        ),
        (
            "a hidden folder that is no repository of ours",
            |work| work.write("d/.github/x", "x\n"),
            &["d/.github"],
        ),
    ];
    for (what, change, doubtful) in cases {
        let work = Work::plain();
        change(&work);
        assert_eq!(work.doubtful(what).unwrap(), doubtful, "{what}");
    }
}

#[test]
fn a_file_of_the_indexs_own_date_is_read() {
    let work = Work::plain();
    work.date_index(0);
    assert_eq!(work.doubtful("all of it is read"), Some(Vec::new()));
    // Of the same size, within one tick of the clock: nothing but its content tells.
    work.write("a", "ONE\n");
    work.believe("a");
    work.date_index(0);
    assert_eq!(work.doubtful("one date"), Some(vec!["a".to_owned()]));
    work.date_index(-1);
    assert_eq!(work.doubtful("a later date"), Some(vec!["a".to_owned()]));
}

#[test]
fn what_git_could_not_be_sure_of_is_read() {
    let work = Work::with(&[("a", "one\n"), ("empty", "")], &[]);
    assert_eq!(work.doubtful("an empty file"), Some(Vec::new()));
    // So git notes a file that it found changed when it wrote the index.
    let index = work.root.join(".git/index");
    let mut bytes = fs::read(&index).unwrap();
    bytes[12 + 36..12 + 40].fill(0);
    fs::write(&index, bytes).unwrap();
    work.date_index(3_600);
    assert_eq!(work.doubtful("no size is noted"), Some(vec!["a".to_owned()]));
}

#[test]
fn a_folder_of_another_repository_is_git_s_affair_unless_it_is_empty() {
    let work = Work::plain();
    let commit = work.git(&["rev-parse", "HEAD"]);
    work.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},d/sub")]);
    work.git(&["commit", "--quiet", "--message=y"]);
    work.date_index(3_600);
    assert_eq!(work.doubtful("it is gone").unwrap(), ["d/sub"]);
    fs::create_dir(work.root.join("d/sub")).unwrap();
    assert_eq!(work.doubtful("it is empty").unwrap(), [""; 0]);
    work.write("d/sub/file", "x\n");
    assert_eq!(work.doubtful("it is not").unwrap(), ["d/sub"]);
}

#[test]
fn of_what_is_not_plain_there_is_no_glance() {
    let cases: [(&str, Change); 10] = [
        ("staged", |work| {
            work.write("a", "changed\n");
            work.git(&["add", "a"]);
        }),
        ("intended", |work| {
            work.write("new", "x\n");
            work.git(&["add", "--intent-to-add", "new"]);
        }),
        ("taken out", |work| drop(work.git(&["rm", "--quiet", "--cached", "a"]))),
        ("assumed unchanged", |work| drop(work.git(&["update-index", "--assume-unchanged", "a"]))),
        ("skipped", |work| drop(work.git(&["update-index", "--skip-worktree", "a"]))),
        ("in two files", |work| drop(work.git(&["update-index", "--split-index"]))),
        ("sparse", |work| {
            work.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "d/e"]);
        }),
        ("in conflict", |work| {
            work.git(&["checkout", "--quiet", "-b", "one"]);
            work.write("a", "1\n");
            work.commit();
            work.git(&["checkout", "--quiet", "-b", "two", "HEAD~"]);
            work.write("a", "2\n");
            work.commit();
            let mut merge = Command::new("git");
            merge.args(["merge", "--quiet", "one"]).current_dir(&work.root);
            assert!(!merge.output().unwrap().status.success());
        }),
        ("a link in place of a folder", |work| {
            fs::rename(work.root.join("d"), work.root.join("moved")).unwrap();
            symlink("moved", work.root.join("d")).unwrap();
        }),
        ("too much to ask for one by one", |work| {
            (0..300).for_each(|number| work.write(&format!("d/new-{number}"), "x\n"));
        }),
    ];
    for (what, change) in cases {
        let work = Work::plain();
        change(&work);
        assert_eq!(work.doubtful(what), None, "{what}");
    }
}

#[test]
fn nothing_staged_is_passed_over_for_a_tree_that_is_known() {
    let work = Work::plain();
    work.write("a", "changed\n");
    work.git(&["add", "a"]);
    // The index now knows its tree, and it is not HEAD's.
    work.git(&["write-tree"]);
    work.date_index(3_600);
    assert_eq!(work.doubtful("staged, with its tree"), Some(Vec::new()));
    let snapshot = work.repository().work_tree().unwrap();
    assert!(snapshot.point.dirty);
    work.git(&["commit", "--quiet", "--allow-empty", "--message=y"]);
    assert!(!work.repository().work_tree().unwrap().point.dirty);
}

#[test]
fn head_that_moves_is_seen_wherever_it_is_kept() {
    let work = Work::plain();
    for is_packed in [false, true] {
        if is_packed {
            work.git(&["pack-refs", "--all"]);
        }
        let (repository, snapshot) = Repository::open_work_tree(&work.root).unwrap();
        assert_eq!(repository.mark.is_none(), is_packed);
        let before = repository.fingerprint().unwrap();
        assert_eq!(Some(&before), snapshot.fingerprint.as_ref());
        work.git(&["commit", "--quiet", "--allow-empty", "--message=y"]);
        let after = repository.fingerprint().unwrap();
        assert_ne!(after, before, "a commit of the same tree");
        work.git(&["checkout", "--quiet", "-B", "other"]);
        let other = repository.fingerprint().unwrap();
        assert_ne!(other, after, "another branch on the same commit");
        work.git(&["checkout", "--quiet", "--detach"]);
        assert_ne!(repository.fingerprint().unwrap(), other, "no branch");
        work.git(&["checkout", "--quiet", "main"]);
    }
}

#[test]
fn names_of_64_digits_and_linked_work_trees_are_read() {
    let work = Work::with(&[("a", "one\n"), ("d/e", "two\n")], &["--object-format=sha256"]);
    assert_eq!(work.doubtful("SHA-256"), Some(Vec::new()));
    assert_eq!(work.repository().format, ObjectFormat::Sha256);
    let (_, snapshot) = Repository::open_work_tree(&work.root.join("d")).unwrap();
    assert_eq!(snapshot.source.entries().len(), 2);
    let work = Work::plain();
    work.git(&["worktree", "add", "--quiet", "../linked", "-b", "linked"]);
    let linked = work.root.parent().unwrap().join("linked");
    let (repository, snapshot) = Repository::open_work_tree(&linked).unwrap();
    assert_eq!(repository.root().unwrap(), linked);
    assert_eq!(snapshot.point.reference.as_deref(), Some("refs/heads/linked"));
    assert_eq!(snapshot.source.entries().len(), 4);
}
