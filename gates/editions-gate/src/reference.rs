//! What one file says of another, before anybody knows whether it may.

use std::ops::Range;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// How a file refers to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It does not load without it: `import`, `use`, `require`.
    Static,
    /// Gone before it runs: `import type`, `if TYPE_CHECKING`.
    Type,
    /// Loaded while it runs: `import("…")`, `importlib.import_module`.
    Dynamic,
    /// Hands it on: `export … from`.
    Reexport,
    /// Stands in for it in a test: `vi.mock("…")`.
    Mock,
    /// Copies or mounts it: `COPY`, `volumes`.
    Copy,
    /// Works on it: a command line, a folder to run in.
    Run,
    /// Puts it into a package that others get.
    Ship,
}

impl Kind {
    /// The verb of messages.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Kind::Static => "imports",
            Kind::Type => "imports the types of",
            Kind::Dynamic => "loads",
            Kind::Reexport => "hands on",
            Kind::Mock => "mocks",
            Kind::Copy => "copies",
            Kind::Run => "works on",
            Kind::Ship => "ships",
        }
    }
}

/// One reference as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) kind: Kind,
    /// What is named, escapes resolved.
    pub(crate) specifier: String,
    /// Bytes of the name in the file, quotes included.
    pub(crate) span: Range<usize>,
}

/// `path` below `folder`, with `.` and `..` resolved; none where that leaves
/// the repository.
pub(crate) fn join(folder: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    let mut joined = folder.to_owned();
    for part in Utf8Path::new(path).components() {
        match part {
            Utf8Component::Normal(name) => joined.push(name),
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if joined.as_str().is_empty() => return None,
            Utf8Component::ParentDir => {
                joined.pop();
            }
            Utf8Component::RootDir | Utf8Component::Prefix(_) => return None,
        }
    }
    Some(kernel::slashed(&joined).into_owned().into())
}

/// The folder of a file; the repository's root is empty.
pub(crate) fn folder(path: &Utf8Path) -> &Utf8Path {
    path.parent().unwrap_or(Utf8Path::new(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_inside_the_repository() {
        let join =
            |folder: &str, path: &str| join(folder.into(), path).map(Utf8PathBuf::into_string);
        assert_eq!(join("web/src", "../ee/x").as_deref(), Some("web/ee/x"));
        assert_eq!(join("web", "./a//b/.").as_deref(), Some("web/a/b"));
        assert_eq!(join("", "a").as_deref(), Some("a"));
        assert_eq!(join("web", "../../x"), None);
        assert_eq!(join("web", "/etc"), None);
    }
}
