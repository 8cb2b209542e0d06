//! The core never depends on the restricted tree, in any language, by any road
//! that a file can name.
//!
//! ```text
//! go.mod, tsconfig, package.json, Cargo.toml … ─► Project (what names mean)
//!                                     ├─► Needles (which words a road into `ee/` has)
//! SourceFile × Needles ─► none stands there: judged
//! SourceFile ─ go | js | python | rust | jvm ─┐
//!            ├ roads     what is copied, run  ├ Reference ─ Project ─► target
//!            └ contents  what is packed       ┘
//!                                     target × Boundary ─► Edge ─ rules/<rule> ─► Finding
//! ```
//!
//! A file is judged by itself: the project was read when the gate was
//! configured. Deliberately absent: node_modules, a toolchain, the network.

mod binary;
mod boundary;
mod build;
mod canaries;
mod chain;
mod contents;
mod edges;
mod explain;
mod go;
mod js;
mod jvm;
mod language;
mod needles;
mod project;
mod propose;
mod python;
mod reference;
mod roads;
mod rules;
mod rust;
mod settings;

use std::borrow::Cow;

use kernel::{
    Checked, ConfigError, Evidence, Examined, Gate, GateError, Globs, Kind, Options, Rule,
    SourceFile, Tree, Wants,
};

use crate::binary::Binary;
use crate::boundary::{Boundary, is_test};
use crate::build::Build;
use crate::canaries::{Canary, canaries};
use crate::edges::facts;
use crate::language::Language;
use crate::needles::Needles;
use crate::project::Project;
use crate::rules::{Inspected, Judge, Sided, TABLE, Whole};
use crate::settings::Settings;

const ID: &str = "editions-gate";

/// The gate, as a registry lists it.
pub const REGISTER: Kind = Kind {
    id: ID,
    summary: "the core never depends on the restricted tree",
    items: ("import read", "imports read"),
    configure,
    schema: || schemars::schema_for!(Settings),
    propose: propose::propose,
};

/// Texts that carry SPDX headers and are read for nothing else.
const HEADED: [&str; 1] =
    ["**/*.{c,cc,cpp,h,hpp,cs,swift,rb,php,scala,sh,sql,css,scss,html,tf,yml,yaml,toml,mk}"];

/// How a file begins that stands for one of Git LFS.
const LFS: &[u8] = b"version https://git-lfs";

struct EditionsGate {
    boundaries: Vec<Boundary>,
    project: Project,
    /// None where every file is to be lexed.
    needles: Option<Needles>,
    /// How many files of the core are searched, or lexed where they are not.
    searched: u64,
    files: Globs,
    build: Option<Build>,
    binaries: Vec<Binary>,
    canaries: Vec<Canary>,
}

fn configure(options: &Options, tree: &Tree) -> Result<Box<dyn Gate>, ConfigError> {
    let settings: Settings = options.read()?;
    if settings.boundary.is_empty() {
        return Err(ConfigError::new("no boundary: nothing could be crossed")
            .hint("write [[gate.editions-gate.boundary]] with name and restricted"));
    }
    let boundaries: Vec<Boundary> =
        settings.boundary.iter().map(Boundary::new).collect::<Result<_, _>>()?;
    let has_licence = boundaries.iter().any(|boundary| boundary.license.is_some());
    let headed = HEADED.into_iter().filter(|_| has_licence);
    let files = Globs::new(Language::patterns().chain(headed))
        .map_err(|error| ConfigError::new(error.to_string()))?;
    let project = Project::of(tree, &boundaries)?;
    let needles = settings.search.then(|| Needles::new(&boundaries, &project));
    let is_searched = |(path, language): &&(camino::Utf8PathBuf, Language)| {
        Needles::searches(*language) && boundaries.iter().any(|boundary| boundary.is_core(path))
    };
    let searched = project.sources.iter().filter(is_searched).count() as u64;
    let build = settings.build.as_ref();
    let build = build.map(|build| Build::new(build, &boundaries, &project.files)).transpose()?;
    let binaries = settings.binary.iter().map(Binary::new).collect::<Result<_, _>>()?;
    let canaries = canaries(&boundaries, &project);
    Ok(Box::new(EditionsGate {
        boundaries,
        project,
        needles,
        searched,
        files,
        build,
        binaries,
        canaries,
    }))
}

