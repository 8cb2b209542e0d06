//! Looking only around keywords finds what looking everywhere finds.

use proptest::prelude::*;

use crate::engine::Scanner;
use crate::engine::pattern::Pattern;
use crate::gitleaks::Pack;
use crate::rules::format::Place;
use crate::rules::{Finder, Spec, sample, tables};

/// Expressions of every reach: bounded, to the line's end, beyond it.
const EXPRESSIONS: &[(&str, &str)] = &[
    (r"\bkey_[a-z]{2,4}\b", "key_"),
    (r"(?i)key\s*[:=]\s*[a-z0-9]+", "key"),
    (r"key.*$", "key"),
    (r"(?m)^.*key", "key"),
    (r"(?:x|y)+key[ab]?", "key"),
    (r"key(?:.|\n){3}b", "key"),
    (r"[ab]{2}=(?:key|KEY)", "key"),
];

fn spans(spec: Spec, text: &[u8]) -> Vec<std::ops::Range<usize>> {
    let scanner = Scanner::new(vec![spec]).unwrap();
    scanner.scan(text, false).into_iter().map(|hit| hit.whole).collect()
}

proptest! {
    #[test]
    fn around_keywords_as_everywhere(text in r"([abxy=: _\n]|key|KEY|Key|key_){0,40}", which in 0..EXPRESSIONS.len()) {
        let (source, keyword) = EXPRESSIONS[which];
        let rule = || Spec::new("r", String::new(), Finder::Patterns(vec![Pattern::around(source.to_owned())]));
        let everywhere = spans(rule(), text.as_bytes());
        let mut narrow = rule();
        narrow.keywords = vec![keyword.to_owned()];
        prop_assert_eq!(spans(narrow, text.as_bytes()), everywhere);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), binary: bool) {
        thread_local!(static SCANNER: Scanner = Scanner::new(Pack::built_in().specs).unwrap());
        let formats: Vec<_> = tables::ALL.iter().copied().flatten().collect();
        let format = formats[which.index(formats.len())];
        let line = sample::line(format, &sample::token(format));
        let mut text = bytes;
        // A piece of a token in the middle of noise, at times the whole.
        let piece = &line.as_bytes()[..at.index(line.len() + 1)];
        let place = at.index(text.len() + 1);
        text.splice(place..place, piece.iter().copied());
        SCANNER.with(|scanner| scanner.scan(&text, binary));
    }
}

/// What stands between a name and its value may be as long as the expression lets it.
#[test]
fn a_value_as_far_from_its_name_as_may_be_is_found() {
    let formats = tables::ALL.iter().copied().flatten();
    let assigned = formats.filter_map(|format| match format.place {
        Place::Assigned(names) => Some((format, names)),
        Place::Bare => None,
    });
    let mut count = 0;
    for (format, names) in assigned {
        let longest = names.iter().max_by_key(|name| name.len()).unwrap();
        let between =
            [&"n".repeat(32), "\"]", &" ".repeat(8), ":::=", &" ".repeat(7), "'"].concat();
        let text = format!("{longest}{between}{}'", sample::token(format));
        let pattern = format.pattern();
        let starts_at_name = pattern.lead().is_some();
        let found = starts_at_name.then(|| pattern.match_at(text.as_bytes(), 0).is_some());
        assert_ne!(found, Some(false), "{}", format.id);
        count += u32::from(starts_at_name);
    }
    assert!(count > 90, "{count}");
}
