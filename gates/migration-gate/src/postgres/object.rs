//! Everything that is no table: indexes, views, types, functions, rights, rows.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::default::default;
use super::table::constraint;
use super::tree::{below, child, has, head, span, word, words};
use super::{literal, publication, rights};
use crate::demand::NOT_NULL;
use crate::ops::{CreateIndex, Default, Kind, Name, Op, What};

type Named<'a> = &'a dyn Fn(&SyntaxNode) -> Name;

/// What a statement does that is not about tables.
pub(super) fn ops(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    match node.kind() {
        K::CREATE_INDEX => create_index(node, named),
        K::DROP_INDEX => drop_index(node, named),
        K::CREATE_VIEW | K::CREATE_MATERIALIZED_VIEW => create_view(node, named),
        K::CREATE_TRIGGER => create_trigger(node, named),
        K::CREATE_POLICY | K::ALTER_POLICY | K::DROP_POLICY => policy(node, named),
        K::ALTER_TYPE => alter_type(node, named),
        K::ALTER_DOMAIN => alter_domain(node, named),
        K::REVOKE => rights::revoke(node, named),
        K::DROP_OWNED => rights::disowned(node),
        K::GRANT => rights::grant(node, named),
        K::CREATE_PUBLICATION | K::ALTER_PUBLICATION => publication::published(node, named),
        K::TRUNCATE => targets(node, K::TABLE_NAME_REF, |table| What::Truncate { table }, named),
        K::LOCK => {
            let mode = child(node, K::LOCK_MODE_CLAUSE).and_then(|it| it.children().next());
            let mode = mode.map_or("access exclusive".to_owned(), |it| words(&it).join(" "));
            let mode = mode.to_uppercase();
            let lock = |table| What::Lock { table, mode: mode.clone() };
            targets(node, K::RELATION_NAME_REF, lock, named)
        }
        K::VACUUM => vacuum(node, named),
        K::CLUSTER => {
            let table = child(node, K::TABLE_NAME_REF).map(|it| named(&it));
            one(node, What::Rewrite { table, verb: "CLUSTER" })
        }
        K::REFRESH if !words(node).iter().any(|it| it.eq_ignore_ascii_case("concurrently")) => {
            let name = child(node, K::VIEW_REF).map(|it| named(&it));
            one(node, What::Blocking { name, verb: "REFRESH MATERIALIZED VIEW" })
        }
        K::REINDEX => reindex(node, named),
        K::BEGIN => one(node, What::Begin),
        K::COMMIT_TRANSACTION | K::ROLLBACK_TRANSACTION => one(node, What::Commit),
        kind => simple(node, kind, named),
    }
}

pub(super) fn one(node: &SyntaxNode, what: What) -> Vec<Op> {
    vec![Op { span: span(node), what }]
}

fn targets(node: &SyntaxNode, kind: K, what: impl Fn(Name) -> What, named: Named<'_>) -> Vec<Op> {
    let found = node.descendants().filter(|below| below.kind() == kind);
    found.map(|it| Op { span: head(node, Some(&it)), what: what(named(&it)) }).collect()
}

fn create_index(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let Some(table) = below(node, K::TABLE_NAME_REF) else { return Vec::new() };
    let on = named(&table);
    let items = child(node, K::PARTITION_ITEM_LIST);
    let items: Vec<SyntaxNode> = items.iter().flat_map(SyntaxNode::children).collect();
    let plain = items.iter().filter_map(|item| child(item, K::NAME_REF));
    let columns: Vec<String> = plain.map(|column| word(&column)).collect();
    let is_plain = columns.len() == items.len();
    // The names of functions are among them: no column has such a name by chance.
    let needs = node.descendants().filter(|it| it.kind() == K::NAME_REF).map(|it| word(&it));
    // An index is in its table's schema; PostgreSQL names one that has no name.
    let index = match child(node, K::INDEX) {
        Some(index) => Some(named(&index).name),
        None => is_plain.then(|| format!("{}_{}_idx", on.name, columns.join("_"))),
    };
    let what = What::CreateIndex(CreateIndex {
        index: index.map(|name| Name::new(&on.schema, &name)),
        columns_are_all: is_plain && !has(node, K::WHERE_CLAUSE),
        needs: needs.collect(),
        columns,
        unique: has(node, K::UNIQUE_KW),
        concurrently: has(node, K::CONCURRENTLY_KW),
        only: child(node, K::TABLE_RELATION_NAME).is_some_and(|it| has(&it, K::ONLY_KW)),
        if_not_exists: has(node, K::IF_NOT_EXISTS),
        table: on,
    });
    vec![Op { span: head(node, Some(&table)), what }]
}

