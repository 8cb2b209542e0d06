//! `github.com/gofiber/fiber`.

use super::{Joins, Verb, Word, Words, verb};
use crate::path::Dialect;

pub(super) const WORDS: Words = Words {
    import: "github.com/gofiber/fiber",
    types: &["App", "Router", "Group"],
    roots: &[],
    makers: &["New"],
    word: |name, count| match (name, count) {
        ("Group", 1..) => Some(Word::Sub),
        ("Route", 2..) => Some(Word::Sub),
        ("Mount", 2) => Some(Word::Mount),
        ("Static", 2..) => Some(Word::Mount),
        ("All", 2..) => Some(Word::Route(Verb::Any, 0)),
        ("Add", 3..) => Some(Word::Route(Verb::Argument(0), 1)),
        (name, 2..) => verb(name).map(|verb| Word::Route(Verb::Of(verb), 0)),
        _ => None,
    },
    dialect: Dialect::Any,
    joins: Joins::BySlash,
};
