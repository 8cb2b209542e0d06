//! goose: `VERSION_name.sql` with `-- +goose Up` and `-- +goose Down` in one
//! file. Outside of `StatementBegin` and `StatementEnd` a statement ends with
//! the first line that ends with a semicolon, wherever that stands (`semicolon.rs`).

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Line, Section, lines};
use super::{Layout, Slot, Version, plain, semicolon};

pub(super) const LAYOUT: Layout = Layout {
    name: "goose",
    slot,
    sections,
    transaction: |running| !running.section.is_outside || semicolon::holds_one(running),
    outside: "write '-- +goose NO TRANSACTION' at the top, and no other statement between its StatementBegin and StatementEnd",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let (version, name) = super::flat(inside)?.split_once('_')?;
    name.ends_with(".sql").then_some(())?;
    let version: i64 = version.parse().ok().filter(|version| *version > 0)?;
    Some(Slot::up(Version::Number(u128::try_from(version).ok()?)))
}

/// Which lines the reader is between.
#[derive(Clone, Copy, Default, PartialEq)]
enum At {
    #[default]
    Start,
    Up,
    Down,
}

#[derive(Default)]
struct Marks {
    up: Option<usize>,
    /// Where the undoing part begins, and the line that says so.
    down: Option<Range<usize>>,
    is_outside: bool,
    fills_in: bool,
    /// The bytes between `StatementBegin` and `StatementEnd`.
    blocks: Vec<Range<usize>>,
    /// The bytes of what is sent as one text each, on the way up.
    texts: Vec<Range<usize>>,
    faults: Vec<(Range<usize>, String)>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut reader = Reader { text, ..Reader::default() };
    reader.read();
    let marks = reader.marks;
    let end = marks.down.as_ref().map_or(text.len(), |line| line.start);
    let span = marks.up.unwrap_or(0)..end;
    let mut up = Section::of(text, span.clone());
    up.is_outside = marks.is_outside;
    up.together.clone_from(&marks.texts);
    up.has_placeholders = marks.fills_in;
    for (span, reason) in &marks.faults {
        up.refuse(span.clone(), reason);
    }
    if marks.up.is_none() {
        up.refuse(0..0, "goose reads nothing before '-- +goose Up', and there is none");
    } else if marks.faults.is_empty()
        && let Some(cut) = semicolon::cut(text, &span, &marks.blocks)
    {
        let reason = "goose ends a statement at this line's ';': put '-- +goose StatementBegin' \
                      before the statement and '-- +goose StatementEnd' after it";
        up.refuse(cut, reason);
    }
    let mut sections = vec![up];
    if let Some(line) = marks.down {
        let mut down = Section::of(text, line.end..text.len());
        (down.is_down, down.is_outside) = (true, marks.is_outside);
        down.has_placeholders = marks.fills_in;
        sections.push(down);
    }
    sections
}

