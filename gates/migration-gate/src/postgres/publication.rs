//! Publications: whose changes are told to subscribers.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::object::one;
use super::tree::{child, span};
use crate::ops::{Name, Op, What};

/// Tables whose changes are told to subscribers: each, or all there are.
pub(super) fn published(node: &SyntaxNode, named: &dyn Fn(&SyntaxNode) -> Name) -> Vec<Op> {
    let taken = [K::DROP_PUBLICATION_OBJECTS, K::PUBLICATION_RENAME_TO, K::OWNER_TO];
    if node.children().any(|part| taken.contains(&part.kind())) {
        return Vec::new();
    }
    // Only updates and deletes need to say which row.
    let told = child(node, K::WITH_PARAMS).map(|it| it.text().to_string().to_lowercase());
    let is_told = |told: &String| {
        !told.contains("publish") || told.contains("update") || told.contains("delete")
    };
    if !told.as_ref().is_none_or(is_told) {
        return one(node, What::Other);
    }
    let tables = node.descendants().filter(|it| it.kind() == K::PUBLICATION_OBJECT_TABLE);
    let tables: Vec<Option<Name>> =
        tables.filter_map(|it| child(&it, K::TABLE_NAME_REF)).map(|it| Some(named(&it))).collect();
    let is_all = [K::ALL_PUBLICATION_TABLES, K::PUBLICATION_OBJECT_TABLES_IN_SCHEMA];
    let all = node.descendants().any(|it| is_all.contains(&it.kind())).then_some(None);
    let op = |table| Op { span: span(node), what: What::Publish { table } };
    tables.into_iter().chain(all).map(op).collect()
}
