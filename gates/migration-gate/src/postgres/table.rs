//! Tables: their creation and every action of `ALTER TABLE`.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::default::default;
use super::demand::demanded;
use super::tree::{below, child, folded, has, head, plain, span, word, words};
use crate::ops::{
    Change, Column, Constraint, ConstraintRule, CreateTable, Default, Generation, Name, Op,
    SetType, What,
};

type Named<'a> = &'a dyn Fn(&SyntaxNode) -> Name;

/// What a statement about tables does; none if it is not about tables.
pub(super) fn ops(node: &SyntaxNode, named: Named<'_>) -> Option<Vec<Op>> {
    Some(match node.kind() {
        K::CREATE_TABLE | K::CREATE_TABLE_AS | K::CREATE_FOREIGN_TABLE => {
            vec![create(node, named)?]
        }
        K::SELECT_INTO => {
            let table = named(&child(
                &child(node, K::INTO_CLAUSE).or_else(|| below(node, K::INTO_CLAUSE))?,
                K::TABLE_NAME,
            )?);
            vec![Op { span: span(node), what: copied(node, table, false) }]
        }
        K::ALTER_TABLE | K::ALTER_FOREIGN_TABLE => alter(node, named),
        K::DROP_TABLE | K::DROP_FOREIGN_TABLE => {
            let if_exists = has(node, K::IF_EXISTS);
            let tables = node.children().filter(|it| it.kind() == K::TABLE_NAME_REF);
            tables
                .map(|table| {
                    let what = What::DropTable { table: named(&table), if_exists };
                    Op { span: head(node, Some(&table)), what }
                })
                .collect()
        }
        _ => return None,
    })
}

fn copied(node: &SyntaxNode, table: Name, if_not_exists: bool) -> What {
    What::CreateTable(CreateTable {
        table,
        columns: Vec::new(),
        constraints: Vec::new(),
        if_not_exists,
        partition_of: None,
        temporary: below(node, K::TEMP).is_some(),
        partitioned: false,
        columns_are_all: false,
    })
}

fn create(node: &SyntaxNode, named: Named<'_>) -> Option<Op> {
    let name = child(node, K::TABLE_NAME)?;
    let table = named(&name);
    let if_not_exists = has(node, K::IF_NOT_EXISTS);
    let span = head(node, Some(&name));
    if node.kind() == K::CREATE_TABLE_AS {
        return Some(Op { span, what: copied(node, table, if_not_exists) });
    }
    let list = child(node, K::TABLE_ARG_LIST);
    let parts: Vec<SyntaxNode> = list.iter().flat_map(SyntaxNode::children).collect();
    let columns = parts.iter().filter(|part| part.kind() == K::COLUMN);
    let columns: Vec<Column> = columns.map(|part| column(part, named)).collect();
    let constraints = parts.iter().filter_map(|part| constraint(part, named)).collect();
    let partition_of = child(node, K::PARTITION_OF).and_then(|it| child(&it, K::TABLE_NAME_REF));
    let more = [K::PARTITION_OF, K::OF_TYPE, K::INHERITS];
    let columns_are_all = !more.iter().any(|kind| has(node, *kind))
        && !parts.iter().any(|part| part.kind() == K::LIKE_CLAUSE);
    Some(Op {
        span,
        what: What::CreateTable(CreateTable {
            table,
            columns,
            constraints,
            if_not_exists,
            partition_of: partition_of.map(|it| named(&it)),
            temporary: has(node, K::TEMP),
            partitioned: has(node, K::PARTITION_BY),
            columns_are_all,
        }),
    })
}

fn is_type(kind: K) -> bool {
    matches!(
        kind,
        K::ARRAY_TYPE
            | K::PATH_TYPE
            | K::VARCHAR_TYPE
            | K::CHARACTER_TYPE
            | K::BIT_TYPE
            | K::BIT_VARYING_TYPE
            | K::DOUBLE_TYPE
            | K::TIME_TYPE
            | K::TIMESTAMP_TYPE
            | K::INTERVAL_TYPE
            | K::PERCENT_TYPE
    )
}

