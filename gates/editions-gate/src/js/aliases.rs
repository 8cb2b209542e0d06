//! Names that a configuration gives to folders, and what they stand for.

use camino::{Utf8Path, Utf8PathBuf};

use crate::reference::{is_below, join};

/// A name of a configuration: `@ee/*` for `../ee/web/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alias {
    /// Below here it holds.
    pub(crate) scope: Utf8PathBuf,
    /// What stands before the star, and behind it; none where there is no star.
    pub(crate) before: String,
    pub(crate) after: Option<String>,
    /// What it stands for, the star kept, relative to the repository.
    pub(crate) targets: Vec<String>,
}

impl Alias {
    /// `pattern` for `targets`, which are relative to `base`.
    pub(crate) fn new(
        scope: &Utf8Path,
        pattern: &str,
        base: &Utf8Path,
        targets: impl IntoIterator<Item = String>,
    ) -> Alias {
        let (before, after) = match pattern.split_once('*') {
            Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
            None => (pattern.to_owned(), None),
        };
        let targets = targets
            .into_iter()
            .filter_map(|target| join(base, &target).map(Utf8PathBuf::into_string));
        Alias { scope: scope.to_owned(), before, after, targets: targets.collect() }
    }

    /// A bundler's: the name itself and everything below it.
    pub(crate) fn prefix(scope: &Utf8Path, name: &str, targets: &[String]) -> [Alias; 2] {
        let name = name.trim_end_matches('/');
        let whole = Alias::new(scope, name, scope, targets.to_vec());
        let below = targets.iter().map(|target| format!("{}/*", target.trim_end_matches('/')));
        [whole, Alias::new(scope, &format!("{name}/*"), scope, below)]
    }

    /// As it is written, the star left out: `@ee` of `@ee/*`.
    pub(crate) fn name(&self) -> String {
        self.before.trim_end_matches('/').to_owned()
    }

    /// Whether the alias holds for a file at `path`.
    pub(crate) fn holds_for(&self, path: &Utf8Path) -> bool {
        is_below(path, &self.scope)
    }

    /// What `specifier` stands for; none where it is not this name.
    pub(crate) fn apply(&self, specifier: &str) -> Option<Vec<Utf8PathBuf>> {
        let rest = specifier.strip_prefix(self.before.as_str())?;
        let star = match &self.after {
            Some(after) => rest.strip_suffix(after.as_str())?,
            None if rest.is_empty() => "",
            None => return None,
        };
        let filled = self.targets.iter().filter_map(|target| match target.split_once('*') {
            // The star may hold `..`, which must not leave the repository.
            Some((before, after)) => join(Utf8Path::new(""), &format!("{before}{star}{after}")),
            None => Some(Utf8PathBuf::from(target)),
        });
        Some(filled.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_filled() {
        let alias = Alias::new("web".into(), "@ee/*", "web".into(), ["../ee/web/*".to_owned()]);
        assert_eq!(alias.apply("@ee/a/b"), Some(vec!["ee/web/a/b".into()]));
        assert_eq!(alias.apply("@e"), None);
        assert_eq!(alias.apply("@ee/../../../x"), Some(vec![]));
        assert!(alias.holds_for("web/src/a.ts".into()) && !alias.holds_for("api/a.ts".into()));
    }

    #[test]
    fn a_prefix_is_the_name_and_all_below() {
        let [whole, below] = Alias::prefix("web".into(), "@ee", &["../ee".to_owned()]);
        assert_eq!(whole.apply("@ee"), Some(vec!["ee".into()]));
        assert_eq!(below.apply("@ee/x"), Some(vec!["ee/x".into()]));
        assert_eq!(whole.apply("@eex"), None);
    }
}
