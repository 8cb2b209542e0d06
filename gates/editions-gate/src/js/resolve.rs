//! What a specifier is, as a path of the repository.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::aliases::Alias;
use super::packages::Packages;
use super::{bundler, tsconfig};
use crate::needles::{Ground, Keys};
use crate::project::Files;
use crate::reference::{folder, is_below, join};

/// Every name that stands for a path.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Each with the configuration that says it.
    pub(crate) aliases: Vec<(Utf8PathBuf, Alias)>,
    pub(crate) packages: Packages,
    /// Folders that count as one where a path is relative.
    roots: Vec<tsconfig::RootDirs>,
    /// Configurations that did not read, each with what that hides.
    pub(crate) unread: Vec<(Utf8PathBuf, String)>,
}

/// The configurations that [`Names::new`] wants, by kind.
#[derive(Debug, Default)]
pub(crate) struct Configurations {
    pub(crate) tsconfigs: BTreeMap<Utf8PathBuf, String>,
    pub(crate) manifests: BTreeMap<Utf8PathBuf, String>,
    pub(crate) bundlers: BTreeMap<Utf8PathBuf, String>,
}

const EXTENSIONS: [&str; 13] = [
    "ts", "tsx", "d.ts", "js", "jsx", "mts", "cts", "mjs", "cjs", "json", "vue", "svelte", "d.mts",
];
// TypeScript names a file as it will be called once it is JavaScript.
const WRITTEN_AS: [(&str, &[&str]); 4] = [
    (".js", &["ts", "tsx", "d.ts"]),
    (".jsx", &["tsx"]),
    (".mjs", &["mts", "d.mts"]),
    (".cjs", &["cts"]),
];

impl Names {
    /// Reads the configurations.
    pub(crate) fn new(files: &Configurations) -> Names {
        let tsconfig::Said { mut aliases, roots, broken } = tsconfig::said(&files.tsconfigs);
        let mut unread: Vec<(Utf8PathBuf, String)> = Vec::new();
        let no_json = |path| (path, "it is no JSON, so its names are not known".to_owned());
        unread.extend(broken.into_iter().map(no_json));
        let (packages, broken) = Packages::new(&files.manifests);
        unread.extend(broken.into_iter().map(no_json));
        for (path, text) in &files.bundlers {
            let (found, computed) = bundler::aliases(path, text);
            aliases.extend(found.into_iter().map(|alias| (path.clone(), alias)));
            let told = |name| (path.clone(), format!("the path of the alias '{name}' is computed"));
            unread.extend(computed.into_iter().map(told));
        }
        let own = packages.own_names.iter().cloned();
        aliases.extend(own.map(|alias| (kernel::below(&alias.scope, "package.json"), alias)));
        // The nearest configuration first, then the longest name.
        aliases.sort_by_key(|(_, alias)| {
            std::cmp::Reverse((alias.scope.as_str().len(), alias.before.len()))
        });
        Names { aliases, packages, roots, unread }
    }

    /// Names by which a file of the core may reach what is restricted, and the words
    /// of calls that take a pattern: it is held against every file there is.
    pub(crate) fn keys(&self, ground: &Ground, keys: &mut Keys) {
        ["glob", "globEager"].into_iter().for_each(|word| keys.add(word));
        for (_, alias) in self.aliases.iter().filter(|(_, alias)| !ground.has(&alias.scope)) {
            if alias.targets.iter().any(|target| ground.is_reached_by(target)) {
                keys.add(&format!("{}*{}", alias.before, alias.after.as_deref().unwrap_or("")));
            }
        }
        // What is relative then need not name what it is relative to.
        if self.roots.iter().any(|(scope, _)| !ground.has(scope)) {
            keys.add_anything();
        }
        self.packages.keys(ground, keys);
    }

