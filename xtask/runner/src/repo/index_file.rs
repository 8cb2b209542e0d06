//! git's index, read without git: every tracked path, with what git last saw of
//! it on the disk. Pure: bytes in, values out. Only the plain case is read here
//! (no conflict, nothing left out or assumed, no part in another file); of all
//! else there is no answer, and git is asked instead.

mod tracked;

use std::borrow::Cow;

use super::listing::Mode;
use super::name::{ObjectFormat, hex};
use crate::receipt::hex_digits;
pub(super) use tracked::Tracked;

/// An index of nothing but plain entries.
#[derive(Debug)]
pub(super) struct IndexFile<'a> {
    /// Sorted by path, each once.
    pub(super) entries: Vec<IndexEntry<'a>>,
    /// The tree that a commit of it would have, in hex.
    pub(super) tree: String,
    /// Of the file's format.
    version: u32,
}

/// One tracked path.
#[derive(Debug)]
pub(super) struct IndexEntry<'a> {
    /// Where it begins in the file.
    at: usize,
    pub(super) seen: Seen,
    pub(super) mode: Mode,
    /// Binary.
    pub(super) id: &'a [u8],
    pub(super) path: Cow<'a, [u8]>,
}

/// What git notes of a file to notice that it changed: all but the device,
/// which a file system may be given anew, cut to 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Seconds and nanoseconds, as of inode and name.
    pub(super) changed: (u32, u32),
    /// The same of its content.
    pub(super) modified: (u32, u32),
    pub(super) inode: u32,
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) size_bytes: u32,
}

const ASSUMED_UNCHANGED: u16 = 0x8000;
const EXTENDED: u16 = 0x4000;
const STAGE: u16 = 0x3000;
/// No path of a disk is longer, and what is made of a path takes as long as it is.
const PATH_MAX: usize = 4_096;
/// `skip-worktree` and `intent-to-add`, of the second flags.
const SKIPPED_OR_INTENDED: u16 = 0x6000;

impl<'a> IndexFile<'a> {
    /// Takes the file apart. None where it is damaged, where it has what is not
    /// plain, and where something is staged in it that no tree stands for yet.
    pub(super) fn parse(bytes: &'a [u8], format: ObjectFormat) -> Option<IndexFile<'a>> {
        let id_bytes = format.id_len();
        // The last bytes are a checksum, which git does not look at either.
        let content = bytes.get(..bytes.len().checked_sub(id_bytes)?)?;
        let mut rest = Bytes(content);
        let (signature, version, count) = (rest.take(4)?, rest.u32()?, rest.u32()?);
        if signature != b"DIRC" || !(2..=4).contains(&version) {
            return None;
        }
        let mut entries: Vec<IndexEntry<'a>> = Vec::new();
        for _ in 0..count {
            let at = content.len() - rest.0.len();
            let entry = rest.entry(at, version, id_bytes, entries.last())?;
            if entries.last().is_some_and(|last| last.path >= entry.path) {
                return None;
            }
            entries.push(entry);
        }
        let mut tree = None;
        while !rest.0.is_empty() {
            let (signature, size_bytes) = (rest.take(4)?, rest.u32()?);
            let content = rest.take(usize::try_from(size_bytes).ok()?)?;
            match signature {
                b"TREE" => tree = root(content, entries.len(), id_bytes),
                // Those that begin with a capital change nothing of the entries.
                [b'A'..=b'Z', ..] => {}
                _ => return None,
            }
        }
        Some(IndexFile { entries, tree: hex(tree?), version })
    }

    /// The same as `git ls-files -s -v -z` prints it.
    pub(super) fn listing(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.entries.len() * 100);
        self.entries.iter().for_each(|entry| line(&mut text, entry));
        text
    }
}

