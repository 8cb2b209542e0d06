//! Every rule, a file each: its id, words, examples and code. A new rule is a
//! new file and one line below.

use std::borrow::Cow;

use kernel::{Example, Finding, Fix, Location, Rule, Severity};

use crate::chapter::Chapter;
use crate::step::Step;
use crate::timeline::Timeline;

/// An example in which `$new` comes after `$base` has shipped.
macro_rules! migration {
    ($base:literal, $new:literal) => {
        kernel::Example::new(concat!(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\n",
            "-- migrations/0001_before.sql --\n",
            $base,
            "\n-- migrations/0002_new.sql --\n",
            $new,
            "\n"
        ))
    };
}

/// An example in which `$new` is run, and a session shows `$trace`.
macro_rules! executed {
    ($new:literal, $trace:literal) => {
        kernel::Example::new(concat!(
            "-- @options --\n[[source]]\ndir = 'migrations'\nframework = 'plain'\nmode = 'execute'\n",
            "-- migrations/0002_new.sql --\n",
            $new,
            "\n-- @database database --\nserver = 'PostgreSQL 15.1'\n\
             [[scripts]]\npath = 'migrations/0002_new.sql'\n",
            $trace,
            "\n"
        ))
    };
}

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Every rule, in the order in which they are listed to people.
        pub(crate) const TABLE: &[&Offence] = &[$(&$name::OFFENCE),*];
    };
}

rules! {
    edited_migration,
    deleted_migration,
    number_collision,
    out_of_order,
    number_gap,
    missing_down,
    empty,
    unreadable,
    unverifiable_dynamic_sql,
    unjudged_statement,
    drop_table,
    drop_column,
    rename_table,
    rename_column,
    retype_column,
    set_not_null,
    required_column,
    index_not_concurrent,
    drop_index_not_concurrent,
    validating_constraint,
    concurrently_in_transaction,
    truncate,
    tighten,
    rename_object,
    table_rewrite,
    unique_or_primary_key_build,
    row_security,
    drop_default,
    change_identity,
    validate_in_same_transaction,
    parent_locked,
    drop_constraint,
    drop_conflict_arbiter,
    drop_or_narrow_view,
    drop_or_rename_type,
    enum_value_used_in_same_transaction,
    new_trigger,
    revoke,
    drop_sequence,
    drop_extension_or_schema,
    drop_or_change_function,
    attach_partition,
    detach_partition,
    change_replica_identity,
    explicit_lock,
    lock_pile_up,
    disable_trigger,
    set_unlogged,
    unbounded_delete,
    unbounded_update,
    move_object,
    broken_query,
    does_not_apply,
    broken_down,
    reindex_cluster_vacuum_full,
    shortened_retention,
    drop_partition,
}

pub(crate) use broken_down::OFFENCE as BROKEN_DOWN;
pub(crate) use broken_query::OFFENCE as BROKEN_QUERY;
pub(crate) use does_not_apply::OFFENCE as DOES_NOT_APPLY;
pub(crate) use retype_column::{is_free, widens};
pub(crate) use unreadable::{OFFENCE as UNREADABLE_OFFENCE, unreadable};
pub(crate) const UNREADABLE: &Offence = &UNREADABLE_OFFENCE;

/// A rule with its code.
pub(crate) struct Offence {
    /// `migration-gate/<offence>`.
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) doc: &'static str,
    pub(crate) bad: &'static [Example],
    pub(crate) good: &'static [Example],
    pub(crate) judge: Judge,
}

/// How a rule judges.
pub(crate) enum Judge {
    /// Each operation of a migration that has not shipped.
    Op(fn(&Step<'_>) -> Option<Found>),
    /// Each such file.
    File(fn(&Chapter) -> Option<Found>),
    /// All files together.
    History(fn(&Timeline<'_>) -> Vec<(Location, Found)>),
    /// While the files are read.
    Reading,
    /// What a database session showed: judged in `execute/`.
    Session,
}

/// What a rule found, before it has a place.
#[derive(Debug)]
pub(crate) struct Found {
    message: String,
    label: Option<String>,
    fix: Option<String>,
    severity: Option<Severity>,
}

/// A finding in those words.
pub(crate) fn found(message: impl Into<String>) -> Found {
    Found { message: message.into(), label: None, fix: None, severity: None }
}

impl Found {
    /// What stands under the caret.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Found {
        self.label = Some(label.into());
        self
    }

    /// What to do instead.
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Found {
        self.fix = Some(fix.into());
        self
    }

    /// Weighs other than its rule.
    pub(crate) fn severity(mut self, severity: Severity) -> Found {
        self.severity = Some(severity);
        self
    }

    /// The finding at its place.
    pub(crate) fn finding(self, offence: &Offence, at: Location) -> Finding {
        let mut finding = Finding::new(offence.id, at, self.message);
        finding.label = self.label;
        finding.severity = self.severity;
        finding.fix = self.fix.map(Fix::note);
        finding
    }
}

impl Offence {
    /// The part of the id after the gate's name.
    pub(crate) fn offence(&'static self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(_, offence)| offence)
    }

    /// The rule as the contract has it.
    pub(crate) fn rule(&self) -> Rule {
        Rule {
            id: Cow::Borrowed(self.id),
            severity: self.severity,
            doc: Cow::Borrowed(self.doc),
            bad: Cow::Borrowed(self.bad),
            good: Cow::Borrowed(self.good),
        }
    }
}

/// A reader's text as it can stand in a message: one line, nothing invisible,
/// not longer than a reader would follow.
pub(crate) fn one_line(text: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut line: String = visible.take(CHARACTERS_MAX).collect();
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        line.push('…');
    }
    line
}
