//! One source of Java or Kotlin: what it declares, and every name it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::lexer::{Token, tokens};

/// What a source says.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) package: String,
    /// Types and functions that stand in no other.
    pub(super) declared: BTreeSet<String>,
    pub(super) imports: Vec<(String, Range<usize>)>,
    /// Names with dots in them.
    pub(super) dotted: Vec<(String, Range<usize>)>,
    /// Every word, where it stands first.
    pub(super) words: BTreeMap<String, Range<usize>>,
    pub(super) strings: Vec<(String, Range<usize>)>,
    pub(super) is_broken: bool,
}

impl Source {
    pub(super) fn read(text: &str) -> Source {
        let (tokens, is_broken) = tokens(text);
        let mut source = Source { is_broken, ..Source::default() };
        let word = |at: usize| match tokens.get(at) {
            Some((Token::Word | Token::Mark, span)) => text.get(span.clone()).unwrap_or_default(),
            _ => "",
        };
        let (mut at, mut depth) = (0, 0_usize);
        while let Some((token, span)) = tokens.get(at) {
            let value = text.get(span.clone()).unwrap_or_default();
            if *token == Token::String {
                // A class's name has no blanks.
                if value.contains('.') && value.len() < 256 && !value.contains(char::is_whitespace)
                {
                    source.strings.push((value.to_owned(), span.clone()));
                }
                at += 1;
                continue;
            }
            match value {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "package" | "import" if depth == 0 => {
                    let skip = usize::from(word(at + 1) == "static");
                    let (name, name_span, next) = dotted(at + 1 + skip, &tokens, text);
                    match value {
                        "package" => source.package = name,
                        _ if !name.is_empty() => source.imports.push((name, name_span)),
                        _ => {}
                    }
                    at = next.max(at + 1);
                    continue;
                }
                "class" | "interface" | "object" | "enum" | "record" | "typealias"
                    if depth == 0 =>
                {
                    source.declared.insert(word(at + 1).to_owned());
                }
                "fun" | "val" | "var" if depth == 0 => source.declared.extend(function(at, &word)),
                _ => {}
            }
            if *token == Token::Word {
                let (name, name_span, next) = dotted(at, &tokens, text);
                if name.contains('.') {
                    source.dotted.push((name, name_span));
                }
                for (_, span) in tokens.get(at..next).unwrap_or_default() {
                    let part = text.get(span.clone()).unwrap_or_default();
                    // What is said to be there is no use of it.
                    source.words.entry(part.to_owned()).or_insert_with(|| span.clone());
                }
                at = next.max(at + 1);
                continue;
            }
            at += 1;
        }
        source
    }
}

/// `a.b.C` or `a.b.*` from a token on, its place, and the token behind it.
fn dotted(
    from: usize,
    tokens: &[(Token, Range<usize>)],
    text: &str,
) -> (String, Range<usize>, usize) {
    let (mut name, mut at) = (String::new(), from);
    let start = tokens.get(from).map_or(0, |(_, span)| span.start);
    let mut end = start;
    while let Some((token, span)) = tokens.get(at) {
        let value = text.get(span.clone()).unwrap_or_default();
        let waits = name.is_empty() || name.ends_with('.');
        let fits = match token {
            Token::Word => waits,
            Token::Mark => value == "." && !waits || value == "*" && name.ends_with('.'),
            Token::String => false,
        };
        if !fits {
            break;
        }
        name.push_str(value);
        (at, end) = (at + 1, span.end);
    }
    let end = end.max(start);
    (name.trim_end_matches('.').to_owned(), start..end, at)
}

/// The name that a function or property of Kotlin gives: what stands before its
/// bracket, colon or value.
fn function<'w>(at: usize, word: &impl Fn(usize) -> &'w str) -> Option<String> {
    let ends = (at + 1..at + 64).find(|at| matches!(word(*at), "(" | ":" | "=" | "{" | ""))?;
    let name = word(ends - 1);
    name.starts_with(|c: char| c.is_alphabetic() || c == '_').then(|| name.to_owned())
}
