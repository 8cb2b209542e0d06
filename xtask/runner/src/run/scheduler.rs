//! Which job may start now: needs, permits, mutexes. Knows nothing of gates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::channel;

use kernel::Outcome;

use crate::exec::Cancel;

/// One job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name, once in a run.
    pub id: String,
    /// Jobs that must end green before; each is in the same run.
    pub needs: Vec<String>,
    /// Permits it takes; 0 always fits, more than there are takes them all.
    pub weight: u32,
    /// Jobs of the same mutex never run at once.
    pub mutex: Option<String>,
    /// Takes no time to speak of: done on the spot, once those that do are started.
    pub is_quick: bool,
}

/// How a job ended, or why it did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It ran.
    Ran(Outcome),
    /// A need did not end green.
    Blocked {
        /// That need.
        by: String,
    },
    /// The run was cancelled, or failed fast, before it started.
    NotStarted,
}

/// Runs every job that may run, each that takes time on a thread of its own, and
/// returns when all have ended. `permits` is at least one.
pub fn run(
    jobs: &[Job],
    permits: u32,
    fail_fast: bool,
    cancel: &Cancel,
    work: &(dyn Fn(&str) -> Outcome + Sync),
) -> BTreeMap<String, Ended> {
    let permits = permits.max(1);
    let mut state = State { permits, waiting: jobs.iter().collect(), ..State::default() };
    let (ended_tx, ended_rx) = channel();
    std::thread::scope(|scope| {
        loop {
            if cancel.is_requested() || (fail_fast && state.has_failed) {
                state.give_up();
            }
            let (quick, long): (Vec<&Job>, Vec<&Job>) =
                state.startable().into_iter().partition(|job| job.is_quick);
            for job in long {
                let ended = ended_tx.clone();
                scope.spawn(move || {
                    let _sent = ended.send((job, outcome_of(job, work)));
                });
            }
            for job in &quick {
                state.end(job, outcome_of(job, work));
            }
            if !quick.is_empty() {
                continue;
            }
            if state.running == 0 {
                break;
            }
            match ended_rx.recv() {
                Ok((job, outcome)) => state.end(job, outcome),
                Err(_) => break,
            }
        }
    });
    state.give_up();
    state.ended
}

/// A panic in the work must not leave the others waiting.
fn outcome_of(job: &Job, work: &(dyn Fn(&str) -> Outcome + Sync)) -> Outcome {
    let work = std::panic::AssertUnwindSafe(|| work(&job.id));
    std::panic::catch_unwind(work).unwrap_or(Outcome::Errored)
}

#[derive(Default)]
struct State<'a> {
    permits: u32,
    taken: u32,
    running: usize,
    held: BTreeSet<&'a str>,
    waiting: Vec<&'a Job>,
    ended: BTreeMap<String, Ended>,
    has_failed: bool,
}

