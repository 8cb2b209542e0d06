//! Calls that register something: a router's own vocabulary.

use std::ops::Range;

use super::facts::{Method, Origin, Part, Registration, Slot, Target, Text};
use super::walk::{Value, Walker};
use super::words::Framework;
use super::words::{Verb, Word, Words};

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
}
