//! The parameters of an operation.

use super::compare::{Lens, Met, Pair, Typing};
use super::lifecycle::{Stability, Sunset};
use super::messages::{is_json, schema_of};
use super::operations::{Compared, View};
use super::shape::{At, Shape};
use super::table::Area;
use crate::spec::{Known, Node, Operation, Place, Spec, Version, one_line};

/// A parameter, wherever it was listed.
pub(super) struct Listed<'s, 'l> {
    pub(super) known: &'s Known<'l>,
    pub(super) at: At,
    /// Listed at the path, for each of its operations.
    pub(super) is_of_path: bool,
}

/// The parameters of an operation, those of its path included.
pub(super) fn listed<'s, 'l>(
    spec: &'s Spec<'l>,
    operation: &'s Operation<'l>,
) -> Vec<Listed<'s, 'l>> {
    let of_path =
        spec.path_of(operation).map(|path| path.parameters.as_slice()).unwrap_or_default();
    let mut all: Vec<Listed<'_, '_>> = Vec::new();
    for (is_of_path, list) in [(false, operation.parameters.as_slice()), (true, of_path)] {
        for parameter in list {
            let Some(known) = &parameter.known else { continue };
            let is_there = |it: &Listed<'_, '_>| {
                it.known.name == known.name && it.known.location == known.location
            };
            if !all.iter().any(is_there) {
                all.push(Listed { known, at: Some(parameter.at.clone()), is_of_path });
            }
        }
    }
    all
}

impl<'l> Compared<'_, 'l> {
    /// Compares two lists of parameters.
    pub(super) fn parameters(&mut self, old: &View<'_, 'l>, new: &View<'_, 'l>) {
        for one in &old.parameters {
            let same =
                new.parameters.iter().find(|other| is_same(old, one.known, new, other.known));
            match same {
                Some(other) => self.parameter(old, one, new, other),
                None => self.parameter_removed(old, one, new),
            }
        }
        for other in &new.parameters {
            if !old.parameters.iter().any(|one| is_same(old, one.known, new, other.known)) {
                self.parameter_added(new, other);
            }
        }
    }

    fn parameter_added(&mut self, new: &View<'_, 'l>, other: &Listed<'_, 'l>) {
        let known = other.known;
        let is_body = new.version == Version::V2 && known.location == "body";
        let shown = one_line(known.name);
        if known.location == "path" {
            let is_named = new.names.iter().any(|name| *name == known.name);
            if !is_named {
                let words = format!("path parameter '{shown}' is new");
                self.raise("new-request-path-parameter", pointer(known), other.at.clone(), words);
            }
        } else if known.required && !is_body {
            let rule = match other.is_of_path {
                true => "new-required-request-default-parameter-to-existing-path",
                false => "new-required-request-parameter",
            };
            let words = format!("{} parameter '{shown}' is new and must be sent", known.location);
            self.raise(rule, pointer(known), other.at.clone(), words);
        }
    }

    fn parameter_removed(&mut self, old: &View<'_, 'l>, one: &Listed<'_, 'l>, new: &View<'_, 'l>) {
        let known = one.known;
        if known.location == "path" || (old.version == Version::V2 && known.location == "body") {
            return;
        }
        let shown = format!("{} parameter '{}'", known.location, one_line(known.name));
        let at = new.at.clone();
        if !known.place.node.get("deprecated").is_some_and(Node::is_true) {
            self.raise("request-parameter-removed", pointer(known), at, format!("{shown} is gone"));
            return;
        }
        match Sunset::of(known.place.node) {
            Sunset::None => {}
            Sunset::Unreadable(text) => {
                let words = format!("{shown} is gone, and its 'x-sunset' '{text}' was no date");
                self.raise("request-parameter-sunset-parse", pointer(known), at, words);
            }
            Sunset::On(day, text) if self.is_still_to_come(day) => {
                let words = format!("{shown} is gone before its 'x-sunset' {text}");
                self.raise("request-parameter-removed-before-sunset", pointer(known), at, words);
            }
            Sunset::On(..) => {}
        }
    }

    fn parameter(
        &mut self,
        old: &View<'_, 'l>,
        one: &Listed<'_, 'l>,
        new: &View<'_, 'l>,
        other: &Listed<'_, 'l>,
    ) {
        let (was, is) = (one.known, other.known);
        let here = pointer(is);
        if is.required && !was.required && is.location != "path" {
            let words =
                format!("{} parameter '{}' must be sent now", is.location, one_line(is.name));
            self.raise("request-parameter-became-required", here.clone(), other.at.clone(), words);
        }
        self.parameter_promises(new, was.place, other);
        let schema = |side: &View<'_, 'l>, known: &Known<'l>| match (side.version, known.location) {
            (Version::V2, "body") => None,
            (Version::V2, _) => Some(known.place),
            _ => schema_of(side.library, known.place),
        };
        let Some(head) = schema(new, is) else { return };
        let base = match schema(old, was) {
            Some(place) => self.comparator.base.schema(place),
            None => self.comparator.base.all(Vec::new()),
        };
        let is_strong = content_name(is.place).is_some_and(is_json);
        let typing = if is_strong { Typing::Strong } else { Typing::Loose };
        let head_id = self.comparator.head.schema(head);
        let pair = Pair { base, head: head_id, lens: Lens { is_request: true, typing } };
        let area =
            if is.location == "header" { Area::RequestHeader } else { Area::RequestParameter };
        let was_one = self.comparator.base.shape(base);
        let is_list = self.comparator.head.shape(head_id);
        let takes_one = takes_one_as_list(self, is, &was_one, &is_list);
        let mut met = self.comparator.changes(pair, area, &other.at);
        met.retain(|it: &Met| {
            let is_default = it.id.starts_with("request-parameter-default-value");
            let is_type = it.id == "request-parameter-type-changed";
            // Who must send it never meets the default.
            !(is_default && (was.required || is.required)) && !(is_type && takes_one)
        });
        self.raise_all(&format!("{here}/schema"), met);
    }

    fn parameter_promises(&mut self, new: &View<'_, 'l>, was: Place<'l>, other: &Listed<'_, 'l>) {
        let is = other.known;
        let here = pointer(is);
        let deprecated = |node: Node<'_>| node.get("deprecated").is_some_and(Node::is_true);
        if !deprecated(is.place.node) {
            return;
        }
        let stability = Stability::of(new.operation.node).unwrap_or(Stability::Stable);
        let policy = self.comparator.policy;
        let at = other.at.clone();
        let shown = format!("{} parameter '{}'", is.location, one_line(is.name));
        match (deprecated(was.node), Sunset::of(was.node), Sunset::of(is.place.node)) {
            (false, _, Sunset::None) if policy.days(stability) > 0 => {
                let words = format!("{shown} is deprecated without an 'x-sunset'");
                self.raise("request-parameter-deprecated-sunset-missing", here, at, words);
            }
            (_, before, Sunset::Unreadable(text)) if before != Sunset::Unreadable(text.clone()) => {
                let words = format!("the 'x-sunset' '{text}' of {shown} is no date");
                self.raise("request-parameter-sunset-parse", here, at, words);
            }
            (false, _, Sunset::On(day, text)) if policy.is_too_near(day, stability) => {
                let days = policy.days(stability);
                let words = format!("the 'x-sunset' {text} of {shown} is nearer than {days} days");
                self.raise("request-parameter-sunset-date-too-small", here, at, words);
            }
            (true, Sunset::On(..), Sunset::None) => {
                let words = format!("{shown} is deprecated, and its 'x-sunset' is gone");
                self.raise("request-parameter-sunset-deleted", here, at, words);
            }
            (true, Sunset::On(before, _), Sunset::On(day, text))
                if day < before && policy.is_too_near(day, stability) =>
            {
                let words = format!("the 'x-sunset' of {shown} was moved forward to {text}");
                self.raise("request-parameter-sunset-date-changed-too-small", here, at, words);
            }
            _ => {}
        }
    }
}

