//! What this program is: for receipts, and for the keys of kept results.

use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::UNIX_EPOCH;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use crate::receipt::{Tool, hex};

/// The program as receipts name it.
#[must_use]
pub fn tool() -> Tool {
    Tool {
        name: "gate-runner".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        source_tree: env!("GATE_RUNNER_SOURCES").to_owned(),
        lock_sha256: env!("GATE_RUNNER_LOCK").to_owned(),
        target: env!("GATE_RUNNER_TARGET").to_owned(),
    }
}

/// The digest of the running program itself: a user's own gates are in it too,
/// which the digest of our sources does not know.
pub struct Program(Arc<OnceLock<String>>);

impl Program {
    /// Hashes it beside what follows. The answer is kept beside the file's size
    /// and time in `state`: hashing tens of megabytes costs as much as a whole
    /// warm run.
    #[must_use]
    pub fn hash(state: Option<Utf8PathBuf>) -> Program {
        let digest = Arc::new(OnceLock::new());
        let slot = Arc::clone(&digest);
        std::thread::spawn(move || slot.set(program_digest(state.as_deref())));
        Program(digest)
    }

    /// One whose digest is known.
    #[cfg(test)]
    pub fn known(digest: &str) -> Program {
        Program(Arc::new(OnceLock::from(digest.to_owned())))
    }

    /// Waits for it: lower-case hex, or nothing where the program cannot be read.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.wait()
    }
}

fn program_digest(state: Option<&Utf8Path>) -> String {
    let Ok(path) = std::env::current_exe() else { return env!("GATE_RUNNER_SOURCES").to_owned() };
    let stamp = std::fs::metadata(&path).ok().and_then(|meta| {
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{}\0{}\0{}", path.display(), meta.len(), changed.as_nanos()))
    });
    let file = state.map(|state| state.join("program"));
    let kept = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
    if let (Some(kept), Some(stamp)) = (kept, &stamp)
        && let Some((known, digest)) = kept.rsplit_once('\n')
        && known == stamp
    {
        return digest.to_owned();
    }
    let digest = digest(&path).unwrap_or_default();
    if let (Some(file), Some(stamp)) = (file, stamp) {
        // Only a speed-up: where it cannot be kept, the next run hashes again.
        let _kept = crate::repo::atomic_write(&file, format!("{stamp}\n{digest}").as_bytes());
    }
    digest
}

/// In pieces: the program is tens of megabytes.
fn digest(path: &std::path::Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 17]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&hasher.finalize())),
            length => hasher.update(piece.get(..length).unwrap_or_default()),
        }
    }
}
