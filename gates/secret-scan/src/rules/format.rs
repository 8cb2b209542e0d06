//! The shape of a documented token format: one table entry a token.
//!
//! A format is data. Its regular expression, its keywords and its examples all follow from the
//! same parts, so that the three cannot drift apart and no literal token stands in the source.

use std::fmt::Write as _;

pub use super::source::{BETTERLEAKS, Source};
pub use crate::engine::checksum::Checksum;
use crate::engine::pattern::{Lead, Pattern};
use crate::engine::sure::{Holding, Opening};

/// One piece of a token, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Fixed text, compared with its case.
    Lit(&'static str),
    /// One of several fixed texts.
    Any(&'static [&'static str]),
    /// Between a least and a greatest number of characters of an alphabet, which
    /// is written like the inside of `[...]`. [`NO_END`] as the greatest means any.
    Run(&'static str, u16, u16),
}

/// A run without a greatest length.
pub const NO_END: u16 = u16::MAX;

/// How far from a token the word may stand by which its vendor is told, in
/// bytes, where the token itself has no fixed text.
const NEAR_LEN_MAX: usize = 400;

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The token is telling by itself.
    Bare,
    /// The token is told only by the name that it is assigned to: one of these words, any case.
    Assigned(&'static [&'static str]),
}

/// A documented token format.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The offence, without the gate's name.
    pub id: &'static str,
    /// Who issues the token.
    pub vendor: &'static str,
    /// What it is called there.
    pub what: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What it is made of.
    pub parts: &'static [Part],
    /// Words of which one stands in every occurrence, where they do not follow from the parts.
    pub words: &'static [&'static str],
    /// Least Shannon entropy of the token, bits a character; below it is a placeholder.
    pub entropy_min: f64,
    /// The checksum it carries, if its vendor documents one.
    pub checksum: Option<Checksum>,
    /// Ends of tokens that its vendor uses as samples.
    pub samples: &'static [&'static str],
    /// Only in paths that match.
    pub path: Option<&'static str>,
    /// Where its form is written down.
    pub source: Source,
    /// Year and month in which the entry was written.
    pub noted: &'static str,
}

/// A token that is telling by itself.
pub const fn bare(
    id: &'static str,
    vendor: &'static str,
    what: &'static str,
    parts: &'static [Part],
) -> Format {
    Format {
        id,
        vendor,
        what,
        place: Place::Bare,
        parts,
        words: &[],
        entropy_min: 2.5,
        checksum: None,
        samples: &[],
        path: None,
        source: Source::Unread(""),
        noted: "2026-11",
    }
}

/// A token that only the name it is assigned to tells from other text.
pub const fn assigned(
    id: &'static str,
    vendor: &'static str,
    what: &'static str,
    names: &'static [&'static str],
    parts: &'static [Part],
) -> Format {
    Format {
        id,
        vendor,
        what,
        place: Place::Assigned(names),
        parts,
        words: &[],
        entropy_min: 2.0,
        checksum: None,
        samples: &[],
        path: None,
        source: Source::Unread(""),
        noted: "2026-11",
    }
}

impl Format {
    /// Sets the entropy floor, in bits a character.
    pub const fn entropy(mut self, bits_min: f64) -> Self {
        self.entropy_min = bits_min;
        self
    }

    /// Sets the checksum that the token carries.
    pub const fn checksum(mut self, checksum: Checksum) -> Self {
        self.checksum = Some(checksum);
        self
    }

