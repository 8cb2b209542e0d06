//! sqlx: `VERSION_name.sql`, or `VERSION_name.up.sql` and `.down.sql`. A file
//! runs in a transaction unless it begins with `-- no-transaction`.

use camino::Utf8Path;

use super::{Slot, Version};

pub(super) fn slot(inside: &Utf8Path) -> Option<Slot> {
    if inside.components().count() != 1 {
        return None;
    }
    let (version, name) = inside.file_name()?.split_once('_')?;
    let stem = name.strip_suffix(".sql")?;
    let version: i64 = version.parse().ok()?;
    let version = Version::Number(u128::try_from(version).ok()?);
    Some(Slot { version, is_down: stem.ends_with(".down") })
}

/// The marker must be the very first bytes.
pub(super) fn transaction(text: &str) -> bool {
    !text.starts_with("-- no-transaction")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_sqlx_reads_them() {
        assert_eq!(slot("0001_a.sql".into()).unwrap().version, Version::Number(1));
        assert!(!slot("1_a.up.sql".into()).unwrap().is_down);
        assert!(slot("1_a.down.sql".into()).unwrap().is_down);
        assert!(slot("seed.sql".into()).is_none() && slot("a_b.sql".into()).is_none());
        assert!(transaction("\n-- no-transaction\n") && !transaction("-- no-transaction\n"));
    }
}
