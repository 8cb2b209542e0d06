//! The commits in scope and what leads to their files, read from packs.

use std::num::NonZeroUsize;

use git_bulk::{Commits, Error, Id, Packs};
use kernel::{GateError, ObjectId, Pulse};

use super::loose::Loose;
use super::refs::Refs;
use super::{failed, garbled, unread};
use crate::git::Git;
use crate::repo::Repository;

/// A whole history's packs and commits.
pub struct Graph {
    pub packs: Packs,
    pub commits: Commits,
    pub loose: Loose,
}

impl Graph {
    /// What `refs`, `head` and the HEADs of all work trees lead to, as `range` says it to
    /// git; where each ref leads is noted.
    pub fn read(
        repository: &Repository,
        refs: &mut Refs,
        head: Option<&ObjectId>,
        range: &[String],
        pulse: &Pulse,
    ) -> Result<Graph, GateError> {
        let folders = super::packs::folders(repository);
        let own_head = own_head(repository);
        let (packs, listed) = std::thread::scope(|scope| {
            let listed = own_head.is_none().then(|| scope.spawn(|| tips(repository.git(), range)));
            let packs = Packs::open(&folders, repository.object_format().id_len());
            (packs, listed.map(|listed| listed.join()))
        });
        let packs = match packs {
            Ok(packs) => packs,
            // git may read what this does not.
            Err(Error::Unsupported { .. }) => Packs::default(),
            Err(error) => return Err(unread(&error)),
        };
        let loose = Loose::new(repository.git().clone());
        refs.look_up(&packs, &loose)?;
        let mut tips: Vec<Id> = match listed {
            Some(tips) => tips.map_err(|_| garbled("no tips"))??,
            None => refs.commits().chain(own_head.flatten()).collect(),
        };
        tips.extend(head.and_then(|head| git_bulk::id(head.as_str().as_bytes())));
        let stop = || pulse.check().is_err();
        let fetch = |id: &Id| loose.read(id);
        let commits = Commits::read(&packs, &tips, threads(), &stop, &fetch);
        pulse.check()?;
        let commits = commits.map_err(|error| unread(&error))?;
        Ok(Graph { packs, commits, loose })
    }
}

/// The commit that HEAD names where it names no ref. None where that is not all there is
/// to it: other work trees have HEADs of their own, and refs may be kept in tables.
fn own_head(repository: &Repository) -> Option<Option<Id>> {
    if repository.common_dir().join("worktrees").exists() {
        return None;
    }
    let head = std::fs::read_to_string(repository.git_dir().join("HEAD")).ok()?;
    match head.trim().strip_prefix("ref: ") {
        Some("refs/heads/.invalid") => None,
        Some(_) => Some(None),
        None => Some(Some(git_bulk::id(head.trim().as_bytes())?)),
    }
}

/// The commits that `range` names, tags followed.
fn tips(git: &Git, range: &[String]) -> Result<Vec<Id>, GateError> {
    let mut args = vec!["rev-list", "--no-walk=unsorted"];
    args.extend(range.iter().map(String::as_str));
    args.push("--");
    let listed = git.output(&args).map_err(|error| failed(&error))?;
    let lines = listed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let ids = lines.map(|line| git_bulk::id(line).ok_or_else(|| garbled("no name")));
    ids.collect()
}