    /// Sets the words to look for first.
    pub const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    /// Sets the ends by which the vendor's own samples are known.
    pub const fn except(mut self, ends: &'static [&'static str]) -> Self {
        self.samples = ends;
        self
    }

    /// Sets the paths in which it counts.
    pub const fn only_in(mut self, path: &'static str) -> Self {
        self.path = Some(path);
        self
    }

    /// Sets the page on which the vendor should describe the token, not opened yet.
    pub const fn from(mut self, url: &'static str) -> Self {
        self.source = Source::Unread(url);
        self
    }

    /// Sets the document that the form was checked against, and what it says of it.
    pub const fn read(mut self, url: &'static str, states: &'static str) -> Self {
        self.source = Source::Read { url, states };
        self
    }

    /// Sets the public scanner's rule that the form was checked against, and
    /// the form that it looks for.
    pub const fn scanner(mut self, url: &'static str, states: &'static str) -> Self {
        self.source = Source::Scanner { url, states };
        self
    }

    /// One line for people: who issues it and what it is.
    pub fn description(&self) -> String {
        format!("{} {}", self.vendor, self.what)
    }

    /// The words of which one stands in every occurrence.
    pub fn keywords(&self) -> Vec<String> {
        if !self.words.is_empty() {
            return self.words.iter().map(|w| (*w).to_owned()).collect();
        }
        if let Place::Assigned(names) = self.place {
            return names.iter().map(|n| (*n).to_owned()).collect();
        }
        let mut best: Vec<String> = Vec::new();
        let mut best_len = 0;
        for part in self.parts {
            let (len, words) = match part {
                Part::Lit(text) => (text.len(), vec![(*text).to_owned()]),
                Part::Any(texts) => (
                    texts.iter().map(|t| t.len()).min().unwrap_or(0),
                    texts.iter().map(|t| (*t).to_owned()).collect(),
                ),
                Part::Run(..) => continue,
            };
            if len > best_len {
                best_len = len;
                best = words;
            }
        }
        best
    }

    /// Whether every occurrence begins where one of the keywords begins.
    fn begins_with_keyword(&self) -> bool {
        match self.place {
            Place::Assigned(names) => self.words.is_empty() && !names.is_empty(),
            Place::Bare => {
                let starts: &[&str] = match self.parts.first() {
                    Some(Part::Lit(text)) => &[text],
                    Some(Part::Any(texts)) => texts,
                    _ => &[],
                };
                let begin = |a: &str, b: &str| {
                    a.len() >= b.len() && a.as_bytes()[..b.len()].eq_ignore_ascii_case(b.as_bytes())
                };
                let keywords = self.keywords();
                starts
                    .iter()
                    .all(|start| keywords.iter().any(|k| begin(start, k) || begin(k, start)))
                    && keywords.iter().all(|k| starts.iter().any(|s| begin(s, k) || begin(k, s)))
                    && !starts.is_empty()
            }
        }
    }

    /// Whether its fixed text is long enough not to turn up by chance.
    pub fn is_telling(&self) -> bool {
        let fixed: usize = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Lit(text) => text.len(),
                Part::Any(texts) => texts.iter().map(|text| text.len()).min().unwrap_or(0),
                Part::Run(..) => 0,
            })
            .sum();
        self.place == Place::Bare && fixed >= 4 && self.entropy_min >= 3.0
    }

    /// What the token opens with, where that is fixed text.
    fn opening(&self) -> Option<Opening> {
        let texts = match self.parts.first()? {
            Part::Lit(text) => std::slice::from_ref(text),
            Part::Any(texts) => texts,
            Part::Run(..) => return None,
        };
        Some(match self.parts.get(1) {
            Some(Part::Run(set, min, _)) => {
                Opening { texts, run: bytes_of(set), run_len_min: usize::from(*min) }
            }
            _ => Opening { texts, run: [false; 256], run_len_min: 0 },
        })
    }

    /// The longest run of the token behind one of `names`.
    fn holding(&self, names: &[&str]) -> Option<Holding> {
        let name_len_max = names.iter().map(|name| name.len()).max()?;
        let mut before_len_max = name_len_max + ASSIGNMENT_LEN_MAX;
        let mut longest: Option<Holding> = None;
        for part in self.parts {
            if let Part::Run(set, min, _) = part {
                let run_len_min = usize::from(*min);
                if run_len_min > longest.as_ref().map_or(0, |longest| longest.run_len_min) {
                    longest = Some(Holding { run: bytes_of(set), run_len_min, before_len_max });
                }
            }
            // What comes behind a run without end stands nobody knows where.
            let Some(len_max) = part.len_max() else { break };
            before_len_max += len_max;
        }
        longest
    }

    /// How the token is looked for; group 1 is the token.
    pub fn pattern(&self) -> Pattern {
        let at_keyword = self.begins_with_keyword();
        let mut out = String::new();
        match self.place {
            Place::Bare if at_keyword => out.push('('),
            // An escape such as `\n` before the token would hide the word boundary.
            Place::Bare => {
                let set = match self.parts.first() {
                    Some(Part::Run(set, ..)) => set.trim_end_matches('-'),
                    _ => "",
                };
                let _ = write!(out, r"(?:^|[^\w{set}-]|\\[nrt])(");
            }
            Place::Assigned(names) => {
                out.push_str("(?i:");
                for (i, name) in names.iter().enumerate() {
                    if i > 0 {
                        out.push('|');
                    }
                    escape(name, &mut out);
                }
                out.push(')');
                out.push_str(ASSIGNMENT);
                out.push('(');
            }
        }
        for part in self.parts {
            part.write_regex(&mut out);
        }
        out.push(')');
        match self.place {
            Place::Bare => {
                let set = match self
                    .parts
                    .iter()
                    .rev()
                    .find(|part| !matches!(part, Part::Run("=", ..)))
                {
                    Some(Part::Run(set, ..)) => set.trim_end_matches('-'),
                    _ => "",
                };
                // A full stop ends the token only where it ends a sentence.
                let _ = write!(out, r"(?:[^\w{set}.-]|\.(?:\W|$)|$)");
            }
            Place::Assigned(_) => out.push_str(END_ASSIGNED),
        }
        match (at_keyword, self.place) {
            (true, Place::Bare) => {
                let pattern = Pattern::at_keyword(out, Lead::Token);
                self.opening().into_iter().fold(pattern, Pattern::opening)
            }
            (true, Place::Assigned(names)) => {
                let pattern = Pattern::at_keyword(out, Lead::Name);
                self.holding(names).into_iter().fold(pattern, Pattern::holding)
            }
            (false, _) => Pattern::around(out).near(NEAR_LEN_MAX),
        }
    }
}

