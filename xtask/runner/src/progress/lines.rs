//! Where no terminal listens: logs of CI, files, pipes. A run that ends within
//! a second says nothing.

use std::io::Write;
use std::time::Duration;

use kernel::Outcome;

use super::{Event, Teller, finished, lasted, name};
use crate::report::text::{grouped, listed, visible};

/// A gate that ends sooner is not worth a line.
const WORTH_A_LINE: Duration = Duration::from_secs(1);
/// After so long without a line one is written, so that nobody (and no CI
/// provider) takes the run for dead.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Tells by whole lines.
pub struct Lines<W> {
    out: W,
    running: Vec<Running>,
    told: Duration,
}

struct Running {
    gate: String,
    since: Duration,
    is_told: bool,
    done: Option<(u64, u64)>,
}

impl<W: Write> Lines<W> {
    pub fn new(out: W) -> Lines<W> {
        Lines { out, running: Vec::new(), told: Duration::ZERO }
    }

    /// A reader that went away is no reason to stop the run.
    fn say(&mut self, line: &str, now: Duration) {
        let _written = writeln!(self.out, "{line}");
        let _flushed = self.out.flush();
        self.told = now;
    }

    fn end(&mut self, gate: &str, outcome: Outcome, elapsed: Duration, now: Duration) {
        let position = self.running.iter().position(|running| running.gate == gate);
        let was_told = position.is_some_and(|position| self.running.remove(position).is_told);
        if was_told || elapsed >= WORTH_A_LINE {
            self.say(&finished(gate, outcome, elapsed), now);
        }
    }
}

impl<W: Write> Teller for Lines<W> {
    fn hear(&mut self, event: Event, now: Duration) {
        match event {
            Event::Planned { .. } => {}
            Event::Started { gate } => {
                self.running.push(Running { gate, since: now, is_told: false, done: None });
            }
            Event::Advanced { gate, done, total } => {
                if let Some(running) = self.running.iter_mut().find(|it| it.gate == gate) {
                    running.done = Some((done, total));
                }
            }
            Event::Finished { gate, outcome, elapsed } => self.end(&gate, outcome, elapsed, now),
            Event::Noted { text } => self.say(&format!("note: {}", visible(&text)), now),
            Event::Interrupted => {
                let gates: Vec<&str> = self.running.iter().map(|it| it.gate.as_str()).collect();
                let line = format!("interrupted, ending {}", listed(&gates, 8));
                self.say(line.trim_end_matches(", ending "), now);
            }
        }
    }

    fn tick(&mut self, now: Duration) {
        let mut lines = Vec::new();
        for running in &mut self.running {
            if !running.is_told && now.saturating_sub(running.since) >= WORTH_A_LINE {
                running.is_told = true;
                lines.push(format!("start {}", name(&running.gate)));
            }
        }
        for line in lines {
            self.say(&line, now);
        }
        if !self.running.is_empty() && now.saturating_sub(self.told) >= HEARTBEAT {
            let gates: Vec<String> = self.running.iter().map(|it| it.state(now)).collect();
            self.say(&format!("still running: {}", listed(&gates, 8)), now);
        }
    }

    fn close(&mut self) {}
}

impl Running {
    /// `unit (1 min 30 s, 120 of 4,000)`.
    fn state(&self, now: Duration) -> String {
        let elapsed = lasted(now.saturating_sub(self.since));
        let done = match self.done {
            Some((done, total)) => format!(", {} of {}", grouped(done), grouped(total)),
            None => String::new(),
        };
        format!("{} ({elapsed}{done})", name(&self.gate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(gate: &str) -> Event {
        Event::Started { gate: gate.into() }
    }

    fn ended(gate: &str, outcome: Outcome, ms: u64) -> Event {
        Event::Finished { gate: gate.into(), outcome, elapsed: Duration::from_millis(ms) }
    }

    /// Lets `events` happen at their milliseconds, ticking every 100.
    fn told(events: &[(u64, Event)], until_ms: u64) -> String {
        let mut lines = Lines::new(Vec::new());
        let mut events = events.iter().peekable();
        for ms in (0..=until_ms).step_by(100) {
            let now = Duration::from_millis(ms);
            while let Some((_, event)) = events.next_if(|(at, _)| *at <= ms) {
                lines.hear(event.clone(), now);
            }
            lines.tick(now);
        }
        lines.close();
        String::from_utf8(lines.out).unwrap()
    }

    #[test]
    fn a_quick_run_says_nothing() {
        let events =
            [(0, started("a")), (900, ended("a", Outcome::Failed, 900)), (900, started("b"))];
        assert_eq!(told(&events, 1_500), "");
    }

    #[test]
    fn what_lasts_is_told_and_beats_every_thirty_seconds() {
        let events = [
            (0, started("quick")),
            (0, started("unit\u{1b}[2J")),
            (500, ended("quick", Outcome::Passed, 500)),
            (2_000, Event::Advanced { gate: "unit\u{1b}[2J".into(), done: 1_200, total: 5_000 }),
            (70_000, Event::Interrupted),
            (70_100, ended("unit\u{1b}[2J", Outcome::Interrupted, 70_100)),
        ];
        assert_eq!(
            told(&events, 200_000),
            "start unit␛[2J
still running: unit␛[2J (31.0 s, 1,200 of 5,000)
still running: unit␛[2J (1 min 1 s, 1,200 of 5,000)
interrupted, ending unit␛[2J
stop  unit␛[2J  1 min 10 s
"
        );
    }

    #[test]
    fn an_end_without_a_beginning_is_no_fault() {
        let events = [(0, ended("a", Outcome::Passed, 5_000)), (0, Event::Interrupted)];
        assert_eq!(told(&events, 100), "ok    a  5.0 s\ninterrupted\n");
    }
}
