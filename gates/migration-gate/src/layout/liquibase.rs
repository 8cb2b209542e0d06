//! Liquibase: changelogs in XML, YAML and JSON (`changelog/`), and formatted SQL: a file begins with `--liquibase formatted sql` and
//! holds changesets, each a migration of its own: `--changeset author:id` with
//! attributes behind it. `--rollback` lines undo. One that says `runOnChange` or
//! `runAlways` may be edited.

use std::ops::Range;

use camino::Utf8Path;

use super::section::{Line, Section, after_prefix, lines};
use super::{Folder, Layout, Migration, Path, Slot, Version, changelog, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "liquibase-sql",
    slot,
    sections,
    written: changelog::expand,
    arrange,
    transaction: |running| !running.section.is_outside,
    version: |_| None,
    is_shared: true,
    outside: "write runInTransaction:false behind its changeset",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    super::stem(inside.file_name()?)?;
    Some(Slot::up(Version::Name(inside.to_string())))
}

/// What follows `-- word` on a line, whichever way that is spaced.
fn comment<'a>(line: &Line<'a>, word: &str) -> Option<&'a str> {
    let rest = line.text.trim_start().strip_prefix("--")?;
    after_prefix(rest.trim_start(), word)
}

fn is_header(line: &Line<'_>) -> bool {
    let rest = comment(line, "liquibase").map(str::trim_start);
    rest.is_some_and(|rest| after_prefix(rest, "formatted").is_some())
}

/// The value of `name:value` among a changeset's attributes, the last where it stands
/// there twice; blanks can stand in it between quotes.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut found = None;
    let mut at = 0;
    while let Some(rest) = attributes.get(at..).filter(|rest| !rest.is_empty()) {
        let blanks = rest.len() - rest.trim_start().len();
        let word = rest.trim_start();
        let (plain, quoted) = word.split_once('"').unwrap_or((word, ""));
        let has_quotes = plain.ends_with(':') && !plain.contains(char::is_whitespace);
        let length = match quoted.find('"').filter(|_| has_quotes) {
            Some(end) => plain.len() + 1 + end + 1,
            None => word.find(char::is_whitespace).unwrap_or(word.len()),
        };
        let value = word.get(..length).and_then(|word| after_prefix(word, name));
        found = value.and_then(|value| value.strip_prefix(':')).or(found);
        at += blanks + length;
    }
    found.map(|value| value.trim_matches('"'))
}

fn is_true(attributes: &str, name: &str) -> bool {
    attribute(attributes, name).is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// The author and id of a changeset, and what stands behind them.
fn identity(rest: &str) -> Option<(String, &str)> {
    let rest = rest.strip_prefix(char::is_whitespace)?.trim_start();
    let word = |text: &str, ends: &dyn Fn(char) -> bool| match text.strip_prefix('"') {
        Some(quoted) => quoted.find('"').map(|at| at + 2),
        None => Some(text.find(ends).unwrap_or(text.len())),
    };
    let author = word(rest, &|c| c == ':').filter(|end| *end > 0)?;
    let after = rest.get(author..)?.trim_start().strip_prefix(':')?;
    let id = word(after, &char::is_whitespace).filter(|end| *end > 0)?;
    let name = |text: &str| text.trim().trim_matches('"').to_owned();
    let part = format!("{}:{}", name(rest.get(..author)?), name(after.get(..id)?));
    Some((part, after.get(id..)?))
}

/// What follows `--ignoreLines:`, which is all that may stand on its line.
fn ignores<'a>(line: &Line<'a>) -> Option<&'a str> {
    let rest = line.text.strip_prefix("--")?.trim_start();
    let words = after_prefix(rest, "ignoreLines:")?;
    let is_word = !words.is_empty() && words.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_word.then_some(words)
}

/// A changeset while it is read.
struct Open {
    start: usize,
    part: String,
    attributes: String,
    blanks: Vec<Range<usize>>,
    undo: Vec<Range<usize>>,
    faults: Vec<(Range<usize>, String)>,
}

