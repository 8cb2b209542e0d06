//! Archives in memory: zip, tar and gzip, within limits.

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;

/// Members of one outermost archive, those of archives in it included.
const MEMBERS_MAX: usize = 20_000;
/// Bytes that one outermost archive may unpack to.
const SIZE_BYTES_MAX: u64 = 128 << 20;
const BLOCK_LEN: usize = 512;

/// What an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Also jar, whl, docx, apk and the like.
    Zip,
    /// Any of its dialects.
    Tar,
    /// One compressed file.
    Gzip,
    /// bzip2, xz, zstd, 7z, rar: told apart, not opened.
    Other,
}

/// What may still be unpacked.
pub struct Budget {
    bytes: u64,
    members: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { bytes: SIZE_BYTES_MAX, members: MEMBERS_MAX }
    }
}

/// Why a part of an archive was not looked at; the receipt counts them.
pub mod skip {
    /// No archive is opened, by the options.
    pub const OFF: &str = "archive-not-opened";
    /// An archive in too many others.
    pub const TOO_DEEP: &str = "archive-too-deep";
    /// More bytes or members than the limits allow: a bomb, or a large release.
    pub const PAST_LIMIT: &str = "archive-past-limit";
    /// Encrypted members.
    pub const ENCRYPTED: &str = "archive-encrypted";
    /// It ends early or contradicts itself.
    pub const DAMAGED: &str = "archive-damaged";
    /// A format or a compression that is not read.
    pub const UNREAD: &str = "archive-format-unread";
}

/// What `bytes` are, by how they begin, whatever the file is called.
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
        [0x1F, 0x8B, 8, ..] => Some(Kind::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..]
        | [0xFD, b'7', b'z', b'X', b'Z', 0, ..]
        | [0x28, 0xB5, 0x2F, 0xFD, ..]
        | [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..]
        | [b'R', b'a', b'r', b'!', 0x1A, 7, ..] => Some(Kind::Other),
        _ => bytes.get(..BLOCK_LEN).filter(|block| is_header(block)).map(|_| Kind::Tar),
    }
}

/// What is done with a member: its name, if it has one, and its bytes.
pub type Take<'a> = &'a mut dyn FnMut(Option<&str>, &[u8], &mut Budget);

/// Calls `take` for every member, and `note` for what is left out.
pub fn open(
    kind: Kind,
    bytes: &[u8],
    budget: &mut Budget,
    take: Take<'_>,
    note: &dyn Fn(&'static str),
) {
    match kind {
        Kind::Zip => zip(bytes, budget, take, note),
        Kind::Tar => tar(bytes, budget, take, note),
        Kind::Gzip => {
            if let Some(content) = unpacked(MultiGzDecoder::new(bytes), budget, note) {
                take(None, &content, budget);
            }
        }
        Kind::Other => note(skip::UNREAD),
    }
}

/// All of `reader`, or what the budget and the damage leave of it.
fn unpacked(
    reader: impl Read,
    budget: &mut Budget,
    note: &dyn Fn(&'static str),
) -> Option<Vec<u8>> {
    if budget.members == 0 || budget.bytes == 0 {
        note(skip::PAST_LIMIT);
        return None;
    }
    let mut content = Vec::new();
    // What came before the damage stays in `content`.
    let end = reader.take(budget.bytes + 1).read_to_end(&mut content);
    if end.is_err() {
        note(skip::DAMAGED);
    }
    budget.members -= 1;
    let len = content.len() as u64;
    if len > budget.bytes {
        note(skip::PAST_LIMIT);
        content.truncate(usize::try_from(budget.bytes).unwrap_or(usize::MAX));
    }
    budget.bytes = budget.bytes.saturating_sub(len);
    Some(content)
}

fn zip(bytes: &[u8], budget: &mut Budget, take: Take<'_>, note: &dyn Fn(&'static str)) {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        note(skip::DAMAGED);
        return;
    };
    for index in 0..archive.len() {
        if budget.members == 0 || budget.bytes == 0 {
            note(skip::PAST_LIMIT);
            return;
        }
        let member = match archive.by_index(index) {
            Ok(member) => member,
            Err(zip::result::ZipError::UnsupportedArchive(reason)) => {
                let is_locked = reason == zip::result::ZipError::PASSWORD_REQUIRED;
                note(if is_locked { skip::ENCRYPTED } else { skip::UNREAD });
                continue;
            }
            Err(_) => {
                note(skip::DAMAGED);
                continue;
            }
        };
        if member.is_dir() {
            continue;
        }
        let name = member.name().map_or_else(|_| "?".to_owned(), |name| name.into_owned());
        if let Some(content) = unpacked(member, budget, note) {
            take(Some(&name), &content, budget);
        }
    }
}

