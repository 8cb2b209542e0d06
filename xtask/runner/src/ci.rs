//! Where a CI provider says it runs, from its documented environment.
//!
//! Source: GitHub's "Variables reference", default environment variables.

use crate::receipt::Ci;

/// Whether this is a step of GitHub Actions.
#[must_use]
pub fn is_github() -> bool {
    variable("GITHUB_ACTIONS").as_deref() == Some("true")
}

/// Whether this is CI at all.
#[must_use]
pub fn is_ci() -> bool {
    is_github() || variable("CI").is_some_and(|ci| ci != "false" && ci != "0")
}

/// The event, `local` outside CI.
#[must_use]
pub fn event() -> String {
    let event = if is_github() { variable("GITHUB_EVENT_NAME") } else { None };
    event.unwrap_or_else(|| if is_ci() { "ci".to_owned() } else { "local".to_owned() })
}

/// The run, for the receipt.
#[must_use]
pub fn run() -> Option<Ci> {
    if !is_github() {
        return None;
    }
    let url = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", variable("GITHUB_RUN_ID")?))
    };
    Some(Ci {
        provider: "github".to_owned(),
        repository: variable("GITHUB_REPOSITORY"),
        run_id: variable("GITHUB_RUN_ID"),
        run_attempt: variable("GITHUB_RUN_ATTEMPT"),
        event: variable("GITHUB_EVENT_NAME"),
        workflow_ref: variable("GITHUB_WORKFLOW_REF"),
        sha: variable("GITHUB_SHA"),
        url: url(),
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
