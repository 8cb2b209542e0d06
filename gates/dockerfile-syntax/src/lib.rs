//! A Dockerfile as its instructions, those alone that can name an image or a
//! file.
//!
//! Source: the Dockerfile reference and BuildKit's frontend/dockerfile/parser.
//! What it does not know it passes over: a keyword that is younger than this
//! text must not hide the `FROM` after it.

use std::ops::Range;

/// One instruction, continuation lines joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// In lower case; that of an `ONBUILD` is the one it holds back.
    pub name: String,
    /// What stands behind the name.
    pub words: Vec<Word>,
    /// Its lines, without what continues them.
    pub pieces: Vec<Range<usize>>,
    /// Its here-documents with the lines that end them.
    pub documents: Vec<Range<usize>>,
}

impl Instruction {
    /// All of its lines.
    #[must_use]
    pub fn text<'s>(&self, source: &'s str) -> &'s str {
        let start = self.pieces.first().map_or(0, |piece| piece.start);
        let end = self.pieces.last().map_or(start, |piece| piece.end);
        source.get(start..end).unwrap_or_default()
    }
}

/// A word without its quotes, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Quotes and escapes resolved.
    pub text: String,
    /// Bytes of the source.
    pub span: Range<usize>,
}

/// Instructions whose words are read.
const READ: &[&str] = &["add", "arg", "copy", "env", "from", "onbuild", "run", "shell"];

/// After so many here-documents without an end the file is no Dockerfile, and
/// looking for each to the last line would take long.
const ENDLESS_MAX: usize = 8;

/// Every instruction of `source` that can name an image or a file.
#[must_use]
pub fn instructions(source: &str) -> Vec<Instruction> {
    let mut lines = Lines { source, at: 0, escape: '\\', endless: 0 };
    lines.directives();
    let mut instructions = Vec::new();
    while let Some(pieces) = lines.instruction() {
        let first = pieces.first().map(|(_, text)| *text).unwrap_or_default();
        let keyword = first.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if !READ.contains(&&*keyword) {
            continue;
        }
        let mut words = words(&pieces, lines.escape).into_iter();
        let mut name = words.next().map(|word| word.text.to_ascii_lowercase());
        while name.as_deref() == Some("onbuild") {
            name = words.next().map(|word| word.text.to_ascii_lowercase());
        }
        let words: Vec<Word> = words.collect();
        let documents = match name.as_deref() {
            Some("run" | "copy" | "add") => lines.documents(&words),
            _ => Vec::new(),
        };
        if let Some(name) = name {
            let pieces = pieces.iter().map(|(at, text)| *at..at + text.len()).collect();
            instructions.push(Instruction { name, words, pieces, documents });
        }
    }
    instructions
}

/// Whether its first lines choose a frontend (`# syntax=…`), which is an image,
/// too.
#[must_use]
pub fn has_frontend(source: &str) -> bool {
    let head = source.lines().map(str::trim).take_while(|line| line.starts_with('#'));
    head.filter_map(directive).any(|(name, _)| name == "syntax")
}

fn directive(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.trim().strip_prefix('#')?.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    matches!(&*name, "escape" | "syntax" | "check").then_some((name, value.trim()))
}

struct Lines<'s> {
    source: &'s str,
    at: usize,
    escape: char,
    endless: usize,
}

/// A line, or the part of one, and the byte where it begins.
type Piece<'s> = (usize, &'s str);

impl<'s> Lines<'s> {
    fn directives(&mut self) {
        self.at = if self.source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let head = self.source.get(self.at..).unwrap_or_default();
        for line in head.lines() {
            let Some((name, value)) = directive(line) else { return };
            if name == "escape" && value == "`" {
                self.escape = '`';
            }
        }
    }

