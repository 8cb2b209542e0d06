//! Calls that register something: a router's own vocabulary, and the shapes
//! that the options describe.

use std::ops::Range;

use go_syntax::Kind;

use super::facts::{Method, Origin, Part, Registration, Row, Slot, Target, Text};
use super::walk::{Bound, Value, Walker};
use crate::routes::{METHODS, shape::Hole};
use crate::settings::Framework;

impl Walker<'_> {
    /// What the call gives if its name is a word of the framework's routers.
    pub(super) fn vocabulary(
        &mut self,
        owner: Option<&Value>,
        name: (&str, usize),
        open: usize,
        record: bool,
    ) -> Option<Value> {
        let framework = self.framework?;
        let owner = owner?;
        let arguments = self.source.elements(open)?;
        let count = arguments.len();
        let is_word = match framework {
            Framework::NetHttp => matches!((name.0, count), ("Handle" | "HandleFunc", 2)),
            Framework::Chi => match name.0 {
                "Handle" | "HandleFunc" | "Mount" | "Route" => count == 2,
                "Method" | "MethodFunc" => count == 3,
                "Group" => count == 1,
                "With" => true,
                verb => count == 2 && chi_verb(verb).is_some(),
            },
        };
        if !is_word {
            return None;
        }
        let slot = match owner {
            Value::Router(slot) => slot.clone(),
            Value::Named(name) => Slot::Named(name.clone()),
            Value::Package(path) if path == "net/http" && framework == Framework::NetHttp => {
                Slot::Default
            }
            Value::Package(_) => return None,
            Value::Result(callee) => Slot::Local(self.local(Origin::Result(callee.clone()))),
            Value::Made => Slot::Local(self.local(Origin::New)),
            Value::Receiver | Value::Other => Slot::Unknown,
        };
        let first = arguments.first().cloned().unwrap_or(open..open);
        let last = arguments.last().cloned().unwrap_or(open..open);
        match (framework, name.0) {
            (Framework::Chi, "With") => return Some(Value::Router(slot)),
            (Framework::Chi, "Group") => {
                if record {
                    self.hand(&first, slot.clone());
                }
                return Some(Value::Router(slot));
            }
            (Framework::Chi, "Route") => {
                let sub = self.sub(open);
                if record {
                    let prefix = self.text(first.clone());
                    self.link(slot, prefix, Target::Slot(sub.clone()), first);
                    self.hand(&last, sub.clone());
                }
                return Some(Value::Router(sub));
            }
            _ => {}
        }
        if record {
            let (method, path) = match (framework, name.0) {
                (_, "Handle" | "HandleFunc") => (Method::InPath, first),
                (_, "Mount") => (Method::Any, first),
                (_, "Method" | "MethodFunc") => {
                    (Method::Of(self.text(first)), arguments.get(1).cloned()?)
                }
                (_, verb) => (Method::Of(Text::literal(chi_verb(verb)?)), first),
            };
            let (target, strips) = self.target(last);
            let registration = Registration {
                slot,
                method,
                path: self.text(path.clone()),
                is_mount: name.0 == "Mount",
                target,
                strips,
                span: self.file.span(self.source.bytes(&path)),
                written: self.source.slice(&path).to_owned(),
                is_conditional: self.is_conditional(),
            };
            self.facts.registrations.push(registration);
        }
        Some(Value::Other)
    }

    /// A registering method that is named and not called: what it is called with
    /// elsewhere cannot be told.
    pub(super) fn kept_for_later(&mut self, owner: &Value, name: (&str, usize)) {
        let Value::Router(slot) = owner else { return };
        let is_word = match self.framework {
            Some(Framework::NetHttp) => matches!(name.0, "Handle" | "HandleFunc"),
            Some(Framework::Chi) => {
                matches!(
                    name.0,
                    "Handle" | "HandleFunc" | "Mount" | "Route" | "Method" | "MethodFunc"
                ) || chi_verb(name.0).is_some()
            }
            None => false,
        };
        if is_word {
            let at = name.1..name.1 + 1;
            self.facts.registrations.push(Registration {
                slot: slot.clone(),
                method: Method::Any,
                path: Text(vec![Part::Unknown]),
                is_mount: false,
                target: None,
                strips: None,
                span: self.file.span(self.source.bytes(&at)),
                written: self.source.slice(&at).to_owned(),
                is_conditional: self.is_conditional(),
            });
        }
    }

    /// The router in a handler's expression, whatever is wrapped around it, and
    /// what is taken off the path before it.
    pub(super) fn target(&mut self, range: Range<usize>) -> (Option<Target>, Option<Text>) {
        let source = self.source;
        let (mut result, mut strips) = (None, None);
        for at in range {
            if source.word(at) == "func" {
                break;
            }
            if !source.is_ident(at) || (at > 0 && source.word(at - 1) == ".") {
                continue;
            }
            if source.word(at + 1) == "." && source.word(at + 2) == "StripPrefix" {
                let first = source.elements(at + 3).unwrap_or_default().into_iter().next();
                strips = first.map(|first| self.text(first));
                continue;
            }
            match self.chain(at, false) {
                Value::Router(slot) => return (Some(Target::Slot(slot)), strips),
                Value::Named(name) if self.is_router(&name) => {
                    return (Some(Target::Slot(Slot::Named(name))), strips);
                }
                Value::Result(callee) if result.is_none() => result = Some(Target::Result(callee)),
                _ => {}
            }
        }
        (result, strips)
    }

    /// The text of an expression, as far as it is made of constants.
    pub(super) fn text(&self, range: Range<usize>) -> Text {
        let source = self.source;
        let mut parts = Vec::new();
        let (mut start, mut at) = (range.start, range.start);
        while at <= range.end {
            if at == range.end || source.word(at) == "+" {
                parts.extend(self.operand(start..at));
                start = at + 1;
            }
            at = match source.word(at) {
                "(" | "[" | "{" if at < range.end => source.close(at) + 1,
                _ => at + 1,
            };
        }
        if at != range.end + 1 && start < range.end {
            parts.push(Part::Unknown);
        }
        Text(parts)
    }

    fn operand(&self, range: Range<usize>) -> Vec<Part> {
        let source = self.source;
        let at = range.start;
        match (range.len(), source.kind(at)) {
            (1, Some(Kind::String | Kind::RawString)) => {
                vec![source.string(at).map_or(Part::Unknown, Part::Literal)]
            }
            (1, Some(Kind::Ident)) => match self.bound(source.word(at)) {
                Some(Bound::Text(text)) => text.0.clone(),
                Some(_) => vec![Part::Unknown],
                None => vec![Part::Name(source.word(at).to_owned())],
            },
            (3, Some(Kind::Ident)) if source.word(at + 1) == "." && source.is_ident(at + 2) => {
                let (owner, name) = (source.word(at), source.word(at + 2));
                let part = match (self.bound(owner), source.import(owner)) {
                    (Some(Bound::Loop(table)), _) => Part::Field(table.clone(), name.to_owned()),
                    (Some(_), _) => Part::Unknown,
                    (None, Some("net/http")) => match http_method(name) {
                        Some(method) => Part::Literal(method.to_owned()),
                        None => Part::Unknown,
                    },
                    (None, Some(path)) => Part::Of(path.to_owned(), name.to_owned()),
                    (None, None) => Part::Unknown,
                };
                vec![part]
            }
            _ => vec![Part::Unknown],
        }
    }

    /// The row that the literal at `open` is, by the shape.
    pub(super) fn rows_of_literal(&mut self, open: usize) {
        let Some(shape) = self.shape.filter(|shape| shape.is_literal) else { return };
        let source = self.source;
        let head = self.head_before(open, shape.head.len());
        let (is_list, is_bare) = self.literal_type(open);
        if is_list {
            return;
        }
        if !shape.head.is_empty() && !is_head(&shape.head, head.as_deref()) {
            return;
        }
        let Some(elements) = source.elements(open).filter(|found| shape.takes(found.len())) else {
            return;
        };
        let named = |range: &Range<usize>| source.word(range.start + 1) == ":";
        if elements.is_empty() || elements.iter().any(|range| named(range) != shape.is_named()) {
            return;
        }
        let element = |hole: Hole| -> Option<Range<usize>> {
            match shape.position(hole)? {
                (index, None) => elements.get(index).cloned(),
                (_, Some(name)) => {
                    let found = elements.iter().find(|range| source.word(range.start) == name)?;
                    Some(found.start + 2..found.end)
                }
            }
        };
        let Some(path) = element(Hole::Path) else { return };
        let method = element(Hole::Method).map(|range| self.text(range));
        // A method that a literal with names leaves out is the empty one.
        let method = method.or_else(|| shape.position(Hole::Method).map(|_| Text::empty()));
        let row = self.row(method, path);
        let (is_method, is_path) = (row.method.as_ref().and_then(Text::known), row.path.known());
        let is_sure = is_method.is_some_and(|method| METHODS.contains(&method.as_str()))
            && is_path.is_none_or(|path| path.starts_with('/'));
        let table = self.brace();
        if is_sure && is_bare {
            self.sure_tables.insert(table);
        }
        if is_sure || !shape.head.is_empty() {
            self.facts.rows.push(row);
        } else if is_bare {
            self.doubtful.push((table, row));
        }
    }

    /// The row that a call is, by the shape.
    pub(super) fn rows_of_call(&mut self, owner: Option<&Value>, name: (&str, usize), open: usize) {
        let Some(shape) = self.shape.filter(|shape| !shape.is_literal) else { return };
        let Some(elements) = self.source.elements(open).filter(|found| shape.takes(found.len()))
        else {
            return;
        };
        let is_own = match (shape.head.as_slice(), owner) {
            ([own], None) => own == name.0,
            ([any, own], Some(_)) if any == "$_" => own == name.0,
            (head, Some(_)) => is_head(head, self.head_before(open, head.len()).as_deref()),
            _ => false,
        };
        let position = |hole: Hole| shape.position(hole).map(|(index, _)| index);
        let element = |hole: Hole| position(hole).and_then(|index| elements.get(index).cloned());
        let Some(path) = element(Hole::Path).filter(|_| is_own) else { return };
        let method = element(Hole::Method).map(|range| self.text(range));
        let row = self.row(method, path);
        self.facts.rows.push(row);
    }

    /// Of the literal at `open`: whether it is a list or map, whose elements are
    /// no fields, and whether its type is left out, as in the rows of a table.
    fn literal_type(&self, open: usize) -> (bool, bool) {
        let source = self.source;
        let mut at = open;
        while at > 0 && (source.is_ident(at - 1) || matches!(source.word(at - 1), "." | "*")) {
            at -= 1;
        }
        let before = if at == 0 { "" } else { source.word(at - 1) };
        (before == "]", at == open && matches!(before, "{" | "," | ":"))
    }

    fn row(&self, method: Option<Text>, path: Range<usize>) -> Row {
        Row {
            table: self.declaration.to_owned(),
            method,
            path: self.text(path.clone()),
            span: self.file.span(self.source.bytes(&path)),
            written: self.source.slice(&path).to_owned(),
        }
    }

    /// The `count` names, with dots between them, before the bracket at `open`.
    fn head_before(&self, open: usize, count: usize) -> Option<Vec<&str>> {
        let mut names = Vec::new();
        let mut at = open;
        for index in 0..count {
            at = at.checked_sub(1)?;
            if index > 0 {
                if self.source.word(at) != "." {
                    return None;
                }
                at = at.checked_sub(1)?;
            }
            names.push(self.source.word(at));
        }
        names.reverse();
        Some(names)
    }
}

fn is_head(wanted: &[String], found: Option<&[&str]>) -> bool {
    found.is_some_and(|found| {
        found.len() == wanted.len()
            && found.iter().zip(wanted).all(|(found, wanted)| wanted == "$_" || wanted == found)
    })
}

/// The method of chi's `Get`, `Post` and so on.
fn chi_verb(name: &str) -> Option<&'static str> {
    let is_capitalised = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().skip(1).all(|c| c.is_ascii_lowercase());
    is_capitalised
        .then(|| METHODS.iter().find(|method| method.eq_ignore_ascii_case(name)))
        .flatten()
        .copied()
}

/// The method of `http.MethodGet` and so on.
fn http_method(name: &str) -> Option<&'static str> {
    let word = name.strip_prefix("Method")?;
    METHODS.iter().find(|method| method.eq_ignore_ascii_case(word)).copied()
}
