//! The road to a file, and whether the judged commit laid any of it.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::repo::Repository;
use crate::view::View;

/// More links one after the other are a loop.
const LINKS_MAX: usize = 40;

/// Whether the judged commit could have brought `file`, or a link on the way to
/// it. A clone inside the work tree is a repository of its own, unless the
/// commit brought that too: a submodule, or files that git takes for a bare
/// repository.
pub(super) fn is_brought(repository: &Repository, view: &View, file: &Utf8Path) -> bool {
    let root = repository.root().ok().and_then(|root| root.canonicalize_utf8().ok());
    let is_own = |place: &Utf8PathBuf| {
        let Some(folder) = place.parent().and_then(|it| it.canonicalize_utf8().ok()) else {
            return true;
        };
        let real = folder.join(place.file_name().unwrap_or_default());
        let below = root.as_ref().and_then(|root| real.strip_prefix(root).ok());
        is_in(repository, &folder) || below.is_some_and(|below| is_held(repository, view, below))
    };
    road(file).is_none_or(|places| places.iter().any(is_own))
}

/// Every place on the way: each symbolic link where it lies, and what they lead
/// to. None where they lead nowhere.
fn road(file: &Utf8Path) -> Option<Vec<Utf8PathBuf>> {
    let path = std::path::absolute(file).ok()?;
    let mut path = Utf8PathBuf::from_path_buf(path).ok()?;
    let mut places = Vec::new();
    'again: for _ in 0..LINKS_MAX {
        let mut at = Utf8PathBuf::new();
        let mut parts = path.components();
        while let Some(part) = parts.next() {
            match part {
                Utf8Component::ParentDir => drop(at.pop()),
                other => at.push(other),
            }
            if at.is_symlink() {
                let target = at.read_link_utf8().ok()?;
                places.push(at.clone());
                at.pop();
                path = at.join(target).join(parts.as_path());
                continue 'again;
            }
        }
        places.push(at);
        return Some(places);
    }
    None
}

/// Whether `folder` lies in the judged repository, or another work tree of it.
fn is_in(repository: &Repository, folder: &Utf8Path) -> bool {
    Repository::open(folder).is_ok_and(|other| {
        let same = |a: &Utf8Path, b: &Utf8Path| {
            a.canonicalize_utf8().ok().zip(b.canonicalize_utf8().ok()).is_none_or(|(a, b)| a == b)
        };
        same(other.common_dir(), repository.common_dir())
    })
}

/// Whether the judged commit or the index holds it, or a submodule that it is in.
fn is_held(repository: &Repository, view: &View, below: &Utf8Path) -> bool {
    let below = below.components().map(|part| part.as_str()).collect::<Vec<_>>().join("/");
    let above: Vec<&Utf8Path> = Utf8Path::new(&below).ancestors().collect();
    // File systems without case hand out a file by another name.
    let same =
        |path: &Utf8Path| above.iter().any(|it| path.as_str().eq_ignore_ascii_case(it.as_str()));
    let listed = ["--literal-pathspecs", "ls-files", "-z", "--", &below];
    // Of what is in a submodule git lists nothing, and ends with an error.
    let is_listed = || repository.git().output(&listed).map_or(true, |found| !found.is_empty());
    view.snapshot.source.entries().iter().any(|entry| same(&entry.path)) || is_listed()
}
