//! What can be wrong with an object and its fields.

use super::At;

/// Something that the specification does not let stand there.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) what: What,
    pub(crate) at: At,
    /// The names that lead to it.
    pub(crate) pointer: String,
    /// Its object: `Response`.
    pub(crate) object: &'static str,
    /// The field, as it is written.
    pub(crate) field: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// It is of another type.
    WrongType { found: &'static str, expected: String },
    /// It is of that type, and none of its values.
    WrongValue { found: String, expected: String },
    /// It is in the list already.
    Double { found: String },
    /// The object has no such field.
    UnknownField {
        /// One that was likely meant.
        like: Option<&'static str>,
        /// The value that rules it out: `in: path`.
        beside: Option<String>,
    },
    /// The same, where it is allowed and says nothing.
    Misspelt { like: &'static str },
    /// It must be there.
    MissingField,
    /// The other field is there, too.
    Exclusive { other: &'static str, other_at: At },
    /// It stands beside a `$ref`.
    RefSibling,
    /// A `$ref` where none may stand.
    MisplacedRef,
    /// A name in `components` with other letters.
    ComponentName,
}
