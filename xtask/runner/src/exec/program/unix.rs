//! A program is a file that may be executed, whatever its name.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of a `PATH`. Not `split_paths`: what it does with a quote is Windows's affair.
pub(super) fn folders(path: &OsStr) -> impl Iterator<Item = PathBuf> + use<'_> {
    path.as_bytes()
        .split(|byte| *byte == b':')
        .map(|folder| PathBuf::from(OsStr::from_bytes(folder)))
}

/// The files that a path may mean.
pub(super) fn candidates(path: &Path) -> [PathBuf; 1] {
    [path.to_owned()]
}

/// Why this file is no program.
pub(super) fn unfit(file: &Path) -> Option<String> {
    if rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok() {
        return None;
    }
    Some(format!(
        "'{0}' is not executable: chmod +x '{0}', or name its interpreter first",
        file.display()
    ))
}

/// What only this system means by an error at the start.
pub(in crate::exec) fn why_not(program: &Path, error: &io::Error) -> Option<String> {
    (error.kind() == io::ErrorKind::NotFound).then(|| {
        format!(
            "'{}' exists, but the interpreter in its first line (or its loader) does not",
            program.display()
        )
    })
}

/// Whether a program's name is a path, which is not looked for in `PATH`.
pub(in crate::exec) fn is_path(name: &str) -> bool {
    name.contains('/')
}

/// Calls the program by the name that the user wrote.
pub(in crate::exec) fn call<'c>(command: &'c mut Command, name: &str) -> &'c mut Command {
    command.arg0(name)
}

/// Whether a variable has this name.
pub(in crate::exec) fn same_variable(name: &str, variable: &OsStr) -> bool {
    variable == name
}

/// Whether a variable is handed on without being named.
pub(in crate::exec) fn is_inherited(_variable: &OsStr) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::exec::program::find_program;
    use crate::exec::{Env, Status, find};

    #[test]
    fn a_bare_name_is_looked_for_in_each_folder_of_path() {
        let found = find_program("sh", Some(OsStr::new("/nowhere:/bin:/usr/bin")), Path::new("/"));
        assert_eq!(found, Ok(PathBuf::from("/bin/sh")));
        let missing =
            find_program("no-such-program", Some(OsStr::new("/nowhere::bin")), Path::new("/x"));
        assert_eq!(
            missing,
            Err(Status::NotFound {
                program: "no-such-program".to_owned(),
                looked_in: vec!["/nowhere".to_owned(), "/x/".to_owned(), "/x/bin".to_owned()],
            })
        );
        for path in [None, Some(OsStr::new(""))] {
            let message = find_program("sh", path, Path::new("/bin")).unwrap_err().to_string();
            assert!(message.contains("PATH is empty"), "{message}");
        }
    }

    #[test]
    fn a_path_is_relative_to_the_working_directory() {
        assert_eq!(find_program("./sh", None, Path::new("/bin")), Ok(PathBuf::from("/bin/./sh")));
        let message = find_program("bin/none", None, Path::new("/x")).unwrap_err().to_string();
        assert_eq!(message, "was not started: 'bin/none' does not exist (looked for /x/bin/none)");
    }

    #[test]
    fn a_program_can_be_looked_for_without_starting_it() {
        let env = Env::only::<&str>([]).with("PATH", "/bin");
        assert_eq!(find("sh", &env, Utf8Path::new("/")), Ok(PathBuf::from("/bin/sh")));
        assert!(find("no-such-program", &env, Utf8Path::new("/")).is_err());
    }
}
