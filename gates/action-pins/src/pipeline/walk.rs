//! One walk over the nodes of a workflow or an action file: which of them are
//! steps, jobs, images. It trusts no schema, and every node is entered once for
//! each role it can play.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Place, REFERENCES_MAX, Role};
use crate::installs::Around;
use crate::lines;
use crate::reference::Caller;
use crate::yaml::Node;

/// Values that are data, whatever their keys are called.
const DATA: &[&str] = &[
    "branding",
    "concurrency",
    "defaults",
    "env",
    "environment",
    "inputs",
    "matrix",
    "name",
    "needs",
    "on",
    "outputs",
    "permissions",
    "run",
    "run-name",
    "runs-on",
    "secrets",
    "strategy",
    "with",
];

const NO_STEPS: &str = "has a job without 'steps:' or 'uses:'";
const NO_ACTION_STEPS: &str = "is a composite action without 'steps:'";

/// A key as it is compared here. GitHub refuses a file whose keys are written in
/// another case or with blanks around them; what stands under one is judged.
fn name(key: Node<'_>) -> Cow<'_, str> {
    let key = key.scalar().unwrap_or_default().trim();
    match key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(key.to_ascii_lowercase()),
        false => Cow::Borrowed(key),
    }
}

/// The one value under `key`; of several GitHub takes none, and parsers differ.
fn only<'t>(node: Node<'t>, key: &str) -> Option<Node<'t>> {
    let mut values = node.values(key);
    values.next().filter(|_| values.next().is_none())
}

/// What was met on the way.
#[derive(Default)]
pub(super) struct Walk<'t> {
    pub(super) uses: Vec<(Node<'t>, Caller)>,
    pub(super) images: Vec<(Node<'t>, Option<Node<'t>>, Place)>,
    pub(super) jobs: Vec<(Node<'t>, Node<'t>)>,
    pub(super) permissions: Option<Node<'t>>,
    pub(super) on: Option<Node<'t>>,
    pub(super) action_steps: Option<Node<'t>>,
    /// Whether there are jobs, or `runs:` says by what.
    pub(super) has_body: bool,
    pub(super) runs: Vec<(Node<'t>, Node<'t>, Around<'t>)>,
    around: Around<'t>,
    pub(super) incomplete: Option<&'static str>,
    pub(super) steps_as_text: Option<usize>,
    entered: HashSet<(usize, As)>,
}

/// What a node was entered as.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum As {
    Job,
    Steps,
    Run,
    Use(Caller),
    Image(Option<usize>, Place),
}

impl<'t> Walk<'t> {
    /// Walks over one document of a file.
    pub(super) fn document(&mut self, root: Node<'t>, role: Role) {
        self.around = Around { workflow: (role == Role::Workflow).then_some(root), job: None };
        for (key, value) in root.entries() {
            match (&*name(key), role) {
                ("jobs", Role::Workflow) => {
                    // Of several GitHub takes none.
                    if self.jobs.is_empty() {
                        self.jobs.extend(value.entries());
                    }
                    self.jobs(value);
                }
                ("permissions", Role::Workflow) => self.permissions = Some(value),
                ("on", Role::Workflow) => self.on = Some(value),
                ("runs", _) => self.runs(value),
                ("author" | "description", Role::Action) => {}
                (name, _) if DATA.contains(&name) => {}
                // What slipped there by a blank is a step all the same.
                _ => self.steps_of(key, value),
            }
        }
        if role == Role::Workflow {
            self.text(root);
            root.items().for_each(|item| self.steps(item));
        }
    }

    fn jobs(&mut self, jobs: Node<'t>) {
        self.text(jobs);
        for job in jobs.entries().map(|(_, job)| job).chain(jobs.items()) {
            self.has_body = true;
            self.around.job = Some(job);
            self.job(job);
        }
        self.around.job = None;
    }

