//! TypeScript and JavaScript as tokens with their brackets matched. What is not
//! the language (JSX, a broken file) gives tokens too: reading never fails.

use syntax::ecmascript::Kind as Is;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    Quoted,
    Number,
    Regex,
    /// A template, or a piece of one: it begins with `` ` `` or `}` and ends with
    /// `` ` `` or `${`.
    Template,
    Mark,
}

/// A range of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a line ended before it.
    pub(super) is_first: bool,
    /// The number of the token that closes this bracket; the count of tokens
    /// where none does; its own number where it opens nothing.
    pub(super) close: usize,
}

/// The tokens of `text` without its comments.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let found = syntax::ecmascript::tokens(text).into_iter().enumerate();
    let mut found: Vec<Token> = found
        .filter_map(|(at, token)| {
            let kind = match token.kind {
                Is::Word => Kind::Word,
                Is::String => Kind::Quoted,
                Is::Number => Kind::Number,
                Is::Regex => Kind::Regex,
                Is::Template => Kind::Template,
                Is::Mark => Kind::Mark,
                // What the rest of the file is, nobody knows.
                Is::Broken => return None,
            };
            let (start, end, is_first) = (token.start, token.end, token.is_first);
            Some(Token { kind, start, end, is_first, close: at })
        })
        .collect();
    matched(&mut found, text);
    found
}

/// Gives each opening bracket the number of its closing one.
fn matched(tokens: &mut [Token], text: &str) {
    let count = tokens.len();
    let mut open: Vec<(usize, u8)> = Vec::new();
    for at in 0..count {
        let Some(token) = tokens.get(at).copied() else { break };
        let word = text.get(token.start..token.end).unwrap_or_default().as_bytes();
        let (closes, opens) = match (token.kind, word) {
            (Kind::Mark, b"(") => (None, Some(b'(')),
            (Kind::Mark, b"[") => (None, Some(b'[')),
            (Kind::Mark, b"{") => (None, Some(b'{')),
            (Kind::Mark, b")") => (Some(b'('), None),
            (Kind::Mark, b"]") => (Some(b'['), None),
            (Kind::Mark, b"}") => (Some(b'{'), None),
            (Kind::Template, word) => {
                (word.starts_with(b"}").then_some(b'$'), word.ends_with(b"${").then_some(b'$'))
            }
            _ => (None, None),
        };
        if let Some(kind) = closes
            && let Some(depth) = open.iter().rposition(|(_, own)| *own == kind)
        {
            if let Some((opening, _)) = open.get(depth)
                && let Some(token) = tokens.get_mut(*opening)
            {
                token.close = at;
            }
            // What was opened within and never closed ends here too.
            for (opening, _) in open.drain(depth..).skip(1) {
                if let Some(token) = tokens.get_mut(opening) {
                    token.close = at;
                }
            }
        }
        if let Some(kind) = opens {
            open.push((at, kind));
            if let Some(token) = tokens.get_mut(at) {
                token.close = count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_closed_ends_with_what_holds_it() {
        let found = tokens("f(a, [b, {c) d");
        assert_eq!(found[1].close, 9);
        assert_eq!((found[4].close, found[7].close), (9, 9));
        assert_eq!(tokens("f(a")[1].close, 3);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\PC\n`${}()/\\\\'\"*]{0,200}") {
            let found = tokens(&text);
            for (at, token) in found.iter().enumerate() {
                prop_assert!(text.get(token.start..token.end).is_some_and(|own| !own.is_empty()));
                prop_assert!(token.close >= at && token.close <= found.len());
            }
        }
    }
}
