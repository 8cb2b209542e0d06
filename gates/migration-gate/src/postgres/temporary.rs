//! Temporary tables and views: they hide what else has their name until they
//! are dropped or the session ends.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::tree::{TEMPORARY, below, child, folded, has, words};
use crate::ops::{Kind, Op, What};

/// The name that a statement gives to one.
pub(super) fn made(node: &SyntaxNode) -> Option<String> {
    let name = match node.kind() {
        K::CREATE_TABLE | K::CREATE_TABLE_AS if has(node, K::TEMP) => child(node, K::TABLE_NAME),
        K::CREATE_VIEW if has(node, K::TEMP) => child(node, K::VIEW),
        K::SELECT_INTO => {
            let into = below(node, K::INTO_CLAUSE)?;
            child(&into, K::TABLE_NAME).filter(|_| below(&into, K::TEMP).is_some())
        }
        _ => None,
    }?;
    words(&name).last().map(|word| folded(word))
}

/// Names that stand for something else again.
pub(super) fn gone(ops: &[Op]) -> impl Iterator<Item = &String> {
    let gone = ops.iter().filter_map(|op| match &op.what {
        What::DropTable { table, .. } => Some(table),
        What::Drop { kind: Kind::View, name, .. } => Some(name),
        _ => None,
    });
    gone.filter(|name| name.schema == TEMPORARY).map(|name| &name.name)
}
