//! What the paths in a file mean: functions, handlers and constants of the
//! same package or of another one.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::super::facts::{Callee, Facts, Use};

/// More steps than any name takes through `use`.
const STEPS_MAX: usize = 8;

/// More meanings than any name has.
const MEANINGS_MAX: usize = 32;

/// Where a file stands: the folder of its package's sources, and its module.
pub(super) struct Place {
    package: String,
    pub(super) module: Vec<String>,
}

/// An item: the number of its file, and its number there.
pub(super) type Item = (usize, usize);

/// Everything of one kind, by package and full path, and by name.
#[derive(Default)]
pub(super) struct Index {
    by_path: BTreeMap<(usize, Vec<String>), Vec<Item>>,
    by_name: BTreeMap<String, Vec<(usize, Vec<String>, Item)>>,
}

pub(super) struct Names<'f> {
    pub(super) places: Vec<Place>,
    packages: Vec<String>,
    uses: BTreeMap<(usize, Vec<String>), Vec<&'f Use>>,
    pub(super) functions: Index,
    pub(super) handlers: Index,
    pub(super) consts: Index,
    /// Methods by name.
    methods: BTreeMap<String, Vec<Item>>,
}

impl Place {
    pub(super) fn of(path: &Utf8Path) -> Place {
        let parts: Vec<&str> = path.components().map(|part| part.as_str()).collect();
        let source = parts.iter().rposition(|part| *part == "src");
        let (package, rest) = match source {
            Some(at) => (parts.get(..at).unwrap_or_default(), parts.get(at + 1..)),
            None => {
                let at = parts.len().saturating_sub(1);
                (parts.get(..at).unwrap_or_default(), parts.get(at..))
            }
        };
        let mut module: Vec<String> =
            rest.unwrap_or_default().iter().map(|part| (*part).to_owned()).collect();
        if let Some(last) = module.pop() {
            let stem = last.trim_end_matches(".rs");
            if !matches!(stem, "mod" | "lib" | "main") {
                module.push(stem.to_owned());
            }
        }
        Place { package: package.join("/"), module }
    }

    pub(super) fn package(&self) -> &str {
        &self.package
    }
}

impl Index {
    fn add(&mut self, package: usize, mut module: Vec<String>, name: &str, item: Item) {
        module.push(name.to_owned());
        let named = self.by_name.entry(name.to_owned()).or_default();
        named.push((package, module.clone(), item));
        self.by_path.entry((package, module)).or_default().push(item);
    }
}

