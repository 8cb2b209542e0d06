//! dbmate: `VERSION_name.sql` with `-- migrate:up` and `-- migrate:down` in one
//! file, several times over where it likes. `transaction:false` behind the mark
//! sends a block as one text.

use camino::Utf8Path;

use super::section::{Line, Section, after_prefix, lines};
use super::{Layout, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "dbmate",
    slot,
    sections,
    transaction: |running| !running.section.is_outside || running.is_sent_as_one(),
    version: |text| Some(version(text)),
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

fn is_outside(options: &str) -> bool {
    options.split_whitespace().any(|pair| pair == "transaction:false")
}

fn sections(text: &str) -> Vec<Section> {
    let mut marks: Vec<(usize, usize, bool, bool)> = Vec::new();
    let mut before = None;
    for line in lines(text) {
        let end = line.start + line.text.len();
        if let Some(options) = mark(&line, "up") {
            marks.push((line.start, end, false, is_outside(options)));
        } else if let Some(options) = mark(&line, "down") {
            marks.push((line.start, end, true, is_outside(options)));
        } else if marks.is_empty() {
            let says = line.text.trim();
            if !says.is_empty() && !says.starts_with("--") {
                before.get_or_insert(line.span());
            }
        }
    }
    let ends = marks.iter().skip(1).map(|(start, ..)| *start).chain([text.len()]);
    let mut found = Vec::new();
    let mut ups = 0;
    for (&(_, start, is_down, is_outside), end) in marks.iter().zip(ends) {
        let mut section = Section::of(text, start..end);
        (section.is_down, section.is_outside) = (is_down, is_outside);
        ups += usize::from(!is_down);
        if ups > 1 && !is_down {
            section.part = Some(ups.to_string());
        }
        found.push(section);
    }
    let fault = match (before, marks.first()) {
        (Some(span), _) => Some((span, "dbmate refuses what stands before '-- migrate:up'")),
        (None, Some((start, end, true, _))) => {
            Some((*start..*end, "dbmate wants '-- migrate:up' before '-- migrate:down'"))
        }
        (None, None) => Some((0..0, "dbmate runs what follows '-- migrate:up', and there is none")),
        _ => None,
    };
    if let Some((span, reason)) = fault {
        return vec![Section::of(text, 0..0).fault(span, reason)];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::{told, transaction};

    #[test]
    fn names_are_compared_as_texts() {
        let version = |path: &str| slot(path.into()).map(|slot| slot.version);
        assert_eq!(version("007_a.sql"), Some(Version::Name("007".into())));
        assert!(version("10.sql") < version("9_a.sql"));
        assert!(version("a.sql").is_none() && version("old/1_a.sql").is_none());
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
    }

    #[test]
    fn without_a_transaction_it_is_still_one_text() {
        assert!(transaction(&LAYOUT, "-- migrate:up\nselect 1;\n-- migrate:down\n"));
        assert!(!transaction(&LAYOUT, "-- migrate:up transaction:false\nselect 1;\n"));
        assert!(transaction(&LAYOUT, "-- migrate:up transaction:false\nselect 1; select 2;\n"));
    }
}
