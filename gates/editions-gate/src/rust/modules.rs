//! Where the modules of a crate are.
//!
//! Source: <https://doc.rust-lang.org/reference/items/modules.html>.

use camino::{Utf8Path, Utf8PathBuf};

use crate::project::Files;
use crate::reference::folder;

/// The folder in which the modules of `file` stand; `is_root` tells which files
/// are a crate's root.
pub(crate) fn folder_of(file: &Utf8Path, is_root: &dyn Fn(&Utf8Path) -> bool) -> Utf8PathBuf {
    let stands_for_folder = matches!(file.file_name(), Some("mod.rs" | "lib.rs" | "main.rs"));
    if stands_for_folder || is_root(file) {
        return folder(file).to_owned();
    }
    kernel::below(folder(file), file.file_stem().unwrap_or_default())
}

/// The folder of the crate that `file` is a module of: the nearest one with a
/// crate's root in it, not above `package`.
pub(crate) fn crate_folder(
    file: &Utf8Path,
    package: &Utf8Path,
    files: &Files,
    is_root: &dyn Fn(&Utf8Path) -> bool,
) -> Utf8PathBuf {
    if is_root(file) {
        return folder(file).to_owned();
    }
    let ahead = file.ancestors().skip(1).take_while(|above| above.starts_with(package));
    let mut ahead = ahead.filter(|above| {
        let has = |name: &str| files.has(&kernel::below(above, name));
        let is_kind = KINDS.contains(&above.file_name().unwrap_or_default());
        has("lib.rs") || has("main.rs") || (is_kind && above.parent() == Some(package))
    });
    ahead.next().map_or_else(|| kernel::below(package, "src"), Utf8Path::to_owned)
}

/// Folders of a package in which each file is a crate by itself.
pub(crate) const KINDS: [&str; 3] = ["tests", "examples", "benches"];

/// The file of the module at `path`, a folder's path without regard to whether
/// it is there.
pub(crate) fn file(path: &Utf8Path, files: &Files) -> Option<Utf8PathBuf> {
    if path.as_str().is_empty() {
        return None;
    }
    let names = [Utf8PathBuf::from(format!("{path}.rs")), kernel::below(path, "mod.rs")];
    names.into_iter().find(|name| files.has(name))
}

/// The innermost module that the `names` below `base` lead to; its last names
/// may be items.
pub(crate) fn longest<'a>(
    base: &Utf8Path,
    names: impl Iterator<Item = &'a str>,
    files: &Files,
) -> Option<Utf8PathBuf> {
    let mut path = base.to_owned();
    let mut found = None;
    for name in names {
        path.push(name);
        match file(&path, files) {
            Some(module) => found = Some(module),
            // A module may be inline, and have files below.
            None if files.has_folder(&path) => {}
            None => break,
        }
    }
    found
}
