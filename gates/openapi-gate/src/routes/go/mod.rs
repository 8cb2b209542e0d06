//! Routes of Go's `net/http` and of the frameworks of `words`, read from the
//! source.
//!
//! ```text
//! SourceFile ─ source ─ tokens ─ walk (chain, call, hand, …) ─ Facts ─┐
//! SourceFile ─ …                                             Facts ─┴ link ─ Found
//! ```
//!
//! A path is told or it is not: a value that constants do not fix, or a router
//! whose prefix no call fixes, gives an [`Unresolved`](super::Unresolved) and
//! never a guess.

mod assign;
mod call;
mod chain;
mod facts;
mod hand;
mod header;
mod interface;
mod link;

mod rows;
mod signature;
mod source;
mod text;
mod walk;
mod words;

use kernel::{Content, SourceFile};
use memchr::memmem;

use crate::settings::Static;
use facts::{Facts, Method, Origin, Part, Registration, Slot, Text};
use source::Source;
use walk::Walker;

pub(crate) use link::link;
pub(crate) use words::Framework;

/// Whose grammar the paths of a framework are written in.
pub(crate) fn dialect(framework: Framework) -> crate::path::Dialect {
    words::Words::of(framework).dialect
}

/// The framework that an entry of the options names.
fn own(wanted: &Static) -> Option<Framework> {
    wanted.framework.and_then(super::Framework::go)
}

/// What `file` says about routes, as text for the whole; none where it says
/// nothing.
pub(crate) fn read(file: &SourceFile, wanted: &Static) -> Option<String> {
    let path = file.path();
    // What a test registers is not served.
    if path.as_str().ends_with("_test.go") {
        return None;
    }
    if matches!(file.content(), Content::Symlink(_)) {
        return unreadable(file, "a symbolic link");
    }
    let bytes = file.bytes();
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    let is_of_framework = own(wanted)
        .is_some_and(|framework| has(&format!("\"{}", words::Words::of(framework).import)));
    let has_shape = wanted.shape.as_ref().is_some_and(|shape| match shape.head.last() {
        Some(name) => has(name),
        None => has("\"/"),
    });
    // Paths are put together from constants of files without routes.
    let has_consts = has("const") && has("\"/");
    // What is handed to its functions may be a router, whatever their type is called,
    // and what another file's function gives.
    let may_be_handed = || has("(\"/") || has("Router()") || has("Mux()");
    let is_importless = !is_of_framework && own(wanted).is_some() && may_be_handed();
    if !is_of_framework && !has_shape && !has_consts && !is_importless {
        return None;
    }
    let Some(text) = file.text() else { return unreadable(file, "a file that is not UTF-8") };
    let source = Source::new(text);
    let framework = own(wanted).filter(|_| is_of_framework || is_importless);
    let mut walker = Walker::new(&source, file, framework, wanted.shape.as_ref());
    walker.is_importless = is_importless;
    declarations(&mut walker, is_of_framework || has_shape || is_importless);
    let mut facts = walker.facts;
    if is_importless {
        interface::keep_handed(&mut facts);
    }
    let sure = walker.sure_tables;
    facts.rows.extend(
        walker.doubtful.into_iter().filter(|(table, _)| sure.contains(table)).map(|(_, row)| row),
    );
    if facts.says_nothing() {
        return None;
    }
    serde_json::to_string(&facts).ok()
}

/// What a file registers that cannot be read: something, nobody knows what.
fn unreadable(file: &SourceFile, written: &str) -> Option<String> {
    let registration = Registration {
        // On a router of its own: one that nobody knows is taken for no router.
        slot: Slot::Local(0),
        method: Method::Any,
        path: Text(vec![Part::Unknown]),
        is_mount: false,
        target: None,
        strips: None,
        span: file.span(0..0),
        written: written.to_owned(),
        is_conditional: false,
    };
    let (locals, registrations) = (vec![Origin::New], vec![registration]);
    let facts = Facts { locals, registrations, ..Facts::default() };
    serde_json::to_string(&facts).ok()
}

impl Facts {
    fn says_nothing(&self) -> bool {
        self.consts.is_empty()
            && self.functions.is_empty()
            && self.registrations.is_empty()
            && self.rows.is_empty()
            && self.links.is_empty()
            && self.named.is_empty()
            && self.interfaces.is_empty()
    }
}

/// Reads a file's declarations: what has a name first, then what uses names.
fn declarations<'s>(walker: &mut Walker<'s>, with_bodies: bool) {
    let source: &'s Source<'s> = walker.source;
    let (mut functions, mut variables) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < source.len() {
        at = match source.word(at) {
            "func" => {
                functions.push(at);
                let mut end = at + 1;
                while !source.is_end(end) {
                    end = match source.word(end) {
                        "(" | "[" | "{" => source.close(end) + 1,
                        _ => end + 1,
                    };
                }
                end
            }
            word @ ("const" | "var" | "type") => {
                let is_group = source.word(at + 1) == "(";
                let (mut start, end) = if is_group {
                    (at + 2, source.close(at + 1))
                } else {
                    (at + 1, walker.end_of_statement(at + 1))
                };
                while start < end {
                    let stop = walker.end_of_statement(start).min(end);
                    match word {
                        "type" => fields(walker, start..stop),
                        "const" => constant(walker, start..stop),
                        _ => {
                            let assign = (start..stop).find(|at| source.word(*at) == "=");
                            if walker.is_router_type(start + 1..assign.unwrap_or(stop)) {
                                walker.facts.named.push((source.word(start).to_owned(), false));
                            }
                            variables.extend(
                                assign.map(|assign| (source.word(start), assign + 1..stop)),
                            );
                        }
                    }
                    start = stop.max(start) + 1;
                }
                end.max(at) + 1
            }
            "(" | "[" | "{" => source.close(at) + 1,
            _ => at + 1,
        };
    }
    if with_bodies {
        variables.into_iter().for_each(|(name, value)| walker.variable(name, value));
        functions.into_iter().for_each(|at| {
            walker.function(at);
        });
    }
}

/// `Name = "text"`, with or without a type.
fn constant(walker: &mut Walker<'_>, range: std::ops::Range<usize>) {
    let source = walker.source;
    let Some(assign) = range.clone().find(|at| source.word(*at) == "=") else { return };
    if assign > range.start + 2 {
        return;
    }
    let text: Text = walker.text(assign + 1..range.end);
    let is_text = !text.0.contains(&Part::Unknown) && !text.0.is_empty();
    if is_text {
        walker.facts.consts.push((source.word(range.start).to_owned(), text));
    }
}

/// Fields of a struct that are routers, and interfaces that are.
fn fields(walker: &mut Walker<'_>, range: std::ops::Range<usize>) {
    let source = walker.source;
    let Some(open) = range.clone().find(|at| source.word(*at) == "{") else { return };
    if source.word(open.saturating_sub(1)) == "interface" && walker.is_router_interface(open) {
        walker.facts.interfaces.push(source.word(range.start).to_owned());
    }
    if source.word(open.saturating_sub(1)) != "struct" {
        return;
    }
    for at in open + 1..source.close(open) {
        let is_type = source.word(at + 1) == "." && walker.is_router_type(at..at + 3) && at > 0;
        if is_type {
            let before = at - 1 - usize::from(source.word(at - 1) == "*");
            if source.is_ident(before) {
                walker.facts.named.push((source.word(before).to_owned(), false));
            }
        }
    }
}
