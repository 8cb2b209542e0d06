//! The order of a tree's paths, and that each stands there once.

use std::cmp::Ordering;

use kernel::Entry;

use super::RepoError;

/// In the order that [`kernel::Source`] promises, each path once.
pub(super) fn sorted(mut entries: Vec<Entry>) -> Result<Vec<Entry>, RepoError> {
    // git's order is nearly this one, which a merge sort makes use of.
    if entries.iter().all(|entry| is_plain(entry.path.as_str())) {
        entries.sort_by(|one, other| by_components(one.path.as_str(), other.path.as_str()));
    } else {
        entries.sort_by(|one, other| one.path.cmp(&other.path));
    }
    let mut pairs = entries.iter().zip(entries.iter().skip(1));
    match pairs.find(|(one, next)| one.path == next.path) {
        Some((one, _)) => Err(RepoError::ListedTwice { path: one.path.clone() }),
        None => Ok(entries),
    }
}

/// Whether a path is as git itself writes it, and as it is read on this system. A
/// tree that somebody else wrote may hold others.
fn is_plain(path: &str) -> bool {
    cfg!(unix) && !path.split('/').any(|component| matches!(component, "" | "." | ".."))
}

/// The order of plain paths as [`camino::Utf8Path`] has it. Taking each apart would
/// cost more than listing it.
fn by_components(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let parted = one.iter().zip(other).find(|(byte, beside)| byte != beside);
    match parted {
        None => one.len().cmp(&other.len()),
        // What ends a component stands before all that could be in it.
        Some((byte, beside)) => (*byte != b'/', byte).cmp(&(*beside != b'/', beside)),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use camino::Utf8Path;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn paths_are_in_the_order_of_their_components(
            one in "[a./\u{1}é-]{1,3}(/[a.-]{1,2}){0,2}",
            other in "[a./\u{1}é-]{1,3}(/[a.-]{1,2}){0,2}",
        ) {
            if is_plain(&one) && is_plain(&other) {
                let expected = Utf8Path::new(&one).cmp(Utf8Path::new(&other));
                prop_assert_eq!(by_components(&one, &other), expected);
            }
        }
    }
}
