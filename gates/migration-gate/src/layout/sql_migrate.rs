//! sql-migrate: `-- +migrate Up` and `-- +migrate Down` in one file, each as often
//! as it likes; `notransaction` behind the mark sends each statement by itself.
//! What stands before the first mark is not run. Statements end with a line
//! (`semicolon.rs`). A word behind a mark that is not known says nothing.

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Line, Section, lines};
use super::{Layout, Slot, Version, plain, semicolon};

pub(super) const LAYOUT: Layout = Layout {
    name: "sql-migrate",
    slot,
    sections,
    transaction: |running| !running.section.is_outside || semicolon::holds_one(running),
    version: |text| Some(version(text)),
    outside: "write '-- +migrate Up notransaction'",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let name = super::flat(inside).filter(|name| name.ends_with(".sql"))?;
    Some(Slot::up(version(name)))
}

/// Numbers first, in their order, and whole names where those are the same.
fn version(name: &str) -> Version {
    let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = name.get(..digits).and_then(|digits| digits.parse().ok());
    Version::Made(number.unwrap_or(u64::MAX), name.to_owned())
}

const MARK: &str = "-- +migrate ";

/// The parts of one way, and whether they run outside of a transaction.
#[derive(Default)]
struct Way {
    spans: Vec<Range<usize>>,
    is_outside: bool,
    /// The bytes of what is sent as one text each.
    texts: Vec<Range<usize>>,
}

impl Way {
    /// The parts as one section.
    fn section(&self, text: &str) -> Option<Section> {
        let start = self.spans.first()?.start;
        let mut section = Section::of(text, start..self.spans.last()?.end);
        for pair in self.spans.windows(2) {
            if let [one, next] = pair {
                section.blank(text, one.end..next.start);
            }
        }
        section.is_outside = self.is_outside;
        section.together.clone_from(&self.texts);
        Some(section)
    }
}

/// sql-migrate's own reader, line by line.
#[derive(Default)]
struct Reader {
    up: Way,
    down: Way,
    /// Where the part begins that is read, and whether it undoes.
    open: Option<(usize, bool)>,
    /// Where an open `StatementBegin` ends.
    block: Option<usize>,
    blocks: Vec<Range<usize>>,
    /// Where the statement begins that no line has ended yet.
    begun: Option<usize>,
    faults: Vec<(Range<usize>, &'static str)>,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>) {
        if let Some(words) = line.text.strip_prefix(MARK) {
            return self.mark(line, words);
        }
        if line.text.starts_with("-- ") || self.open.is_none() {
            return;
        }
        if !line.text.trim().is_empty() {
            self.begun.get_or_insert(line.start);
        }
        if self.block.is_none() && semicolon::ends(line.text) {
            self.end(line.span().end);
        }
    }

    fn mark(&mut self, line: &Line<'_>, words: &str) {
        let mut words = words.split_whitespace();
        let is_down = match words.next() {
            Some("Up") => false,
            Some("Down") => true,
            Some("StatementBegin") if self.open.is_some() => {
                self.block.get_or_insert(line.span().end);
                return;
            }
            Some("StatementEnd") => {
                if let Some(start) = self.block.take() {
                    self.blocks.push(start..line.start);
                    self.end(line.start);
                }
                return;
            }
            Some(_) => return,
            None => return self.faults.push((line.span(), "sql-migrate expects a word here")),
        };
        self.close(line.start);
        self.open = Some((line.span().end, is_down));
        let way = if is_down { &mut self.down } else { &mut self.up };
        way.is_outside |= words.any(|word| word == "notransaction");
    }

    /// Sends what has been gathered.
    fn end(&mut self, end: usize) {
        let Some((start, (_, is_down))) = self.begun.take().zip(self.open) else { return };
        let way = if is_down { &mut self.down } else { &mut self.up };
        way.texts.push(start..end);
    }

    /// Ends the part that is read.
    fn close(&mut self, end: usize) {
        if let Some(start) = self.begun.take() {
            let reason = "sql-migrate refuses this: no line of it ends with ';'";
            self.faults.push((start..end, reason));
        }
        if let Some((start, is_down)) = self.open.take() {
            let way = if is_down { &mut self.down } else { &mut self.up };
            way.spans.push(start..end);
        }
    }
}

