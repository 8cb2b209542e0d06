//! One operation at its moment.

use crate::held::Held;
use crate::layout::Framework;
use crate::ops::{Op, Statement};
use crate::schema::Schema;
use crate::settings::Source;

/// What a rule of a single operation sees.
pub(crate) struct Step<'a> {
    /// Before the operation.
    pub(crate) schema: &'a Schema,
    pub(crate) op: &'a Op,
    /// What is locked when it begins.
    pub(crate) held: &'a Held,
    /// What its file changes before and after it.
    pub(crate) before: &'a [(&'a Statement, &'a Op)],
    pub(crate) after: &'a [(&'a Statement, &'a Op)],
    /// Whether a transaction is open.
    pub(crate) transaction: bool,
    /// Whether it stands in a `DO` block.
    pub(crate) is_in_block: bool,
    pub(crate) source: &'a Source,
    pub(crate) framework: Framework,
}
