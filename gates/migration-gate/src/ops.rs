//! What a migration does, in words of our own: the only thing that the schema
//! and the rules know of SQL, whichever parser read it.

use std::fmt;
use std::ops::Range;

use crate::demand::Demand;
use crate::rights::Rights;

/// A name with its schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) schema: String,
    pub(crate) name: String,
}

impl Name {
    pub(crate) fn new(schema: &str, name: &str) -> Name {
        Name { schema: schema.to_owned(), name: name.to_owned() }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.schema != "public" && !self.schema.is_empty() {
            write!(f, "{}.", self.schema)?;
        }
        f.write_str(&self.name)
    }
}

/// One statement of a file.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Its bytes in the file, without the semicolon.
    pub(crate) span: Range<usize>,
    /// The `DO` statement that holds it.
    pub(crate) holder: Option<Range<usize>>,
    /// What it does, in order.
    pub(crate) ops: Vec<Op>,
}

/// One thing that a statement does.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    /// The bytes that say it.
    pub(crate) span: Range<usize>,
    pub(crate) what: What,
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    Begin,
    Commit,
    CreateTable(CreateTable),
    DropTable {
        table: Name,
        if_exists: bool,
    },
    Table {
        table: Name,
        change: Change,
    },
    CreateIndex(CreateIndex),
    DropIndex {
        index: Name,
        concurrently: bool,
        if_exists: bool,
    },
    Create {
        kind: Kind,
        name: Name,
        /// Of a function: how many arguments a call must and may give.
        takes: Option<(usize, usize)>,
    },
    Drop {
        kind: Kind,
        name: Name,
        if_exists: bool,
        /// Of a function: how many arguments its calls gave, where that is said.
        takes: Option<usize>,
    },
    Rename {
        kind: Kind,
        name: Name,
        to: String,
    },
    Move {
        kind: Kind,
        name: Name,
        schema: String,
    },
    CreateView {
        view: Name,
        columns: Option<Vec<String>>,
    },
    CreateTrigger {
        trigger: String,
        or_replace: bool,
        table: Name,
    },
    CreatePolicy {
        policy: String,
        table: Name,
        restrictive: bool,
    },
    AlterPolicy {
        policy: String,
        table: Name,
    },
    DropPolicy {
        policy: String,
        table: Name,
        if_exists: bool,
    },
    AddValue {
        enumeration: Name,
        value: String,
    },
    /// A column of a view, an attribute of a type.
    RenamePart {
        kind: Kind,
        name: Name,
        part: String,
    },
    /// Attributes of a composite type come, go or change.
    ReshapeType {
        name: Name,
    },
    /// Updates and deletes are told to subscribers: of a table, or of all.
    Publish {
        table: Option<Name>,
    },
    RenameValue {
        enumeration: Name,
        value: String,
    },
    TightenDomain {
        domain: Name,
        constraint: String,
    },
    /// What a column of it gets where nobody says, or that it gets nothing.
    DomainDefault(Name, Default),
    /// On tables and views; of none that is named: on all of `schemas`.
    Grant {
        objects: Vec<Name>,
        schemas: Vec<String>,
        rights: Rights,
    },
    Revoke {
        from: String,
        objects: Vec<Name>,
        rights: Rights,
    },
    Truncate {
        table: Name,
    },
    Delete {
        table: Name,
        bounded: bool,
    },
    Update {
        table: Name,
        bounded: bool,
    },
    Lock {
        table: Name,
        mode: String,
    },
    /// `VACUUM FULL`, `CLUSTER`: the table is written anew.
    Rewrite {
        table: Option<Name>,
        verb: &'static str,
    },
    /// `VACUUM`, `REINDEX … CONCURRENTLY` and the like: no transaction may be
    /// open.
    Alone {
        verb: &'static str,
    },
    /// `REINDEX`, `REFRESH MATERIALIZED VIEW` that keep readers or writers out.
    Blocking {
        name: Option<Name>,
        verb: &'static str,
    },
    /// Names an enum's value, where a value just added cannot be used yet.
    Literals {
        values: Vec<String>,
    },
    /// SQL that is put together when it runs.
    Dynamic {
        reason: String,
    },
    /// A routine runs, and what it does stands elsewhere.
    Call {
        routine: Name,
        is_procedure: bool,
    },
    /// No rule can tell what it means for the release before.
    Unjudged {
        verb: String,
    },
    /// Rows are kept for another time.
    Retention {
        table: Name,
    },
    /// A part of a table is taken away with its rows.
    DropPartition {
        table: Name,
    },
    /// A table is dropped, and another takes its name: with these columns, where
    /// they are all.
    Rebuild {
        table: Name,
        columns: Option<Vec<String>>,
    },
    /// Nothing that a rule asks about.
    Other,
}

