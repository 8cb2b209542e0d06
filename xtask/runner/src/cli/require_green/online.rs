//! GitHub, asked until every run that counts is over: then each run's receipt.

use std::time::{Duration, Instant};

use super::question::Question;
use super::{Answer, RequireGreen, Stop, repository, span};
use crate::exec::Cancel;
use crate::github::{ApiError, Artifact, Github, Http, Patience, WorkflowRun, unpack};
use crate::green::{self, Standing};
use crate::policy::Missing;
use crate::receipt::sha256;
use crate::report::text::visible;
use crate::trust::Distrust;

const API_URL: &str = "https://api.github.com";
/// What is not waited for, a server's faults and rate limits are.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks, waits, and reads.
pub fn ask(question: &Question, args: &RequireGreen, began: Instant) -> Result<Answer, Stop> {
    let wait = args.wait.as_ref().map(span).unwrap_or_default();
    let far = || Stop::usage("--wait is longer than any clock goes");
    let until = began.checked_add(wait).ok_or_else(far)?;
    let cancel = Cancel::on_signals()?;
    let base = args.api_url.clone().or_else(|| variable("GITHUB_API_URL"));
    let token = variable("GITHUB_TOKEN").or_else(|| variable("GH_TOKEN"));
    let patience = Patience { wait: until, deadline: until.max(began + PATIENCE) };
    let http = Http::new(base.as_deref().unwrap_or(API_URL), token, patience, cancel)
        .map_err(Stop::environment)?;
    let asker = Asker {
        github: Github::new(http, question.repository.to_owned()),
        question,
        args,
        commit: question.commit(),
    };
    let answer = asker.answer(until, wait);
    match answer {
        Ok(answer) => Ok(answer),
        Err(Failed::Stop(stop)) => Err(stop),
        Err(Failed::Api(ApiError::Interrupted(code))) => {
            Err(Stop { code, message: "interrupted: nothing was decided".into(), hint: None })
        }
        // Not to know is no proof; why not stands beside it.
        Err(Failed::Api(error)) => {
            let reason = Distrust { code: error.code(), text: error.text().to_owned() };
            Ok(Answer { reasons: vec![reason], by: Vec::new() })
        }
    }
}

enum Failed {
    Api(ApiError),
    Stop(Stop),
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Failed {
        Failed::Api(error)
    }
}

impl From<Stop> for Failed {
    fn from(stop: Stop) -> Failed {
        Failed::Stop(stop)
    }
}

struct Asker<'a> {
    github: Github,
    question: &'a Question<'a>,
    args: &'a RequireGreen,
    commit: String,
}

/// One look: the runs that count where all is green, else what it waits for or
/// why not.
enum Look {
    Green(Vec<WorkflowRun>),
    Pending(String),
    Absent(Vec<Distrust>),
    Red(Vec<Distrust>),
}

