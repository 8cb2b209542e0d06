//! One regular expression, compiled when its keyword first turns up, and how
//! much of a text around a keyword it has to see.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::{self, Regex};
use regex_automata::{Anchored, Input};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::lines::Lines;
use super::sure::{Holding, Opening};

/// Largest compiled size of one expression, in bytes.
const SIZE_BYTES_MAX: usize = 64 << 20;

/// A regular expression in Rust's syntax over bytes, ASCII classes.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    reach: OnceLock<Result<Reach, String>>,
    regex: OnceLock<Result<Regex, String>>,
    lead: Option<Lead>,
    opening: Option<Opening>,
    holding: Option<Holding>,
    /// Where the keyword stands beside the match: how far, in bytes.
    near_len_max: Option<usize>,
}

/// What begins where a keyword begins, for a pattern whose matches all do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// The token itself: a word begins here.
    Token,
    /// A name to which the token is assigned: an assignment follows.
    Name,
}

/// How far a match can lie from a keyword inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    /// Longest match in bytes, if there is a longest one.
    len_max: Option<usize>,
    /// Whether a match can hold a line end.
    crosses_lines: bool,
    /// Whether each match is sure to hold one of the keywords.
    holds_keyword: bool,
}

/// Where a match and its groups are.
#[derive(Debug, Clone)]
pub struct Match {
    /// The whole match.
    pub whole: Range<usize>,
    /// The groups from 1; none where a group took no part.
    pub groups: Vec<Option<Range<usize>>>,
}

impl Pattern {
    /// A pattern of which every match begins where one of its rule's keywords
    /// begins.
    pub fn at_keyword(source: String, lead: Lead) -> Pattern {
        Pattern {
            source,
            reach: OnceLock::new(),
            regex: OnceLock::new(),
            lead: Some(lead),
            opening: None,
            holding: None,
            near_len_max: None,
        }
    }

    /// A pattern whose matches lie anywhere around a keyword.
    pub fn around(source: String) -> Pattern {
        Pattern {
            source,
            reach: OnceLock::new(),
            regex: OnceLock::new(),
            lead: None,
            opening: None,
            holding: None,
            near_len_max: None,
        }
    }

    /// The same pattern, which knows what its matches open with.
    pub fn opening(mut self, opening: Opening) -> Pattern {
        self.opening = Some(opening);
        self
    }

    /// The same pattern, which knows what its matches hold.
    pub fn holding(mut self, holding: Holding) -> Pattern {
        self.holding = Some(holding);
        self
    }

    /// The same pattern, for matches near a keyword that is no part of them.
    pub fn near(mut self, len_max: usize) -> Pattern {
        self.near_len_max = Some(len_max);
        self
    }

    /// The regular expression.
    #[cfg(test)]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What begins at a keyword, if matches do.
    pub fn lead(&self) -> Option<Lead> {
        self.lead
    }

    /// How far from a keyword its matches lie, in bytes, where the keyword is no part of
    /// them.
    pub fn near_len_max(&self) -> Option<usize> {
        self.near_len_max
    }

    /// Whether what it says of a keyword rests on the keyword's own line, the
    /// line ends around it, and at most a value assigned there that stands on a
    /// later line.
    pub fn stays_on_line(&self, keywords: &[String]) -> bool {
        // Tokens and names of tables hold no line end: a test looks at every one.
        let is_of_table = self.lead.is_some() || self.near_len_max.is_some();
        let is_on_line = |r: Reach| r.holds_keyword && (is_of_table || !r.crosses_lines);
        self.lead.is_some() || self.reach(keywords).is_some_and(is_on_line)
    }

    /// Parses without compiling.
    ///
    /// # Errors
    /// Why the source is no regular expression.
    pub fn parse(source: &str) -> Result<Hir, String> {
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        parser.parse(source).map_err(|error| reason(&error))
    }

