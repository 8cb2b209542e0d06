//! Every way in which a Python file names a module.

mod code;

use std::ops::Range;

use syntax::python::{Kind as Is, Lexer, Step, Token};

use super::value::value;
use crate::reference::{Kind, Reference};

/// Functions whose first argument is a module's name, or begins with it.
const LOADERS: [&str; 6] =
    ["find_spec", "resolve_name", "run_module", "import_string", "import_object", "import_path"];

/// What a file refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) references: Vec<Reference>,
    /// Files and folders that are named as such: `sys.path.insert(0, "ee")`.
    pub(crate) paths: Vec<Reference>,
    /// A string is open to the end of the file.
    pub(crate) is_broken: bool,
}

/// Code in code, and no further: `exec("exec('…')")`.
const DEPTH_MAX: usize = 2;

/// Reads `source`.
pub(crate) fn imports(source: &str) -> Found {
    read(source, DEPTH_MAX)
}

fn read(source: &str, depth: usize) -> Found {
    // Other names of the file for `import_module`.
    let mut loaders: Vec<&str> = Vec::new();
    let (mut references, mut paths) = (Vec::new(), Vec::new());
    // The indent of the `if TYPE_CHECKING:` whose block is being read.
    let mut types: Option<usize> = None;
    let mut line = Vec::new();
    let mut lexer = Lexer::new(source);
    while let Some(step) = lexer.next() {
        if let Step::Token(token) = step {
            line.push(token);
            continue;
        }
        let indent = lexer.indent();
        if types.is_some_and(|types| indent <= types) {
            types = None;
        }
        if types.is_none() && asks_for_types(&line, source) {
            types = Some(indent);
        }
        let kind = if types.is_some() { Kind::Type } else { Kind::Static };
        let reader = Reader { source, tokens: &line, kind, depth, loaders: &loaders };
        reader.read(&mut references, &mut paths);
        let named = reader.renamed();
        loaders.extend(named.filter(|_| loaders.len() < LOADERS_MAX));
        line.clear();
    }
    Found { references, paths, is_broken: !lexer.is_whole() }
}

// `if TYPE_CHECKING:`, `if typing.TYPE_CHECKING:`, and nothing less certain.
fn asks_for_types(line: &[Token], source: &str) -> bool {
    if line.first().is_none_or(|token| token.text(source) != "if") {
        return false;
    }
    let words: Vec<&str> = line.iter().take(5).map(|token| token.text(source)).collect();
    matches!(
        words.as_slice(),
        ["if", "TYPE_CHECKING", ":", ..] | ["if", _, ".", "TYPE_CHECKING", ":"]
    )
}

/// More names than a person gives to one function.
const LOADERS_MAX: usize = 8;

struct Reader<'a, 't> {
    source: &'a str,
    tokens: &'t [Token],
    kind: Kind,
    depth: usize,
    loaders: &'t [&'a str],
}

