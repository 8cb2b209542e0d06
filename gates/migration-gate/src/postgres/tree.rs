//! Asking the parser's tree.

use std::collections::BTreeSet;
use std::ops::Range;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::ops::Name;

/// The first child node of that kind.
pub(super) fn child(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

/// The first node of that kind anywhere below.
pub(super) fn below(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.descendants().find(|below| below.kind() == kind)
}

/// Whether a child, node or token, is of that kind.
pub(super) fn has(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    node.children_with_tokens().any(|child| child.kind() == kind)
}

/// A node's bytes without its semicolon.
pub(super) fn span(node: &SyntaxNode) -> Range<usize> {
    let range: Range<usize> = node.text_range().into();
    let end = node.last_token().filter(|token| token.kind() == SyntaxKind::SEMICOLON);
    let end = end.map_or(range.end, |token| token.text_range().start().into());
    range.start..end.max(range.start)
}

/// From the start of `node` to the end of `last`, which is below it: the part
/// of a long statement that says what it is about.
pub(super) fn head(node: &SyntaxNode, last: Option<&SyntaxNode>) -> Range<usize> {
    let whole = span(node);
    let end = last.map_or(whole.end, |last| last.text_range().end().into());
    whole.start..end.clamp(whole.start, whole.end)
}

/// An identifier as PostgreSQL compares it.
pub(super) fn folded(text: &str) -> String {
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => text.to_lowercase(),
    }
}

/// The one identifier that a node holds.
pub(super) fn word(node: &SyntaxNode) -> String {
    folded(&words(node).join(""))
}

/// A node's tokens without blanks and comments.
pub(super) fn words(node: &SyntaxNode) -> Vec<String> {
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    let spoken = tokens
        .filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT));
    spoken.map(|token| token.text().to_owned()).collect()
}

/// A node's text, lower case, one blank between words and none around marks:
/// how two spellings of one type are seen to be one.
pub(super) fn plain(node: &SyntaxNode) -> String {
    let mut text = String::new();
    for word in words(node) {
        let glues = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
        if text.ends_with(glues) && word.starts_with(glues) {
            text.push(' ');
        }
        text.push_str(&folded_keeping_quotes(&word));
    }
    text
}

fn folded_keeping_quotes(word: &str) -> String {
    if word.starts_with(['"', '\'']) { word.to_owned() } else { word.to_lowercase() }
}

/// Where a temporary table is: before every other of its name.
pub(super) const TEMPORARY: &str = "pg_temp";

/// Reads a node as a name: where it has no schema, as that of a temporary table
/// or in `default_schema`.
pub(super) fn named<'a>(
    default_schema: &'a str,
    temporary: &'a BTreeSet<String>,
) -> impl Fn(&SyntaxNode) -> Name + use<'a> {
    move |node: &SyntaxNode| {
        let parts: Vec<String> =
            words(node).into_iter().filter(|word| word != ".").map(|word| folded(&word)).collect();
        match parts.as_slice() {
            [.., schema, name] => Name::new(schema, name),
            [name] if temporary.contains(name) => Name::new(TEMPORARY, name),
            [name] => Name::new(default_schema, name),
            [] => Name::new(default_schema, ""),
        }
    }
}
