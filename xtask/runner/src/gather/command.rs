//! Output of a command over the tree, or over an altered copy of it.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{CommandRequest, GateError, Reply};
use tempfile::TempDir;

use super::copy::Copies;
use crate::exec::{self, Cancel, Command, Env, Status};
use crate::view::{At, View};

/// Runs it and hands out what it printed. Only a command that ended by itself
/// gives a reply, whatever its exit code.
pub fn reply(
    view: &View,
    cancel: &Cancel,
    copies: &Copies,
    gate: &str,
    name: &str,
    wanted: &CommandRequest,
    timeout: Duration,
) -> Result<Reply, GateError> {
    let as_it_is = wanted.without.is_empty() && wanted.with.is_empty() && view.at == At::WorkTree;
    let copy = if as_it_is { None } else { Some(copies.of(gate, view, wanted)?) };
    let dir = match &copy {
        Some(copy) => folder(copy, name)?,
        None => view.root.clone(),
    };
    let beside = Beside::of(view, name, wanted)?;
    let mut env = Env::inherit();
    for (variable, value) in &wanted.env {
        env = env.with(variable, beside.filled(value));
    }
    let command = Command {
        env,
        timeout: Some(wanted.timeout.unwrap_or(timeout)),
        output_bytes_max: 64 << 20,
        raw: true,
        ..Command::new(wanted.argv.iter().map(|word| beside.filled(word)), dir)
    };
    let ended = exec::run(&command, cancel);
    match (&ended.status, ended.stdout.whole(), ended.stderr.whole()) {
        (Status::Exited(exit_code), Some(stdout), Some(stderr)) => Ok(Reply::Command {
            exit_code: *exit_code,
            stdout: stdout.to_vec(),
            stderr: stderr.to_vec(),
        }),
        (Status::TimedOut { .. }, ..) if wanted.may_outlive => Ok(Reply::Unended),
        (Status::Exited(_), ..) => Err(cannot(name, "it printed more than can be judged (64 MiB)")),
        (status, ..) => Err(cannot(name, &format!("the command {status}"))),
    }
}

/// The folders beside the tree that a request may speak of.
struct Beside {
    scratch: Option<TempDir>,
    cache: Utf8PathBuf,
}

impl Beside {
    fn of(view: &View, name: &str, wanted: &CommandRequest) -> Result<Beside, GateError> {
        let failed = |error: std::io::Error| cannot(name, &format!("its files: {error}"));
        let scratch = match wanted.scratch.is_empty() {
            true => None,
            false => Some(tempfile::tempdir().map_err(failed)?),
        };
        for (file, bytes) in &wanted.scratch {
            if let Some(scratch) = &scratch {
                std::fs::write(scratch.path().join(file), bytes).map_err(failed)?;
            }
        }
        // Where nothing is kept there is no second run either.
        let temporary = || Utf8PathBuf::from_path_buf(std::env::temp_dir()).unwrap_or_default();
        let cache = view.state().unwrap_or_else(temporary).join("build");
        Ok(Beside { scratch, cache })
    }

    fn filled(&self, text: &str) -> String {
        let scratch = self.scratch.as_ref().map(|folder| folder.path().to_string_lossy());
        let text = text.replace("{scratch}", scratch.as_deref().unwrap_or("{scratch}"));
        text.replace("{cache}", self.cache.as_str())
    }
}

fn folder(copy: &TempDir, name: &str) -> Result<Utf8PathBuf, GateError> {
    let path = Utf8Path::from_path(copy.path()).map(Utf8Path::to_owned);
    path.ok_or_else(|| {
        cannot(name, &format!("the temporary folder '{}' is not UTF-8", copy.path().display()))
    })
}

fn cannot(name: &str, reason: &str) -> GateError {
    GateError::cannot_judge(
        "command-evidence",
        format!("evidence '{name}' could not be gathered: {reason}"),
    )
}
