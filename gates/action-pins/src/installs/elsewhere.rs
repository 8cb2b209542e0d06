//! Folders of a job that another repository fills: a checkout with `repository:`
//! and `path:`. Whether that one has a lock file is not to be seen here.

use crate::yaml::Node;

/// What was judged without its lock files.
pub(super) const FOLDER: &str = "folder-of-another-repository";

/// So many of them are told apart.
const OTHERS_MAX: usize = 64;

/// Where the steps of `job` check out other repositories.
pub(super) fn checked_out(job: Node<'_>) -> Vec<String> {
    let steps = job.values("steps").flat_map(Node::items);
    let folder = |step: Node<'_>| {
        let uses = step.values("uses").find_map(Node::scalar)?;
        let with = step.values("with").next()?;
        let repository = with.values("repository").find_map(Node::scalar)?;
        // What an expression says can be this one.
        let is_other = uses.to_ascii_lowercase().starts_with("actions/checkout@")
            && !repository.contains("${{");
        let path = plain(with.values("path").find_map(Node::scalar)?);
        (is_other && !path.is_empty()).then(|| path.to_owned())
    };
    steps.filter_map(folder).take(OTHERS_MAX).collect()
}

/// `./lib/` as `lib`.
pub(super) fn plain(path: &str) -> &str {
    let path = path.trim().trim_end_matches('/');
    path.strip_prefix("./").unwrap_or(path)
}

/// Whether `folder` is `other` or in it.
pub(super) fn is_below(folder: &str, other: &str) -> bool {
    let rest = folder.strip_prefix(other);
    let is_within = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_within && !folder.split('/').any(|part| part == "..")
}
