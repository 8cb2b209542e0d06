//! What `git ls-files`, `git status` and `git ls-tree` print, taken apart.
//! Pure: bytes in, values out.

use kernel::{EntryKind, ObjectId};

use super::RepoError;

/// A mode as git keeps it: `100644`, `120000` and so on. 0 stands for absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode(u32);

impl Mode {
    /// Kind of the path. Modes that git no longer writes (100664) are files.
    pub(super) fn kind(self) -> EntryKind {
        match self.0 & 0o170_000 {
            0o120_000 => EntryKind::Symlink,
            0o160_000 => EntryKind::Submodule,
            _ if self.0 & 0o100 != 0 => EntryKind::Executable,
            _ => EntryKind::File,
        }
    }

    /// Whether there is nothing.
    pub(super) fn is_absent(self) -> bool {
        self.0 == 0
    }

    /// One that stands in an index: no other is written there.
    #[cfg(unix)]
    pub(super) fn plain(mode: u32) -> Option<Mode> {
        matches!(mode, 0o100_644 | 0o100_755 | 0o120_000 | 0o160_000).then_some(Mode(mode))
    }

    /// As git writes it.
    #[cfg(unix)]
    pub(super) fn text(self) -> &'static str {
        match self.kind() {
            EntryKind::File => "100644",
            EntryKind::Executable => "100755",
            EntryKind::Symlink => "120000",
            EntryKind::Submodule => "160000",
        }
    }
}

/// One line of `git ls-files -s -v -z`.
#[derive(Clone, Copy, Debug)]
pub(super) struct IndexLine<'a> {
    tag: u8,
    pub(super) mode: Mode,
    pub(super) id: &'a str,
    /// 0, or 1 to 3 for the sides of a conflict.
    pub(super) stage: u8,
    pub(super) path: &'a [u8],
}

impl IndexLine<'_> {
    /// Left out of the work tree on purpose (a sparse checkout).
    pub(super) fn skips_work_tree(&self) -> bool {
        self.tag.eq_ignore_ascii_case(&b'S')
    }

    /// The user promised not to change it, so `git status` does not look.
    pub(super) fn assumes_unchanged(&self) -> bool {
        self.tag.is_ascii_lowercase()
    }
}

/// The lines of `git ls-files -s -v -z`.
pub(super) fn index(output: &[u8]) -> impl Iterator<Item = Result<IndexLine<'_>, RepoError>> {
    records(output)
        .map(|record| index_line(record).ok_or_else(|| RepoError::garbled("ls-files", record)))
}

// TAG SP MODE SP ID SP STAGE TAB PATH
fn index_line(record: &[u8]) -> Option<IndexLine<'_>> {
    let [tag, b' ', rest @ ..] = record else { return None };
    let (mode_text, rest) = rest.split_at_checked(6)?;
    let mode = mode(std::str::from_utf8(mode_text).ok()?)?;
    let rest = rest.strip_prefix(b" ")?;
    let (id_text, rest) = rest.split_at_checked(memchr::memchr(b' ', rest)?)?;
    let id = id(std::str::from_utf8(id_text).ok()?)?;
    let [b' ', stage @ b'0'..=b'3', b'\t', path @ ..] = rest else { return None };
    let stage = stage - b'0';
    (!path.is_empty()).then_some(IndexLine { tag: *tag, mode, id, stage, path })
}

/// `git status --porcelain=v2 -z --branch`.
#[derive(Debug, Default)]
pub(super) struct Status<'a> {
    /// None before the first commit.
    pub(super) commit: Option<&'a str>,
    /// None when detached.
    pub(super) branch: Option<&'a str>,
    /// Tracked paths that differ, then conflicts, then untracked paths, each
    /// sorted by git.
    pub(super) changes: Vec<Change<'a>>,
}

/// A path that differs from the commit or from the index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change<'a> {
    /// How index and work tree differ.
    pub(super) state: ChangeState<'a>,
    /// Untracked repositories end in `/`.
    pub(super) path: &'a [u8],
}

/// How a path differs.
#[derive(Clone, Copy, Debug)]
pub(super) enum ChangeState<'a> {
    /// Tracked.
    Tracked {
        /// Commit against index: `.` or a letter.
        staged: u8,
        /// Index against work tree: `.` or a letter.
        unstaged: u8,
        /// `N...`, or a submodule's `S` with what differs in it.
        submodule: &'a str,
        /// In the index; absent when removed or only intended to be added.
        mode_index: Mode,
        /// In the work tree, as far as git believes the file system's modes.
        mode_work: Mode,
        /// In the index.
        id_index: &'a str,
    },
    /// In conflict.
    Conflict {
        /// In the work tree.
        mode_work: Mode,
    },
    /// Not in the index and not ignored.
    Untracked,
}

