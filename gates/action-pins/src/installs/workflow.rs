//! The `run:` blocks of workflows and composite actions: their shells, their
//! variables, and where each line stands in the YAML.

use std::ops::Range;
use std::rc::Rc;

use super::elsewhere::Checkout;
use super::scope::Scope;
use super::{OTHER_SHELL, Reader, Script, elsewhere};
use crate::shell::Dialect;
use crate::yaml::Node;

/// What reads a `run:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Known(Dialect),
    /// `python`, `node {0}`.
    Other,
}

/// One `run:`.
#[derive(Debug)]
pub(crate) struct RunBlock {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    pub(crate) shell: Shell,
    /// A number that the blocks of one job share.
    pub(crate) job: usize,
    /// Whether it stands in a folder that another repository fills.
    pub(crate) is_elsewhere: bool,
    /// `env:` of the workflow, the job and the step.
    pub(crate) env: [Rc<Env>; 3],
}

/// Literal values by name.
pub(crate) type Env = Vec<(String, String)>;

/// What surrounds the steps of a job.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around<'t> {
    pub(crate) workflow: Option<Node<'t>>,
    pub(crate) job: Option<Node<'t>>,
}

/// Reads the blocks of steps, one after the other.
#[derive(Default)]
pub(crate) struct Blocks {
    workflow: Option<(usize, Frame)>,
    job: Option<(usize, Frame)>,
    none: Rc<Env>,
}

/// What a workflow or a job says for all of its steps.
#[derive(Default)]
struct Frame {
    env: Rc<Env>,
    shell: Option<Shell>,
    /// `working-directory:`.
    folder: Option<String>,
    /// What the steps of a job check out.
    checkouts: Vec<Checkout>,
}

impl Blocks {
    /// The block `run` of `step`.
    pub(crate) fn read(
        &mut self,
        run: Node<'_>,
        step: Node<'_>,
        around: Around<'_>,
    ) -> Option<RunBlock> {
        let text = run.scalar()?.to_owned();
        let workflow = frame(&mut self.workflow, around.workflow);
        let job = frame(&mut self.job, around.job);
        let own = match step.values("env").next() {
            Some(env) => Rc::new(literals(env)),
            None => Rc::clone(&self.none),
        };
        let shell = step.values("shell").find_map(Node::scalar).map(shell);
        let shell = shell
            .or(job.and_then(|job| job.shell))
            .or(workflow.and_then(|workflow| workflow.shell))
            .unwrap_or(match around.job.is_some_and(is_windows) {
                true => Shell::Known(Dialect::PowerShell),
                false => Shell::Known(Dialect::Posix),
            });
        let env =
            |frame: Option<&Frame>| frame.map_or_else(Rc::default, |frame| Rc::clone(&frame.env));
        let env = [env(workflow), env(job), own];
        let folder = step.values("working-directory").find_map(Node::scalar);
        let folder = folder
            .or(job.and_then(|job| job.folder.as_deref()))
            .or(workflow.and_then(|workflow| workflow.folder.as_deref()));
        let is_elsewhere = job
            .is_some_and(|job| elsewhere::is_elsewhere(folder.unwrap_or_default(), &job.checkouts));
        let job = around.job.map_or(usize::MAX, Node::id);
        Some(RunBlock { text, span: run.span(), shell, job, is_elsewhere, env })
    }
}

/// The frame of `node`, which is read once for all the steps in it.
fn frame<'f>(kept: &'f mut Option<(usize, Frame)>, node: Option<Node<'_>>) -> Option<&'f Frame> {
    let node = node?;
    if kept.as_ref().is_none_or(|(id, _)| *id != node.id()) {
        let defaults = node.values("defaults").next();
        let run = defaults.and_then(|defaults| defaults.values("run").next());
        let named = run.and_then(|run| run.values("shell").find_map(Node::scalar));
        let env = node.values("env").next().map(literals).unwrap_or_default();
        let folder = run.and_then(|run| run.values("working-directory").find_map(Node::scalar));
        let frame = Frame {
            env: Rc::new(env),
            shell: named.map(shell),
            folder: folder.map(str::to_owned),
            checkouts: elsewhere::checkouts(node),
        };
        *kept = Some((node.id(), frame));
    }
    kept.as_ref().map(|(_, frame)| frame)
}

