//! `rocket`.

use super::{Attribute, Grammar, Made, Word, Words, verb};

pub(super) const WORDS: Words = Words {
    crates: &["rocket", "#[get", "#[post", "#[put", "#[delete", "#[patch", "#[head", "#[route"],
    is_router: |name| matches!(name, "Rocket" | "Route"),
    made: |path, _| match path {
        ["rocket", "build" | "custom" | "ignite"]
        | [.., "Rocket", "build" | "custom" | "ignite" | "custom_with"] => Some(Made::Router),
        ["Vec", "new"] => Some(Made::Router),
        _ => None,
    },
    word: |name, count| match (name, count) {
        ("mount", 2) => Some(Word::Nest),
        ("append" | "extend", 1) => Some(Word::Merge),
        _ => None,
    },
    lists: &["routes", "openapi_get_routes", "openapi_routes"],
    attribute: |path| match path {
        [name] | ["rocket", name] => match *name {
            "route" => Some(Attribute::Arguments),
            name => verb(name).map(Attribute::Verb),
        },
        _ => None,
    },
    grammar: Grammar::Rocket,
    is_always_top: true,
};
