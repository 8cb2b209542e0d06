//! What an outcome or verdict looks like: a shape of its own beside its word,
//! so that nothing is told by colour alone.

use kernel::{Outcome, Verdict};
use maud::{Markup, html};

/// How something ended, as far as its look goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Ok,
    Flaky,
    Fail,
    Stuck,
    Absent,
}

impl Look {
    pub fn of(outcome: Outcome) -> Look {
        match outcome {
            Outcome::Passed | Outcome::Reused => Look::Ok,
            Outcome::Flaky => Look::Flaky,
            Outcome::Failed => Look::Fail,
            Outcome::NotApplicable | Outcome::Skipped => Look::Absent,
            Outcome::Vacuous
            | Outcome::Errored
            | Outcome::TimedOut
            | Outcome::Interrupted
            | Outcome::Blocked => Look::Stuck,
        }
    }

    pub fn of_verdict(verdict: Verdict) -> Look {
        match verdict {
            Verdict::Green => Look::Ok,
            Verdict::Red => Look::Fail,
            Verdict::Error => Look::Stuck,
            Verdict::Partial => Look::Flaky,
        }
    }

    /// Its class in the style sheet, and the name of its shape.
    pub fn class(self) -> &'static str {
        match self {
            Look::Ok => "ok",
            Look::Flaky => "flaky",
            Look::Fail => "fail",
            Look::Stuck => "stuck",
            Look::Absent => "absent",
        }
    }

    /// The shape alone; a word must stand beside it.
    pub fn icon(self) -> Markup {
        html! {
            svg.icon aria-hidden="true" width="16" height="16" viewBox="0 0 16 16" {
                use href=(format!("#icon-{}", self.class())) {}
            }
        }
    }
}

/// The shapes, drawn once and used by name.
pub fn shapes() -> Markup {
    html! {
        svg width="0" height="0" aria-hidden="true" style="position:absolute" {
            symbol id="icon-ok" viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="8" fill="currentColor" {}
                path d="M4.4 8.3l2.5 2.5 4.8-5.2" class="ink" {}
            }
            symbol id="icon-flaky" viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="7" class="ring" {}
                path d="M8 1a7 7 0 0 1 0 14z" fill="currentColor" {}
            }
            symbol id="icon-fail" viewBox="0 0 16 16" {
                rect width="16" height="16" rx="3.5" fill="currentColor" {}
                path d="M5 5l6 6M11 5l-6 6" class="ink" {}
            }
            symbol id="icon-stuck" viewBox="0 0 16 16" {
                path d="M8 .6a1.3 1.3 0 0 1 1.1.7l6.3 12a1.3 1.3 0 0 1-1.1 2H1.7a1.3 1.3 0 0 1-1.1-2l6.3-12A1.3 1.3 0 0 1 8 .6z" fill="currentColor" {}
                path d="M8 5.4v4.2M8 12.3v.2" class="ink" {}
            }
            symbol id="icon-absent" viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="7" class="ring" {}
                path d="M5 8h6" class="stroke" {}
            }
        }
    }
}
