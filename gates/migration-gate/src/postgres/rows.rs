//! Rows that statements delete and change.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::tree::{below, child, has, head, words};
use crate::ops::{Name, Op, What};

/// Rows that go or change, wherever in the statement that stands: in `WITH … AS
/// (DELETE …)`, `COPY (DELETE …)`, `EXPLAIN ANALYZE DELETE`, `PREPARE … AS DELETE`.
pub(super) fn rows(node: &SyntaxNode, named: &dyn Fn(&SyntaxNode) -> Name) -> Vec<Op> {
    // These keep it for later.
    let keeps = [K::CREATE_FUNCTION, K::CREATE_PROCEDURE, K::CREATE_RULE];
    let is_plan = node.kind() == K::EXPLAIN
        && !words(node).iter().any(|word| {
            word.eq_ignore_ascii_case("analyze") || word.eq_ignore_ascii_case("analyse")
        });
    if keeps.contains(&node.kind()) || is_plan {
        return Vec::new();
    }
    let kinds = [K::DELETE, K::UPDATE, K::MERGE];
    let found = node.descendants().filter(|below| kinds.contains(&below.kind()));
    let ops = |it: SyntaxNode| -> Option<Vec<Op>> {
        if it.kind() == K::MERGE {
            return merged(&it, named);
        }
        let target = child(&it, K::RELATION_NAME)?;
        let table = named(&child(&target, K::RELATION_NAME_REF)?);
        let bounded = child(&it, K::WHERE_CLAUSE).is_some_and(|clause| asks(&clause))
            || has(&it, K::WHERE_CURRENT_OF);
        let what = match it.kind() {
            K::DELETE => What::Delete { table, bounded },
            _ => What::Update { table, bounded },
        };
        Some(vec![Op { span: head(&it, Some(&target)), what }])
    };
    found.filter_map(ops).flatten().collect()
}

/// Whether a condition asks a row anything: `true` does not.
fn asks(clause: &SyntaxNode) -> bool {
    below(clause, K::NAME_REF).is_some()
}

/// What the `WHEN`s of a `MERGE` do with rows of its table. Those that the
/// source does not have are bounded by their own condition alone.
fn merged(merge: &SyntaxNode, named: &dyn Fn(&SyntaxNode) -> Name) -> Option<Vec<Op>> {
    let target = child(merge, K::TABLE_RELATION_NAME)?;
    let table = named(&child(&target, K::TABLE_NAME_REF)?);
    let on = child(merge, K::USING_ON_CLAUSE).and_then(|using| child(&using, K::ON_CLAUSE));
    let on = on.is_some_and(|clause| asks(&clause));
    let whens = merge.children().filter_map(|when| {
        let of_source = match when.kind() {
            K::MERGE_WHEN_MATCHED => on,
            K::MERGE_WHEN_NOT_MATCHED_SOURCE => false,
            _ => return None,
        };
        let own = child(&when, K::MERGE_CONDITION).is_some_and(|condition| asks(&condition));
        let (table, bounded) = (table.clone(), of_source || own);
        let what = match () {
            () if has(&when, K::MERGE_DELETE) => What::Delete { table, bounded },
            () if has(&when, K::MERGE_UPDATE) => What::Update { table, bounded },
            () => return None,
        };
        Some(Op { span: head(merge, Some(&target)), what })
    });
    Some(whens.collect())
}
