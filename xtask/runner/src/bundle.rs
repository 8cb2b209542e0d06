//! One archive for an auditor, the same bytes for the same files: names in
//! order, no compression (another library's would differ), no clock, no owner.
//! It begins with an index of what is in it, each with its digest.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::receipt::sha256;

/// The index's name; it comes first.
pub const INDEX: &str = "index.json";
/// `schema` of the index.
const SCHEMA: u32 = 1;

/// What is put together.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    commit: String,
    tree: String,
    files: BTreeMap<String, File>,
}

#[derive(Clone, Debug)]
struct File {
    what: &'static str,
    bytes: Vec<u8>,
}

#[derive(Serialize)]
struct Index<'b> {
    schema: u32,
    commit: &'b str,
    tree: &'b str,
    files: Vec<Entry<'b>>,
}

#[derive(Serialize)]
struct Entry<'b> {
    path: &'b str,
    what: &'static str,
    size: usize,
    sha256: String,
}

impl Bundle {
    /// An empty one about a commit.
    #[must_use]
    pub fn new(commit: String, tree: String) -> Bundle {
        Bundle { commit, tree, files: BTreeMap::new() }
    }

    /// Puts a file in. `what` says in words what it is.
    ///
    /// # Errors
    /// The name is taken by other bytes, or leads out of the archive.
    pub fn add(
        &mut self,
        path: impl Into<String>,
        what: &'static str,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<(), String> {
        let (path, bytes) = (path.into(), bytes.into());
        // Whoever unpacks it must find every file below one folder.
        if path.split('/').any(|part| ["", ".", ".."].contains(&part)) || path.contains('\\') {
            return Err(format!("'{path}' would lie outside the archive"));
        }
        match self.files.get(&path) {
            Some(file) if file.bytes != bytes => Err(format!("two files are called '{path}'")),
            _ => {
                self.files.insert(path, File { what, bytes });
                Ok(())
            }
        }
    }

    /// Files put in so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// The archive.
    ///
    /// # Errors
    /// It would be larger than the format takes.
    pub fn archive(&self) -> Result<Vec<u8>, String> {
        let files = self.files.iter().map(|(path, file)| Entry {
            path,
            what: file.what,
            size: file.bytes.len(),
            sha256: sha256(&file.bytes),
        });
        let index = Index {
            schema: SCHEMA,
            commit: &self.commit,
            tree: &self.tree,
            files: files.collect(),
        };
        let mut text = serde_json::to_string_pretty(&index).map_err(|error| error.to_string())?;
        text.push('\n');
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let own = [(INDEX, text.as_bytes())];
        let files = self.files.iter().map(|(path, file)| (path.as_str(), file.bytes.as_slice()));
        for (path, bytes) in own.into_iter().chain(files) {
            writer.start_file(path, options).map_err(|error| error.to_string())?;
            writer.write_all(bytes).map_err(|error| error.to_string())?;
        }
        let archive = writer.finish().map_err(|error| error.to_string())?;
        Ok(archive.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::Bundle;

    fn bundle(files: &[(&str, &str)]) -> Bundle {
        let mut bundle = Bundle::new("c".into(), "t".into());
        for (path, text) in files {
            bundle.add(*path, "a file", *text).unwrap();
        }
        bundle
    }

    #[test]
    fn the_same_files_are_the_same_bytes_in_whatever_order_they_came() {
        let one = bundle(&[("a", "1"), ("b", "2")]).archive().unwrap();
        assert_eq!(one, bundle(&[("b", "2"), ("a", "1")]).archive().unwrap());
        assert_ne!(one, bundle(&[("a", "1"), ("b", "3")]).archive().unwrap());
        assert!(one.windows(10).any(|bytes| bytes == b"index.json"));
    }

    #[test]
    fn a_name_stands_for_one_file() {
        let mut bundle = bundle(&[("a", "1")]);
        assert!(bundle.add("a", "again", "1").is_ok());
        assert!(bundle.add("a", "another", "2").unwrap_err().contains("two files"));
        for path in ["../a", "a/../../b", "/etc/a", "a//b", "a\\b", ""] {
            assert!(bundle.add(path, "astray", "1").unwrap_err().contains("outside"), "{path}");
        }
    }
}
