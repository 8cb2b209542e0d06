//! Finding secrets in bytes: every rule's keywords at once, then each rule only
//! around its keywords.

pub mod archive;
mod base64;
pub mod checksum;
mod decode;
pub mod delta;
pub mod entropy;
mod hit;
mod keywords;
mod kinds;
mod layers;
mod lines;
mod names;
mod near;
mod overlaps;
pub mod pattern;
mod required;
mod runs;
pub mod sure;
pub mod text;
mod words;

use std::ops::Range;
use std::sync::OnceLock;

use memchr::memmem;

use crate::rules::format::Checksum;
use crate::rules::generic::assignment_follows;
use crate::rules::{Finder, PRIVATE_KEY, Spec, known};
#[cfg(test)]
pub use base64::encoded as base64_encoded;
use decode::Decoded;
pub use hit::Hit;
use keywords::{Keywords, has_keyword};
use kinds::Kinds;
pub use lines::Lines;
pub use overlaps::Overlaps;
use pattern::{Lead, Match, Pattern};
pub use required::Required;

/// The rules in force, ready to be looked for.
#[derive(Debug)]
pub struct Scanner {
    specs: Vec<Spec>,
    keywords: Keywords,
    /// What of its hits depends on the path: asked of a history alone, and telling
    /// it compiles patterns of paths.
    kinds: OnceLock<Kinds>,
    /// What it takes to look at new parts only; none where rules forbid it.
    parts: Option<delta::Parts>,
    /// By rule: whether it stays near its keyword.
    near: Vec<bool>,
    /// The keywords of the rules that do not.
    far: OnceLock<Option<Keywords>>,
    /// Rules without a keyword.
    always: Vec<usize>,
    /// How many archives are opened in each other.
    archives: usize,
}

impl Scanner {
    /// Puts the keywords of all rules together.
    ///
    /// # Errors
    /// The keywords are too many to be numbered.
    pub fn new(specs: Vec<Spec>) -> Result<Scanner, String> {
        let keywords = Keywords::of(specs.iter().enumerate())?;
        let near = specs.iter().map(near::stays_near).collect();
        let without = specs.iter().enumerate().filter(|(_, spec)| !has_keyword(spec));
        let without = without.filter(|(_, spec)| !matches!(spec.finder, Finder::Path));
        let always: Vec<usize> = without.map(|(rule, _)| rule).collect();
        let parts = delta::Parts::of(&specs, &always)?;
        let far = OnceLock::new();
        Ok(Scanner {
            specs,
            keywords,
            kinds: OnceLock::new(),
            parts,
            near,
            far,
            always,
            archives: 0,
        })
    }

    fn is_near(&self, rule: usize) -> bool {
        self.near.get(rule).copied().unwrap_or_default()
    }

    /// The keywords of rules that do not stay near, where some rules do.
    fn far(&self) -> Option<&Keywords> {
        let far = || {
            let specs = self.specs.iter().enumerate().filter(|(rule, _)| !self.is_near(*rule));
            self.near.contains(&true).then(|| Keywords::of(specs).ok()).flatten()
        };
        self.far.get_or_init(far).as_ref()
    }

    /// The same, which opens archives in archives to that depth.
    pub fn opening_archives(mut self, depth: usize) -> Scanner {
        self.archives = depth;
        self
    }

    /// The rules, in order.
    pub fn specs(&self) -> &[Spec] {
        &self.specs
    }

    fn kinds(&self) -> &Kinds {
        self.kinds.get_or_init(|| Kinds::of(&self.specs))
    }

    /// The rules whose hits are of one of these kinds.
    pub fn specs_of_kinds(&self, kinds: u32) -> impl Iterator<Item = &Spec> {
        let numbered = self.specs.iter().enumerate();
        let chosen = numbered.filter(move |(rule, _)| self.kinds().of_rule(*rule) & kinds != 0);
        chosen.map(|(_, spec)| spec)
    }

    /// Every secret in `text` as it stands; `origin` tells what an earlier pass
    /// made it from.
    fn search(&self, text: &[u8], is_binary: bool, origin: Option<Origin<'_>>) -> Vec<Hit> {
        let mut search = Search::of(self, text, is_binary, origin);
        search.run();
        search.finish()
    }
}

