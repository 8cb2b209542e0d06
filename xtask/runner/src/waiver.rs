//! Reasoned exceptions: their one grammar, and which findings they cover.
//!
//! ```text
//! gate:allow RULE[,RULE] reason="…" [until=2027-01-31] [since=v41]
//! ```
//!
//! in any comment, on the finding's line or alone on a line above it. RULE is
//! a full id or the offence alone. Nothing else may follow but what ends a
//! comment: in a mistyped word the `until` could be lost, and with it the end.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, ReadError, Source};
use serde::{Deserialize, Serialize};

/// What begins a waiver.
const MARK: &[u8] = b"gate:allow";
/// What may stand before it on its line.
const LEADERS: [&str; 9] = ["#", "//", "--", "/*", "<!--", ";", "%", "*", "{{/*"];

/// What may stand after it: the end of a comment.
const CLOSERS: [&str; 7] = ["", "-->", "*/", "*/}}", "}}", "--}}", "#}"];

/// A waiver in a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Line it stands on, from 1.
    pub line: u32,
    /// Line it covers: its own, or the next that is no comment.
    pub covers: u32,
    /// Full ids or offences.
    pub rules: Vec<String>,
    /// Why, if it says so.
    pub reason: Option<String>,
    /// Last day, as written.
    pub until: Option<String>,
    /// Release it belongs to, as written.
    pub since: Option<String>,
    /// Whether words of it are not of the grammar: it then covers nothing.
    pub unread: bool,
    /// Bytes that, taken out, take out this comment and nothing else: its whole
    /// line where nothing else stands on it. None where that is not certain.
    pub bytes: Option<Range<usize>>,
}

/// Every waiver comment of a text.
#[must_use]
pub fn comments(text: &[u8]) -> Vec<Comment> {
    let mut found = Vec::new();
    // Most files hold none: one fast search answers that.
    let Some(first) = memchr::memmem::find(text, MARK) else { return found };
    let start =
        text.get(..first).and_then(|head| memchr::memrchr(b'\n', head)).map_or(0, |at| at + 1);
    let before = text.get(..start).unwrap_or_default();
    let mut number = u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX);
    let mut waiting: Vec<usize> = Vec::new();
    let mut next = start;
    for line in text.get(start..).unwrap_or_default().split(|byte| *byte == b'\n') {
        number = number.saturating_add(1);
        let (start, end) = (next, (next + line.len() + 1).min(text.len()));
        next = end;
        let line = String::from_utf8_lossy(line);
        let trimmed = line.trim();
        let is_comment = LEADERS.iter().any(|leader| trimmed.starts_with(leader));
        if !is_comment && !trimmed.is_empty() {
            for index in waiting.drain(..) {
                if let Some(comment) = found.get_mut(index) {
                    let comment: &mut Comment = comment;
                    comment.covers = number;
                }
            }
        }
        if let Some(mut comment) = comment(&line, number) {
            // Only of text as it is: what is no UTF-8 has other places.
            comment.bytes =
                comment.bytes.filter(|_| matches!(line, Cow::Borrowed(_))).map(|bytes| match bytes
                    .start
                {
                    0 => start..end,
                    at => start + at..start + bytes.end,
                });
            if is_comment {
                waiting.push(found.len());
            }
            found.push(comment);
        }
    }
    found
}

fn comment(line: &str, number: u32) -> Option<Comment> {
    let at = line.find("gate:allow")?;
    let before = line.get(..at)?.trim_end();
    // A leader inside a word or right after a quote opens no comment: a program
    // that prints or tests waivers is full of those.
    let opens = |leader: &&str| {
        let code = before.strip_suffix(*leader);
        code.is_some_and(|code| code.is_empty() || code.ends_with(char::is_whitespace))
    };
    let leader = LEADERS.iter().copied().find(|leader| opens(leader))?;
    let rest = line.get(at + MARK.len()..)?;
    let spaced = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let (rules, mut rest) = words(rest);
    let mut comment = Comment {
        line: number,
        covers: number,
        rules,
        reason: None,
        until: None,
        since: None,
        unread: false,
        bytes: None,
    };
    while let Some((key, value, after)) = pair(rest) {
        let slot = match key {
            "reason" => &mut comment.reason,
            "until" => &mut comment.until,
            "since" => &mut comment.since,
            _ => break,
        };
        // Said twice, one of them would be lost.
        if slot.is_some() {
            break;
        }
        *slot = Some(value);
        rest = after;
    }
    // A reason is for people: blanks and marks alone are none.
    comment.reason = comment.reason.filter(|reason| reason.contains(char::is_alphanumeric));
    comment.unread = !spaced || !CLOSERS.contains(&rest.trim());
    if !comment.unread && closes(leader, rest.trim()) {
        let code = before.strip_suffix(leader).unwrap_or_default().trim_end();
        comment.bytes = Some(code.len()..line.trim_end_matches('\r').len());
    }
    Some(comment)
}

