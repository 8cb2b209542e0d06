//! Names of CI events, as ci.toml and a release's policy list them. A gate that
//! waits for an event which never comes is never judged, so a name that is
//! nearly a known one is refused; one that is like none may be newer than this.

use serde::{Deserialize, Deserializer};

use super::suggest::did_you_mean;

/// What a run outside CI, or under a provider we do not know, is called here.
const OURS: [&str; 2] = ["local", "ci"];
/// GitHub's: those of the published workflow schema, and `schedule`.
const GITHUB: [&str; 34] = [
    "branch_protection_rule",
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "issue_comment",
    "issues",
    "label",
    "merge_group",
    "milestone",
    "page_build",
    "project",
    "project_card",
    "project_column",
    "public",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_target",
    "push",
    "registry_package",
    "release",
    "repository_dispatch",
    "schedule",
    "status",
    "watch",
    "workflow_dispatch",
    "workflow_run",
];
/// GitLab's values of CI_PIPELINE_SOURCE that are none of GitHub's. A list from
/// memory: it decides only what counts as a slip.
const GITLAB: [&str; 12] = [
    "api",
    "chat",
    "external",
    "external_pull_request_event",
    "merge_request_event",
    "ondemand_dast_scan",
    "parent_pipeline",
    "pipeline",
    "security_orchestration_policy",
    "trigger",
    "web",
    "webide",
];

/// Reads a list of events.
///
/// # Errors
/// A name that is nearly a known one.
pub fn events<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let events = Vec::<String>::deserialize(deserializer)?;
    let known = || OURS.into_iter().chain(GITHUB).chain(GITLAB);
    for event in events.iter().filter(|event| !known().any(|known| known == event.as_str())) {
        if let Some(meant) = did_you_mean(event, known()) {
            return Err(serde::de::Error::custom(format!("no event '{event}': {meant}")));
        }
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::events;

    #[derive(serde::Deserialize)]
    struct Table {
        #[serde(deserialize_with = "events")]
        event: Vec<String>,
    }

    fn read(list: &str) -> Result<Vec<String>, String> {
        let table: Result<Table, _> = toml::from_str(&format!("event = {list}"));
        table.map(|table| table.event).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_slip_is_told_and_what_is_new_is_let_pass() {
        assert_eq!(read("['push', 'web', 'local']").unwrap().len(), 3);
        assert_eq!(read("['pusch']").unwrap_err(), "no event 'pusch': did you mean 'push'?");
        assert!(read("['merge-group']").unwrap_err().contains("'merge_group'"));
        assert!(read("['Push']").unwrap_err().contains("'push'"));
        assert!(read("['quantum_entangled']").is_ok());
    }
}
