//! The index: what the next commit would hold.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{Entry, ObjectId};

use super::difference::{DELETED, Difference, content};
use super::listing::{self, ChangeState};
use super::state::{State, Untracked};
use super::stored::Stored;
use super::{RepoError, Repository, Snapshot, path, sorted};

pub(super) fn snapshot(repo: &Repository) -> Result<Snapshot, RepoError> {
    let state = State::ask(repo, Untracked::No)?;
    let status = state.status()?;
    let conflicts = status.changes.iter().filter(|change| change.is_conflict());
    let paths: Vec<_> = conflicts.map(|change| path::shown(change.path)).collect();
    if !paths.is_empty() {
        return Err(RepoError::Conflicts { paths });
    }

    // `git add --intent-to-add` announces a path and holds no content yet.
    let intended = status.changes.iter().filter(|change| change.is_only_intended());
    let intended: HashSet<&[u8]> = intended.map(|change| change.path).collect();
    let mut entries = Vec::new();
    for line in listing::index(&state.index.text()) {
        let line = line?;
        if !intended.contains(line.path) {
            entries.push(Entry {
                path: path::shown(line.path),
                kind: line.mode.kind(),
                id: Some(ObjectId::new(line.id)),
                size_bytes: None,
            });
        }
    }

    let mut difference = Difference::default();
    for change in status.changes.iter().filter(|change| change.is_staged()) {
        if let ChangeState::Tracked { mode_index, id_index, .. } = change.state {
            let mark = match mode_index.is_absent() {
                true => DELETED.to_owned(),
                false => content(mode_index.kind(), &ObjectId::new(id_index)),
            };
            difference.add(change.path, &mark);
        }
    }
    let mut point = state.point(repo, &status)?;
    point.dirty = !difference.is_empty();
    point.dirty_digest = point.dirty.then(|| difference.digest(b""));
    let source = Stored { entries: sorted(entries)?, objects: Arc::clone(&repo.objects) };
    Ok(Snapshot { source: Arc::new(source), point, is_tree: false, fingerprint: None })
}
