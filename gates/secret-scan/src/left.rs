//! What the files of the tree left for the whole: most of them stand in the
//! history as they are and were judged there.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use camino::Utf8Path;
use kernel::{Checked, Evidence, Finding, GateError, ObjectId, ReadError};

use crate::SecretScan;
use crate::engine::text::ready;
use crate::report::Left;

impl SecretScan {
    /// Judges the files that the history did not judge. `suspects` are the names of
    /// the blobs whose hits it gave to commits.
    pub(crate) fn judge_what_was_left(
        &self,
        evidence: &Evidence<'_>,
        suspects: &BTreeSet<String>,
        checked: &mut Checked,
    ) -> Result<(), GateError> {
        let mut rest = Vec::new();
        for remark in evidence.remarks {
            let (path, id) = (&remark.at.path, ObjectId::new(&remark.says));
            let is_held = || evidence.history.is_some_and(|history| history.holds(&id, path));
            let is_suspect = || suspects.contains(&remark.says);
            match Left::of(remark) {
                Some(Left::Text) if !is_held() => rest.push((path, id)),
                Some(Left::Hits) if !is_suspect() => rest.push((path, id)),
                Some(Left::Name) if !is_suspect() => {
                    checked.findings.extend(self.name_findings(path, None));
                }
                _ => {}
            }
        }
        let told: Vec<OnceLock<Result<Vec<Finding>, GateError>>> =
            rest.iter().map(|_| OnceLock::new()).collect();
        let judge = |at: usize| {
            if let (Some((path, _)), Some(slot)) = (rest.get(at), told.get(at)) {
                let _only_this_thread = slot.set(self.judge_file(evidence, path));
            }
        };
        match evidence.history {
            Some(history) => {
                let ids: Vec<&ObjectId> = rest.iter().map(|(_, id)| id).collect();
                history.spread(&ids, &judge);
            }
            None => (0..rest.len()).for_each(judge),
        }
        for told in told.into_iter().filter_map(OnceLock::into_inner) {
            checked.findings.extend(told?);
        }
        Ok(())
    }

    fn judge_file(
        &self,
        evidence: &Evidence<'_>,
        path: &Utf8Path,
    ) -> Result<Vec<Finding>, GateError> {
        let file = match evidence.head.read(path) {
            Ok(file) => file,
            Err(error) => {
                if error == ReadError::Stopped {
                    evidence.pulse.check()?;
                }
                return Err(kernel::unread(path, &error));
            }
        };
        let (text, is_binary) = ready(file.bytes());
        Ok(self.findings_in(path, &text, self.scanner.scan(&text, is_binary)))
    }
}
