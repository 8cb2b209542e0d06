//! On a terminal: a bar or spinner for each gate that runs, a line that stays
//! for each that ended, and below them how many are done.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Event, Teller, finished, name};
use crate::report::text::visible;

/// Tells by bars that are drawn over.
pub struct Bars {
    all: MultiProgress,
    running: Vec<(String, ProgressBar)>,
    overall: ProgressBar,
    counted: &'static str,
}

const COUNTED: &str = "{spinner} {prefix}  [{bar:24}] {pos} of {len}  {elapsed}";
/// A line that is drawn over must not wrap.
const COUNTED_NARROW: &str = "{spinner} {prefix}  {pos}/{len}";
/// Columns that the bar of a gate with a name of 20 letters takes.
const WIDE: usize = 72;

impl Bars {
    /// For a terminal of so many columns.
    pub fn new(target: ProgressDrawTarget, width: Option<usize>) -> Bars {
        let all = MultiProgress::with_draw_target(target);
        let overall = all.add(ProgressBar::new(0));
        overall.set_style(style("{pos} of {len} gates  {elapsed}"));
        let is_narrow = width.is_some_and(|width| width < WIDE);
        let counted = if is_narrow { COUNTED_NARROW } else { COUNTED };
        Bars { all, running: Vec::new(), overall, counted }
    }

    fn bar(&self, gate: &str) -> Option<&ProgressBar> {
        self.running.iter().find(|(running, _)| running == gate).map(|(_, bar)| bar)
    }

    fn line(&self, line: &str) {
        // A terminal that went away is no reason to stop the run.
        let _written = self.all.println(line);
    }
}

impl Teller for Bars {
    fn hear(&mut self, event: Event, _now: Duration) {
        match event {
            Event::Planned { gates } => self.overall.set_length(gates.len() as u64),
            Event::Started { gate } => {
                let bar = ProgressBar::new_spinner().with_prefix(name(&gate));
                let bar = self.all.insert_before(&self.overall, bar);
                bar.set_style(style("{spinner} {prefix}  {elapsed}"));
                bar.tick();
                self.running.push((gate, bar));
            }
            Event::Advanced { gate, done, total } => {
                if let Some(bar) = self.bar(&gate) {
                    if bar.length() != Some(total) {
                        bar.set_length(total);
                        bar.set_style(style(self.counted));
                    }
                    bar.set_position(done);
                }
            }
            Event::Finished { gate, outcome, elapsed } => {
                let position = self.running.iter().position(|(running, _)| *running == gate);
                if let Some(position) = position {
                    let (_, bar) = self.running.remove(position);
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
                self.line(&finished(&gate, outcome, elapsed));
                self.overall.inc(1);
            }
            Event::Noted { text } => self.line(&format!("note: {}", visible(&text))),
            Event::Interrupted => self.line("interrupted, ending what runs"),
        }
    }

    fn tick(&mut self, _now: Duration) {
        for (_, bar) in &self.running {
            bar.tick();
        }
        self.overall.tick();
    }

    fn close(&mut self) {
        for (_, bar) in self.running.drain(..) {
            bar.finish_and_clear();
        }
        self.overall.finish_and_clear();
        let _cleared = self.all.clear();
    }
}

/// The templates above are checked by the tests; a spinner stands in for a
/// faulty one.
fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_spinner()).progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;
    use kernel::Outcome;

    use super::*;

    /// What was written, whatever the cursor did.
    #[derive(Clone, Debug, Default)]
    struct Paper(Arc<Mutex<String>>);

    impl Paper {
        fn add(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
    }

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.add(text)?;
            self.add("\n")
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn bars_show_what_runs_and_lines_what_ended() {
        let paper = Paper::default();
        let mut bars = Bars::new(ProgressDrawTarget::term_like(Box::new(paper.clone())), Some(80));
        let now = Duration::ZERO;
        bars.hear(Event::Planned { gates: vec!["unit".into(), "pins".into()] }, now);
        for gate in ["unit", "pins\u{1b}[2J"] {
            bars.hear(Event::Started { gate: gate.into() }, now);
        }
        bars.hear(Event::Advanced { gate: "unit".into(), done: 2, total: 4 }, now);
        bars.tick(now);
        let elapsed = Duration::from_millis(3_200);
        bars.hear(Event::Finished { gate: "unit".into(), outcome: Outcome::Failed, elapsed }, now);
        bars.hear(Event::Interrupted, now);
        let written = paper.0.lock().unwrap().clone();
        for expected in [
            "unit  [============>           ] 2 of 4",
            "pins␛[2J",
            "fail  unit  3.2 s",
            "interrupted",
            "of 2 gates",
        ] {
            assert!(written.contains(expected), "no {expected:?} in {written:?}");
        }
        assert!(!written.contains('\u{1b}'));
        bars.close();
        assert!(bars.running.is_empty());
    }

    #[test]
    fn a_narrow_terminal_gets_no_line_that_wraps() {
        let paper = Paper::default();
        let target = ProgressDrawTarget::term_like(Box::new(paper.clone()));
        let mut bars = Bars::new(target, Some(30));
        bars.hear(Event::Planned { gates: vec!["secret-scan".into()] }, Duration::ZERO);
        bars.hear(Event::Started { gate: "secret-scan".into() }, Duration::ZERO);
        let advanced = Event::Advanced { gate: "secret-scan".into(), done: 47_000, total: 78_635 };
        bars.hear(advanced, Duration::ZERO);
        bars.tick(Duration::ZERO);
        let written = paper.0.lock().unwrap().clone();
        assert!(written.contains("secret-scan  47000/78635"), "{written:?}");
        assert!(!written.contains("[="), "{written:?}");
    }

    #[test]
    fn every_template_is_well_formed() {
        for template in [
            "{pos} of {len} gates  {elapsed}",
            "{spinner} {prefix}  {elapsed}",
            COUNTED,
            COUNTED_NARROW,
        ] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
