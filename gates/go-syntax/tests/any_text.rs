//! Nothing that is thrown at the lexer stops it.

use go_syntax::{string_value, tokens};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Tokens stand in order, on letters, inside the file, and between them is
    /// nothing but white space.
    #[test]
    fn tokens_cover_any_text(source in "[ -~\n\r\t\0é\u{feff}]{0,60}|.{0,40}") {
        let mut end = if source.starts_with('\u{feff}') { 3 } else { 0 };
        for token in tokens(&source) {
            prop_assert!(source.get(token.range()).is_some(), "{token:?} cuts a letter");
            prop_assert!(token.start >= end);
            let between = &source[end..token.start];
            prop_assert!(between.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')), "{between:?}");
            end = token.end;
        }
        prop_assert!(source[end..].chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')));
    }

    #[test]
    fn values_of_any_text(literal in "[\"`]?(\\\\[abfnrtvxuU0-9\\\\\"]|[a-f0-9é]){0,12}[\"`]?") {
        let _ = string_value(&literal);
    }
}
