//! Private keys as files: PEM blocks and PuTTY's format.

use std::ops::Range;

use memchr::memmem;

use crate::engine::pattern::Match;

/// Between a PEM block's `BEGIN` and its `PRIVATE KEY`, the kind of key.
const KIND_LEN_MAX: usize = 100;
/// The least a block holds to be more than a mention of one.
const BODY_LEN_MIN: usize = 64;
/// A line of a PuTTY key has 64 characters, the last one fewer.
const PUTTY_LINE_LEN_MIN: usize = 32;
/// A PuTTY key's private part stands this near to its first line.
const PUTTY_LEN_MAX: usize = 16 << 10;

/// The PEM block (RFC 7468, or an armored OpenPGP key, RFC 4880) whose header
/// says `PRIVATE KEY` at `hit`.
pub fn pem(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let window = hit.start.saturating_sub(KIND_LEN_MAX + BEGIN.len());
    let before = text.get(window..hit.start)?;
    let begin = memmem::rfind(before, BEGIN)?;
    let kind = before.get(begin + BEGIN.len()..)?;
    let is_kind = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b" _-".contains(b);
    if !kind.iter().all(is_kind) || !text.get(hit.clone())?.iter().all(|b| !b.is_ascii_lowercase())
    {
        return None;
    }
    let rest = text.get(hit.end..)?;
    let rest = rest.strip_prefix(b" BLOCK").unwrap_or(rest).strip_prefix(b"-----")?;
    let body = text.len() - rest.len();
    let from = body + BODY_LEN_MIN;
    let end = memmem::find_iter(text.get(from..)?, b"KEY").find_map(|at| {
        let after = text.get(from + at + 3..)?;
        let tail = after.strip_prefix(b" BLOCK").unwrap_or(after).strip_prefix(b"-----")?;
        Some(text.len() - tail.len())
    })?;
    Some(whole(window + begin..end))
}

const BEGIN: &[u8] = b"-----BEGIN";

/// The PuTTY key (version 2 or 3) whose private part begins at `hit`.
pub fn putty(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let window = hit.start.saturating_sub(PUTTY_LEN_MAX);
    let start = window + memmem::rfind(text.get(window..hit.start)?, b"PuTTY-User-Key-File-")?;
    let rest = text.get(hit.end..)?;
    let len = memmem::find(rest, b"Private-MAC:")?;
    // `Private-Lines: N`, then N lines of base 64.
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b' ').count();
    let body = rest.get(count..len)?.trim_ascii_start();
    let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let line = body.iter().take_while(is_base64).count();
    (line >= PUTTY_LINE_LEN_MIN).then(|| whole(start..hit.end + len))
}

fn whole(range: Range<usize>) -> Match {
    Match { whole: range.clone(), groups: vec![Some(range)] }
}
