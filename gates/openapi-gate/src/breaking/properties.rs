//! What an object has: `properties`, `required`, `additionalProperties`.

use super::compare::{Child, Local, Sight, escaped};
use super::composition::{self, Transition};
use super::shape::Property;
use super::table::Name;
use crate::spec::one_line;

pub(super) fn compare(sight: &Sight<'_, '_>, transition: Transition, local: &mut Local) {
    let moved = match transition {
        Transition::Wrapped(moved) => moved,
        _ => Default::default(),
    };
    for (name, property) in &sight.base.properties {
        match sight.head.properties.get(name) {
            Some(new) => both(sight, name, property, new, local),
            // An alternative that has it is compared as such.
            None if moved.contains(*name) => {}
            None if composition::is_in(&sight.all.head, &sight.head, name) => {}
            None => removed(sight, name, property, local),
        }
    }
    for (name, property) in &sight.head.properties {
        let is_new = !sight.base.properties.contains_key(name)
            && !composition::is_in(&sight.all.base, &sight.base, name);
        if is_new && sight.is_request() && sight.head.required.contains(name) {
            added(sight, name, property, local);
        }
    }
    undeclared(sight, local);
    additional(sight, local);
}

fn both<'l>(
    sight: &Sight<'_, 'l>,
    name: &str,
    old: &Property<'l>,
    new: &Property<'l>,
    local: &mut Local,
) {
    let base_id = sight.all.base.all(old.parts.clone());
    let head_id = sight.all.head.all(new.parts.clone());
    let (base, head) = (sight.all.base.shape(base_id), sight.all.head.shape(head_id));
    let was_required = sight.base.required.contains(name);
    let is_required = sight.head.required.contains(name);
    let step = property_step(name);
    let at = sight.head.at("required").or_else(|| new.at.clone());
    let shown = one_line(name);
    if sight.is_request() && is_required && !was_required && !head.is_read_only {
        let rule = match head.value("default") {
            None => "request-property-became-required",
            Some(_) => "request-property-became-required-with-default",
        };
        local.named(Name::Full(rule), &step, at.clone(), format!("'{shown}' must be sent now"));
    }
    if !sight.is_request() && was_required && !is_required && !base.is_write_only {
        let words = format!("'{shown}' need not come any more");
        let rule = Name::Full("response-property-became-optional");
        local.named(rule, &step, at, words);
    }
    if !sight.is_request() && is_required && base.is_write_only && !head.is_write_only {
        let rule = Name::Full("response-required-property-became-not-write-only");
        let at = new.at.clone();
        local.named(rule, &step, at, format!("'{shown}' was only ever sent, and comes now"));
    }
    let pair = sight.below(base_id, head_id);
    local.children.push(Child { step, pair, at: new.at.clone() });
}

fn removed<'l>(sight: &Sight<'_, 'l>, name: &str, property: &Property<'l>, local: &mut Local) {
    let base = sight.all.base.shape(sight.all.base.all(property.parts.clone()));
    let is_out_of_sight = if sight.is_request() { base.is_read_only } else { base.is_write_only };
    if is_out_of_sight {
        return;
    }
    let rule = match (sight.is_request(), sight.base.required.contains(name)) {
        (true, _) => "request-property-removed",
        (false, true) => "response-required-property-removed",
        (false, false) => "response-optional-property-removed",
    };
    let words = format!("'{}' is gone", one_line(name));
    local.named(Name::Full(rule), &property_step(name), sight.head.at("properties"), words);
}

fn added<'l>(sight: &Sight<'_, 'l>, name: &str, property: &Property<'l>, local: &mut Local) {
    let head = sight.all.head.shape(sight.all.head.all(property.parts.clone()));
    if head.is_read_only {
        return;
    }
    let rule = match head.value("default") {
        None => "new-required-request-property",
        Some(_) => "new-required-request-property-with-default",
    };
    let words = format!("'{}' is new and must be sent", one_line(name));
    local.named(Name::Full(rule), &property_step(name), property.at.clone(), words);
}

/// What must be there and is nowhere described.
fn undeclared(sight: &Sight<'_, '_>, local: &mut Local) {
    if !sight.is_request() {
        for name in sight.base.required.difference(&sight.head.required) {
            let (was, is) = (&sight.base.properties, &sight.head.properties);
            if !was.contains_key(name) && !is.contains_key(name) {
                let words = format!("'{}' need not come any more", one_line(name));
                let rule = Name::Full("response-property-became-optional");
                local.named(rule, &property_step(name), sight.head.at("required"), words);
            }
        }
        return;
    }
    for name in sight.head.required.difference(&sight.base.required) {
        let is_known = sight.head.properties.contains_key(name)
            || composition::is_in(&sight.all.head, &sight.head, name);
        if !is_known {
            let rule = match sight.base.properties.contains_key(name) {
                true => "request-property-became-required",
                false => "new-required-request-property",
            };
            let words = format!("'{}' must be sent now", one_line(name));
            let at = sight.head.at("required");
            local.named(Name::Full(rule), &property_step(name), at, words);
        }
    }
}

fn additional(sight: &Sight<'_, '_>, local: &mut Local) {
    const KEY: &str = "additionalProperties";
    let (base, head) = (&sight.base, &sight.head);
    let is_false = |shape: &super::shape::Shape<'_>| {
        shape.values(KEY).any(|place| place.node.boolean() == Some(false))
    };
    match (is_false(base), is_false(head)) {
        (false, true) if sight.is_request() => {
            let words = "properties that it does not name are refused now";
            local.change("additional-properties-disallowed", head.at(KEY), words);
        }
        (false, false) => {
            let parts = |shape: &super::shape::Shape<'_>| shape.values(KEY).count();
            if parts(base) == 0 || parts(head) == 0 {
                return;
            }
            if let Some(pair) = sight.pair_at(KEY) {
                local.children.push(Child { step: KEY.to_owned(), pair, at: head.at(KEY) });
            }
        }
        _ => {}
    }
}

fn property_step(name: &str) -> String {
    format!("properties/{}", escaped(name))
}
