//! `paths` and `baseUrl` of tsconfig.json and jsconfig.json, by whatever name
//! the file goes, through `extends`.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::aliases::Alias;
use crate::reference::{folder, join};
use syntax::ecmascript::{Kind, tokens};

/// How far `extends` is followed.
const DEPTH_MAX: usize = 16;

/// The aliases of every configuration in `files` (path and text), each with the
/// file that says it. What
/// `extends` names and is not there (a package that is not installed) gives
/// none; a file that does not read as JSON is told.
pub(crate) fn aliases(
    files: &BTreeMap<Utf8PathBuf, String>,
) -> (Vec<(Utf8PathBuf, Alias)>, Vec<Utf8PathBuf>) {
    let mut read = BTreeMap::new();
    let mut broken = Vec::new();
    for (path, text) in files {
        match json(text) {
            Some(value) => {
                read.insert(path.clone(), value);
            }
            None => broken.push(path.clone()),
        }
    }
    let mut found = Vec::new();
    for path in read.keys() {
        let scope = folder(path);
        let mut open = vec![path.clone()];
        for _ in 0..DEPTH_MAX {
            let Some(at) = open.pop() else { break };
            let Some(config) = read.get(&at) else { break };
            found.extend(own(scope, &at, config).into_iter().map(|alias| (at.clone(), alias)));
            open.extend(extended(&at, config, &read));
        }
    }
    (found, broken)
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

fn extended(
    path: &Utf8Path,
    config: &Value,
    read: &BTreeMap<Utf8PathBuf, Value>,
) -> Vec<Utf8PathBuf> {
    let names: Vec<&str> = match config.get("extends") {
        Some(Value::String(name)) => vec![name.as_str()],
        // The last of a list wins, so it is the first to be looked at.
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let found = names.into_iter().filter_map(|name| {
        let target = join(folder(path), name)?;
        let json = format!("{target}.json").into();
        let names = [target.clone(), json, kernel::below(&target, "tsconfig.json")];
        names.into_iter().find(|name| read.contains_key(name))
    });
    found.collect()
}

/// JSON with comments and commas before a closing bracket, as TypeScript reads it.
fn json(text: &str) -> Option<Value> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tokens = tokens(text);
    let mut plain = String::with_capacity(text.len());
    for (at, token) in tokens.iter().enumerate() {
        let word = token.text(text);
        let closes = tokens.get(at + 1).map(|next| next.text(text));
        if token.kind == Kind::Mark && word == "," && matches!(closes, Some("}" | "]")) {
            continue;
        }
        plain.push_str(word);
        // Keeps two words apart; between other tokens it is white space.
        plain.push(if matches!(token.kind, Kind::Mark | Kind::String) { '\u{20}' } else { '\t' });
    }
    // "- 1" is no number; a configuration has none that matters.
    serde_json::from_str(&plain).ok()
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
        let (found, broken) = aliases(&files(&[
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
        assert!(!aliases(&files(&[("a.json", ring)])).0.is_empty());
    }
}
