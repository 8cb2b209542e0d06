//! Where a scalar begins and ends: the parser's spans hold more, or less.

/// The parser's span of `&anchor !tag value` begins with the anchor.
pub(super) fn after_properties(source: &str, start: usize, end: usize) -> usize {
    let mut rest = source.get(start..end).unwrap_or_default();
    loop {
        let blank = rest.trim_start();
        rest = match blank.chars().next() {
            Some('&' | '!') => {
                blank.find(char::is_whitespace).and_then(|at| blank.get(at..)).unwrap_or("")
            }
            Some('#') => blank.find('\n').and_then(|at| blank.get(at..)).unwrap_or(""),
            _ => return end - blank.len(),
        };
    }
}

/// The parser's span of a block scalar begins with its content; a reader
/// looks for it where `|` or `>` stands, after the node before.
pub(super) fn block_header(source: &str, from: usize, start: usize, end: usize) -> usize {
    let from = from.min(start);
    let gap = source.get(from..end).unwrap_or_default();
    let mut skip_to_blank = false;
    let mut in_comment = false;
    let mut after_blank = false;
    for (at, c) in gap.char_indices() {
        match c {
            '\n' | '\r' => (in_comment, skip_to_blank) = (false, false),
            _ if in_comment => {}
            ' ' | '\t' => skip_to_blank = false,
            _ if skip_to_blank => {}
            '#' if after_blank => in_comment = true,
            '&' | '!' => skip_to_blank = true,
            '|' | '>' => return from + at,
            _ => {}
        }
        after_blank = c.is_whitespace();
    }
    start
}

/// The parser's span of a quoted scalar can reach over the comment after
/// it.
pub(super) fn closing_quote(source: &str, start: usize, end: usize) -> usize {
    let text = source.as_bytes().get(start..end).unwrap_or_default();
    let Some(quote @ (b'\'' | b'"')) = text.first() else { return end };
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        at += match byte {
            b'\\' if *quote == b'"' => 2,
            byte if byte == quote && *quote == b'\'' && text.get(at + 1) == Some(quote) => 2,
            byte if byte == quote => return start + at + 1,
            _ => 1,
        };
    }
    end
}

/// `end` without the blanks before it.
pub(super) fn trimmed_end(source: &str, start: usize, end: usize) -> usize {
    start + source.get(start..end).unwrap_or_default().trim_end().len()
}
