//! psql: SQL files in one folder, as `plain`, with commands that begin with a
//! backslash. What they show or set is passed by; what brings in other text, or
//! sends what a query answers, cannot be judged. No transaction, unless
//! `transaction.default` says `--single-transaction`.

use std::ops::Range;

use super::include::{Bring, From};
use super::section::Section;
use super::{Layout, plain};
use crate::postgres;

pub(super) const LAYOUT: Layout = Layout {
    name: "psql",
    sections,
    brings,
    transaction: |running| {
        running.source.transaction.default.unwrap_or(false) != plain::has_directive(running)
    },
    outside: "run it without --single-transaction, and say so by transaction.directive",
    ..plain::LAYOUT
};

/// What a command does to the text around it.
enum Does {
    /// Nothing.
    Nothing,
    /// Sends the statement before it.
    Sends,
    /// Has rows after it.
    TakesRows,
    /// Ends the script.
    Ends,
    /// More than can be read here.
    Refused(&'static str),
}

fn does(command: &str, words: &str) -> Does {
    match command {
        "i" | "ir" | "include" | "include_relative" => Does::Refused(
            "another file is run here, and the repository has none or several of that name: \
                 name it by '\\ir', or put its text in the place of this line",
        ),
        "gexec" => Does::Refused("what a query answers is run here, which only a run can tell"),
        "c" | "connect" => Does::Refused("what follows runs in another database: give it a source"),
        "!" => Does::Refused("a program is run here: only what psql itself runs can be judged"),
        "if" | "elif" => Does::Refused("what is known only when it runs says what of this runs"),
        "set" if is_off(words) => Does::Refused(
            "every statement begins a transaction from here on: write BEGIN and COMMIT instead",
        ),
        "copy" if takes_rows(words) => Does::TakesRows,
        "g" | "gx" | "gset" | "gdesc" | "crosstabview" | "watch" | ";" => Does::Sends,
        "q" | "quit" => Does::Ends,
        _ => Does::Nothing,
    }
}

/// `AUTOCOMMIT off`, in the spellings that psql takes for no.
fn is_off(words: &str) -> bool {
    let mut words = words.split_whitespace();
    let is_it = words.next() == Some("AUTOCOMMIT");
    let value = words.next().unwrap_or_default().trim_matches('\'').to_ascii_lowercase();
    is_it
        && ["off", "of", "false", "fals", "fal", "fa", "f", "no", "n", "0"]
            .contains(&value.as_str())
}

/// `\copy … from stdin`: its rows are the lines after it.
fn takes_rows(words: &str) -> bool {
    let words: Vec<String> = words.split_whitespace().map(str::to_ascii_lowercase).collect();
    words.windows(2).any(|pair| matches!(pair, [from, to] if from == "from" && to == "stdin"))
}

/// The rows that follow each `COPY … FROM stdin;` of a text.
pub(super) fn rows(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut copies) = (0, false);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, piece) = postgres::piece(rest);
        let word = rest.get(..length).unwrap_or_default();
        at += length.max(1);
        match piece {
            postgres::Piece::Semicolon if std::mem::take(&mut copies) => {
                let rows = rows_at(text, at);
                at = rows.end;
                found.push(rows);
            }
            postgres::Piece::Word if word.eq_ignore_ascii_case("stdin") => copies = true,
            _ => {}
        }
    }
    found
}

/// The rows that begin on the next line, with the line that ends them.
fn rows_at(text: &str, from: usize) -> Range<usize> {
    let start = from + line_end(text, from);
    start..start + data_end(text.get(start..).unwrap_or_default())
}

fn sections(text: &str) -> Vec<Section> {
    let mut section = Section::whole(text);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut faults: Vec<(Range<usize>, String)> = Vec::new();
    let mut copies = false;
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let (length, piece) = postgres::piece(rest);
        let here = at..at + length.max(1);
        at = here.end;
        let words = text.get(here.clone()).unwrap_or_default();
        match piece {
            postgres::Piece::Backslash => {
                let end = here.start + rest.find('\n').unwrap_or(rest.len());
                let line = text.get(here.clone().end..end).unwrap_or_default();
                let command = line.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
                let command = command.split('\\').next().unwrap_or_default();
                at = end;
                match does(command, line.get(command.len()..).unwrap_or_default()) {
                    Does::Nothing => edits.push((here.start..end, String::new())),
                    Does::TakesRows => {
                        at = rows_at(text, end).end;
                        edits.push((here.start..at, String::new()));
                    }
                    Does::Sends => edits.push((here.start..end, ";".to_owned())),
                    Does::Ends => {
                        edits.push((here.start..text.len(), String::new()));
                        break;
                    }
                    Does::Refused(reason) => {
                        faults.push((here.start..end, reason.to_owned()));
                        edits.push((here.start..end, String::new()));
                    }
                }
            }
            postgres::Piece::Colon => {
                if let Some((length, name)) = variable(rest) {
                    at = here.start + length;
                    edits.push((here.start..at, name));
                    section.has_placeholders = true;
                }
            }
            postgres::Piece::Semicolon if copies => {
                copies = false;
                let rows = rows_at(text, here.end);
                at = rows.end;
                edits.push((rows, String::new()));
            }
            // `COPY … FROM stdin;` has its rows after it.
            postgres::Piece::Word if words.eq_ignore_ascii_case("stdin") => copies = true,
            _ => {}
        }
    }
    for (span, words) in edits {
        section.write(text, span, &words);
    }
    for (span, reason) in faults {
        section = section.fault(span, &reason);
    }
    vec![section]
}

