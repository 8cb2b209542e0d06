//! The jobs of a workflow, as far as rules ask about them: who waits for whom,
//! who may write, what a step runs.
//!
//! Read from the nodes that `pipeline` meets. An alias repeats what it stands
//! for, so what is copied is counted: a hostile file ends as "too many".

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::expression::inner;
use crate::matrix::Patience;
use crate::pipeline::TooMany;
use crate::runner::Machine;
use crate::yaml::Node;

/// Every job of a file, in its order.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    pub(crate) list: Vec<Job>,
    /// `permissions:` of the workflow, which a job without its own has.
    pub(crate) permissions: Option<Permissions>,
}

/// A scalar with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    /// Trimmed.
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// One job.
#[derive(Debug, Default)]
pub(crate) struct Job {
    /// Its key; the place is the key's.
    pub(crate) id: Text,
    /// All of it, without the key.
    pub(crate) span: Range<usize>,
    pub(crate) needs: Vec<Text>,
    /// `if:`.
    pub(crate) condition: Option<Text>,
    pub(crate) permissions: Option<Permissions>,
    pub(crate) timeout_minutes: Option<Text>,
    /// Of `runs-on:`; empty where there is none.
    pub(crate) machine: Machine,
    pub(crate) continue_on_error: Option<Text>,
    /// The reusable workflow that it calls.
    pub(crate) uses: Option<Text>,
    /// Only where a rule asks for them.
    pub(crate) steps: Vec<Step>,
}

/// One step, those below `parallel:` and the like included.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// All of it.
    pub(crate) span: Range<usize>,
    pub(crate) uses: Option<Text>,
    pub(crate) run: Option<Text>,
    pub(crate) shell: Option<Text>,
    /// `if:`.
    pub(crate) condition: Option<Text>,
    pub(crate) timeout_minutes: Option<Text>,
    pub(crate) continue_on_error: Option<Text>,
    /// Those of [`INPUTS`] that `with:` has.
    pub(crate) inputs: Vec<(String, String)>,
    /// All of `with:`, without the key.
    pub(crate) inputs_at: Option<Range<usize>>,
}

/// Inputs of actions that decide whether they publish, and what they do with
/// the token.
const INPUTS: &[&str] = &[
    "args",
    "outputs",
    "persist-credentials",
    "publish",
    "push",
    "push-to-registry",
    "ssh-key",
    "token",
];

/// A `permissions:`.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    /// What it grants to write: scopes, or `write-all`.
    pub(crate) writes: Vec<Text>,
}

/// So many bytes and nodes of one file are looked at for its jobs, those that
/// aliases repeat counted each time.
const LOOKS_MAX: usize = 4 << 20;

/// What is left of [`LOOKS_MAX`].
#[derive(Debug)]
pub(crate) struct Budget {
    looks: usize,
    /// For values of matrices.
    pub(crate) patience: Patience,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { looks: LOOKS_MAX, patience: Patience::default() }
    }
}

impl Budget {
    /// Takes `looks` from it.
    pub(crate) fn spend(&mut self, looks: usize) -> Result<(), TooMany> {
        self.looks = self.looks.checked_sub(looks).ok_or(TooMany)?;
        Ok(())
    }

    /// The text of a scalar.
    pub(crate) fn text(&mut self, node: Node<'_>) -> Result<Option<Text>, TooMany> {
        let Some(text) = node.scalar() else { return Ok(None) };
        // A place costs, too.
        self.spend(text.len() + 32)?;
        Ok(Some(Text { text: text.trim().to_owned(), span: node.span() }))
    }

    /// The entries of a mapping, keys that are no text as empty ones.
    pub(crate) fn entries<'t>(
        &mut self,
        node: Node<'t>,
    ) -> Result<Vec<(&'t str, Node<'t>)>, TooMany> {
        let entries: Vec<_> =
            node.entries().map(|(key, value)| (key.scalar().unwrap_or_default(), value)).collect();
        self.spend(entries.len())?;
        Ok(entries)
    }
}

impl Job {
    /// The job `id: node`, its steps where they are asked for.
    fn read(
        id: Node<'_>,
        node: Node<'_>,
        with_steps: bool,
        budget: &mut Budget,
    ) -> Result<Job, TooMany> {
        let id = budget.text(id)?.unwrap_or_default();
        let mut job = Job { id, span: node.span(), ..Job::default() };
        let strategy = node.values("strategy").next();
        let matrix = strategy.and_then(|strategy| strategy.values("matrix").next());
        for (key, value) in budget.entries(node)? {
            match key {
                "needs" => {
                    let names = value.scalar().is_some().then_some(value).into_iter();
                    for name in names.chain(value.items()) {
                        job.needs.extend(budget.text(name)?);
                    }
                }
                "if" => job.condition = budget.text(value)?,
                // A key without a value says nothing.
                "permissions" | "timeout-minutes" if value.is_null() => {}
                "permissions" => job.permissions = Some(Permissions::read(value, budget)?),
                "timeout-minutes" => job.timeout_minutes = budget.text(value)?,
                "runs-on" => job.machine = Machine::read(value, matrix, budget)?,
                "continue-on-error" => job.continue_on_error = budget.text(value)?,
                "uses" => job.uses = budget.text(value)?,
                "steps" if with_steps => job.steps = steps(value, budget)?,
                _ => {}
            }
        }
        Ok(job)
    }