impl<'f> Names<'f> {
    pub(super) fn new(files: &'f [(camino::Utf8PathBuf, Facts)]) -> Names<'f> {
        let places: Vec<Place> = files.iter().map(|(path, _)| Place::of(path)).collect();
        let packages: BTreeSet<&str> = places.iter().map(|it| it.package.as_str()).collect();
        let packages: Vec<String> = packages.into_iter().map(str::to_owned).collect();
        let mut names = Names {
            places,
            packages,
            uses: BTreeMap::new(),
            functions: Index::default(),
            handlers: Index::default(),
            consts: Index::default(),
            methods: BTreeMap::new(),
        };
        for (file, (_, facts)) in files.iter().enumerate() {
            let package = names.package(file);
            for own in &facts.uses {
                let module = names.full(file, &own.module);
                names.uses.entry((package, module)).or_default().push(own);
            }
            for (number, own) in facts.functions.iter().enumerate() {
                let module = names.full(file, &own.module);
                names.functions.add(package, module, &own.name, (file, number));
                if own.is_method {
                    names.methods.entry(own.name.clone()).or_default().push((file, number));
                }
            }
            for (number, own) in facts.handlers.iter().enumerate() {
                let module = names.full(file, &own.module);
                names.handlers.add(package, module, &own.name, (file, number));
            }
            for (number, own) in facts.consts.iter().enumerate() {
                let module = names.full(file, &own.module);
                names.consts.add(package, module, &own.name, (file, number));
            }
        }
        names
    }

    fn package(&self, file: usize) -> usize {
        let own = self.places.get(file).map(|place| &place.package);
        self.packages.iter().position(|it| Some(it) == own).unwrap_or(usize::MAX)
    }

    /// A module of a file, from the root of its package on.
    pub(super) fn full(&self, file: usize, module: &[String]) -> Vec<String> {
        let mut full = self.places.get(file).map(|it| it.module.clone()).unwrap_or_default();
        full.extend_from_slice(module);
        full
    }

    /// The functions that a call can mean. Several with one path are the same
    /// under conditions; several methods of one name are nobody's.
    pub(super) fn called(&self, file: usize, callee: &Callee) -> Vec<Item> {
        match callee {
            Callee::Path(module, path) => self.find(&self.functions, file, module, path),
            Callee::Method(name) => {
                let found = self.methods.get(name).map(Vec::as_slice).unwrap_or_default();
                if found.len() == 1 { found.to_vec() } else { Vec::new() }
            }
        }
    }

    /// The methods that are called so, whosever.
    pub(super) fn methods(&self, name: &str) -> &[Item] {
        self.methods.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The items of an index that a path means, as seen from a module of a file.
    pub(super) fn find(
        &self,
        index: &Index,
        file: usize,
        module: &[String],
        path: &[String],
    ) -> Vec<Item> {
        let mut open: Vec<(usize, Vec<String>, usize)> = Vec::new();
        self.meanings(self.package(file), &self.full(file, module), path, 0, &mut open);
        let mut seen: BTreeSet<(usize, Vec<String>)> = BTreeSet::new();
        let mut at = 0;
        while let Some((package, full, steps)) = open.get(at).cloned() {
            at += 1;
            if at > MEANINGS_MAX {
                break;
            }
            let key = (package, full);
            if let Some(items) = index.by_path.get(&key) {
                return items.clone();
            }
            if steps < STEPS_MAX && seen.insert(key.clone()) {
                // Handed on by one of its modules.
                let (package, full) = key;
                for cut in (0..full.len()).rev() {
                    let (before, rest) = full.split_at_checked(cut).unwrap_or_default();
                    let Some((name, rest)) = rest.split_first() else { continue };
                    for own in self.used(package, before) {
                        let is_own = own.name.as_deref().is_none_or(|it| it == name);
                        if !is_own {
                            continue;
                        }
                        let mut path = own.path.clone();
                        if own.name.is_none() {
                            path.push(name.clone());
                        }
                        path.extend_from_slice(rest);
                        self.meanings(package, before, &path, steps + 1, &mut open);
                    }
                }
            }
        }
        self.alike(index, path)
    }

    fn used(&self, package: usize, module: &[String]) -> &[&'f Use] {
        let key = (package, module.to_vec());
        self.uses.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a path can mean from a module on: package and full path.
    fn meanings(
        &self,
        package: usize,
        module: &[String],
        path: &[String],
        steps: usize,
        found: &mut Vec<(usize, Vec<String>, usize)>,
    ) {
        let Some((first, rest)) = path.split_first() else { return };
        let mut put = |package: usize, before: &[String], rest: &[String]| {
            let full: Vec<String> = before.iter().chain(rest).cloned().collect();
            if found.len() < 4 * MEANINGS_MAX {
                found.push((package, full, steps));
            }
        };
        match first.as_str() {
            "crate" | "$crate" => put(package, &[], rest),
            "self" | "Self" => put(package, module, rest),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                let kept = module.len().saturating_sub(ups);
                let rest = path.get(ups..).unwrap_or_default();
                put(package, module.get(..kept).unwrap_or_default(), rest);
                // From a method, a type is one of the steps.
                put(package, module.get(..kept.saturating_sub(1)).unwrap_or_default(), rest);
            }
            first => {
                // Names of a function's or a type's module are seen from inside.
                for cut in (0..=module.len()).rev().take(2) {
                    put(package, module.get(..cut).unwrap_or_default(), path);
                }
                if let Some(other) = self.packaged(first) {
                    put(other, &[], rest);
                }
            }
        }
    }

    /// The package that is called so: the one whose folders end as the name
    /// does, `crates/api/routes` for `acme_api_routes`.
    fn packaged(&self, name: &str) -> Option<usize> {
        let fit = |folders: &str| {
            let words: Vec<String> =
                folders.split('/').map(|part| part.replace('-', "_")).collect();
            let alike = (0..words.len()).find_map(|cut| {
                let own = words.get(cut..)?.join("_");
                let before = name.strip_suffix(own.as_str()).filter(|_| !own.is_empty())?;
                (before.is_empty() || before.ends_with('_')).then_some((own.len(), cut))
            });
            // The longest end, and the fewest folders that say nothing.
            alike.map(|(len, cut)| (len, std::cmp::Reverse(cut)))
        };
        let all = self.packages.iter().enumerate();
        let fits: Vec<_> = all.filter_map(|(number, own)| Some((fit(own)?, number))).collect();
        let best = fits.iter().map(|(fit, _)| *fit).max()?;
        let mut of_best = fits.iter().filter(|(fit, _)| *fit == best);
        let only = of_best.next().filter(|_| of_best.next().is_none());
        only.map(|(_, number)| *number)
    }

    /// The items whose path ends as this one does, if they are all one: the
    /// name of a package need not be that of its folder.
    fn alike(&self, index: &Index, path: &[String]) -> Vec<Item> {
        let [.., before, name] = path else { return Vec::new() };
        let is_same = |full: &Vec<String>| {
            let own = full.len().checked_sub(2).and_then(|at| full.get(at));
            // `package::name`: at the root, or one that its root hands on.
            match (path.len(), own) {
                (2, None) => true,
                (_, own) => own == Some(before),
            }
        };
        let all = index.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let fits: Vec<_> = all.iter().filter(|(_, full, _)| is_same(full)).collect();
        let kinds: BTreeSet<_> = fits.iter().map(|(package, full, _)| (*package, full)).collect();
        if kinds.len() != 1 {
            return Vec::new();
        }
        fits.into_iter().map(|(_, _, item)| *item).collect()
    }
}
