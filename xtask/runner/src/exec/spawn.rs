//! From a [`Command`] to a running child, or a reason why not.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::family::{Family, MARK};
use super::program::{call, find_program, is_inherited, path_of, same_variable, why_not};
use super::{Command, Env, Status};

/// Starts the program as the first of a family, with pipes for its output.
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
        call(std, name)
            .args(arguments)
            .current_dir(&dir)
            .env_clear()
            .envs(vars.iter().map(|(name, value)| (name, value)))
            .stdin(if command.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    });
    Family::found(&mut wrapped);

    let mut attempt = 0;
    loop {
        match wrapped.spawn() {
            Ok(child) => return Ok(child),
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

fn start_error(name: &str, program: &Path, error: &io::Error) -> String {
    match error.kind() {
        _ if why_not(program, error).is_some() => why_not(program, error).unwrap_or_default(),
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
pub(super) fn child_vars(env: &Env, mark: &str) -> Vec<(OsString, OsString)> {
    let around = std::env::var(MARK).unwrap_or_default();
    let inherited = std::env::vars_os().filter(|(name, _)| match &env.allow {
        None => true,
        Some(allow) => {
            is_inherited(name) || allow.iter().any(|allowed| same_variable(allowed, name))
        }
    });
    let set = env.set.iter().map(|(name, value)| (name.into(), value.into()));
    inherited.chain(set).chain([(MARK.into(), format!("{around}{mark}").into())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allow_list_keeps_everything_else_out() {
        let env = Env::only(["PATH"]).with("LC_ALL", "C");
        let names: Vec<_> = child_vars(&env, "m").into_iter().map(|(name, _)| name).collect();
        let own = |name: &OsString| !is_inherited(name);
        let names: Vec<_> = names.into_iter().filter(own).collect();
        assert_eq!(names, ["PATH", "LC_ALL", MARK]);
    }
}
