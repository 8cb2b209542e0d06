//! What can still be told of a file that is no YAML: references read from its
//! lines. They explain an `unreadable` finding; nothing is ever judged green
//! by them.

use std::ops::Range;

use crate::image::Pin;
use crate::reference::{Caller, Reference, RevisionKind};

/// A line that looks like a reference to something that can move.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// Every `uses: VALUE` in `bytes` that is not pinned, comments left out.
pub(crate) fn unpinned(bytes: &[u8]) -> Vec<Told> {
    let mut told = Vec::new();
    let mut start = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        if !text.trim_start().starts_with('#') {
            for (at, _) in text.match_indices("uses") {
                let before = text.get(..at).unwrap_or_default();
                let after = text.get(at + 4..).unwrap_or_default();
                if let Some(value) = value_after_key(before, after)
                    && !is_pinned(value)
                {
                    // Past a byte that is no UTF-8 the column is lost; the line
                    // is what counts.
                    let span = start..start + line.len();
                    told.push(Told { text: value.to_owned(), span });
                    break;
                }
            }
        }
        start += line.len() + 1;
    }
    told
}

fn value_after_key<'a>(before: &str, after: &'a str) -> Option<&'a str> {
    let is_key = before.is_empty() || before.ends_with([' ', '\t', '-', '?', '{', ',', '"', '\'']);
    if !is_key {
        return None;
    }
    let after = after.trim_start_matches(['"', '\'']).trim_start();
    let value = after.strip_prefix(':')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find([' ', '\t', '\r', '"', '\'', ',', '}', '#']).unwrap_or(value.len());
    let value = value.get(..end)?;
    (!value.is_empty() && !value.starts_with(['|', '>', '&', '*'])).then_some(value)
}

fn is_pinned(value: &str) -> bool {
    match Reference::read(value, Caller::Step) {
        Reference::Local => true,
        Reference::Image(image) => image.pin() == Pin::Digest,
        Reference::Remote(remote) => remote.revision_kind() == RevisionKind::Commit,
        Reference::Malformed(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(source: &str) -> Vec<String> {
        unpinned(source.as_bytes()).into_iter().map(|told| told.text).collect()
    }

    #[test]
    fn floating_lines_are_told() {
        let source = "- uses: a/b@v1\r\n  \"uses\" : 'c/d@v2' # x\n{uses: e/f@v3, x: y}\n";
        assert_eq!(told(source), ["a/b@v1", "c/d@v2", "e/f@v3"]);
        assert_eq!(unpinned(b"\xff\n uses: a/b@v1")[0].span, 2..15);
    }

    #[test]
    fn comments_pins_and_other_words_are_not() {
        let pinned = format!("uses: a/b@{}\nuses: ./x\n", "0".repeat(40));
        assert!(told(&pinned).is_empty());
        assert!(told("# uses: a/b@v1\nreuses: a/b@v1\nuses a/b@v1\nuses: >-\n").is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(500) })]

        #[test]
        fn any_bytes_are_read(bytes in any::<Vec<u8>>()) {
            for told in unpinned(&bytes) {
                prop_assert!(told.span.end <= bytes.len());
            }
        }
    }
}
