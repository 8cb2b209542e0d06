//! What GitHub's lists of runs, jobs and checks mean for a release.

use super::{distrust, quoted};
use crate::github::{CheckRun, Job, WorkflowRun};
use crate::policy::{Missing, Policy};
use crate::trust::Distrust;

/// How something that a release waits for stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing<T> {
    /// Done, and green.
    Green(T),
    /// Under way; what is waited for, in words.
    Pending(String),
    /// Not there, for these reasons; it may still come.
    Absent(Vec<Distrust>),
    /// Red.
    Red(Vec<Distrust>),
}

/// How the workflow `path` stands at `commit`: every run of it that counts must
/// be a success. A newer green one does not hide an older red one.
#[must_use]
pub fn workflow<'r>(
    runs: &'r [WorkflowRun],
    commit: &str,
    path: &str,
    repository: &str,
    policy: &Policy,
    missing: Missing,
) -> Standing<Vec<&'r WorkflowRun>> {
    let own: Vec<&WorkflowRun> = runs
        .iter()
        .filter(|run| run.head_sha == commit && is_file(run, path, repository))
        .collect();
    let is_foreign = |run: &WorkflowRun| {
        run.head_repository.as_ref().is_none_or(|head| !is_same(&head.full_name, repository))
    };
    let (foreign, home): (Vec<&WorkflowRun>, Vec<&WorkflowRun>) =
        own.into_iter().partition(|run| is_foreign(run));
    let (counted, other): (Vec<&WorkflowRun>, Vec<&WorkflowRun>) =
        home.into_iter().partition(|run| policy.events.contains(&run.event));
    if counted.is_empty() && missing == Missing::Pass {
        // A path filter: runs that do not count prove nothing against it either.
        return Standing::Green(Vec::new());
    }
    if counted.is_empty() {
        return Standing::Absent(absent(path, &foreign, &other, policy));
    }
    let faults: Vec<Distrust> = counted.iter().filter_map(|run| fault(run, policy)).collect();
    if !faults.is_empty() {
        return Standing::Red(faults);
    }
    let pending = counted.iter().find(|run| run.status.as_deref() != Some("completed"));
    if let Some(run) = pending {
        let status = run.status.as_deref().unwrap_or("not begun");
        return Standing::Pending(format!("run {} of '{path}' is {}", run.id, quoted(status)));
    }
    Standing::Green(counted)
}

/// Why no run counts.
fn absent(
    path: &str,
    foreign: &[&WorkflowRun],
    other: &[&WorkflowRun],
    policy: &Policy,
) -> Vec<Distrust> {
    let mut reasons = Vec::new();
    if let Some(run) = foreign.first() {
        let from = run.head_repository.as_ref().map_or("a deleted one", |head| &head.full_name);
        let text = format!("run {} of '{path}' is of the repository {}", run.id, quoted(from));
        reasons.push(distrust("foreign-repo", text));
    }
    if let Some(run) = other.first() {
        let events = policy.events.join(", ");
        let text = format!(
            "run {} of '{path}' is of {}, the policy takes {events}",
            run.id,
            quoted(&run.event)
        );
        reasons.push(distrust("wrong-event", text));
    }
    if reasons.is_empty() {
        reasons.push(distrust("no-run", format!("no run of '{path}' for this commit")));
    }
    reasons
}

/// What is wrong with a run that counts, once it is over.
fn fault(run: &WorkflowRun, policy: &Policy) -> Option<Distrust> {
    if run.status.as_deref() != Some("completed") {
        return None;
    }
    let at = format!("run {} (attempt {})", run.id, run.run_attempt);
    let conclusion = run.conclusion.as_deref().unwrap_or("none");
    let (code, hint) = match conclusion {
        "success" => {
            let max = policy.max_attempts.filter(|max| run.run_attempt > *max)?;
            let text = format!("{at} is green, the policy takes {max} attempts");
            return Some(distrust("stale-attempt", text));
        }
        "neutral" => ("conclusion-neutral", ""),
        "stale" => ("conclusion-stale", ": GitHub gave it up after two weeks"),
        "cancelled" => ("conclusion-cancelled", ": repeat it, or look who cancelled it"),
        "timed_out" => ("conclusion-timed-out", ": repeat it, or raise its time limit"),
        "skipped" => ("gate-skipped", ": skipped is not success"),
        _ => ("run-failed", ""),
    };
    let text = format!("{at} of '{}' ended as {}{hint}", path_of(run), quoted(conclusion));
    Some(distrust(code, text))
}

