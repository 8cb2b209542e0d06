//! `runs-on:` of a job: whose machine it asks for, as far as the file tells.

use crate::expression::{Known, evaluate, inner, texts};
use crate::jobs::{Budget, Text};
use crate::matrix::nodes;
use crate::pipeline::TooMany;
use crate::value::Value;
use crate::yaml::Node;

/// What `runs-on:` asks for.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    /// Every label that it can have, values of the matrix each by itself.
    pub(crate) labels: Vec<Text>,
    pub(crate) group: Option<Text>,
}

/// Whose machine a label stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// One's own, for certain.
    Own,
    /// GitHub's, or that of a service that makes a new one for each job.
    Hosted,
    /// A larger runner of GitHub's or one's own: the file does not tell.
    Unknown,
}

/// Services that make a new machine for each job, by how their labels begin.
const SERVICES: &[&str] = &[
    "blacksmith-",
    "buildjet-",
    "codspeed-",
    "depot-",
    "namespace-profile-",
    "nscloud-",
    "runs-on=",
    "ubicloud",
    "warp-",
];

impl Machine {
    /// The value of a `runs-on:` in a job with this `matrix`.
    pub(crate) fn read(
        node: Node<'_>,
        matrix: Option<Node<'_>>,
        budget: &mut Budget,
    ) -> Result<Machine, TooMany> {
        let mut machine = Machine::default();
        machine.add(node, matrix, budget)?;
        for (key, value) in budget.entries(node)? {
            match key {
                "labels" => machine.add(value, matrix, budget)?,
                "group" => machine.group = budget.text(value)?,
                _ => {}
            }
        }
        Ok(machine)
    }

    fn add(
        &mut self,
        node: Node<'_>,
        matrix: Option<Node<'_>>,
        budget: &mut Budget,
    ) -> Result<(), TooMany> {
        for label in flat(node) {
            let Some(text) = budget.text(label)? else { continue };
            // `${{ matrix.os }}` alone, or within fromJSON.
            let expression = inner(&text.text).filter(|_| text.text.contains("${{"));
            let path = expression.map(|it| {
                let it = it.trim();
                let bare = it.strip_prefix("fromJSON(").or(it.strip_prefix("fromJson("));
                bare.and_then(|it| it.strip_suffix(')')).unwrap_or(it).trim()
            });
            match path.and_then(|path| nodes(path, matrix, &budget.patience)) {
                Some((found, is_open)) => {
                    budget.spend(found.len())?;
                    for value in found.into_iter().flat_map(flat) {
                        self.labels.extend(budget.text(value)?);
                    }
                    self.labels.extend(is_open.then_some(text));
                }
                None => self.labels.push(text),
            }
        }
        Ok(())
    }
}

/// A scalar, or the items of a list.
fn flat<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    node.scalar().is_some().then_some(node).into_iter().chain(node.items())
}

/// Whose machine `label` stands for where this is `known`.
pub(crate) fn owner(label: &str, known: &dyn Known) -> Owner {
    if !label.contains("${{") {
        return of_label(label);
    }
    let Some(expression) = inner(label) else { return Owner::Unknown };
    if let Value::Text(text) = evaluate(expression, known) {
        return of_label(text);
    }
    // Any text in it may be what it comes to.
    let written: Vec<Owner> = texts(expression).map(of_label).collect();
    match written.as_slice() {
        [] => Owner::Unknown,
        written if written.contains(&Owner::Own) => Owner::Own,
        _ => Owner::Hosted,
    }
}

fn of_label(label: &str) -> Owner {
    let label = label.trim().to_ascii_lowercase();
    // As text of JSON: `["self-hosted", "linux"]`.
    if label.split(|c: char| "[]\", ".contains(c)).any(|part| part == "self-hosted") {
        return Owner::Own;
    }
    let is_service = SERVICES.iter().any(|service| label.starts_with(service));
    match is_service || is_standard(&label) {
        true => Owner::Hosted,
        false => Owner::Unknown,
    }
}

/// `ubuntu-24.04-arm`, `macos-latest-xlarge`: what GitHub itself calls its
/// machines; no own runner can have such a label alone.
fn is_standard(label: &str) -> bool {
    let mut parts = label.split('-');
    let system = parts.next().is_some_and(|it| matches!(it, "ubuntu" | "windows" | "macos"));
    let version = parts.next().is_some_and(|it| {
        matches!(it, "latest" | "slim") || it.chars().all(|c| c.is_ascii_digit() || c == '.')
    });
    let is_kind = |it: &str| matches!(it, "arm" | "intel" | "large" | "xlarge" | "vs2026");
    system && version && parts.all(is_kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fork::{Event, Stranger};
    use crate::pipeline::{Pipeline, Role};
    use crate::yaml::Yaml;

    /// Whose machines the job can run on when a fork's pull request starts it.
    fn owners(job: &str) -> Vec<Owner> {
        let source = format!("jobs: {{j: {{{job}}}}}");
        let yaml = Yaml::parse(&source).unwrap();
        let pipeline = Pipeline::read(&source, &yaml, Role::Workflow).unwrap();
        let known = Stranger::new(Event::PullRequest);
        let labels = &pipeline.jobs.list[0].machine.labels;
        labels.iter().map(|label| owner(&label.text, &known)).collect()
    }

    #[test]
    fn labels_in_each_form() {
        use Owner::{Hosted, Own, Unknown};
        assert_eq!(owners("runs-on: Self-Hosted"), [Own]);
        assert_eq!(owners("runs-on: [self-hosted, linux]"), [Own, Unknown]);
        assert_eq!(owners("runs-on: {group: g, labels: [self-hosted]}"), [Own]);
        assert_eq!(owners("runs-on: {group: g}"), []);
        assert_eq!(owners("runs-on: ubuntu-24.04-arm"), [Hosted]);
        assert_eq!(owners("runs-on: macos-latest-xlarge"), [Hosted]);
        assert_eq!(owners("runs-on: depot-ubuntu-24.04-4"), [Hosted]);
        for other in ["ubuntu-latest-16-cores", "small", "self-hosted-big", "ubuntu"] {
            assert_eq!(owners(&format!("runs-on: {other}")), [Unknown], "{other}");
        }
    }

    #[test]
    fn expressions_are_followed() {
        use Owner::{Hosted, Own, Unknown};
        let matrix = "strategy: {matrix: {os: [ubuntu-latest, [self-hosted, arm], '${{ x }}']}}";
        let job = format!("{matrix}, runs-on: '${{{{ matrix.os }}}}'");
        assert_eq!(owners(&job), [Hosted, Own, Unknown, Unknown]);
        let json = "strategy: {matrix: {os: ['[\"self-hosted\", \"arm\"]']}}";
        let job = format!("{json}, runs-on: '${{{{ fromJSON(matrix.os) }}}}'");
        assert_eq!(owners(&job), [Own]);
        for (expression, owner) in [
            ("fromJSON(format(''[\"self-hosted\", \"{0}\"]'', inputs.arch))", Own),
            ("inputs.own && ''self-hosted'' || ''ubuntu-latest''", Own),
            ("github.event_name == ''push'' && ''self-hosted'' || ''ubuntu-latest''", Hosted),
            ("github.event_name == ''push'' && ''ubuntu-latest'' || ''self-hosted''", Own),
            ("inputs.runner", Unknown),
            ("github.repository == ''a/b'' && ''big'' || ''ubuntu-latest''", Hosted),
        ] {
            assert_eq!(
                owners(&format!("runs-on: '${{{{ {expression} }}}}'")),
                [owner],
                "{expression}"
            );
        }
    }
}
