//! tern: `NNN_name.sql`, counted from 1 without a gap. What follows the line
//! `---- create above / drop below ----` undoes. `---- tern: disable-tx ----`
//! sends each statement by itself. Files are templates of Go.

use camino::Utf8Path;

use super::include::{Bring, From};
use super::section::Section;
use super::{Layout, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "tern",
    slot,
    sections,
    brings,
    transaction: |running| !running.section.is_outside,
    has_no_gaps: true,
    outside: "write the line '---- tern: disable-tx ----' into it",
    ..plain::LAYOUT
};

const BELOW: &str = "---- create above / drop below ----";
const DISABLE: &str = "---- tern: disable-tx ----";

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let (version, name) = super::flat(inside)?.split_once('_')?;
    if name.len() < ".sql".len() + 1 || !name.ends_with(".sql") {
        return None;
    }
    let version: u32 = version.parse().ok().filter(|_| !version.starts_with('+'))?;
    Some(Slot::up(Version::Number(u128::from(version))))
}

fn sections(text: &str) -> Vec<Section> {
    let (above, below) = match text.find(BELOW) {
        Some(at) => (0..at, Some(at + BELOW.len()..text.len())),
        None => (0..text.len(), None),
    };
    let section = |span: std::ops::Range<usize>, is_down: bool| {
        let own = text.get(span.clone()).unwrap_or_default();
        // Blanks around all of it are taken away, those of a line are not, nor is `\r`.
        let is_outside = own.trim().split('\n').any(|line| line == DISABLE);
        let section = Section { is_down, is_outside, ..Section::of(text, span.clone()) };
        let include = own.match_indices("{{").map(|(at, _)| at);
        let mut include = include.filter(|at| is_include(own.get(at + 2..).unwrap_or_default()));
        match include.next() {
            Some(at) => section.fault(span.start + at..span.start + at + 2, INCLUDE),
            None => section,
        }
    };
    let down = below.map(|span| section(span, true));
    std::iter::once(section(above, false)).chain(down).collect()
}

const INCLUDE: &str = "another file is brought in here, which the folder of the migrations does not \
                       hold: put its text in the place of this line";

/// `{{ template "shared/view.sql" . }}`, from the folder of the migrations.
fn brings(text: &str) -> Vec<Bring> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("{{") {
        let rest = text.get(at + 2..).unwrap_or_default();
        let Some((inside, _)) = rest.split_once("}}").filter(|_| is_include(rest)) else {
            continue;
        };
        let Some(name) = inside.split('"').nth(1) else { continue };
        let span = at..at + 2 + inside.len() + 2;
        found.push(Bring { span, name: name.to_owned(), from: From::Folder });
    }
    found
}

/// What follows `{{` where a template brings in another.
fn is_include(rest: &str) -> bool {
    let word = rest.trim_start_matches('-').split_whitespace().next();
    matches!(word, Some("template" | "install_snapshot"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::{told, transaction};

    #[test]
    fn names_as_tern_reads_them() {
        assert_eq!(slot("007_a.sql".into()).unwrap().version, Version::Number(7));
        for other in ["7.sql", "007_.sql", "a_b.sql", "shared/7_a.sql", "7_a.SQL"] {
            assert!(slot(other.into()).is_none(), "{other}");
        }
    }

    #[test]
    fn above_and_below_are_apart() {
        let text = "select 1;\n---- create above / drop below ----\nselect 2;\n";
        assert_eq!(told(&LAYOUT, text), ["up: select 1;", "down: select 2;"]);
        assert_eq!(told(&LAYOUT, "select 1;\n"), ["up: select 1;"]);
        assert!(told(&LAYOUT, "{{ template \"a.sql\" . }}")[0].contains("! another file"));
        let snapshot = told(&LAYOUT, "{{ install_snapshot \"v1\" }}");
        assert!(snapshot[0].contains("! another file"), "a folder of code");
    }

    #[test]
    fn a_transaction_unless_told() {
        assert!(transaction(&LAYOUT, "select 1;"));
        assert!(!transaction(&LAYOUT, "---- tern: disable-tx ----\nselect 1; select 2;"));
        let below = "select 1;\n---- create above / drop below ----\n---- tern: disable-tx ----\n";
        assert!(transaction(&LAYOUT, below), "that of the other way");
        let marked = |line: &str| transaction(&LAYOUT, &format!("select 1;\n{line}\nselect 2;"));
        assert!(!marked("---- tern: disable-tx ----"));
        assert!(marked("---- tern: disable-tx ----\r") && marked(" ---- tern: disable-tx ----"));
        assert!(!transaction(&LAYOUT, "\n ---- tern: disable-tx ----\nselect 1; select 2;"));
    }
}