    fn job(&mut self, job: Node<'t>) {
        if !self.enter(job, As::Job) {
            return;
        }
        let matrix = only(job, "strategy").and_then(|strategy| only(strategy, "matrix"));
        for (key, value) in job.entries() {
            match &*name(key) {
                "uses" => self.use_of(value, Caller::Job),
                "container" => self.image(value, matrix, Place::Container),
                "services" => self.services(value, matrix),
                // GitHub knows no merge keys; a job behind one is still read.
                "<<" => self.job(value),
                name if DATA.contains(&name) => {}
                _ => self.steps_of(key, value),
            }
        }
        if !job.entries().any(|(key, _)| matches!(&*name(key), "steps" | "uses" | "<<")) {
            self.incomplete = Some(NO_STEPS);
        }
        self.text(job);
        job.items().for_each(|item| self.steps(item));
    }

    fn services(&mut self, services: Node<'t>, matrix: Option<Node<'t>>) {
        if services.scalar().is_some() {
            self.image(services, matrix, Place::Service);
        }
        for service in services.entries().map(|(_, service)| service).chain(services.items()) {
            if self.images.len() > REFERENCES_MAX {
                return;
            }
            self.image(service, matrix, Place::Service);
        }
    }

    fn runs(&mut self, runs: Node<'t>) {
        // GitHub refuses one without `using:`; what it would run is elsewhere.
        self.has_body |= runs.values("using").next().is_some();
        self.action_steps = runs.values("steps").next();
        for (key, value) in runs.entries() {
            match &*name(key) {
                "image" => self.image(value, None, Place::Action),
                name if DATA.contains(&name) => {}
                _ => self.steps_of(key, value),
            }
        }
        // What runs a program of its own has no steps.
        let is_program = |using: &str| using.starts_with("node") || using == "docker";
        let is_program = runs.values("using").filter_map(Node::scalar).any(is_program);
        if !is_program && runs.values("steps").next().is_none() {
            self.incomplete = Some(NO_ACTION_STEPS);
        }
        self.text(runs);
        runs.items().for_each(|item| self.steps(item));
    }

    /// `node` is an image itself or has one under `image:`.
    fn image(&mut self, node: Node<'t>, matrix: Option<Node<'t>>, place: Place) {
        let role = As::Image(matrix.map(Node::id), place);
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if !self.enter(node, role) {
                continue;
            }
            if node.scalar().is_some() {
                self.images.push((node, matrix, place));
            }
            let is_image = |key: Node<'_>| matches!(&*name(key), "image" | "<<");
            open.extend(node.entries().filter(|(key, _)| is_image(*key)).map(|(_, value)| value));
            // A merge key takes a list, too.
            open.extend(node.items());
        }
    }

    fn use_of(&mut self, value: Node<'t>, caller: Caller) {
        if self.enter(value, As::Use(caller)) {
            self.uses.push((value, caller));
        }
    }

    /// The same below an entry that nobody knows. A stray comma can make a key of
    /// a list.
    fn steps_of(&mut self, key: Node<'t>, value: Node<'t>) {
        self.steps(value);
        if key.scalar().is_none() {
            self.steps(key);
        }
    }

    /// Every `uses:` at or below `node`, data left out.
    fn steps(&mut self, node: Node<'t>) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if !self.enter(node, As::Steps) {
                continue;
            }
            self.text(node);
            open.extend(node.items());
            for (key, value) in node.entries() {
                match &*name(key) {
                    "uses" => self.use_of(value, Caller::Step),
                    "run" if self.enter(value, As::Run) => {
                        self.runs.push((value, node, self.around));
                    }
                    name if DATA.contains(&name) => {}
                    _ => {
                        open.push(value);
                        open.extend(key.scalar().is_none().then_some(key));
                    }
                }
            }
        }
    }

    /// A stray `|` or quote turns a list of steps into one text. GitHub refuses
    /// that today; it must not look empty here.
    fn text(&mut self, node: Node<'t>) {
        let text = node.scalar().unwrap_or_default();
        if self.steps_as_text.is_none() && !lines::unpinned(text.as_bytes()).is_empty() {
            self.steps_as_text = Some(node.span().start);
        }
    }

    fn enter(&mut self, node: Node<'t>, role: As) -> bool {
        self.entered.insert((node.id(), role))
    }
}
