//! What one Rust file says about routes. Where its routers are served, and what
//! the names of other files mean, is for the whole to tell.

use kernel::Span;
use serde::{Deserialize, Serialize};

/// All that one file says. Modules are those inside the file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) uses: Vec<Use>,
    /// Modules of other files that are built only under a condition.
    pub(super) mods: Vec<Module>,
    pub(super) consts: Vec<Const>,
    pub(super) functions: Vec<Function>,
    pub(super) handlers: Vec<Handler>,
    pub(super) nodes: Vec<Node>,
    pub(super) entries: Vec<Entry>,
}

/// `use path as name`; without a name it is a glob.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Use {
    pub(super) module: Vec<String>,
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
}

/// `#[cfg(…)] mod name;`
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Module {
    pub(super) path: Vec<String>,
    /// Built only for tests.
    pub(super) is_test: bool,
}

/// A constant text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Const {
    /// With the type that it belongs to, if it does.
    pub(super) module: Vec<String>,
    pub(super) name: String,
    pub(super) text: Text,
}

/// A text put together from parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Text(pub(super) Vec<Part>);

/// One part of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Part {
    Literal(String),
    /// A constant.
    Path(Vec<String>),
    /// The parameter of that place, of the function that it stands in.
    Parameter(usize),
    /// What cannot be told.
    Unknown,
}

/// A function that gives or takes routers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Function {
    /// With the type that it is a method of, if it is.
    pub(super) module: Vec<String>,
    pub(super) name: String,
    pub(super) is_method: bool,
    /// Parameters that are routers: place and node.
    pub(super) parameters: Vec<(usize, usize)>,
    pub(super) returns: Vec<Target>,
}

/// A function, or a method of an API object, that says of itself what it serves.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Handler {
    /// With the type that it is a method of, if it is.
    pub(super) module: Vec<String>,
    pub(super) name: String,
    pub(super) methods: Vec<Method>,
    pub(super) path: Text,
    pub(super) span: Span,
    pub(super) written: String,
    pub(super) is_conditional: bool,
    /// Whether its type is mounted, and not itself.
    pub(super) is_of_api: bool,
}

/// A router.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Node {
    /// What stands before everything that it serves.
    pub(super) prefix: Text,
    /// Whether it is made here, and no parameter.
    pub(super) is_made: bool,
    /// The place of the parameter that it is.
    pub(super) parameter: Option<usize>,
    /// Whether it is what a call gives that may be no router at all.
    pub(super) is_doubtful: bool,
    /// The module that it stands in.
    pub(super) module: Vec<String>,
    pub(super) span: Span,
    pub(super) written: String,
}

/// Something that is put on a router.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) node: usize,
    pub(super) kind: What,
    pub(super) span: Span,
    pub(super) written: String,
    pub(super) is_conditional: bool,
}

/// What is put on a router.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum What {
    Route(Method, Text),
    /// The target, under a prefix.
    Mount(Text, Target),
    /// The target, or something that takes everything, under a prefix.
    Below(Text, Target),
    /// Something that registers routes nobody can tell, and why.
    Unknown(String),
}

/// The method of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Method {
    Any,
    Of(String),
    Unknown,
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Target {
    Node(usize),
    /// What a function gives.
    Call(Callee, Vec<Argument>),
    /// What a function puts on the router that is its parameter of that place.
    Parameter(Callee, usize, Vec<Argument>),
    /// A function that says of itself what it serves.
    Handler(Vec<String>),
    /// The methods of a type that say what they serve.
    Api(Vec<String>),
}

/// A function, as a call names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Callee {
    /// By its path, as seen from that module.
    Path(Vec<String>, Vec<String>),
    /// A method of something.
    Method(String),
}

/// What a call hands over, where it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Argument {
    pub(super) target: Option<Target>,
    pub(super) text: Option<Text>,
}

impl Facts {
    pub(super) fn says_nothing(&self) -> bool {
        self.uses.is_empty()
            && self.mods.is_empty()
            && self.consts.is_empty()
            && self.functions.is_empty()
            && self.handlers.is_empty()
            && self.entries.is_empty()
    }
}

impl Text {
    /// A text of one literal.
    pub(super) fn literal(text: &str) -> Text {
        Text(vec![Part::Literal(text.to_owned())])
    }

    /// A text that cannot be told.
    pub(super) fn unknown() -> Text {
        Text(vec![Part::Unknown])
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.0.contains(&Part::Unknown)
    }
}

impl Argument {
    pub(super) fn matters(&self) -> bool {
        self.target.is_some() || self.text.is_some()
    }
}
