//! A schema as it is compared: what its references, its `allOf`s and its
//! spellings of `null` come to, taken together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use crate::spec::{Library, Node, Place, Version};

/// More branches than any `allOf` has.
const NODES_MAX: usize = 256;

/// One specification, and the schemas of it that were looked at.
pub(super) struct Side<'l> {
    pub(super) library: &'l Library,
    version: Version,
    known: RefCell<Known<'l>>,
}

#[derive(Default)]
struct Known<'l> {
    numbers: HashMap<Vec<(usize, usize, bool)>, SchemaId>,
    parts: Vec<Rc<Vec<Part<'l>>>>,
    shapes: Vec<Option<Rc<Shape<'l>>>>,
}

/// A schema of one [`Side`]: equal for the same schemas, however they are
/// reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SchemaId(usize);

/// One of the schemas that hold together.
#[derive(Clone, Copy)]
pub(super) struct Part<'l> {
    pub(super) place: Place<'l>,
    /// Without its `oneOf` and `anyOf`.
    pub(super) is_bare: bool,
}

/// What a schema says, in one place.
#[derive(Default)]
pub(super) struct Shape<'l> {
    /// Every schema that holds, references followed.
    pub(super) parts: Vec<Part<'l>>,
    /// Empty for any; without `null`.
    pub(super) types: Vec<&'l str>,
    /// Whether it says that `null` is one of its values.
    pub(super) is_nullable: bool,
    pub(super) format: Option<&'l str>,
    pub(super) properties: BTreeMap<&'l str, Property<'l>>,
    pub(super) required: BTreeSet<&'l str>,
    /// Each `oneOf` and `anyOf`, without `null`.
    pub(super) choices: Vec<Choice<'l>>,
    pub(super) is_read_only: bool,
    pub(super) is_write_only: bool,
}

/// A property, whichever of the parts have it.
#[derive(Clone, Default)]
pub(super) struct Property<'l> {
    pub(super) parts: Vec<Part<'l>>,
    /// The key that names it.
    pub(super) at: At,
}

/// A `oneOf` or `anyOf`.
#[derive(Clone)]
pub(super) struct Choice<'l> {
    /// `one-of` or `any-of`.
    pub(super) kind: &'static str,
    pub(super) at: At,
    pub(super) alternatives: Vec<Place<'l>>,
}

/// A place in a file: its number, and the bytes.
pub(super) type At = Option<(usize, Range<usize>)>;

impl<'l> Side<'l> {
    pub(super) fn new(library: &'l Library, version: Version) -> Side<'l> {
        Side { library, version, known: RefCell::default() }
    }

    /// The schema at `place`.
    pub(super) fn schema(&self, place: Place<'l>) -> SchemaId {
        self.all(vec![Part { place, is_bare: false }])
    }

    /// The schema that is all of `parts` at once; of none, anything goes.
    pub(super) fn all(&self, parts: Vec<Part<'l>>) -> SchemaId {
        let mut key: Vec<_> = parts
            .iter()
            .map(|part| {
                let place = self.plain_target(part.place);
                (place.file, place.node.id(), part.is_bare)
            })
            .collect();
        key.sort_unstable();
        key.dedup();
        let mut known = self.known.borrow_mut();
        if let Some(id) = known.numbers.get(&key) {
            return *id;
        }
        let id = SchemaId(known.parts.len());
        known.parts.push(Rc::new(parts));
        known.shapes.push(None);
        known.numbers.insert(key, id);
        id
    }

    /// What the schema says.
    pub(super) fn shape(&self, id: SchemaId) -> Rc<Shape<'l>> {
        let parts = {
            let known = self.known.borrow();
            if let Some(Some(shape)) = known.shapes.get(id.0) {
                return Rc::clone(shape);
            }
            known.parts.get(id.0).map(Rc::clone).unwrap_or_default()
        };
        let shape = Rc::new(self.read(&parts));
        if let Some(slot) = self.known.borrow_mut().shapes.get_mut(id.0) {
            *slot = Some(Rc::clone(&shape));
        }
        shape
    }

