//! How far pins may be moved, and where a pinned reference could be moved to.
//!
//! ```toml
//! [gate.action-pins]
//! update = { major = "keep", min_age = "7d", owners = ["actions"] }
//! ```
//!
//! Which tags there are and how old is asked elsewhere; here it is decided, so
//! that the same answers always move the same pins.

use std::cmp::Ordering;

use kernel::{ConfigError, Edit, Options, SourceFile, Tree};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::advertised::Advertised;
use crate::comment::{Said, numbers};
use crate::mend;
use crate::pins::Pin;
use crate::references::inspected;
use crate::rules;
use crate::settings::Settings;

/// How far `cargo xtask fix action-pins --update` moves pins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Update {
    /// Whether a pin may come to another major version.
    pub major: Major,
    /// How old a release must be, e.g. `7d`, `2w`: what was published by a thief
    /// is mostly taken back within days.
    pub min_age: Option<String>,
    /// Whose actions are moved, as whole names; anyone's where this is left out.
    pub owners: Option<Vec<String>>,
}

/// What becomes of the first number of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Major {
    /// It stays: `v4.1.0` comes to `v4.3.1`, never to `v5`.
    #[default]
    Keep,
    /// The newest release, whatever its number.
    Move,
}

/// [`Update`] as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether a pin may come to another major version.
    pub major: Major,
    /// How old a release must be.
    pub min_age_days: u32,
    owners: Option<Vec<String>>,
}

const MIN_AGE_DAYS: u32 = 7;

impl Update {
    /// Reads the days.
    ///
    /// # Errors
    /// `min_age` is no number of days or weeks.
    pub fn policy(&self) -> Result<Policy, ConfigError> {
        let days = |text: &str| {
            let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
            let count: u32 = digits.parse().ok()?;
            match unit {
                "d" => Some(count),
                "w" => count.checked_mul(7),
                _ => None,
            }
        };
        let min_age_days = match self.min_age.as_deref() {
            None => MIN_AGE_DAYS,
            Some(text) => days(text.trim()).ok_or_else(|| {
                ConfigError::new(format!("'min_age' of 'update': '{text}' is no length of time"))
                    .hint("write days or weeks: min_age = \"7d\"")
            })?,
        };
        Ok(Policy { major: self.major, min_age_days, owners: self.owners.clone() })
    }
}

impl Policy {
    /// Whether the actions of `owner` are moved.
    #[must_use]
    pub fn permits(&self, owner: &str) -> bool {
        let Some(owners) = &self.owners else { return true };
        owners.iter().any(|listed| listed.eq_ignore_ascii_case(owner))
    }

    /// The releases that `pinned` may be moved to, the newest first; none where
    /// its own release is not known.
    #[must_use]
    pub fn candidates(&self, pinned: &Pinned, advertised: &Advertised) -> Option<Vec<Release>> {
        let own = pinned.release(advertised)?;
        let parsed = Version::read(&own)?;
        let fits = |version: &Version<'_>| {
            version.prefix == parsed.prefix
                && (self.major == Major::Move || version.numbers.first() == parsed.numbers.first())
                // `v5` moves, and `v5.0.0` does not.
                && version.numbers.len() >= parsed.numbers.len().max(2)
                && (version.pre.is_empty() || !parsed.pre.is_empty())
                && version.compare(&parsed) == Ordering::Greater
        };
        let tags =
            advertised.tags().filter_map(|(tag, commit)| Some((Version::read(tag)?, tag, commit)));
        let mut tags: Vec<_> = tags.filter(|(version, ..)| fits(version)).collect();
        tags.sort_by(|a, b| b.0.compare(&a.0).then_with(|| a.1.cmp(b.1)));
        let release = |(_, tag, commit): (_, &str, &str)| Release {
            tag: tag.to_owned(),
            commit: commit.to_owned(),
        };
        Some(tags.into_iter().map(release).collect())
    }
}

/// A release that a pin could be moved to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// 40 hex digits.
    pub commit: String,
}

/// A reference that is pinned to a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// First line of its text.
    pub line: u32,
    /// First column of it.
    pub column: u32,
    /// The owner alone.
    pub owner: String,
    /// `owner/repository`, as written.
    pub repository: String,
    /// 40 hex digits in lower case.
    pub commit: String,
    /// The release that its comment gives.
    said: Option<String>,
}

