//! diesel: `VERSION_name/up.sql` and `down.sql`; `metadata.toml` beside them
//! can say `run_in_transaction = false`, and then the file is sent as one text.

use std::collections::BTreeMap;

use camino::Utf8Path;
use kernel::{Entry, Tree};

use super::{Folder, Layout, Migration, Path, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "diesel",
    slot,
    arrange,
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
    if folder.components().count() > 1 || folder.as_str().starts_with('.') {
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

/// Diesel refuses to run at all where a folder has no `up.sql`.
fn arrange(folder: &mut Folder, path: &Path<'_>) {
    let mut steps: BTreeMap<String, (Entry, bool)> = BTreeMap::new();
    for (entry, inside) in super::files(path.dir, path.tree) {
        let Some(step) = inside.parent().and_then(|parent| parent.iter().next()) else { continue };
        if !step.starts_with('.') {
            let is_up = inside == Utf8Path::new(step).join("up.sql");
            let known = steps.entry(step.to_owned()).or_insert((entry, false));
            known.1 |= is_up;
        }
    }
    for (step, (entry, _)) in steps.into_iter().filter(|(_, (_, has_up))| !has_up) {
        let fault = Some("diesel refuses to run while this folder has no 'up.sql'");
        let slot = Slot::up(Version::Unordered(step));
        folder.downs.retain(|it| it.entry.path != entry.path);
        folder.ups.push(Migration { fault, ..Migration::new(entry, slot) });
    }
}

/// A file that does not say it says no: so its reader fills in what is left out.
fn has_transaction(file: &Migration, tree: &Tree) -> bool {
    let Some(folder) = file.path().parent() else { return true };
    let Ok(metadata) = tree.read(&kernel::below(folder, "metadata.toml")) else { return true };
    let text = metadata.text().unwrap_or_default();
    let top = text.lines().take_while(|line| !line.trim_start().starts_with('['));
    let value = top.filter_map(|line| {
        let (key, value) = line.split('#').next()?.split_once('=')?;
        (key.trim().trim_matches('"') == "run_in_transaction").then(|| value.trim())
    });
    // What is neither yes nor no cannot be read, and then nothing is said.
    value.last().is_some_and(|value| value != "false")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::evidence::transaction_of;
    use crate::layout::folder;

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
        for (says, is_kept) in [
            ("", false),
            ("# run_in_transaction = true\n", false),
            ("[a]\nrun_in_transaction = true\n", false),
            ("run_in_transaction = true # yes\n", true),
            ("run_in_transaction = \"no\"\n", true),
        ] {
            let files = [("m/2_b/up.sql", "select 1;"), ("m/2_b/metadata.toml", says)];
            assert_eq!(transaction_of(&LAYOUT, &files), is_kept, "{says:?}");
        }
    }

    #[test]
    fn a_folder_without_its_file_ends_the_run() {
        let tree = Tree::literal([
            ("m/1_a/up.sql", ""),
            ("m/2_b/down.sql", ""),
            ("m/3_c/deep/up.sql", ""),
            ("m/.old/down.sql", ""),
            ("m/.old/up.sql", ""),
            ("m/README.md", ""),
        ]);
        let found = folder(&LAYOUT, "m", &tree);
        let told: Vec<(&str, bool)> =
            found.ups.iter().map(|it| (it.path().as_str(), it.fault.is_some())).collect();
        assert_eq!(
            told,
            [("m/1_a/up.sql", false), ("m/2_b/down.sql", true), ("m/3_c/deep/up.sql", true)]
        );
        assert!(found.downs.is_empty());
    }
}
