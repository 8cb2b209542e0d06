//! View → receipt: the whole way once, with every part handed in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::mpsc::Sender;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use kernel::{ErrorKind, Globs, Outcome, Verdict};

use crate::Builtin;
use crate::base;
use crate::baseline;
use crate::ci;
use crate::cli::{Place, Stop};
use crate::config::{Config, Fail, GateConfig};
use crate::exec::Cancel;
use crate::fan_out::{Shard, Sheet};
use crate::gather::{FromRepository, Keeping};
use crate::introduced::{self, With};
use crate::judge::{self, End, Policy};
use crate::plan::{Ask, Changed, Decision, Plan, plan};
use crate::progress::Event;
use crate::proof::{Proofs, command};
use crate::ready::{Configured, Ready, ready};
use crate::receipt::{
    self, Base, FileDigest, GateResult, Predicate, Receipt, Source, Subject, WaiverRecord, sha256,
};
use crate::repo::Point;
use crate::reuse::{Results, Shared};
use crate::run::{Fingerprint, Run, Surroundings, stamp};
use crate::tool::{self, Program};
use crate::trust;
use crate::view::{At, View};

/// How a run is to go.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which gates.
    pub ask: Ask,
    /// Judge only gates that the change concerns.
    pub changed: bool,
    /// What the change is compared with, instead of `[verify] base`.
    pub base: Option<String>,
    /// Permits.
    pub jobs: Option<u32>,
    /// Stop at the first failure.
    pub fail_fast: bool,
    /// Count only what the change against the base brought.
    pub introduced: bool,
    /// Run the canaries of commands too.
    pub prove: bool,
    /// Take no earlier proof.
    pub reuse: bool,
    /// Time limit of every gate.
    pub timeout: Option<Duration>,
    /// Ask no server.
    pub offline: bool,
    /// Keep every finding, however many: the receipt will not be written.
    pub whole: bool,
    /// Judge one gate of a plan that others judge too.
    pub shard: Option<Shard>,
}

/// A run that came to an end.
pub struct Verified {
    /// What is printed is a function of it.
    pub receipt: Receipt,
    /// Its canonical form; none where it is whole, which is for this program alone.
    pub text: Option<String>,
    /// The built-in gates, by position in ci.toml.
    pub ready: Vec<Option<Ready>>,
    /// Exit code.
    pub code: u8,
}

