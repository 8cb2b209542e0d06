//! What a string literal of Rust means.

/// The value of a plain or raw string literal; none where an escape is not
/// understood.
pub(crate) fn value(literal: &str) -> Option<String> {
    let from = literal.find('"')?;
    let hashes = literal.get(..from)?.matches('#').count();
    let text = literal.get(from + 1..literal.len().checked_sub(1 + hashes)?)?;
    if literal.starts_with(['r', 'c']) || !text.contains('\\') {
        return Some(text.to_owned());
    }
    let mut value = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        match letters.next()? {
            same @ ('\\' | '"' | '\'') => value.push(same),
            '\n' => while letters.next_if(|next| next.is_whitespace()).is_some() {},
            'x' => {
                let high = letters.next()?.to_digit(16)?;
                value.push(char::from_u32(high * 16 + letters.next()?.to_digit(16)?)?);
            }
            'u' => {
                let digits: String = letters.by_ref().take_while(|c| *c != '}').collect();
                let digits = digits.strip_prefix('{')?.replace('_', "");
                value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
            _ => return None,
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_read() {
        assert_eq!(value("\"e\\x65\\u{65}\\\"\"").as_deref(), Some("eee\""));
        assert_eq!(value("r#\"a\\\"#").as_deref(), Some("a\\"));
        assert_eq!(value("\"a\\\n   b\"").as_deref(), Some("ab"));
        assert_eq!(value("\""), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_is_read(literal in "[ -~\n'\"r#\\\\xu{}é]{0,30}|.{0,30}") {
            let _ = value(&literal);
        }
    }
}
