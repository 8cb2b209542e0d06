//! A folder of receipts, read for the page that shows them over time.

use std::io::Write;

use camino::Utf8Path;
use walkdir::WalkDir;

use super::Stop;
use crate::receipt::{Receipt, SIZE_BYTES_MAX};
use crate::report::format::Format;
use crate::report::html::{Entry, write_folder};

/// Artifacts of CI runs are unpacked into a folder each; no deeper.
const DEPTH_MAX: usize = 3;
/// More are not a folder of receipts.
const FILES_MAX: usize = 5_000;

/// Writes the page of the folder `dir`.
pub fn write(dir: &Utf8Path, format: Format, out: &mut impl Write) -> Result<(), Stop> {
    if format != Format::Html {
        return Err(Stop::usage(format!("'{dir}' is a folder, and only html shows one"))
            .hint("name a receipt in it, or ask for html"));
    }
    let entries = entries(dir)?;
    if entries.is_empty() {
        return Err(Stop::usage(format!("'{dir}' has no file")));
    }
    Ok(write_folder(&entries, out)?)
}

/// Every file below `dir`: what is no receipt is told, not passed over.
fn entries(dir: &Utf8Path) -> Result<Vec<Entry>, Stop> {
    let mut entries = Vec::new();
    for found in WalkDir::new(dir).max_depth(DEPTH_MAX).sort_by_file_name() {
        let unread = |name: String, reason: String| Entry { name, content: Err(reason) };
        let entry = match &found {
            Err(error) => {
                let path = error.path().map(|path| path.to_string_lossy().into_owned());
                unread(path.unwrap_or_default(), "could not be read".to_owned())
            }
            Ok(found) => {
                let path = found.path().strip_prefix(dir).unwrap_or(found.path());
                let name = path.to_string_lossy().into_owned();
                let kind = found.file_type();
                match found.metadata() {
                    _ if kind.is_dir() && found.depth() < DEPTH_MAX => continue,
                    _ if is_signature(found.path()) => continue,
                    _ if kind.is_dir() => {
                        unread(name, format!("folders are read {DEPTH_MAX} deep"))
                    }
                    Ok(_) if !kind.is_file() => unread(name, "no regular file".to_owned()),
                    Ok(about) if about.len() > SIZE_BYTES_MAX as u64 => {
                        let text = format!("larger than a receipt can be, {} bytes", about.len());
                        unread(name, text)
                    }
                    Ok(_) => Entry { name, content: read(found.path()) },
                    Err(error) => unread(name, error.to_string()),
                }
            }
        };
        entries.push(entry);
        if entries.len() > FILES_MAX {
            return Err(Stop::usage(format!("'{dir}' has more than {FILES_MAX} files"))
                .hint("name a folder that holds receipts and nothing else"));
        }
    }
    Ok(entries)
}

/// Of a file that is there and told of.
fn is_signature(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sig")
        && path.with_extension("").is_file()
}

fn read(path: &std::path::Path) -> Result<Box<Receipt>, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("could not be read: {error}"))?;
    let bytes = crate::sign::unwrapped(&bytes).map_err(|reason| reason.text)?;
    serde_json::from_slice(&bytes).map_err(|error| format!("no receipt of version 1: {error}"))
}
