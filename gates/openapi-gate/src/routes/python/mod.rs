//! Routes of Python's FastAPI, Starlette, Flask, Django and aiohttp, read from
//! the source.
//!
//! ```text
//! SourceFile ─ lexer ─ statement, expression ─ keep ─ Facts ─┐
//! SourceFile ─ …                                      Facts ─┴ link ─ Found
//! ```
//!
//! The facts of a file are what is left of its statements; linking runs them, as
//! far as they can be told. A path is told or it is not: a value that no constant
//! fixes, or a router that nothing serves, gives an
//! [`Unresolved`](super::Unresolved) and never a guess. What the environment may
//! replace is taken as the source has it.

mod expression;
mod keep;
mod lexer;
mod link;
mod literal;
mod statement;
mod syntax;
#[cfg(test)]
mod tests;
mod unread;

use camino::Utf8Path;
use kernel::{Content, SourceFile};
use serde::Deserialize;

use crate::routes::Found;
use expression::Reader;
use lexer::Source;
use syntax::{Facts, Unread};

/// A framework of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Framework {
    /// FastAPI, and what it has of Starlette.
    Fastapi,
    /// Starlette by itself.
    Starlette,
    /// Flask and Quart, with flask-restful, flask-restx and flask-smorest.
    Flask,
    /// Django with its REST framework, and with django-ninja.
    Django,
    /// aiohttp's server.
    Aiohttp,
}

/// Facts of more are no file that a person wrote.
const SIZE_BYTES_MAX: usize = 4 << 20;

/// What `file` says that routes may hang on, as text for the whole; none where
/// it says nothing.
pub(crate) fn read(file: &SourceFile) -> Option<String> {
    if is_test(file.path()) || matches!(file.content(), Content::Symlink(_)) {
        return None;
    }
    let Some(text) = file.text() else { return unreadable(file, "a file that is not UTF-8") };
    if text.len() > SIZE_BYTES_MAX {
        return unreadable(file, "a file of more than 4 MB");
    }
    let source = Source::new(text);
    let reader = Reader::new(&source, file);
    let body = reader.file();
    let facts = Facts { body, unread: reader.unread() };
    if facts.body.is_empty()
        && facts.unread.is_empty()
        && file.path().file_name() != Some("__init__.py")
    {
        return None;
    }
    serde_json::to_string(&facts).ok()
}

fn unreadable(file: &SourceFile, why: &str) -> Option<String> {
    let (written, why) = (why.to_owned(), "the file cannot be read".to_owned());
    let unread = vec![Unread { span: file.span(0..0), written, why }];
    serde_json::to_string(&Facts { body: Vec::new(), unread }).ok()
}

/// What a test registers is not served.
fn is_test(path: &Utf8Path) -> bool {
    let name = path.file_stem().unwrap_or_default();
    name.starts_with("test_")
        || name.ends_with("_test")
        || matches!(name, "conftest" | "tests")
        || path.parent().is_some_and(|folder| {
            folder.components().any(|it| matches!(it.as_str(), "tests" | "test" | "testing"))
        })
}

/// Puts together what [`read`] said about each file.
/// A router that nothing mounts is served under `unmounted`, where that is given.
pub(crate) fn link(
    said: &[(&Utf8Path, &str)],
    framework: Framework,
    unmounted: Option<&str>,
) -> Found {
    link::link(said, framework, unmounted)
}