/// What is wrong with the jobs of a run that is a success as a whole.
#[must_use]
pub fn jobs(run: &WorkflowRun, jobs: &[Job], policy: &Policy) -> Vec<Distrust> {
    if jobs.is_empty() {
        let text = format!("run {} has no jobs", run.id);
        return vec![distrust("run-failed", text)];
    }
    let one = |job: &Job| {
        let name = quoted(&job.name);
        let at = format!("job {name} of run {}", run.id);
        // One that is not over has not ended well, whatever stands there.
        let conclusion = job.conclusion.as_deref().filter(|_| job.status == "completed");
        match conclusion {
            Some("success") => None,
            Some("skipped") if policy.may_skip.contains(&job.name) => None,
            Some("skipped") => Some(distrust(
                "gate-skipped",
                format!("{at} was skipped; where that is right, the policy says may_skip"),
            )),
            other => Some(distrust(
                "run-failed",
                format!("{at} ended as {}", quoted(other.unwrap_or(&job.status))),
            )),
        }
    };
    jobs.iter().filter_map(one).collect()
}

/// How a check stands that the app `app` must have posted.
#[must_use]
pub fn checks(found: &[CheckRun], name: &str, app: &str) -> Standing<()> {
    let slug = |check: &CheckRun| check.app.as_ref().and_then(|app| app.slug.clone());
    let (own, other): (Vec<&CheckRun>, Vec<_>) =
        found.iter().partition(|check| slug(check).as_deref() == Some(app));
    if own.is_empty() {
        let reason = match other.first() {
            Some(check) => {
                let by = slug(check).unwrap_or_default();
                let text = format!("check '{name}' is by {}, expected '{app}'", quoted(&by));
                distrust("wrong-app", text)
            }
            None => distrust("no-run", format!("no check '{name}' by '{app}'")),
        };
        return Standing::Absent(vec![reason]);
    }
    let ended = |check: &&&CheckRun| check.status == "completed";
    let faults: Vec<Distrust> = own
        .iter()
        .filter(ended)
        .filter(|check| check.conclusion.as_deref() != Some("success"))
        .map(|check| {
            let conclusion = quoted(check.conclusion.as_deref().unwrap_or("none"));
            distrust("run-failed", format!("check '{name}' ended as {conclusion}"))
        })
        .collect();
    if !faults.is_empty() {
        return Standing::Red(faults);
    }
    match own.iter().find(|check| check.status != "completed") {
        Some(check) => Standing::Pending(format!("check '{name}' is {}", quoted(&check.status))),
        None => Standing::Green(()),
    }
}

/// A run's workflow file without what some answers put behind it.
fn path_of(run: &WorkflowRun) -> &str {
    run.path.split('@').next().unwrap_or(&run.path)
}

/// Whether a run is of this file of this repository. An organisation can make a
/// workflow of another repository run here. Held against the path, not taken
/// apart: a file's name can have an '@' too, and its red run would be no one's.
fn is_file(run: &WorkflowRun, path: &str, repository: &str) -> bool {
    let found = run.path.as_str();
    let home = found
        .split_once("/.github/")
        .filter(|(home, _)| is_same(home, repository))
        .and_then(|(home, _)| found.get(home.len() + 1..));
    let rest = home.unwrap_or(found).strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
}

