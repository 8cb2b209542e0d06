//! The walk: every node that the root leads to, with what the table says of it.

use std::collections::HashSet;

use super::faults::{Fault, What};
use super::foreign::foreign;
use super::kind::Kind;
use super::table::{Names, Object, Table, Type};
use super::{At, Found, Step, Structure, Trail, near, pointer};
use crate::spec::{Library, Node, Place, Version, one_line};

struct Walk<'l, 't> {
    library: &'l Library,
    version: Version,
    table: &'static Table,
    told: &'t HashSet<(usize, usize)>,
    structure: Structure<'l>,
    open: Vec<Open<'l>>,
    /// Nodes by file, number and what they were met as.
    seen: HashSet<(usize, usize, usize)>,
    /// The same of references.
    followed: HashSet<(usize, usize, usize)>,
}

/// A node that is still to be judged.
struct Open<'l> {
    place: Place<'l>,
    holds: &'static Type,
    trail: usize,
    /// The key that it stands under, or itself.
    key: At,
    /// The object whose field it is.
    owner: &'static str,
}

pub(super) fn walk<'l>(
    library: &'l Library,
    version: Version,
    told: &HashSet<(usize, usize)>,
) -> Structure<'l> {
    let table = Table::of(version);
    let mut walk = Walk {
        library,
        version,
        table,
        told,
        structure: Structure::default(),
        open: Vec::new(),
        seen: HashSet::new(),
        followed: HashSet::new(),
    };
    let Some(place) = library.root() else { return walk.structure };
    // What stands nowhere is told at the first word.
    let first = place.node.entries().next().map_or(place.node, |(key, _)| key);
    walk.structure.trails.push(Trail { from: 0, by: Step::Name("") });
    let key = (place.file, first.span());
    walk.open.push(Open { place, holds: &table.root, trail: 0, key, owner: "Root" });
    while let Some(open) = walk.open.pop() {
        walk.judge(&open, open.holds);
    }
    walk.structure
}

/// A number for what a node should be.
fn kind(holds: &'static Type) -> usize {
    match holds {
        Type::Object { number, .. } => *number,
        // Its address: above every number.
        other => std::ptr::from_ref(other) as usize,
    }
}

