//! `//go:build` as what it is: a boolean expression over tags.
//!
//! Source: `go help buildconstraint`.

use std::collections::BTreeSet;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    Tag(String),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
}

/// More tags than this are not tried out: 2^16 cases.
const TAGS_MAX: usize = 16;
/// Deeper than this is no expression that a person wrote.
const DEPTH_MAX: usize = 64;

impl Expression {
    /// Reads an expression; none where it is not one.
    pub(crate) fn parse(text: &str) -> Option<Expression> {
        let mut parser = Parser { words: words(text)?, at: 0, depth: 0 };
        let expression = parser.or()?;
        (parser.at == parser.words.len()).then_some(expression)
    }

    /// Whether this makes `required` certain: there is no set of tags under
    /// which this holds and `required` does not. Tags are taken as independent,
    /// which can only refuse too much (`linux && windows` is thought possible).
    pub(crate) fn proves(&self, required: &Expression) -> bool {
        let mut tags = BTreeSet::new();
        self.tags(&mut tags);
        required.tags(&mut tags);
        let tags: Vec<&str> = tags.into_iter().collect();
        if tags.len() > TAGS_MAX {
            return false;
        }
        (0_u32..1 << tags.len()).all(|case| {
            let holds = |tag: &str| {
                tags.iter().position(|known| *known == tag).is_some_and(|at| case >> at & 1 == 1)
            };
            !self.holds(&holds) || required.holds(&holds)
        })
    }

    fn holds(&self, tag: &impl Fn(&str) -> bool) -> bool {
        match self {
            Expression::Tag(name) => tag(name),
            Expression::Not(inner) => !inner.holds(tag),
            Expression::And(left, right) => left.holds(tag) && right.holds(tag),
            Expression::Or(left, right) => left.holds(tag) || right.holds(tag),
        }
    }

    fn tags<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        match self {
            Expression::Tag(name) => {
                found.insert(name);
            }
            Expression::Not(inner) => inner.tags(found),
            Expression::And(left, right) | Expression::Or(left, right) => {
                left.tags(found);
                right.tags(found);
            }
        }
    }
}

fn words(text: &str) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_tag = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let length = match first {
            '(' | ')' | '!' => 1,
            '&' if rest.starts_with("&&") => 2,
            '|' if rest.starts_with("||") => 2,
            c if is_tag(c) => rest.find(|c| !is_tag(c)).unwrap_or(rest.len()),
            _ => return None,
        };
        let (word, after) = rest.split_at_checked(length)?;
        words.push(word);
        rest = after.trim_start();
    }
    Some(words)
}

struct Parser<'a> {
    words: Vec<&'a str>,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }

    fn or(&mut self) -> Option<Expression> {
        let mut left = self.and()?;
        while self.take("||") {
            left = Expression::Or(Box::new(left), Box::new(self.and()?));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut left = self.not()?;
        while self.take("&&") {
            left = Expression::And(Box::new(left), Box::new(self.not()?));
        }
        Some(left)
    }

    fn not(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let expression = if self.take("!") {
            Expression::Not(Box::new(self.not()?))
        } else if self.take("(") {
            let inner = self.or()?;
            self.take(")").then_some(inner)?
        } else {
            let word: &'a str = self.words.get(self.at)?;
            let is_tag = word.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
            self.at += 1;
            is_tag.then(|| Expression::Tag(word.to_owned()))?
        };
        self.depth -= 1;
        Some(expression)
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    fn proves(text: &str) -> bool {
        Expression::parse(text).unwrap().proves(&Expression::parse("!core").unwrap())
    }

    #[test]
    fn a_seam_is_proven_only_where_no_tag_lets_it_in() {
        for text in ["!core", "linux && !core", "!(core || dev)", "!core && (a || b)", "x && !x"] {
            assert!(proves(text), "{text}");
        }
        for text in
            ["linux || !core", "core", "linux", "!core || !linux", "!(core && dev)", "!!core"]
        {
            assert!(!proves(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_none() {
        for text in ["", "!", "a b", "a &&", "(a", "a)", "a & b", "a, b", "&& a"] {
            assert_eq!(Expression::parse(text), None, "{text}");
        }
        assert_eq!(Expression::parse(&"(".repeat(10_000)), None);
        assert_eq!(Expression::parse(&"!".repeat(10_000)), None);
    }

    #[test]
    fn too_many_tags_prove_nothing() {
        let tags: Vec<String> = (0..40).map(|n| format!("t{n}")).collect();
        assert!(!proves(&format!("!core && ({})", tags.join(" || "))));
    }
}
