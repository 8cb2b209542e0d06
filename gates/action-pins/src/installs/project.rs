//! What joins a project of Python or stands beside it: `uv add x`, `poetry add x`,
//! `uv run --with x`.

use super::Finds;
use super::call::Call;
use super::python::{VALUED, package};
use super::version::{Hold, is_commit};

/// What joins a project: `uv add x`. Where nothing is named its lock file counts.
pub(super) fn adds(call: &Call, from: usize, tool: &str, finds: &mut Finds) {
    if call.has(&["--path", "--help", "-h", "--dry-run", "--frozen"]) {
        return;
    }
    if let Some(address) = call.value(&["--git"]) {
        let hold = match call.value(&["--rev"]) {
            Some(revision) if is_commit(revision) => Hold::Exact,
            Some(revision) if revision.contains('$') => Hold::Open,
            _ => Hold::Moving,
        };
        let expected = format!("name the commit: {tool} --git {address} --rev <40 hex>");
        return finds.add(hold, call.word, tool, address, "names no commit".to_owned(), expected);
    }
    for word in call.words_after(from, ADDING_VALUED) {
        // `poetry add x@1.2.3` is that version, and so is `uv add x@1.2.3`.
        let mark = if word.text.contains("==") { '=' } else { '@' };
        package(&word.text, word.word, tool, mark, finds);
    }
}

/// Options of those that add, besides [`VALUED`].
const ADDING_VALUED: &[&str] = &[
    "-G",
    "--group",
    "--optional",
    "--extra",
    "-E",
    "--extras",
    "--source",
    "--python",
    "-p",
    "--platform",
    "--markers",
    "--branch",
    "--tag",
    "--rev",
    "--package",
    "--script",
    "-r",
    "--requirements",
    "--requirement",
    "-c",
    "--constraints",
    "--index",
    "--default-index",
    "--index-url",
    "--directory",
    "--project",
    "-C",
    "--categories",
    "-e",
    "--editable",
    "--bounds",
    "--marker",
    "-m",
];

/// `uv run --with x`, before the program that it runs.
pub(super) fn with(call: &Call, from: usize, finds: &mut Finds) {
    let mut own = call.arguments.iter().skip(from);
    while let Some(it) = own.next() {
        match it.text.split_once('=').unwrap_or((&*it.text, "")) {
            ("--with", "") => {
                let Some(value) = own.next() else { return };
                value
                    .text
                    .split(',')
                    .for_each(|it| package(it, value.word, "uv run --with", '@', finds));
            }
            ("--with", value) => {
                value
                    .split(',')
                    .for_each(|value| package(value, it.word, "uv run --with", '@', finds));
            }
            (option, "") if VALUED.contains(&option) => _ = own.next(),
            (option, _) if option.starts_with('-') => {}
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Pulse;

    use crate::installs::{Form, Known, read};
    use crate::shell::Dialect;

    #[test]
    fn what_joins_names_its_release() {
        let script = "uv add a b==1.2 ./c --dev --group d; poetry add e f@1.2.3 g@^1; pdm add -G x h\n\
            pipx inject own i; rye add --git https://h/j k; pipenv install; pipenv install l\n\
            uv run --with m --with n==1.2 --with=o,p@1.2 -p 3.12 x.py --with no; poetry add q --path .";
        let known = Known::default();
        let installs = read(script, Form::Shell(Dialect::Posix), &known, &Pulse::default());
        let found: Vec<_> = installs.unpinned.iter().map(|it| it.subject.as_str()).collect();
        assert_eq!(found, ["a", "e", "g@^1", "h", "i", "https://h/j", "l", "m", "o"]);
    }
}
