//! The comment after a pinned reference, and the version it gives.

use std::ops::Range;

/// A comment on the line of a `uses:` value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Without `#` and the blanks around it.
    pub(crate) text: String,
    /// From `#` to the end of the line.
    pub(crate) span: Range<usize>,
}

/// What a comment says about the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A version that names one release: `v4.2.2`, `4.2`, `v20240101`.
    Release(String),
    /// A name that moves: `v4`, `main`.
    Moving(String),
    /// No version.
    Nothing,
}

/// Branches that people write into comments.
const BRANCHES: &[&str] =
    &["main", "master", "develop", "trunk", "stable", "nightly", "latest", "edge", "HEAD"];

impl Comment {
    /// The comment on the line that byte `end` of `source` is in, if nothing
    /// but blanks and closing brackets stands before it.
    pub(crate) fn after(source: &str, end: usize) -> Option<Comment> {
        let rest = source.get(end..)?;
        // Only what is a comment is looked at to the end of its line, which can be
        // as long as the file.
        let comment = rest.trim_start_matches([' ', '\t', '}', ']', ',']);
        let start = end + rest.len() - comment.len();
        let comment = comment.strip_prefix('#').map(|_| comment)?;
        let comment = comment.split(['\n', '\r']).next().unwrap_or_default();
        let text = comment.strip_prefix('#')?.trim().to_owned();
        Some(Comment { text, span: start..start + comment.trim_end().len() })
    }

    /// The first release in it, or else the first name that moves.
    /// `pin@v4.2.2`, `tag=v4.2.2` and `ratchet:actions/checkout@v4.2.2` are
    /// forms of pinning tools.
    pub(crate) fn said(&self) -> Said {
        let words = self.text.split([' ', '\t', ',', ';', '(', ')', '#']);
        let words = words.map(|word| word.rsplit(['@', '=']).next().unwrap_or(word));
        let words = words.filter(|word| (1..=WORD_LENGTH_MAX).contains(&word.len()));
        let mut moving = None;
        for (index, word) in words.enumerate() {
            match numbers(word) {
                Some((_, numbers)) if numbers.contains('.') || numbers.len() > 4 => {
                    return Said::Release(word.to_owned());
                }
                Some(_) if index == 0 || word.starts_with('v') => {}
                None if index == 0 && BRANCHES.contains(&word) => {}
                _ => continue,
            }
            moving.get_or_insert(word);
        }
        moving.map_or(Said::Nothing, |word| Said::Moving(word.to_owned()))
    }
}

/// A longer word is no version.
const WORD_LENGTH_MAX: usize = 100;

/// Splits `release-v1.2.3-rc.1` into what stands before the version and the
/// version without its `v`; none if it holds no version.
pub(crate) fn numbers(word: &str) -> Option<(&str, &str)> {
    let is_start = |at: usize| {
        let before = word.get(..at)?;
        let version = word.get(at..)?;
        let digits = version.strip_prefix(['v', 'V']).unwrap_or(version);
        let at_word = before.is_empty() || before.ends_with(['-', '/', '_', ':']);
        (at_word && is_version(digits)).then_some((before, digits))
    };
    word.char_indices().find_map(|(at, _)| is_start(at))
}

/// Digits and dots, then perhaps `-rc.1` or `+build`.
fn is_version(text: &str) -> bool {
    let (numbers, rest) = match text.find(['-', '+']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let rest_is_fine =
        rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
    // Forty hex digits that happen to be all decimal are a commit, no version.
    let parts_are_numbers = numbers.split('.').all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    rest_is_fine && parts_are_numbers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(text: &str) -> Said {
        Comment { text: text.to_owned(), span: 0..0 }.said()
    }

    #[test]
    fn comments_are_found_after_the_value() {
        let after =
            |source: &str| Comment::after(source, 1).map(|comment| (comment.text, comment.span));
        assert_eq!(after("a # v1 \nb"), Some(("v1".into(), 2..6)));
        assert_eq!(after("a}]  # v1\r\n"), Some(("v1".into(), 5..9)));
        assert_eq!(after("a\n# v1"), None);
        assert_eq!(after("a, b: c # v1"), None);
        assert_eq!(after("a"), None);
    }

    #[test]
    fn releases_in_every_tools_form() {
        for (text, version) in [
            ("v4.2.2", "v4.2.2"),
            ("4.2", "4.2"),
            ("ratchet:actions/checkout@v4.2.2", "v4.2.2"),
            ("pin@v4.2.2", "v4.2.2"),
            ("tag=v4.2.2", "v4.2.2"),
            ("v4.2.2 # zizmor: ignore[x]", "v4.2.2"),
            ("renovate: tag=v1.0.0-rc.1", "v1.0.0-rc.1"),
            ("codeql-bundle-v2.20.1", "codeql-bundle-v2.20.1"),
            ("v20240101", "v20240101"),
            ("main (v1.2.3)", "v1.2.3"),
        ] {
            assert_eq!(said(text), Said::Release(version.into()), "{text}");
        }
    }

    #[test]
    fn names_that_move_and_no_version() {
        for moving in ["v4", "4", "main", "pin@v4", "release-v4"] {
            assert!(matches!(said(moving), Said::Moving(_)), "{moving}: {:?}", said(moving));
        }
        for nothing in ["", "zizmor: ignore[unpinned-uses]", "needs 2 more", "see main", "of 1.x"] {
            assert_eq!(said(nothing), Said::Nothing, "{nothing}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_read(source in any::<String>(), at in 0_usize..50) {
            if let Some(comment) = Comment::after(&source, at) {
                prop_assert!(source[comment.span.clone()].starts_with('#'));
                comment.said();
            }
        }
    }
}
