//! Secrets in the names of files.

use std::ops::Range;

use super::{Hit, Scanner};

impl Scanner {
    /// What stands in `path` itself. A value without a format of its own says
    /// nothing in a name.
    pub fn in_name(&self, path: &str) -> Vec<Hit> {
        // A token ends where the ending of the name begins.
        let parted = path.replace('.', " ");
        let mut hits = self.scan(path.as_bytes(), false);
        if parted != path {
            let more = self.scan(parted.as_bytes(), false);
            let is_new = |hit: &Hit| !hits.iter().any(|it| it.secret.start == hit.secret.start);
            let more: Vec<Hit> = more.into_iter().filter(is_new).collect();
            hits.extend(more);
        }
        hits.sort_by_key(|hit| hit.secret.start);
        hits.retain(|hit| self.specs.get(hit.rule).is_some_and(|spec| !spec.yields));
        hits
    }

    /// The path as it may be told.
    pub fn masked(&self, path: &str) -> String {
        let mut secrets: Vec<Range<usize>> = Vec::new();
        for hit in self.in_name(path) {
            match secrets.last_mut() {
                Some(last) if hit.secret.start <= last.end => {
                    last.end = last.end.max(hit.secret.end);
                }
                _ => secrets.push(hit.secret),
            }
        }
        // As bytes: a secret may end inside a character.
        let mut shown = path.as_bytes().to_vec();
        for secret in secrets.into_iter().rev() {
            shown.splice(secret, *b"***");
        }
        String::from_utf8_lossy(&shown).into_owned()
    }
}
