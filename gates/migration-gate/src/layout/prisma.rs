//! Prisma Migrate: `NAME/migration.sql`, in the order of the folders' names.
//! A file is sent as one text, in no transaction of its own.

use camino::Utf8Path;

use super::{Layout, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "prisma",
    slot,
    transaction: |running| running.is_sent_as_one(),
    version: |text| Some(through(text)),
    keeps_checksums: true,
    outside: "give it a migration of its own: several statements are one transaction",
    ..plain::LAYOUT
};

pub(super) fn slot(inside: &Utf8Path) -> Option<Slot> {
    // A folder that is itself the only migration has none below.
    let folder = inside.parent().filter(|folder| folder.components().count() < 2)?;
    let is_one = inside.file_name() == Some("migration.sql");
    is_one.then(|| Slot::up(Version::Name(folder.to_string())))
}

/// A stamp names every folder that begins with it.
pub(super) fn through(text: &str) -> Version {
    let is_stamp = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let last = if is_stamp { "_\u{10ffff}" } else { "" };
    Version::Name(format!("{text}{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::transaction;

    #[test]
    fn folders_as_prisma_reads_them() {
        let version = |path: &str| slot(path.into()).map(|slot| slot.version);
        assert_eq!(version("2024_a/migration.sql"), Some(Version::Name("2024_a".into())));
        assert!(version("migration.sql").is_some() && version("2024_a/down.sql").is_none());
        assert!(version("old/2024_a/migration.sql").is_none());
        assert!(version("2024_a/migration.sql").unwrap() < through("2024"));
        assert!(version("2025_a/migration.sql").unwrap() > through("2024"));
    }

    #[test]
    fn several_statements_are_one_transaction() {
        assert!(!transaction(&LAYOUT, "-- CreateIndex\ncreate index concurrently a on b (c);"));
        assert!(transaction(&LAYOUT, "select 1; select 2;"));
    }
}
