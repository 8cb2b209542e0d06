//! `oneOf` and `anyOf`: which alternative of the base is which of the revision.

use std::collections::BTreeSet;

use super::compare::{Child, Lens, Local, Pair, Sight, escaped};
use super::shape::{Choice, Part, SchemaId, Shape, Side};
use super::types::is_within;
use crate::spec::{Node, Place};

/// More pairs of alternatives than are looked into.
const PAIRS_MAX: usize = 4_096;
/// How alike two alternatives must be to be taken for one that changed.
const LIKENESS_MIN: f64 = 0.5;

/// A change that is one, and looks like several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    None,
    /// From one type to several by `oneOf` or `anyOf`, or back.
    ListOfTypes,
    /// An object became a `oneOf` of objects; these properties are there still.
    Wrapped(BTreeSet<String>),
}

/// Tells a change that several keywords take part in.
pub(super) fn transition(sight: &Sight<'_, '_>, local: &mut Local) -> Transition {
    let lists =
        (listed_types(&sight.all.base, &sight.base), listed_types(&sight.all.head, &sight.head));
    if let (Some((base, base_is_list)), Some((head, head_is_list))) = lists
        && (base_is_list || head_is_list)
    {
        let beyond = |types: &[&str], others: &[&str]| -> Vec<String> {
            let new = types.iter().filter(|name| !is_within(&[**name], others));
            new.map(|name| (*name).to_owned()).collect()
        };
        let (removed, added) = (beyond(&base, &head), beyond(&head, &base));
        let at = || ["oneOf", "anyOf", "type"].iter().find_map(|key| sight.head.at(key));
        let (removed_words, added_words) = (
            format!("it may not be of type {} any more", removed.join(" or ")),
            format!("it may be of type {} now", added.join(" or ")),
        );
        match (removed.is_empty(), added.is_empty()) {
            (true, true) => {}
            (false, _) if sight.is_request() => {
                local.change("list-of-types-narrowed", at(), removed_words);
                return Transition::ListOfTypes;
            }
            (_, false) if !sight.is_request() => {
                local.change("list-of-types-widened", at(), added_words);
                return Transition::ListOfTypes;
            }
            _ => return Transition::ListOfTypes,
        }
    }
    let moved = moved(sight);
    if moved.is_empty() {
        return Transition::None;
    }
    let at = sight.head.at("oneOf");
    local.change(
        "wrapped-in-one-of",
        at,
        "it is one of several schemas now, of which only one may fit",
    );
    Transition::Wrapped(moved)
}

/// Properties of the base that an alternative of the revision has.
fn moved(sight: &Sight<'_, '_>) -> BTreeSet<String> {
    let (base, head) = (&sight.base, &sight.head);
    let [choice] = head.choices.as_slice() else { return BTreeSet::new() };
    let is_wrapper = choice.kind == "one-of" && head.properties.is_empty() && head.types.is_empty();
    if !is_wrapper || !base.choices.is_empty() {
        return BTreeSet::new();
    }
    let names = base.properties.keys().filter(|name| is_in(&sight.all.head, head, name));
    names.map(|name| (*name).to_owned()).collect()
}

/// Whether an alternative of `shape` has the property.
pub(super) fn is_in<'l>(side: &Side<'l>, shape: &Shape<'l>, name: &str) -> bool {
    let alternatives = shape.choices.iter().flat_map(|choice| &choice.alternatives);
    alternatives.copied().any(|place| side.shape(side.schema(place)).properties.contains_key(name))
}

/// The types of a schema that says nothing but types, and whether it does so by
/// alternatives.
fn listed_types<'l>(side: &Side<'l>, shape: &Shape<'l>) -> Option<(Vec<&'l str>, bool)> {
    if !shape.properties.is_empty() || shape.value("not").is_some() {
        return None;
    }
    if !shape.types.is_empty() {
        return shape.choices.is_empty().then(|| (shape.types.clone(), false));
    }
    let [choice] = shape.choices.as_slice() else { return None };
    let mut types = Vec::new();
    for alternative in &choice.alternatives {
        let own = side.shape(side.schema(*alternative));
        if own.types.len() != 1 || !own.properties.is_empty() || !own.choices.is_empty() {
            return None;
        }
        types.extend(&own.types);
    }
    Some((types, true))
}