/// Judges `view` and writes down how it went.
///
/// # Errors
/// Nothing was judged: ci.toml has faults, a name is unknown, the base cannot
/// be had.
pub fn verify(
    builtin: &Builtin,
    place: &Place,
    view: &View,
    order: &Order,
    cancel: &Cancel,
    events: &Sender<Event>,
) -> Result<Verified, Stop> {
    let started = Timestamp::now();
    let state = view.state();
    let program = Program::hash(state.clone());
    let config = view.config(place, builtin)?;
    let kept = state.as_deref().filter(|_| order.reuse);
    let whole = kept.and_then(|_| view.whole());
    let whole = whole.as_deref();
    let kept = kept.map(|state| Configured { state, program: &program, whole });
    let ready = ready(&config, order.ask.profile.as_deref(), &view.tree, kept)?;
    let change = change(view, &config, order)?;
    let concerns =
        |index: usize| change.as_ref().and_then(|change| concerns(&ready, &change.paths, index));
    let changed = change.as_ref().map(|change| Changed {
        base: &change.base,
        paths: &change.paths,
        concerns: &concerns,
    });
    let plan = plan(&config, &order.ask, changed.as_ref())
        .map_err(|unknown| Stop::usage(unknown.message).hint(unknown.hint))?;
    let (plan, elsewhere) = match &order.shard {
        None => (plan, Vec::new()),
        Some(shard) => {
            let profile = order.ask.profile.as_deref();
            let sheet = Sheet::of(view.point(), &config, &ready, &plan, profile)?;
            let elsewhere = rules_of(&plan, &ready);
            (shard.narrow(plan, &config, &sheet)?, elsewhere)
        }
    };
    let known = baseline::read(&view.tree).map_err(Stop::usage)?.unwrap_or_default();
    let before_known = base::baseline(view, &config, order.base.as_deref(), &known.0)?;

    // A fix and a baseline are made of what this run sees, whole.
    let results = Results::open(state.as_deref(), &program, order.reuse && !order.whole)
        .and(if order.whole || order.offline { None } else { shared(&config)? });
    let proofs = Proofs::open(state.as_deref(), &program, order.reuse);
    let gatherer =
        FromRepository::new(view, order.base.as_deref().or(config.verify.base.as_deref()), cancel);
    let gatherer = gatherer.keeping(Keeping {
        state: state.as_deref(),
        program: &program,
        reuse: order.reuse,
    });
    let surroundings = surroundings(view, state.as_deref());
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let before = if order.introduced {
        let (plan, results, proofs) = (&plan, &results, &proofs);
        let with = With {
            builtin,
            place,
            view,
            order,
            config: &config,
            plan,
            results,
            proofs,
            today,
            cancel,
        };
        Some(introduced::before(&with)?)
    } else {
        None
    };
    let none_yet = BTreeMap::new();
    let policy = Policy {
        config: &config,
        baseline: &known.0,
        baseline_text: &known.1,
        baseline_before: before_known.as_ref(),
        comments: &none_yet,
        today,
        elsewhere: &elsewhere,
        introduced: before.as_ref().map(|before| &before.introduced),
    };
    let settle = |index: usize, end: &End| {
        let comments = view.watched.seen();
        settle(&Policy { comments: &comments, ..policy }, index, end)
    };
    let _planned = events.send(Event::Planned { gates: planned(&config, &plan) });
    let canary = |gate: &GateConfig| command::prove(view, &config, gate, cancel);
    let run = Run {
        config: &config,
        plan: &plan,
        ready: &ready,
        tree: &view.tree,
        whole,
        gatherer: &gatherer,
        results: &results,
        watched: &view.watched,
        surroundings: &surroundings,
        jobs: order.jobs.unwrap_or_else(|| permits(&config)),
        fail: if order.fail_fast { Fail::Fast } else { config.verify.fail },
        timeout: order.timeout,
        cancel,
        settle: &settle,
        canary: order.prove.then_some(&canary),
        events,
    };
    let done = run.run(&proofs);

    let comments = view.watched.seen();
    let kinds: Vec<Option<ErrorKind>> = done.ends.iter().map(End::error_kind).collect();
    let (gates, waivers) = judge::judge(&Policy { comments: &comments, ..policy }, done.ends);
    let verdict = match judge::verdict(&gates) {
        Verdict::Green if has_other_options(&gates, &ready) || order.introduced => Verdict::Partial,
        // One gate says nothing of the others; how it ended is its row's to say.
        Verdict::Error if order.shard.is_some() && gates.iter().all(is_no_hindrance) => {
            Verdict::Partial
        }
        verdict => verdict,
    };
    let finished = Timestamp::now();
    let run = receipt::Run {
        id: run_id(started, program.digest()),
        started_at: stamp(started),
        finished_at: stamp(finished),
        duration_ms: u64::try_from(finished.duration_since(started).as_millis()).unwrap_or(0),
        host: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        ci: ci::run(),
        per_gate: done.times,
        build: program.digest().to_owned(),
    };
    let told = before.as_ref().map(|before| before.told(&gates));
    let base = change.map(|change| Base {
        reference: change.base,
        commit: change.commit,
        merge_base: Some(change.merge_base),
    });
    let base = base.or_else(|| before.as_ref().map(|before| before.base.clone()));
    let mut receipt = assemble(Assembly {
        point: view.point(),
        config: &config,
        profile: order.ask.profile.clone(),
        selection: plan.selection.clone(),
        verdict,
        gates,
        waivers,
        base,
        run,
    });
    receipt.predicate.introduced = told;
    let text = match order.whole {
        true => None,
        false => Some(receipt.cut_to_size().map_err(|it| Stop::environment(it.to_string()))?),
    };
    // Asked of the receipt: one that was cut is green no longer.
    let predicate = &receipt.predicate;
    let code = match cancel.exit_code() {
        Some(code) => code,
        None => judge::exit_code(predicate.verdict, &predicate.gates, &kinds),
    };
    if cancel.exit_code().is_none()
        && let Some(text) = &text
    {
        let digest = sha256(text.as_bytes());
        if let Some(before) = before {
            before.keep(&results, &digest);
        }
        for kept in done.kept {
            if let (Some(files), Some(ready)) =
                (kept.files, ready.get(kept.index).and_then(Option::as_ref))
            {
                results.keep_files(ready, files, &comments);
            }
            if let Some(fresh) = kept.fresh {
                results.keep(fresh, &comments, &digest);
            }
        }
    }
    if let Some(fault) = results.fault() {
        let text = format!("the shared cache is left alone: {fault}");
        let _told = events.send(Event::Noted { text });
    }
    Ok(Verified { receipt, text, ready, code })
}