/// As many as there are processors.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use camino::{Utf8Path, Utf8PathBuf};
    use xshell::{Shell, cmd};

    use super::*;

    struct Fixture {
        shell: Shell,
        root: Utf8PathBuf,
        _temp: tempfile::TempDir,
    }

    impl Fixture {
        fn new() -> Fixture {
            let temp = tempfile::tempdir().unwrap();
            let root = Utf8PathBuf::from_path_buf(temp.path().join("repo")).unwrap();
            let shell = Shell::new().unwrap();
            for (name, value) in
                [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")]
            {
                shell.set_var(name, value);
            }
            for name in ["GIT_AUTHOR", "GIT_COMMITTER"] {
                shell.set_var(format!("{name}_NAME"), "a");
                shell.set_var(format!("{name}_EMAIL"), "a@example.org");
            }
            cmd!(shell, "git init --quiet --initial-branch=main {root}").run().unwrap();
            shell.change_dir(&root);
            Fixture { shell, root, _temp: temp }
        }

        fn git(&self, args: &[&str]) -> String {
            cmd!(self.shell, "git {args...}").ignore_stderr().read().unwrap()
        }

        fn commit(&self, text: &str) -> String {
            self.shell.write_file("file", text).unwrap();
            self.git(&["add", "."]);
            self.git(&["commit", "--quiet", "--message", text]);
            self.git(&["rev-parse", "HEAD"])
        }
    }

    /// The commits, how many of their messages were kept, and the tags.
    fn read(root: &Utf8Path) -> (BTreeSet<String>, usize, usize) {
        let repository = Repository::open(root).unwrap();
        let range = ["--all".to_owned()];
        let mut refs = Refs::read(&repository).unwrap();
        let graph = Graph::read(&repository, &mut refs, None, &range, &Pulse::default()).unwrap();
        let kept = graph.commits.all().iter().filter(|one| graph.commits.bytes(one).is_some());
        let (kept, tags) = (kept.count(), refs.tags().len());
        (graph.commits.all().iter().map(|commit| commit.id.to_string()).collect(), kept, tags)
    }

    fn listed(fixture: &Fixture) -> BTreeSet<String> {
        fixture.git(&["rev-list", "--all"]).lines().map(str::to_owned).collect()
    }

    #[test]
    fn all_refs_and_heads_lead_to_what_git_lists() {
        let repo = Fixture::new();
        repo.commit("1");
        for (branch, tag) in [("plain", false), ("tagged", true), ("twice", true)] {
            repo.git(&["switch", "--quiet", "--detach", "main"]);
            repo.commit(branch);
            if tag {
                repo.git(&["tag", "--annotate", "--message=x", branch]);
            } else {
                repo.git(&["branch", branch]);
            }
        }
        repo.git(&["tag", "--annotate", "--message=x", "of-a-tag", "twice"]);
        repo.git(&["tag", "--delete", "twice"]);
        for (tag, object) in [("of-a-blob", "HEAD:file"), ("of-a-tree", "HEAD^{tree}")] {
            repo.git(&["tag", "--annotate", "--message=x", tag, object]);
        }
        repo.git(&["update-ref", "refs/odd/blob", "HEAD:file"]);
        repo.git(&["notes", "add", "--message=x", "main"]);
        // HEAD is the only way to one commit, in a pack or not.
        repo.git(&["switch", "--quiet", "--detach", "main"]);
        let last = repo.commit("of HEAD alone");
        for pack in [false, true] {
            if pack {
                repo.git(&["gc", "--quiet"]);
            }
            let (found, kept, tags) = read(&repo.root);
            assert!(found.contains(&last) && found == listed(&repo), "{found:?}");
            assert_eq!(kept, if pack { found.len() } else { 0 });
            // One that no ref names is named by another one.
            assert_eq!(tags, 5);
        }
        // Another work tree's HEAD leads to commits too.
        repo.git(&["worktree", "add", "--quiet", "--detach", "../other"]);
        repo.shell.change_dir(repo.root.join("../other"));
        let other = repo.commit("of another HEAD alone");
        repo.shell.change_dir(&repo.root);
        let (found, ..) = read(&repo.root);
        assert!(found.contains(&other) && found == listed(&repo), "{found:?}");
    }

    #[test]
    fn commits_of_much_text_are_not_kept() {
        let repo = Fixture::new();
        repo.commit("1");
        repo.shell.write_file("message", "x\n".repeat(9 << 20)).unwrap();
        repo.git(&["commit", "--quiet", "--allow-empty", "--file=message", "--cleanup=verbatim"]);
        repo.git(&["repack", "--quiet", "-ad"]);
        let (found, kept, _) = read(&repo.root);
        assert_eq!((found.len(), kept), (2, 0));
    }
}
