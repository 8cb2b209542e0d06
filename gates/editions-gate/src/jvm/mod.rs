//! Java and Kotlin: packages instead of paths, and names that need no import.
//! A file of the restricted tree says which names its package has there; a file
//! of the core is judged by the names it uses.

mod escapes;
pub(crate) mod gradle;
mod lexer;
pub(crate) mod maven;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

use self::escapes::Plain;
use self::source::Source;
use crate::needles::Keys;
use crate::project::Files;
use crate::reference::{Kind, Reference, folder};

/// What the restricted trees declare.
#[derive(Debug, Default)]
pub(crate) struct Names {
    packages: BTreeMap<String, Package>,
}

#[derive(Debug, Default)]
struct Package {
    /// Types and functions, and where each is.
    names: BTreeMap<String, Utf8PathBuf>,
    /// Whether files elsewhere have a folder of this package.
    is_split: bool,
}

/// What one file refers to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) references: Vec<(Reference, Vec<Utf8PathBuf>)>,
    /// A string or comment is open to its end.
    pub(crate) is_broken: bool,
}

/// Whether it is a source of one of the two.
pub(crate) fn is_source(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("java" | "kt" | "kts"))
}

impl Names {
    /// Reads the sources of the restricted trees; `files` are all there are.
    pub(crate) fn new(sources: &BTreeMap<Utf8PathBuf, String>, files: &Files) -> Names {
        let mut packages: BTreeMap<String, Package> = BTreeMap::new();
        for (path, text) in sources {
            let source = Source::read(&Plain::of(text).text);
            let package = packages.entry(source.package).or_default();
            let stem = path.file_stem().unwrap_or_default().to_owned();
            for name in source.declared.into_iter().chain([stem]) {
                package.names.entry(name).or_insert_with(|| path.clone());
            }
        }
        // The default package cannot be imported.
        packages.remove("");
        if !packages.is_empty() {
            let others =
                files.iter().filter(|path| is_source(path) && !sources.contains_key(*path));
            let folders: BTreeSet<&Utf8Path> = others.map(folder).collect();
            for (name, package) in &mut packages {
                let wanted = name.replace('.', "/");
                package.is_split = folders.iter().any(|folder| folder.ends_with(&wanted));
            }
        }
        Names { packages }
    }

    /// Packages that the restricted trees have a part of.
    pub(crate) fn keys(&self, keys: &mut Keys) {
        self.packages.keys().for_each(|package| keys.add(package));
    }

    /// A name that `file` declares, with its package.
    pub(crate) fn name_in(&self, file: &Utf8Path) -> Option<String> {
        let stem = file.file_stem()?;
        self.packages.iter().find_map(|(package, found)| {
            let is_there = found.names.get(stem).is_some_and(|path| path == file);
            is_there.then(|| format!("{package}.{stem}"))
        })
    }

    /// What a source refers to among what is restricted.
    pub(crate) fn references(&self, text: &str) -> Found {
        if self.packages.is_empty() {
            return Found::default();
        }
        let plain = Plain::of(text);
        let source = Source::read(&plain.text);
        let mut found = Found { is_broken: source.is_broken, ..Found::default() };
        let mut seen = BTreeSet::new();
        let mut take = |kind, specifier: &str, span: Range<usize>, to: &Utf8Path| {
            let span = plain.place(&span);
            let reference = Reference { kind, specifier: specifier.to_owned(), span };
            if seen.insert((reference.specifier.clone(), to.to_owned())) {
                found.references.push((reference, vec![to.to_owned()]));
            }
        };
        for (name, span) in &source.imports {
            if let Some(to) = self.imported(name, &source) {
                take(Kind::Static, name, span.clone(), to);
            }
        }
        for (name, span) in &source.dotted {
            if let Some(to) = self.named(name) {
                take(Kind::Static, name, span.clone(), to);
            }
        }
        // A name of its own package needs no import.
        if let Some(package) = self.packages.get(&source.package) {
            for (word, span) in &source.words {
                let is_own = source.declared.contains(word);
                if let Some(to) = package.names.get(word).filter(|_| !is_own) {
                    take(Kind::Static, word, span.clone(), to);
                }
            }
        }
        for (value, span) in &source.strings {
            if let Some(to) = self.named(&value.replace(['/', '$'], ".")) {
                take(Kind::Dynamic, value, span.clone(), to);
            }
        }
        found
    }