/// POSIX.1-1988 ustar, POSIX.1-2001 pax and GNU tar.
fn tar(bytes: &[u8], budget: &mut Budget, take: Take<'_>, note: &dyn Fn(&'static str)) {
    let mut at = 0;
    let mut long_name: Option<String> = None;
    let mut long_size: Option<u64> = None;
    while let Some(block) = bytes.get(at..at + BLOCK_LEN) {
        if block.iter().all(|byte| *byte == 0) {
            return;
        }
        if !is_header(block) {
            note(skip::DAMAGED);
            return;
        }
        let flag = block.get(156).copied().unwrap_or_default();
        let is_about_next = matches!(flag, b'L' | b'K' | b'x' | b'g');
        let size = if is_about_next { None } else { long_size.take() };
        let size = size.or_else(|| number(block.get(124..136)?)).unwrap_or(u64::MAX);
        at += BLOCK_LEN;
        let rest = bytes.len() - at;
        let len = usize::try_from(size).unwrap_or(usize::MAX).min(rest);
        if size > rest as u64 {
            note(skip::DAMAGED);
        }
        let content = bytes.get(at..at + len).unwrap_or_default();
        match flag {
            b'L' => long_name = Some(text(content)),
            b'x' => {
                long_name = pax(content, b"path").or(long_name.take());
                long_size = pax(content, b"size").and_then(|size| size.parse().ok());
            }
            b'0' | b'7' | 0 => {
                let name = long_name.take().unwrap_or_else(|| name(block));
                if let Some(content) = unpacked(content, budget, note) {
                    take(Some(&name), &content, budget);
                }
            }
            // A link's target is text that somebody wrote.
            b'1' | b'2' => {
                let name = long_name.take().unwrap_or_else(|| name(block));
                let target = text(block.get(157..257).unwrap_or_default());
                take(Some(&name), target.as_bytes(), budget);
            }
            _ if is_about_next => {}
            _ => long_name = None,
        }
        at = at.saturating_add(len.next_multiple_of(BLOCK_LEN)).min(bytes.len());
    }
}

/// A header knows the sum of its bytes, its own field taken for blanks.
fn is_header(block: &[u8]) -> bool {
    let Some(told) = block.get(148..156).and_then(number) else { return false };
    let blank = |at: usize, byte: &u8| if (148..156).contains(&at) { b' ' } else { *byte };
    let sum: u64 = block.iter().enumerate().map(|(at, byte)| u64::from(blank(at, byte))).sum();
    told == sum && told != 8 * u64::from(b' ')
}

/// Octal digits among blanks and NULs, or GNU's base 256.
fn number(field: &[u8]) -> Option<u64> {
    if let [first, rest @ ..] = field
        && first & 0x80 != 0
    {
        return rest.iter().try_fold(u64::from(first & 0x7F), |number, byte| {
            number.checked_mul(256)?.checked_add(u64::from(*byte))
        });
    }
    let digits = field.iter().skip_while(|byte| **byte == b' ');
    let digits: Vec<u8> = digits.take_while(|byte| !matches!(byte, 0 | b' ')).copied().collect();
    u64::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()
}

fn name(block: &[u8]) -> String {
    let own = text(block.get(..100).unwrap_or_default());
    let is_ustar = block.get(257..262) == Some(b"ustar") && block.get(263) != Some(&b' ');
    let prefix = text(block.get(345..500).filter(|_| is_ustar).unwrap_or_default());
    if prefix.is_empty() { own } else { format!("{prefix}/{own}") }
}

fn text(field: &[u8]) -> String {
    let end = memchr::memchr(0, field).unwrap_or(field.len());
    String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned()
}

/// The value of `key` in a pax header: lines of `LENGTH KEY=VALUE`.
fn pax(content: &[u8], key: &[u8]) -> Option<String> {
    let mut values = content.split(|byte| *byte == b'\n').filter_map(|line| {
        let pair = line.get(memchr::memchr(b' ', line)? + 1..)?;
        pair.strip_prefix(key)?.strip_prefix(b"=").map(text)
    });
    values.next_back()
}

#[cfg(test)]
mod tests;