fn type_name(node: &SyntaxNode) -> String {
    node.children().find(|part| is_type(part.kind())).map(|part| plain(&part)).unwrap_or_default()
}

/// Types whose columns fill themselves from a sequence, and what they hold.
const SERIALS: [(&str, &str); 6] = [
    ("serial", "int"),
    ("serial4", "int"),
    ("bigserial", "bigint"),
    ("serial8", "bigint"),
    ("smallserial", "smallint"),
    ("serial2", "smallint"),
];

fn collation(node: &SyntaxNode) -> Option<String> {
    let clause = child(node, K::COLLATE)?;
    Some(plain(&child(&clause, K::COLLATION_REF)?))
}

fn column(node: &SyntaxNode, named: Named<'_>) -> Column {
    let name = child(node, K::COLUMN_NAME).map(|name| word(&name)).unwrap_or_default();
    let type_name = type_name(node);
    let serial = SERIALS.iter().find(|(serial, _)| *serial == type_name);
    let is_serial = serial.is_some();
    let type_name = serial.map_or(type_name, |(_, holds)| (*holds).to_owned());
    let mut column = Column {
        collation: collation(node),
        not_null: is_serial,
        default: if is_serial { Default::Volatile } else { Default::None },
        generation: Generation::None,
        constraints: Vec::new(),
        name,
        type_name,
    };
    for part in node.children() {
        match part.kind() {
            K::NOT_NULL_CONSTRAINT => column.not_null = true,
            K::DEFAULT_CONSTRAINT => column.default = default(&part),
            K::GENERATED_CONSTRAINT => {
                column.generation = generation(&part);
                if matches!(
                    column.generation,
                    Generation::IdentityAlways | Generation::IdentityByDefault
                ) {
                    column.not_null = true;
                }
            }
            _ => {
                let Some(mut own) = constraint(&part, named) else { continue };
                if own.columns.is_empty() {
                    own.columns.push(column.name.clone());
                }
                column.not_null |= matches!(own.rule, ConstraintRule::PrimaryKey { .. });
                column.constraints.push(own);
            }
        }
    }
    column
}

fn generation(node: &SyntaxNode) -> Generation {
    match child(node, K::GENERATED_IDENTITY) {
        Some(identity) if has(&identity, K::GENERATED_ALWAYS) => Generation::IdentityAlways,
        Some(_) => Generation::IdentityByDefault,
        None if below(node, K::VIRTUAL).is_some() => Generation::Virtual,
        None => Generation::Stored,
    }
}

/// A constraint, of a table or of a column.
pub(super) fn constraint(node: &SyntaxNode, named: Named<'_>) -> Option<Constraint> {
    let using_index = has(node, K::USING_INDEX_NAME);
    let rule = match node.kind() {
        K::CHECK_CONSTRAINT => ConstraintRule::Check {
            not_null: demanded_not_null(node),
            demand: demanded(&node.text().to_string()),
        },
        K::UNIQUE_CONSTRAINT => ConstraintRule::Unique { using_index },
        K::PRIMARY_KEY_CONSTRAINT => ConstraintRule::PrimaryKey { using_index },
        K::FOREIGN_KEY_CONSTRAINT | K::REFERENCES_CONSTRAINT => {
            ConstraintRule::ForeignKey { parent: named(&child(node, K::TABLE_NAME_REF)?) }
        }
        K::EXCLUDE_CONSTRAINT => ConstraintRule::Exclude,
        K::NOT_NULL_CONSTRAINT => ConstraintRule::NotNull,
        _ => return None,
    };
    let columns: Vec<String> = match node.kind() {
        K::REFERENCES_CONSTRAINT => Vec::new(),
        K::FOREIGN_KEY_CONSTRAINT => child(node, K::FOREIGN_KEY_COLUMN_LIST)
            .iter()
            .flat_map(SyntaxNode::children)
            .map(|column| word(&column))
            .collect(),
        _ => node
            .descendants()
            .filter(|part| matches!(part.kind(), K::COLUMN_NAME_REF | K::NAME_REF))
            .filter(|part| part.parent().is_none_or(|up| up.kind() != K::CALL_EXPR))
            .map(|part| word(&part))
            .collect(),
    };
    let name = child(node, K::CONSTRAINT_NAME_CLAUSE)
        .and_then(|clause| child(&clause, K::CONSTRAINT_NAME))
        .map(|name| word(&name));
    Some(Constraint {
        name,
        rule,
        columns,
        not_valid: has(node, K::NOT_VALID) || has(node, K::NOT_ENFORCED),
    })
}