fn literals(env: Node<'_>) -> Env {
    let literal = |(key, value): (Node<'_>, Node<'_>)| {
        Some((key.scalar()?.to_owned(), value.scalar()?.to_owned()))
    };
    env.entries().filter_map(literal).collect()
}

/// Whether a job runs where PowerShell is the default.
fn is_windows(job: Node<'_>) -> bool {
    let Some(runner) = job.values("runs-on").next() else { return false };
    let labels = std::iter::once(runner).chain(runner.items()).filter_map(Node::scalar);
    labels.take(16).any(|label| label.to_ascii_lowercase().starts_with("windows"))
}

/// What a `shell:` reads.
fn shell(named: &str) -> Shell {
    let words = || named.split_whitespace().map(super::call::name);
    let is = |name: &str| {
        words().any(|word| {
            word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))
        })
    };
    match () {
        () if named.contains("${{") => Shell::Known(Dialect::Posix),
        () if ["pwsh", "powershell"].into_iter().any(is) => Shell::Known(Dialect::PowerShell),
        () if ["bash", "dash", "ksh", "sh", "zsh", "wsl", "msys2", "alpine.sh", "freebsd"]
            .into_iter()
            .any(is)
            || named.contains("bash") =>
        {
            Shell::Known(Dialect::Posix)
        }
        () if is("cmd") => Shell::Known(Dialect::Cmd),
        () => Shell::Other,
    }
}

pub(super) fn read(source: &str, blocks: &[RunBlock], reader: &mut Reader<'_>) {
    let mut job = None;
    let mut around: Option<Rc<Scope>> = None;
    let here = reader.known;
    for block in blocks {
        if reader.pulse.is_stopped() {
            return;
        }
        if job != Some(block.job) {
            job = Some(block.job);
            reader.forget_files();
            around = None;
        }
        let outer = around.get_or_insert_with(|| {
            let [workflow, own, _] = &block.env;
            Rc::new(Scope::within(Rc::new(Scope::of(workflow)), own))
        });
        reader.scope = match &block.env {
            [.., own] => Scope::within(Rc::clone(outer), own),
        };
        reader.known = if block.is_elsewhere { here.elsewhere() } else { here };
        if block.is_elsewhere {
            reader.skip(elsewhere::FOLDER);
        }
        let Shell::Known(dialect) = block.shell else {
            reader.skip(OTHER_SHELL);
            continue;
        };
        reader.script(&placed(source, block, dialect));
    }
}

/// The text of a block with the place of each line: indentation, line ends and
/// quotes of the YAML are not in it.
fn placed(source: &str, block: &RunBlock, dialect: Dialect) -> Script<'static> {
    let raw = source.get(block.span.clone()).unwrap_or_default();
    let mut at = match raw.starts_with(['|', '>']) {
        true => raw.find('\n').map_or(raw.len(), |end| end + 1),
        false => 0,
    };
    let mut script = Script::new(dialect);
    for line in block.text.split_inclusive('\n') {
        // A piece goes on as long as both texts are the same.
        let mut rest = line;
        while !rest.is_empty() {
            let blanks = rest.len() - rest.trim_start().len();
            let (blank, word) = rest.split_at(blanks);
            script.push(blank, block.span.start + at);
            let end = word.find(char::is_whitespace).unwrap_or(word.len());
            let (word, after) = word.split_at(end);
            if !word.is_empty() {
                at = find(raw, at, word).unwrap_or(at);
                script.push(word, block.span.start + at);
                at += common(raw.get(at..).unwrap_or_default(), word);
            }
            rest = after;
        }
    }
    script
}

/// How far to look for a word of the text in the YAML: over indentation, empty
/// lines and escapes.
const LOOK_MAX: usize = 2_000;

/// Where `word` goes on after `at`; where it is escaped, where its first
/// character does.
fn find(raw: &str, at: usize, word: &str) -> Option<usize> {
    let rest = raw.get(at..)?;
    let blank = rest.len() - rest.trim_start().len();
    let rest = rest.get(blank..)?;
    if rest.starts_with(word) {
        return Some(at + blank);
    }
    let mut end = rest.len().min(LOOK_MAX);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let near = rest.get(..end)?;
    let found = near.find(word).or_else(|| near.find(word.chars().next()?))?;
    Some(at + blank + found)
}

