//! Expressions to values.

use std::collections::btree_map::Entry;

use super::run::Machine;
use super::value::{Closure, Object, Value};
use crate::routes::typescript::facts::{Expr, Id, Key};

/// What the language and its hosts have, none of it a router.
const GLOBALS: [&str; 34] = [
    "Array",
    "Buffer",
    "Bun",
    "Date",
    "Deno",
    "FormData",
    "Headers",
    "JSON",
    "Map",
    "Math",
    "Number",
    "Object",
    "Promise",
    "Reflect",
    "RegExp",
    "Request",
    "Response",
    "Set",
    "String",
    "Symbol",
    "URL",
    "URLSearchParams",
    "WeakMap",
    "WeakSet",
    "caches",
    "console",
    "document",
    "fetch",
    "global",
    "globalThis",
    "localStorage",
    "process",
    "sessionStorage",
    "window",
];

impl<'f> Machine<'f> {
    pub(super) fn eval(&mut self, file: usize, scope: usize, id: Id) -> Value {
        if !self.enter() {
            return Value::Unknown;
        }
        let value = self.chain(file, scope, id);
        let value = self.settled(value);
        self.depth -= 1;
        value
    }

    /// A chain of calls and members, from its root outwards and not by
    /// recursion: some are as long as a file.
    fn chain(&mut self, file: usize, scope: usize, id: Id) -> Value {
        let (mut links, mut at) = (Vec::new(), id);
        loop {
            match self.expr(file, at) {
                Expr::Call(call) if !call.is_new => {
                    links.push(at);
                    at = call.callee;
                }
                Expr::Member(of, _) => {
                    links.push(at);
                    at = *of;
                }
                _ => break,
            }
        }
        let mut value = self.root(file, scope, at);
        let mut links = links.into_iter().rev().peekable();
        while let Some(link) = links.next() {
            value = self.settled(value);
            match self.expr(file, link) {
                Expr::Member(_, name) => {
                    let next = links.peek().map(|next| self.expr(file, *next));
                    if let Some(Expr::Call(call)) = next {
                        links.next();
                        let arguments = self.arguments(file, scope, &call.arguments);
                        let site = call.site.map(|number| super::Site { file, number });
                        self.here = (file, link);
                        value = self.call_method(&value, name, &arguments, site);
                    } else {
                        value = self.member(&value, name);
                    }
                }
                Expr::Call(call) => {
                    let arguments = self.arguments(file, scope, &call.arguments);
                    let site = call.site.map(|number| super::Site { file, number });
                    self.here = (file, link);
                    value = self.call(&value, &arguments, site);
                }
                _ => {}
            }
        }
        value
    }

    fn root(&mut self, file: usize, scope: usize, id: Id) -> Value {
        match self.expr(file, id) {
            Expr::Unknown | Expr::Spread(_) | Expr::Call(_) | Expr::Member(..) => {
                self.constructed(file, scope, id)
            }
            Expr::Text(text) => Value::text(text),
            Expr::Joined(parts) => self.joined(file, scope, parts),
            Expr::Regex => Value::Regex,
            Expr::Name(name) => match name.as_str() {
                "null" | "undefined" => Value::Nothing,
                "true" | "false" => Value::text(name),
                name => match self.look_up(scope, name) {
                    Some(value) => value,
                    None if GLOBALS.contains(&name) => Value::Global(name.into()),
                    None => Value::Unknown,
                },
            },
            Expr::This => self.look_up(scope, "this").unwrap_or(Value::Unknown),
            Expr::Index(of, index) => {
                let of = self.eval(file, scope, *of);
                match self.eval(file, scope, *index) {
                    Value::Text(name) => self.member(&of, &name),
                    _ => Value::Unknown,
                }
            }
            Expr::List(items) => {
                let items = self.arguments(file, scope, items);
                if !self.takes(items.len()) {
                    return Value::Unknown;
                }
                self.new_list(items)
            }
            Expr::Object(entries) => self.object(file, scope, entries),
            Expr::Function(function) => {
                let closure = Closure { file, function: *function, scope };
                self.made(closure);
                Value::Function(closure)
            }
            Expr::Class(class) => {
                if let Entry::Vacant(entry) = self.classes.entry((file, *class, scope)) {
                    entry.insert(false);
                    self.made_classes.push((file, *class, scope));
                }
                Value::Class(file, *class, scope)
            }
            Expr::Either(yes, no) => {
                self.conditions += 1;
                let yes = self.eval(file, scope, *yes);
                let no = self.eval(file, scope, *no);
                self.conditions -= 1;
                self.either(yes, no)
            }
            Expr::Or(first, second) => match self.eval(file, scope, *first) {
                Value::Nothing => self.eval(file, scope, *second),
                Value::Unknown | Value::Package(..) | Value::Global(_) => {
                    match self.eval(file, scope, *second) {
                        Value::Text(_) | Value::Regex => Value::Unknown,
                        other => other,
                    }
                }
                first => first,
            },
            Expr::Assign(target, value) => {
                let value = self.eval(file, scope, *value);
                self.assign(file, scope, *target, value.clone());
                value
            }
            Expr::Module(name) => self.required(file, name),
        }
    }

    /// `new A(b)`
    fn constructed(&mut self, file: usize, scope: usize, id: Id) -> Value {
        let Expr::Call(call) = self.expr(file, id) else { return Value::Unknown };
        let callee = self.eval(file, scope, call.callee);
        let arguments = self.arguments(file, scope, &call.arguments);
        match callee {
            Value::Class(file, class, scope) => self.instance((file, class, scope), &arguments),
            Value::Function(closure) => {
                let this = Value::Object(self.new_object(Object::default()));
                match self.call_function(closure, &arguments, Some(this.clone())) {
                    Value::Unknown | Value::Nothing => this,
                    other => other,
                }
            }
            callee => {
                let site = call.site.map(|number| super::Site { file, number });
                self.here = (file, id);
                self.call(&callee, &arguments, site)
            }
        }
    }

