//! Statements that end with a line: goose and sql-migrate know no quotes, and
//! send what they have gathered wherever a line's last word ends with a semicolon.

use std::ops::Range;

use super::Running;
use super::section::lines;
use crate::postgres;

/// Whether a line ends a statement: by its last word before a comment.
pub(super) fn ends(line: &str) -> bool {
    let words = line.split_whitespace().take_while(|word| !word.starts_with("--"));
    words.last().is_some_and(|word| word.ends_with(';'))
}

/// A line inside of a quoted text at which a statement is ended; `whole` is
/// what is taken as it is.
pub(super) fn cut(text: &str, span: &Range<usize>, whole: &[Range<usize>]) -> Option<Range<usize>> {
    let kept = text.get(span.clone())?;
    for quoted in postgres::quoted(kept) {
        let quoted = span.start + quoted.start..span.start + quoted.end;
        if whole.iter().any(|it| it.start <= quoted.start && quoted.end <= it.end) {
            continue;
        }
        let inner = text.get(quoted.clone())?;
        // The last line of it goes on after the quote.
        let last = inner.rfind('\n').unwrap_or(0);
        let ended = lines(inner).filter(|line| line.start <= last && last > 0);
        let mut ended = ended.filter(|line| line.start + line.text.len() <= last);
        if let Some(line) = ended.find(|line| ends(line.text)) {
            return Some(quoted.start + line.start..quoted.start + line.start + line.text.len());
        }
    }
    None
}

/// Whether what can run in no transaction is sent in one text with others.
pub(super) fn holds_one(running: &Running<'_>) -> bool {
    let start = running.section.span.start;
    running.section.together.iter().any(|block| {
        let is_in = |span: &Range<usize>| block.contains(&(span.start + start));
        let parts = running.script.parts.iter().filter(|part| is_in(part));
        let mut statements = running.script.statements.iter().filter(|it| is_in(&it.span));
        parts.count() > 1 && statements.any(Running::runs_alone)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_before_a_comment_ends_a_statement() {
        for line in ["select 1;", "select 1; -- one", "select 1; --one", ";", "end $$;\t"] {
            assert!(ends(line), "{line}");
        }
        for line in ["select 1", "-- select 1;", "select 1; /* one */", "select 1;--one", ""] {
            assert!(!ends(line), "{line}");
        }
    }
}
