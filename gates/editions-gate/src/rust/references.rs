//! Every way in which a Rust file names a crate, a module or a file.

use std::collections::HashMap;
use std::ops::Range;

use camino::Utf8PathBuf;

use super::attributes::Tokens;
use super::expressions::{Path, path};
use super::lexer::{Kind as Is, tokens};
use super::literals::{included, literal};
use super::uses::leaves;
use crate::reference::{Kind, Reference};

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
    let tokens = Tokens::new(source, &lexed);
    let is_broken = lexed.last().is_some_and(|last| last.kind == Is::Broken);
    let mut reader = Reader {
        tokens,
        is_crate,
        found: Found { is_broken, ..Found::default() },
        modules: Vec::new(),
        bound: HashMap::new(),
        globs: Vec::new(),
        paths: Vec::new(),
        has_path: false,
    };
    let mut at = 0;
    while at < lexed.len() {
        at = reader.step(at).max(at + 1);
    }
    reader.finish()
}

/// A path, and the inline modules around its declaration.
type Declared = (String, Utf8PathBuf);

struct Reader<'a> {
    tokens: Tokens<'a>,
    is_crate: &'a dyn Fn(&str) -> bool,
    found: Found,
    /// Inline modules that are open: where each closes, and its name.
    modules: Vec<(usize, &'a str)>,
    /// What names of the file's own are short for.
    bound: HashMap<String, Vec<Declared>>,
    /// `use a::*`.
    globs: Vec<Declared>,
    /// Paths outside of declarations, with the inline modules around them.
    paths: Vec<(Path<'a>, Utf8PathBuf)>,
    /// The module that follows says itself where it is.
    has_path: bool,
}

impl<'a> Reader<'a> {
    fn text(&self, at: usize) -> &'a str {
        self.tokens.text(at)
    }

    fn before(&self, at: usize) -> &'a str {
        at.checked_sub(1).map(|at| self.text(at)).unwrap_or_default()
    }

    fn inside(&self) -> Utf8PathBuf {
        self.modules.iter().map(|(_, name)| *name).collect()
    }

    fn name(&mut self, kind: Kind, means: Means, (specifier, span): (String, Range<usize>)) {
        let inside = self.inside();
        let reference = Reference { kind, specifier, span };
        self.found.names.push(Named { reference, means, inside });
    }

    fn bind(&mut self, name: &str, path: String) {
        let declared = (path, self.inside());
        self.bound.entry(name.to_owned()).or_default().push(declared);
    }

    // Reads what begins at `at`, and tells where to go on.
    fn step(&mut self, at: usize) -> usize {
        while self.modules.pop_if(|(close, _)| *close <= at).is_some() {}
        if self.text(at) == "#" {
            return self.attribute(at);
        }
        if !self.tokens.is(at, Is::Ident) {
            return at + 1;
        }
        match self.text(at) {
            "use" if self.text(at + 1) != "<" => self.declaration(at),
            "mod" => self.module(at),
            "extern" if self.text(at + 1) == "crate" => self.extern_crate(at),
            "include" | "include_str" | "include_bytes" if self.text(at + 1) == "!" => {
                if let Some((means, literal)) = included(&self.tokens, at) {
                    self.name(Kind::Static, means, literal);
                }
                at + 1
            }
            _ => {
                let Some(path) = path(&self.tokens, at) else { return at + 1 };
                let end = path.end;
                self.paths.push((path, self.inside()));
                end
            }
        }
    }

    fn attribute(&mut self, at: usize) -> usize {
        let Some(attribute) = self.tokens.attribute(at) else { return at + 1 };
        if let Some(path) = attribute.path {
            if let Some(literal) = literal(&self.tokens, path, path + 1) {
                self.name(Kind::Static, Means::ModuleFile, literal);
            }
            self.has_path |= attribute.is_path_certain;
        }
        let start = self.tokens.span(at, at).start;
        let is_known = self.found.tests.last().is_some_and(|last| start < last.end);
        if attribute.is_test && !is_known {
            let end = if attribute.is_inner {
                self.modules.last().map_or(self.tokens.tokens.len(), |(close, _)| *close)
            } else {
                self.tokens.item_end(at)
            };
            let last = end.saturating_sub(1);
            self.found.tests.push(start..self.tokens.span(last, last).end.max(start));
        }
        // `#[my_crate::attribute]` and what stands in it.
        at + 1
    }

    fn declaration(&mut self, at: usize) -> usize {
        let (leaves, end) = leaves(&self.tokens, at + 1);
        let kind = if self.before(at) == "pub" { Kind::Reexport } else { Kind::Static };
        for leaf in leaves {
            if leaf.is_glob {
                self.globs.push((leaf.path.clone(), self.inside()));
            } else if let Some(name) = &leaf.binds {
                self.bind(name, leaf.path.clone());
            }
            self.name(kind, Means::Path, (leaf.path, leaf.span));
        }
        end
    }

    fn module(&mut self, at: usize) -> usize {
        let name = self.text(at + 1);
        let has_path = std::mem::take(&mut self.has_path);
        if !self.tokens.is(at + 1, Is::Ident) {
            return at + 1;
        }
        let opens = match self.text(at + 2) {
            "{" => true,
            ";" => false,
            _ => return at + 1,
        };
        self.bind(name, format!("self::{name}"));
        if opens {
            self.modules.push((self.tokens.close(at + 2), name));
        } else if !has_path {
            let span = self.tokens.span(at + 1, at + 1);
            self.name(Kind::Static, Means::Module, (name.to_owned(), span));
        }
        at + 3
    }

    fn extern_crate(&mut self, at: usize) -> usize {
        let name = self.text(at + 2);
        let is_own = name == "self";
        if !is_own && self.tokens.is(at + 2, Is::Ident) {
            let kind = if self.before(at) == "pub" { Kind::Reexport } else { Kind::Static };
            let span = self.tokens.span(at + 2, at + 2);
            self.name(kind, Means::Path, (format!("::{name}"), span));
        }
        if self.text(at + 3) == "as" {
            let path = if is_own { "crate".to_owned() } else { format!("::{name}") };
            self.bind(self.text(at + 4), path);
        }
        at + 3
    }

    // What each path is, once every declaration is known: a name of the file's
    // own comes before a crate, a crate before what a glob may bring.
    fn finish(mut self) -> Found {
        for (path, inside) in std::mem::take(&mut self.paths) {
            let (first, rest) = (path.first, &path.rest);
            let start = if path.is_global { "::" } else { "" };
            let specifier = format!("{start}{first}{rest}");
            let reference = Reference { kind: Kind::Static, specifier, span: path.span };
            let is_relative = matches!(first, "crate" | "self" | "super");
            let bound = self.bound.get(first).filter(|_| !is_relative && !path.is_global);
            // Modules begin with a small letter; a type leads nowhere else.
            let is_module = !first.starts_with(char::is_uppercase);
            if let Some(bound) = bound {
                let near = bound.iter().filter(|(_, around)| *around == inside);
                let near: Vec<&Declared> = near.collect();
                let all = if near.is_empty() { bound.iter().collect() } else { near };
                for (declared, inside) in all.into_iter().filter(|_| is_module) {
                    let path = format!("{declared}{rest}");
                    let (declared, inside) = (declared.clone(), inside.clone());
                    let reference = reference.clone();
                    self.found.aliased.push(Aliased { reference, declared, path, inside });
                }
            } else if is_relative || (self.is_crate)(first) {
                self.found.names.push(Named { reference, means: Means::Path, inside });
            } else if is_module && !path.is_global {
                for (declared, inside) in self.globs.iter().take(GLOBS_MAX) {
                    let path = format!("{declared}::{first}{rest}");
                    let (declared, inside) = (declared.clone(), inside.clone());
                    let reference = reference.clone();
                    self.found.aliased.push(Aliased { reference, declared, path, inside });
                }
            }
        }
        self.found.names.sort_by_key(|named| named.reference.span.start);
        self.found
    }
}

// More globs than this are no file that a person wrote.
const GLOBS_MAX: usize = 16;

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
