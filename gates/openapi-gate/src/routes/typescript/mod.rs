//! Routes of TypeScript and JavaScript: express, fastify, hono, koa, NestJS and
//! the route files of Next.js.
//!
//! ```text
//! SourceFile ─ lex ─ parse ─ Facts ─┐
//! SourceFile ─ …              Facts ─┴ link: run, eval, call ─ words, nest, next ─ Found
//! ```
//!
//! A router is passed through functions, classes, lists and files before it is
//! served, so the facts of a file are a program, and linking runs it: constants
//! are computed, calls are followed, and what is registered on a router is noted.
//! What constants do not fix is [`Unresolved`](super::Unresolved).

mod facts;
mod lex;
mod link;
mod nest;
mod next;
mod parse;
mod rows;
#[cfg(test)]
mod tests;
mod words;

use camino::Utf8Path;
use kernel::{Content, SourceFile};
use memchr::memmem;

use super::Shape;
use facts::{Facts, Site, Unread};

pub(crate) use link::link;
pub(crate) use words::Framework;

/// What a test registers is not served, nor what others wrote.
const APART: [&str; 6] =
    ["__tests__", "__mocks__", "__fixtures__", "node_modules", "bower_components", "__test__"];

/// What `file` says about routes, as text for the whole; none where it says
/// nothing.
pub(crate) fn read(
    file: &SourceFile,
    framework: Framework,
    shape: Option<&Shape>,
) -> Option<String> {
    let path = file.path();
    if is_apart(path) {
        return None;
    }
    if matches!(file.content(), Content::Symlink(_)) {
        return unread(file, "a symbolic link");
    }
    let bytes = file.bytes();
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    let is_wanted = match framework {
        Framework::Nextjs => {
            next::is_route(path)
                || next::is_config(path)
                || (has("export") && ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().any(has))
        }
        // Any file may make a router or hand it on.
        _ => ["export", "import", "require", framework.needle()].into_iter().any(has),
    };
    if !is_wanted && !shape.is_some_and(|shape| rows::may_have(shape, has)) {
        return None;
    }
    let Some(text) = file.text() else { return unread(file, "a file that is not UTF-8") };
    let facts = parse::parse(text, file, shape);
    if facts.says_nothing() {
        return None;
    }
    serde_json::to_string(&facts).ok()
}

/// Whether a file is a test, a declaration or packed for a browser.
fn is_apart(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let is_marked = [".test.", ".spec.", ".d.", ".min.", ".stories.", ".e2e-spec.", ".bundle."]
        .iter()
        .any(|mark| name.contains(mark));
    is_marked || path.components().any(|part| APART.contains(&part.as_str()))
}

/// What a file registers that cannot be read: something, nobody knows what.
fn unread(file: &SourceFile, written: &str) -> Option<String> {
    let site = Site { span: file.span(0..0), written: written.to_owned() };
    let why = "it cannot be read".to_owned();
    let facts = Facts { unread: vec![Unread { site, why }], ..Facts::default() };
    serde_json::to_string(&facts).ok()
}

impl Facts {
    fn says_nothing(&self) -> bool {
        self.exports.is_empty()
            && self.rows.is_empty()
            && self.sites.len() < 2
            && self.unread.is_empty()
            && !self.has_common()
            && self.classes.is_empty()
    }
}
