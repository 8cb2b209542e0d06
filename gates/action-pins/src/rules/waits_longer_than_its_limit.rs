use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::check::Call;
use crate::inspect::{Inspected, one_line};
use crate::jobs::{Job, Text};

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/waits-longer-than-its-limit",
    severity: Severity::Error,
    doc: "A release check may wait longer than its job is allowed to run.

`require-green --wait` ends with a verdict and its reason; a job that GitHub \
stops at its `timeout-minutes` (360 where none is given) ends as cancelled, \
without either, and what depends on it sees no failure. The waits of a job's \
steps add up. A polling loop written out in a `run:` is not followed: replace \
it by `--wait`.

Fix: let the limit be longer than the wait, with some minutes to start and to \
end in, and write both as numbers: `timeout-minutes: 40` for `--wait 30m`.",
    bad: &[
        Example::new(
            "-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    steps:
      - run: |
          cargo xtask require-green --commit \"$GITHUB_SHA\" \\
            --github owner/repository --wait 30m
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    steps:
      - run: cargo xtask require-green-ci --commit \"$GITHUB_SHA\" --wait=6h
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\" --wait 30m
        timeout-minutes: 20
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\" --wait \"$WAIT\"
",
        ),
    ],
    good: &[
        Example::new(
            "-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    timeout-minutes: 40
    steps:
      - run: |
          cargo xtask require-green --commit \"$GITHUB_SHA\" \\
            --github owner/repository --wait 30m
",
        ),
        Example::new(
            "-- .github/workflows/release.yml --
jobs:
  require-green:
    runs-on: ubuntu-24.04
    steps:
      - run: cargo xtask require-green --commit \"$GITHUB_SHA\" --wait '1h 30m'
        timeout-minutes: 100
",
        ),
    ],
    judge: Judge::File(judge),
};

/// What GitHub allows a job that says nothing.
const DEFAULT_MINUTES: f64 = 360.0;

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let pipeline = &inspected.pipeline;
    let mut findings = Vec::new();
    for check in &pipeline.checks {
        let Some(job) = pipeline.jobs.list.get(check.job) else { continue };
        let mut waited = 0.0;
        for call in &check.calls {
            findings.extend(finding(inspected, job, call, &mut waited));
        }
    }
    findings
}

fn finding(inspected: &Inspected<'_>, job: &Job, call: &Call, waited: &mut f64) -> Option<Finding> {
    let wait = call.wait.as_ref()?;
    let id = one_line(&job.id.text);
    let found = |message: String| {
        Finding::new(OFFENCE.id, inspected.at(&call.at), message).subject(id.clone())
    };
    let text = one_line(wait);
    let Some(minutes) = minutes(wait) else {
        let message = format!("how long '--wait {text}' waits is not written here");
        return Some(
            found(message)
                .label("nothing shows that it ends before its job does")
                .fix(Fix::note("write the time itself, e.g. --wait 30m")),
        );
    };
    *waited += minutes;
    let own = job.steps.get(call.step).and_then(|step| step.timeout_minutes.as_ref());
    let limits = [(own, minutes, "step"), (job.timeout_minutes.as_ref(), *waited, "job")];
    for (limit, waits, what) in limits {
        let allowed = match limit {
            None => DEFAULT_MINUTES,
            Some(limit) => match limit.text.parse() {
                Ok(minutes) => minutes,
                Err(_) => return Some(unknown(inspected, found, limit, what)),
            },
        };
        if waits < allowed {
            continue;
        }
        let message = format!(
            "job '{id}' may wait {} minutes for '--wait {text}', and its {what} is stopped after {}",
            rounded(waits),
            rounded(allowed)
        );
        let note = format!("raise 'timeout-minutes' above {}, or shorten the wait", rounded(waits));
        let found = found(message).label("stopped before it can say why");
        let found = found.fix(Fix::note(note));
        return Some(match limit {
            Some(limit) => found.related(inspected.at(&limit.span), "the limit"),
            None => found,
        });
    }
    None
}

fn unknown(
    inspected: &Inspected<'_>,
    found: impl Fn(String) -> Finding,
    limit: &Text,
    what: &str,
) -> Finding {
    let text = one_line(&limit.text);
    found(format!(
        "whether the wait ends within 'timeout-minutes: {text}' of its {what} is not written here"
    ))
    .label("nothing shows that it ends before that")
    .related(inspected.at(&limit.span), "the limit")
    .fix(Fix::note("write the limit as a number"))
}

/// `2m`, `1h 30m`, `90 seconds`: numbers with units, in minutes.
fn minutes(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut minutes = None;
    while !rest.is_empty() {
        let unit = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..unit)?.parse().ok()?;
        let after = rest.get(unit..)?.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let each = match after.get(..end)? {
            "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => 1.0 / 60_000.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0 / 60.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
            _ => return None,
        };
        minutes = Some(minutes.unwrap_or(0.0) + number * each);
        rest = after.get(end..)?.trim_start_matches([' ', ',']);
    }
    minutes
}

fn rounded(minutes: f64) -> f64 {
    (minutes * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let close = |text: &str, expected: f64| {
            minutes(text).is_some_and(|minutes| (minutes - expected).abs() < 1e-9)
        };
        assert!(close("30m", 30.0) && close("1h30m", 90.0) && close("1h 30 min", 90.0));
        assert!(close("90s", 1.5) && close("1.5 hours, 30 seconds", 90.5));
        for text in ["", "30", "m", "$WAIT", "${{ x }}", "1d", "-3m", "..m", "3 m x"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }

    #[test]
    fn waits_add_up_and_a_limit_must_be_a_number() {
        let found = |job: &str| {
            let text = format!("jobs:\n  a:\n    {job}\n");
            testkit::judge(&crate::REGISTER, "", &[(".github/workflows/r.yml", &text)])
                .iter()
                .filter(|found| found.ends_with(OFFENCE.id))
                .count()
        };
        let call = "{run: cargo xtask require-green --wait 20m}";
        assert_eq!(found(&format!("timeout-minutes: 41\n    steps: [{call}, {call}]")), 0);
        assert_eq!(found(&format!("timeout-minutes: 40\n    steps: [{call}, {call}]")), 1);
        assert_eq!(found(&format!("timeout-minutes: ${{{{ x }}}}\n    steps: [{call}]")), 1);
        assert_eq!(found("steps: [{run: cargo xtask require-green}]"), 0);
    }
}