#[cfg(test)]
impl Scanner {
    /// What the bits of [`Scanner::look`] must tell of `hits`.
    pub fn seen_in(&self, hits: &[Hit]) -> (bool, u32) {
        self.kinds().seen_in(hits)
    }

    /// How many hits one rule has when it is the only one.
    pub fn scan_for(&self, text: &[u8], rule: usize) -> usize {
        let mut search = Search::of(self, text, false, None);
        search.run();
        search.hits.retain(|hit| hit.rule == rule);
        search.finish().len()
    }

    /// The same, which looks at all of a decoded text for every rule.
    pub fn everywhere(mut self) -> Scanner {
        self.near.fill(false);
        self
    }
}

/// How far ahead of a keyword one is read by hand: a line may be as long as its
/// file, with a keyword at every tenth byte.
const AHEAD_LEN_MAX: usize = 32 << 10;

/// What a decoded text was made from.
#[derive(Clone, Copy)]
struct Origin<'a> {
    file: &'a [u8],
    decoded: &'a Decoded,
}

/// One text being scanned.
struct Search<'a> {
    scanner: &'a Scanner,
    text: &'a [u8],
    lines: Lines<'a>,
    is_binary: bool,
    origin: Option<Origin<'a>>,
    hits: Vec<Hit>,
    /// What is noted of keywords in it from which rules look beyond their line.
    beyond: u8,
    /// Rule, pattern of the rule, part of the text.
    windows: Vec<(usize, usize, Range<usize>)>,
}

