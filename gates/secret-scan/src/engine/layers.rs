//! A text and what is folded up in it: decoded passes and members of archives.

use std::collections::HashSet;
use std::sync::Arc;

use super::archive::{self, Budget, Kind, skip};
use super::decode::{decode, joins_lines};
use super::hit::{Hit, Member, Within};
use super::overlaps::Overlaps;
use super::text::{self, Page};
use super::{Origin, Scanner, Search};

/// Passes of decoding, as many as gitleaks makes unless told otherwise.
const PASSES_MAX: usize = 5;

/// A text and what was encoded in it.
pub(super) struct Below {
    /// Every secret.
    pub hits: Vec<Hit>,
    /// Whether anything was encoded.
    pub is_encoded: bool,
    /// Whether decoding took line ends away.
    pub joins_lines: bool,
    /// What is noted of keywords from which rules look beyond their line.
    pub beyond: u8,
}

impl Scanner {
    /// Every secret in `text`, by place; in a binary only those that are
    /// telling enough. Exceptions that depend on path or commit are the
    /// caller's business.
    pub fn scan(&self, text: &[u8], is_binary: bool) -> Vec<Hit> {
        self.scan_noting(text, is_binary, &|_| {})
    }

    /// The same; `note` is told what was not looked at, and why.
    pub fn scan_noting(
        &self,
        text: &[u8],
        is_binary: bool,
        note: &dyn Fn(&'static str),
    ) -> Vec<Hit> {
        let mut hits = self.layers(text, is_binary);
        if is_binary && let Some(kind) = archive::kind(text) {
            match self.archives {
                0 => note(skip::OFF),
                _ => {
                    let mut open = Open { scanner: self, note, hits: &mut hits };
                    open.archive(kind, text, "", 1, &mut Budget::default());
                    drop_told_inside(&mut hits, text);
                }
            }
        }
        hits
    }

    /// Whether `bytes` are an archive that is opened.
    pub fn opens(&self, bytes: &[u8]) -> bool {
        self.archives > 0 && archive::kind(bytes).is_some_and(|kind| kind != Kind::Other)
    }

    /// The text as it stands, and after each pass of decoding.
    fn layers(&self, file: &[u8], is_binary: bool) -> Vec<Hit> {
        let hits = self.search(file, is_binary, None);
        if is_binary { hits } else { self.below(hits, file).hits }
    }

    /// `hits` of a text as it stands, and those after each pass of decoding.
    pub(super) fn below(&self, hits: Vec<Hit>, file: &[u8]) -> Below {
        let mut below = Below { hits, is_encoded: false, joins_lines: false, beyond: 0 };
        let mut told: Option<Told> = None;
        let mut last = None;
        for _ in 0..PASSES_MAX {
            let text = last.as_ref().map_or(file, |last: &super::Decoded| &last.text);
            let Some(decoded) = decode(text, last.as_ref()) else { break };
            below.is_encoded = true;
            below.joins_lines = below.joins_lines || joins_lines(text);
            let origin = Origin { file, decoded: &decoded };
            let mut search = Search::of(self, &decoded.text, false, Some(origin));
            search.run();
            below.beyond |= search.beyond;
            let found = search.finish();
            let shared: Option<Arc<[u8]>> =
                (!found.is_empty()).then(|| Arc::from(decoded.text.as_slice()));
            for hit in found {
                let Some(text) = &shared else { break };
                let inner = Within {
                    text: Arc::clone(text),
                    secret: hit.secret,
                    whole: hit.whole,
                    member: None,
                };
                let (secret, whole) =
                    (decoded.original(&inner.secret), decoded.original(&inner.whole));
                let hit = Hit { secret, whole, within: Some(inner), ..hit };
                let told = told.get_or_insert_with(|| Told::of(self, &below.hits, file));
                if !told.tells_of(self, &hit, file) {
                    told.add(self, &hit, file);
                    below.hits.push(hit);
                }
            }
            last = Some(decoded);
        }
        below
    }
}

/// What hits tell of already.
struct Told {
    /// Rules and secrets.
    same: HashSet<(usize, Vec<u8>)>,
    /// Where hits are of rules that do not give way.
    firm: Overlaps,
}

impl Told {
    fn of(scanner: &Scanner, hits: &[Hit], file: &[u8]) -> Told {
        let mut told = Told { same: HashSet::new(), firm: Overlaps::default() };
        hits.iter().for_each(|hit| told.add(scanner, hit, file));
        told
    }

