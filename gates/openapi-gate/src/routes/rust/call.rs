//! Calls: what a framework's functions make, and what its methods put on
//! routers.

use std::ops::Range;

use super::facts::{Argument, Callee, Method, Target, Text, What};
use super::source::Kind;
use super::value::Value;
use super::walk::Walker;
use super::words::{Made, Word, verb};
use crate::routes::METHODS;

/// Methods that give the text they are called on.
const SAME_TEXT: [&str; 9] = [
    "to_string",
    "to_owned",
    "into",
    "as_str",
    "clone",
    "as_ref",
    "borrow",
    "trim",
    "to_string_lossy",
];

impl Walker<'_> {
    /// `path(…)`, whose parenthesis is at `open`.
    pub(super) fn call(&mut self, path: Vec<String>, at: usize, open: usize) -> Value {
        let elements = self.source.elements(open);
        let renamed = self.renamed(&path);
        let parts: Vec<&str> = renamed.iter().map(String::as_str).collect();
        let is_bound = matches!(parts.as_slice(), [name] if self.is_local(name));
        let made = (self.words.made)(&parts, elements.len()).filter(|_| !is_bound);
        let shown = at..self.source.after(open).min(self.source.len());
        let first = elements.first().cloned().unwrap_or(open..open);
        let Some(made) = made else {
            if matches!(parts.as_slice(), ["Some" | "Ok" | "Box" | "Arc" | "Rc" | "String", ..])
                && elements.len() == 1
            {
                return self.expression(first);
            }
            let arguments = self.arguments(open);
            let callee = self.callee(path);
            return self.called(callee, &arguments, &elements);
        };
        match made {
            Made::Router => {
                let is_doubtful = parts.first() == Some(&"Vec");
                self.arguments(open);
                let node = self.node(Text::default(), true, shown);
                if let Some(last) = self.facts.nodes.last_mut() {
                    last.is_doubtful = is_doubtful;
                }
                Value::node(node)
            }
            Made::Below => match self.expression(first.clone()) {
                Value::Tuple(paths) => {
                    let on = self.node(Text::default(), false, shown.clone());
                    let whole = self.node(Text::default(), true, shown);
                    for path in paths {
                        let kind = What::Mount(path.text(), Target::Node(on));
                        self.entry(whole, kind, first.clone());
                    }
                    Value::Node { on, whole }
                }
                path => Value::node(self.node(path.text(), true, first)),
            },
            Made::Verb(verb) => {
                self.arguments(open);
                Value::Methods(vec![Method::Of(verb.to_owned())])
            }
            Made::AnyMethod => {
                self.arguments(open);
                Value::Methods(vec![Method::Any])
            }
            Made::NoMethod => Value::Methods(Vec::new()),
            Made::Named => {
                self.arguments(open);
                Value::Methods(self.named_methods(first))
            }
            Made::Service | Made::Files => {
                let mut text = self.arguments(open).swap_remove(0).text();
                if made == Made::Files {
                    text.0.extend(Text::literal("/{__rest__}").0);
                }
                let node = self.node(Text::default(), true, shown.clone());
                self.entry(node, What::Route(Method::Any, text), shown);
                Value::node(node)
            }
            Made::Api => self.api(open, first),
        }
    }

    /// What a call gives that nobody here knows.
    fn called(&mut self, callee: Callee, values: &[Value], elements: &[Range<usize>]) -> Value {
        let mut arguments: Vec<Argument> = values.iter().map(Value::argument).collect();
        // A router that is lent gets what the function puts on it.
        for (place, element) in elements.iter().enumerate() {
            let is_lent = self.source.word(element.start) == "&"
                && self.source.word(element.start + 1) == "mut";
            let Some(Value::Node { on, .. }) = values.get(place) else { continue };
            if !is_lent && !self.lent.contains(on) {
                continue;
            }
            if let Some(argument) = arguments.get_mut(place) {
                argument.target = None;
            }
            let target = Target::Parameter(callee.clone(), place, arguments.clone());
            self.entry(*on, What::Mount(Text::default(), target), element.clone());
        }
        while arguments.last().is_some_and(|last| !last.matters()) {
            arguments.pop();
        }
        Value::Call(callee, arguments)
    }

    /// A path whose first name is another's here: `use routing::get as _get`.
    fn renamed(&self, path: &[String]) -> Vec<String> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        match self.renames.get(first) {
            Some(own) => own.iter().chain(rest).cloned().collect(),
            None => path.to_vec(),
        }
    }

    fn is_local(&self, name: &str) -> bool {
        self.bound(name).is_some()
    }

    /// `MethodFilter::GET | MethodFilter::POST`, `Method::PUT`
    fn named_methods(&self, range: Range<usize>) -> Vec<Method> {
        let words = range.filter(|at| self.source.is_ident(*at)).map(|at| self.source.word(at));
        let named = words.filter_map(|word| {
            let own = METHODS.contains(&word).then(|| Method::Of(word.to_owned()));
            own.or((word == "all").then_some(Method::Any))
        });
        let named: Vec<Method> = named.collect();
        if named.is_empty() { vec![Method::Unknown] } else { named }
    }

    /// `OpenApiService::new(Api, …)`
    fn api(&mut self, open: usize, first: Range<usize>) -> Value {
        let node = self.node(Text::default(), true, first.clone());
        let mut values = self.arguments(open);
        let types = match values.swap_remove(0) {
            Value::Tuple(types) => types,
            only => vec![only],
        };
        for own in types {
            let kind = match own {
                Value::Path(path) => What::Mount(Text::default(), Target::Api(path)),
                Value::Call(Callee::Path(_, mut path), _) => {
                    // `Api::new()`, `Api(state)`
                    if path.last().is_some_and(|it| it.starts_with(char::is_lowercase)) {
                        path.pop();
                    }
                    What::Mount(Text::default(), Target::Api(path))
                }
                _ => What::Unknown("the type of the API cannot be told".into()),
            };
            self.entry(node, kind, first.clone());
        }
        Value::node(node)
    }

    /// `routes![a, b::c]`
    pub(super) fn list(&mut self, open: usize) -> Value {
        let node = self.node(Text::default(), true, open..open + 1);
        for element in self.source.elements(open) {
            let value = self.expression(element.clone());
            self.merge(node, value, &element);
        }
        Value::node(node)
    }

    /// `value.name(…)`, whose parenthesis is at `open`.
    pub(super) fn method(&mut self, value: Value, name: usize, open: usize) -> Value {
        let source = self.source;
        let word = source.word(name);
        let elements = source.elements(open);
        match &value {
            Value::Methods(methods) => return self.said_of_methods(methods.clone(), word, open),
            Value::Text(_) | Value::Path(_) | Value::Parameter(_) if SAME_TEXT.contains(&word) => {
                return value;
            }
            Value::Tuple(values) if word == "concat" => {
                let is_routers = values.iter().any(|it| it.argument().target.is_some());
                let values = values.clone();
                return match is_routers {
                    true => {
                        let node = self.node(Text::default(), true, name..name + 1);
                        for value in values {
                            self.merge(node, value, &(name..name + 1));
                        }
                        Value::node(node)
                    }
                    false => Value::Text(Text(values.iter().flat_map(|it| it.text().0).collect())),
                };
            }
            _ => {}
        }
        let known = (self.words.word)(word, elements.len());
        let is_router = matches!(value, Value::Node { .. } | Value::Call(..));
        let known = known.filter(|known| match known {
            // Clients and maps have methods of these names.
            Word::Own | Word::OwnVerb(_) | Word::OwnAny => matches!(value, Value::Node { .. }),
            known => is_router || self.is_sure(*known, &elements),
        });
        if let Some(known) = known {
            return self.word(value, known, (name, open), elements);
        }
        let arguments = self.arguments(open);
        match value {
            Value::Node { whole, .. } if word == "clone" => {
                let node = self.node(Text::default(), true, name..name + 1);
                let kind = What::Mount(Text::default(), Target::Node(whole));
                self.entry(node, kind, name..name + 1);
                Value::node(node)
            }
            Value::Node { .. } => value,
            Value::Call(..) if value.matters() => value,
            value => {
                let call = self.called(Callee::Method(word.to_owned()), &arguments, &elements);
                // `builder.layer(app)` serves what it is handed.
                if call.matters() || !matches!(value, Value::Call(..)) { call } else { value }
            }
        }
    }

    /// Whether a method registers something, though nobody knows on what.
    fn is_sure(&self, word: Word, elements: &[Range<usize>]) -> bool {
        let source = self.source;
        let is_path = elements.first().is_some_and(|first| {
            source.string(first.start).is_some_and(|text| text.starts_with('/'))
        });
        match word {
            Word::Route | Word::AnyAt => is_path && elements.len() > 1,
            Word::Nest => is_path && elements.len() > 1,
            _ => false,
        }
    }

    /// Does what a framework's method does.
    fn word(
        &mut self,
        value: Value,
        word: Word,
        (name, open): (usize, usize),
        elements: Vec<Range<usize>>,
    ) -> Value {
        let first = elements.first().cloned().unwrap_or(open..open);
        let second = elements.get(1).cloned().unwrap_or(open..open);
        if let Value::Node { on, .. } = &value
            && word == Word::Hand
        {
            self.hand(*on, first);
            return value;
        }
        let value = match value {
            Value::Node { .. } => value,
            Value::Call(..) => {
                let is_doubtful = !value.matters();
                let value = self.as_router(value, &(name..name + 1));
                if let Some(last) = self.facts.nodes.last_mut() {
                    last.is_doubtful = is_doubtful;
                }
                value
            }
            // Whatever that is, it is the one router there is.
            _ if self.words.is_always_top => {
                Value::node(self.node(Text::default(), true, name..name + 1))
            }
            _ => {
                // Something else may be called so too.
                let second = self.expression(second);
                let is_sure = matches!(second, Value::Methods(_) | Value::Node { .. });
                if is_sure {
                    let node = self.node(Text::default(), false, first.clone());
                    let why = "what it is called on is not known to be a router, so the path \
                               cannot be told";
                    self.entry(node, What::Unknown(why.into()), first);
                }
                return Value::Other;
            }
        };
        let Value::Node { on, .. } = value else { return value };
        match word {
            Word::Route => self.route(on, first, second),
            Word::AnyAt => {
                let text = self.expression(first.clone()).text();
                self.expression(second);
                self.entry(on, What::Route(Method::Any, text), first);
            }
            Word::Nest | Word::NestService => self.nest(on, word, first, second),
            Word::Merge => {
                let own = self.expression(first.clone());
                self.merge(on, own, &first);
            }
            Word::Hand => self.hand(on, first),
            Word::Own => {
                let own = self.expression(first.clone());
                self.take(on, Text::default(), own, first);
            }
            Word::OwnVerb(verb) => {
                self.expression(first);
                let kind = What::Route(Method::Of(verb.to_owned()), Text::default());
                self.entry(on, kind, name..name + 1);
            }
            Word::OwnAny => {
                self.expression(first);
                self.entry(on, What::Route(Method::Any, Text::default()), name..name + 1);
            }
            Word::Typed => {
                let why = "its path is not an argument, so it cannot be told";
                self.entry(on, What::Unknown(why.into()), name..name + 1);
            }
            Word::Other => return Value::Other,
        }
        value
    }

    /// What is called on the methods of a route.
    fn said_of_methods(&mut self, mut methods: Vec<Method>, word: &str, open: usize) -> Value {
        let elements = self.source.elements(open);
        let first = elements.first().cloned().unwrap_or(open..open);
        let values = self.arguments(open);
        let bare = word.trim_end_matches("_service").trim_end_matches("_with");
        let is_of_actix = self.words.grammar == super::Grammar::Actix;
        let is_any = methods == [Method::Any];
        match bare {
            "method" if is_of_actix => methods = self.named_methods(first),
            // `guard::Post()`
            "guard" if is_of_actix && is_any => {
                let words = first.clone().filter(|at| self.source.kind(*at) == Some(Kind::Ident));
                let named = words.filter_map(|at| verb(&self.source.word(at).to_lowercase()));
                let named: Vec<Method> = named.map(|it| Method::Of(it.to_owned())).collect();
                if !named.is_empty() {
                    methods = named;
                }
            }
            "on" if !is_of_actix => methods.extend(self.named_methods(first)),
            "any" if !is_of_actix => methods.push(Method::Any),
            "merge" => methods.extend(values.into_iter().flat_map(|value| match value {
                Value::Methods(methods) => methods,
                _ => vec![Method::Unknown],
            })),
            bare if !is_of_actix => {
                methods.extend(verb(bare).map(|verb| Method::Of(verb.to_owned())));
            }
            _ => {}
        }
        Value::Methods(methods)
    }
}
