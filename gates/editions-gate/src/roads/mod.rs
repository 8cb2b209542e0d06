//! Roads that are no imports: files that say which others are copied, mounted,
//! built or run.

mod compose;
mod dockerfile;
mod kustomize;
mod pipeline;
mod proto;
mod words;
mod yaml;

use std::ops::Range;

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
    /// What a CI service reads.
    Pipeline,
    Proto,
}

/// References, each with what it may be.
pub(crate) type References = Vec<(Reference, Vec<Utf8PathBuf>)>;

impl Road {
    /// Patterns of every such file.
    pub(crate) const FILES: [&'static str; 9] = [
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
        if extension == "proto" {
            return Some(Road::Proto);
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
    ) -> Result<References, &'static str> {
        let place = Place { path, files };
        if matches!(self, Road::Dockerfile) {
            return Ok(dockerfile::references(&place, text));
        }
        if matches!(self, Road::Proto) {
            return Ok(proto::references(&place, text));
        }
        let scalars = yaml::scalars(text).ok_or("it is no YAML")?;
        Ok(match self {
            Road::Compose => compose::references(&place, &scalars),
            Road::Pipeline => pipeline::references(&place, &scalars),
            _ => kustomize::references(&place, &scalars),
        })
    }
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

/// The folders of a pattern before the first that is one: `ee/*/x` is below
/// `ee`.
fn fixed(path: &str) -> &str {
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
