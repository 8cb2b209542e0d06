use kernel::{Example, Finding, Fix, Severity};

use super::{Judge, Offence};
use crate::inspect::{Inspected, one_line};
use crate::jobs::{Step, Text};
use crate::settings::Hardening;
use crate::shell;

pub(crate) const OFFENCE: Offence = Offence {
    id: "action-pins/fat-workflow",
    severity: Severity::Error,
    doc: "A `run:` holds a program.

Asked where `workflow` in ci.toml lists it. Nobody can run it but by a push, no \
linter and no test sees it, and its branches are first taken when a release hangs on \
them. Told is a script of more than 20 commands, or of four or more branches and loops; \
of 3,373 scripts in 29 public repositories 93 are. In other languages than shell \
lines are counted.

Fix: move it into a script or a program of the repository, which can be run and tested \
where it is written, and call that.",
    bad: &[
        Example::new(
            "-- @options --
workflow = ['fat-workflow']
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - run: |
          for file in *.sql; do
            if grep -q DROP \"$file\"; then exit 1; fi
            if ! grep -q lock_timeout \"$file\"; then
              case \"$file\" in
                old*) ;;
                *) while read -r line; do echo \"$line\"; done < \"$file\" ;;
              esac
            fi
          done
",
        ),
        Example::new(
            "-- @options --
workflow = ['fat-workflow']
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - shell: python
        run: |
          for a in x:
            if a:
              for b in a:
                if b: print(b)
                elif c: print(c)
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
workflow = ['fat-workflow']
-- .github/workflows/ci.yml --
jobs:
  test:
    steps:
      - run: |
          # for if case while: words alone
          if test -n \"$CI\"; then
            scripts/check-migrations
          fi
      - run: scripts/all
",
    )],
    judge: Judge::File(judge),
};

/// More is a program.
const COMMANDS_MAX: usize = 20;
const DECISIONS_MAX: usize = 3;

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(severity) = inspected.settings.asks(Hardening::FatWorkflow) else { return Vec::new() };
    let pipeline = &inspected.pipeline;
    let of_jobs = pipeline.jobs.list.iter().flat_map(|job| &job.steps);
    let mut seen = std::collections::HashSet::new();
    let fat = of_jobs.chain(&pipeline.steps).filter_map(|step| {
        let run = step.run.as_ref()?;
        // An alias repeats a step.
        let is_new = seen.insert(run.span.start);
        let weight = Weight::of(step, run);
        let is_fat = weight.commands > COMMANDS_MAX || weight.decisions > DECISIONS_MAX;
        (is_new && is_fat).then(|| finding(inspected, run, &weight).severity(severity))
    });
    fat.collect()
}

/// How much a script does.
#[derive(Debug, Default, PartialEq, Eq)]
struct Weight {
    commands: usize,
    /// Branches and loops.
    decisions: usize,
}

impl Weight {
    fn of(step: &Step, run: &Text) -> Weight {
        let shell = step.shell.as_ref().map_or("bash", |shell| shell.text.as_str());
        let program = shell.split_whitespace().next().unwrap_or_default();
        match program.rsplit('/').next() {
            Some("bash" | "sh" | "dash" | "zsh" | "ksh") => Weight::of_shell(&run.text),
            _ => Weight::of_lines(&run.text),
        }
    }

    fn of_shell(script: &str) -> Weight {
        let mut weight = Weight::default();
        for command in shell::commands(script) {
            match command.words.first().map(|word| word.text.as_str()) {
                Some("fi" | "esac" | "done") => weight.decisions += 1,
                Some("for" | "case" | "select" | "function" | "}") | None => {}
                Some(_) => weight.commands += 1,
            }
        }
        weight
    }

    fn of_lines(script: &str) -> Weight {
        let mut weight = Weight::default();
        for line in script.lines().map(str::trim) {
            let line = line.trim_start_matches(['}', ')', ' ']);
            let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            match word.to_ascii_lowercase().as_str() {
                "if" | "elif" | "elseif" | "for" | "foreach" | "while" | "switch" | "match" => {
                    weight.decisions += 1;
                }
                _ if line.is_empty() || line.starts_with(['#', '/']) => {}
                _ => weight.commands += 1,
            }
        }
        weight
    }
}

fn finding(inspected: &Inspected<'_>, run: &Text, weight: &Weight) -> Finding {
    let Weight { commands, decisions } = weight;
    let first =
        run.text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let message = format!(
        "a 'run:' of {commands} commands and {decisions} branches or loops: '{}'",
        one_line(first.unwrap_or_default())
    );
    Finding::new(OFFENCE.id, inspected.at(&run.span), message)
        .label("a program that nothing tests")
        .fix(Fix::note("move it into a script of the repository and call that"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted() {
        let weight = |commands, decisions| Weight { commands, decisions };
        assert_eq!(Weight::of_shell("a\nb | c && d # e"), weight(4, 0));
        assert_eq!(Weight::of_shell("if a; then b; elif c; then d; fi"), weight(4, 1));
        assert_eq!(Weight::of_shell("for a in b c; do\n d\ndone"), weight(1, 1));
        assert_eq!(Weight::of_shell("while read -r x\ndo\n d $(e)\ndone < f"), weight(3, 1));
        assert_eq!(Weight::of_shell("cat <<E\nif for done\nfi\nE"), weight(1, 0));
        assert_eq!(
            Weight::of_lines("# a\nfor b in c:\n  if (d) {\n} else { e }\n\nf()"),
            weight(2, 2)
        );
    }
}
