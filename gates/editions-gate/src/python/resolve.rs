//! Which file or folder of the repository a module is.

use std::collections::{BTreeSet, HashMap, HashSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::needles::{Ground, Keys};
use crate::project::Files;
use crate::reference::folder;

/// Folders in which a project says that its packages stand.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    declared: BTreeSet<Utf8PathBuf>,
    /// Those that have something of a name.
    by_name: HashMap<String, BTreeSet<Utf8PathBuf>>,
}

const PROJECTS: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];
/// A longer name is cut: nothing of a repository is so deep.
const PARTS_MAX: usize = 32;

impl Roots {
    /// Every folder with a project file, and its `src`.
    pub(crate) fn new(files: &Files) -> Roots {
        let mut declared = BTreeSet::from([Utf8PathBuf::new()]);
        for path in files.iter() {
            if path.file_name().is_some_and(|name| PROJECTS.contains(&name)) {
                let project = folder(path);
                declared.insert(project.to_owned());
                declared.insert(kernel::below(project, "src"));
            }
        }
        let known: HashSet<&str> = declared.iter().map(|root| root.as_str()).collect();
        let mut by_name: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for path in files.iter().map(Utf8Path::as_str) {
            // As text: every folder above every file is looked at.
            let mut start = 0;
            while let Some(rest) = path.get(start..) {
                let parent = path.get(..start.saturating_sub(1)).unwrap_or_default();
                if known.contains(parent) {
                    let name = rest.split(['/', '.']).next().unwrap_or_default();
                    by_name.entry(name).or_default().insert(parent);
                }
                let Some(slash) = rest.find('/') else { break };
                start += slash + 1;
            }
        }
        let paths = |roots: BTreeSet<&str>| roots.into_iter().map(Utf8PathBuf::from).collect();
        let by_name = by_name.into_iter();
        let by_name = by_name.map(|(name, roots)| (name.to_owned(), paths(roots))).collect();
        Roots { declared, by_name }
    }

    /// What stands in a folder of packages that is restricted itself.
    pub(crate) fn keys(&self, ground: &Ground, keys: &mut Keys) {
        let inside = |roots: &BTreeSet<Utf8PathBuf>| roots.iter().any(|root| ground.has(root));
        let names = self.by_name.iter().filter(|(name, roots)| !name.is_empty() && inside(roots));
        names.for_each(|(name, _)| keys.add(name));
    }

    /// The name by which a module is imported, as the nearest root has it.
    pub(crate) fn module_of(&self, file: &Utf8Path) -> Option<String> {
        let root = file.ancestors().skip(1).find(|above| self.declared.contains(*above));
        let path = file.strip_prefix(root.unwrap_or(Utf8Path::new(""))).ok()?.with_extension("");
        let parts: Vec<&str> = path.iter().filter(|part| *part != "__init__").collect();
        let is_name = |part: &&str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (!parts.is_empty() && parts.iter().all(is_name)).then(|| parts.join("."))
    }

    /// Where Python looks for what `file` imports.
    pub(crate) fn place<'a>(&'a self, file: &'a Utf8Path, files: &'a Files) -> Place<'a> {
        let own: Vec<&Utf8Path> =
            file.ancestors().skip(1).filter(|above| self.declared.contains(*above)).collect();
        // Every folder above the file that is no package itself. Namespace
        // packages have no `__init__.py` either, so such a folder is a guess
        // that only finds more. The outermost first: a script's own folder is
        // the rarer root.
        let is_package = |path: &Utf8Path| files.has(&kernel::below(path, "__init__.py"));
        let mut above: Vec<&Utf8Path> =
            file.ancestors().skip(1).filter(|above| !is_package(above)).collect();
        above.reverse();
        let mut near = own.clone();
        near.extend(above.into_iter().filter(|above| !own.contains(above)));
        Place { roots: self, file, files, own, near, with: HashMap::new() }
    }
}

/// A file's place.
pub(crate) struct Place<'a> {
    roots: &'a Roots,
    file: &'a Utf8Path,
    files: &'a Files,
    /// Of the project that the file belongs to.
    own: Vec<&'a Utf8Path>,
    /// Those and the folders above: they come before all others.
    near: Vec<&'a Utf8Path>,
    /// Roots that have something of a name, by name: a file's imports share a
    /// few first parts.
    with: HashMap<String, Vec<&'a Utf8Path>>,
}

