//! Where in a decoded text something new can be found.
//!
//! A finding in a decoded text is news only where it touches what was decoded.
//! Of most rules a match begins at its keyword and stays on its line, so their
//! keywords are looked for around the decoded parts alone. The others, and all
//! rules of a user's own, are looked for in the whole text.

use std::ops::Range;

use super::decode::Decoded;
use super::lines::Lines;
use crate::rules::{Finder, GENERIC, Spec};

/// No match of a rule that stays near holds a line end further from its
/// beginning, in bytes, but for one of its last [`TAIL_LEN_MAX`] bytes. Nor is
/// its keyword further from its beginning, nor longer.
const MARGIN_LEN: usize = 256;
/// What ends a token is no longer: a full stop and white space.
const TAIL_LEN_MAX: usize = 2;

/// Whether every match of `spec` that touches a part of a text is found by the
/// keywords in [`around`] that part.
pub fn stays_near(spec: &Spec) -> bool {
    let is_local = match &spec.finder {
        Finder::Patterns(patterns) => patterns.iter().all(|pattern| pattern.lead().is_some()),
        Finder::Code(_) => spec.id == GENERIC,
        Finder::File(file) => file.stays_on_line(),
        Finder::Path => true,
    };
    is_local && !spec.from_user && spec.keywords.iter().all(|word| word.len() <= MARGIN_LEN / 2)
}

/// What a rule's word about a keyword rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The keyword's own line, the line ends around it, and at most a value assigned or
    /// named there that stands on a later line.
    Line,
    /// Lines so near the keyword, in bytes.
    Near(usize),
    /// Any of the text.
    Text,
}

/// How far `spec` sees.
pub fn sight(spec: &Spec) -> Sight {
    let is_on_line = match &spec.finder {
        Finder::Patterns(patterns) => {
            let beyond = patterns.iter().filter(|one| !one.stays_on_line(&spec.keywords));
            return beyond.fold(Sight::Line, |sight, pattern| {
                match (sight, pattern.near_len_max()) {
                    (Sight::Text, _) | (_, None) => Sight::Text,
                    (Sight::Near(len), Some(next)) => Sight::Near(len.max(next)),
                    (Sight::Line, Some(next)) => Sight::Near(next),
                }
            });
        }
        // Reads names, operators and values, as the tables' assignments do.
        Finder::Code(_) => spec.id == GENERIC,
        Finder::File(file) => file.stays_on_line(),
        Finder::Path => true,
    };
    if is_on_line { Sight::Line } else { Sight::Text }
}

/// The parts of the decoded text in which keywords of rules that stay near
/// count, in order and without overlap.
pub fn around(decoded: &Decoded) -> Vec<Range<usize>> {
    let all = &decoded.text;
    let lines = Lines::of(all);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for fresh in decoded.fresh() {
        let first = fresh.start.saturating_sub(TAIL_LEN_MAX);
        let floor = parts.last().map_or(0, |last| last.start);
        let line = lines.around(&(first..first)).start;
        let from = line.saturating_sub(MARGIN_LEN).max(floor);
        let to = fresh.end.saturating_add(MARGIN_LEN).min(all.len());
        match parts.last_mut() {
            Some(last) if from <= last.end => last.end = last.end.max(to),
            _ => parts.push(from..to),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_syntax::hir::{Hir, HirKind};

    use super::*;
    use crate::engine::Scanner;
    use crate::engine::pattern::{Pattern, can_hold_newline};
    use crate::gitleaks::Pack;
    use crate::rules::{sample, tables};

    /// How far from the beginning a match can hold a line end that is not in
    /// its tail.
    fn last_line_end(hir: &Hir) -> Option<usize> {
        let HirKind::Concat(parts) = hir.kind() else { return hir.properties().maximum_len() };
        let (tail, body) = parts.split_last()?;
        assert!(tail.properties().maximum_len()? <= TAIL_LEN_MAX);
        let lines = body.iter().rposition(can_hold_newline).map_or(0, |last| last + 1);
        body[..lines].iter().map(|part| part.properties().maximum_len()).sum()
    }

    #[test]
    fn matches_of_rules_that_stay_near_do() {
        let specs = Pack::built_in().specs;
        let near: Vec<&Spec> = specs.iter().filter(|spec| stays_near(spec)).collect();
        assert!(near.len() * 10 >= specs.len() * 7, "{} of {}", near.len(), specs.len());
        for spec in near {
            let Finder::Patterns(patterns) = &spec.finder else { continue };
            for pattern in patterns {
                let hir = Pattern::parse(pattern.source()).unwrap();
                let len = last_line_end(&hir);
                assert!(len.is_some_and(|len| len <= MARGIN_LEN), "{}: {len:?}", spec.id);
            }
        }
    }

    /// A line with a token whose parts may be encoded.
    fn line() -> impl Strategy<Value = String> {
        let formats: Vec<_> = tables::ALL.iter().copied().flatten().collect();
        let which = (0..formats.len()).prop_map(move |at| formats[at]);
        let ways = proptest::collection::vec(0..6_u8, 0..4);
        let gap = prop_oneof![
            Just(String::new()),
            "[ a-z\n]{0,40}",
            "[a-z0-9]{300}",
            "(\n|x = 1\n){200}",
            Just("key = '".to_owned()),
        ];
        (which, ways, gap, any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
            |(format, ways, gap, from, to)| {
                let line = sample::line(format, &sample::token(format));
                let bounds = [from.index(line.len() + 1), to.index(line.len() + 1)];
                let (from, to) = (bounds[0].min(bounds[1]), bounds[0].max(bounds[1]));
                let Some(mut part) = line.get(from..to).map(str::to_owned) else { return gap };
                for way in ways {
                    part = encoded(&part, way);
                }
                format!("{}{part}{}{gap}", &line[..from], &line[to..])
            },
        )
    }

    fn encoded(part: &str, way: u8) -> String {
        match way {
            0 => part.bytes().map(|byte| format!("%{byte:02x}")).collect(),
            1 => part.bytes().map(|byte| format!("\\u{byte:04x}")).collect(),
            2 => part.bytes().map(|byte| format!("{byte:02x}")).collect(),
            3 => part.bytes().map(|byte| format!("U+{byte:04X}\n")).collect(),
            _ => crate::engine::base64::encoded(part.as_bytes()),
        }
    }

    proptest! {
        #[test]
        fn around_what_was_decoded_as_everywhere(
            lines in proptest::collection::vec(line(), 1..5),
            noise in proptest::collection::vec(r"[%\\uU+0-9a-f =\n/'\x22:]{0,60}", 0..3),
        ) {
            thread_local! {
                static BOTH: [Scanner; 2] = {
                    let scanner = || Scanner::new(Pack::built_in().specs).unwrap();
                    [scanner(), scanner().everywhere()]
                };
            }
            let text = [noise.concat(), lines.concat(), noise.concat()].concat();
            BOTH.with(|[near, everywhere]| {
                let found = |scanner: &Scanner| scanner.scan(text.as_bytes(), false);
                prop_assert_eq!(found(near), found(everywhere));
                Ok(())
            })?;
        }
    }
}
