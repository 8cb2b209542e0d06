//! diesel: `VERSION_name/up.sql` and `down.sql`; `metadata.toml` beside them
//! can say `run_in_transaction = false`, and then the file is sent as one text.

use camino::Utf8Path;
use kernel::Tree;

use super::{Layout, Migration, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "diesel",
    slot,
    transaction: |running| {
        has_transaction(running.migration, running.tree) || running.is_sent_as_one()
    },
    version: |text| Some(version(text)),
    outside: "write run_in_transaction = false into metadata.toml beside it, and give the statement a folder of its own",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let folder = inside.parent()?;
    // A folder that is itself the only migration has none below.
    if folder.components().count() > 1 {
        return None;
    }
    let is_down = match inside.file_name()? {
        "up.sql" => false,
        "down.sql" => true,
        _ => return None,
    };
    Some(Slot::up_or_down(version(folder.as_str()), is_down))
}

/// `2024-01-31-120000_name` has the version 20240131120000. Diesel orders them
/// as text, whatever their lengths.
fn version(folder: &str) -> Version {
    Version::Name(folder.split('_').next().unwrap_or_default().replace('-', ""))
}

fn has_transaction(file: &Migration, tree: &Tree) -> bool {
    let Some(folder) = file.path().parent() else { return true };
    let Ok(metadata) = tree.read(&kernel::below(folder, "metadata.toml")) else { return true };
    let says_no = |line: &str| {
        let line = line.split('#').next().unwrap_or_default();
        let pair = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        pair == Some(("run_in_transaction", "false"))
    };
    !metadata.text().unwrap_or_default().lines().any(says_no)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::transaction_of;

    #[test]
    fn folders_as_diesel_reads_them() {
        let version = |path: &str| slot(path.into()).unwrap().version;
        assert_eq!(version("2024-01-31-120000_a/up.sql"), Version::Name("20240131120000".into()));
        assert!(version("2027-01-01-000000_a/up.sql") > version("2026-07-27-143313-0000_b/up.sql"));
        assert!(slot("1_a/down.sql".into()).unwrap().is_down());
        assert!(slot("1_a/other.sql".into()).is_none() && slot("a/b/up.sql".into()).is_none());
        assert!(slot("up.sql".into()).is_some());
    }

    #[test]
    fn metadata_can_switch_the_transaction_off() {
        let off =
            ("m/2_b/metadata.toml", "# run_in_transaction = true\nrun_in_transaction = false\n");
        assert!(transaction_of(&LAYOUT, &[("m/1_a/up.sql", "select 1;")]));
        assert!(!transaction_of(&LAYOUT, &[("m/2_b/up.sql", "select 1;"), off]));
        assert!(transaction_of(&LAYOUT, &[("m/2_b/up.sql", "select 1; select 2;"), off]));
    }
}
