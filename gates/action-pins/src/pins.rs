//! `ci.pins.toml`: what the names of actions stood for when they were
//! resolved. A fix is made from it without any network.
//!
//! ```toml
//! schema = 1
//! pins = [
//!   { uses = "actions/checkout", ref = "v4", commit = "<40 hex>", version = "v4.2.2", when = "2026-11-21" },
//! ]
//! ```
//!
//! An entry is a line, sorted by `uses` and `ref`, so that a change is read at
//! a glance and two branches seldom conflict. `version` is what the comment
//! beside the commit will say; `when` is the day on which it was asked.

use std::collections::BTreeMap;

use kernel::{ConfigError, Content, ReadError, Tree};
use serde::Deserialize;
use toml::Spanned;

use crate::reference::{Caller, Reference, RevisionKind, is_invisible};

/// Where it stands, from the repository's root.
pub const FILE_NAME: &str = "ci.pins.toml";

/// The only form there is yet.
const SCHEMA: u64 = 1;

const HEADER: &str =
    "# What the names of actions stood for on a day: a cache, and 'fix' pins from it.
# Written by: cargo xtask fix action-pins --online --write
# An entry is a line; one that is deleted is asked for anew.
";

/// What one name of one repository stood for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// `owner/repository`.
    pub uses: String,
    /// The tag or branch, as the `uses:` writes it.
    #[serde(rename = "ref")]
    pub name: String,
    /// 40 hex digits.
    pub commit: String,
    /// The longest tag on that commit, or else the name itself.
    pub version: String,
    /// The day on which it was resolved, `YYYY-MM-DD`.
    pub when: String,
}

/// Every [`Pin`], by repository and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// GitHub does not tell upper from lower case in names of repositories.
    by_repository: BTreeMap<String, BTreeMap<String, Pin>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: Spanned<u64>,
    #[serde(default)]
    pins: Vec<Spanned<Pin>>,
}

impl Pins {
    /// Those of `tree`; none where it has no such file.
    ///
    /// # Errors
    /// The file is there and cannot be read as what it should be.
    pub fn of(tree: &Tree) -> Result<Pins, ConfigError> {
        let fault = |message: String| ConfigError::new(message).file(FILE_NAME);
        let file = match tree.read(FILE_NAME.into()) {
            Ok(file) => file,
            Err(ReadError::Missing) => return Ok(Pins::default()),
            Err(error) => return Err(fault(format!("{FILE_NAME} could not be read: {error}"))),
        };
        match file.content() {
            Content::Text(text) => Pins::read(text),
            _ => Err(fault(format!("{FILE_NAME} is no regular file of UTF-8 text"))
                .hint("delete it; 'cargo xtask fix action-pins --online --write' makes it anew")),
        }
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// The first fault, with its line.
    pub fn read(text: &str) -> Result<Pins, ConfigError> {
        let fault = |at: Option<usize>, message: &str, hint: &str| {
            let before = at.and_then(|at| text.get(..at)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            ConfigError::new(format!("{FILE_NAME}:{line}: {message}")).file(FILE_NAME).hint(hint)
        };
        const FORM: &str = "an entry is: { uses = \"owner/repository\", ref = \"v4\", commit = \"<40 hex>\", version = \"v4.2.2\", when = \"2026-01-31\" }";
        let document: Document = toml::from_str(text).map_err(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            fault(error.span().map(|span| span.start), &message, FORM)
        })?;
        if *document.schema.get_ref() != SCHEMA {
            let message =
                format!("expected schema = {SCHEMA}, found {}", document.schema.get_ref());
            let hint = "a newer version of this program wrote it: update, or delete the file";
            return Err(fault(Some(document.schema.span().start), &message, hint));
        }
        let mut pins = Pins::default();
        for entry in document.pins {
            let at = Some(entry.span().start);
            let pin = entry.into_inner();
            if let Some(message) = pin.fault() {
                return Err(fault(at, &message, FORM));
            }
            let name = format!("'{}' at '{}'", pin.uses, pin.name);
            if pins.insert(pin).is_some() {
                let hint = "keep one of them, or delete both: they are asked for anew";
                return Err(fault(at, &format!("{name} is there twice"), hint));
            }
        }
        Ok(pins)
    }

    /// What `name` of `repository` (in any case) stood for.
    #[must_use]
    pub fn find(&self, repository: &str, name: &str) -> Option<&Pin> {
        self.by_repository.get(&repository.to_ascii_lowercase())?.get(name)
    }

    /// Everything known of `repository` (in any case).
    pub fn of_repository(&self, repository: &str) -> impl Iterator<Item = &Pin> + use<'_> {
        let known = self.by_repository.get(&repository.to_ascii_lowercase());
        known.into_iter().flat_map(BTreeMap::values)
    }

    /// Adds one; returns the one that it replaces.
    pub fn insert(&mut self, pin: Pin) -> Option<Pin> {
        let of_repository = self.by_repository.entry(pin.uses.to_ascii_lowercase()).or_default();
        of_repository.insert(pin.name.clone(), pin)
    }

