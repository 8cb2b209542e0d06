//! What the literals of Python say.

/// One part of what a literal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// What stands between the braces of a format: `settings.prefix`.
    Name(Vec<String>),
    Unknown,
}

/// The parts of a literal with its prefix and quotes; none of bytes.
pub(super) fn parts(literal: &str) -> Option<Vec<Part>> {
    let quote = literal.find(['"', '\''])?;
    let (prefix, rest) = literal.split_at_checked(quote)?;
    let has = |letter: char| prefix.contains([letter, letter.to_ascii_uppercase()]);
    let mark = rest.get(..1)?;
    let long = mark.repeat(3);
    let inner = if rest.len() >= 6 && rest.starts_with(&long) {
        rest.get(3..)?.strip_suffix(&long)?
    } else {
        rest.get(1..)?.strip_suffix(mark)?
    };
    if has('b') {
        return None;
    }
    if has('f') || has('t') {
        return Some(formatted(inner, has('r')));
    }
    Some(vec![Part::Text(plain(inner, has('r')))])
}

fn plain(inner: &str, is_raw: bool) -> String {
    if is_raw || !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut text = String::new();
    let mut letters = inner.chars();
    while let Some(c) = letters.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match letters.next() {
            Some('\n') | None => {}
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some(kind @ ('x' | 'u' | 'U')) => {
                let count = match kind {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let digits: String = letters.by_ref().take(count).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                text.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(c @ ('\\' | '\'' | '"')) => text.push(c),
            // Python leaves both letters of what it does not know.
            Some(c) => text.extend(['\\', c]),
        }
    }
    text
}

fn formatted(inner: &str, is_raw: bool) -> Vec<Part> {
    let (mut parts, mut text) = (Vec::new(), String::new());
    let mut rest = inner;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(&plain(before, is_raw));
        if from.starts_with("{{") || from.starts_with("}}") {
            text.push_str(from.get(..1).unwrap_or_default());
            rest = from.get(2..).unwrap_or_default();
            continue;
        }
        if !text.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut text)));
        }
        let end = from.find('}');
        let name = end.and_then(|end| from.get(1..end)).map(str::trim).unwrap_or_default();
        let names: Vec<String> = name.split('.').map(str::to_owned).collect();
        let is_name = |it: &String| {
            it.chars().all(|c| c.is_alphanumeric() || c == '_')
                && !it.starts_with(|c: char| c.is_ascii_digit())
                && !it.is_empty()
        };
        parts.push(if names.iter().all(is_name) { Part::Name(names) } else { Part::Unknown });
        rest = end.and_then(|end| from.get(end + 1..)).unwrap_or_default();
    }
    text.push_str(&plain(rest, is_raw));
    if !text.is_empty() || parts.is_empty() {
        parts.push(Part::Text(text));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> Part {
        Part::Text(of.to_owned())
    }

    #[test]
    fn literals_say_what_python_says() {
        for (literal, expected) in [
            ("'a'", Some(vec![text("a")])),
            ("\"a\\n\\x41\\u00e9\\d\"", Some(vec![text("a\nAé\\d")])),
            ("r'^a/(?P<b>\\d+)$'", Some(vec![text("^a/(?P<b>\\d+)$")])),
            ("'''a\n'''", Some(vec![text("a\n")])),
            ("''", Some(vec![text("")])),
            ("b'a'", None),
            ("'a", None),
            ("f'{a.b}/c'", Some(vec![Part::Name(vec!["a".into(), "b".into()]), text("/c")])),
            ("f'/{{id}}/{x}'", Some(vec![text("/{id}/"), Part::Name(vec!["x".into()])])),
            ("f'{x()}'", Some(vec![Part::Unknown])),
            ("f'{x'", Some(vec![Part::Unknown])),
        ] {
            assert_eq!(parts(literal), expected, "{literal}");
        }
    }
}
