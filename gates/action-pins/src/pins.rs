//! `ci.pins.toml`: what the names of actions stood for when they were
//! resolved. A fix is made from it without any network.
//!
//! ```toml
//! schema = 1
//! pins = [
//!   { uses = "actions/checkout", ref = "v4", commit = "<40 hex>", version = "v4.2.2", when = "2026-11-21" },
//! ]
//! commits = [
//!   { uses = "actions/checkout", commit = "<40 hex>", reached_by = "refs/tags/v4.2.2", when = "2026-11-21" },
//! ]
//! images = [
//!   { image = "node:22", digest = "sha256:<64 hex>", when = "2026-11-21" },
//! ]
//! ```
//!
//! An entry is a line, sorted by `uses` and `ref`, so that a change is read at
//! a glance and two branches seldom conflict. `version` is what the comment
//! beside the commit will say; `when` is the day on which it was asked.
//! `commits` says which of them belong to their repository ([`reach`]), `images`
//! what their tags stood for ([`image`]).

mod image;
mod reach;

use std::borrow::Cow;
use std::collections::BTreeMap;

use kernel::{ConfigError, Content, ReadError, Tree};
use serde::Deserialize;
use toml::Spanned;

use crate::lock::Lock;
use crate::reference::{Caller, Reference, is_invisible};

pub use image::ImagePin;
pub use reach::Reach;

/// Where it stands, from the repository's root.
pub const FILE_NAME: &str = "ci.pins.toml";

/// The only form there is yet.
const SCHEMA: u64 = 1;

const HEADER: &str =
    "# What names of actions and images stood for on a day: a cache, and 'fix' pins from it.
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

/// Everything that was ever asked: every [`Pin`], by repository and name, every
/// [`Reach`], by repository and commit, and every [`ImagePin`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// GitHub does not tell upper from lower case in names of repositories.
    by_repository: BTreeMap<String, BTreeMap<String, Pin>>,
    reach: BTreeMap<String, BTreeMap<String, Reach>>,
    images: BTreeMap<String, ImagePin>,
    /// What GitHub's lock file says besides; empty where that is not accepted.
    pub(crate) lock: Lock,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: Spanned<u64>,
    #[serde(default)]
    pins: Vec<Spanned<Pin>>,
    #[serde(default)]
    commits: Vec<Spanned<Reach>>,
    #[serde(default)]
    images: Vec<Spanned<ImagePin>>,
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
        const TWICE: &str = "keep one of them, or delete both: they are asked for anew";
        let document: Document = toml::from_str(text).map_err(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            fault(error.span().map(|span| span.start), &message, form(&message))
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
                return Err(fault(at, &format!("{name} is there twice"), TWICE));
            }
        }
        for entry in document.commits {
            let at = Some(entry.span().start);
            let reach = entry.into_inner();
            if let Some(message) = reach.fault() {
                return Err(fault(at, &message, reach::FORM));
            }
            let name = format!("'{}' at '{}'", reach.uses, reach.commit);
            if pins.insert_reach(reach).is_some() {
                return Err(fault(at, &format!("{name} is there twice"), TWICE));
            }
        }
        for entry in document.images {
            let at = Some(entry.span().start);
            let image = entry.into_inner();
            if let Some(message) = image.fault() {
                return Err(fault(at, &message, image::FORM));
            }
            let name = format!("image '{}'", image.image);
            if pins.insert_image(image).is_some() {
                return Err(fault(at, &format!("{name} is there twice"), TWICE));
            }
        }
        Ok(pins)
    }

    /// What `name` of `repository` (in any case) stood for.
    #[must_use]
    pub fn find(&self, repository: &str, name: &str) -> Option<&Pin> {
        self.by_repository.get(&repository.to_ascii_lowercase())?.get(name)
    }

    /// The same, from GitHub's lock file where the cache does not know it.
    pub(crate) fn known(&self, repository: &str, name: &str) -> Option<Cow<'_, Pin>> {
        let locked = || self.lock.pin(repository, name).map(Cow::Owned);
        self.find(repository, name).map(Cow::Borrowed).or_else(locked)
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

    /// Whether `commit` was asked for, and what came of it.
    #[must_use]
    pub fn reach(&self, repository: &str, commit: &str) -> Option<&Reach> {
        let known = self.reach.get(&repository.to_ascii_lowercase())?;
        known.get(&commit.to_ascii_lowercase())
    }

    /// Adds one; returns the one that it replaces.
    pub fn insert_reach(&mut self, reach: Reach) -> Option<Reach> {
        let of_repository = self.reach.entry(reach.uses.to_ascii_lowercase()).or_default();
        of_repository.insert(reach.commit.clone(), reach)
    }

    /// What `image`, written exactly so, stood for.
    #[must_use]
    pub fn image(&self, image: &str) -> Option<&ImagePin> {
        self.images.get(image)
    }

    /// Adds one; returns the one that it replaces.
    pub fn insert_image(&mut self, image: ImagePin) -> Option<ImagePin> {
        self.images.insert(image.image.clone(), image)
    }

    /// The text of the file. A list that is empty is left out, the first one
    /// never is.
    #[must_use]
    pub fn text(&self) -> String {
        let pins = self.by_repository.values().flat_map(BTreeMap::values).map(|pin| {
            let [uses, name, commit] =
                [&pin.uses, &pin.name, &pin.commit].map(|value| quoted(value));
            let [version, when] = [&pin.version, &pin.when].map(|value| quoted(value));
            format!(
                "uses = {uses}, ref = {name}, commit = {commit}, version = {version}, when = {when}"
            )
        });
        let mut text = format!("{HEADER}schema = {SCHEMA}\n{}", list("pins", pins));
        if !self.reach.is_empty() {
            let reach = self.reach.values().flat_map(BTreeMap::values).map(|reach| {
                let [uses, commit] = [&reach.uses, &reach.commit].map(|value| quoted(value));
                let [by, when] = [&reach.by, &reach.when].map(|value| quoted(value));
                format!("uses = {uses}, commit = {commit}, reached_by = {by}, when = {when}")
            });
            text.push_str(&list("commits", reach));
        }
        if !self.images.is_empty() {
            let images = self.images.values().map(|image| {
                let [name, digest, when] =
                    [&image.image, &image.digest, &image.when].map(|value| quoted(value));
                format!("image = {name}, digest = {digest}, when = {when}")
            });
            text.push_str(&list("images", images));
        }
        text
    }
}

