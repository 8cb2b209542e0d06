//! Python source as tokens in logical lines, with brackets matched.

use std::ops::Range;

pub(super) use syntax::python::Kind;
use syntax::python::{Lexer, Step, Token};

/// A logical line: what stands between two ends of statements.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// How far in it begins.
    pub(super) indent: usize,
    pub(super) tokens: Range<usize>,
}

/// A file's tokens.
pub(super) struct Source<'s> {
    pub(super) text: &'s str,
    tokens: Vec<Token>,
    /// For each opening bracket the number of its closing one.
    closing: Vec<usize>,
    pub(super) lines: Vec<Line>,
}

impl<'s> Source<'s> {
    pub(super) fn new(text: &'s str) -> Source<'s> {
        let mut source =
            Source { text, tokens: Vec::new(), closing: Vec::new(), lines: Vec::new() };
        source.split();
        source
    }

    /// The text of token `at`; empty past the end.
    pub(super) fn word(&self, at: usize) -> &'s str {
        self.tokens.get(at).and_then(|it| self.text.get(it.start..it.end)).unwrap_or_default()
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The closing bracket of the one at `at`, if it stands before `end`.
    pub(super) fn close(&self, at: usize, end: usize) -> Option<usize> {
        self.closing.get(at).copied().filter(|close| *close > at && *close < end)
    }

    /// The token after the one at `at`, or after the bracket that begins there.
    pub(super) fn next(&self, at: usize, end: usize) -> usize {
        match self.word(at) {
            "(" | "[" | "{" => self.close(at, end).map_or(end, |close| close + 1),
            _ => at + 1,
        }
    }

    /// The bytes of a range of tokens.
    pub(super) fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(self.text.len(), |token| token.start);
        let last = range.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.end).max(start)
    }

    fn split(&mut self) {
        let mut open: Vec<usize> = Vec::new();
        let mut lexer = Lexer::new(self.text);
        let mut first = 0;
        while let Some(step) = lexer.next() {
            let Step::Token(token) = step else {
                open.clear();
                self.end_line(lexer.indent(), &mut first);
                continue;
            };
            let number = self.tokens.len();
            match token.text(self.text) {
                // Another statement on the same line.
                ";" if open.is_empty() => {
                    self.end_line(lexer.indent(), &mut first);
                    continue;
                }
                "(" | "[" | "{" => open.push(number),
                ")" | "]" | "}" => {
                    if let Some(own) = open.pop().and_then(|it| self.closing.get_mut(it)) {
                        *own = number;
                    }
                }
                _ => {}
            }
            self.tokens.push(token);
            self.closing.push(0);
        }
    }

    fn end_line(&mut self, indent: usize, first: &mut usize) {
        if *first < self.tokens.len() {
            self.lines.push(Line { indent, tokens: *first..self.tokens.len() });
            *first = self.tokens.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str) -> Vec<(usize, Vec<String>)> {
        let source = Source::new(text);
        let words =
            |line: &Line| line.tokens.clone().map(|at| source.word(at).to_owned()).collect();
        source.lines.iter().map(|line| (line.indent, words(line))).collect()
    }

    #[test]
    fn lines_are_statements() {
        let found = lines("a = (1,\n  2)  # b\nif x:\n\ty; z\n\n  \\\n  w\n");
        let words: Vec<_> = found.iter().map(|(indent, it)| (*indent, it.join(" "))).collect();
        let expected = [(0, "a = ( 1 , 2 )"), (0, "if x :"), (8, "y"), (8, "z"), (2, "w")];
        assert_eq!(words, expected.map(|(indent, it)| (indent, it.to_owned())));
    }

    #[test]
    fn an_open_bracket_ends_with_the_next_definition() {
        let found = lines("a = f(\n\ndef g():\n  pass\n");
        assert_eq!(found.len(), 3);
    }

    proptest! {
        #[test]
        fn any_text_is_split(text in "[ -~\n\t\\\\'\"{}()fé]{0,80}|.{0,40}") {
            let source = Source::new(&text);
            let mut end = 0;
            for line in &source.lines {
                prop_assert!(line.tokens.start >= end && line.tokens.end > line.tokens.start);
                end = line.tokens.end;
                for at in line.tokens.clone() {
                    prop_assert!(!source.word(at).is_empty());
                }
            }
        }
    }
}
