//! Cargo.toml, as far as it names packages and files.
//!
//! Source: <https://doc.rust-lang.org/cargo/reference/manifest.html>.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One Cargo.toml.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) package: Option<String>,
    /// `[lib] name`.
    pub(crate) library: Option<String>,
    /// `[lib] path`.
    pub(crate) library_path: Option<String>,
    /// `package.workspace`: the folder of the workspace.
    pub(crate) workspace: Option<String>,
    /// Whether it is the root of a workspace.
    pub(crate) is_workspace: bool,
    /// What the package needs in any case: for a target, a feature, a test.
    pub(crate) dependencies: Vec<Dependency>,
    /// `[workspace.dependencies]`: nothing by itself.
    pub(crate) shared: Vec<Dependency>,
    /// Paths of targets and of the build script.
    pub(crate) targets: Vec<(String, Range<usize>)>,
    /// Members of the workspace that are no patterns: they have to be there.
    pub(crate) members: Vec<(String, Range<usize>)>,
}

/// One entry of a table of dependencies.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) key: String,
    /// Bytes of the key.
    pub(crate) span: Range<usize>,
    /// `package`, where the key is another name for it.
    pub(crate) package: Option<String>,
    pub(crate) path: Option<String>,
    /// `workspace = true`.
    pub(crate) is_shared: bool,
}

type Table<'i> = DeTable<'i>;

const DEPENDENCIES: [&str; 5] = [
    "dependencies",
    "dev-dependencies",
    "build-dependencies",
    "dev_dependencies",
    "build_dependencies",
];

impl Manifest {
    /// Reads `text`; none where it is no TOML.
    pub(crate) fn parse(text: &str) -> Option<Manifest> {
        let parsed = DeTable::parse(text).ok()?;
        let root = parsed.get_ref();
        let mut manifest = Manifest::default();
        for key in ["package", "project"] {
            let Some(package) = table(root, key) else { continue };
            manifest.package = string(package, "name");
            manifest.workspace = string(package, "workspace");
            manifest.targets.extend(located(package, "build"));
        }
        if let Some(library) = table(root, "lib") {
            manifest.library = string(library, "name");
            manifest.library_path = string(library, "path");
            manifest.targets.extend(located(library, "path"));
        }
        for kind in ["bin", "example", "test", "bench"] {
            let targets = root.get(kind).and_then(|list| list.get_ref().as_array());
            let tables = targets.into_iter().flatten().filter_map(|one| one.get_ref().as_table());
            manifest.targets.extend(tables.filter_map(|target| located(target, "path")));
        }
        manifest.take_dependencies(root);
        for (_, target) in table(root, "target").into_iter().flatten() {
            target.get_ref().as_table().into_iter().for_each(|target| {
                manifest.take_dependencies(target);
            });
        }
        for (_, source) in table(root, "patch").into_iter().flatten() {
            let entries = source.get_ref().as_table().into_iter().flatten();
            manifest.dependencies.extend(entries.map(dependency));
        }
        for entry in table(root, "replace").into_iter().flatten() {
            manifest.dependencies.push(replacement(entry));
        }
        if let Some(workspace) = table(root, "workspace") {
            manifest.is_workspace = true;
            let shared = table(workspace, "dependencies").into_iter().flatten();
            manifest.shared.extend(shared.map(dependency));
            for key in ["members", "default-members"] {
                manifest.members.extend(members(workspace, key));
            }
        }
        Some(manifest)
    }

    fn take_dependencies(&mut self, from: &Table<'_>) {
        for key in DEPENDENCIES {
            let entries = table(from, key).into_iter().flatten();
            self.dependencies.extend(entries.map(dependency));
        }
    }
}

impl Dependency {
    /// The package that is meant.
    pub(crate) fn name(&self) -> &str {
        self.package.as_deref().unwrap_or(&self.key)
    }
}

type Entry<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