const FORM: &str = "an entry is: { uses = \"owner/repository\", ref = \"v4\", commit = \"<40 hex>\", version = \"v4.2.2\", when = \"2026-01-31\" }";

/// The form of an entry that a parser's message is about.
fn form(message: &str) -> &'static str {
    match message {
        _ if message.contains("reached_by") => reach::FORM,
        _ if message.contains("digest") || message.contains("`image`") => image::FORM,
        _ => FORM,
    }
}

fn quoted(value: &str) -> String {
    toml::Value::String(value.to_owned()).to_string()
}

fn list(name: &str, entries: impl Iterator<Item = String>) -> String {
    let entries: String = entries.map(|entry| format!("  {{ {entry} }},\n")).collect();
    format!("{name} = [\n{entries}]\n")
}

impl Pin {
    /// What is wrong with it, if anything is: nothing of it may reach a
    /// workflow that could be read there as more than a commit and a comment.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if !is_name(&self.name) || self.name.contains('@') {
            return expected("ref", "a tag or branch", &self.name);
        }
        if is_commit(&self.name.to_ascii_lowercase()) {
            return expected("ref", "a tag or branch and no commit", &self.name);
        }
        if !is_repository(&self.uses) {
            return expected("uses", "'owner/repository'", &self.uses);
        }
        if !is_commit(&self.commit) {
            return expected("commit", "40 lower-case hex digits", &self.commit);
        }
        if !is_name(&self.version) {
            return expected("version", "a tag like 'v4.2.2'", &self.version);
        }
        if !is_day(&self.when) {
            return expected("when", "a day like '2026-01-31'", &self.when);
        }
        None
    }
}

fn expected(key: &str, what: &str, found: &str) -> Option<String> {
    Some(format!("expected {what} in '{key}', found '{}'", crate::inspect::one_line(found)))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || is_invisible(c))
}

/// `owner/repository` and no more, as a reference would have it.
fn is_repository(text: &str) -> bool {
    match Reference::read(&format!("{text}@v1"), Caller::Step) {
        Reference::Remote(remote) => text == format!("{}/{}", remote.owner, remote.repository),
        _ => false,
    }
}

fn is_day(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [y, m, d] if y.len() == 4 && m.len() == 2 && d.len() == 2)
        && parts.into_iter().all(digits)
}

pub(crate) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
