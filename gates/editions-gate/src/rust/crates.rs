//! Which crate of the repository a name is.

use std::collections::{BTreeMap, HashSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest::{Dependency, Manifest};
use crate::needles::{Ground, Keys};
use crate::reference::{Kind, Reference, folder, join};

/// The crates of a repository.
#[derive(Debug, Default)]
pub(crate) struct Crates {
    packages: BTreeMap<Utf8PathBuf, Package>,
    /// `[workspace.dependencies]` of each workspace.
    shared: BTreeMap<Utf8PathBuf, Vec<Dependency>>,
    /// Folders by the package's name, and by the library's.
    by_name: BTreeMap<String, Utf8PathBuf>,
    by_library: BTreeMap<String, Utf8PathBuf>,
    /// Every name by which a file may call one.
    names: HashSet<String>,
}

/// A package of the repository.
#[derive(Debug)]
pub(super) struct Package {
    /// What others call its library.
    library: String,
    /// The library's own file.
    pub(super) root: Utf8PathBuf,
    /// Files that are crates by themselves, whatever they are called.
    pub(super) targets: Vec<Utf8PathBuf>,
    /// What its own files call other crates of the repository.
    pub(super) names: BTreeMap<String, Utf8PathBuf>,
    /// `package.workspace`.
    workspace: Option<String>,
}

impl Crates {
    /// Reads every Cargo.toml (path and text).
    pub(crate) fn new(files: &BTreeMap<Utf8PathBuf, String>) -> Crates {
        let mut crates = Crates::default();
        let mut dependencies = Vec::new();
        let mut ordered: Vec<(&Utf8Path, &str)> =
            files.iter().map(|(path, text)| (path.as_path(), text.as_str())).collect();
        // Of two packages of one name, the one further out is no fixture.
        ordered.sort_by_key(|(path, _)| path.components().count());
        for (path, text) in ordered {
            let Some(manifest) = Manifest::parse(text) else { continue };
            let folder = folder(path);
            if manifest.is_workspace {
                crates.shared.insert(folder.to_owned(), manifest.shared);
            }
            let Some(name) = manifest.package else { continue };
            let library = manifest.library.unwrap_or_else(|| name.replace('-', "_"));
            let root = manifest.library_path.and_then(|path| join(folder, &path));
            let targets = manifest.targets.iter().filter_map(|(path, _)| join(folder, path));
            let package = Package {
                library: library.clone(),
                root: root.unwrap_or_else(|| kernel::below(folder, "src/lib.rs")),
                targets: targets.collect(),
                names: BTreeMap::new(),
                workspace: manifest.workspace,
            };
            crates.by_name.entry(name).or_insert_with(|| folder.to_owned());
            crates.by_library.entry(library).or_insert_with(|| folder.to_owned());
            crates.packages.insert(folder.to_owned(), package);
            dependencies.push((folder.to_owned(), manifest.dependencies));
        }
        for (folder, dependencies) in dependencies {
            let mut names: BTreeMap<String, Utf8PathBuf> =
                dependencies.iter().filter_map(|one| crates.target(&folder, one)).collect();
            if let Some(package) = crates.packages.get_mut(&folder) {
                // Its binaries and tests use its library by name.
                names.insert(package.library.clone(), folder.clone());
                crates.names.extend(names.keys().cloned());
                package.names = names;
            }
        }
        crates.names.extend(crates.by_library.keys().cloned());
        crates
    }

    /// What files may call a crate that is restricted.
    pub(crate) fn keys(&self, ground: &Ground, keys: &mut Keys) {
        let is_inside = |folder: &Utf8PathBuf| ground.has(folder);
        let packages = || self.packages.iter().filter(|(folder, _)| !is_inside(folder));
        // A package whose own code is restricted and itself is not.
        let is_odd = |(folder, package): (&Utf8PathBuf, &Package)| {
            let roots = [&package.root, &kernel::below(folder, "src")];
            roots.into_iter().chain(&package.targets).any(is_inside)
        };
        if packages().any(is_odd) {
            keys.add_anything();
        }
        let named = packages().flat_map(|(_, package)| &package.names);
        let inside = named.chain(&self.by_library).filter(|(_, folder)| is_inside(folder));
        inside.for_each(|(name, _)| keys.add(name));
    }

    /// Whether some file of the repository may mean a crate by `name`.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The package that `file` belongs to, and its folder.
    pub(super) fn package_of(&self, file: &Utf8Path) -> Option<(&Utf8Path, &Package)> {
        let mut above = file.ancestors().skip(1);
        let found = above.find_map(|folder| self.packages.get_key_value(folder));
        found.map(|(folder, package)| (folder.as_path(), package))
    }

    /// The package in `folder`.
    pub(super) fn package(&self, folder: &Utf8Path) -> Option<&Package> {
        self.packages.get(folder)
    }

    /// The folder of the package whose library is called `name`.
    pub(super) fn library(&self, name: &str) -> Option<&Utf8Path> {
        self.by_library.get(name).map(Utf8PathBuf::as_path)
    }

    /// What the manifest at `path` names in the repository, and where that is;
    /// none where `text` does not read.
    pub(crate) fn manifest(
        &self,
        path: &Utf8Path,
        text: &str,
    ) -> Option<Vec<(Reference, Utf8PathBuf)>> {
        let manifest = Manifest::parse(text)?;
        let folder = folder(path);
        let named = |specifier: String, span| Reference { kind: Kind::Static, specifier, span };
        let mut found = Vec::new();
        for dependency in &manifest.dependencies {
            if let Some((_, target)) = self.target(folder, dependency) {
                let name = dependency.name().to_owned();
                found.push((named(name, dependency.span.clone()), target));
            }
        }
        for (path, span) in manifest.targets.into_iter().chain(manifest.members) {
            if let Some(target) = join(folder, &path) {
                found.push((named(path, span), target));
            }
        }
        Some(found)
    }

    // What the files of the package in `folder` call a dependency, and its
    // folder.
    fn target(&self, folder: &Utf8Path, named: &Dependency) -> Option<(String, Utf8PathBuf)> {
        let (base, dependency) =
            if named.is_shared { self.inherited(folder, named)? } else { (folder, named) };
        let target = match &dependency.path {
            Some(path) => join(base, path)?,
            // Published or not: it is the package of that name.
            None => self.by_name.get(dependency.name())?.clone(),
        };
        let renamed = dependency.package.as_ref().map(|_| named.key.clone());
        let library = || self.packages.get(&target).map(|package| package.library.clone());
        let name = renamed.or_else(library).unwrap_or_else(|| named.key.clone());
        Some((name.replace('-', "_"), target))
    }

    // `name.workspace = true`: as the nearest workspace above has it.
    fn inherited<'a>(
        &'a self,
        folder: &'a Utf8Path,
        named: &Dependency,
    ) -> Option<(&'a Utf8Path, &'a Dependency)> {
        let said = self.packages.get(folder).and_then(|package| package.workspace.as_deref());
        let said = said.and_then(|path| join(folder, path));
        let mut above = folder.ancestors();
        let (root, shared) = match said {
            Some(root) => self.shared.get_key_value(&root)?,
            None => above.find_map(|above| self.shared.get_key_value(above))?,
        };
        let dependency = shared.iter().find(|one| one.key == named.key)?;
        Some((root.as_path(), dependency))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) const MANIFESTS: [(&str, &str); 6] = [
        (
            "Cargo.toml",
            "[workspace]\nmembers = ['crates/*', 'ee']\n[workspace.dependencies]\n\
             shared = { path = 'ee' }\nlicence = { package = 'my-ee', path = 'ee' }\n",
        ),
        ("ee/Cargo.toml", "[package]\nname = 'my-ee'\n"),
        (
            "crates/odd/Cargo.toml",
            "[package]\nname = 'odd-name'\n[lib]\nname = 'even'\npath = 'lib.rs'\n",
        ),
        (
            "crates/core/Cargo.toml",
            "[package]\nname = 'core'\n[dependencies]\nlicence.workspace = true\n\
             odd-name = '1'\nserde = '1'\n[dev-dependencies]\nother = { package = 'my-ee', path = '../../ee' }\n",
        ),
        (
            "crates/gone/Cargo.toml",
            "[package]\nname = 'gone'\n[dependencies]\nx = { path = '../x' }\n",
        ),
        ("fixtures/deep/ee/Cargo.toml", "[package]\nname = 'my-ee'\n"),
    ];

    pub(crate) const FILES: [&str; 14] = [
        "ee/src/lib.rs",
        "ee/src/audit/mod.rs",
        "crates/odd/lib.rs",
        "crates/odd/deep.rs",
        "crates/core/src/lib.rs",
        "crates/core/src/a.rs",
        "crates/core/src/a/b.rs",
        "crates/core/src/ee/mod.rs",
        "crates/core/src/ee/x.rs",
        "crates/core/src/bin/run.rs",
        "crates/core/tests/it.rs",
        "crates/core/tests/common/mod.rs",
        "crates/core/build.rs",
        "crates/core/src/std.rs",
    ];

    pub(crate) fn crates() -> Crates {
        Crates::new(
            &MANIFESTS.iter().map(|(path, text)| ((*path).into(), (*text).to_owned())).collect(),
        )
    }

    #[test]
    fn manifests_name_folders() {
        let crates = crates();
        let of = |path: &str| {
            let text = MANIFESTS.iter().find(|(known, _)| *known == path).unwrap().1;
            let found = crates.manifest(path.into(), text).unwrap().into_iter();
            found.map(|(one, to)| format!("{} {to}", &text[one.span])).collect::<Vec<_>>()
        };
        assert_eq!(of("Cargo.toml"), ["'ee' ee"]);
        assert_eq!(of("crates/core/Cargo.toml"), ["licence ee", "odd-name crates/odd", "other ee"]);
        assert_eq!(of("crates/gone/Cargo.toml"), ["x crates/x"]);
        assert!(crates.manifest("Cargo.toml".into(), "[").is_none());
    }
}
