//! `paths` and `baseUrl` of a configuration of the compiler, through `extends` and,
//! where it only refers to the files that do say them, `references`.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Tree;
use serde_json::Value;

use super::pattern::{Pattern, nearest};
use super::{Meant, is_mark, json};
use crate::routes::typescript::link::modules::joined;

/// How many configurations one may be made of.
const COUNT_MAX: usize = 64;

/// What one configuration says of names.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// The folder in which any name is looked for.
    base: Option<Utf8PathBuf>,
    paths: Option<Vec<Pattern>>,
}

/// What the configuration at `path` says, and what those say that it refers to.
pub(super) fn read(tree: &Tree, path: &Utf8Path) -> Vec<Names> {
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    let mut seen = BTreeSet::new();
    let own = names(tree, path, folder, &mut seen);
    if own.says_something() {
        return vec![own];
    }
    let json = json(tree, path);
    let references = json.as_ref().and_then(|json| json.get("references")?.as_array());
    let named = references.into_iter().flatten().filter_map(|it| it.get("path")?.as_str());
    // A folder is another project; a file here is a part of this one.
    let files = named.filter(|name| name.ends_with(".json")).map(|name| joined(folder, name));
    files
        .filter_map(|path| {
            let folder = path.parent()?.to_owned();
            seen.insert(path.clone()).then(|| {
                seen.remove(&path);
                names(tree, &path, &folder, &mut seen)
            })
        })
        .filter(Names::says_something)
        .collect()
}

/// What the configuration at `path` says, for one in the folder `whole`.
fn names(
    tree: &Tree,
    path: &Utf8Path,
    whole: &Utf8Path,
    seen: &mut BTreeSet<Utf8PathBuf>,
) -> Names {
    let mut found = Names::default();
    if seen.len() >= COUNT_MAX || !seen.insert(path.to_owned()) {
        return found;
    }
    let Some(json) = json(tree, path) else { return found };
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    // A later one stands before an earlier one, and its own before all of them.
    for other in extended(tree, folder, &json) {
        let other = names(tree, &other, whole, seen);
        found.base = other.base.or(found.base);
        found.paths = other.paths.or(found.paths);
    }
    let options = json.get("compilerOptions");
    let option = |name: &str| options.and_then(|options| options.get(name));
    let place = |base: &Utf8Path, target: &str| match target.strip_prefix("${configDir}") {
        Some(rest) => joined(whole, rest),
        None => joined(base, target),
    };
    if let Some(base) = option("baseUrl").and_then(Value::as_str) {
        found.base = Some(place(folder, base));
    }
    if let Some(paths) = option("paths").and_then(Value::as_object) {
        let base = found.base.clone().unwrap_or_else(|| folder.to_owned());
        let pattern = |(name, targets): (&String, &Value)| {
            let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
            Pattern::new(name, targets.map(|target| place(&base, target)))
        };
        found.paths = Some(paths.iter().map(pattern).collect());
    }
    found
}

/// The files that `extends` names; a package that is not installed here says nothing.
fn extended(tree: &Tree, folder: &Utf8Path, json: &Value) -> Vec<Utf8PathBuf> {
    let named = match json.get("extends") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let file = |name: &str| {
        let path = joined(folder, name);
        let json = Utf8PathBuf::from(format!("{path}.json"));
        [path, json].into_iter().find(|path| tree.find(path).is_some())
    };
    named.into_iter().filter(|name| name.starts_with('.')).filter_map(file).collect()
}

impl Names {
    fn says_something(&self) -> bool {
        self.base.is_some() || self.paths.is_some()
    }

    /// Adds what it knows of `module`.
    pub(super) fn tell(&self, module: &str, meant: &mut Meant) {
        if let Some(paths) = &self.paths {
            // No package is called so, and the compiler would not know it.
            meant.is_nowhere_else |= is_mark(module);
            if let Some(pattern) = nearest(paths, module) {
                meant.places.extend(pattern.places(module));
                meant.is_nowhere_else |= pattern.is_of_repository();
            }
        }
        meant.places.extend(self.base.as_ref().map(|base| joined(base, module)));
    }
}
