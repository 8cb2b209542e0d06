//! What a run tells while it lasts, on standard error: bars on a terminal,
//! few lines elsewhere. The verdict and the findings are the reports'.
//!
//! Gates send [`Event`]s from their own threads; one thread listens and is the
//! only writer. The cursor is never hidden, so there is nothing to restore
//! when a run is killed.

mod bars;
mod lines;

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::ProgressDrawTarget;
use kernel::Outcome;

use crate::report::gate::word;
use crate::report::text::{duration, shortened, visible};

/// How often the listener looks up while nothing is said.
const TICK: Duration = Duration::from_millis(100);
/// Characters of a gate's name that are shown.
const NAME_CHARS_MAX: usize = 60;

/// Something happened in the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The gates that will be judged, in ci.toml's order.
    Planned {
        /// Their names.
        gates: Vec<String>,
    },
    /// A gate began.
    Started {
        /// Its name.
        gate: String,
    },
    /// A gate came further.
    Advanced {
        /// Its name.
        gate: String,
        /// Units of its work done so far.
        done: u64,
        /// Units in all.
        total: u64,
    },
    /// A gate ended.
    Finished {
        /// Its name.
        gate: String,
        /// How.
        outcome: Outcome,
        /// How long it took.
        elapsed: Duration,
    },
    /// Something that is not as it should be, and stops nothing.
    Noted {
        /// What.
        text: String,
    },
    /// The run was asked to stop; gates that run are being ended.
    Interrupted,
}

/// Tells `events` on standard error until every sender is gone, and once that
/// the run `is_interrupted`.
pub fn show(events: &Receiver<Event>, is_quiet: bool, is_interrupted: &dyn Fn() -> bool) {
    if is_quiet {
        events.iter().for_each(drop);
        return;
    }
    let target = ProgressDrawTarget::stderr();
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if target.is_hidden() || is_dumb {
        follow(events, &mut lines::Lines::new(std::io::stderr()), is_interrupted);
    } else {
        let width = terminal_size::terminal_size_of(std::io::stderr());
        let width = width.map(|(width, _)| usize::from(width.0));
        follow(events, &mut bars::Bars::new(target, width), is_interrupted);
    }
}

/// A way to tell. Times count from the beginning of the run.
trait Teller {
    fn hear(&mut self, event: Event, now: Duration);
    /// Called at least every [`TICK`].
    fn tick(&mut self, now: Duration);
    /// Nothing more will happen.
    fn close(&mut self);
}

fn follow(events: &Receiver<Event>, teller: &mut impl Teller, is_interrupted: &dyn Fn() -> bool) {
    let mut has_told = false;
    let start = Instant::now();
    let mut ticked = start;
    loop {
        match events.recv_timeout(TICK) {
            Ok(event) => teller.hear(event, start.elapsed()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if !has_told && is_interrupted() {
            has_told = true;
            teller.hear(Event::Interrupted, start.elapsed());
        }
        // Events in close succession must not keep the clock from ticking, nor
        // make it tick for each.
        if ticked.elapsed() >= TICK {
            ticked = Instant::now();
            teller.tick(start.elapsed());
        }
    }
    teller.close();
}

/// `ok unit  3.2 s`.
fn finished(gate: &str, outcome: Outcome, elapsed: Duration) -> String {
    format!("{:5} {}  {}", word(outcome), name(gate), lasted(elapsed))
}

fn name(gate: &str) -> String {
    shortened(&visible(gate), NAME_CHARS_MAX).into_owned()
}

fn lasted(elapsed: Duration) -> String {
    duration(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
