//! sql-migrate: `-- +migrate Up` and `-- +migrate Down` in one file, each as often
//! as it likes; `notransaction` behind the mark sends each statement by itself.
//! What stands before the first mark is not run. Statements end as goose ends them.

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Section, lines};
use super::{Layout, Slot, Version, goose, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "sql-migrate",
    slot,
    sections,
    transaction: |running| !running.section.is_outside,
    version: |text| Some(version(text)),
    outside: "write '-- +migrate Up notransaction'",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let stem = super::flat(inside)?.strip_suffix(".sql")?;
    Some(Slot::up(version(stem)))
}

/// Numbers first, in their order, and names where those are the same.
fn version(stem: &str) -> Version {
    let digits = stem.len() - stem.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = stem.get(..digits).and_then(|digits| digits.parse().ok());
    Version::Made(number.unwrap_or(u64::MAX), stem.to_owned())
}

const MARK: &str = "-- +migrate ";

/// The parts of one way, and whether they run outside of a transaction.
#[derive(Default)]
struct Way {
    spans: Vec<Range<usize>>,
    is_outside: bool,
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
        Some(section)
    }
}

fn sections(text: &str) -> Vec<Section> {
    let (mut up, mut down) = (Way::default(), Way::default());
    let mut open: Option<(usize, bool)> = None;
    let (mut whole, mut begun) = (Vec::new(), None);
    for line in lines(text) {
        let Some(words) = line.text.strip_prefix(MARK) else { continue };
        let mut words = words.split_whitespace();
        let after = line.start + line.text.len();
        let is_down = match words.next() {
            Some("Up") => false,
            Some("Down") => true,
            Some("StatementBegin") => {
                begun.get_or_insert(after);
                continue;
            }
            Some("StatementEnd") => {
                whole.extend(begun.take().map(|start| start..line.start));
                continue;
            }
            _ => continue,
        };
        close(&mut open, line.start, &mut up, &mut down);
        open = Some((after, is_down));
        let way = if is_down { &mut down } else { &mut up };
        way.is_outside |= words.any(|word| word == "notransaction");
    }
    close(&mut open, text.len(), &mut up, &mut down);
    let is_marked = !up.spans.is_empty() || !down.spans.is_empty();
    let mut section = up.section(text).unwrap_or_else(|| Section::of(text, 0..0));
    if !is_marked {
        let reason = "sql-migrate runs what follows '-- +migrate Up', and there is none";
        section = section.fault(0..0, reason);
    }
    if let Some(start) = begun {
        let reason = "'-- +migrate StatementBegin' has no '-- +migrate StatementEnd'";
        section = section.fault(start..start, reason);
    }
    for span in &up.spans {
        if let Some(cut) = goose::cut(text, span, &whole) {
            let reason = "sql-migrate ends a statement at this line's ';': put '-- +migrate \
                          StatementBegin' before the statement and '-- +migrate StatementEnd' after it";
            section = section.fault(cut, reason);
            break;
        }
    }
    let down = down.section(text).map(|down| Section { is_down: true, ..down });
    std::iter::once(section).chain(down).collect()
}

fn close(open: &mut Option<(usize, bool)>, end: usize, up: &mut Way, down: &mut Way) {
    if let Some((start, is_down)) = open.take() {
        let way = if is_down { down } else { up };
        way.spans.push(start..end);
    }
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
    fn a_transaction_unless_told() {
        assert!(transaction(&LAYOUT, "-- +migrate Up\nselect 1;"));
        assert!(!transaction(&LAYOUT, "-- +migrate Up notransaction\nselect 1; select 2;"));
    }
}
