//! Two schemas against each other, in one direction: what a request may hold
//! may only widen, what a response may hold may only narrow.
//!
//! What is said at one pair of schemas is kept under (base, revision,
//! direction), with the pairs below it; whoever asks for everything walks that
//! graph and meets each pair once, which is also what ends circles.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use super::lifecycle::Policy;
use super::shape::{At, SchemaId, Shape, Side};
use super::table::{Area, Level, Name};
use super::{composition, conditions, lifecycle, limits, properties, types, values};

/// How sure one can be of a value's type where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Typing {
    /// As in JSON: `1` is not `"1"`.
    Strong,
    /// As in a URL: everything is text.
    Loose,
    /// Of an object in a parameter nobody knows how it is written.
    Unknown,
}

/// From which side a pair is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Lens {
    pub(super) is_request: bool,
    pub(super) typing: Typing,
}

/// Two schemas, and from which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) base: SchemaId,
    pub(super) head: SchemaId,
    pub(super) lens: Lens,
}

/// What is said at one pair alone.
#[derive(Default)]
pub(super) struct Local {
    pub(super) changes: Vec<Change>,
    pub(super) children: Vec<Child>,
}

/// One change at a pair.
#[derive(Clone)]
pub(super) struct Change {
    pub(super) name: Name,
    /// Where below the pair, if not at it: `properties/x`.
    pub(super) step: String,
    /// Where in the judged tree, if more is known than the pair's own place.
    pub(super) at: At,
    /// What changed, in words.
    pub(super) words: String,
}

/// A pair below a pair.
pub(super) struct Child {
    pub(super) step: String,
    pub(super) pair: Pair,
    pub(super) at: At,
}

/// A change with where it was found.
pub(super) struct Met {
    pub(super) id: &'static str,
    pub(super) pointer: String,
    pub(super) at: At,
    pub(super) words: String,
}

/// Two specifications, and what is known of the pairs of their schemas.
pub(super) struct Comparator<'l> {
    pub(super) base: Side<'l>,
    pub(super) head: Side<'l>,
    pub(super) policy: Policy,
    known: RefCell<HashMap<Pair, Option<Rc<Local>>>>,
    compatible: RefCell<HashMap<Pair, bool>>,
}

/// What the parts of the comparison see of a pair.
pub(super) struct Sight<'c, 'l> {
    pub(super) all: &'c Comparator<'l>,
    pub(super) pair: Pair,
    pub(super) base: Rc<Shape<'l>>,
    pub(super) head: Rc<Shape<'l>>,
}

impl<'l> Comparator<'l> {
    pub(super) fn new(base: Side<'l>, head: Side<'l>, policy: Policy) -> Comparator<'l> {
        let (known, compatible) = (RefCell::default(), RefCell::default());
        Comparator { base, head, policy, known, compatible }
    }

    /// Every change of a pair and of what is below it, each named by `area`.
    pub(super) fn changes(&self, pair: Pair, area: Area, at: &At) -> Vec<Met> {
        let mut met = Vec::new();
        self.walk(pair, at, |change, path, at| {
            let pointer = joined(path, &change.step);
            let Some((id, level)) = change.name.within(area, path.is_empty()) else { return true };
            if level > Level::Info {
                let at = change.at.clone().or_else(|| at.clone());
                met.push(Met { id, pointer, at, words: change.words.clone() });
            }
            true
        });
        met
    }

    /// Whether whoever kept to the base keeps to the revision as well.
    pub(super) fn is_compatible(&self, pair: Pair) -> bool {
        if let Some(known) = self.compatible.borrow().get(&pair) {
            return *known;
        }
        let area = if pair.lens.is_request { Area::RequestBody } else { Area::ResponseBody };
        let mut is_compatible = true;
        self.walk(pair, &None, |change, _, _| {
            let named = change.name.within(area, false);
            is_compatible = named.is_none_or(|(_, level)| level == Level::Info);
            is_compatible
        });
        self.compatible.borrow_mut().insert(pair, is_compatible);
        is_compatible
    }

    /// Meets each pair once, the nearest first, until `visit` has enough.
    fn walk(&self, pair: Pair, at: &At, mut visit: impl FnMut(&Change, &str, &At) -> bool) {
        let mut seen = HashSet::from([pair]);
        let mut open = VecDeque::from([(pair, String::new(), at.clone())]);
        while let Some((pair, path, at)) = open.pop_front() {
            let local = self.local(pair);
            for change in &local.changes {
                if !visit(change, &path, &at) {
                    return;
                }
            }
            for child in &local.children {
                if seen.insert(child.pair) {
                    let at = child.at.clone().or_else(|| at.clone());
                    open.push_back((child.pair, joined(&path, &child.step), at));
                }
            }
        }
    }

    fn local(&self, pair: Pair) -> Rc<Local> {
        if let Some(known) = self.known.borrow().get(&pair) {
            // A pair that is asked for on the way to itself says nothing new.
            return known.clone().unwrap_or_default();
        }
        self.known.borrow_mut().insert(pair, None);
        let sight = Sight {
            all: self,
            pair,
            base: self.base.shape(pair.base),
            head: self.head.shape(pair.head),
        };
        let local = Rc::new(sight.compare());
        self.known.borrow_mut().insert(pair, Some(Rc::clone(&local)));
        local
    }
}

