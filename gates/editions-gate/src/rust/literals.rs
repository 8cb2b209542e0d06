//! Files that a macro or an attribute names by literals.

use std::ops::Range;

use syntax::rust::Kind;

use super::attributes::Tokens;
use super::references::Means;
use super::value::value;

/// Literals as one text, and their bytes.
pub(crate) type Literal = (String, Range<usize>);

/// The texts of a file, each with its bytes.
pub(crate) fn texts(source: &str) -> Vec<Literal> {
    let tokens = syntax::rust::tokens(source).into_iter();
    let texts = tokens.filter(|token| matches!(token.kind, Kind::String | Kind::RawString));
    texts.filter_map(|it| Some((value(it.text(source))?, it.start..it.end))).collect()
}

/// The file that the `include` at `at` takes in: `include!("a")`,
/// `include!(concat!("a", "b"))`, and with the package's folder at its front.
/// What is built (`OUT_DIR`) is not in the tree.
pub(crate) fn included(tokens: &Tokens<'_>, at: usize) -> Option<(Means, Literal)> {
    let open = at + 2;
    if tokens.text(at + 1) != "!" || !matches!(tokens.text(open), "(" | "[" | "{") {
        return None;
    }
    let mut first = open + 1;
    let mut close = tokens.close(open);
    let mut means = Means::File;
    if tokens.text(first) == "concat" && tokens.text(first + 1) == "!" {
        close = tokens.close(first + 2);
        first += 3;
    }
    if tokens.text(first) == "env" && tokens.text(first + 1) == "!" {
        let variable = value(tokens.text(first + 3))?;
        if variable != "CARGO_MANIFEST_DIR" {
            return None;
        }
        means = Means::PackageFile;
        first = tokens.close(first + 2).saturating_add(1);
    }
    Some((means, literal(tokens, first, close)?))
}

/// The literals from `first` to `close`, commas between them.
pub(crate) fn literal(tokens: &Tokens<'_>, first: usize, close: usize) -> Option<Literal> {
    let mut text = String::new();
    let mut span: Option<Range<usize>> = None;
    for at in first..close {
        match tokens.text(at) {
            "," => {}
            quoted if tokens.is_text(at) => {
                text.push_str(&value(quoted)?);
                let here = tokens.span(at, at);
                span = Some(span.map_or(here.start, |span| span.start)..here.end);
            }
            _ => return None,
        }
    }
    span.map(|span| (text, span))
}
