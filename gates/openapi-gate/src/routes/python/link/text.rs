//! What methods of texts give.

use super::call::Called;
use super::value::Value;

/// What the method `name` of `text` gives.
pub(super) fn method(text: &str, name: &str, called: &Called) -> Value {
    let first = called.positional.first();
    let letters = match first {
        None => Some(" \t\n"),
        Some(value) => value.as_text(),
    };
    let strip = |side: fn(&str, &[char]) -> String| match letters {
        Some(letters) => Value::text(&side(text, &letters.chars().collect::<Vec<_>>())),
        None => Value::Unknown,
    };
    match name {
        "rstrip" => strip(|text, letters| text.trim_end_matches(letters).to_owned()),
        "lstrip" => strip(|text, letters| text.trim_start_matches(letters).to_owned()),
        "strip" => strip(|text, letters| text.trim_matches(letters).to_owned()),
        "lower" => Value::text(&text.to_lowercase()),
        "upper" => Value::text(&text.to_uppercase()),
        "removesuffix" | "removeprefix" => match first.and_then(Value::as_text) {
            Some(part) if name == "removesuffix" => {
                Value::text(text.strip_suffix(part).unwrap_or(text))
            }
            Some(part) => Value::text(text.strip_prefix(part).unwrap_or(text)),
            None => Value::Unknown,
        },
        "replace" => match (first.and_then(Value::as_text), called.positional.get(1)) {
            (Some(from), Some(Value::Text(to))) if !from.is_empty() && text.len() < 500 => {
                Value::text(&text.replace(from, to))
            }
            _ => Value::Unknown,
        },
        "format" => formatted(text, called),
        _ => Value::Unknown,
    }
}

fn formatted(text: &str, called: &Called) -> Value {
    let (mut out, mut rest, mut next) = (String::new(), text, 0);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        if from.starts_with("{{") || from.starts_with("}}") {
            out.push_str(from.get(..1).unwrap_or_default());
            rest = from.get(2..).unwrap_or_default();
            continue;
        }
        let Some(end) = from.find('}') else { return Value::Unknown };
        let name = from.get(1..end).unwrap_or_default();
        let value = match name.parse::<usize>() {
            Ok(place) => called.positional.get(place),
            Err(_) if name.is_empty() => {
                next += 1;
                called.positional.get(next - 1)
            }
            Err(_) => called.keyword(name),
        };
        let Some(value) = value.and_then(Value::as_text) else { return Value::Unknown };
        out.push_str(value);
        rest = from.get(end + 1..).unwrap_or_default();
        if out.len() > 2_000 {
            return Value::Unknown;
        }
    }
    out.push_str(rest);
    Value::text(&out)
}
