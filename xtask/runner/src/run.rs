//! Plan → ends: built-in gates on rayon, commands on threads of their own.

mod command;
mod files;
mod pure;
mod scheduler;

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kernel::{ErrorKind, Outcome, Pulse, Tree};

use crate::config::{Config, Fail};
use crate::exec::Cancel;
use crate::gather::Gatherer;
use crate::judge::End;
use crate::plan::{Decision, Plan};
use crate::progress::Event;
use crate::proof::{Proofs, Proving};
use crate::ready::Ready;
use crate::receipt::{GateTime, Reason};

pub use command::{Fingerprint, Surroundings};
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
    /// Fetches base, history and heavy evidence.
    pub gatherer: &'a dyn Gatherer,
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
    /// Where progress is told.
    pub events: &'a Sender<Event>,
}

/// How every gate ended, in ci.toml's order, and how long each took.
pub struct Done {
    /// One a gate.
    pub ends: Vec<End>,
    /// Times of those that ran.
    pub times: BTreeMap<String, GateTime>,
}

impl Run<'_> {
    /// Judges everything that the plan says. Canaries fly beside the walk: a
    /// gate whose canary sleeps is judged all the same, but cannot end green.
    pub fn run(&self, proofs: &Proofs) -> Done {
        let proving = Proving::of(self.ready.len());
        let together = self.together();
        let files = files::Pass::default();
        let slots: Vec<Mutex<Option<(End, GateTime)>>> =
            self.config.gates.iter().map(|_| Mutex::new(None)).collect();
        let runs =
            |index: &usize| matches!(self.plan.decisions.get(*index), Some(Decision::Run(_)));
        let jobs: Vec<Job> =
            (0..self.config.gates.len()).filter(runs).map(|index| self.job(index)).collect();
        let ended = std::thread::scope(|scope| {
            scope.spawn(|| files.walk(self, &together));
            scope.spawn(|| self.prove(proofs, &proving));
            scheduler::run(&jobs, self.jobs, self.fail == Fail::Fast, self.cancel, &|id| {
                let Some(index) = self.index(id) else { return Outcome::Errored };
                let started = Instant::now();
                let started_at = Timestamp::now();
                self.tell(Event::Started { gate: id.to_owned() });
                let end = self.judge(index, &files, together.contains(&index), &proving);
                let outcome = (self.settle)(index, &end);
                let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                let time = GateTime { started_at: stamp(started_at), duration_ms };
                self.tell(Event::Finished {
                    gate: id.to_owned(),
                    outcome,
                    elapsed: started.elapsed(),
                });
                if let Some(slot) = slots.get(index) {
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((end, time));
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

    /// The gates that have something to prove.
    fn proven(&self) -> impl Iterator<Item = (usize, &Ready)> {
        let decisions = self.plan.decisions.iter().zip(self.ready).enumerate();
        decisions.filter_map(|(index, (decision, ready))| match (decision, ready) {
            (Decision::Run(_), Some(ready)) => Some((index, ready)),
            _ => None,
        })
    }

    fn prove(&self, proofs: &Proofs, proving: &Proving) {
        for (index, ready) in self.proven() {
            proving.set(index, proofs.of(ready));
        }
        proofs.save();
    }

    fn judge(
        &self,
        index: usize,
        files: &files::Pass,
        is_together: bool,
        proving: &Proving,
    ) -> End {
        let gate = &self.config.gates[index];
        match self.ready.get(index).and_then(Option::as_ref) {
            Some(ready) => {
                let own;
                let walked = if is_together {
                    files.wait(index)
                } else {
                    own = files::Pass::default();
                    own.walk(self, &[index]);
                    own.wait(index)
                };
                let proof = || proving.wait(index);
                End::Judged(Box::new(pure::judge(self, ready, walked, &proof)))
            }
            None => End::Command(Box::new(command::run(self, gate))),
        }
    }

    fn collect(
        &self,
        slots: Vec<Mutex<Option<(End, GateTime)>>>,
        ended: &BTreeMap<String, Ended>,
    ) -> Done {
        let mut times = BTreeMap::new();
        let mut ends = Vec::with_capacity(slots.len());
        for ((gate, decision), slot) in
            self.config.gates.iter().zip(&self.plan.decisions).zip(slots)
        {
            let end = match (decision, slot.into_inner().unwrap_or_else(PoisonError::into_inner)) {
                (Decision::NotApplicable(reason), _) => {
                    End::NotRun(Outcome::NotApplicable, reason.clone())
                }
                (Decision::Skip(reason), _) => End::NotRun(Outcome::Skipped, reason.clone()),
                (Decision::Run(_), Some((end, time))) => {
                    times.insert(gate.name.clone(), time);
                    end
                }
                (Decision::Run(_), None) => not_started(ended.get(&gate.name)),
            };
            ends.push(end);
        }
        Done { ends, times }
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
