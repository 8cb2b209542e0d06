//! `axum`, `aide::axum` and `utoipa_axum`.

use super::{Attribute, Grammar, Made, Word, Words, verb};

pub(super) const WORDS: Words = Words {
    crates: &["axum", "aide", "Router", "utoipa"],
    is_router: |name| name.ends_with("Router") && !name.ends_with("MethodRouter"),
    made: |path, count| match path {
        [.., kind, "new" | "default" | "with_openapi"]
            if kind.ends_with("Router") && !kind.ends_with("MethodRouter") =>
        {
            Some(Made::Router)
        }
        [.., "MethodRouter" | "ApiMethodRouter", "new"] => Some(Made::NoMethod),
        [.., "SwaggerUi", "new"] | [.., "Redoc" | "RapiDoc" | "Scalar", "with_url" | "new"] => {
            Some(Made::Service)
        }
        [name] | [.., "routing", name] if count > 0 => method(name),
        _ => None,
    },
    word: |name, count| match (name, count) {
        ("route" | "api_route", 2) | ("api_route_with" | "route_with_tsr", _) => Some(Word::Route),
        ("route_service", 2) => Some(Word::AnyAt),
        ("nest" | "nest_api_service", 2) => Some(Word::Nest),
        ("nest_service", 2) => Some(Word::NestService),
        ("merge" | "routes", 1) => Some(Word::Merge),
        (typed, 1) if typed.strip_prefix("typed_").and_then(verb).is_some() => Some(Word::Typed),
        _ => None,
    },
    lists: &["routes"],
    attribute: |path| matches!(path, ["utoipa", "path"]).then_some(Attribute::Arguments),
    grammar: Grammar::Axum,
    is_always_top: false,
};

/// What a function of `axum::routing` makes.
fn method(name: &str) -> Option<Made> {
    let bare = name.trim_end_matches("_service").trim_end_matches("_with");
    match bare {
        "any" => Some(Made::AnyMethod),
        "on" => Some(Made::Named),
        bare => verb(bare).map(Made::Verb),
    }
}
