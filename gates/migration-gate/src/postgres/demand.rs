//! The words of a CHECK as what it demands.

use std::collections::BTreeSet;

use squawk_lexer::{TokenKind, tokenize};

use super::tree::folded;
use crate::demand::{Demand, Value, Words};

/// Longer ones, and deeper ones, are taken as they are.
const WORDS_MAX: usize = 600;
const DEPTH_MAX: usize = 24;

/// What a text like `… CHECK (expression) …` demands; none where it is none.
pub(crate) fn demanded(text: &str) -> Option<Demand> {
    let words = words(text);
    let start = words.iter().position(|word| word == "check")? + 1;
    let end = start + closing(words.get(start..)?)?;
    Some(any(words.get(start + 1..end)?, 0))
}

/// `a OR b`.
fn any(words: &[String], depth: usize) -> Demand {
    joined(words, "or", depth, Demand::Any, |part| {
        joined(part, "and", depth, Demand::All, |part| leaf(part, depth))
    })
}

fn joined(
    words: &[String],
    by: &str,
    depth: usize,
    make: fn(Vec<Demand>) -> Demand,
    read: impl Fn(&[String]) -> Demand,
) -> Demand {
    if depth > DEPTH_MAX || words.len() > WORDS_MAX {
        return Demand::Other(words.to_vec());
    }
    let mut parts: Vec<Demand> = split(words, by).into_iter().map(read).collect();
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            make(parts)
        }
        None => Demand::Other(words.to_vec()),
    }
}

/// The parts of `words` between those that are `by`, outside of brackets; the AND of a
/// BETWEEN, and what a CASE holds, part nothing.
fn split<'a>(words: &'a [String], by: &str) -> Vec<&'a [String]> {
    let (mut parts, mut start, mut depth, mut between) = (Vec::new(), 0, 0_usize, false);
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "(" | "[" | "case" => depth += 1,
            ")" | "]" | "end" => depth = depth.saturating_sub(1),
            "between" if depth == 0 => between = true,
            "and" if depth == 0 && std::mem::take(&mut between) => {}
            word if depth == 0 && word == by => {
                parts.extend(words.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(words.get(start..));
    parts
}

fn leaf(words: &[String], depth: usize) -> Demand {
    if let [open, inner @ .., _] = words
        && open == "("
        && closing(words) == Some(words.len() - 1)
    {
        return any(inner, depth + 1);
    }
    known(words).unwrap_or_else(|| Demand::Other(operand(words)))
}

/// A comparison with values, or one with null.
fn known(words: &[String]) -> Option<Demand> {
    if let [of @ .., is, null] = words
        && is == "is"
        && null == "null"
    {
        return Some(Demand::Null { of: operand(of) });
    }
    let marks = ["=", "<", ">", "<=", ">=", "in", "between"];
    let mut depth = 0_usize;
    let at = words.iter().position(|word| {
        match word.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && marks.contains(&word.as_str())
    })?;
    let (left, mark, right) = (words.get(..at)?, words.get(at)?.as_str(), words.get(at + 1..)?);
    if left.is_empty() || left.last().is_some_and(|word| word == "not") {
        return None;
    }
    let of = operand(left);
    let bound = |of: Words, is_lower: bool, is_open: bool, value: Value| match value {
        Value::Number(at) => Some(Demand::Bound { of, is_lower, is_open, at }),
        Value::Text(_) => None,
    };
    match mark {
        "in" => Some(Demand::In { of, values: list(right, "(")? }),
        "=" if right.first().is_some_and(|word| word == "any") => {
            let inner = unwrapped(right.get(1..)?);
            let inner = uncast(inner);
            Some(Demand::In { of, values: list(inner.strip_prefix(&["array".to_owned()])?, "[")? })
        }
        "=" => match value(right) {
            Some(value) => Some(Demand::In { of, values: BTreeSet::from([value]) }),
            None => Some(Demand::In { of: operand(right), values: BTreeSet::from([value(left)?]) }),
        },
        "between" => {
            let [low, high] = split(right, "and").try_into().ok()?;
            let low = bound(of.clone(), true, false, value(low)?)?;
            Some(Demand::All(vec![low, bound(of, false, false, value(high)?)?]))
        }
        _ => {
            let (is_lower, is_open) = (mark.starts_with('>'), !mark.ends_with('='));
            match value(right) {
                Some(value) => bound(of, is_lower, is_open, value),
                None => bound(operand(right), !is_lower, is_open, value(left)?),
            }
        }
    }
}

/// The values between brackets; none where one of them is none.
fn list(words: &[String], open: &str) -> Option<BTreeSet<Value>> {
    let [first, inner @ .., _] = words else { return None };
    let is_list = first == open && closing(words) == Some(words.len() - 1);
    is_list.then(|| split(inner, ",").into_iter().map(value).collect())?
}

/// A literal, in brackets or not, with the types that change nothing about it.
fn value(words: &[String]) -> Option<Value> {
    let (bare, number) = match words.iter().rposition(|word| word == "::") {
        Some(at) => match words.get(at + 1..)? {
            [only]
                if ["integer", "int", "bigint", "smallint", "numeric"].contains(&only.as_str()) =>
            {
                (words.get(..at)?, true)
            }
            _ => (uncast(words), false),
        },
        None => (words, false),
    };
    match unwrapped(bare) {
        [text] if text.starts_with('\'') => {
            let text = text.trim_matches('\'');
            match number {
                true => decimal(text).map(Value::Number),
                false => Some(Value::Text(text.to_owned())),
            }
        }
        [digits] => decimal(digits).map(Value::Number),
        [sign, digits] if sign == "-" => decimal(digits).map(|number| Value::Number(-number)),
        _ => None,
    }
}

fn decimal(text: &str) -> Option<i128> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 25
        || part.len() > 9
        || !is_number(whole)
        || !is_number(part)
    {
        return None;
    }
    format!("{whole}{part:0<9}").parse::<i128>().ok().map(|number| sign * number)
}

