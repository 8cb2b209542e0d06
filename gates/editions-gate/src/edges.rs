//! A file → its edges into what is restricted.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Content, SourceFile};

use crate::boundary::Boundary;
use crate::contents;
use crate::go;
use crate::js;
use crate::language::Language;
use crate::project::Project;
use crate::python;
use crate::reference::{Kind, Reference, extension, folder, join};
use crate::roads;
use crate::rust;

/// A reference that crosses a boundary.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) reference: Reference,
    /// What it leads to.
    pub(crate) target: Utf8PathBuf,
    pub(crate) in_manifest: bool,
}

/// What one file refers to.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// References with what each may be.
    pub(crate) references: Vec<(Reference, Vec<Utf8PathBuf>)>,
    /// References by a name that a declaration of the file gives: what that name
    /// may be, and what the whole. Where the declaration crosses a boundary,
    /// these say nothing new.
    pub(crate) aliased: Vec<(Reference, Option<Utf8PathBuf>, Utf8PathBuf)>,
    /// The `//go:build` line, where there is one.
    pub(crate) constraint: Option<(String, Range<usize>)>,
    /// Bytes that only a build of the tests has, in order.
    pub(crate) tests: Vec<Range<usize>>,
    /// Why the file was not read to its end.
    pub(crate) unread: Option<&'static str>,
    pub(crate) is_manifest: bool,
    /// Bytes that only count where somebody asks for them: a job of a CI service, a
    /// target of a Makefile, a profile.
    pub(crate) apart: Vec<Range<usize>>,
}

/// Reads a file; none where it is of no language that is read.
pub(crate) fn facts(file: &SourceFile, project: &Project) -> Option<Facts> {
    let path = file.path();
    let language = Language::of(path)?;
    let mut facts = Facts { is_manifest: language.is_manifest(), ..Facts::default() };
    if let Content::Symlink(target) = file.content() {
        facts.references.extend(link(path, &String::from_utf8_lossy(target)));
        return Some(facts);
    }
    // A NUL in a template makes no other language of it.
    let text = match (file.content(), std::str::from_utf8(file.bytes())) {
        (Content::LfsPointer(_), _) => {
            facts.unread = Some("its content is not in the repository (Git LFS)");
            return Some(facts);
        }
        (_, Ok(text)) => text,
        (_, Err(_)) => {
            facts.unread = Some("it is no UTF-8 text");
            return Some(facts);
        }
    };
    match language {
        Language::Go => {
            let head = go::head(text);
            facts.constraint = head.constraint;
            facts.unread = head.is_broken.then_some("its imports do not read as Go");
            let read = go::directives(path, text, &project.go, &project.files);
            (facts.references, facts.apart) = (read.references, read.apart);
            let has_c = head.imports.iter().any(|import| import.specifier == "C");
            facts.references.extend(go::calls(path, text, has_c));
            let found = head.imports.into_iter().map(|reference| {
                let target = project.go.folder_of(&reference.specifier);
                (reference, target.into_iter().collect())
            });
            facts.references.extend(found);
        }
        Language::JavaScript => javascript(path, text, project, &mut facts),
        Language::Python => {
            (facts.references, facts.unread) = python::references(path, text, project);
        }
        Language::Style => {
            facts.references = roads::style::references(path, text, project);
        }
        Language::Rust => rust(path, text, project, &mut facts),
        Language::CargoManifest => {
            let found = project.rust.manifest(path, text);
            if let Ok(table) = text.parse() {
                let manifest = contents::Manifest { path, text, files: &project.files };
                facts.references.extend(contents::cargo(&manifest, &table));
            }
            facts.unread = found.is_none().then_some("it is no TOML");
            let found = found.into_iter().flatten();
            facts.references.extend(found.map(|(reference, target)| (reference, vec![target])));
        }
        Language::GoManifest => {
            let folders = go::references(path, text).into_iter();
            facts.references.extend(folders.map(|(reference, to)| (reference, vec![to])));
            facts.references.extend(go::tools(text).into_iter().map(|reference| {
                let target = project.go.folder_of(&reference.specifier);
                (reference, target.into_iter().collect())
            }));
        }
        Language::NpmManifest => npm_manifest(path, text, project, &mut facts),
        Language::Tsconfig => {
            let found = js::compiled(path, text).into_iter();
            facts.references.extend(found.map(|(reference, to)| (reference, vec![to])));
        }
        Language::Jvm => {
            let found = project.jvm.references(text);
            facts.unread = found.is_broken.then_some("a string or comment is open to its end");
            facts.references.extend(found.references);
        }
        Language::Gradle => {
            match project.gradle.references(path, text, &project.files) {
                Some(read) => (facts.references, facts.apart) = (read.references, read.apart),
                None => facts.unread = Some("a string or comment is open to its end"),
            }
            // A build file is a program, and may use what buildSrc declares.
            facts.references.extend(project.jvm.references(text).references);
        }
        Language::Maven => match project.maven.references(path, text, &project.files) {
            Some(read) => (facts.references, facts.apart) = (read.references, read.apart),
            None => facts.unread = Some("it is no XML"),
        },
        Language::Services => facts.references.extend(project.jvm.services(text)),
        Language::Pyproject => match text.parse() {
            Ok(table) => {
                let mut place = project.python.place(path, &project.files);
                let named = python::entry_points(text, &table).into_iter();
                facts.references.extend(named.map(|reference| {
                    let targets = place.resolve(&reference.specifier);
                    (reference, targets)
                }));
                let manifest = contents::Manifest { path, text, files: &project.files };
                facts.references.extend(contents::pyproject(&manifest, &table));
            }
            Err(_) => facts.unread = Some("it is no TOML"),
        },
        Language::ManifestIn => {
            let manifest = contents::Manifest { path, text, files: &project.files };
            facts.references.extend(contents::manifest_in(&manifest));
        }
        Language::Road(road) => {
            match road.references(path, text, &project.files, &project.templates) {
                Ok(read) => (facts.references, facts.apart) = (read.references, read.apart),
                Err(reason) => facts.unread = Some(reason),
            }
        }
    }
    Some(facts)
}