/// The alternatives of both sides.
pub(super) fn compare(sight: &Sight<'_, '_>, local: &mut Local) {
    let (base, head) = (&sight.base.choices, &sight.head.choices);
    match (base.as_slice(), head.as_slice()) {
        ([], []) => {}
        ([], [first, ..]) => from_one(sight, first, local),
        ([first, ..], []) => to_one(sight, first, local),
        _ => {
            for (base, head) in base.iter().zip(head) {
                matched(sight, base, head, local);
            }
            if let Some(more) = head.get(base.len()) {
                let words = "it must fit one more list of schemas";
                local.change("all-of-added", more.at.clone(), words);
            }
            if base.len() > head.len() {
                let at = head.first().and_then(|choice| choice.at.clone());
                local.change("all-of-removed", at, "it must fit one list of schemas less");
            }
        }
    }
}

/// One schema became a choice.
fn from_one<'l>(sight: &Sight<'_, 'l>, choice: &Choice<'l>, local: &mut Local) {
    let side = &sight.all.head;
    let whole = |place: Place<'l>| whole(side, &sight.head, place);
    let fits = |place: &Place<'l>| {
        sight.all.is_compatible(sight.below_as_is(sight.pair.base, whole(*place)))
    };
    if !sight.is_request() {
        let new = choice.alternatives.iter().filter(|place| !fits(place)).count();
        if new > 0 {
            local.change(
                added(choice),
                choice.at.clone(),
                format!("{new} of its alternatives are new"),
            );
        }
        return;
    }
    if sight.base.is_anything() {
        let words = "it is one of several schemas now, and was anything";
        local.change("type-changed", choice.at.clone(), words);
    } else if !choice.alternatives.iter().any(fits) {
        let base = &sight.base;
        let other = &sight.all.base;
        let best = best(choice, |place| alike(other, side, base, &side.shape(side.schema(place))));
        let Some((index, place)) = best else { return };
        let pair = sight.below_as_is(sight.pair.base, whole(place));
        local.children.push(Child { step: step(choice, index), pair, at: choice.at.clone() });
    }
}

/// A choice became one schema.
fn to_one<'l>(sight: &Sight<'_, 'l>, choice: &Choice<'l>, local: &mut Local) {
    let side = &sight.all.base;
    let whole = |place: Place<'l>| whole(side, &sight.base, place);
    let fits = |place: &Place<'l>| {
        sight.all.is_compatible(sight.below_as_is(whole(*place), sight.pair.head))
    };
    if sight.is_request() {
        let gone = choice.alternatives.iter().filter(|place| !fits(place)).count();
        if gone > 0 {
            let words = format!("{gone} of its alternatives are gone");
            local.change(removed(choice), sight.head.at("type"), words);
        }
    } else if !choice.alternatives.iter().any(fits) {
        let head = &sight.head;
        let other = &sight.all.head;
        let best = best(choice, |place| alike(side, other, &side.shape(side.schema(place)), head));
        let Some((index, place)) = best else { return };
        let pair = sight.below_as_is(whole(place), sight.pair.head);
        local.children.push(Child { step: step(choice, index), pair, at: None });
    }
}

/// An alternative with everything that stands beside the choice.
fn whole<'l>(side: &Side<'l>, owner: &Shape<'l>, alternative: Place<'l>) -> SchemaId {
    let mut parts = vec![Part { place: alternative, is_bare: false }];
    parts.extend(owner.parts.iter().map(|part| Part { is_bare: true, ..*part }));
    side.all(parts)
}

