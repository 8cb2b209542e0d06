//! What a string literal of JavaScript means.

/// The value of a string or of a template without holes; none where an escape
/// is not understood.
pub(crate) fn value(literal: &str) -> Option<String> {
    let text = literal.get(1..literal.len().checked_sub(1)?)?;
    let mut value = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        match letters.next()? {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'v' => value.push('\u{b}'),
            '\n' => {}
            '\r' => {
                let mut ahead = letters.clone();
                if ahead.next() == Some('\n') {
                    letters = ahead;
                }
            }
            'x' => value.push(hex(&mut letters, 2)?),
            'u' => {
                let mut ahead = letters.clone();
                if ahead.next() == Some('{') {
                    let digits: String = ahead.by_ref().take_while(|c| *c != '}').collect();
                    value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                    letters = ahead;
                } else {
                    value.push(hex(&mut letters, 4)?);
                }
            }
            '0'..='9' => return None,
            other => value.push(other),
        }
    }
    Some(value)
}

fn hex(letters: &mut std::str::Chars<'_>, count: usize) -> Option<char> {
    let mut number = 0;
    for _ in 0..count {
        number = number * 16 + letters.next()?.to_digit(16)?;
    }
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_read() {
        assert_eq!(value("'a\\x62\\u0063\\u{64}\\'\\q'").as_deref(), Some("abcd'q"));
        assert_eq!(value("'\\xzz'"), None);
        assert_eq!(value("'"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_is_read(literal in "[ -~\n`'\"\\\\xu{}é]{0,30}|.{0,30}") {
            let _ = value(&literal);
        }
    }
}
