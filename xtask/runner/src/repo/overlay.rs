//! A point of the repository with one file laid over it.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, EntryKind, ReadError, Source, position};

struct Overlay {
    inner: Arc<dyn Source>,
    entries: Vec<Entry>,
    path: Utf8PathBuf,
    bytes: Vec<u8>,
}

/// `inner`, with a regular file of these `bytes` at `path`.
pub fn overlaid(inner: Arc<dyn Source>, path: &Utf8Path, bytes: Vec<u8>) -> Arc<dyn Source> {
    let size_bytes = Some(bytes.len() as u64);
    let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None, size_bytes };
    let mut entries = inner.entries().to_vec();
    match position(&entries, path) {
        Ok(at) => entries.splice(at..=at, [entry]),
        Err(at) => entries.splice(at..at, [entry]),
    };
    Arc::new(Overlay { inner, entries, path: path.to_owned(), bytes })
}

impl Source for Overlay {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        match entry.path == self.path {
            true => Ok(self.bytes.clone()),
            false => self.inner.read(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Literal, Tree};

    use super::*;

    #[test]
    fn the_file_is_there_and_the_rest_stays() {
        let mut inner = Literal::default();
        for (path, text) in [("a", "1"), ("b/c", "2"), ("d", "3")] {
            inner.insert(path.into(), EntryKind::File, text.into());
        }
        let inner: Arc<dyn Source> = Arc::new(inner);
        for (path, all) in [("b/c", "1|new|3"), ("b.x", "1|2|new|3"), ("z", "1|2|3|new")] {
            let tree = Tree::new(overlaid(Arc::clone(&inner), path.into(), b"new".to_vec()));
            assert_eq!(tree.read(path.into()).unwrap().text(), Some("new"));
            let every = kernel::Globs::new(["**"]).unwrap();
            let read = tree.list(&every).into_iter();
            let read =
                read.map(|entry| tree.read_entry(&entry).unwrap().text().unwrap().to_owned());
            assert_eq!(read.collect::<Vec<_>>().join("|"), all);
        }
    }
}
