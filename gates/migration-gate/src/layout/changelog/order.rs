//! What changelogs bring in, in the order in which it runs: their own
//! changesets, files one by one, and folders.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, Globs, Tree};

use super::node::{Document, Node, read};
use crate::layout::Properties;
use crate::layout::include::joined;

/// Files that bring in files.
const DEPTH_MAX: usize = 32;

/// A step of a changelog.
pub(super) enum Item<'a> {
    /// Changesets of its own, and what could not be brought in, up to the next file.
    Own(Vec<Own<'a>>),
    /// Files in its place, and what brings them in.
    Files(&'a Node, Vec<Entry>),
}

pub(super) enum Own<'a> {
    Set(&'a Node),
    /// Where and why nothing is brought in.
    Missing {
        at: Range<usize>,
        what: String,
        reason: String,
    },
}

/// The steps of a changelog.
pub(super) fn items<'a>(root: &'a Node, path: &Utf8Path, tree: &Tree) -> Vec<Item<'a>> {
    let mut found: Vec<Item<'a>> = Vec::new();
    // An item of several keys is each of them.
    let unnamed = |node: &&'a Node| node.name.is_empty();
    let all = root.children.iter().flat_map(|node| match unnamed(&node) {
        true => node.children.iter(),
        false => std::slice::from_ref(node).iter(),
    });
    for node in all {
        let own = match node.name.as_str() {
            "changeSet" => Own::Set(node),
            "include" | "includeAll" => match brought(node, path, tree) {
                Ok(files) => {
                    found.push(Item::Files(node, files));
                    continue;
                }
                Err(reason) => {
                    let what = node.get("file").or(node.get("path")).unwrap_or_default();
                    let what = format!("include {what}");
                    Own::Missing { at: node.span.clone(), what, reason }
                }
            },
            _ => continue,
        };
        match found.last_mut() {
            Some(Item::Own(run)) => run.push(own),
            _ => found.push(Item::Own(vec![own])),
        }
    }
    found
}

/// The files that `include` or `includeAll` names.
fn brought(node: &Node, path: &Utf8Path, tree: &Tree) -> Result<Vec<Entry>, String> {
    let is_relative = node.is("relativeToChangelogFile");
    if node.name == "include" {
        let name = node.get("file").ok_or("it names no file")?;
        return match file(name, is_relative, path, tree) {
            Ok(entry) => Ok(vec![entry]),
            Err(_) if node.is_not("errorIfMissing") => Ok(Vec::new()),
            Err(reason) => Err(reason),
        };
    }
    for chosen in ["filter", "resourceComparator", "resourceFilter"] {
        if node.get(chosen).is_some() {
            return Err(format!("a program says what is brought in here ('{chosen}')"));
        }
    }
    let name = node.get("path").ok_or("it names no folder")?;
    let mut files = folder(name, is_relative, path, tree);
    if let Some(end) = node.get("endsWithFilter") {
        files.retain(|entry| entry.path.as_str().to_lowercase().ends_with(&end.to_lowercase()));
    }
    let own = Utf8Path::new(path);
    files.retain(|entry| entry.path != own);
    match files.is_empty() && !node.is_not("errorIfMissingOrEmpty") {
        true => Err(format!("the repository has no folder '{name}' with changelogs")),
        false => Ok(files),
    }
}

/// What is known of a path where a program would look through its class path.
fn cleaned(name: &str) -> &str {
    let name = name.trim();
    let name = name.strip_prefix("classpath*:").or(name.strip_prefix("classpath:")).unwrap_or(name);
    name.trim_start_matches("./").trim_matches('/')
}

/// The file of the repository that a changelog names: beside it, below one of
/// the folders above it, or the only one whose path ends so.
pub(super) fn file(
    name: &str,
    is_relative: bool,
    path: &Utf8Path,
    tree: &Tree,
) -> Result<Entry, String> {
    let own = path.parent().unwrap_or(Utf8Path::new(""));
    if is_relative {
        let found = joined(own, name.trim()).and_then(|path| tree.find(&path));
        return found.ok_or_else(|| format!("the repository has no file '{name}' beside it"));
    }
    let name = cleaned(name);
    let above = || own.ancestors().filter_map(|folder| tree.find(&joined(folder, name)?));
    let mut found: Vec<Entry> = above().collect();
    if found.is_empty() {
        found = elsewhere(name, "", tree);
    }
    only(found, name)
}

fn only(mut found: Vec<Entry>, name: &str) -> Result<Entry, String> {
    found.dedup_by(|one, two| one.path == two.path);
    match (found.pop(), found.len()) {
        (Some(entry), 0) => Ok(entry),
        (Some(_), more) => Err(format!("the repository has {} files '{name}'", more + 1)),
        (None, _) => Err(format!("the repository has no file '{name}'")),
    }
}

