//! The parser recurses: a text is measured before the parser is handed it.

use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

use super::Fault;

/// Brackets, and blocks, inside each other.
const NESTING_MAX: usize = 120;
/// Operators that stand in one expression with everything around it: each can
/// be a level of the tree.
const CHAIN_MAX: usize = 600;
/// Quoted texts in quoted texts that are looked into.
const QUOTES_MAX: usize = 6;

/// Words that join or begin an expression or a query: each can be a level.
const JOINING: [&str; 17] = [
    "and",
    "or",
    "not",
    "is",
    "in",
    "like",
    "ilike",
    "between",
    "collate",
    "at",
    "union",
    "except",
    "intersect",
    "join",
    "explain",
    "isnull",
    "notnull",
];

/// Where `text` is nested deeper than any migration that a person wrote.
pub(super) fn too_deep(text: &str) -> Option<Fault> {
    // Bodies of functions and blocks are quoted texts, and are parsed as well.
    let mut texts: Vec<(Range<usize>, usize)> = vec![(0..text.len(), 0)];
    while let Some((range, quotes)) = texts.pop() {
        let mut at = range.start;
        let mut level = Level::new(quotes > 0);
        for token in tokenize(text.get(range.clone()).unwrap_or_default()) {
            let here = at..at + token.len as usize;
            at = here.end;
            let word = text.get(here.clone()).unwrap_or_default();
            if let Some(inner) = quoted(token.kind, word, &here) {
                if quotes == QUOTES_MAX {
                    let reason = "holds quoted texts nested too deep to be read".to_owned();
                    return Some(Fault { span: here, reason });
                }
                texts.push((inner, quotes + 1));
            }
            level.take(token.kind, word);
            if level.is_too_deep() {
                return Some(Fault { span: here, reason: "is nested too deep to be read".into() });
            }
        }
    }
    None
}

/// The bytes between the quotes of a text that could be SQL.
fn quoted(kind: TokenKind, word: &str, here: &Range<usize>) -> Option<Range<usize>> {
    let TokenKind::Literal { kind } = kind else { return None };
    match kind {
        LiteralKind::Int { .. } | LiteralKind::Numeric { .. } => None,
        _ => {
            let quote = word.find(['\'', '$'])?;
            let tag = match word.get(quote..)?.strip_prefix('$') {
                Some(rest) => rest.find('$')? + 2,
                None => 1,
            };
            let start = here.start + quote + tag;
            // Without its end, an unclosed text is measured as if it went on.
            let end = here.end.saturating_sub(tag).max(start);
            (end > start).then_some(start..end)
        }
    }
}

/// How deep the text is at one place.
struct Level {
    is_body: bool,
    /// Operators so far, for each open bracket.
    open: Vec<usize>,
    operators: usize,
    blocks: usize,
    /// After `when` or `elsif`: their `then` opens nothing.
    in_branch: bool,
    after_end: bool,
}

impl Level {
    fn new(is_body: bool) -> Level {
        let open = vec![0];
        Level { is_body, open, operators: 0, blocks: 0, in_branch: false, after_end: false }
    }

    fn is_too_deep(&self) -> bool {
        self.open.len() + self.blocks > NESTING_MAX || self.operators > CHAIN_MAX
    }

    fn take(&mut self, kind: TokenKind, word: &str) {
        use TokenKind::{
            BlockComment, CloseBracket, CloseParen, Comma, Eof, Ident, LineComment, Literal,
            OpenBracket, OpenParen, PositionalParam, QuotedIdent, Semi, Whitespace,
        };
        match kind {
            Whitespace | LineComment | BlockComment { .. } => return,
            OpenParen | OpenBracket => self.open.push(0),
            CloseParen | CloseBracket if self.open.len() > 1 => {
                self.operators -= self.open.pop().unwrap_or(0);
            }
            Comma => self.forget(),
            Semi => {
                self.open.truncate(1);
                self.operators = self.open.first().copied().unwrap_or(0);
                self.forget();
            }
            Ident => self.word(&word.to_ascii_lowercase()),
            Literal { .. } | PositionalParam { .. } | QuotedIdent { .. } | Eof => {}
            _ => self.operator(),
        }
        if kind != Ident {
            self.after_end = false;
        }
    }

    fn word(&mut self, word: &str) {
        let after_end = std::mem::replace(&mut self.after_end, word == "end");
        match word {
            "end" => self.blocks = self.blocks.saturating_sub(1),
            "case" | "loop" | "begin" if after_end => {}
            "case" | "atomic" => self.blocks += 1,
            "loop" | "begin" if self.is_body => self.blocks += 1,
            "when" | "elsif" | "elseif" => self.in_branch = true,
            "then" if self.in_branch => self.in_branch = false,
            "then" if self.is_body => self.blocks += 1,
            word if JOINING.contains(&word) => self.operator(),
            _ => {}
        }
    }

    fn operator(&mut self) {
        if let Some(level) = self.open.last_mut() {
            *level += 1;
            self.operators += 1;
        }
    }

    fn forget(&mut self) {
        if let Some(level) = self.open.last_mut() {
            self.operators -= *level;
            *level = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_not_too_deep() {
        let list = "(1, 'a', now()), ".repeat(5_000);
        assert!(too_deep(&format!("insert into t values {list} (2, 'b', now());")).is_none());
        assert!(
            too_deep(&"begin; update t set a = b + 1 where c or d; commit;".repeat(500)).is_none()
        );
        let branch =
            "if a then x := 1; elsif b then x := 2; end if; loop exit; end loop;".repeat(300);
        assert!(too_deep(&format!("do $$ begin {branch} end $$;")).is_none());
        let cases = "select case when a then 1 when b then 2 end;".repeat(300);
        assert!(too_deep(&cases).is_none());
    }

    #[test]
    fn what_nobody_writes_is() {
        for (open, close) in
            [("(", ")"), ("a[", "]"), ("case when 1 then ", " end"), ("not ", ""), ("- ", "")]
        {
            let text = format!("select {}1{}", open.repeat(1_000), close.repeat(1_000));
            assert!(too_deep(&text).is_some(), "{open}");
        }
        for piece in ["+1", "::int", " union select 1", ".a", " join a", " or b"] {
            assert!(too_deep(&format!("select 1{}", piece.repeat(1_000))).is_some(), "{piece}");
        }
        let blocks = "if a then b; ".repeat(200);
        assert!(too_deep(&format!("do $$ begin {blocks} end $$;")).is_some());
        assert!(too_deep(&format!("do $$ begin {} end $$;", "begin null; ".repeat(200))).is_some());
    }
}
