//! Addresses of packages: what a URL holds.

use super::{Hold, is_commit};
use crate::tag::is_release;

/// What the address `text` of a repository of git holds, where the revision
/// follows `mark`.
pub(super) fn git(revision: Option<&str>) -> Hold {
    // pnpm: `#<commit>&path:/x`.
    let revision = revision.unwrap_or_default().split('&').next().unwrap_or_default();
    if is_commit(revision) { Hold::Exact } else { Hold::Branch }
}

/// What an address of a file holds: one address is one file, but for those
/// that a forge makes of a branch.
pub(super) fn file(address: &str) -> Hold {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let made = parts.iter().position(|it| matches!(*it, "archive" | "tarball" | "zipball"));
    let Some(rest) = made.and_then(|at| parts.get(at + 1..)).filter(|rest| !rest.is_empty()) else {
        return Hold::Exact;
    };
    let name = rest.last().copied().unwrap_or_default();
    let name =
        [".tar.gz", ".tgz", ".zip"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let is_branch = rest.contains(&"heads");
    match !is_branch && (rest.contains(&"tags") || is_commit(name) || is_release(name)) {
        true => Hold::Exact,
        false => Hold::Branch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_of_branches_move() {
        for exact in [
            "https://e.org/a-1.2.tgz",
            "https://github.com/a/b/archive/v1.2.3.tar.gz",
            "https://github.com/a/b/archive/refs/tags/x.zip#sha256=1",
            "https://github.com/a/b/releases/download/v1/b.whl",
        ] {
            assert_eq!(file(exact), Hold::Exact, "{exact}");
        }
        for branch in [
            "https://github.com/a/b/archive/main.zip",
            "https://github.com/a/b/archive/refs/heads/1.2.zip",
            "https://api.github.com/repos/a/b/tarball/master",
        ] {
            assert_eq!(file(branch), Hold::Branch, "{branch}");
        }
    }
}
