//! Roads that are no imports: files that say which others are copied, mounted,
//! built or run.

mod compose;
mod dockerfile;
mod helm;
mod kustomize;
mod make;
mod pipeline;
mod proto;
pub(crate) mod style;
mod words;
mod yaml;

use std::ops::Range;

pub(crate) use helm::{Templates, templates};

use camino::{Utf8Path, Utf8PathBuf};

use crate::project::Files;
use crate::reference::{Kind, Reference, folder, join};

/// What a file that is no program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    Dockerfile,
    Compose,
    /// kustomization.yaml, and Chart.yaml of Helm.
    Deployment,
    /// A template of a chart.
    Template,
    Makefile,
    /// What a CI service reads.
    Pipeline,
    Proto,
}

/// References, each with what it may be.
pub(crate) type References = Vec<(Reference, Vec<Utf8PathBuf>)>;

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) references: References,
    /// Bytes that nobody needs who does not ask for them: a job of a CI service, a
    /// target of a Makefile.
    pub(crate) apart: Vec<Range<usize>>,
}

impl From<References> for Read {
    fn from(references: References) -> Read {
        Read { references, apart: Vec::new() }
    }
}

impl Road {
    /// Patterns of every such file.
    pub(crate) const FILES: [&'static str; 11] = [
        "**/{Makefile,makefile,GNUmakefile,*.mk}",
        "**/templates/**/*.{yml,yaml,tpl}",
        "**/{Dockerfile,Containerfile,dockerfile}",
        "**/{Dockerfile,Containerfile,dockerfile}{.,-}*",
        "**/*.{Dockerfile,dockerfile,Containerfile}",
        "**/*compose*.{yml,yaml}",
        "**/{kustomization,Kustomization}",
        "**/{kustomization,Kustomization,Chart}.{yml,yaml}",
        "**/.github/{workflows,actions}/**/*.{yml,yaml}",
        "**/{.gitlab-ci,.travis,azure-pipelines,bitbucket-pipelines}.{yml,yaml}",
        "**/{.circleci/config.yml,*.proto}",
    ];

    /// By the file's name.
    pub(crate) fn of(path: &Utf8Path) -> Option<Road> {
        // Asked of every file of a tree, some several times.
        let name = path.as_str().rsplit('/').next()?;
        let parts = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
        let (before, extension) = parts.unwrap_or((name, ""));
        let is_yaml = matches!(extension, "yml" | "yaml");
        let stem = if is_yaml { before } else { name };
        match (name, extension) {
            (_, "proto") => return Some(Road::Proto),
            ("Makefile" | "makefile" | "GNUmakefile", _) | (_, "mk") => {
                return Some(Road::Makefile);
            }
            (_, "tpl") if in_templates(path) => return Some(Road::Template),
            _ => {}
        }
        if matches!(stem, "kustomization" | "Kustomization") || (stem == "Chart" && is_yaml) {
            return Some(Road::Deployment);
        }
        if is_yaml {
            let folders = || folder(path).as_str().split('/');
            let mut pairs = folders().zip(folders().skip(1));
            let is_ci = pairs.any(|two| matches!(two, (".github", "workflows" | "actions")))
                || folders().next_back() == Some(".circleci")
                || matches!(
                    stem,
                    ".gitlab-ci" | ".travis" | "azure-pipelines" | "bitbucket-pipelines"
                );
            return match () {
                () if is_ci => Some(Road::Pipeline),
                () if stem.contains("compose") => Some(Road::Compose),
                () if in_templates(path) => Some(Road::Template),
                () => None,
            };
        }
        let is_other = matches!(extension, "dockerignore" | "md" | "txt" | "j2" | "tmpl" | "tpl");
        let begins = ["dockerfile", "containerfile"].iter().any(|known| {
            let parts = name.as_bytes().split_at_checked(known.len());
            parts.is_some_and(|(first, rest)| {
                first.eq_ignore_ascii_case(known.as_bytes())
                    && matches!(rest.first(), None | Some(b'.' | b'-'))
            })
        });
        let ends = matches!(extension, "Dockerfile" | "dockerfile" | "Containerfile");
        (!is_other && (begins || ends)).then_some(Road::Dockerfile)
    }

