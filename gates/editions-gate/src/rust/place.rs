//! Where a file stands among the crates, and what its paths lead to from there.

use camino::{Utf8Path, Utf8PathBuf};

use super::crates::{Crates, Package};
use super::modules;
use super::references::{Means, Named};
use crate::project::Files;
use crate::reference::{folder, join};

/// A file's place.
pub(crate) struct Place<'a> {
    crates: &'a Crates,
    files: &'a Files,
    file: &'a Utf8Path,
    package: Option<&'a Package>,
    package_folder: &'a Utf8Path,
    /// The folder of the crate's modules.
    crate_folder: Utf8PathBuf,
    /// The folder of the file's own modules.
    modules: Utf8PathBuf,
}

impl<'a> Place<'a> {
    /// The place of `file`.
    pub(crate) fn of(crates: &'a Crates, file: &'a Utf8Path, files: &'a Files) -> Place<'a> {
        let found = crates.package_of(file);
        let package_folder = found.map_or(Utf8Path::new(""), |(folder, _)| folder);
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
                || above == kernel::below(package_folder, "src/bin")
        };
        let crate_folder = modules::crate_folder(file, package_folder, files, &is_root);
        let modules = modules::folder_of(file, &is_root);
        Place { crates, files, file, package, package_folder, crate_folder, modules }
    }

    /// What `named` may be: nothing where it is nothing of the repository.
    pub(crate) fn resolve(&self, named: &Named) -> Vec<Utf8PathBuf> {
        let specifier = named.reference.specifier.as_str();
        match named.means {
            Means::File => join(folder(self.file), specifier).into_iter().collect(),
            Means::PackageFile => {
                let below = specifier.trim_start_matches('/');
                join(self.package_folder, below).into_iter().collect()
            }
            // Relative to the file, or inside inline modules to their folder.
            Means::ModuleFile => {
                let base = if named.inside.as_str().is_empty() {
                    folder(self.file).to_owned()
                } else {
                    kernel::below(&self.modules, &named.inside)
                };
                join(&base, specifier).into_iter().collect()
            }
            Means::Module => {
                let path = kernel::below(&kernel::below(&self.modules, &named.inside), specifier);
                // What is not there may have been taken away.
                let missing = || vec![Utf8PathBuf::from(format!("{path}.rs")), path.clone()];
                modules::file(&path, self.files).map_or_else(missing, |file| vec![file])
            }
            Means::Path => self.path(&named.inside, specifier).into_iter().collect(),
        }
    }

    /// The file that a path leads to, as written in the inline modules `inside`.
    pub(crate) fn path(&self, inside: &Utf8Path, specifier: &str) -> Option<Utf8PathBuf> {
        let mut names = specifier.split("::").peekable();
        let is_global = names.next_if_eq(&"").is_some();
        let here = kernel::below(&self.modules, inside);
        let first = *names.peek()?;
        let base = match first {
            "crate" => Some(&self.crate_folder),
            "self" | "super" => Some(&here),
            _ => None,
        };
        if let Some(base) = base {
            let mut base = base.clone();
            let is_step = |name: &&str| matches!(*name, "crate" | "self" | "super");
            while let Some(name) = names.next_if(is_step) {
                if name == "super" && !base.pop() {
                    return None;
                }
            }
            return modules::longest(&base, names, self.files);
        }
        let rest = names.clone().skip(1);
        if let Some(folder) = self.package.and_then(|package| package.names.get(first)) {
            return Some(self.inside(folder, rest));
        }
        if SYSTEM.contains(&first) {
            return None;
        }
        if !is_global {
            // A module, here or by way of a glob import.
            let bases = [Some(here.as_path()), here.parent(), Some(&self.crate_folder)];
            let has =
                |base: &&Utf8Path| modules::file(&kernel::below(base, first), self.files).is_some();
            if let Some(base) = bases.into_iter().flatten().find(has) {
                return modules::longest(base, names, self.files);
            }
        }
        // No manifest says so, but nothing else is called that.
        Some(self.inside(self.crates.library(first)?, rest))
    }

    // The module of a crate that the names lead to, or the crate.
    fn inside<'n>(
        &self,
        crate_folder: &Utf8Path,
        names: impl Iterator<Item = &'n str>,
    ) -> Utf8PathBuf {
        let Some(package) = self.crates.package(crate_folder) else {
            return crate_folder.to_owned();
        };
        let root = || self.files.has(&package.root).then(|| package.root.clone());
        modules::longest(folder(&package.root), names, self.files)
            .or_else(root)
            .unwrap_or_else(|| crate_folder.to_owned())
    }
}

// Crates that every file may name without a word in a manifest.
const SYSTEM: [&str; 5] = ["std", "core", "alloc", "proc_macro", "test"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::crates::tests::{FILES, crates};
    use crate::rust::references::references;

    fn resolved(file: &str, source: &str) -> Vec<String> {
        let (crates, files) = (crates(), Files::of(FILES));
        let found = references(source, &|name| crates.knows(name));
        let place = Place::of(&crates, file.into(), &files);
        let paths = found.names.iter().flat_map(|named| place.resolve(named));
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
}
