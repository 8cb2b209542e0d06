//! Looking only at what a text has and its base has not.
//!
//! A pack holds most versions of a file as a delta: ranges copied from another
//! version, and new bytes between. Where nothing was found in the other, only
//! these can bring something: new bytes, and seams, where ranges meet that did
//! not meet before. Both are widened to whole lines, because
//!
//! - most rules judge a keyword by its own line: those are looked for in the
//!   widened parts alone;
//! - an assignment may put its value on a later line: the line that ends in an
//!   operator or names what comes belongs to the part, and the line after it;
//! - some look for a token so many bytes around a keyword: for those the parts are
//!   widened by as much, if a keyword of theirs is in the text;
//! - the others may look further: they are looked for in all of the text, if a
//!   keyword is in it from which one does.
//!
//! Such a keyword can only be there if one is in the base, which is noted, or in a
//! part.
//!
//! What is encoded stands on one line, so a part shows whether any is new, or is near
//! enough for a rule that looks around: then the text is scanned whole, as archives
//! are. What is encoded elsewhere is as it was in the base, and so is what it tells,
//! unless a rule may look further or decoding joins lines: such a text is not built on.
//!
//! Hits of rules that count only at some paths do not stand in the way: whoever
//! builds on the text takes their kinds over, as too many rather than too few.
//!
//! Rules are judged with the whole text in view, so that a part never cuts off
//! what they see. As soon as anything else is found, the whole text is scanned,
//! and that scan alone counts: what is found is what would have been found anyway.

use std::cell::Cell;
use std::ops::Range;

use kernel::{HistoryBase, Piece, Seen};

use super::decode::decode;
use super::keywords::Keywords;
use super::near::{Sight, sight};
use super::{Scanner, Search, archive};
use crate::rules::files::{name_before, value_behind};
use crate::rules::{Finder, Spec};

/// Bytes beyond a seam on which a rule's word about a keyword next to it can
/// rest, line ends aside: an escape and the letter after it.
const SEAM_SIDE_LEN: usize = 2;
/// Bytes between an assignment's operator and the value.
const OPENING_LEN_MAX: usize = 8;

/// Nothing is in the text that any rule would keep, exceptions aside, but what
/// counts only at some paths.
pub const IS_PLAIN: u8 = 1;
/// A keyword from which a rule looks beyond its line is in it.
const HAS_FAR: u8 = 2;
/// It is no text.
pub const IS_BINARY: u8 = 4;
/// It is an archive that is opened.
pub const IS_OPENED: u8 = 8;
/// Something encoded is in it.
const HAS_ENCODED: u8 = 16;
/// A keyword from which a rule looks so many bytes around is in it.
const HAS_NEAR: u8 = 64;
/// What holds of a text that is built on another if it held of that.
const KEPT: u8 = IS_PLAIN | HAS_FAR | HAS_NEAR | IS_BINARY | HAS_ENCODED;

/// What it takes to look at parts.
#[derive(Debug)]
pub struct Parts {
    /// Keywords of the rules that may look anywhere.
    far: Keywords,
    /// Keywords of those that look around, and how many bytes they are to be found
    /// from what is new.
    near: Keywords,
    near_len: usize,
    /// By rule: how far it looks.
    sights: Vec<Sight>,
    /// Whether some rule counts only where another one found something.
    has_required: bool,
}

impl Parts {
    /// For `specs`; none where a rule must see every text whole.
    ///
    /// # Errors
    /// The keywords are too many to be numbered.
    pub fn of(specs: &[Spec], always: &[usize]) -> Result<Option<Parts>, String> {
        // A keyword may begin with the end of the line before.
        let breaks_lines = |word: &String| word.get(1..).unwrap_or(word).contains(['\n', '\r']);
        let is_odd = |spec: &Spec| spec.keywords.iter().any(|w| w.is_empty() || breaks_lines(w));
        let is_looked_for = |spec: &&Spec| !matches!(spec.finder, Finder::Path);
        if !always.is_empty() || specs.iter().filter(is_looked_for).any(is_odd) {
            return Ok(None);
        }
        let sights: Vec<Sight> = specs.iter().map(sight).collect();
        let of = |is: fn(&Sight) -> bool| {
            let rules = specs.iter().enumerate().zip(&sights).filter(move |(_, one)| is(one));
            rules.map(|(numbered, _)| numbered)
        };
        let is_near = |sight: &Sight| matches!(sight, Sight::Near(_));
        let lens = of(is_near).flat_map(|(_, spec)| spec.keywords.iter().map(String::len));
        let reach = sights.iter().map(|sight| if let Sight::Near(len) = sight { *len } else { 0 });
        let near_len = reach.max().unwrap_or(0) + lens.max().unwrap_or(0) + SEAM_SIDE_LEN;
        Ok(Some(Parts {
            far: Keywords::of(of(|sight| *sight == Sight::Text))?,
            near: Keywords::of(of(is_near))?,
            near_len,
            has_required: specs.iter().any(|spec| !spec.required.is_empty()),
            sights,
        }))
    }

