//! What names of modules mean besides paths: `paths` and `baseUrl` of the nearest
//! tsconfig.json or jsconfig.json, `imports` of the nearest package.json, and the
//! names of the repository's own packages.

mod pattern;
mod tsconfig;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Globs, Tree};
use serde_json::Value;

use super::modules::joined;
use pattern::{Pattern, nearest};
use tsconfig::Names;

/// Folders of what others wrote.
const APART: [&str; 2] = ["node_modules", "bower_components"];

/// Everything that gives names to modules.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    /// What the compiler's configuration of a folder says.
    configured: BTreeMap<Utf8PathBuf, Vec<Names>>,
    /// `imports` of the package.json of a folder.
    imports: BTreeMap<Utf8PathBuf, Vec<Pattern>>,
    /// The folders of packages, by name.
    packages: BTreeMap<String, Utf8PathBuf>,
}

/// What is known of a name.
#[derive(Debug, Default)]
pub(super) struct Meant {
    /// Where it may be, the first before the others.
    pub(super) places: Vec<Utf8PathBuf>,
    /// Whether it can be nowhere else.
    pub(super) is_nowhere_else: bool,
}

impl Aliases {
    /// Those that hold for `files`.
    pub(super) fn read<'p>(tree: &Tree, files: impl Iterator<Item = &'p Utf8Path>) -> Aliases {
        let mut all = Aliases::default();
        let patterns = ["**/tsconfig.json", "**/jsconfig.json", "**/package.json"];
        let Ok(globs) = Globs::new(patterns) else { return all };
        let folders: BTreeSet<&Utf8Path> =
            files.flat_map(|file| file.ancestors().skip(1)).collect();
        let is_own = |path: &Utf8Path| !path.components().any(|it| APART.contains(&it.as_str()));
        for entry in tree.list(&globs).into_iter().filter(|entry| is_own(&entry.path)) {
            let folder = entry.path.parent().unwrap_or(Utf8Path::new(""));
            let holds = folders.contains(folder);
            match entry.path.file_name() {
                Some("package.json") => all.package(tree, &entry.path, folder, holds),
                // It stands before a jsconfig.json of the same folder.
                Some("tsconfig.json") if holds => {
                    all.configured.insert(folder.to_owned(), tsconfig::read(tree, &entry.path));
                }
                Some("jsconfig.json") if holds && !all.configured.contains_key(folder) => {
                    all.configured.insert(folder.to_owned(), tsconfig::read(tree, &entry.path));
                }
                _ => {}
            }
        }
        all
    }

    fn package(&mut self, tree: &Tree, path: &Utf8Path, folder: &Utf8Path, holds: bool) {
        let Some(json) = json(tree, path) else { return };
        if let Some(name) = json.get("name").and_then(Value::as_str) {
            self.packages.entry(name.to_owned()).or_insert_with(|| folder.to_owned());
        }
        if holds {
            let imports = json.get("imports").and_then(Value::as_object).into_iter().flatten();
            let patterns = imports.map(|(name, to)| {
                let mut targets = Vec::new();
                conditions(to, &mut targets);
                Pattern::new(name, targets.iter().map(|target| joined(folder, target)))
            });
            self.imports.insert(folder.to_owned(), patterns.collect());
        }
    }

    /// What `module`, which is no path, means to a file in `folder`.
    pub(super) fn meant(&self, folder: &Utf8Path, module: &str) -> Meant {
        let mut meant = Meant::default();
        if module.starts_with('#') {
            let found = folder.ancestors().find_map(|above| self.imports.get(above));
            if let Some(pattern) = found.and_then(|patterns| nearest(patterns, module)) {
                meant.places.extend(pattern.places(module));
                meant.is_nowhere_else = true;
            }
        }
        let configured = folder.ancestors().find_map(|above| self.configured.get(above));
        for names in configured.into_iter().flatten() {
            names.tell(module, &mut meant);
        }
        if let Some(package) = self.within_package(module) {
            meant.places.extend(package);
        }
        meant
    }

    /// Where a package of the repository keeps what is imported of it: its sources
    /// stand in its folder, or in `src` there.
    fn within_package(&self, module: &str) -> Option<[Utf8PathBuf; 3]> {
        let parts = if module.starts_with('@') { 2 } else { 1 };
        let end = module.match_indices('/').nth(parts - 1).map_or(module.len(), |(at, _)| at);
        let (name, inner) = module.split_at_checked(end)?;
        let (folder, inner) = (self.packages.get(name)?, inner.trim_start_matches('/'));
        let below = |part: &str| joined(&joined(folder, part), inner);
        Some([below("src"), below(""), below("src/lib")])
    }
}

/// Whether a name begins as none of a package does.
pub(super) fn is_mark(module: &str) -> bool {
    module.starts_with("@/") || matches!(module.as_bytes().first(), Some(b'~' | b'#' | b'$'))
}

/// The targets of a name of package.json, whatever conditions they stand under.
fn conditions<'j>(value: &'j Value, targets: &mut Vec<&'j str>) {
    match value {
        Value::String(target) => targets.push(target),
        Value::Array(values) => values.iter().for_each(|value| conditions(value, targets)),
        Value::Object(values) => values.values().for_each(|value| conditions(value, targets)),
        _ => {}
    }
}

/// A configuration as it is read by those whose it is.
fn json(tree: &Tree, path: &Utf8Path) -> Option<Value> {
    let file = tree.read(path).ok()?;
    serde_json::from_str(&syntax::ecmascript::plain_json(file.text()?)).ok()
}
