//! What one file says: a program, as far as routes may depend on it. Values,
//! calls and who exports what are kept, types and the bodies of handlers are
//! not. A file alone cannot tell where its routers are served, so the whole runs
//! all files together.
//!
//! Everything refers to everything else by number, so that nothing nests.

use kernel::Span;
use serde::{Deserialize, Serialize};

/// The number of an expression, block, function, class or site of its file.
pub(super) type Id = usize;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) expressions: Vec<Expr>,
    pub(super) blocks: Vec<Vec<Stmt>>,
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
    pub(super) sites: Vec<Site>,
    pub(super) exports: Vec<Export>,
    /// What a shape of the options describes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<Row>,
    /// The block of the file itself.
    pub(super) body: Id,
    /// Modules that it names, as it names them.
    pub(super) modules: Vec<String>,
    /// What is in it and cannot be read.
    pub(super) unread: Vec<Unread>,
}

/// A call, an object or a list that is a route by the shape.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    /// None where the shape has no method.
    pub(super) method: Option<Id>,
    pub(super) path: Id,
    pub(super) site: Id,
    /// Whether it may as well be something else that looks so.
    pub(super) is_doubtful: bool,
}

/// What cannot be read, and why.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Unread {
    pub(super) site: Site,
    pub(super) why: String,
}

/// A place that a finding can name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Site {
    pub(super) span: Span,
    pub(super) written: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Expr {
    /// What is not read, and is no path or router.
    #[serde(rename = "?")]
    Unknown,
    #[serde(rename = "t")]
    Text(String),
    /// Texts after one another.
    #[serde(rename = "+")]
    Joined(Vec<Id>),
    #[serde(rename = "r")]
    Regex,
    #[serde(rename = "n")]
    Name(String),
    #[serde(rename = "this")]
    This,
    #[serde(rename = "m")]
    Member(Id, String),
    #[serde(rename = "i")]
    Index(Id, Id),
    #[serde(rename = "c")]
    Call(Call),
    #[serde(rename = "a")]
    List(Vec<Id>),
    #[serde(rename = "...")]
    Spread(Id),
    #[serde(rename = "o")]
    Object(Vec<(Key, Id)>),
    #[serde(rename = "f")]
    Function(Id),
    #[serde(rename = "k")]
    Class(Id),
    /// One of these, nobody knows which.
    #[serde(rename = "|")]
    Either(Id, Id),
    /// The first unless it is nothing.
    #[serde(rename = "||")]
    Or(Id, Id),
    #[serde(rename = "=")]
    Assign(Id, Id),
    /// A module: `require("x")`, `import("x")`.
    #[serde(rename = "x")]
    Module(String),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) callee: Id,
    pub(super) arguments: Vec<Id>,
    pub(super) is_new: bool,
    /// Where it is, if it may register something.
    pub(super) site: Option<Id>,
}

/// The key of an object's entry.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Key {
    #[serde(rename = "n")]
    Name(String),
    #[serde(rename = "c")]
    Computed(Id),
    /// `...other`
    #[serde(rename = "s")]
    Spread,
}

/// What a value is bound to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Pattern {
    #[serde(rename = "n")]
    Name(String),
    /// `{ key: pattern }`
    #[serde(rename = "o")]
    Object(Vec<(String, Pattern)>),
    #[serde(rename = "a")]
    List(Vec<Pattern>),
    #[serde(rename = "_")]
    Nothing,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Stmt {
    #[serde(rename = "l")]
    Let(Pattern, Id),
    #[serde(rename = "d")]
    Do(Id),
    #[serde(rename = "r")]
    Return(Id),
    /// What is done always.
    #[serde(rename = "b")]
    Block(Id),
    /// What is done under a condition.
    #[serde(rename = "?")]
    If(Id),
    #[serde(rename = "f")]
    For(Pattern, Id, Id),
    /// A name of the module: where it comes from, and what it is there: `*` for
    /// the whole.
    #[serde(rename = "i")]
    Import(String, String, String),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Id,
    pub(super) is_arrow: bool,
    /// Its expressions are those from here up to there.
    pub(super) from: Id,
    pub(super) to: Id,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Parameter {
    pub(super) pattern: Pattern,
    pub(super) default: Option<Id>,
    /// The first name of its type.
    pub(super) r#type: String,
    pub(super) is_rest: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) parent: Option<Id>,
    pub(super) decorators: Vec<Id>,
    pub(super) members: Vec<Member>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) decorators: Vec<Id>,
    pub(super) value: Option<Id>,
    pub(super) is_static: bool,
    pub(super) is_method: bool,
    /// Whether reading it calls it.
    pub(super) is_getter: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Export {
    #[serde(rename = "v")]
    Value(String, Id, Id),
    /// A name of another module under a name of this one: module, name there,
    /// name here, site.
    #[serde(rename = "f")]
    From(String, String, String, Id),
    /// Everything of another module.
    #[serde(rename = "*")]
    All(String),
}

impl Facts {
    /// Whether anything is exported as CommonJS does.
    pub(super) fn has_common(&self) -> bool {
        self.expressions
            .iter()
            .any(|it| matches!(it, Expr::Name(name) if name == "module" || name == "exports"))
    }

    /// The value of the first entry of an object that has that name.
    pub(super) fn entry(&self, key: &str) -> Option<Id> {
        self.expressions.iter().find_map(|it| match it {
            Expr::Object(entries) => entries
                .iter()
                .find(|(own, _)| matches!(own, Key::Name(name) if name == key))
                .map(|(_, value)| *value),
            _ => None,
        })
    }

    /// Whether a value is taken from the environment: `process.env.A`, `env.A || ""`.
    pub(super) fn is_of_environment(&self, value: Id) -> bool {
        let mut open = vec![value];
        while let Some(id) = open.pop() {
            match self.expressions.get(id) {
                Some(Expr::Name(name)) if name == "env" => return true,
                Some(Expr::Member(_, name)) if name == "env" => return true,
                Some(Expr::Member(of, _)) => open.push(*of),
                Some(Expr::Or(first, second) | Expr::Either(first, second)) => {
                    // Each refers to what was read before it.
                    open.extend([*first, *second].into_iter().filter(|other| *other < id));
                }
                _ => {}
            }
        }
        false
    }
}
