//! Every way in which a Rust file names a crate, a module or a file.

use std::ops::Range;

use camino::Utf8PathBuf;

use super::attributes::Tokens;
use super::declarations::{Declarations, Declared, declarations};
use crate::reference::{Kind, Reference};
use syntax::rust::{Kind as Is, tokens};

/// What a file refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) names: Vec<Named>,
    /// Paths that begin with a name which a declaration of the file gives.
    pub(crate) aliased: Vec<Aliased>,
    /// Bytes that only a build of the tests has.
    pub(crate) tests: Vec<Range<usize>>,
    /// A string or comment is open to the end of the file.
    pub(crate) is_broken: bool,
}

/// A reference with what it takes to know what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) reference: Reference,
    pub(crate) means: Means,
    /// The inline modules around it, as a path.
    pub(crate) inside: Utf8PathBuf,
}

/// A path whose first name is short for another path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aliased {
    /// As written.
    pub(crate) reference: Reference,
    /// What its first name is short for.
    pub(crate) declared: String,
    /// The whole, written out.
    pub(crate) path: String,
    /// The inline modules around the declaration.
    pub(crate) inside: Utf8PathBuf,
}

/// What a specifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// `a::b`.
    Path,
    /// `mod a;`.
    Module,
    /// `#[path = "a"]`.
    ModuleFile,
    /// `include!("a")`.
    File,
    /// `include!(concat!(env!("CARGO_MANIFEST_DIR"), "/a"))`.
    PackageFile,
}

/// Reads `source`. A path in an expression counts where it begins with `crate`,
/// `self`, `super`, a name that `is_crate` knows, or one that the file declares.
pub(crate) fn references(source: &str, is_crate: &dyn Fn(&str) -> bool) -> Found {
    let lexed = tokens(source);
    let Declarations { names, bound, globs, paths, tests } =
        declarations(Tokens::new(source, &lexed));
    let is_broken = lexed.last().is_some_and(|last| last.kind == Is::Broken);
    // `mod a {}` makes `a` the file's own in `use a::b` too.
    let is_own = |named: &Named| {
        let first = named.reference.specifier.split("::").next().unwrap_or_default();
        let own = bound.get(first).filter(|_| named.means == Means::Path)?;
        own.iter().find(|(path, around)| {
            *around == named.inside && path.strip_prefix("self::") == Some(first)
        })
    };
    let mut found = Found { names: Vec::new(), aliased: Vec::new(), tests, is_broken };
    for named in names {
        match is_own(&named) {
            Some(own) => {
                let specifier = &named.reference.specifier;
                let rest = specifier.find("::").and_then(|at| specifier.get(at..));
                found.aliased.push(written_out(&named.reference, own, rest.unwrap_or_default()));
            }
            None => found.names.push(named),
        }
    }
    for (path, inside) in paths {
        let (first, rest) = (path.first, path.rest.as_str());
        let start = if path.is_global { "::" } else { "" };
        let specifier = format!("{start}{first}{rest}");
        let reference = Reference { kind: Kind::Static, specifier, span: path.span };
        let is_relative = matches!(first, "crate" | "self" | "super");
        // Modules begin with a small letter; a type leads nowhere else.
        let is_module = !path.is_global && !first.starts_with(char::is_uppercase);
        // A name of the file's own comes before a crate, a crate before what a
        // glob may bring.
        let own = bound.get(first).filter(|_| !is_relative && !path.is_global);
        if let Some(own) = own {
            let is_near = own.iter().any(|(_, around)| *around == inside);
            let near = own.iter().filter(|(_, around)| !is_near || *around == inside);
            let short = near.filter(|_| is_module);
            found.aliased.extend(short.map(|declared| written_out(&reference, declared, rest)));
        } else if is_relative || is_crate(first) {
            found.names.push(Named { reference, means: Means::Path, inside });
        } else if is_module {
            let rest = format!("::{first}{rest}");
            let brought = globs.iter();
            found.aliased.extend(brought.map(|glob| written_out(&reference, glob, &rest)));
        }
    }
    found.names.sort_by_key(|named| named.reference.span.start);
    found
}

