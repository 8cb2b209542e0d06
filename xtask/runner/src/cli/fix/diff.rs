//! Edits → a unified diff. The places are known, so that nothing is searched.

use std::collections::BTreeSet;
use std::ops::Range;

use annotate_snippets::renderer::{AnsiColor, Style};
use camino::Utf8Path;
use kernel::Edit;

use super::proposal::applied;
use crate::report::text::visible;

/// Unchanged lines that are shown around a change.
const CONTEXT_LINES: usize = 3;
/// What stands for a line that is not shown.
const MASK: &str = "(not shown: this line may hold a secret)";

/// How it is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// With terminal escapes.
    pub is_coloured: bool,
    /// With what a terminal would obey made visible: no patch any more.
    pub is_visible: bool,
}

/// Old lines, by position, and the lines that take their place.
struct Block {
    old: Range<usize>,
    new: Vec<Vec<u8>>,
}

/// The diff of one file; `edits` are sorted and do not overlap. Lines whose
/// number is in `hidden`, and what takes their place, are not shown.
pub fn unified(
    path: &Utf8Path,
    before: &[u8],
    edits: &[Edit],
    hidden: &BTreeSet<u32>,
    look: Look,
) -> Vec<u8> {
    let lines = Lines::of(before);
    let blocks = blocks(&lines, edits);
    let mut out = Out { text: Vec::new(), look };
    let name = |side: &str| format!("{side}/{}", visible(path.as_str()));
    out.line(&format!("--- {}", name("a")), None);
    out.line(&format!("+++ {}", name("b")), None);
    let is_hidden =
        |index: usize| u32::try_from(index + 1).is_ok_and(|number| hidden.contains(&number));
    let mut moved: isize = 0;
    let mut rest = blocks.as_slice();
    while !rest.is_empty() {
        let near = |pair: &[Block]| match pair {
            [one, next] => next.old.start.saturating_sub(one.old.end) <= 2 * CONTEXT_LINES,
            _ => false,
        };
        let length = 1 + rest.windows(2).take_while(|pair| near(pair)).count();
        let (hunk, later) = rest.split_at(length);
        rest = later;
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { break };
        let shown = first.old.start.saturating_sub(CONTEXT_LINES)
            ..(last.old.end + CONTEXT_LINES).min(lines.count());
        let gone: usize = hunk.iter().map(|block| block.old.len()).sum();
        let come: usize = hunk.iter().map(|block| block.new.len()).sum();
        let new_count = shown.len() - gone + come;
        let new_start = shown.start.saturating_add_signed(moved);
        // Of no line the line before is named.
        let place =
            |start: usize, count: usize| format!("{},{count}", start + usize::from(count > 0));
        let (old, new) = (place(shown.start, shown.len()), place(new_start, new_count));
        out.line(&format!("@@ -{old} +{new} @@"), Some(AnsiColor::Cyan));
        let mut at = shown.start;
        for block in hunk {
            for index in at..block.old.start {
                out.source(' ', lines.get(index), is_hidden(index));
            }
            for index in block.old.clone() {
                out.source('-', lines.get(index), is_hidden(index));
            }
            let is_masked = block.old.clone().any(is_hidden);
            for line in &block.new {
                out.source('+', line, is_masked);
            }
            at = block.old.end;
        }
        for index in at..shown.end {
            out.source(' ', lines.get(index), is_hidden(index));
        }
        moved += come.cast_signed() - gone.cast_signed();
    }
    out.text
}

/// A text's lines, each with its end.
struct Lines<'t> {
    text: &'t [u8],
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t [u8]) -> Lines<'t> {
        let ends = memchr::memchr_iter(b'\n', text).map(|at| at + 1);
        let starts = std::iter::once(0).chain(ends).filter(|start| *start < text.len()).collect();
        Lines { text, starts }
    }

    fn count(&self) -> usize {
        self.starts.len()
    }

    /// First byte of a line; the text's end for the line after the last.
    fn start(&self, index: usize) -> usize {
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    fn get(&self, index: usize) -> &'t [u8] {
        self.text.get(self.start(index)..self.start(index + 1)).unwrap_or_default()
    }

    /// The line that a byte is in, and whether it is the first of it. The end
    /// of the text is a line of its own where the last line has an end.
    fn at(&self, offset: usize) -> (usize, bool) {
        let is_closed = self.text.last().is_none_or(|byte| *byte == b'\n');
        if offset >= self.text.len() && is_closed {
            return (self.count(), true);
        }
        let index = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        (index, self.start(index) == offset)
    }
}

