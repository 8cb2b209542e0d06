//! `actix-web`.

use super::{Attribute, Grammar, Made, Word, Words, verb};

pub(super) const WORDS: Words = Words {
    crates: &[
        "actix",
        "ServiceConfig",
        "paperclip",
        "apistos",
        "#[get",
        "#[post",
        "#[put",
        "#[delete",
        "#[patch",
        "#[head",
        "#[route",
    ],
    is_router: |name| {
        matches!(name, "App" | "Scope" | "ServiceConfig" | "Resource" | "HttpServiceFactory")
    },
    made: |path, count| match path {
        [.., "App", "new" | "default"] => Some(Made::Router),
        [.., "web", "scope" | "resource"]
        | ["scope" | "resource"]
        | [.., "Scope" | "Resource", "new"]
            if count == 1 =>
        {
            Some(Made::Below)
        }
        [.., "web", "method"] | ["method"] if count == 1 => Some(Made::Named),
        [.., "web", "route"] | ["route"] | [.., "Route", "new"] if count == 0 => {
            Some(Made::AnyMethod)
        }
        [.., "web", name] | [name] if count == 0 => verb(name).map(Made::Verb),
        [.., "Files", "new"] => Some(Made::Files),
        [.., "web", "redirect"]
        | [.., "SwaggerUi", "new"]
        | [.., "Redoc" | "RapiDoc" | "Scalar", "with_url" | "new"] => Some(Made::Service),
        _ => None,
    },
    word: |name, count| match (name, count) {
        ("route", 2) => Some(Word::Route),
        ("route", 1) => Some(Word::Own),
        ("service", 1) => Some(Word::Merge),
        ("configure", 1) => Some(Word::Hand),
        ("to", 1) => Some(Word::OwnAny),
        (name, 1) => verb(name).map(Word::OwnVerb),
        _ => None,
    },
    lists: &["services"],
    attribute: |path| match path {
        [name] | ["actix_web", name] => match *name {
            "route" => Some(Attribute::Arguments),
            "scope" => Some(Attribute::Prefix),
            name => verb(name).map(Attribute::Verb),
        },
        _ => None,
    },
    grammar: Grammar::Actix,
    is_always_top: false,
};