/// goose's own reader, line by line, on the way up.
#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    marks: Marks,
    at: At,
    /// Where an open `StatementBegin` ends.
    block: Option<usize>,
    /// Where the statement begins that no line has ended yet.
    begun: Option<usize>,
    /// After a block without a statement: the next line ends it, and is lost.
    loses: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        for line in lines(self.text) {
            let trimmed = line.text.trim();
            let is_mark = trimmed.starts_with("--") && trimmed.contains("+goose");
            let refused = match is_mark {
                true => self.mark(&line),
                false => self.line(&line),
            };
            if let Some(reason) = refused {
                return self.marks.faults.push((line.span(), reason));
            }
        }
        if let Some(start) = self.block {
            let reason = "'-- +goose StatementBegin' has no '-- +goose StatementEnd'".to_owned();
            self.marks.faults.push((start..start, reason));
        } else {
            self.end_up(self.text.len());
        }
    }

    /// A line of SQL, or none; why goose refuses it.
    fn line(&mut self, line: &Line<'_>) -> Option<String> {
        let trimmed = line.text.trim();
        if self.begun.is_none() && (line.text.is_empty() || trimmed.starts_with("--")) {
            return None;
        }
        match self.at {
            At::Start if trimmed.is_empty() => None,
            At::Start => Some("goose refuses what stands before '-- +goose Up'".to_owned()),
            At::Down => None,
            At::Up if std::mem::take(&mut self.loses) => (!trimmed.is_empty()).then(|| {
                "goose leaves this line out: the statement between the marks before it is none"
                    .to_owned()
            }),
            At::Up => {
                let start = *self.begun.get_or_insert(line.start);
                if self.block.is_none() && semicolon::ends(line.text) {
                    self.marks.texts.push(start..line.span().end);
                    self.begun = None;
                }
                None
            }
        }
    }

    /// A line with a mark of goose's; why it refuses that.
    fn mark(&mut self, line: &Line<'_>) -> Option<String> {
        let word = line.text.replace("--", "").replacen("+goose", "", 1);
        let word = word.trim().to_ascii_lowercase();
        let next = line.span().end;
        let is_right = match word.as_str() {
            _ if line.text.starts_with([' ', '\t']) => false,
            "up" if self.at == At::Start => {
                (self.at, self.marks.up) = (At::Up, Some(next));
                true
            }
            "down" if self.at == At::Up && self.block.is_none() => {
                self.end_up(line.start);
                (self.at, self.marks.down) = (At::Down, Some(line.start..next));
                true
            }
            "statementbegin" if self.at != At::Start && self.block.is_none() => {
                (self.block, self.loses) = (Some(next), false);
                true
            }
            "statementend" => match self.block.take() {
                Some(start) => {
                    self.marks.blocks.push(start..line.start);
                    match self.begun.take() {
                        Some(start) => self.marks.texts.push(start..line.start),
                        None => self.loses = self.at == At::Up,
                    }
                    true
                }
                None => false,
            },
            "no transaction" => {
                self.marks.is_outside = true;
                true
            }
            "envsub on" => {
                self.marks.fills_in = true;
                true
            }
            "envsub off" => true,
            _ => false,
        };
        (!is_right).then(|| format!("goose refuses '{}' here", line.text.trim()))
    }

    /// What is left when the way up ends has no end.
    fn end_up(&mut self, end: usize) {
        let Some(start) = self.begun.take().filter(|_| self.at == At::Up) else { return };
        let left = self.text.get(start..end).unwrap_or_default();
        if !left.trim().is_empty() {
            let reason = "goose refuses this: no line of it ends with ';'".to_owned();
            self.marks.faults.push((start..start + left.trim_end().len(), reason));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::{told, transaction};

    #[test]
    fn names_as_goose_reads_them() {
        let version = |path: &str| slot(path.into()).map(|slot| slot.version);
        assert_eq!(version("00007_a.sql"), Some(Version::Number(7)));
        for other in ["7.sql", "0_a.sql", "-1_a.sql", "a_b.sql", "old/7_a.sql", "7_a.SQL"] {
            assert!(version(other).is_none(), "{other}");
        }
    }

    #[test]
    fn up_and_down_are_apart() {
        let text = "-- why\n-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;\n";
        assert_eq!(told(&LAYOUT, text), ["up: select 1;", "down: select 2;"]);
        let text =
            "-- +goose up\r\n-- +goose StatementBegin\r\nselect 1\r\n-- +goose StatementEnd\r\n";
        let up = told(&LAYOUT, text);
        assert!(up.len() == 1 && up[0].contains("select 1") && !up[0].contains('!'), "{up:?}");
    }

    #[test]
    fn what_goose_refuses_is_told() {
        for (text, words) in [
            ("select 1;", "refuses what stands before"),
            ("-- nothing", "there is none"),
            ("-- +goose Down\n-- +goose Up\n", "refuses '-- +goose Down'"),
            ("-- +goose Up\n-- +goose Up\n", "refuses '-- +goose Up'"),
            (" -- +goose Up\nselect 1;", "refuses '-- +goose Up'"),
            ("-- +goose Up\n-- +goose StatementBegin\nselect 1;", "has no"),
            ("-- +goose Up\n-- +goose StatementEnd\n", "refuses"),
            ("-- +goose Up\n-- +goose Upp\n", "refuses"),
            ("-- +goose Up\ndo $$ begin\n perform 1;\nend $$;\n", "goose ends a statement"),
            ("-- +goose Up\nselect 1\n", "no line of it ends with ';'"),
            ("-- +goose Up\nselect 1\n-- +goose Down\nselect 2;\n", "no line of it ends"),
            ("-- +goose Up\nselect 1; -- a\nselect 2; /* b */\n", "no line of it ends"),
            ("-- +goose Up\n-- +goose Up +goose\n", "refuses"),
            (
                "-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\ndrop table a;\n",
                "goose leaves this line out",
            ),
        ] {
            let found = told(&LAYOUT, text);
            assert!(found[0].contains(words), "{text:?}: {found:?}");
        }
        for text in [
            "-- +goose Up\n-- +goose StatementBegin\ndo $$ begin\n perform 1;\nend $$;\n-- +goose StatementEnd\n",
            "-- +goose Up\ndo $$ begin perform 1; end $$;\n",
            "-- +goose Up\ninsert into a values ('b\nc');\n",
            "-- +goose Up\nselect 1;\n-- the end\n-- +goose Down\nselect 2\n",
            "-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\n-- +goose Down\n",
            "-- +goose Up\n-- +goose StatementBegin\nselect 1\n-- +goose StatementEnd\nselect 2;",
        ] {
            assert!(!told(&LAYOUT, text)[0].contains('!'), "{text}");
        }
    }

    #[test]
    fn a_block_is_one_text() {
        let block = |sql: &str| {
            let begin = "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\n";
            transaction(&LAYOUT, &format!("{begin}{sql}\n-- +goose StatementEnd\n"))
        };
        assert!(!block("create index concurrently a on b (c);"));
        assert!(block("create index concurrently a on b (c); select 1;"));
        assert!(!block("select 1; select 2;"));
    }

    #[test]
    fn what_ends_on_one_line_is_one_text() {
        let outside = |sql: &str| {
            !transaction(&LAYOUT, &format!("-- +goose NO TRANSACTION\n-- +goose Up\n{sql}\n"))
        };
        let index = "create index concurrently a on b (c);";
        assert!(outside(&format!("select 1;\n{index}")));
        assert!(!outside(&format!("select 1; {index}")), "one line is sent as it is");
        assert!(!outside(&format!("select 1; /* no end */\n{index}")));
        assert!(outside(&format!("select 1; -- an end\n{index}")));
    }

    #[test]
    fn a_transaction_unless_told() {
        assert!(transaction(&LAYOUT, "-- +goose Up\nselect 1;"));
        assert!(!transaction(
            &LAYOUT,
            "-- +goose NO TRANSACTION\n-- +goose Up\nselect 1; select 2;"
        ));
    }
}
