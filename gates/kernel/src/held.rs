//! Files that were read and are held for whoever asks next: several gates read
//! the same manifests, and each would go to the disk for them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::SourceFile;

/// Bytes held at most. Past it files are read again.
const SIZE_BYTES_MAX: u64 = 64 << 20;

/// Files by path. A place of its own for each: who asks for a file that is just
/// being read waits for it, and nobody else does.
#[derive(Default)]
pub(crate) struct Held {
    files: Mutex<HashMap<String, Place>>,
    size_bytes: AtomicU64,
}

type Place = Arc<Mutex<Option<SourceFile>>>;

impl Held {
    /// The file at `path`, if it is held.
    pub(crate) fn get(&self, path: &str) -> Option<SourceFile> {
        let place = lock(&self.files).get(path).cloned()?;
        lock(&place).clone()
    }

    /// The file at `path`: held, or read and held from then on. An error is not
    /// held.
    pub(crate) fn get_or_read<E>(
        &self,
        path: &str,
        read: impl FnOnce() -> Result<SourceFile, E>,
    ) -> Result<SourceFile, E> {
        if self.size_bytes.load(Ordering::Relaxed) >= SIZE_BYTES_MAX {
            return self.get(path).map_or_else(read, Ok);
        }
        let place = Arc::clone(lock(&self.files).entry(path.to_owned()).or_default());
        let mut place = lock(&place);
        if let Some(file) = &*place {
            return Ok(file.clone());
        }
        let file = read()?;
        self.size_bytes.fetch_add(file.bytes().len() as u64, Ordering::Relaxed);
        *place = Some(file.clone());
        Ok(file)
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_and_an_error_each_time() {
        let held = Held::default();
        let mut count = 0;
        for _ in 0..3 {
            let file = held.get_or_read("a", || {
                count += 1;
                Ok::<_, ()>(SourceFile::literal("a", "text"))
            });
            assert_eq!(file.unwrap().text(), Some("text"));
            assert!(held.get_or_read("b", || Err(())).is_err());
        }
        assert_eq!((count, held.get("b").is_none()), (1, true));
    }

    #[test]
    fn what_is_too_much_is_read_again() {
        let held = Held::default();
        let read = || Ok::<_, ()>(SourceFile::literal("a", "text"));
        held.size_bytes.store(SIZE_BYTES_MAX, Ordering::Relaxed);
        assert!(held.get_or_read("a", read).is_ok());
        assert!(held.get("a").is_none());
    }
}
