//! The refs, and what each leads to.

use std::collections::BTreeSet;

use git_bulk::{Error, Id, Kind, Packs};
use kernel::GateError;

use super::loose::Loose;
use super::{failed, garbled, unread};
use crate::repo::Repository;

/// All refs of a repository.
#[derive(Clone, Default)]
pub struct Refs {
    all: Vec<Ref>,
}

/// A ref.
#[derive(Clone)]
struct Ref {
    name: String,
    id: Id,
    /// The annotated tags on the way to its end, once they were looked up.
    tags: Vec<Id>,
    /// What is there when tags are followed, once that was looked up.
    end: Option<(Kind, Id)>,
}

/// Tags of tags that are followed.
const TAGS_MAX: usize = 64;

impl Refs {
    /// Reads their names.
    pub fn read(repository: &Repository) -> Result<Refs, GateError> {
        // What kinds of objects they name git tells too, but it opens each for that.
        let listed =
            repository.git().output(&["for-each-ref", "--format=%(objectname)%00%(refname)"]);
        let listed = listed.map_err(|error| failed(&error))?;
        let refs = listed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let all = refs.map(|line| {
            let (id, name) = line.split_at(line.iter().position(|byte| *byte == 0)?);
            let name = String::from_utf8_lossy(name.get(1..)?).into_owned();
            Some(Ref { name, id: git_bulk::id(id)?, tags: Vec::new(), end: None })
        });
        let all: Option<_> = all.collect();
        Ok(Refs { all: all.ok_or_else(|| garbled("no refs"))? })
    }

    /// Looks up what they lead to.
    pub fn look_up(&mut self, packs: &Packs, loose: &Loose) -> Result<(), GateError> {
        for one in &mut self.all {
            let mut id = one.id;
            for _ in 0..TAGS_MAX {
                let (kind, target) = object(&id, packs, loose)?;
                match target {
                    Some(target) => {
                        one.tags.push(id);
                        id = target;
                    }
                    None => {
                        one.end = Some((kind, id));
                        break;
                    }
                }
            }
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

    /// The annotated tags that they name, and those that these name.
    pub fn tags(&self) -> BTreeSet<Id> {
        self.all.iter().flat_map(|one| one.tags.iter().copied()).collect()
    }

    /// Adds to `name` what each is and where.
    pub fn write_to(&self, name: &mut String) {
        for one in &self.all {
            name.push_str(&format!("{} {}\n", one.id, one.name));
        }
    }

    /// The commits that they lead to.
    pub fn commits(&self) -> impl Iterator<Item = Id> {
        let ends = self.all.iter().filter_map(|one| one.end);
        ends.filter(|(kind, _)| *kind == Kind::Commit).map(|(_, id)| id)
    }

    /// Those that may lead to a blob without a commit: they name a blob or a tree,
    /// or a tag of one.
    pub fn without_commit(&self) -> Vec<String> {
        let is_odd = |one: &&Ref| one.end.is_none_or(|(kind, _)| kind != Kind::Commit);
        self.all.iter().filter(is_odd).map(|one| one.id.to_string()).collect()
    }
}

/// The kind of an object; of a tag, what it names.
fn object(id: &Id, packs: &Packs, loose: &Loose) -> Result<(Kind, Option<Id>), GateError> {
    let place = packs.find(id);
    if let Some(kind) = place.and_then(|place| packs.kind(place))
        && kind != Kind::Tag
    {
        return Ok((kind, None));
    }
    let read = match place {
        Some(place) => packs.read(place).map(|(kind, bytes)| (kind, bytes.to_vec())),
        None => loose.read(id),
    };
    match read {
        Ok((Kind::Tag, bytes)) => {
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let target = line.strip_prefix(b"object ").and_then(git_bulk::id);
            let target = target.ok_or_else(|| garbled("a tag that names no object"))?;
            Ok((Kind::Tag, Some(target)))
        }
        Ok((kind, _)) => Ok((kind, None)),
        // Nothing else is as large.
        Err(Error::TooLarge { .. }) => Ok((Kind::Blob, None)),
        Err(error) => Err(unread(&error)),
    }
}
