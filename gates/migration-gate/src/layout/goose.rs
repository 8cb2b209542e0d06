//! goose: `VERSION_name.sql` with `-- +goose Up` and `-- +goose Down` in one
//! file. Outside of `StatementBegin` and `StatementEnd` a statement ends with
//! the first line that ends with a semicolon, wherever that stands.

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Section, lines};
use super::{Layout, Running, Slot, Version, plain};
use crate::postgres;

pub(super) const LAYOUT: Layout = Layout {
    name: "goose",
    slot,
    sections,
    transaction: |running| !running.section.is_outside || holds_one(running),
    outside: "write '-- +goose NO TRANSACTION' at the top, and no other statement between its StatementBegin and StatementEnd",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let (version, name) = super::flat(inside)?.split_once('_')?;
    name.ends_with(".sql").then_some(())?;
    let version: i64 = version.parse().ok().filter(|version| *version > 0)?;
    Some(Slot::up(Version::Number(u128::try_from(version).ok()?)))
}

/// Whether what can run in no transaction is sent in one text with others.
fn holds_one(running: &Running<'_>) -> bool {
    let start = running.section.span.start;
    running.section.together.iter().any(|block| {
        let is_in = |span: &Range<usize>| block.contains(&(span.start + start));
        let parts = running.script.parts.iter().filter(|part| is_in(part));
        let mut statements = running.script.statements.iter().filter(|it| is_in(&it.span));
        parts.count() > 1 && statements.any(Running::runs_alone)
    })
}

/// Which lines the reader is between.
#[derive(Clone, Copy, PartialEq)]
enum At {
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
    statements: Vec<Range<usize>>,
    faults: Vec<(Range<usize>, String)>,
}

fn sections(text: &str) -> Vec<Section> {
    let marks = marks(text);
    let end = marks.down.as_ref().map_or(text.len(), |line| line.start);
    let span = marks.up.unwrap_or(0)..end;
    let mut up = Section::of(text, span.clone());
    up.is_outside = marks.is_outside;
    up.together = marks.statements.clone();
    up.has_placeholders = marks.fills_in;
    for (span, reason) in &marks.faults {
        up = up.fault(span.clone(), reason);
    }
    if marks.up.is_none() {
        up = up.fault(0..0, "goose reads nothing before '-- +goose Up', and there is none");
    } else if marks.faults.is_empty()
        && let Some(cut) = cut(text, &span, &marks.statements)
    {
        let reason = "goose ends a statement at this line's ';': put '-- +goose StatementBegin' \
                      before the statement and '-- +goose StatementEnd' after it";
        up = up.fault(cut, reason);
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

fn marks(text: &str) -> Marks {
    let mut marks = Marks::default();
    let (mut at, mut open) = (At::Start, None);
    for line in lines(text) {
        let trimmed = line.text.trim();
        let mark = trimmed.starts_with("--") && trimmed.contains("+goose");
        if !mark {
            let says = !trimmed.is_empty() && !trimmed.starts_with("--");
            if at == At::Start && says {
                let reason = "goose refuses what stands before '-- +goose Up'";
                marks.faults.push((line.span(), reason.to_owned()));
                return marks;
            }
            continue;
        }
        let word = line.text.replace("--", "").replacen("+goose", "", 1);
        let word = word.trim().to_ascii_lowercase();
        let next = line.start + line.text.len();
        let is_right = match word.as_str() {
            _ if line.text.starts_with([' ', '\t']) => false,
            "up" if at == At::Start => {
                (at, marks.up) = (At::Up, Some(next));
                true
            }
            "down" if at == At::Up && open.is_none() => {
                (at, marks.down) = (At::Down, Some(line.start..next));
                true
            }
            "statementbegin" if at != At::Start && open.is_none() => {
                open = Some(next);
                true
            }
            "statementend" => match open.take() {
                Some(start) => {
                    marks.statements.push(start..line.start);
                    true
                }
                None => false,
            },
            "no transaction" => {
                marks.is_outside = true;
                true
            }
            "envsub on" => {
                marks.fills_in = true;
                true
            }
            "envsub off" => true,
            _ => false,
        };
        if !is_right {
            let reason = format!("goose refuses '{trimmed}' here");
            marks.faults.push((line.span(), reason));
            return marks;
        }
    }
    if let Some(start) = open {
        let reason = "'-- +goose StatementBegin' has no '-- +goose StatementEnd'".to_owned();
        marks.faults.push((start..start, reason));
    }
    marks
}

/// A line inside of a quoted text at which goose, and sql-migrate, end a
/// statement; `whole` is what they take as it is.
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
        if let Some(line) = ended.find(|line| ends_with_semicolon(line.text)) {
            return Some(quoted.start + line.start..quoted.start + line.start + line.text.len());
        }
    }
    None
}

fn ends_with_semicolon(line: &str) -> bool {
    let words = line.split_whitespace().take_while(|word| !word.starts_with("--"));
    words.last().is_some_and(|word| word.ends_with(';'))
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
        ] {
            let found = told(&LAYOUT, text);
            assert!(found[0].contains(words), "{text:?}: {found:?}");
        }
        for text in [
            "-- +goose Up\n-- +goose StatementBegin\ndo $$ begin\n perform 1;\nend $$;\n-- +goose StatementEnd\n",
            "-- +goose Up\ndo $$ begin perform 1; end $$;\n",
            "-- +goose Up\ninsert into a values ('b\nc');\n",
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
    fn a_transaction_unless_told() {
        assert!(transaction(&LAYOUT, "-- +goose Up\nselect 1;"));
        assert!(!transaction(
            &LAYOUT,
            "-- +goose NO TRANSACTION\n-- +goose Up\nselect 1; select 2;"
        ));
    }
}
