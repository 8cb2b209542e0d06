//! What a gate asked of its tree, and what the tree answers now.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use kernel::{Entry, EntryKind, Globs, Trace, Tree, position};
use serde::{Deserialize, Serialize};

use crate::receipt::sha256;

/// A gate's questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Pattern lists that were listed.
    listed: Vec<Vec<String>>,
    /// Paths that were looked for or read, those aside that a list gave.
    named: BTreeSet<String>,
    /// Files that were read; none means each that a list gave.
    read: Option<BTreeSet<String>>,
    /// Paths that were looked for in vain.
    missing: BTreeSet<String>,
}

/// The answers: each path with its kind and its blob.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs(BTreeMap<String, String>);

impl Asked {
    /// The questions that `trace` noted.
    #[must_use]
    pub fn of(trace: &Trace) -> Asked {
        let given: BTreeSet<&str> =
            trace.listed.values().flatten().map(|path| path.as_str()).collect();
        let named = trace.read.keys().chain(&trace.found);
        let named = named.filter(|path| !given.contains(path.as_str())).cloned().collect();
        let is_all = trace.read.len() == given.len()
            && trace.read.keys().all(|path| given.contains(path.as_str()));
        Asked {
            listed: trace.listed.keys().cloned().collect(),
            named,
            read: (!is_all).then(|| trace.read.keys().cloned().collect()),
            missing: trace.missing.iter().map(ToString::to_string).collect(),
        }
    }

    /// What `tree` answers. None where an answer has no name, where a path that
    /// was there is gone, and where one that was missing is there.
    #[must_use]
    pub fn answered(&self, tree: &Tree) -> Option<Inputs> {
        let inputs = self.answers(tree);
        let is_same = self.named.iter().all(|path| inputs.0.contains_key(path))
            && !self.missing.iter().any(|path| inputs.0.contains_key(path))
            && !inputs.0.values().any(|name| name.ends_with(UNNAMED));
        is_same.then_some(inputs)
    }

    /// [`Inputs::digest`] of [`Asked::answered`], without the answers.
    #[must_use]
    pub fn digest(&self, tree: &Tree) -> Option<String> {
        let entries = self.entries(tree);
        let has = |path: &String| {
            entries.binary_search_by(|entry| entry.path.as_str().cmp(path.as_str())).is_ok()
        };
        let is_same = self.named.iter().all(has) && !self.missing.iter().any(has);
        let mut text = String::with_capacity(entries.len() * 100);
        for entry in entries {
            let id = entry.id.as_ref()?.as_str();
            line(&mut text, &[kind(entry), " ", id], entry.path.as_str());
        }
        is_same.then(|| sha256(text.as_bytes()))
    }

    /// What `tree` answers, as far as it does.
    #[must_use]
    pub fn answers(&self, tree: &Tree) -> Inputs {
        let entries = self.entries(tree).into_iter();
        Inputs(entries.map(|entry| (entry.path.to_string(), name(entry))).collect())
    }

    /// The entries that answer, in the order of their paths as text, each once.
    fn entries<'t>(&self, tree: &'t Tree) -> Vec<&'t Entry> {
        let lists = self.listed.iter().filter_map(|patterns| Globs::new(patterns).ok());
        let lists: Vec<Globs> = lists.collect();
        let is_listed = |entry: &&Entry| lists.iter().any(|globs| globs.matches(&entry.path));
        let mut entries: Vec<&Entry> = tree.entries().iter().filter(is_listed).collect();
        let paths = self.named.iter().chain(&self.missing).map(Utf8Path::new);
        let all = tree.entries();
        entries.extend(paths.filter_map(|path| all.get(position(all, path).ok()?)));
        // The tree is nearly in that order, which a merge sort makes use of.
        entries.sort_by(|one, other| one.path.as_str().cmp(other.path.as_str()));
        entries.dedup_by(|one, other| one.path.as_str() == other.path.as_str());
        entries
    }

    /// The files that were read.
    #[must_use]
    pub fn read(&self, inputs: &Inputs) -> BTreeSet<String> {
        match &self.read {
            Some(read) => read.clone(),
            None => inputs.0.keys().filter(|path| !self.named.contains(*path)).cloned().collect(),
        }
    }
}

/// Stands for a blob that has no name: too large, or unreadable.
const UNNAMED: &str = "unnamed";

/// What an entry is, in words that change with it.
pub fn name(entry: &Entry) -> String {
    [kind(entry), " ", entry.id.as_ref().map_or(UNNAMED, |id| id.as_str())].concat()
}

/// What git says it is.
pub fn kind(entry: &Entry) -> &'static str {
    match entry.kind {
        EntryKind::File => "file",
        EntryKind::Executable => "executable",
        EntryKind::Symlink => "symlink",
        EntryKind::Submodule => "submodule",
    }
}

