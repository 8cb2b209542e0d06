//! The names of changes and what they weigh.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a change means for clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Breaks nobody: known by name and never raised.
    Info,
    /// May break some.
    Warning,
    /// Breaks a client that was right before.
    Error,
}

/// oasdiff's names with its levels.
const OASDIFF: &str = include_str!("oasdiff.tsv");
/// Further ones, of the same grammar.
const FURTHER: &str = include_str!("further.tsv");

static LEVELS: LazyLock<HashMap<&'static str, Level>> = LazyLock::new(|| rows().collect());

/// Every change that is raised, in the order of the tables.
pub(super) fn raised() -> impl Iterator<Item = (&'static str, Level)> {
    rows().filter(|(_, level)| *level != Level::Info)
}

/// What the change of that name weighs.
pub(crate) fn level(name: &str) -> Option<(&'static str, Level)> {
    LEVELS.get_key_value(name).map(|(name, level)| (*name, *level))
}

fn rows() -> impl Iterator<Item = (&'static str, Level)> {
    OASDIFF.lines().chain(FURTHER.lines()).filter_map(|line| {
        let (level, name) = line.split_once('\t')?;
        let level = match level {
            "error" => Level::Error,
            "warning" => Level::Warning,
            _ => Level::Info,
        };
        Some((name, level))
    })
}

/// Where a schema stands, which is the first part of the names of its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Area {
    RequestBody,
    RequestParameter,
    RequestHeader,
    ResponseBody,
    ResponseHeader,
}

/// The name of a change, before it is known where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Name {
    /// What comes after `request-body-`, `response-property-` and so on.
    Of(&'static str),
    /// All of it.
    Full(&'static str),
}

impl Name {
    /// The name in the table for a change of a schema that stands in `area`: at
    /// its root, or below.
    pub(super) fn within(self, area: Area, is_root: bool) -> Option<(&'static str, Level)> {
        let suffix = match self {
            Name::Full(name) => {
                return level(match (name, area) {
                    ("new-required-request-property", Area::RequestHeader) => {
                        "new-required-request-header-property"
                    }
                    ("request-property-became-required", Area::RequestHeader) => {
                        "request-header-property-became-required"
                    }
                    _ => name,
                });
            }
            Name::Of("wrapped-in-one-of") if area == Area::ResponseBody && !is_root => {
                return level("response-property-one-of-added");
            }
            // A default below a parameter is the default of what is sent.
            Name::Of(suffix) if suffix.starts_with("default-") && !is_root => return None,
            Name::Of(suffix) => suffix,
        };
        // What there is no name for is named as a property's.
        let prefixes: &[&str] = match (area, is_root) {
            (Area::RequestBody, true) => &["request-body-", "request-property-"],
            (Area::RequestBody, false) => &["request-property-"],
            (Area::RequestParameter, true) => &["request-parameter-", "request-property-"],
            (Area::RequestParameter, false) => {
                &["request-parameter-property-", "request-parameter-", "request-property-"]
            }
            (Area::RequestHeader, true) => {
                &["request-header-property-", "request-parameter-", "request-property-"]
            }
            (Area::RequestHeader, false) => {
                &["request-header-property-", "request-parameter-property-", "request-property-"]
            }
            (Area::ResponseBody, true) => &["response-body-", "response-property-"],
            (Area::ResponseBody, false) => &["response-property-"],
            (Area::ResponseHeader, true) => &["response-header-", "response-property-"],
            (Area::ResponseHeader, false) => &["response-property-"],
        };
        prefixes.iter().find_map(|prefix| level(&format!("{prefix}{suffix}")))
    }
}