    /// What the keyword of `rules` at `hit` leaves to know for whoever builds on the
    /// text, as bits of the note.
    pub fn beyond_at(
        &self,
        specs: &[Spec],
        rules: &[usize],
        text: &[u8],
        hit: &Range<usize>,
    ) -> u8 {
        rules.iter().fold(0, |note, rule| match self.sights.get(*rule) {
            Some(Sight::Line) => note,
            Some(Sight::Near(_)) => note | HAS_NEAR,
            Some(Sight::Text) | None => {
                let reads_on = specs.get(*rule).and_then(|spec| spec.reads_on);
                let is = note & HAS_FAR != 0 || reads_on.is_none_or(|is| is(text, hit));
                if is { note | HAS_FAR } else { note }
            }
        })
    }

    /// The lines in which keywords of rules count that look around `regions`.
    fn around(&self, regions: &[Range<usize>], text: &[u8]) -> Vec<Range<usize>> {
        let mut all: Vec<Range<usize>> = Vec::new();
        for region in regions {
            let from = line_start(text, region.start.saturating_sub(self.near_len), 0);
            let to = line_end(text, region.end.saturating_add(self.near_len).min(text.len()));
            match all.last_mut() {
                Some(last) if from <= last.end => last.end = last.end.max(to),
                _ => all.push(from..to),
            }
        }
        all
    }
}

impl Scanner {
    /// What there is in `text`, in all of it, for [`Scanner::look_at_parts`]
    /// to build on.
    pub fn look(&self, text: &[u8], is_binary: bool) -> Seen {
        let mut note = if is_binary { IS_BINARY } else { 0 };
        let (Some(parts), false) = (&self.parts, is_archive(text, is_binary)) else {
            // What is left out of an archive is counted where it is looked at again.
            let leaves_out = Cell::new(false);
            let hits = self.scan_noting(text, is_binary, &|_| leaves_out.set(true));
            note |= if is_binary && self.opens(text) { IS_OPENED } else { 0 };
            let (is_free, kinds) = self.kinds().seen_in(&hits);
            return Seen { is_suspect: leaves_out.get() || is_free, kinds, note };
        };
        let mut search = Search::of(self, text, is_binary, None);
        search.run();
        note |= search.beyond;
        let bound = self.bound_kinds(&search);
        let hits = search.finish();
        if is_binary {
            note |= if bound.is_some() { IS_PLAIN } else { 0 };
            let (is_suspect, kinds) = self.kinds().seen_in(&hits);
            return Seen { is_suspect, kinds: kinds | bound.unwrap_or_default(), note };
        }
        let below = self.below(hits, text);
        let (is_suspect, kinds) = self.kinds().seen_in(&below.hits);
        note |= below.beyond;
        let tells_more =
            below.joins_lines || (below.is_encoded && (note & HAS_FAR != 0 || parts.has_required));
        let is_bound = below.hits.iter().all(|hit| self.kinds().is_bound(hit.rule));
        if bound.is_some() && is_bound && !tells_more {
            note |= IS_PLAIN;
        }
        note |= if below.is_encoded { HAS_ENCODED } else { 0 };
        Seen { is_suspect, kinds: kinds | bound.unwrap_or_default(), note }
    }

    /// The same, looking only at what `base` has not; none where that is no
    /// way to tell.
    pub fn look_at_parts(
        &self,
        text: &[u8],
        is_binary: bool,
        base: &HistoryBase<'_>,
    ) -> Option<Seen> {
        let parts = self.parts.as_ref()?;
        let mut note = base.seen.note & KEPT;
        if note & IS_PLAIN == 0
            || (note & IS_BINARY != 0) != is_binary
            || is_archive(text, is_binary)
        {
            return None;
        }
        let regions = regions(text, base)?;
        let mut search = Search::of(self, text, is_binary, None);
        for region in &regions {
            if !is_binary && decode(text.get(region.clone())?, None).is_some() {
                return None;
            }
            // A keyword may begin with the line end before.
            let region = region.start.saturating_sub(1)..region.end;
            search.at_keywords(&self.keywords, region, |_| true);
        }
        note |= search.beyond;
        let has_encoded = note & HAS_ENCODED != 0;
        if note & HAS_FAR != 0 && has_encoded {
            return None;
        }
        if note & HAS_NEAR != 0 {
            for part in parts.around(&regions, text) {
                if has_encoded && decode(text.get(part.clone())?, None).is_some() {
                    return None;
                }
                search.at_keywords(&parts.near, part, |_| true);
            }
        }
        if note & HAS_FAR != 0 {
            search.at_keywords(&parts.far, 0..text.len(), |_| true);
        }
        search.search_windows();
        let kinds = self.bound_kinds(&search)?;
        Some(Seen { is_suspect: false, kinds: base.seen.kinds | kinds, note })
    }

