//! Numbers that a value may not pass: `maximum`, `minLength` and their like.

use super::compare::{Local, Sight};
use super::shape::{Part, Shape};

/// A limit: its part of the names, the keyword, and how it is compared.
struct Limit {
    name: &'static str,
    key: &'static str,
    is_upper: bool,
    /// What holds where the keyword is left out.
    unless_said: Option<f64>,
    set: &'static str,
    unset: &'static str,
    increased: &'static str,
    decreased: &'static str,
}

macro_rules! limits {
    ($($name:literal $key:literal $is_upper:literal $unless:expr;)*) => {
        const LIMITS: &[Limit] = &[$(Limit {
            name: $name,
            key: $key,
            is_upper: $is_upper,
            unless_said: $unless,
            set: concat!($name, "-set"),
            unset: concat!($name, "-unset"),
            increased: concat!($name, "-increased"),
            decreased: concat!($name, "-decreased"),
        }),*];
    };
}

limits! {
    "max" "maximum" true None;
    "min" "minimum" false None;
    "exclusive-max" "exclusiveMaximum" true None;
    "exclusive-min" "exclusiveMinimum" false None;
    "max-length" "maxLength" true None;
    "min-length" "minLength" false Some(0.0);
    "max-items" "maxItems" true None;
    "min-items" "minItems" false None;
    "max-properties" "maxProperties" true None;
    "min-properties" "minProperties" false Some(0.0);
    "max-contains" "maxContains" true None;
    "min-contains" "minContains" false Some(1.0);
}

pub(super) fn compare(sight: &Sight<'_, '_>, local: &mut Local) {
    for limit in LIMITS {
        let base = limit.of(&sight.base).or(limit.unless_said);
        let head = limit.of(&sight.head).or(limit.unless_said);
        let at = sight.head.at(limit.key).or_else(|| sight.head.at("type"));
        let (suffix, words) = match (base, head) {
            (None, Some(head)) if !limit.was_tighter(&sight.base, &sight.head) => {
                (limit.set, format!("'{}' is {head} now, it had none", limit.key))
            }
            (Some(base), None) if !limit.was_tighter(&sight.head, &sight.base) => {
                (limit.unset, format!("'{}' is gone, it was {base}", limit.key))
            }
            (Some(base), Some(head)) if base < head => {
                (limit.increased, format!("'{}' went from {base} up to {head}", limit.key))
            }
            (Some(base), Some(head)) if base > head => {
                (limit.decreased, format!("'{}' went from {base} down to {head}", limit.key))
            }
            _ => continue,
        };
        local.change(suffix, at, words);
    }
    multiple_of(sight, local);
    unique_items(sight, local);
}

impl Limit {
    /// The tightest of all parts.
    fn of(&self, shape: &Shape<'_>) -> Option<f64> {
        let found = shape.parts.iter().filter_map(|part| self.of_part(part));
        let tightest = found.reduce(|one, other| match self.is_upper {
            true => one.min(other),
            false => one.max(other),
        });
        // No length, count or number of items is below it.
        tightest.filter(|value| self.name != "min-items" || *value > 0.0)
    }

    /// Up to 3.0 `exclusiveMaximum: true` says that the maximum itself is out.
    fn of_part(&self, part: &Part<'_>) -> Option<f64> {
        let node = part.place.node;
        let is_exclusive = |key: &str| node.get(key).and_then(|it| it.boolean()).unwrap_or(false);
        match self.key {
            "maximum" if is_exclusive("exclusiveMaximum") => None,
            "minimum" if is_exclusive("exclusiveMinimum") => None,
            "exclusiveMaximum" if is_exclusive(self.key) => node.get("maximum")?.number(),
            "exclusiveMinimum" if is_exclusive(self.key) => node.get("minimum")?.number(),
            key => node.get(key)?.number(),
        }
    }

    /// Whether the values of `shape` are limited as much as those of `other` by
    /// the other spelling: `minimum` beside `exclusiveMinimum`.
    fn was_tighter(&self, shape: &Shape<'_>, other: &Shape<'_>) -> bool {
        let of = |shape: &Shape<'_>, key: &str| LIMITS.iter().find(|it| it.key == key)?.of(shape);
        let (plain, exclusive) = match self.name {
            "max" | "exclusive-max" => ("maximum", "exclusiveMaximum"),
            "min" | "exclusive-min" => ("minimum", "exclusiveMinimum"),
            _ => return false,
        };
        let sign = if self.is_upper { 1.0 } else { -1.0 };
        // The tighter, the smaller; of two equal ones the exclusive.
        let rank = |shape: &Shape<'_>| {
            let plain = of(shape, plain).map(|value| (value * sign, 1));
            let exclusive = of(shape, exclusive).map(|value| (value * sign, 0));
            [plain, exclusive].into_iter().flatten().reduce(|one, two| {
                if two.0 < one.0 || (two.0 == one.0 && two.1 < one.1) { two } else { one }
            })
        };
        match (rank(shape), rank(other)) {
            (Some(own), Some(other)) => own.0 < other.0 || (own.0 == other.0 && own.1 <= other.1),
            _ => false,
        }
    }
}

fn multiple_of(sight: &Sight<'_, '_>, local: &mut Local) {
    let of = |shape: &Shape<'_>| shape.values("multipleOf").find_map(|place| place.node.number());
    let at = sight.head.at("multipleOf");
    match (of(&sight.base), of(&sight.head)) {
        (None, Some(head)) => {
            local.change("multiple-of-set", at, format!("it must be a multiple of {head} now"));
        }
        (Some(base), Some(head)) if base % head != 0.0 => {
            let words = format!("it must be a multiple of {head}, and of {base} before");
            local.change("multiple-of-changed", at, words);
        }
        _ => {}
    }
}

fn unique_items(sight: &Sight<'_, '_>, local: &mut Local) {
    let at = sight.head.at("uniqueItems").or_else(|| sight.head.at("type"));
    match (sight.base.says("uniqueItems"), sight.head.says("uniqueItems")) {
        (false, true) => local.change("unique-items-set", at, "its items must differ now"),
        (true, false) => {
            local.change("unique-items-unset", at, "its items need not differ any more")
        }
        _ => {}
    }
}
