//! What a stranger can start: the events that a pull request from a fork
//! causes, and the jobs that then run, their `if:` evaluated for that case.

use crate::expression::{Known, asks_status, evaluate, inner};
use crate::jobs::{Jobs, name};
use crate::trigger::Trigger;
use crate::value::Value;

/// An event that a pull request from a fork can cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    PullRequest,
    PullRequestReview,
    PullRequestReviewComment,
    PullRequestTarget,
    IssueComment,
    WorkflowRun,
}

impl Event {
    pub(crate) const ALL: [Event; 6] = [
        Event::PullRequest,
        Event::PullRequestReview,
        Event::PullRequestReviewComment,
        Event::PullRequestTarget,
        Event::IssueComment,
        Event::WorkflowRun,
    ];

    /// As `on:` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Event::PullRequest => "pull_request",
            Event::PullRequestReview => "pull_request_review",
            Event::PullRequestReviewComment => "pull_request_review_comment",
            Event::PullRequestTarget => "pull_request_target",
            Event::IssueComment => "issue_comment",
            Event::WorkflowRun => "workflow_run",
        }
    }

    /// Whether it checks out, and takes the workflow from, what the fork would
    /// merge.
    pub(crate) fn is_of_merge(self) -> bool {
        matches!(
            self,
            Event::PullRequest | Event::PullRequestReview | Event::PullRequestReviewComment
        )
    }

    /// The event that `trigger` is, if a stranger can cause it.
    pub(crate) fn of(trigger: &Trigger) -> Option<Event> {
        let event = Event::ALL.into_iter().find(|event| trigger.event.text == event.name())?;
        let by_others = |it: &String| OF_MAINTAINERS.contains(&it.as_str());
        let is_open = trigger.types.is_empty() || !trigger.types.iter().all(by_others);
        is_open.then_some(event)
    }
}

/// Types of pull request events that only who may write here can cause.
const OF_MAINTAINERS: &[&str] = &[
    "assigned",
    "auto_merge_disabled",
    "auto_merge_enabled",
    "demilestoned",
    "dequeued",
    "enqueued",
    "labeled",
    "locked",
    "milestoned",
    "unassigned",
    "unlabeled",
    "unlocked",
];

/// What GitHub calls somebody who may not write here.
const RANKS: &[&str] =
    &["CONTRIBUTOR", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN", "NONE"];

/// What is known where a pull request from a fork caused `event`.
pub(crate) struct Stranger<'a> {
    event: Event,
    /// Jobs that do not run then.
    is_skipped: &'a dyn Fn(&str) -> bool,
}

impl Stranger<'static> {
    /// Without jobs before.
    pub(crate) fn new(event: Event) -> Stranger<'static> {
        Stranger { event, is_skipped: &|_| false }
    }
}

impl Known for Stranger<'_> {
    fn value(&self, path: &str) -> Value<'static> {
        if let Some(rest) = path.strip_prefix("needs.") {
            let (job, what) = rest.split_once('.').unwrap_or((rest, ""));
            return match (job != "*" && (self.is_skipped)(job), what) {
                (true, "result") => Value::Text("skipped"),
                (true, _) => Value::Null,
                (false, _) => Value::Unknown,
            };
        }
        let Some(path) = path.strip_prefix("github.") else { return Value::Unknown };
        let of_merge = self.event.is_of_merge();
        match path {
            "event_name" => Value::Text(self.event.name()),
            "ref" if of_merge => Value::Begins("refs/pull/"),
            "ref" => Value::Begins("refs/heads/"),
            "ref_type" => Value::Text("branch"),
            "repository" | "repository_owner" | "repository_id" | "repository_owner_id" => {
                Value::Own
            }
            _ => path.strip_prefix("event.").map_or(Value::Unknown, |path| self.of_event(path)),
        }
    }

    fn status(&self, _function: &str) -> Option<bool> {
        None
    }
}

impl Stranger<'_> {
    /// `github.event.…`.
    fn of_event(&self, path: &str) -> Value<'static> {
        let (thing, rest) = path.split_once('.').unwrap_or((path, ""));
        let is_pull_request = self.event.is_of_merge() || self.event == Event::PullRequestTarget;
        match (thing, rest) {
            ("repository", _) => of_repository(rest, Value::Own, Value::Unknown),
            ("pull_request", _) if !is_pull_request => Value::Null,
            ("workflow_run", _) if self.event != Event::WorkflowRun => Value::Null,
            // What was merged, somebody who may write here has read.
            ("pull_request", "merged") => Value::Truth(false),
            ("pull_request", "user.login" | "user.id" | "head.user.login" | "head.label") => {
                Value::Stranger
            }
            ("comment" | "review", "user.login" | "user.id") => Value::Stranger,
            ("pull_request" | "comment" | "review", "author_association") => Value::OneOf(RANKS),
            // What caused the run that this one follows.
            ("workflow_run", "event") => Value::OneOf(&[
                "issue_comment",
                "pull_request",
                "pull_request_review",
                "pull_request_review_comment",
                "pull_request_target",
                "workflow_run",
            ]),
            _ => {
                let of = |start: &str| path.strip_prefix(start);
                if let Some(rest) =
                    of("pull_request.head.repo.").or(of("workflow_run.head_repository."))
                {
                    return of_repository(rest, Value::Stranger, Value::Truth(true));
                }
                let base = of("pull_request.base.repo.").or(of("workflow_run.repository."));
                base.map_or(Value::Unknown, |rest| of_repository(rest, Value::Own, Value::Unknown))
            }
        }
    }
}

