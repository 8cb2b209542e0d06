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
/// A PuTTY key's private part stands this near to its first line, and is no longer.
const PUTTY_LEN_MAX: usize = 16 << 10;

/// The PEM block (RFC 7468, or an armored OpenPGP key, RFC 4880) whose header
/// says `PRIVATE KEY` at `hit`.
pub fn pem(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let (begin, body) = header(text, &hit)?;
    let from = body + BODY_LEN_MIN;
    // What ends sooner is a mention, with the key left out.
    let near = text.get(body..text.len().min(from + END.len()))?;
    if memmem::find(near, END).is_some() {
        return None;
    }
    let end = memmem::find_iter(text.get(from..)?, b"KEY").find_map(|at| {
        let after = text.get(from + at + 3..)?;
        let tail = after.strip_prefix(b" BLOCK").unwrap_or(after).strip_prefix(b"-----")?;
        Some(text.len() - tail.len())
    })?;
    // Before the header of another block stands a mention.
    memmem::find(text.get(body..end)?, BEGIN).is_none().then(|| whole(begin..end))
}

/// Where the header that says `PRIVATE KEY` at `hit` begins and ends. It stands
/// on one line.
pub fn header(text: &[u8], hit: &Range<usize>) -> Option<(usize, usize)> {
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
    Some((window + begin, text.len() - rest.len()))
}

const BEGIN: &[u8] = b"-----BEGIN";
const END: &[u8] = b"-----END";

/// The PuTTY key (version 2 or 3) whose private part begins at `hit`.
pub fn putty(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let window = hit.start.saturating_sub(PUTTY_LEN_MAX);
    let start = window + memmem::rfind(text.get(window..hit.start)?, b"PuTTY-User-Key-File-")?;
    let rest = text.get(hit.end..text.len().min(hit.end + PUTTY_LEN_MAX))?;
    let len = memmem::find(rest, b"Private-MAC:")?;
    // `Private-Lines: N`, then N lines of base 64.
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b' ').count();
    let body = rest.get(count..len)?.trim_ascii_start();
    let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let line = body.iter().take_while(is_base64).count();
    (line >= PUTTY_LINE_LEN_MIN).then(|| whole(start..hit.end + len))
}

/// What can be told of the key by its form alone; `id` is its rule's.
pub fn condition(id: &str, key: &[u8]) -> Option<&'static str> {
    const ENCRYPTED: &str = "it is encrypted, so it opens nothing to who has not its passphrase";
    const TORN: &str = "it does not parse, so it may be cut short or made up";
    let holds = |word: &[u8]| memmem::find(key, word).is_some();
    match id {
        super::PUTTY_KEY => {
            let is_plain = holds(b"Encryption: none");
            (!is_plain && holds(b"Encryption: ")).then_some(ENCRYPTED)
        }
        super::PRIVATE_KEY => {
            if holds(b"BEGIN ENCRYPTED") || holds(b"Proc-Type: 4,ENCRYPTED") {
                return Some(ENCRYPTED);
            }
            // An armored OpenPGP key has headers and a checksum of its own.
            if holds(b"BEGIN PGP") {
                return None;
            }
            let Some(bytes) = body(key) else { return Some(TORN) };
            match bytes.strip_prefix(b"openssh-key-v1\0") {
                Some(rest) if rest.starts_with(b"\0\0\0\x04none") => None,
                Some(_) => Some(ENCRYPTED),
                None => (!is_sequence(&bytes)).then_some(TORN),
            }
        }
        _ => None,
    }
}

/// The bytes of a PEM block: base 64 between its first and its last line, the
/// line ends perhaps escaped, as in JSON.
fn body(block: &[u8]) -> Option<Vec<u8>> {
    let start = memmem::find(block, b"KEY-----")? + b"KEY-----".len();
    let end = memmem::rfind(block, END)?;
    let text = block.get(start..end)?;
    let mut digits = Vec::with_capacity(text.len());
    let mut bytes = text.iter().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next_if(|next| matches!(next, b'n' | b'r' | b't'))),
            byte if byte.is_ascii_alphanumeric() || b"+/=".contains(byte) => digits.push(*byte),
            byte if byte.is_ascii_whitespace() || b"\"'`,+".contains(byte) => {}
            _ => return None,
        }
    }
    super::files::from_base64(&digits)
}

/// Whether `bytes` are one DER SEQUENCE (X.690, 8.1.3) and nothing after it.
fn is_sequence(bytes: &[u8]) -> bool {
    let (len, head) = match bytes {
        [0x30, len @ 0..=0x7f, ..] => (usize::from(*len), 2),
        [0x30, 0x81, len, ..] => (usize::from(*len), 3),
        [0x30, 0x82, high, low, ..] => (usize::from(*high) << 8 | usize::from(*low), 4),
        _ => return false,
    };
    bytes.len() == head + len
}

fn whole(range: Range<usize>) -> Match {
    Match { whole: range.clone(), groups: vec![Some(range)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{PRIVATE_KEY, PUTTY_KEY, sample};

    fn block(kind: &str, body: &str) -> String {
        format!("-----BEGIN {kind}{}-----\n{body}\n-----END {kind}PRIVATE KEY-----", "PRIVATE KEY")
    }

    #[test]
    fn a_header_before_another_is_a_mention() {
        let text =
            format!("starts with `-----BEGIN {}`, e.g.\n{}", "PRIVATE KEY-----", sample::pem());
        let found: Vec<usize> = memmem::find_iter(text.as_bytes(), b"PRIVATE KEY")
            .filter_map(|at| pem(text.as_bytes(), at..at + 11))
            .map(|found| found.whole.start)
            .collect();
        assert_eq!(found, [text.find("-----BEGIN RSA").unwrap()]);
    }

    #[test]
    fn a_block_without_a_key_does_not_reach_into_the_next() {
        let text = format!("{}\nsome words\n{}", block("", "..."), block("", &"MAMC".repeat(20)));
        let find = |at: usize| pem(text.as_bytes(), at..at + "PRIVATE KEY".len());
        let first = text.find("PRIVATE KEY").unwrap();
        let last = text.rfind("PRIVATE KEY-----\nMAMC").unwrap();
        assert!(find(first).is_none());
        assert!(find(last).is_some());
    }

    #[test]
    fn what_the_form_of_a_key_tells() {
        let of = |key: &str| condition(PRIVATE_KEY, key.as_bytes());
        // A SEQUENCE of three bytes, and one that ends too early.
        assert_eq!(of(&block("", "MAMCAQA=")), None);
        assert!(of(&block("", "MAQCAQA=")).unwrap().contains("does not parse"));
        assert!(of(&block("RSA ", "not base 64!")).unwrap().contains("does not parse"));
        assert!(of(&block("ENCRYPTED ", "MAMCAQA=")).unwrap().contains("encrypted"));
        assert!(of(&sample::pem()).unwrap().contains("does not parse"));
        let putty = sample::putty();
        assert_eq!(condition(PUTTY_KEY, putty.as_bytes()), None);
        let putty = putty.replace("Encryption: none", "Encryption: aes256-cbc");
        assert!(condition(PUTTY_KEY, putty.as_bytes()).unwrap().contains("encrypted"));
        assert_eq!(condition("other", b""), None);
    }
}
