//! What lists, texts and objects can do by themselves.

use super::run::Machine;
use super::value::{Object, Value};

impl Machine<'_> {
    pub(super) fn native(&mut self, of: &Value, name: &str, arguments: &[Value]) -> Value {
        let first = arguments.first().cloned().unwrap_or(Value::Unknown);
        match (of, name) {
            (Value::List(list), name) => {
                let items = self.list(*list);
                self.of_list(*list, items, name, arguments)
            }
            (Value::Text(text), "concat") => match &first {
                Value::Text(more) => Value::text(&format!("{text}{more}")),
                _ => Value::Unknown,
            },
            (Value::Text(text), "substring" | "slice" | "substr") if arguments.len() == 1 => {
                match &first {
                    Value::Text(at) => {
                        let at = at.parse::<usize>().unwrap_or(usize::MAX);
                        text.get(at..).map_or(Value::Unknown, Value::text)
                    }
                    _ => Value::Unknown,
                }
            }
            (Value::Text(text), "toLowerCase") => Value::text(&text.to_lowercase()),
            (Value::Text(text), "toUpperCase") => Value::text(&text.to_uppercase()),
            (Value::Text(_), "toString" | "trim" | "valueOf") => of.clone(),
            (Value::Global(own), "values" | "keys" | "entries") if **own == *"Object" => {
                self.entries(&first, name)
            }
            (Value::Global(own), "freeze" | "seal") if **own == *"Object" => first,
            (Value::Global(own), "assign") if **own == *"Object" => self.assigned(arguments),
            (Value::Global(own), "resolve" | "all") if **own == *"Promise" => first,
            _ => {
                self.run_all(arguments, &[]);
                Value::Unknown
            }
        }
    }

    fn of_list(
        &mut self,
        list: usize,
        items: Vec<Value>,
        name: &str,
        arguments: &[Value],
    ) -> Value {
        let first = arguments.first().cloned().unwrap_or(Value::Unknown);
        match name {
            "forEach" | "map" | "flatMap" => {
                if !self.takes(items.len()) {
                    return Value::Unknown;
                }
                let mut results = Vec::new();
                for (at, item) in items.into_iter().enumerate() {
                    let item = self.settled(item);
                    let at = Value::text(&at.to_string());
                    results.push(self.call(&first, &[item, at], None));
                }
                let results = if name == "flatMap" { self.flattened(&results) } else { results };
                self.new_list(results)
            }
            "push" | "unshift" => {
                if self.takes(arguments.len())
                    && let Some(own) = self.lists.get_mut(list)
                {
                    own.extend(arguments.iter().cloned());
                }
                Value::Unknown
            }
            "concat" => {
                let mut all = items;
                all.extend(self.flattened(arguments));
                if !self.takes(all.len()) {
                    return Value::Unknown;
                }
                self.new_list(all)
            }
            "flat" => {
                let all = self.flattened(&items);
                if !self.takes(all.len()) {
                    return Value::Unknown;
                }
                self.new_list(all)
            }
            "filter" | "slice" | "reverse" | "sort" | "values" => Value::List(list),
            "join" => {
                let between = match &first {
                    Value::Text(text) => text.to_string(),
                    _ if arguments.is_empty() => ",".to_owned(),
                    _ => return Value::Unknown,
                };
                match self.texts(&Value::List(list)) {
                    Some(texts) if texts.len() < 100 => Value::text(&texts.join(&between)),
                    _ => Value::Unknown,
                }
            }
            _ => {
                self.run_all(arguments, &[]);
                Value::Unknown
            }
        }
    }

    fn entries(&mut self, of: &Value, which: &str) -> Value {
        let fields: Vec<(String, Value)> = match of {
            Value::Object(object) => match self.objects.get(*object) {
                Some(own) if !own.is_open => own.fields.clone(),
                _ => return Value::Unknown,
            },
            Value::Module(file) => self.exported(*file),
            _ => return Value::Unknown,
        };
        let mut items = Vec::new();
        for (name, value) in fields {
            items.push(match which {
                "keys" => Value::text(&name),
                "values" => value,
                _ => self.new_list(vec![Value::text(&name), value]),
            });
        }
        self.new_list(items)
    }

    /// Everything that a file exports, by name.
    fn exported(&mut self, file: usize) -> Vec<(String, Value)> {
        use crate::routes::typescript::facts::Export;
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let names = facts.exports.iter().filter_map(|export| match export {
            Export::Value(name, ..) | Export::From(_, _, name, _) => Some(name.clone()),
            Export::All(_) => None,
        });
        let names: Vec<String> = names.collect();
        names.into_iter().map(|name| (name.clone(), self.export(file, &name))).collect()
    }

    fn assigned(&mut self, arguments: &[Value]) -> Value {
        let mut whole = Object::default();
        for argument in arguments {
            match argument {
                Value::Object(object) => {
                    if let Some(own) = self.objects.get(*object) {
                        whole.is_open |= own.is_open;
                        own.fields.iter().for_each(|(name, value)| whole.set(name, value.clone()));
                    }
                }
                _ => whole.is_open = true,
            }
        }
        Value::Object(self.new_object(whole))
    }

    /// What `path.join` gives.
    pub(super) fn path_joined(&self, arguments: &[Value]) -> Value {
        let mut whole: Vec<&str> = Vec::new();
        let mut is_rooted = false;
        for (at, argument) in arguments.iter().enumerate() {
            let Value::Text(text) = argument else { return Value::Unknown };
            is_rooted |= at == 0 && text.starts_with('/');
            for part in text.split('/') {
                match part {
                    "" | "." => {}
                    ".." => {
                        whole.pop();
                    }
                    part => whole.push(part),
                }
            }
        }
        let slash = if is_rooted { "/" } else { "" };
        Value::text(&format!("{slash}{}", whole.join("/")))
    }

    /// Lists among values as their items.
    pub(in super::super) fn flattened(&self, values: &[Value]) -> Vec<Value> {
        let mut all = Vec::new();
        for value in values {
            match value {
                Value::List(list) => all.extend(self.list(*list)),
                other => all.push(other.clone()),
            }
        }
        all
    }

    /// A text, or a list of texts; none where one is not known.
    pub(in super::super) fn texts(&self, value: &Value) -> Option<Vec<String>> {
        let values = match value {
            Value::List(list) => self.list(*list),
            other => vec![other.clone()],
        };
        values
            .iter()
            .map(|value| match value {
                Value::Text(text) => Some(text.to_string()),
                _ => None,
            })
            .collect()
    }

    pub(in super::super) fn field(&mut self, of: &Value, name: &str) -> Value {
        match of {
            Value::Object(_) | Value::Module(_) | Value::Class(..) => self.member(of, name),
            Value::Nothing => Value::Nothing,
            _ => Value::Unknown,
        }
    }
}
