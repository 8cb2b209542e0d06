//! An unpinned reference and what its name stood for → the bytes to replace.

use std::ops::Range;

use kernel::{Edit, SourceFile};

use crate::comment::{Comment, Said};
use crate::pins::{Pin, Pins};
use crate::pipeline::Use;
use crate::reference::Remote;

/// `owner/repository@v4` becomes `owner/repository@<40 hex> # v4.2.2`. One
/// edit, from the revision to the end of the comment where that is ours to
/// write; every byte between and around stays. None where a person must decide.
pub(crate) fn edit(file: &SourceFile, found: &Use, remote: &Remote, pin: &Pin) -> Option<Edit> {
    let source = file.text()?;
    let value = source.get(found.span.clone())?;
    let (at, is_block) = place(value, &found.text)?;
    let revision = found.span.start + at + found.text.find('@')? + 1;
    let after = revision + remote.revision.len();
    if source.get(revision..after)? != remote.revision {
        return None;
    }
    let (end, tail) = match &found.comment {
        Some(comment) => beside(comment, source, after, &pin.version)?,
        None if is_block => (after, String::new()),
        None => appended(source, after, found.span.end, &pin.version)?,
    };
    let text = format!("{}{tail}", pin.commit);
    Some(Edit { path: file.path().to_owned(), start: revision, end, text })
}

/// `image:tag` becomes `image:tag@sha256:…`. None where a person must decide.
pub(crate) fn image_edit(
    file: &SourceFile,
    span: &Range<usize>,
    image: &str,
    pins: &Pins,
) -> Option<Edit> {
    let pin = pins.image(image)?;
    let end = image_end(file, span, image)?;
    let text = format!("@{}", pin.digest);
    Some(Edit { path: file.path().to_owned(), start: end, end, text })
}

/// Where the text of `image` ends, if it stands in `span` in one piece and with
/// nothing of another meaning beside it.
pub(crate) fn image_end(file: &SourceFile, span: &Range<usize>, image: &str) -> Option<usize> {
    let value = file.text()?.get(span.clone())?;
    if image.is_empty() || image.contains(|c: char| c.is_whitespace() || c == '$' || c == '{') {
        return None;
    }
    let at = match value.strip_prefix("--") {
        // A flag of a Dockerfile: `--from=`, `--mount=type=bind,from=`.
        Some(_) => {
            let at = value.find(&format!("from={image}"))? + "from=".len();
            let rest = value.get(at + image.len()..)?;
            (rest.is_empty() || rest.starts_with(',')).then_some(at)?
        }
        None => {
            let bare = value.replacen("docker://", "", 1);
            let (at, _) = place(&bare, image)?;
            at + (value.len() - bare.len())
        }
    };
    let end = at + image.len();
    (value.get(at..end)? == image).then_some(span.start + end)
}

/// Where `text` stands in the bytes of its scalar, and whether that is a `|` or
/// `>` scalar. None where it is written otherwise, by an escape for example.
fn place(value: &str, text: &str) -> Option<(usize, bool)> {
    let at = value.find(text)?;
    let (before, after) = (value.get(..at)?.trim(), value.get(at + text.len()..)?.trim());
    match (before, after) {
        ("", "") | ("'", "'") | ("\"", "\"") => Some((at, false)),
        (header, "") => {
            let marks = header.strip_prefix(['|', '>'])?;
            let is_header = marks.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-'));
            is_header.then_some((at, true))
        }
        _ => None,
    }
}

/// A comment that is a version and nothing else says the new one. One that says
/// more is kept as it is, unless it would then be untrue.
fn beside(comment: &Comment, source: &str, after: usize, version: &str) -> Option<(usize, String)> {
    let keep = Some((after, String::new()));
    let is_one_word = !comment.text.contains(char::is_whitespace);
    let word = match comment.said() {
        Said::Nothing => return keep,
        Said::Release(word) if !is_one_word => return if word == version { keep } else { None },
        Said::Moving(_) if !is_one_word => return keep,
        Said::Release(word) | Said::Moving(word) => word,
    };
    let written = source.get(comment.span.clone())?;
    // `tag=v4`, `ratchet:actions/checkout@v4`: only the version of them.
    let start = comment.span.start + written.rfind(&word)?;
    let between = source.get(after..start)?;
    Some((start + word.len(), format!("{between}{version}")))
}

/// A comment at the end of the line, if nothing else stands there: not in
/// `{uses: …}`, where it would hide the bracket.
fn appended(source: &str, after: usize, end: usize, version: &str) -> Option<(usize, String)> {
    let rest = source.get(end..)?.split(['\n', '\r']).next()?;
    if !rest.trim().is_empty() {
        return Some((after, String::new()));
    }
    let between = source.get(after..end)?;
    Some((end + rest.len(), format!("{between} # {version}")))
}