    fn add(&mut self, scanner: &Scanner, hit: &Hit, file: &[u8]) {
        self.same.insert((hit.rule, hit.value(file).to_vec()));
        if !yields(scanner, hit) {
            self.firm.add(&hit.secret);
        }
    }

    /// Whether they tell of it: the same secret by the same rule, or any of the
    /// place, where its rule gives way.
    fn tells_of(&self, scanner: &Scanner, hit: &Hit, file: &[u8]) -> bool {
        self.same.contains(&(hit.rule, hit.value(file).to_vec()))
            || (yields(scanner, hit) && self.firm.meet(&hit.secret))
    }
}

fn yields(scanner: &Scanner, hit: &Hit) -> bool {
    scanner.specs.get(hit.rule).is_some_and(|spec| spec.yields)
}

/// What is stored as it is shows in the archive's own bytes too.
fn drop_told_inside(hits: &mut Vec<Hit>, text: &[u8]) {
    let inside = |hit: &&Hit| hit.member().is_some();
    let value = |hit: &Hit| (hit.rule, hit.value(text).to_vec());
    let told: HashSet<(usize, Vec<u8>)> = hits.iter().filter(inside).map(value).collect();
    hits.retain(|hit| hit.member().is_some() || !told.contains(&value(hit)));
}

/// An archive being looked into.
struct Open<'a> {
    scanner: &'a Scanner,
    note: &'a dyn Fn(&'static str),
    hits: &'a mut Vec<Hit>,
}

impl Open<'_> {
    fn archive(
        &mut self,
        kind: Kind,
        bytes: &[u8],
        above: &str,
        depth: usize,
        budget: &mut Budget,
    ) {
        let note = self.note;
        let mut take = |name: Option<&str>, content: &[u8], budget: &mut Budget| {
            let path = self.path(above, name);
            match archive::kind(content) {
                // One suffix in everybody's eyes: .tar.gz.
                Some(Kind::Tar) if kind == Kind::Gzip => {
                    self.archive(Kind::Tar, content, &path, depth, budget);
                }
                Some(inner) if depth < self.scanner.archives => {
                    self.archive(inner, content, &path, depth + 1, budget);
                }
                inner => {
                    if inner.is_some() {
                        note(skip::TOO_DEEP);
                    }
                    self.member(&path, content);
                }
            }
        };
        archive::open(kind, bytes, budget, &mut take, note);
    }

    /// A name can hold a secret too; then it is not told.
    fn path(&self, above: &str, name: Option<&str>) -> String {
        let Some(name) = name else { return above.to_owned() };
        let shown = self.scanner.masked(name);
        if above.is_empty() { shown } else { format!("{above}!{shown}") }
    }

    fn member(&mut self, path: &str, content: &[u8]) {
        let (text, is_binary) = text::ready(content);
        let found = self.scanner.layers(&text, is_binary);
        if found.is_empty() {
            return;
        }
        let shared: Arc<[u8]> = Arc::from(&*text);
        let page = Page::of(&text);
        for hit in found {
            let line = page.span(&hit.secret).line;
            let member = Some(Member { path: path.to_owned(), line });
            let own = || Within {
                text: Arc::clone(&shared),
                secret: hit.secret.clone(),
                whole: hit.whole.clone(),
                member: None,
            };
            let within = Within { member, ..hit.within.clone().unwrap_or_else(own) };
            self.hits.push(Hit { secret: 0..0, whole: 0..0, within: Some(within), ..hit });
        }
    }
}