/// The cache that `config` names.
pub(crate) fn shared(config: &Config) -> Result<Option<Shared>, Stop> {
    let shared = config.cache.as_ref().map(Shared::open).transpose();
    shared.map_err(|why| Stop::usage(format!("[cache] in {}: {why}", config.path)))
}

/// Whether a gate that decides was judged by a profile's options: less than
/// ci.toml asks for, as far as anybody can tell.
fn has_other_options(gates: &[GateResult], ready: &[Option<Ready>]) -> bool {
    let judged = gates.iter().zip(ready).filter(|(gate, _)| gate.required);
    judged.filter_map(|(_, ready)| ready.as_ref()).any(|ready| !ready.own_options)
}

/// Whether a gate stands in nobody's way.
fn is_no_hindrance(gate: &GateResult) -> bool {
    !gate.required || gate.outcome.is_green() || gate.outcome == Outcome::Skipped
}

/// Rules of every gate that the plan judges.
fn rules_of(plan: &Plan, ready: &[Option<Ready>]) -> Vec<String> {
    let planned = plan.decisions.iter().zip(ready);
    let planned = planned.filter(|(decision, _)| matches!(decision, Decision::Run(_)));
    let rules = planned.filter_map(|(_, ready)| ready.as_ref()).flat_map(|ready| &ready.rules);
    rules.map(|rule| rule.id.clone()).collect()
}

/// What a receipt is put together from.
pub(crate) struct Assembly<'a> {
    pub point: &'a Point,
    pub config: &'a Config,
    pub profile: Option<String>,
    pub selection: receipt::Selection,
    pub verdict: Verdict,
    pub gates: Vec<GateResult>,
    pub waivers: Vec<WaiverRecord>,
    pub base: Option<Base>,
    pub run: receipt::Run,
}

/// Puts it together.
pub(crate) fn assemble(parts: Assembly<'_>) -> Receipt {
    let point = parts.point;
    let mut digest = BTreeMap::new();
    if let (Some(commit), Some(tree)) = (&point.commit, &point.tree) {
        digest.insert("gitCommit".to_owned(), commit.to_string());
        digest.insert("gitTree".to_owned(), tree.to_string());
    }
    let required = parts.gates.iter().filter(|gate| gate.required);
    let policy = receipt::Policy {
        required: required.map(|gate| gate.id.clone()).collect(),
        sha256: String::new(),
        origin: parts.config.path.to_string(),
    };
    let source = Source {
        commit: point.commit.as_ref().map(ToString::to_string),
        tree: point.tree.as_ref().map(ToString::to_string),
        reference: point.reference.clone(),
        dirty: point.dirty,
        dirty_digest: point.dirty_digest.clone(),
        shallow: point.shallow,
        base: parts.base,
    };
    let predicate = Predicate {
        schema_version: receipt::SCHEMA_VERSION,
        verdict: parts.verdict,
        source,
        config: FileDigest { path: parts.config.path.to_string(), sha256: parts.config.sha256() },
        policy,
        tool: tool::tool(),
        profile: parts.profile,
        selection: parts.selection,
        gates: parts.gates,
        waivers: parts.waivers,
        parts: Vec::new(),
        introduced: None,
        findings_cut: None,
        run: parts.run,
    };
    let mut predicate = predicate;
    predicate.policy.sha256 = trust::policy_digest(&predicate);
    Receipt {
        statement_type: receipt::STATEMENT_TYPE.to_owned(),
        subject: vec![Subject { name: "git".to_owned(), digest }],
        predicate_type: receipt::PREDICATE_TYPE.to_owned(),
        predicate,
    }
}

