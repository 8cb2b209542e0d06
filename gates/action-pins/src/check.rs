//! The jobs that ask whether a commit is proven green: `require-green`, and by
//! its older name `require-green-ci`.

use std::ops::Range;

use crate::jobs::{Job, Jobs, Step, Text};
use crate::shell::{self, Command, Word};

/// What a check is called: the verb, the job, the workflow or the action.
const NAMES: &[&str] = &["require-green", "require-green-ci"];

/// A job that is a release check.
#[derive(Debug)]
pub(crate) struct Check {
    /// Its number in [`Jobs::list`].
    pub(crate) job: usize,
    pub(crate) calls: Vec<Call>,
}

/// One call of the verb in a `run:`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The number of the step in [`Job::steps`].
    pub(crate) step: usize,
    /// Where the verb stands.
    pub(crate) at: Range<usize>,
    /// The value of `--wait`.
    pub(crate) wait: Option<String>,
    /// Whether `|| true` makes its failure a success.
    pub(crate) is_excused: bool,
}

/// Every release check among `jobs`, read from `source`: a job that calls the
/// verb, that is named like it, or that uses a workflow or an action so named.
pub(crate) fn checks(source: &str, jobs: &Jobs) -> Vec<Check> {
    let check = |(number, job): (usize, &Job)| {
        let steps = job.steps.iter().enumerate();
        let calls: Vec<Call> =
            steps.clone().flat_map(|(step, it)| calls_of(source, step, it)).collect();
        let named = is_name(&job.id.text)
            || is_used(job.uses.as_ref())
            || steps.clone().any(|(_, step)| is_used(step.uses.as_ref()));
        (named || !calls.is_empty()).then_some(Check { job: number, calls })
    };
    jobs.list.iter().enumerate().filter_map(check).collect()
}

/// Whether a file can have a check at all; most cannot.
pub(crate) fn is_spoken_of(source: &str) -> bool {
    source.contains(NAMES[0])
}

fn is_name(text: &str) -> bool {
    NAMES.contains(&text)
}

/// Whether a folder or file of a reference is so named.
fn is_used(uses: Option<&Text>) -> bool {
    let path = uses.map(|uses| uses.text.as_str()).unwrap_or_default();
    let path = path.split('@').next().unwrap_or_default();
    path.split('/').any(|part| {
        is_name(part.strip_suffix(".yml").or(part.strip_suffix(".yaml")).unwrap_or(part))
    })
}

fn calls_of(source: &str, number: usize, step: &Step) -> Vec<Call> {
    let Some(run) = step.run.as_ref().filter(|run| run.text.contains(NAMES[0])) else {
        return Vec::new();
    };
    let places = Places::new(source, run);
    let call = |Command { words, is_excused, .. }: Command| {
        let verb = verb(&words)?;
        let place = words.get(verb)?.at;
        let wait = wait(words.get(verb + 1..)?);
        Some(Call { step: number, at: places.of(place), wait, is_excused })
    };
    shell::commands(&run.text).into_iter().filter_map(call).collect()
}

/// The place of the verb in a command that runs it: `cargo xtask require-green`,
/// `./target/release/xtask -C . require-green`, `"$XTASK" require-green`.
fn verb(words: &[Word]) -> Option<usize> {
    let program = words.first()?;
    if matches!(&*program.text, "echo" | "printf" | "Write-Output" | "Write-Host") {
        return None;
    }
    let verb = words.iter().position(|word| NAMES.contains(&&*word.text))?;
    let before = words.get(..verb)?;
    before.iter().any(|word| word.text.to_ascii_lowercase().contains("xtask")).then_some(verb)
}

fn wait(arguments: &[Word]) -> Option<String> {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument.text == "--wait" {
            return Some(arguments.next().map(|value| value.text.clone()).unwrap_or_default());
        }
        if let Some(value) = argument.text.strip_prefix("--wait=") {
            return Some(value.to_owned());
        }
    }
    None
}

/// Finds a verb of the script again in the file, where the script is indented
/// and perhaps quoted: the n-th here is the n-th there.
struct Places {
    whole: Range<usize>,
    /// Of the script.
    said: Vec<usize>,
    /// Of the file.
    found: Vec<usize>,
}

impl Places {
    fn new(source: &str, run: &Text) -> Places {
        let places = |text: &str| text.match_indices(NAMES[0]).map(|(at, _)| at).collect();
        let text = source.get(run.span.clone()).unwrap_or_default();
        Places { whole: run.span.clone(), said: places(&run.text), found: places(text) }
    }

    fn of(&self, at: usize) -> Range<usize> {
        let count = self.said.partition_point(|said| *said < at);
        match self.found.get(count) {
            Some(found) => {
                let start = self.whole.start + found;
                start..start + NAMES[0].len()
            }
            None => self.whole.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Pipeline, Role};
    use crate::yaml::Yaml;

    fn found(source: &str) -> Vec<Check> {
        let yaml = Yaml::parse(source).unwrap();
        Pipeline::read(source, &yaml, Role::Workflow).unwrap().checks
    }

    fn waits(script: &str) -> Vec<Option<String>> {
        let script = script.replace('\n', "\n          ");
        let source = format!("jobs:\n  j:\n    steps:\n      - run: |\n          {script}\n");
        found(&source).into_iter().flat_map(|check| check.calls).map(|call| call.wait).collect()
    }

    #[test]
    fn every_spelling_of_a_call_is_seen() {
        let wait = |text: &str| vec![Some(text.to_owned())];
        assert_eq!(waits("cargo xtask require-green --commit x --wait 30m"), wait("30m"));
        assert_eq!(waits("set -e\n./target/xtask -C . require-green-ci --wait=1h"), wait("1h"));
        assert_eq!(waits("cargo xtask \\\n  require-green \\\n  --wait '5 min'"), wait("5 min"));
        assert_eq!(waits("if ! \"$XTASK\" require-green --wait $W; then x; fi"), wait("$W"));
        assert_eq!(waits("cargo run -p xtask -- require-green"), [None]);
        assert_eq!(waits("cargo xtask require-green --wait"), wait(""));
    }

    #[test]
    fn words_about_it_are_no_call() {
        assert!(waits("echo cargo xtask require-green").is_empty());
        assert!(waits("# cargo xtask require-green").is_empty());
        assert!(waits("cargo xtask explain x\ngrep require-green f").is_empty());
        assert!(waits("cat <<E\ncargo xtask require-green\nE").is_empty());
    }

    #[test]
    fn a_call_is_found_again_in_the_file() {
        let source = "jobs:
  a:
    steps:
      - run: |
          # require-green first
          cargo xtask require-green --wait 1m
  b: {steps: [{run: \"cargo xtask 'require-green' 2\"}]}
";
        let found = found(source);
        let after = |check: usize| &source[found[check].calls[0].at.start..];
        assert!(after(0).starts_with("require-green --wait"), "{found:?}");
        assert!(after(1).starts_with("require-green' 2"), "{found:?}");
    }

    #[test]
    fn a_name_says_it_too() {
        let jobs = |jobs: &str| found(&format!("jobs: {jobs}")).len();
        assert_eq!(jobs("{require-green: {}, require-green-ci: {}, require-greens: {}}"), 2);
        assert_eq!(jobs("{a: {uses: ./.github/workflows/require-green.yml}}"), 1);
        assert_eq!(jobs("{a: {steps: [{uses: o/r/require-green@v1}]}}"), 1);
        assert_eq!(jobs("{a: {uses: o/require-greens/x@require-green}}"), 0);
    }
}
