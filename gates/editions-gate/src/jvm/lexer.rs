//! Words, marks and strings of Java and Kotlin, by the lexical structures of
//! their specifications; comments and white space are passed over.

use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word,
    Mark,
    /// Its bytes are those between the quotes.
    String,
}

/// The tokens of a text, and whether a string or comment is open to its end.
pub(super) fn tokens(text: &str) -> (Vec<(Token, Range<usize>)>, bool) {
    let mut found = Vec::new();
    let mut at = 0;
    let mut is_broken = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let length = if rest.starts_with("//") {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest).unwrap_or_else(|| {
                is_broken = true;
                rest.len()
            })
        } else if let Some(body) = rest.strip_prefix("\"\"\"") {
            match body.find("\"\"\"") {
                Some(end) => {
                    found.push((Token::String, at + 3..at + 3 + end));
                    end + 6
                }
                None => {
                    is_broken = true;
                    rest.len()
                }
            }
        } else if first == '"' || first == '\'' {
            let end = quoted(rest, first);
            // Groovy writes texts so too; Java's characters are no texts.
            if first == '"' || end > 2 {
                found.push((Token::String, at + 1..at + end));
            }
            end + 1
        } else if first.is_alphanumeric() || matches!(first, '_' | '$') {
            let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
            let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
            found.push((Token::Word, at..at + end));
            end
        } else {
            let length = first.len_utf8();
            // Kotlin writes a name that is a keyword between these.
            if !first.is_whitespace() && first != '`' {
                found.push((Token::Mark, at..at + length));
            }
            length
        };
        at = at.saturating_add(length).min(text.len());
    }
    (found, is_broken)
}

/// The bytes of a comment; Kotlin's nest, and in Java an opening inside one is
/// too rare to tell the two apart.
fn comment(rest: &str) -> Option<usize> {
    rest.find("*/").map(|end| end + 2)
}

/// The bytes before the closing quote, or the end of the line.
fn quoted(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '\n' | '\r' => return at,
            c if c == quote => return at,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_and_strings_are_told_apart() {
        let text = "a/* b */'\"'\"c\\\"d\"\"\"\"e\n\"f\"\"\" // g\nh";
        let (found, is_broken) = tokens(text);
        let found: Vec<&str> = found.into_iter().map(|(_, span)| &text[span]).collect();
        assert_eq!(found, ["a", "c\\\"d", "e\n\"f", "h"]);
        assert!(!is_broken && tokens("/*").1 && tokens("\"\"\"").1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn any_text_is_read(source in "(\"|'|\\\\|/\\*|\\*/|//|é|\n|a|\\.|import |package ){0,30}") {
            for (_, span) in tokens(&source).0 {
                prop_assert!(source.get(span).is_some());
            }
            crate::jvm::source::Source::read(&source);
        }
    }
}
