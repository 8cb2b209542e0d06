//! Where a program is, and what may be started.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use camino::Utf8Path;

use super::spawn::child_vars;
use super::{Env, Status};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub(super) use system::{call, is_inherited, is_path, same_variable, why_not};

/// Where the program `name` would be started from, in this environment and directory.
///
/// # Errors
/// [`Status::NotFound`] or [`Status::CannotStart`], as [`super::run`] would end.
pub fn find(name: &str, env: &Env, dir: &Utf8Path) -> Result<PathBuf, Status> {
    find_program(name, path_of(&child_vars(env, "")), dir.as_std_path())
}

/// `PATH` among these variables.
pub(super) fn path_of(vars: &[(OsString, OsString)]) -> Option<&OsStr> {
    let path = vars.iter().rev().find(|(name, _)| same_variable("PATH", name));
    path.map(|(_, value)| value.as_os_str())
}

/// Where `name` is: by itself when it is a path, else the first executable file in `path`.
/// An entry that is empty or relative counts from `dir`, as a shell there would see it.
pub(super) fn find_program(
    name: &str,
    path: Option<&OsStr>,
    dir: &Path,
) -> Result<PathBuf, Status> {
    if name.is_empty() {
        return Err(Status::CannotStart {
            reason: "the program's name is empty: expected a program and its arguments".to_owned(),
        });
    }
    let mut looked_in = Vec::new();
    let mut bare = Vec::new();
    if is_path(name) {
        let program = dir.join(name);
        looked_in.push(program.display().to_string());
        bare.push(program);
    } else {
        for folder in path.filter(|path| !path.is_empty()).into_iter().flat_map(system::folders) {
            let folder = dir.join(folder);
            looked_in.push(folder.display().to_string());
            bare.push(folder.join(name));
        }
    }
    let mut unfit = None;
    for candidate in bare.iter().flat_map(|bare| system::candidates(bare)) {
        if !candidate.is_file() {
            continue;
        }
        match system::unfit(&candidate) {
            None => return Ok(candidate),
            Some(reason) => unfit = unfit.or(Some(reason)),
        }
    }
    Err(match unfit {
        Some(reason) => Status::CannotStart { reason },
        None if is_path(name) && dir.join(name).is_dir() => {
            Status::CannotStart { reason: format!("'{name}' is a folder: expected a program") }
        }
        None => Status::NotFound { program: name.to_owned(), looked_in },
    })
}
