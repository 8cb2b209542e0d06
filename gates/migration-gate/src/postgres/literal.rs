//! Texts in quotes.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

/// What a quoted text says, if `node` is one.
pub(super) fn text(node: &SyntaxNode) -> Option<String> {
    let literal = ast::Literal::cast(node.clone())?;
    Some(literal.decoded_value()?.into_text())
}

/// Every short quoted text of a statement: one of them can be an enum's value
/// that was added a moment ago.
pub(super) fn enumeration_values(node: &SyntaxNode) -> Vec<String> {
    const BYTES_MAX: u32 = 80;
    let adds = [SyntaxKind::ALTER_TYPE, SyntaxKind::CREATE_TYPE, SyntaxKind::COMMENT_ON];
    if adds.contains(&node.kind()) {
        return Vec::new();
    }
    let literals = node.descendants().filter(|below| {
        below.kind() == SyntaxKind::LITERAL && u32::from(below.text_range().len()) <= BYTES_MAX
    });
    let mut values: Vec<String> = literals
        .filter(|literal| {
            literal.first_token().is_some_and(|token| token.kind() == SyntaxKind::STRING)
        })
        .filter_map(|literal| text(&literal))
        .collect();
    values.sort();
    values.dedup();
    values
}
