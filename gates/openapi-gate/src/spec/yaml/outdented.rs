//! Flow collections whose lines stand no further in than their key:
//!
//! ```yaml
//! enum: [
//!   a,
//! ]
//! ```
//!
//! YAML 1.2 forbids that, and so do `saphyr-parser` and js-yaml 5; libyaml, PyYAML,
//! go-yaml and js-yaml 4, with which specifications are read, do not, and people
//! write it. Between brackets blanks mean nothing, so such a line is read as if it
//! stood further in.

use super::super::tree::{Document, SyntaxError};
use super::{Builder, read};

/// How much further in a line is read.
const BLANKS: &str = "                                                                ";

/// So many bytes are read again for one file, whatever it does.
const BYTES_MAX: usize = 32 << 20;

/// Whether the parser says so.
pub(super) fn is_told(error: &SyntaxError) -> bool {
    matches!(&*error.reason, "invalid indentation" | "invalid indentation in flow construct")
}

/// Reads `source` again, in which `error` was found.
pub(super) fn parse(source: &str, mut error: SyntaxError) -> Result<Document, SyntaxError> {
    // Bytes of `source`, ascending: blanks go in before each.
    let mut places: Vec<usize> = Vec::new();
    let mut bytes = 0;
    loop {
        let is_stuck = places.last().is_some_and(|last| error.at <= *last);
        bytes += source.len() + (places.len() + 1) * BLANKS.len();
        if !is_told(&error) || is_stuck || bytes > BYTES_MAX {
            return Err(error);
        }
        places.push(error.at);
        let (text, offsets) = further_in(source, &places);
        match read(&text, Builder { offsets: Some(offsets), ..Builder::new(source) }) {
            Err(next) => error = next,
            document => return document,
        }
    }
}

/// `source` with blanks before each of `places`, and the byte of `source` for
/// each of its characters.
fn further_in(source: &str, places: &[usize]) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(source.len() + places.len() * BLANKS.len());
    let mut offsets = Vec::with_capacity(text.capacity() + 1);
    let mut start = 0;
    for end in places.iter().copied().chain([source.len()]) {
        if start > 0 {
            text.push_str(BLANKS);
            offsets.extend(std::iter::repeat_n(start, BLANKS.len()));
        }
        let part = source.get(start..end).unwrap_or_default();
        text.push_str(part);
        offsets.extend(part.char_indices().map(|(at, _)| start + at));
        start = end;
    }
    offsets.push(source.len());
    (text, offsets)
}

#[cfg(test)]
mod tests {
    use super::super::super::tree::Node;
    use super::super::parse;

    /// The texts of the list or map at `pointer`, each as the source has it.
    fn items<'s>(source: &'s str, pointer: &str) -> Vec<&'s str> {
        let document = parse(source).unwrap();
        let list = document.pointer(pointer).unwrap();
        list.items().map(|item: Node<'_>| &source[item.span()]).collect()
    }

    #[test]
    fn brackets_and_lines_may_stand_with_their_key() {
        for source in [
            "a:\n  b: [\n    c, # ] d\n    'é'\n  ]\n  e: f\n",
            "a:\n  b: [\n  c,\n  'é'\n  ]\n  e: f\n",
            "a:\r\n  b: [\r\nc,\r\n'é'\r\n]\r\n  e: f\r\n",
        ] {
            assert_eq!(items(source, "/a/b"), ["c", "'é'"], "{source}");
            let document = parse(source).unwrap();
            let after = document.pointer("/a/e").unwrap();
            assert_eq!((after.text(), &source[after.span()]), (Some("f"), "f"));
            let list = &source[document.pointer("/a/b").unwrap().span()];
            assert!(list.starts_with('[') && list.ends_with(']'), "{list}");
        }
        let source = "a:\n- {\n  b: {\n  c: d }\n}\n- e\n";
        assert_eq!(parse(source).unwrap().pointer("/a/0/b/c").unwrap().text(), Some("d"));
    }

    #[test]
    fn other_faults_stay_and_have_their_place() {
        let error = parse("a:\n  b: [\n  c\n  ]\n d: [\n").unwrap_err();
        assert_eq!(error.at, 19, "{error:?}");
        assert!(parse("a:\n  b: [\n  c\n").is_err());
        assert!(parse("a:\n  b: [\n  c\n  ]\n---\nb: 1\n").unwrap_err().reason.contains("second"));
    }

    #[test]
    fn much_of_it_ends() {
        let source = |lines: usize| format!("a:\n  b: [\n{}]\n", "c,\n".repeat(lines));
        assert!(parse(&source(100_000)).is_err());
        assert_eq!(items(&source(100), "/a/b").len(), 100);
    }
}
