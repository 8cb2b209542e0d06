//! Which crate of the repository a name is, and which file a path.

use std::collections::{BTreeMap, HashSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest::{Dependency, Manifest};
use super::modules;
use super::references::{Means, Named};
use crate::project::Files;
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

#[derive(Debug)]
struct Package {
    /// What others call its library.
    library: String,
    /// The library's own file.
    root: Utf8PathBuf,
    /// Files that are crates by themselves, whatever they are called.
    targets: Vec<Utf8PathBuf>,
    /// What its own files call other crates of the repository.
    names: BTreeMap<String, Utf8PathBuf>,
    /// `package.workspace`.
    workspace: Option<String>,
}

// Crates that every file may name without a word in a manifest.
const SYSTEM: [&str; 5] = ["std", "core", "alloc", "proc_macro", "test"];

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
                root: root.unwrap_or_else(|| folder.join("src/lib.rs")),
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

    /// Whether some file of the repository may mean a crate by `name`.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.names.contains(name)
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

    /// What `named` in `file` may be: nothing where it is nothing of the
    /// repository.
    pub(crate) fn resolve(
        &self,
        file: &Utf8Path,
        named: &Named,
        files: &Files,
    ) -> Vec<Utf8PathBuf> {
        let specifier = named.reference.specifier.as_str();
        let place = Place::of(self, file, files);
        match named.means {
            Means::File => join(folder(file), specifier).into_iter().collect(),
            Means::PackageFile => {
                let below = specifier.trim_start_matches('/');
                join(place.package_folder, below).into_iter().collect()
            }
            // Relative to the file, or inside inline modules to their folder.
            Means::ModuleFile => {
                let base = if named.inside.as_str().is_empty() {
                    folder(file).to_owned()
                } else {
                    place.modules.join(&named.inside)
                };
                join(&base, specifier).into_iter().collect()
            }
            Means::Module => {
                let path = place.modules.join(&named.inside).join(specifier);
                // What is not there may have been taken away.
                let missing = || vec![Utf8PathBuf::from(format!("{path}.rs")), path.clone()];
                modules::file(&path, files).map_or_else(missing, |file| vec![file])
            }
            Means::Path => self.path(&place, &named.inside, specifier, files).into_iter().collect(),
        }
    }

    fn path(
        &self,
        place: &Place<'_>,
        inside: &Utf8Path,
        specifier: &str,
        files: &Files,
    ) -> Option<Utf8PathBuf> {
        let mut names = specifier.split("::").peekable();
        let is_global = names.next_if_eq(&"").is_some();
        let here = place.modules.join(inside);
        let first = *names.peek()?;
        let base = match first {
            "crate" => Some(place.crate_folder.clone()),
            "self" | "super" => Some(here.clone()),
            _ => None,
        };
        if let Some(mut base) = base {
            while let Some(name) = names.next_if(|name| matches!(*name, "crate" | "self" | "super"))
            {
                if name == "super" && !base.pop() {
                    return None;
                }
            }
            return modules::longest(&base, names, files);
        }
        let rest = names.clone().skip(1);
        if let Some(folder) = place.package.and_then(|package| package.names.get(first)) {
            return Some(self.inside(folder, rest, files));
        }
        if SYSTEM.contains(&first) {
            return None;
        }
        if !is_global {
            // A module, here or by way of a glob import.
            let bases = [Some(here.as_path()), here.parent(), Some(&place.crate_folder)];
            let module = bases
                .into_iter()
                .flatten()
                .find(|base| modules::file(&base.join(first), files).is_some());
            if let Some(base) = module {
                return modules::longest(base, names, files);
            }
        }
        // No manifest says so, but nothing else is called that.
        let known = self.by_library.get(first)?;
        Some(self.inside(known, rest, files))
    }

    // The module of a crate that the names lead to, or the crate.
    fn inside<'a>(
        &self,
        folder: &Utf8Path,
        names: impl Iterator<Item = &'a str>,
        files: &Files,
    ) -> Utf8PathBuf {
        let Some(package) = self.packages.get(folder) else { return folder.to_owned() };
        let base = crate::reference::folder(&package.root);
        let root = || files.has(&package.root).then(|| package.root.clone());
        modules::longest(base, names, files).or_else(root).unwrap_or_else(|| folder.to_owned())
    }
}

// Where a file stands among the crates.
struct Place<'a> {
    package: Option<&'a Package>,
    package_folder: &'a Utf8Path,
    /// The folder of the crate's modules.
    crate_folder: Utf8PathBuf,
    /// The folder of the file's own modules.
    modules: Utf8PathBuf,
}