    /// The paths that `specifier` in `file` may be: files where they are
    /// there, otherwise the path as written.
    pub(crate) fn resolve(
        &self,
        file: &Utf8Path,
        specifier: &str,
        files: &Files,
    ) -> Vec<Utf8PathBuf> {
        // `./x?raw`, `./x#y` of bundlers; `#x` is a name of its own.
        let end = specifier.get(1..).and_then(|rest| rest.find(['?', '#'])).map(|at| at + 1);
        let specifier = end.and_then(|end| specifier.get(..end)).unwrap_or(specifier);
        if specifier.starts_with('.') {
            let joined = join(folder(file), specifier);
            let found = |path: Utf8PathBuf| {
                let found = existing(&path, files).or_else(|| self.elsewhere(file, &path, files));
                found.unwrap_or(path)
            };
            return joined.map(found).into_iter().collect();
        }
        let mut missing = Vec::new();
        let aliases = self.aliases.iter().map(|(_, alias)| alias);
        let is_meant =
            |alias: &&Alias| specifier.starts_with(alias.before.as_str()) && alias.holds_for(file);
        for alias in aliases.filter(is_meant) {
            for path in alias.apply(specifier).into_iter().flatten() {
                match existing(&path, files) {
                    Some(path) => return vec![path],
                    // `*` stands for every name; only what is there counts.
                    None if alias.before.is_empty() => {}
                    None => missing.push(path),
                }
            }
        }
        let packages = self.packages.resolve(file, specifier);
        if let Some(found) = packages.iter().find_map(|path| existing(path, files)) {
            return vec![found];
        }
        missing.extend(packages);
        missing
    }
}

impl Names {
    // A path that is relative in one of several folders is so in each of them.
    fn elsewhere(&self, file: &Utf8Path, path: &Utf8Path, files: &Files) -> Option<Utf8PathBuf> {
        let roots = self.roots.iter().filter(|(scope, _)| is_below(file, scope));
        let mut sides = roots.flat_map(|(_, roots)| roots.iter().map(move |root| (root, roots)));
        sides.find_map(|(root, others)| {
            let rest = path.as_str().strip_prefix(root.as_str())?.trim_start_matches('/');
            others.iter().find_map(|other| existing(&join(other, rest)?, files))
        })
    }
}

/// The file that `path` means, as a bundler looks for it.
fn existing(path: &Utf8Path, files: &Files) -> Option<Utf8PathBuf> {
    // `path` was joined, so there is one way to write it.
    if files.has_plain(path.as_str()) {
        return Some(path.to_owned());
    }
    for (suffix, extensions) in WRITTEN_AS {
        let stem = path.as_str().strip_suffix(suffix);
        let found = stem.and_then(|stem| with_extension(stem, extensions, files));
        if found.is_some() {
            return found;
        }
    }
    with_extension(path.as_str(), &EXTENSIONS, files).or_else(|| {
        let index = kernel::below(path, "index");
        files.has_folder(path).then(|| with_extension(index.as_str(), &EXTENSIONS, files))?
    })
}

fn with_extension(stem: &str, extensions: &[&str], files: &Files) -> Option<Utf8PathBuf> {
    let mut name = format!("{stem}.");
    let length = name.len();
    for extension in extensions {
        name.truncate(length);
        name.push_str(extension);
        if files.has_plain(&name) {
            return Some(name.into());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(specifier: &str) -> Vec<String> {
        let files = Files::of([
            "web/src/a.ts",
            "web/src/b/index.tsx",
            "web/src/c.tsx",
            "ee/web/d.ts",
            "web/src/e.ts",
            "web/src/e/x.ts",
        ]);
        let mut configurations = Configurations::default();
        let config = "{\"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"@ee/*\": [\"../ee/web/*\"]}}}";
        configurations.tsconfigs.insert("web/tsconfig.json".into(), config.into());
        let names = Names::new(&configurations);
        let found = names.resolve("web/src/a.ts".into(), specifier, &files);
        found.into_iter().map(Utf8PathBuf::into_string).collect()
    }

    #[test]
    fn a_specifier_is_the_file_that_a_bundler_would_take() {
        assert_eq!(resolved("./b"), ["web/src/b/index.tsx"]);
        assert_eq!(resolved("./c.js"), ["web/src/c.tsx"]);
        assert_eq!(resolved("./e"), ["web/src/e.ts"]);
        assert_eq!(resolved("./c?raw"), ["web/src/c.tsx"]);
        assert_eq!(resolved("@ee/d"), ["ee/web/d.ts"]);
        assert_eq!(resolved("src/c"), ["web/src/c.tsx"]);
        assert_eq!(resolved("../../ee/web/gone"), ["ee/web/gone"]);
        assert_eq!(resolved("react"), [""; 0]);
    }
}
