//! What a file declares, and the paths that stand outside of declarations.

use std::collections::HashMap;
use std::ops::Range;

use camino::Utf8PathBuf;

use super::attributes::Tokens;
use super::expressions::{Path, path};
use super::literals::{included, literal};
use super::references::{Means, Named};
use super::uses::leaves;
use crate::reference::{Kind, Reference};
use syntax::rust::Kind as Is;

/// A path, and the inline modules around its declaration.
pub(crate) type Declared = (String, Utf8PathBuf);

/// What stands in a file.
#[derive(Debug, Default)]
pub(crate) struct Declarations<'a> {
    /// What declarations name.
    pub(crate) names: Vec<Named>,
    /// What names of the file's own are short for.
    pub(crate) bound: HashMap<String, Vec<Declared>>,
    /// `use a::*`.
    pub(crate) globs: Vec<Declared>,
    /// Paths outside of declarations, with the inline modules around them.
    pub(crate) paths: Vec<(Path<'a>, Utf8PathBuf)>,
    /// Bytes that only a build of the tests has.
    pub(crate) tests: Vec<Range<usize>>,
}

// More than this is no file that a person wrote: modules in modules, one name
// declared again, globs.
const DEPTH_MAX: usize = 16;
const AGAIN_MAX: usize = 4;
const GLOBS_MAX: usize = 8;

/// Reads the declarations among `tokens`.
pub(crate) fn declarations<'a>(tokens: Tokens<'a>) -> Declarations<'a> {
    let count = tokens.tokens.len();
    let found = Declarations::default();
    let mut reader = Reader { tokens, found, modules: Vec::new(), has_path: false };
    let mut at = 0;
    while at < count {
        at = reader.step(at).max(at + 1);
    }
    reader.found
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    found: Declarations<'a>,
    /// Inline modules that are open: where each closes, and its name.
    modules: Vec<(usize, &'a str)>,
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
        let all = self.found.bound.entry(name.to_owned()).or_default();
        if all.len() < AGAIN_MAX {
            all.push(declared);
        }
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
                let inside = self.inside();
                self.found.paths.push((path, inside));
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
            if leaf.is_glob && self.found.globs.len() < GLOBS_MAX {
                let inside = self.inside();
                self.found.globs.push((leaf.path.clone(), inside));
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
        if opens && self.modules.len() < DEPTH_MAX {
            self.modules.push((self.tokens.close(at + 2), name));
        } else if !opens && !has_path {
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
}
