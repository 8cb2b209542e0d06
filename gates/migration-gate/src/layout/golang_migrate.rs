//! golang-migrate: `VERSION_title.up.sql` and `.down.sql`. A file is sent as
//! one query: PostgreSQL runs several statements in it as one transaction, and
//! a lone one in none.

use camino::Utf8Path;

use super::{Slot, Version};
use crate::postgres::Script;

pub(super) fn slot(inside: &Utf8Path) -> Option<Slot> {
    if inside.components().count() != 1 {
        return None;
    }
    let (version, name) = inside.file_name()?.split_once('_')?;
    let stem = super::stem(name)?;
    let version: u64 = version.parse().ok().filter(|_| !version.starts_with('+'))?;
    let is_down = match stem.rsplit_once('.')?.1 {
        "up" => false,
        "down" => true,
        _ => return None,
    };
    Some(Slot { version: Version::Number(u128::from(version)), is_down })
}

pub(super) fn transaction(script: &Script) -> bool {
    script.statements.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_migrate_reads_them() {
        assert_eq!(slot("000007_a.up.sql".into()).unwrap().version, Version::Number(7));
        assert_eq!(slot("7_a.up.SQL".into()).unwrap().version, Version::Number(7));
        assert!(slot("7_a.down.sql".into()).unwrap().is_down);
        for other in ["7_a.sql", "7.up.sql", "a_b.up.sql", "old/7_a.up.sql", "+7_a.up.sql"] {
            assert!(slot(other.into()).is_none(), "{other}");
        }
    }

    #[test]
    fn several_statements_are_one_transaction() {
        let transaction = |text: &str| transaction(&crate::postgres::read(text));
        assert!(!transaction("-- one\nselect 1;\n"));
        assert!(transaction("select 1; select 2;"));
    }
}
