//! Schemas below a schema that are no properties: of items, of names, and those
//! that hold on a condition.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::{Child, Lens, Local, Pair, Sight, escaped};
use super::shape::{At, Part, SchemaId, Shape, Side};
use super::table::Name;
use crate::spec::{Node, one_line};

/// Keywords that hold one schema, with the names of its coming and going.
const SINGLE: [(&str, &str, &str); 7] = [
    ("contains", "contains-added", "contains-removed"),
    ("propertyNames", "property-names-added", "property-names-removed"),
    ("unevaluatedItems", "unevaluated-items-added", "unevaluated-items-removed"),
    ("unevaluatedProperties", "unevaluated-properties-added", "unevaluated-properties-removed"),
    ("then", "then-added", "then-removed"),
    ("else", "else-added", "else-removed"),
    ("contentSchema", "content-schema-added", "content-schema-removed"),
];

/// Keywords that hold a schema a name.
const NAMED: [(&str, &str, &str); 2] = [
    ("patternProperties", "pattern-property-added", "pattern-property-removed"),
    ("dependentSchemas", "dependent-schema-added", "dependent-schema-removed"),
];

pub(super) fn compare(sight: &Sight<'_, '_>, local: &mut Local) {
    items(sight, local);
    prefix_items(sight, local);
    for (key, added, removed) in SINGLE {
        let says = |shape: &Shape<'_>| shape.values(key).any(|it| it.node.boolean() != Some(true));
        match (says(&sight.base), says(&sight.head)) {
            (false, true) => local.change(added, sight.head.at(key), format!("'{key}' is new")),
            (true, false) => local.change(removed, None, format!("'{key}' is gone")),
            (true, true) => {
                if let Some(pair) = sight.pair_at(key) {
                    local.children.push(Child {
                        step: key.to_owned(),
                        pair,
                        at: sight.head.at(key),
                    });
                }
            }
            (false, false) => {}
        }
    }
    condition(sight, local);
    negation(sight, local);
    for (key, added, removed) in NAMED {
        named(sight, key, (added, removed), local);
    }
    dependent_required(sight, local);
    content(sight, local);
}

/// Which of two schemas holds: of another condition no direction can be told.
fn condition(sight: &Sight<'_, '_>, local: &mut Local) {
    const KEY: &str = "if";
    let of = |side: &Side<'_>, shape: &Shape<'_>| spelled(side, shape, KEY);
    let at = sight.head.at(KEY);
    match (of(&sight.all.base, &sight.base), of(&sight.all.head, &sight.head)) {
        (None, Some(_)) => local.change("if-added", at, "'if' is new"),
        (Some(_), None) => local.change("if-removed", None, "'if' is gone"),
        (Some(base), Some(head)) if base != head => {
            local.change("if-changed", at, "'if' is another one");
        }
        _ => {}
    }
}

/// What may not be: whoever takes more away leaves less.
fn negation(sight: &Sight<'_, '_>, local: &mut Local) {
    const KEY: &str = "not";
    let at = sight.head.at(KEY);
    let says = |shape: &Shape<'_>| shape.value(KEY).is_some();
    match (says(&sight.base), says(&sight.head)) {
        (false, true) => local.change("not-added", at, "'not' is new"),
        (true, false) => local.change("not-removed", None, "'not' is gone"),
        (true, true) => {
            let Some(pair) = sight.pair_at(KEY) else { return };
            let lens = Lens { is_request: !pair.lens.is_request, ..pair.lens };
            if !sight.all.is_compatible(Pair { lens, ..pair }) {
                local.change("not-changed", at, "'not' takes other values away");
            }
        }
        (false, false) => {}
    }
}

impl<'l> Sight<'_, 'l> {
    /// What both sides have under `key`.
    pub(super) fn pair_at(&self, key: &str) -> Option<Pair> {
        let of = |side: &Side<'l>, shape: &Shape<'l>| -> Option<SchemaId> {
            let parts: Vec<_> =
                shape.values(key).map(|place| Part { place, is_bare: false }).collect();
            (!parts.is_empty()).then(|| side.all(parts))
        };
        let (base, head) = (of(&self.all.base, &self.base)?, of(&self.all.head, &self.head)?);
        Some(self.below(base, head))
    }
}

/// Items of which one side says nothing may be anything there.
fn items(sight: &Sight<'_, '_>, local: &mut Local) {
    const KEY: &str = "items";
    let is_list = |shape: &Shape<'_>| shape.types.contains(&"array");
    if !is_list(&sight.base) || !is_list(&sight.head) {
        return;
    }
    let parts = |shape: &Shape<'_>| shape.values(KEY).count() > 0;
    let pair = match (parts(&sight.base), parts(&sight.head)) {
        (true, true) => sight.pair_at(KEY),
        (false, true) => {
            let head = sight.head.values(KEY).map(|place| Part { place, is_bare: false }).collect();
            Some(sight.below(sight.all.base.all(Vec::new()), sight.all.head.all(head)))
        }
        (true, false) => {
            let base = sight.base.values(KEY).map(|place| Part { place, is_bare: false }).collect();
            Some(sight.below(sight.all.base.all(base), sight.all.head.all(Vec::new())))
        }
        (false, false) => None,
    };
    if let Some(pair) = pair {
        local.children.push(Child { step: KEY.to_owned(), pair, at: sight.head.at(KEY) });
    }
}

