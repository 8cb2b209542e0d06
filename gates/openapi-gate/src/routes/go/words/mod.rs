//! What the methods of each framework's routers mean. A framework is a file.

mod chi;
mod echo;
mod fiber;
mod gin;
mod gorilla;
mod net_http;

use serde::Deserialize;

use crate::path::Dialect;
use crate::routes::METHODS;

/// A framework of Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Framework {
    /// Go's `net/http`.
    NetHttp,
    /// Go's `github.com/go-chi/chi`.
    Chi,
    /// Go's `github.com/gin-gonic/gin`.
    Gin,
    /// Go's `github.com/labstack/echo`.
    Echo,
    /// Go's `github.com/gofiber/fiber`.
    Fiber,
    /// Go's `github.com/gorilla/mux`.
    Gorilla,
}

/// The words of one framework.
pub(super) struct Words {
    /// What its import path begins with.
    pub(super) import: &'static str,
    /// Types that are routers.
    pub(super) types: &'static [&'static str],
    /// Those of them that are always at the top: nobody serves them under a
    /// prefix.
    pub(super) roots: &'static [&'static str],
    /// Functions that make one.
    pub(super) makers: &'static [&'static str],
    /// What a method of that name with so many arguments does.
    pub(super) word: fn(&str, usize) -> Option<Word>,
    pub(super) dialect: Dialect,
    pub(super) joins: Joins,
}

/// What a router's method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Registers a route; its path is the argument of that number.
    Route(Verb, usize),
    /// Hands everything below its first argument to its last.
    Mount,
    /// Serves everything below the router's own place.
    Below,
    /// Gives the router itself.
    Same,
    /// Hands the router itself to its argument.
    Hand,
    /// Gives a router below its first argument, and hands it to its last if
    /// that takes one.
    Sub,
    /// Says of a route that was just registered which methods it takes.
    Methods,
}

/// Where the method of a route is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Of(&'static str),
    Any,
    /// Before the path, if at all: `GET /a`.
    InPath,
    /// In the argument of that number.
    Argument(usize),
    /// In the list that the argument of that number is.
    List(usize),
}

/// How a prefix and a path make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joins {
    /// As they are written.
    AsWritten,
    /// With a slash between them.
    BySlash,
}

impl Words {
    pub(super) fn of(framework: Framework) -> &'static Words {
        match framework {
            Framework::NetHttp => &net_http::WORDS,
            Framework::Chi => &chi::WORDS,
            Framework::Gin => &gin::WORDS,
            Framework::Echo => &echo::WORDS,
            Framework::Fiber => &fiber::WORDS,
            Framework::Gorilla => &gorilla::WORDS,
        }
    }

    /// Whether `path` is its import, whichever version.
    pub(super) fn is_import(&self, path: &str) -> bool {
        path.strip_prefix(self.import).is_some_and(|rest| rest.is_empty() || rest.starts_with("/v"))
    }
}

/// The method that a name is: `GET` or `Get`, whichever the framework has.
fn verb(name: &str) -> Option<&'static str> {
    let rest = name.get(1..).unwrap_or_default();
    let is_word = name.starts_with(|c: char| c.is_ascii_uppercase())
        && (rest.chars().all(|c| c.is_ascii_lowercase())
            || rest.chars().all(|c| c.is_ascii_uppercase()));
    is_word
        .then(|| METHODS.iter().find(|method| method.eq_ignore_ascii_case(name)))
        .flatten()
        .copied()
}
