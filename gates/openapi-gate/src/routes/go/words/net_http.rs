//! Go's `net/http`.

use super::{Joins, Verb, Word, Words};
use crate::path::Dialect;

pub(super) const WORDS: Words = Words {
    import: "net/http",
    types: &["ServeMux"],
    roots: &[],
    makers: &["NewServeMux"],
    word: |name, count| match (name, count) {
        ("Handle" | "HandleFunc", 2) => Some(Word::Route(Verb::InPath, 0)),
        _ => None,
    },
    dialect: Dialect::NetHttp,
    joins: Joins::AsWritten,
};