fn sections(text: &str) -> Vec<Section> {
    let is_formatted = lines(text).find(|line| !line.text.trim().is_empty());
    if !is_formatted.as_ref().is_some_and(is_header) {
        // What is included without the header is one changeset.
        let part = Some("raw".to_owned());
        return vec![Section { part, ..Section::whole(text) }];
    }
    let mut found = Vec::new();
    let mut open: Option<Open> = None;
    let (mut ignored, mut ignoring, mut undoing) = (0_u64, false, false);
    for line in lines(text) {
        let span = line.span();
        if undoing {
            let end = line.text.trim_end().strip_suffix("*/");
            let kept = end.map_or(line.text.len(), str::len);
            if let Some(open) = &mut open {
                open.undo.push(span.start..span.start + kept);
                open.blanks.push(span);
            }
            undoing = end.is_none();
        } else if ignoring || ignored > 0 {
            ignored = ignored.saturating_sub(1);
            ignoring &= ignores(&line) != Some("end");
            if let Some(open) = &mut open {
                open.blanks.push(span);
            }
        } else if let Some(words) = ignores(&line) {
            ignoring = words == "start";
            ignored = words.parse().unwrap_or(0);
            if !ignoring && words.parse::<u64>().is_err() {
                let reason = "liquibase expects 'start' or a number of lines here".to_owned();
                open.iter_mut().for_each(|open| open.faults.push((span.clone(), reason.clone())));
            }
        } else if let Some(rest) = comment(&line, "changeset") {
            found.extend(open.take().map(|it| close(it, text, span.start)));
            let (part, attributes) = identity(rest).unwrap_or_default();
            let mut faults = Vec::new();
            if part.is_empty() {
                let reason = "liquibase expects '--changeset author:id'".to_owned();
                faults.push((span.clone(), reason));
            }
            let attributes = attributes.to_owned();
            let (blanks, undo) = (Vec::new(), Vec::new());
            open = Some(Open { start: span.start, part, attributes, blanks, undo, faults });
        } else if let Some(open) = &mut open {
            if let Some(words) = comment(&line, "rollback") {
                open.undo.push(span.end - words.len()..span.end);
            } else if is_undo_start(line.text) {
                undoing = true;
                open.blanks.push(span);
            }
        } else if !line.text.trim().is_empty() && !line.text.trim_start().starts_with("--") {
            let reason = "it stands before the first '--changeset author:id'";
            found.push((Section::of(text, 0..0).fault(span, reason), None));
            break;
        }
    }
    found.extend(open.take().map(|it| close(it, text, text.len())));
    found.into_iter().flat_map(|(up, down)| std::iter::once(up).chain(down)).collect()
}

/// `/* liquibase rollback`.
fn is_undo_start(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [open, words @ ..] = words.as_slice() else { return false };
    let glued = open.strip_prefix("/*").filter(|rest| !rest.is_empty());
    let words: Vec<&str> = glued.into_iter().chain(words.iter().copied()).collect();
    let is = |at: usize, word: &str| words.get(at).is_some_and(|it| it.eq_ignore_ascii_case(word));
    open.starts_with("/*") && words.len() == 2 && is(0, "liquibase") && is(1, "rollback")
}

fn close(open: Open, text: &str, end: usize) -> (Section, Option<Section>) {
    let Open { start, part, attributes, blanks, undo, faults } = open;
    let mut up = Section::of(text, start..end);
    for span in blanks {
        up.blank(text, span);
    }
    up.part = Some(part.clone());
    // Whatever is not true is false.
    up.is_outside = attribute(&attributes, "runInTransaction")
        .is_some_and(|it| !it.is_empty() && !it.eq_ignore_ascii_case("true"));
    up.is_again = is_true(&attributes, "runOnChange") || is_true(&attributes, "runAlways");
    let is_elsewhere = attribute(&attributes, "dbms").is_some_and(|dbms| !runs_here(dbms));
    if is_elsewhere || is_true(&attributes, "ignore") {
        up = Section { is_skipped: true, part: up.part, ..Section::of(text, start..start) };
        return (up, None);
    }
    up.contexts = attribute(&attributes, "contextFilter")
        .filter(|it| !it.is_empty())
        .or_else(|| attribute(&attributes, "context"))
        .map(str::to_owned);
    if let Some(word) = attribute(&attributes, "endDelimiter").filter(|it| *it != ";") {
        delimit(&mut up, text, start..end, word);
    }
    for (span, reason) in faults {
        up = up.fault(span, &reason);
    }
    let down = (!undo.is_empty()).then(|| {
        let start = undo.first().map_or(0, |first| first.start);
        let end = undo.last().map_or(start, |last| last.end);
        let mut down = Section::of(text, start..end);
        for pair in undo.windows(2) {
            if let [one, next] = pair {
                down.blank(text, one.end..next.start);
            }
        }
        Section { is_down: true, part: Some(part), is_outside: up.is_outside, ..down }
    });
    (up, down)
}

