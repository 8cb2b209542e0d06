//! What GitHub executes from a workflow or an action file.
//!
//! The walk trusts no schema: what it does not know it enters, so that a new
//! kind of step (`parallel:`, in 2026) or a mistake beside a step hides
//! nothing. Only values that are data by definition (`env`, `with`, …) are
//! left alone. Every node is entered once for each role it can play, so
//! aliases, even circular ones, cost nothing.

mod walk;

use std::ops::Range;

use crate::check::{self, Check};
use crate::comment::Comment;
use crate::image::ImageName;
use crate::installs::{Blocks, RunBlock};
use crate::jobs::{self, Jobs, Step};
use crate::matrix::{Patience, Resolved, resolve};
use crate::reference::{Caller, Malformed, Reference, Remote};
use crate::trigger::{self, Trigger};
use crate::yaml::{Node, Yaml};

use walk::Walk;

/// Which of GitHub's two kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// `.github/workflows/*.yml`: `jobs:`.
    Workflow,
    /// `action.yml` anywhere: `runs:`.
    Action,
}

/// Everything in a file that decides what code runs, by place.
#[derive(Debug, Default)]
pub(crate) struct Pipeline {
    pub(crate) uses: Vec<Use>,
    pub(crate) images: Vec<Image>,
    /// The jobs of a workflow; an action has none.
    pub(crate) jobs: Jobs,
    /// Those of them that are a release check.
    pub(crate) checks: Vec<Check>,
    /// What starts a workflow.
    pub(crate) triggers: Vec<Trigger>,
    /// The steps of an action, where they are asked for.
    pub(crate) steps: Vec<Step>,
    /// Every `run:`, in the order of the file.
    pub(crate) run_blocks: Vec<RunBlock>,
    /// What GitHub demands of such a file and misses in this one.
    pub(crate) incomplete: Option<&'static str>,
    /// The first text in the place of a structure that reads like steps.
    pub(crate) steps_as_text: Option<usize>,
}

/// The value of one `uses:`; one value used through several aliases is one.
#[derive(Debug)]
pub(crate) struct Use {
    /// Trimmed, as GitHub does.
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    pub(crate) reference: Reference,
    pub(crate) comment: Option<Comment>,
}

/// One image that runs.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) place: Place,
    /// As written where it is used, `docker://` and expressions included.
    pub(crate) text: String,
    /// Where it is used.
    pub(crate) used_at: Range<usize>,
    /// Where the text that must change stands: a matrix value or `used_at`.
    pub(crate) span: Range<usize>,
    /// None: an expression that the file does not answer.
    pub(crate) name: Option<ImageName>,
}

/// What an image is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// `uses: docker://…`.
    Step,
    /// `container:` of a job.
    Container,
    /// One of the `services:` of a job.
    Service,
    /// `runs.image` of a Docker action.
    Action,
}

/// More than this in one file is no honest file.
const REFERENCES_MAX: usize = 20_000;

const NO_JOBS: &str = "has no 'jobs:'";
const NO_RUNS: &str = "has no 'runs:'";

/// The file makes more references than anybody could mean.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Pipeline {
    /// The references to other repositories.
    pub(crate) fn remotes(&self) -> impl Iterator<Item = (&Use, &Remote)> {
        self.uses.iter().filter_map(|found| match &found.reference {
            Reference::Remote(remote) => Some((found, remote)),
            _ => None,
        })
    }

    /// Everything that `yaml`, read from `source`, executes; its steps only
    /// where a release check needs them.
    #[cfg(test)]
    pub(crate) fn read(source: &str, yaml: &Yaml<'_>, role: Role) -> Result<Pipeline, TooMany> {
        Pipeline::read_with(source, yaml, role, false)
    }

    /// Everything that `yaml`, read from `source`, executes; every step as a
    /// whole `with_steps`.
    pub(crate) fn read_with(
        source: &str,
        yaml: &Yaml<'_>,
        role: Role,
        with_steps: bool,
    ) -> Result<Pipeline, TooMany> {
        let mut walk = Walk::default();
        for document in yaml.documents() {
            walk.document(document, role);
        }
        let may_check = role == Role::Workflow && check::is_spoken_of(source);
        let jobs = Jobs::read(&walk.jobs, walk.permissions, may_check || with_steps)?;
        let mut blocks = Blocks::default();
        let run_blocks =
            walk.runs.iter().filter_map(|(run, step, around)| blocks.read(*run, *step, *around));
        let mut run_blocks: Vec<RunBlock> = run_blocks.collect();
        run_blocks.sort_by_key(|block| block.span.start);
        if walk.uses.len() + walk.images.len() + run_blocks.len() > REFERENCES_MAX {
            return Err(TooMany);
        }
        // A file called action.yml without `runs:` may be somebody else's; it is
        // if nothing in it reads like a step.
        let no_body = match role {
            Role::Workflow => NO_JOBS,
            Role::Action => NO_RUNS,
        };
        let mut pipeline = Pipeline {
            incomplete: walk.incomplete.or((!walk.has_body).then_some(no_body)),
            steps_as_text: walk.steps_as_text,
            run_blocks,
            checks: if may_check { check::checks(source, &jobs) } else { Vec::new() },
            jobs,
            triggers: trigger::read(walk.on)?,
            steps: jobs::steps_of(walk.action_steps.filter(|_| with_steps))?,
            ..Pipeline::default()
        };
        for (value, caller) in walk.uses {
            pipeline.add_use(source, value, caller);
        }
        let patience = Patience::default();
        for (value, matrix, place) in walk.images {
            pipeline.add_image(value, matrix, place, &patience);
        }
        pipeline.uses.sort_by_key(|found| found.span.start);
        pipeline.images.sort_by_key(|image| (image.span.start, image.used_at.start));
        let same = |a: &mut Image, b: &mut Image| a.span == b.span && a.name == b.name;
        pipeline.images.dedup_by(same);
        Ok(pipeline)
    }

    /// How many references it holds, this repository's own included.
    pub(crate) fn references(&self) -> usize {
        let of_steps = self.images.iter().filter(|image| image.place == Place::Step).count();
        self.uses.len() + self.images.len() - of_steps
    }

    fn add_use(&mut self, source: &str, value: Node<'_>, caller: Caller) {
        let reference = match value.scalar() {
            Some(text) => Reference::read(text, caller),
            None => Reference::Malformed(Malformed::NotText),
        };
        let text = value.scalar().unwrap_or_default().trim().to_owned();
        let span = value.span();
        if let Reference::Image(name) = &reference {
            self.images.push(Image {
                place: Place::Step,
                text: text.clone(),
                used_at: span.clone(),
                span: span.clone(),
                name: Some(name.clone()),
            });
        }
        let comment = match value.is_block_scalar() {
            true => None,
            false => Comment::after(source, span.end),
        };
        self.uses.push(Use { text, span, reference, comment });
    }

    fn add_image(
        &mut self,
        value: Node<'_>,
        matrix: Option<Node<'_>>,
        place: Place,
        patience: &Patience,
    ) {
        let text = value.scalar().unwrap_or_default().trim().to_owned();
        if place == Place::Action && !is_docker_url(&text) {
            return;
        }
        for resolved in resolve(value, matrix, patience) {
            let (name, span) = match resolved {
                Resolved::Image(name, span) => (Some(name), span),
                Resolved::Dynamic => (None, value.span()),
            };
            let text = text.clone();
            self.images.push(Image { place, text, used_at: value.span(), span, name });
        }
    }
}

