//! Paths in expressions, types, attributes and macros.

use std::ops::Range;

use super::attributes::Tokens;
use super::uses::SEGMENTS_MAX;
use syntax::rust::Kind;

/// A path as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Path<'a> {
    /// Its first name.
    pub(crate) first: &'a str,
    /// `::` and the names behind the first.
    pub(crate) rest: String,
    /// `::first`: from the crates, whatever the file calls `first`.
    pub(crate) is_global: bool,
    pub(crate) span: Range<usize>,
    /// The token behind it.
    pub(crate) end: usize,
}

// Words that are no name: `::` behind one begins a path at the crates.
const KEYWORDS: [&str; 30] = [
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "static", "type", "unsafe", "where", "while", "yield",
];

/// The path of two names or more that begins at `at`.
pub(crate) fn path<'a>(tokens: &Tokens<'a>, at: usize) -> Option<Path<'a>> {
    let goes_on =
        |at: usize| tokens.is(at + 1, Kind::PathSeparator) && tokens.is(at + 2, Kind::Ident);
    if !tokens.is(at, Kind::Ident) || !goes_on(at) || KEYWORDS.contains(&tokens.text(at)) {
        return None;
    }
    let is_behind = at.checked_sub(1).is_some_and(|at| tokens.is(at, Kind::PathSeparator));
    let mut is_global = false;
    if is_behind {
        // Behind a name or a type it is no beginning.
        let ahead = at.checked_sub(2);
        let word = ahead.map(|at| tokens.text(at)).unwrap_or_default();
        let is_name = ahead.is_some_and(|ahead| tokens.is(ahead, Kind::Ident));
        is_global = word != ">" && (!is_name || KEYWORDS.contains(&word));
        if !is_global {
            return None;
        }
    }
    let mut rest = String::new();
    let mut last = at;
    let mut count = 1;
    while goes_on(last) {
        last += 2;
        count += 1;
        if count <= SEGMENTS_MAX {
            rest.push_str("::");
            rest.push_str(tokens.text(last));
        }
    }
    let span = tokens.span(at, last);
    Some(Path { first: tokens.text(at), rest, is_global, span, end: last + 1 })
}
