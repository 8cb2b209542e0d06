//! What is handed out: the files that a published package holds.

mod cargo;
mod npm;
mod python;

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Globs;

pub(crate) use cargo::cargo;
pub(crate) use npm::{ignore_file, npm};
pub(crate) use python::{manifest_in, pyproject};

use crate::project::Files;
use crate::reference::{Kind, Reference, folder, is_below, join};

/// References, each with the files that it puts into the package.
type Shipped = Vec<(Reference, Vec<Utf8PathBuf>)>;

/// A manifest that says what a package holds.
pub(crate) struct Manifest<'a> {
    pub(crate) path: &'a Utf8Path,
    pub(crate) text: &'a str,
    pub(crate) files: &'a Files,
}

impl Manifest<'_> {
    /// One reference to everything that `patterns` select below `root`, a folder
    /// beside the manifest; the last pattern that matches decides.
    fn shipped(
        &self,
        key: &str,
        root: &str,
        patterns: &[String],
    ) -> Option<(Reference, Vec<Utf8PathBuf>)> {
        let base = join(folder(self.path), root)?;
        let patterns = patterns.iter().flat_map(|pattern| below(&base, pattern));
        let globs = Globs::new(patterns).ok()?;
        let mut found: Vec<Utf8PathBuf> = self
            .files
            .iter()
            .filter(|path| is_below(path, &base) && globs.matches(path))
            .map(ToOwned::to_owned)
            .collect();
        // As text: paths are compared part by part.
        found.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        let span = self.place(key);
        (!found.is_empty())
            .then(|| (Reference { kind: Kind::Ship, specifier: key.to_owned(), span }, found))
    }

    /// A reference to one path beside the manifest.
    fn one(&self, key: &str, path: &str) -> Option<(Reference, Vec<Utf8PathBuf>)> {
        let to = join(folder(self.path), path)?;
        // What is built is not in the tree; its source is.
        let source = join(folder(self.path), &path.replacen("dist/", "src/", 1))?;
        let span = self.place(path);
        let span = if span.is_empty() { self.place(key) } else { span };
        Some((Reference { kind: Kind::Ship, specifier: path.to_owned(), span }, vec![to, source]))
    }

    /// Where a key or value stands; neither JSON nor TOML gives places here.
    fn place(&self, text: &str) -> Range<usize> {
        let quoted = format!("\"{text}\"");
        let found = self.text.find(&quoted).map(|at| at..at + quoted.len());
        let plain = || self.text.find(text).map(|at| at..at + text.len());
        found.or_else(plain).unwrap_or(0..0)
    }
}

/// A pattern of a manifest as patterns of the repository: a folder is all that
/// is in it.
fn below(base: &Utf8Path, pattern: &str) -> Vec<String> {
    let (mark, pattern) = match pattern.strip_prefix('!') {
        Some(rest) => ("!", rest),
        None => ("", pattern),
    };
    let pattern = pattern.trim_start_matches("./").trim_matches('/');
    let prefix = if base.as_str().is_empty() { String::new() } else { format!("{base}/") };
    if pattern.is_empty() || pattern == "." {
        return vec![format!("{mark}{prefix}**")];
    }
    vec![format!("{mark}{prefix}{pattern}"), format!("{mark}{prefix}{pattern}/**")]
}