    /// Whether it was switched off: `if: false`.
    pub(crate) fn is_off(&self) -> bool {
        let inner = self.condition.as_ref().and_then(|condition| inner(&condition.text));
        inner.is_some_and(|inner| inner.trim() == "false")
    }

    /// What it may write by its own `permissions:` or the workflow's; none
    /// where neither says anything.
    pub(crate) fn writes<'j>(&'j self, jobs: &'j Jobs) -> Option<&'j [Text]> {
        let permissions = self.permissions.as_ref().or(jobs.permissions.as_ref())?;
        Some(&permissions.writes)
    }
}

impl Permissions {
    /// The value of a `permissions:`.
    fn read(node: Node<'_>, budget: &mut Budget) -> Result<Permissions, TooMany> {
        let mut writes = Vec::new();
        if let Some(all) = budget.text(node)?.filter(|all| all.text == "write-all") {
            writes.push(all);
        }
        for (scope, value) in budget.entries(node)? {
            let granted = budget.text(value)?.filter(|granted| granted.text == "write");
            writes.extend(granted.map(|granted| Text { text: scope.to_owned(), ..granted }));
        }
        Ok(Permissions { writes })
    }
}

/// The steps of an action.
pub(crate) fn steps_of(list: Option<Node<'_>>) -> Result<Vec<Step>, TooMany> {
    list.map_or(Ok(Vec::new()), |list| steps(list, &mut Budget::default()))
}

fn steps(list: Node<'_>, budget: &mut Budget) -> Result<Vec<Step>, TooMany> {
    let mut steps = Vec::new();
    // Aliases can make a circle of lists.
    let mut lists = HashSet::from([list.id()]);
    let mut open = vec![list];
    while let Some(node) = open.pop() {
        let items: Vec<Node<'_>> = node.items().collect();
        budget.spend(items.len() + 1)?;
        let is_new = |item: &Node<'_>| item.items().next().is_none() || lists.insert(item.id());
        open.extend(items.into_iter().rev().filter(is_new));
        let entries = budget.entries(node)?;
        let mut step = Step { span: node.span(), ..Step::default() };
        for (key, value) in entries {
            match key {
                "uses" => step.uses = budget.text(value)?,
                "run" => step.run = budget.text(value)?,
                "shell" => step.shell = budget.text(value)?,
                "if" => step.condition = budget.text(value)?,
                "timeout-minutes" => step.timeout_minutes = budget.text(value)?,
                "continue-on-error" => step.continue_on_error = budget.text(value)?,
                "with" => {
                    step.inputs_at = Some(value.span());
                    for (name, input) in budget.entries(value)? {
                        let name = name.to_ascii_lowercase();
                        if INPUTS.contains(&&*name)
                            && let Some(input) = budget.text(input)?
                        {
                            step.inputs.push((name, input.text));
                        }
                    }
                }
                "parallel" | "steps" if lists.insert(value.id()) => open.push(value),
                _ => {}
            }
        }
        if step.uses.is_some() || step.run.is_some() {
            steps.push(step);
        }
    }
    Ok(steps)
}

/// Which job waits for which, by their numbers in [`Jobs::list`].
#[derive(Debug)]
pub(crate) struct Graph {
    needs: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of `jobs`; names of jobs that are not there are left out.
    pub(crate) fn new(jobs: &Jobs) -> Graph {
        let numbers = jobs.numbers();
        let mut needs = vec![Vec::new(); jobs.list.len()];
        let mut needed_by = vec![Vec::new(); jobs.list.len()];
        for (number, job) in jobs.list.iter().enumerate() {
            for need in &job.needs {
                let Some(needed) = numbers.get(&name(&need.text)) else { continue };
                if let (Some(needs), Some(by)) = (needs.get_mut(number), needed_by.get_mut(*needed))
                {
                    needs.push(*needed);
                    by.push(number);
                }
            }
        }
        Graph { needs, needed_by }
    }

    /// Those that `from` wait for, through others too; `from` included.
    pub(crate) fn before(&self, from: impl IntoIterator<Item = usize>) -> Vec<bool> {
        reached(&self.needs, from)
    }

    /// Those that wait for one of `from`, through others too; `from` included.
    pub(crate) fn after(&self, from: impl IntoIterator<Item = usize>) -> Vec<bool> {
        reached(&self.needed_by, from)
    }

