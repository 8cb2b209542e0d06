//! Unicode escapes of Java, which stand for their character anywhere in a source:
//! `import org.m.\u0065e.Plan`.
//!
//! Source: <https://docs.oracle.com/javase/specs/jls/se21/html/jls-3.html#jls-3.3>.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

/// A source as the compiler reads it, and where its bytes stand in the file.
#[derive(Debug)]
pub(super) struct Plain<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where a character ends that was escaped: here, and in the file.
    ends: Vec<(usize, usize)>,
}

impl<'a> Plain<'a> {
    pub(super) fn of(source: &'a str) -> Plain<'a> {
        if memmem::find(source.as_bytes(), b"\\u").is_none() {
            return Plain { text: source.into(), ends: Vec::new() };
        }
        let (mut text, mut ends) = (String::with_capacity(source.len()), Vec::new());
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
            let length = match rest.find('\\') {
                Some(0) => match escaped(rest) {
                    Some((letter, length)) => {
                        text.push(letter);
                        ends.push((text.len(), at + length));
                        at += length;
                        continue;
                    }
                    // Of two that stand together the second begins nothing.
                    None if rest.starts_with("\\\\") => 2,
                    None => 1,
                },
                Some(slash) => slash,
                None => rest.len(),
            };
            text.push_str(rest.get(..length).unwrap_or_default());
            at += length;
        }
        Plain { text: text.into(), ends }
    }

    /// Where bytes of the text stand in the file.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let known = self.ends.partition_point(|(here, _)| *here <= at);
            let last = known.checked_sub(1).and_then(|last| self.ends.get(last));
            last.map_or(at, |(here, there)| there + (at - here))
        };
        place(span.start)..place(span.end).max(place(span.start))
    }
}

// `\u0065` and `\uu0065`.
fn escaped(rest: &str) -> Option<(char, usize)> {
    let digits = rest.strip_prefix("\\u")?.trim_start_matches('u');
    let code = digits.get(..4).filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let code = u32::from_str_radix(code, 16).ok()?;
    Some((char::from_u32(code)?, rest.len() - digits.len() + 4))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_escaped_is_read_and_keeps_its_place() {
        let source = "import org.\\u0065\\uuu0065.Plan; // \\\\u0065 \\ud800 \\u+123 é";
        let plain = Plain::of(source);
        assert_eq!(plain.text, "import org.ee.Plan; // \\\\u0065 \\ud800 \\u+123 é");
        let of = |name: &str| {
            let at = plain.text.find(name).unwrap();
            &source[plain.place(&(at..at + name.len()))]
        };
        assert_eq!(of("Plan"), "Plan");
        assert_eq!(of("org.ee.Plan"), "org.\\u0065\\uuu0065.Plan");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_text_keeps_its_places(source in "(\\\\|u|0065|00e9|d800|a|é){0,20}") {
            let plain = Plain::of(&source);
            for (at, _) in plain.text.char_indices() {
                prop_assert!(source.get(plain.place(&(at..plain.text.len()))).is_some());
            }
        }
    }
}
