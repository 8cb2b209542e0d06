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

/// Whether what runs here may be a stranger's: a fork's change, or one of which
/// nobody can tell whose it is.
#[must_use]
pub fn is_of_fork() -> bool {
    if is_github() {
        let event = variable("GITHUB_EVENT_NAME").unwrap_or_default();
        let payload = variable("GITHUB_EVENT_PATH").and_then(|path| std::fs::read(path).ok());
        let own = variable("GITHUB_REPOSITORY");
        return is_strange(&event, payload.as_deref(), own.as_deref());
    }
    if is_gitlab() {
        let source = variable("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH");
        return source.is_some() && source != variable("CI_PROJECT_PATH");
    }
    is_ci()
}

/// Sources: GitHub's "Events that trigger workflows" and "Webhook events and
/// payloads", `pull_request`.
fn is_strange(event: &str, payload: Option<&[u8]>, own: Option<&str>) -> bool {
    match event {
        "push" | "merge_group" | "schedule" | "workflow_dispatch" | "release" => false,
        "pull_request" => {
            let payload: Option<serde_json::Value> =
                payload.and_then(|text| serde_json::from_slice(text).ok());
            let head = payload
                .as_ref()
                .and_then(|payload| payload.pointer("/pull_request/head/repo/full_name")?.as_str());
            head.is_none() || head != own
        }
        _ => true,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forks_change_is_told_from_our_own() {
        let of = |name: &str| {
            serde_json::to_vec(&serde_json::json!({
                "pull_request": { "head": { "repo": { "full_name": name } } }
            }))
            .unwrap()
        };
        let own = Some("a/b");
        assert!(!is_strange("push", None, own));
        assert!(!is_strange("pull_request", Some(&of("a/b")), own));
        assert!(is_strange("pull_request", Some(&of("c/b")), own));
        // A head whose repository is gone, a payload that is none, no payload.
        assert!(is_strange("pull_request", Some(b"{\"pull_request\":{}}"), own));
        assert!(is_strange("pull_request", Some(b"no"), own));
        assert!(is_strange("pull_request", None, None));
        // These run our workflow over what a fork may have sent.
        for event in ["pull_request_target", "workflow_run", "issue_comment", ""] {
            assert!(is_strange(event, None, own), "{event}");
        }
    }
}