    /// The match that begins at `start`, if there is one.
    pub fn match_at(&self, text: &[u8], start: usize) -> Option<Match> {
        let there = text.get(start..)?;
        if self.opening.as_ref().is_some_and(|opening| !opening.stands_at(there))
            || self.holding.as_ref().is_some_and(|holding| !holding.stands_in(there))
        {
            return None;
        }
        let regex = self.regex()?;
        let input = Input::new(text).anchored(Anchored::Yes).range(start..);
        let mut captures = regex.create_captures();
        regex.search_captures(&input, &mut captures);
        found(&captures)
    }

    /// Every match in `window` of `text`; what stands outside counts only as
    /// context for boundaries.
    pub fn matches_in(&self, text: &[u8], window: Range<usize>, mut each: impl FnMut(Match)) {
        let Some(regex) = self.regex() else { return };
        let input = Input::new(text).range(window);
        for captures in regex.captures_iter(input) {
            if let Some(found) = found(&captures) {
                each(found);
            }
        }
    }

    /// The part of a text that must be searched because of a keyword at `hit`.
    pub fn window(
        &self,
        lines: &Lines<'_>,
        hit: &Range<usize>,
        keywords: &[String],
    ) -> Range<usize> {
        let all = 0..lines.text().len();
        let Some(reach) = self.reach(keywords) else { return all };
        if !reach.holds_keyword {
            let Some(len) = self.near_len_max else { return all };
            return hit.start.saturating_sub(len)..hit.end.saturating_add(len).min(all.end);
        }
        let line = if reach.crosses_lines { all } else { lines.around(hit) };
        // The line end belongs to the window: `$` and `\s` may look at it, not take it.
        let Some(len) = reach.len_max else { return line };
        let from = hit.end.saturating_sub(len).max(line.start);
        let to = hit.start.saturating_add(len).min(line.end);
        from..to.max(from)
    }

    fn reach(&self, keywords: &[String]) -> Option<Reach> {
        let reach = self.reach.get_or_init(|| {
            let hir = Pattern::parse(&self.source)?;
            Ok(Reach {
                len_max: hir.properties().maximum_len(),
                crosses_lines: can_hold_newline(&hir),
                holds_keyword: holds_one_of(&hir, keywords),
            })
        });
        reach.as_ref().ok().copied()
    }

    fn regex(&self) -> Option<&Regex> {
        let regex = self.regex.get_or_init(|| compile(&self.source));
        regex.as_ref().ok()
    }

    /// How many groups it has.
    pub fn group_count(&self) -> usize {
        Pattern::parse(&self.source).map_or(0, |hir| hir.properties().explicit_captures_len())
    }
}

/// Compiles `source` as every pattern here is compiled.
///
/// # Errors
/// Why it cannot be.
pub fn compile(source: &str) -> Result<Regex, String> {
    let hir = Pattern::parse(source)?;
    let config = meta::Config::new()
        .nfa_size_limit(Some(SIZE_BYTES_MAX))
        .utf8_empty(false)
        // A pattern sees a few hundred bytes at a time: what costs at
        // compilation and pays on long texts is left out.
        .dfa(false)
        .onepass(false);
    let built = Regex::builder().configure(config).build_from_hir(&hir);
    built.map_err(|error| match error.size_limit() {
        Some(limit) => format!("it needs more than {limit} bytes when compiled"),
        None => error.to_string(),
    })
}

fn reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    }
}

fn found(captures: &regex_automata::util::captures::Captures) -> Option<Match> {
    let whole = captures.get_match()?.range();
    let groups = (1..captures.group_len()).map(|g| captures.get_group(g).map(|s| s.range()));
    Some(Match { whole, groups: groups.collect() })
}

pub(super) fn can_hold_newline(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|r| r.start() <= b'\n' && b'\n' <= r.end())
        }
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().any(|r| r.start() <= '\n' && '\n' <= r.end())
        }
        HirKind::Repetition(repetition) => can_hold_newline(&repetition.sub),
        HirKind::Capture(capture) => can_hold_newline(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(can_hold_newline),
    }
}

/// Whether every match holds one of `keywords`, any case. Says no where it is
/// not plain to see.
fn holds_one_of(hir: &Hir, keywords: &[String]) -> bool {
    !keywords.is_empty() && holds(hir, keywords)
}

