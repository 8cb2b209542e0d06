//! What a file alone does not tell: which files there are, and what names mean.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ConfigError, Globs, Tree};

use crate::boundary::Boundary;
use crate::go::Modules;
use crate::js::{self, Configurations, Names};
use crate::jvm;
use crate::jvm::gradle::Builds;
use crate::jvm::maven::Artifacts;
use crate::language::{Language, not_read};
use crate::python::Roots;
use crate::roads::{Templates, templates};
use crate::rust::Crates;

/// The paths of a tree, as text: a path is hashed and compared part by part,
/// which took a third of a run.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: HashSet<String>,
    folders: HashSet<String>,
}

// A path whose text is the only way to write it.
fn plain(path: &Utf8Path) -> Cow<'_, str> {
    let text = kernel::slashed(path);
    let is_plain = !text.contains("//") && !text.contains("/.") && !text.ends_with('/');
    if is_plain {
        return text;
    }
    Cow::Owned(kernel::slashed(&path.components().collect::<Utf8PathBuf>()).into_owned())
}

impl Files {
    /// These paths.
    pub(crate) fn of<P: Into<Utf8PathBuf>>(paths: impl IntoIterator<Item = P>) -> Files {
        let mut files = Files::default();
        for path in paths {
            let path: Utf8PathBuf = path.into();
            for folder in path.ancestors().skip(1) {
                // The folders above are there as soon as one below them is.
                let folder = plain(folder);
                if files.folders.contains(folder.as_ref()) {
                    break;
                }
                files.folders.insert(folder.into_owned());
            }
            files.files.insert(plain(&path).into_owned());
        }
        files
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, path: &Utf8Path) -> bool {
        self.files.contains(plain(path).as_ref())
    }

    /// Whether there is a file below it.
    pub(crate) fn has_folder(&self, path: &Utf8Path) -> bool {
        self.folders.contains(plain(path).as_ref())
    }

