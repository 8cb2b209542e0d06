//! A name with at most one star, and what it stands for.

use camino::Utf8PathBuf;

use crate::routes::typescript::link::modules::joined;

/// `@/*` and where that is.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    before: String,
    /// What stands behind the star; none where there is no star.
    after: Option<String>,
    /// The star kept, relative to the repository.
    targets: Vec<Utf8PathBuf>,
}

/// The pattern that a name is looked up by: the name itself, or else the longest
/// beginning.
pub(super) fn nearest<'p>(patterns: &'p [Pattern], module: &str) -> Option<&'p Pattern> {
    let matching = patterns.iter().filter(|pattern| pattern.star(module).is_some());
    matching.max_by_key(|pattern| (pattern.after.is_none(), pattern.before.len()))
}

impl Pattern {
    pub(super) fn new(name: &str, targets: impl Iterator<Item = Utf8PathBuf>) -> Pattern {
        let (before, after) = match name.split_once('*') {
            Some((before, after)) => (before, Some(after.to_owned())),
            None => (name, None),
        };
        Pattern { before: before.to_owned(), after, targets: targets.collect() }
    }

    /// What stands in the star's place.
    fn star<'m>(&self, module: &'m str) -> Option<&'m str> {
        let rest = module.strip_prefix(self.before.as_str())?;
        match &self.after {
            Some(after) => rest.strip_suffix(after.as_str()),
            None => rest.is_empty().then_some(""),
        }
    }

    /// Where `module` may be.
    pub(super) fn places(&self, module: &str) -> Vec<Utf8PathBuf> {
        let star = self.star(module).unwrap_or_default();
        let fill = |target: &Utf8PathBuf| match target.as_str().split_once('*') {
            // The star may hold `..`, which must not leave the repository.
            Some((before, after)) => joined("".into(), &format!("{before}{star}{after}")),
            None => target.clone(),
        };
        self.targets.iter().map(fill).collect()
    }

    /// Whether it names what the repository has, and not any name at all, what is
    /// installed, or types of that.
    pub(super) fn is_of_repository(&self) -> bool {
        let is_any = self.before.is_empty() && self.after.as_ref().is_some_and(String::is_empty);
        let is_other = |target: &Utf8PathBuf| {
            let text = target.as_str();
            text.ends_with(".d.ts") || text.split('/').any(|it| it == "node_modules")
        };
        !is_any && !self.targets.iter().any(is_other)
    }
}
