//! One receipt, asked everything that the commit and the policy ask of it.

use jiff::Timestamp;

use super::Stop;
use super::policy_file::PolicyFile;
use crate::config::Config;
use crate::github::WorkflowRun;
use crate::green;
use crate::receipt::Receipt;
use crate::trust::{self, Distrust};
use crate::view::View;

/// What is asked: whether this commit may be released from this repository.
pub struct Question<'q> {
    /// The commit.
    pub view: &'q View,
    /// Its own ci.toml.
    pub config: &'q Config,
    /// What the release asks for.
    pub policy: &'q PolicyFile,
    /// `owner/name`.
    pub repository: &'q str,
}

impl Question<'_> {
    /// The commit's id.
    pub fn commit(&self) -> String {
        self.view.head()
    }

    /// Every reason for which a receipt, or the envelope around it, does not
    /// prove the commit. `run` is the CI run whose artifact it was.
    pub fn reasons(
        &self,
        bytes: &[u8],
        signature: Option<&[u8]>,
        run: Option<&WorkflowRun>,
    ) -> Result<Vec<Distrust>, Stop> {
        let now = Timestamp::now();
        let (bytes, signed) = match self.policy.signed(bytes, signature, now)? {
            Ok(signed) => signed,
            Err(reason) => return Ok(vec![reason]),
        };
        let expected = crate::cli::receipt::expected(self.view, self.config)?;
        let mut reasons = trust::reasons(&bytes, &expected);
        // What does not read as a receipt has been refused above.
        let Ok(receipt) = serde_json::from_slice::<Receipt>(&bytes) else { return Ok(reasons) };
        let predicate = &receipt.predicate;
        let policy = &self.policy.policy;
        let is_signed = signed.is_some();
        let asked = green::reasons(predicate, policy, self.repository, self.config, now, is_signed);
        let of_run = run.map(|run| green::run_reasons(predicate, run)).unwrap_or_default();
        reasons.extend(asked.into_iter().chain(of_run));
        Ok(reasons)
    }
}
