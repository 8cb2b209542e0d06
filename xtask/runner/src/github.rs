//! What GitHub's REST API says of a commit: its workflow runs, their jobs and
//! artifacts, check runs, refs. Only asks; what the answers mean for a release
//! is for [`crate::green`] to say.
//!
//! Source: GitHub's published REST description, version 2022-11-28. The tests
//! hold every scripted answer against it.

mod archive;
mod headers;
mod http;
#[cfg(feature = "action-pins")]
mod repository;
#[cfg(feature = "https")]
mod tls;
mod wire;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::de::DeserializeOwned;

pub use archive::unpack;
pub use http::{ApiError, Http, Patience, agent, is_loopback};
#[cfg(feature = "action-pins")]
pub use repository::Stands;
#[cfg(test)]
pub use wire::{App, Owner};
pub use wire::{Artifact, CheckRun, Job, WorkflowRun};

use wire::{Artifacts, CheckRuns, Jobs, Page, Reference, Tag, WorkflowRuns};

/// Entries asked for at once; GitHub's most.
const PAGE_ENTRIES: usize = 100;
/// GitHub serves at most 1,000 runs of one search, and says nothing of what it
/// leaves out: the red one, where somebody began so many others after it.
const RUNS_MAX: usize = 1_000;
const PAGES_MAX: usize = 20;
/// An annotated tag can point at another one; nobody means more than this.
const TAG_DEPTH_MAX: usize = 5;

/// A repository on GitHub.
pub struct Github {
    http: Http,
    /// `owner/name`.
    repository: String,
}

impl Github {
    /// `repository` is `owner/name`.
    #[must_use]
    pub fn new(http: Http, repository: String) -> Github {
        Github { http, repository }
    }

    /// Every workflow run whose head is `commit`, of any workflow and event.
    ///
    /// # Errors
    /// GitHub could not be asked, or its answer is no such list.
    pub fn runs(&self, commit: &str) -> Result<Vec<WorkflowRun>, ApiError> {
        let runs = self.all::<WorkflowRuns>("actions/runs", &format!("head_sha={commit}"))?;
        if runs.len() >= RUNS_MAX {
            let text = format!("the commit has {RUNS_MAX} runs or more, and no more can be asked");
            return Err(ApiError::Garbled(text));
        }
        Ok(runs)
    }

    /// The jobs of one attempt of a run.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn jobs(&self, run: &WorkflowRun) -> Result<Vec<Job>, ApiError> {
        let path = format!("actions/runs/{}/attempts/{}/jobs", run.id, run.run_attempt);
        self.all::<Jobs>(&path, "")
    }

    /// The artifacts of a run that have this name, of every attempt.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn artifacts(&self, run: u64, name: &str) -> Result<Vec<Artifact>, ApiError> {
        let path = format!("actions/runs/{run}/artifacts");
        let mut found =
            self.all::<Artifacts>(&path, &format!("name={}", headers::encoded(name)))?;
        found.retain(|artifact| artifact.name == name);
        Ok(found)
    }

    /// The bytes of an artifact as they are stored: an archive.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn download(&self, artifact: &Artifact) -> Result<Vec<u8>, ApiError> {
        self.http.bytes(&self.url(&format!("actions/artifacts/{}/zip", artifact.id)))
    }

    /// The newest check runs of a name on a commit, whoever posted them.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn check_runs(&self, commit: &str, name: &str) -> Result<Vec<CheckRun>, ApiError> {
        let path = format!("commits/{commit}/check-runs");
        let query = format!("filter=latest&check_name={}", headers::encoded(name));
        let mut found = self.all::<CheckRuns>(&path, &query)?;
        found.retain(|check| check.name == name);
        Ok(found)
    }

    /// The commit that a tag or branch (`tags/v1`, `heads/main`) stands for
    /// there; annotated tags are followed. None where it does not exist.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn commit_of(&self, reference: &str) -> Result<Option<String>, ApiError> {
        // git has no such name, and a server takes it for a way up.
        if reference.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Ok(None);
        }
        let url = self.url(&format!("git/ref/{}", headers::encoded_path(reference)));
        let Some(found) = self.http.json_or_missing::<Reference>(&url)? else { return Ok(None) };
        let mut object = found.object;
        for _ in 0..TAG_DEPTH_MAX {
            if object.kind != "tag" {
                return Ok(Some(object.sha));
            }
            let url = self.url(&format!("git/tags/{}", headers::encoded(&object.sha)));
            object = self.http.json::<Tag>(&url)?.object;
        }
        Err(ApiError::Garbled(format!("'{reference}' is a tag of a tag of a tag, without end")))
    }

    /// Waits between two looks.
    ///
    /// # Errors
    /// Interrupted.
    pub fn wait(&self, time: Duration) -> Result<(), ApiError> {
        self.http.sleep(time)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/repos/{}/{path}", self.http.base(), self.repository)
    }

    /// Every entry of a list, page after page. What GitHub's `Link` says comes
    /// next is followed; where it says nothing, the count decides: a list that
    /// is cut short could hide the red run.
    fn all<P: Page + DeserializeOwned>(
        &self,
        path: &str,
        query: &str,
    ) -> Result<Vec<P::Entry>, ApiError> {
        let and = if query.is_empty() { "" } else { "&" };
        let first = format!("{}?{query}{and}per_page={PAGE_ENTRIES}", self.url(path));
        let mut next = Some(first.clone());
        let mut entries = Vec::new();
        let mut seen = BTreeSet::new();
        let mut pages = 0;
        while let Some(url) = next {
            if pages == PAGES_MAX {
                let text = format!("'{path}' has more than {PAGES_MAX} pages");
                return Err(ApiError::Garbled(text));
            }
            let (page, link) = self.http.page::<P>(&url)?;
            pages += 1;
            let (total, mut found) = page.parts();
            // What a new entry moved on to this page was on the one before.
            found.retain(|entry| seen.insert(P::id(entry)));
            let is_empty = found.is_empty();
            entries.append(&mut found);
            let lacks = entries.len() < total;
            next = match link {
                Some(link) => Some(link),
                None if lacks && !is_empty => Some(format!("{first}&page={}", pages + 1)),
                None if lacks => {
                    let have = entries.len();
                    let text = format!("'{path}' holds {have} entries and says {total}");
                    return Err(ApiError::Garbled(text));
                }
                None => None,
            };
        }
        Ok(entries)
    }
}
