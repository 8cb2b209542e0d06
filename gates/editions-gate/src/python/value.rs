//! What a string literal of Python means.

/// The value of a string literal; none for bytes, for a literal with holes, and
/// where an escape is not understood.
pub(crate) fn value(literal: &str) -> Option<String> {
    let from = literal.find(['\'', '"'])?;
    let (prefix, quoted) = literal.split_at_checked(from)?;
    let prefix = prefix.to_ascii_lowercase();
    let marks = if quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''"))
    {
        3
    } else {
        1
    };
    let text = quoted.get(marks..quoted.len().checked_sub(marks)?)?;
    if prefix.contains('b') || (prefix.contains(['f', 't']) && text.contains(['{', '}'])) {
        return None;
    }
    if prefix.contains('r') || !text.contains('\\') {
        return Some(text.to_owned());
    }
    let mut value = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        let digits = match letters.next()? {
            '\n' => continue,
            'x' => 2,
            'u' => 4,
            'U' => 8,
            'n' => {
                value.push('\n');
                continue;
            }
            't' => {
                value.push('\t');
                continue;
            }
            quote @ ('\\' | '\'' | '"') => {
                value.push(quote);
                continue;
            }
            first @ '0'..='7' => {
                let mut number = first.to_digit(8)?;
                for _ in 0..2 {
                    let mut ahead = letters.clone();
                    let Some(digit) = ahead.next().and_then(|next| next.to_digit(8)) else { break };
                    number = number * 8 + digit;
                    letters = ahead;
                }
                value.push(char::from_u32(number)?);
                continue;
            }
            _ => return None,
        };
        let mut number = 0_u32;
        for _ in 0..digits {
            number = number.checked_mul(16)?.checked_add(letters.next()?.to_digit(16)?)?;
        }
        value.push(char::from_u32(number)?);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_read() {
        assert_eq!(value("'a\\x62\\143\\u0064'").as_deref(), Some("abcd"));
        assert_eq!(value("r'a\\x'").as_deref(), Some("a\\x"));
        assert_eq!(value("\"\"\"ab\"\"\"").as_deref(), Some("ab"));
        assert_eq!(value("f'ab'").as_deref(), Some("ab"));
        for literal in ["f'{a}'", "b'a'", "'\\N{x}'", "a", "'"] {
            assert_eq!(value(literal), None, "{literal}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_is_read(literal in "[ -~\n'\"\\\\rbfxuN0-7é]{0,30}|.{0,30}") {
            let _ = value(&literal);
        }
    }
}
