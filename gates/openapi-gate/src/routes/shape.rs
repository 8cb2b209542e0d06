//! A registrar or table of one's own, described by an example with holes:
//! `{$METHOD, $PATH, ...}`, `[$METHOD, $PATH, ...]`,
//! `registrar.Register($METHOD, $PATH, ...)`.

use go_syntax::{Kind, tokens};

use crate::path::Dialect;

/// Where in a literal or call the method and the path stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// What stands before the bracket: `["registrar", "Register"]`; `$_` in it
    /// is any one name; empty for a literal whose type is left out.
    pub(crate) head: Vec<String>,
    /// A literal's braces or brackets, or a call's parentheses.
    pub(crate) is_literal: bool,
    /// A literal's brackets.
    pub(crate) is_list: bool,
    pub(crate) elements: Vec<Element>,
    /// Whether more elements may follow.
    pub(crate) is_open: bool,
    /// Whose grammar the path is written in.
    pub(crate) dialect: Dialect,
}

/// One element of a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// The field that it is for, in a literal with names.
    pub(crate) name: Option<String>,
    pub(crate) hole: Hole,
}

/// What an element stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hole {
    Method,
    Path,
    /// Anything.
    Any,
}

impl Shape {
    /// Reads a shape; what is wrong with it otherwise.
    pub(crate) fn read(text: &str, dialect: Dialect) -> Result<Shape, String> {
        let text = text.trim();
        let (open, close) = match (text.find('{'), text.find('('), text.find('[')) {
            (Some(brace), None, None) => (brace, '}'),
            (None, Some(paren), None) => (paren, ')'),
            (None, None, Some(bracket)) => (bracket, ']'),
            _ => return Err("expected one pair of braces, brackets or parentheses".to_owned()),
        };
        let (is_literal, is_list) = (close != ')', close == ']');
        let (head, rest) = text.split_at_checked(open).unwrap_or_default();
        let inner = rest.get(1..).and_then(|rest| rest.strip_suffix(close));
        let inner = inner.ok_or_else(|| format!("expected '{close}' at its end"))?;
        let head: Vec<String> = match head.trim() {
            "" => Vec::new(),
            head => head.split('.').map(|name| name.trim().to_owned()).collect(),
        };
        if !is_literal && head.is_empty() {
            return Err("expected a name before the parentheses".to_owned());
        }
        if let Some(name) = head.iter().find(|name| *name != "$_" && !is_name(name)) {
            return Err(format!("'{name}' is no name"));
        }
        let (elements, is_open) = (Vec::new(), false);
        let mut shape = Shape { head, is_literal, is_list, elements, is_open, dialect };
        for part in inner.split(',').map(str::trim) {
            if shape.is_open {
                return Err("'...' stands only at the end".to_owned());
            }
            match part {
                "..." => shape.is_open = true,
                part => shape.elements.push(element(part)?),
            }
        }
        let count = |hole| shape.elements.iter().filter(|element| element.hole == hole).count();
        let named = shape.elements.iter().filter(|element| element.name.is_some()).count();
        if count(Hole::Path) != 1 || count(Hole::Method) > 1 {
            return Err("expected one $PATH and at most one $METHOD".to_owned());
        }
        if named != 0 && (named != shape.elements.len() || !is_literal || is_list) {
            return Err("names stand before all elements of a literal or before none".to_owned());
        }
        if shape.is_literal && shape.head.is_empty() && count(Hole::Method) == 0 {
            return Err("a literal without a type needs a $METHOD to be told by".to_owned());
        }
        Ok(shape)
    }

    /// The number or name of the element with that hole.
    pub(crate) fn position(&self, hole: Hole) -> Option<(usize, Option<&str>)> {
        let index = self.elements.iter().position(|element| element.hole == hole)?;
        Some((index, self.elements.get(index)?.name.as_deref()))
    }

    /// Whether the elements of a literal have names.
    pub(crate) fn is_named(&self) -> bool {
        self.elements.iter().any(|element| element.name.is_some())
    }

    /// Whether a literal or call with `count` elements can be one.
    pub(crate) fn takes(&self, count: usize) -> bool {
        self.is_named()
            || count == self.elements.len()
            || (self.is_open && count > self.elements.len())
    }
}

fn element(part: &str) -> Result<Element, String> {
    let (name, hole) = match part.split_once(':') {
        Some((name, hole)) => (Some(name.trim()), hole.trim()),
        None => (None, part),
    };
    if let Some(name) = name.filter(|name| !is_name(name)) {
        return Err(format!("'{name}' is no name"));
    }
    let hole = match hole {
        "$METHOD" => Hole::Method,
        "$PATH" => Hole::Path,
        "$_" => Hole::Any,
        other => return Err(format!("expected $METHOD, $PATH, $_ or ..., found '{other}'")),
    };
    Ok(Element { name: name.map(str::to_owned), hole })
}

fn is_name(text: &str) -> bool {
    let found = tokens(text);
    found.first().is_some_and(|token| token.kind == Kind::Ident && token.text(text) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Shape, String> {
        Shape::read(text, Dialect::NetHttp)
    }

    #[test]
    fn shapes_are_read() {
        let table = read("{$METHOD, $PATH, ...}").unwrap();
        assert!(table.is_literal && table.head.is_empty() && table.takes(2) && table.takes(5));
        assert!(!table.takes(1));
        let named = read("api.Route{Path: $PATH, Method: $METHOD}").unwrap();
        assert_eq!(named.position(Hole::Method), Some((1, Some("Method"))));
        assert_eq!(named.head, ["api", "Route"]);
        let list = read("[$METHOD, $PATH]").unwrap();
        assert!(list.is_literal && list.is_list && list.takes(2) && !list.takes(3));
        let call = read("$_.Register($_, $PATH)").unwrap();
        assert!(!call.is_literal && call.takes(2) && !call.takes(3));
        assert_eq!(call.position(Hole::Method), None);
    }

    #[test]
    fn what_is_no_shape_is_refused() {
        for text in [
            "",
            "$PATH",
            "{}",
            "{$METHOD}",
            "{$PATH}",
            "($PATH)",
            "{$METHOD, $PATH, $PATH}",
            "{..., $PATH}",
            "{$METHOD, Path: $PATH}",
            "f(Path: $PATH)",
            "[method: $METHOD, path: $PATH]",
            "{[$METHOD, $PATH]}",
            "{$METHOD, \"/x\"}",
            "f($PATH",
            "f g($PATH)",
            "{$METHOD, 1: $PATH}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
