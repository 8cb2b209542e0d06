//! A document as nodes with byte spans, whether it was written as JSON or as
//! YAML. Duplicate keys stay; an alias points at the node it stands for, so
//! nothing is ever expanded and a hostile file costs no more than its size.

use std::ops::Range;

/// One document.
#[derive(Debug, Default)]
pub(crate) struct Document {
    nodes: Vec<Data>,
    root: usize,
}

/// Why a file could not be read, and the byte where that was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

#[derive(Debug)]
struct Data {
    span: Range<usize>,
    value: Value,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(Box<str>),
    Text(Box<str>),
    List(Vec<usize>),
    /// In source order, duplicate keys included.
    Map(Vec<(usize, usize)>),
    Alias(usize),
}

/// A node of a [`Document`]; never an alias, always what it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    document: &'t Document,
    id: usize,
}

impl Document {
    /// Adds a node and returns its number.
    pub(crate) fn add(&mut self, span: Range<usize>, value: Value) -> usize {
        self.nodes.push(Data { span, value });
        self.nodes.len() - 1
    }

    /// Makes `id` the root.
    pub(crate) fn set_root(&mut self, id: usize) {
        self.root = id;
    }

    /// Sets where node `id` ends.
    pub(crate) fn set_end(&mut self, id: usize, end: usize) {
        if let Some(data) = self.nodes.get_mut(id) {
            data.span.end = end.max(data.span.start);
        }
    }

    /// What node `id` holds, for whoever builds the document.
    pub(crate) fn value_mut(&mut self, id: usize) -> Option<&mut Value> {
        self.nodes.get_mut(id).map(|data| &mut data.value)
    }

    /// The root; an empty document has one that is nothing.
    pub(crate) fn root(&self) -> Node<'_> {
        self.node(self.root)
    }

    /// The node of that number, or what it stands for.
    pub(crate) fn node(&self, id: usize) -> Node<'_> {
        let id = match self.nodes.get(id) {
            Some(Data { value: Value::Alias(target), .. }) => *target,
            _ => id,
        };
        Node { document: self, id }
    }

    /// Every node that is not an alias, in the order of the file.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let own = self.nodes.iter().enumerate();
        own.filter(|(_, data)| !matches!(data.value, Value::Alias(_)))
            .map(|(id, _)| Node { document: self, id })
    }

    /// The node that a JSON pointer (RFC 6901, unescaped by the caller's
    /// splitting alone) leads to.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<Node<'_>> {
        let mut node = self.root();
        if pointer.is_empty() {
            return Some(node);
        }
        for token in pointer.strip_prefix('/')?.split('/') {
            let token = token.replace("~1", "/").replace("~0", "~");
            node = match node.value() {
                Some(Value::List(_)) => node.items().nth(token.parse().ok()?)?,
                _ => node.get(&token)?,
            };
        }
        Some(node)
    }
}

impl<'t> Node<'t> {
    /// A number that this node alone has within its document.
    pub(crate) fn id(self) -> usize {
        self.id
    }

    /// Its bytes in the file.
    pub(crate) fn span(self) -> Range<usize> {
        self.data().map_or(0..0, |data| data.span.clone())
    }

    fn value(self) -> Option<&'t Value> {
        self.data().map(|data| &data.value)
    }

    /// Its text as it is written, quotes resolved: of a text, a number or a
    /// boolean.
    pub(crate) fn text(self) -> Option<&'t str> {
        match self.value()? {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Whether it is `true`.
    pub(crate) fn is_true(self) -> bool {
        matches!(self.value(), Some(Value::Bool(true)))
    }

    /// Whether it is a mapping.
    pub(crate) fn is_map(self) -> bool {
        matches!(self.value(), Some(Value::Map(_)))
    }

    /// Whether it is a list.
    pub(crate) fn is_list(self) -> bool {
        matches!(self.value(), Some(Value::List(_)))
    }

    /// Whether it is `true` or `false`.
    pub(crate) fn boolean(self) -> Option<bool> {
        match self.value()? {
            Value::Bool(is) => Some(*is),
            _ => None,
        }
    }

    /// What it counts, if it is a number.
    pub(crate) fn number(self) -> Option<f64> {
        match self.value()? {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// What JSON Schema calls it: `integer` where it counts whole things.
    pub(crate) fn type_name(self) -> &'static str {
        match self.value() {
            Some(Value::Number(_)) => match self.number() {
                Some(number) if number.fract() != 0.0 => "number",
                _ => "integer",
            },
            Some(Value::Bool(_)) => "boolean",
            Some(Value::List(_)) => "array",
            Some(Value::Map(_)) => "object",
            Some(Value::Text(_)) => "string",
            None | Some(Value::Null | Value::Alias(_)) => "null",
        }
    }

    /// One spelling for equal values, to compare them by: keys in order, numbers
    /// by what they count. What is longer than any value a person compares is
    /// cut off.
    pub(crate) fn canonical(self) -> String {
        let mut text = String::new();
        self.spell(&mut text, 0);
        text
    }

    fn spell(self, text: &mut String, depth: usize) {
        const BYTES_MAX: usize = 16 * 1024;
        // An alias can stand for what it stands in.
        const DEPTH_MAX: usize = 64;
        if text.len() > BYTES_MAX || depth > DEPTH_MAX {
            text.push('…');
            return;
        }
        match self.value() {
            None | Some(Value::Null | Value::Alias(_)) => text.push_str("null"),
            Some(Value::Bool(is)) => text.push_str(if *is { "true" } else { "false" }),
            Some(Value::Number(number)) => match number.parse::<f64>() {
                Ok(number) => text.push_str(&number.to_string()),
                Err(_) => text.push_str(number),
            },
            Some(Value::Text(own)) => text.push_str(&format!("{own:?}")),
            Some(Value::List(_)) => {
                text.push('[');
                for item in self.items() {
                    item.spell(text, depth + 1);
                    text.push(',');
                }
                text.push(']');
            }
            Some(Value::Map(_)) => {
                let mut entries: Vec<_> = self.entries().collect();
                entries.sort_by(|one, other| one.0.text().cmp(&other.0.text()));
                text.push('{');
                for (key, value) in entries {
                    text.push_str(&format!("{:?}:", key.text().unwrap_or_default()));
                    value.spell(text, depth + 1);
                    text.push(',');
                }
                text.push('}');
            }
        }
    }

    /// Its items, if it is a list.
    pub(crate) fn items(self) -> impl DoubleEndedIterator<Item = Node<'t>> {
        let ids = match self.value() {
            Some(Value::List(ids)) => ids.as_slice(),
            _ => &[],
        };
        ids.iter().map(move |id| self.document.node(*id))
    }

    /// Its entries, if it is a mapping: in source order, duplicates included.
    pub(crate) fn entries(self) -> impl DoubleEndedIterator<Item = (Node<'t>, Node<'t>)> {
        let pairs = match self.value() {
            Some(Value::Map(pairs)) => pairs.as_slice(),
            _ => &[],
        };
        let document = self.document;
        pairs.iter().map(move |(key, value)| (document.node(*key), document.node(*value)))
    }

    /// The first value under `key`, if it is a mapping.
    pub(crate) fn get(self, key: &str) -> Option<Node<'t>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The first entry under `key`, if it is a mapping.
    pub(crate) fn entry(self, key: &str) -> Option<(Node<'t>, Node<'t>)> {
        self.entries().find(|(name, _)| name.text() == Some(key))
    }

    fn data(self) -> Option<&'t Data> {
        self.document.nodes.get(self.id)
    }
}
