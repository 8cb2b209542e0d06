//! `github.com/gin-gonic/gin`.

use super::{Joins, Verb, Word, Words, verb};
use crate::path::Dialect;

pub(super) const WORDS: Words = Words {
    import: "github.com/gin-gonic/gin",
    types: &["Engine", "RouterGroup", "IRouter", "IRoutes"],
    roots: &["Engine"],
    makers: &["New", "Default"],
    word: |name, count| match (name, count) {
        ("Group", 1..) => Some(Word::Sub),
        ("Use", _) => Some(Word::Same),
        ("Any", 2..) => Some(Word::Route(Verb::Any, 0)),
        ("Handle", 3..) => Some(Word::Route(Verb::Argument(0), 1)),
        ("Match", 3..) => Some(Word::Route(Verb::List(0), 1)),
        ("StaticFile", 2) | ("StaticFileFS", 3) => Some(Word::Route(Verb::Of("GET"), 0)),
        ("Static" | "StaticFS", 2) => Some(Word::Mount),
        (name, 2..) => verb(name).map(|verb| Word::Route(Verb::Of(verb), 0)),
        _ => None,
    },
    dialect: Dialect::Any,
    joins: Joins::BySlash,
};