/// What changed, and against what.
struct Change {
    base: String,
    commit: String,
    merge_base: String,
    paths: BTreeSet<Utf8PathBuf>,
}

fn change(view: &View, config: &Config, order: &Order) -> Result<Option<Change>, Stop> {
    if !order.changed {
        return Ok(None);
    }
    let base = order.base.as_ref().or(config.verify.base.as_ref());
    let base = base.ok_or_else(|| {
        Stop::usage("--changed needs something to compare with")
            .hint("give --base REF, or write base = \"origin/main\" under [verify] in ci.toml")
    })?;
    let repository = view
        .repository
        .as_ref()
        .ok_or_else(|| Stop::environment("--changed needs a git repository"))?;
    let commit = repository.resolve(base)?;
    let merge_base = repository.merge_base(base, &view.head())?.ok_or_else(|| {
        Stop::environment(format!("'{base}' and the judged commit have no common ancestor here"))
            .hint("fetch more history: git fetch --unshallow")
    })?;
    let paths = repository.changed(&merge_base, &view.snapshot)?;
    Ok(Some(Change {
        base: base.clone(),
        commit: commit.to_string(),
        merge_base: merge_base.to_string(),
        paths,
    }))
}

/// Whether the built-in gate at `index` looks at a changed path: one of its
/// files, or one that its configuration was read from. None where more than
/// files decides.
fn concerns(ready: &[Option<Ready>], paths: &BTreeSet<Utf8PathBuf>, index: usize) -> Option<bool> {
    let ready = ready.get(index)?.as_ref()?;
    let wants = &ready.wants;
    if wants.history.is_some() || wants.base || !wants.requests.is_empty() || wants.files.is_empty()
    {
        return None;
    }
    let configured = &ready.configured;
    let own = |path: &Utf8PathBuf| {
        wants.files.matches(path)
            || configured.read.contains_key(path.as_str())
            || configured.missing.contains(path)
            || path == crate::config::FILE_NAME
            || path == baseline::FILE_NAME
    };
    Some(paths.iter().any(own))
}

/// How one gate stands, judged alone by the same code as all together.
fn settle(policy: &Policy<'_>, index: usize, end: &End) -> Outcome {
    let others = || End::NotRun(Outcome::Skipped, receipt::Reason::default());
    let ends =
        (0..policy.config.gates.len()).map(|at| if at == index { end.clone() } else { others() });
    let (rows, _) = judge::judge(policy, ends.collect());
    rows.get(index).map_or(Outcome::Errored, |row| row.outcome)
}

fn surroundings(view: &View, state: Option<&Utf8Path>) -> Surroundings {
    let repository = view.repository.clone();
    let fingerprint = repository
        .filter(|_| view.at == At::WorkTree)
        .map(|repository| Box::new(move || repository.fingerprint()) as Fingerprint);
    let last = view.snapshot.fingerprint.clone();
    Surroundings {
        root: view.root.clone(),
        logs: state.map(|state| state.join("logs")),
        fingerprint,
        last: Mutex::new(last),
    }
}

fn planned(config: &Config, plan: &Plan) -> Vec<String> {
    let decided = config.gates.iter().zip(&plan.decisions);
    let runs = decided.filter(|(_, decision)| matches!(decision, Decision::Run(_)));
    runs.map(|(gate, _)| gate.name.clone()).collect()
}

pub(crate) fn permits(config: &Config) -> u32 {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    config
        .verify
        .jobs
        .map_or_else(|| u32::try_from(processors).unwrap_or(1), std::num::NonZeroU32::get)
}

/// Names a run: random enough to tell two apart, and nobody's to guess from.
pub(crate) fn run_id(started: Timestamp, program: &str) -> String {
    let seed = format!("{}\0{}\0{program}", started.as_nanosecond(), std::process::id());
    sha256(seed.as_bytes()).chars().take(32).collect()
}

/// Selected paths; used by reports of what a gate looks at.
#[must_use]
pub fn looks_at(globs: &Globs) -> String {
    let patterns: Vec<&str> = globs.patterns().collect();
    if patterns.is_empty() { "the repository as a whole".to_owned() } else { patterns.join(" ") }
}

#[cfg(test)]
mod tests;
