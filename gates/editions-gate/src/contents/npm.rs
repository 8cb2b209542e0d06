//! `files` of a package.json, and the paths by which others get in.

use serde_json::Value;

use super::{Manifest, Shipped};
use crate::reference::folder;

/// Keys that name what is loaded.
const ENTRIES: [&str; 8] =
    ["exports", "main", "module", "browser", "types", "typings", "bin", "style"];

/// What a package.json hands out; `ignored` is the text of the .npmignore beside it.
pub(crate) fn npm(manifest: &Manifest<'_>, json: &Value, ignored: Option<&str>) -> Shipped {
    let mut found = Shipped::new();
    let mut open: Vec<(&str, &Value)> =
        ENTRIES.iter().filter_map(|key| Some((*key, json.get(key)?))).collect();
    while let Some((key, value)) = open.pop() {
        match value {
            Value::String(path) if !path.contains('*') => found.extend(manifest.one(key, path)),
            Value::String(path) => found.extend(manifest.one(key, starless(path))),
            Value::Array(values) => open.extend(values.iter().map(|value| (key, value))),
            Value::Object(values) => open.extend(values.values().map(|value| (key, value))),
            _ => {}
        }
    }
    // npm refuses to publish it, or it has nothing to be published as.
    let is_published = json.get("private") != Some(&Value::Bool(true))
        && json.get("name").is_some_and(Value::is_string)
        && json.get("version").is_some_and(Value::is_string);
    if !is_published {
        return found;
    }
    let listed = json.get("files").and_then(Value::as_array);
    let patterns: Vec<String> = match listed {
        Some(files) => files.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => {
            std::iter::once("**".to_owned()).chain(ignored.into_iter().flat_map(excluded)).collect()
        }
    };
    let key = if listed.is_some() { "files" } else { "name" };
    found.extend(manifest.shipped(key, ".", &patterns));
    found
}

/// The folder of `./dist/ee/*.js`.
fn starless(path: &str) -> &str {
    let before = path.split('*').next().unwrap_or_default();
    before.rfind('/').and_then(|slash| path.get(..slash)).unwrap_or_default()
}

/// The lines of an .npmignore.
fn excluded(text: &str) -> Vec<String> {
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = |line: &str| match line.strip_prefix('!') {
        Some(back) => vec![back.to_owned()],
        None if line.trim_end_matches('/').contains('/') => vec![format!("!{line}")],
        None => vec![format!("!{line}"), format!("!**/{line}")],
    };
    lines.flat_map(line).collect()
}

/// Where the .npmignore of a manifest stands.
pub(crate) fn ignore_file(manifest: &camino::Utf8Path) -> camino::Utf8PathBuf {
    kernel::below(folder(manifest), ".npmignore")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Files;

    fn found(json: &str, ignored: Option<&str>) -> Vec<String> {
        let files = Files::of(["p/src/a.ts", "p/src/ee/b.ts", "p/package.json", "q/c.ts"]);
        let manifest = Manifest { path: "p/package.json".into(), text: json, files: &files };
        let json = serde_json::from_str(json).unwrap();
        let shipped = npm(&manifest, &json, ignored).into_iter();
        let mut found: Vec<String> =
            shipped.flat_map(|(_, to)| to).map(camino::Utf8PathBuf::into_string).collect();
        found.retain(|path| path.contains("ee"));
        found
    }

    #[test]
    fn what_is_published_is_found() {
        let named = "\"name\": \"p\", \"version\": \"1.0.0\"";
        let of = |rest: &str| found(&format!("{{{named}{rest}}}"), None);
        assert_eq!(of(""), ["p/src/ee/b.ts"]);
        assert_eq!(of(", \"files\": [\"src\"]"), ["p/src/ee/b.ts"]);
        assert_eq!(of(", \"files\": [\"src/**/*.ts\", \"!src/ee\"]"), [""; 0]);
        assert_eq!(of(", \"files\": [\"dist\"]"), [""; 0]);
        assert_eq!(of(", \"private\": true"), [""; 0]);
        assert_eq!(found("{}", None), [""; 0]);
        assert_eq!(found(&format!("{{{named}}}"), Some("# c\nee/\n")), [""; 0]);
        let exports =
            ", \"private\": true, \"exports\": {\"./e\": {\"import\": \"./dist/ee/b.js\"}}";
        assert_eq!(of(exports), ["p/dist/ee/b.js", "p/src/ee/b.js"]);
    }
}
