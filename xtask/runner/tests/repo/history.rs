//! Merge bases, and what changed since.

use std::fs;

use gate_runner::repo::{RepoError, Repository};
use kernel::ObjectId;

use crate::fixture::*;

#[test]
fn the_merge_base_is_where_two_lines_parted() {
    let repo = Fixture::empty();
    let parted = repo.commit(&[("a", "1\n")]);
    repo.git(&["switch", "--quiet", "-c", "side"]);
    repo.commit(&[("b", "2\n")]);
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit(&[("c", "3\n")]);
    repo.git(&["switch", "--quiet", "--orphan", "stranger"]);
    repo.commit(&[("d", "4\n")]);
    let repository = repo.repository();
    let base = repository.merge_base("main", "side").unwrap();
    assert_eq!(base, Some(ObjectId::new(&parted)));
    assert_eq!(repository.merge_base("main", "stranger").unwrap(), None);
}

#[test]
fn changes_are_told_for_work_tree_index_and_commit() {
    let repo = Fixture::empty();
    let base = repo.commit(&[
        ("same", "1\n"),
        ("edited", "2\n"),
        ("old", "long enough to be a rename\n"),
        ("gone", "4\n"),
        ("run", "5\n"),
        ("back", "6\n"),
    ]);
    repo.git(&["mv", "old", "new"]);
    repo.git(&["rm", "--quiet", "gone"]);
    repo.git(&["update-index", "--chmod=+x", "run"]);
    repo.git(&["commit", "--quiet", "--message=y"]);
    let repository = repo.repository();
    let base = repository.resolve(&base).unwrap();
    let changed = |snapshot| -> Vec<String> {
        let changed = repository.changed(&base, &snapshot).unwrap();
        changed.into_iter().map(String::from).collect()
    };
    assert_eq!(changed(repository.commit("HEAD").unwrap()), ["gone", "new", "old", "run"]);
    repo.git(&["reset", "--hard", "--quiet"]);
    repo.write("edited", "changed\n");
    repo.write("back", "changed\n");
    repo.git(&["add", "back"]);
    repo.write("back", "6\n");
    repo.write("untracked", "x\n");
    let expected = ["edited", "gone", "new", "old", "run", "untracked"];
    assert_eq!(changed(repository.work_tree().unwrap()), expected);
    assert_eq!(changed(repository.index().unwrap()), ["back", "gone", "new", "old", "run"]);
    fs::remove_file(repo.root.join("same")).unwrap();
    assert!(changed(repository.work_tree().unwrap()).contains(&"same".to_owned()));
}

#[test]
fn a_shallow_clone_says_that_its_history_is_cut() {
    let origin = Fixture::empty();
    let first = origin.commit(&[("a", "1\n")]);
    origin.git(&["switch", "--quiet", "-c", "side"]);
    origin.commit(&[("b", "2\n")]);
    origin.git(&["switch", "--quiet", "main"]);
    origin.commit(&[("c", "3\n")]);
    let clone = origin.beside("shallow");
    let url = format!("file://{}", origin.root);
    origin.git(&["clone", "--quiet", "--depth=1", "--no-single-branch", &url, clone.as_str()]);
    let repository = Repository::open(clone).unwrap();
    assert!(repository.is_shallow());
    let snapshot = repository.work_tree().unwrap();
    assert!(snapshot.point.shallow && !snapshot.point.dirty);
    let error = repository.merge_base("origin/side", "HEAD").unwrap_err();
    assert_eq!(error, RepoError::Shallow { revision: "origin/side".to_owned() });
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains("git fetch --unshallow"), "{error}");
    let error = repository.changed(&ObjectId::new(&first), &snapshot).unwrap_err();
    assert_eq!(error, RepoError::Shallow { revision: first });
}