/// The column of `CHECK (column IS NOT NULL)`: valid, it lets `SET NOT NULL`
/// pass without a look at the rows.
fn demanded_not_null(node: &SyntaxNode) -> Option<String> {
    let tokens = words(node);
    let start = tokens.iter().position(|token| token == "(")?;
    let inner: Vec<String> = tokens
        .get(start..)?
        .iter()
        .filter(|token| !matches!(token.as_str(), "(" | ")"))
        .take_while(|token| !token.eq_ignore_ascii_case("no"))
        .map(|token| folded(token))
        .collect();
    match inner.as_slice() {
        [column, is, not, null, rest @ ..]
            if is == "is"
                && not == "not"
                && null == "null"
                && rest.iter().all(|word| matches!(word.as_str(), "not" | "valid")) =>
        {
            Some(column.clone())
        }
        _ => None,
    }
}

fn alter(node: &SyntaxNode, named: Named<'_>) -> Vec<Op> {
    let target = child(node, K::TABLE_RELATION_NAME).or_else(|| child(node, K::RELATION_NAME));
    let target = target.and_then(|it| {
        it.descendants()
            .find(|below| matches!(below.kind(), K::TABLE_NAME_REF | K::RELATION_NAME_REF))
    });
    let Some(target) = target else { return Vec::new() };
    let table = named(&target);
    let skip = [K::TABLE_RELATION_NAME, K::RELATION_NAME, K::IF_EXISTS];
    let actions = node.children().filter(|part| !skip.contains(&part.kind()));
    let op = |action: SyntaxNode| {
        let parent =
            child(&action, K::TABLE_NAME_REF).filter(|_| action.kind() == K::NO_INHERIT_TABLE);
        let what = match parent {
            // As from a partitioned table: its rows are no longer the parent's.
            Some(parent) => {
                let change = Change::DetachPartition { child: table.clone(), concurrently: false };
                What::Table { table: named(&parent), change }
            }
            None => What::Table { table: table.clone(), change: change(&action, named) },
        };
        Op { span: span(&action), what }
    };
    let mut ops: Vec<Op> = actions.map(op).collect();
    // A lone action is read together with the table it is about.
    if let [only] = ops.as_mut_slice() {
        only.span = span(node);
    }
    ops
}