    /// Whether there is a file of that path, written as the tree writes paths.
    pub(crate) fn has_plain(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Every file.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Utf8Path> {
        self.files.iter().map(Utf8Path::new)
    }
}

/// What the repository says about itself.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) files: Files,
    /// Files of a language that is read, in the tree's order.
    pub(crate) sources: Vec<(Utf8PathBuf, Language)>,
    /// Files of languages that are not, with the language's name.
    pub(crate) not_read: Vec<(Utf8PathBuf, &'static str)>,
    pub(crate) go: Modules,
    pub(crate) js: Names,
    pub(crate) python: Roots,
    pub(crate) rust: Crates,
    pub(crate) jvm: jvm::Names,
    pub(crate) gradle: Builds,
    pub(crate) maven: Artifacts,
    /// Helm's, of the restricted trees.
    pub(crate) templates: Templates,
    /// Texts by path.
    pub(crate) npmignores: BTreeMap<Utf8PathBuf, String>,
}

impl Project {
    /// Reads every manifest and configuration that gives names to paths, and what
    /// the restricted trees declare where paths do not tell.
    ///
    /// # Errors
    /// One of them could not be read.
    pub(crate) fn of(tree: &Tree, boundaries: &[Boundary]) -> Result<Project, ConfigError> {
        let everything = globs(&["**"])?;
        let listed = tree.list(&everything).into_iter().map(|entry| entry.path);
        let listed: Vec<Utf8PathBuf> = listed.collect();
        let known = |path: &Utf8PathBuf| Some((path.clone(), Language::of(path)?));
        let sources = listed.iter().filter_map(known).collect();
        let unknown = |path: &Utf8PathBuf| Some((path.clone(), not_read(path)?));
        let not_read = listed.iter().filter_map(unknown).collect();
        let files = Files::of(listed);
        let go = texts(tree, &["**/go.mod", "**/go.work"])?;
        let go = Modules::new(go.iter().map(|(path, text)| (path.as_path(), text.as_str())));
        let js = Names::new(&Configurations {
            tsconfigs: tsconfigs(tree, &files)?,
            manifests: texts(tree, &["**/package.json"])?,
            bundlers: texts(
                tree,
                &["**/{vite,vitest,webpack,rspack,rsbuild}*.{js,ts,mjs,mts,cjs,cts}"],
            )?,
        });
        let python = Roots::new(&files);
        let rust = Crates::new(&texts(tree, &["**/Cargo.toml"])?);
        let is_restricted =
            |path: &Utf8Path| boundaries.iter().any(|boundary| boundary.restricts(path));
        let declared = texts_of(tree, &["**/*.{java,kt}"], &is_restricted)?;
        let jvm = jvm::Names::new(&declared, &files);
        let gradle = Builds::new(&texts(tree, &["**/settings.{gradle,gradle.kts}"])?);
        let maven = Artifacts::new(&texts(tree, &["**/pom.xml"])?);
        let charts = texts_of(tree, &["**/templates/**/*.{tpl,yml,yaml}"], &is_restricted)?;
        let templates = templates(&charts);
        let npmignores = texts(tree, &["**/.npmignore"])?;
        Ok(Project {
            files,
            sources,
            not_read,
            go,
            js,
            python,
            rust,
            jvm,
            gradle,
            maven,
            templates,
            npmignores,
        })
    }
}

// Those of the usual names, and what they are made of.
fn tsconfigs(tree: &Tree, files: &Files) -> Result<BTreeMap<Utf8PathBuf, String>, ConfigError> {
    let usual = ["**/tsconfig*.json", "**/jsconfig*.json", "**/*.tsconfig.json"];
    let mut found = texts(tree, &usual)?;
    for _ in 0..NAMED_MAX {
        let others = js::others(&found, &|path| files.has(path));
        if others.is_empty() {
            break;
        }
        for path in others {
            let file = tree.read(&path).ok();
            let text = file.and_then(|file| file.text().map(str::to_owned));
            found.insert(path, text.unwrap_or_default());
        }
    }
    Ok(found)
}

/// How far configurations that name others are followed.
const NAMED_MAX: usize = 8;

fn globs(patterns: &[&str]) -> Result<Globs, ConfigError> {
    Globs::new(patterns).map_err(|error| ConfigError::new(error.to_string()))
}

// The texts of the files that are text; what a link or a binary file of that
// name would say is said by nobody.
fn texts(tree: &Tree, patterns: &[&str]) -> Result<BTreeMap<Utf8PathBuf, String>, ConfigError> {
    texts_of(tree, patterns, &|_| true)
}

fn texts_of(
    tree: &Tree,
    patterns: &[&str],
    is_wanted: &dyn Fn(&Utf8Path) -> bool,
) -> Result<BTreeMap<Utf8PathBuf, String>, ConfigError> {
    let mut texts = BTreeMap::new();
    for entry in tree.list(&globs(patterns)?) {
        let is_file = matches!(entry.kind, kernel::EntryKind::File | kernel::EntryKind::Executable);
        if !is_file || !is_wanted(&entry.path) {
            continue;
        }
        let path = &entry.path;
        let file = tree
            .read_entry(&entry)
            .map_err(|error| ConfigError::new(format!("'{path}' could not be read: {error}")))?;
        if let Some(text) = file.text() {
            texts.insert(path.clone(), text.to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::Files;

    #[test]
    fn a_path_is_found_however_it_is_written() {
        let files = Files::of(["a/b/.c/d.rs", "e"]);
        for path in ["a/b/.c/d.rs", "a//b/.c/d.rs", "a/b/./.c/d.rs", "e"] {
            assert!(files.has(path.into()), "{path}");
        }
        for path in ["", "a", "a/", "a/b", "a/b/.c/"] {
            assert!(files.has_folder(path.into()) && !files.has(path.into()), "{path}");
        }
        assert!(!files.has("a/b/.c".into()) && !files.has_folder("e".into()));
    }
}
