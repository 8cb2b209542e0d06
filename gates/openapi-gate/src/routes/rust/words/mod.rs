//! What the functions, methods and attributes of each framework mean. A
//! framework is a file.

mod actix_web;
mod axum;
mod poem;
mod rocket;

use serde::Deserialize;

use crate::routes::METHODS;

/// A framework of Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Framework {
    /// Rust's `axum`, with `aide` and `utoipa-axum`.
    Axum,
    /// Rust's `actix-web`.
    ActixWeb,
    /// Rust's `rocket`.
    Rocket,
    /// Rust's `poem`, with `poem-openapi`.
    Poem,
}

/// The words of one framework.
pub(super) struct Words {
    /// What a file that uses it names.
    pub(super) crates: &'static [&'static str],
    /// Whether a type's name is one of a router.
    pub(super) is_router: fn(&str) -> bool,
    /// What a function makes; its path, and how many arguments it has.
    pub(super) made: fn(&[&str], usize) -> Option<Made>,
    /// What a method does that has so many arguments.
    pub(super) word: fn(&str, usize) -> Option<Word>,
    /// Macros whose arguments are handlers.
    pub(super) lists: &'static [&'static str],
    /// What an attribute with that path says.
    pub(super) attribute: fn(&[&str]) -> Option<Attribute>,
    /// How paths are written.
    pub(super) grammar: Grammar,
    /// Whether a router is at the top, whatever it is called on.
    pub(super) is_always_top: bool,
}

/// What a function makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    Router,
    /// A router below the first argument.
    Below,
    /// The methods of a route.
    Verb(&'static str),
    AnyMethod,
    /// Methods that the first argument names.
    Named,
    NoMethod,
    /// Something that serves the path that is its first argument.
    Service,
    /// Something that serves everything below its first argument.
    Files,
    /// What serves the methods of the types in its first argument.
    Api,
}

/// What a method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Registers its second argument at its first.
    Route,
    /// Registers something that takes every method at its first argument.
    AnyAt,
    /// Serves a router below its first argument.
    Nest,
    /// Serves a router, or anything else, below its first argument.
    NestService,
    /// Serves what its argument serves.
    Merge,
    /// Hands itself to a function.
    Hand,
    /// Registers its argument's methods at its own path.
    Own,
    /// Takes this method at its own path.
    OwnVerb(&'static str),
    OwnAny,
    /// Gives something else that serves pages of its own.
    Other,
    /// Registers what only types tell.
    Typed,
}

/// What an attribute says of the function below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    /// It takes this method at the path that is the first argument.
    Verb(&'static str),
    /// Method and path are among the arguments, wherever.
    Arguments,
    /// The path stands before those of everything inside.
    Prefix,
}

/// How paths are written and joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// `{id}`, `{*rest}`; before 0.8 `:id`, `*rest`.
    Axum,
    /// `{id}`, `{id:[0-9]+}`, `{rest:.*}`.
    Actix,
    /// `<id>`, `<rest..>`, and a query.
    Rocket,
    /// `:id`, `:id<[0-9]+>`, `*rest`.
    Poem,
}

impl Words {
    pub(super) fn of(framework: Framework) -> &'static Words {
        match framework {
            Framework::Axum => &axum::WORDS,
            Framework::ActixWeb => &actix_web::WORDS,
            Framework::Rocket => &rocket::WORDS,
            Framework::Poem => &poem::WORDS,
        }
    }
}

/// The method that a name is, as functions are written.
pub(super) fn verb(name: &str) -> Option<&'static str> {
    let is_lower = name.bytes().all(|byte| byte.is_ascii_lowercase());
    METHODS.iter().find(|method| is_lower && method.eq_ignore_ascii_case(name)).copied()
}
