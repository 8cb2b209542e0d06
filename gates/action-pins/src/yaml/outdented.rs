//! Flow collections whose lines stand no further in than their key:
//!
//! ```yaml
//! branches: [
//!   main,
//! ]
//! ```
//!
//! YAML 1.2 forbids that, and so does `saphyr-parser`; libyaml and YamlDotNet,
//! with which GitHub reads, do not, and people write it. Between brackets
//! blanks mean nothing, so such a line is read as if it stood further in.

use std::borrow::Cow;
use std::ops::Range;

use super::offsets::Offsets;
use super::{Builder, SyntaxError, Yaml, read};

/// How much further in a line is read.
const BLANKS: &str = "                                                                ";

/// So many bytes are read again for one file, whatever it does.
const BYTES_MAX: usize = 4 << 20;

/// Whether the parser says so.
pub(super) fn is_told(reason: &str) -> bool {
    matches!(reason, "invalid indentation" | "invalid indentation in flow construct")
}

/// Reads `source` again, in which `error` was found.
pub(super) fn parse<'s>(source: &'s str, mut error: SyntaxError) -> Result<Yaml<'s>, SyntaxError> {
    // Bytes of `source`, ascending: blanks go in before each.
    let mut places: Vec<usize> = Vec::new();
    let mut bytes = 0;
    loop {
        let is_stuck = places.last().is_some_and(|last| error.at <= *last);
        bytes += source.len() + places.len() * BLANKS.len();
        if !is_told(&error.reason) || is_stuck || bytes > BYTES_MAX {
            return Err(error);
        }
        places.push(error.at);
        let (text, offsets) = further_in(source, &places);
        let builder = Builder { offsets: Offsets::Each(offsets), ..Builder::new(source) };
        match read(&text, builder, |text| Cow::Owned(text.into_owned())) {
            Ok(yaml) => return Ok(yaml),
            Err(next) => error = next,
        }
    }
}

/// `source` with blanks before each of `places`, and the byte of `source` for
/// each of its characters.
fn further_in(source: &str, places: &[usize]) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(source.len() + places.len() * BLANKS.len());
    let mut offsets = Vec::with_capacity(text.capacity() + 1);
    let mut add = |range: Range<usize>, blanks: &str| {
        text.push_str(blanks);
        offsets.extend(std::iter::repeat_n(range.start, blanks.len()));
        let part = source.get(range.clone()).unwrap_or_default();
        text.push_str(part);
        offsets.extend(part.char_indices().map(|(at, _)| range.start + at));
    };
    let mut start = 0;
    for place in places {
        add(start..*place, if start == 0 { "" } else { BLANKS });
        start = *place;
    }
    add(start..source.len(), BLANKS);
    offsets.push(source.len());
    (text, offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scalars of `source` with the bytes they cover.
    fn scalars(source: &str) -> Vec<(String, &str)> {
        let yaml = Yaml::parse(source).unwrap();
        let nodes = yaml.nodes.iter().filter_map(|data| match &data.value {
            super::super::Value::Scalar { text, .. } => {
                Some((text.to_string(), &source[data.span.clone()]))
            }
            _ => None,
        });
        nodes.collect()
    }

    fn texts(source: &str) -> Vec<String> {
        scalars(source).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn brackets_and_lines_may_stand_with_their_key() {
        for source in [
            "a:\n  b: [\n    c, # ] d\n  ]\n  e: f\n",
            "a:\n  b: [\n  c,\n  ]\n  e: f\n",
            "a:\r\n  b: [\r\nc\r\n]\r\n  e: f\r\n",
        ] {
            assert_eq!(texts(source), ["a", "b", "c", "e", "f"], "{source}");
        }
        assert_eq!(texts("a:\n- {\n  b: {\n  c: d }\n}\n- e\n"), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn places_are_those_of_the_source() {
        let source = "é:\n  ü: [\n  'ß', # ö\n  \"\\x40\"\n  ]\n  e: f # g\n";
        let spans: Vec<&str> = scalars(source).into_iter().map(|(_, text)| text).collect();
        assert_eq!(spans, ["é", "ü", "'ß'", "\"\\x40\"", "e", "f"]);
    }

    #[test]
    fn other_faults_stay_and_have_their_place() {
        let error = Yaml::parse("a:\n  b: [\n  c\n  ]\n d: [\n").err().unwrap();
        assert_eq!(error.at, 19, "{error:?}");
        assert!(Yaml::parse("a:\n  b: [\n  c\n").is_err());
    }

    #[test]
    fn much_of_it_ends() {
        let line = "c,\n";
        let source = format!("a:\n  b: [\n{}]\n", line.repeat(100_000));
        assert!(Yaml::parse(&source).is_err());
        let source = format!("a:\n  b: [\n{}]\n", line.repeat(100));
        assert_eq!(texts(&source).len(), 102);
    }
}
