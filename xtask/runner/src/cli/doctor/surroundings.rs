//! git, the repository, this program, and what we keep in the git directory.

use camino::Utf8Path;

use super::Check;
use crate::cli::baseline;
use crate::cli::hook::{self, Present};
use crate::git::{Git, GitError};
use crate::repo::{RepoError, Repository};
use crate::tool;
use crate::view::View;

pub fn git(dir: &Utf8Path) -> Check {
    match Git::new(dir).output(&["version"]) {
        Ok(said) => {
            let said = String::from_utf8_lossy(&said);
            let version = said.trim();
            Check::ok("git", version.strip_prefix("git version ").unwrap_or(version))
        }
        Err(error) => Check::environment("git", error.to_string()),
    }
}

pub fn program() -> Check {
    let tool = tool::tool();
    match std::env::current_exe() {
        Ok(path) => {
            Check::ok("program", format!("{} {}, {}", tool.name, tool.version, path.display()))
        }
        Err(error) => Check::environment("program", format!("its own path is unknown: {error}")),
    }
}

/// A plain folder can be judged, as far as its gates go; anything else that is
/// wrong keeps everything from being judged.
pub fn no_repository(error: RepoError) -> Option<Check> {
    match error {
        RepoError::Git(GitError::NotARepository { .. }) => Some(
            Check::note("repository", "none: a plain folder, of which no receipt proves a commit")
                .todo("run this in a clone, or 'git init'"),
        ),
        // Told in the line about git.
        RepoError::Git(GitError::Missing { .. } | GitError::NoDirectory { .. }) => {
            Some(Check::environment("repository", "not looked for: git did not answer"))
        }
        error => Some(("repository", error).into()),
    }
}

pub fn repository(repository: &Repository) -> Check {
    let root = match repository.root() {
        Ok(root) => root,
        Err(error) => {
            return ("repository", error).into();
        }
    };
    if repository.is_shallow() {
        return Check::note("repository", format!("{root}, a shallow clone"))
            .todo("git fetch --unshallow, if a gate needs the history or a base");
    }
    Check::ok("repository", root.as_str())
}

/// Whether receipts and proofs can be kept.
pub fn state(repository: &Repository) -> Check {
    let written = repository.state_dir().and_then(|folder| {
        tempfile::tempfile_in(&folder)
            .map(|_| folder.clone())
            .map_err(|error| RepoError::Unwritable { path: folder, reason: error.to_string() })
    });
    match written {
        Ok(folder) => Check::ok("receipts", folder),
        Err(error) => {
            Check::from(("receipts", error)).todo("make it writable, or 'verify --receipt PATH'")
        }
    }
}

pub fn hook(repository: &Repository) -> Check {
    let install = "xtask hook install pre-push";
    let found = hook::path(repository).and_then(|path| Ok((hook::present(&path)?, path)));
    match found {
        Err(stop) => Check::of("hook", stop),
        Ok((Present::Absent, _)) => {
            Check::note("hook", "none: nothing judges what is pushed").todo(install)
        }
        Ok((Present::Ours { program }, path)) if program.is_file() => {
            Check::ok("hook", format!("{path} calls {program}"))
        }
        Ok((Present::Ours { program }, path)) => {
            let text = format!("{path} calls {program}, which is gone: every push is refused");
            Check::environment("hook", text).todo(install)
        }
        Ok((Present::Changed, path)) => {
            let text = format!("{path} was changed since it was installed, or may not be executed");
            Check::environment("hook", text).todo(format!("remove it, then: {install}"))
        }
        Ok((Present::Foreign { calls: true }, path)) => {
            Check::ok("hook", format!("{path}, another's, calls this one"))
        }
        Ok((Present::Foreign { calls: false }, path)) => {
            Check::note("hook", format!("{path} is another's, and does not judge what is pushed"))
                .todo(format!("'{install}' tells the line to put into it"))
        }
    }
}

pub fn baseline(view: &View) -> Check {
    match baseline::present(view) {
        Ok(known) if known.findings.is_empty() => Check::ok("baseline", "none"),
        Ok(known) => Check::ok("baseline", format!("{} known findings", known.findings.len())),
        Err(stop) => Check::of("baseline", stop),
    }
}
