//! Values of GitHub's expressions, as far as they are known.

/// As much as is known of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'c> {
    Truth(bool),
    Text(&'c str),
    Null,
    /// A list, each item where it is known.
    Texts(Vec<Option<&'c str>>),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A text that begins like this.
    Begins(&'static str),
    /// A name of this repository or of its owner.
    Own,
    /// A name that is neither this repository's nor written in it.
    Stranger,
    Unknown,
}

impl Value<'_> {
    /// Whether an `if:` holds by it.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Value::Truth(truth) => Some(*truth),
            Value::Text(text) => Some(!text.is_empty()),
            Value::Null => Some(false),
            Value::OneOf(_) | Value::Begins(_) | Value::Own | Value::Stranger => Some(true),
            Value::Texts(_) | Value::Unknown => None,
        }
    }

    /// Whether the two are the same to `==`.
    pub(crate) fn equals(&self, other: &Value<'_>) -> Option<bool> {
        match (self, other) {
            (Value::Text(a), Value::Text(b)) => Some(a.eq_ignore_ascii_case(b)),
            (Value::Truth(a), Value::Truth(b)) => Some(a == b),
            (Value::Null, Value::Null) => Some(true),
            // Both become numbers.
            (Value::Null, Value::Truth(b)) => Some(!b),
            (Value::Null, Value::Text(text)) => {
                text.starts_with(|c: char| c.is_alphabetic()).then_some(false)
            }
            (Value::Null, Value::Own | Value::Stranger) => Some(false),
            (Value::Stranger, Value::Text(_) | Value::Own) => Some(false),
            (Value::OneOf(texts), Value::Text(text)) => {
                let is_there = texts.iter().any(|it| it.eq_ignore_ascii_case(text));
                match is_there {
                    false => Some(false),
                    true => (texts.len() == 1).then_some(true),
                }
            }
            (Value::Begins(start), Value::Text(text)) => (!begins(text, start)).then_some(false),
            (
                Value::Truth(_) | Value::Text(_) | Value::Own,
                Value::Null | Value::Stranger | Value::OneOf(_) | Value::Begins(_),
            ) => other.equals(self),
            _ => None,
        }
    }

    /// What `startsWith` says of it.
    pub(crate) fn begins_with(&self, start: &Value<'_>) -> Option<bool> {
        let Value::Text(start) = start else { return None };
        match self {
            Value::Text(text) => Some(begins(text, start)),
            Value::Begins(known) if begins(known, start) => Some(true),
            Value::Begins(known) => (!begins(start, known)).then_some(false),
            Value::OneOf(texts) => agreed(texts.iter().map(|text| Some(begins(text, start)))),
            Value::Null => Some(start.is_empty()),
            _ => None,
        }
    }

    /// What `contains` says of it.
    pub(crate) fn contains(&self, wanted: &Value<'_>) -> Option<bool> {
        let within =
            |text: &str, part: &str| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase());
        match (self, wanted) {
            (Value::Texts(texts), wanted) => {
                let mut same = texts.iter().map(|text| Value::Text((*text)?).equals(wanted));
                match same.clone().any(|same| same == Some(true)) {
                    true => Some(true),
                    false => same.all(|same| same == Some(false)).then_some(false),
                }
            }
            (Value::Text(text), Value::Text(part)) => Some(within(text, part)),
            (Value::Text(text), Value::OneOf(parts)) => {
                agreed(parts.iter().map(|part| Some(within(text, part))))
            }
            (Value::Text(_), Value::Stranger) => Some(false),
            _ => None,
        }
    }
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

/// What all say, if they agree.
fn agreed(mut all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let first = all.next()??;
    all.all(|it| it == Some(first)).then_some(first)
}
