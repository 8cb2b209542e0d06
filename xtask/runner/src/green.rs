//! Whether a commit may be released, by a policy that it does not choose. Pure:
//! what was gathered (a believed receipt, the commit's own ci.toml, GitHub's
//! answers) goes in; every reason to refuse comes out.

mod gates;
mod receipt;
mod runs;

use crate::trust::Distrust;

pub use receipt::{is_of_workflow, reasons, run_reasons};
pub use runs::{Standing, checks, jobs, workflow};

/// Codes that say the commit is not proven green. What is in none of these
/// lists says that the receipt itself cannot be believed.
const NOT_GREEN: [&str; 21] = [
    "no-run",
    "wrong-event",
    "foreign-repo",
    "run-failed",
    "conclusion-neutral",
    "conclusion-stale",
    "conclusion-cancelled",
    "conclusion-timed-out",
    "stale-attempt",
    "wrong-app",
    "not-green",
    "gate-failed",
    "gate-missing",
    "gate-skipped",
    "unproven",
    "required-set-shrunk",
    "options-weaker",
    "too-many-waived",
    "reused-not-allowed",
    "base-moved",
    "superseded",
];
/// Codes that say it could not be asked.
const NOT_ASKED: [&str; 3] = ["api-auth", "api-unreachable", "api-garbled"];
/// It was not there in time.
const TIMEOUT: &str = "timeout";

/// 0 without a reason, 1 where the commit is not proven green, 4 where GitHub
/// could not be asked, 5 where the receipt is not believed, 6 where the wait
/// was over first.
#[must_use]
pub fn exit_code(reasons: &[Distrust]) -> u8 {
    let has = |codes: &[&str]| reasons.iter().any(|reason| codes.contains(&reason.code));
    let known = |reason: &Distrust| NOT_GREEN.contains(&reason.code) || reason.code == TIMEOUT;
    match reasons {
        [] => 0,
        _ if has(&NOT_ASKED) => 4,
        some if !some.iter().all(known) => 5,
        _ if has(&NOT_GREEN) => 1,
        _ => 6,
    }
}

/// What follows from other reasons, which say more.
const FOLLOWS: [&str; 4] = ["not-green", "incoherent", "required-set-shrunk", "config-mismatch"];

/// The same reasons, each once, those that say most first.
#[must_use]
pub fn ranked(reasons: Vec<Distrust>) -> Vec<Distrust> {
    let mut ranked: Vec<Distrust> = Vec::with_capacity(reasons.len());
    for reason in reasons {
        if !ranked.contains(&reason) {
            ranked.push(reason);
        }
    }
    ranked.sort_by_key(|reason| FOLLOWS.contains(&reason.code));
    ranked
}

fn distrust(code: &'static str, text: String) -> Distrust {
    Distrust { code, text }
}

/// Text that a stranger wrote, quoted and kept to one line.
fn quoted(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(100).collect();
    format!("'{clean}'")
}

#[cfg(test)]
mod tests {
    use super::{distrust, exit_code};

    #[test]
    fn each_kind_of_refusal_ends_differently() {
        let of = |codes: &[&'static str]| {
            let reasons: Vec<_> = codes.iter().map(|code| distrust(code, String::new())).collect();
            exit_code(&reasons)
        };
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&["gate-failed", "not-green"]), 1);
        assert_eq!(of(&["gate-failed", "tree-mismatch"]), 5);
        assert_eq!(of(&["timeout"]), 6);
        assert_eq!(of(&["timeout", "run-failed"]), 1);
        assert_eq!(of(&["run-failed", "api-auth"]), 4);
        assert_eq!(of(&["no such code"]), 5);
    }
}
