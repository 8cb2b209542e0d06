//! What one file says of another, before anybody knows whether it may.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

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
    // As text: asked of every reference, and a path is taken apart byte by byte.
    if path.starts_with(std::path::is_separator) {
        return None;
    }
    let folder = kernel::slashed(folder);
    let mut joined = String::with_capacity(folder.len() + 1 + path.len());
    joined.push_str(&folder);
    for part in path.split(std::path::is_separator) {
        match part {
            "" | "." => {}
            ".." if joined.is_empty() => return None,
            ".." => joined.truncate(joined.rfind('/').unwrap_or(0)),
            name => {
                if !joined.is_empty() {
                    joined.push('/');
                }
                joined.push_str(name);
            }
        }
    }
    Some(joined.into())
}

/// The folder of a file; the repository's root is empty.
pub(crate) fn folder(path: &Utf8Path) -> &Utf8Path {
    let end = path.as_str().rfind(std::path::is_separator);
    Utf8Path::new(end.and_then(|end| path.as_str().get(..end)).unwrap_or(""))
}

/// Whether `path` is below `folder`, both written as the tree writes them.
pub(crate) fn is_below(path: &Utf8Path, folder: &Utf8Path) -> bool {
    folder.as_str().is_empty()
        || path.as_str().strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// What stands behind the last dot of a file's name.
pub(crate) fn extension(path: &Utf8Path) -> &str {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, last)| last)
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
        assert_eq!(join("web", "../a/../b").as_deref(), Some("b"));
    }

    #[test]
    fn a_path_has_a_folder_and_an_extension() {
        let told = |path: &'static str| (folder(path.into()).as_str(), extension(path.into()));
        assert_eq!(told("a/b.c/d.e.ts"), ("a/b.c", "ts"));
        assert_eq!((told(".env"), told("a/b")), (("", ""), ("a", "")));
        let below = |path: &str, folder: &str| is_below(path.into(), folder.into());
        assert!(below("a/b", "a") && below("a", "") && !below("ab/c", "a") && !below("a", "a"));
    }
}
