//! What an image is built from: `docker build https://host/o/r.git#main` takes
//! the code of another repository, and so do `ADD` and Compose's `build:`.

use std::collections::HashSet;
use std::ops::Range;

use super::call::Call;
use super::version::{Hold, is_commit};
use super::{Finds, Install, Known, OPEN, Reader};

/// Whether `text` is the address of a repository, and what holds it there; none
/// where it is a folder.
pub(crate) fn hold(text: &str) -> Option<Hold> {
    let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (address, query) = address.split_once('?').unwrap_or((address, ""));
    let is_git = address.starts_with("git@")
        || address.starts_with("git://")
        || address.starts_with("ssh://")
        || address.starts_with("github.com/")
        || (address.contains("://") && address.trim_end_matches('/').ends_with(".git"));
    if !is_git && !address.starts_with("https://") && !address.starts_with("http://") {
        return None;
    }
    let mut parts = fragment.split(':').take(1).chain(query.split(['&', '=']));
    let mut within = address.split(['/', '@', '.']);
    Some(match () {
        () if parts.any(is_commit) || (!is_git && within.any(is_commit)) => Hold::Exact,
        () if fragment.starts_with('$') || text.starts_with('$') => Hold::Open,
        () => Hold::Moving,
    })
}

/// The same of what is no archive and no file, but a repository.
pub(crate) fn hold_of_git(text: &str) -> Option<Hold> {
    let address = text.split(['#', '?']).next().unwrap_or_default();
    let is_git = address.trim_end_matches('/').ends_with(".git") || address.starts_with("git");
    hold(text).filter(|_| is_git)
}

/// What a context that moves comes to; `tool` takes it.
pub(crate) fn install(tool: &str, address: &str, span: Range<usize>) -> Install {
    let (tool, subject) = (tool.to_owned(), address.to_owned());
    let (why, expected) = (WHY.to_owned(), EXPECTED.to_owned());
    Install { tool, subject, why, expected, span, fetched: None }
}

const WHY: &str = "names no commit";
const EXPECTED: &str = "name the commit: https://host/owner/repository.git#<40 hex>";

/// `docker build ADDRESS`, `docker buildx build ADDRESS`.
pub(super) fn judge(call: &Call, _known: &Known, finds: &mut Finds) {
    if !matches!(&*call.program, "docker" | "podman" | "nerdctl" | "buildah") {
        return;
    }
    let verbs = call.arguments.iter().filter(|it| !it.text.starts_with('-')).take(2);
    if !verbs.into_iter().any(|it| matches!(&*it.text, "build" | "bud")) {
        return;
    }
    let mut before = "";
    for it in &call.arguments {
        let is_value = before.starts_with('-') && !before.contains('=') && !is_flag(before);
        before = &it.text;
        if let Some(hold) = hold(&it.text).filter(|_| !is_value) {
            let tool = format!("{} build", call.program);
            finds.add(hold, it.word, &tool, &it.text, WHY.to_owned(), EXPECTED.to_owned());
        }
    }
}

/// Options of `build` without a value.
fn is_flag(option: &str) -> bool {
    matches!(
        option,
        "--load"
            | "--push"
            | "--no-cache"
            | "--pull"
            | "--quiet"
            | "-q"
            | "--rm"
            | "--force-rm"
            | "--squash"
            | "--compress"
            | "--debug"
            | "-D"
            | "--"
    )
}

impl Reader<'_> {
    /// A repository that is built from.
    pub(super) fn context(&mut self, hold: Hold, tool: &str, text: &str, span: Range<usize>) {
        self.installs.count += 1;
        match hold {
            Hold::Exact => {}
            Hold::Open => self.skip(OPEN),
            Hold::Moving => self.add(install(tool, text, span)),
        }
    }

    /// What a Dockerfile adds without a checksum, and nothing has told of yet.
    pub(super) fn end_added(&mut self) {
        let told = self.installs.unpinned.iter().filter_map(|it| Some(it.fetched.clone()?.start));
        let told: HashSet<usize> = told.collect();
        for (fetch, at) in self.files.added() {
            if told.contains(&at.start) {
                continue;
            }
            self.installs.count += 1;
            let (tool, subject) = (fetch.program, fetch.address);
            let why = "has no checksum".to_owned();
            let expected =
                "say what it must be: ADD --checksum=sha256:<64 hex> https://…".to_owned();
            self.add(Install { tool, subject, why, expected, span: at, fetched: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_alone_holds() {
        let sha = "0a".repeat(20);
        for exact in [
            format!("https://github.com/o/r.git#{sha}"),
            format!("https://github.com/o/r.git#{sha}:sub"),
            format!("git@github.com:o/r.git#{sha}"),
            format!("https://github.com/o/r.git?ref=v1&commit={sha}"),
            format!("https://github.com/o/r/archive/{sha}.tar.gz"),
        ] {
            assert_eq!(hold(&exact), Some(Hold::Exact), "{exact}");
        }
        for moving in
            ["https://github.com/o/r.git", "git@h:o/r#main", "github.com/o/r", "https://h/x.tgz"]
        {
            assert_eq!(hold(moving), Some(Hold::Moving), "{moving}");
        }
        assert_eq!(hold("https://h/r.git#$"), Some(Hold::Open));
        assert_eq!((hold("."), hold("./a.git"), hold("-")), (None, None, None));
        assert_eq!(hold_of_git("https://h/x.tgz"), None);
    }
}
