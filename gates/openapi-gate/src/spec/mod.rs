//! A specification: every file of it that the repository holds, and what its
//! references lead to.

mod json;
mod model;
mod refs;
mod schemas;
mod tree;
mod yaml;

use std::collections::BTreeMap;
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Content, GateError, Location, ReadError, SourceFile, Tree};

pub(crate) use model::{Known, METHODS, Operation, Parameter, PathEntry, Spec, Version};
pub(crate) use refs::{Broken, Reference};
use tree::SyntaxError;
pub(crate) use tree::{Document, Node};

/// Every file that a specification is made of, the first one its root.
pub(crate) struct Library {
    files: Vec<Loaded>,
    by_path: BTreeMap<Utf8PathBuf, usize>,
    /// Every `$ref`, in the order of the files.
    pub(crate) references: Vec<Reference>,
}

pub(crate) struct Loaded {
    pub(crate) file: SourceFile,
    pub(crate) document: Result<Document, Unreadable>,
}

/// Why nothing can be known of a file.
pub(crate) struct Unreadable {
    /// To follow the path: `is no JSON: …`.
    pub(crate) reason: String,
    pub(crate) at: Option<usize>,
}

/// A node and the file that it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'l> {
    pub(crate) file: usize,
    pub(crate) node: Node<'l>,
}

impl Library {
    /// Reads the specification at `root` and every file it refers to.
    pub(crate) fn load(tree: &Tree, root: &Utf8Path) -> Result<Library, GateError> {
        let mut library =
            Library { files: Vec::new(), by_path: BTreeMap::new(), references: Vec::new() };
        let mut wanted = vec![root.to_owned()];
        while let Some(path) = wanted.pop() {
            if library.by_path.contains_key(&path) {
                continue;
            }
            let file = match tree.read(&path) {
                Ok(file) => file,
                // Where a reference says so, the reference is what is wrong.
                Err(ReadError::Missing | ReadError::Submodule) if path != root => continue,
                Err(error) => return Err(kernel::unread(&path, &error)),
            };
            let document = read(&file);
            let index = library.files.len();
            if let Ok(document) = &document {
                let found = refs::collect(index, document);
                wanted.extend(found.iter().filter_map(|found| found.file(&path)));
                library.references.extend(found);
            }
            library.files.push(Loaded { file, document });
            library.by_path.insert(path, index);
        }
        Ok(library)
    }

    /// Its files, the root first.
    pub(crate) fn files(&self) -> &[Loaded] {
        &self.files
    }

    /// Whether every file of it has the same bytes in `other`.
    pub(crate) fn is_same(&self, other: &Library) -> bool {
        let files = self.files.iter().map(|it| (it.file.path(), it.file.bytes()));
        files.eq(other.files.iter().map(|it| (it.file.path(), it.file.bytes())))
    }

    /// The root's root node, if the root is readable.
    pub(crate) fn root(&self) -> Option<Place<'_>> {
        self.root_of(0)
    }

    fn root_of(&self, file: usize) -> Option<Place<'_>> {
        let document = self.files.get(file)?.document.as_ref().ok()?;
        Some(Place { file, node: document.root() })
    }

    /// Where `bytes` of file number `file` are.
    pub(crate) fn at(&self, file: usize, bytes: Range<usize>) -> Location {
        match self.files.get(file) {
            Some(loaded) => Location::of(&loaded.file, bytes),
            None => Location::file(Utf8Path::new("")),
        }
    }

    /// A value as a message quotes it: its text, or of what has parts as it is written.
    pub(crate) fn shown(&self, place: Place<'_>) -> String {
        if let Some(text) = place.node.text() {
            return one_line(text);
        }
        let source = self.files.get(place.file).and_then(|loaded| loaded.file.text());
        let own = source.and_then(|source| source.get(place.node.span())).unwrap_or_default();
        one_line(if own.is_empty() { "null" } else { own })
    }

    /// The root file as a whole.
    pub(crate) fn whole(&self) -> Location {
        let root = self.files.first();
        Location::file(root.map_or(Utf8Path::new(""), |loaded| loaded.file.path()))
    }

    /// What stands where `place` does: itself, or what its `$ref`s lead to.
    pub(crate) fn follow<'l>(&'l self, place: Place<'l>) -> Result<Place<'l>, Broken> {
        // Longer than any chain a person wrote; what is longer is a circle.
        const HOPS_MAX: usize = 64;
        let mut place = place;
        for _ in 0..HOPS_MAX {
            match refs::target(place.node) {
                None => return Ok(place),
                Some(text) => place = self.resolve(place.file, text)?,
            }
        }
        Err(Broken::Circle)
    }
}

impl Place<'_> {
    /// Another node of the same file.
    pub(crate) fn with<'l>(&self, node: Node<'l>) -> Place<'l> {
        Place { file: self.file, node }
    }
}

fn read(file: &SourceFile) -> Result<Document, Unreadable> {
    let unreadable = |reason: &str, at| Unreadable { reason: reason.to_owned(), at };
    // With its mark, or the zero bytes that its first character leaves.
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..] = file.bytes()
    {
        return Err(unreadable("is UTF-16, and OpenAPI's files are UTF-8: write it anew so", None));
    }
    let source = match file.content() {
        Content::Text(text) => text,
        Content::NotUtf8 { valid_up_to } => {
            return Err(unreadable("is not UTF-8", Some(valid_up_to)));
        }
        Content::Binary => return Err(unreadable("holds a NUL byte", None)),
        Content::LfsPointer(_) => return Err(unreadable("is a Git LFS pointer", None)),
        Content::Symlink(_) => return Err(unreadable("is a symbolic link", None)),
    };
    let is_json = match file.path().extension() {
        Some("json") => true,
        Some("yaml" | "yml") => false,
        _ => source.trim_start_matches('\u{feff}').trim_start().starts_with('{'),
    };
    let (format, parsed) =
        if is_json { ("JSON", json::parse(source)) } else { ("YAML", yaml::parse(source)) };
    parsed.map_err(|SyntaxError { at, reason }| {
        let reason = format!("is no {format}: {}", one_line(reason.trim_end_matches('.')));
        Unreadable { reason, at: Some(at) }
    })
}

/// `text` as it can stand in a message: one line, nothing invisible, not
/// longer than a reader would follow.
pub(crate) fn one_line(text: &str) -> String {
    const CHARACTERS_MAX: usize = 200;
    let mut line: String =
        text.chars().take(CHARACTERS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        line.push('…');
    }
    line
}