/// What kind of object a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Index,
    View,
    MaterializedView,
    Function,
    Type,
    Domain,
    Sequence,
    Extension,
    Schema,
    Trigger,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Index => "index",
            Kind::View => "view",
            Kind::MaterializedView => "materialized view",
            Kind::Function => "function",
            Kind::Type => "type",
            Kind::Domain => "domain",
            Kind::Sequence => "sequence",
            Kind::Extension => "extension",
            Kind::Schema => "schema",
            Kind::Trigger => "trigger",
        }
    }
}

/// `CREATE TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateTable {
    pub(crate) table: Name,
    pub(crate) columns: Vec<Column>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) if_not_exists: bool,
    pub(crate) partition_of: Option<Name>,
    /// Gone when the session ends.
    pub(crate) temporary: bool,
    /// Whether its rows are all in partitions.
    pub(crate) partitioned: bool,
    /// Whether the columns above are all there are: not with `AS`, `LIKE`,
    /// `OF` or `INHERITS`.
    pub(crate) columns_are_all: bool,
}

/// A column as it is declared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Lower case, one blank between words.
    pub(crate) type_name: String,
    /// Where it says one.
    pub(crate) collation: Option<String>,
    pub(crate) not_null: bool,
    pub(crate) default: Default,
    pub(crate) generation: Generation,
    /// Its own `PRIMARY KEY`, `UNIQUE`, `CHECK`, `REFERENCES`.
    pub(crate) constraints: Vec<Constraint>,
}

/// What a column gets where nothing is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    None,
    /// `DEFAULT NULL`: as good as none.
    Null,
    /// One value for all rows that are there.
    Stable,
    /// A value of its own for each row.
    Volatile,
}

/// Whether and how the server makes a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    None,
    IdentityAlways,
    IdentityByDefault,
    Stored,
    Virtual,
}

/// A constraint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constraint {
    pub(crate) name: Option<String>,
    pub(crate) rule: ConstraintRule,
    /// Columns it names.
    pub(crate) columns: Vec<String>,
    pub(crate) not_valid: bool,
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ConstraintRule {
    Check {
        /// The column that `CHECK (column IS NOT NULL)` is about.
        not_null: Option<String>,
        demand: Option<Demand>,
    },
    Unique {
        using_index: bool,
    },
    PrimaryKey {
        using_index: bool,
    },
    ForeignKey {
        parent: Name,
    },
    Exclude,
    NotNull,
}

/// `CREATE INDEX`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateIndex {
    pub(crate) index: Option<Name>,
    pub(crate) table: Name,
    /// Plain columns it names, in their order.
    pub(crate) columns: Vec<String>,
    /// Whether those are all there is to it: no expression, no `WHERE`.
    pub(crate) columns_are_all: bool,
    /// Every column that it hangs on.
    pub(crate) needs: Vec<String>,
    pub(crate) unique: bool,
    pub(crate) concurrently: bool,
    /// Not on its partitions.
    pub(crate) only: bool,
    pub(crate) if_not_exists: bool,
}

/// `ALTER COLUMN … TYPE`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SetType {
    pub(crate) column: String,
    pub(crate) type_name: String,
    pub(crate) collation: Option<String>,
    /// Whether `USING` says more than the column and its new type.
    pub(crate) computes: bool,
}

/// One action of `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    RenameTo { to: String },
    SetSchema { schema: String },
    AddColumn { column: Column, if_not_exists: bool },
    DropColumn { column: String, if_exists: bool },
    RenameColumn { from: String, to: String },
    SetType(SetType),
    SetNotNull { column: String },
    DropNotNull { column: String },
    SetDefault { column: String, default: Default },
    DropDefault { column: String },
    AddIdentity { column: String, always: bool },
    SetIdentity { column: String, always: bool },
    DropIdentity { column: String },
    DropExpression { column: String },
    SetExpression { column: String },
    AddConstraint(Constraint),
    DropConstraint { name: String, if_exists: bool },
    RenameConstraint { from: String, to: String },
    ValidateConstraint { name: String },
    AttachPartition { child: Name },
    DetachPartition { child: Name, concurrently: bool },
    RowSecurity { verb: &'static str },
    DisableTrigger,
    EnableTrigger,
    SetUnlogged,
    SetLogged,
    SetAccessMethod,
    SetTablespace,
    ReplicaIdentity,
    Other,
}
