//! `enum`, `const`, `x-extensible-enum`, `default` and `pattern`.

use std::collections::BTreeSet;

use super::compare::{Local, Sight};
use super::shape::Shape;
use crate::spec::one_line;

pub(super) fn compare(sight: &Sight<'_, '_>, local: &mut Local) {
    constant(sight, local);
    enumeration(sight, local);
    extensible(sight, local);
    default(sight, local);
    pattern(sight, local);
}

fn constant(sight: &Sight<'_, '_>, local: &mut Local) {
    let of = |shape: &Shape<'_>| shape.value("const").map(|place| place.node.canonical());
    let is_only = |shape: &Shape<'_>, value: &str| {
        listed(shape, "enum").is_some_and(|list| list.len() == 1 && list.contains(value))
    };
    let at = sight.head.at("const");
    match (of(&sight.base), of(&sight.head)) {
        (None, Some(head)) if !is_only(&sight.base, &head) => {
            local.change("const-added", at, format!("it must be {} now", one_line(&head)));
        }
        (Some(base), None) if !is_only(&sight.head, &base) => {
            local.change(
                "const-removed",
                at,
                format!("it need not be {} any more", one_line(&base)),
            );
        }
        (Some(base), Some(head)) if base != head => {
            let words = format!("it must be {} and was {}", one_line(&head), one_line(&base));
            local.change("const-changed", at, words);
        }
        _ => {}
    }
}

fn enumeration(sight: &Sight<'_, '_>, local: &mut Local) {
    let at = sight.head.at("enum");
    let constant = |shape: &Shape<'_>| shape.value("const").map(|place| place.node.canonical());
    let has_choices = !sight.base.choices.is_empty() || !sight.head.choices.is_empty();
    match (listed(&sight.base, "enum"), listed(&sight.head, "enum")) {
        (None, Some(head)) => {
            let every = sight.base.types == ["boolean"] && head.len() == 2;
            let was_one = constant(&sight.base).is_some_and(|value| head.contains(&value));
            if !every && !was_one && !has_choices {
                local.change(
                    "became-enum",
                    at,
                    format!("only {} is taken now", shown(head.iter())),
                );
            }
        }
        (Some(base), None) => {
            let is_one = constant(&sight.head).is_some_and(|value| base.contains(&value));
            let is_gone = sight.head.is_anything() || !sight.head.types.is_empty();
            if !is_one && !has_choices && is_gone {
                let at = sight.head.at("type");
                local.change("became-not-enum", at, "any value may come now, it was one of a list");
            }
        }
        (Some(base), Some(head)) => {
            let removed: Vec<&String> = base.difference(&head).collect();
            let added: Vec<&String> = head.difference(&base).collect();
            if !removed.is_empty() {
                let words = format!("no longer among its values: {}", shown(removed.into_iter()));
                local.change("enum-value-removed", at.clone(), words);
            }
            if !added.is_empty() {
                let words = format!("new among its values: {}", shown(added.into_iter()));
                local.change("enum-value-added", at, words);
            }
        }
        (None, None) => {}
    }
}

fn extensible(sight: &Sight<'_, '_>, local: &mut Local) {
    const KEY: &str = "x-extensible-enum";
    let (Some(base), Some(head)) = (listed(&sight.base, KEY), listed(&sight.head, KEY)) else {
        return;
    };
    let removed: Vec<&String> = base.difference(&head).collect();
    if !removed.is_empty() {
        let words = format!("no longer among its values: {}", shown(removed.into_iter()));
        local.change("x-extensible-enum-value-removed", sight.head.at(KEY), words);
    }
}

fn default(sight: &Sight<'_, '_>, local: &mut Local) {
    let of = |shape: &Shape<'_>| shape.value("default").map(|place| place.node.canonical());
    let at = sight.head.at("default");
    match (of(&sight.base), of(&sight.head)) {
        (None, Some(head)) => {
            let words = format!("its default is {} now, it had none", one_line(&head));
            local.change("default-value-added", at, words);
        }
        (Some(base), None) => {
            let words = format!("its default {} is gone", one_line(&base));
            local.change("default-value-removed", at, words);
        }
        (Some(base), Some(head)) if base != head => {
            let words = format!("its default went from {} to {}", one_line(&base), one_line(&head));
            local.change("default-value-changed", at, words);
        }
        _ => {}
    }
}

fn pattern(sight: &Sight<'_, '_>, local: &mut Local) {
    const TAKE_ALL: [&str; 3] = [".*", "^.*$", ""];
    let of = |shape: &Shape<'_>| -> BTreeSet<String> {
        let texts = shape.values("pattern").filter_map(|place| place.node.text());
        texts.filter(|text| !TAKE_ALL.contains(text)).map(str::to_owned).collect()
    };
    let (base, head) = (of(&sight.base), of(&sight.head));
    let added: Vec<&String> = head.difference(&base).collect();
    let Some(first) = added.first() else { return };
    let at = sight.head.at("pattern");
    match base.first() {
        None => {
            local.change("pattern-added", at, format!("it must match '{}' now", one_line(first)))
        }
        Some(was) => {
            let words =
                format!("it must match '{}' and matched '{}'", one_line(first), one_line(was));
            local.change("pattern-changed", at, words);
        }
    }
}

/// The values that every part lists; `null` is told apart.
fn listed(shape: &Shape<'_>, key: &str) -> Option<BTreeSet<String>> {
    let mut all: Option<BTreeSet<String>> = None;
    for place in shape.values(key).filter(|place| place.node.is_list()) {
        let own: BTreeSet<String> = place.node.items().map(|item| item.canonical()).collect();
        all = Some(match all {
            None => own,
            Some(known) => known.intersection(&own).cloned().collect(),
        });
    }
    all.map(|list| list.into_iter().filter(|value| value != "null").collect())
}

fn shown<'v>(values: impl ExactSizeIterator<Item = &'v String>) -> String {
    const SHOWN_MAX: usize = 5;
    let more = values.len().saturating_sub(SHOWN_MAX);
    let shown: Vec<String> = values.take(SHOWN_MAX).map(|value| one_line(value)).collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