    /// Takes one out.
    pub fn remove(&mut self, repository: &str, name: &str) -> Option<Pin> {
        let key = repository.to_ascii_lowercase();
        let of_repository = self.by_repository.get_mut(&key)?;
        let pin = of_repository.remove(name);
        if of_repository.is_empty() {
            self.by_repository.remove(&key);
        }
        pin
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_repository.values().map(BTreeMap::len).sum()
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{HEADER}schema = {SCHEMA}\npins = [\n");
        for pin in self.by_repository.values().flat_map(BTreeMap::values) {
            let quoted = |value: &str| toml::Value::String(value.to_owned()).to_string();
            text.push_str(&format!(
                "  {{ uses = {}, ref = {}, commit = {}, version = {}, when = {} }},\n",
                quoted(&pin.uses),
                quoted(&pin.name),
                quoted(&pin.commit),
                quoted(&pin.version),
                quoted(&pin.when),
            ));
        }
        text.push_str("]\n");
        text
    }
}

impl Pin {
    /// What is wrong with it, if anything is: nothing of it may reach a
    /// workflow that could be read there as more than a commit and a comment.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let expected = |key: &str, what: &str, found: &str| {
            Some(format!("expected {what} in '{key}', found '{}'", crate::inspect::one_line(found)))
        };
        let is_name = |text: &str| {
            !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || is_invisible(c))
        };
        if !is_name(&self.name) {
            return expected("ref", "a tag or branch", &self.name);
        }
        let as_used = format!("{}@{}", self.uses, self.name);
        let is_repository = match Reference::read(&as_used, Caller::Step) {
            Reference::Remote(remote) if remote.revision_kind() == RevisionKind::Commit => {
                return expected("ref", "a tag or branch and no commit", &self.name);
            }
            Reference::Remote(remote) => {
                self.uses == format!("{}/{}", remote.owner, remote.repository)
            }
            _ => false,
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_date = || {
            let parts: Vec<&str> = self.when.split('-').collect();
            matches!(parts.as_slice(), [y, m, d] if y.len() == 4 && m.len() == 2 && d.len() == 2)
                && parts.into_iter().all(digits)
        };
        if !is_repository {
            return expected("uses", "'owner/repository'", &self.uses);
        }
        if !is_commit(&self.commit) {
            return expected("commit", "40 lower-case hex digits", &self.commit);
        }
        if !is_name(&self.version) {
            return expected("version", "a tag like 'v4.2.2'", &self.version);
        }
        if !is_date() {
            return expected("when", "a day like '2026-01-31'", &self.when);
        }
        None
    }
}

pub(crate) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHA: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";

    fn pin(uses: &str, name: &str) -> Pin {
        let version = "v4.2.2".to_owned();
        let (commit, when) = (SHA.to_owned(), "2026-11-21".to_owned());
        Pin { uses: uses.to_owned(), name: name.to_owned(), commit, version, when }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut pins = Pins::default();
        for (uses, name) in [("b/c", "v1"), ("Actions/Checkout", "v4"), ("b/c", "it's\"v\"#1")] {
            assert!(pins.insert(pin(uses, name)).is_none());
        }
        let text = pins.text();
        assert_eq!(Pins::read(&text).unwrap(), pins);
        let entries: Vec<&str> = text.lines().filter(|line| line.contains("uses =")).collect();
        assert_eq!(entries.len(), 3, "an entry a line");
        assert!(entries[0].contains("Actions/Checkout"), "sorted: {text}");
        assert_eq!(pins.find("actions/CHECKOUT", "v4").unwrap().commit, SHA);
        assert!(pins.find("actions/checkout", "V4").is_none());
        assert_eq!(pins.of_repository("B/C").count(), 2);
        assert!(pins.remove("B/c", "v1").is_some());
        assert_eq!(pins.count(), 2);
        assert_eq!(Pins::read("schema = 1\n").unwrap(), Pins::default());
    }

    #[test]
    fn a_fault_has_its_line_and_the_form() {
        let line = Pins { by_repository: BTreeMap::new() };
        let mut one = line.clone();
        one.insert(pin("a/b", "v4"));
        let good = one.text();
        let entry = good.lines().find(|line| line.contains("uses =")).unwrap();
        let twice = good.replace(entry, &format!("{entry}\n{entry}"));
        for (text, words) in [
            ("pins = []".to_owned(), "missing field `schema`"),
            ("schema = 2".to_owned(), "ci.pins.toml:1: expected schema = 1, found 2"),
            (good.replace("a/b", "a/b/c"), "ci.pins.toml:6: expected 'owner/repository'"),
            (good.replace("a/b", "a"), "expected 'owner/repository' in 'uses', found 'a'"),
            (good.replace(SHA, "11bd719"), "expected 40 lower-case hex digits"),
            (good.replace(SHA, &SHA.to_uppercase()), "expected 40 lower-case hex digits"),
            (good.replace("v4.2.2", "v4\\n- run: x"), "expected a tag like 'v4.2.2'"),
            (good.replace("\"v4\"", "\"v 4\""), "expected a tag or branch in 'ref'"),
            (good.replace("\"v4\"", &format!("\"{SHA}\"")), "and no commit in 'ref'"),
            (good.replace("2026-11-21", "yesterday"), "expected a day"),
            (good.replace("when", "whem"), "unknown field `whem`"),
            (twice, "ci.pins.toml:7: 'a/b' at 'v4' is there twice"),
            ("schema = ".to_owned(), "ci.pins.toml:1: "),
        ] {
            let error = Pins::read(&text).unwrap_err();
            assert!(error.message.contains(words), "{text}: {}", error.message);
            assert!(error.hint.is_some() && error.file.is_some(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _read = Pins::read(&text);
        }

        #[test]
        fn any_entry_is_read_or_refused(
            uses in "[a/.\"\\\\é \n]{0,6}", name in "[v4.\"'# \u{200b}]{0,6}", commit in "[0-9a-fA]{38,42}",
            version in ".{0,6}", when in "[0-9-]{9,11}",
        ) {
            let mut pins = Pins::default();
            pins.insert(Pin { uses, name, commit, version, when });
            let pin = pins.by_repository.values().flat_map(BTreeMap::values).next().unwrap();
            match Pins::read(&pins.text()) {
                Ok(read) => prop_assert_eq!(&read, &pins),
                Err(error) => prop_assert!(pin.fault().is_some(), "{}", error.message),
            }
        }
    }
}
