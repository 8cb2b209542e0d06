//! The head of a Go file: its build constraint and its imports.

use std::ops::Range;

use go_syntax::{Kind as Is, Lexer, Token, string_value};

use crate::reference::{Kind, Reference};

/// What stands before the first declaration.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// The `//go:build` line that the go command obeys.
    pub(crate) constraint: Option<(String, Range<usize>)>,
    pub(crate) imports: Vec<Reference>,
    /// The head did not read as Go.
    pub(crate) is_broken: bool,
}

/// Reads the head of `source`. Imports come first in Go, so nothing behind
/// them is looked at.
pub(crate) fn head(source: &str) -> Head {
    let mut head = Head::default();
    let mut lexer = Lexer::new(source);
    let mut before_package = true;
    while let Some(token) = lexer.next() {
        match (token.kind, token.text(source)) {
            // A constraint behind the package clause is a comment like any other.
            (Is::Comment, text) if before_package => constraint(text, &token, source, &mut head),
            (Is::Comment | Is::Semicolon, _) => {}
            (Is::Ident, "package") if before_package => {
                before_package = false;
                // Its name.
                lexer.find(|token| token.kind != Is::Comment);
            }
            (Is::Ident, "import") if !before_package => {
                head.is_broken |= !imports(&mut lexer, source, &mut head.imports);
            }
            (Is::Ident, "const" | "var" | "type" | "func") if !before_package => return head,
            _ => {
                head.is_broken = true;
                return head;
            }
        }
        if head.is_broken {
            return head;
        }
    }
    // A file with a comment and no package is none that Go builds.
    head.is_broken |= before_package && !source.trim().is_empty();
    head
}

// A line comment at the line's very beginning; the first one counts, a second
// one is refused by the go command.
fn constraint(text: &str, token: &Token, source: &str, head: &mut Head) {
    let is_at_line_start =
        source.get(..token.start).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    let Some(expression) = text.strip_prefix("//go:build") else { return };
    if is_at_line_start && expression.starts_with([' ', '\t']) && head.constraint.is_none() {
        head.constraint = Some((expression.trim().to_owned(), token.range()));
    }
}

// One import or a group of them; false where that is no Go.
fn imports(lexer: &mut Lexer<'_>, source: &str, found: &mut Vec<Reference>) -> bool {
    let mut in_group = false;
    for token in lexer.by_ref() {
        match (token.kind, token.text(source)) {
            (Is::Comment, _) => {}
            (Is::Operator, "(") if !in_group => in_group = true,
            (Is::Operator, ")") if in_group => return true,
            // A name before the path: `_`, `.`, an identifier.
            (Is::Ident, _) | (Is::Operator, ".") => {}
            (Is::Semicolon, _) if in_group => {}
            (Is::String | Is::RawString, text) => {
                let Some(path) = string_value(text) else { return false };
                let (specifier, span) = (path.into_owned(), token.range());
                found.push(Reference { kind: Kind::Static, specifier, span });
                if !in_group {
                    return true;
                }
            }
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paths(source: &str) -> Vec<String> {
        head(source).imports.into_iter().map(|one| one.specifier).collect()
    }

    #[test]
    fn every_form_of_import() {
        for source in [
            "package a\nimport \"m/x\"\n",
            "package a; import \"m/x\"; func f() {}",
            "package a\nimport (\n\t\"m/x\"\n)\n",
            "package a\nimport (\"m/x\")\n",
            "package a\nimport `m/x`\n",
            "package a\nimport _ \"m/x\"\n",
            "package a\nimport . \"m/x\"\n",
            "package a\nimport ( e /* c */ \"m/x\" // d\n)\n",
            "package a\nimport /* c */ \"m/x\"\n",
            "// c\npackage /* d */ a\nimport \"m/\\x78\"\nvar x = \"m/y\"\n",
        ] {
            assert_eq!(paths(source), ["m/x"], "{source}");
            assert!(!head(source).is_broken, "{source}");
        }
        assert_eq!(
            paths("package a\nimport ()\nimport (\"b\"; c \"d\")\nimport \"e\"\n"),
            ["b", "d", "e"]
        );
    }

    #[test]
    fn a_constraint_counts_only_before_the_package() {
        let of = |source| head(source).constraint.map(|(text, _)| text);
        assert_eq!(of("// c\n\n//go:build !core\n\npackage a\n").as_deref(), Some("!core"));
        assert_eq!(of("package a\n//go:build !core\n"), None);
        assert_eq!(of("/* //go:build !core */ package a\n"), None);
        assert_eq!(of("// //go:build !core\npackage a\n"), None);
        assert_eq!(of(" //go:build !core\npackage a\n"), None);
        assert_eq!(of("//go:buildx\npackage a\n"), None);
    }

    #[test]
    fn what_is_no_go_is_told() {
        for source in
            ["package a\nimport \"x", "package a\nimport (\"x\"", "import \"x\"", "// c\n", "x"]
        {
            assert!(head(source).is_broken, "{source}");
        }
        assert!(!head("").is_broken);
    }

    proptest! {
        #[test]
        fn any_text_has_a_head(source in "((package|import|func|a|\\(|\\)|\"x\"|`|//go:build !x|/\\*|;| |\n){0,16})") {
            let _ = head(&source);
        }
    }
}
