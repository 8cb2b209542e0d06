//! Where a repository's packs are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::repo::Repository;

/// How far stores borrow from stores; git follows no further either.
const DEPTH_MAX: usize = 5;

/// The folders of packs: the repository's own, and those of the stores that
/// it borrows from. What is missed here git still finds, one by one.
pub fn folders(repository: &Repository) -> Vec<PathBuf> {
    let mut stores = BTreeSet::new();
    let own = repository.common_dir().join("objects").into_std_path_buf();
    borrow(&own, 0, &mut stores);
    stores.into_iter().map(|store| store.join("pack")).collect()
}

fn borrow(store: &Path, depth: usize, stores: &mut BTreeSet<PathBuf>) {
    let real = store.canonicalize().unwrap_or_else(|_| store.to_owned());
    if depth > DEPTH_MAX || !stores.insert(real) {
        return;
    }
    let listed = std::fs::read_to_string(store.join("info/alternates")).unwrap_or_default();
    for line in listed.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '"'])) {
        borrow(&store.join(line), depth + 1, stores);
    }
}
