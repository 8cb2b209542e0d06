//! Tokens to a program. What is not understood is skipped up to the end of its
//! statement or bracket, and stands for nothing.

mod call;
mod class;
mod expression;
mod literal;
mod module;
mod row;
mod statement;
mod types;

use std::ops::Range;

use kernel::SourceFile;

use super::facts::{Expr, Facts, Function, Id, Site, Unread};
use super::lex::{Kind, Token, tokens};
use crate::routes::Shape;

/// Deeper than anyone nests brackets and blocks.
const DEPTH_MAX: usize = 120;

/// Longer than any path that a message should show.
const WRITTEN_MAX: usize = 100;

pub(super) struct Parser<'s> {
    text: &'s str,
    file: &'s SourceFile,
    tokens: Vec<Token>,
    at: usize,
    /// The end of the bracket at hand.
    end: usize,
    depth: usize,
    is_jsx: bool,
    /// What is a route besides what the framework knows.
    shape: Option<&'s Shape>,
    facts: Facts,
}

/// Reads a whole file.
pub(super) fn parse<'s>(text: &'s str, file: &'s SourceFile, shape: Option<&'s Shape>) -> Facts {
    let tokens = tokens(text);
    let end = tokens.len();
    let is_jsx = file.path().extension().is_some_and(|it| it.ends_with('x') || it == "js");
    let facts = Facts::default();
    let mut parser = Parser { text, file, tokens, at: 0, end, depth: 0, is_jsx, shape, facts };
    // Number 0 is what nobody knows.
    parser.put(Expr::Unknown);
    // And what is not kept: the body of what handles requests.
    let body = parser.put_block(Vec::new());
    let name = String::new();
    let nothing = Function { name, parameters: Vec::new(), body, is_arrow: true, from: 0, to: 0 };
    parser.facts.functions.push(nothing);
    parser.put_site(0..0);
    parser.facts.body = parser.statements(end);
    parser.facts
}

impl<'s> Parser<'s> {
    /// The text of token `at`; empty past the end of the bracket at hand.
    fn word_at(&self, at: usize) -> &'s str {
        match self.tokens.get(at) {
            Some(token) if at < self.end => self.text.get(token.start..token.end).unwrap_or(""),
            _ => "",
        }
    }

    fn word(&self) -> &'s str {
        self.word_at(self.at)
    }

    fn kind_at(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).filter(|_| at < self.end).map(|token| token.kind)
    }

    fn kind(&self) -> Option<Kind> {
        self.kind_at(self.at)
    }

    fn is_name_at(&self, at: usize) -> bool {
        self.kind_at(at) == Some(Kind::Word)
    }

    /// Whether the token is that mark or keyword, and no text that looks so.
    fn is_at(&self, at: usize, word: &str) -> bool {
        self.word_at(at) == word
            && matches!(self.kind_at(at), Some(Kind::Mark | Kind::Word | Kind::Template))
    }

    fn is(&self, word: &str) -> bool {
        self.is_at(self.at, word)
    }

    fn take(&mut self, word: &str) -> bool {
        let is = self.is(word);
        self.at += usize::from(is);
        is
    }

    /// Whether a line ended before token `at`.
    fn is_first(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.is_first)
    }

    /// The closing bracket of the one at `at`, at most the end of what holds it.
    fn close(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.end, |token| token.close).min(self.end).max(at)
    }

    /// The token after `at`, brackets as one.
    fn after(&self, at: usize) -> usize {
        self.close(at) + 1
    }

    fn put(&mut self, expression: Expr) -> Id {
        self.facts.expressions.push(expression);
        self.facts.expressions.len() - 1
    }

    fn unknown(&self) -> Id {
        0
    }

    /// Reads within the bracket at hand and stands behind it afterwards.
    fn within<T>(&mut self, read: impl FnOnce(&mut Parser<'s>, usize) -> T) -> Option<T> {
        let (open, close, end) = (self.at, self.close(self.at), self.end);
        if self.depth >= DEPTH_MAX {
            let site = self.site(open..open + 1);
            if self.facts.unread.is_empty() {
                let why = "it nests too deep to be read".to_owned();
                self.facts.unread.push(Unread { site, why });
            }
            self.at = close + 1;
            return None;
        }
        self.depth += 1;
        self.end = close;
        self.at = open + 1;
        let read = read(self, close);
        self.depth -= 1;
        self.end = end;
        self.at = close + 1;
        Some(read)
    }

    /// The place of these tokens.
    fn site(&self, range: Range<usize>) -> Site {
        let start = self.tokens.get(range.start).map_or(self.text.len(), |token| token.start);
        let last = range.end.saturating_sub(1).max(range.start);
        let end = self.tokens.get(last).map_or(start, |token| token.end).max(start);
        let text = self.text.get(start..end).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let written = line.chars().take(WRITTEN_MAX).collect();
        let end = start + line.len();
        Site { span: self.file.span(start..end), written }
    }

    fn put_site(&mut self, range: Range<usize>) -> Id {
        let site = self.site(range);
        self.facts.sites.push(site);
        self.facts.sites.len() - 1
    }

    /// Skips to the next comma of the bracket at hand, and over it.
    fn skip_comma(&mut self) {
        while self.at < self.end && !self.is(",") {
            self.at = self.after(self.at);
        }
        self.at += 1;
    }
}