impl Change<'_> {
    /// `git add --intent-to-add`: in the index by name only.
    pub(super) fn is_only_intended(&self) -> bool {
        matches!(self.state,
            ChangeState::Tracked { staged: b'.', unstaged: b'A', mode_index, .. } if mode_index.is_absent())
    }

    /// Whether a merge left it to be resolved.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self.state, ChangeState::Conflict { .. })
    }

    /// Whether the index differs from the commit here.
    pub(super) fn is_staged(&self) -> bool {
        matches!(self.state, ChangeState::Tracked { staged, .. } if staged != b'.')
    }

    /// Whether the work tree may differ from the index here.
    pub(super) fn is_unstaged(&self) -> bool {
        !matches!(self.state, ChangeState::Tracked { unstaged: b'.', .. })
    }
}

/// Takes `git status --porcelain=v2 -z --branch` apart.
pub(super) fn status(output: &[u8]) -> Result<Status<'_>, RepoError> {
    let mut status = Status::default();
    for record in records(output) {
        let garbled = || RepoError::garbled("status", record);
        match record {
            [b'#', b' ', header @ ..] => {
                let header = std::str::from_utf8(header).unwrap_or_default();
                match header.split_once(' ') {
                    Some(("branch.oid", oid)) if oid != "(initial)" => {
                        status.commit = Some(id(oid).ok_or_else(garbled)?);
                    }
                    Some(("branch.head", head)) if head != "(detached)" => {
                        status.branch = Some(head);
                    }
                    _ => {}
                }
            }
            [b'?', b' ', path @ ..] if !path.is_empty() => {
                status.changes.push(Change { state: ChangeState::Untracked, path });
            }
            [kind @ (b'1' | b'u'), b' ', rest @ ..] => {
                let change = if *kind == b'1' { tracked(rest) } else { conflict(rest) };
                status.changes.push(change.ok_or_else(garbled)?);
            }
            _ => return Err(garbled()),
        }
    }
    Ok(status)
}

// XY SUB MODE_HEAD MODE_INDEX MODE_WORK ID_HEAD ID_INDEX PATH
fn tracked(record: &[u8]) -> Option<Change<'_>> {
    let ([xy, submodule, _, mode_index, mode_work, _, id_index], path) = fields(record)?;
    let [staged, unstaged] = *xy.as_bytes() else { return None };
    let (mode_index, mode_work) = (mode(mode_index)?, mode(mode_work)?);
    let id_index = id(id_index)?;
    let state =
        ChangeState::Tracked { staged, unstaged, submodule, mode_index, mode_work, id_index };
    Some(Change { state, path })
}

// XY SUB MODE_1 MODE_2 MODE_3 MODE_WORK ID_1 ID_2 ID_3 PATH
fn conflict(record: &[u8]) -> Option<Change<'_>> {
    let ([_, _, _, _, _, mode_work, _, _, _], path) = fields(record)?;
    Some(Change { state: ChangeState::Conflict { mode_work: mode(mode_work)? }, path })
}

/// `N` fields, each with a blank behind it, and the path.
fn fields<const N: usize>(record: &[u8]) -> Option<([&str; N], &[u8])> {
    let mut fields = [""; N];
    let mut rest = record;
    for field in &mut fields {
        let blank = memchr::memchr(b' ', rest)?;
        *field = std::str::from_utf8(rest.get(..blank)?).ok()?;
        rest = rest.get(blank + 1..)?;
    }
    (!rest.is_empty()).then_some((fields, rest))
}

/// Directories that `git status` warned it could not look into: what lies
/// untracked in them it does not list, and ends with 0 all the same.
pub(super) fn unopened_directories(warnings: &[u8]) -> Vec<(&[u8], String)> {
    const BEGINNING: &[u8] = b"warning: could not open directory '";
    let lines = warnings.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let rest = line.strip_prefix(BEGINNING)?;
            let end = memchr::memmem::rfind(rest, b"': ")?;
            let path = rest.get(..end)?;
            let path = path.strip_suffix(b"/").unwrap_or(path);
            let reason = String::from_utf8_lossy(rest.get(end + 3..)?).to_lowercase();
            (!path.is_empty()).then_some((path, reason))
        })
        .collect()
}

/// One line of `git ls-tree -r -z [-l]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct TreeLine<'a> {
    pub(super) mode: Mode,
    pub(super) id: &'a str,
    /// Of a blob that is here, with `-l`.
    pub(super) size_bytes: Option<u64>,
    pub(super) path: &'a [u8],
}

/// The lines of `git ls-tree -r -z [-l]`.
pub(super) fn tree(output: &[u8]) -> impl Iterator<Item = Result<TreeLine<'_>, RepoError>> {
    records(output)
        .map(|record| tree_line(record).ok_or_else(|| RepoError::garbled("ls-tree", record)))
}

