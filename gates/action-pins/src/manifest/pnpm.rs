//! `pnpm-workspace.yaml`: the catalogs that `catalog:` refers to.

use super::{Manifest, npm};
use crate::yaml::{Node, Yaml};

pub(super) fn read(yaml: &Yaml<'_>) -> Manifest {
    let mut manifest = Manifest::default();
    let Some(root) = yaml.documents().next() else { return manifest };
    root.values("catalog").for_each(|table| npm::entries(&mut manifest, table));
    for (_, table) in root.values("catalogs").flat_map(Node::entries) {
        npm::entries(&mut manifest, table);
    }
    manifest
}

#[cfg(test)]
mod tests {
    use crate::manifest::{Kind, tests};

    #[test]
    fn catalogs_are_read() {
        let source = "packages: [a]\ncatalog:\n  a: ^1.2\n  'b': 1.2.3\ncatalogs:\n  old: {c: latest}\noverrides: {d: '*'}\n";
        assert_eq!(
            tests::lines(source, Kind::Pnpm),
            ["a ^1.2 Range", "b 1.2.3 Exact", "c latest Name"]
        );
    }
}
