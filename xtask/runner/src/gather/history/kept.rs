//! What was seen of blobs, kept from run to run: a blob never changes, and the
//! same rules of the same program see the same in it.
//!
//! Kept are names of blobs in which nothing was found, their sizes, and the
//! gate's note. Believed is only what carries the digest of the running
//! program, of the rules, and of itself; anything else is as if it were not
//! there. Under `--no-reuse`, and in CI, nothing is.

use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use camino::{Utf8Path, Utf8PathBuf};
use git_bulk::{Id, Known, Note};
use kernel::Look;

use crate::gather::{Keeping, Reader};
use crate::receipt::sha256;
use crate::repo::{Repository, atomic_write};

const HEAD: &str = "gate-runner: blobs seen, 2";

/// Where it is kept, and under which digest.
#[derive(Default)]
pub struct Kept {
    file: Option<Utf8PathBuf>,
    key: String,
    is_believed: bool,
    /// Writes what is kept while the gate goes on.
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What is kept, being read and written.
pub struct Book {
    key: Option<String>,
    id_len: usize,
    before: Known,
    /// What this run saw beyond it.
    new: Vec<(Id, Note)>,
}

impl Kept {
    /// Nothing is kept.
    pub fn nowhere() -> Kept {
        Kept::default()
    }

    /// Kept for `reader`.
    pub fn of(keeping: Keeping<'_>, reader: Reader<'_>, repository: &Repository) -> Kept {
        // A program that cannot be read could be any.
        if keeping.program.digest().is_empty() {
            return Kept::nowhere();
        }
        let name: String = reader
            .gate
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
            .collect();
        let file = keeping.state.map(|state: &Utf8Path| state.join(format!("seen-{name}")));
        let key = format!(
            "{HEAD}\0{}\0{:?}\0{:?}",
            keeping.program.digest(),
            repository.object_format(),
            reader.configured
        );
        Kept { file, key, is_believed: keeping.reuse, writer: Mutex::default() }
    }

    /// Reads it for `look`.
    pub fn open(&self, look: &dyn Look, id_len: usize) -> Book {
        let key = look.depends_on().map(|on| sha256(format!("{}\0{on}", self.key).as_bytes()));
        let key = key.filter(|_| self.file.is_some());
        let before = match (&self.file, &key) {
            (Some(file), Some(key)) if self.is_believed => read(file, key, id_len),
            _ => None,
        };
        let before = before.unwrap_or_default();
        Book { key, id_len, before, new: Vec::new() }
    }

    /// Writes what is new, beside whatever comes next; all is written when this is
    /// dropped. A failure to write costs only the next run's time.
    pub fn close(&self, book: Book) {
        let (false, Some(file), Some(key)) = (book.new.is_empty(), self.file.clone(), book.key)
        else {
            return;
        };
        let write = move || {
            let now = book.before.and(book.new);
            debug_assert!(now.iter().all(|(id, _)| id.as_bytes().len() == book.id_len));
            let records = now.to_bytes();
            let mut bytes = format!("{HEAD}\n{key}\n{}\n", sha256(&records)).into_bytes();
            bytes.extend(records);
            let _kept = atomic_write(&file, &bytes);
        };
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // What was written last stays.
        if let Some(earlier) = writer.take() {
            let _written = earlier.join();
        }
        *writer = Some(std::thread::spawn(write));
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _written = writer.join();
        }
    }
}

impl Book {
    /// What an earlier run saw.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Note)> {
        self.before.iter()
    }

    /// What an earlier run saw of one blob.
    pub fn get(&self, id: &Id) -> Option<Note> {
        self.before.get(id)
    }

    /// Whether an earlier run saw it.
    pub fn was_known(&self, id: &Id) -> bool {
        self.before.get(id).is_some()
    }

    /// Keeps what was seen of a blob that holds nothing.
    pub fn note(&mut self, id: Id, note: Note) {
        if self.key.is_some() && self.before.get(&id) != Some(note) {
            self.new.push((id, note));
        }
    }
}

fn read(file: &Utf8Path, key: &str, id_len: usize) -> Option<Known> {
    let bytes = std::fs::read(file).ok()?;
    let head = format!("{HEAD}\n{key}\n");
    let rest = bytes.strip_prefix(head.as_bytes())?;
    let (digest, rest) = rest.split_at_checked(64)?;
    let records = rest.strip_prefix(b"\n")?;
    (sha256(records).as_bytes() == digest).then_some(())?;
    Known::of(records, id_len)
}