/// Whether a comment that begins so ends so, and no other line belongs to it.
fn closes(leader: &str, closer: &str) -> bool {
    match leader {
        "/*" => closer == "*/",
        "<!--" => closer == "-->",
        "{{/*" => closer == "*/}}",
        _ => closer.is_empty(),
    }
}

/// The comma-separated rules at the start, and what follows them.
fn words(text: &str) -> (Vec<String>, &str) {
    let mut rules = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_/".contains(c)));
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        if word.is_empty() || after.starts_with('=') {
            return (rules, rest);
        }
        rules.push(word.to_owned());
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after.trim_start(),
            None => return (rules, rest),
        }
    }
}

/// `key="value"` or `key=value` at the start, and what follows it.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let (key, rest) = text.trim_start().split_once('=')?;
    if key.is_empty() || !key.chars().all(|c| c.is_ascii_lowercase()) {
        return None;
    }
    match rest.strip_prefix('"') {
        Some(quoted) => {
            let (value, after) = quoted.split_once('"')?;
            Some((key, value.to_owned(), after))
        }
        // Another quote would end at the first blank.
        None if rest.starts_with(['\'', '`', '“', '”', '„', '«', '‘']) => None,
        None => {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (value, after) = rest.split_at(end);
            Some((key, value.to_owned(), after))
        }
    }
}

/// A tree's content that notes the waiver comments of every file read through
/// it, so that no file is read a second time for them.
pub struct Watched {
    inner: Arc<dyn Source>,
    seen: Mutex<BTreeMap<Utf8PathBuf, Vec<Comment>>>,
}

