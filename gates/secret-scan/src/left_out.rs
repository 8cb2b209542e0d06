//! What the receipt says of things that were not looked at, and of exceptions
//! that except nothing.

use kernel::{Checked, EntryKind, Evidence, Fact};

use crate::SecretScan;
use crate::config::HistoryOption;
use crate::report::Left;

/// More of one kind are counted, not listed.
const LISTED_MAX: usize = 50;

impl SecretScan {
    /// Names the files that are only pointers, the submodules, and, where
    /// everything was looked at, the known findings that are no more.
    pub(crate) fn tell_what_was_left_out(&self, evidence: &Evidence<'_>, checked: &mut Checked) {
        let mut tell = |name: &str, mut all: Vec<String>| {
            if all.is_empty() {
                return;
            }
            if all.len() > LISTED_MAX {
                let more = all.len() - LISTED_MAX;
                all.truncate(LISTED_MAX);
                all.push(format!("and {more} more"));
            }
            checked.facts.insert(name.to_owned(), Fact::List(all));
        };
        let pointers =
            evidence.remarks.iter().filter(|remark| Left::of(remark) == Some(Left::Pointer));
        let shown = |path: &camino::Utf8Path| self.shown(path).to_string();
        tell("lfs_pointers_not_scanned", pointers.map(|it| shown(&it.at.path)).collect());
        let all = evidence.head.list(&self.files);
        let submodules = all.iter().filter(|entry| entry.kind == EntryKind::Submodule);
        tell("submodules_not_scanned", submodules.map(|it| shown(&it.path)).collect());
        // In a part of the history, what is not there may be elsewhere.
        if self.history == HistoryOption::Full && !self.exemptions.known().is_empty() {
            let (ignored, baseline) = self.exemptions.known().unmet();
            tell("ignore_entries_unused", ignored);
            tell("baseline_entries_unused", baseline);
        }
    }
}
