//! golang-migrate: `VERSION_title.up.sql` and `.down.sql`. A file is sent as
//! one query: PostgreSQL runs several statements in it as one transaction, and
//! a lone one in none.

use camino::Utf8Path;

use super::{Layout, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "golang-migrate",
    slot,
    refuses,
    transaction: |running| running.is_sent_as_one(),
    outside: "give it a file of its own: several statements are one transaction",
    ..plain::LAYOUT
};

/// The last `.up.` or `.down.` of a name says the way, whatever follows it.
fn slot(inside: &Utf8Path) -> Option<Slot> {
    super::stem(inside.file_name()?)?;
    named(inside)
}

fn named(inside: &Utf8Path) -> Option<Slot> {
    let (version, name) = super::flat(inside)?.split_once('_')?;
    let is_number = version.bytes().all(|byte| byte.is_ascii_digit());
    let version: u64 = version.parse().ok().filter(|_| is_number)?;
    let is_down = match (name.rfind(".up."), name.rfind(".down.")) {
        (None, None) => return None,
        (up, down) => down > up,
    };
    Some(Slot::up_or_down(Version::Number(u128::from(version)), is_down))
}

/// Any extension will do.
fn refuses(inside: &Utf8Path) -> Option<&'static str> {
    named(inside).filter(|slot| !slot.is_down()).map(|_| {
        "golang-migrate runs it, whatever its name ends with, and only '.sql' is read here: rename it"
    })
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;
    use crate::layout::evidence::transaction;
    use crate::layout::folder;

    #[test]
    fn names_as_migrate_reads_them() {
        assert_eq!(slot("000007_a.up.sql".into()).unwrap().version, Version::Number(7));
        assert_eq!(slot("7_a.up.SQL".into()).unwrap().version, Version::Number(7));
        assert!(slot("7_a.down.sql".into()).unwrap().is_down());
        for other in ["7_a.sql", "7.up.sql", "a_b.up.sql", "old/7_a.up.sql", "+7_a.up.sql"] {
            assert!(slot(other.into()).is_none(), "{other}");
        }
        let is_down = |path: &str| slot(path.into()).map(|slot| slot.is_down());
        assert_eq!(is_down("1_a.up.postgres.sql"), Some(false));
        assert_eq!(is_down("1_a.up.down.sql"), Some(true));
        assert_eq!(is_down("1_f-o_ob+ar.up.sql"), Some(false));
        for other in ["-1_a.up.sql", "foobar.up.sql", "1.up.sql", "1_a.up", "1_a.down"] {
            assert!(slot(other.into()).is_none() && refuses(other.into()).is_none(), "{other}");
        }
    }

    #[test]
    fn any_extension_is_run() {
        let tree = Tree::literal([("m/1_a.up.sql", ""), ("m/2_b.up.pgsql", ""), ("m/2_b.txt", "")]);
        let ups = folder(&LAYOUT, "m", &tree).ups;
        let told: Vec<(&str, bool)> =
            ups.iter().map(|it| (it.path().file_name().unwrap(), it.fault.is_some())).collect();
        assert_eq!(told, [("1_a.up.sql", false), ("2_b.up.pgsql", true)]);
    }

    #[test]
    fn several_statements_are_one_transaction() {
        assert!(!transaction(&LAYOUT, "-- one\nselect 1;\n"));
        assert!(!transaction(&LAYOUT, "do $$ begin perform 1; perform 2; end $$;"));
        assert!(transaction(&LAYOUT, "select 1; select 2;"));
    }
}