/// Without the types of text behind it, which change no comparison.
fn uncast(words: &[String]) -> &[String] {
    let Some(at) = words.iter().rposition(|word| word == "::") else { return words };
    let says = words.get(at + 1..).unwrap_or_default();
    let says: Vec<&str> = says.iter().map(String::as_str).collect();
    match says.as_slice() {
        ["text" | "varchar"] | ["character", "varying"] => words.get(..at).unwrap_or_default(),
        ["text" | "varchar", "[", "]"] | ["character", "varying", "[", "]"] => {
            words.get(..at).unwrap_or_default()
        }
        _ => words,
    }
}

/// Without the brackets around all of it.
fn unwrapped(mut words: &[String]) -> &[String] {
    for _ in 0..DEPTH_MAX {
        let inner = uncast(words);
        words = match inner {
            [open, rest @ .., _] if open == "(" && closing(inner) == Some(inner.len() - 1) => rest,
            _ if inner.len() < words.len() => inner,
            _ => return words,
        };
    }
    words
}

/// What is compared, as two spellings of it are seen to be one: without types of text and
/// brackets around a lone name.
fn operand(words: &[String]) -> Words {
    let mut kept: Words = Vec::new();
    let mut rest = unwrapped(words);
    while let [word, after @ ..] = rest {
        rest = after;
        let types: [&[&str]; 3] = [&["text"], &["varchar"], &["character", "varying"]];
        let cast = types.iter().find(|it| {
            word == "::" && after.len() >= it.len() && after.iter().zip(**it).all(|(a, b)| a == b)
        });
        let cast =
            cast.filter(|it| !after.get(it.len()).is_some_and(|next| next == "(" || next == "["));
        match cast {
            Some(cast) => rest = after.get(cast.len()..).unwrap_or_default(),
            None => kept.push(word.clone()),
        }
        if let [before @ .., open, name, close] = kept.as_slice()
            && (open.as_str(), close.as_str()) == ("(", ")")
            && is_name(name)
            && !before.last().is_some_and(|word| is_name(word))
        {
            let name = name.clone();
            kept.truncate(kept.len() - 3);
            kept.push(name);
        }
    }
    kept
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '"')
}