impl<'a> Search<'a> {
    fn of(
        scanner: &'a Scanner,
        text: &'a [u8],
        is_binary: bool,
        origin: Option<Origin<'a>>,
    ) -> Search<'a> {
        Search {
            scanner,
            text,
            lines: Lines::of(text),
            is_binary,
            origin,
            hits: Vec::new(),
            beyond: 0,
            windows: Vec::new(),
        }
    }

    fn run(&mut self) {
        let scanner = self.scanner;
        let all = 0..self.text.len();
        match self.origin.and_then(|origin| Some((origin.decoded, scanner.far()?))) {
            None => self.at_keywords(&scanner.keywords, all, |_| true),
            Some((decoded, far)) => {
                for part in near::around(decoded) {
                    self.at_keywords(&scanner.keywords, part, |rule| scanner.is_near(rule));
                }
                self.at_keywords(far, all, |_| true);
            }
        }
        for rule in &scanner.always {
            if let Some(Finder::Patterns(patterns)) = scanner.specs.get(*rule).map(|s| &s.finder) {
                let all = (0..patterns.len()).map(|index| (*rule, index, 0..self.text.len()));
                self.windows.extend(all);
            }
        }
        self.search_windows();
    }

    /// Asks the rules for which `is` says yes about every keyword of theirs in
    /// `part`.
    fn at_keywords(&mut self, words: &Keywords, part: Range<usize>, is: impl Fn(usize) -> bool) {
        let (text, parts) = (self.text, self.scanner.parts.as_ref());
        words.each(text, part, |rules, hit| {
            if let Some(parts) = parts {
                self.beyond |= parts.beyond_at(&self.scanner.specs, rules, text, &hit);
            }
            let mut assigned = None;
            for rule in rules.iter().filter(|rule| is(**rule)) {
                self.at_keyword(*rule, &hit, &mut assigned);
            }
        });
    }

    /// `assigned` remembers, for all rules of one keyword, whether an
    /// assignment follows it.
    fn at_keyword(&mut self, rule: usize, hit: &Range<usize>, assigned: &mut Option<bool>) {
        let Some(spec) = self.scanner.specs.get(rule) else { return };
        if self.is_binary && !spec.in_binaries {
            return;
        }
        let text = self.text;
        let mut follows = || *assigned.get_or_insert_with(|| assignment_follows(text, hit.end));
        let near = text.get(..text.len().min(hit.end + AHEAD_LEN_MAX)).unwrap_or(text);
        match &spec.finder {
            Finder::Path => {}
            Finder::File(file) => {
                if !follows() && file.wants_assignment() {
                    return;
                }
                if let Some(found) = file.find(near, hit.clone()) {
                    self.keep(rule, found);
                }
            }
            Finder::Code(find) => {
                if spec.yields && !follows() {
                    return;
                }
                // A block may be longer; it ends where the next one begins.
                let near = if spec.id == PRIVATE_KEY { text } else { near };
                if let Some(found) = find(near, hit.clone()) {
                    self.keep(rule, found);
                }
            }
            Finder::Patterns(patterns) => {
                for (index, pattern) in patterns.iter().enumerate() {
                    let found = match pattern.lead() {
                        Some(Lead::Token) if begins_word(text, hit.start) => {
                            pattern.match_at(text, hit.start)
                        }
                        Some(Lead::Name) if follows() && begins_name(text, hit) => {
                            pattern.match_at(text, hit.start)
                        }
                        Some(_) => None,
                        None => {
                            self.open_window(rule, index, pattern, hit, &spec.keywords);
                            None
                        }
                    };
                    if let Some(found) = found {
                        self.keep(rule, found);
                    }
                }
            }
        }
    }

    fn open_window(
        &mut self,
        rule: usize,
        index: usize,
        pattern: &Pattern,
        hit: &Range<usize>,
        keywords: &[String],
    ) {
        let last =
            self.windows.iter_mut().rev().take(64).find(|(r, i, _)| (*r, *i) == (rule, index));
        // Hits come in order: one inside the last window adds nothing unless it reaches further.
        if let Some((_, _, last)) = &last
            && *last == (0..self.text.len())
        {
            return;
        }
        let window = pattern.window(&self.lines, hit, keywords);
        match last {
            Some((_, _, last)) if window.start <= last.end => {
                last.start = last.start.min(window.start);
                last.end = last.end.max(window.end);
            }
            _ => self.windows.push((rule, index, window)),
        }
    }

    fn search_windows(&mut self) {
        let mut windows = std::mem::take(&mut self.windows);
        windows.sort_by_key(|(rule, index, window)| (*rule, *index, window.start));
        windows.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1) && next.2.start <= kept.2.end;
            if same {
                kept.2.end = kept.2.end.max(next.2.end);
            }
            same
        });
        for (rule, index, window) in windows {
            let Some(Finder::Patterns(patterns)) =
                self.scanner.specs.get(rule).map(|spec| &spec.finder)
            else {
                continue;
            };
            if let Some(pattern) = patterns.get(index) {
                let mut found = Vec::new();
                pattern.matches_in(self.text, window, |one| found.push(one));
                found.into_iter().for_each(|one| self.keep(rule, one));
            }
        }
    }

    fn keep(&mut self, rule: usize, found: Match) {
        let Some(spec) = self.scanner.specs.get(rule) else { return };
        let secret = match spec.group {
            0 => {
                let mut took_part = found.groups.into_iter().flatten();
                took_part.find(|group| !group.is_empty()).unwrap_or(found.whole.clone())
            }
            group => match found.groups.into_iter().nth(group - 1).flatten() {
                Some(secret) => secret,
                None => return,
            },
        };
        let Some(value) = self.text.get(secret.clone()) else { return };
        if spec.entropy_min > 0.0 && entropy::shannon(value) <= spec.entropy_min {
            return;
        }
        let is_sample = |end: &str| value.ends_with(end.as_bytes());
        if spec.formats.iter().flat_map(|format| format.samples).any(|end| is_sample(end))
            // Of a user's own rules gitleaks tells all.
            || (!spec.from_user && known::is_public(value))
        {
            return;
        }
        let checksum_holds = spec.checksum.map(|kind: Checksum| checksum::holds(kind, value));
        let hit = Hit { rule, secret, whole: found.whole, checksum_holds, within: None };
        self.hits.push(hit);
    }

    fn finish(mut self) -> Vec<Hit> {
        if self.hits.is_empty() {
            return Vec::new();
        }
        let origin = self.origin;
        // The comment counts where a reader sees it.
        let mut allowed = Allowed::in_lines(origin.map_or(self.text, |origin| origin.file));
        self.hits.retain(|hit| match origin {
            None => !allowed.is(&hit.whole),
            Some(Origin { decoded, .. }) => {
                decoded.is_news(&hit.whole) && !allowed.is(&decoded.original(&hit.whole))
            }
        });
        self.meet_requirements();
        self.hits.sort_by(|a, b| {
            (a.secret.start, a.rule, a.secret.end).cmp(&(b.secret.start, b.rule, b.secret.end))
        });
        self.hits.dedup_by(|a, b| a.rule == b.rule && a.secret == b.secret);
        let yields = |hit: &Hit| self.scanner.specs.get(hit.rule).is_some_and(|spec| spec.yields);
        // A rule that is bound to some paths is firm only there, which is known later.
        let is_free = |hit: &&Hit| {
            !yields(hit) && self.scanner.specs.get(hit.rule).is_some_and(|s| s.path.is_none())
        };
        let firm = Overlaps::of(self.hits.iter().filter(is_free).map(|hit| &hit.secret));
        let overlaps = |hit: &Hit| firm.meet(&hit.secret);
        // Whether a rule about some files has its say is known with the path.
        let is_bound = |hit: &Hit| {
            self.scanner.specs.get(hit.rule).is_some_and(|s| s.file.is_some() && s.path.is_some())
        };
        let mut last: Option<Range<usize>> = None;
        let mut hits = std::mem::take(&mut self.hits);
        hits.retain(|hit| {
            if !yields(hit) {
                return true;
            }
            if is_bound(hit) {
                return !overlaps(hit);
            }
            // Two keywords in one name find one secret, and so may two rules.
            let again = last.as_ref().is_some_and(|last| hit.secret.start < last.end);
            if !again {
                last = Some(hit.secret.clone());
            }
            !again && !overlaps(hit)
        });
        hits
    }
}

