//! What `git diff-tree --stdin -r -c --raw -z` prints: commits, and what each
//! put where.

use std::io::{self, BufRead};

use crate::hex::{Id, id};

/// A file that a commit put somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// Which of the commits, counted from 0.
    pub commit: u32,
    /// The blob that stands there since.
    pub blob: Id,
    /// The path.
    pub path: &'a [u8],
}

/// Reads all of `reader`; calls `each` for what was put somewhere (removals
/// and submodules are none), and returns the commits.
///
/// # Errors
/// It cannot be read, or is of another form.
pub fn changes(mut reader: impl BufRead, mut each: impl FnMut(Change<'_>)) -> io::Result<Vec<Id>> {
    let garbled = || io::Error::new(io::ErrorKind::InvalidData, "a change of another form");
    let mut commits: Vec<Id> = Vec::new();
    let mut field = Vec::new();
    let mut path = Vec::new();
    loop {
        if !take(&mut reader, &mut field)? {
            return Ok(commits);
        }
        if field.first() != Some(&b':') {
            commits.push(id(&field).ok_or_else(garbled)?);
            continue;
        }
        if !take(&mut reader, &mut path)? {
            return Err(garbled());
        }
        let after = after(&field).ok_or_else(garbled)?;
        let commit = commits.len().checked_sub(1).and_then(|at| u32::try_from(at).ok());
        let commit = commit.ok_or_else(garbled)?;
        if let Some(blob) = after {
            each(Change { commit, blob, path: &path });
        }
    }
}

/// Reads up to the next NUL, which is taken off; says no at the end.
fn take(reader: &mut impl BufRead, field: &mut Vec<u8>) -> io::Result<bool> {
    field.clear();
    reader.read_until(0, field)?;
    match field.pop() {
        None => Ok(false),
        Some(0) => Ok(true),
        Some(_) => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
    }
}

/// The blob of a raw line: n colons for n parents, n + 1 modes, n + 1 names, a
/// status. None within where no blob stands there.
fn after(line: &[u8]) -> Option<Option<Id>> {
    const SUBMODULE: &[u8] = b"160000";
    let parents = line.iter().take_while(|byte| **byte == b':').count();
    let mut fields = line.get(parents..)?.split(|byte| *byte == b' ');
    let mode = fields.nth(parents)?;
    let name = id(fields.nth(parents)?)?;
    let is_there = mode != SUBMODULE && name.as_bytes().iter().any(|byte| *byte != 0);
    Some(is_there.then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> io::Result<(usize, Vec<(u32, String)>)> {
        let mut found = Vec::new();
        let text = text.replace('|', "\0");
        let commits = changes(text.as_bytes(), |change| {
            let path = String::from_utf8_lossy(change.path).into_owned();
            found.push((change.commit, format!("{path} {}", &change.blob.to_string()[..1])));
        })?;
        Ok((commits.len(), found))
    }

    #[test]
    fn changes_of_one_and_of_two_parents() {
        let [a, b, none] = ["a", "b", "0"].map(|digit| digit.repeat(40));
        let text = format!(
            "{a}|:100644 100644 {a} {b} M|x|:100644 000000 {a} {none} D|y|:000000 160000 {none} {b} A|sub|{b}|::100644 100644 100644 {a} {a} {b} MM|d/z|"
        );
        let found = read(&text).unwrap();
        assert_eq!(found, (2, vec![(0, "x b".to_owned()), (1, "d/z b".to_owned())]));
    }

    #[test]
    fn what_is_cut_or_strange_is_told() {
        let a = "a".repeat(40);
        assert!(read(&a).is_err(), "no NUL");
        assert!(read(&format!("{a}|:100644 100644 {a} {a} M|")).is_err(), "no path");
        assert!(read(&format!("{a}|:100644 100644 {a}|x|")).is_err(), "no second name");
        assert!(read(&format!(":100644 100644 {a} {a} M|x|")).is_err(), "no commit");
        assert!(read("what?|").is_err());
        assert_eq!(read("").unwrap().0, 0);
    }
}
