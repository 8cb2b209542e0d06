//! What of a file runs: all of it, or the part between two marks. Bytes inside
//! of it that do not run are blanked, so that every other keeps its place.

use std::ops::Range;

use crate::postgres::Fault;

/// A part of a file that is run as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    /// The bytes of the file that it is.
    pub(crate) span: Range<usize>,
    /// Those bytes as they run; none where that is the file as it is.
    pub(crate) text: Option<String>,
    /// Which of several in its file it is.
    pub(crate) part: Option<String>,
    pub(crate) is_down: bool,
    /// Whether it runs again when it has changed.
    pub(crate) is_again: bool,
    /// Whether only new databases run it.
    pub(crate) is_baseline: bool,
    /// Whether it is for others only, and nothing of it runs.
    pub(crate) is_skipped: bool,
    /// Whether it says that it is to run without a transaction.
    pub(crate) is_outside: bool,
    /// The bytes of the file that are sent as one text each.
    pub(crate) together: Vec<Range<usize>>,
    /// Whether a command printed it: its bytes are not those of the file.
    pub(crate) is_printed: bool,
    /// Whether something else fills it in before it runs.
    pub(crate) has_placeholders: bool,
    /// Which of several runs of changesets in its file it is in, where others
    /// come between.
    pub(crate) turn: usize,
    /// In which contexts it runs, as it says that.
    pub(crate) contexts: Option<String>,
    /// Whether it says when it is to run, and only a database knows.
    pub(crate) is_conditional: bool,
    /// Whether it changes nothing on purpose: a mark, a check.
    pub(crate) is_idle: bool,
    /// Whether it is what could not be brought in, and so no migration.
    pub(crate) is_missing: bool,
    /// Whether it loads rows of a file.
    pub(crate) loads: bool,
    /// Comments of its file that are none of its SQL, at their places there.
    pub(crate) comments: Vec<Range<usize>>,
    /// What the framework itself would refuse.
    pub(crate) faults: Vec<Fault>,
}

impl Section {
    /// The file as it is.
    pub(crate) fn whole(text: &str) -> Section {
        Section { span: 0..text.len(), ..Section::default() }
    }

    /// What a command printed in the place of the file.
    pub(crate) fn printed(text: String) -> Section {
        Section { span: 0..text.len(), text: Some(text), is_printed: true, ..Section::default() }
    }

    /// The bytes `span` of `text`.
    pub(crate) fn of(text: &str, span: Range<usize>) -> Section {
        let kept = text.get(span.clone()).unwrap_or_default().to_owned();
        Section { span, text: Some(kept), ..Section::default() }
    }

    /// The same, with that wrong about it.
    pub(crate) fn fault(mut self, span: Range<usize>, reason: &str) -> Section {
        self.refuse(span, reason);
        self
    }

    /// Notes what is wrong about it.
    pub(crate) fn refuse(&mut self, span: Range<usize>, reason: &str) {
        self.faults.push(Fault { span, reason: reason.to_owned() });
    }

    /// Blanks these bytes as well.
    pub(crate) fn blank(&mut self, whole: &str, span: Range<usize>) {
        self.write(whole, span, "");
    }

    /// Writes `words` over these bytes, and blanks after it.
    pub(crate) fn write(&mut self, whole: &str, span: Range<usize>, words: &str) {
        let text = self.text.get_or_insert_with(|| whole.to_owned());
        let start = self.span.start;
        let span = span.start.saturating_sub(start)..span.end.saturating_sub(start);
        let Some(old) = text.get(span.clone()) else { return };
        let words = words.get(..old.len().min(words.len())).unwrap_or_default();
        let rest = blank(old.get(words.len()..).unwrap_or_default());
        let new = format!("{words}{rest}");
        text.replace_range(span, &new);
    }
}

/// As many bytes, of which only the line ends are left.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

/// A line of a text: its bytes, without the line end.
pub(super) struct Line<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
}

impl Line<'_> {
    /// Its bytes.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let here = start;
        start += line.len();
        let text = line.strip_suffix('\n').unwrap_or(line);
        Line { start: here, text: text.strip_suffix('\r').unwrap_or(text) }
    })
}

/// `text` without a prefix, in whichever case that is written.
pub(super) fn after_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_where_they_are() {
        let text = "é up\r\nselect 1;\ndown\n";
        let at = text.find("select").unwrap();
        let mut section = Section::of(text, at..text.len());
        let end = text.find("down").unwrap();
        section.blank(text, end - 1..end + 4);
        assert_eq!(section.text.unwrap(), "select 1;\n    \n");
    }

    #[test]
    fn words_are_written_over() {
        let mut section = Section::whole("a GO\nb");
        section.write("a GO\nb", 2..4, ";");
        section.blank("a GO\nb", 5..6);
        assert_eq!(section.text.as_deref(), Some("a ; \n "));
    }
}