fn drop_index(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let concurrently = has(node, K::CONCURRENTLY_KW);
    let if_exists = has(node, K::IF_EXISTS);
    let what = |index| What::DropIndex { index, concurrently, if_exists };
    targets(node, K::INDEX_REF, what, named)
}

fn create_view(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let Some(name) = child(node, K::VIEW) else { return Vec::new() };
    if node.kind() == K::CREATE_MATERIALIZED_VIEW {
        let what = What::Create { kind: Kind::MaterializedView, name: named(&name), takes: None };
        return vec![Op { span: head(node, Some(&name)), what }];
    }
    let listed = child(node, K::COLUMN_LIST)
        .map(|list| list.children().map(|column| word(&column)).collect::<Vec<_>>());
    let columns = listed.or_else(|| view_columns(node));
    vec![Op {
        span: head(node, Some(&name)),
        what: What::CreateView { view: named(&name), columns },
    }]
}

/// Names of the columns that a view's query gives, where it says them all.
fn view_columns(node: &SyntaxNode) -> Option<Vec<String>> {
    let query =
        node.children().find(|part| matches!(part.kind(), K::SELECT | K::COMPOUND_SELECT))?;
    let list = below(&query, K::TARGET_LIST)?;
    let mut columns = Vec::new();
    for target in list.children() {
        let alias = child(&target, K::AS_NAME).and_then(|it| child(&it, K::COLUMN_NAME));
        let column = match alias {
            Some(alias) => word(&alias),
            None => {
                let expression = target.children().next()?;
                match expression.kind() {
                    K::NAME_REF => word(&expression),
                    K::FIELD_EXPR => match words(&expression).last() {
                        Some(last) if last != "*" => super::tree::folded(last),
                        _ => return None,
                    },
                    _ => return None,
                }
            }
        };
        columns.push(column);
    }
    Some(columns)
}

fn create_trigger(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let table = child(node, K::ON_RELATION).and_then(|it| child(&it, K::RELATION_NAME_REF));
    let (Some(name), Some(table)) = (child(node, K::TRIGGER), table) else { return Vec::new() };
    let or_replace = has(node, K::OR_REPLACE);
    let what = What::CreateTrigger { trigger: word(&name), or_replace, table: named(&table) };
    vec![Op { span: head(node, Some(&table)), what }]
}

fn policy(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let table = child(node, K::ON_TABLE).and_then(|it| child(&it, K::TABLE_NAME_REF));
    let name = child(node, K::POLICY).or_else(|| child(node, K::POLICY_REF));
    let (Some(name), Some(on)) = (name, table) else { return Vec::new() };
    let (policy, table) = (word(&name), named(&on));
    let what = match node.kind() {
        K::CREATE_POLICY => {
            let restrictive = words(node).iter().any(|it| it.eq_ignore_ascii_case("restrictive"));
            What::CreatePolicy { policy, table, restrictive }
        }
        K::DROP_POLICY => What::DropPolicy { policy, table, if_exists: has(node, K::IF_EXISTS) },
        // Nobody asks for a policy by its name.
        _ if child(node, K::POLICY_RENAME_TO).is_some() => return one(node, What::Other),
        _ => What::AlterPolicy { policy, table },
    };
    vec![Op { span: head(node, Some(&on)), what }]
}

fn alter_type(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let Some(name) = child(node, K::TYPE_NAME_REF) else { return Vec::new() };
    let name = named(&name);
    let mut found = Vec::new();
    for part in node.children() {
        let part_name = |kind: K| child(&part, kind).map(|it| word(&it)).unwrap_or_default();
        let what = match part.kind() {
            K::ADD_VALUE => {
                let value = child(&part, K::LITERAL).and_then(|it| literal::text(&it));
                What::AddValue { enumeration: name.clone(), value: value.unwrap_or_default() }
            }
            K::RENAME_VALUE => {
                let value = child(&part, K::LITERAL).and_then(|it| literal::text(&it));
                let part = value.unwrap_or_default();
                What::RenameValue { enumeration: name.clone(), value: part }
            }
            K::ALTER_TYPE_ATTRIBUTE_ACTION_LIST => What::ReshapeType { name: name.clone() },
            K::RENAME_ATTRIBUTE => {
                let part = part_name(K::COMPOSITE_FIELD_REF);
                What::RenamePart { kind: Kind::Type, name: name.clone(), part }
            }
            K::TYPE_RENAME_TO => {
                let to = child(&part, K::TYPE_NAME).map(|it| named(&it).name);
                let to = to.unwrap_or_default();
                What::Rename { kind: Kind::Type, name: name.clone(), to }
            }
            K::SET_SCHEMA => {
                let schema = part_name(K::SCHEMA_REF);
                What::Move { kind: Kind::Type, name: name.clone(), schema }
            }
            _ => continue,
        };
        found.push(Op { span: span(node), what });
    }
    found
}

