//! Canaries made from the user's own boundaries: the first file of the core in
//! each language, as if it imported what is restricted, must go red by the very
//! patterns that judge the repository, and stay green where it only speaks of it.

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Entry, EntryKind, Example, SourceFile};

use crate::boundary::{Boundary, is_test};
use crate::edges::{Language, facts};
use crate::project::Project;
use crate::roads::Road;
use crate::rules::{COPIES, IMPORTS};

/// An example of a rule, made from the configuration.
#[derive(Debug)]
pub(crate) struct Canary {
    pub(crate) rule: &'static str,
    pub(crate) is_bad: bool,
    pub(crate) example: Example,
}

const LANGUAGES: [Language; 6] = [
    Language::Go,
    Language::JavaScript,
    Language::Python,
    Language::Rust,
    Language::Jvm,
    Language::Road(Road::Dockerfile),
];

/// The canaries of every boundary in every language that both sides have.
pub(crate) fn canaries(boundaries: &[Boundary], project: &Project) -> Vec<Canary> {
    let mut found = Vec::new();
    for boundary in boundaries {
        for language in LANGUAGES {
            found.extend(of(boundary, language, project).into_iter().flatten());
        }
    }
    found
}

/// Whether a file's text as a whole is of the language: of a component only its
/// script is.
fn is_plain(path: &Utf8Path, language: Language) -> bool {
    Language::of(path) == Some(language)
        && !matches!(path.extension(), Some("vue" | "svelte" | "pyi"))
}

fn of(boundary: &Boundary, language: Language, project: &Project) -> Option<[Canary; 2]> {
    let is_wanted = |path: &&Utf8Path| {
        is_plain(path, language)
            && boundary.is_core(path)
            && !is_test(path)
            && !boundary.seams.iter().any(|seam| seam.path == **path)
    };
    let core = project.files.iter().filter(is_wanted).min()?;
    let is_docker = language == Language::Road(Road::Dockerfile);
    let is_target = |path: &&Utf8Path| {
        boundary.restricts(path) && (is_docker || is_plain(path, language)) && !is_test(path)
    };
    let target = project.files.iter().filter(is_target).min()?;
    let (bad, good) = texts(language, core, target, project)?;
    // Whether these two are names at all depends on what else is there.
    let is_guess = is_docker || language == Language::Python;
    if is_guess && !crosses(boundary, core, &bad, project) {
        return None;
    }
    let rule = if is_docker { COPIES } else { IMPORTS };
    let example =
        |text: &str| Example { text: format!("-- {core} --\n{text}").into(), shown: None };
    Some([
        Canary { rule, is_bad: true, example: example(&bad) },
        Canary { rule, is_bad: false, example: example(&good) },
    ])
}

fn crosses(boundary: &Boundary, path: &Utf8Path, text: &str, project: &Project) -> bool {
    let (path, kind) = (path.to_owned(), EntryKind::File);
    let entry = Entry { path, kind, id: None, size_bytes: None };
    let file = SourceFile::new(&entry, text.as_bytes().to_vec());
    facts(&file, project).is_some_and(|facts| !facts.edges(boundary, project).is_empty())
}

/// A text that refers to `target`, and one that only speaks of it.
fn texts(
    language: Language,
    core: &Utf8Path,
    target: &Utf8Path,
    project: &Project,
) -> Option<(String, String)> {
    let relative = || relative(core, target);
    Some(match language {
        Language::Go => {
            let name = project.go.import_of(crate::reference::folder(target))?;
            let like = like(&name);
            (
                format!("package canary\n\nimport (_ {name:?})\n"),
                format!(
                    "package canary\n\n// import {name:?}\nimport _ {like:?}\n\nconst s = {name:?}\n"
                ),
            )
        }
        Language::JavaScript => {
            let name = relative();
            (
                format!("import {name:?}\n"),
                format!(
                    "// import {name:?}\nexport const s = `import {name:?}`\nimport {:?}\n",
                    like(&name)
                ),
            )
        }
        Language::Python => {
            let name = project.python.module_of(target)?;
            let like = like(&name.replace('.', "/")).replace('/', ".");
            (
                format!("import {name}\n"),
                format!("# import {name}\ns = '''\nimport {name}\n'''\nimport {like}\n"),
            )
        }
        Language::Rust => {
            let name = relative();
            (
                format!("include!({name:?});\n"),
                format!("// include!({name:?});\npub const S: &str = \"include!({name})\";\n"),
            )
        }
        Language::Jvm => {
            let name = project.jvm.name_in(target)?;
            (
                format!("package canary;\n\nimport {name};\n"),
                format!(
                    "package canary;\n\n// import {name};\nclass Canary {{ String s = \"see {name}\"; }}\n"
                ),
            )
        }
        _ => (
            format!("FROM scratch\nCOPY {target} /canary\n"),
            format!(
                "FROM scratch\n# COPY {target} /canary\nCOPY . .\nCOPY --from=canary /{target} /x\n"
            ),
        ),
    })
}

/// A path that holds the same words and is another: `feed` for `ee`.
fn like(path: &str) -> String {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let before: Vec<String> = before
        .split('/')
        .map(|part| match part.is_empty() || part.starts_with('.') || part.contains('.') {
            true => part.to_owned(),
            false => format!("f{part}d"),
        })
        .collect();
    format!("{}/f{last}d", before.join("/")).trim_start_matches('/').to_owned()
}

/// The way from a file to another.
fn relative(from: &Utf8Path, to: &Utf8Path) -> String {
    let from = crate::reference::folder(from);
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().count() - shared;
    let rest: Utf8PathBuf = to.components().skip(shared).collect();
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}", kernel::slashed(&rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_names_that_only_look_alike() {
        assert_eq!(relative("web/src/a.ts".into(), "web/ee/b.ts".into()), "../ee/b.ts");
        assert_eq!(relative("a.ts".into(), "ee/b.ts".into()), "./ee/b.ts");
        assert_eq!(like("example.org/m/ee/x"), "example.org/fmd/feed/fxd");
        assert_eq!(like("../ee/b.ts"), "../feed/fb.tsd");
    }
}
