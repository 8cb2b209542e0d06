//! Output of a command over the tree, or over an altered copy of it.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{CommandRequest, EntryKind, GateError, Globs, Reply};

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
    let copy = if as_it_is { None } else { Some(export(view, wanted)?) };
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

/// A copy of the tree outside the repository: git's file list, minus what is
/// hidden, plus what is laid over. A copy, not links: a write in it must not
/// reach the user's files.
fn export(view: &View, wanted: &CommandRequest) -> Result<tempfile::TempDir, GateError> {
    let failed = |error: std::io::Error| cannot("copy of the tree", &error.to_string());
    let folder = tempfile::tempdir().map_err(failed)?;
    let all = Globs::new(["**"]).unwrap_or_default();
    for entry in view.tree.list(&all) {
        if wanted.without.matches(&entry.path) || entry.kind == EntryKind::Submodule {
            continue;
        }
        let file =
            view.tree.read_entry(&entry).map_err(|error| kernel::unread(&entry.path, &error))?;
        put(folder.path(), &entry.path, entry.kind, file.bytes()).map_err(failed)?;
    }
    for (path, bytes) in &wanted.with {
        put(folder.path(), path, EntryKind::File, bytes).map_err(failed)?;
    }
    Ok(folder)
}

fn put(
    root: &std::path::Path,
    path: &Utf8Path,
    kind: EntryKind,
    bytes: &[u8],
) -> std::io::Result<()> {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    let target = root.join(path);
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match kind {
        EntryKind::Symlink => symlink(std::ffi::OsStr::from_bytes(bytes), target),
        EntryKind::Executable => {
            std::fs::write(&target, bytes)?;
            std::fs::set_permissions(target, std::fs::Permissions::from_mode(0o755))
        }
        EntryKind::File | EntryKind::Submodule => std::fs::write(target, bytes),
    }
}
