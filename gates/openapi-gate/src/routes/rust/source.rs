//! A Rust file as tokens with their brackets matched.

use std::ops::Range;

use syntax::rust::Kind as Is;

/// What a token is, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Ident,
    String,
    RawString,
    Literal,
    Lifetime,
    Mark,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// A file's tokens without its comments.
pub(super) struct Source<'s> {
    text: &'s str,
    tokens: Vec<Token>,
    /// For each opening bracket the number of its closing one.
    closing: Vec<usize>,
}

impl<'s> Source<'s> {
    pub(super) fn new(text: &'s str) -> Source<'s> {
        let found = syntax::rust::tokens(text);
        let mut tokens = Vec::with_capacity(found.len());
        for token in found {
            let (start, end) = (token.start, token.end);
            let kind = match token.kind {
                Is::Ident => Kind::Ident,
                Is::Lifetime => Kind::Lifetime,
                Is::String => Kind::String,
                Is::RawString => Kind::RawString,
                Is::Literal | Is::Broken => Kind::Literal,
                Is::Mark => Kind::Mark,
                Is::PathSeparator => {
                    tokens.push(Token { kind: Kind::Mark, start, end: start + 1 });
                    tokens.push(Token { kind: Kind::Mark, start: start + 1, end });
                    continue;
                }
            };
            tokens.push(Token { kind, start, end });
        }
        let closing = matched(&tokens, text);
        Source { text, tokens, closing }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The text of token `at`; empty past the end.
    pub(super) fn word(&self, at: usize) -> &'s str {
        let token = self.tokens.get(at).and_then(|token| self.text.get(token.start..token.end));
        token.unwrap_or("")
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(super) fn is_ident(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Ident)
    }

    /// Whether `::` begins at `at`.
    pub(super) fn is_path(&self, at: usize) -> bool {
        self.is_mark(at, "::")
    }

    /// Whether the one-byte marks of `marks` stand at `at`, without a gap.
    pub(super) fn is_mark(&self, at: usize, marks: &str) -> bool {
        let own = self.tokens.get(at..at + marks.len()).unwrap_or_default();
        own.len() == marks.len()
            && own.windows(2).all(|pair| matches!(pair, [a, b] if a.end == b.start))
            && own.iter().zip(marks.bytes()).all(|(token, mark)| {
                self.text.as_bytes().get(token.start) == Some(&mark) && token.kind == Kind::Mark
            })
    }

    /// The closing bracket of the one at `at`; the end where it has none.
    pub(super) fn close(&self, at: usize) -> usize {
        self.closing.get(at).copied().filter(|close| *close > at).unwrap_or(self.tokens.len())
    }

    /// The token after `at`, past the brackets that open there.
    pub(super) fn after(&self, at: usize) -> usize {
        match self.word(at) {
            "(" | "[" | "{" => self.close(at) + 1,
            _ => at + 1,
        }
    }

    /// The token after the angle brackets that open at `at`.
    pub(super) fn after_angles(&self, mut at: usize, end: usize) -> usize {
        let mut depth = 0_usize;
        while at < end {
            match self.word(at) {
                "<" => depth += 1,
                ">" if !self.is_mark(at.saturating_sub(1), "->") => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return at + 1;
                    }
                }
                ";" => return at,
                _ => {}
            }
            at = self.after(at);
        }
        end
    }

    /// The value of the string literal at `at`.
    pub(super) fn string(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        let text = self.text.get(token.start..token.end)?;
        match token.kind {
            Kind::RawString => {
                let inner = text.trim_start_matches(['r']).trim_matches('#');
                Some(inner.strip_prefix('"')?.strip_suffix('"')?.to_owned())
            }
            Kind::String => unescaped(text.strip_prefix('"')?.strip_suffix('"')?),
            _ => None,
        }
    }

    /// The bytes of a range of tokens.
    pub(super) fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(self.text.len(), |token| token.start);
        let last = range.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.end).max(start)
    }

    /// The text of a range of tokens, cut where it is long.
    pub(super) fn slice(&self, range: &Range<usize>) -> String {
        let text = self.text.get(self.bytes(range)).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        line.chars().take(80).collect()
    }

    /// What stands between the brackets at `open`, split at its commas.
    pub(super) fn elements(&self, open: usize) -> Vec<Range<usize>> {
        self.split(open + 1..self.close(open).min(self.len()))
    }

    /// `range`, split at its commas.
    pub(super) fn split(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut elements = Vec::new();
        let (mut at, mut start) = (range.start, range.start);
        while at < range.end {
            // Parameters of a closure have commas of their own.
            let before = at.checked_sub(1).map_or("", |before| self.word(before));
            if self.word(at) == "|" && (at == start || before == "move") {
                at = (at + 1..range.end).find(|at| self.word(*at) == "|").unwrap_or(at) + 1;
                continue;
            }
            if self.is_path(at) && self.word(at + 2) == "<" {
                at = self.after_angles(at + 2, range.end).max(at + 1);
                continue;
            }
            if self.word(at) == "," {
                elements.push(start..at);
                start = at + 1;
            }
            at = self.after(at);
        }
        if start < range.end {
            elements.push(start..range.end);
        }
        elements
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        value.push(match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            // A line that goes on in the next one.
            '\n' => {
                let rest = chars.as_str().trim_start();
                chars = rest.chars();
                continue;
            }
            'x' => {
                let code: String = chars.by_ref().take(2).collect();
                char::from(u8::from_str_radix(&code, 16).ok()?)
            }
            'u' => {
                let code: String = chars.by_ref().take_while(|c| *c != '}').collect();
                char::from_u32(u32::from_str_radix(code.strip_prefix('{')?, 16).ok()?)?
            }
            other => other,
        });
    }
    Some(value)
}

fn matched(tokens: &[Token], text: &str) -> Vec<usize> {
    let mut closing = vec![0; tokens.len()];
    let mut open: Vec<(usize, u8)> = Vec::new();
    // How many of each kind are open, so that none is looked for in vain.
    let mut counts = [0_usize; 256];
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Mark {
            continue;
        }
        let wanted = match text.as_bytes().get(token.start) {
            Some(b'(') => b')',
            Some(b'[') => b']',
            Some(b'{') => b'}',
            Some(byte @ (b')' | b']' | b'}')) => {
                if counts.get(usize::from(*byte)) == Some(&0) {
                    continue;
                }
                // A bracket that closes nothing is passed over; one that closes
                // an outer bracket closes the inner ones with it.
                if let Some(depth) = open.iter().rposition(|(_, wanted)| wanted == byte) {
                    for (opened, wanted) in open.drain(depth..) {
                        if let Some(count) = counts.get_mut(usize::from(wanted)) {
                            *count -= 1;
                        }
                        if let Some(slot) = closing.get_mut(opened) {
                            *slot = at;
                        }
                    }
                }
                continue;
            }
            _ => continue,
        };
        if let Some(count) = counts.get_mut(usize::from(wanted)) {
            *count += 1;
        }
        open.push((at, wanted));
    }
    closing
}