fn blocks(lines: &Lines<'_>, edits: &[Edit]) -> Vec<Block> {
    // Whole lines that each edit touches, joined where they meet.
    let mut ranges: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (index, edit) in edits.iter().enumerate() {
        let (first, is_start) = lines.at(edit.start);
        let (last, is_end) = lines.at(edit.end);
        let is_whole = is_end && (edit.text.ends_with('\n') || (edit.text.is_empty() && is_start));
        let end = if is_whole { last } else { (last + 1).min(lines.count()) };
        match ranges.last_mut() {
            Some((old, within)) if first <= old.end => {
                old.end = old.end.max(end);
                within.end = index + 1;
            }
            _ => ranges.push((first..end.max(first), index..index + 1)),
        }
    }
    let block = |(old, within): (Range<usize>, Range<usize>)| {
        let (start, end) = (lines.start(old.start), lines.start(old.end));
        let text = lines.text.get(start..end).unwrap_or_default();
        let after = applied(text, start, edits.get(within).unwrap_or_default());
        let new = after.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        Block { old, new }
    };
    ranges.into_iter().map(block).collect()
}

struct Out {
    text: Vec<u8>,
    look: Look,
}

impl Out {
    fn line(&mut self, text: &str, colour: Option<AnsiColor>) {
        self.painted(text.as_bytes(), colour);
    }

    fn source(&mut self, mark: char, line: &[u8], is_masked: bool) {
        let (line, has_end) = match line.strip_suffix(b"\n") {
            Some(line) => (line, true),
            None => (line, false),
        };
        let colour = match mark {
            '+' => Some(AnsiColor::Green),
            '-' => Some(AnsiColor::Red),
            _ => None,
        };
        let mut text = vec![mark as u8];
        if is_masked {
            text.extend_from_slice(MASK.as_bytes());
        } else if self.look.is_visible {
            let line = String::from_utf8_lossy(line).replace('\t', "    ");
            text.extend_from_slice(visible(line.trim_end_matches('\r')).as_bytes());
        } else {
            text.extend_from_slice(line);
        }
        self.painted(&text, colour);
        if !has_end {
            self.line("\\ No newline at end of file", None);
        }
    }

    fn painted(&mut self, text: &[u8], colour: Option<AnsiColor>) {
        match colour.filter(|_| self.look.is_coloured) {
            Some(colour) => {
                let style: Style = colour.on_default();
                self.text.extend_from_slice(style.render().to_string().as_bytes());
                self.text.extend_from_slice(text);
                self.text.extend_from_slice(style.render_reset().to_string().as_bytes());
            }
            None => self.text.extend_from_slice(text),
        }
        self.text.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use proptest::prelude::*;

    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { path: "f".into(), start, end, text: text.into() }
    }

    fn diff(before: &str, edits: &[Edit]) -> String {
        let diff = unified("f".into(), before.as_bytes(), edits, &BTreeSet::new(), Look::default());
        String::from_utf8(diff).unwrap()
    }

    #[test]
    fn a_line_changed_and_one_taken_out() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
        let expected = "--- a/f\n+++ b/f\n@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n\
                        @@ -8,5 +8,4 @@\n 8\n 9\n 10\n-11\n 12\n";
        assert_eq!(diff(text, &[edit(2, 3, "two"), edit(21, 24, "")]), expected);
    }

    #[test]
    fn hidden_lines_and_terminal_escapes_are_not_shown() {
        let text = "a\nkey=hunter2 # x\nb\u{1b}[31m\n";
        let look = Look { is_coloured: false, is_visible: true };
        let edits = [edit(13, 17, "")];
        let shown = unified("f".into(), text.as_bytes(), &edits, &BTreeSet::from([2]), look);
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains("hunter2") && !shown.contains('\u{1b}'), "{shown}");
        assert_eq!(shown.matches(MASK).count(), 2);
        // Beside a change as well.
        let shown =
            unified("f".into(), text.as_bytes(), &[edit(0, 1, "A")], &BTreeSet::from([2]), look);
        assert!(!String::from_utf8(shown).unwrap().contains("hunter2"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// git makes of the diff what the edits make of the text.
        #[test]
        fn git_applies_it(
            before in "([ab]{0,2}\n){1,14}[ab]{0,2}",
            places in prop::collection::btree_set(0_usize..40, 0..6),
            texts in prop::collection::vec("[x\n]{0,3}", 3),
        ) {
            let places: Vec<usize> = places.into_iter().filter(|at| *at <= before.len()).collect();
            let pairs = places.chunks_exact(2).zip(&texts);
            let edits: Vec<Edit> =
                pairs.map(|(pair, text)| edit(pair[0], pair[1], text)).collect();
            let after = applied(before.as_bytes(), 0, &edits);
            prop_assume!(after != before.as_bytes() && !after.is_empty());
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("f"), &before).unwrap();
            let patch = diff(&before, &edits);
            let mut git = Command::new("git")
                .args(["apply", "--unidiff-zero", "--whitespace=nowarn", "-"])
                .current_dir(folder.path())
                .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap())
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            git.stdin.take().unwrap().write_all(patch.as_bytes()).unwrap();
            let ended = git.wait_with_output().unwrap();
            prop_assert!(ended.status.success(), "{}\n{patch}", String::from_utf8_lossy(&ended.stderr));
            prop_assert_eq!(std::fs::read(folder.path().join("f")).unwrap(), after, "{}", patch);
        }
    }
}
