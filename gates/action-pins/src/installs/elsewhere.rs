//! Folders of a job that another repository fills: a checkout with `repository:`.
//! Whether that one has a lock file is not to be seen here.

use crate::yaml::Node;

/// What was judged without its lock files.
pub(super) const FOLDER: &str = "folder-of-another-repository";

/// So many checkouts of a job are told apart.
const CHECKOUTS_MAX: usize = 64;

/// What fills a folder of a job.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    folder: String,
    is_other: bool,
}

/// What the steps of `job` check out.
pub(super) fn checkouts(job: Node<'_>) -> Vec<Checkout> {
    let steps = job.values("steps").flat_map(Node::items);
    let checkout = |step: Node<'_>| {
        let uses = step.values("uses").find_map(Node::scalar)?.to_ascii_lowercase();
        let with = |key: &str| step.values("with").next()?.values(key).find_map(Node::scalar);
        // What an expression says can be this one.
        let is_other = with("repository").is_some_and(|it| !it.contains("${{"));
        let folder = plain(with("path").unwrap_or_default()).to_owned();
        uses.starts_with("actions/checkout@").then_some(Checkout { folder, is_other })
    };
    steps.filter_map(checkout).take(CHECKOUTS_MAX).collect()
}

/// Whether another repository fills `folder`: of those that could, the nearest.
pub(super) fn is_elsewhere(folder: &str, checkouts: &[Checkout]) -> bool {
    let folder = plain(folder);
    let above = checkouts.iter().filter(|it| is_below(folder, &it.folder));
    above.max_by_key(|it| it.folder.len()).is_some_and(|it| it.is_other)
}

/// `./lib/` as `lib`, and `.` as nothing.
fn plain(path: &str) -> &str {
    let path = path.trim().trim_end_matches('/');
    let path = path.strip_prefix("./").unwrap_or(path);
    if path == "." { "" } else { path }
}

fn is_below(folder: &str, other: &str) -> bool {
    let rest = folder.strip_prefix(other);
    let is_within =
        rest.is_some_and(|rest| other.is_empty() || rest.is_empty() || rest.starts_with('/'));
    is_within && !folder.split('/').any(|part| part == "..")
}