    /// Whether any job waits for `number`.
    pub(crate) fn is_needed(&self, number: usize) -> bool {
        self.needed_by.get(number).is_some_and(|by| !by.is_empty())
    }
}

fn reached(edges: &[Vec<usize>], from: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut open: Vec<usize> = from.into_iter().collect();
    while let Some(number) = open.pop() {
        match reached.get_mut(number) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        open.extend(edges.get(number).into_iter().flatten());
    }
    reached
}

impl Jobs {
    /// The jobs of these keys and nodes, their steps where they are asked for.
    pub(crate) fn read(
        nodes: &[(Node<'_>, Node<'_>)],
        permissions: Option<Node<'_>>,
        with_steps: bool,
    ) -> Result<Jobs, TooMany> {
        let mut budget = Budget::default();
        let permissions = permissions.filter(|node| !node.is_null());
        let permissions =
            permissions.map(|node| Permissions::read(node, &mut budget)).transpose()?;
        let jobs = nodes.iter().map(|(id, job)| Job::read(*id, *job, with_steps, &mut budget));
        Ok(Jobs { list: jobs.collect::<Result<_, _>>()?, permissions })
    }

    /// The number of each job by its [`name`].
    pub(crate) fn numbers(&self) -> HashMap<String, usize> {
        let jobs = self.list.iter().enumerate();
        jobs.map(|(number, job)| (name(&job.id.text), number)).collect()
    }
}

/// A job's id as GitHub compares it.
pub(crate) fn name(id: &str) -> String {
    id.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Pipeline, Role};
    use crate::yaml::Yaml;

    fn read(source: &str) -> Result<Jobs, TooMany> {
        let source = format!("{source}\n# require-green");
        let yaml = Yaml::parse(&source).unwrap();
        Pipeline::read(&source, &yaml, Role::Workflow).map(|pipeline| pipeline.jobs)
    }

    fn texts(texts: &[Text]) -> Vec<&str> {
        texts.iter().map(|text| text.text.as_str()).collect()
    }

    #[test]
    fn a_job_is_read_whole() {
        let source = "permissions: {contents: write, packages: read}
jobs:
  a: {needs: b, if: always(), timeout-minutes: 5, permissions: write-all}
  b:
    needs: [x, A]
    uses: ./.github/workflows/c.yml
    steps:
      - run: one
      - parallel: [{uses: d/e@v1, with: {push: true, other: x}}, {run: two}]
      - {run: three, timeout-minutes: 1, continue-on-error: true}
";
        let jobs = read(source).unwrap();
        let [a, b] = &jobs.list[..] else { panic!("{jobs:?}") };
        assert_eq!(&source[a.id.span.clone()], "a");
        assert_eq!((texts(&a.needs), texts(&b.needs)), (vec!["b"], vec!["x", "A"]));
        assert_eq!(a.condition.as_ref().unwrap().text, "always()");
        assert_eq!(a.timeout_minutes.as_ref().unwrap().text, "5");
        assert_eq!(texts(a.writes(&jobs).unwrap()), ["write-all"]);
        assert_eq!(texts(b.writes(&jobs).unwrap()), ["contents"]);
        assert_eq!(b.uses.as_ref().unwrap().text, "./.github/workflows/c.yml");
        let runs = b.steps.iter().map(|step| step.run.as_ref().map(|run| run.text.as_str()));
        assert_eq!(runs.collect::<Vec<_>>(), [Some("one"), None, Some("two"), Some("three")]);
        assert_eq!(b.steps[1].inputs, [("push".to_owned(), "true".to_owned())]);
    }

    #[test]
    fn the_graph_knows_both_ways_even_in_a_circle() {
        let jobs = read("jobs: {a: {needs: B}, b: {needs: [c, none]}, c: {needs: b}, d: {}}");
        let jobs = jobs.unwrap();
        let graph = Graph::new(&jobs);
        assert_eq!(graph.before([0]), [true, true, true, false]);
        assert_eq!(graph.after([2]), [true, true, true, false]);
        assert!(graph.is_needed(1) && !graph.is_needed(0) && !graph.is_needed(3));
    }

    #[test]
    fn crowds_and_circles_of_aliases_end() {
        let steps = |source| read(source).unwrap().list[0].steps.len();
        assert_eq!(
            steps("jobs: {a: {steps: &s [*s, *s, {run: x}, &p {run: y, parallel: *p}]}}"),
            3
        );
        let many = "{run: x}, ".repeat(3000);
        let jobs: String = (0..3000).map(|n| format!("  j{n}: {{steps: *s}}\n")).collect();
        let source = format!("x: &s [{many}]\njobs:\n{jobs}");
        assert_eq!(read(&source).err(), Some(TooMany));
    }
}
