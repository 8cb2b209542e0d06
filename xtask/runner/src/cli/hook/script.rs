//! The hook's text, and how to know it again.

use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::Stop;
use crate::mode;

/// What begins the line that holds the program.
const PROGRAM: &str = "xtask=";
/// What a hook says that calls us.
const CALL: &str = "hook run pre-push";

/// What is in the hook's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Present {
    /// Nothing.
    Absent,
    /// What [`text`] made.
    Ours {
        /// The program it calls.
        program: Utf8PathBuf,
    },
    /// What [`text`] made, and somebody changed or made unfit to run.
    Changed,
    /// Another hook.
    Foreign {
        /// Whether it calls us, too.
        calls: bool,
    },
}

/// The hook. A program that is gone must never let a push pass.
pub fn text(program: &Utf8Path) -> String {
    let program = quoted(program.as_str());
    format!(
        r#"#!/bin/sh
# Made by 'xtask hook install pre-push'; 'xtask hook uninstall pre-push' takes it out.
{PROGRAM}{program}
[ -x "$xtask" ] || {{
  echo "pre-push: '$xtask' is gone: nothing was judged, nothing is pushed" >&2
  echo "  = help: install it again and run 'xtask hook install pre-push', or push unjudged: git push --no-verify" >&2
  exit 1
}}
exec "$xtask" {CALL} "$@"
"#
    )
}

/// The line for a hook of another's.
pub fn line(program: &Utf8Path) -> String {
    format!("{} {CALL} \"$@\" || exit 1", quoted(program.as_str()))
}

/// What is in the hook's place.
///
/// # Errors
/// It cannot be looked at.
pub(crate) fn present(path: &Utf8Path) -> Result<Present, Stop> {
    let unreadable = |error| Stop::environment(format!("'{path}' could not be looked at: {error}"));
    let found = match std::fs::symlink_metadata(path) {
        // A file where the folder should be: git finds no hook there either.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Present::Absent);
        }
        found => found.map_err(unreadable)?,
    };
    if !found.is_file() {
        return Ok(Present::Foreign { calls: false });
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let kept = String::from_utf8_lossy(&bytes);
    let is_executable = mode::is_executable(&found);
    Ok(match program(&kept) {
        Some(program) if text(&program) == kept && is_executable => Present::Ours { program },
        Some(_) => Present::Changed,
        None => Present::Foreign { calls: kept.contains(CALL) && is_executable },
    })
}

fn program(kept: &str) -> Option<Utf8PathBuf> {
    let line = kept.lines().find_map(|line| line.strip_prefix(PROGRAM))?;
    let inner = line.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(Utf8PathBuf::from(inner.replace(r"'\''", "'")))
}

/// As one word of a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_read_back_from_any_path() {
        for path in ["/opt/xtask", "/o p/it's/xtask", "/$(reboot)/`x`/\"y\"/xtask"] {
            assert_eq!(program(&text(path.into())).unwrap(), path);
        }
        assert_eq!(program("#!/bin/sh\nmake check\n"), None);
    }
}
