//! Tokens as expressions. What no path or router comes from is `Other`, whatever
//! stands there: nothing is refused.

use std::ops::Range;

use kernel::SourceFile;

use super::lexer::{Kind, Source};
use super::literal::{self, Part};
use super::syntax::{Argument, Expression};
use super::unread::PassedOver;

/// Reads expressions of one file.
pub(super) struct Reader<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) file: &'s SourceFile,
    /// Tokens that register something where reading stopped, and why it did.
    pub(super) unread: PassedOver,
}

/// Words that make an expression one of truth or of none of ours.
const OPERATORS: [&str; 19] = [
    "and", "not", "in", "is", "==", "!=", "<", ">", "<=", ">=", "-", "*", "/", "//", "&", "^",
    "<<", ">>", "@",
];

impl Reader<'_> {
    /// The expression that `range` is; as deep as `budget` allows, for facts are
    /// text that is read again, and readers have a limit.
    pub(super) fn expression(&self, range: Range<usize>, budget: usize) -> Expression {
        let source = self.source;
        let Range { start, end } = range;
        if start >= end || budget < 4 {
            return Expression::Other;
        }
        let (mut plus, mut or, mut ternary) = (Vec::new(), Vec::new(), None);
        let mut at = start;
        while at < end {
            match (source.word(at), source.kind(at)) {
                (_, Some(Kind::String | Kind::Number)) => {}
                ("lambda" | "yield" | ":=", _) => return Expression::Other,
                ("if", _) => ternary = Some(at),
                ("else", _) => {
                    let Some(test) = ternary else { return Expression::Other };
                    return Expression::If(
                        Box::new(self.test(test + 1..at, budget - 2)),
                        Box::new(self.expression(start..test, budget - 2)),
                        Box::new(self.expression(at + 1..end, budget - 2)),
                    );
                }
                ("or" | "|", _) if at > start => or.push(at),
                ("+", _) if at > start => plus.push(at),
                // Still a choice where it is one part of an `or`.
                (word, _)
                    if at > start
                        && OPERATORS.contains(&word)
                        && or.is_empty()
                        && !self.has_or(at..end) =>
                {
                    return Expression::Other;
                }
                _ => {}
            }
            at = source.next(at, end);
        }
        if ternary.is_some() {
            return Expression::Other;
        }
        if !or.is_empty() {
            return Expression::Or(self.split(start, end, &or, budget));
        }
        if !plus.is_empty() {
            return Expression::Sum(self.split(start, end, &plus, budget));
        }
        match source.word(start) {
            "await" => self.expression(start + 1..end, budget),
            "*" | "**" => Expression::All(Box::new(self.expression(start + 1..end, budget - 2))),
            _ => self.chain(start, end, budget),
        }
    }

    /// What a condition asks, as far as it is one of names.
    pub(super) fn test(&self, range: Range<usize>, budget: usize) -> Expression {
        let source = self.source;
        let Range { start, end } = range;
        if budget < 4 {
            return Expression::Other;
        }
        if source.word(start) == "not" {
            return Expression::Not(Box::new(self.expression(start + 1..end, budget - 2)));
        }
        if end > start + 2 && source.word(end - 1) == "None" {
            let is = |at: usize| source.word(at) == "is";
            let is_nothing = |end: usize| {
                Expression::IsNothing(Box::new(self.expression(start..end, budget - 4)))
            };
            if is(end - 2) {
                return is_nothing(end - 2);
            }
            if source.word(end - 2) == "not" && is(end - 3) {
                return Expression::Not(Box::new(is_nothing(end - 3)));
            }
        }
        self.expression(start..end, budget)
    }

    fn has_or(&self, range: Range<usize>) -> bool {
        let mut at = range.start;
        while at < range.end {
            if self.source.word(at) == "or" {
                return true;
            }
            at = self.source.next(at, range.end);
        }
        false
    }

    fn split(&self, start: usize, end: usize, at: &[usize], budget: usize) -> Vec<Expression> {
        let starts = std::iter::once(start).chain(at.iter().map(|at| at + 1));
        let ends = at.iter().copied().chain(std::iter::once(end));
        starts.zip(ends).map(|(start, end)| self.expression(start..end, budget - 2)).collect()
    }

    /// Names, calls and items after each other: `a.b(c)[d]`.
    fn chain(&self, start: usize, end: usize, budget: usize) -> Expression {
        let source = self.source;
        let mut links = 0;
        let mut at = self.after_atom(start, end);
        let first = at;
        while at < end {
            at = match source.word(at) {
                "." if source.kind(at + 1) == Some(Kind::Name) => at + 2,
                "(" | "[" => source.next(at, end),
                _ => return Expression::Other,
            };
            links += 1;
        }
        let Some(mut left) = budget.checked_sub(4 * links).filter(|left| *left >= 4) else {
            return Expression::Other;
        };
        let mut value = self.atom(start, first, left);
        at = first;
        while at < end {
            left += 4;
            match source.word(at) {
                "." => {
                    value = Expression::Member(Box::new(value), source.word(at + 1).to_owned());
                    at += 2;
                }
                "(" => {
                    let close = source.next(at, end).saturating_sub(1);
                    value = self.call(value, start..at, at + 1..close, left);
                    at = close + 1;
                }
                _ => {
                    let close = source.next(at, end).saturating_sub(1);
                    let key = self.expression(at + 1..close, left - 4);
                    value = Expression::Item(Box::new(value), Box::new(key));
                    at = close + 1;
                }
            }
        }
        value
    }

    fn after_atom(&self, start: usize, end: usize) -> usize {
        let source = self.source;
        let mut at = source.next(start, end);
        // Literals beside each other are one.
        if source.kind(start) == Some(Kind::String) {
            while at < end && source.kind(at) == Some(Kind::String) {
                at += 1;
            }
        }
        at.min(end)
    }

    fn atom(&self, start: usize, end: usize, budget: usize) -> Expression {
        let source = self.source;
        match (source.kind(start), source.word(start)) {
            (Some(Kind::String), _) => self.text(start..end),
            (Some(Kind::Name), "True") => Expression::Truth(true),
            (Some(Kind::Name), "False") => Expression::Truth(false),
            (Some(Kind::Name), "None") => Expression::Nothing,
            (Some(Kind::Name), name) => Expression::Name(name.to_owned()),
            (_, "(") => {
                let inner = start + 1..end.saturating_sub(1);
                match self.elements(inner.clone()).as_slice() {
                    [only] if only.end == inner.end => match self.each(only.clone(), budget) {
                        Some(each) => each,
                        None => self.expression(inner, budget - 2),
                    },
                    _ => self.list(inner, budget),
                }
            }
            (_, "[") => {
                let inner = start + 1..end.saturating_sub(1);
                self.each(inner.clone(), budget).unwrap_or_else(|| self.list(inner, budget))
            }
            (_, "{") => self.map(start + 1..end.saturating_sub(1), budget),
            _ => Expression::Other,
        }
    }

    fn text(&self, range: Range<usize>) -> Expression {
        let mut found: Vec<Expression> = Vec::new();
        for at in range {
            let Some(parts) = literal::parts(self.source.word(at)) else {
                return Expression::Other;
            };
            for part in parts {
                match (part, found.last_mut()) {
                    (Part::Text(text), Some(Expression::Text(last))) => last.push_str(&text),
                    (Part::Text(text), _) => found.push(Expression::Text(text)),
                    (Part::Unknown, _) => found.push(Expression::Other),
                    (Part::Name(names), _) => {
                        let mut names = names.into_iter().take(6);
                        let first = Expression::Name(names.next().unwrap_or_default());
                        found.push(
                            names.fold(first, |of, name| Expression::Member(Box::new(of), name)),
                        );
                    }
                }
            }
        }
        match (found.len(), found.pop()) {
            (1, Some(text @ Expression::Text(_))) => text,
            (_, Some(last)) => {
                found.push(last);
                Expression::Sum(found)
            }
            (_, None) => Expression::Text(String::new()),
        }
    }

    /// Each element of what stands between brackets.
    pub(super) fn elements(&self, inner: Range<usize>) -> Vec<Range<usize>> {
        let (mut found, mut start, mut at) = (Vec::new(), inner.start, inner.start);
        while at < inner.end {
            if self.source.word(at) == "," {
                found.push(start..at);
                start = at + 1;
            }
            at = self.source.next(at, inner.end);
        }
        if start < inner.end {
            found.push(start..inner.end);
        }
        found.retain(|it| !it.is_empty());
        found
    }

    fn list(&self, inner: Range<usize>, budget: usize) -> Expression {
        let elements = self.elements(inner);
        if self.is_data(&elements) {
            return Expression::Other;
        }
        Expression::List(elements.into_iter().map(|it| self.expression(it, budget - 2)).collect())
    }

    fn map(&self, inner: Range<usize>, budget: usize) -> Expression {
        let source = self.source;
        if self.each(inner.clone(), budget).is_some() {
            return Expression::Other;
        }
        let elements = self.elements(inner);
        let colon = |range: &Range<usize>| {
            let mut at = range.start;
            while at < range.end {
                if source.word(at) == ":" {
                    return Some(at);
                }
                at = source.next(at, range.end);
            }
            None
        };
        if self.is_data(&elements) {
            return Expression::Other;
        }
        if !elements.is_empty() && elements.iter().all(|it| colon(it).is_none()) {
            let read = elements.into_iter().map(|it| self.expression(it, budget - 2));
            return Expression::List(read.collect());
        }
        let pair = |range: Range<usize>| match colon(&range) {
            Some(at) => {
                let key = self.expression(range.start..at, budget - 3);
                (key, self.expression(at + 1..range.end, budget - 3))
            }
            None => (Expression::Other, self.expression(range, budget - 3)),
        };
        Expression::Map(elements.into_iter().map(pair).collect())
    }

    /// `element for name in list`.
    fn each(&self, inner: Range<usize>, budget: usize) -> Option<Expression> {
        let source = self.source;
        let (mut over, mut within) = (None, None);
        let mut end = inner.end;
        let mut at = inner.start;
        while at < inner.end {
            match (source.word(at), over, within) {
                ("for", None, _) => over = Some(at),
                ("in", Some(_), None) => within = Some(at),
                // Which are left out, nobody knows.
                ("if" | "for", Some(_), Some(_)) => return Some(Expression::Other),
                ("," | ":", None, _) => return None,
                (",", Some(_), Some(_)) => end = at,
                _ => {}
            }
            at = source.next(at, inner.end);
        }
        let (over, within) = (over?, within?);
        Some(Expression::Each(
            Box::new(self.expression(inner.start..over, budget - 2)),
            Box::new(self.targets(over + 1..within, budget - 2)),
            Box::new(self.expression(within + 1..end, budget - 2)),
        ))
    }

    /// What a loop or an assignment gives names to.
    pub(super) fn targets(&self, range: Range<usize>, budget: usize) -> Expression {
        if self.elements(range.clone()).len() > 1 {
            return self.list(range, budget);
        }
        self.expression(range, budget)
    }

    fn call(
        &self,
        callee: Expression,
        name: Range<usize>,
        inner: Range<usize>,
        budget: usize,
    ) -> Expression {
        let source = self.source;
        let ranges = self.elements(inner.clone());
        let read = |range: &Range<usize>| {
            let is_named = source.word(range.start + 1) == "="
                && source.kind(range.start) == Some(Kind::Name)
                && range.len() > 2;
            if is_named {
                let value = self.expression(range.start + 2..range.end, budget - 4);
                return Argument(Some(source.word(range.start).to_owned()), value);
            }
            let value = self.each(range.clone(), budget - 4);
            Argument(None, value.unwrap_or_else(|| self.expression(range.clone(), budget - 4)))
        };
        if self.is_data(&ranges) {
            return Expression::Other;
        }
        let arguments: Vec<Argument> = ranges.iter().map(read).collect();
        // Shown is what says which route it is, or what is called.
        let shown = ranges.first().cloned().unwrap_or(name);
        let span = self.file.span(source.bytes(&shown));
        let written = match arguments.first() {
            Some(Argument(None, Expression::Text(_))) => None,
            _ => {
                let text = source.text.get(source.bytes(&shown)).unwrap_or_default();
                Some(text.chars().take(80).collect())
            }
        };
        Expression::Call(Box::new(callee), arguments, span, written)
    }
}
