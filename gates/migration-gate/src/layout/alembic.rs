//! Alembic: Python files that name their `revision` and the one before it, in
//! no other order than that. `alembic upgrade from:to --sql` prints what they
//! run, with the transaction around it.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::{Folder, Layout, Path, Slot, Version, code};

pub(super) const LAYOUT: Layout = Layout {
    name: "alembic",
    slot,
    arrange,
    version: |text| Some(Version::Name(text.to_owned())),
    own_table: Some("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"),
    ..code::LAYOUT
};

fn slot(inside: &Utf8Path) -> Option<Slot> {
    let stem = super::flat(inside)?.strip_suffix(".py")?;
    (stem != "__init__").then(|| Slot::up(Version::Unordered(stem.to_owned())))
}

/// A file's own revision, and those that it follows.
pub(crate) struct Revision {
    pub(crate) own: String,
    pub(crate) follows: Vec<String>,
}

/// What a file says of itself; none where it is no migration.
pub(crate) fn revision(text: &str) -> Option<Revision> {
    let own = assigned(text, "revision")?.into_iter().next()?;
    let follows = assigned(text, "down_revision").unwrap_or_default();
    Some(Revision { own, follows })
}

/// The texts that a name at the start of a line is given: `revision = "a"`,
/// `down_revision: Union[str, None] = ("a", "b")`.
fn assigned(text: &str, name: &str) -> Option<Vec<String>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(rest) = line.strip_prefix(name) else { continue };
        let Some((kind, _)) = rest.split_once('=') else { continue };
        if !kind.trim().is_empty() && !kind.trim_start().starts_with(':') {
            continue;
        }
        let value = text.get(start + name.len() + kind.len() + 1..).unwrap_or_default();
        let value = value.trim_start_matches(' ');
        let end = if value.starts_with(['(', '[']) { value.find([')', ']']) } else { None };
        let value = match end {
            Some(end) => value.get(..end).unwrap_or_default(),
            None => value.lines().next().unwrap_or_default(),
        };
        let lines = value.lines().map(|line| line.split('#').next().unwrap_or_default());
        let quoted = lines.flat_map(|line| line.split(['"', '\'']).skip(1).step_by(2));
        return Some(quoted.map(str::to_owned).collect());
    }
    None
}

/// Orders by who follows whom.
fn arrange(folder: &mut Folder, path: &Path<'_>) {
    let mut follows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for up in &mut folder.ups {
        let file = path.tree.read_entry(&up.entry).ok();
        match file.as_ref().and_then(|file| revision(file.text()?)) {
            Some(revision) => {
                up.slot.version = Version::Made(0, revision.own.clone());
                follows.insert(revision.own, revision.follows);
            }
            None => up.fault = Some("it names no 'revision' that could be read"),
        }
    }
    let depths = depths(&follows);
    for up in &mut folder.ups {
        if let Version::Made(depth, name) = &mut up.slot.version {
            match depths.get(name) {
                Some(known) => *depth = *known,
                None => up.fault = Some("the revisions that it follows lead nowhere, or to itself"),
            }
        }
    }
}

/// How many come before each; those that follow themselves have none.
fn depths(follows: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, u64> {
    let mut depths: BTreeMap<String, u64> = BTreeMap::new();
    let mut after: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
    for (own, parents) in follows {
        let known = parents.iter().filter(|parent| follows.contains_key(*parent));
        known.clone().for_each(|parent| after.entry(parent).or_default().push(own));
        missing.insert(own, known.count());
    }
    let mut ready: Vec<&str> =
        missing.iter().filter(|(_, count)| **count == 0).map(|(own, _)| *own).collect();
    ready.iter().for_each(|own| _ = depths.insert((*own).to_owned(), 0));
    while let Some(own) = ready.pop() {
        let depth = depths.get(own).copied().unwrap_or_default() + 1;
        for next in after.get(own).into_iter().flatten() {
            let deepest = depths.get(*next).copied().unwrap_or_default().max(depth);
            let Some(count) = missing.get_mut(next) else { continue };
            *count = count.saturating_sub(1);
            if *count == 0 {
                ready.push(next);
            }
            depths.insert((*next).to_owned(), deepest);
        }
    }
    depths.retain(|own, _| missing.get(own.as_str()).is_some_and(|count| *count == 0));
    depths
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;
    use crate::layout::folder;

    #[test]
    fn files_come_in_the_order_in_which_they_follow_each_other() {
        let tree = Tree::literal([
            ("m/a.py", "revision = 'c3'\ndown_revision = ('b2', 'x9')\n"),
            ("m/b.py", "revision: str = \"a1\"\ndown_revision: Union[str, None] = None\n"),
            ("m/c.py", "revision = \"b2\" # the second\ndown_revision = \"a1\"\n"),
            ("m/d.py", "revision = 'x9'\ndown_revision = [ # one\n    'b2', # it's\n]\n"),
            ("m/e.py", "revision = 'l1'\ndown_revision = 'l2'\n"),
            ("m/f.py", "revision = 'l2'\ndown_revision = 'l1'\n"),
            ("m/g.py", "x = 1\n"),
            ("m/__init__.py", ""),
        ]);
        let ups = folder(&LAYOUT, "m", &tree).ups;
        let told: Vec<(&str, bool)> =
            ups.iter().map(|up| (up.path().as_str(), up.fault.is_some())).collect();
        let sound: Vec<&str> =
            told.iter().filter(|(_, fault)| !fault).map(|(path, _)| *path).collect();
        assert_eq!(sound, ["m/b.py", "m/c.py", "m/d.py", "m/a.py"]);
        assert_eq!(told.len() - sound.len(), 3);
        assert!(LAYOUT.through("b2", &folder(&LAYOUT, "m", &tree)).is_some());
    }
}