/// `\i file`, `\ir file`.
fn brings(text: &str) -> Vec<Bring> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let (length, piece) = postgres::piece(rest);
        let start = at;
        at += length.max(1);
        if !matches!(piece, postgres::Piece::Backslash) {
            continue;
        }
        let end = start + rest.find('\n').unwrap_or(rest.len());
        let line = text.get(at..end).unwrap_or_default();
        at = end;
        let mut words = line.split_whitespace();
        let from = match words.next() {
            Some("i" | "include") => From::Anywhere,
            Some("ir" | "include_relative") => From::File,
            _ => continue,
        };
        // A variable in the name is known only when it runs.
        let Some(name) = words.next().filter(|name| !name.contains([':', '`'])) else { continue };
        let name = name.trim_matches('\'').to_owned();
        if words.next().is_none() {
            found.push(Bring { span: start..end, name, from });
        }
    }
    found
}

/// `:name`, `:'name'` and `:"name"` as words of the same length.
fn variable(rest: &str) -> Option<(usize, String)> {
    let inner = rest.strip_prefix(':')?;
    let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let name = match quote {
        Some(quote) => inner.get(1..)?.split(quote).next()?,
        None => {
            let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            inner.get(..end.unwrap_or(inner.len()))?
        }
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let length = name.len() + 1 + quote.map_or(0, |_| 2);
    let shown = quote.map(String::from).unwrap_or_default();
    is_name.then(|| (length, format!("{shown}{name}{shown}")))
}

fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.find('\n').map_or(rest.len(), |at| at + 1)
}

/// Where rows end: after the line `\.`.
fn data_end(rows: &str) -> usize {
    let mut at = 0;
    for line in rows.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "\\." {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::{told, transaction};

    fn only(text: &str) -> String {
        told(&LAYOUT, text).remove(0)
    }

    #[test]
    fn commands_are_passed_by() {
        let text = "\\set ON_ERROR_STOP on\n\\echo it's DROP TABLE x\nselect 1;\n";
        assert_eq!(only(text), "up: select 1;");
        assert_eq!(only("select 1 \\gset\nselect 2;"), "up: select 1 ; select 2;");
        assert_eq!(only("select 1;\n\\q\nselect 2;"), "up: select 1;");
        let text = "select '\\i a', $$ \\i b $$; -- \\i c\n/* \\i d */ select E'\\\\';";
        assert!(!only(text).contains('!'), "{}", only(text));
    }

    #[test]
    fn what_comes_from_elsewhere_is_refused() {
        for text in
            ["\\i other.sql\n", "  \\ir a.sql", "select 'x' \\gexec\n", "\\c other\n", "\\! rm\n"]
                .into_iter()
                .chain(["\\if :x\nselect 1;\n\\endif\n", "\\set AUTOCOMMIT off\n"])
        {
            assert!(only(text).contains('!'), "{text}");
        }
    }

    #[test]
    fn rows_and_variables() {
        let text = "COPY a (b) FROM stdin;\n1\tdon't\n\\.\nselect :'x', :y::int, :\"z\", a[1:2];";
        assert_eq!(only(text), "up: COPY a (b) FROM stdin; select 'x' , y ::int, \"z\" , a[1:2];");
        assert!(sections(text)[0].has_placeholders);
        let text =
            "\\copy a (b) FROM stdin\n1\tdon't\n\\.\nselect 1;\n\\copy a from 'f.csv'\nselect 2;";
        assert_eq!(only(text), "up: select 1; select 2;");
        assert!(!only("\\set AUTOCOMMIT on\n").contains('!'));
        assert!(!sections("select a::int, b[1:2], '12:30';")[0].has_placeholders);
    }

    #[test]
    fn no_transaction_unless_told() {
        assert!(!transaction(&LAYOUT, "select 1; select 2;"));
    }
}
