//! What one Go file says about routes. A file alone cannot tell the value of
//! another file's constant or the prefix under which its function is mounted,
//! so it leaves these facts for the whole.

use kernel::Span;
use serde::{Deserialize, Serialize};

/// All that one file says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// Constants of the package, with their values.
    pub(crate) consts: Vec<(String, Text)>,
    pub(crate) functions: Vec<Function>,
    /// How each local router came to be, by its number.
    pub(crate) locals: Vec<Origin>,
    /// Package variables and fields that are routers: name, and whether one is
    /// made for it here.
    pub(crate) named: Vec<(String, bool)>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) links: Vec<Link>,
    pub(crate) rows: Vec<Row>,
    /// Interfaces of one's own that a router of the framework is handed over as.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) interfaces: Vec<String>,
    /// Whether the file does not import the framework: what no other file says is a
    /// router is none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_importless: bool,
    /// Whether the file is built only under a condition.
    pub(crate) is_conditional: bool,
}

/// A text put together from parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Text(pub(crate) Vec<Part>);

/// One part of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Part {
    Literal(String),
    /// A constant of the same package.
    Name(String),
    /// A constant of the package imported by that path.
    Of(String, String),
    /// A field of the variable of a loop over the table of that name.
    Field(String, String),
    /// What cannot be told.
    Unknown,
}

/// A router, as far as the file knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Slot {
    /// By its number in this file.
    Local(usize),
    /// A package variable or a field of that name.
    Named(String),
    /// The default router of `net/http`.
    Default,
    /// Something that is not known to be a router.
    Unknown,
}

/// How a local router came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// Made here.
    New,
    /// A sub-router: what a call on its parent gave.
    Sub,
    /// A function's parameter.
    Parameter,
    /// A function's parameter of a type that is always at the top.
    Top,
    /// A function's parameter of a type of the package: a router if that is such an
    /// interface.
    Own(String),
    /// A function's result.
    Result(Callee),
}

/// A function as a call names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Callee {
    /// Of the same package.
    Plain(String),
    /// Of the package imported by that path.
    Of(String, String),
    /// A method; its type where that is known.
    Method(Option<String>, String),
}

/// A function that takes or returns a router.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Function {
    /// Type of its receiver.
    pub(crate) receiver: Option<String>,
    pub(crate) name: String,
    /// Parameters that are routers: place and number in this file.
    pub(crate) parameters: Vec<(usize, usize)>,
    pub(crate) returns: Vec<Slot>,
}

/// A call that registers a route.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Registration {
    pub(crate) slot: Slot,
    pub(crate) method: Method,
    pub(crate) path: Text,
    /// Whether it takes everything below its path too.
    pub(crate) is_mount: bool,
    /// A router that serves what is registered here.
    pub(crate) target: Option<Target>,
    /// What `http.StripPrefix` takes off before that router sees the path.
    pub(crate) strips: Option<Text>,
    pub(crate) span: Span,
    /// The path as it is written.
    pub(crate) written: String,
    pub(crate) is_conditional: bool,
}

/// The method of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Method {
    Any,
    /// The path may begin with it: `GET /a`.
    InPath,
    Of(Text),
}

/// A router that another one hands requests to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Target {
    Slot(Slot),
    Result(Callee),
    /// A parameter of a function.
    Argument(Callee, usize),
}

/// What is registered on `to` is served by `from` under `prefix`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) from: Slot,
    pub(crate) prefix: Text,
    pub(crate) to: Target,
    pub(crate) span: Span,
    pub(crate) written: String,
    pub(crate) is_conditional: bool,
}

/// A row of a table or a call that a shape describes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The function or variable that it stands in.
    pub(crate) table: String,
    /// None where the shape has no method.
    pub(crate) method: Option<Text>,
    pub(crate) path: Text,
    pub(crate) span: Span,
    pub(crate) written: String,
}

impl Callee {
    /// Whether its name says that it gives a router. Only of those is it noted
    /// where results go: noting it of all would be most of a file.
    pub(crate) fn sounds_like_a_router(&self) -> bool {
        let (Callee::Plain(name) | Callee::Of(_, name) | Callee::Method(_, name)) = self;
        let name = name.to_ascii_lowercase();
        ["router", "routes", "mux"].iter().any(|word| name.contains(word))
    }
}

impl Text {
    /// A text of one literal.
    pub(crate) fn literal(text: &str) -> Text {
        Text(vec![Part::Literal(text.to_owned())])
    }

    /// Nothing at all.
    pub(crate) fn empty() -> Text {
        Text(Vec::new())
    }

    /// The text, if it is made of literals alone.
    pub(crate) fn known(&self) -> Option<String> {
        self.0
            .iter()
            .map(|part| match part {
                Part::Literal(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }
}
