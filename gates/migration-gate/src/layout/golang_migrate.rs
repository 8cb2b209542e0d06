//! golang-migrate: `VERSION_title.up.sql` and `.down.sql`. A file is sent as
//! one query: PostgreSQL runs several statements in it as one transaction, and
//! a lone one in none.

use camino::Utf8Path;

use super::{Layout, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "golang-migrate",
    slot,
    transaction: |running| running.is_sent_as_one(),
    outside: "give it a file of its own: several statements are one transaction",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let (version, name) = super::flat(inside)?.split_once('_')?;
    let stem = super::stem(name)?;
    let version: u64 = version.parse().ok().filter(|_| !version.starts_with('+'))?;
    let is_down = match stem.rsplit_once('.')?.1 {
        "up" => false,
        "down" => true,
        _ => return None,
    };
    Some(Slot::up_or_down(Version::Number(u128::from(version)), is_down))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::transaction;

    #[test]
    fn names_as_migrate_reads_them() {
        assert_eq!(slot("000007_a.up.sql".into()).unwrap().version, Version::Number(7));
        assert_eq!(slot("7_a.up.SQL".into()).unwrap().version, Version::Number(7));
        assert!(slot("7_a.down.sql".into()).unwrap().is_down());
        for other in ["7_a.sql", "7.up.sql", "a_b.up.sql", "old/7_a.up.sql", "+7_a.up.sql"] {
            assert!(slot(other.into()).is_none(), "{other}");
        }
    }

    #[test]
    fn several_statements_are_one_transaction() {
        assert!(!transaction(&LAYOUT, "-- one\nselect 1;\n"));
        assert!(!transaction(&LAYOUT, "do $$ begin perform 1; perform 2; end $$;"));
        assert!(transaction(&LAYOUT, "select 1; select 2;"));
    }
}
