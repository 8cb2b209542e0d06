//! `cache`: what earlier runs left for later ones.

use std::io::Write;

use camino::Utf8PathBuf;
use clap::Subcommand;

use super::{Done, Place, Stop};
use crate::view::{At, View};

/// What earlier runs left for later ones
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Cache {
    /// How much is kept, and where
    Stat,
    /// Take all of it away: the next run judges and proves everything anew
    Clear,
}

/// What is kept, by its place in the state folder, and what it is in words.
const KEPT: [(&str, &str); 3] = [
    ("results", "results of gates"),
    ("proofs.json", "proofs of rules"),
    ("database", "data folders of PostgreSQL"),
];

/// Runs it.
pub fn run(place: &Place, cache: Cache) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let Some(state) = view.state() else {
        return Err(Stop::environment("nothing is kept where there is no git repository"));
    };
    let mut out = anstream::stdout().lock();
    for (name, words) in KEPT {
        let path = state.join(name);
        let files = files(&path)?;
        let size_bytes: u64 = files.iter().map(|(_, size_bytes)| size_bytes).sum();
        let count = files.len();
        match cache {
            Cache::Stat => writeln!(out, "{words}: {count} files, {size_bytes} bytes in {path}")?,
            Cache::Clear => {
                if path.is_dir() {
                    std::fs::remove_dir_all(&path)?;
                } else if count > 0 {
                    std::fs::remove_file(&path)?;
                }
                writeln!(out, "{words}: {count} files removed")?;
            }
        }
    }
    Ok(0)
}

/// The files at or below `path`, each with its size.
fn files(path: &Utf8PathBuf) -> std::io::Result<Vec<(Utf8PathBuf, u64)>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path) {
        let entry = entry?;
        let about = entry.metadata()?;
        let file = Utf8PathBuf::from_path_buf(entry.into_path()).ok();
        files.extend(file.filter(|_| about.is_file()).map(|file| (file, about.len())));
    }
    Ok(files)
}
