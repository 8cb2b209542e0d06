//! What a file refers to, for whoever can ask what it stands for.

use std::collections::BTreeMap;

use kernel::{SourceFile, Tree};

use crate::image::Pin;
use crate::inspect::{self, Inspected};
use crate::pins::Pins;
use crate::reference::{Reference, RevisionKind};
use crate::rules;
use crate::settings::Settings;
use crate::supply::{self, Hold};
use crate::{files, mend};

/// A reference of a file to a name that another repository can move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpinned {
    /// First line of its text.
    pub line: u32,
    /// First column of it.
    pub column: u32,
    /// `owner/repository`, as written.
    pub repository: String,
    /// The tag or branch.
    pub name: String,
}

/// An image of a file with a tag that a registry can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpinnedImage {
    /// First line of its text.
    pub line: u32,
    /// First column of it.
    pub column: u32,
    /// Name and tag, as written.
    pub image: String,
}

/// A commit of another repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// `owner/repository`, as written first.
    pub repository: String,
    /// 40 hex digits in lower case.
    pub commit: String,
}

/// Every reference of `file` that is not pinned, by place: what a cache could
/// be asked for. An unreadable file has none.
#[must_use]
pub fn unpinned(file: &SourceFile) -> Vec<Unpinned> {
    inspected(file, |inspected| {
        let uses = &inspected.pipeline.uses;
        let found = uses.iter().filter_map(|found| match &found.reference {
            Reference::Remote(remote) if remote.revision_kind() != RevisionKind::Commit => {
                let span = file.span(found.span.clone());
                Some(Unpinned {
                    line: span.line,
                    column: span.column,
                    repository: format!("{}/{}", remote.owner, remote.repository),
                    name: remote.revision.clone(),
                })
            }
            _ => None,
        });
        found.collect()
    })
}

/// Every image of `file` that has a tag and no digest and stands there in one
/// piece. What is put together, or has no tag, a person must decide.
#[must_use]
pub fn images(file: &SourceFile) -> Vec<UnpinnedImage> {
    inspected(file, |inspected| {
        let of_jobs = inspected.pipeline.images.iter().filter_map(|image| {
            let name = image.name.as_ref()?;
            matches!(name.pin(), Pin::Tag(_)).then_some((&name.text, &image.span))
        });
        let of_supply = inspected.supply.images.iter().filter_map(|image| {
            matches!(image.hold, Hold::Release(_) | Hold::Moving(_))
                .then_some((&image.text, &image.span))
        });
        let found = of_jobs.chain(of_supply).filter_map(|(image, bytes)| {
            mend::image_end(file, bytes, image)?;
            let span = file.span(bytes.clone());
            Some(UnpinnedImage { line: span.line, column: span.column, image: image.clone() })
        });
        found.collect()
    })
}

/// Every commit that a workflow or action of `tree` refers to, by repository
/// and commit.
#[must_use]
pub fn commits(tree: &Tree) -> Vec<Commit> {
    let mut commits = BTreeMap::new();
    let Ok(globs) = files([]) else { return Vec::new() };
    for entry in tree.list(&globs) {
        let Ok(file) = tree.read_entry(&entry) else { continue };
        inspected(&file, |inspected| {
            for (_, remote) in rules::pinned(inspected) {
                let commit = remote.revision.to_ascii_lowercase();
                let repository = format!("{}/{}", remote.owner, remote.repository);
                commits.entry((remote.repository_name(), commit)).or_insert(repository);
            }
            Vec::<()>::new()
        });
    }
    let commits = commits.into_iter();
    commits.map(|((_, commit), repository)| Commit { repository, commit }).collect()
}

/// `file` as the rules see it; one that they do not look at has nothing.
pub(crate) fn inspected<T>(
    file: &SourceFile,
    found: impl FnOnce(&Inspected<'_>) -> Vec<T>,
) -> Vec<T> {
    let (settings, pins) = (Settings::default(), Pins::default());
    let name = file.path().file_name().unwrap_or_default();
    match (inspect::role(file), supply::form(name)) {
        (Some(role), _) => found(&Inspected::new(file, role, &settings, &pins)),
        (None, Some(form)) => found(&Inspected::supply(file, form, None, &settings, &pins)),
        (None, None) => Vec::new(),
    }
}
