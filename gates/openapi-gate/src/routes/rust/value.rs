//! What an expression gives, as far as routes go.

use super::facts::{Argument, Callee, Method, Part, Target, Text};

/// What an expression gives.
#[derive(Clone, Debug, Default)]
pub(super) enum Value {
    /// A router: what is put on it goes to one node, and who serves it serves
    /// the other.
    Node {
        on: usize,
        whole: usize,
    },
    /// What a function gives.
    Call(Callee, Vec<Argument>),
    Path(Vec<String>),
    /// Methods of a route.
    Methods(Vec<Method>),
    Text(Text),
    /// The parameter of that place, which is no router.
    Parameter(usize),
    Tuple(Vec<Value>),
    #[default]
    Other,
}

impl Value {
    pub(super) fn node(node: usize) -> Value {
        Value::Node { on: node, whole: node }
    }

    /// What it is as a text.
    pub(super) fn text(&self) -> Text {
        match self {
            Value::Text(text) => text.clone(),
            Value::Path(path) => Text(vec![Part::Path(path.clone())]),
            Value::Parameter(place) => Text(vec![Part::Parameter(*place)]),
            _ => Text::unknown(),
        }
    }

    /// What it is as something to be mounted.
    pub(super) fn target(&self) -> Option<Target> {
        match self {
            Value::Node { whole, .. } => Some(Target::Node(*whole)),
            Value::Call(callee, arguments) => Some(Target::Call(callee.clone(), arguments.clone())),
            _ => None,
        }
    }

    /// Whether a call hands routers over.
    pub(super) fn matters(&self) -> bool {
        match self {
            Value::Call(_, arguments) => arguments.iter().any(|it| it.target.is_some()),
            Value::Node { .. } => true,
            _ => false,
        }
    }

    /// Whether a router is among what a call hands over, by its own name.
    pub(super) fn is_sure(&self) -> bool {
        match self {
            Value::Call(_, arguments) => arguments.iter().any(|it| is_sure(it.target.as_ref())),
            Value::Node { .. } => true,
            _ => false,
        }
    }

    /// What it is as an argument of a call that nobody here knows.
    pub(super) fn argument(&self) -> Argument {
        let target = match self {
            Value::Node { .. } => self.target(),
            Value::Call(callee, _) if self.matters() || sounds_like_a_router(callee) => {
                self.target()
            }
            _ => None,
        };
        let text = self.text();
        let is_path = |part: &Part| match part {
            Part::Literal(text) => text.starts_with('/'),
            Part::Path(path) => path.last().is_some_and(|last| !last.contains(char::is_lowercase)),
            Part::Parameter(_) => true,
            Part::Unknown => false,
        };
        let text = Some(text).filter(|it| !it.is_unknown() && it.0.first().is_some_and(is_path));
        Argument { target, text }
    }
}

fn is_sure(target: Option<&Target>) -> bool {
    match target {
        Some(Target::Node(_)) => true,
        Some(Target::Call(_, arguments)) => arguments.iter().any(|it| is_sure(it.target.as_ref())),
        _ => false,
    }
}

/// Whether a function's name says that it gives a router. Only of those is it
/// noted that they are handed on: noting it of all would be most of a file.
fn sounds_like_a_router(callee: &Callee) -> bool {
    let (name, words): (&str, &[&str]) = match callee {
        Callee::Path(_, path) => (
            path.last().map_or("", String::as_str),
            &["router", "route", "routes", "app", "api", "service", "services", "scope"],
        ),
        Callee::Method(name) => (name, &["router", "routes"]),
    };
    name.to_ascii_lowercase().split('_').any(|word| words.contains(&word))
}