/// `postgresql,h2` and `!mysql` do.
pub(super) fn runs_here(dbms: &str) -> bool {
    let names = || dbms.split(',').map(str::trim);
    let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
    if names().any(|name| is(name, "none") || is(name, "!postgresql")) {
        return false;
    }
    let named = names().any(|name| is(name, "postgresql") || is(name, "all"));
    named || names().all(|name| name.starts_with('!'))
}

/// Ends statements with a semicolon where another word at a line's end does.
fn delimit(section: &mut Section, text: &str, span: Range<usize>, word: &str) {
    let own = text.get(span.clone()).unwrap_or_default();
    for end in delimiters(own, word) {
        section.write(text, span.start + end.start..span.start + end.end, ";");
    }
}

/// Where `word` ends a statement: alone on its line, or at the end of one.
pub(super) fn delimiters(text: &str, word: &str) -> Vec<Range<usize>> {
    let end = |line: Line<'_>| {
        let before = line.text.trim_end().strip_suffix(word)?;
        let is_word = word.chars().all(char::is_alphanumeric);
        let start = line.start + before.len();
        (before.trim().is_empty() || !is_word).then(|| start..start + word.len())
    };
    lines(text).filter_map(end).collect()
}

/// Changelogs that include files say the order; without one it is that of the
/// paths. SQL that no changelog names is run by none.
fn arrange(folder: &mut Folder, path: &Path<'_>) {
    let told = changelog::told(path.dir, path.tree, path.contexts);
    folder.properties = told.properties;
    if !told.is_any {
        return;
    }
    folder.others += told.left_out;
    let formatted = |migration: &Migration| {
        let file = path.tree.read_entry(&migration.entry).ok();
        let text = file.as_ref().and_then(|file| file.text()).unwrap_or_default();
        lines(text).find(|line| !line.text.trim().is_empty()).is_some_and(|line| is_header(&line))
    };
    let is_named = |it: &Migration| told.steps.iter().any(|(entry, _)| entry.path == it.entry.path);
    let (kept, left): (Vec<_>, Vec<_>) =
        std::mem::take(&mut folder.ups).into_iter().partition(|it| is_named(it) || formatted(it));
    folder.others += left.iter().filter(|it| !told.read.contains(&it.entry.path)).count() as u64;
    folder.ups = kept.into_iter().filter(|it| !is_named(it)).collect();
    // Parts come before names: what is listed before what is not.
    for (place, (entry, turn)) in told.steps.into_iter().enumerate() {
        let slot = Slot::up(Version::Parts(vec![place as u128]));
        folder.ups.push(Migration { turn, ..Migration::new(entry, slot) });
    }
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;
    use crate::layout::evidence::told;
    use crate::layout::folder;

    const HEAD: &str = "-- liquibase formatted sql\n";

    fn of(rest: &str) -> Vec<String> {
        told(&LAYOUT, &format!("{HEAD}{rest}"))
    }

    #[test]
    fn changesets_are_apart_and_rollbacks_undo() {
        let found =
            of("--changeset ann:1\nselect 1;\n--rollback select 2;\n--rollback select 3;\n\
                        -- changeset \"Bob B\":two runInTransaction:false\nselect 4;\n");
        assert_eq!(
            found,
            [
                "up ann:1: --changeset ann:1 select 1; --rollback select 2; --rollback select 3;",
                "down ann:1: select 2; select 3;",
                "up Bob B:two: -- changeset \"Bob B\":two runInTransaction:false select 4;",
            ]
        );
        let found =
            of("--changeset a:1\nselect 1;\n/* liquibase rollback\nselect 2;\n*/\nselect 3;\n");
        assert_eq!(found, ["up a:1: --changeset a:1 select 1; select 3;", "down a:1: select 2;"]);
    }

    #[test]
    fn attributes_are_heeded() {
        let sections =
            |rest: &str| sections(&format!("{HEAD}--changeset a:1 {rest}\nselect 1 GO\n/\n"));
        assert!(sections("runInTransaction:FALSE")[0].is_outside);
        assert!(sections("runInTransaction:no")[0].is_outside, "it is not true");
        assert!(!sections("runInTransaction:false runInTransaction:true")[0].is_outside);
        let contexts = |rest: &str| sections(rest).remove(0).contexts.unwrap_or_default();
        assert_eq!(contexts("context:\"test or prod\" labels:a"), "test or prod");
        assert_eq!(contexts("context:a contextFilter:\"b and !c\""), "b and !c");
        assert_eq!(contexts("labels:\"context:a b\" context:c"), "c");
        assert!(sections("labels:\"a b\" runInTransaction:false")[0].is_outside);
        assert!(sections("runOnChange:true splitStatements:false")[0].is_again);
        assert!(sections("dbms:mysql")[0].is_skipped && sections("ignore:true")[0].is_skipped);
        assert!(!sections("dbms:h2,postgresql")[0].is_skipped);
        assert!(!sections("dbms:!mysql")[0].is_skipped);
        let text = sections("endDelimiter:/").remove(0).text.unwrap();
        assert!(text.contains("select 1 GO\n;"), "{text}");
    }

    #[test]
    fn what_is_ignored_is_blank() {
        let found = of(
            "--changeset a:1\nselect 1;\n--ignoreLines:start\nx;\n--ignoreLines:end\nselect 2;\n",
        );
        assert!(!found[0].contains("x;") && found[0].contains("select 2;"), "{found:?}");
        let found = of("--changeset a:1\n--ignoreLines:1\nx;\nselect 2;\n");
        assert!(!found[0].contains("x;") && found[0].contains("select 2;"), "{found:?}");
        // With a blank before or after it is a comment, and what follows runs.
        for mark in ["--ignoreLines:start ", " --ignoreLines:start", "--ignoreLines: start"] {
            let found = of(&format!("--changeset a:1\n{mark}\nx;\n--ignoreLines:end\n"));
            assert!(found[0].contains("x;"), "{mark}: {found:?}");
        }
        assert!(of("--changeset a:1\n--ignoreLines:START\nx;\n")[0].contains("! liquibase"));
    }

    #[test]
    fn what_liquibase_refuses_is_told() {
        assert!(of("--changeset nobody\nselect 1;\n")[0].contains("! liquibase expects"));
        assert!(of("select 1;\n--changeset a:1\nselect 2;\n")[0].contains("! it stands before"));
        assert_eq!(told(&LAYOUT, "select 1;"), ["up raw: select 1;"]);
    }

    #[test]
    fn a_changelog_says_the_order() {
        let master =
            "databaseChangeLog:\n- include:\n    file: b.sql\n- include:\n    file: a.sql\n";
        let own = "<databaseChangeLog><changeSet id='1'/></databaseChangeLog>";
        let files = [("c/a.sql", ""), ("c/b.sql", ""), ("c/master.yaml", master), ("c/x.xml", own)];
        let ups = folder(&LAYOUT, "c", &Tree::literal(files)).ups;
        let told: Vec<(&str, bool)> =
            ups.iter().map(|it| (it.path().file_name().unwrap(), it.fault.is_some())).collect();
        assert_eq!(told, [("b.sql", false), ("a.sql", false), ("x.xml", false)]);
    }
}
