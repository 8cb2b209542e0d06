//! Routes of the Rust frameworks of `words`, read from the source.
//!
//! ```text
//! SourceFile ─ source ─ tokens ─ walk (statement, expression) ─ Facts ─┐
//! SourceFile ─ …                                                       Facts ─┴ link ─ Found
//! ```
//!
//! A router is a node that routes and other routers are put on; what a function
//! gives or is lent is told when all files are known. A path is told or it is
//! not: nothing is guessed.

mod attributes;
mod branch;
mod call;
mod expression;
mod facts;
mod invocation;
mod link;
mod path;
mod register;
mod source;
mod statement;
mod uses;
mod value;
mod walk;
mod words;

use kernel::{Content, SourceFile};
use memchr::memmem;

use crate::path::Dialect;
use facts::{Entry, Facts, Text, What};
use source::Source;
use walk::Walker;
use words::Words;

pub(crate) use link::link;
pub(crate) use words::{Framework, Grammar};

/// Whose grammar the paths of a framework are written in, once they are told.
pub(crate) fn dialect(_: Framework) -> Dialect {
    Dialect::Any
}

/// What `file` says about routes, as text for the whole; none where it says
/// nothing.
pub(crate) fn read(file: &SourceFile, framework: Framework) -> Option<String> {
    // What a test registers is not served.
    let is_apart = |part: &str| matches!(part, "tests" | "benches");
    if file.path().parent().is_some_and(|it| it.components().any(|it| is_apart(it.as_str()))) {
        return None;
    }
    if matches!(file.content(), Content::Symlink(_)) {
        return unreadable(file, "a symbolic link");
    }
    let bytes = file.bytes();
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    let words = Words::of(framework);
    let is_of_framework = words.crates.iter().any(|own| has(own));
    // Names are handed on and paths are put together in files without routes.
    let has_names = has("pub use") || has("pub(crate) use") || (has("cfg(") && has("mod "));
    let has_consts = has("const ") && has("\"");
    if !is_of_framework && !has_names && !has_consts {
        return None;
    }
    let Some(text) = file.text() else { return unreadable(file, "a file that is not UTF-8") };
    let source = Source::new(text);
    let mut walker = Walker::new(&source, file, words);
    walker.items(0..source.len(), false);
    let mut facts = walker.facts;
    let is_used = |path: &str| words.crates.iter().any(|own| path.contains(own));
    let speaks = !facts.entries.is_empty() || !facts.handlers.is_empty();
    if !speaks && !facts.uses.iter().flat_map(|own| &own.path).any(|part| is_used(part)) {
        facts.functions.retain(|function| !function.parameters.is_empty());
    }
    if facts.says_nothing() {
        return None;
    }
    serde_json::to_string(&facts).ok()
}

/// What a file registers that cannot be read: something, nobody knows what.
fn unreadable(file: &SourceFile, written: &str) -> Option<String> {
    let node = facts::Node {
        prefix: Text::default(),
        is_made: true,
        parameter: None,
        is_doubtful: false,
        module: Vec::new(),
        span: file.span(0..0),
        written: String::new(),
    };
    let entry = Entry {
        node: 0,
        kind: What::Unknown("it cannot be read".into()),
        span: file.span(0..0),
        written: written.to_owned(),
        is_conditional: false,
    };
    let facts = Facts { nodes: vec![node], entries: vec![entry], ..Facts::default() };
    serde_json::to_string(&facts).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
