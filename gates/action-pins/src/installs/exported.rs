//! Requirements that a command writes from a lock file, and another installs:
//! `uv export -o requirements.txt && pip install -r requirements.txt`.

use std::collections::HashSet;

use super::Install;
use super::call::Call;
use super::python::{RANGES, UNSEEN};
use crate::shell::Command;

/// The file that `call` writes; nothing where it writes none from a lock file.
pub(super) fn written(call: &Call, command: &Command) -> Option<String> {
    let is_export = match &*call.program {
        "uv" | "poetry" | "pdm" => {
            call.arguments.iter().find(|it| !it.text.starts_with('-'))?.text == "export"
        }
        "pipenv" => call.verb() == "requirements",
        _ => false,
    };
    if !is_export {
        return None;
    }
    let redirected = || {
        let mut written = command.redirects.iter().filter(|it| !it.is_input);
        written.next().map(|it| it.word.text.as_str())
    };
    call.value(&["-o", "--output-file", "--output"]).or_else(redirected).map(plain)
}

/// Whether `install` is of one of the files `written` so.
pub(super) fn has(written: &HashSet<String>, install: &Install) -> bool {
    matches!(&*install.why, RANGES | UNSEEN) && written.contains(&plain(&install.subject))
}

fn plain(file: &str) -> String {
    file.trim_start_matches("./").to_owned()
}

#[cfg(test)]
mod tests {
    use kernel::Pulse;

    use crate::installs::{Form, Known, read};
    use crate::shell::Dialect;

    fn found(script: &str) -> usize {
        let known = Known::default();
        read(script, Form::Shell(Dialect::Posix), &known, &Pulse::default()).unpinned.len()
    }

    #[test]
    fn what_a_lock_file_says_is_exact() {
        for script in [
            "uv export --quiet --no-dev --output-file r.txt && uv pip install --python-preference system -r ./r.txt",
            "poetry export -f requirements.txt --without-hashes -o r.txt\npip install -r r.txt",
            "poetry export > r.txt; pip install --requirement r.txt",
            "pipenv requirements > r.txt; pip install -r r.txt",
        ] {
            assert_eq!(found(script), 0, "{script}");
        }
        for script in [
            "pip install -r r.txt; uv export -o r.txt",
            "uv export -o r.txt; pip install -r s.txt",
            "uv pip compile r.in -o r.txt; pip install -r r.txt",
            "uv export -o r.txt; pip install r",
        ] {
            assert_eq!(found(script), 1, "{script}");
        }
    }
}
