//! A walk over the tokens of one statement.

use std::ops::Range;

use super::lexer::{Kind, Token};
use crate::ops::Name;
use crate::settings::Dialect;

#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) dialect: Dialect,
}

impl<'a> Cursor<'a> {
    pub(super) fn is_done(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The bytes of what is left.
    pub(super) fn span(&self) -> Range<usize> {
        let start = self.tokens.first().map_or(0, |it| it.span.start);
        start..self.tokens.last().map_or(start, |it| it.span.end)
    }

    fn raw(&self, token: &Token) -> &'a str {
        self.text.get(token.span.clone()).unwrap_or_default()
    }

    /// The word or sign at a place, in upper case; nothing for names and texts.
    pub(super) fn word(&self, at: usize) -> String {
        match self.tokens.get(at) {
            Some(token) if matches!(token.kind, Kind::Word | Kind::Sign) => {
                self.raw(token).to_uppercase()
            }
            _ => String::new(),
        }
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.tokens = self.tokens.get(count..).unwrap_or_default();
    }

    /// Takes these words, if they come next.
    pub(super) fn eat(&mut self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let fits = words.iter().enumerate().all(|(at, word)| self.word(at) == *word);
        if fits {
            self.skip(words.len());
        }
        fits
    }

    /// Takes one of these words.
    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// Takes `IF EXISTS` or `IF NOT EXISTS`.
    pub(super) fn eat_if_exists(&mut self) -> bool {
        self.eat("IF EXISTS") || self.eat("IF NOT EXISTS")
    }

    /// A name as it is known in that dialect.
    pub(super) fn ident(&mut self) -> Option<String> {
        let token = self.tokens.first()?;
        let raw = self.raw(token);
        let name = match token.kind {
            Kind::Word => raw.to_owned(),
            Kind::Name => raw.get(1..raw.len().saturating_sub(1))?.to_owned(),
            // SQLite takes a text where a name belongs.
            Kind::Text => raw.trim_matches(['\'', '"']).to_owned(),
            Kind::Sign | Kind::End => return None,
        };
        self.skip(1);
        Some(match self.dialect {
            Dialect::Clickhouse => name,
            _ => name.to_lowercase(),
        })
    }

    /// `name` or `schema.name`.
    pub(super) fn name(&mut self) -> Option<Name> {
        let first = self.ident()?;
        if self.word(0) == "." {
            self.skip(1);
            let second = self.ident()?;
            return Some(Name::new(&first, &second));
        }
        Some(Name::new("public", &first))
    }

    /// `ON CLUSTER name`.
    pub(super) fn eat_cluster(&mut self) {
        if self.eat("ON CLUSTER") {
            self.skip(1);
        }
    }

    /// Splits what is left at the commas that no bracket holds.
    pub(super) fn parts(&self) -> Vec<Cursor<'a>> {
        let mut parts = Vec::new();
        let (mut depth, mut start) = (0_usize, 0);
        for at in 0..self.tokens.len() {
            match self.word(at).as_str() {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    parts.push(self.part(start..at));
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.push(self.part(start..self.tokens.len()));
        parts.retain(|part| !part.is_done());
        parts
    }

    fn part(&self, range: Range<usize>) -> Cursor<'a> {
        Cursor { tokens: self.tokens.get(range).unwrap_or_default(), ..self.clone() }
    }

    /// What stands between brackets that come next.
    pub(super) fn bracketed(&mut self) -> Option<Cursor<'a>> {
        if self.word(0) != "(" {
            return None;
        }
        let mut depth = 0_usize;
        for at in 0..self.tokens.len() {
            match self.word(at).as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                let inner = self.part(1..at);
                self.skip(at + 1);
                return Some(inner);
            }
        }
        None
    }

    /// Where a word stands that no bracket holds.
    pub(super) fn find(&self, word: &str) -> Option<usize> {
        let mut depth = 0_usize;
        (0..self.tokens.len()).find(|at| {
            let here = self.word(*at);
            match here.as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && here == word
        })
    }

    /// The tokens up to a place as one text: lower case, one blank between words.
    pub(super) fn plain(&self, end: usize) -> String {
        let mut plain = String::new();
        let mut before_word = false;
        for token in self.tokens.get(..end).unwrap_or_default() {
            let is_word = token.kind == Kind::Word;
            if is_word && before_word {
                plain.push(' ');
            }
            plain.push_str(&self.raw(token).to_lowercase());
            before_word = is_word || plain.ends_with(')');
        }
        plain
    }
}