fn prefix_items(sight: &Sight<'_, '_>, local: &mut Local) {
    const KEY: &str = "prefixItems";
    let list = |shape: &Shape<'_>| shape.value(KEY).map_or(0, |place| place.node.items().count());
    let (base, head) = (list(&sight.base), list(&sight.head));
    let at = sight.head.at(KEY);
    if head > base {
        local.change("prefix-items-added", at.clone(), format!("{} items are new", head - base));
    } else if base > head {
        local.change("prefix-items-removed", at.clone(), format!("{} items are gone", base - head));
    }
    let (Some(old), Some(new)) = (sight.base.value(KEY), sight.head.value(KEY)) else { return };
    for (index, (one, other)) in old.node.items().zip(new.node.items()).enumerate() {
        let pair = sight
            .below(sight.all.base.schema(old.with(one)), sight.all.head.schema(new.with(other)));
        local.children.push(Child { step: format!("{KEY}/{index}"), pair, at: at.clone() });
    }
}

fn named(
    sight: &Sight<'_, '_>,
    key: &str,
    (added, removed): (&'static str, &'static str),
    local: &mut Local,
) {
    let (base, head) = (entries(&sight.base, key), entries(&sight.head, key));
    for (name, (parts, at)) in &head {
        match base.get(name) {
            None => {
                let words = format!("'{}' is new in '{key}'", one_line(name));
                local.named(Name::Of(added), "", at.clone(), words);
            }
            Some((old, _)) => {
                let pair =
                    sight.below(sight.all.base.all(old.clone()), sight.all.head.all(parts.clone()));
                let step = format!("{key}/{}", escaped(name));
                local.children.push(Child { step, pair, at: at.clone() });
            }
        }
    }
    for name in base.keys().filter(|name| !head.contains_key(*name)) {
        let words = format!("'{}' is gone from '{key}'", one_line(name));
        local.change(removed, sight.head.at(key), words);
    }
}

fn entries<'l>(shape: &Shape<'l>, key: &str) -> BTreeMap<&'l str, (Vec<Part<'l>>, At)> {
    let mut found: BTreeMap<&str, (Vec<Part<'l>>, At)> = BTreeMap::new();
    for place in shape.values(key) {
        for (name, value) in place.node.entries() {
            let Some(name_text) = name.text() else { continue };
            let entry = found.entry(name_text).or_default();
            entry.0.push(Part { place: place.with(value), is_bare: false });
            entry.1.get_or_insert((place.file, name.span()));
        }
    }
    found
}

fn dependent_required(sight: &Sight<'_, '_>, local: &mut Local) {
    const KEY: &str = "dependentRequired";
    let of = |shape: &Shape<'_>| -> BTreeMap<String, BTreeSet<String>> {
        let entries = shape.values(KEY).flat_map(|place| place.node.entries().collect::<Vec<_>>());
        let names =
            |node: Node<'_>| node.items().filter_map(Node::text).map(str::to_owned).collect();
        entries.filter_map(|(key, value)| Some((key.text()?.to_owned(), names(value)))).collect()
    };
    let (base, head) = (of(&sight.base), of(&sight.head));
    let at = sight.head.at(KEY);
    for (name, needs) in &head {
        let shown = one_line(name);
        match base.get(name) {
            None => {
                let words = format!("'{shown}' needs others beside it now");
                local.change("dependent-required-added", at.clone(), words);
            }
            Some(needed) => {
                let is_breaking = match sight.is_request() {
                    true => !needs.is_subset(needed),
                    false => !needed.is_subset(needs),
                };
                if is_breaking {
                    let words = format!("'{shown}' needs others beside it than it did");
                    local.change("dependent-required-changed", at.clone(), words);
                }
            }
        }
    }
    for name in base.keys().filter(|name| !head.contains_key(*name)) {
        let words = format!("'{}' needs no others beside it any more", one_line(name));
        local.change("dependent-required-removed", at.clone(), words);
    }
}

fn content(sight: &Sight<'_, '_>, local: &mut Local) {
    for (key, changed) in [
        ("contentMediaType", "content-media-type-changed"),
        ("contentEncoding", "content-encoding-changed"),
    ] {
        let (base, head) = (sight.base.text(key), sight.head.text(key));
        if base != head {
            let shown = |text: Option<&str>| {
                text.map_or("none".to_owned(), |it| format!("'{}'", one_line(it)))
            };
            let words = format!("'{key}' went from {} to {}", shown(base), shown(head));
            local.change(changed, sight.head.at(key), words);
        }
    }
}

/// What stands under `key`, references followed once: to see whether it is
/// another one.
fn spelled(side: &Side<'_>, shape: &Shape<'_>, key: &str) -> Option<String> {
    let place = shape.value(key)?;
    let target = side.library.follow(place).unwrap_or(place);
    Some(target.node.canonical())
}
