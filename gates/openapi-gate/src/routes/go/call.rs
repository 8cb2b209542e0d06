//! Calls that register something: a router's own vocabulary, and the shapes
//! that the options describe.

use std::ops::Range;

use go_syntax::Kind;

use super::facts::{Method, Origin, Part, Registration, Row, Slot, Target, Text};
use super::walk::{Bound, Value, Walker};
use super::words::Framework;
use super::words::{Verb, Word, Words};
use crate::routes::{METHODS, shape::Hole};

impl Walker<'_> {
    /// What the call gives if its name is a word of the framework's routers.
    pub(super) fn vocabulary(
        &mut self,
        owner: Option<&Value>,
        name: (&str, usize),
        open: usize,
        record: bool,
    ) -> Option<Value> {
        let words = self.words()?;
        let owner = owner?;
        let arguments = self.source.elements(open)?;
        if let Value::Registered(index) = owner {
            return Some(self.said_of_route(*index, name.0, &arguments, record));
        }
        let word = (words.word)(name.0, arguments.len())?;
        let narrowed = match owner {
            Value::Narrowed(_, methods) => Some(methods.clone()),
            _ => None,
        };
        let slot = match owner {
            Value::Narrowed(slot, _) => slot.clone(),
            Value::Router(slot) => slot.clone(),
            Value::Named(name) => Slot::Named(name.clone()),
            Value::Package(path)
                if path == "net/http" && self.framework == Some(Framework::NetHttp) =>
            {
                Slot::Default
            }
            Value::Package(_) => return None,
            Value::Result(callee) => Slot::Local(self.local(Origin::Result(callee.clone()))),
            Value::Made => Slot::Local(self.local(Origin::New)),
            Value::Receiver | Value::Registered(_) | Value::Of(_) | Value::Other => Slot::Unknown,
        };
        let first = arguments.first().cloned().unwrap_or(open..open);
        let last = arguments.last().cloned().unwrap_or(open..open);
        match word {
            Word::Same => Some(Value::Router(slot)),
            Word::Hand => {
                if record {
                    self.hand(&first, slot.clone());
                }
                Some(Value::Router(slot))
            }
            Word::Sub => {
                let sub = self.sub(open);
                if record {
                    let prefix = self.text(first.clone());
                    let takes_router = arguments.len() > 1 && self.takes_router(&last);
                    self.link(slot, prefix, Target::Slot(sub.clone()), first);
                    if takes_router {
                        self.hand(&last, sub.clone());
                    }
                }
                Some(Value::Router(sub))
            }
            Word::Route(verb, path) => {
                let path = arguments.get(path).cloned()?;
                if !record {
                    return Some(Value::Other);
                }
                let (target, strips) = self.target(last);
                let methods = match narrowed {
                    Some(only) => only.into_iter().map(Method::Of).collect(),
                    None => self.methods(verb, &arguments),
                };
                for method in methods {
                    self.register(
                        slot.clone(),
                        method,
                        path.clone(),
                        (target.clone(), strips.clone()),
                    );
                }
                Some(Value::Registered(self.facts.registrations.len().saturating_sub(1)))
            }
            Word::Mount => {
                if record {
                    let handler = self.target(last);
                    self.register(slot, Method::Any, first, handler);
                    self.serves_below();
                }
                Some(Value::Other)
            }
            Word::Below => {
                if record {
                    let handler = self.target(last);
                    self.register(slot, Method::Any, open..open, handler);
                    self.serves_below();
                }
                Some(Value::Other)
            }
            Word::Methods => {
                let methods = arguments.into_iter().map(|range| self.text(range)).collect();
                Some(Value::Narrowed(slot, methods))
            }
        }
    }

    /// What a framework's routers understand, if one is read here.
    pub(super) fn words(&self) -> Option<&'static Words> {
        self.framework.map(Words::of)
    }

    /// Whether an argument is a function that takes a router, and no handler.
    fn takes_router(&self, argument: &Range<usize>) -> bool {
        let source = self.source;
        if source.word(argument.start) != "func" {
            // A name: only whoever is called knows; chi has nothing else there.
            return self.framework == Some(Framework::Chi);
        }
        let open = argument.start + 1;
        let inside = open + 1..source.close(open);
        inside.clone().any(|at| source.is_ident(at) && self.is_router_type(at + 1..inside.end))
    }

    fn methods(&self, verb: Verb, arguments: &[Range<usize>]) -> Vec<Method> {
        let argument = |index: usize| arguments.get(index).cloned().unwrap_or(0..0);
        match verb {
            Verb::Of(method) => vec![Method::Of(Text::literal(method))],
            Verb::Any => vec![Method::Any],
            Verb::InPath => vec![Method::InPath],
            Verb::Argument(index) => vec![Method::Of(self.text(argument(index)))],
            Verb::List(index) => {
                let range = argument(index);
                let open = range.clone().find(|at| self.source.word(*at) == "{");
                let list = open.and_then(|open| self.source.elements(open)).unwrap_or_default();
                match list.is_empty() {
                    true => vec![Method::Of(Text(vec![Part::Unknown]))],
                    false => list.into_iter().map(|it| Method::Of(self.text(it))).collect(),
                }
            }
        }
    }

    fn register(
        &mut self,
        slot: Slot,
        method: Method,
        path: Range<usize>,
        (target, strips): (Option<Target>, Option<Text>),
    ) {
        // Where a router serves all that is below itself, the call is shown.
        let shown = if path.is_empty() { path.start - 1..path.start } else { path.clone() };
        let text = if path.is_empty() { Text::empty() } else { self.text(path) };
        self.facts.registrations.push(Registration {
            slot,
            method,
            path: text,
            is_mount: false,
            target,
            strips,
            span: self.file.span(self.source.bytes(&shown)),
            written: self.source.slice(&shown).to_owned(),
            is_conditional: self.is_conditional(),
        });
    }

    /// The last registration takes everything below its path too.
    fn serves_below(&mut self) {
        if let Some(last) = self.facts.registrations.last_mut() {
            last.is_mount = true;
        }
    }

    /// What is called on a route that was just registered: `.Methods("GET")`.
    fn said_of_route(
        &mut self,
        index: usize,
        name: &str,
        arguments: &[Range<usize>],
        record: bool,
    ) -> Value {
        let word = self.words().and_then(|words| (words.word)(name, arguments.len()));
        if word != Some(Word::Methods) || !record {
            return Value::Registered(index);
        }
        let methods: Vec<Text> = arguments.iter().map(|range| self.text(range.clone())).collect();
        let Some(own) = self.facts.registrations.get(index).cloned() else {
            return Value::Registered(index);
        };
        for (number, text) in methods.into_iter().enumerate() {
            let method = Method::Of(text);
            match (number, self.facts.registrations.get_mut(index)) {
                (0, Some(first)) => first.method = method,
                _ => self.facts.registrations.push(Registration { method, ..own.clone() }),
            }
        }
        Value::Registered(index)
    }

    /// A registering method that is named and not called: what it is called with
    /// elsewhere cannot be told.
    pub(super) fn kept_for_later(&mut self, owner: &Value, name: (&str, usize)) {
        let Value::Router(slot) = owner else { return };
        let Some(words) = self.words() else { return };
        let registers = |count: usize| {
            let word = (words.word)(name.0, count);
            matches!(word, Some(Word::Route(..) | Word::Mount | Word::Sub)) && name.0 != "Group"
        };
        if (1..=3).any(registers) {
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
                    // Frameworks repeat the names of the methods: `fiber.MethodGet`, `echo.GET`.
                    (None, Some(path)) if self.words().is_some_and(|it| it.is_import(path)) => {
                        match METHODS.iter().find(|it| **it == name).copied().or(http_method(name))
                        {
                            Some(method) => Part::Literal(method.to_owned()),
                            None => Part::Unknown,
                        }
                    }
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

/// The method of `http.MethodGet` and so on.
fn http_method(name: &str) -> Option<&'static str> {
    let word = name.strip_prefix("Method")?;
    METHODS.iter().find(|method| method.eq_ignore_ascii_case(word)).copied()
}
