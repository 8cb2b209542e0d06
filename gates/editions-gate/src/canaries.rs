//! Canaries made from the user's own boundaries: the first file of the core in
//! each language, as if it imported what is restricted, must go red by the very
//! patterns that judge the repository, and stay green where it only speaks of it.

mod texts;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, EntryKind, Example, SourceFile};

use crate::boundary::{Boundary, Seam, is_test};
use crate::edges::facts;
use crate::language::Language;
use crate::project::Project;
use crate::reference::extension;
use crate::roads::Road;
use crate::rules::TYPES;

use texts::texts;

/// An example of a rule, made from the configuration.
#[derive(Debug)]
pub(crate) struct Canary {
    pub(crate) rule: &'static str,
    pub(crate) is_bad: bool,
    pub(crate) example: Example,
}

const LANGUAGES: [Language; 8] = [
    Language::Go,
    Language::JavaScript,
    Language::Python,
    Language::Rust,
    Language::Jvm,
    Language::CargoManifest,
    Language::GoManifest,
    Language::Road(Road::Dockerfile),
];

/// The canaries of every boundary: in every language that both sides have, of
/// every seam, of the licences.
pub(crate) fn canaries(boundaries: &[Boundary], project: &Project) -> Vec<Canary> {
    let mut found = Vec::new();
    let sources = project.sources.iter();
    let files: Known<'_> = sources.filter(|(path, _)| !is_test(path)).collect();
    for boundary in boundaries {
        for language in LANGUAGES {
            found.extend(of(boundary, language, &files, project));
        }
        found.extend(seams(boundary, &files, project));
        found.extend(headers(boundary, project));
    }
    found
}

/// Files that are no tests, each with its language.
type Known<'a> = Vec<&'a (Utf8PathBuf, Language)>;

/// The first file of each side in `language`.
fn sides<'a>(
    boundary: &Boundary,
    language: Language,
    files: &Known<'a>,
    project: &'a Project,
) -> Option<(&'a Utf8Path, &'a Utf8Path)> {
    // Of a component only its script is of the language.
    let is_plain = |(path, of): &(Utf8PathBuf, Language)| {
        *of == language && !matches!(extension(path), "vue" | "svelte" | "pyi")
    };
    let is_wanted = |path: &&Utf8Path| boundary.is_core(path) && boundary.seam(path).is_none();
    let plain = files.iter().filter(|file| is_plain(file));
    let core = plain.map(|(path, _)| path.as_path()).filter(is_wanted).min()?;
    let is_target = |path: &&Utf8Path| boundary.restricts(path);
    let target = match language {
        // A Dockerfile copies anything.
        Language::Road(Road::Dockerfile) => {
            project.files.iter().filter(|path| !is_test(path)).filter(is_target).min()
        }
        _ => {
            let plain = files.iter().filter(|file| is_plain(file));
            plain.map(|(path, _)| path.as_path()).filter(is_target).min()
        }
    };
    Some((core, target?))
}

fn of<'a>(
    boundary: &Boundary,
    language: Language,
    files: &Known<'a>,
    project: &'a Project,
) -> Vec<Canary> {
    let Some((core, target)) = sides(boundary, language, files, project) else { return Vec::new() };
    // Whether these two are names at all depends on what else is there.
    let is_guess =
        !matches!(language, Language::Go | Language::JavaScript | Language::Rust | Language::Jvm);
    let mut found = Vec::new();
    for text in texts(language, core, target, project) {
        let is_allowed = text.rule == TYPES && boundary.type_only.severity().is_none();
        if !is_allowed && (!is_guess || crosses(boundary, core, &text.bad, project)) {
            found.extend(text.at(core));
        }
    }
    found
}

/// Each seam of Go as it is not to be, and as it is.
fn seams<'a>(boundary: &Boundary, files: &Known<'a>, project: &'a Project) -> Vec<Canary> {
    let Some((_, target)) = sides(boundary, Language::Go, files, project) else {
        return Vec::new();
    };
    let name = project.go.import_of(crate::reference::folder(target));
    let there = boundary.seams.iter().filter(|seam| {
        Language::of(&seam.path) == Some(Language::Go)
            && project.files.has(&seam.path)
            && boundary.is_core(&seam.path)
    });
    let canary = |seam: &Seam| Some(texts::seam(&seam.requires, name.as_ref()?).at(&seam.path));
    there.filter_map(canary).flatten().collect()
}

/// The first file of the core that carries the other side's licence.
fn headers(boundary: &Boundary, project: &Project) -> Vec<Canary> {
    let Some(license) = &boundary.license else { return Vec::new() };
    let has_slashes = |path: &&Utf8Path| {
        matches!(extension(path), "go" | "rs" | "ts" | "tsx" | "js" | "java" | "kt")
            && boundary.is_core(path)
    };
    let first = project.files.iter().filter(has_slashes).min();
    let canary = |core| texts::header(&license.core, &license.restricted).at(core);
    first.into_iter().flat_map(canary).collect()
}

fn crosses(boundary: &Boundary, path: &Utf8Path, text: &str, project: &Project) -> bool {
    let (path, kind) = (path.to_owned(), EntryKind::File);
    let entry = Entry { path, kind, id: None, size_bytes: None };
    let file = SourceFile::new(&entry, text.as_bytes().to_vec());
    facts(&file, project).is_some_and(|facts| !facts.edges(boundary, project).is_empty())
}