fn holds(hir: &Hir, keywords: &[String]) -> bool {
    match hir.kind() {
        HirKind::Alternation(parts) => parts.iter().all(|part| holds(part, keywords)),
        HirKind::Capture(capture) => holds(&capture.sub, keywords),
        HirKind::Repetition(repetition) => repetition.min > 0 && holds(&repetition.sub, keywords),
        HirKind::Concat(parts) => {
            let mut run = String::new();
            for part in parts {
                if let Some(text) = fixed(part) {
                    run.push_str(&text);
                } else {
                    if contains(&run, keywords) || holds(part, keywords) {
                        return true;
                    }
                    run.clear();
                }
            }
            contains(&run, keywords)
        }
        _ => fixed(hir).is_some_and(|text| contains(&text, keywords)),
    }
}

fn contains(text: &str, keywords: &[String]) -> bool {
    keywords.iter().any(|keyword| text.contains(&keyword.to_ascii_lowercase()))
}

/// The one text, in lower case, that `hir` matches in some mix of cases.
fn fixed(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            text.is_ascii().then(|| text.to_ascii_lowercase())
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut letters = class.ranges().iter().flat_map(|r| r.start()..=r.end());
            let first = letters.next()?.to_ascii_lowercase();
            let same = letters.all(|letter| letter.to_ascii_lowercase() == first);
            (same && first.is_ascii()).then(|| char::from(first).to_string())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges().iter().filter(|r| r.end().is_ascii());
            // KELVIN SIGN and LONG S fold to letters; keywords are ASCII.
            let wide = class.ranges().iter().filter(|r| !r.end().is_ascii());
            if wide.clone().any(|r| !matches!(r.start(), '\u{17F}' | '\u{212A}')) {
                return None;
            }
            let mut letters = ranges.flat_map(|r| r.start()..=r.end());
            let first = letters.next()?.to_ascii_lowercase();
            letters.all(|letter| letter.to_ascii_lowercase() == first).then(|| first.to_string())
        }
        HirKind::Capture(capture) => fixed(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(fixed).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(source: &str, keyword: &str) -> Reach {
        Pattern::around(source.to_owned()).reach(&[keyword.to_owned()]).unwrap()
    }

    #[test]
    fn a_keyword_is_seen_through_groups_and_cases() {
        assert!(reach(r"\b((?i)ghp)_[a-z]{3}", "ghp_").holds_keyword);
        assert!(reach(r"(?:abc_live|x_abc)", "abc").holds_keyword);
        assert!(!reach(r"(?:abc|xyz)", "abc").holds_keyword);
        assert!(!reach(r"(?:abc)?x", "abc").holds_keyword);
        assert!(!reach(r"a[bx]c", "abc").holds_keyword);
    }

    #[test]
    fn a_window_is_as_small_as_the_pattern_allows() {
        let window = |source: &str| {
            Pattern::around(source.to_owned()).window(
                &Lines::of(b"one\n two abc three\nfour"),
                &(9..12),
                &["abc".into()],
            )
        };
        assert_eq!(window("abc [a-z]{0,3}"), 5..16);
        assert_eq!(window(".*abc.*"), 4..18);
        assert_eq!(window(r"abc\s.*"), 0..23);
        assert_eq!(window("xyz"), 0..23);
    }

    #[test]
    fn a_boundary_sees_past_the_window() {
        let pattern = Pattern::around(r"abc\b".to_owned());
        let mut found = 0;
        pattern.matches_in(b"abcd abc d", 0..3, |_| found += 1);
        assert_eq!(found, 0);
        pattern.matches_in(b"abcd abc d", 5..8, |_| found += 1);
        assert_eq!(found, 1);
    }

    #[test]
    fn what_does_not_compile_says_why() {
        assert!(compile("(").unwrap_err().contains("unclosed"));
        assert!(compile("(?:[a-z]{1000}){1000}").unwrap_err().contains("bytes"));
    }
}