fn change(node: &SyntaxNode, named: Named<'_>) -> Change {
    let text = |kind: K| child(node, kind).map(|it| word(&it)).unwrap_or_default();
    match node.kind() {
        K::TABLE_RENAME_TO => {
            let to = child(node, K::TABLE_NAME).map(|it| named(&it).name).unwrap_or_default();
            Change::RenameTo { to }
        }
        K::SET_SCHEMA => Change::SetSchema { schema: text(K::SCHEMA_REF) },
        K::ADD_COLUMN => Change::AddColumn {
            column: column(node, named),
            if_not_exists: has(node, K::IF_NOT_EXISTS),
        },
        K::DROP_COLUMN => Change::DropColumn {
            column: text(K::COLUMN_NAME_REF),
            if_exists: has(node, K::IF_EXISTS),
        },
        K::RENAME_COLUMN => {
            Change::RenameColumn { from: text(K::COLUMN_NAME_REF), to: text(K::COLUMN_NAME) }
        }
        K::ALTER_COLUMN => alter_column(node, text(K::COLUMN_NAME_REF)),
        K::ADD_CONSTRAINT => match node.children().find_map(|part| constraint(&part, named)) {
            Some(constraint) => Change::AddConstraint(constraint),
            None => Change::Other,
        },
        K::DROP_CONSTRAINT => {
            let name = text(K::CONSTRAINT_NAME_REF);
            Change::DropConstraint { name, if_exists: has(node, K::IF_EXISTS) }
        }
        K::RENAME_CONSTRAINT => Change::RenameConstraint {
            from: text(K::CONSTRAINT_NAME_REF),
            to: text(K::CONSTRAINT_NAME),
        },
        K::VALIDATE_CONSTRAINT => Change::ValidateConstraint { name: text(K::CONSTRAINT_NAME_REF) },
        K::ATTACH_PARTITION => match child(node, K::TABLE_NAME_REF) {
            Some(child) => Change::AttachPartition { child: named(&child) },
            None => Change::Other,
        },
        K::DETACH_PARTITION => match child(node, K::TABLE_NAME_REF) {
            Some(table) => Change::DetachPartition {
                child: named(&table),
                concurrently: has(node, K::DETACH_CONCURRENTLY),
            },
            None => Change::Other,
        },
        K::ENABLE_RLS => Change::RowSecurity { verb: "enabled" },
        K::FORCE_RLS => Change::RowSecurity { verb: "forced on the owner" },
        K::DISABLE_RLS => Change::RowSecurity { verb: "disabled" },
        K::NO_FORCE_RLS => Change::RowSecurity { verb: "forced on the owner no more" },
        K::DISABLE_TRIGGER => Change::DisableTrigger,
        K::ENABLE_TRIGGER => Change::EnableTrigger,
        K::SET_UNLOGGED => Change::SetUnlogged,
        K::SET_LOGGED => Change::SetLogged,
        K::SET_ACCESS_METHOD => Change::SetAccessMethod,
        K::SET_TABLESPACE => Change::SetTablespace,
        K::REPLICA_IDENTITY => Change::ReplicaIdentity,
        _ => Change::Other,
    }
}

/// Whether `USING` says more than `column`, `column::type` and `CAST(column AS type)`.
fn computes(option: &SyntaxNode, column: &str) -> bool {
    let words = words(option);
    let Some(at) = words.iter().position(|word| word.eq_ignore_ascii_case("using")) else {
        return false;
    };
    let said = words.get(at + 1..).unwrap_or_default();
    let mut said = said.iter().map(|word| folded(word)).filter(|word| word != "(" && word != ")");
    let mut next = said.next();
    let is_cast = next.as_deref() == Some("cast");
    if is_cast {
        next = said.next();
    }
    if next.as_deref() != Some(column) {
        return true;
    }
    let opens = said.next();
    let is_typed = matches!(opens.as_deref(), Some("::" | ":")) || is_cast;
    let is_of_type = |word: &String| {
        word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ',' | '[' | ']' | ' '))
    };
    let mut rest = said.skip_while(|word| word == ":");
    opens.is_some() && !(is_typed && rest.all(|word| is_of_type(&word)))
}

fn alter_column(node: &SyntaxNode, column: String) -> Change {
    let skip = [K::COLUMN_NAME_REF];
    let Some(option) = node.children().find(|part| !skip.contains(&part.kind())) else {
        return Change::Other;
    };
    match option.kind() {
        K::SET_TYPE => {
            let computes = computes(&option, &column);
            let (type_name, collation) = (type_name(&option), collation(&option));
            Change::SetType(SetType { column, type_name, collation, computes })
        }
        K::SET_NOT_NULL => Change::SetNotNull { column },
        K::DROP_NOT_NULL => Change::DropNotNull { column },
        K::SET_DEFAULT => Change::SetDefault { column, default: default(&option) },
        K::DROP_DEFAULT => Change::DropDefault { column },
        K::ADD_GENERATED => {
            Change::AddIdentity { column, always: has(&option, K::GENERATED_ALWAYS) }
        }
        K::SET_GENERATED_OPTIONS | K::SET_GENERATED => match below(&option, K::SET_GENERATED) {
            Some(set) => Change::SetIdentity { column, always: has(&set, K::GENERATED_ALWAYS) },
            None => Change::Other,
        },
        K::DROP_IDENTITY => Change::DropIdentity { column },
        K::DROP_EXPRESSION => Change::DropExpression { column },
        K::SET_EXPRESSION => Change::SetExpression { column },
        _ => Change::Other,
    }
}
