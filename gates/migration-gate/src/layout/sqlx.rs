//! sqlx: `VERSION_name.sql`, or `VERSION_name.up.sql` and `.down.sql`. A file
//! runs in a transaction unless it begins with `-- no-transaction`; it is sent
//! as one text all the same.

use camino::Utf8Path;

use super::{Layout, Running, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "sqlx",
    slot,
    refuses,
    transaction,
    keeps_checksums: true,
    outside: "begin the file with the line '-- no-transaction', and give the statement a file of its own",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let (version, name) = super::flat(inside)?.split_once('_')?;
    let stem = name.strip_suffix(".sql")?;
    let version: i64 = version.parse().ok()?;
    let version = Version::Number(u128::try_from(version).ok()?);
    Some(Slot::up_or_down(version, stem.ends_with(".down")))
}

/// A name with a line in it and no number before that ends a run, whatever the other
/// files are. A number below zero is one to sqlx.
fn refuses(inside: &Utf8Path) -> Option<&'static str> {
    let (_, name) = super::flat(inside)?.split_once('_')?;
    name.ends_with(".sql").then_some(
        "sqlx takes what stands before the first '_' of its name for its version, and it is no \
         number from 0 on: rename it, or put it into another folder",
    )
}

/// The marker must be the very first bytes.
fn transaction(running: &Running<'_>) -> bool {
    !running.text.starts_with("-- no-transaction") || running.is_sent_as_one()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::transaction;

    #[test]
    fn names_as_sqlx_reads_them() {
        assert_eq!(slot("0001_a.sql".into()).unwrap().version, Version::Number(1));
        assert!(!slot("1_a.up.sql".into()).unwrap().is_down());
        assert!(slot("1_a.down.sql".into()).unwrap().is_down());
        assert!(slot("seed.sql".into()).is_none() && slot("a_b.sql".into()).is_none());
    }

    #[test]
    fn a_name_that_sqlx_cannot_read_ends_the_run() {
        for other in ["a_b.sql", "-1_a.sql", "1.2_a.sql", "_a.sql"] {
            assert!(slot(other.into()).is_none() && refuses(other.into()).is_some(), "{other}");
        }
        for other in ["seed.sql", "a_b.SQL", "a_b.txt", "seed/a_b.sql"] {
            assert!(refuses(other.into()).is_none(), "{other}");
        }
    }

    #[test]
    fn the_marker_is_the_first_line() {
        assert!(transaction(&LAYOUT, "\n-- no-transaction\nselect 1;"));
        assert!(!transaction(&LAYOUT, "-- no-transaction\nselect 1;"));
        assert!(transaction(&LAYOUT, "-- no-transaction\nselect 1; select 2;"));
    }
}