impl Pinned {
    /// The release it stands on: the one its comment gives if that is true, or
    /// else the one that most says of the tags on its commit.
    #[must_use]
    pub fn release(&self, advertised: &Advertised) -> Option<String> {
        let said = self.said.as_deref();
        let is_true = |said: &&str| {
            Version::read(said).is_some()
                && advertised.tags().any(|(tag, commit)| tag == *said && commit == self.commit)
        };
        said.filter(is_true).map(str::to_owned).or_else(|| advertised.name_of(&self.commit))
    }

    /// The edit that moves it to `release`; none where a person must decide,
    /// since its comment says more than a version.
    #[must_use]
    pub fn edit(&self, file: &SourceFile, release: &Release) -> Option<Edit> {
        let edits = inspected(file, |inspected| {
            let here = rules::pinned(inspected).filter(|(found, remote)| {
                let span = file.span(found.span.clone());
                (span.line, span.column) == (self.line, self.column)
                    && remote.revision.eq_ignore_ascii_case(&self.commit)
            });
            let pin = Pin {
                uses: self.repository.clone(),
                name: release.tag.clone(),
                commit: release.commit.clone(),
                version: release.tag.clone(),
                when: String::new(),
            };
            here.filter_map(|(found, remote)| mend::edit(file, found, remote, &pin)).collect()
        });
        edits.into_iter().next()
    }
}

/// Every reference of `file` that is pinned to a commit, by place.
#[must_use]
pub fn pinned(file: &SourceFile) -> Vec<Pinned> {
    inspected(file, |inspected| {
        let found = rules::pinned(inspected).map(|(found, remote)| {
            let span = file.span(found.span.clone());
            let said = found.comment.as_ref().and_then(|comment| match comment.said() {
                Said::Release(version) => Some(version),
                _ => None,
            });
            Pinned {
                line: span.line,
                column: span.column,
                owner: remote.owner.clone(),
                repository: format!("{}/{}", remote.owner, remote.repository),
                commit: remote.revision.to_ascii_lowercase(),
                said,
            }
        });
        found.collect()
    })
}

/// Every workflow and action of `tree` with what it pins, by path.
#[must_use]
pub fn pinned_in(tree: &Tree) -> Vec<(SourceFile, Vec<Pinned>)> {
    let Ok(globs) = crate::files([]) else { return Vec::new() };
    let files = tree.list(&globs).into_iter().filter_map(|entry| tree.read_entry(&entry).ok());
    files.map(|file| (pinned(&file), file)).map(|(found, file)| (file, found)).collect()
}

/// What `update` says among a gate's options.
///
/// # Errors
/// The options are wrong.
pub fn policy(options: &Options) -> Result<Policy, ConfigError> {
    Settings::read(options)?.update.policy()
}

/// A tag as numbers: `release-v1.2.3-rc.1`.
#[derive(Debug, PartialEq, Eq)]
struct Version<'t> {
    /// What stands before it, `v` included: `v1` and `1` are other lines.
    prefix: &'t str,
    numbers: Vec<u64>,
    /// What stands behind a `-`; empty for a release.
    pre: &'t str,
}

impl<'t> Version<'t> {
    fn read(tag: &'t str) -> Option<Version<'t>> {
        let (_, version) = numbers(tag)?;
        let prefix = tag.strip_suffix(version)?;
        let version = version.split('+').next().unwrap_or_default();
        let (release, pre) = version.split_once('-').unwrap_or((version, ""));
        let numbers = release.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Version { prefix, numbers, pre })
    }

    /// As semver.org has it: a release is newer than what came before it.
    fn compare(&self, other: &Version<'_>) -> Ordering {
        let pre = match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_pre(self.pre, other.pre),
        };
        let length = self.numbers.len().max(other.numbers.len());
        let padded = |numbers: &[u64]| -> Vec<u64> {
            numbers.iter().copied().chain(std::iter::repeat(0)).take(length).collect()
        };
        padded(&self.numbers).cmp(&padded(&other.numbers)).then(pre)
    }
}

fn compare_pre(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => (x, y),
        };
        let by_number = match (x.parse::<u64>(), y.parse::<u64>()) {
            (Ok(x), Ok(y)) => x.cmp(&y),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => x.cmp(y),
        };
        if by_number != Ordering::Equal {
            return by_number;
        }
    }
}

#[cfg(test)]
mod tests;
