//! The refs, and what kind of object each names.

use kernel::{GateError, HistoryScope};

use super::failed;
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
    /// The kind of the object; empty where nobody asks.
    kind: String,
    /// The kind of the object that the tag which it is names; empty where it is none.
    tagged: String,
}

impl Refs {
    /// Reads them. What kinds of objects they name is looked up for a whole history
    /// alone: git opens each for that.
    pub fn read(repository: &Repository, scope: HistoryScope) -> Result<Refs, GateError> {
        let format = match scope {
            HistoryScope::Full => {
                "--format=%(objecttype)%00%(*objecttype)%00%(objectname)%00%(refname)"
            }
            HistoryScope::Range => "--format=%00%00%(objectname)%00%(refname)",
        };
        let listed = repository.git().output(&["for-each-ref", format]);
        let listed = listed.map_err(|error| failed(&error))?;
        let listed = String::from_utf8_lossy(&listed);
        let all = listed.lines().filter_map(|line| {
            let mut words = line.split('\0').map(str::to_owned);
            let (kind, tagged) = (words.next()?, words.next()?);
            Some(Ref { kind, tagged, id: words.next()?, name: words.next()? })
        });
        Ok(Refs { all: all.collect() })
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
        self.all.iter().filter(|one| one.kind == "tag").map(|one| one.id.as_str())
    }

    /// Those that may lead to a blob without a commit: they name a blob or a tree,
    /// or a tag of one, or a tag of a tag.
    pub fn without_commit(&self) -> Vec<String> {
        let is_odd = |one: &&Ref| {
            matches!(one.kind.as_str(), "blob" | "tree")
                || matches!(one.tagged.as_str(), "blob" | "tree" | "tag")
        };
        self.all.iter().filter(is_odd).map(|one| one.id.clone()).collect()
    }
}
