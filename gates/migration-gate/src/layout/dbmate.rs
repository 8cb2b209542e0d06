//! dbmate: `VERSION_name.sql` with `-- migrate:up` and `-- migrate:down` in one
//! file, several times over where it likes. `transaction:false` behind the mark
//! sends a block as one text.

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Line, Section, after_prefix, lines};
use super::{Layout, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "dbmate",
    slot,
    sections,
    transaction: |running| !running.section.is_outside || running.is_sent_as_one(),
    version: |text| Some(version(text)),
    is_by_name: true,
    outside: "write '-- migrate:up transaction:false', and give the statement a file of its own",
    own_table: Some("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)"),
    ..plain::LAYOUT
};

/// Versions are compared as texts.
fn version(text: &str) -> Version {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    Version::Name(text.get(..digits).unwrap_or(text).to_owned())
}

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let name = super::flat(inside)?;
    let is_one = name.ends_with(".sql") && name.starts_with(|c: char| c.is_ascii_digit());
    is_one.then(|| Slot::up(version(name)))
}

/// What stands behind `-- migrate:WAY` on a line.
fn mark<'a>(line: &Line<'a>, way: &str) -> Option<&'a str> {
    let rest = line.text.strip_prefix("--")?.trim_start();
    let rest = after_prefix(rest, "migrate:").filter(|_| rest.starts_with("migrate:"))?;
    let rest = rest.strip_prefix(way)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest)
}

/// The last word on it holds.
fn is_outside(options: &str) -> bool {
    let pairs = options.split_whitespace().filter_map(|pair| pair.split_once(':'));
    let mut known = pairs.filter(|(key, value)| *key == "transaction" && !value.contains(':'));
    known.next_back().is_some_and(|(_, value)| value == "false")
}

/// A line that says what follows it.
struct Mark {
    span: Range<usize>,
    is_down: bool,
    is_outside: bool,
}

fn marks(text: &str) -> Vec<Mark> {
    let read = |line: Line<'_>| {
        let span = line.span();
        let (options, is_down) = match mark(&line, "up") {
            Some(options) => (options, false),
            None => (mark(&line, "down")?, true),
        };
        Some(Mark { span, is_down, is_outside: is_outside(options) })
    };
    lines(text).filter_map(read).collect()
}

const NO_UP: &str = "dbmate runs what follows '-- migrate:up', and there is none";
const BEFORE: &str = "dbmate refuses what stands before '-- migrate:up'";
const NO_DOWN: &str = "dbmate refuses a '-- migrate:up' without a '-- migrate:down' after it";
const DOWN_AGAIN: &str = "dbmate refuses a second '-- migrate:down' after one '-- migrate:up'";

fn sections(text: &str) -> Vec<Section> {
    let mut marks = marks(text);
    let Some(first) = marks.iter().position(|it| !it.is_down) else {
        return vec![Section::of(text, 0..0).fault(0..0, NO_UP)];
    };
    // What undoes nothing is a comment like any other.
    marks.drain(..first);
    let head = marks.first().map_or(0, |mark| mark.span.start);
    let says = |line: &Line<'_>| {
        let says = line.text.trim();
        line.start < head && !says.is_empty() && !says.starts_with("--")
    };
    if let Some(line) = lines(text).find(says) {
        return vec![Section::of(text, 0..0).fault(line.span(), BEFORE)];
    }
    let ends = marks.iter().skip(1).map(|mark| mark.span.start).chain([text.len()]);
    let mut found: Vec<Section> = Vec::new();
    let mut ups = 0;
    for (at, (mark, end)) in marks.iter().zip(ends).enumerate() {
        let mut section = Section::of(text, mark.span.end..end);
        (section.is_down, section.is_outside) = (mark.is_down, mark.is_outside);
        if mark.is_down && found.last().is_some_and(|last| last.is_down) {
            let up = found.iter_mut().rfind(|it| !it.is_down);
            up.into_iter().for_each(|up| up.refuse(mark.span.clone(), DOWN_AGAIN));
            continue;
        }
        if !mark.is_down {
            ups += 1;
            section.part = (ups > 1).then(|| ups.to_string());
            if !marks.get(at + 1).is_some_and(|next| next.is_down) {
                section.refuse(mark.span.clone(), NO_DOWN);
            }
        }
        found.push(section);
    }
    found
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;
    use crate::layout::evidence::{told, transaction};
    use crate::layout::folder;

    #[test]
    fn names_are_compared_as_texts() {
        let version = |path: &str| slot(path.into()).map(|slot| slot.version);
        assert_eq!(version("007_a.sql"), Some(Version::Name("007".into())));
        assert!(version("10.sql") < version("9_a.sql"));
        assert!(version("a.sql").is_none() && version("old/1_a.sql").is_none());
        // Files run by their names, in which `_` comes after every digit.
        let tree = Tree::literal([("m/1_a.sql", ""), ("m/10_b.sql", ""), ("m/2_c.sql", "")]);
        let ups = folder(&LAYOUT, "m", &tree).ups;
        let names: Vec<&str> = ups.iter().map(|it| it.path().file_name().unwrap()).collect();
        assert_eq!(names, ["10_b.sql", "1_a.sql", "2_c.sql"]);
    }

    #[test]
    fn blocks_are_apart() {
        let text = "-- why\n-- migrate:up\nselect 1;\n\n-- migrate:down\nselect 2;\n";
        assert_eq!(told(&LAYOUT, text), ["up: select 1;", "down: select 2;"]);
        let twice =
            "--migrate:up\na;\n-- migrate:down\nb;\n-- migrate:up\nc;\n-- migrate:down\nd;\n";
        assert_eq!(told(&LAYOUT, twice), ["up: a;", "down: b;", "up 2: c;", "down: d;"]);
    }

    #[test]
    fn what_dbmate_refuses_is_told() {
        for text in ["select 1;\n-- migrate:up\n", "select 1;", "-- migrate:down\n-- migrate:up\n"]
        {
            assert!(told(&LAYOUT, text)[0].contains("! dbmate"), "{text}");
        }
        assert!(told(&LAYOUT, "-- migrate:upwards\n")[0].contains("there is none"));
        let (up, down) = ("-- migrate:up\na;\n", "-- migrate:down\nb;\n");
        assert!(told(&LAYOUT, up)[0].contains("a; ! dbmate refuses a '-- migrate:up' without"));
        assert!(told(&LAYOUT, &format!("{up}{up}{down}"))[0].contains("without a"));
        let twice = told(&LAYOUT, &format!("{up}{down}{down}"));
        assert!(twice.len() == 2 && twice[0].contains("refuses a second"), "{twice:?}");
        let early = told(&LAYOUT, &format!("-- migrate:down\n-- nothing\n{up}{down}"));
        assert_eq!(early, ["up: a;", "down: b;"]);
    }

    #[test]
    fn without_a_transaction_it_is_still_one_text() {
        assert!(transaction(&LAYOUT, "-- migrate:up\nselect 1;\n-- migrate:down\n"));
        assert!(!transaction(&LAYOUT, "-- migrate:up transaction:false\nselect 1;\n"));
        assert!(transaction(&LAYOUT, "-- migrate:up transaction:false\nselect 1; select 2;\n"));
        for (words, is_one) in [
            ("transaction:false transaction:true", true),
            ("transaction: false", true),
            ("transaction:FALSE", true),
            ("x:y transaction:false", false),
        ] {
            let text = format!("-- migrate:up {words}\nselect 1;\n-- migrate:down\n");
            assert_eq!(transaction(&LAYOUT, &text), is_one, "{words}");
        }
    }
}