/// A path parameter is the same at the same place of the path, whatever its name.
fn is_same(old: &View<'_, '_>, one: &Known<'_>, new: &View<'_, '_>, other: &Known<'_>) -> bool {
    if one.location != other.location {
        return false;
    }
    if one.location == "path" {
        let place = |names: &[String], name: &str| names.iter().position(|own| own == name);
        let (was, is) = (place(&old.names, one.name), place(&new.names, other.name));
        return was == is && (was.is_some() || one.name == other.name);
    }
    match one.location {
        "header" => one.name.eq_ignore_ascii_case(other.name),
        _ => one.name == other.name,
    }
}

fn pointer(known: &Known<'_>) -> String {
    let name = super::compare::escaped(known.name);
    format!("parameters/{}/{name}", known.location)
}

fn content_name(place: Place<'_>) -> Option<&str> {
    place.node.get("content")?.entries().next()?.0.text()
}

/// Whether one value that was right before is a list of one now: `?a=1`.
fn takes_one_as_list<'l>(
    compared: &Compared<'_, 'l>,
    known: &Known<'_>,
    was: &Shape<'l>,
    is: &Shape<'l>,
) -> bool {
    let is_form = match known.place.node.get("style").and_then(Node::text) {
        Some(style) => style == "form",
        None => matches!(known.location, "query" | "cookie"),
    };
    let explodes = known.place.node.get("explode").and_then(Node::boolean).unwrap_or(is_form);
    let was_one =
        !was.types.is_empty() && was.types.iter().all(|it| *it != "array" && *it != "object");
    if !is_form || !explodes || !was_one || is.types != ["array"] {
        return false;
    }
    let sides = (&compared.comparator.base, &compared.comparator.head);
    let Some(items) = is.value("items") else { return false };
    let lens = Lens { is_request: true, typing: Typing::Loose };
    let pair = Pair { base: sides.0.all(was.parts.clone()), head: sides.1.schema(items), lens };
    compared.comparator.is_compatible(pair)
}
