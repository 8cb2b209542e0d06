//! Who may do what: `GRANT`, `REVOKE`, `DROP OWNED`.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::object::one;
use super::tree::{below, child, word, words};
use crate::ops::{Name, Op, What};
use crate::rights::{Rights, rights};

type Named<'a> = &'a dyn Fn(&SyntaxNode) -> Name;

/// `REVOKE … ON objects FROM roles`; no objects where it is about all of a
/// schema, or about membership. The right to hand a right on is not used by
/// statements.
pub(super) fn revoke(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    if child(node, K::GRANT_OPTION_FOR).is_some() || child(node, K::ADMIN_OPTION_FOR).is_some() {
        return one(node, What::Other);
    }
    let from = child(node, K::ROLE_REF_LIST).map(|it| words(&it).join(" "));
    let clause = child(node, K::ON_PRIVILEGE_OBJECTS_CLAUSE);
    let named_here = [
        K::RELATION_NAME_REF,
        K::TABLE_NAME_REF,
        K::FUNCTION_NAME_REF,
        K::PROCEDURE_NAME_REF,
        K::ROUTINE_NAME_REF,
        K::SEQUENCE_REF,
        K::SCHEMA_REF,
        K::TYPE_NAME_REF,
    ];
    let below = clause.iter().flat_map(SyntaxNode::descendants);
    let objects = below.filter(|it| named_here.contains(&it.kind())).map(|it| named(&it));
    let (from, rights) = (from.unwrap_or_default(), spoken_rights(node));
    one(node, What::Revoke { from, objects: objects.collect(), rights })
}

/// The roles of a `GRANT` or `REVOKE`, each with its rights.
fn spoken_rights(node: &SyntaxNode) -> Rights {
    let list = |kind: K| -> Vec<String> {
        let parts = child(node, kind).into_iter().flat_map(|it| it.children().collect::<Vec<_>>());
        parts.map(|part| words(&part).join(" ").to_lowercase()).collect()
    };
    let roles = list(K::ROLE_REF_LIST);
    let mut verbs = list(K::REVOKE_COMMAND_LIST);
    if child(node, K::ALL_PRIVILEGES).is_some() {
        verbs.push("all".to_owned());
    }
    rights(&roles, &verbs)
}

/// `GRANT … ON tables`, `GRANT … ON ALL TABLES IN SCHEMA`.
pub(super) fn grant(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let Some(clause) = child(node, K::ON_PRIVILEGE_OBJECTS_CLAUSE) else { return Vec::new() };
    let of = |kinds: &[K]| -> Vec<SyntaxNode> {
        clause.descendants().filter(|it| kinds.contains(&it.kind())).collect()
    };
    let objects = of(&[K::RELATION_NAME_REF, K::TABLE_NAME_REF]);
    let schemas = match below(&clause, K::PRIVILEGE_ALL_TABLES_IN_SCHEMA) {
        Some(all) => all.descendants().filter(|it| it.kind() == K::SCHEMA_REF).collect(),
        None => Vec::new(),
    };
    let objects = objects.iter().map(named).collect();
    let schemas = schemas.iter().map(word).collect();
    one(node, What::Grant { objects, schemas, rights: spoken_rights(node) })
}

/// `DROP OWNED BY roles` takes every right of theirs.
pub(super) fn disowned(node: &SyntaxNode) -> Vec<Op> {
    let from = child(node, K::ROLE_REF_LIST).map(|it| words(&it).join(" "));
    let (from, objects) = (from.unwrap_or_default(), Vec::new());
    one(node, What::Revoke { from, objects, rights: Rights::new() })
}