impl EditionsGate {
    /// Whether nothing that `file` refers to can be restricted, as a search tells.
    /// What is no text of UTF-8 could hide anything.
    fn spares(&self, file: &SourceFile, language: Language, concerned: &[&Boundary]) -> bool {
        let needles = self.needles.as_ref();
        let is_spared = needles.is_some_and(|needles| needles.spare(file, language));
        let is_plain = || {
            !file.bytes().starts_with(LFS)
                && concerned.iter().all(|boundary| {
                    let text = std::str::from_utf8(file.bytes());
                    text.is_ok_and(|text| {
                        boundary.seam(file.path()).is_none() && !boundary.is_named_in(text)
                    })
                })
        };
        is_spared && is_plain()
    }

    /// What a file of either side says of its licence.
    fn headers(&self, file: &SourceFile, checked: &mut Checked) {
        for boundary in self.boundaries.iter().filter(|boundary| boundary.license.is_some()) {
            let is_restricted = boundary.restricts(file.path());
            if !is_restricted && !boundary.is_core(file.path()) {
                continue;
            }
            checked.examined.files = 1;
            checked.examined.bytes = file.bytes().len() as u64;
            let sided = Sided { file, boundary, is_restricted };
            for offence in TABLE {
                if let Judge::Header(judge) = offence.judge {
                    checked.findings.extend(judge(&sided));
                }
            }
        }
    }
}

impl Gate for EditionsGate {
    fn rules(&self) -> Cow<'_, [Rule]> {
        TABLE.iter().map(|offence| offence.rule(&self.canaries)).collect()
    }

    fn wants(&self) -> Wants {
        let binaries = self.binaries.iter().flat_map(Binary::requests);
        let requests = self.build.iter().flat_map(Build::requests).chain(binaries).collect();
        Wants { files: self.files.clone(), requests, ..Wants::default() }
    }

    fn check_file(&self, file: &SourceFile) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        let path = file.path();
        self.headers(file, &mut checked);
        let concerned: Vec<&Boundary> =
            self.boundaries.iter().filter(|boundary| boundary.is_core(path)).collect();
        if concerned.is_empty() {
            return Ok(checked);
        }
        let Some(language) = Language::of(path) else { return Ok(checked) };
        checked.examined =
            Examined { files: 1, bytes: file.bytes().len() as u64, ..Examined::default() };
        if self.spares(file, language, &concerned) {
            return Ok(checked);
        }
        let Some(facts) = facts(file, &self.project) else { return Ok(checked) };
        checked.examined.items = facts.references.len() as u64;
        for boundary in concerned {
            let edges = facts.edges(boundary, &self.project);
            let seam = boundary.seam(path);
            let inspected = Inspected {
                file,
                boundary,
                facts: &facts,
                edges: &edges,
                seam,
                is_test: is_test(path),
            };
            for _ in edges.iter().filter(|edge| inspected.severity(edge).is_none()) {
                checked.skip("allowed-edge");
            }
            for offence in TABLE {
                if let Judge::File(judge) | Judge::Both(judge, _) = offence.judge {
                    checked.findings.extend(judge(&inspected));
                }
            }
        }
        explain::later(&mut checked)?;
        checked.remarks.push(explain::lexed(path, &facts, &self.project));
        Ok(checked)
    }

    fn check(&self, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        let whole = Whole {
            tree: evidence.head,
            boundaries: &self.boundaries,
            project: &self.project,
            build: self.build.as_ref(),
            binaries: &self.binaries,
            replies: evidence.replies,
        };
        if let Some(build) = &self.build {
            let count = build.commands.len() as u64;
            checked.facts.insert("core build".to_owned(), kernel::Fact::Count(count));
        }
        explain::explained(evidence, &self.boundaries, &self.project, &mut checked)?;
        checked.facts.insert("files searched".to_owned(), self.searched.into());
        checked.facts.insert("files lexed".to_owned(), explain::count(evidence.remarks).into());
        let unproven = self.binaries.iter().filter(|binary| binary.twin.is_none());
        let unproven: Vec<String> = unproven.map(|it| it.artifact.to_string()).collect();
        if !unproven.is_empty() {
            checked.facts.insert("probes without a twin".to_owned(), kernel::Fact::List(unproven));
        }
        for offence in TABLE {
            if let Judge::Whole(judge) | Judge::Both(_, judge) = offence.judge {
                checked.findings.extend(judge(&whole));
            }
        }
        Ok(checked)
    }
}
