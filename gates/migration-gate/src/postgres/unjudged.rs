//! Statements that change what the release before meets, and that no rule reads.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::tree::{below, child, has, head, words};
use crate::ops::{Op, What};

/// `ALTER`s that change an owner, a cost or a setting, or that `read` would
/// have made something of.
const HARMLESS: [K; 17] = [
    K::ALTER_AGGREGATE,
    K::ALTER_DATABASE,
    K::ALTER_DEFAULT_PRIVILEGES,
    K::ALTER_DOMAIN,
    K::ALTER_EXTENSION,
    K::ALTER_FUNCTION,
    K::ALTER_LARGE_OBJECT,
    K::ALTER_MATERIALIZED_VIEW,
    K::ALTER_POLICY,
    K::ALTER_PROCEDURE,
    K::ALTER_ROUTINE,
    K::ALTER_SCHEMA,
    K::ALTER_SEQUENCE,
    K::ALTER_STATISTICS,
    K::ALTER_SYSTEM,
    K::ALTER_TRIGGER,
    K::ALTER_VIEW,
];

/// What of `node` is left, `read` being what is known of it.
pub(super) fn ops(node: &SyntaxNode, read: &[Op]) -> Vec<Op> {
    let op = |part: &SyntaxNode, last: Option<&SyntaxNode>, verb: String| Op {
        span: head(part, last),
        what: What::Unjudged { verb },
    };
    if let K::ALTER_TABLE | K::ALTER_FOREIGN_TABLE = node.kind() {
        let silent = [
            K::INHERIT_TABLE,
            K::OF_TYPE,
            K::NOT_OF,
            K::DISABLE_RULE,
            K::ENABLE_RULE,
            K::ENABLE_ALWAYS_RULE,
            K::ENABLE_REPLICA_RULE,
            K::MERGE_PARTITIONS,
            K::SPLIT_PARTITION,
        ];
        let actions = node.children().filter(|it| silent.contains(&it.kind()));
        let found: Vec<Op> =
            actions.map(|it| op(&it, None, format!("ALTER TABLE … {}", verb(&it)))).collect();
        if !found.is_empty() || !read.is_empty() {
            return found;
        }
    }
    if !read.is_empty() {
        return Vec::new();
    }
    let all = words(node);
    let says = |wanted: &[&str]| all.iter().any(|it| wanted.contains(&it.to_lowercase().as_str()));
    let first = all.first().map(|word| word.to_lowercase()).unwrap_or_default();
    let is_unjudged = match node.kind() {
        K::CREATE_RULE
        | K::CREATE_EVENT_TRIGGER
        | K::IMPORT_FOREIGN_SCHEMA
        | K::REASSIGN
        | K::EXECUTE
        | K::PREPARE_TRANSACTION => true,
        K::DROP_STATISTICS => false,
        K::ALTER_TYPE => below(node, K::ALTER_TYPE_ATTRIBUTE_ACTION_LIST).is_some(),
        K::ALTER_INDEX => child(node, K::SET_TABLESPACE).is_some(),
        K::ALTER_ROLE | K::ALTER_USER | K::ALTER_GROUP => {
            says(&["rename", "nologin", "nobypassrls", "drop"])
        }
        K::ALTER_PUBLICATION => says(&["drop", "rename"]),
        kind if HARMLESS.contains(&kind) => false,
        _ => matches!(first.as_str(), "drop" | "alter"),
    };
    match is_unjudged {
        true => vec![op(node, None, verb(node))],
        false => Vec::new(),
    }
}

/// The elements of a `CREATE SCHEMA`, which are statements of their own.
pub(super) fn elements(node: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> {
    let is_schema = node.kind() == K::CREATE_SCHEMA;
    let parts = node.children().filter(move |_| is_schema);
    parts.filter(|part| has(part, K::CREATE_KW) || part.kind() == K::GRANT)
}

/// The words in capitals that begin it: `DROP OWNED`, `NO INHERIT`.
fn verb(node: &SyntaxNode) -> String {
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    let spoken = tokens.filter(|it| !matches!(it.kind(), K::WHITESPACE | K::COMMENT));
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let named = spoken.take(3).take_while(|it| it.kind() != K::IDENT && is_word(it.text()));
    let found: Vec<String> = named.map(|it| it.text().to_uppercase()).collect();
    found.join(" ")
}