    /// What the file refers to; none where it does not read.
    pub(crate) fn references(
        self,
        path: &Utf8Path,
        text: &str,
        files: &Files,
        templates: &Templates,
    ) -> Result<Read, &'static str> {
        let place = Place { path, files };
        let scalars = || yaml::scalars(text).ok_or("it is no YAML");
        Ok(match self {
            Road::Dockerfile => dockerfile::references(&place, text).into(),
            Road::Proto => proto::references(&place, text).into(),
            Road::Makefile => make::references(&place, text)?,
            Road::Template => helm::references(&place, text, templates).into(),
            Road::Compose => compose::references(&place, &scalars()?).into(),
            Road::Deployment => kustomize::references(&place, &scalars()?).into(),
            Road::Pipeline => Read {
                references: pipeline::references(&place, &scalars()?),
                apart: std::iter::once(0..text.len().max(1)).collect(),
            },
        })
    }
}

/// Whether a file lies where Helm keeps a chart's templates.
fn in_templates(path: &Utf8Path) -> bool {
    folder(path).as_str().split('/').any(|part| part == "templates")
}

/// Where a file stands, and beside what.
struct Place<'a> {
    path: &'a Utf8Path,
    files: &'a Files,
}

impl Place<'_> {
    /// The file's folder and those above it, the nearest first.
    fn folders(&self) -> impl Iterator<Item = &Utf8Path> {
        folder(self.path).ancestors()
    }

    /// Whether there is a file or folder of that name.
    fn is_there(&self, path: &Utf8Path) -> bool {
        self.files.has(path) || self.files.has_folder(path)
    }

    /// A path that is relative to the file itself.
    fn beside(
        &self,
        kind: Kind,
        text: &str,
        span: Range<usize>,
    ) -> Option<(Reference, Vec<Utf8PathBuf>)> {
        let to = join(folder(self.path), fixed(text))?;
        Some((Reference { kind, specifier: text.to_owned(), span }, vec![to]))
    }
}

/// The last bytes of `text`: as much as a word before another one takes.
fn end_of(text: &str) -> &str {
    let from = text.len().saturating_sub(64);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(from..).unwrap_or_default()
}

/// The folders of a pattern before the first that is one: `ee/*/x` is below
/// `ee`.
pub(crate) fn fixed(path: &str) -> &str {
    let Some(star) = path.find(['*', '?', '[', '{']) else { return path };
    let before = path.get(..star).unwrap_or_default();
    before.rfind('/').and_then(|slash| path.get(..slash)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        for (path, road) in [
            ("Dockerfile", Some(Road::Dockerfile)),
            ("a/Dockerfile.web", Some(Road::Dockerfile)),
            ("a/web.dockerfile", Some(Road::Dockerfile)),
            ("Dockerfile.dockerignore", None),
            ("a/dockerfile.go", Some(Road::Dockerfile)),
            ("docker-compose.dev.yml", Some(Road::Compose)),
            ("compose.yaml", Some(Road::Compose)),
            ("k8s/kustomization.yaml", Some(Road::Deployment)),
            ("charts/x/Chart.yaml", Some(Road::Deployment)),
            (".github/workflows/compose.yml", Some(Road::Pipeline)),
            (".github/actions/a/action.yml", Some(Road::Pipeline)),
            (".gitlab-ci.yml", Some(Road::Pipeline)),
            ("a/b.proto", Some(Road::Proto)),
            ("Makefile", Some(Road::Makefile)),
            ("a/rules.mk", Some(Road::Makefile)),
            ("charts/a/templates/b/c.yaml", Some(Road::Template)),
            ("templates/_helpers.tpl", Some(Road::Template)),
            ("a/x.tpl", None),
            ("a/b.yml", None),
        ] {
            assert_eq!(Road::of(path.into()), road, "{path}");
        }
        let globs = kernel::Globs::new(Road::FILES).unwrap();
        for path in [
            "Dockerfile",
            "a/Dockerfile.web",
            "compose.yaml",
            ".circleci/config.yml",
            "k/Kustomization",
            "a/.github/actions/b/action.yml",
            "a/GNUmakefile",
            "a/b.mk",
            "templates/_helpers.tpl",
        ] {
            assert!(globs.matches(path.into()), "{path}");
        }
    }

    #[test]
    fn a_pattern_is_below_its_folders() {
        assert_eq!(fixed("ee/*/x"), "ee");
        assert_eq!(fixed("ee/x"), "ee/x");
        assert_eq!(fixed("*"), "");
    }
}
