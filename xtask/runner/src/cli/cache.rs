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
const KEPT: [(&str, &str); 2] =
    [("results", "results of gates"), ("proofs.json", "proofs of rules")];

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
                for (file, _) in files {
                    std::fs::remove_file(file)?;
                }
                writeln!(out, "{words}: {count} files removed")?;
            }
        }
    }
    Ok(0)
}

/// The files at or right below `path`, each with its size.
fn files(path: &Utf8PathBuf) -> std::io::Result<Vec<(Utf8PathBuf, u64)>> {
    let about = match std::fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    if !about.is_dir() {
        return Ok(vec![(path.clone(), about.len())]);
    }
    let mut files = Vec::new();
    for entry in path.read_dir_utf8()? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_file() {
            files.push((entry.into_path(), about.len()));
        }
    }
    Ok(files)
}
