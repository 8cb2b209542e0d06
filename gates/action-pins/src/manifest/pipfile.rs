//! `Pipfile`: every table of it but its own is a group of packages.

use toml::de::DeTable;

use super::{Manifest, Role, poetry, tables};

/// Tables that hold no packages.
const OWN: &[&str] = &["source", "requires", "pipenv", "scripts", "build-system"];

pub(super) fn read(table: &DeTable<'_>) -> Manifest {
    let mut manifest = Manifest::default();
    for (group, _) in tables::entries(table, &[]).filter(|(group, _)| !OWN.contains(group)) {
        for (name, asked) in tables::entries(table, &[group]) {
            poetry::dependency(&mut manifest, name, asked);
        }
    }
    manifest.with_role(Role::Application)
}

#[cfg(test)]
mod tests {
    use crate::manifest::{Kind, Role, tests};

    #[test]
    fn groups_are_read() {
        let source = "[[source]]\nurl = 'x'\n[packages]\na = '*'\nb = '==1.2'\n[dev-packages]\nc = {ref = 'main', git = 'https://e.org/c'}\n[requires]\npython_version = '3'\n";
        let mut found = tests::lines(source, Kind::Pipfile);
        found.sort();
        assert_eq!(found, ["a * Any", "b ==1.2 Exact", "c main Branch"]);
        assert_eq!(tests::role(source, Kind::Pipfile), Role::Application);
    }
}