// MODE SP TYPE SP ID [SP+ SIZE] TAB PATH; SIZE is - for commits, BAD where the blob is missing
fn tree_line(record: &[u8]) -> Option<TreeLine<'_>> {
    let tab = memchr::memchr(b'\t', record)?;
    let (facts, path) = (record.get(..tab)?, record.get(tab + 1..)?);
    let mut facts = std::str::from_utf8(facts).ok()?.split_ascii_whitespace();
    let mode = mode(facts.next()?)?;
    facts.next()?;
    let id = id(facts.next()?)?;
    let size_bytes = facts.next().and_then(|size| size.parse().ok());
    (!path.is_empty()).then_some(TreeLine { mode, id, size_bytes, path })
}

fn records(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.split(|byte| *byte == 0).filter(|record| !record.is_empty())
}

fn mode(text: &str) -> Option<Mode> {
    u32::from_str_radix(text, 8).ok().map(Mode)
}

/// A name of 40 or 64 lower-case hex digits.
pub(super) fn id(text: &str) -> Option<&str> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (matches!(text.len(), 40 | 64) && text.bytes().all(is_hex)).then_some(text)
}

impl TreeLine<'_> {
    /// As an entry of a tree.
    pub(super) fn entry(&self) -> kernel::Entry {
        kernel::Entry {
            path: super::path::shown(self.path),
            kind: self.mode.kind(),
            id: Some(ObjectId::new(self.id)),
            size_bytes: self.size_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "78981922613b2afb6025042ff6bd878ac1994e85";

    #[test]
    fn index_lines_carry_flags_stages_and_any_path() {
        let output = format!("H 100755 {ID} 0\ta\tb\0s 120000 {ID} 0\tl\nl\0M 100644 {ID} 2\tc\0");
        let lines: Vec<_> = index(output.as_bytes()).map(Result::unwrap).collect();
        let [tool, link, side] = lines[..] else { panic!("{lines:?}") };
        assert_eq!((tool.path, tool.mode.kind()), (&b"a\tb"[..], EntryKind::Executable));
        assert!(link.skips_work_tree() && link.assumes_unchanged());
        assert_eq!((link.path, link.mode.kind()), (&b"l\nl"[..], EntryKind::Symlink));
        assert_eq!(side.stage, 2);
        assert!(!side.skips_work_tree() && !side.assumes_unchanged());
    }

    #[test]
    fn status_is_taken_apart() {
        let zero = "0".repeat(40);
        let output = format!(
            "# branch.oid {ID}\0# branch.head a b\0# stash 3\0\
             1 M. N... 100644 100644 100644 {ID} {ID} x y\0\
             1 .A N... 000000 000000 100644 {zero} {zero} new\0\
             u UU N... 100644 100644 100644 100755 {ID} {ID} {ID} z\0? nested/\0"
        );
        let status = status(output.as_bytes()).unwrap();
        assert_eq!((status.commit, status.branch), (Some(ID), Some("a b")));
        let [staged, intended, conflict, untracked] = status.changes[..] else { panic!() };
        assert_eq!(staged.path, b"x y");
        assert!(staged.is_staged() && !staged.is_unstaged());
        assert!(intended.is_only_intended() && intended.is_unstaged());
        assert!(matches!(conflict.state, ChangeState::Conflict { mode_work }
            if mode_work.kind() == EntryKind::Executable));
        assert_eq!(untracked.path, b"nested/");
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for output in ["1 M.\0", "x\0", "# branch.oid zzz\0", "? \0", "2 R. x\0"] {
            let error = status(output.as_bytes()).unwrap_err();
            assert!(matches!(error, RepoError::Garbled { command: "status", .. }), "{output:?}");
        }
        assert!(index(b"100644 x 0\ta\0").next().unwrap().is_err());
        assert!(tree(b"100644 blob zz\ta\0").next().unwrap().is_err());
    }

    #[test]
    fn sizes_are_told_where_the_blob_is_here() {
        let output = format!("100644 blob {ID}      12\ta\0100644 blob {ID}     BAD\tb\0");
        let sizes: Vec<_> = tree(output.as_bytes()).map(|line| line.unwrap().size_bytes).collect();
        assert_eq!(sizes, [Some(12), None]);
    }

    #[test]
    fn directories_that_git_could_not_open_are_found_in_its_warnings() {
        let warnings =
            b"warning: x\nwarning: could not open directory 'a/it's/': Permission denied\n";
        let found = unopened_directories(warnings);
        assert_eq!(found, [(&b"a/it's"[..], "permission denied".to_owned())]);
    }

    proptest! {
        #[test]
        fn no_output_makes_it_panic(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(0), Just(b' '), Just(b'\t'), Just(b'1'), Just(b'u')], 0..200)
        ) {
            let _ = status(&bytes);
            let _ = index(&bytes).count();
            let _ = tree(&bytes).count();
            let _ = unopened_directories(&bytes);
        }
    }
}