fn line(text: &mut Vec<u8>, entry: &IndexEntry<'_>) {
    text.extend_from_slice(b"H ");
    text.extend_from_slice(entry.mode.text().as_bytes());
    text.push(b' ');
    text.extend(entry.id.iter().flat_map(|byte| hex_digits(*byte)));
    text.extend_from_slice(b" 0\t");
    text.extend_from_slice(&entry.path);
    text.push(0);
}

/// The root of the trees that the index knows (`entry_count subtree_count LF id`
/// behind an empty path): none where something below was staged since.
fn root(content: &[u8], count: usize, id_bytes: usize) -> Option<&[u8]> {
    let rest = content.strip_prefix(b"\0")?;
    let line = memchr::memchr(b'\n', rest)?;
    let (numbers, rest) = (rest.get(..line)?, rest.get(line + 1..)?);
    let (entries, _) = std::str::from_utf8(numbers).ok()?.split_once(' ')?;
    (entries.parse() == Ok(count)).then(|| rest.get(..id_bytes)).flatten()
}

/// What is left to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn entry(
        &mut self,
        at: usize,
        version: u32,
        id_bytes: usize,
        last: Option<&IndexEntry<'a>>,
    ) -> Option<IndexEntry<'a>> {
        let before = self.0.len();
        let changed = (self.u32()?, self.u32()?);
        let modified = (self.u32()?, self.u32()?);
        let _device = self.u32()?;
        let inode = self.u32()?;
        let mode = Mode::plain(self.u32()?)?;
        let (user, group, size_bytes) = (self.u32()?, self.u32()?, self.u32()?);
        let id = self.take(id_bytes)?;
        let flags = self.u16()?;
        let more = if flags & EXTENDED == 0 { 0 } else { self.u16()? };
        if flags & (ASSUMED_UNCHANGED | STAGE) != 0 || more & SKIPPED_OR_INTENDED != 0 {
            return None;
        }
        let path = if version == 4 {
            let last = last.map_or(&[][..], |last| &last.path);
            let kept = last.get(..last.len().checked_sub(self.length()?)?)?;
            let added = self.take(memchr::memchr(0, self.0)?)?;
            self.take(1)?;
            Cow::Owned([kept, added].concat())
        } else {
            let path = self.take(memchr::memchr(0, self.0)?)?;
            // One to eight NULs: entries begin at multiples of eight.
            self.take(8 - (before - self.0.len()) % 8)?;
            Cow::Borrowed(path)
        };
        let seen = Seen { changed, modified, inode, user, group, size_bytes };
        let is_likely = path.first().is_some_and(|byte| *byte != b'/') && path.len() <= PATH_MAX;
        is_likely.then_some(IndexEntry { at, seen, mode, id, path })
    }

    /// How much of the path before is not of this one, as version 4 writes it.
    fn length(&mut self) -> Option<usize> {
        let mut length = 0_usize;
        loop {
            let byte = *self.take(1)?.first()?;
            length = length.checked_mul(128)?.checked_add(usize::from(byte & 127))?;
            if byte & 128 == 0 {
                return Some(length);
            }
            length = length.checked_add(1)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An index of one entry, with `flags` and `extension`.
    fn index(version: u32, flags: &[u8], path: &[u8], extension: &[u8]) -> Vec<u8> {
        let mut bytes = [b"DIRC", &version.to_be_bytes()[..], &1_u32.to_be_bytes()[..]].concat();
        for (at, field) in [0_u32, 0, 7, 8, 0, 9, 0o100_644, 1, 2, 3].iter().enumerate() {
            let value = if at < 2 { at as u32 + 5 } else { *field };
            bytes.extend(value.to_be_bytes());
        }
        bytes.extend([0xab; 20]);
        bytes.extend(flags);
        if version == 4 {
            bytes.push(0);
        }
        bytes.extend(path);
        let padding = if version == 4 { 1 } else { 8 - (62 + flags.len() - 2 + path.len()) % 8 };
        bytes.extend(vec![0; padding]);
        bytes.extend(extension);
        bytes.extend([0; 20]);
        bytes
    }

    fn tree() -> Vec<u8> {
        [&b"TREE\0\0\0\x19\x001 0\n"[..], &[0xcd; 20]].concat()
    }

    /// An index of version 2 that holds these, sorted.
    pub(super) fn file_of(paths: &[&str]) -> Vec<u8> {
        let count = u32::try_from(paths.len()).unwrap();
        let mut bytes = [b"DIRC", &2_u32.to_be_bytes()[..], &count.to_be_bytes()].concat();
        for path in paths {
            let one = index(2, &[0, 3], path.as_bytes(), &[]);
            bytes.extend(&one[12..one.len() - 20]);
        }
        let root = format!("\0{count} 0\n");
        bytes.extend([&b"TREE"[..], &(root.len() as u32 + 20).to_be_bytes()].concat());
        bytes.extend([root.as_bytes(), &[0xcd; 40]].concat());
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<IndexFile<'_>> {
        IndexFile::parse(bytes, ObjectFormat::Sha1)
    }

    #[test]
    fn a_plain_index_is_read_in_every_version() {
        for (version, flags) in
            [(2, &[0, 3][..]), (3, &[0, 3]), (3, &[0x40, 3, 0, 0]), (4, &[0, 3])]
        {
            let bytes = index(version, flags, b"a/b", &tree());
            let file = parse(&bytes).unwrap_or_else(|| panic!("version {version}"));
            assert_eq!(file.tree, "cd".repeat(20));
            let seen = file.entries[0].seen;
            assert_eq!((seen.changed, seen.modified, seen.inode), ((5, 6), (7, 8), 9));
            let line = format!("H 100644 {} 0\ta/b\0", "ab".repeat(20));
            assert_eq!(file.listing(), line.as_bytes());
        }
    }

    #[test]
    fn what_is_not_plain_has_no_answer() {
        let tree = tree();
        for (what, bytes) in [
            ("a version that is not known", index(5, &[0, 1], b"a", &tree)),
            ("assumed unchanged", index(2, &[0x80, 1], b"a", &tree)),
            ("a side of a conflict", index(2, &[0x10, 1], b"a", &tree)),
            ("skipped", index(3, &[0x40, 1, 0x40, 0], b"a", &tree)),
            ("intended", index(3, &[0x40, 1, 0x20, 0], b"a", &tree)),
            ("no path", index(2, &[0, 0], b"", &tree)),
            ("a path from the root", index(2, &[0, 2], b"/a", &tree)),
            ("a path that no disk has", index(2, &[0, 2], &b"a/".repeat(2_049), &tree)),
            ("a split index", index(2, &[0, 1], b"a", &[b"link\0\0\0\0", &tree[..]].concat())),
            ("a sparse index", index(2, &[0, 1], b"a", &[b"sdir\0\0\0\0", &tree[..]].concat())),
            ("no tree", index(2, &[0, 1], b"a", b"")),
            ("a tree that is out of date", index(2, &[0, 1], b"a", b"TREE\0\0\0\x06\x00-1 0\n")),
            ("an extension that is cut", index(2, &[0, 1], b"a", &tree[..20])),
        ] {
            assert!(parse(&bytes).is_none(), "{what}");
        }
        let optional = index(2, &[0, 1], b"a", &[b"UNTR\0\0\0\x01x", &tree[..]].concat());
        assert!(parse(&optional).is_some());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            cut in 0..200_usize,
            at in 0..200_usize,
            byte in any::<u8>(),
            version in 2..=4_u32,
            junk in prop::collection::vec(any::<u8>(), 0..64),
        ) {
            let mut bytes = index(version, &[0, 3], b"a/b", &tree());
            if let Some(slot) = bytes.get_mut(at) {
                *slot = byte;
            }
            bytes.truncate(cut);
            let _ = parse(&bytes);
            let _ = parse(&[&bytes[..], &junk].concat());
        }
    }
}
