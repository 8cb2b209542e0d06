//! Macros: texts that are put together, and lists of handlers.

use super::facts::{Part, Text};
use super::value::Value;
use super::walk::Walker;

impl Walker<'_> {
    /// `format!`, `concat!`, and lists of handlers.
    pub(super) fn invocation(&mut self, path: &[String], open: usize) -> Value {
        let name = path.last().map_or("", String::as_str);
        match name {
            "format" => self.format(open),
            "concat" => {
                let parts = self.arguments(open).into_iter().flat_map(|value| value.text().0);
                Value::Text(Text(parts.collect()))
            }
            name if self.words.lists.contains(&name) => self.list(open),
            "matches" | "macro_rules" => Value::Other,
            "vec" => Value::Tuple(self.arguments(open)),
            _ => {
                let values = self.arguments(open);
                for value in values {
                    self.settle(value, &(open..open + 1));
                }
                Value::Other
            }
        }
    }

    /// `format!("{}/a/{B}", A)`
    fn format(&mut self, open: usize) -> Value {
        let source = self.source;
        let elements = source.elements(open);
        let Some(pattern) = elements.first().and_then(|first| source.string(first.start)) else {
            self.arguments(open);
            return Value::Other;
        };
        let mut named: Vec<(&str, Text)> = Vec::new();
        let mut rest: Vec<Text> = Vec::new();
        for element in elements.into_iter().skip(1) {
            if source.is_ident(element.start) && source.word(element.start + 1) == "=" {
                let text = self.expression(element.start + 2..element.end).text();
                named.push((source.word(element.start), text));
            } else {
                rest.push(self.expression(element).text());
            }
        }
        let mut rest = rest.into_iter();
        let mut text = Text::default();
        let mut pattern = pattern.as_str();
        while let Some(at) = pattern.find(['{', '}']) {
            let (before, after) = pattern.split_at_checked(at).unwrap_or((pattern, ""));
            text.0.push(Part::Literal(before.to_owned()));
            if let Some(after) = after.strip_prefix("{{") {
                text.0.push(Part::Literal("{".to_owned()));
                pattern = after;
            } else if let Some(after) = after.strip_prefix("}}") {
                text.0.push(Part::Literal("}".to_owned()));
                pattern = after;
            } else if let Some((name, after)) =
                after.strip_prefix('{').and_then(|it| it.split_once('}'))
            {
                let value = match name {
                    "" => rest.next(),
                    name if name.contains(':') => None,
                    name => named.iter().find(|(known, _)| *known == name).map_or_else(
                        || {
                            let constant = || Value::Path(vec![name.to_owned()]);
                            Some(self.bound(name).map_or_else(constant, Value::clone).text())
                        },
                        |(_, text)| Some(text.clone()),
                    ),
                };
                text.0.extend(value.unwrap_or_else(Text::unknown).0);
                pattern = after;
            } else {
                return Value::Other;
            }
        }
        text.0.push(Part::Literal(pattern.to_owned()));
        Value::Text(text)
    }
}
