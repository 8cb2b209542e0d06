//! The canary of a command gate: a patch that must make it red, on a copy of
//! the tree that is green without it.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{GateError, Globs};

use crate::config::{Config, GateConfig};
use crate::exec::{self, Cancel, Command, Env, Status};
use crate::gather::copy::copy;
use crate::view::View;

/// What a command gate's canary showed.
#[derive(Debug)]
pub enum Shown {
    /// ci.toml gives it none.
    Unproven,
    /// Green without the patch, red with it.
    Proven,
    /// Something else.
    Asleep {
        /// In words.
        why: String,
        /// Whether the copy was green without the patch.
        is_quiet: bool,
    },
}

/// Runs the command on the copy, as it is and patched.
///
/// # Errors
/// The copy or the patch could not be made.
pub fn prove(
    view: &View,
    config: &Config,
    gate: &GateConfig,
    cancel: &Cancel,
) -> Result<Shown, GateError> {
    let Some(prove) = &gate.common.prove else { return Ok(Shown::Unproven) };
    let patch = view.tree.read(Utf8Path::new(&prove.patch)).map_err(|error| {
        GateError::environment("patch", format!("'{}' could not be read: {error}", prove.patch))
    })?;
    let copied = copy(view, &Globs::default(), &BTreeMap::new())?;
    let dir = Utf8PathBuf::from_path_buf(copied.path().to_owned()).map_err(|path| {
        GateError::environment("copy-failed", format!("'{}' is not UTF-8", path.display()))
    })?;
    let run = |argv: &[String], stdin: Option<Vec<u8>>, within: &Utf8Path| {
        let limit = gate.common.timeout.unwrap_or(config.verify.timeout).0;
        // Whatever it caches elsewhere must not answer for the copy.
        let mut env = Env::inherit().with("CARGO_TARGET_DIR", dir.join("target"));
        for (name, value) in &gate.common.set_env {
            env = env.with(name, value);
        }
        let command = Command {
            env,
            stdin,
            timeout: Some(limit),
            ..Command::new(argv.iter().cloned(), within)
        };
        exec::run(&command, cancel).status
    };
    // Gates that ask git for the files must find a repository.
    let git = |args: &[&str], stdin: Option<Vec<u8>>| {
        let argv: Vec<String> =
            std::iter::once("git").chain(args.iter().copied()).map(str::to_owned).collect();
        match run(&argv, stdin, &dir) {
            Status::Exited(0) => Ok(()),
            status => {
                Err(GateError::environment("patch", format!("'git {}' {status}", args.join(" "))))
            }
        }
    };
    git(&["init", "--quiet"], None)?;
    git(&["add", "--all"], None)?;
    let argv = gate.common.argv().unwrap_or_default();
    let within = gate.common.dir.as_ref().map_or_else(|| dir.clone(), |own| dir.join(own));
    let before = run(&argv, None, &within);
    if !before.success() {
        let why = format!("on a copy without the patch it {before}, so red would prove nothing");
        return Ok(Shown::Asleep { why, is_quiet: false });
    }
    git(&["apply", "-"], Some(patch.bytes().to_vec()))?;
    let why = match run(&argv, None, &within) {
        Status::Exited(0) => format!("it stays green with '{}'", prove.patch),
        Status::Exited(_) => return Ok(Shown::Proven),
        status => format!("with '{}' it {status}", prove.patch),
    };
    Ok(Shown::Asleep { why, is_quiet: true })
}
