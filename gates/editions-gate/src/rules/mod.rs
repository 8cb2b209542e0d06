//! Every rule, a file each: its id, words, examples and code. A new rule is a
//! new file and one line below.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kernel::{Example, Finding, Fix, Location, Reply, Rule, Severity, SourceFile, Tree};

use crate::binary::Binary;
use crate::boundary::{Boundary, Seam};
use crate::build::Build;
use crate::canaries::Canary;
use crate::edges::{Edge, Facts};
use crate::go::constraint::Expression;
use crate::project::Project;
use crate::reference::Kind;

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Every rule, in the order in which they are listed to people.
        pub(crate) const TABLE: &[Offence] = &[$($name::OFFENCE),*];
    };
}

rules! {
    core_imports_restricted,
    type_import,
    dynamic_import,
    manifest_dependency,
    alias_into_restricted,
    copies_restricted,
    string_reference,
    package_content,
    spdx_mismatch,
    license_map,
    core_build,
    binary_leak,
    unproven_seam,
    empty_boundary,
    incomplete_coverage,
}

/// Rules whose findings tell how their file is reached.
pub(crate) const EXPLAINED: [&str; 3] =
    [core_imports_restricted::OFFENCE.id, type_import::OFFENCE.id, dynamic_import::OFFENCE.id];
// Rules for which the configuration itself makes canaries.
pub(crate) const IMPORTS: &str = core_imports_restricted::OFFENCE.id;
pub(crate) const TYPES: &str = type_import::OFFENCE.id;
pub(crate) const DYNAMIC: &str = dynamic_import::OFFENCE.id;
pub(crate) const MANIFESTS: &str = manifest_dependency::OFFENCE.id;
pub(crate) const COPIES: &str = copies_restricted::OFFENCE.id;
pub(crate) const SEAMS: &str = unproven_seam::OFFENCE.id;
pub(crate) const HEADERS: &str = spdx_mismatch::OFFENCE.id;

/// A rule with its code.
pub(crate) struct Offence {
    /// `editions-gate/<offence>`.
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) doc: &'static str,
    pub(crate) bad: &'static [Example],
    pub(crate) good: &'static [Example],
    pub(crate) judge: Judge,
}

/// How a rule judges.
#[derive(Clone, Copy)]
pub(crate) enum Judge {
    /// Each file of the core by itself.
    File(fn(&Inspected<'_>) -> Vec<Finding>),
    /// All of them together.
    Whole(fn(&Whole<'_>) -> Vec<Finding>),
    /// Each text of either side, where the boundary has licences.
    Header(fn(&Sided<'_>) -> Option<Finding>),
    /// Both.
    Both(fn(&Inspected<'_>) -> Vec<Finding>, fn(&Whole<'_>) -> Vec<Finding>),
}

/// What rules see of a file: one of the core of `boundary`.
pub(crate) struct Inspected<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) boundary: &'a Boundary,
    pub(crate) facts: &'a Facts,
    /// The references that cross the boundary.
    pub(crate) edges: &'a [Edge],
    /// The seam that this file is said to be.
    pub(crate) seam: Option<&'a Seam>,
    pub(crate) is_test: bool,
}

/// What rules see of a file of either side.
pub(crate) struct Sided<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) boundary: &'a Boundary,
    pub(crate) is_restricted: bool,
}

/// What rules see of the whole.
pub(crate) struct Whole<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) boundaries: &'a [Boundary],
    pub(crate) project: &'a Project,
    pub(crate) build: Option<&'a Build>,
    pub(crate) binaries: &'a [Binary],
    /// What was run and read for them.
    pub(crate) replies: &'a BTreeMap<String, Reply>,
}

impl Offence {
    /// The rule as the contract has it, its examples joined by what the
    /// configuration itself gives.
    pub(crate) fn rule(&self, canaries: &[Canary]) -> Rule {
        let own = |is_bad: bool, examples: &'static [Example]| {
            let made = canaries.iter().filter(|it| it.rule == self.id && it.is_bad == is_bad);
            let made: Vec<Example> = made.map(|it| it.example.clone()).collect();
            match made.is_empty() {
                true => Cow::Borrowed(examples),
                false => Cow::Owned(examples.iter().cloned().chain(made).collect()),
            }
        };
        Rule {
            id: Cow::Borrowed(self.id),
            severity: self.severity,
            doc: Cow::Borrowed(self.doc),
            bad: own(true, self.bad),
            good: own(false, self.good),
        }
    }
}

impl Inspected<'_> {
    /// How much an edge weighs by the boundary's policies; none where it is
    /// allowed.
    pub(crate) fn severity(&self, edge: &Edge) -> Option<Severity> {
        let types = edge.reference.kind == Kind::Type;
        let is_test = self.is_test || self.facts.is_test(edge.reference.span.start);
        let is_apart = self.facts.is_apart(edge.reference.span.start);
        let weights = [
            Some(Severity::Error),
            if is_test { self.boundary.tests.severity() } else { Some(Severity::Error) },
            if types { self.boundary.type_only.severity() } else { Some(Severity::Error) },
            if is_apart { self.boundary.ci.severity() } else { Some(Severity::Error) },
        ];
        weights.into_iter().min().flatten()
    }

    /// Whether the file's build constraint keeps it out of the core's build.
    pub(crate) fn is_proven_seam(&self) -> bool {
        let constraint = self.facts.constraint.as_ref();
        let expression = constraint.and_then(|(text, _)| Expression::parse(text));
        self.seam.zip(expression).is_some_and(|(seam, own)| own.proves(&seam.required))
    }

    /// One finding for an edge of a file that is no seam.
    fn finding(&self, id: &'static str, edge: &Edge) -> Option<Finding> {
        let severity = self.severity(edge)?;
        let (reference, boundary) = (&edge.reference, &self.boundary.name);
        let verb = reference.kind.verb();
        let named = one_line(&reference.specifier);
        let message = format!("'{boundary}' {verb} '{named}', which is restricted");
        let what = if edge.target.as_str() == reference.specifier {
            "it lies in the restricted tree".to_owned()
        } else {
            format!("this is '{}'", edge.target)
        };
        let at = Location::of(self.file, reference.span.clone());
        Some(
            Finding::new(id, at, message)
                .severity(severity)
                .label(what)
                .subject(reference.specifier.clone())
                .key(format!("{boundary} {verb} {}", reference.specifier))
                .fix(Fix::note(format!(
                    "turn it round: '{boundary}' defines an interface, the restricted tree registers with it"
                ))),
        )
    }

    /// Findings for the edges that `is_ours` takes, of a file that is no seam.
    fn findings(&self, id: &'static str, is_ours: impl Fn(&Edge) -> bool) -> Vec<Finding> {
        if self.seam.is_some() {
            return Vec::new();
        }
        let ours = self.edges.iter().filter(|edge| is_ours(edge));
        ours.filter_map(|edge| self.finding(id, edge)).collect()
    }
}

/// A user's text for a message: one line, not endless.
fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}
