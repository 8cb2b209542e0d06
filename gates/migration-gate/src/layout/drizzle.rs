//! drizzle-kit: `NAME.sql`, in the order of `meta/_journal.json`, which also
//! says when each was made: one that was made before the last that has run is
//! passed by. Newer versions keep `NAME/migration.sql` without a journal. All
//! that is pending runs in one transaction.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::Deserialize;

use super::{Folder, Layout, Path, Slot, Version, plain, prisma};

pub(super) const LAYOUT: Layout = Layout {
    name: "drizzle",
    slot,
    arrange,
    transaction: |_| true,
    version: |text| Some(prisma::through(text)),
    is_joined: true,
    outside: "drizzle runs all that is pending in one transaction: run it by other means",
    ..plain::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    if let Some(slot) = prisma::slot(inside) {
        return Some(slot);
    }
    let stem = super::flat(inside)?.strip_suffix(".sql")?;
    Some(Slot::up(Version::Name(stem.to_owned())))
}

#[derive(Deserialize)]
struct Journal {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    tag: String,
    when: u64,
}

const JOURNAL: &str = "meta/_journal.json";

fn arrange(folder: &mut Folder, path: &Path<'_>) {
    let Some(text) = path.text(JOURNAL) else { return };
    let Ok(journal) = serde_json::from_str::<Journal>(&text) else {
        let fault = Some("meta/_journal.json is not read, which says in which order they run");
        folder.ups.iter_mut().for_each(|migration| migration.fault = fault);
        return;
    };
    let journal: BTreeMap<String, u64> =
        journal.entries.into_iter().map(|entry| (entry.tag, entry.when)).collect();
    let is_there = |tag: &str| path.tree.read(&path.beside(&format!("{tag}.sql"))).is_ok();
    // Drizzle runs none of them then.
    let fault = (!journal.keys().all(|tag| is_there(tag)))
        .then_some("meta/_journal.json lists a file that is not there: drizzle refuses to run");
    if let Some(last) = folder.ups.last_mut() {
        last.fault = fault;
    }
    for migration in &mut folder.ups {
        let Version::Name(name) = &migration.slot.version else { continue };
        match journal.get(name) {
            Some(when) => migration.slot.version = Version::Made(*when, name.clone()),
            None => {
                migration.fault =
                    Some("meta/_journal.json does not list it: drizzle does not run it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;
    use crate::layout::folder;

    #[test]
    fn the_journal_says_the_order() {
        let journal =
            r#"{"entries":[{"idx":0,"when":9,"tag":"0000_b"},{"idx":1,"when":20,"tag":"0001_a"}]}"#;
        let tree = Tree::literal([
            ("d/0001_a.sql", ""),
            ("d/0000_b.sql", ""),
            ("d/0002_c.sql", ""),
            ("d/meta/_journal.json", journal),
        ]);
        let ups = folder(&LAYOUT, "d", &tree).ups;
        let told: Vec<(&str, bool)> =
            ups.iter().map(|it| (it.path().file_name().unwrap(), it.fault.is_some())).collect();
        let expected = [("0002_c.sql", true), ("0000_b.sql", false), ("0001_a.sql", false)];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_journal_that_does_not_fit_is_told() {
        let faults = |journal: &str| {
            let tree = Tree::literal([("d/0000_a.sql", ""), ("d/meta/_journal.json", journal)]);
            let ups = folder(&LAYOUT, "d", &tree).ups;
            ups.first().and_then(|it| it.fault).unwrap_or_default()
        };
        assert_eq!(faults(r#"{"entries":[{"when":1,"tag":"0000_a"}]}"#), "");
        let gone = r#"{"entries":[{"when":1,"tag":"0000_a"},{"when":2,"tag":"0001_b"}]}"#;
        assert!(faults(gone).contains("a file that is not there"));
        assert!(faults("<<<<<<< ours").contains("is not read"));
    }
}