fn matched<'l>(sight: &Sight<'_, 'l>, base: &Choice<'l>, head: &Choice<'l>, local: &mut Local) {
    let pairs = pairs(sight, base, head);
    for (one, other) in &pairs {
        let (Some(old), Some(new)) = (base.alternatives.get(*one), head.alternatives.get(*other))
        else {
            continue;
        };
        let pair = sight.below(sight.all.base.schema(*old), sight.all.head.schema(*new));
        let at = Some((new.file, new.node.span()));
        local.children.push(Child { step: step(head, *other), pair, at });
    }
    let gone = base.alternatives.len() - pairs.len();
    if gone > 0 {
        let which = unmatched(base, pairs.iter().map(|(one, _)| *one).collect());
        local.change(
            removed(base),
            head.at.clone(),
            format!("no longer among its alternatives: {which}"),
        );
    }
    let new = head.alternatives.len() - pairs.len();
    if new > 0 {
        let which = unmatched(head, pairs.iter().map(|(_, other)| *other).collect());
        local.change(added(head), head.at.clone(), format!("new among its alternatives: {which}"));
    }
}

/// Which alternative became which: the surest matches first, each taken once.
fn pairs<'l>(sight: &Sight<'_, 'l>, base: &Choice<'l>, head: &Choice<'l>) -> Vec<(usize, usize)> {
    let text =
        |place: &Place<'l>, key: &str| place.node.get(key).and_then(Node::text).map(str::to_owned);
    let (one, other) = (&sight.all.base, &sight.all.head);
    let is_small = base.alternatives.len() * head.alternatives.len() <= PAIRS_MAX;
    let is_same = |key: &'static str| {
        move |old: &Place<'l>, new: &Place<'l>| {
            text(old, key).is_some_and(|own| text(new, key) == Some(own))
        }
    };
    let pair = |old: Place<'l>, new: Place<'l>| sight.below(one.schema(old), other.schema(new));
    let fits = |old: &Place<'l>, new: &Place<'l>| sight.all.is_compatible(pair(*old, *new));
    let is_equal = |old: &Place<'l>, new: &Place<'l>| {
        let pair = pair(*old, *new);
        let back = Lens { is_request: !pair.lens.is_request, ..pair.lens };
        sight.all.is_compatible(pair) && sight.all.is_compatible(Pair { lens: back, ..pair })
    };
    let mut found = Matching::new(base, head);
    found.take(is_same("$ref"));
    if is_small {
        found.take(is_equal);
    }
    found.take(is_same("title"));
    if is_small {
        found.take(fits);
        let likest = |old: &Place<'l>, new: &Place<'l>| {
            alike(one, other, &one.shape(one.schema(*old)), &other.shape(other.schema(*new)))
        };
        found.take_likest(likest);
    }
    found.take_last();
    found.pairs
}

struct Matching<'m, 'l> {
    base: &'m Choice<'l>,
    head: &'m Choice<'l>,
    pairs: Vec<(usize, usize)>,
}

impl<'m, 'l> Matching<'m, 'l> {
    fn new(base: &'m Choice<'l>, head: &'m Choice<'l>) -> Matching<'m, 'l> {
        Matching { base, head, pairs: Vec::new() }
    }

    fn open(&self) -> Vec<(usize, usize)> {
        let (old, new) = (self.base.alternatives.len(), self.head.alternatives.len());
        let bases = (0..old).filter(|one| !self.pairs.iter().any(|pair| pair.0 == *one));
        let free = |other: &usize| !self.pairs.iter().any(|pair| pair.1 == *other);
        let heads: Vec<usize> = (0..new).filter(free).collect();
        bases.flat_map(|one| heads.iter().map(move |other| (one, *other))).collect()
    }

    fn places(&self, (one, other): (usize, usize)) -> Option<(&'m Place<'l>, &'m Place<'l>)> {
        Some((self.base.alternatives.get(one)?, self.head.alternatives.get(other)?))
    }

    fn is_free(&self, (one, other): (usize, usize)) -> bool {
        !self.pairs.iter().any(|pair| pair.0 == one || pair.1 == other)
    }

    fn take(&mut self, is_match: impl Fn(&Place<'l>, &Place<'l>) -> bool) {
        for pair in self.open() {
            if self.is_free(pair) && self.places(pair).is_some_and(|(old, new)| is_match(old, new))
            {
                self.pairs.push(pair);
            }
        }
    }

