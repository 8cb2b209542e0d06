//! The packages of a workspace, by their names.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::aliases::Alias;
use crate::needles::{Ground, Keys};
use crate::reference::{folder, is_below, join};

/// The packages that a repository holds.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    by_name: BTreeMap<String, Package>,
    /// Names that a manifest gives to something else: its folder, the name, and
    /// what that is.
    renamed: Vec<(Utf8PathBuf, String, Renamed)>,
    /// `imports` of a manifest: names that begin with `#`.
    pub(crate) own_names: Vec<Alias>,
    /// Those of them that stand for a package: the folder, the name, the package.
    own_packages: Vec<(Utf8PathBuf, String, String)>,
}

#[derive(Debug)]
struct Package {
    folder: Utf8PathBuf,
    exports: Option<Value>,
}

#[derive(Clone, Debug)]
enum Renamed {
    Package(String),
    Folder(Utf8PathBuf),
}

/// Tables of a manifest that name packages.
pub(crate) const DEPENDENCIES: [&str; 4] =
    ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

impl Packages {
    /// Reads every package.json (path and text); what does not read is told.
    pub(crate) fn new(files: &BTreeMap<Utf8PathBuf, String>) -> (Packages, Vec<Utf8PathBuf>) {
        let mut packages = Packages::default();
        let mut broken = Vec::new();
        for (path, text) in files {
            match serde_json::from_str::<Value>(text) {
                Ok(manifest) => packages.take(folder(path), &manifest),
                Err(_) => broken.push(path.clone()),
            }
        }
        (packages, broken)
    }

    fn take(&mut self, folder: &Utf8Path, manifest: &Value) {
        if let Some(name) = manifest.get("name").and_then(Value::as_str) {
            let exports = manifest.get("exports").cloned();
            self.by_name
                .entry(name.to_owned())
                .or_insert(Package { folder: folder.to_owned(), exports });
        }
        for (name, to) in manifest.get("imports").and_then(Value::as_object).into_iter().flatten() {
            let targets = strings(to).into_iter().filter(|to| to.starts_with('.'));
            let packages = strings(to).into_iter().filter(|to| !to.starts_with(['.', '#']));
            let own = packages.map(|to| (folder.to_owned(), name.clone(), to.to_owned()));
            self.own_packages.extend(own);
            self.own_names.push(Alias::new(folder, name, folder, targets.map(str::to_owned)));
        }
        for table in DEPENDENCIES {
            let table = manifest.get(table).and_then(Value::as_object);
            for (name, version) in table.into_iter().flatten() {
                let renamed = version.as_str().and_then(|version| renamed(folder, version));
                if let Some(renamed) = renamed {
                    self.renamed.push((folder.to_owned(), name.clone(), renamed));
                }
            }
        }
    }

    /// Names that lead into `ground` without naming it.
    pub(crate) fn keys(&self, ground: &Ground, keys: &mut Keys) {
        let renamed = || self.renamed.iter().filter(|(scope, ..)| !ground.has(scope));
        for (_, name, to) in renamed() {
            if matches!(to, Renamed::Folder(folder) if ground.has(folder)) {
                keys.add(name);
            }
        }
        for (name, package) in &self.by_name {
            let is_it = |to: &Renamed| matches!(to, Renamed::Package(actual) if actual == name);
            let others = renamed().filter(|(.., to)| is_it(to)).map(|(_, other, _)| other);
            let source = kernel::below(&package.folder, "src");
            let is_inside = ground.has(&package.folder) || ground.has(&source);
            if is_inside || package.exports_into(ground) {
                std::iter::once(name).chain(others).for_each(|name| keys.add(name));
            }
        }
        // What a name of one's own stands for may be any of these.
        let own = self.own_packages.iter().filter(|(scope, ..)| !ground.has(scope));
        own.for_each(|(_, name, _)| keys.add(name));
    }

    /// What `specifier`, as written in `file`, may be; none where it is no
    /// package of the repository.
    pub(crate) fn resolve(&self, file: &Utf8Path, specifier: &str) -> Vec<Utf8PathBuf> {
        if specifier.starts_with('#') {
            let own = self.own_packages.iter().filter(|(scope, ..)| is_below(file, scope));
            let meant = own.filter_map(|(_, name, to)| {
                let star = star(name, specifier)?;
                Some(self.resolve(file, &to.replace('*', star)))
            });
            return meant.flatten().collect();
        }
        let (name, rest) = split(specifier);
        let renamed = self
            .renamed
            .iter()
            .filter(|(scope, known, _)| known == name && is_below(file, scope))
            .max_by_key(|(scope, ..)| scope.as_str().len());
        let package = match renamed {
            Some((_, _, Renamed::Folder(folder))) => {
                return join(folder, rest).into_iter().collect();
            }
            Some((_, _, Renamed::Package(actual))) => self.by_name.get(actual),
            None => self.by_name.get(name),
        };
        package.map(|package| package.paths(rest)).unwrap_or_default()
    }

    /// The folder of the package `name`, as a manifest in `folder` has it.
    pub(crate) fn folder_of(&self, folder: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
        self.resolve(&kernel::below(folder, "package.json"), name).into_iter().next()
    }
}

