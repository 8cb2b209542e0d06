//! Path patterns: one grammar for ci.toml, options and waivers.

mod shape;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use camino::Utf8Path;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use shape::Shape;

/// An ordered list of path patterns; the last one that matches decides.
///
/// `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` is either,
/// a leading `!` takes away, a trailing `/` stands for everything below. Every
/// other character is itself: folders named `(ee)` or `[slug]` are common in
/// real repositories, so brackets are no character class.
#[derive(Clone, Default)]
pub struct Globs {
    patterns: Vec<Pattern>,
}

#[derive(Clone)]
struct Pattern {
    text: String,
    takes_away: bool,
    shape: Arc<Shape>,
}

/// A pattern that is not of the grammar above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobError {
    /// The pattern as written.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for GlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pattern '{}': {}", self.pattern, self.reason)
    }
}

impl std::error::Error for GlobError {}

impl Globs {
    /// Reads patterns in the order given.
    ///
    /// # Errors
    /// The first pattern that is empty or has unbalanced braces.
    pub fn new<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> Result<Globs, GlobError> {
        let patterns = patterns.into_iter().map(|text| compile(text.as_ref()));
        Ok(Globs { patterns: patterns.collect::<Result<_, _>>()? })
    }

    /// Whether `path` (relative to the repository, `/` between folders) is
    /// selected.
    #[must_use]
    pub fn matches(&self, path: &Utf8Path) -> bool {
        let last = self.patterns.iter().rev().find(|pattern| pattern.shape.is_match(path.as_str()));
        last.is_some_and(|pattern| !pattern.takes_away)
    }

    /// The patterns as written, in order.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|pattern| pattern.text.as_str())
    }

    /// Whether there is no pattern at all (so nothing matches).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

impl Serialize for Globs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.patterns())
    }
}

impl<'de> Deserialize<'de> for Globs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Globs, D::Error> {
        // Read once: what is compiled here nobody else asks for.
        let texts = Vec::<String>::deserialize(deserializer)?;
        let patterns = texts.iter().map(|text| compile_anew(text)).collect::<Result<_, _>>();
        Ok(Globs { patterns: patterns.map_err(D::Error::custom)? })
    }
}

impl fmt::Debug for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.patterns()).finish()
    }
}

/// Patterns that were compiled before: every canary configures its gate anew,
/// by the same few patterns, and compiling one costs more than judging an
/// example.
static COMPILED: LazyLock<Mutex<HashMap<String, Pattern>>> = LazyLock::new(Mutex::default);

/// More than any ci.toml has; a run that has more begins again.
const COMPILED_MAX: usize = 1_024;

fn compile(text: &str) -> Result<Pattern, GlobError> {
    let known = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = known().get(text) {
        return Ok(pattern.clone());
    }
    let pattern = compile_anew(text)?;
    let mut known = known();
    if known.len() >= COMPILED_MAX {
        known.clear();
    }
    known.insert(text.to_owned(), pattern.clone());
    Ok(pattern)
}

fn compile_anew(text: &str) -> Result<Pattern, GlobError> {
    let error = |reason: &str| GlobError { pattern: text.to_owned(), reason: reason.to_owned() };
    let (takes_away, body) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let body = body.strip_prefix("./").unwrap_or(body);
    if body.is_empty() {
        return Err(error("empty; write '**' for every file"));
    }
    if body.starts_with('/') {
        return Err(error("starts with '/'; paths are relative to the repository"));
    }
    let shape = Shape::of(body).map_err(|reason| error(&reason))?;
    Ok(Pattern { text: text.to_owned(), takes_away, shape: Arc::new(shape) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(patterns: &[&str], path: &str) -> bool {
        Globs::new(patterns).unwrap().matches(Utf8Path::new(path))
    }

    #[test]
    fn a_star_stays_in_its_folder() {
        assert!(matches(&["*.yml"], "ci.yml"));
        assert!(!matches(&["*.yml"], "a/ci.yml"));
        assert!(matches(&["**/*.yml"], "ci.yml"));
        assert!(matches(&["**/*.yml"], "a/b/ci.yml"));
    }

    #[test]
    fn brackets_and_parentheses_are_literal() {
        assert!(matches(&["app/[slug]/(ee)/**"], "app/[slug]/(ee)/page.tsx"));
        assert!(!matches(&["app/[slug]/**"], "app/s/page.tsx"));
    }

    #[test]
    fn the_last_match_decides() {
        assert!(!matches(&["**", "!docs/"], "docs/a.md"));
        assert!(matches(&["**", "!docs/", "docs/a.md"], "docs/a.md"));
        assert!(matches(&["{a,b}/**"], "b/x"));
    }

    #[test]
    fn what_cannot_match_is_an_error() {
        assert!(Globs::new([""]).is_err());
        assert!(Globs::new(["/etc"]).is_err());
        assert!(Globs::new(["{a,b"]).is_err());
    }
}