/// GitHub's names are the same whatever their case.
fn is_same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::{App, Owner};

    const SHA: &str = "aaaa";
    const CI: &str = ".github/workflows/ci.yml";

    fn run(event: &str, end: &str) -> WorkflowRun {
        let is_over = !["queued", "in_progress"].contains(&end);
        WorkflowRun {
            id: 1,
            path: CI.into(),
            event: event.into(),
            status: Some(if is_over { "completed" } else { end }.into()),
            conclusion: is_over.then(|| end.into()),
            head_sha: SHA.into(),
            run_attempt: 1,
            head_repository: Some(Owner { full_name: "O/r".into() }),
            html_url: String::new(),
        }
    }

    fn policy() -> Policy {
        let text = format!(
            "schema = 1\nworkflow = '{CI}'\nmax_attempts = 2\nmay_skip = ['docs']\n[require.a]\n"
        );
        Policy::parse("p".into(), &text).unwrap()
    }

    fn word(standing: &Standing<Vec<&WorkflowRun>>) -> String {
        match standing {
            Standing::Green(runs) => format!("green {}", runs.len()),
            Standing::Pending(_) => "pending".into(),
            Standing::Absent(reasons) | Standing::Red(reasons) => {
                reasons.iter().map(|reason| reason.code).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn of(runs: &[WorkflowRun]) -> String {
        word(&workflow(runs, SHA, CI, "o/r", &policy(), Missing::Fail))
    }

    #[test]
    fn a_run_counts_by_its_event_its_repository_and_its_file() {
        assert_eq!(of(&[]), "no-run");
        assert_eq!(of(&[run("push", "success")]), "green 1");
        assert_eq!(of(&[run("pull_request", "success")]), "wrong-event");
        let fork = Some(Owner { full_name: "fork/r".into() });
        let changed = |change: fn(&mut WorkflowRun)| {
            let mut run = run("push", "success");
            change(&mut run);
            run
        };
        let foreign = WorkflowRun { head_repository: fork, ..run("pull_request", "success") };
        assert_eq!(of(&[foreign]), "foreign-repo");
        assert_eq!(of(&[changed(|run| run.head_repository = None)]), "foreign-repo");
        assert_eq!(of(&[changed(|run| run.head_sha = "bbbb".into())]), "no-run");
        for (path, end) in [
            ("o/r/.github/workflows/ci.yml@refs/heads/main", "green 1"),
            (".github/workflows/ci.yml@main", "green 1"),
            ("org/rules/.github/workflows/ci.yml@main", "no-run"),
            (".github/workflows/fake.yml", "no-run"),
            ("x.github/workflows/ci.yml", "no-run"),
        ] {
            let run = WorkflowRun { path: path.into(), ..run("push", "success") };
            assert_eq!(of(&[run]), end, "{path}");
        }
    }

    #[test]
    fn a_files_name_can_have_what_stands_before_a_ref() {
        let path = ".github/workflows/docs@2.yml";
        for found in [path, "o/r/.github/workflows/docs@2.yml@refs/heads/x"] {
            let red = [WorkflowRun { path: found.into(), ..run("push", "failure") }];
            let standing = workflow(&red, SHA, path, "o/r", &policy(), Missing::Pass);
            assert_eq!(word(&standing), "run-failed", "{found}");
        }
    }

    #[test]
    fn every_run_that_counts_decides() {
        assert_eq!(of(&[run("push", "success"), run("push", "failure")]), "run-failed");
        assert_eq!(of(&[run("push", "in_progress"), run("push", "failure")]), "run-failed");
        assert_eq!(of(&[run("push", "success"), run("push", "queued")]), "pending");
        assert_eq!(of(&[run("pull_request", "failure"), run("push", "success")]), "green 1");
        for (end, code) in [
            ("neutral", "conclusion-neutral"),
            ("stale", "conclusion-stale"),
            ("cancelled", "conclusion-cancelled"),
            ("timed_out", "conclusion-timed-out"),
            ("skipped", "gate-skipped"),
            ("action_required", "run-failed"),
            ("startup_failure", "run-failed"),
            ("what comes in 2030", "run-failed"),
        ] {
            assert_eq!(of(&[run("push", end)]), code);
        }
        let again = |run_attempt| WorkflowRun { run_attempt, ..run("push", "success") };
        assert_eq!(of(&[again(2)]), "green 1");
        assert_eq!(of(&[again(3)]), "stale-attempt");
    }

    #[test]
    fn not_triggered_is_a_pass_only_where_the_policy_says_so() {
        let runs = [run("pull_request", "success")];
        for runs in [&[][..], &runs] {
            let standing = workflow(runs, SHA, CI, "o/r", &policy(), Missing::Pass);
            assert_eq!(word(&standing), "green 0");
        }
        let red = [run("push", "failure")];
        let standing = workflow(&red, SHA, CI, "o/r", &policy(), Missing::Pass);
        assert_eq!(word(&standing), "run-failed");
    }

    #[test]
    fn a_green_run_can_hold_jobs_that_are_not() {
        let job = |name: &str, end: Option<&str>| Job {
            id: 1,
            name: name.into(),
            status: "completed".into(),
            conclusion: end.map(Into::into),
        };
        let of = |name, end| {
            let found = jobs(&run("push", "success"), &[job(name, end)], &policy());
            found.first().map(|reason| reason.code)
        };
        assert_eq!(of("verify", Some("success")), None);
        assert_eq!(of("docs", Some("skipped")), None);
        assert_eq!(of("verify", Some("skipped")), Some("gate-skipped"));
        assert_eq!(of("verify", Some("failure")), Some("run-failed"));
        assert_eq!(of("docs", Some("failure")), Some("run-failed"));
        assert_eq!(of("verify", None), Some("run-failed"));
        assert_eq!(jobs(&run("push", "success"), &[], &policy())[0].code, "run-failed");
        let begun = Job { status: "queued".into(), ..job("verify", Some("success")) };
        assert_eq!(jobs(&run("push", "success"), &[begun], &policy())[0].code, "run-failed");
    }

    #[test]
    fn a_check_counts_by_who_posted_it() {
        let check = |app: &str, end: Option<&str>| CheckRun {
            id: 1,
            name: "scan".into(),
            status: if end.is_some() { "completed" } else { "queued" }.into(),
            conclusion: end.map(Into::into),
            app: Some(App { slug: Some(app.into()) }),
        };
        let of = |found: &[CheckRun]| match checks(found, "scan", "scanner") {
            Standing::Green(()) => "green",
            Standing::Pending(_) => "pending",
            Standing::Absent(reasons) | Standing::Red(reasons) => reasons[0].code,
        };
        assert_eq!(of(&[check("scanner", Some("success"))]), "green");
        assert_eq!(of(&[check("other", Some("success"))]), "wrong-app");
        assert_eq!(of(&[]), "no-run");
        let both = [check("other", Some("success")), check("scanner", Some("failure"))];
        assert_eq!(of(&both), "run-failed");
        assert_eq!(of(&[check("scanner", None)]), "pending");
        assert_eq!(of(&[check("scanner", Some("neutral"))]), "run-failed");
    }
}