    fn take_likest(&mut self, alike: impl Fn(&Place<'l>, &Place<'l>) -> f64) {
        let open = self.open().into_iter();
        let mut rated: Vec<((usize, usize), f64)> = open
            .filter_map(|pair| self.places(pair).map(|(old, new)| (pair, alike(old, new))))
            .filter(|(_, likeness)| *likeness >= LIKENESS_MIN)
            .collect();
        rated.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        for (pair, _) in rated {
            if self.is_free(pair) {
                self.pairs.push(pair);
            }
        }
    }

    /// Of one left on each side, written in place, the one became the other.
    fn take_last(&mut self) {
        if let [pair] = self.open().as_slice()
            && let Some((old, new)) = self.places(*pair)
            && old.node.get("$ref").is_none()
            && new.node.get("$ref").is_none()
        {
            self.pairs.push(*pair);
        }
    }
}

/// From 0, nothing in common, to 1.
fn alike<'l>(one: &Side<'l>, other: &Side<'l>, base: &Shape<'l>, head: &Shape<'l>) -> f64 {
    for (name, property) in &base.properties {
        let Some(new) = head.properties.get(name) else { continue };
        // A property of one value tells the alternatives apart.
        let was = only_value(&one.shape(one.all(property.parts.clone())));
        let is = only_value(&other.shape(other.all(new.parts.clone())));
        if let (Some(was), Some(is)) = (was, is) {
            return if was == is { 1.0 } else { 0.0 };
        }
    }
    likeness(base, head)
}

/// The one value that a schema allows.
fn only_value(shape: &Shape<'_>) -> Option<String> {
    if let Some(value) = shape.value("const") {
        return Some(value.node.canonical());
    }
    let list = shape.value("enum")?;
    let mut values = list.node.items();
    let first = values.next()?;
    values.next().is_none().then(|| first.canonical())
}

fn likeness(base: &Shape<'_>, head: &Shape<'_>) -> f64 {
    if base.types != head.types && !(base.types.is_empty() || head.types.is_empty()) {
        return 0.0;
    }
    let (old, new) = (&base.properties, &head.properties);
    if old.is_empty() && new.is_empty() {
        return if base.types.is_empty() { 0.0 } else { LIKENESS_MIN };
    }
    let common = old.keys().filter(|name| new.contains_key(*name)).count();
    let all = old.len() + new.len() - common;
    common as f64 / all as f64
}

fn best<'l>(choice: &Choice<'l>, rate: impl Fn(Place<'l>) -> f64) -> Option<(usize, Place<'l>)> {
    let rated = choice.alternatives.iter().copied().enumerate();
    rated
        .map(|(index, place)| (index, place, rate(place)))
        .reduce(|one, other| if other.2 > one.2 { other } else { one })
        .map(|(index, place, _)| (index, place))
}

fn unmatched(choice: &Choice<'_>, matched: BTreeSet<usize>) -> String {
    let left = choice.alternatives.iter().enumerate().filter(|(index, _)| !matched.contains(index));
    let name = |(index, place): (usize, &Place<'_>)| {
        let text = |key: &str| place.node.get(key).and_then(Node::text);
        match text("$ref").and_then(|it| it.rsplit('/').next()).or_else(|| text("title")) {
            Some(name) => format!("'{}'", crate::spec::one_line(name)),
            None => format!("number {index}"),
        }
    };
    const SHOWN_MAX: usize = 5;
    let names: Vec<String> = left.map(name).collect();
    let more = names.len().saturating_sub(SHOWN_MAX);
    let shown: Vec<&str> = names.iter().take(SHOWN_MAX).map(String::as_str).collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn step(choice: &Choice<'_>, index: usize) -> String {
    let word = if choice.kind == "one-of" { "oneOf" } else { "anyOf" };
    escaped(word) + "/" + &index.to_string()
}

fn added(choice: &Choice<'_>) -> &'static str {
    if choice.kind == "one-of" { "one-of-added" } else { "any-of-added" }
}

fn removed(choice: &Choice<'_>) -> &'static str {
    if choice.kind == "one-of" { "one-of-removed" } else { "any-of-removed" }
}
