//! What one Python file says, as far as routes can hang on it: statements
//! without what no path, prefix or handler's methods come from.

use kernel::Span;
use serde::{Deserialize, Serialize};

/// A file.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) body: Vec<Statement>,
    /// What is in it and cannot be read.
    pub(super) unread: Vec<Unread>,
}

/// What cannot be read, and why.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Unread {
    pub(super) span: Span,
    pub(super) written: String,
    pub(super) why: String,
}

/// A statement that is kept.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Statement {
    /// `import a.b`, `import a.b as c`.
    Import(String, Option<String>),
    /// `from ..a import b as c`: the module with its dots, and each name with
    /// what it is called here; `*` for all.
    From(String, Vec<(String, String)>),
    /// `a = b = value`.
    Assign(Vec<Expression>, Expression),
    /// `a += value`.
    Extend(Expression, Expression),
    Do(Expression),
    Return(Expression),
    Class(Box<Class>),
    Function(Box<Function>),
    /// Statements that run together.
    Block(Condition, Vec<Statement>),
    For(Expression, Expression, Vec<Statement>),
}

/// When statements run.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Condition {
    Always,
    Perhaps,
    If(Expression),
    ElseIf(Expression),
    Else,
}

/// A class.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) bases: Vec<Argument>,
    pub(super) decorators: Vec<Expression>,
    pub(super) body: Vec<Statement>,
}

/// A function.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) decorators: Vec<Expression>,
    pub(super) body: Vec<Statement>,
}

/// A function's parameter.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// The last name of its type.
    pub(super) of: Option<String>,
    pub(super) default: Option<Expression>,
}

/// An argument of a call, or a base of a class.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Argument(pub(super) Option<String>, pub(super) Expression);

/// An expression.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Expression {
    Text(String),
    /// Put together from parts: a format, or a sum.
    Sum(Vec<Expression>),
    Name(String),
    Member(Box<Expression>, String),
    /// What is called, with what, where, and how it is written there.
    Call(Box<Expression>, Vec<Argument>, Span, Option<String>),
    /// `a[b]`.
    Item(Box<Expression>, Box<Expression>),
    /// A list, a tuple or a set.
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    /// `[element for name in list]`.
    Each(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `a if test else b`: the test, and both.
    If(Box<Expression>, Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    /// `a is None`.
    IsNothing(Box<Expression>),
    /// The first that says something.
    Or(Vec<Expression>),
    /// `*list`, `**map`.
    All(Box<Expression>),
    /// `True`, `False`.
    Truth(bool),
    Nothing,
    Other,
}

impl Expression {
    /// The last name of a chain of names: `include_router` of `app.include_router`.
    pub(super) fn last_name(&self) -> Option<&str> {
        match self {
            Expression::Name(name) | Expression::Member(_, name) => Some(name),
            _ => None,
        }
    }
}
