//! Whether two texts differ in more than comments and blanks.

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

/// Quoted bodies in quoted bodies that are compared without their comments.
const QUOTES_MAX: usize = 6;

pub(crate) fn say_the_same(before: &str, after: &str) -> bool {
    spoken(before, 0) == spoken(after, 0)
}

/// The words of a text, and of the bodies that it quotes with dollars.
fn spoken(text: &str, quotes: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut at = 0;
    for token in tokenize(text) {
        let word = text.get(at..at + token.len as usize).unwrap_or_default();
        at += token.len as usize;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {}
            TokenKind::Literal { kind: LiteralKind::DollarQuotedString { .. } } => {
                match body(word).filter(|_| quotes < QUOTES_MAX) {
                    Some(body) => {
                        words.push("$");
                        words.extend(spoken(body, quotes + 1));
                        words.push("$");
                    }
                    None => words.push(word),
                }
            }
            _ => words.push(word),
        }
    }
    words
}

fn body(word: &str) -> Option<&str> {
    let tag = word.get(1..)?.find('$')? + 2;
    word.get(tag..word.len().checked_sub(tag)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blanks_say_nothing() {
        assert!(say_the_same("SELECT 1;", "-- why\nSELECT\n1 ;/* so */"));
        assert!(say_the_same("DO $$ BEGIN a; END $$;", "DO $x$ BEGIN -- why\n a; END $x$;"));
    }

    #[test]
    fn every_other_word_does() {
        let policy = "CREATE POLICY p ON t USING (a = 'b');";
        assert!(!say_the_same(policy, &policy.replace("'b'", "'c'")));
        assert!(!say_the_same("SELECT 'a -- b';", "SELECT 'a -- c';"));
        assert!(!say_the_same("SELECT '-- a';", "SELECT '';"));
        assert!(!say_the_same("DO $$ a $$;", "DO $$ b $$;"));
    }
}