impl Asker<'_> {
    fn answer(&self, until: Instant, wait: Duration) -> Result<Answer, Failed> {
        let mut reasons: Vec<Distrust> = self.tag_moved()?.into_iter().collect();
        reasons.extend(self.base_moved()?);
        let runs = match self.settled(until, wait)? {
            Ok(runs) => runs,
            Err(found) => {
                reasons.extend(found);
                return Ok(Answer { reasons, by: Vec::new() });
            }
        };
        let mut answer = Answer { reasons, by: Vec::new() };
        for run in &runs {
            answer.reasons.extend(self.proof(run)?);
            answer.by.push(match run.html_url.as_str() {
                "" => format!("run {}", run.id),
                url => url.to_owned(),
            });
        }
        Ok(answer)
    }

    /// The runs that count once all of them are over and green, or every reason
    /// not to wait any longer.
    fn settled(
        &self,
        until: Instant,
        wait: Duration,
    ) -> Result<Result<Vec<WorkflowRun>, Vec<Distrust>>, Failed> {
        let interval = span(&self.args.interval);
        let mut said = String::new();
        loop {
            let (waiting, at_last) = match self.look()? {
                Look::Green(runs) => return Ok(Ok(runs)),
                Look::Red(reasons) => return Ok(Err(reasons)),
                Look::Pending(what) => {
                    let text = if wait.is_zero() {
                        format!("{what}; --wait waits for it")
                    } else {
                        format!("{what}, and {} are over", spoken(wait))
                    };
                    (what, vec![Distrust { code: "timeout", text }])
                }
                Look::Absent(reasons) => {
                    let what = reasons.first().map(|reason| reason.text.clone());
                    (what.unwrap_or_default(), reasons)
                }
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Err(at_last));
            }
            if waiting != said {
                let left = spoken(left);
                anstream::eprintln!("waiting: {}; {left} left", visible(&waiting));
                said = waiting;
            }
            self.github.wait(interval.min(left))?;
        }
    }

    fn look(&self) -> Result<Look, ApiError> {
        let policy = &self.question.policy.policy;
        let runs = self.github.runs(&self.commit)?;
        let of = |path: &str, missing| {
            green::workflow(&runs, &self.commit, path, self.question.repository, policy, missing)
        };
        let mut sum = Sum::default();
        let own = sum.add(of(&policy.workflow, Missing::Fail));
        for (name, other) in &policy.workflows {
            sum.add(of(&other.path(name), other.missing));
        }
        for (name, check) in &policy.checks {
            let found = self.github.check_runs(&self.commit, name)?;
            sum.add(green::checks(&found, name, &check.app));
        }
        let own = own.unwrap_or_default().into_iter().cloned().collect();
        Ok(sum.look(own))
    }

    /// Every reason for which a run that is a success proves too little.
    fn proof(&self, run: &WorkflowRun) -> Result<Vec<Distrust>, Failed> {
        let policy = &self.question.policy.policy;
        let mut reasons = green::jobs(run, &self.github.jobs(run)?, policy);
        let mut artifacts = self.github.artifacts(run.id, &policy.artifact)?;
        artifacts.sort_by_key(|artifact| artifact.id);
        let Some(artifact) = artifacts.last() else {
            let text = format!("run {} left no artifact '{}'", run.id, policy.artifact);
            reasons.push(Distrust { code: "gate-missing", text });
            return Ok(reasons);
        };
        if let Some(reason) = self.misplaced(run, artifact) {
            reasons.push(reason);
            return Ok(reasons);
        }
        let bytes = self.github.download(artifact)?;
        let digest = format!("sha256:{}", sha256(&bytes));
        if artifact.digest.as_ref().is_some_and(|told| *told != digest) {
            let text = format!("artifact {} is not the one that was uploaded", artifact.id);
            reasons.push(Distrust { code: "artifact-digest", text });
            return Ok(reasons);
        }
        match unpack(&bytes) {
            Ok(found) => reasons.extend(self.question.reasons(
                &found.receipt,
                found.signature.as_deref(),
                Some(run),
            )?),
            Err(text) => {
                let text = format!("artifact {}: {text}", artifact.id);
                reasons.push(Distrust { code: "schema", text });
            }
        }
        Ok(reasons)
    }

    fn misplaced(&self, run: &WorkflowRun, artifact: &Artifact) -> Option<Distrust> {
        let of = artifact.workflow_run.as_ref();
        let id = of.and_then(|of| of.id);
        let head = of.and_then(|of| of.head_sha.as_ref());
        if id.is_some_and(|id| id != run.id) || head.is_some_and(|head| *head != self.commit) {
            let text = format!("artifact {} is of another run than {}", artifact.id, run.id);
            return Some(Distrust { code: "run-mismatch", text });
        }
        artifact.expired.then(|| Distrust {
            code: "receipt-expired",
            text: format!("the receipt of run {} is gone: repeat the run", run.id),
        })
    }

    /// A tag here that is another one there, or none.
    fn tag_moved(&self) -> Result<Option<Distrust>, Failed> {
        let Some(repository) = &self.question.view.repository else { return Ok(None) };
        let Some(tag) = repository::tag(repository, &self.args.commit) else { return Ok(None) };
        let there = self.github.commit_of(&format!("tags/{tag}"))?;
        if there.as_deref() == Some(&self.commit) {
            return Ok(None);
        }
        let text = match there {
            Some(there) => format!(
                "the tag '{tag}' is {} here and {there} on GitHub: it was moved",
                self.commit
            ),
            None => format!("the tag '{tag}' is not on GitHub"),
        };
        Ok(Some(Distrust { code: "commit-mismatch", text }))
    }

    fn base_moved(&self) -> Result<Option<Distrust>, Failed> {
        let Some(branch) = &self.args.base_fresh else { return Ok(None) };
        let Some(repository) = &self.question.view.repository else { return Ok(None) };
        let Some(head) = self.github.commit_of(&format!("heads/{branch}"))? else {
            return Err(Stop::usage(format!("GitHub has no branch '{branch}'")).into());
        };
        Ok(repository::base_moved(repository, &self.commit, branch, &head)?)
    }
}

/// What several standings come to: red before pending before absent.
#[derive(Default)]
struct Sum {
    red: Vec<Distrust>,
    pending: Option<String>,
    absent: Vec<Distrust>,
}

impl Sum {
    fn add<T>(&mut self, standing: Standing<T>) -> Option<T> {
        match standing {
            Standing::Green(it) => return Some(it),
            Standing::Pending(what) => self.pending = self.pending.take().or(Some(what)),
            Standing::Absent(reasons) => self.absent.extend(reasons),
            Standing::Red(reasons) => self.red.extend(reasons),
        }
        None
    }

    fn look(self, runs: Vec<WorkflowRun>) -> Look {
        match (self.red.is_empty(), self.pending, self.absent.is_empty()) {
            (false, _, _) => Look::Red(self.red),
            (true, Some(what), _) => Look::Pending(what),
            (true, None, false) => Look::Absent(self.absent),
            (true, None, true) => Look::Green(runs),
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn spoken(time: Duration) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let span = jiff::SignedDuration::from_secs(seconds);
    format!("{span:#}")
}