/// Where the bracket closes that the first word opens.
fn closing(words: &[String]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Words as PostgreSQL compares them, and marks that stand together as one.
fn words(text: &str) -> Words {
    let mut found: Words = Vec::new();
    let (mut at, mut is_mark) = (0, false);
    for token in tokenize(text) {
        let word = text.get(at..at + token.len as usize).unwrap_or_default();
        at += token.len as usize;
        let was_mark = std::mem::take(&mut is_mark);
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {}
            TokenKind::Literal { .. } => found.push(word.to_owned()),
            TokenKind::Ident | TokenKind::QuotedIdent { .. } => found.push(name(word)),
            _ => {
                is_mark = word.chars().all(|c| "<>=!~*:|&".contains(c));
                match found.last_mut().filter(|_| is_mark && was_mark) {
                    Some(last) => last.push_str(word),
                    None => found.push(word.to_owned()),
                }
            }
        }
    }
    found
}

/// A quoted name keeps its quotes where it is another without them.
fn name(word: &str) -> String {
    let bare = folded(word);
    let is_plain = bare.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match word.starts_with('"') && !is_plain {
        true => word.to_owned(),
        false => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_wider(old: &str, new: &str) -> bool {
        let read = |text: &str| demanded(&format!("CHECK ({text}) NOT VALID")).unwrap();
        read(old).is_at_least(&read(new))
    }

    #[test]
    fn what_demands_no_more_is_seen() {
        for (old, new) in [
            ("a >= 0", "a >= -10"),
            ("a > 0", "a >= 0"),
            ("a >= 0.5", "0 <= a"),
            ("a IN (1, 2)", "a = ANY (ARRAY[2, 3, 1])"),
            ("a = 'x' OR a = 'y'", "a IN ('z', 'y', 'x')"),
            ("a BETWEEN 1 AND 5 AND b", "a < 6"),
            ("a IN (0, 1)", "a >= 0 AND a < 2"),
            ("length(a) <= 40", "length((a)::text) <= 80 OR b IS NULL"),
            ("b IS NULL OR a IS NULL OR a > 1", "b IS NULL OR a > 1"),
            ("f(a, b)", "((F(a, \"b\")))"),
            ("a ~ '^x' AND b", "b"),
            (
                "status IN ('a')",
                "(((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
            ),
            ("w >= 0", "(w >= '-10'::integer)"),
            ("w >= 1", "(w >= (0)::numeric)"),
        ] {
            assert!(is_wider(old, new), "{old} → {new}");
        }
    }

    #[test]
    fn what_demands_more_is_not() {
        for (old, new) in [
            ("a >= 0", "a >= 1"),
            ("a >= 0", "a > 0"),
            ("a >= 0", "a <= 0"),
            ("a >= 0", "b >= 0"),
            ("a IN (1, 2)", "a IN (1)"),
            ("a IN (1, 2)", "a > 1"),
            ("a OR b", "a"),
            ("a", "a AND b"),
            ("a IS NOT NULL", "a > 0"),
            ("a IS NULL OR a > 1", "a > 2"),
            ("a ~ '^x'", "a ~ '^xy'"),
            ("a NOT IN (1)", "a IN (1)"),
            ("NOT a > 0", "a > 0"),
            ("a > 0", "NOT a > 0"),
            ("a <> 'x'", "a <> 'y'"),
            ("\"A\" > 0", "a > 0"),
            ("a::int > 0", "a > 0"),
            ("a = '1'", "a = 1"),
            ("CASE WHEN a THEN b OR c END", "b OR c"),
            ("a > b", "a > c"),
        ] {
            assert!(!is_wider(old, new), "{old} → {new}");
        }
    }

    #[test]
    fn nothing_blows_up() {
        for text in ["CHECK", "CHECK (", "CHECK ()", "CHECK (a", "CHECK ())", "CHECK (in (,))"] {
            let _ = demanded(text);
        }
        let deep = format!("CHECK ({}a{})", "(".repeat(5_000), ")".repeat(5_000));
        let demand = demanded(&deep).unwrap();
        assert!(demand.is_at_least(&demand));
        let wide = (0..200).map(|it| format!("(a{it} OR b{it})")).collect::<Vec<_>>().join(" AND ");
        let wide = demanded(&format!("CHECK ({wide})")).unwrap();
        assert!(!wide.is_at_least(&demanded("CHECK (z OR y)").unwrap()));
    }
}
