//! The order of a tree's paths, and that each stands there once.

use std::cmp::Ordering;

use kernel::Entry;

use super::RepoError;

/// In the order that [`kernel::Source`] promises, each path once.
pub(super) fn sorted(mut entries: Vec<Entry>) -> Result<Vec<Entry>, RepoError> {
    let are_plain = entries.iter().all(|entry| is_plain(entry.path.as_str()));
    if are_plain {
        sort_plain(&mut entries);
    } else {
        entries.sort_by(|one, other| one.path.cmp(&other.path));
    }
    let mut pairs = entries.iter().zip(entries.iter().skip(1));
    let is_same = |(one, next): &(&Entry, &Entry)| match are_plain {
        true => one.path.as_str() == next.path.as_str(),
        false => one.path == next.path,
    };
    match pairs.find(is_same) {
        Some((one, _)) => Err(RepoError::ListedTwice { path: one.path.clone() }),
        None => Ok(entries),
    }
}

/// Puts entries in order whose paths [`is_plain`] holds for.
pub(super) fn sort_plain(entries: &mut [Entry]) {
    // git's order is nearly this one, which a merge sort makes use of.
    entries.sort_by(|one, other| by_components(one.path.as_str(), other.path.as_str()));
}

/// Whether a path is as git itself writes it, and as it is read on this system. A
/// tree that somebody else wrote may hold others.
pub(super) fn is_plain(path: &str) -> bool {
    let is_other = || path.split('/').any(|component| matches!(component, "" | "." | ".."));
    // One byte after a '/' tells it of most paths; without a branch, for there are many.
    let (bytes, mut before, mut may_be) = (path.as_bytes(), b'/', false);
    for byte in bytes {
        may_be |= (before == b'/') & ((*byte == b'.') | (*byte == b'/'));
        before = *byte;
    }
    may_be |= before == b'/';
    cfg!(unix) && !(may_be && is_other())
}

/// The order of plain paths as [`camino::Utf8Path`] has it. Taking each apart would
/// cost more than listing it.
fn by_components(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    // Neighbours begin alike: eight bytes at a time.
    let (eights, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let alike = 8 * eights.zip(others).take_while(|(eight, other)| eight == other).count();
    let (one, other) = (one.get(alike..).unwrap_or(&[]), other.get(alike..).unwrap_or(&[]));
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
            beginning in "(abcdefg/|abcdefgh|){0,2}",
            one in "[a./\u{1}é-]{1,3}(/[a.-]{1,2}){0,2}",
            other in "[a./\u{1}é-]{1,3}(/[a.-]{1,2}){0,2}",
        ) {
            let (one, other) = (beginning.clone() + &one, beginning + &other);
            if is_plain(&one) && is_plain(&other) {
                let expected = Utf8Path::new(&one).cmp(Utf8Path::new(&other));
                prop_assert_eq!(by_components(&one, &other), expected);
            }
        }
    }
}
