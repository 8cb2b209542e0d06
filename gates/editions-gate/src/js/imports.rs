//! Every way in which a JavaScript or TypeScript file names another one.

use syntax::ecmascript::{Kind as Is, Token, tokens};

use super::doc_types;
use super::value::value;
use crate::reference::{Kind, Reference};

/// What a file refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) references: Vec<Reference>,
    /// Patterns of `import.meta.glob`.
    pub(crate) globs: Vec<Reference>,
    /// A template or comment is open to the end of the file: what follows it
    /// was not read.
    pub(crate) is_broken: bool,
}

/// Calls of `vi` and `jest` that name a module.
const MOCKS: [&str; 12] = [
    "mock",
    "doMock",
    "unmock",
    "dontMock",
    "doUnmock",
    "setMock",
    "importActual",
    "importMock",
    "requireActual",
    "requireMock",
    "createMockFromModule",
    "unstable_mockModule",
];

/// Reads `source`.
pub(crate) fn imports(source: &str) -> Found {
    let tokens = tokens(source);
    let mut found = Found {
        is_broken: tokens.last().is_some_and(|last| last.kind == Is::Broken),
        ..Found::default()
    };
    let reader = Reader { source, tokens: &tokens };
    for at in 0..tokens.len() {
        reader.read(at, &mut found);
    }
    found.references.extend(doc_types::references(source, &tokens));
    found
        .references
        .extend(referenced(source, tokens.first().map_or(source.len(), |first| first.start)));
    found
}

// `/// <reference path="x" />` at the head of a file.
fn referenced(source: &str, end: usize) -> Vec<Reference> {
    const MARK: &str = "<reference path=";
    let mut found = Vec::new();
    let mut at = 0;
    for line in source.get(..end).unwrap_or_default().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let mark = line.find(MARK).filter(|_| line.trim_start().starts_with("///"));
        let Some(from) = mark.map(|mark| mark + MARK.len() + 1) else { continue };
        let rest = line.get(from..).unwrap_or_default();
        let Some(name) = rest.split(['"', '\'']).next() else { continue };
        let span = start + from..start + from + name.len();
        found.push(Reference { kind: Kind::Type, specifier: name.to_owned(), span });
    }
    found
}

