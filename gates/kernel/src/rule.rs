//! A rule: its name, its words, and the examples that prove it.

use std::borrow::Cow;

use crate::{Example, Severity};

/// One offence a gate looks for. Its examples are documentation, test and
/// canary at once.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `<kind>/<offence>`, kebab-case. Public: never renamed, never reused.
    pub id: Cow<'static, str>,
    /// What its findings weigh unless ci.toml says otherwise.
    pub severity: Severity,
    /// Markdown: first line what it finds, then why it matters and how to fix.
    pub doc: Cow<'static, str>,
    /// Evidence in which it must find something.
    pub bad: Cow<'static, [Example]>,
    /// Evidence in which it must find nothing, as close to `bad` as possible.
    pub good: Cow<'static, [Example]>,
}

impl Rule {
    /// The part of the id after the gate's kind.
    #[must_use]
    pub fn offence(&self) -> &str {
        self.id.split_once('/').map_or(&*self.id, |(_, offence)| offence)
    }

    /// The first line of its documentation.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.doc.trim_start().lines().next().unwrap_or_default().trim()
    }
}
