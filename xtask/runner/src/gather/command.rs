//! Output of a command over the tree, or over an altered copy of it.

use std::time::Duration;

use camino::Utf8PathBuf;
use kernel::{CommandRequest, GateError, Reply};

use super::copy;
use crate::exec::{self, Cancel, Command, Status};
use crate::view::{At, View};

/// Runs it and hands out what it printed. Only a command that ended by itself
/// gives a reply, whatever its exit code.
pub fn reply(
    view: &View,
    cancel: &Cancel,
    name: &str,
    wanted: &CommandRequest,
    timeout: Duration,
) -> Result<Reply, GateError> {
    let as_it_is = wanted.without.is_empty() && wanted.with.is_empty() && view.at == At::WorkTree;
    let copy = if as_it_is { None } else { Some(copy::copy(view, &wanted.without, &wanted.with)?) };
    let dir = match &copy {
        Some(copy) => Utf8PathBuf::from_path_buf(copy.path().to_owned()).map_err(|path| {
            cannot(name, &format!("the temporary folder '{}' is not UTF-8", path.display()))
        })?,
        None => view.root.clone(),
    };
    let command = Command {
        timeout: Some(wanted.timeout.unwrap_or(timeout)),
        output_bytes_max: 64 << 20,
        raw: true,
        ..Command::new(wanted.argv.iter().cloned(), dir)
    };
    let ended = exec::run(&command, cancel);
    match (&ended.status, ended.stdout.whole(), ended.stderr.whole()) {
        (Status::Exited(exit_code), Some(stdout), Some(stderr)) => Ok(Reply::Command {
            exit_code: *exit_code,
            stdout: stdout.to_vec(),
            stderr: stderr.to_vec(),
        }),
        (Status::Exited(_), ..) => Err(cannot(name, "it printed more than can be judged (64 MiB)")),
        (status, ..) => Err(cannot(name, &format!("the command {status}"))),
    }
}

fn cannot(name: &str, reason: &str) -> GateError {
    GateError::cannot_judge(
        "command-evidence",
        format!("evidence '{name}' could not be gathered: {reason}"),
    )
}