impl<'l> Walk<'l, '_> {
    fn judge(&mut self, open: &Open<'l>, holds: &'static Type) {
        let node = open.place.node;
        if let Type::Either(one, other) = holds {
            return match self.table.fits(one, node) {
                true => self.judge(open, one),
                false if self.table.fits(other, node) => self.judge(open, other),
                false => self.wrong_type(open, holds),
            };
        }
        if *holds == Type::Any || self.is_reference(open, holds) {
            return;
        }
        match holds {
            _ if !self.table.fits(holds, node) => self.wrong_type(open, holds),
            Type::List { of, is_filled, is_unique } => {
                if self.is_new(open, holds) {
                    self.list(open, of, *is_filled, *is_unique);
                }
            }
            Type::Map { of, is_single, names } => {
                if self.is_new(open, holds) {
                    self.map(open, of, *is_single, *names);
                }
            }
            Type::Object { number, .. } => {
                if node.is_map() && self.is_new(open, holds) {
                    self.object(open, *number);
                }
            }
            _ => self.value(open, holds),
        }
    }

    /// Whether this is the first time that the node is met as what it should be: what a
    /// reference leads to is met often, and can lead back to itself.
    fn is_new(&mut self, open: &Open<'l>, holds: &'static Type) -> bool {
        self.seen.insert((open.place.file, open.place.node.id(), kind(holds)))
    }

    /// Whether the node is a reference and nothing else; what it leads to is walked
    /// through in its stead.
    fn is_reference(&mut self, open: &Open<'l>, holds: &'static Type) -> bool {
        let Some((key, value)) = open.place.node.entry("$ref") else { return false };
        let object = match holds {
            Type::Object { number, .. } => self.table.object(*number),
            // `$ref` is as good a name as any.
            Type::Map { of, .. } if **of == Type::Any || **of == Type::Text => return false,
            _ => None,
        };
        let is_field = object.is_some_and(|object| object.fields.contains_key("$ref"));
        let may_refer = matches!(holds, Type::Object { may_refer: true, .. });
        if value.type_name() != "string" {
            if may_refer && !is_field {
                let place = open.place.with(value);
                let trail = self.trail(open.trail, Step::Name("$ref"));
                let key = (open.place.file, key.span());
                let own = Open { place, holds: &Type::Text, trail, key, owner: "Reference" };
                self.wrong_type(&own, &Type::Text);
            }
            return may_refer && !is_field;
        }
        let is_new = self.followed.insert((open.place.file, open.place.node.id(), kind(holds)));
        if is_new {
            self.follow(open, holds, value);
        }
        if is_field || !is_new {
            return !is_field;
        }
        let from = open.place.file;
        if !may_refer {
            let owner = object.map_or(open.owner, |object| object.name);
            self.tell(What::MisplacedRef, (from, key.span()), (open.trail, owner, "$ref"));
        }
        let has_texts = matches!(self.version, Version::V31 | Version::V32);
        for (sibling, _) in open.place.node.entries() {
            let Some(name) = sibling.text() else { continue };
            let is_fine =
                name == "$ref" || (has_texts && ["summary", "description"].contains(&name));
            if !is_fine {
                let trail = self.trail(open.trail, Step::Name(name));
                let at = (from, sibling.span());
                self.tell(What::RefSibling, at, (trail, "Reference", name));
            }
        }
        true
    }

    fn follow(&mut self, open: &Open<'l>, holds: &'static Type, reference: Node<'l>) {
        let Some(text) = reference.text() else { return };
        // What leads nowhere has a rule of its own.
        let Ok(place) = self.library.resolve(open.place.file, text) else { return };
        let key = self.library.key(open.place.file, text).unwrap_or_else(|| {
            let first = place.node.entries().next().map_or(place.node, |(key, _)| key);
            (place.file, first.span())
        });
        self.open.push(Open { place, holds, trail: open.trail, key, owner: open.owner });
    }

    fn list(&mut self, open: &Open<'l>, of: &'static Type, is_filled: bool, is_unique: bool) {
        let node = open.place.node;
        let mut names = HashSet::new();
        for (number, item) in node.items().enumerate() {
            let trail = self.trail(open.trail, Step::Item(number));
            let at = (open.place.file, item.span());
            if is_unique && !names.insert(item.canonical()) {
                let found = self.library.shown(open.place.with(item));
                let what = What::Double { found };
                self.tell(what, at.clone(), (trail, open.owner, &self.name(open)));
            }
            let place = open.place.with(item);
            self.open.push(Open { place, holds: of, trail, key: at, owner: open.owner });
        }
        if is_filled && node.items().next().is_none() {
            let expected = "at least one item".to_owned();
            let what = What::WrongValue { found: "[]".to_owned(), expected };
            let at = (open.place.file, node.span());
            self.tell(what, at, (open.trail, open.owner, &self.name(open)));
        }
    }

    fn map(&mut self, open: &Open<'l>, of: &'static Type, is_single: bool, names: Names) {
        let node = open.place.node;
        for (key, value) in node.entries() {
            let Some(name) = key.text() else { continue };
            let trail = self.trail(open.trail, Step::Name(name));
            let at = (open.place.file, key.span());
            if let Some(expected) = names.refuse(name) {
                let what = match names {
                    Names::Component => What::ComponentName,
                    _ => What::WrongValue { found: one_line(name), expected: expected.to_owned() },
                };
                self.tell(what, at.clone(), (trail, open.owner, name));
            }
            let place = open.place.with(value);
            self.open.push(Open { place, holds: of, trail, key: at, owner: open.owner });
        }
        let count = node.entries().count();
        if is_single && count != 1 {
            let found = format!("{count} entries");
            let what = What::WrongValue { found, expected: "one entry".to_owned() };
            self.tell(what, open.key.clone(), (open.trail, open.owner, &self.name(open)));
        }
    }

    fn object(&mut self, open: &Open<'l>, number: usize) {
        let node = open.place.node;
        let Some(object) = self.table.object(number) else { return };
        let kind = Kind::of(self.table, object, node);
        let found = Found { name: object.name, place: open.place, trail: open.trail };
        self.structure.objects.push(found);
        for (key, value) in node.entries() {
            let Some(name) = key.text() else { continue };
            let field = kind.field(name).map(|field| &field.holds);
            let field = field.or_else(|| kind.rest(name));
            let at = (open.place.file, key.span());
            let Some(holds) = field else {
                self.unknown(open, object, &kind, (key, value));
                continue;
            };
            let is_foreign = foreign(self.version, object.name, name, value).is_some();
            if is_foreign || (name == "responses" && !value.is_map() && self.is_told(open)) {
                continue;
            }
            let trail = self.trail(open.trail, Step::Name(name));
            let place = open.place.with(value);
            self.open.push(Open { place, holds, trail, key: at, owner: object.name });
        }
        self.required(open, object, &kind);
    }

    fn is_told(&self, open: &Open<'l>) -> bool {
        self.told.contains(&(open.place.file, open.place.node.id()))
    }

    /// Fields that must be there, or must not both.
    fn required(&mut self, open: &Open<'l>, object: &'static Object, kind: &Kind<'_>) {
        let node = open.place.node;
        // What a reference of a path item's stands for is judged where it leads.
        if node.get("$ref").is_some() && object.fields.contains_key("$ref") {
            return;
        }
        let mut missing: Vec<String> = Vec::new();
        for name in kind.required().into_iter().filter(|name| node.get(name).is_none()) {
            if !(name == "responses" && self.is_told(open)) {
                missing.push(name.to_owned());
            }
        }
        for names in
            object.any_of.iter().filter(|names| names.iter().all(|it| node.get(it).is_none()))
        {
            // One of them may be compulsory for another reason.
            if !names.iter().any(|name| missing.iter().any(|it| it == name)) {
                missing.push(names.join("' or '"));
            }
        }
        for name in missing {
            self.tell(What::MissingField, open.key.clone(), (open.trail, object.name, &name));
        }
        for (one, other) in &object.not_both {
            let (Some((key, _)), Some((there, _))) = (node.entry(one), node.entry(other)) else {
                continue;
            };
            let other_at = (open.place.file, there.span());
            let what = What::Exclusive { other, other_at };
            let trail = self.trail(open.trail, Step::Name(one));
            self.tell(what, (open.place.file, key.span()), (trail, object.name, one));
        }
    }

    fn unknown(
        &mut self,
        open: &Open<'l>,
        object: &'static Object,
        kind: &Kind<'_>,
        (key, value): (Node<'l>, Node<'l>),
    ) {
        let Some(name) = key.text() else { return };
        let is_known =
            name.starts_with("x-") || foreign(self.version, object.name, name, value).is_some();
        if is_known {
            return;
        }
        let like = near::nearest(name, kind.names());
        let what = match (object.is_open, like) {
            (false, like) => What::UnknownField { like, beside: kind.beside(name) },
            // Where any name may stand, only one that is nearly another is told.
            (true, Some(like)) if open.place.node.get(like).is_none() => What::Misspelt { like },
            (true, _) => return,
        };
        let trail = self.trail(open.trail, Step::Name(name));
        self.tell(what, (open.place.file, key.span()), (trail, object.name, name));
    }

    fn wrong_type(&mut self, open: &Open<'l>, holds: &'static Type) {
        let found = open.place.node.type_name();
        let what = What::WrongType { found, expected: self.table.shown(holds) };
        let span = open.place.node.span();
        // A value that is not there has no bytes.
        let at = if span.is_empty() { open.key.clone() } else { (open.place.file, span) };
        self.tell(what, at, (open.trail, open.owner, &self.name(open)));
    }

    fn value(&mut self, open: &Open<'l>, holds: &'static Type) {
        let node = open.place.node;
        let text = node.text().unwrap_or_default();
        let number = node.number().unwrap_or_default();
        let is_fine = match holds {
            Type::Words(words) => words.contains(&text),
            Type::Count => number >= 0.0,
            Type::Positive => number > 0.0,
            Type::Token => Names::Token.refuse(text).is_none(),
            Type::Unbraced => !text.contains(['{', '}']),
            _ => true,
        };
        if !is_fine {
            let what =
                What::WrongValue { found: one_line(text), expected: self.table.shown(holds) };
            let at = (open.place.file, node.span());
            self.tell(what, at, (open.trail, open.owner, &self.name(open)));
        }
    }

    /// The name that the node stands under.
    fn name(&self, open: &Open<'l>) -> String {
        let mut at = open.trail;
        loop {
            match self.structure.trails.get(at) {
                Some(Trail { by: Step::Name(name), .. }) => return (*name).to_owned(),
                Some(Trail { from, .. }) if *from != at => at = *from,
                _ => return String::new(),
            }
        }
    }

    fn trail(&mut self, from: usize, by: Step<'l>) -> usize {
        self.structure.trails.push(Trail { from, by });
        self.structure.trails.len() - 1
    }

    fn tell(&mut self, what: What, at: At, (trail, object, field): (usize, &'static str, &str)) {
        let pointer = pointer(&self.structure.trails, trail);
        let is_told = |fault: &Fault| fault.at == at && fault.what == what;
        // What two fields lead to is met twice where they hold different things.
        if !self.structure.faults.iter().rev().take(8).any(is_told) {
            let field = one_line(field);
            self.structure.faults.push(Fault { what, at, pointer, object, field });
        }
    }
}