/// Adds the line of one answer: its name, given in parts, and its path.
fn line(text: &mut String, name: &[&str], path: &str) {
    name.iter().for_each(|part| text.push_str(part));
    text.push(' ');
    // A line end in a path would be two lines; most have nothing to escape,
    // and looking at each character costs more than all the rest.
    match path.bytes().all(is_plain) {
        true => text.push_str(path),
        false => text.extend(path.escape_debug()),
    }
    text.push('\n');
}

/// Whether `escape_debug` leaves a byte of ASCII as it is.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'\\')
}

impl Inputs {
    /// Digest over all of them.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(self.text().as_bytes())
    }

    /// Whether `path` is one of them.
    #[must_use]
    pub fn has(&self, path: &Utf8Path) -> bool {
        self.0.contains_key(path.as_str())
    }

    /// A line each: kind, blob, path.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (path, name) in &self.0 {
            line(&mut text, &[name], path);
        }
        text
    }

    /// What [`Inputs::text`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Inputs {
        let line = |line: &str| {
            let (kind, rest) = line.split_once(' ')?;
            let (id, path) = rest.split_once(' ')?;
            Some((path.to_owned(), format!("{kind} {id}")))
        };
        Inputs(text.lines().filter_map(line).collect())
    }

    /// Paths that are new, gone, or other than in `before`, in words.
    #[must_use]
    pub fn moved_since(&self, before: &Inputs) -> Vec<String> {
        let mut moved = Vec::new();
        for (path, name) in &self.0 {
            match before.0.get(path.escape_debug().to_string().as_str()) {
                None => moved.push(format!("{path} is new")),
                Some(other) if other != name => moved.push(format!("{path} changed")),
                Some(_) => {}
            }
        }
        let now: BTreeSet<String> =
            self.0.keys().map(|path| path.escape_debug().to_string()).collect();
        let gone = before.0.keys().filter(|path| !now.contains(*path));
        moved.extend(gone.map(|path| format!("{path} is gone")));
        moved
    }
}

#[cfg(test)]
mod tests {
    use kernel::Pulse;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        Tree::literal(files.iter().map(|(path, text)| (*path, *text)))
    }

    /// A gate that lists YAML, reads it, and looks for two more files.
    fn asked(tree: &Tree) -> Asked {
        let tree = tree.retraced(Pulse::default());
        for entry in tree.list(&Globs::new(["**/*.yml"]).unwrap()) {
            let _read = tree.read_entry(&entry);
        }
        let _there = tree.find("go.mod".into());
        let _missing = tree.find("absent".into());
        Asked::of(&tree.trace())
    }

    const FILES: [(&str, &str); 3] = [("a.yml", "1"), ("go.mod", "m"), ("other", "o")];

    #[test]
    fn equal_answers_have_an_equal_digest() {
        let asked = asked(&tree(&FILES));
        let digest = |files: &[(&str, &str)]| {
            let tree = tree(files);
            let digest = asked.digest(&tree);
            assert_eq!(asked.answered(&tree).map(|it| it.digest()), digest);
            digest
        };
        let same = digest(&FILES);
        assert!(same.is_some());
        assert_eq!(digest(&[FILES[0], FILES[1], ("other", "changed")]), same);
        for (what, files) in [
            ("a listed file changed", &[("a.yml", "2"), FILES[1]][..]),
            ("a listed file is gone", &[FILES[1]]),
            ("one more is listed", &[FILES[0], ("b/c.yml", ""), FILES[1]]),
            ("a file that was looked for changed", &[FILES[0], ("go.mod", "n")]),
            ("a file that was looked for is gone", &[FILES[0]]),
            ("a missing file is there", &[FILES[0], ("absent", ""), FILES[1]]),
        ] {
            assert_ne!(digest(files), same, "{what}");
        }
    }

    #[test]
    fn what_is_plain_needs_no_escape() {
        for byte in 0..128_u8 {
            let text = char::from(byte).to_string();
            assert_eq!(is_plain(byte), text.escape_debug().to_string() == text, "{text:?}");
        }
    }

    #[test]
    fn what_was_read_is_known() {
        let tree = tree(&FILES);
        let all = asked(&tree);
        let just = BTreeSet::from(["a.yml".to_owned()]);
        assert_eq!(all.read(&all.answered(&tree).unwrap()), just);
        let _listed = tree.list(&Globs::new(["**"]).unwrap());
        let _one = tree.read("a.yml".into());
        let some = Asked::of(&tree.trace());
        assert_eq!(some.read(&some.answered(&tree).unwrap()), just);
    }

    #[test]
    fn what_moved_is_named() {
        let before = asked(&tree(&FILES)).answered(&tree(&FILES)).unwrap();
        let now = [("a.yml", "2"), ("b\n.yml", "new"), FILES[1]];
        let now = asked(&tree(&now)).answered(&tree(&now)).unwrap();
        let kept = Inputs::parse(&before.text());
        assert_eq!(now.moved_since(&kept), ["a.yml changed", "b\n.yml is new"]);
        assert!(now.moved_since(&Inputs::parse(&now.text())).is_empty());
        assert_eq!(
            before.moved_since(&Inputs::parse(&now.text())),
            ["a.yml changed", "b\\n.yml is gone"]
        );
    }
}
