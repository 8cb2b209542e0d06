//! Secrets in the names of files. Such a name cannot be told as it is.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Finding, ObjectId};

use crate::SecretScan;
use crate::engine::Hit;
use crate::report;
use crate::rules::Spec;

impl SecretScan {
    /// What stands in `path` itself. A value without a format of its own says
    /// nothing in a name.
    fn in_name(&self, path: &Utf8Path) -> Vec<(&Spec, Hit)> {
        let whole = path.as_str().to_owned();
        // A token ends where the ending of the name begins.
        let parted = whole.replace('.', " ");
        let mut hits = self.scanner.scan(whole.as_bytes(), false);
        if parted != whole {
            let more = self.scanner.scan(parted.as_bytes(), false);
            let is_new = |hit: &Hit| !hits.iter().any(|it| it.secret.start == hit.secret.start);
            let more: Vec<Hit> = more.into_iter().filter(is_new).collect();
            hits.extend(more);
        }
        hits.sort_by_key(|hit| hit.secret.start);
        let told = hits.into_iter();
        let told = told.filter_map(|hit| Some((self.scanner.specs().get(hit.rule)?, hit)));
        told.filter(|(spec, _)| !spec.yields).collect()
    }

    /// Whether the path holds a secret, allowed or not.
    pub(crate) fn names_a_secret(&self, path: &Utf8Path) -> bool {
        !self.in_name(path).is_empty()
    }

    /// The findings in a path that `commit` brought.
    pub(crate) fn name_findings(&self, path: &Utf8Path, commit: Option<&ObjectId>) -> Vec<Finding> {
        let text = path.as_str().as_bytes();
        let told = self
            .in_name(path)
            .into_iter()
            .filter(|(spec, hit)| !self.exemptions.cover(spec, text, hit, path.as_str(), commit));
        told.map(|(spec, _)| report::name_finding(spec, report::at(&self.shown(path), commit)))
            .collect()
    }

    /// The path as it may be told.
    pub(crate) fn shown(&self, path: &Utf8Path) -> Utf8PathBuf {
        let mut secrets: Vec<Range<usize>> = Vec::new();
        for (_, hit) in self.in_name(path) {
            match secrets.last_mut() {
                Some(last) if hit.secret.start <= last.end => {
                    last.end = last.end.max(hit.secret.end);
                }
                _ => secrets.push(hit.secret),
            }
        }
        // As bytes: a secret may end inside a character.
        let mut shown = path.as_str().as_bytes().to_vec();
        for secret in secrets.into_iter().rev() {
            shown.splice(secret, *b"***");
        }
        String::from_utf8_lossy(&shown).into_owned().into()
    }
}
