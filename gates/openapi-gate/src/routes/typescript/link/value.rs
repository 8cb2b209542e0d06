//! What an expression gives.

use std::rc::Rc;

/// A function and where it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Closure {
    pub(super) file: usize,
    pub(super) function: usize,
    pub(super) scope: usize,
}

/// A place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Site {
    pub(in super::super) file: usize,
    pub(in super::super) number: usize,
}

/// What makes a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Made {
    /// What is served as it is.
    App,
    /// What is served where it is mounted.
    Router,
    /// A parameter: where it is served is for a caller to say, and there is none.
    Unplaced,
}

/// A path, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Told {
    Path(String),
    Regex,
    Unknown,
}

#[derive(Clone, Debug)]
pub(in super::super) enum Value {
    Unknown,
    /// `undefined`, `null`
    Nothing,
    Text(Rc<str>),
    Regex,
    List(usize),
    Object(usize),
    Function(Closure),
    /// A plugin that registers on the router it is given.
    Transparent(Closure),
    /// File, class and scope.
    Class(usize, usize, usize),
    Router(usize),
    /// A router's paths that methods are registered on.
    Endpoint(usize, Rc<[Told]>),
    /// Something of a package: its module and the names and calls after it.
    Package(Rc<str>, Rc<str>),
    /// A name that the language has.
    Global(Rc<str>),
    /// A file as a whole.
    Module(usize),
    /// A name of a file, told when it is used.
    Import(usize, Rc<str>),
    /// A method of a value.
    Method(Rc<(Value, String)>),
    /// What is in the repository and cannot be followed, and why.
    Lost(&'static str),
}

/// A list of names and values; an unknown part makes it open.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) fields: Vec<(String, Value)>,
    /// File, class and scope.
    pub(super) class: Option<(usize, usize, usize)>,
    pub(super) is_open: bool,
}

impl Object {
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        match self.fields.iter_mut().find(|(own, _)| own == name) {
            Some((_, known)) => *known = value,
            None => self.fields.push((name.to_owned(), value)),
        }
    }
}

/// How often a function was run, and the last time: its scope, what it was called
/// on, and what it gave.
#[derive(Debug, Default)]
pub(super) struct Runs {
    pub(super) count: usize,
    pub(super) last: Option<(usize, Option<usize>, Value)>,
}

impl Value {
    /// The number of the object that it is.
    pub(super) fn object(&self) -> Option<usize> {
        match self {
            Value::Object(object) => Some(*object),
            _ => None,
        }
    }

    pub(in super::super) fn text(text: &str) -> Value {
        Value::Text(text.into())
    }
}

impl Told {
    /// Everything below it.
    pub(in super::super) fn below(self) -> Told {
        match self {
            Told::Path(path) => Told::Path(format!("{}/*", path.trim_end_matches(['*', '/']))),
            other => other,
        }
    }
}
