//! How a file with an edge is reached: the shortest way from a file that nobody
//! imports. Go imports folders, so there a folder stands for its files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use camino::{Utf8Path, Utf8PathBuf};

use crate::edges::Facts;
use crate::project::Project;
use crate::reference::{Reference, folder};

/// A longer way explains nothing.
const LENGTH_MAX: usize = 8;

/// What a file imports of the repository, a path a line, for [`Chains`].
pub(crate) fn imports<'a>(facts: &'a Facts, project: &Project) -> String {
    let is_there =
        |path: &&'a Utf8PathBuf| project.files.has(path) || project.files.has_folder(path);
    let first = |(_, to): &'a (Reference, Vec<Utf8PathBuf>)| to.iter().find(is_there);
    let targets: BTreeSet<&str> =
        facts.references.iter().filter_map(first).map(|target| target.as_str()).collect();
    targets.into_iter().collect::<Vec<_>>().join("\n")
}

/// Who imports whom.
#[derive(Debug, Default)]
pub(crate) struct Chains<'a> {
    importers: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Chains<'a> {
    /// Puts together what each file imports.
    pub(crate) fn of(files: impl IntoIterator<Item = (&'a Utf8Path, &'a str)>) -> Chains<'a> {
        let mut importers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, imports) in files {
            let own = node(path);
            for target in imports.lines().filter(|target| *target != own) {
                importers.entry(target).or_default().insert(own);
            }
        }
        Chains { importers }
    }

    /// The way to `path` from where nobody imports any more, both ends in it; none
    /// where `path` is such a place itself, or all that lead to it go in circles.
    pub(crate) fn to(&self, path: &'a Utf8Path) -> Option<Vec<&'a str>> {
        let start = node(path);
        // Each place that was met, and the next one on the way to `path`.
        let mut next: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(place) = open.pop_front() {
            let Some(importers) = self.importers.get(place) else {
                let mut way = vec![place];
                let mut at = place;
                while let Some(further) = next.get(at).filter(|_| at != start) {
                    way.push(further);
                    at = further;
                }
                return (way.len() > 1).then_some(way);
            };
            for importer in importers {
                if *importer != start && !next.contains_key(importer) {
                    next.insert(importer, place);
                    open.push_back(importer);
                }
            }
        }
        None
    }
}

/// `a → b → c`, its middle left out where it is long.
pub(crate) fn told(way: &[&str]) -> String {
    let (Some(head), Some(tail)) =
        (way.get(..LENGTH_MAX / 2), way.get(way.len().saturating_sub(LENGTH_MAX / 2)..))
    else {
        return way.join(" → ");
    };
    match way.len() > LENGTH_MAX {
        true => format!("{} → … → {}", head.join(" → "), tail.join(" → ")),
        false => way.join(" → "),
    }
}

fn node(path: &Utf8Path) -> &str {
    if path.extension() == Some("go") { folder(path).as_str() } else { path.as_str() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_from_where_nobody_imports() {
        let files = [
            ("main.ts", "a.ts\nb.ts"),
            ("a.ts", "c.ts"),
            ("b.ts", "d.ts"),
            ("d.ts", "c.ts\nb.ts"),
            ("cmd/x/main.go", "app"),
            ("app/app.go", "core"),
            ("ring1.py", "ring2.py"),
            ("ring2.py", "ring1.py"),
        ];
        let chains = Chains::of(files.iter().map(|(path, to)| ((*path).into(), *to)));
        let to = |path: &'static str| chains.to(path.into()).map(|way| told(&way));
        assert_eq!(to("c.ts").as_deref(), Some("main.ts → a.ts → c.ts"));
        assert_eq!(to("d.ts").as_deref(), Some("main.ts → b.ts → d.ts"));
        assert_eq!(to("core/x.go").as_deref(), Some("cmd/x → app → core"));
        assert_eq!(to("main.ts"), None);
        assert_eq!(to("ring1.py"), None);
        assert_eq!(to("elsewhere.ts"), None);
    }

    #[test]
    fn a_long_way_is_told_by_its_ends() {
        let way: Vec<String> = (0..12).map(|at| at.to_string()).collect();
        let way: Vec<&str> = way.iter().map(String::as_str).collect();
        assert_eq!(told(&way), "0 → 1 → 2 → 3 → … → 8 → 9 → 10 → 11");
        assert_eq!(told(&["a", "b"]), "a → b");
    }
}
