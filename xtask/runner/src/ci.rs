//! Where a CI provider says it runs, from its documented environment.
//!
//! Sources: GitHub's "Variables reference", default environment variables;
//! GitLab's "Predefined CI/CD variables reference".

use crate::receipt::Ci;

/// Whether this is a step of GitHub Actions.
#[must_use]
pub fn is_github() -> bool {
    variable("GITHUB_ACTIONS").as_deref() == Some("true")
}

/// Whether this is a job of GitLab CI.
fn is_gitlab() -> bool {
    variable("GITLAB_CI").as_deref() == Some("true")
}

/// Whether this is CI at all.
#[must_use]
pub fn is_ci() -> bool {
    is_github() || is_gitlab() || variable("CI").is_some_and(|ci| ci != "false" && ci != "0")
}

/// The event, `local` outside CI.
#[must_use]
pub fn event() -> String {
    let event = if is_github() {
        variable("GITHUB_EVENT_NAME")
    } else if is_gitlab() {
        variable("CI_PIPELINE_SOURCE")
    } else {
        None
    };
    event.unwrap_or_else(|| if is_ci() { "ci".to_owned() } else { "local".to_owned() })
}

/// The run, for the receipt.
#[must_use]
pub fn run() -> Option<Ci> {
    if is_github() { Some(github()) } else { is_gitlab().then(gitlab) }
}

fn github() -> Ci {
    let url = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", variable("GITHUB_RUN_ID")?))
    };
    Ci {
        provider: "github".to_owned(),
        repository: variable("GITHUB_REPOSITORY"),
        run_id: variable("GITHUB_RUN_ID"),
        run_attempt: variable("GITHUB_RUN_ATTEMPT"),
        event: variable("GITHUB_EVENT_NAME"),
        workflow_ref: variable("GITHUB_WORKFLOW_REF"),
        sha: variable("GITHUB_SHA"),
        url: url(),
    }
}

fn gitlab() -> Ci {
    Ci {
        provider: "gitlab".to_owned(),
        repository: variable("CI_PROJECT_PATH"),
        run_id: variable("CI_PIPELINE_ID"),
        // A job that is run again is another job of the same pipeline.
        run_attempt: variable("CI_JOB_ID"),
        event: variable("CI_PIPELINE_SOURCE"),
        // A pipeline is put together from many files; none speaks for it.
        workflow_ref: None,
        sha: variable("CI_COMMIT_SHA"),
        url: variable("CI_PIPELINE_URL"),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
