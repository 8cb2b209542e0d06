//! A program is told by the ending of its name, which the user may leave out. Scripts are no
//! programs: their first line says nothing to Windows.

use std::env::split_paths;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the system starts; batch files through `cmd`, their arguments quoted for it by the
/// standard library.
const ENDINGS: [&str; 4] = ["com", "exe", "bat", "cmd"];

/// `ERROR_BAD_EXE_FORMAT`.
const BAD_EXE_FORMAT: i32 = 193;

/// The folders of a `PATH`.
pub(super) fn folders(path: &OsStr) -> impl Iterator<Item = PathBuf> + use<'_> {
    split_paths(path)
}

/// The files that a path may mean: as written, then with each ending.
pub(super) fn candidates(path: &Path) -> Vec<PathBuf> {
    let with = ENDINGS.iter().map(|ending| {
        let mut path = path.as_os_str().to_owned();
        path.push(".");
        path.push(ending);
        PathBuf::from(path)
    });
    let (mut fit, mut all) = (has_ending(path), with.collect::<Vec<_>>());
    // A script beside its batch file (npm, npm.cmd) must not hide it.
    let at = if std::mem::take(&mut fit) { 0 } else { all.len() };
    all.insert(at, path.to_owned());
    all
}

/// Why this file is no program.
pub(super) fn unfit(file: &Path) -> Option<String> {
    if has_ending(file) {
        return None;
    }
    Some(format!(
        "'{0}' is no program that Windows can start (.{1}): name its interpreter first, as in ['bash', '{0}']",
        file.display(),
        ENDINGS.join(", .")
    ))
}

fn has_ending(file: &Path) -> bool {
    file.extension()
        .is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What only this system means by an error at the start.
pub(in crate::exec) fn why_not(program: &Path, error: &io::Error) -> Option<String> {
    (error.raw_os_error() == Some(BAD_EXE_FORMAT))
        .then(|| format!("'{}' is named like a program of Windows, but is none", program.display()))
}

/// Whether a program's name is a path, which is not looked for in `PATH`.
pub(in crate::exec) fn is_path(name: &str) -> bool {
    name.contains(['/', '\\', ':'])
}

/// A program is called by its path.
pub(in crate::exec) fn call<'c>(command: &'c mut Command, _name: &str) -> &'c mut Command {
    command
}

/// Whether a variable has this name; their case says nothing.
pub(in crate::exec) fn same_variable(name: &str, variable: &OsStr) -> bool {
    variable.eq_ignore_ascii_case(name)
}

/// Whether a variable is handed on without being named: without this one many programs do not
/// even start, and it says nothing about the user.
pub(in crate::exec) fn is_inherited(variable: &OsStr) -> bool {
    same_variable("SystemRoot", variable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::Status;
    use crate::exec::program::find_program;

    #[test]
    fn a_program_is_found_without_its_ending_and_a_script_is_none() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path();
        for name in ["npm", "npm.cmd", "check"] {
            std::fs::write(dir.join(name), "").unwrap();
        }
        let path = Some(dir.as_os_str());
        assert_eq!(find_program("npm", path, dir), Ok(dir.join("npm.cmd")));
        assert_eq!(find_program("NPM.CMD", path, dir).is_ok(), true);
        let message = find_program("./check", path, dir).unwrap_err().to_string();
        assert!(message.contains("name its interpreter first"), "{message}");
        let missing = find_program("none", path, dir);
        assert!(matches!(missing, Err(Status::NotFound { .. })), "{missing:?}");
    }

    #[test]
    fn variables_are_known_in_any_case() {
        assert!(same_variable("PATH", OsStr::new("Path")));
        assert!(is_inherited(OsStr::new("SYSTEMROOT")));
    }
}