    /// The kinds of what was found, exceptions aside; none where some of it may
    /// count everywhere.
    fn bound_kinds(&self, search: &Search<'_>) -> Option<u32> {
        search.hits.iter().try_fold(0, |kinds, hit| {
            self.kinds().is_bound(hit.rule).then(|| kinds | self.kinds().of_rule(hit.rule))
        })
    }
}

fn is_archive(text: &[u8], is_binary: bool) -> bool {
    is_binary && archive::kind(text).is_some()
}

/// The parts of `text` that can hold what its base has not, widened to lines;
/// none where the pieces are not those of the text.
fn regions(text: &[u8], base: &HistoryBase<'_>) -> Option<Vec<Range<usize>>> {
    let mut regions: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for (index, piece) in base.pieces.iter().enumerate() {
        match *piece {
            Piece::New { len } => {
                let end = at + len;
                mark(text, at, end, &mut regions);
                at = end;
            }
            Piece::Copy { from, len } => {
                let end = at + len;
                // Where both texts begin or end, nothing meets anything new.
                let is_same_start = index == 0 && from == 0;
                let is_same_end = end == text.len() && from.checked_add(len)? == base.len;
                // What is new next to it marks the seam as well.
                let is_new = |at: Option<usize>| {
                    let piece = at.and_then(|at| base.pieces.get(at));
                    matches!(piece, Some(Piece::New { .. }))
                };
                if !is_same_start && !is_new(index.checked_sub(1)) {
                    mark(text, at, at, &mut regions);
                }
                if !is_same_end && !is_new(index.checked_add(1)) {
                    mark(text, end, end, &mut regions);
                }
                at = end;
            }
        }
    }
    (at == text.len()).then_some(regions)
}

/// Adds the lines that `from..to` and its sides touch, and what may be
/// assigned to there.
fn mark(text: &[u8], from: usize, to: usize, regions: &mut Vec<Range<usize>>) {
    let from = from.saturating_sub(SEAM_SIDE_LEN);
    let to = to.saturating_add(SEAM_SIDE_LEN).min(text.len());
    // Parts come in order: what the last one covers is not looked at again.
    let floor = regions.last().map_or(0, |last| last.end);
    if to <= floor && floor > 0 {
        return;
    }
    let start = if from <= floor {
        floor
    } else {
        let line = line_start(text, from, floor);
        let named_by = operator_before(text, line).or_else(|| name_before(text, line));
        named_by.map_or(line, |at| line_start(text, at, floor))
    };
    let end = line_end(text, to);
    let value = value_after(text, end).or_else(|| value_behind(text, end));
    let end = value.map_or(end, |at| line_end(text, at));
    match regions.last_mut() {
        Some(last) if start <= last.end => last.end = last.end.max(end),
        _ => regions.push(start..end),
    }
}

fn line_start(text: &[u8], at: usize, floor: usize) -> usize {
    let before = text.get(floor..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(floor, |line_end| floor + line_end + 1)
}

fn line_end(text: &[u8], at: usize) -> usize {
    let after = text.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', after).map_or(text.len(), |len| at + len)
}

/// Where a value begins that is assigned on the line that ends at `end`, so
/// close after its operator that the operator may assign it.
fn value_after(text: &[u8], end: usize) -> Option<usize> {
    operator_before(text, end)?;
    let near = text.get(end..text.len().min(end + OPENING_LEN_MAX + 1))?;
    let is_between = |byte: &&u8| byte.is_ascii_whitespace() || b"=\"'`\x0b".contains(byte);
    Some(end + near.iter().take_while(is_between).count())
}

/// The end of an operator so close before the line that begins at `line` that
/// a value there may be assigned by it.
fn operator_before(text: &[u8], line: usize) -> Option<usize> {
    let near = line.saturating_sub(OPENING_LEN_MAX + 1);
    let mut found = None;
    for at in (near..line).rev() {
        match text.get(at)? {
            // It is part of what may stand between, and of operators.
            b'=' => found = Some(at),
            b'>' | b'|' | b':' | b',' => return Some(at),
            byte if byte.is_ascii_whitespace() || b"\"'`\x0b".contains(byte) => {}
            _ => return found,
        }
    }
    found
}