impl Package {
    fn paths(&self, rest: &str) -> Vec<Utf8PathBuf> {
        if rest.is_empty() {
            return vec![self.folder.clone()];
        }
        let mut paths: Vec<Utf8PathBuf> = Vec::new();
        let exported = self.exported(rest);
        paths.extend(exported.iter().flat_map(|target| self.sources(target)));
        paths.extend(join(&self.folder, rest));
        paths.extend(join(&self.folder, &format!("src/{rest}")));
        paths
    }

    // What is built is not in the tree; its source is.
    fn sources(&self, target: &str) -> Vec<Utf8PathBuf> {
        let source = target.replacen("dist/", "src/", 1);
        let bare = target.replacen("dist/", "", 1);
        let stem = |path: &str| {
            let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
            join(&self.folder, stem)
        };
        [target, &source, &bare].into_iter().filter_map(stem).collect()
    }

    // Whether a name that it exports is restricted without saying so.
    fn exports_into(&self, ground: &Ground) -> bool {
        let table = self.exports.as_ref().and_then(Value::as_object).into_iter().flatten();
        let mut hidden = table.filter(|(name, _)| !ground.is_named_by(name));
        hidden.any(|(_, to)| {
            let sources = strings(to).into_iter().flat_map(|to| self.sources(to));
            sources.into_iter().any(|source| ground.is_reached_by(source.as_str()))
        })
    }

    // `"./ee/*": { "import": "./dist/ee/*.js" }`
    fn exported(&self, rest: &str) -> Vec<String> {
        let wanted = format!("./{rest}");
        let table = self.exports.as_ref().and_then(Value::as_object);
        let mut found = Vec::new();
        for (pattern, to) in table.into_iter().flatten() {
            if let Some(star) = star(pattern, &wanted) {
                found.extend(strings(to).into_iter().map(|to| to.replace('*', star)));
            }
        }
        found
    }
}

// What the star of `pattern` stands for in `text`.
fn star<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    match pattern.split_once('*') {
        Some((before, after)) => text.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == text).then_some(""),
    }
}

// `@scope/name/rest` into the package's name and the rest.
fn split(specifier: &str) -> (&str, &str) {
    let skip = if specifier.starts_with('@') {
        specifier.find('/').map_or(specifier.len(), |at| at + 1)
    } else {
        0
    };
    let end = specifier.get(skip..).and_then(|rest| rest.find('/')).map(|at| skip + at);
    match end.and_then(|end| Some((specifier.get(..end)?, specifier.get(end + 1..)?))) {
        Some(parts) => parts,
        None => (specifier, ""),
    }
}

fn renamed(folder: &Utf8Path, version: &str) -> Option<Renamed> {
    if let Some(path) = version.strip_prefix("file:").or_else(|| version.strip_prefix("link:")) {
        return join(folder, path).map(Renamed::Folder);
    }
    let version = version.strip_prefix("npm:").or_else(|| version.strip_prefix("workspace:"))?;
    if version.starts_with('.') {
        return join(folder, version).map(Renamed::Folder);
    }
    // `@scope/name@^1`: the version's own `@` is not the first character.
    let end = version.get(1..)?.find('@').map(|at| at + 1);
    let name = end.and_then(|end| version.get(..end)).unwrap_or(version);
    let is_name = name.starts_with(|c: char| c == '@' || c.is_ascii_alphabetic());
    is_name.then(|| Renamed::Package(name.to_owned()))
}

// Every string below a value, not deeper than a manifest goes.
fn strings(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(values) => open.extend(values),
            Value::Object(values) => open.extend(values.values()),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(files: &[(&str, &str)]) -> Packages {
        let files = files.iter().map(|(path, text)| ((*path).into(), (*text).to_owned()));
        Packages::new(&files.collect()).0
    }

    fn resolved(packages: &Packages, specifier: &str) -> Vec<String> {
        let found = packages.resolve("web/src/a.ts".into(), specifier);
        found.into_iter().map(Utf8PathBuf::into_string).collect()
    }

    #[test]
    fn names_of_the_workspace_are_folders() {
        let packages = packages(&[
            (
                "packages/shared/package.json",
                "{\"name\": \"@l/shared\", \"exports\": {\"./e/*\": {\"import\": \"./dist/src/ee/*.js\"}}}",
            ),
            ("ee/package.json", "{\"name\": \"ee\"}"),
            (
                "web/package.json",
                "{\"dependencies\": {\"x\": \"workspace:@l/shared@*\", \"y\": \"file:../ee\", \"z\": \"npm:ee@^1\"}}",
            ),
        ]);
        assert_eq!(resolved(&packages, "@l/shared"), ["packages/shared"]);
        assert!(resolved(&packages, "@l/shared/e/a").contains(&"packages/shared/src/ee/a".into()));
        assert!(resolved(&packages, "x/src/ee").contains(&"packages/shared/src/ee".into()));
        assert_eq!(resolved(&packages, "y/a"), ["ee/a"]);
        assert_eq!(resolved(&packages, "z"), ["ee"]);
        assert_eq!(resolved(&packages, "react"), [""; 0]);
    }

    #[test]
    fn names_are_split_behind_the_scope() {
        assert_eq!(split("@a/b/c/d"), ("@a/b", "c/d"));
        assert_eq!(split("a/b"), ("a", "b"));
        assert_eq!(split("@a"), ("@a", ""));
    }
}