fn of_repository(key: &str, name: Value<'static>, is_fork: Value<'static>) -> Value<'static> {
    match key {
        "fork" => is_fork,
        "full_name" | "owner.login" | "owner.id" | "id" | "node_id" | "url" | "html_url"
        | "clone_url" => name,
        _ => Value::Unknown,
    }
}

/// Chains of jobs that skip each other are followed so far; what lies behind
/// counts as reached.
const PASSES_MAX: usize = 64;

/// Which of `jobs`, by number, may run when a pull request from a fork caused
/// `event`.
pub(crate) fn reached(jobs: &Jobs, event: Event) -> Vec<bool> {
    let numbers = jobs.numbers();
    let mut reached = vec![true; jobs.list.len()];
    for _ in 0..PASSES_MAX {
        let before = reached.clone();
        let is_skipped = |id: &str| {
            numbers.get(&name(id)).and_then(|number| before.get(*number)) == Some(&false)
        };
        let known = Stranger { event, is_skipped: &is_skipped };
        for (job, may_run) in jobs.list.iter().zip(&mut reached) {
            let condition = job.condition.as_ref().map_or("", |condition| &condition.text);
            let waits = !asks_status(condition);
            let is_stopped = waits && job.needs.iter().any(|need| is_skipped(&need.text));
            let fails = !condition.is_empty()
                && inner(condition)
                    .is_some_and(|inner| evaluate(inner, &known).truth() == Some(false));
            *may_run = !is_stopped && !fails;
        }
        if reached == before {
            break;
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pipeline::{Pipeline, Role};
    use crate::yaml::Yaml;

    fn runs(event: Event, condition: &str) -> bool {
        evaluate(condition, &Stranger::new(event)).truth() != Some(false)
    }

    #[test]
    fn conditions_that_keep_a_fork_out() {
        for condition in [
            "github.event.pull_request.head.repo.full_name == github.repository",
            "github.repository == github.event.pull_request.head.repo.full_name",
            "github.event.pull_request.head.repo.fork == false",
            "!github.event.pull_request.head.repo.fork",
            "github.event.pull_request['head'].repo.owner.login == github.repository_owner",
            "github.event_name != 'pull_request'",
            "github.event_name == 'push' || github.event_name == 'workflow_dispatch'",
            "github.ref == 'refs/heads/main' && x",
            "startsWith(github.ref, 'refs/tags/')",
            "contains(fromJSON('[\"MEMBER\",\"OWNER\"]'), github.event.pull_request.author_association)",
            "github.event.pull_request.user.login == 'renovate[bot]'",
            "github.event.pull_request.merged == true",
        ] {
            assert!(!runs(Event::PullRequest, condition), "{condition}");
        }
        for condition in [
            "github.event.workflow_run.head_repository.full_name == github.repository",
            "github.event.workflow_run.event == 'push'",
        ] {
            assert!(!runs(Event::WorkflowRun, condition), "{condition}");
        }
        assert!(!runs(Event::IssueComment, "github.event.comment.author_association == 'MEMBER'"));
    }

    #[test]
    fn conditions_that_let_it_in() {
        for condition in [
            "github.repository == 'owner/here'",
            "github.event.pull_request.head.repo.full_name != github.repository",
            "github.event_name != 'pull_request' || x",
            "github.event.pull_request.head.repo.fork",
            "github.actor != 'dependabot[bot]'",
            "contains(github.event.pull_request.labels.*.name, 'safe')",
            "github.event.pull_request.author_association == 'CONTRIBUTOR'",
            "always()",
            "success()",
            "(((",
        ] {
            assert!(runs(Event::PullRequest, condition), "{condition}");
        }
        assert!(runs(Event::IssueComment, "github.event.issue.pull_request"));
        assert!(runs(Event::PullRequestTarget, "github.ref == 'refs/heads/main'"));
    }

    fn reached_of(jobs: &str) -> Vec<bool> {
        let source = format!("jobs: {jobs}");
        let yaml = Yaml::parse(&source).unwrap();
        let pipeline = Pipeline::read(&source, &yaml, Role::Workflow).unwrap();
        reached(&pipeline.jobs, Event::PullRequest)
    }

    #[test]
    fn who_needs_a_skipped_job_is_skipped() {
        let no = "if: github.event_name == 'push'";
        let jobs = format!(
            "{{c: {{needs: B}}, b: {{needs: [a, x]}}, a: {{{no}}}, d: {{needs: a, if: always()}},
              e: {{needs: a, if: always() && needs.a.result != 'skipped'}},
              f: {{needs: a, if: \"!cancelled() && needs.A.outputs.ok == 'true'\"}}}}"
        );
        assert_eq!(reached_of(&jobs), [false, false, false, true, false, false]);
        assert_eq!(reached_of("{a: {needs: b}, b: {needs: a}}"), [true, true]);
    }

    #[test]
    fn types_of_maintainers_are_none_of_a_fork() {
        let of = |types: &[&str]| {
            let types = types.iter().map(|it| (*it).to_owned()).collect();
            let event = crate::jobs::Text { text: "pull_request".into(), span: 0..0 };
            Event::of(&Trigger { event, types })
        };
        assert_eq!(of(&["labeled", "locked"]), None);
        assert_eq!(of(&["labeled", "opened"]), Some(Event::PullRequest));
        assert_eq!(of(&[]), Some(Event::PullRequest));
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_condition_is_evaluated(
            condition in prop_oneof![
                "(github\\.|event\\.|event_name|pull_request|needs|head\\.repo|fork|contains\\(|startsWith\\(|fromJSON\\(|'\\[\"a\"\\]'|[-!()\\[\\],.*&|=<>'\"a ${}é]){0,40}",
                any::<String>(),
            ],
        ) {
            for event in Event::ALL {
                runs(event, &condition);
            }
        }
    }
}
