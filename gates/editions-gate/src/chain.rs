//! How a file with an edge is reached: the shortest way from a file that nobody
//! imports. Go imports folders, so there a folder stands for its files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Location, Remark};

use crate::edges::Facts;
use crate::project::Project;
use crate::reference::{Reference, folder};

/// What the remarks of a file's own imports are called.
const ABOUT: &str = "imports";
/// A longer way explains nothing.
const LENGTH_MAX: usize = 8;

/// What a file imports of the repository, for [`Chains`].
pub(crate) fn remark<'a>(path: &Utf8Path, facts: &'a Facts, project: &Project) -> Option<Remark> {
    let is_there =
        |path: &&'a Utf8PathBuf| project.files.has(path) || project.files.has_folder(path);
    let first = |(_, to): &'a (Reference, Vec<Utf8PathBuf>)| to.iter().find(is_there);
    let targets: BTreeSet<&str> =
        facts.references.iter().filter_map(first).map(|target| target.as_str()).collect();
    let says = targets.into_iter().collect::<Vec<_>>().join("\n");
    let at = Location::file(path);
    (!says.is_empty()).then(|| Remark { about: ABOUT.to_owned(), says, at })
}

/// Who imports whom.
#[derive(Debug, Default)]
pub(crate) struct Chains<'a> {
    importers: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Chains<'a> {
    /// Puts together what the files left.
    pub(crate) fn of(remarks: &'a [Remark]) -> Chains<'a> {
        let mut importers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for remark in remarks.iter().filter(|remark| remark.about == ABOUT) {
            let own = node(&remark.at.path);
            for target in remark.says.lines().filter(|target| *target != own) {
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

    fn remarks(edges: &[(&str, &str)]) -> Vec<Remark> {
        let remark = |(from, to): &(&str, &str)| Remark {
            about: ABOUT.into(),
            says: to.replace(' ', "\n"),
            at: Location::file((*from).into()),
        };
        edges.iter().map(remark).collect()
    }

    #[test]
    fn the_shortest_way_from_where_nobody_imports() {
        let remarks = remarks(&[
            ("main.ts", "a.ts b.ts"),
            ("a.ts", "c.ts"),
            ("b.ts", "d.ts"),
            ("d.ts", "c.ts b.ts"),
            ("cmd/x/main.go", "app"),
            ("app/app.go", "core"),
            ("ring1.py", "ring2.py"),
            ("ring2.py", "ring1.py"),
        ]);
        let chains = Chains::of(&remarks);
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