fn dependency((key, value): Entry<'_, '_>) -> Dependency {
    let mut dependency =
        Dependency { key: key.get_ref().to_string(), span: key.span(), ..Dependency::default() };
    if let Some(value) = value.get_ref().as_table() {
        dependency.package = string(value, "package");
        dependency.path = string(value, "path");
        let is_shared = value.get("workspace").and_then(|one| one.get_ref().as_bool());
        dependency.is_shared = is_shared.unwrap_or_default();
    }
    dependency
}

// `"name:1.0.0" = { path = "…" }`, with or without an address before the name.
fn replacement(entry: Entry<'_, '_>) -> Dependency {
    let mut replaced = dependency(entry);
    let name = replaced.key.rsplit(['#', '/']).next().unwrap_or_default();
    let name = name.split([':', '@']).next().unwrap_or_default().to_owned();
    replaced.package.get_or_insert(name);
    replaced
}

fn members(workspace: &Table<'_>, key: &str) -> Vec<(String, Range<usize>)> {
    let list = workspace.get(key).and_then(|list| list.get_ref().as_array());
    let members = list.into_iter().flatten().filter_map(|member| {
        let path = member.get_ref().as_str()?;
        (!path.contains(['*', '?', '['])).then(|| (path.to_owned(), member.span()))
    });
    members.collect()
}

fn table<'a, 'i>(from: &'a Table<'i>, key: &str) -> Option<&'a Table<'i>> {
    from.get(key)?.get_ref().as_table()
}

fn string(from: &Table<'_>, key: &str) -> Option<String> {
    located(from, key).map(|(value, _)| value)
}

fn located(from: &Table<'_>, key: &str) -> Option<(String, Range<usize>)> {
    let value = from.get(key)?;
    Some((value.get_ref().as_str()?.to_owned(), value.span()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_table_of_dependencies_is_read() {
        let text = "
[package]
name = 'p'
build = '../b.rs'
[lib]
name = 'l'
path = 'lib.rs'
[[bin]]
name = 'x'
path = 'x.rs'
[dependencies]
a = '1'
b = { package = 'bb', path = '../b', optional = true }
c.workspace = true
[dev-dependencies.d]
path = 'd'
[build-dependencies]
e = '1'
[target.'cfg(unix)'.dependencies]
f = '1'
[target.x86_64-pc-windows-msvc.build-dependencies]
g = '1'
[patch.crates-io]
h = { path = 'h' }
[replace]
'https://x.org/y#i:1.0.0' = { path = 'i' }
";
        let manifest = Manifest::parse(text).unwrap();
        let names: Vec<&str> = manifest.dependencies.iter().map(Dependency::name).collect();
        assert_eq!(names, ["a", "bb", "c", "d", "e", "f", "g", "h", "i"]);
        let keys = manifest.dependencies.iter().map(|one| &text[one.span.clone()]);
        assert!(keys.take(8).eq(["a", "b", "c", "d", "e", "f", "g", "h"]));
        let shared: Vec<bool> = manifest.dependencies.iter().map(|one| one.is_shared).collect();
        assert_eq!(shared.iter().filter(|is_shared| **is_shared).count(), 1);
        let targets: Vec<&str> = manifest.targets.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(targets, ["../b.rs", "lib.rs", "x.rs"]);
        assert_eq!(manifest.library.as_deref(), Some("l"));
    }

    #[test]
    fn a_workspace_shares_and_lists() {
        let manifest = Manifest::parse(
            "[workspace]\nmembers = ['crates/*', 'ee/x']\n[workspace.dependencies]\na = { path = 'a' }\n",
        )
        .unwrap();
        assert!(manifest.is_workspace && manifest.dependencies.is_empty());
        assert_eq!(manifest.shared[0].path.as_deref(), Some("a"));
        assert_eq!(manifest.members.len(), 1);
        assert_eq!(Manifest::parse("[package"), None);
        assert_eq!(Manifest::parse("package = 1\nlib = []\n"), Some(Manifest::default()));
    }

    proptest! {
        #[test]
        fn any_text_is_a_manifest_or_none(source in "((\\[|\\]|workspace|dependencies|patch|members|path|\\.|=|\\{|\\}|'x'|a| |\n){0,24})|.{0,40}") {
            let _ = Manifest::parse(&source);
        }
    }
}