fn alter_domain(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let Some(name) = child(node, K::DOMAIN_REF) else { return Vec::new() };
    let domain = named(&name);
    for part in node.children() {
        let what = match part.kind() {
            K::ADD_CONSTRAINT => {
                let added = part.children().find_map(|it| constraint(&it, named));
                let constraint = added.and_then(|it| it.name).unwrap_or_default();
                What::TightenDomain { domain, constraint }
            }
            K::SET_NOT_NULL => What::TightenDomain { domain, constraint: NOT_NULL.to_owned() },
            K::SET_DEFAULT => What::DomainDefault(domain, default(&part)),
            K::DROP_DEFAULT => What::DomainDefault(domain, Default::None),
            K::DOMAIN_RENAME_TO => {
                let to = child(&part, K::DOMAIN).map(|it| named(&it).name).unwrap_or_default();
                What::Rename { kind: Kind::Domain, name: domain, to }
            }
            _ => continue,
        };
        return one(node, what);
    }
    Vec::new()
}

fn vacuum(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let mut found = one(node, What::Alone { verb: "VACUUM" });
    let options: Vec<String> = words(node).iter().map(|word| word.to_lowercase()).collect();
    let full = options.iter().take(12).position(|word| word == "full");
    let says_no = |word: &String| matches!(word.as_str(), "false" | "off" | "0");
    if full.is_some_and(|at| !options.get(at + 1).is_some_and(says_no)) {
        let table = below(node, K::TABLE_NAME_REF).map(|it| named(&it));
        found.extend(one(node, What::Rewrite { table, verb: "VACUUM FULL" }));
    }
    found
}

fn reindex(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    if words(node).iter().any(|word| word.eq_ignore_ascii_case("concurrently")) {
        return one(node, What::Alone { verb: "REINDEX CONCURRENTLY" });
    }
    let table = below(node, K::TABLE_NAME_REF).or_else(|| below(node, K::INDEX_REF));
    one(node, What::Blocking { name: table.map(|it| named(&it)), verb: "REINDEX" })
}

/// `CALL` of a procedure, and `SELECT` of nothing but functions.
pub(super) fn calls(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let is_procedure = node.kind() == K::CALL;
    let targets: Vec<SyntaxNode> = match node.kind() {
        K::CALL => vec![node.clone()],
        K::SELECT if !has(node, K::FROM_CLAUSE) => {
            let list = below(node, K::TARGET_LIST);
            list.iter().flat_map(SyntaxNode::children).collect()
        }
        _ => return Vec::new(),
    };
    let routine = |target: &SyntaxNode| match target.kind() {
        K::CALL => target.children().find(|it| it.kind() != K::ARG_LIST),
        _ => child(target, K::CALL_EXPR).and_then(|call| call.children().next()),
    };
    let called = targets.iter().filter_map(routine);
    let op = |routine: SyntaxNode| {
        let what = What::Call { routine: named(&routine), is_procedure };
        Op { span: span(node), what }
    };
    called.map(op).collect()
}