fn sections(text: &str) -> Vec<Section> {
    let mut reader = Reader::default();
    lines(text).for_each(|line| reader.line(&line));
    if let Some(start) = reader.block {
        let reason = "'-- +migrate StatementBegin' has no '-- +migrate StatementEnd'";
        reader.faults.push((start..start, reason));
        reader.begun = None;
    }
    reader.close(text.len());
    let is_marked = !reader.up.spans.is_empty() || !reader.down.spans.is_empty();
    let mut section = reader.up.section(text).unwrap_or_else(|| Section::of(text, 0..0));
    for (span, reason) in &reader.faults {
        section.refuse(span.clone(), reason);
    }
    if !is_marked {
        section.refuse(0..0, "sql-migrate runs what follows '-- +migrate Up', and there is none");
    }
    let cut = reader.up.spans.iter().find_map(|span| semicolon::cut(text, span, &reader.blocks));
    if let Some(cut) = cut.filter(|_| section.faults.is_empty()) {
        let reason = "sql-migrate ends a statement at this line's ';': put '-- +migrate \
                      StatementBegin' before the statement and '-- +migrate StatementEnd' after it";
        section.refuse(cut, reason);
    }
    let down = reader.down.section(text).map(|down| Section { is_down: true, ..down });
    std::iter::once(section).chain(down).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::{told, transaction};

    #[test]
    fn numbers_come_first_and_names_tell_them_apart() {
        let version = |path: &str| slot(path.into()).map(|slot| slot.version);
        assert!(version("9_a.sql") < version("10_a.sql") && version("10_a.sql") < version("a.sql"));
        assert!(version("2022-01-02-a.sql") < version("2022-03-01-b.sql"));
        // Whole names: '-' comes before '.'.
        assert!(version("1_a-b.sql") < version("1_a.sql"));
    }

    #[test]
    fn ways_are_apart() {
        let text = "x;\n-- +migrate Up\na;\n-- +migrate Down\nb;\n-- +migrate Up\nc;\n";
        assert_eq!(told(&LAYOUT, text), ["up: a; c;", "down: b;"]);
        assert!(told(&LAYOUT, "a;")[0].contains("there is none"));
        let body = "do $$ begin\n perform 1;\nend $$;\n";
        assert!(
            told(&LAYOUT, &format!("-- +migrate Up\n{body}"))[0].contains("! sql-migrate ends")
        );
        let whole =
            format!("-- +migrate Up\n-- +migrate StatementBegin\n{body}-- +migrate StatementEnd\n");
        assert!(!told(&LAYOUT, &whole)[0].contains('!'));
    }

    #[test]
    fn what_sql_migrate_refuses_is_told() {
        for (text, words) in [
            ("-- +migrate Up\na", "no line of it ends"),
            ("-- +migrate Up\na\n-- +migrate Down\nb;\n", "no line of it ends"),
            ("-- +migrate Up\na;\n-- +migrate Down\nb\n", "no line of it ends"),
            ("-- +migrate Up\na;\n--nothing\n", "no line of it ends"),
            ("-- +migrate Up\n-- +migrate \na;\n", "expects a word"),
            ("-- +migrate Up\n-- +migrate StatementBegin\na;\n", "has no"),
            ("-- +migrate up\na;\n", "there is none"),
        ] {
            let found = told(&LAYOUT, text);
            assert!(found[0].contains(words), "{text:?}: {found:?}");
        }
        for text in [
            "-- +migrate Up\na;\n-- +migrate Down\n-- nothing\n",
            "-- +migrate Up\n-- +migrate StatementBegin\na\n-- +migrate StatementEnd\n",
        ] {
            assert!(!told(&LAYOUT, text)[0].contains('!'), "{text}");
        }
        // A word that is not known changes nothing: what follows it still runs.
        assert_eq!(told(&LAYOUT, "-- +migrate Up\na;\n-- +migrate down\nb;\n").len(), 1);
    }

    #[test]
    fn what_ends_on_one_line_is_one_text() {
        let outside =
            |sql: &str| !transaction(&LAYOUT, &format!("-- +migrate Up notransaction\n{sql}\n"));
        let index = "create index concurrently a on b (c);";
        assert!(outside(&format!("select 1;\n{index}")));
        assert!(!outside(&format!("select 1; {index}")));
        let block =
            format!("-- +migrate StatementBegin\nselect 1;\n{index}\n-- +migrate StatementEnd");
        assert!(!outside(&block));
    }

    #[test]
    fn a_transaction_unless_told() {
        assert!(transaction(&LAYOUT, "-- +migrate Up\nselect 1;"));
        assert!(!transaction(&LAYOUT, "-- +migrate Up notransaction\nselect 1; select 2;"));
    }
}
