//! `paths`, `baseUrl` and `rootDirs` of tsconfig.json and jsconfig.json, by whatever
//! name the file goes, through `extends` and `references`; and which files such a
//! configuration has compiled.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::aliases::Alias;
use crate::reference::{Kind as Way, Reference, folder, join};
use crate::roads::fixed;

/// How many configurations one is followed to.
const COUNT_MAX: usize = 64;

/// Folders that count as one, and below which folder of sources they do.
pub(crate) type RootDirs = (Utf8PathBuf, Vec<Utf8PathBuf>);

/// What the configurations of a repository say.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Each with the configuration that says it.
    pub(crate) aliases: Vec<(Utf8PathBuf, Alias)>,
    pub(crate) roots: Vec<RootDirs>,
    /// Configurations that do not read as JSON.
    pub(crate) broken: Vec<Utf8PathBuf>,
}

/// What the configurations in `files` (path and text) say. What `extends` names and
/// is not there (a package that is not installed) says nothing.
pub(crate) fn said(files: &BTreeMap<Utf8PathBuf, String>) -> Said {
    let mut read = BTreeMap::new();
    let mut said = Said::default();
    for (path, text) in files {
        match json(text) {
            Some(value) => {
                read.insert(path.clone(), value);
            }
            None => said.broken.push(path.clone()),
        }
    }
    for path in read.keys() {
        let scope = folder(path);
        let (mut open, mut seen) = (vec![path.clone()], BTreeSet::new());
        while let Some(at) = open.pop().filter(|_| seen.len() < COUNT_MAX) {
            let Some(config) = read.get(&at).filter(|_| seen.insert(at.clone())) else { continue };
            said.aliases.extend(own(scope, &at, config).into_iter().map(|it| (at.clone(), it)));
            let roots = strings(config.pointer("/compilerOptions/rootDirs"));
            let roots: Vec<_> = roots.iter().filter_map(|it| join(folder(&at), it)).collect();
            if !roots.is_empty() {
                said.roots.push((scope.to_owned(), roots));
            }
            let named = extended(&at, config).into_iter().chain(referenced(&at, config));
            open.extend(
                named.filter_map(|names| names.into_iter().find(|it| read.contains_key(it))),
            );
        }
    }
    said
}

/// Configurations that those in `files` name, by other names than the usual, where
/// `is_there`.
pub(crate) fn others(
    files: &BTreeMap<Utf8PathBuf, String>,
    is_there: &dyn Fn(&Utf8Path) -> bool,
) -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    for (path, text) in files {
        let Some(config) = json(text) else { continue };
        let named = extended(path, &config).into_iter().chain(referenced(path, &config));
        let there = named.filter_map(|names| names.into_iter().find(|name| is_there(name)));
        found.extend(there.filter(|name| !files.contains_key(name)));
    }
    found
}

/// What the configuration `path` has compiled, and what it is made of: without these
/// the compiler does not begin, or takes in what the path of no source shows.
pub(crate) fn compiled(path: &Utf8Path, text: &str) -> Vec<(Reference, Utf8PathBuf)> {
    let Some(config) = json(text) else { return Vec::new() };
    let references = config.get("references").and_then(Value::as_array).into_iter().flatten();
    let references = references.filter_map(|it| it.get("path")?.as_str());
    let tables = ["/extends", "/files", "/include", "/compilerOptions/rootDirs"];
    let named = tables.iter().flat_map(|table| strings(config.pointer(table)));
    let named = named.chain(references).filter_map(|name| {
        let place = name.strip_prefix("${configDir}/").unwrap_or(name);
        let to = join(folder(path), fixed(place))?;
        // The file has no places; a path stands there once.
        let quoted = format!("\"{name}\"");
        let span = text.find(&quoted).map_or(0..0, |at| at..at + quoted.len());
        Some((Reference { kind: Way::Static, specifier: name.to_owned(), span }, to))
    });
    named.collect()
}

// One string, or those of a list.
fn strings(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn own(scope: &Utf8Path, path: &Utf8Path, config: &Value) -> Vec<Alias> {
    let options = config.get("compilerOptions");
    let option = |name: &str| options.and_then(|options| options.get(name));
    let base_url = option("baseUrl").and_then(Value::as_str);
    let base = join(folder(path), base_url.unwrap_or("."));
    let Some(base) = base else { return Vec::new() };
    let mut found = Vec::new();
    for (pattern, targets) in option("paths").and_then(Value::as_object).into_iter().flatten() {
        let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
        found.push(Alias::new(scope, pattern, &base, targets.map(str::to_owned)));
    }
    if base_url.is_some() {
        found.push(Alias::new(scope, "*", &base, ["*".to_owned()]));
    }
    found
}

// As which files each of them may be looked for.
fn extended(path: &Utf8Path, config: &Value) -> Vec<[Utf8PathBuf; 3]> {
    let found = strings(config.get("extends")).into_iter().filter_map(|name| {
        let target = join(folder(path), name)?;
        let json = format!("{target}.json").into();
        let inside = kernel::below(&target, "tsconfig.json");
        Some([target, json, inside])
    });
    found.collect()
}

// Parts of one project, which is what a file is named for; a folder is another one.
fn referenced(path: &Utf8Path, config: &Value) -> Vec<[Utf8PathBuf; 3]> {
    let references = config.get("references").and_then(Value::as_array).into_iter().flatten();
    let names = references.filter_map(|it| it.get("path")?.as_str());
    let files = names.filter(|name| name.ends_with(".json"));
    files
        .filter_map(|name| join(folder(path), name))
        .map(|to| [to.clone(), to.clone(), to])
        .collect()
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(&syntax::ecmascript::plain_json(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> BTreeMap<Utf8PathBuf, String> {
        files.iter().map(|(path, text)| ((*path).into(), (*text).to_owned())).collect()
    }

    #[test]
    fn paths_are_found_through_extends_and_comments() {
        let base =
            "{ /* c */ \"compilerOptions\": { \"paths\": { \"@ee/*\": [\"./ee/*\",], } } } // d";
        let Said { aliases: found, broken, .. } = said(&files(&[
            ("web/tsconfig.json", "{\"extends\": \"../base\"}"),
            ("base.json", base),
            (
                "other/tsconfig.json",
                "{\"extends\": \"@not/installed\", \"compilerOptions\": {\"baseUrl\": \"./src\"}}",
            ),
            ("bad/tsconfig.json", "{"),
        ]));
        let ee = &found.iter().find(|(_, alias)| alias.scope == "web").unwrap().1;
        assert_eq!(ee.apply("@ee/x"), Some(vec!["ee/x".into()]));
        let own = &found.iter().find(|(_, alias)| alias.scope == "other").unwrap().1;
        assert_eq!(own.apply("a/b"), Some(vec!["other/src/a/b".into()]));
        assert_eq!(broken, ["bad/tsconfig.json"]);
    }

    #[test]
    fn a_ring_of_extends_ends() {
        let ring =
            "{\"extends\": \"./a.json\", \"compilerOptions\": {\"paths\": {\"x\": [\"y\"]}}}";
        assert!(!said(&files(&[("a.json", ring)])).aliases.is_empty());
    }
}
