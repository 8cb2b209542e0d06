//! Findings in the names of files. Such a name cannot be told as it is.

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Finding, ObjectId};

use crate::SecretScan;
use crate::engine::text::Page;
use crate::report;

impl SecretScan {
    /// Whether the path holds a secret, allowed or not.
    pub(crate) fn names_a_secret(&self, path: &Utf8Path) -> bool {
        !self.scanner.in_name(path.as_str()).is_empty()
    }

    /// The findings in a path that `commit` brought.
    pub(crate) fn name_findings(&self, path: &Utf8Path, commit: Option<&ObjectId>) -> Vec<Finding> {
        let page = Page::of(path.as_str().as_bytes());
        let mut found = Vec::new();
        for hit in self.scanner.in_name(path.as_str()) {
            let Some(spec) = self.scanner.specs().get(hit.rule) else { continue };
            if !self.exemptions.cover(spec, &page, &hit, path.as_str(), commit) {
                found.push(report::name_finding(spec, report::at(&self.shown(path), commit)));
            }
        }
        found
    }

    /// The path as it may be told.
    pub(crate) fn shown(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.scanner.masked(path.as_str()).into()
    }
}
