//! `--introduced`: the base judged by the same gates, so that only what the
//! change brought counts. The base is a view of a commit, without a checkout.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::mpsc::channel;

use camino::Utf8PathBuf;
use jiff::civil::Date;
use kernel::Outcome;

use crate::Builtin;
use crate::base;
use crate::baseline;
use crate::cli::{Place, Stop};
use crate::config::{Config, Fail};
use crate::engine::{Order, permits};
use crate::exec::Cancel;
use crate::gather::FromRepository;
use crate::judge::{self, End, Introduced, Policy};
use crate::plan::{Decision, Plan};
use crate::proof::Proofs;
use crate::ready::{Ready, ready};
use crate::receipt::{self, Base, FindingState, GateResult, Reason};
use crate::repo::RepoError;
use crate::reuse::Results;
use crate::run::{Kept, Run, Surroundings};
use crate::view::{At, View};
use crate::waiver::Comment;

/// The base, judged.
pub struct Before {
    /// Which commit it is.
    pub base: Base,
    /// What it has.
    pub introduced: Introduced,
    ready: Vec<Option<Ready>>,
    kept: Vec<Kept>,
    comments: BTreeMap<Utf8PathBuf, Vec<Comment>>,
}

/// What a base is judged with.
pub struct With<'a> {
    /// Of this program.
    pub builtin: &'a Builtin,
    /// Where ci.toml is.
    pub place: &'a Place,
    /// What is judged.
    pub view: &'a View,
    /// How.
    pub order: &'a Order,
    /// ci.toml of what is judged.
    pub config: &'a Config,
    /// What was decided for each of its gates.
    pub plan: &'a Plan,
    /// Results of earlier runs.
    pub results: &'a Results<'a>,
    /// Proofs.
    pub proofs: &'a Proofs<'a>,
    /// Today.
    pub today: Date,
    /// Interrupts.
    pub cancel: &'a Cancel,
}

/// Judges the merge base by the gates of the plan.
///
/// # Errors
/// No base is configured, or it cannot be had: nothing would be known to be old,
/// and nothing may pass for it.
pub fn before(with: &With<'_>) -> Result<Before, Stop> {
    let reference = with.order.base.as_deref().or(with.config.verify.base.as_deref());
    let base = base::of(with.view, reference, "--introduced")?;
    let merge_base = base.merge_base.clone().unwrap_or_default();
    let view = View::open(with.place, At::Commit(merge_base.clone()))?;
    let config = config(with, &view);
    let mut unjudged = BTreeMap::new();
    let profile = with.order.ask.profile.as_deref();
    let ready = configured(&config, profile, &view, with.plan, &mut unjudged);
    let decide = |ready: &Option<Ready>| match ready {
        Some(_) => Decision::Run(Reason::default()),
        None => Decision::Skip(Reason::default()),
    };
    let plan = Plan {
        decisions: ready.iter().map(decide).collect(),
        selection: with.plan.selection.clone(),
    };
    let reference = with.order.base.as_deref().or(config.verify.base.as_deref());
    let gatherer = FromRepository::new(&view, reference, with.cancel);
    let surroundings = Surroundings {
        root: view.root.clone(),
        logs: None,
        fingerprint: None,
        last: Mutex::new(None),
    };
    let (events, _nobody_listens) = channel();
    let run = Run {
        config: &config,
        plan: &plan,
        ready: &ready,
        tree: &view.tree,
        whole: None,
        gatherer: &gatherer,
        results: with.results,
        watched: &view.watched,
        surroundings: &surroundings,
        jobs: with.order.jobs.unwrap_or_else(|| permits(&config)),
        fail: Fail::KeepGoing,
        timeout: with.order.timeout,
        cancel: with.cancel,
        settle: &|_, _| Outcome::Passed,
        canary: None,
        events: &events,
    };
    let done = run.run(with.proofs);
    for (gate, end) in config.gates.iter().zip(&done.ends) {
        if let End::Judged(judged) = end
            && let Err(error) = &judged.result
        {
            unjudged.insert(gate.name.clone(), error.message.clone());
        }
    }
    let comments = view.watched.seen();
    let known = baseline::read(&view.tree).map_err(Stop::usage)?;
    let (baseline, baseline_text) = known.unwrap_or_default();
    let policy = Policy {
        config: &config,
        baseline: &baseline,
        baseline_text: &baseline_text,
        baseline_before: None,
        comments: &comments,
        today: with.today,
        elsewhere: &[],
        introduced: None,
    };
    let (rows, _) = judge::judge(&policy, done.ends);
    let has_commits = rows.iter().flat_map(|row| &row.findings).any(|it| it.commit.is_some());
    let commits = if has_commits { reached(&view, &merge_base)? } else { HashSet::new() };
    let introduced = Introduced::of(&rows, commits, unjudged);
    Ok(Before { base, introduced, ready, kept: done.kept, comments })
}