/// The comment by which gitleaks is told that a line is no secret.
const INLINE_ALLOW: &[u8] = b"gitleaks:allow";

/// Where a text has that comment.
struct Allowed<'a> {
    text: &'a [u8],
    lines: Lines<'a>,
    comment: memmem::Finder<'static>,
    /// The lines asked about last, and the answer.
    last: Option<(Range<usize>, bool)>,
}

impl<'a> Allowed<'a> {
    fn in_lines(text: &'a [u8]) -> Allowed<'a> {
        let comment = memmem::Finder::new(INLINE_ALLOW);
        Allowed { text, lines: Lines::of(text), comment, last: None }
    }

    /// Whether it stands on a line of `whole`.
    fn is(&mut self, whole: &Range<usize>) -> bool {
        let lines = self.lines.around(whole);
        if let Some((_, known)) = self.last.as_ref().filter(|(last, _)| *last == lines) {
            return *known;
        }
        let is = self.comment.find(self.text.get(lines.clone()).unwrap_or_default()).is_some();
        self.last = Some((lines, is));
        is
    }
}

/// Whether a word begins at `at`: before it is no word character, or an
/// escape such as `\n` in a string.
fn begins_word(text: &[u8], at: usize) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if !text.get(at).is_some_and(is_word) {
        return true;
    }
    match text.get(..at).unwrap_or_default() {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., last] => !is_word(last),
        [] => true,
    }
}

/// Whether the vendor's name at `hit` is one: short names turn up inside other
/// words (`etsy` in `SetSysctl`), so they must begin and be cased like a word.
fn begins_name(text: &[u8], hit: &Range<usize>) -> bool {
    const SHORT_LEN_MAX: usize = 6;
    let name = text.get(hit.clone()).unwrap_or_default();
    if name.len() > SHORT_LEN_MAX {
        return true;
    }
    let before = hit.start.checked_sub(1).and_then(|at| text.get(at));
    let first_is_upper = name.first().is_some_and(u8::is_ascii_uppercase);
    let rest = name.get(1..).unwrap_or_default();
    let one_case = !rest.iter().any(u8::is_ascii_uppercase)
        || (first_is_upper && !rest.iter().any(u8::is_ascii_lowercase));
    let begins = !before.is_some_and(u8::is_ascii_alphabetic)
        || (first_is_upper && before.is_some_and(u8::is_ascii_lowercase));
    let is_escape = matches!(text.get(..hit.start), Some([.., b'\\', b'n' | b'r' | b't']));
    one_case && (begins || is_escape)
}
