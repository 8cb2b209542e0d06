//! Whether a node is what a field holds, and how that is said to people.

use super::table::{Names, Table, Type};
use crate::spec::Node;

impl Table {
    /// Whether the node is of that type, whatever is in it.
    pub(super) fn fits(&self, holds: &Type, node: Node<'_>) -> bool {
        let own = node.type_name();
        match holds {
            Type::Any => true,
            Type::Text | Type::Token | Type::Unbraced | Type::Words(_) => own == "string",
            Type::Boolean => own == "boolean",
            Type::Number | Type::Positive => own == "number" || own == "integer",
            Type::Integer | Type::Count => own == "integer",
            Type::List { .. } => own == "array",
            Type::Map { .. } => own == "object",
            Type::Object { number, .. } => {
                let is_boolean = self.object(*number).is_some_and(|object| object.is_boolean);
                own == "object" || (own == "boolean" && is_boolean)
            }
            Type::Either(one, other) => self.fits(one, node) || self.fits(other, node),
        }
    }

    /// The type as people call it.
    pub(super) fn shown(&self, holds: &Type) -> String {
        let plain = match holds {
            Type::Any => "anything",
            Type::Text => "a text",
            Type::Token => "a text of letters, digits and !#$%&'*+-.^_`|~",
            Type::Unbraced => "a text without braces",
            Type::Boolean => "true or false",
            Type::Number => "a number",
            Type::Integer => "a whole number",
            Type::Count => "a whole number from 0 on",
            Type::Positive => "a number above 0",
            Type::Map { .. } => "a mapping",
            Type::List { of, .. } => return format!("a list, each item {}", self.shown(of)),
            Type::Words(words) => match words.as_slice() {
                [one] => return format!("'{one}'"),
                [first @ .., last] => return format!("'{}' or '{last}'", first.join("', '")),
                [] => "anything",
            },
            Type::Object { number, .. } => {
                let Some(object) = self.object(*number) else { return String::new() };
                let boolean = if object.is_boolean { " or a boolean" } else { "" };
                return format!("{}{boolean}", called(object.name));
            }
            Type::Either(one, other) => {
                return format!("{} or {}", self.shown(one), self.shown(other));
            }
        };
        plain.to_owned()
    }
}

/// `a Media Type Object` for `MediaType`.
pub(crate) fn called(object: &str) -> String {
    let words = match object {
        "Root" => "OpenAPI".to_owned(),
        "ExternalDocs" => "External Documentation".to_owned(),
        "OAuthFlows" => "OAuth Flows".to_owned(),
        "XML" => "XML".to_owned(),
        "ImplicitFlow" | "TokenFlow" | "AuthorizationCodeFlow" | "DeviceFlow" => {
            "OAuth Flow".to_owned()
        }
        name => {
            let mut words = String::new();
            for letter in name.chars() {
                if letter.is_ascii_uppercase() && !words.is_empty() {
                    words.push(' ');
                }
                words.push(letter);
            }
            words
        }
    };
    let article = match words.starts_with(['A', 'E', 'I', 'O', 'U', 'X']) {
        true => "an",
        false => "a",
    };
    format!("{article} {words} Object")
}

impl Names {
    /// What a name that may not stand there would have to be.
    pub(super) fn refuse(self, name: &str) -> Option<&'static str> {
        let is_fine = match self {
            Names::Any => true,
            Names::Slash => name.starts_with('/'),
            Names::Status => is_status(name),
            Names::Component => {
                !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            }
            Names::Token => is_token(name),
            Names::Method => is_token(name) && !METHODS.contains(&name),
        };
        if is_fine {
            return None;
        }
        Some(match self {
            Names::Any => "a text",
            Names::Slash => "a path that begins with a slash",
            Names::Status => "a status code",
            Names::Component => "letters, digits, dots, hyphens and underscores",
            Names::Token => "letters, digits and !#$%&'*+-.^_`|~",
            Names::Method => "a method that has no field of its own",
        })
    }
}

/// Methods that a Path Item Object has fields for.
const METHODS: [&str; 9] =
    ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"];

/// `404` or `4XX`.
fn is_status(name: &str) -> bool {
    match name.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] => true,
        [b'1'..=b'5', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
        _ => false,
    }
}

/// RFC 9110, 5.6.2.
fn is_token(text: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(is_letter)
}