    /// Values of arguments or elements, spread ones among them.
    fn arguments(&mut self, file: usize, scope: usize, ids: &'f [Id]) -> Vec<Value> {
        let mut values = Vec::with_capacity(ids.len());
        for id in ids {
            match self.expr(file, *id) {
                Expr::Spread(of) => match self.eval(file, scope, *of) {
                    Value::List(list) => values.extend(self.list(list)),
                    other => values.push(match other {
                        lost @ Value::Lost(_) => lost,
                        _ => Value::Unknown,
                    }),
                },
                _ => values.push(self.eval(file, scope, *id)),
            }
        }
        values
    }

    fn joined(&mut self, file: usize, scope: usize, parts: &'f [Id]) -> Value {
        let (mut whole, mut is_known) = (String::new(), true);
        for part in parts {
            match self.eval(file, scope, *part) {
                Value::Text(text) => whole.push_str(&text),
                _ => is_known = false,
            }
        }
        // No path is so long, and texts must not grow without end.
        if is_known && whole.len() < 10_000 { Value::text(&whole) } else { Value::Unknown }
    }

    fn object(&mut self, file: usize, scope: usize, entries: &'f [(Key, Id)]) -> Value {
        let mut object = Object::default();
        for (key, value) in entries {
            let value = self.eval(file, scope, *value);
            match key {
                Key::Name(name) => object.set(name, value),
                Key::Computed(key) => match self.eval(file, scope, *key) {
                    Value::Text(name) => object.set(&name, value),
                    _ => object.is_open = true,
                },
                Key::Spread => match value {
                    Value::Object(other) => {
                        if let Some(other) = self.objects.get(other) {
                            object.is_open |= other.is_open;
                            for (name, value) in &other.fields {
                                object.set(name, value.clone());
                            }
                        }
                    }
                    _ => object.is_open = true,
                },
            }
        }
        Value::Object(self.new_object(object))
    }

    /// What is one of two, nobody knows which.
    fn either(&mut self, yes: Value, no: Value) -> Value {
        match (&yes, &no) {
            (Value::Text(a), Value::Text(b)) if a == b => yes,
            (Value::List(a), Value::List(b)) => {
                let mut both = self.list(*a);
                both.extend(self.list(*b));
                self.new_list(both)
            }
            (Value::Router(_) | Value::Function(_) | Value::List(_) | Value::Class(..), _) => yes,
            (_, Value::Router(_) | Value::Function(_) | Value::List(_) | Value::Class(..)) => no,
            (Value::Object(_), Value::Nothing) => yes,
            _ => Value::Unknown,
        }
    }

    fn assign(&mut self, file: usize, scope: usize, target: Id, value: Value) {
        match self.expr(file, target) {
            Expr::Name(name) => self.rebind(scope, name, value),
            Expr::Member(of, name) => {
                let of = self.eval(file, scope, *of);
                match of {
                    Value::Object(object) => {
                        if let Some(object) = self.objects.get_mut(object) {
                            object.set(name, value);
                        }
                    }
                    // What a function or class is given besides.
                    of @ (Value::Function(_) | Value::Class(..)) => {
                        self.attach(&of, name, value);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// A member of a value.
    pub(in super::super) fn member(&mut self, value: &Value, name: &str) -> Value {
        match value {
            Value::Object(object) => {
                let Some(own) = self.objects.get(*object) else { return Value::Unknown };
                if let Some(field) = own.field(name) {
                    let field = field.clone();
                    return self.settled(field);
                }
                match own.class {
                    Some(class) => self.inherited(*object, class, name),
                    None if own.is_open => Value::Unknown,
                    None => Value::Nothing,
                }
            }
            Value::Package(module, path) => {
                // `express.default`
                let path = match (&**path, name) {
                    (_, "default") => path.to_string(),
                    ("", name) => name.to_owned(),
                    (path, name) => format!("{path}.{name}"),
                };
                Value::Package(module.clone(), path.into())
            }
            Value::Module(file) => {
                let value = self.export(*file, name);
                self.settled(value)
            }
            Value::Class(file, class, scope) => self.static_member((*file, *class, *scope), name),
            // What the world outside says.
            Value::Global(root)
                if matches!(&**root, "process" | "global" | "globalThis" | "Deno" | "Bun") =>
            {
                Value::Unknown
            }
            Value::Import(..) => {
                let value = self.settled(value.clone());
                if matches!(value, Value::Import(..)) {
                    Value::Unknown
                } else {
                    self.member(&value, name)
                }
            }
            Value::Lost(why) => Value::Lost(why),
            Value::List(list) => match name.parse::<usize>() {
                Ok(at) => self
                    .lists
                    .get(*list)
                    .and_then(|own| own.get(at))
                    .cloned()
                    .unwrap_or(Value::Nothing),
                Err(_) => Value::Method((value.clone(), name.to_owned()).into()),
            },
            Value::Function(_) => match self.attached(value, name) {
                Some(value) => value,
                None => Value::Method((value.clone(), name.to_owned()).into()),
            },
            Value::Unknown | Value::Nothing | Value::Regex => Value::Unknown,
            // What a router is decorated with is not known.
            Value::Router(_)
            | Value::Endpoint(..)
            | Value::Text(_)
            | Value::Global(_)
            | Value::Transparent(_)
            | Value::Method(_) => Value::Method((value.clone(), name.to_owned()).into()),
        }
    }
}