impl<'a> Place<'a> {
    fn of(crates: &'a Crates, file: &Utf8Path, files: &Files) -> Place<'a> {
        let mut above = file.ancestors().skip(1);
        let found = above.find_map(|folder| crates.packages.get_key_value(folder));
        let package_folder = found.map_or(Utf8Path::new(""), |(folder, _)| folder.as_path());
        let package = found.map(|(_, package)| package);
        let is_root = |file: &Utf8Path| {
            let above = folder(file);
            let kind = above.file_name().unwrap_or_default();
            let is_kind = modules::KINDS.contains(&kind) && above.parent() == Some(package_folder);
            let is_target =
                package.is_some_and(|package| package.targets.iter().any(|one| one == file));
            is_kind
                || is_target
                || above == package_folder
                || above == package_folder.join("src/bin")
                || (above == package_folder.join("src")
                    && matches!(file.file_name(), Some("lib.rs" | "main.rs")))
        };
        let crate_folder = modules::crate_folder(file, package_folder, files, &is_root);
        let modules = modules::folder_of(file, &is_root);
        Place { package, package_folder, crate_folder, modules }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::references::references;

    const MANIFESTS: [(&str, &str); 6] = [
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

    const FILES: [&str; 14] = [
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

    fn crates() -> Crates {
        Crates::new(
            &MANIFESTS.iter().map(|(path, text)| ((*path).into(), (*text).to_owned())).collect(),
        )
    }

    fn resolved(file: &str, source: &str) -> Vec<String> {
        let (crates, files) = (crates(), Files::of(FILES));
        let found = references(source, &|name| crates.knows(name));
        let names = found.names.iter();
        let paths = names.flat_map(|named| crates.resolve(file.into(), named, &files));
        paths.map(Utf8PathBuf::into_string).collect()
    }

    #[test]
    fn a_name_is_the_crate_that_the_manifest_means() {
        let of = |source| resolved("crates/core/src/a.rs", source);
        assert_eq!(of("use licence::x;"), ["ee/src/lib.rs"]);
        assert_eq!(of("use licence::audit::X;"), ["ee/src/audit/mod.rs"]);
        assert_eq!(of("use other as o;"), ["ee/src/lib.rs"]);
        assert_eq!(of("extern crate my_ee;"), ["ee/src/lib.rs"]);
        assert_eq!(of("fn f() { even::deep::g() }"), ["crates/odd/deep.rs"]);
        assert_eq!(of("use even::*;"), ["crates/odd/lib.rs"]);
        for source in ["use serde::x;", "use std::mem;", "use odd_name::x;", "fn f() { T::x() }"] {
            assert_eq!(of(source), [""; 0], "{source}");
        }
        assert_eq!(resolved("crates/odd/lib.rs", "use core::mem;"), [""; 0]);
    }

    #[test]
    fn a_path_is_the_innermost_module() {
        for (file, source, expected) in [
            ("a.rs", "use crate::ee::x::Y;", "ee/x.rs"),
            ("a.rs", "use super::ee;", "ee/mod.rs"),
            ("a/b.rs", "use super::super::ee::Y;", "ee/mod.rs"),
            ("lib.rs", "use self::ee::Y;", "ee/mod.rs"),
            ("lib.rs", "use ee::Y;", "ee/mod.rs"),
            ("ee/mod.rs", "use self::x;", "ee/x.rs"),
            ("a.rs", "mod t { use super::b; }", "a/b.rs"),
            ("lib.rs", "mod ee { mod x; }", "ee/x.rs"),
            ("a.rs", "mod b;", "a/b.rs"),
        ] {
            let file = format!("crates/core/src/{file}");
            let expected = format!("crates/core/src/{expected}");
            assert_eq!(resolved(&file, source), [expected], "{file} {source}");
        }
        assert_eq!(resolved("crates/core/src/lib.rs", "use super::ee;"), [""; 0]);
        assert_eq!(resolved("crates/core/src/lib.rs", "use crate::None;"), [""; 0]);
    }

    #[test]
    fn each_target_is_a_crate() {
        let of = |file: &str, source| resolved(&format!("crates/core/{file}"), source);
        assert_eq!(of("tests/it.rs", "mod common;"), ["crates/core/tests/common/mod.rs"]);
        assert_eq!(of("tests/it.rs", "use crate::common::x;"), ["crates/core/tests/common/mod.rs"]);
        assert_eq!(of("src/bin/run.rs", "use core::ee::x;"), ["crates/core/src/ee/x.rs"]);
        assert_eq!(of("build.rs", "mod src;"), ["crates/core/src.rs", "crates/core/src"]);
    }

    #[test]
    fn files_are_relative_to_what_names_them() {
        let of = |source| resolved("crates/core/src/a.rs", source);
        assert_eq!(of("#[path = \"../../../ee/x.rs\"] mod x;"), ["ee/x.rs"]);
        assert_eq!(of("mod t { #[path = \"y.rs\"] mod x; }"), ["crates/core/src/a/t/y.rs"]);
        assert_eq!(of("include!(\"ee/x.rs\");"), ["crates/core/src/ee/x.rs"]);
        assert_eq!(
            of("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../../ee/a.md\"))"),
            ["ee/a.md"]
        );
        assert_eq!(of("mod gone;"), ["crates/core/src/a/gone.rs", "crates/core/src/a/gone"]);
        assert_eq!(of("include!(\"../../../../../etc/x\");"), [""; 0]);
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
