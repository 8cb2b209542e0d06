//! Every way in which a Rust file names a crate, a module or a file.

use std::collections::HashSet;
use std::ops::Range;

use camino::Utf8PathBuf;

use super::attributes::Tokens;
use super::lexer::{Kind as Is, tokens, value};
use super::uses::{SEGMENTS_MAX, leaves};
use crate::reference::{Kind, Reference};

/// What a file refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) names: Vec<Named>,
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
/// `self`, `super`, or a name that `is_crate` knows.
pub(crate) fn references(source: &str, is_crate: &dyn Fn(&str) -> bool) -> Found {
    let lexed = tokens(source);
    let tokens = Tokens::new(source, &lexed);
    let is_broken = lexed.last().is_some_and(|last| last.kind == Is::Broken);
    let mut reader = Reader {
        tokens,
        is_crate,
        found: Found { is_broken, ..Found::default() },
        modules: Vec::new(),
        bound: HashSet::new(),
        in_expressions: Vec::new(),
        has_path: false,
    };
    let mut at = 0;
    while at < lexed.len() {
        at = reader.step(at).max(at + 1);
    }
    reader.finish()
}

// Words that are no name: `::` behind one begins a path at the crates.
const KEYWORDS: [&str; 30] = [
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "static", "type", "unsafe", "where", "while", "yield",
];

