//! Which commits the tags and branches of another repository lead to, and how
//! old its tags are. Commits alone are fetched, no files, into a repository that
//! is thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use camino::Utf8Path;

use super::remote::run;
use crate::exec::Cancel;

/// Nothing of the user's takes part: no hook, no template, no clean-up that
/// goes on behind our back.
const SETTINGS: [&str; 5] = [
    "core.hooksPath=/dev/null",
    "init.templateDir=",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.recurseSubmodules=false",
];

/// For each of `commits` (40 hex digits) a branch or tag of `url` that leads to
/// it, by its full name. `dir` is an empty folder.
///
/// # Errors
/// In words: why there is no answer.
pub(crate) fn reached(
    url: &str,
    commits: &[String],
    dir: &Utf8Path,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Vec<Option<String>>, String> {
    let git = |args: &[&str], stdin| git(args, stdin, dir, limit, cancel);
    begin(url, &git)?;
    let every = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    git(&["fetch", "--quiet", "--no-tags", "--filter=tree:0", "origin", every[0], every[1]], None)?;
    // What only a fork has was not fetched: it is missing here.
    let asked = commits.join("\n") + "\n";
    let present = git(&["cat-file", "--batch-check=%(objectname) %(objecttype)"], Some(asked))?;
    // A tag's own id is as fixed as its commit's, and some pin it.
    let id = |line: &'_ str| {
        line.strip_suffix(" commit").or(line.strip_suffix(" tag")).map(str::to_owned)
    };
    let present: BTreeSet<String> = present.lines().filter_map(id).collect();
    let one = |commit: &String| {
        if !present.contains(commit.as_str()) {
            return Ok(None);
        }
        let contains = ["for-each-ref", "--count=1", "--format=%(refname)", "--contains", commit];
        let found = git(&contains, None)?;
        Ok(found.lines().next().map(str::to_owned))
    };
    commits.iter().map(one).collect()
}

/// When each of `tags` of `url` was made, in seconds: the later of the tag's own
/// date and its commit's. Both are what their makers wrote. `dir` is an empty
/// folder.
///
/// # Errors
/// As for [`reached`].
pub(crate) fn dates(
    url: &str,
    tags: &[String],
    dir: &Utf8Path,
    limit: Duration,
    cancel: &Cancel,
) -> Result<BTreeMap<String, i64>, String> {
    let git = |args: &[&str], stdin| git(args, stdin, dir, limit, cancel);
    begin(url, &git)?;
    let refs: Vec<String> =
        tags.iter().map(|tag| format!("+refs/tags/{tag}:refs/tags/{tag}")).collect();
    let mut args = vec!["fetch", "--quiet", "--no-tags", "--depth=1", "--filter=tree:0", "origin"];
    args.extend(refs.iter().map(String::as_str));
    git(&args, None)?;
    // Of an annotated tag `*` is what it stands for.
    let dates = "%(creatordate:unix) %(*committerdate:unix) %(committerdate:unix)";
    let format = format!("--format=%(refname) {dates}");
    let listed = git(&["for-each-ref", &format, "refs/tags"], None)?;
    let date = |line: &str| {
        let mut words = line.split_whitespace();
        let tag = words.next()?.strip_prefix("refs/tags/")?.to_owned();
        Some((tag, words.filter_map(|word| word.parse().ok()).max()?))
    };
    Ok(listed.lines().filter_map(date).collect())
}

fn begin(
    url: &str,
    git: &impl Fn(&[&str], Option<String>) -> Result<String, String>,
) -> Result<(), String> {
    git(&["init", "--quiet", "--bare"], None)?;
    git(&["config", "remote.origin.url", url], None)?;
    Ok(())
}