impl Part {
    /// The most bytes that it takes, if there is a most.
    fn len_max(&self) -> Option<usize> {
        match self {
            Part::Lit(text) => Some(text.len()),
            Part::Any(texts) => texts.iter().map(|text| text.len()).max(),
            Part::Run(_, _, NO_END) => None,
            Part::Run(_, _, max) => Some(usize::from(*max)),
        }
    }

    fn write_regex(&self, out: &mut String) {
        match self {
            Part::Lit(text) => escape(text, out),
            Part::Any(texts) => {
                out.push_str("(?:");
                for (i, text) in texts.iter().enumerate() {
                    if i > 0 {
                        out.push('|');
                    }
                    escape(text, out);
                }
                out.push(')');
            }
            Part::Run(set, min, max) if min == max => {
                let _ = write!(out, "[{set}]{{{min}}}");
            }
            Part::Run(set, min, NO_END) => {
                let _ = write!(out, "[{set}]{{{min},}}");
            }
            Part::Run(set, min, max) => {
                let _ = write!(out, "[{set}]{{{min},{max}}}");
            }
        }
    }
}

/// What may stand between a name and the value assigned to it: the rest of the name and a type,
/// closing quotes, one assignment operator, opening quotes.
pub const ASSIGNMENT: &str = concat!(
    r#"[\w.\- \t]{0,32}?["'`\])]{0,2}[ \t]{0,8}"#,
    r"(?:=>|->|:{1,3}=|[?+.]=|\|\||[=:>,])",
    r#"["'`=\s]{0,8}"#
);
/// The most bytes of it.
const ASSIGNMENT_LEN_MAX: usize = 32 + 2 + 8 + 4 + 8;
/// An assigned value ends with a quote, white space, a tag, a separator or an escape.
const END_ASSIGNED: &str = r#"(?:["'`\s;<]|\\[nrt"']|$)"#;

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() && c != '_' {
            out.push('\\');
        }
        out.push(c);
    }
}

/// The characters of an alphabet written like the inside of `[...]`.
pub fn letters(set: &str) -> Vec<char> {
    let mut out = Vec::new();
    let mut chars = set.chars().peekable();
    while let Some(mut c) = chars.next() {
        if c == '\\' {
            c = chars.next().unwrap_or(c);
        }
        let mut rest = chars.clone();
        if rest.next() == Some('-')
            && let Some(end) = rest.next()
        {
            out.extend(c..=end);
            chars = rest;
        } else {
            out.push(c);
        }
    }
    out
}

/// By byte: whether it is of the alphabet.
fn bytes_of(set: &str) -> [bool; 256] {
    let mut bytes = [false; 256];
    for letter in letters(set) {
        if let Some(place) = bytes.get_mut(letter as usize) {
            *place = true;
        }
    }
    bytes
}

/// Alphabets, written like the inside of `[...]`.
pub mod set {
    /// Digits.
    pub const DIGIT: &str = "0-9";
    /// Hexadecimal digits, lower case.
    pub const HEX: &str = "0-9a-f";
    /// Hexadecimal digits, either case.
    pub const HEX_ANY: &str = "0-9A-Fa-f";
    /// Upper-case letters and digits.
    pub const UPPER: &str = "0-9A-Z";
    /// The alphabet of RFC 4648 base 32.
    pub const BASE32: &str = "2-7A-Z";
    /// Lower-case letters and digits.
    pub const LOWER: &str = "0-9a-z";
    /// Letters and digits.
    pub const ALNUM: &str = "0-9A-Za-z";
    /// Letters, digits, underscore.
    pub const WORD: &str = "0-9A-Za-z_";
    /// Letters, digits, hyphen.
    pub const DASH: &str = "0-9A-Za-z-";
    /// The alphabet of base64url.
    pub const URL64: &str = "0-9A-Za-z_-";
    /// Base64url with padding wherever it stands.
    pub const URL64_EQ: &str = "0-9A-Za-z_=-";
    /// The alphabet of base 64.
    pub const BASE64: &str = "0-9A-Za-z+/";
    /// The alphabet of base 64 with padding.
    pub const BASE64_EQ: &str = "0-9A-Za-z+/=";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets_are_read_like_classes() {
        assert_eq!(letters("0-9").len(), 10);
        assert_eq!(letters("0-9A-Za-z_-").len(), 64);
        assert_eq!(letters(r"a\\-"), ['a', '\\', '-']);
    }
}