impl<'a> Place<'a> {
    /// What `specifier` may be: the module or, since its last part may be a name
    /// of the module, the longest part of it that is one; then the path as it is
    /// written, where that may be a module that is taken away.
    pub(crate) fn resolve(&mut self, specifier: &str) -> Vec<Utf8PathBuf> {
        let name = specifier.trim_start_matches('.');
        let dots = specifier.len() - name.len();
        let below = name.split('.').take(PARTS_MAX).collect::<Vec<_>>().join("/");
        if dots > 0 {
            let base = folder(self.file).ancestors().nth(dots - 1);
            return base.map(|base| longest(base, &below, self.files)).unwrap_or_default();
        }
        let Some(first) = below.split('/').next().filter(|first| !first.is_empty()) else {
            return Vec::new();
        };
        if !self.with.contains_key(first) {
            let there = self.roots_with(first);
            self.with.insert(first.to_owned(), there);
        }
        let there = self.with.get(first).map(Vec::as_slice).unwrap_or_default();
        // Of several folders that have the first part, the one counts that has
        // the whole; of those, the first.
        let has_whole =
            |root: &&&Utf8Path| existing(&kernel::below(root, &below), self.files).is_some();
        // With one there is nothing to choose.
        let chosen = if there.len() > 1 { there.iter().find(has_whole) } else { None };
        match chosen.or(there.first()) {
            Some(root) => longest(root, &below, self.files),
            // No module of the repository, or one that is taken away.
            None => self.own.iter().map(|root| kernel::below(root, &below)).collect(),
        }
    }

    fn roots_with(&self, first: &str) -> Vec<&'a Utf8Path> {
        let others = self.roots.by_name.get(first).into_iter().flatten().map(Utf8PathBuf::as_path);
        let others = others.filter(|root| !self.near.contains(root));
        let has_first =
            |root: &&Utf8Path| existing(&kernel::below(root, first), self.files).is_some();
        self.near.iter().copied().chain(others).filter(has_first).collect()
    }
}

// The longest part of `below` that is a module of `base`; where that is a
// folder, the whole as well: what is not there may have been taken away.
fn longest(base: &Utf8Path, below: &str, files: &Files) -> Vec<Utf8PathBuf> {
    let whole = if below.is_empty() { base.to_owned() } else { kernel::below(base, below) };
    let mut path = whole.as_path();
    let found = loop {
        if let Some(found) = existing(path, files) {
            break Some(found);
        }
        match path.parent() {
            Some(above) if path != base => path = above,
            _ => break None,
        }
    };
    let is_whole = path == whole;
    let is_file = found.as_ref().is_some_and(|found| {
        files.has(found) && !found.file_name().is_some_and(|name| name.starts_with("__init__."))
    });
    let missing = (!is_whole && !is_file).then(|| whole.clone());
    found.into_iter().chain(missing).collect()
}

fn existing(path: &Utf8Path, files: &Files) -> Option<Utf8PathBuf> {
    // Asked for every part of every import: one text for all the names.
    let mut name = kernel::slashed(path).into_owned();
    let length = name.len();
    let is_folder = files.has_folder(path);
    let endings = ["/__init__.py", ".py", ".pyi"];
    for ending in endings.into_iter().skip(usize::from(!is_folder)) {
        name.truncate(length);
        name.push_str(if length == 0 { ending.trim_start_matches('/') } else { ending });
        if files.has_plain(&name) {
            return Some(name.into());
        }
    }
    name.truncate(length);
    (is_folder && length > 0).then(|| name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(specifier: &str) -> Vec<String> {
        let files = Files::of([
            "backend/pyproject.toml",
            "backend/onyx/server/api.py",
            "backend/onyx/db/__init__.py",
            "backend/ee/onyx/main.py",
            "lib/setup.py",
            "lib/src/other/__init__.py",
        ]);
        let file = Utf8Path::new("backend/onyx/server/api.py");
        let roots = Roots::new(&files);
        let found = roots.place(file, &files).resolve(specifier);
        found.into_iter().map(Utf8PathBuf::into_string).collect()
    }

    #[test]
    fn modules_are_files_or_folders_with_or_without_init() {
        assert_eq!(resolved("ee.onyx.main"), ["backend/ee/onyx/main.py"]);
        assert_eq!(resolved("ee.onyx.main.f"), ["backend/ee/onyx/main.py"]);
        assert_eq!(resolved("ee"), ["backend/ee"]);
        assert_eq!(resolved("other"), ["lib/src/other/__init__.py"]);
        assert_eq!(resolved("..db.x"), ["backend/onyx/db/__init__.py", "backend/onyx/db/x"]);
        assert_eq!(resolved("...ee"), ["backend/ee"]);
        assert_eq!(resolved(".api"), ["backend/onyx/server/api.py"]);
        assert_eq!(resolved("......x"), [""; 0]);
    }

    #[test]
    fn what_is_taken_away_keeps_its_path() {
        assert_eq!(resolved("onyx.ee.x"), ["backend/onyx", "backend/onyx/ee/x"]);
        assert!(resolved("gone.x").contains(&"backend/gone/x".to_owned()));
    }

    #[test]
    fn a_package_is_no_root() {
        let files = Files::of(["a/__init__.py", "a/b.py", "a/ee/x.py", "ee/x.py"]);
        let roots = Roots::new(&files);
        let found = roots.place("a/b.py".into(), &files).resolve("ee.x");
        assert_eq!(found, ["ee/x.py"]);
    }
}
