//! What PostgreSQL takes, or gets, and the parser does not read: a second try
//! at a text in which that is written so that it can be read, byte for byte at
//! the same place.

use std::collections::BTreeSet;
use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

use super::tree::folded;

/// A text that may be readable now.
pub(super) struct Mended {
    pub(super) text: String,
    /// Variables that `INTO` fills.
    pub(super) returned: BTreeSet<String>,
}

/// A tag that is longer is none.
const TAG_CHARACTERS_MAX: usize = 200;

/// Words that make a template's tag more than a name.
const CONTROL: [&str; 8] = ["if", "else", "end", "range", "with", "define", "template", "block"];

/// Writes placeholders of templates as names and takes `INTO variables` out of
/// `RETURNING … INTO variables` and `SELECT … INTO variables`; none where there is
/// nothing of either.
pub(super) fn mend(text: &str) -> Option<Mended> {
    let mut edits = placeholders(text)?;
    let mut returned = BTreeSet::new();
    let named = replaced(text, &edits);
    let targets = targets(&named);
    for range in &targets {
        let variables = named.get(range.clone()).unwrap_or_default();
        let words = variables.split(|c: char| c.is_whitespace() || c == ',');
        returned.extend(words.skip(1).filter(|word| !word.is_empty()).map(folded));
    }
    edits = targets.into_iter().map(|range| (range, String::new())).collect();
    let mended = replaced(&named, &edits);
    (mended != text).then_some(Mended { text: mended, returned })
}

/// `{{ .Schema }}` and `${schema}` → a name of the same length; none where a tag decides what
/// the text will be.
fn placeholders(text: &str) -> Option<Vec<(Range<usize>, String)>> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '$'])) {
        let start = at + found;
        let rest = text.get(start..).unwrap_or_default();
        let close = match (rest.starts_with("{{"), rest.starts_with("${")) {
            (true, _) => "}}",
            (_, true) => "}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let inner = text.get(start + 2..).unwrap_or_default();
        let near = inner.char_indices().nth(TAG_CHARACTERS_MAX).map_or(inner.len(), |(at, _)| at);
        let line = inner.get(..near)?.lines().next().unwrap_or_default();
        let Some(length) = line.find(close) else {
            at = start + 2;
            continue;
        };
        let mut tag = start..start + 2 + length + close.len();
        at = tag.end;
        let words = line.get(..length)?.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let Some(first) = words.first() else { continue };
        // `'{{1,2},{3,4}}'` is an array.
        if !first.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        if CONTROL.contains(first) {
            return None;
        }
        let (before, after) = (text.get(..tag.start)?, text.get(tag.end..)?);
        // The same name with quotes and without.
        if before.ends_with('"') && after.starts_with('"') {
            tag = tag.start - 1..tag.end + 1;
        }
        let glues = |c: char| c.is_alphanumeric() || c == '_';
        let (before, after) = (before.ends_with(glues), after.starts_with(glues));
        let name = words.join("_").to_ascii_lowercase();
        let width = tag.len();
        let name = match (before, after) {
            (true, true) => format!("{name:_<width$}"),
            (false, true) => format!("{name:>width$}"),
            _ => name,
        };
        edits.push((tag, name));
    }
    Some(edits)
}

/// The bytes of `INTO variables` after `RETURNING` and `SELECT` in texts between
/// dollars.
fn targets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for token in tokenize(text) {
        let here = at..at + token.len as usize;
        at = here.end;
        let TokenKind::Literal { kind: LiteralKind::DollarQuotedString { .. } } = token.kind else {
            continue;
        };
        let body = text.get(here.clone()).unwrap_or_default();
        let Some(tag) = body.get(1..).and_then(|rest| rest.find('$')).map(|at| at + 2) else {
            continue;
        };
        let inner = here.start + tag..here.end.saturating_sub(tag).max(here.start + tag);
        into(text, inner, &mut found);
    }
    found
}

/// Words after which a statement begins.
const OPENING: [&str; 5] = ["begin", "then", "else", "loop", "declare"];
/// Words of statements that fill variables where no other part does.
const ASKING: [&str; 3] = ["select", "with", "values"];