impl<'a> State<'a> {
    /// Takes every job that may start now out of the waiting ones, in their
    /// order, and accounts for it.
    fn startable(&mut self) -> Vec<&'a Job> {
        self.block();
        let mut started = Vec::new();
        for job in std::mem::take(&mut self.waiting) {
            let weight = job.weight.min(self.permits);
            let ready =
                job.needs.iter().all(|need| matches!(self.ended.get(need), Some(Ended::Ran(_))));
            let fits = self.taken + weight <= self.permits;
            let free = job.mutex.as_deref().is_none_or(|mutex| !self.held.contains(mutex));
            if ready && fits && free {
                self.taken += weight;
                self.running += 1;
                self.held.extend(job.mutex.as_deref());
                started.push(job);
            } else {
                self.waiting.push(job);
            }
        }
        started
    }

    /// Blocks every job with a need that did not end green, and theirs.
    fn block(&mut self) {
        loop {
            let ended = &self.ended;
            let spoilt = |need: &&String| match ended.get(*need) {
                Some(Ended::Ran(outcome)) => !outcome.is_green(),
                Some(_) => true,
                None => false,
            };
            let blocked: Vec<(&Job, String)> = self
                .waiting
                .iter()
                .filter_map(|job| Some((*job, job.needs.iter().find(spoilt)?.clone())))
                .collect();
            if blocked.is_empty() {
                return;
            }
            for (job, by) in blocked {
                self.waiting.retain(|waiting| waiting.id != job.id);
                self.ended.insert(job.id.clone(), Ended::Blocked { by });
            }
        }
    }

    fn end(&mut self, job: &'a Job, outcome: Outcome) {
        self.taken -= job.weight.min(self.permits);
        self.running -= 1;
        if let Some(mutex) = &job.mutex {
            self.held.remove(mutex.as_str());
        }
        self.has_failed |= !outcome.is_green();
        self.ended.insert(job.id.clone(), Ended::Ran(outcome));
    }

    fn give_up(&mut self) {
        for job in std::mem::take(&mut self.waiting) {
            self.ended.insert(job.id.clone(), Ended::NotStarted);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    use proptest::prelude::*;

    use super::*;

    fn job(id: &str, needs: &[&str]) -> Job {
        let needs = needs.iter().map(|need| (*need).to_owned()).collect();
        Job { id: id.to_owned(), needs, weight: 1, mutex: None, is_quick: false }
    }

    #[test]
    fn what_needs_a_failed_job_is_blocked_and_so_is_what_needs_that() {
        let jobs = [job("a", &[]), job("b", &["a"]), job("c", &["b"]), job("d", &[])];
        let fail_a = |id: &str| if id == "a" { Outcome::Failed } else { Outcome::Passed };
        let ended = run(&jobs, 2, false, &Cancel::new(), &fail_a);
        assert_eq!(ended["b"], Ended::Blocked { by: "a".into() });
        assert_eq!(ended["c"], Ended::Blocked { by: "b".into() });
        assert_eq!(ended["d"], Ended::Ran(Outcome::Passed));
    }

    #[test]
    fn failing_fast_starts_nothing_new() {
        let jobs = [job("a", &[]), job("b", &[]), job("c", &[])];
        let ended = run(&jobs, 1, true, &Cancel::new(), &|_| Outcome::Failed);
        assert_eq!(ended["a"], Ended::Ran(Outcome::Failed));
        assert_eq!(ended["b"], Ended::NotStarted);
        assert_eq!(ended["c"], Ended::NotStarted);
    }

    #[test]
    fn a_panic_ends_its_job_only() {
        let jobs = [job("a", &[]), job("b", &[])];
        let ended = run(&jobs, 1, false, &Cancel::new(), &|id| {
            assert_ne!(id, "a", "on purpose");
            Outcome::Passed
        });
        assert_eq!(ended["a"], Ended::Ran(Outcome::Errored));
        assert_eq!(ended["b"], Ended::Ran(Outcome::Passed));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// Any DAG: each job runs once or is blocked by a need that did not end
        /// green; permits and mutexes are respected; and it ends.
        #[test]
        fn any_dag_is_run_by_the_rules(
            shape in prop::collection::vec((any::<u32>(), 0_u32..4, 0_u8..4, any::<bool>()), 1..24),
            permits in 1_u32..5,
        ) {
            let jobs: Vec<Job> = shape.iter().enumerate().map(|(index, (bits, weight, mutex, _))| Job {
                id: index.to_string(),
                needs: (0..index.min(32)).filter(|need| bits >> need & 1 == 1 && bits >> (need + 7) & 1 == 1)
                    .map(|need| need.to_string()).collect(),
                weight: *weight,
                mutex: (*mutex < 2).then(|| mutex.to_string()),
                is_quick: bits >> 31 == 1,
            }).collect();
            let taken = AtomicU32::new(0);
            let held = Mutex::new(BTreeSet::new());
            let runs = Mutex::new(Vec::new());
            let ended = run(&jobs, permits, false, &Cancel::new(), &|id| {
                let index: usize = id.parse().unwrap();
                let weight = jobs[index].weight.min(permits);
                assert!(taken.fetch_add(weight, Ordering::SeqCst) + weight <= permits);
                if let Some(mutex) = &jobs[index].mutex {
                    assert!(held.lock().unwrap().insert(mutex.clone()));
                }
                runs.lock().unwrap().push(index);
                std::thread::yield_now();
                if let Some(mutex) = &jobs[index].mutex {
                    held.lock().unwrap().remove(mutex);
                }
                taken.fetch_sub(weight, Ordering::SeqCst);
                if shape[index].3 { Outcome::Passed } else { Outcome::Failed }
            });
            prop_assert_eq!(ended.len(), jobs.len());
            let runs = runs.into_inner().unwrap();
            for (index, job) in jobs.iter().enumerate() {
                let count = runs.iter().filter(|ran| **ran == index).count();
                match &ended[&job.id] {
                    Ended::Ran(outcome) => {
                        prop_assert_eq!(count, 1);
                        prop_assert_eq!(outcome.is_green(), shape[index].3, "an assertion in the work failed");
                    }
                    Ended::Blocked { by } => {
                        prop_assert_eq!(count, 0);
                        prop_assert!(job.needs.contains(by));
                        prop_assert!(!matches!(ended[by], Ended::Ran(Outcome::Passed)));
                    }
                    Ended::NotStarted => prop_assert!(false, "nothing was cancelled"),
                }
            }
        }
    }
}
