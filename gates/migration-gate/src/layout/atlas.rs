//! Atlas: `VERSION_name.sql`, in the order of the names. Comments at the top,
//! apart from the first statement by an empty line, are for Atlas:
//! `-- atlas:txmode none`, `-- atlas:delimiter`, `-- atlas:checkpoint` (a short
//! cut for new databases) and `-- atlas:txtar` (an archive of files).

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Section, lines};
use super::{Layout, Slot, Version, atlas_sum, plain};
use crate::postgres;

pub(super) const LAYOUT: Layout = Layout {
    name: "atlas",
    slot,
    sections,
    arrange: |folder, path| atlas_sum::check(folder, path),
    transaction: |running| !running.section.is_outside,
    version: |text| Some(version(text)),
    is_by_name: true,
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

/// The words of each directive at the top. An empty line parts them from the first
/// statement, and one that ends with `\r\n` is none to Atlas.
fn directives(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while rest.starts_with("--") || rest.starts_with('#') {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let directive = line.split_once("atlas:").map(|(_, rest)| rest.trim_end());
        let pair = directive.map(|it| it.split_once(' ').unwrap_or((it, "")));
        found.extend(pair.map(|(name, words)| (name, words.trim_start_matches(' '))));
        rest = after;
    }
    let is_apart = rest.is_empty() || rest.trim_start_matches([' ', '\t']).starts_with('\n');
    // Else they belong to the statement.
    if is_apart { found } else { Vec::new() }
}

/// The word that ends statements: by the first line alone, with or without an empty
/// one after it.
fn delimiter(text: &str) -> Option<(&str, usize)> {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let words = line.strip_prefix("-- atlas:delimiter")?;
    (words.is_empty() || words.starts_with(' '))
        .then(|| (words.trim_start_matches(' '), text.len() - rest.len()))
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
    if let Some((words, start)) = delimiter(text) {
        delimit(&mut section, text, words, start);
    }
    let directives = directives(text);
    if directives.iter().filter(|(name, _)| *name == "txmode").count() > 1 {
        section.refuse(0..0, "atlas takes one txmode of a file");
    }
    for (name, words) in directives {
        match (name, words) {
            ("txmode", "none") => section.is_outside = true,
            ("txmode", "file") => {}
            ("import", _) => {
                section.refuse(0..0, "another file is brought in here: put its text here")
            }
            ("txmode", _) => {
                section =
                    section.fault(0..0, "atlas takes 'none' and 'file' as the txmode of a file");
            }
            ("checkpoint", _) => section.is_baseline = true,
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

/// Ends statements with a semicolon where another word does: from `start` on, and not
/// in quotes or between brackets.
fn delimit(section: &mut Section, text: &str, words: &str, start: usize) {
    let words = words.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
    if words.is_empty() {
        return section.refuse(0..0, "atlas expects the word that ends statements");
    }
    if words == ";" {
        return;
    }
    let mut ends = text.match_indices(words.as_str()).map(|(at, _)| at).peekable();
    let (mut at, mut depth) = (start, 0_u32);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, piece) = postgres::piece(rest);
        match piece {
            postgres::Piece::Open => depth += 1,
            postgres::Piece::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_in = depth > 0 || matches!(piece, postgres::Piece::Quoted);
        at += length.max(1);
        // Those that begin in this piece: one may go over several.
        while let Some(end) = ends.next_if(|end| *end < at) {
            if end >= start && !is_in {
                section.write(text, end..end + words.len(), ";");
            }
        }
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
        assert!(transaction(&LAYOUT, "-- atlas:txmode none\r\n\r\nselect 1;"), "no empty line");
        for (text, words) in [
            ("-- atlas:txmode\n\nselect 1;", "! atlas takes 'none'"),
            ("-- atlas:txmode none\n-- atlas:txmode file\n\nselect 1;", "! atlas takes one"),
            ("-- atlas:import a.sql\n", "! another file"),
            ("-- atlas:delimiter\nselect 1;", "! atlas expects the word"),
        ] {
            assert!(told(&LAYOUT, text)[0].contains(words), "{text:?}: {:?}", told(&LAYOUT, text));
        }
    }

    #[test]
    fn other_ends_and_archives_are_read() {
        let text = "-- atlas:delimiter \\n\\n\n\nselect 1\n\nselect 2\n\n";
        assert!(
            told(&LAYOUT, text)[0].contains("select 1; select 2;"),
            "{:?}",
            told(&LAYOUT, text)
        );
        // Quotes and brackets keep theirs, and no empty line need follow.
        let text =
            "-- atlas:delimiter \\n\\n\ncreate table a (\n\n b int)\n\ndo $$ begin\n\nend $$";
        let found = told(&LAYOUT, text).remove(0);
        assert!(found.contains("( b int); do $$ begin end $$"), "{found}");
        let text = "-- note\n-- atlas:delimiter GO\n\nselect 1 GO\n";
        assert!(told(&LAYOUT, text)[0].ends_with("select 1 GO"), "the first line alone says it");
        let text = "-- atlas:txtar\n\n-- checks.sql --\nselect 0;\n-- migration.sql --\nselect 1;\n\
                    -- down.sql --\nselect 2;\n";
        assert_eq!(told(&LAYOUT, text), ["up: select 1;", "down: select 2;"]);
    }
}
