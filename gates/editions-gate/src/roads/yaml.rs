//! The scalars of a YAML file, each with the keys that lead to it.

use std::ops::Range;
use std::rc::Rc;

use saphyr_parser::{Event, Parser};

/// A scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    /// The keys above it; an item of a list has none of its own.
    above: Option<Rc<Key>>,
    /// The collection that it is in, by a number of its own.
    pub(super) parent: usize,
    pub(super) text: String,
    /// Its bytes, quotes included.
    pub(super) span: Range<usize>,
}

/// A key and those above it, which scalars share: copied for each, a hostile file
/// would be many times its size.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    text: String,
    above: Option<Rc<Key>>,
}

impl Scalar {
    /// The keys above it, innermost first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let first = self.above.as_deref();
        std::iter::successors(first, |key| key.above.as_deref()).map(|key| key.text.as_str())
    }

    /// The innermost key.
    pub(super) fn key(&self) -> &str {
        self.keys().next().unwrap_or_default()
    }

    /// The key around the innermost one.
    pub(super) fn outer(&self) -> &str {
        self.keys().nth(1).unwrap_or_default()
    }
}

/// Deeper than any configuration goes; what is deeper is no YAML here.
const DEPTH_MAX: usize = 64;

/// A collection whose end has not come yet.
struct Open {
    id: usize,
    is_table: bool,
    /// A key of it waits for its value.
    has_key: bool,
}

impl Open {
    /// Whether what comes next is a key; from then on it waits.
    fn takes_key(&mut self) -> bool {
        self.is_table && !std::mem::replace(&mut self.has_key, true)
    }
}

/// Every scalar of every document, keys excepted; none where it is no YAML.
pub(super) fn scalars(source: &str) -> Option<Vec<Scalar>> {
    let (mut found, mut open, mut above) = (Vec::new(), Vec::<Open>::new(), None);
    let mut collections = 0;
    let mut bytes = Bytes { source, at: (0, 0) };
    let mut parser = Parser::new_from_str(source);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.ok()?;
        match event {
            Event::StreamEnd => break,
            Event::Scalar(text, ..) => {
                if open.last_mut().is_some_and(Open::takes_key) {
                    above = under(above, text.into_owned());
                    continue;
                }
                let start = bytes.of(span.start.index());
                let end = bytes.of(span.end.index());
                let (above, text) = (above.clone(), text.into_owned());
                let parent = open.last().map_or(0, |open| open.id);
                found.push(Scalar { above, parent, text, span: start..end.max(start) });
            }
            Event::Alias(_) => {
                if open.last_mut().is_some_and(Open::takes_key) {
                    above = under(above, String::new());
                    continue;
                }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= DEPTH_MAX {
                    return None;
                }
                // A collection as a key leads nowhere.
                if open.last_mut().is_some_and(Open::takes_key) {
                    above = under(above, String::new());
                }
                collections += 1;
                let is_table = matches!(event, Event::MappingStart(..));
                open.push(Open { id: collections, is_table, has_key: false });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
            }
            _ => continue,
        }
        // A value has come: its key is done with.
        if let Some(open) = open.last_mut()
            && std::mem::take(&mut open.has_key)
        {
            above = above.and_then(|key| key.above.clone());
        }
    }
    Some(found)
}

fn under(above: Option<Rc<Key>>, text: String) -> Option<Rc<Key>> {
    Some(Rc::new(Key { text, above }))
}

/// The parser counts characters, and goes forward.
struct Bytes<'s> {
    source: &'s str,
    /// A character and its byte.
    at: (usize, usize),
}

impl Bytes<'_> {
    fn of(&mut self, index: usize) -> usize {
        if index < self.at.0 {
            self.at = (0, 0);
        }
        let (from, start) = self.at;
        let rest = self.source.get(start..).unwrap_or_default();
        let ahead = rest.char_indices().nth(index - from).map_or(rest.len(), |(at, _)| at);
        self.at = (index, start + ahead);
        start + ahead
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(source: &str) -> Vec<String> {
        let line = |scalar: Scalar| {
            let mut keys: Vec<&str> = scalar.keys().collect();
            keys.reverse();
            format!("{}={} {}", keys.join("."), scalar.text, &source[scalar.span.clone()])
        };
        scalars(source).unwrap().into_iter().map(line).collect()
    }

    #[test]
    fn a_scalar_knows_the_keys_above_it() {
        let source = "é: 'ü'\na:\n  - b: x\n    c: [y, {d: z}]\n  - w\ne: *n\nf: {}\ng: v\n";
        let source = source.replace("*n", "&n n\nh: *n");
        let expected = ["é=ü 'ü'", "a.b=x x", "a.c=y y", "a.c.d=z z", "a=w w", "e=n n", "g=v v"];
        let found = read(&source);
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found[..5], expected[..5]);
        assert_eq!(found[6], expected[6]);
        assert!(scalars("a: [").is_none());
        assert!(scalars(&"[".repeat(4_000)).is_none());
    }

    #[test]
    fn a_long_key_over_many_scalars_is_held_once() {
        let source = format!("{}: [{}]\n", "k".repeat(1_000), "a, ".repeat(50_000));
        let found = scalars(&source).unwrap();
        assert_eq!(found.len(), 50_000);
        assert!(found.windows(2).all(|two| match (&two[0].above, &two[1].above) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }));
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn any_text_is_read(source in "[-a-c:\\[\\]{},&*|>'\"?# \n\té]{0,60}") {
            for scalar in scalars(&source).into_iter().flatten() {
                prop_assert!(source.get(scalar.span).is_some());
            }
        }
    }
}