    fn line(&mut self) -> Option<Piece<'s>> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let line = rest.split_inclusive('\n').next()?;
        let start = self.at;
        self.at += line.len();
        Some((start, line.trim_end_matches(['\n', '\r'])))
    }

    /// The lines of the next instruction, without what continues them.
    fn instruction(&mut self) -> Option<Vec<Piece<'s>>> {
        let mut pieces = Vec::new();
        loop {
            let Some((start, line)) = self.line() else {
                return (!pieces.is_empty()).then_some(pieces);
            };
            // Comments and empty lines do not end an instruction.
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let end = line.trim_end_matches([' ', '\t']);
            let continued = end.strip_suffix(self.escape);
            match continued.filter(|before| !before.ends_with(self.escape)) {
                Some(before) => pieces.push((start, before)),
                None => {
                    pieces.push((start, line));
                    return Some(pieces);
                }
            }
        }
    }

    /// Passes over the here-documents that `words` begin. One that never ends
    /// is read as instructions.
    fn documents(&mut self, words: &[Word]) -> Vec<Range<usize>> {
        let mut documents = Vec::new();
        for word in words {
            // Between quotes it begins none.
            let raw = self.source.get(word.span.clone()).unwrap_or_default();
            let Some(rest) =
                raw.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")
            else {
                continue;
            };
            let strips_tabs = rest.starts_with('-');
            let name = rest.trim_start_matches('-');
            let name: String = name.chars().filter(|c| !['"', '\'', '\\'].contains(c)).collect();
            if name.is_empty() || name.contains('<') || self.endless >= ENDLESS_MAX {
                continue;
            }
            let body = self.at;
            let end = std::iter::from_fn(|| self.line()).find(|(_, line)| {
                name == if strips_tabs { line.trim_start_matches('\t') } else { line }
            });
            match end {
                Some(_) => documents.push(body..self.at),
                None => {
                    self.endless += 1;
                    self.at = body;
                }
            }
        }
        documents
    }
}

fn words(pieces: &[Piece<'_>], escape: char) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    for (start, piece) in pieces {
        let mut chars = piece.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c.is_whitespace() && quote.is_none() {
                words.extend(word.take());
                continue;
            }
            let at = start + at;
            let word = word.get_or_insert_with(|| Word { text: String::new(), span: at..at });
            word.span.end = at + c.len_utf8();
            match (c, quote) {
                (c, Some(open)) if c == open => quote = None,
                ('"' | '\'', None) => quote = Some(c),
                (c, _) if c == escape && quote != Some('\'') => {
                    if let Some((_, next)) = chars.next() {
                        word.text.push(next);
                        word.span.end += next.len_utf8();
                    }
                }
                (c, _) => word.text.push(c),
            }
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(source: &str) -> Vec<String> {
        let line = |instruction: Instruction| {
            let words = instruction.words.into_iter().map(|word| word.text);
            std::iter::once(instruction.name).chain(words).collect::<Vec<_>>().join(" ")
        };
        instructions(source).into_iter().map(line).collect()
    }

    #[test]
    fn lines_are_joined_and_comments_dropped() {
        let source =
            "# c\nfrom \\\n  # inside\n\n  a:1 \\ \r\n  As b\r\nWORKDIR /x\nARG A='x y' B=\"z\"";
        assert_eq!(read(source), ["from a:1 As b", "arg A=x y B=z"]);
        assert_eq!(read("FROM a\\\nb\nRUN x \\\\\nFROM c"), ["from ab", "run x \\", "from c"]);
        assert_eq!(
            read("# escape=`\nFROM a `\n AS b\nCOPY c:\\ d\\\nFROM e"),
            ["from a AS b", "copy c:\\ d\\", "from e"]
        );
        assert_eq!(
            read("\u{feff}FROM a\nONBUILD COPY --from=b c d\nNEW x\nFROM e"),
            ["from a", "copy --from=b c d", "from e"]
        );
    }

    #[test]
    fn here_documents_are_no_instructions() {
        let source = "RUN <<EOF cat <<-'B' >f\nFROM no\nEOF\n\tFROM no\n\tB\nFROM a\n";
        assert_eq!(read(source).last().map(String::as_str), Some("from a"));
        assert_eq!(read(source).len(), 2);
        assert_eq!(read("RUN echo \"<<EOF\"\nFROM a\nEOF")[1], "from a");
        assert_eq!(read("RUN cat <<EOF\nFROM a\n")[1], "from a");
        assert_eq!(read("RUN cat <<< EOF\nFROM a\nEOF")[1], "from a");
    }

    #[test]
    fn a_word_knows_its_place() {
        let source = "FROM --platform=$P \\\n  \"é:1\" AS x";
        let words = instructions(source).remove(0).words;
        assert_eq!(&source[words[1].span.clone()], "\"é:1\"");
    }

    #[test]
    fn a_frontend_is_noticed() {
        assert!(has_frontend("# check=skip=all\n#Syntax = docker/dockerfile:1\nFROM a"));
        assert!(!has_frontend("FROM a\n# syntax=x"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_read(source in "[-A-C <>=#\"'\\\\`$\n\r\té]{0,60}", lines in "((FROM|RUN|COPY|ONBUILD|E) ?(<<E|<<-\"E|\\\\|'|a)?\n){0,12}") {
            for text in [source, lines] {
                for word in instructions(&text).into_iter().flat_map(|it| it.words) {
                    prop_assert!(text.get(word.span.clone()).is_some());
                }
            }
        }

        #[test]
        fn any_characters_are_read(source in any::<String>()) {
            let _read = (instructions(&source), has_frontend(&source));
        }
    }
}