fn into(text: &str, body: Range<usize>, found: &mut Vec<Range<usize>>) {
    let mut at = body.start;
    let (mut depth, mut returning, mut asks) = (0_usize, None, false);
    let (mut is_first, mut before) = (true, String::new());
    let mut open: Option<(Range<usize>, bool)> = None;
    for token in tokenize(text.get(body).unwrap_or_default()) {
        let here = at..at + token.len as usize;
        at = here.end;
        let word = text.get(here.clone()).unwrap_or_default();
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {
                continue;
            }
            _ => {}
        }
        // A name, and more of them after a comma or a point.
        if let Some((range, wants_name)) = &mut open {
            let is_name = matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. });
            let joins = matches!(token.kind, TokenKind::Comma | TokenKind::Dot);
            if is_name && *wants_name {
                (range.end, *wants_name) = (here.end, word.eq_ignore_ascii_case("strict"));
                continue;
            } else if joins && !*wants_name {
                *wants_name = true;
                continue;
            }
            found.extend(open.take().map(|(range, _)| range));
        }
        let lower = match token.kind {
            TokenKind::Ident => word.to_ascii_lowercase(),
            _ => String::new(),
        };
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => depth = depth.saturating_sub(1),
            TokenKind::Semi => (depth, returning, asks) = (0, None, false),
            TokenKind::Ident if lower == "returning" => returning = Some(depth),
            TokenKind::Ident if lower == "into" => {
                let fills = asks && depth == 0 && !matches!(before.as_str(), "insert" | "merge");
                if returning == Some(depth) || fills {
                    open = Some((here, true));
                }
            }
            TokenKind::Ident if is_first => asks = ASKING.contains(&lower.as_str()),
            _ => {}
        }
        is_first = token.kind == TokenKind::Semi || OPENING.contains(&lower.as_str());
        before = lower;
    }
    found.extend(open.map(|(range, _)| range));
}

/// `text` with each range replaced and filled up with blanks; line ends stay.
fn replaced(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (range, name) in edits {
        result.push_str(text.get(at..range.start).unwrap_or_default());
        result.push_str(name);
        let rest = text.get(range.start + name.len()..range.end).unwrap_or_default();
        result.extend(rest.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        at = range.end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<String> {
        let mended = mend(text).map(|it| it.text)?;
        assert_eq!(mended.len(), text.len(), "{mended}");
        Some(mended)
    }

    #[test]
    fn placeholders_become_names() {
        let found = text(r#"ALTER TABLE {{ index .Options "Namespace" }}.users ADD a int;"#);
        let name = "index_options_namespace";
        assert_eq!(found.unwrap(), format!("ALTER TABLE {name:<32}.users ADD a int;"));
        assert_eq!(text("\"{{.X}}\".a").unwrap(), "x       .a");
        assert_eq!(text("a.{{.Prefix}}_b").unwrap(), "a.     prefix_b");
        assert_eq!(text("a{{.X}}b").unwrap(), "ax_____b");
        assert_eq!(text("drop table ${schema}.a;").unwrap(), "drop table schema   .a;");
        for other in ["select '{{1,2},{3,4}}';", "{{ if .A }} x {{ .B }} {{ end }}", "{{", "a"] {
            assert!(text(other).is_none(), "{other}");
        }
    }

    #[test]
    fn what_returning_fills_is_taken_out_and_told() {
        let block = "DO $$ BEGIN INSERT INTO a VALUES (1) RETURNING (id), b INTO x, \"Y\"; END $$;";
        let mended = mend(block).unwrap();
        assert_eq!(mended.text, block.replace("INTO x, \"Y\"", &" ".repeat(11)));
        assert_eq!(mended.returned.into_iter().collect::<Vec<_>>(), ["Y", "x"]);
        let block =
            "DO $$ BEGIN IF b THEN SELECT count(*) INTO STRICT n, r.x FROM a; END IF; END $$;";
        let mended = mend(block).unwrap();
        assert_eq!(mended.text, block.replace("INTO STRICT n, r.x", &" ".repeat(18)));
        for other in ["INSERT INTO a SELECT 1;", "WITH b AS (SELECT 1) INSERT INTO a SELECT 1;"] {
            assert!(mend(&format!("DO $$ BEGIN {other} END $$;")).is_none(), "{other}");
        }
        assert!(mend("select 'returning a into b';").is_none());
    }
}