struct Reader<'a> {
    tokens: Tokens<'a>,
    is_crate: &'a dyn Fn(&str) -> bool,
    found: Found,
    /// Inline modules that are open: where each closes, and its name.
    modules: Vec<(usize, &'a str)>,
    /// What the file's own declarations call something.
    bound: HashSet<String>,
    in_expressions: Vec<Named>,
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

    fn named(&self, means: Means, specifier: String, span: Range<usize>) -> Named {
        let inside = self.modules.iter().map(|(_, name)| *name).collect();
        Named { reference: Reference { kind: Kind::Static, specifier, span }, means, inside }
    }

    fn span(&self, first: usize, last: usize) -> Range<usize> {
        let start = self.tokens.tokens.get(first).map(|token| token.start);
        let end = self.tokens.tokens.get(last).map(|token| token.end);
        start.zip(end).map_or(0..0, |(start, end)| start..end.max(start))
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
                self.include(at)
            }
            _ => self.expression(at),
        }
    }

    fn attribute(&mut self, at: usize) -> usize {
        let Some(attribute) = self.tokens.attribute(at) else { return at + 1 };
        if let Some(path) = attribute.path {
            let named = self.literal(path, path + 1, Means::ModuleFile);
            self.found.names.extend(named);
            self.has_path |= attribute.is_path_certain;
        }
        let start = self.span(at, at).start;
        let is_known = self.found.tests.last().is_some_and(|last| start < last.end);
        if attribute.is_test && !is_known {
            let end = if attribute.is_inner {
                self.modules.last().map_or(self.tokens.tokens.len(), |(close, _)| *close)
            } else {
                self.tokens.item_end(at)
            };
            let last = end.saturating_sub(1);
            self.found.tests.push(start..self.span(last, last).end.max(start));
        }
        // `#[my_crate::attribute]` and what stands in it.
        at + 1
    }

    fn declaration(&mut self, at: usize) -> usize {
        let (leaves, end) = leaves(&self.tokens, at + 1);
        let kind = if self.before(at) == "pub" { Kind::Reexport } else { Kind::Static };
        for leaf in leaves {
            let mut named = self.named(Means::Path, leaf.path, leaf.span);
            named.reference.kind = kind;
            self.found.names.push(named);
            self.bound.extend(leaf.binds);
        }
        end
    }

    fn module(&mut self, at: usize) -> usize {
        let name = self.text(at + 1);
        let has_path = std::mem::take(&mut self.has_path);
        if !self.tokens.is(at + 1, Is::Ident) {
            return at + 1;
        }
        match self.text(at + 2) {
            "{" => self.modules.push((self.tokens.close(at + 2), name)),
            ";" if !has_path => {
                let named = self.named(Means::Module, name.to_owned(), self.span(at + 1, at + 1));
                self.found.names.push(named);
            }
            ";" => {}
            _ => return at + 1,
        }
        self.bound.insert(name.to_owned());
        at + 3
    }

    fn extern_crate(&mut self, at: usize) -> usize {
        let name = self.text(at + 2);
        if name != "self" && self.tokens.is(at + 2, Is::Ident) {
            let span = self.span(at + 2, at + 2);
            let mut named = self.named(Means::Path, format!("::{name}"), span);
            if self.before(at) == "pub" {
                named.reference.kind = Kind::Reexport;
            }
            self.found.names.push(named);
        }
        if self.text(at + 3) == "as" {
            self.bound.insert(self.text(at + 4).to_owned());
        }
        at + 3
    }

    // `include!("a")`, `include!(concat!("a", "b"))`, and with the package's
    // folder at its front. What is built (`OUT_DIR`) is not in the tree.
    fn include(&mut self, at: usize) -> usize {
        let open = at + 2;
        if !matches!(self.text(open), "(" | "[" | "{") {
            return at + 1;
        }
        let mut first = open + 1;
        let mut close = self.tokens.close(open);
        let mut means = Means::File;
        if self.text(first) == "concat" && self.text(first + 1) == "!" {
            close = self.tokens.close(first + 2);
            first += 3;
        }
        if self.text(first) == "env" && self.text(first + 1) == "!" {
            let variable = value(self.text(first + 3));
            if variable.as_deref() != Some("CARGO_MANIFEST_DIR") {
                return at + 1;
            }
            means = Means::PackageFile;
            first = self.tokens.close(first + 2).saturating_add(1);
        }
        let named = self.literal(first, close, means);
        self.found.names.extend(named);
        at + 1
    }

    // The literals from `first` to `close`, commas between them, as one.
    fn literal(&self, first: usize, close: usize, means: Means) -> Option<Named> {
        let mut specifier = String::new();
        let mut span: Option<Range<usize>> = None;
        for at in first..close {
            match self.text(at) {
                "," => {}
                text if self.tokens.is(at, Is::String) => {
                    specifier.push_str(&value(text)?);
                    let here = self.span(at, at);
                    span = Some(span.map_or(here.start, |span| span.start)..here.end);
                }
                _ => return None,
            }
        }
        span.map(|span| self.named(means, specifier, span))
    }

    fn expression(&mut self, at: usize) -> usize {
        let is_path =
            self.tokens.is(at + 1, Is::PathSeparator) && self.tokens.is(at + 2, Is::Ident);
        let mut is_global = false;
        if self.before(at) == "::" {
            // Behind a name or a type it is no beginning.
            let ahead = at.checked_sub(2);
            let word = ahead.map(|at| self.text(at)).unwrap_or_default();
            let goes_on = ahead.is_some_and(|ahead| self.tokens.is(ahead, Is::Ident));
            is_global = word != ">" && (!goes_on || KEYWORDS.contains(&word));
            if !is_global {
                return at + 1;
            }
        }
        let first = self.text(at);
        let is_relative = matches!(first, "crate" | "self" | "super");
        if !is_path || !(is_relative || (self.is_crate)(first)) {
            return at + 1;
        }
        let mut specifier = if is_global { format!("::{first}") } else { first.to_owned() };
        let mut last = at;
        let mut count = 1;
        while self.tokens.is(last + 1, Is::PathSeparator) && self.tokens.is(last + 2, Is::Ident) {
            last += 2;
            count += 1;
            if count <= SEGMENTS_MAX {
                specifier.push_str("::");
                specifier.push_str(self.text(last));
            }
        }
        let named = self.named(Means::Path, specifier, self.span(at, last));
        self.in_expressions.push(named);
        last + 1
    }

    // What a declaration of this file calls `a` is no crate `a`; where that
    // declaration leads has been told already.
    fn finish(mut self) -> Found {
        let bound = std::mem::take(&mut self.bound);
        let ours = self.in_expressions.into_iter().filter(|named| {
            let first = named.reference.specifier.split("::").next().unwrap_or_default();
            !bound.contains(first)
        });
        self.found.names.extend(ours);
        self.found.names.sort_by_key(|named| named.reference.span.start);
        self.found
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