/// `runs.image` names a Dockerfile of the action itself unless it says so.
fn is_docker_url(text: &str) -> bool {
    text.get(..9).is_some_and(|scheme| scheme.eq_ignore_ascii_case("docker://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str, role: Role) -> Pipeline {
        Pipeline::read(source, &Yaml::parse(source).unwrap(), role).unwrap()
    }

    fn uses(source: &str) -> Vec<String> {
        read(source, Role::Workflow).uses.into_iter().map(|found| found.text).collect()
    }

    #[test]
    fn every_shape_of_step_is_entered() {
        assert_eq!(uses("jobs: {j: {steps: [{uses: a}, {parallel: [{uses: b}]}]}}"), ["a", "b"]);
        assert_eq!(uses("jobs: [{steps: {one: {uses: a}}}]"), ["a"]);
        assert_eq!(uses("jobs: {env: {steps: [{uses: a}]}, with: {uses: b}}"), ["a", "b"]);
        assert_eq!(uses("jobs: {j: {<<: {steps: [{uses: a}]}}}"), ["a"]);
        assert_eq!(uses("jobz: {j: {steps: [{uses: a, uses: b}]}}"), ["a", "b"]);
        assert_eq!(uses("- jobs: {j: {steps: [{uses: a}]}}"), ["a"]);
        assert_eq!(uses("jobs: {j: {uses: [a]}}"), [""]);
    }

    #[test]
    fn data_is_not_entered() {
        assert!(uses("jobs: {j: {steps: [{env: {uses: a}, with: {uses: b}}]}}").is_empty());
        assert!(uses("on: {workflow_call: {inputs: {uses: {default: a}}}}\njobs: {}").is_empty());
        assert!(uses("jobs: {j: {strategy: {matrix: {include: [{uses: a}]}}}}").is_empty());
    }

    #[test]
    fn circles_and_crowds_end() {
        assert_eq!(uses("jobs: {j: &j {<<: *j, steps: &s [*s, {uses: a}, *j]}}"), ["a"]);
        let jobs: String = (0..300)
            .map(|n| format!("  j{n}: {{strategy: {{matrix: {{}}}}, services: *s}}\n"))
            .collect();
        let services: String = (0..300).map(|n| format!("s{n}: a{n}, ")).collect();
        let source = format!("x: &s {{{services}}}\njobs:\n{jobs}");
        let yaml = Yaml::parse(&source).unwrap();
        assert_eq!(Pipeline::read(&source, &yaml, Role::Workflow).err(), Some(TooMany));
    }

    #[test]
    fn images_of_jobs_and_actions() {
        let images = |source: &str, role| -> Vec<String> {
            read(source, role).images.into_iter().map(|image| image.text).collect()
        };
        let job = "jobs: {j: {container: {image: a}, services: {s: {image: b}, t: {ports: [c]}}}}";
        assert_eq!(images(job, Role::Workflow), ["a", "b"]);
        assert_eq!(images("jobs: {j: {services: '${{ x }}'}}", Role::Workflow), ["${{ x }}"]);
        assert_eq!(images("runs: {using: docker, image: sub/Dockerfile}", Role::Action).len(), 0);
        assert_eq!(images("runs: {image: 'DOCKER://a'}", Role::Action), ["DOCKER://a"]);
        assert_eq!(images("runs: {steps: [{uses: 'docker://a'}]}", Role::Action), ["docker://a"]);
    }
}
