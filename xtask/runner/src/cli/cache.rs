//! `cache`: what earlier runs left for later ones.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
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

/// What is kept, by how its name in the state folder begins, and what it is in words.
const KEPT: [(&str, &str); 5] = [
    ("results", "results of gates"),
    ("proofs", "proofs of rules"),
    ("seen-", "notes on blobs of the history"),
    ("database", "data folders of PostgreSQL"),
    ("build", "what builds of the core keep"),
];

/// Runs it.
pub fn run(place: &Place, cache: Cache) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let Some(state) = view.state() else {
        return Err(Stop::environment("nothing is kept where there is no git repository"));
    };
    let mut out = anstream::stdout().lock();
    for (name, words) in KEPT {
        let places = places(&state, name)?;
        let mut kept = Vec::new();
        for place in &places {
            kept.extend(files(place)?);
        }
        let size_bytes: u64 = kept.iter().map(|(_, size_bytes)| size_bytes).sum();
        let count = kept.len();
        match cache {
            Cache::Stat => {
                let path = state.join(name);
                writeln!(out, "{words}: {count} files, {size_bytes} bytes in {path}")?;
            }
            Cache::Clear => {
                for place in &places {
                    if place.is_dir() {
                        std::fs::remove_dir_all(place)?;
                    } else {
                        std::fs::remove_file(place)?;
                    }
                }
                writeln!(out, "{words}: {count} files removed")?;
            }
        }
    }
    Ok(0)
}

/// What is there of that name, or of names that begin so where it ends in `-`.
fn places(state: &Utf8Path, name: &str) -> std::io::Result<Vec<Utf8PathBuf>> {
    if !state.is_dir() {
        return Ok(Vec::new());
    }
    let mut places = Vec::new();
    for entry in state.read_dir_utf8()? {
        let entry = entry?;
        let found = entry.file_name();
        if found == name || (name.ends_with('-') && found.starts_with(name)) {
            places.push(entry.into_path());
        }
    }
    Ok(places)
}

/// The files at or below `path`, each with its size.
fn files(path: &Utf8PathBuf) -> std::io::Result<Vec<(Utf8PathBuf, u64)>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path) {
        let entry = entry?;
        let about = entry.metadata()?;
        let file = Utf8PathBuf::from_path_buf(entry.into_path()).ok();
        files.extend(file.filter(|_| about.is_file()).map(|file| (file, about.len())));
    }
    Ok(files)
}
