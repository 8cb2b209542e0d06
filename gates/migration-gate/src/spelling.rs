//! Existing spellings of waivers, e.g. `-- lock-ok: a table of ten rows`.

use std::ops::Range;

use kernel::{CommentWaiver, SourceFile};

use crate::settings::Source;

/// Every comment of `file` that a spelling of `source` makes a waiver.
pub(crate) fn waivers(
    source: &Source,
    file: &SourceFile,
    comments: &[Range<usize>],
) -> Vec<CommentWaiver> {
    let mut found = Vec::new();
    if source.waivers.is_empty() {
        return found;
    }
    let text = file.text().unwrap_or_default();
    for comment in comments {
        let Some(words) = text.get(comment.clone()) else { continue };
        for (spelling, rules) in &source.waivers {
            let Some(reason) = reason(words, spelling) else { continue };
            let line = file.span(comment.clone()).line;
            let has_letters = |reason: &&str| reason.contains(char::is_alphanumeric);
            found.push(CommentWaiver {
                path: file.path().to_owned(),
                line,
                covers: covered(text, comment.start, line),
                rules: rules.iter().map(|rule| full(rule)).collect(),
                reason: Some(reason.trim()).filter(has_letters).map(str::to_owned),
            });
        }
    }
    found
}

fn full(rule: &str) -> String {
    match rule.contains('/') {
        true => rule.to_owned(),
        false => format!("{}/{rule}", crate::ID),
    }
}

/// What follows the spelling on its line, if the comment begins with it.
fn reason<'a>(comment: &'a str, spelling: &str) -> Option<&'a str> {
    // Of SQL, and of changelogs in XML and YAML.
    let inside = ["--", "/*", "<!--"].iter().find_map(|lead| comment.strip_prefix(lead));
    let inside = inside.or_else(|| comment.trim_start().strip_prefix('#'))?;
    let spelling = spelling.trim().trim_start_matches("--").trim();
    let inside = inside.trim_start();
    let head = inside.get(..spelling.len())?;
    if !head.eq_ignore_ascii_case(spelling) {
        return None;
    }
    let rest = inside.get(spelling.len()..)?;
    // `lock-ok` is not the start of `lock-okay`.
    if spelling.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let line = rest.lines().next().unwrap_or_default();
    Some(line.trim_end_matches("*/").trim_end_matches("-->"))
}

/// How far below a comment its code may be.
const LINES_MAX: usize = 200;

/// The comment's own line where code stands before it, else the next line that
/// holds code.
fn covered(text: &str, start: usize, line: u32) -> u32 {
    let before = text.get(..start).unwrap_or_default();
    let own = before.rsplit('\n').next().unwrap_or_default();
    if !own.trim().is_empty() {
        return line;
    }
    let rest = text.get(start..).unwrap_or_default();
    let mut in_block = false;
    for (number, following) in (line..).zip(rest.lines().take(LINES_MAX)) {
        let code = following.trim();
        if in_block {
            in_block = !code.contains("*/");
            continue;
        }
        if code.starts_with("/*") {
            in_block = !code.contains("*/");
            continue;
        }
        let is_comment = ["--", "<!--", "#"].iter().any(|lead| code.starts_with(lead));
        if !code.is_empty() && !is_comment {
            return number;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(u32, u32, Option<String>)> {
        let mut source = Source::default();
        source.waivers.insert("lock-ok:".to_owned(), vec!["index-not-concurrent".to_owned()]);
        let file = SourceFile::literal("m/1.sql", text);
        let waivers = waivers(&source, &file, &crate::postgres::read(text).comments);
        waivers.into_iter().map(|it| (it.line, it.covers, it.reason)).collect()
    }

    #[test]
    fn a_comment_binds_to_the_code_after_it() {
        let text = "-- lock-ok: ten rows,\n-- no more\n\nCREATE INDEX a ON b (c);\n";
        assert_eq!(found(text), [(1, 4, Some("ten rows,".to_owned()))]);
        let text = "CREATE INDEX a ON b (c); -- LOCK-OK: ten rows\n";
        assert_eq!(found(text), [(1, 1, Some("ten rows".to_owned()))]);
        let text = "DO $$\nBEGIN\n  -- lock-ok: small\n  ALTER TABLE a ADD b int;\nEND $$;\n";
        assert_eq!(found(text), [(3, 4, Some("small".to_owned()))]);
    }

    #[test]
    fn a_reason_is_kept_apart_from_none() {
        assert_eq!(found("-- lock-ok:\nselect 1;\n"), [(1, 2, None)]);
        assert_eq!(found("-- lock-ok: --\nselect 1;\n"), [(1, 2, None)]);
    }

    #[test]
    fn texts_and_other_words_are_no_waiver() {
        assert!(found("select '-- lock-ok: in a text';\n").is_empty());
        assert!(found("-- see lock-ok: elsewhere\nselect 1;\n").is_empty());
    }
}
