//! `cargo install` and `cargo binstall`.

use super::call::Call;
use super::version::{self, Hold, is_commit, of_semver};
use super::{Finds, Known};

const VALUED: &[&str] = &[
    "--branch",
    "--features",
    "-F",
    "--git",
    "--index",
    "-j",
    "--jobs",
    "--path",
    "--profile",
    "--registry",
    "--rev",
    "--root",
    "--tag",
    "--target",
    "--target-dir",
    "--vers",
    "--version",
    "--bin",
    "--example",
    "--config",
    "-Z",
    "--message-format",
    "--strategies",
    "--disable-strategies",
    "--install-path",
    "--pkg-url",
    "--pkg-fmt",
    "--bin-dir",
    "--manifest-path",
];

pub(super) fn judge(call: &Call, _known: &Known, finds: &mut Finds) {
    // `cargo +nightly install`.
    let skipped = usize::from(call.verb().starts_with('+'));
    let verb = call.arguments.get(skipped).map(|verb| verb.text.as_str()).unwrap_or_default();
    if !matches!(verb, "install" | "binstall") || call.has(&["--path", "--list", "--manifest-path"])
    {
        return;
    }
    let tool = format!("cargo {verb}");
    let crates = call.words_after(skipped + 1, VALUED);
    if let Some(url) = call.value(&["--git"]) {
        let hold = match call.value(&["--rev"]) {
            Some(revision)
                if is_commit(revision)
                    || revision.len() >= 7 && revision.bytes().all(|it| it.is_ascii_hexdigit()) =>
            {
                Hold::Exact
            }
            Some(revision) if revision.contains('$') => Hold::Open,
            _ => Hold::Moving,
        };
        let why = "names no commit".to_owned();
        let expected = format!("name the commit: {tool} --git {url} --rev <40 hex> --locked");
        let word = crates.first().map_or(call.word, |it| it.word);
        return finds.add(hold, word, &tool, url, why, expected);
    }
    let shared = call.value(&["--version", "--vers"]);
    for package in crates {
        let (name, version) = match package.text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (&*package.text, shared),
        };
        let hold = match version {
            Some(version) => of_semver(version),
            None if name == "$" => Hold::Open,
            None => Hold::Moving,
        };
        let why = version::why(version);
        let expected =
            format!("name the release and keep its lock file: {tool} --locked {name}@1.2.3");
        finds.add(hold, package.word, &tool, &package.text, why, expected);
    }
}
