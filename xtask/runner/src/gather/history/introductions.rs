//! Which commits of a range put a blob somewhere: one walk of `git diff-tree`
//! over them.

use std::collections::BTreeSet;
use std::io::BufRead;

use kernel::{GateError, Introduction, ObjectId, Pulse};

use super::{failed, garbled};
use crate::git::{Git, Input};

/// What git is asked of commits: what each changed, a merge where it differs
/// from every parent.
const ARGS: [&str; 10] = [
    "diff-tree",
    "--stdin",
    "--root",
    "-r",
    "-c",
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
    "--no-ext-diff",
];

/// The commits of `commits` (a line each) whose diff put one of `blobs`
/// somewhere. A merge counts where its file differs from every parent's.
pub fn find(
    git: &Git,
    commits: String,
    blobs: &BTreeSet<ObjectId>,
    pulse: &Pulse,
) -> Result<Vec<Introduction>, GateError> {
    let mut stream = git
        .stream(&ARGS, Input::Bytes((commits + "\n").into_bytes()))
        .map_err(|error| failed(&error))?;
    let mut found = Vec::new();
    let mut commit = None;
    let mut field = Vec::new();
    loop {
        field.clear();
        let reader = stream.reader().ok_or_else(|| garbled("no output"))?;
        if reader.read_until(0, &mut field).map_err(|error| garbled(&error.to_string()))? == 0 {
            break;
        }
        let text = field.strip_suffix(&[0]).unwrap_or(&field);
        if !text.starts_with(b":") {
            pulse.check()?;
            commit = Some(ObjectId::new(&String::from_utf8_lossy(text)));
            continue;
        }
        let change = Change::read(&String::from_utf8_lossy(text));
        field.clear();
        reader.read_until(0, &mut field).map_err(|error| garbled(&error.to_string()))?;
        let path = field.strip_suffix(&[0]).unwrap_or(&field);
        let change = change.ok_or_else(|| garbled("a change of another form"))?;
        if let (Some(blob), Some(commit)) = (&change.after, &commit)
            && blobs.contains(blob)
        {
            found.push(Introduction {
                commit: commit.clone(),
                path: String::from_utf8_lossy(path).into_owned().into(),
                blob: blob.clone(),
                parents: change.before,
            });
        }
    }
    stream.finish().map_err(|error| failed(&error))?;
    Ok(found)
}

/// One raw line: n colons for n parents, n + 1 modes, n + 1 ids, a status.
struct Change {
    before: Vec<Option<ObjectId>>,
    after: Option<ObjectId>,
}

impl Change {
    fn read(line: &str) -> Option<Change> {
        let fields = line.trim_start_matches(':');
        let parents = line.len() - fields.len();
        let mut ids: Vec<Option<ObjectId>> =
            fields.split(' ').skip(parents + 1).take(parents + 1).map(id).collect();
        (ids.len() == parents + 1).then_some(())?;
        let after = ids.pop()?;
        Some(Change { before: ids, after })
    }
}

/// All zeros is no file.
fn id(hex: &str) -> Option<ObjectId> {
    hex.bytes().any(|digit| digit != b'0').then(|| ObjectId::new(hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_and_of_two_parents() {
        let one = Change::read(":100644 100644 1111 2222 M").unwrap();
        assert_eq!(one.before, [Some(ObjectId::new("1111"))]);
        assert_eq!(one.after, Some(ObjectId::new("2222")));
        let root = Change::read(":000000 100644 0000 2222 A").unwrap();
        assert_eq!(root.before, [None]);
        let merge = Change::read("::100644 100644 100644 1111 2222 3333 MM").unwrap();
        assert_eq!(merge.before.len(), 2);
        assert_eq!(merge.after, Some(ObjectId::new("3333")));
        let gone = Change::read(":100644 000000 1111 0000 D").unwrap();
        assert_eq!(gone.after, None);
        assert!(Change::read(":100644").is_none());
    }
}