impl<'l> Sight<'_, 'l> {
    pub(super) fn is_request(&self) -> bool {
        self.pair.lens.is_request
    }

    /// The same lens, for schemas that stand where these do.
    pub(super) fn below_as_is(&self, base: SchemaId, head: SchemaId) -> Pair {
        Pair { base, head, lens: self.pair.lens }
    }

    /// The same lens over two schemas below.
    pub(super) fn below(&self, base: SchemaId, head: SchemaId) -> Pair {
        let typing = match self.pair.lens.typing {
            Typing::Strong => Typing::Strong,
            // What is below a parameter's own value may be written in any way.
            Typing::Loose | Typing::Unknown if self.is_request() => Typing::Unknown,
            other => other,
        };
        Pair { base, head, lens: Lens { typing, ..self.pair.lens } }
    }

    fn compare(&self) -> Local {
        let mut local = Local::default();
        // Who writes it does not read it, and the other way round.
        let is_out_of_sight =
            if self.is_request() { self.head.is_read_only } else { self.head.is_write_only };
        if is_out_of_sight {
            return local;
        }
        let transition = composition::transition(self, &mut local);
        types::nullability(self, &mut local);
        if transition == composition::Transition::None {
            match types::compare(self, &mut local) {
                // Of two things with nothing in common there is little more to say.
                types::Found::Apart => {
                    values::compare(self, &mut local);
                    return local;
                }
                // What a choice came to is told by then, if there is one on one side.
                types::Found::Changed
                    if self.base.choices.is_empty() || self.head.choices.is_empty() => {}
                types::Found::Changed => composition::compare(self, &mut local),
                types::Found::Nothing => composition::compare(self, &mut local),
            }
        }
        values::compare(self, &mut local);
        limits::compare(self, &mut local);
        properties::compare(self, transition, &mut local);
        conditions::compare(self, &mut local);
        lifecycle::schema(self, &mut local);
        local
    }
}

impl Local {
    /// Notes a change at the pair itself.
    pub(super) fn change(&mut self, suffix: &'static str, at: At, words: impl Into<String>) {
        self.named(Name::Of(suffix), "", at, words);
    }

    /// Notes a change whose name does not depend on where it stands.
    pub(super) fn named(&mut self, name: Name, step: &str, at: At, words: impl Into<String>) {
        self.changes.push(Change { name, step: step.to_owned(), at, words: words.into() });
    }
}

/// A path with one more part.
pub(super) fn joined(path: &str, step: &str) -> String {
    match (path.is_empty(), step.is_empty()) {
        (_, true) => path.to_owned(),
        (true, false) => step.to_owned(),
        _ => format!("{path}/{step}"),
    }
}

/// A name as one part of a pointer (RFC 6901).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
