//! Atlas: `VERSION_name.sql`, in the order of the names. Comments at the top,
//! apart from the first statement by an empty line, are for Atlas:
//! `-- atlas:txmode none`, `-- atlas:delimiter`, `-- atlas:checkpoint` (a short
//! cut for new databases) and `-- atlas:txtar` (an archive of files).

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Section, lines};
use super::{Layout, Slot, Version, atlas_sum, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "atlas",
    slot,
    sections,
    arrange: |folder, path| atlas_sum::check(folder, path),
    transaction: |running| !running.section.is_outside,
    version: |text| Some(version(text)),
    outside: "begin the file with the line '-- atlas:txmode none' and an empty line",
    ..plain::LAYOUT
};

fn version(stem: &str) -> Version {
    Version::Name(stem.split('_').next().unwrap_or_default().to_owned())
}

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let stem = super::flat(inside)?.strip_suffix(".sql")?;
    Some(Slot::up(version(stem)))
}

/// The words of each directive at the top.
fn directives(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut lines = lines(text);
    for line in lines.by_ref() {
        if line.text.starts_with("--") || line.text.starts_with('#') {
            let directive = line.text.split_once("atlas:").map(|(_, rest)| rest.trim_end());
            let pair = directive.map(|it| it.split_once(' ').unwrap_or((it, "")));
            found.extend(pair.map(|(name, words)| (name, words.trim_start_matches(' '))));
        } else if line.text.trim().is_empty() {
            return found;
        } else {
            // They belong to the statement.
            return Vec::new();
        }
    }
    found
}

/// Whether a file says that its digest is not noted.
pub(super) fn leaves_sum_out(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let words = first.split_once("atlas:sum").map(|(_, words)| words.trim());
    words == Some("ignore")
}

fn sections(text: &str) -> Vec<Section> {
    let mut section = Section::whole(text);
    let mut down = None;
    for (name, words) in directives(text) {
        match (name, words) {
            ("txmode", "none") => section.is_outside = true,
            ("txmode", "file" | "") => {}
            ("txmode", _) => {
                section =
                    section.fault(0..0, "atlas takes 'none' and 'file' as the txmode of a file");
            }
            ("checkpoint", _) => section.is_baseline = true,
            ("delimiter", words) => delimit(&mut section, text, words),
            ("txtar", _) => {
                let Some(span) = member(text, "migration.sql") else {
                    section = section.fault(0..0, "this archive holds no 'migration.sql'");
                    continue;
                };
                let flags = (section.is_outside, section.is_baseline);
                section = Section::of(text, span);
                (section.is_outside, section.is_baseline) = flags;
                down = member(text, "down.sql").map(|span| Section::of(text, span));
            }
            _ => {}
        }
    }
    let down = down.map(|section| Section { is_down: true, ..section });
    std::iter::once(section).chain(down).collect()
}

/// Ends statements with a semicolon where another word does.
fn delimit(section: &mut Section, text: &str, words: &str) {
    let words = words.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
    if words.is_empty() || words == ";" {
        return;
    }
    let ends: Vec<usize> = text.match_indices(words.as_str()).map(|(at, _)| at).collect();
    // The directive itself names it.
    let head = text.find("atlas:delimiter").unwrap_or(0);
    let head = head + text.get(head..).and_then(|rest| rest.find('\n')).unwrap_or(0);
    for at in ends.into_iter().filter(|at| *at > head) {
        section.write(text, at..at + words.len(), ";");
    }
}

/// The bytes of a file of the archive.
fn member(text: &str, name: &str) -> Option<Range<usize>> {
    let mut start = None;
    for line in lines(text) {
        let Some(member) = line.text.strip_prefix("-- ").and_then(|it| it.strip_suffix(" --"))
        else {
            continue;
        };
        match start {
            Some(start) => return Some(start..line.start),
            None if member.trim() == name => start = Some(line.start + line.text.len()),
            None => {}
        }
    }
    start.map(|start| start..text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::{told, transaction};

    #[test]
    fn the_name_up_to_the_first_line_is_the_version() {
        assert_eq!(slot("2024_a_b.sql".into()).unwrap().version, Version::Name("2024".into()));
        assert!(slot("old/2024_a.sql".into()).is_none() && slot("atlas.sum".into()).is_none());
    }

    #[test]
    fn directives_stand_apart_at_the_top() {
        assert!(!transaction(&LAYOUT, "-- atlas:txmode none\n\ncreate table a (b int);"));
        assert!(transaction(&LAYOUT, "-- atlas:txmode none\ncreate table a (b int);"));
        assert!(transaction(&LAYOUT, "select 1;\n-- atlas:txmode none\n\n"));
        assert!(told(&LAYOUT, "-- atlas:txmode all\n\nselect 1;")[0].contains("! atlas takes"));
        assert!(sections("-- atlas:checkpoint v1\n\nselect 1;")[0].is_baseline);
    }

    #[test]
    fn other_ends_and_archives_are_read() {
        let text = "-- atlas:delimiter \\n\\n\n\nselect 1\n\nselect 2\n\n";
        assert!(
            told(&LAYOUT, text)[0].contains("select 1; select 2;"),
            "{:?}",
            told(&LAYOUT, text)
        );
        let text = "-- atlas:txtar\n\n-- checks.sql --\nselect 0;\n-- migration.sql --\nselect 1;\n\
                    -- down.sql --\nselect 2;\n";
        assert_eq!(told(&LAYOUT, text), ["up: select 1;", "down: select 2;"]);
    }
}