impl Watched {
    /// Watches `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Source>) -> Watched {
        Watched { inner, seen: Mutex::default() }
    }

    /// Comments of a file that need not be read again: an earlier run saw them.
    pub fn know(&self, path: &Utf8Path, comments: Vec<Comment>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(path.to_owned(), comments);
    }

    /// The waiver comments seen so far, by file.
    #[must_use]
    pub fn seen(&self) -> BTreeMap<Utf8PathBuf, Vec<Comment>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Source for Watched {
    fn entries(&self) -> &[Entry] {
        self.inner.entries()
    }

    fn find(&self, path: &Utf8Path) -> Option<Entry> {
        self.inner.find(path)
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        let bytes = self.inner.read(entry)?;
        let comments = comments(&bytes);
        if !comments.is_empty() {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(entry.path.clone(), comments);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Option<Comment> {
        comments(line.as_bytes()).into_iter().next()
    }

    #[test]
    fn the_whole_grammar() {
        let comment = one(
            "- uses: a/b@v1 # gate:allow action-pins/unpinned-uses, moving reason=\"its verifier needs a tag\" until=2027-01-31 since=v41",
        )
        .unwrap();
        assert_eq!(comment.rules, ["action-pins/unpinned-uses", "moving"]);
        assert_eq!(comment.reason.as_deref(), Some("its verifier needs a tag"));
        assert_eq!(comment.until.as_deref(), Some("2027-01-31"));
        assert_eq!(comment.since.as_deref(), Some("v41"));
    }

    #[test]
    fn comments_of_many_languages() {
        for line in [
            "-- gate:allow drop-column reason=\"r\"",
            "x(); // gate:allow drop-column reason=\"r\"",
            "/* gate:allow drop-column reason=\"r\" */",
            "<!-- gate:allow drop-column reason=\"r\" -->",
            "; gate:allow drop-column reason=\"r\"",
        ] {
            let comment = one(line).unwrap();
            assert_eq!(comment.rules, ["drop-column"], "{line}");
            assert_eq!(comment.reason.as_deref(), Some("r"), "{line}");
        }
    }

    #[test]
    fn words_in_running_text_are_no_waiver() {
        assert_eq!(one("write gate:allow RULE in a comment"), None);
        assert_eq!(one("let mark = \"gate:allow\";"), None);
        assert_eq!(one("let line = \"# gate:allow x\";"), None);
        assert_eq!(one("/// gate:allow RULE is told in the docs"), None);
    }

    #[test]
    fn an_empty_or_missing_reason_is_none() {
        assert_eq!(one("# gate:allow x").unwrap().reason, None);
        assert_eq!(one("# gate:allow x reason=\" \"").unwrap().reason, None);
        assert_eq!(one("# gate:allow x reason=\"unclosed").unwrap().reason, None);
        assert_eq!(one("# gate:allow x reason=\"\u{200b}\"").unwrap().reason, None);
    }

    #[test]
    fn what_is_not_of_the_grammar_is_kept_apart() {
        let unread = |rest: &str| {
            one(&format!("x # gate:allow unpinned-uses reason=\"r\"{rest}")).unwrap().unread
        };
        for fine in ["", " until=2027-01-31 since=v41", " until=\"2027-01-31\"", " -->", " */ "] {
            assert!(!unread(fine), "{fine}");
        }
        for lost in [
            " until =2020-01-01",
            " Until=2020-01-01",
            ",until=2020-01-01",
            " untill=2020-01-01",
            " until=\"2020-01-01",
            " until:2020-01-01",
            " until=2020-01-01 until=2099-01-01",
            " reason=\"again\"",
            " gate:allow other reason=\"r\"",
        ] {
            assert!(unread(lost), "{lost}");
        }
        for quoted in ["reason='two words'", "reason=“two words”", "reason=two words"] {
            let comment = one(&format!("# gate:allow unpinned-uses {quoted}")).unwrap();
            assert!(comment.unread, "{quoted}");
        }
        assert!(one("# gate:allowunpinned-uses reason=\"r\"").unwrap().unread);
    }

    #[test]
    fn a_comment_can_be_taken_out_alone() {
        let without = |text: &str| {
            let bytes = one(text).unwrap().bytes?;
            Some(format!("{}{}", &text[..bytes.start], &text[bytes.end..]))
        };
        for (text, left) in [
            ("a\n  # gate:allow x reason=\"r\"\nb\n", "a\nb\n"),
            ("a\n# gate:allow x reason=\"r\"", "a\n"),
            ("é: v  # gate:allow x reason=\"r\" \nb\n", "é: v\nb\n"),
            ("a; // gate:allow x reason=\"r\"\r\nb\r\n", "a;\r\nb\r\n"),
            ("// gate:allow x reason=\"r\"\r\nb\r\n", "b\r\n"),
            ("a # note # gate:allow x reason=\"r\"\n", "a # note\n"),
            ("# note # gate:allow x reason=\"r\"\n", "# note\n"),
            ("<p/> <!-- gate:allow x reason=\"r\" -->\n", "<p/>\n"),
            ("/* gate:allow x reason=\"r\" */\nb\n", "b\n"),
            ("/*\n * gate:allow x reason=\"r\"\n */\n", "/*\n */\n"),
        ] {
            assert_eq!(without(text).as_deref(), Some(left), "{text}");
        }
        for text in [
            "/* gate:allow x reason=\"r\"\n more */\n",
            "/*\n * gate:allow x reason=\"r\" */\n",
            "<!-- gate:allow x reason=\"r\"\n-->\n",
            "# gate:allow x reason=\"r\" and more words\n",
            "# gate:allow x reason=\"r\" }}\n",
        ] {
            assert_eq!(without(text), None, "{text}");
        }
        let latin1 = comments(b"caf\xe9 # gate:allow x reason=\"r\"\n");
        assert_eq!(latin1[0].bytes, None);
    }

    #[test]
    fn a_comment_alone_covers_the_next_line_that_is_none() {
        let text = b"a\n# gate:allow x reason=\"r\"\n# more words\n\ncode\n";
        let found = comments(text);
        assert_eq!((found[0].line, found[0].covers), (2, 5));
        let found = comments(b"code # gate:allow x reason=\"r\"\nnext\n");
        assert_eq!((found[0].line, found[0].covers), (1, 1));
    }
}