/// `CREATE`, `DROP`, `ALTER … RENAME TO` and `SET SCHEMA` of named objects.
fn simple(node: &SyntaxNode, kind: K, named: Named<'_>) -> Vec<Op> {
    let (object, reference) = match kind {
        K::CREATE_FUNCTION | K::CREATE_PROCEDURE | K::CREATE_AGGREGATE => {
            return created(node, Kind::Function, named);
        }
        K::CREATE_TYPE => return created(node, Kind::Type, named),
        K::CREATE_DOMAIN => {
            let mut found = created(node, Kind::Domain, named);
            let fills = below(node, K::DEFAULT_CONSTRAINT).map(|it| default(&it));
            if let Some((domain, default)) = child(node, K::DOMAIN).zip(fills) {
                let what = What::DomainDefault(named(&domain), default);
                found.push(Op { span: span(node), what });
            }
            for (demand, says) in [(K::CHECK_CONSTRAINT, ""), (K::NOT_NULL_CONSTRAINT, NOT_NULL)] {
                let Some(domain) = below(node, demand).and_then(|_| child(node, K::DOMAIN)) else {
                    continue;
                };
                let constraint = says.to_owned();
                let what = What::TightenDomain { domain: named(&domain), constraint };
                found.push(Op { span: span(node), what });
            }
            return found;
        }
        K::CREATE_SEQUENCE => return created(node, Kind::Sequence, named),
        K::CREATE_EXTENSION => return created(node, Kind::Extension, named),
        K::CREATE_SCHEMA => return created(node, Kind::Schema, named),
        K::DROP_VIEW | K::ALTER_VIEW => (Kind::View, K::VIEW_REF),
        K::DROP_MATERIALIZED_VIEW | K::ALTER_MATERIALIZED_VIEW => {
            (Kind::MaterializedView, K::VIEW_REF)
        }
        K::DROP_FUNCTION | K::ALTER_FUNCTION => (Kind::Function, K::FUNCTION_NAME_REF),
        K::DROP_PROCEDURE | K::ALTER_PROCEDURE => (Kind::Function, K::PROCEDURE_NAME_REF),
        K::DROP_ROUTINE | K::ALTER_ROUTINE => (Kind::Function, K::ROUTINE_NAME_REF),
        K::DROP_SEQUENCE | K::ALTER_SEQUENCE => (Kind::Sequence, K::SEQUENCE_REF),
        K::DROP_TYPE => (Kind::Type, K::TYPE_NAME_REF),
        K::DROP_DOMAIN => (Kind::Domain, K::DOMAIN_REF),
        K::DROP_EXTENSION => (Kind::Extension, K::EXTENSION_REF),
        K::DROP_SCHEMA | K::ALTER_SCHEMA => (Kind::Schema, K::SCHEMA_REF),
        K::ALTER_INDEX => (Kind::Index, K::INDEX_REF),
        K::ALTER_EXTENSION => (Kind::Extension, K::EXTENSION_REF),
        K::ALTER_TRIGGER => (Kind::Trigger, K::TRIGGER_REF),
        K::DROP_TRIGGER => (Kind::Trigger, K::TRIGGER_REF),
        _ => return Vec::new(),
    };
    let references = node.descendants().filter(|below| below.kind() == reference);
    let mut found = Vec::new();
    for it in references {
        let name = match child(node, K::ON_RELATION).and_then(|on| child(&on, K::RELATION_NAME_REF))
        {
            // A trigger's name is its own only on its table.
            Some(table) => Name::new(&named(&table).to_string(), &word(&it)),
            None => named(&it),
        };
        let is_drop = words(node).first().is_some_and(|word| word.eq_ignore_ascii_case("drop"));
        let what = if is_drop {
            let list = it.parent().and_then(|signature| child(&signature, K::PARAM_LIST));
            let takes = list.map(|list| taken(&list).1);
            What::Drop { kind: object, name, if_exists: has(node, K::IF_EXISTS), takes }
        } else {
            match altered(node, object, name, named) {
                Some(what) => what,
                None => continue,
            }
        };
        found.push(Op { span: head(node, if is_drop { Some(&it) } else { None }), what });
        if !is_drop {
            break;
        }
    }
    found
}

/// How many arguments a call must and may give.
fn taken(list: &SyntaxNode) -> (usize, usize) {
    let taken = list.children().filter(|it| it.kind() == K::PARAM && !has(it, K::PARAM_OUT));
    let optional = [K::PARAM_DEFAULT, K::PARAM_VARIADIC];
    taken.fold((0, 0), |(required, all), it| {
        let is_required = !optional.iter().any(|kind| has(&it, *kind));
        (required + usize::from(is_required), all + 1)
    })
}

fn altered(node: &SyntaxNode, kind: Kind, name: Name, named: Named<'_>) -> Option<What> {
    if let Some(schema) = child(node, K::SET_SCHEMA) {
        let schema = child(&schema, K::SCHEMA_REF).map(|it| word(&it)).unwrap_or_default();
        return Some(What::Move { kind, name, schema });
    }
    let is_rename = |part: &SyntaxNode| has(part, K::RENAME_KW) && has(part, K::TO_KW);
    let rename = node.children().find(|part| is_rename(part))?;
    if rename.kind() == K::RENAME_COLUMN {
        let part = child(&rename, K::COLUMN_NAME_REF).map(|it| word(&it)).unwrap_or_default();
        return Some(What::RenamePart { kind, name, part });
    }
    let to = rename.children().last().map(|it| named(&it).name).unwrap_or_default();
    Some(What::Rename { kind, name, to })
}

fn created(node: &SyntaxNode, kind: Kind, named: Named<'_>) -> Vec<Op> {
    let of = match kind {
        Kind::Function => [K::FUNCTION_NAME, K::PROCEDURE_NAME, K::AGGREGATE_NAME].as_slice(),
        Kind::Type => &[K::TYPE_NAME],
        Kind::Domain => &[K::DOMAIN],
        Kind::Sequence => &[K::SEQUENCE],
        Kind::Extension => &[K::EXTENSION, K::EXTENSION_REF],
        _ => &[K::SCHEMA],
    };
    let Some(name) = node.descendants().find(|part| of.contains(&part.kind())) else {
        return Vec::new();
    };
    let takes = child(node, K::PARAM_LIST).map(|list| taken(&list));
    let what = What::Create { kind, name: named(&name), takes };
    vec![Op { span: head(node, Some(&name)), what }]
}
