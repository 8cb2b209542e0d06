//! From a [`Command`] to a running child, or a reason why not.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use camino::Utf8Path;
use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};

use super::family::MARK;
use super::{Command, Env, Status};

/// Starts the program in a session of its own, with pipes for its output.
pub(super) fn spawn(command: &Command, mark: &str) -> Result<Box<dyn ChildWrapper>, Status> {
    let cannot = |reason: String| Status::CannotStart { reason };
    let Some((name, arguments)) = command.argv.split_first() else {
        return Err(cannot(
            "the command is empty: expected a program and its arguments".to_owned(),
        ));
    };
    if !command.dir.is_dir() {
        return Err(cannot(format!("its working directory '{}' does not exist", command.dir)));
    }
    let dir = std::path::absolute(&command.dir)
        .map_err(|error| cannot(format!("its working directory '{}': {error}", command.dir)))?;
    let vars = child_vars(&command.env, mark);
    let program = find_program(name, path_of(&vars), &dir)?;

    let mut wrapped = CommandWrap::with_new(&program, |std| {
        std.arg0(name)
            .args(arguments)
            .current_dir(&dir)
            .env_clear()
            .envs(vars.iter().map(|(name, value)| (name, value)))
            .stdin(if command.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    });
    wrapped.wrap(ProcessSession);

    let mut attempt = 0;
    loop {
        match wrapped.spawn() {
            // The wrapper made the session. What it wraps is the plain child, whose `wait` waits
            // for the leader alone.
            Ok(child) => return Ok(child.into_inner()),
            // A script written a moment ago is busy while a child that another thread has forked
            // and that has not yet become its program still holds it open for writing.
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempt < 20 => {
                attempt += 1;
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(cannot(start_error(name, &program, &error))),
        }
    }
}

/// Where the program `name` would be started from, in this environment and directory.
///
/// # Errors
/// [`Status::NotFound`] or [`Status::CannotStart`], as [`super::run`] would end.
pub fn find(name: &str, env: &Env, dir: &Utf8Path) -> Result<PathBuf, Status> {
    find_program(name, path_of(&child_vars(env, "")), dir.as_std_path())
}

fn path_of(vars: &[(OsString, OsString)]) -> Option<&OsStr> {
    vars.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_os_str())
}

fn start_error(name: &str, program: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!(
            "'{}' exists, but the interpreter in its first line (or its loader) does not",
            program.display()
        ),
        io::ErrorKind::PermissionDenied => {
            format!("no permission to run '{}': {error}", program.display())
        }
        io::ErrorKind::ArgumentListTooLong => {
            format!(
                "the arguments and the environment of '{name}' are longer than the system allows"
            )
        }
        io::ErrorKind::InvalidInput => {
            format!("an argument or a variable of '{name}' holds a NUL byte")
        }
        _ => format!("'{}': {error}", program.display()),
    }
}

/// The child's environment: what is inherited, then what is set, then the mark behind those of
/// the runs around this one.
fn child_vars(env: &Env, mark: &str) -> Vec<(OsString, OsString)> {
    let around = std::env::var(MARK).unwrap_or_default();
    let inherited = std::env::vars_os().filter(|(name, _)| match &env.allow {
        None => true,
        Some(allow) => allow.iter().any(|allowed| OsStr::new(allowed) == name),
    });
    let set = env.set.iter().map(|(name, value)| (name.into(), value.into()));
    inherited.chain(set).chain([(MARK.into(), format!("{around}{mark}").into())]).collect()
}

/// Where `name` is: by itself when it holds a `/`, else the first executable file in `path`.
/// An entry that is empty or relative counts from `dir`, as a shell there would see it.
fn find_program(name: &str, path: Option<&OsStr>, dir: &Path) -> Result<PathBuf, Status> {
    if name.is_empty() {
        return Err(Status::CannotStart {
            reason: "the program's name is empty: expected a program and its arguments".to_owned(),
        });
    }
    let (candidates, looked_in): (Vec<PathBuf>, Vec<String>) = if name.contains('/') {
        let program = dir.join(name);
        let told = program.display().to_string();
        (vec![program], vec![told])
    } else {
        // Not `split_paths`: what it does with a quote is Windows's affair.
        path.unwrap_or_default()
            .as_bytes()
            .split(|byte| *byte == b':')
            .filter(|_| path.is_some_and(|path| !path.is_empty()))
            .map(|folder| {
                let folder = dir.join(OsStr::from_bytes(folder));
                (folder.join(name), folder.display().to_string())
            })
            .unzip()
    };
    let mut not_executable = None;
    for candidate in candidates {
        if !candidate.is_file() {
            continue;
        }
        if rustix::fs::access(&candidate, rustix::fs::Access::EXEC_OK).is_ok() {
            return Ok(candidate);
        }
        not_executable.get_or_insert(candidate);
    }
    Err(match not_executable {
        Some(file) => Status::CannotStart {
            reason: format!(
                "'{0}' is not executable: chmod +x '{0}', or name its interpreter first",
                file.display()
            ),
        },
        None if name.contains('/') && dir.join(name).is_dir() => {
            Status::CannotStart { reason: format!("'{name}' is a folder: expected a program") }
        }
        None => Status::NotFound { program: name.to_owned(), looked_in },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_allow_list_keeps_everything_else_out() {
        let env = Env::only(["PATH"]).with("LC_ALL", "C");
        let names: Vec<_> = child_vars(&env, "m").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["PATH", "LC_ALL", MARK]);
    }
}
