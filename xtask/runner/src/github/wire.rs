//! GitHub's answers, as far as they are looked at.

use serde::Deserialize;

/// A page of a list.
pub trait Page {
    /// What it lists.
    type Entry;
    /// How many there are in all, and those of this page.
    fn parts(self) -> (usize, Vec<Self::Entry>);
    /// What tells an entry from every other.
    fn id(entry: &Self::Entry) -> u64;
}

macro_rules! page {
    ($name:ident, $field:ident, $entry:ty) => {
        #[derive(Deserialize)]
        pub struct $name {
            total_count: usize,
            $field: Vec<$entry>,
        }

        impl Page for $name {
            type Entry = $entry;
            fn parts(self) -> (usize, Vec<$entry>) {
                (self.total_count, self.$field)
            }
            fn id(entry: &$entry) -> u64 {
                entry.id
            }
        }
    };
}

page!(WorkflowRuns, workflow_runs, WorkflowRun);
page!(Artifacts, artifacts, Artifact);
page!(Jobs, jobs, Job);
page!(CheckRuns, check_runs, CheckRun);

/// A run of a workflow, as its newest attempt left it.
#[derive(Clone, Debug, Deserialize)]
pub struct WorkflowRun {
    /// Its id, the same for every attempt.
    pub id: u64,
    /// The workflow file: `.github/workflows/ci.yml`, on some answers with
    /// `owner/name/` before it and `@ref` behind it.
    pub path: String,
    /// What set it off.
    pub event: String,
    /// `completed`, or where it stands.
    pub status: Option<String>,
    /// How it ended.
    pub conclusion: Option<String>,
    /// The commit that the workflow file was read from.
    pub head_sha: String,
    /// From 1.
    #[serde(default = "first")]
    pub run_attempt: u64,
    /// Where the commit came from; none once that repository is deleted.
    pub head_repository: Option<Owner>,
    /// For people.
    #[serde(default)]
    pub html_url: String,
}

fn first() -> u64 {
    1
}

/// A repository's name.
#[derive(Clone, Debug, Deserialize)]
pub struct Owner {
    /// `owner/name`.
    pub full_name: String,
}

/// A job of one attempt.
#[derive(Clone, Debug, Deserialize)]
pub struct Job {
    /// Its id, another one for each attempt.
    pub id: u64,
    /// As the run's page shows it.
    pub name: String,
    /// `completed`, or where it stands.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
}

/// An uploaded artifact.
#[derive(Clone, Debug, Deserialize)]
pub struct Artifact {
    /// Grows: a later attempt's is larger.
    pub id: u64,
    /// As it was uploaded.
    pub name: String,
    /// Whether its bytes are gone.
    pub expired: bool,
    /// `sha256:…` of the stored bytes; none for old uploads.
    pub digest: Option<String>,
    /// The run it belongs to.
    pub workflow_run: Option<ArtifactRun>,
}

/// The run of an artifact.
#[derive(Clone, Debug, Deserialize)]
pub struct ArtifactRun {
    /// Its id.
    pub id: Option<u64>,
    /// Its head.
    pub head_sha: Option<String>,
}

/// A check that an app posted on a commit.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckRun {
    /// Its id.
    pub id: u64,
    /// What the app calls it: anything.
    pub name: String,
    /// `completed`, or where it stands.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Who posted it.
    pub app: Option<App>,
}

/// A GitHub app.
#[derive(Clone, Debug, Deserialize)]
pub struct App {
    /// Its name in addresses: `github-actions`.
    pub slug: Option<String>,
}

/// `git/ref/…`.
#[derive(Deserialize)]
pub struct Reference {
    pub object: Object,
}

/// `git/tags/…`.
#[derive(Deserialize)]
pub struct Tag {
    pub object: Object,
}

/// What a ref or tag points at.
#[derive(Clone, Debug, Deserialize)]
pub struct Object {
    /// Its id.
    pub sha: String,
    /// `commit`, `tag`, …
    #[serde(rename = "type")]
    pub kind: String,
}