/// Paths that end so, but for those that are built or only tested.
fn elsewhere(name: &str, below: &str, tree: &Tree) -> Vec<Entry> {
    let no_pattern = name.contains(['*', '?', '[', '{', '!']) || name.contains("..");
    if no_pattern || name.is_empty() {
        return Vec::new();
    }
    let globs = Globs::new([format!("**/{name}{below}").as_str(), "!**/{target,build,test}/**"]);
    globs.map(|globs| tree.list(&globs)).unwrap_or_default()
}

/// The files of a folder and of those below it, by their paths.
fn folder(name: &str, is_relative: bool, path: &Utf8Path, tree: &Tree) -> Vec<Entry> {
    let own = path.parent().unwrap_or(Utf8Path::new(""));
    let below = |folder: Option<Utf8PathBuf>| -> Vec<Entry> {
        let Some(folder) = folder else { return Vec::new() };
        let dir = if folder == "" { "." } else { folder.as_str() };
        crate::layout::files(dir, tree).into_iter().map(|(entry, _)| entry).collect()
    };
    let mut found = match is_relative {
        true => below(joined(own, name.trim())),
        false => {
            let name = cleaned(name);
            let mut above = own.ancestors().map(|folder| below(joined(folder, name)));
            let first = above.find(|files| files.iter().any(is_changelog));
            first.unwrap_or_else(|| elsewhere(name, "/**", tree))
        }
    };
    found.retain(is_changelog);
    found.sort_by(|one, two| one.path.as_str().cmp(two.path.as_str()));
    found
}

fn is_changelog(entry: &Entry) -> bool {
    let extension = entry.path.extension().unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "sql" | "xml" | "yaml" | "yml" | "json")
}

/// The text of a changelog, read; none where the file is none.
pub(super) fn document(entry: &Entry, tree: &Tree) -> Option<Result<Document, ()>> {
    let file = tree.read_entry(entry).ok()?;
    let read = read(entry.path.extension(), file.text()?)?;
    Some(read.map_err(|_| ()))
}

/// Where a walk through changelogs comes by.
#[derive(Default)]
pub(super) struct Walk {
    /// Files in the order in which they run, with which run of changesets it is
    /// where they are changelogs with changes of their own.
    pub(super) steps: Vec<(Entry, Option<usize>)>,
    pub(super) properties: Properties,
    /// Files that changes read: they are no migrations.
    pub(super) read: BTreeSet<Utf8PathBuf>,
    /// Those that are given; none where all are.
    pub(super) contexts: Vec<String>,
    /// Those that have been read, and not come by yet.
    pub(super) documents: BTreeMap<Utf8PathBuf, Result<Document, ()>>,
    /// Changelogs and SQL that have been brought in.
    pub(super) seen: BTreeSet<Utf8PathBuf>,
}

impl Walk {
    /// Goes through a file and what it brings in.
    pub(super) fn take(&mut self, entry: &Entry, tree: &Tree, depth: usize) {
        if depth > DEPTH_MAX || !self.seen.insert(entry.path.clone()) {
            return;
        }
        let known = self.documents.remove(&entry.path);
        let document = match known.or_else(|| document(entry, tree)) {
            Some(Ok(document)) => document,
            // What cannot be read is told where it stands.
            Some(Err(())) => return self.steps.push((entry.clone(), Some(0))),
            None if entry.path.extension() == Some("sql") => {
                return self.steps.push((entry.clone(), None));
            }
            None => return,
        };
        for node in &document.root.children {
            self.properties.take(node, &self.contexts);
        }
        let mut runs = 0;
        for item in items(&document.root, &entry.path, tree) {
            match item {
                Item::Files(by, files) if super::is_in(by, &self.contexts) => {
                    files.iter().for_each(|it| self.take(it, tree, depth + 1));
                }
                Item::Files(..) => {}
                Item::Own(own) => {
                    for own in own {
                        let Own::Set(set) = own else { continue };
                        self.note_read(set, &entry.path, tree);
                    }
                    self.steps.push((entry.clone(), Some(runs)));
                    runs += 1;
                }
            }
        }
    }

    /// Files that a changeset reads, also to undo itself.
    fn note_read(&mut self, node: &Node, path: &Utf8Path, tree: &Tree) {
        for child in &node.children {
            if let Some(name) = child.get("path") {
                let is_relative = child.is("relativeToChangelogFile");
                self.read.extend(file(name, is_relative, path, tree).ok().map(|it| it.path));
            }
            self.note_read(child, path, tree);
        }
    }
}