fn git(
    args: &[&str],
    stdin: Option<String>,
    dir: &Utf8Path,
    limit: Duration,
    cancel: &Cancel,
) -> Result<String, String> {
    let settings = SETTINGS.iter().flat_map(|setting| ["-c", setting]);
    let whole: Vec<&str> = settings.chain(args.iter().copied()).collect();
    let output = run(&whole, stdin.map(String::into_bytes), dir, limit, cancel)?;
    String::from_utf8(output).map_err(|_| "a name in it is no UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use xshell::{Shell, cmd};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    struct Upstream {
        folder: tempfile::TempDir,
        sh: Shell,
    }

    impl Upstream {
        fn new() -> Upstream {
            let folder = tempfile::tempdir().unwrap();
            let sh = Shell::new().unwrap();
            sh.change_dir(folder.path());
            let upstream = Upstream { folder, sh };
            upstream.git(&["init", "--quiet", "--initial-branch", "main"]);
            upstream
        }

        fn git(&self, args: &[&str]) -> String {
            let sh = &self.sh;
            let who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"];
            cmd!(sh, "git {who...} {args...}").quiet().read().unwrap()
        }

        fn commit(&self, message: &str, date: &str) -> String {
            let sh = &self.sh;
            let who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"];
            cmd!(sh, "git {who...} commit --quiet --allow-empty -m {message}")
                .env("GIT_COMMITTER_DATE", date)
                .env("GIT_AUTHOR_DATE", date)
                .run()
                .unwrap();
            self.git(&["rev-parse", "HEAD"])
        }

        fn reached(&self, commits: &[&str]) -> Vec<Option<String>> {
            let commits: Vec<String> = commits.iter().map(|it| (*it).to_owned()).collect();
            let empty = tempfile::tempdir().unwrap();
            let dir = Utf8Path::from_path(empty.path()).unwrap();
            let url = self.folder.path().to_str().unwrap();
            reached(url, &commits, dir, LIMIT, &Cancel::new()).unwrap()
        }
    }

    #[test]
    fn what_branches_and_tags_lead_to_is_told_from_what_a_fork_has() {
        let upstream = Upstream::new();
        let old = upstream.commit("one", "2026-01-01T00:00:00Z");
        upstream.commit("two", "2026-01-02T00:00:00Z");
        upstream.git(&["checkout", "--quiet", "-b", "gone"]);
        let kept_by_tag = upstream.commit("released", "2026-01-03T00:00:00Z");
        upstream.git(&["tag", "-a", "v1", "-m", "annotated"]);
        let dropped = upstream.commit("dropped", "2026-01-04T00:00:00Z");
        upstream.git(&["checkout", "--quiet", "main"]);
        upstream.git(&["branch", "--quiet", "-D", "gone"]);
        // A fork's commit lies in the same store, under a name that is none of
        // the repository's own.
        let tree = upstream.git(&["write-tree"]);
        let forked = upstream.git(&["commit-tree", &tree, "-p", &old, "-m", "fork"]);
        upstream.git(&["update-ref", "refs/pull/1/head", &forked]);
        upstream.git(&["pack-refs", "--all"]);
        let tag = upstream.git(&["rev-parse", "refs/tags/v1"]);
        let none = "0".repeat(40);
        let found = upstream.reached(&[&old, &kept_by_tag, &dropped, &forked, &none, &tag]);
        let main = Some("refs/heads/main".to_owned());
        let v1 = Some("refs/tags/v1".to_owned());
        assert_eq!(found, [main, v1.clone(), None, None, None, v1]);
    }

    #[test]
    fn a_tags_date_is_the_later_of_the_two() {
        let upstream = Upstream::new();
        upstream.commit("one", "2026-01-01T00:00:00Z");
        upstream.git(&["tag", "light"]);
        upstream.commit("two", "2026-03-01T00:00:00Z");
        let sh = &upstream.sh;
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"];
        cmd!(sh, "git {who...} tag -a back -m back")
            .env("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z")
            .run()
            .unwrap();
        let empty = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(empty.path()).unwrap();
        let url = upstream.folder.path().to_str().unwrap();
        let tags = ["light".to_owned(), "back".to_owned()];
        let dates = dates(url, &tags, dir, LIMIT, &Cancel::new()).unwrap();
        assert_eq!(dates["light"], 1_767_225_600);
        assert_eq!(dates["back"], 1_772_323_200, "its commit is younger than it says");
        let gone = ["none".to_owned()];
        let empty = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(empty.path()).unwrap();
        assert!(super::dates(url, &gone, dir, LIMIT, &Cancel::new()).is_err());
    }
}
