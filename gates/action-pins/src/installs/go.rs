//! `go install`, `go run` and `go get` of a package with its version.

use super::call::Call;
use super::version::{Hold, of_semver};
use super::{Finds, Known};

/// Options that take a value.
const VALUED: &[&str] = &[
    "-C",
    "-asmflags",
    "-gcflags",
    "-ldflags",
    "-mod",
    "-modfile",
    "-o",
    "-p",
    "-tags",
    "-toolexec",
];

pub(super) fn judge(call: &Call, known: &Known, finds: &mut Finds) {
    let verb = call.verb();
    if !matches!(verb, "install" | "run" | "get") {
        return;
    }
    let words = call.words_after(1, VALUED);
    let is_insecure = call.has(&["-insecure"]);
    // What follows the program belongs to the program.
    let packages = if verb == "run" { words.get(..1).unwrap_or_default() } else { &words };
    for package in packages {
        let (path, version) = match package.text.split_once('@') {
            Some((path, version)) => (path, Some(version)),
            None => (&*package.text, None),
        };
        if !is_remote(path) {
            continue;
        }
        let hold = match version {
            // Outside of modules it is whatever is newest; in one, go.mod tells.
            None if known.has_module => continue,
            None if verb == "run" => continue,
            None => Hold::Moving,
            Some("none") => continue,
            Some(version) if is_revision(version) => Hold::Exact,
            Some(version) => of_semver(version),
        };
        let hold = if is_insecure { Hold::Moving } else { hold };
        let why = match version {
            _ if is_insecure => "is not checked against the checksum database".to_owned(),
            Some(version) => format!("takes '{version}', which moves"),
            None => "names no version".to_owned(),
        };
        let expected = format!("name the release in full: go {verb} {path}@v1.2.3");
        finds.add(hold, package.word, &format!("go {verb}"), &package.text, why, expected);
    }
}

/// Whether its first part is a host.
fn is_remote(path: &str) -> bool {
    let host = path.split('/').next().unwrap_or_default();
    path.contains('/') && host.contains('.') && !host.starts_with('.') || path.starts_with('$')
}

/// A commit, also a short one: no other commit will have it. A branch is hardly
/// called by hex digits with a number among them.
fn is_revision(version: &str) -> bool {
    version.len() >= 7
        && version.bytes().all(|byte| byte.is_ascii_hexdigit())
        && version.bytes().any(|byte| byte.is_ascii_digit())
}
