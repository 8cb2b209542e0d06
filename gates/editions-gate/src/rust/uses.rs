//! The tree of a `use` declaration, leaf by leaf.

use std::ops::Range;

use super::attributes::Tokens;
use syntax::rust::Kind;

/// One leaf: what it names, and what this file calls it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// `::a::b`, `crate::a`, `a::b`; `self` and `*` at its end left out.
    pub(crate) path: String,
    /// Bytes of the part that is the leaf's own.
    pub(crate) span: Range<usize>,
    /// The name that it gives, where that is not the path itself.
    pub(crate) binds: Option<String>,
    /// `*`: whatever is in it.
    pub(crate) is_glob: bool,
}

/// More segments than this say nothing more about where a path leads.
pub(crate) const SEGMENTS_MAX: usize = 8;

/// The leaves of the tree that begins at `at`, behind `use`, and the token
/// behind its semicolon.
pub(crate) fn leaves(tokens: &Tokens<'_>, at: usize) -> (Vec<Leaf>, usize) {
    let mut tree = Tree { tokens, found: Vec::new(), path: Vec::new(), leaf: None, alias: None };
    let is_global = tokens.is(at, Kind::PathSeparator);
    let mut groups: Vec<usize> = Vec::new();
    let mut at = at;
    while let Some(token) = tokens.tokens.get(at) {
        let text = tokens.text(at);
        match token.kind {
            Kind::Ident if text == "as" => {
                tree.alias = Some(tokens.text(at + 1));
                at += 1;
            }
            Kind::Ident => tree.segment(at, text),
            Kind::PathSeparator => {}
            // `$crate::a`.
            Kind::Mark if text == "$" => {}
            Kind::Mark if text == "*" => tree.segment(at, text),
            Kind::Mark if text == "{" => {
                groups.push(tree.path.len());
                tree.leaf = None;
            }
            Kind::Mark if text == "}" && groups.is_empty() => break,
            Kind::Mark if matches!(text, "," | "}" | ";") => {
                // `a::{}` still needs an `a`.
                if text == "}" && tokens.text(at.saturating_sub(1)) == "{" {
                    tree.leaf = Some((at.saturating_sub(1), at));
                }
                tree.end(is_global);
                if text == "}" {
                    groups.pop();
                }
                tree.path.truncate(groups.last().copied().unwrap_or(0));
                if text == ";" {
                    at += 1;
                    break;
                }
            }
            _ => break,
        }
        at += 1;
    }
    (tree.found, at)
}

struct Tree<'a> {
    tokens: &'a Tokens<'a>,
    found: Vec<Leaf>,
    path: Vec<&'a str>,
    /// First and last token of the leaf that is being read.
    leaf: Option<(usize, usize)>,
    alias: Option<&'a str>,
}

impl<'a> Tree<'a> {
    fn segment(&mut self, at: usize, text: &'a str) {
        self.path.push(text);
        self.leaf = Some((self.leaf.map_or(at, |(first, _)| first), at));
    }

    fn end(&mut self, is_global: bool) {
        let alias = self.alias.take();
        let Some((first, last)) = self.leaf.take() else { return };
        let is_glob = self.path.last() == Some(&"*");
        if is_glob || (self.path.len() > 1 && self.path.last() == Some(&"self")) {
            self.path.pop();
        }
        let (Some(from), Some(to)) = (self.tokens.tokens.get(first), self.tokens.tokens.get(last))
        else {
            return;
        };
        let name = if is_glob { None } else { alias.or(self.path.last().copied()) };
        let is_itself = self.path.len() == 1 && self.path.last().copied() == name;
        let kept: Vec<&str> = self.path.iter().take(SEGMENTS_MAX).copied().collect();
        let start = if is_global { "::" } else { "" };
        if kept.is_empty() {
            return;
        }
        self.found.push(Leaf {
            path: format!("{start}{}", kept.join("::")),
            span: from.start..to.end,
            is_glob,
            binds: name.filter(|name| !is_itself && *name != "_").map(str::to_owned),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syntax::rust::tokens;

    fn found(source: &str) -> Vec<(String, String)> {
        let tokens = tokens(source);
        let (leaves, _) = leaves(&Tokens::new(source, &tokens), 0);
        let one = |leaf: Leaf| (leaf.path, leaf.binds.unwrap_or_default());
        leaves.into_iter().map(one).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(path, name)| ((*path).to_owned(), (*name).to_owned())).collect()
    }

    #[test]
    fn each_leaf_has_its_whole_path() {
        for (source, expected) in [
            ("a;", &[("a", "")][..]),
            ("a as b;", &[("a", "b")]),
            ("a::b as _;", &[("a::b", "")]),
            ("::a::b;", &[("::a::b", "b")]),
            (
                "a::{self, b as c, d::{e, f::*}, g};",
                &[("a", ""), ("a::b", "c"), ("a::d::e", "e"), ("a::d::f", ""), ("a::g", "g")],
            ),
            ("{a::b, crate::c,};", &[("a::b", "b"), ("crate::c", "c")]),
            ("super::*;", &[("super", "")]),
            ("a::b::{self as c};", &[("a::b", "c")]),
            ("self::a;", &[("self::a", "a")]),
            ("a::{};", &[("a", "")]),
        ] {
            assert_eq!(found(source), pairs(expected), "{source}");
        }
    }

    #[test]
    fn a_leaf_stands_at_its_own_place() {
        let source = "a::{b, c::d};";
        let tokens = tokens(source);
        let (leaves, end) = leaves(&Tokens::new(source, &tokens), 0);
        let texts: Vec<&str> = leaves.iter().map(|leaf| &source[leaf.span.clone()]).collect();
        assert_eq!(texts, ["b", "c::d"]);
        assert_eq!(end, tokens.len());
    }

    #[test]
    fn a_deep_tree_is_cut() {
        let source = format!("{}x;", "a::{".repeat(5_000));
        assert_eq!(found(&source), [(["a"; SEGMENTS_MAX].join("::"), "x".to_owned())]);
    }
}
