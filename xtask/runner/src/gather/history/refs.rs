//! The refs, and what kind of object each names.

use git_bulk::{Error, Kind};
use kernel::GateError;

use super::graph::Graph;
use super::{failed, garbled, unread};
use crate::repo::Repository;

/// All refs of a repository.
#[derive(Default)]
pub struct Refs {
    all: Vec<Ref>,
}

/// A ref.
struct Ref {
    name: String,
    id: String,
    /// The kind of the object, once it was looked up.
    kind: Option<Kind>,
    /// The kind of the object that the tag which it is names.
    tagged: Option<Kind>,
}

impl Refs {
    /// Reads their names.
    pub fn read(repository: &Repository) -> Result<Refs, GateError> {
        // What kinds of objects they name git tells too, but it opens each for that.
        let listed =
            repository.git().output(&["for-each-ref", "--format=%(objectname)%00%(refname)"]);
        let listed = listed.map_err(|error| failed(&error))?;
        let listed = String::from_utf8_lossy(&listed);
        let all = listed.lines().filter_map(|line| {
            let (id, name) = line.split_once('\0')?;
            Some(Ref { name: name.to_owned(), id: id.to_owned(), kind: None, tagged: None })
        });
        Ok(Refs { all: all.collect() })
    }

    /// Looks up what kinds of objects they name.
    pub fn look_up(&mut self, graph: &Graph) -> Result<(), GateError> {
        for one in &mut self.all {
            let id = git_bulk::id(one.id.as_bytes()).ok_or_else(|| garbled("no name"))?;
            let place = graph.packs.find(&id);
            one.kind = place.and_then(|place| graph.packs.kind(place));
            if !matches!(one.kind, None | Some(Kind::Tag)) {
                continue;
            }
            let read = match place {
                Some(place) => graph.packs.read(place).map(|(kind, bytes)| (kind, bytes.to_vec())),
                None => graph.loose.read(&id),
            };
            let (kind, bytes) = match read {
                // Nothing else is as large.
                Err(Error::TooLarge { .. }) => (Kind::Blob, Vec::new()),
                read => read.map_err(|error| unread(&error))?,
            };
            one.kind = Some(kind);
            one.tagged = if kind == Kind::Tag { tagged(&bytes) } else { None };
        }
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.all.len() as u64
    }

    /// How many replace an object by another.
    pub fn replacing(&self) -> u64 {
        self.all.iter().filter(|one| one.name.starts_with("refs/replace/")).count() as u64
    }

    /// The annotated tags that they name.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter(|one| one.kind == Some(Kind::Tag)).map(|one| one.id.as_str())
    }

    /// Those that may lead to a blob without a commit: they name a blob or a tree,
    /// or a tag of one, or a tag of a tag.
    pub fn without_commit(&self) -> Vec<String> {
        let is_odd = |one: &&Ref| {
            let is_plain = |kind: &Kind| matches!(kind, Kind::Blob | Kind::Tree);
            one.kind.as_ref().is_some_and(is_plain)
                || (one.kind == Some(Kind::Tag) && one.tagged != Some(Kind::Commit))
        };
        self.all.iter().filter(is_odd).map(|one| one.id.clone()).collect()
    }
}

/// The kind of the object that a tag names: its second line.
fn tagged(tag: &[u8]) -> Option<Kind> {
    let line = tag.split(|byte| *byte == b'\n').nth(1)?;
    match line.strip_prefix(b"type ")? {
        b"commit" => Some(Kind::Commit),
        b"tree" => Some(Kind::Tree),
        b"blob" => Some(Kind::Blob),
        b"tag" => Some(Kind::Tag),
        _ => None,
    }
}