fn common(raw: &str, word: &str) -> usize {
    let same = raw.chars().zip(word.chars()).take_while(|(a, b)| a == b);
    same.map(|(c, _)| c.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use crate::installs::{Known, read_blocks};
    use crate::pipeline::{Pipeline, Role};
    use crate::yaml::Yaml;

    fn found(source: &str) -> (Vec<String>, usize) {
        let yaml = Yaml::parse(source).unwrap();
        let pipeline = Pipeline::read(source, &yaml, Role::Workflow).unwrap();
        let installs =
            read_blocks(source, &pipeline.run_blocks, &Known::default(), &kernel::Pulse::default());
        let found =
            installs.unpinned.into_iter().map(|it| format!("{} {}", it.subject, &source[it.span]));
        (found.collect(), installs.skipped.len())
    }

    #[test]
    fn every_spelling_of_a_block_is_placed() {
        let source = "env: {V: latest}
defaults: {run: {shell: bash}}
jobs:
  j:
    env: {W: 1.2.3}
    steps:
      - run: |
          # é
          echo; pip install a \\
            b==1.0

            go install h.io/c@${{ env.V }} h.io/d@v$W
      - run: >-
          pip install
          e
      - {run: 'pip install ''f>1'''}
      - run: \"echo\\npip install \\\"g\\\"\"
      - run: pip install h # not i
      - {run: pip install j, shell: python}
      - {run: iwr https://h/k | iex, shell: pwsh}
      - {run: go install h.io/l@v$V, env: {V: 1.2.3}}
  windows:
    runs-on: [windows-2022]
    defaults: {run: {shell: cmd}}
    steps: [{run: pip install ^m}]
";
        let (found, skipped) = found(source);
        assert_eq!(
            found,
            [
                "a a",
                "h.io/c@latest h.io/c@${{ env.V }}",
                "e e",
                "f>1 'f>1'",
                "g \"g\\",
                "h h",
                "https://h/k iwr https://h/k | iex",
                "m ^m"
            ]
        );
        assert_eq!(skipped, 1);
    }

    #[test]
    fn what_another_repository_holds_is_its_own_to_judge() {
        let job = |repository: &str, folder: &str| {
            let checkout = format!(
                "{{uses: 'actions/checkout@v4', with: {{path: ./lib/, repository: '{repository}'}}}}"
            );
            let source = format!(
                "jobs:\n  j:\n    steps:\n      - {checkout}\n      - {{run: 'yarn install; npx -y a', working-directory: '{folder}'}}\n"
            );
            found(&source).0.len()
        };
        assert_eq!(job("o/other", "lib"), 1);
        assert_eq!(job("o/other", "./lib/sub"), 1);
        for (repository, folder) in [
            ("o/other", "library"),
            ("o/other", "."),
            ("o/other", "lib/.."),
            ("${{ github.repository }}", "lib"),
        ] {
            assert_eq!(job(repository, folder), 2, "{repository} {folder}");
        }
        let root = |own: &str| {
            let other = "{uses: 'actions/checkout@v4', with: {repository: o/other}}";
            let source = format!(
                "jobs:\n  j:\n    steps:\n      - {other}\n{own}      - {{run: yarn, working-directory: sub}}\n"
            );
            found(&source).0.len()
        };
        assert_eq!(root(""), 0);
        assert_eq!(root("      - {uses: 'actions/checkout@v4', with: {path: sub}}\n"), 1);
        let defaults = "jobs:\n  j:\n    defaults: {run: {working-directory: lib}}\n    steps:\n      - {uses: 'actions/checkout@v4', with: {path: lib, repository: o/other}}\n      - {run: yarn}\n";
        assert_eq!(found(defaults), (vec![], 1));
    }

    #[test]
    fn a_job_is_a_machine() {
        let jobs = |second: &str| {
            format!(
                "jobs:\n  a: {{steps: [{{run: 'curl -Lo x https://h/x'}}, {{run: sh x}}]}}\n  b: {{steps: [{{run: {second}}}]}}\n"
            )
        };
        assert_eq!(found(&jobs("sh x")).0.len(), 1);
    }
}