impl Before {
    /// What the receipt tells of it beside the rows.
    #[must_use]
    pub fn told(&self, gates: &[GateResult]) -> receipt::Introduced {
        let all = || gates.iter().flat_map(|gate| &gate.findings);
        let known = all().filter(|finding| finding.state == FindingState::Known).count() as u64;
        let is_counted = |gate: &&GateResult| {
            self.introduced.unjudged.contains_key(&gate.id)
                && gate.findings.iter().any(judge::counts)
        };
        let unjudged = gates.iter().filter(is_counted).map(|gate| gate.id.clone()).collect();
        receipt::Introduced { known, unjudged }
    }

    /// Keeps what may stand for a later run, under the digest of the receipt that
    /// tells of it.
    pub fn keep(self, results: &Results<'_>, receipt_sha256: &str) {
        for kept in self.kept {
            let ready = self.ready.get(kept.index).and_then(Option::as_ref);
            if let (Some(files), Some(ready)) = (kept.files, ready) {
                results.keep_files(ready, files, &self.comments);
            }
            if let Some(fresh) = kept.fresh {
                results.keep(fresh, &self.comments, receipt_sha256);
            }
        }
    }
}

/// The gates of what is judged, the exceptions of the base: one that the change
/// takes back lets its finding count.
fn config(with: &With<'_>, base: &View) -> Config {
    let mut config = with.config.clone();
    // A gate that would wait for another is judged here all the same.
    for gate in &mut config.gates {
        gate.common.needs.clear();
    }
    if let Ok(own) = base.config(with.place, with.builtin) {
        config.waivers = own.waivers;
    }
    config
}

/// The planned built-in gates, each configured by what the base has.
fn configured(
    config: &Config,
    profile: Option<&str>,
    view: &View,
    plan: &Plan,
    unjudged: &mut BTreeMap<String, String>,
) -> Vec<Option<Ready>> {
    let mut all = Vec::with_capacity(config.gates.len());
    for (gate, decision) in config.gates.iter().zip(&plan.decisions) {
        let mut own = None;
        if !matches!(decision, Decision::Run(_)) {
            all.push(own);
            continue;
        }
        let alone = Config { gates: vec![gate.clone()], ..config.clone() };
        match ready(&alone, profile, &view.tree, None) {
            Ok(one) => own = one.into_iter().next().flatten(),
            Err(faults) => {
                let why = faults.0.first().map(|fault| fault.message.clone());
                unjudged.insert(gate.name.clone(), why.unwrap_or_default());
            }
        }
        if gate.kind.is_none() {
            let why = "commands and plugins run on the work tree".to_owned();
            unjudged.insert(gate.name.clone(), why);
        }
        all.push(own);
    }
    all
}

/// Every commit that the base reaches.
fn reached(view: &View, merge_base: &str) -> Result<HashSet<String>, Stop> {
    let Some(repository) = &view.repository else { return Ok(HashSet::new()) };
    let listed = repository.git().output(&["rev-list", merge_base, "--"]);
    let listed = listed.map_err(RepoError::from)?;
    Ok(String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect())
}
