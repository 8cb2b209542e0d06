//! The restricted folders of every boundary, whatever exceptions they make.

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Globs;

use crate::boundary::Boundary;
use crate::reference::join;

/// What lies below the folders that the patterns name.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    globs: Globs,
    /// The last folder of each pattern: `ee` of `web/*/ee/**`. A path that goes
    /// there from outside has it as a part.
    parts: Vec<String>,
}

/// What makes a pattern one for a folder with all that is in it.
const WHOLE: [&str; 3] = ["/**", "/**/*", "/"];

impl Ground {
    /// None where a pattern is no folder's, or its last folder has no name of its
    /// own: what leads to `**/*.ee.ts` or `ee-*/**` cannot be told by a word.
    pub(crate) fn of(boundaries: &[Boundary]) -> Option<Ground> {
        let patterns = || boundaries.iter().flat_map(Boundary::restricted_patterns);
        let named = || patterns().filter(|pattern| !pattern.starts_with('!'));
        let part = |pattern: &str| {
            let folder = WHOLE.iter().find_map(|whole| pattern.strip_suffix(whole))?;
            let last = folder.rsplit('/').next()?;
            let is_plain = !last.contains(['*', '?', '{', '}']);
            let has_word = super::search::words(last).next().is_some();
            (is_plain && has_word).then(|| last.to_owned())
        };
        let parts = named().map(part).collect::<Option<Vec<_>>>()?;
        Some(Ground { globs: Globs::new(named()).ok()?, parts })
    }

    /// A word of each folder.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let longest = |part| super::search::words(part).max_by_key(|word| word.len());
        self.parts.iter().filter_map(move |part| longest(part.as_str()))
    }

    /// Whether `path` or what is in it is restricted.
    pub(crate) fn has(&self, path: &Utf8Path) -> bool {
        self.globs.matches(path) || self.globs.matches(&kernel::below(path, "x"))
    }

    /// Whether `name` has the word of one of them.
    pub(crate) fn is_named_by(&self, name: &str) -> bool {
        super::search::words(name).any(|word| self.words().any(|own| own == word))
    }

    /// Whether a path of `target`, its star filled in, can be restricted although
    /// what fills it does not name the folder.
    pub(crate) fn is_reached_by(&self, target: &str) -> bool {
        let has = |path: &str| {
            let path = join(Utf8Path::new(""), path).map(Utf8PathBuf::into_string);
            path.is_some_and(|path| !path.is_empty() && self.has(path.as_str().into()))
        };
        let Some((before, after)) = target.split_once('*') else { return has(target) };
        if after.contains('*') {
            return true;
        }
        // A part that the star only completes.
        let (folder, begun) = before.rsplit_once('/').unwrap_or(("", before));
        let (ended, below) = after.split_once('/').unwrap_or((after, ""));
        let bare = |part: &'_ str| part.split('.').next().unwrap_or_default().to_owned();
        let completes = |part: &String| {
            let ends = |end: &str| !end.is_empty() && part.ends_with(end);
            (!begun.is_empty() && part.starts_with(begun))
                || ends(ended)
                || ends(&bare(ended))
                || below.split('/').any(|own| own == part.as_str() || bare(own) == *part)
        };
        has(folder) || self.parts.iter().any(completes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(patterns: &str) -> Option<Ground> {
        let text = format!("name = 'a'\nrestricted = [{patterns}]");
        let settings = toml::from_str(&text).unwrap();
        Ground::of(&[Boundary::new(&settings).unwrap()])
    }

    #[test]
    fn folders_have_a_word() {
        let words = |patterns| ground(patterns).map(|it| it.words().map(str::to_owned).collect());
        let told: Option<Vec<String>> =
            words("'ee/**', 'web/*/paid/', '**/(pro)/**/*', '!ee/open/**', 'my-plan/**'");
        assert_eq!(told.unwrap(), ["ee", "paid", "pro", "plan"]);
        for none in
            ["'**/*.ee.ts'", "'ee/**', 'a-*/**'", "'{a,b/c}/**'", "'ee/*'", "'**'", "'é/**'"]
        {
            assert!(ground(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_target_reaches_what_its_star_need_not_name() {
        let ground = ground("'ee/**', 'packages/*/src/paid/**'").unwrap();
        for target in [
            "ee",
            "ee/*",
            "ee/web/*",
            "e*/x",
            "*/paid/x",
            "*/paid.js",
            "packages/*id",
            "packages/x/src/paid/*",
        ] {
            assert!(ground.is_reached_by(target), "{target}");
        }
        for target in
            ["*", "web/*", "feed/*", "packages/*/src", "web/*.js", "packages/*/index.ts", ""]
        {
            assert!(!ground.is_reached_by(target), "{target}");
        }
    }
}