struct Reader<'a> {
    source: &'a str,
    tokens: &'a [Token],
}

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map(|token| token.text(self.source)).unwrap_or_default()
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Is::Word)
    }

    // `x.name(`, its first name at `at`.
    fn is_call_of(&self, at: usize, name: &str) -> bool {
        self.text(at + 1) == "." && self.text(at + 2) == name && self.text(at + 3) == "("
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map(|at| self.text(at)).unwrap_or_default()
    }

    fn literal(&self, at: usize, kind: Kind) -> Option<Reference> {
        let token = self.tokens.get(at)?;
        if token.kind != Is::String && !token.is_plain_template(self.source) {
            return None;
        }
        let specifier = value(token.text(self.source))?;
        Some(Reference { kind, specifier, span: token.start..token.end })
    }

    // A path that is put together: what is written of it before the first part
    // that is not, as far as that names a folder. One literal is itself.
    fn path(&self, at: usize, kind: Kind) -> Option<Reference> {
        let mut specifier = String::new();
        let mut end = at;
        let is_whole = loop {
            let token = self.tokens.get(end)?;
            let text = token.text(self.source);
            match token.kind {
                Is::String => specifier.push_str(&value(text)?),
                Is::Template if text.starts_with('`') => {
                    let inner = text.strip_suffix('{').unwrap_or(text);
                    specifier.push_str(&value(inner)?);
                    if inner.len() < text.len() {
                        break false;
                    }
                }
                _ => return None,
            }
            match (self.text(end + 1), self.tokens.get(end + 2).map(|next| next.kind)) {
                ("+", Some(Is::String | Is::Template)) => end += 2,
                ("+", _) | (".", _) => break false,
                _ => break true,
            }
        };
        if !is_whole {
            // `./` and `../` alone may be anything.
            let folder = specifier.rfind('/')?;
            specifier.truncate(folder);
            if specifier.split('/').all(|part| matches!(part, "" | "." | "..")) {
                return None;
            }
        }
        let (first, last) = (self.tokens.get(at)?, self.tokens.get(end)?);
        let kind = if is_whole { kind } else { Kind::Dynamic };
        Some(Reference { kind, specifier, span: first.start..last.end })
    }

    fn read(&self, at: usize, found: &mut Found) {
        // `vi`, `URL`, `jest`, `import`, `require`, `createRequire`: most words are
        // of other lengths.
        let length = self.tokens.get(at).map_or(0, |token| token.end - token.start);
        if !matches!(length, 2..=4 | 6 | 7 | 13) || !self.is_word(at) {
            return;
        }
        // A member or a key of that name is something else.
        let is_member = matches!(self.before(at), "." | "?.");
        match self.text(at) {
            "import" if !is_member => self.import(at, found),
            "export" if !is_member => found.references.extend(self.from(at + 1, true)),
            "require" if !is_member || self.text(at.saturating_sub(2)) == "module" => {
                let call = match (self.text(at + 1), self.text(at + 2)) {
                    (".", _) => at + 3,
                    // `require?.("x")`, `(0, require)("x")`.
                    ("?.", "(") | (")", "(") => at + 2,
                    _ => at + 1,
                };
                if self.text(call) == "(" {
                    found.references.extend(self.path(call + 1, Kind::Static));
                }
            }
            // `createRequire(import.meta.url)("x")`.
            "createRequire" if self.text(at + 7) == ")" && self.text(at + 8) == "(" => {
                found.references.extend(self.path(at + 9, Kind::Static));
            }
            // `new URL("x", import.meta.url)`: a worker, or a file that goes along.
            "URL" if self.before(at) == "new" && self.text(at + 1) == "(" => {
                let is_beside = self.text(at + 4) == "import" && self.text(at + 8) == "url";
                if is_beside && self.text(at + 3) == "," {
                    found.references.extend(self.literal(at + 2, Kind::Dynamic));
                }
            }
            // Of another file: `declare module "./x" { … }`.
            "module" if self.before(at) == "declare" => {
                found.references.extend(self.literal(at + 1, Kind::Type));
            }
            "mock" if !is_member && self.is_call_of(at, "module") => {
                found.references.extend(self.literal(at + 4, Kind::Mock));
            }
            "vi" | "jest"
                if !is_member && self.text(at + 1) == "." && MOCKS.contains(&self.text(at + 2)) =>
            {
                let call = self.behind_types(at + 3);
                if self.text(call) == "(" {
                    found.references.extend(self.literal(call + 1, Kind::Mock));
                }
            }
            _ => {}
        }
    }

    fn import(&self, at: usize, found: &mut Found) {
        match self.text(at + 1) {
            "(" => {
                let close = self.text(at + 3);
                let reference = self.literal(at + 2, Kind::Dynamic);
                let Some(reference) = reference.filter(|_| matches!(close, ")" | ",")) else {
                    found.references.extend(self.path(at + 2, Kind::Dynamic));
                    return;
                };
                let member = (close == ")" && self.text(at + 4) == ".").then(|| self.text(at + 5));
                let is_type = self.before(at) == "typeof"
                    || member.is_some_and(|name| !matches!(name, "then" | "catch" | "finally"));
                let kind = if is_type { Kind::Type } else { Kind::Dynamic };
                found.references.push(Reference { kind, ..reference });
            }
            "." if self.text(at + 2) == "meta" && self.text(at + 3) == "." => {
                if self.text(at + 4) == "resolve" && self.text(at + 5) == "(" {
                    found.references.extend(self.path(at + 6, Kind::Dynamic));
                }
                if matches!(self.text(at + 4), "glob" | "globEager") {
                    let call = self.behind_types(at + 5);
                    if self.text(call) == "(" {
                        self.patterns(call + 1, found);
                    }
                }
            }
            _ => found.references.extend(self.from(at + 1, false)),
        }
    }

    // One pattern, or a list of them.
    fn patterns(&self, at: usize, found: &mut Found) {
        if self.text(at) != "[" {
            found.globs.extend(self.literal(at, Kind::Dynamic));
            return;
        }
        let mut at = at + 1;
        while at < self.tokens.len() && self.text(at) != "]" {
            found.globs.extend(self.literal(at, Kind::Dynamic));
            at += 1;
        }
    }

    // `<T, U<V>>` before a call's parenthesis.
    fn behind_types(&self, at: usize) -> usize {
        if self.text(at) != "<" {
            return at;
        }
        let mut depth = 0_usize;
        for next in at..self.tokens.len().min(at + 200) {
            match self.text(next) {
                "<" => depth += 1,
                ">" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return next + 1;
            }
        }
        at
    }

    // From behind `import` or `export` to the string behind `from`.
    fn from(&self, start: usize, is_export: bool) -> Option<Reference> {
        let plain = if is_export { Kind::Reexport } else { Kind::Static };
        if !is_export && let Some(bare) = self.literal(start, plain) {
            return Some(bare);
        }
        // `import type from "x"` imports a default named type.
        let next = self.text(start + 1);
        let is_type = self.text(start) == "type" && !matches!(next, "from" | "," | "=")
            || self.text(start) == "type" && next == "from" && self.text(start + 2) == "from";
        if is_export && !matches!(self.text(start), "*" | "{") && !is_type {
            return None;
        }
        let mut names = (0_usize, 0_usize);
        let mut depth = 0_usize;
        for at in start..self.tokens.len() {
            let token = self.tokens.get(at)?;
            match (token.kind, token.text(self.source)) {
                (_, "{") => depth += 1,
                (_, "}") => depth = depth.checked_sub(1)?,
                // `import x = require("y")` is met at `require`.
                (_, "," | "*") => {}
                (Is::Word, "from") if depth == 0 && self.literal(at + 1, plain).is_some() => {
                    // Every name has its own `type`: nothing is left when it runs.
                    let all_types = names.0 > 0 && names.0 == names.1;
                    let kind = if is_type || all_types { Kind::Type } else { plain };
                    return self.literal(at + 1, kind);
                }
                (Is::Word, word) => {
                    if depth == 0 && word != "type" && word != "as" && self.before(at) != "as" {
                        // A default or namespace import is a value.
                        names.0 += 1;
                    }
                    if depth > 0 && matches!(self.before(at), "{" | ",") {
                        names.0 += 1;
                        let names_type =
                            word == "type" && !matches!(self.text(at + 1), "," | "}" | "as");
                        names.1 += usize::from(names_type);
                    }
                }
                (Is::String, _) => {}
                _ => return None,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(source: &str) -> Vec<(Kind, String)> {
        let found = imports(source);
        found.references.into_iter().map(|one| (one.kind, one.specifier)).collect()
    }

    #[test]
    fn each_form_is_read_with_its_kind() {
        for (source, kind) in [
            ("import 'x'", Kind::Static),
            ("import a from 'x';", Kind::Static),
            ("import a, { b as c, type D } from \"x\"", Kind::Static),
            ("import * as a from 'x'", Kind::Static),
            ("import {\n  a,\n  b,\n} from 'x'", Kind::Static),
            ("import { default as a } from 'x' with { type: 'json' }", Kind::Static),
            ("import type from 'x'", Kind::Static),
            ("import { type } from 'x'", Kind::Static),
            ("import { type as a } from 'x'", Kind::Static),
            ("import type, { A } from 'x'", Kind::Static),
            ("import type { A } from 'x'", Kind::Type),
            ("import type A from 'x'", Kind::Type),
            ("import type * as A from 'x'", Kind::Type),
            ("import { type A, type B } from 'x'", Kind::Type),
            ("let a: import('x').B = c", Kind::Type),
            ("let a: typeof import('x')", Kind::Type),
            ("export * from 'x'", Kind::Reexport),
            ("export * as a from 'x'", Kind::Reexport),
            ("export { a, b as c } from 'x'", Kind::Reexport),
            ("export type { A } from 'x'", Kind::Type),
            ("const a = require('x')", Kind::Static),
            ("import a = require('x')", Kind::Static),
            ("require.resolve('x')", Kind::Static),
            ("await import('x')", Kind::Dynamic),
            ("import(`x`).then(f)", Kind::Dynamic),
            ("import(/* webpackChunkName: 'c' */ 'x')", Kind::Dynamic),
            ("lazy(() => import('x'))", Kind::Dynamic),
            ("vi.mock('x', () => ({}))", Kind::Mock),
            ("await vi.importActual<typeof Y>('x')", Kind::Mock),
            ("jest.requireActual('x')", Kind::Mock),
            ("import '\\x78'", Kind::Static),
        ] {
            assert_eq!(found(source), [(kind, "x".to_owned())], "{source}");
        }
    }

    #[test]
    fn what_names_no_module_is_left() {
        for source in [
            "// import 'x'",
            "'import \"x\"'",
            "`import 'x'`",
            "a.import('x')",
            "a.require('x')",
            "export const a = 'x'",
            "export default from",
            "export { a };\nconst from = 'x'",
            "import(a)",
            "import.meta.url",
            "const a = { from: 'x' }",
            "vi.fn('x')",
            "<p>import x from 'y</p>",
        ] {
            assert_eq!(found(source), [], "{source}");
        }
    }

    #[test]
    fn globs_are_patterns() {
        let of =
            |source| imports(source).globs.into_iter().map(|one| one.specifier).collect::<Vec<_>>();
        assert_eq!(of("import.meta.glob('./ee/*.ts')"), ["./ee/*.ts"]);
        assert_eq!(of("import.meta.glob<M>(['./a', '!./b'], {})"), ["./a", "!./b"]);
    }

    #[test]
    fn what_was_not_read_to_its_end_is_told() {
        assert!(imports("import 'x'\n`").is_broken);
        assert!(!imports("import 'x'\n`a`").is_broken);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_is_read(source in "((import|export|require|from|type|vi|mock|\\{|\\}|\\(|\\)|<|'x'|`|\\.|,|\\*| |\n){0,24})") {
            let _ = imports(&source);
        }
    }
}