    /// The lines of `META-INF/services/…` and of Spring's: classes, between marks.
    pub(crate) fn services(&self, text: &str) -> Vec<(Reference, Vec<Utf8PathBuf>)> {
        let mut found = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or_default();
            let mut start = at;
            for part in code.split_inclusive([' ', '\t', '=', ',', '\\', '\r', '\n']) {
                let name = part.trim_end_matches([' ', '\t', '=', ',', '\\', '\r', '\n']);
                // No class has a longer name.
                let class = Some(name).filter(|name| name.len() < 256);
                if let Some(to) = class.and_then(|name| self.named(&name.replace('$', "."))) {
                    let span = start..start + name.len();
                    let specifier = name.to_owned();
                    let reference = Reference { kind: Kind::Static, specifier, span };
                    found.push((reference, vec![to.to_owned()]));
                }
                start += part.len();
            }
            at += line.len();
        }
        found
    }

    /// What an import leads to; one of all names of a package counts where one of
    /// them is used, or nobody else has that package.
    fn imported(&self, name: &str, source: &Source) -> Option<&Utf8Path> {
        let Some(package) = name.strip_suffix(".*") else { return self.named(name) };
        match self.packages.get(package) {
            Some(found) => {
                let used = source.words.keys().find_map(|word| found.names.get(word));
                let any = found.names.values().next().filter(|_| !found.is_split);
                used.or(any).map(Utf8PathBuf::as_path)
            }
            // `import static a.b.C.*`, `import a.b.C.*`
            None => self.named(package),
        }
    }

    /// The file of `a.b.C` or `a.b.C.d`.
    fn named(&self, name: &str) -> Option<&Utf8Path> {
        let mut end = name.len();
        // The longest package first; names of classes have few parts.
        while let Some(dot) = name.get(..end).and_then(|before| before.rfind('.')) {
            let (package, rest) = (name.get(..dot)?, name.get(dot + 1..)?);
            if let Some(package) = self.packages.get(package) {
                let first = rest.split('.').next().unwrap_or_default();
                let to = package.names.get(first);
                let gone = package.names.values().next().filter(|_| !package.is_split);
                return to.or(gone).map(Utf8PathBuf::as_path);
            }
            end = dot;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let sources = BTreeMap::from([
            (
                "ee/src/main/java/org/m/ee/Plan.java".into(),
                "package org.m.ee;\npublic class Plan { class Inner {} }".to_owned(),
            ),
            (
                "ee/src/main/kotlin/Split.kt".into(),
                "package org.m.app\n\nfun <T> List<T>.paid(x: Int) = 1\nobject Paid".to_owned(),
            ),
        ]);
        let files = Files::of(["app/src/main/java/org/m/app/App.java"]);
        let names = Names::new(&sources, &files);
        let found = names.references(text).references.into_iter();
        found
            .map(|(it, to)| {
                format!("{:?} {} {}", it.kind, it.specifier, to[0].file_name().unwrap())
            })
            .collect()
    }

    #[test]
    fn every_road_of_a_source_is_found() {
        for (text, expected) in [
            ("package a; import org.m.ee.Plan;", "Static org.m.ee.Plan Plan.java"),
            ("package a\nimport org.m.ee.Plan as P\n", "Static org.m.ee.Plan Plan.java"),
            ("package a; import /* c */ org . m . ee . Plan ;", "Static org.m.ee.Plan Plan.java"),
            ("package a; import static org.m.ee.Plan.x;", "Static org.m.ee.Plan.x Plan.java"),
            ("package a; import org.m.ee.*;", "Static org.m.ee.* Plan.java"),
            ("package a; class A { org.m.ee.Plan p; }", "Static org.m.ee.Plan Plan.java"),
            ("package org.m.app; class A { Object p = Paid.x(); }", "Static Paid Split.kt"),
            ("package org.m.app\nval a = listOf(1).paid(2)", "Static paid Split.kt"),
            ("package a; import org.m.app.*; class A { Paid p; }", "Static org.m.app.* Split.kt"),
            (
                "class A { Object o = Class.forName(\"org.m.ee.Plan$Inner\"); }",
                "Dynamic org.m.ee.Plan$Inner Plan.java",
            ),
            ("import org.m.ee.Gone;", "Static org.m.ee.Gone Plan.java"),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left() {
        for text in [
            "// import org.m.ee.Plan;\n/* org.m.ee.Plan */ class A {}",
            "package a; import org.m.eel.Plan; class A { String s = \"see org.m.ee.Plan\"; }",
            "package a; import org.m.app.App; import org.m.app.*; class A { App a; }",
            "package org.m.app; class Paid {} class B { Paid p; }",
            "package a; class Paid { Plan plan; }",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn services_are_classes() {
        let sources =
            BTreeMap::from([("ee/P.java".into(), "package org.m.ee; class P {}".to_owned())]);
        let names = Names::new(&sources, &Files::default());
        let found = names.services("# org.m.ee.P\norg.m.X # org.m.ee.P\n org.m.ee.P # c\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.span, 35..45);
    }
}