    /// A `$ref` without anything beside it is what it leads to.
    fn plain_target(&self, place: Place<'l>) -> Place<'l> {
        if place.node.get("$ref").is_some() && !self.has_siblings(place) {
            return self.library.follow(place).unwrap_or(place);
        }
        place
    }

    /// Whether what stands beside a `$ref` holds too, as it does since 3.1.
    fn has_siblings(&self, place: Place<'l>) -> bool {
        matches!(self.version, Version::V31 | Version::V32) && place.node.entries().count() > 1
    }

    fn read(&self, parts: &[Part<'l>]) -> Shape<'l> {
        let mut shape = Shape::default();
        self.flatten(parts.to_vec(), &mut shape);
        shape.types = shape.own_types();
        shape.is_nullable = shape.own_nullable(self.version);
        shape.format = shape.text("format");
        shape.is_read_only = shape.says("readOnly");
        shape.is_write_only = shape.says("writeOnly");
        for part in shape.parts.clone() {
            shape.take(part);
        }
        shape
    }

    /// Follows references and `allOf`s, and takes a choice between one schema
    /// and `null` for that schema.
    fn flatten(&self, mut open: Vec<Part<'l>>, shape: &mut Shape<'l>) {
        let mut seen = BTreeSet::new();
        open.reverse();
        while let Some(part) = open.pop() {
            let new = seen.insert((part.place.file, part.place.node.id(), part.is_bare));
            if !new || shape.parts.len() >= NODES_MAX {
                continue;
            }
            if part.place.node.get("$ref").is_some() {
                if let Ok(target) = self.library.follow(part.place) {
                    open.push(Part { place: target, ..part });
                }
                if !self.has_siblings(part.place) {
                    continue;
                }
            }
            shape.parts.push(part);
            for branch in part.place.node.get("allOf").into_iter().flat_map(Node::items) {
                open.push(Part { place: part.place.with(branch), ..part });
            }
            if part.is_bare {
                continue;
            }
            for (word, kind) in [("oneOf", "one-of"), ("anyOf", "any-of")] {
                let Some((key, list)) = part.place.node.entry(word) else { continue };
                let list: Vec<_> = list.items().map(|node| part.place.with(node)).collect();
                let (nulls, others): (Vec<_>, Vec<_>) =
                    list.into_iter().partition(|place| self.is_null(*place));
                if !nulls.is_empty() {
                    shape.is_nullable = true;
                }
                match others.as_slice() {
                    [] => {}
                    [only] => open.push(Part { place: *only, is_bare: false }),
                    _ => shape.choices.push(Choice {
                        kind,
                        at: Some((part.place.file, key.span())),
                        alternatives: others,
                    }),
                }
            }
        }
    }

    /// Whether a schema is `null` and nothing else.
    fn is_null(&self, place: Place<'l>) -> bool {
        let Ok(place) = self.library.follow(place) else { return false };
        let kind = place.node.get("type");
        let is_null = |node: Node<'_>| node.text() == Some("null");
        kind.is_some_and(|kind| {
            is_null(kind) || (kind.items().count() == 1 && kind.items().all(is_null))
        }) || place.node.get("const").is_some_and(|node| node.canonical() == "null")
    }
}

impl<'l> Shape<'l> {
    /// Each value under `key`, of whichever part.
    pub(super) fn values(&self, key: &str) -> impl Iterator<Item = Place<'l>> {
        let key = key.to_owned();
        self.parts.iter().filter_map(move |part| {
            let place = part.place;
            place.node.get(&key).map(|node| Place { file: place.file, node })
        })
    }

    /// The first value under `key`.
    pub(super) fn value(&self, key: &str) -> Option<Place<'l>> {
        self.values(key).next()
    }

    /// The first text under `key`.
    pub(super) fn text(&self, key: &str) -> Option<&'l str> {
        self.values(key).find_map(|place| place.node.text())
    }

    /// Whether any part says `key: true`.
    pub(super) fn says(&self, key: &str) -> bool {
        self.values(key).any(|place| place.node.is_true())
    }

    /// Where `key` stands.
    pub(super) fn at(&self, key: &str) -> At {
        self.parts.iter().find_map(|part| {
            let (key, _) = part.place.node.entry(key)?;
            Some((part.place.file, key.span()))
        })
    }

    /// Whether nothing at all is said of the values.
    pub(super) fn is_anything(&self) -> bool {
        const SAY_NOTHING: [&str; 12] = [
            "title",
            "description",
            "example",
            "examples",
            "default",
            "deprecated",
            "externalDocs",
            "$comment",
            "$ref",
            "xml",
            "$id",
            "allOf",
        ];
        self.parts.iter().all(|part| {
            part.place.node.boolean() != Some(false)
                && part.place.node.entries().all(|(key, _)| {
                    let key = key.text().unwrap_or_default();
                    SAY_NOTHING.contains(&key)
                        || key.starts_with("x-")
                        || (part.is_bare && matches!(key, "oneOf" | "anyOf"))
                })
        })
    }

    /// The types that every part allows.
    fn own_types(&self) -> Vec<&'l str> {
        let mut all: Option<Vec<&'l str>> = None;
        for part in &self.parts {
            if part.place.node.boolean() == Some(false) {
                return vec!["nothing"];
            }
            let Some(node) = part.place.node.get("type") else { continue };
            let own: Vec<&str> = match node.is_list() {
                true => node.items().filter_map(Node::text).collect(),
                false => node.text().into_iter().collect(),
            };
            let own = own.into_iter().filter(|name| *name != "null").collect();
            all = Some(match all {
                None => own,
                Some(known) => both(&known, &own),
            });
        }
        all.unwrap_or_default()
    }

    fn own_nullable(&self, version: Version) -> bool {
        let typed: Vec<_> = self.values("type").collect();
        let lists_null = |place: &Place<'_>| place.node.items().any(|it| it.text() == Some("null"));
        let by_type = !typed.is_empty() && typed.iter().all(lists_null);
        let by_word = self.says("nullable") || (version == Version::V2 && self.says("x-nullable"));
        // A choice that has `null` was noted on the way.
        self.is_nullable || by_type || by_word
    }

    fn take(&mut self, part: Part<'l>) {
        let (file, node) = (part.place.file, part.place.node);
        for (key, value) in node.get("properties").into_iter().flat_map(Node::entries) {
            let Some(name) = key.text() else { continue };
            let property = self.properties.entry(name).or_default();
            property.parts.push(Part { place: Place { file, node: value }, is_bare: false });
            property.at.get_or_insert((file, key.span()));
        }
        let required = node.get("required").into_iter().flat_map(Node::items);
        self.required.extend(required.filter_map(Node::text));
    }
}

/// Types that both lists allow; every integer is a number.
fn both<'l>(one: &[&'l str], other: &[&'l str]) -> Vec<&'l str> {
    let within = |name: &str, list: &[&str]| {
        list.contains(&name) || (name == "integer" && list.contains(&"number"))
    };
    let mut found: Vec<&str> = one.iter().copied().filter(|name| within(name, other)).collect();
    for name in other {
        if within(name, one) && !found.contains(name) {
            found.push(name);
        }
    }
    // Of no value at all nobody meant to speak.
    if found.is_empty() { one.to_vec() } else { found }
}
