//! What an expression comes to, as far as it can be told.

use std::rc::Rc;

/// A value. Numbers are places in the lists of the [`Machine`](super::Machine).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Unknown,
    Nothing,
    Truth(bool),
    Text(Rc<str>),
    List(usize),
    Map(usize),
    /// A file.
    Module(usize),
    /// A folder, as the part of an import.
    Folder(Rc<str>),
    /// What a file is asked for when it is used.
    Imported(usize, Rc<str>),
    /// Of a package that is none of the files, by its full name.
    Library(Rc<str>),
    /// What a call of such a name gave.
    Made(Rc<str>),
    Class(usize),
    Instance(usize),
    Function(usize),
    /// A function of an instance or class.
    Method(usize, Box<Value>),
    Router(usize),
    /// A list of routes that a router has.
    Routes(usize),
    /// A name of something that the framework understands: `app.get`.
    Member(Box<Value>, Rc<str>),
    /// A route that stands in a list.
    Entry(usize),
    /// A class as a view, with the methods that it is told to take.
    View(Box<Value>, Option<Rc<[(String, String)]>>),
    /// One of these, and which cannot be told.
    Choice(Rc<[Value]>),
}

/// More than one name is ever given.
const CHOICES_MAX: usize = 24;

impl Value {
    pub(super) fn text(text: &str) -> Value {
        Value::Text(Rc::from(text))
    }

    /// The text that it surely is.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Choice(all) => {
                let (first, rest) = all.split_first()?;
                rest.iter().all(|it| it == first).then(|| first.as_text())?
            }
            _ => None,
        }
    }

    /// Either of two.
    pub(super) fn or(self, other: Value) -> Value {
        if self == other {
            return self;
        }
        let mut all: Vec<Value> = Vec::new();
        for value in [self, other] {
            match value {
                Value::Choice(own) => all.extend(own.iter().cloned()),
                own => all.push(own),
            }
        }
        let mut kept: Vec<Value> = Vec::new();
        for value in all {
            if !kept.contains(&value) {
                kept.push(value);
            }
        }
        match kept.len() {
            1 => kept.pop().unwrap_or(Value::Unknown),
            count if count > CHOICES_MAX => Value::Unknown,
            _ => Value::Choice(kept.into()),
        }
    }

    /// Each of the values that it may be.
    pub(super) fn each(&self) -> &[Value] {
        match self {
            Value::Choice(all) => all,
            one => std::slice::from_ref(one),
        }
    }

    /// A function or class as something to look up by.
    pub(super) fn key(&self) -> (bool, usize) {
        match self {
            Value::Class(number) => (true, *number),
            Value::Function(number) => (false, *number),
            _ => (false, usize::MAX),
        }
    }

    /// Whether a file is asked for it that has not come so far.
    pub(super) fn is_late(&self) -> bool {
        match self {
            Value::Imported(..) => true,
            Value::Member(owner, _) => owner.is_late(),
            Value::Choice(all) => all.iter().any(Value::is_late),
            _ => false,
        }
    }

    /// The router that it is, if it is surely one or nothing.
    pub(super) fn router(&self) -> Option<usize> {
        let mut found = self.each().iter().filter_map(|it| match it {
            Value::Router(own) => Some(*own),
            _ => None,
        });
        found.next()
    }

    /// Whether it surely says something, or surely nothing.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Value::Nothing => Some(false),
            Value::Truth(own) => Some(*own),
            Value::Text(text) => Some(!text.is_empty()),
            Value::Unknown | Value::Choice(_) | Value::Imported(..) | Value::Made(_) => None,
            Value::List(_) | Value::Map(_) | Value::Library(_) | Value::Member(..) => None,
            _ => Some(true),
        }
    }
}
