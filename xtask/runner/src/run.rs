//! Plan → ends: built-in gates on rayon, commands on threads of their own.

mod command;
mod files;
mod output;
pub mod plugin;
mod pure;
mod scheduler;

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kernel::{ErrorKind, GateError, Outcome, Pulse, Tree};
use rayon::prelude::*;

use crate::config::{Config, Fail, GateConfig};
use crate::exec::Cancel;
use crate::gather::Gatherer;
use crate::judge::End;
use crate::plan::{Decision, Plan};
use crate::progress::Event;
use crate::proof::command::Shown;
use crate::proof::{Proofs, Proving};
use crate::ready::Ready;
use crate::receipt::{GateTime, Reason};
use crate::reuse::{FileResults, Fresh, Looked, Named, Results};
use crate::waiver::Watched;

pub use command::{Fingerprint, Surroundings, command_of};
use scheduler::{Ended, Job};

/// Everything that a run is made of.
pub struct Run<'a> {
    /// ci.toml.
    pub config: &'a Config,
    /// What was decided for each gate.
    pub plan: &'a Plan,
    /// The built-in gates, by position in ci.toml.
    pub ready: &'a [Option<Ready>],
    /// The judged tree; reads through it are watched for waivers.
    pub tree: &'a Tree,
    /// What names all of it, where results are kept.
    pub whole: Option<&'a str>,
    /// Fetches base, history and heavy evidence.
    pub gatherer: &'a dyn Gatherer,
    /// Results of earlier runs, and where those of this one go.
    pub results: &'a Results<'a>,
    /// The watch over waiver comments: a file that is not read again has told its
    /// own before.
    pub watched: &'a Watched,
    /// Where commands run.
    pub surroundings: &'a Surroundings,
    /// Permits.
    pub jobs: u32,
    /// Whether a failed gate stops the others.
    pub fail: Fail,
    /// A time limit from the command line, for every gate.
    pub timeout: Option<Duration>,
    /// Interrupts.
    pub cancel: &'a Cancel,
    /// How a gate stands once waivers and baseline are counted: what decides
    /// whether those that need it may start.
    pub settle: &'a (dyn Fn(usize, &End) -> Outcome + Sync),
    /// How a command's canary is run; none where nobody asked for it.
    pub canary: Option<&'a Canary<'a>>,
    /// Where progress is told.
    pub events: &'a Sender<Event>,
}

/// Runs a command's canary on a copy of the tree.
pub type Canary<'a> = dyn Fn(&GateConfig) -> Result<Shown, GateError> + Sync + 'a;

/// How every gate ended, in ci.toml's order, and how long each took.
pub struct Done {
    /// One a gate.
    pub ends: Vec<End>,
    /// Times of those that ran.
    pub times: BTreeMap<String, GateTime>,
    /// What may stand for a later run.
    pub kept: Vec<Kept>,
}

/// What of a gate's judging may stand for a later run.
#[derive(Default)]
pub struct Kept {
    /// The gate's position in ci.toml.
    pub index: usize,
    /// The whole.
    pub fresh: Option<Fresh>,
    /// Its files.
    pub files: Option<FileResults>,
}

type Slot = Mutex<Option<(End, GateTime, Kept)>>;

