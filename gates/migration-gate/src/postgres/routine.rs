//! Routines that a file makes and calls: what a call does is what the body says.

use std::collections::BTreeMap;

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::tree::{child, words};
use super::{Reader, literal, read_routine};
use crate::ops::{Kind, Name, Op, What};

/// Changes of one body, each call of it counted.
const OPS_MAX: usize = 2_000;

/// Routines of a file, by their names.
pub(super) struct Routines {
    made: BTreeMap<Name, Body>,
    budget: usize,
}

/// What a routine says.
enum Body {
    /// Most are never called where they are made: read when one is.
    Text(String),
    Read(Vec<Op>),
    /// Its language is not known, or which of several is called.
    Unknown,
}

impl Routines {
    pub(super) fn new() -> Routines {
        Routines { made: BTreeMap::new(), budget: OPS_MAX }
    }
}

impl Reader {
    /// Keeps what a routine that is made here does.
    pub(super) fn keep_routine(&mut self, node: &SyntaxNode, ops: &[Op]) {
        if !matches!(node.kind(), K::CREATE_FUNCTION | K::CREATE_PROCEDURE) {
            return;
        }
        let made = ops.iter().find_map(|op| match &op.what {
            What::Create { kind: Kind::Function, name, .. } => Some(name.clone()),
            _ => None,
        });
        let Some(name) = made else { return };
        let is_known = self.routines.made.contains_key(&name);
        let body = body(node).filter(|_| !is_known).map_or(Body::Unknown, Body::Text);
        self.routines.made.insert(name, body);
    }

    /// What a routine of this file does.
    fn done_by(&mut self, routine: &Name) -> Option<Vec<Op>> {
        if let Body::Text(text) = self.routines.made.get(routine)? {
            let read = read_routine(text, self).filter(|ops| ops.len() <= OPS_MAX);
            let read = read.map_or(Body::Unknown, Body::Read);
            self.routines.made.insert(routine.clone(), read);
        }
        let Some(Body::Read(ops)) = self.routines.made.get(routine) else { return None };
        self.routines.budget = self.routines.budget.checked_sub(ops.len())?;
        Some(ops.clone())
    }

    /// Puts what a routine does in the place of its call.
    pub(super) fn follow_calls(&mut self, ops: Vec<Op>) -> Vec<Op> {
        let is_call = |op: &Op| matches!(op.what, What::Call { .. });
        if !ops.iter().any(is_call) {
            return ops;
        }
        let mut followed = Vec::new();
        for op in ops {
            let body = match &op.what {
                What::Call { routine, .. } => self.done_by(routine),
                _ => None,
            };
            match body {
                Some(body) => {
                    let here = |it: Op| Op { span: op.span.clone(), ..it };
                    followed.extend(body.into_iter().map(here));
                }
                None => followed.push(op),
            }
        }
        followed
    }
}

/// The body of a routine as statements of their own.
fn body(node: &SyntaxNode) -> Option<String> {
    let options = child(node, K::FUNC_OPTION_LIST)?;
    let option = |kind: K| options.children().find(|it| it.kind() == kind);
    let language = option(K::LANGUAGE_FUNC_OPTION)?;
    let language = words(&language).last()?.trim_matches('\'').to_ascii_lowercase();
    let text = option(K::AS_FUNC_OPTION)?;
    // A second text names what a library holds.
    let mut texts = text.descendants().filter_map(|it| literal::text(&it));
    let text = texts.next().filter(|_| texts.next().is_none())?;
    const QUOTE: &str = "$gate_runner$";
    match language.as_str() {
        "sql" => Some(text),
        "plpgsql" if !text.contains(QUOTE) => Some(format!("DO {QUOTE}{text}{QUOTE}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::What;
    use crate::postgres::read;

    /// What a text does, and whether all of it is told.
    fn done(text: &str) -> Vec<What> {
        let script = read(text);
        assert!(script.faults.is_empty(), "{:?}", script.faults);
        script.statements.into_iter().flat_map(|it| it.ops).map(|op| op.what).collect()
    }

    #[test]
    fn a_call_does_what_its_body_says() {
        let make =
            "CREATE FUNCTION mend() RETURNS int LANGUAGE sql AS $$ DELETE FROM a; SELECT 1 $$;";
        let is_delete = |it: &What| matches!(it, What::Delete { .. });
        assert!(!done(make).iter().any(is_delete), "it is only made");
        assert!(done(&format!("{make} SELECT mend();")).iter().any(is_delete));
        let make = "CREATE PROCEDURE s.mend(n int) AS $$ BEGIN IF n > 1 THEN DELETE FROM a; END IF; END $$ LANGUAGE plpgsql;";
        assert!(done(&format!("{make} CALL s.mend(2);")).iter().any(is_delete));
        assert!(!done(&format!("{make} CALL mend(2);")).iter().any(is_delete), "another one");
    }

    #[test]
    fn what_is_not_told_stays_a_call() {
        let is_call = |it: &What| matches!(it, What::Call { .. });
        for text in [
            "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'lib', 'f'; SELECT f();",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ x $$; SELECT f();",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'DELETE FROM a'; SELECT f();",
            "SELECT elsewhere();",
        ] {
            assert!(done(text).iter().any(is_call), "{text}");
        }
        let itself = "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT f()'; SELECT f();";
        assert!(done(itself).iter().any(is_call));
        let text = "CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || t; END $$; SELECT f('a');";
        assert!(done(text).iter().any(|it| matches!(it, What::Dynamic { .. })));
    }
}
