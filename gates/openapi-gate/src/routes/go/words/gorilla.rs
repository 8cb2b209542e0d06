//! `github.com/gorilla/mux`.

use super::{Joins, Verb, Word, Words};
use crate::path::Dialect;

pub(super) const WORDS: Words = Words {
    import: "github.com/gorilla/mux",
    types: &["Router"],
    roots: &[],
    makers: &["NewRouter"],
    word: |name, count| match (name, count) {
        ("Handle" | "HandleFunc", 2) => Some(Word::Route(Verb::Any, 0)),
        ("Path", 1) => Some(Word::Route(Verb::Any, 0)),
        ("PathPrefix", 1) => Some(Word::Sub),
        ("Subrouter" | "NewRoute", 0) | ("StrictSlash" | "Name" | "UseEncodedPath", _) => {
            Some(Word::Same)
        }
        ("Handler" | "HandlerFunc", 1) => Some(Word::Below),
        ("Methods", 1..) => Some(Word::Methods),
        _ => None,
    },
    dialect: Dialect::Chi,
    joins: Joins::AsWritten,
};