impl<'a> Reader<'a, '_> {
    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map(|token| token.text(self.source)).unwrap_or_default()
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Is::Name)
    }

    fn read(&self, found: &mut Vec<Reference>, paths: &mut Vec<Reference>) {
        for at in 0..self.tokens.len() {
            // `from`, `import` and the names below: few others are as long.
            let length = self.tokens.get(at).map_or(0, |token| token.end - token.start);
            if self.loaders.contains(&self.text(at)) {
                self.call(at, found);
            }
            if !matches!(length, 4..=10 | 12 | 13 | 15 | 17 | 23) || !self.is_name(at) {
                continue;
            }
            // A statement begins the line, or stands behind another one.
            let begins =
                at.checked_sub(1).is_none_or(|before| matches!(self.text(before), ":" | ";"));
            match self.text(at) {
                "import" if begins => self.import(at + 1, found),
                "from" if begins => self.from(at + 1, found),
                "import_module" | "__import__" => self.call(at, found),
                "exec" | "eval" | "compile" if self.before(at, 1) != "." => self.code(at, found),
                name if LOADERS.contains(&name) => self.named(at, Kind::Dynamic, found),
                // `importlib.resources.files("a.b")`.
                "files" | "contents" | "read_text" | "open_text" | "read_binary"
                    if self.before(at, 2) == "resources" =>
                {
                    self.resource(at, found);
                }
                "get_data" if self.before(at, 2) == "pkgutil" => self.resource(at, found),
                "resource_string" | "resource_stream" | "resource_filename" => {
                    self.resource(at, found);
                }
                "modules" if self.before(at, 2) == "sys" && self.text(at + 1) == "[" => {
                    self.subscript(at + 2, found);
                }
                "path" if self.before(at, 2) == "sys" => self.search_path(at, paths),
                "spec_from_file_location" if self.text(at + 1) == "(" => {
                    let comma = (at..self.tokens.len()).find(|at| self.text(*at) == ",");
                    if let Some((specifier, span, _)) =
                        comma.and_then(|comma| self.argument(comma + 1, "location"))
                    {
                        paths.push(Reference { kind: Kind::Dynamic, specifier, span });
                    }
                }
                "patch" | "setattr" | "delattr" => self.named(at, Kind::Mock, found),
                _ => {}
            }
        }
    }

    fn before(&self, at: usize, count: usize) -> &str {
        at.checked_sub(count).map(|at| self.text(at)).unwrap_or_default()
    }

    // The package that a resource is of.
    fn resource(&self, at: usize, found: &mut Vec<Reference>) {
        if self.text(at + 1) == "("
            && let Some((specifier, span, _)) = self.argument(at + 2, "package")
        {
            found.push(Reference { kind: Kind::Dynamic, specifier, span });
        }
    }

    // `sys.modules["a.b"]`.
    fn subscript(&self, at: usize, found: &mut Vec<Reference>) {
        let Some(token) = self.tokens.get(at).filter(|token| token.kind == Is::String) else {
            return;
        };
        if let Some(specifier) = value(token.text(self.source))
            && self.text(at + 1) == "]"
        {
            let span = token.start..token.end;
            found.push(Reference { kind: Kind::Dynamic, specifier, span });
        }
    }

    // `sys.path.append("a")`, `sys.path.insert(0, "a")`.
    fn search_path(&self, at: usize, paths: &mut Vec<Reference>) {
        let from = match (self.text(at + 2), self.text(at + 3)) {
            ("append", "(") => at + 4,
            ("insert", "(") if self.text(at + 5) == "," => at + 6,
            _ => return,
        };
        if let Some((specifier, span, _)) = self.argument(from, "item") {
            paths.push(Reference { kind: Kind::Dynamic, specifier, span });
        }
    }

    // `a.b` or `..a` from `at`: its text, its bytes, and where it ends.
    fn module(&self, at: usize) -> Option<(Reference, usize)> {
        let mut specifier = String::new();
        let mut end = at;
        let mut wants_name = true;
        loop {
            match self.text(end) {
                "." | "..." => wants_name = true,
                "import" | "as" => break,
                _ if wants_name && self.is_name(end) => wants_name = false,
                _ => break,
            }
            specifier.push_str(self.text(end));
            end += 1;
        }
        let first = self.tokens.get(at)?.start;
        let last = self.tokens.get(end.checked_sub(1)?)?.end;
        let reference = Reference { kind: self.kind, specifier, span: first..last.max(first) };
        (end > at).then_some((reference, end))
    }

    fn import(&self, mut at: usize, found: &mut Vec<Reference>) {
        while let Some((reference, end)) = self.module(at) {
            found.push(reference);
            at = if self.text(end) == "as" { end + 2 } else { end };
            if self.text(at) != "," {
                return;
            }
            at += 1;
        }
    }

    // A name taken from a module may be a module itself: one reference each.
    fn from(&self, at: usize, found: &mut Vec<Reference>) {
        let Some((module, end)) = self.module(at) else { return };
        if self.text(end) != "import" {
            return;
        }
        let dot = if module.specifier.ends_with('.') { "" } else { "." };
        let before = found.len();
        let mut at = end + 1;
        while at < self.tokens.len() && self.text(at) != ";" {
            match self.tokens.get(at) {
                // What follows is a name of this file's own.
                Some(_) if self.text(at) == "as" => at += 1,
                Some(token) if token.kind == Is::Name => found.push(Reference {
                    kind: self.kind,
                    specifier: format!("{}{dot}{}", module.specifier, self.text(at)),
                    span: token.start..token.end,
                }),
                _ => {}
            }
            at += 1;
        }
        if found.len() == before {
            found.push(module);
        }
    }

    // `find_spec("a.b")`, `import_string("a.b.C")`, `patch("a.b.c")`.
    fn named(&self, at: usize, kind: Kind, found: &mut Vec<Reference>) {
        if self.text(at + 1) != "(" {
            return;
        }
        let Some((name, span, _)) = self.argument(at + 2, "name") else { return };
        // `a.b:c` of entry points; a text that is no name names nothing.
        let specifier = name.split(':').next().unwrap_or_default().to_owned();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        if specifier.contains('.') && specifier.chars().all(is_name) && !specifier.starts_with('.')
        {
            found.push(Reference { kind, specifier, span });
        }
    }

    // What is written of a name that is put together, as far as it is a package:
    // `f"a.b.{c}"`, `"a.b." + c`, `"a.b.%s" % c`, `"a.b.{}".format(c)`.
    fn package(&self, at: usize) -> Option<Reference> {
        let token = self.tokens.get(at).filter(|token| token.kind == Is::String)?;
        let text = token.text(self.source);
        let from = text.find(['\'', '"'])?;
        let body = text.get(from..)?.trim_start_matches(['\'', '"']);
        let written = body.split(['{', '%', '\'', '"', '\\']).next().unwrap_or_default();
        let specifier = written.rsplit_once('.').map(|(package, _)| package)?.to_owned();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let is_package = !specifier.is_empty() && specifier.chars().all(is_name);
        let span = token.start..token.end;
        is_package.then_some(Reference { kind: Kind::Dynamic, specifier, span })
    }

    // `importlib.import_module("a.b")`, `__import__("a.b")`; `.b` of a package
    // that is named there is `a.b`.
    fn call(&self, at: usize, found: &mut Vec<Reference>) {
        if self.text(at + 1) != "(" {
            return;
        }
        let takes_package = self.text(at) == "import_module";
        let Some((name, span, end)) = self.argument(at + 2, "name") else {
            found.extend(self.package(at + 2));
            return;
        };
        let package = Some(end + 1).filter(|_| takes_package && self.text(end) == ",");
        let package = package.and_then(|at| self.argument(at, "package"));
        let dots = name.len() - name.trim_start_matches('.').len();
        let specifier = match package {
            Some((package, ..)) if dots > 0 => {
                let above = package.rsplit('.').skip(dots - 1).collect::<Vec<_>>();
                let names = above.into_iter().rev().chain([name.trim_start_matches('.')]);
                names.collect::<Vec<_>>().join(".")
            }
            _ => name,
        };
        found.push(Reference { kind: Kind::Dynamic, specifier, span });
    }

    // An argument of literals, by place or by its name: its value, its bytes, and
    // the token behind it.
    fn argument(&self, at: usize, name: &str) -> Option<(String, Range<usize>, usize)> {
        let is_named = self.text(at) == name && self.text(at + 1) == "=";
        let first = if is_named { at + 2 } else { at };
        let rest = self.tokens.get(first..)?;
        let count = rest.iter().take_while(|token| token.kind == Is::String).count();
        let literals = rest.get(..count)?;
        let span = literals.first()?.start..literals.last()?.end;
        let values = literals.iter().map(|literal| value(literal.text(self.source)));
        let end = first + count;
        matches!(self.text(end), ")" | ",").then_some((values.collect::<Option<_>>()?, span, end))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(source: &str) -> Vec<(Kind, String)> {
        let references = imports(source).references.into_iter();
        references.map(|one| (one.kind, one.specifier)).collect()
    }

    #[test]
    fn each_form_is_read_with_its_kind() {
        for (source, kind, specifier) in [
            ("import ee", Kind::Static, "ee"),
            ("import ee.x as y", Kind::Static, "ee.x"),
            ("from ee.x import (\n  a as b,\n)", Kind::Static, "ee.x.a"),
            ("from ee import *", Kind::Static, "ee"),
            ("from . import ee", Kind::Static, ".ee"),
            ("from ..ee.x import y", Kind::Static, "..ee.x.y"),
            ("from ...import ee", Kind::Static, "...ee"),
            ("from ee \\\n  import x", Kind::Static, "ee.x"),
            ("try: import ee\nexcept ImportError: pass", Kind::Static, "ee"),
            ("def f():\n    from ee import x", Kind::Static, "ee.x"),
            ("a = 1; import ee", Kind::Static, "ee"),
            ("if TYPE_CHECKING:\n    import ee", Kind::Type, "ee"),
            ("if typing.TYPE_CHECKING: import ee", Kind::Type, "ee"),
            ("if TYPE_CHECKING:\n    a\nelse:\n    import ee", Kind::Static, "ee"),
            ("if not TYPE_CHECKING:\n    import ee", Kind::Static, "ee"),
            ("if TYPE_CHECKING:\n    a\nimport ee", Kind::Static, "ee"),
            ("importlib.import_module('ee.x')", Kind::Dynamic, "ee.x"),
            ("import_module('.x', package='ee')", Kind::Dynamic, "ee.x"),
            ("import_module('..x', 'ee.a')", Kind::Dynamic, "ee.x"),
            ("import_module('.x', __package__)", Kind::Dynamic, ".x"),
            ("import_module(name='ee.x')", Kind::Dynamic, "ee.x"),
            ("import_module('ee' '.x')", Kind::Dynamic, "ee.x"),
            ("__import__(\"e\\x65\")", Kind::Dynamic, "ee"),
            ("exec('import ee.x')", Kind::Dynamic, "ee.x"),
            ("exec('import\\x20ee.x')", Kind::Dynamic, "ee.x"),
            ("exec('x = 1\\nimport ee')", Kind::Dynamic, "ee"),
            ("exec(\"exec('import ee')\")", Kind::Dynamic, "ee"),
        ] {
            assert_eq!(found(source), [(kind, specifier.to_owned())], "{source}");
        }
        assert_eq!(found("import a, b.c as d, e").len(), 3);
    }

    #[test]
    fn each_name_is_a_reference_at_its_place() {
        let source = "from a import (b as c, ee)";
        let found = imports(source).references;
        let names: Vec<&str> = found.iter().map(|one| one.specifier.as_str()).collect();
        assert_eq!(names, ["a.b", "a.ee"]);
        assert_eq!(&source[found[1].span.clone()], "ee");
    }

    #[test]
    fn a_string_without_end_is_told() {
        assert!(!imports("import a\n''''''\n").is_broken);
        assert!(imports("import a\n\"\"\"\n").is_broken);
    }

    #[test]
    fn what_names_no_module_is_left() {
        for source in [
            "# import ee",
            "'import ee'",
            "'''\nimport ee\n'''",
            "raise A from ee",
            "yield from ee",
            "import_module(name)",
            "import_module('a' + b)",
            "x.importer(1)",
            "",
        ] {
            assert_eq!(found(source), [], "{source}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_is_read(source in "((from|import|as|if|TYPE_CHECKING|\\.|,|\\(|\\)|:|;|'x'|a| |\n){0,20})") {
            let _ = imports(&source);
        }
    }
}