/// A link is its target by another name.
fn link(path: &Utf8Path, target: &str) -> Option<(Reference, Vec<Utf8PathBuf>)> {
    let to = join(folder(path), target)?;
    let reference = Reference { kind: Kind::Static, specifier: target.to_owned(), span: 0..0 };
    Some((reference, vec![to]))
}

fn rust(path: &Utf8Path, text: &str, project: &Project, facts: &mut Facts) {
    let found = rust::references(text, &|name| project.rust.knows(name));
    facts.unread = found.is_broken.then_some("a string or comment is open to its end");
    facts.tests = found.tests;
    if path.file_name() == Some("build.rs") {
        facts.references.extend(build_script(path, text, project));
    }
    let place = rust::Place::of(&project.rust, path, &project.files);
    for named in found.names {
        let targets = place.resolve(&named);
        facts.references.push((named.reference, targets));
    }
    for one in found.aliased {
        if let Some(target) = place.path(&one.inside, &one.path) {
            let declared = place.path(&one.inside, &one.declared);
            facts.aliased.push((one.reference, declared, target));
        }
    }
}

/// Files that a build script names: it runs in its package's folder.
fn build_script(
    path: &Utf8Path,
    text: &str,
    project: &Project,
) -> Vec<(Reference, Vec<Utf8PathBuf>)> {
    let literals = rust::texts(text).into_iter();
    let named = literals.filter_map(|(value, span)| {
        // `cargo:rerun-if-changed=…`.
        let name = value.rsplit('=').next().unwrap_or_default();
        let to = join(folder(path), name).filter(|_| name.contains('/'))?;
        let is_there = project.files.has(&to) || project.files.has_folder(&to);
        let reference = Reference { kind: Kind::Run, specifier: name.to_owned(), span };
        is_there.then(|| (reference, vec![to]))
    });
    named.collect()
}

