//! `poem` and `poem_openapi`.

use super::{Attribute, Grammar, Made, Word, Words, verb};

pub(super) const WORDS: Words = Words {
    crates: &["poem"],
    is_router: |name| {
        matches!(name, "Route" | "OpenApiService" | "Endpoint" | "IntoEndpoint" | "BoxEndpoint")
    },
    made: |path, count| match path {
        [.., "Route", "new"] => Some(Made::Router),
        [.., "OpenApiService", "new"] => Some(Made::Api),
        [.., "RouteMethod", "new"] => Some(Made::NoMethod),
        [name] | ["poem", name] | [.., "route", name] if count == 1 => verb(name).map(Made::Verb),
        _ => None,
    },
    word: |name, count| match (name, count) {
        ("at", 2) => Some(Word::Route),
        ("nest", 2) => Some(Word::NestService),
        ("nest_no_strip", 2) => Some(Word::Typed),
        (
            "swagger_ui" | "redoc" | "rapidoc" | "scalar" | "openapi_explorer"
            | "stoplight_elements" | "spec_endpoint" | "spec_endpoint_yaml" | "spec" | "spec_yaml",
            0,
        ) => Some(Word::Other),
        _ => None,
    },
    lists: &[],
    attribute: |path| match path {
        ["oai"] => Some(Attribute::Arguments),
        ["OpenApi"] | ["poem_openapi", "OpenApi"] => Some(Attribute::Prefix),
        _ => None,
    },
    grammar: Grammar::Poem,
    is_always_top: false,
};