impl Run<'_> {
    /// Judges everything that the plan says. Canaries fly beside the walk: a
    /// gate whose canary sleeps is judged all the same, but cannot end green.
    pub fn run(&self, proofs: &Proofs) -> Done {
        let proving = Proving::of(self.ready.len());
        let looked = self.look();
        let stands = |index: &usize| matches!(looked.get(*index), Some(Looked::Hit(_)));
        let together: Vec<usize> =
            self.together().into_iter().filter(|index| !stands(index)).collect();
        let files = files::Pass::of(self.is_shared(&looked));
        let slots: Vec<Slot> = self.config.gates.iter().map(|_| Mutex::new(None)).collect();
        let runs =
            |index: &usize| matches!(self.plan.decisions.get(*index), Some(Decision::Run(_)));
        let job = |index| Job { is_quick: stands(&index), ..self.job(index) };
        let jobs: Vec<Job> = (0..self.config.gates.len()).filter(runs).map(job).collect();
        let ended = std::thread::scope(|scope| {
            if !together.is_empty() {
                scope.spawn(|| files.walk(self, &together));
            }
            scope.spawn(|| self.prove(proofs, &proving));
            scheduler::run(&jobs, self.jobs, self.fail == Fail::Fast, self.cancel, &|id| {
                let Some(index) = self.index(id) else { return Outcome::Errored };
                let started = Instant::now();
                let started_at = Timestamp::now();
                self.tell(Event::Started { gate: id.to_owned() });
                let files = together.contains(&index).then_some(&files);
                let (end, kept) = self.judge(index, files, &looked, &proving);
                let outcome = (self.settle)(index, &end);
                let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                let time = GateTime { started_at: stamp(started_at), duration_ms };
                self.tell(Event::Finished {
                    gate: id.to_owned(),
                    outcome,
                    elapsed: started.elapsed(),
                });
                if let Some(slot) = slots.get(index) {
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((end, time, kept));
                }
                outcome
            })
        });
        self.collect(slots, &ended)
    }

    fn job(&self, index: usize) -> Job {
        let gate = &self.config.gates[index];
        // A gate that was left out stands in nobody's way.
        let runs = |need: &&String| {
            self.index(need)
                .is_some_and(|index| matches!(self.plan.decisions[index], Decision::Run(_)))
        };
        let is_command = gate.kind.is_none();
        Job {
            id: gate.name.clone(),
            needs: gate.common.needs.iter().filter(runs).cloned().collect(),
            // Built-in gates run on rayon's threads: they take no permit.
            weight: if is_command {
                gate.common.weight.map_or(1, std::num::NonZeroU32::get)
            } else {
                0
            },
            mutex: gate.common.mutex.clone(),
            is_quick: false,
        }
    }

    /// Positions of built-in gates that need nothing: their files are walked
    /// together, each read once.
    fn together(&self) -> Vec<usize> {
        let fits = |index: &usize| {
            let gate = &self.config.gates[*index];
            gate.kind.is_some()
                && self.job(*index).needs.is_empty()
                && matches!(self.plan.decisions[*index], Decision::Run(_))
        };
        (0..self.config.gates.len()).filter(fits).collect()
    }

    /// Whether several gates judge anew, and may ask for the same file.
    fn is_shared(&self, looked: &[Looked]) -> bool {
        let anew = self.proven().filter(|(index, _)| !matches!(looked[*index], Looked::Hit(_)));
        anew.count() > 1
    }

    /// The gates that have something to prove.
    fn proven(&self) -> impl Iterator<Item = (usize, &Ready)> {
        let decisions = self.plan.decisions.iter().zip(self.ready).enumerate();
        decisions.filter_map(|(index, (decision, ready))| match (decision, ready) {
            (Decision::Run(_), Some(ready)) => Some((index, ready)),
            _ => None,
        })
    }

    /// What earlier runs came to, gate by gate.
    fn look(&self) -> Vec<Looked> {
        let mut looked: Vec<Looked> = self.ready.iter().map(|_| Looked::Off).collect();
        let runs = self.plan.decisions.iter().enumerate();
        let runs = runs.filter(|(_, decision)| matches!(decision, Decision::Run(_)));
        let look = |index: usize| match self.ready.get(index).and_then(Option::as_ref) {
            Some(ready) => self.results.look(ready, self.named(), self.gatherer),
            None => command::look(self, &self.config.gates[index]),
        };
        let found: Vec<(usize, Looked)> =
            runs.par_bridge().map(|(index, _)| (index, look(index))).collect();
        for (index, found) in found {
            if let Looked::Hit(standing) = &found {
                for (path, comments) in &standing.kept.comments {
                    self.watched.know(path, comments.clone());
                }
            }
            if let Some(slot) = looked.get_mut(index) {
                *slot = found;
            }
        }
        looked
    }

    /// The judged tree, by name where it has one.
    fn named(&self) -> Named<'_> {
        Named { tree: self.tree, whole: self.whole }
    }

    fn prove(&self, proofs: &Proofs, proving: &Proving) {
        for (index, ready) in self.proven() {
            proving.set(index, proofs.of(ready));
        }
        proofs.save();
    }

    /// `files` is the walk that the gate takes part in, if it does.
    fn judge(
        &self,
        index: usize,
        files: Option<&files::Pass>,
        looked: &[Looked],
        proving: &Proving,
    ) -> (End, Kept) {
        let gate = &self.config.gates[index];
        let Some(ready) = self.ready.get(index).and_then(Option::as_ref) else {
            let looked = looked.get(index).unwrap_or(&Looked::Off);
            let (end, fresh) = command::judge(self, gate, looked);
            return (End::Command(Box::new(end)), Kept { index, fresh, files: None });
        };
        let proof = || proving.wait(index);
        let gathered = match looked.get(index) {
            Some(Looked::Hit(standing)) => {
                let judged = pure::stand(ready, standing, &proof);
                return (End::Judged(Box::new(judged)), Kept::default());
            }
            Some(Looked::Miss(gathered)) => Some(gathered.as_str()),
            Some(Looked::Off) | None => None,
        };
        let walked = match files {
            Some(files) => files.wait(index),
            None => {
                let own = files::Pass::of(self.is_shared(looked));
                own.walk(self, &[index]);
                own.wait(index)
            }
        };
        let (judged, fresh, files) = pure::judge(self, ready, walked, gathered, &proof);
        (End::Judged(Box::new(judged)), Kept { index, fresh, files })
    }

    fn collect(&self, slots: Vec<Slot>, ended: &BTreeMap<String, Ended>) -> Done {
        let mut times = BTreeMap::new();
        let mut kept = Vec::new();
        let mut ends = Vec::with_capacity(slots.len());
        for ((gate, decision), slot) in
            self.config.gates.iter().zip(&self.plan.decisions).zip(slots)
        {
            let end = match (decision, slot.into_inner().unwrap_or_else(PoisonError::into_inner)) {
                (Decision::NotApplicable(reason), _) => {
                    End::NotRun(Outcome::NotApplicable, reason.clone())
                }
                (Decision::Skip(reason), _) => End::NotRun(Outcome::Skipped, reason.clone()),
                (Decision::Run(_), Some((end, time, own))) => {
                    times.insert(gate.name.clone(), time);
                    kept.push(own);
                    end
                }
                (Decision::Run(_), None) => not_started(ended.get(&gate.name)),
            };
            ends.push(end);
        }
        Done { ends, times, kept }
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.config.gates.iter().position(|gate| gate.name == name)
    }

    fn tell(&self, event: Event) {
        // Whoever listens may be gone; the run does not depend on it.
        let _told = self.events.send(event);
    }

    /// The time limit of one gate.
    fn limit(&self, gate: &str) -> Duration {
        let own = self.config.gate(gate).and_then(|gate| gate.common.timeout);
        self.timeout.unwrap_or_else(|| own.unwrap_or(self.config.verify.timeout).0)
    }

    /// Stops a pure gate at its time limit or on an interrupt.
    fn pulse(&self, gate: &str) -> Pulse {
        // A limit past the end of time is none.
        let deadline = Instant::now().checked_add(self.limit(gate));
        let cancel = self.cancel.clone();
        Pulse::new(move || {
            if cancel.is_requested() {
                Some(ErrorKind::Interrupted)
            } else if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                Some(ErrorKind::TimedOut)
            } else {
                None
            }
        })
    }
}

fn not_started(ended: Option<&Ended>) -> End {
    let reason = |code: &str, text: String| Reason { code: code.into(), text, hint: None };
    match ended {
        Some(Ended::Blocked { by }) => {
            End::NotRun(Outcome::Blocked, reason("needs", format!("'{by}' did not pass")))
        }
        _ => End::NotRun(
            Outcome::Interrupted,
            reason("not-started", "the run ended before it began".into()),
        ),
    }
}

/// UTC, RFC 3339, milliseconds.
#[must_use]
pub fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The tree of one gate: its own trace, its own pulse.
fn own_tree(run: &Run<'_>, ready: &Ready) -> (Tree, Pulse) {
    let pulse = run.pulse(&ready.name);
    (run.tree.retraced(pulse.clone()), pulse)
}
