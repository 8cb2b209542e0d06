//! `github.com/go-chi/chi`.

use super::{Joins, Verb, Word, Words, verb};
use crate::path::Dialect;

pub(super) const WORDS: Words = Words {
    import: "github.com/go-chi/chi",
    types: &["Router", "Mux"],
    roots: &[],
    makers: &["NewRouter", "NewMux"],
    word: |name, count| match (name, count) {
        ("Handle" | "HandleFunc", 2) => Some(Word::Route(Verb::InPath, 0)),
        ("Mount", 2) => Some(Word::Mount),
        ("Route", 2) => Some(Word::Sub),
        ("Method" | "MethodFunc", 3) => Some(Word::Route(Verb::Argument(0), 1)),
        ("Group", 1) => Some(Word::Hand),
        ("With", _) => Some(Word::Same),
        (name, 2) => verb(name).map(|verb| Word::Route(Verb::Of(verb), 0)),
        _ => None,
    },
    dialect: Dialect::Chi,
    joins: Joins::AsWritten,
};
