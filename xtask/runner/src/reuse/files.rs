//! What a gate came to file by file: a change of one file judges one file.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Checked, Entry, Tree};
use serde::{Deserialize, Serialize};

use super::inputs::name;
use super::{Context, Results, file_name};
use crate::ready::Ready;
use crate::repo::atomic_write;
use crate::waiver::Comment;

/// More than this as text is quicker judged again than read.
const SIZE_BYTES_MAX: usize = 32 << 20;

/// One gate's results by path: those of earlier runs, and those of this one.
#[derive(Debug, Default)]
pub struct FileResults {
    earlier: HashMap<String, FileResult>,
    fresh: Mutex<Vec<(String, FileResult)>>,
    taken: Mutex<Vec<String>>,
}

/// What one file came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct FileResult {
    /// Kind and blob.
    name: String,
    checked: Checked,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    comments: Vec<Comment>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    context: Context,
    files: Vec<(String, FileResult)>,
}

impl Results<'_> {
    /// What earlier runs came to in the files of `ready`; none where nothing is
    /// kept or taken.
    #[must_use]
    pub fn files(&self, ready: &Ready) -> Option<FileResults> {
        let dir = self.dir.as_ref().filter(|_| !ready.wants.files.is_empty())?;
        let bytes = std::fs::read(dir.join(name_of(ready))).unwrap_or_default();
        let stored: Option<Stored> = serde_json::from_slice(&bytes).ok();
        // A file is judged by itself: neither base nor history bears on it.
        let stored = stored
            .filter(|it| self.program().is_some_and(|p| it.context == Context::of(p, ready, "")));
        let earlier = stored.map(|it| it.files.into_iter().collect()).unwrap_or_default();
        Some(FileResults { earlier, ..FileResults::default() })
    }

    /// Keeps them for later runs, with the waiver comments of each file.
    pub fn keep_files(
        &self,
        ready: &Ready,
        files: FileResults,
        comments: &BTreeMap<Utf8PathBuf, Vec<Comment>>,
    ) {
        let Some(dir) = &self.dir else { return };
        let FileResults { mut earlier, fresh, taken } = files;
        let mut fresh = fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
        let taken = taken.into_inner().unwrap_or_else(PoisonError::into_inner);
        if fresh.is_empty() || std::fs::create_dir_all(dir).is_err() {
            return;
        }
        for (path, result) in &mut fresh {
            result.comments = comments.get(Utf8Path::new(path)).cloned().unwrap_or_default();
        }
        // Files that are gone are forgotten.
        let still = taken.into_iter().filter_map(|path| earlier.remove_entry(&path));
        let Some(program) = self.program() else { return };
        let context = Context::of(program, ready, "");
        let stored = Stored { context, files: still.chain(fresh).collect() };
        let text = serde_json::to_vec(&stored).ok().filter(|text| text.len() <= SIZE_BYTES_MAX);
        let _kept = text.is_some_and(|text| atomic_write(&dir.join(name_of(ready)), &text).is_ok());
    }
}

impl FileResults {
    /// What `entry` came to before, with its waiver comments. `tree` is the
    /// gate's: its trace shows the file as read.
    #[must_use]
    pub fn of(&self, entry: &Entry, tree: &Tree) -> Option<(Checked, Vec<Comment>)> {
        let earlier = self.earlier.get(entry.path.as_str())?;
        if entry.id.is_none() || earlier.name != name(entry) {
            return None;
        }
        tree.note_read(entry);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push(entry.path.to_string());
        Some((earlier.checked.clone(), earlier.comments.clone()))
    }

    /// Notes what a file came to. A finding that hides its line is not kept.
    pub fn note(&self, entry: &Entry, checked: &Checked) {
        let is_hidden = checked.findings.iter().any(|finding| !finding.show_source);
        if entry.id.is_none() || is_hidden {
            return;
        }
        let result =
            FileResult { name: name(entry), checked: checked.clone(), comments: Vec::new() };
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        fresh.push((entry.path.to_string(), result));
    }

    /// Whether any of this run's results is an earlier one's.
    #[must_use]
    pub fn has_taken(&self) -> bool {
        !self.taken.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

fn name_of(ready: &Ready) -> String {
    format!("{}.files", file_name(&ready.name).trim_end_matches(".json"))
}