fn written_out(reference: &Reference, declared: &Declared, rest: &str) -> Aliased {
    let (path, inside) = declared;
    Aliased {
        reference: reference.clone(),
        declared: path.clone(),
        path: format!("{path}{rest}"),
        inside: inside.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(source: &str) -> Vec<(Means, String)> {
        let found = references(source, &|name| name == "ee");
        found.names.into_iter().map(|one| (one.means, one.reference.specifier)).collect()
    }

    #[test]
    fn each_form_is_read_with_what_it_means() {
        for (source, means, specifier) in [
            ("use ee::a;", Means::Path, "ee::a"),
            ("fn f() { use ee::a as b; b() }", Means::Path, "ee::a"),
            ("fn f() { ee::a::<T>::b() }", Means::Path, "ee::a"),
            ("fn f() -> ee::A {}", Means::Path, "ee::A"),
            ("fn f() { return ::ee::a() }", Means::Path, "::ee::a"),
            ("<ee::A as B>::c()", Means::Path, "ee::A"),
            ("ee::a!(x)", Means::Path, "ee::a"),
            ("#[ee::a] fn f() {}", Means::Path, "ee::a"),
            ("#[derive(ee::A)] struct B;", Means::Path, "ee::A"),
            ("macro_rules! m { () => { $crate::ee::a() } }", Means::Path, "crate::ee::a"),
            ("crate::ee::a()", Means::Path, "crate::ee::a"),
            ("super::super::a()", Means::Path, "super::super::a"),
            ("r#use; ee::r#a", Means::Path, "ee::a"),
            ("extern crate ee as x;", Means::Path, "::ee"),
            ("mod a;", Means::Module, "a"),
            ("pub(crate) mod a;", Means::Module, "a"),
            ("#[path = \"../ee/a.rs\"] mod a;", Means::ModuleFile, "../ee/a.rs"),
            ("#[path = \"a\"] #[allow(x)] pub mod a { }", Means::ModuleFile, "a"),
            ("include!(\"a.rs\")", Means::File, "a.rs"),
            ("#![doc = include_str!(\"../a.md\")]", Means::File, "../a.md"),
            ("include_bytes!(concat!(\"a\", \"/b\",))", Means::File, "a/b"),
            (
                "include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/a.rs\"))",
                Means::PackageFile,
                "/a.rs",
            ),
        ] {
            assert_eq!(found(source), [(means, specifier.to_owned())], "{source}");
        }
        assert_eq!(found("#[cfg_attr(x, path = \"a.rs\")] mod b;").len(), 2);
    }

    #[test]
    fn what_names_nothing_is_left() {
        for source in [
            "// use ee::a;",
            "/* ee::a */ \"use ee::a;\"",
            "x.ee::<T>()",
            "other::ee::a()",
            "Vec::<u8>::ee::a",
            "let ee = 1; ee + 1",
            "fn f<'a>() -> impl X + use<'a> {}",
            "include!(concat!(env!(\"OUT_DIR\"), \"/a.rs\"))",
            "include!(a)",
            "extern crate self as x;",
            "std::mem::swap(a, b)",
            "mod a { }",
            "use",
            "mod",
        ] {
            assert_eq!(found(source), [], "{source}");
        }
    }

    #[test]
    fn a_name_of_the_files_own_is_no_crate() {
        assert_eq!(found("use crate::x::ee; fn f() { ee::a() }").len(), 1);
        assert_eq!(found("mod ee {} fn f() { ee::a() }"), []);
        assert_eq!(found("use ee::{self, b}; fn f() { ee::a() }").len(), 3);
        assert_eq!(found("mod ee {} fn f() { ::ee::a() }").len(), 1);
    }

    #[test]
    fn a_short_name_is_written_out() {
        let of = |source: &str| {
            let found = references(source, &|_| false).aliased.into_iter();
            found
                .map(|one| format!("{} {} {}", one.reference.specifier, one.path, one.inside))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of("use crate::rules; fn f() { rules::ee::a() }"),
            ["rules::ee::a crate::rules::ee::a "]
        );
        assert_eq!(of("use a::b as c; c::d()"), ["c::d a::b::d "]);
        assert_eq!(of("mod m { mod a; a::b() }"), ["a::b self::a::b m"]);
        assert_eq!(of("mod m { use super::*; ee::a() }"), ["ee::a super::ee::a m"]);
        assert_eq!(of("use crate::a; mod m { use super::b as a; a::c() }"), ["a::c super::b::c m"]);
        assert_eq!(of("use crate::T; T::new(); U::new(); x::y()"), [""; 0]);
    }

    #[test]
    fn what_is_handed_on_and_where_it_stands_is_told() {
        let source = "mod a { mod b { pub use ee::c; } } use ee::d;";
        let found = references(source, &|_| true).names;
        assert_eq!(found[0].inside, "a/b");
        assert_eq!(found[0].reference.kind, Kind::Reexport);
        assert_eq!(&source[found[0].reference.span.clone()], "ee::c");
        assert_eq!((found[1].inside.as_str(), found[1].reference.kind), ("", Kind::Static));
    }

    #[test]
    fn what_only_tests_have_is_told() {
        let of = |source: &str| {
            let found = references(source, &|_| true);
            let is_test = |named: &Named| {
                let at = named.reference.span.start;
                found.tests.iter().any(|range| range.contains(&at))
            };
            found.names.iter().map(is_test).collect::<Vec<_>>()
        };
        assert_eq!(
            of("#[cfg(test)] mod t { use ee::a; #[test] fn f() {} } use ee::b;"),
            [true, false]
        );
        assert_eq!(of("#[test] fn f() { ee::a() } fn g() { ee::b() }"), [true, false]);
        assert_eq!(of("#[cfg(test)] use ee::{a}; use ee::b;"), [true, false]);
        assert_eq!(of("mod a { #![cfg(test)] use ee::a; } use ee::b;"), [true, false]);
        assert_eq!(of("#[cfg(not(test))] use ee::a;"), [false]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_is_read(source in "((use|mod|extern crate|crate|super|ee|as|include!|concat!|env!|#\\[|#!\\[|cfg|all|test|path = |\\]|\\{|\\}|\\(|\\)|::|;|,|\\*|<|'x'|\"x\"|\\$| |\n){0,24})|.{0,30}") {
            for named in references(&source, &|_| true).names {
                prop_assert!(source.get(named.reference.span).is_some());
            }
        }
    }
}
