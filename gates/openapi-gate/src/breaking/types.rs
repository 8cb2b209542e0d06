//! `type`, `format` and `null`.

use super::compare::{Local, Sight, Typing};
use super::shape::{Choice, Shape, Side};

/// `null`, in any of its spellings.
pub(super) fn nullability(sight: &Sight<'_, '_>, local: &mut Local) {
    let (base, head) = (&sight.base, &sight.head);
    let at = head.at("nullable").or_else(|| head.at("type")).or_else(|| head.at("oneOf"));
    if base.is_nullable && !head.is_nullable && !takes_all(head) {
        local.change("became-not-nullable", at, "it may not be null any more");
    } else if head.is_nullable && !base.is_nullable && !takes_all(base) {
        local.change("became-nullable", at, "it may be null now");
    }
}

/// Whether a schema says nothing of types: `null` is one of its values then, also
/// where it says of objects what their properties are.
fn takes_all(shape: &Shape<'_>) -> bool {
    const OF_TYPES: [&str; 6] = ["type", "enum", "const", "oneOf", "anyOf", "nullable"];
    OF_TYPES.iter().all(|key| shape.value(key).is_none())
}

/// What came of comparing the types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Changed,
    /// No value is of both.
    Apart,
}

/// `type` and `format`.
pub(super) fn compare(sight: &Sight<'_, '_>, local: &mut Local) -> Found {
    let base = effective(&sight.all.base, &sight.base);
    let head = effective(&sight.all.head, &sight.head);
    let formats = (sight.base.format.unwrap_or_default(), sight.head.format.unwrap_or_default());
    if base == head && formats.0 == formats.1 {
        return Found::Nothing;
    }
    let is_breaking = |is_strong: bool| match sight.is_request() {
        true => is_narrowed(&base, &head, formats, is_strong),
        false => is_narrowed(&head, &base, (formats.1, formats.0), is_strong),
    };
    let suffix = match sight.pair.lens.typing {
        Typing::Unknown => match (is_breaking(true), is_breaking(false)) {
            (true, true) => "type-specialized",
            (false, false) => return Found::Nothing,
            _ => "type-changed",
        },
        typing if !is_breaking(typing == Typing::Strong) => return Found::Nothing,
        _ if !sight.is_request() && !base.is_empty() && base != head && is_within(&base, &head) => {
            "type-generalized"
        }
        _ => "type-changed",
    };
    let at = match base == head {
        true => sight.head.at("format").or_else(|| sight.head.at("type")),
        false => sight.head.at("type").or_else(|| sight.head.at("oneOf")),
    };
    let words =
        format!("its type went from {} to {}", shown(&base, formats.0), shown(&head, formats.1));
    local.change(suffix, at, words);
    let shares = |name: &&str| {
        is_within(&[*name], &head) || head.iter().any(|it| is_within(&[*it], &[*name]))
    };
    let is_apart = !base.is_empty() && !head.is_empty() && !base.iter().any(shares);
    if is_apart { Found::Apart } else { Found::Changed }
}

/// Whether a value of the types `from` need not be one of `to`.
fn is_narrowed(from: &[&str], to: &[&str], formats: (&str, &str), is_strong: bool) -> bool {
    let is_taken = to.is_empty() || from == to || (!from.is_empty() && is_within(from, to));
    // Anything can be written as text.
    let is_text = !is_strong && to.contains(&"string");
    let types = !is_taken && !is_text;
    types || is_format_narrowed(to, formats)
}

fn is_format_narrowed(to: &[&str], (from_format, to_format): (&str, &str)) -> bool {
    const WIDENS: [(&str, &str, &str); 6] = [
        ("number", "float", "double"),
        ("integer", "int32", "int64"),
        ("integer", "int32", "bigint"),
        ("integer", "int64", "bigint"),
        ("string", "date", "date-time"),
        ("string", "time", "date-time"),
    ];
    if from_format == to_format || to_format.is_empty() {
        return false;
    }
    !WIDENS.iter().any(|(kind, from, to_wider)| {
        to == [*kind] && *from == from_format && *to_wider == to_format
    })
}

/// Whether every value of `types` is one of `others` too.
pub(super) fn is_within(types: &[&str], others: &[&str]) -> bool {
    types.iter().all(|name| {
        *name == "nothing"
            || others.contains(name)
            || (*name == "integer" && others.contains(&"number"))
    })
}

/// The types of a schema, or else those of all its alternatives.
fn effective<'l>(side: &Side<'l>, shape: &Shape<'l>) -> Vec<&'l str> {
    let mut types = shape.types.clone();
    if types.is_empty() {
        let of = |choice: &Choice<'l>| -> Option<Vec<&'l str>> {
            let mut all = Vec::new();
            for alternative in &choice.alternatives {
                let own = side.shape(side.schema(*alternative));
                if own.types.is_empty() {
                    return None;
                }
                all.extend(&own.types);
            }
            Some(all)
        };
        types = shape.choices.iter().find_map(of).unwrap_or_default();
    }
    types.sort_unstable();
    types.dedup();
    types
}

fn shown(types: &[&str], format: &str) -> String {
    let types = if types.is_empty() { "any".to_owned() } else { types.join(" or ") };
    if format.is_empty() { types } else { format!("{types} ({format})") }
}