fn javascript(path: &Utf8Path, text: &str, project: &Project, facts: &mut Facts) {
    let script = js::script(extension(path), text);
    let found = js::imports(&script);
    facts.unread = found.is_broken.then_some("a template or comment is open to its end");
    let sources = js::sources(extension(path), text);
    for reference in found.references.into_iter().chain(sources) {
        let targets = project.js.resolve(path, &reference.specifier, &project.files);
        facts.references.push((reference, targets));
    }
    for glob in found.globs.into_iter().filter(|glob| !glob.specifier.starts_with('!')) {
        let at = match glob.specifier.strip_prefix('/') {
            Some(rest) => Some(Utf8PathBuf::from(rest)),
            None => join(folder(path), &glob.specifier),
        };
        let globs = at.and_then(|at| kernel::Globs::new([at.as_str()]).ok());
        let targets = globs.map(|globs| {
            let mut found: Vec<Utf8PathBuf> = project
                .files
                .iter()
                .filter(|file| globs.matches(file))
                .map(ToOwned::to_owned)
                .collect();
            found.sort();
            found
        });
        facts.references.push((glob, targets.unwrap_or_default()));
    }
}

fn npm_manifest(path: &Utf8Path, text: &str, project: &Project, facts: &mut Facts) {
    let Ok(manifest) = serde_json::from_str::<serde_json::Value>(text) else {
        facts.unread = Some("it is no JSON");
        return;
    };
    let own = contents::Manifest { path, text, files: &project.files };
    let ignored = project.npmignores.get(&contents::ignore_file(path)).map(String::as_str);
    facts.references.extend(contents::npm(&own, &manifest, ignored));
    for table in js::DEPENDENCIES {
        let names = manifest.get(table).and_then(serde_json::Value::as_object);
        for name in names.into_iter().flatten().map(|(name, _)| name) {
            let Some(target) = project.js.packages.folder_of(folder(path), name) else { continue };
            // The key as it stands in its table; JSON gives no places.
            let quoted = format!("\"{name}\"");
            let from = text.find(&format!("\"{table}\"")).unwrap_or(0);
            let at = text.get(from..).and_then(|rest| rest.find(&quoted)).map(|at| from + at);
            let span = at.map_or(0..0, |at| at..at + quoted.len());
            let reference = Reference { kind: Kind::Static, specifier: name.clone(), span };
            facts.references.push((reference, vec![target]));
        }
    }
}

impl Facts {
    /// Whether the byte at `at` only counts where somebody asks for it.
    pub(crate) fn is_apart(&self, at: usize) -> bool {
        self.apart.iter().any(|range| range.contains(&at))
    }

    /// Whether only a build of the tests has the byte at `at`.
    pub(crate) fn is_test(&self, at: usize) -> bool {
        let behind = self.tests.partition_point(|tests| tests.start <= at);
        let last = behind.checked_sub(1).and_then(|last| self.tests.get(last));
        last.is_some_and(|tests| tests.contains(&at))
    }

    /// The references that cross `boundary`.
    pub(crate) fn edges(&self, boundary: &Boundary, project: &Project) -> Vec<Edge> {
        let crosses = |target: &Utf8PathBuf| {
            boundary.restricts(target)
                || (!project.files.has(target) && boundary.restricts_folder(target))
        };
        let edge = |(reference, targets): &(Reference, Vec<Utf8PathBuf>)| {
            let target = targets.iter().find(|target| crosses(target))?.clone();
            Some(Edge { reference: reference.clone(), target, in_manifest: self.is_manifest })
        };
        let mut edges: Vec<Edge> = self.references.iter().filter_map(edge).collect();
        for (reference, declared, target) in &self.aliased {
            if !declared.as_ref().is_some_and(crosses) && crosses(target) {
                let (reference, target) = (reference.clone(), target.clone());
                edges.push(Edge { reference, target, in_manifest: self.is_manifest });
            }
        }
        edges
    }
}
