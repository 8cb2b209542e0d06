//! What a column gets where nothing is given: one value for all rows, or one
//! for each.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::tree::{has, words};
use crate::ops::Default;

/// Functions whose one value holds for all rows that are there; any other may
/// give each row its own.
const STABLE: [&str; 24] = [
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "to_timestamp",
    "to_date",
    "lower",
    "upper",
    "md5",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "json_build_array",
    "make_interval",
    "make_date",
    "coalesce",
    "timezone",
    "date_trunc",
    "current_setting",
    "decode",
    "encode",
    "concat",
    "extract",
    "interval",
    "to_jsonb",
];

/// What the expression of a `DEFAULT` gives.
pub(super) fn default(node: &SyntaxNode) -> Default {
    let Some(expression) = node.children().find(|part| part.kind() != K::CONSTRAINT_NAME_CLAUSE)
    else {
        return Default::None;
    };
    let mut bare = expression.clone();
    while matches!(bare.kind(), K::CAST_EXPR | K::PAREN_EXPR) {
        let Some(inner) = bare.children().next() else { break };
        bare = inner;
    }
    if bare.kind() == K::LITERAL && has(&bare, K::NULL_KW) {
        return Default::Null;
    }
    let mut calls = expression.descendants().filter(|part| part.kind() == K::CALL_EXPR);
    let is_volatile = calls.any(|call| {
        let name = call.children().next();
        let name = name.and_then(|name| words(&name).last().map(|word| word.to_lowercase()));
        name.is_none_or(|name| !STABLE.contains(&name.as_str()))
    });
    if is_volatile { Default::Volatile } else { Default::Stable }
}
