//! Everything that a Python file refers to, with what it may be.

use camino::{Utf8Path, Utf8PathBuf};

use super::{declared, imports};
use crate::project::Project;
use crate::reference::{Reference, folder, join};

/// The references of the file `path`, and why it was not read to its end.
pub(crate) fn references(
    path: &Utf8Path,
    text: &str,
    project: &Project,
) -> (Vec<(Reference, Vec<Utf8PathBuf>)>, Option<&'static str>) {
    let found = imports(text);
    let mut references = Vec::new();
    // A program is started in its own folder, or in the repository's.
    let is_there = |to: &Utf8PathBuf| project.files.has(to) || project.files.has_folder(to);
    for reference in found.paths {
        let above = [folder(path), Utf8Path::new("")].into_iter();
        let targets = above.filter_map(|above| join(above, &reference.specifier));
        let targets = targets.filter(is_there).collect();
        references.push((reference, targets));
    }
    let is_setup = path.file_name() == Some("setup.py");
    let declared = if is_setup { declared(text) } else { Vec::new() };
    let mut place = project.python.place(path, &project.files);
    references.extend(found.references.into_iter().chain(declared).map(|reference| {
        let targets = place.resolve(&reference.specifier);
        (reference, targets)
    }));
    (references, found.is_broken.then_some("a string is open to its end"))
}
