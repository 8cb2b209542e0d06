//! What a wheel or source archive holds, as setuptools, poetry, hatch and pdm
//! are told in pyproject.toml, and by MANIFEST.in.

use toml::{Table, Value};

use super::{Manifest, Shipped};
use crate::reference::{Kind, Reference, folder, join};

/// What a pyproject.toml puts into a package.
pub(crate) fn pyproject(manifest: &Manifest<'_>, table: &Table) -> Shipped {
    let Some(tool) = table.get("tool").and_then(Value::as_table) else { return Shipped::new() };
    let get = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(tool.get(*first)?, |value, key| value.get(*key))
    };
    let mut found = Shipped::new();
    if let Some(setuptools) = get(&["setuptools"]) {
        found.extend(self::setuptools(manifest, setuptools));
    }
    if let Some(poetry) = get(&["poetry"]) {
        let excluded = strings(poetry.get("exclude")).into_iter().map(|it| format!("!{it}"));
        let excluded: Vec<String> = excluded.collect();
        for entry in list(poetry.get("packages")).iter().chain(list(poetry.get("include"))) {
            let include = entry.get("include").and_then(Value::as_str).or_else(|| entry.as_str());
            let from = entry.get("from").and_then(Value::as_str).unwrap_or(".");
            if let Some(include) = include {
                let patterns: Vec<String> =
                    std::iter::once(include.to_owned()).chain(excluded.iter().cloned()).collect();
                found.extend(manifest.shipped(include, from, &patterns));
            }
        }
    }
    for build in [
        get(&["hatch", "build"]),
        get(&["hatch", "build", "targets", "wheel"]),
        get(&["hatch", "build", "targets", "sdist"]),
        get(&["pdm", "build"]),
    ] {
        found.extend(build.into_iter().flat_map(|build| hatch(manifest, build)));
    }
    found
}

fn setuptools(manifest: &Manifest<'_>, table: &Value) -> Shipped {
    let mut found = Shipped::new();
    let root = table.get("package-dir").and_then(|dirs| dirs.get("")).and_then(Value::as_str);
    match table.get("packages") {
        Some(Value::Array(packages)) => {
            for name in packages.iter().filter_map(Value::as_str) {
                let pattern = [format!("{}/*.*", name.replace('.', "/"))];
                let shipped = manifest.shipped(name, root.unwrap_or("."), &pattern);
                found.extend(shipped);
            }
        }
        Some(Value::Table(packages)) => {
            let Some(find) = packages.get("find") else { return found };
            let places = match strings(find.get("where")) {
                places if places.is_empty() => vec!["."],
                places => places,
            };
            // Names with dots: `ee*` is `ee`, `ee.app` and `eel`.
            let slashed = |names: Vec<&str>, mark: &str| -> Vec<String> {
                let path = |name: &str| match name.strip_suffix('*') {
                    Some(stem) if !stem.ends_with('.') && !stem.is_empty() => {
                        let stem = stem.replace('.', "/");
                        vec![format!("{mark}{stem}*"), format!("{mark}{stem}*/**")]
                    }
                    Some(stem) => vec![format!("{mark}{}**", stem.replace('.', "/"))],
                    None => vec![format!("{mark}{}/*.*", name.replace('.', "/"))],
                };
                names.into_iter().flat_map(path).collect()
            };
            let mut patterns = match strings(find.get("include")) {
                include if include.is_empty() => vec!["**".to_owned()],
                include => slashed(include, ""),
            };
            patterns.extend(slashed(strings(find.get("exclude")), "!"));
            for place in places {
                found.extend(manifest.shipped("packages.find", place, &patterns));
            }
        }
        _ => {}
    }
    found
}

fn hatch(manifest: &Manifest<'_>, build: &Value) -> Shipped {
    let excluded: Vec<String> = ["exclude", "excludes"]
        .iter()
        .flat_map(|key| strings(build.get(*key)))
        .map(|it| format!("!{it}"))
        .collect();
    let mut found = Shipped::new();
    for key in ["packages", "include", "only-include", "includes"] {
        let named = strings(build.get(key));
        if !named.is_empty() {
            let patterns = named.into_iter().map(str::to_owned).chain(excluded.iter().cloned());
            found.extend(manifest.shipped(key, ".", &patterns.collect::<Vec<_>>()));
        }
    }
    let forced = build.get("force-include").and_then(Value::as_table);
    for from in forced.into_iter().flatten().map(|(from, _)| from) {
        found.extend(manifest.one("force-include", from));
    }
    found
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

/// `include`, `recursive-include` and `graft` of a MANIFEST.in.
pub(crate) fn manifest_in(manifest: &Manifest<'_>) -> Shipped {
    let mut found = Shipped::new();
    let mut at = 0;
    for line in manifest.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let mut words = line.split_whitespace();
        let named: Vec<&str> = match words.next() {
            Some("include") => words.collect(),
            Some("recursive-include" | "graft") => words.take(1).collect(),
            _ => continue,
        };
        for name in named.into_iter().filter(|name| !name.starts_with('*')) {
            let Some(to) = join(folder(manifest.path), name) else { continue };
            let from = start + line.find(name).unwrap_or_default();
            let (specifier, span) = (name.to_owned(), from..from + name.len());
            found.push((Reference { kind: Kind::Ship, specifier, span }, vec![to]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Files;

    fn found(text: &str) -> Vec<String> {
        let files =
            Files::of(["app/a.py", "ee/b.py", "ee/app/c.py", "src/ee/d.py", "src/app/e.py"]);
        let manifest = Manifest { path: "pyproject.toml".into(), text, files: &files };
        let shipped = pyproject(&manifest, &text.parse().unwrap()).into_iter();
        let mut found: Vec<String> =
            shipped.flat_map(|(_, to)| to).map(camino::Utf8PathBuf::into_string).collect();
        found.retain(|path| path.contains("ee"));
        found
    }

    #[test]
    fn what_a_wheel_holds_is_found() {
        for (text, expected) in [
            ("[tool.setuptools]\npackages = ['app', 'ee']", vec!["ee/b.py"]),
            ("[tool.setuptools.packages.find]\ninclude = ['ee*']", vec!["ee/app/c.py", "ee/b.py"]),
            ("[tool.setuptools.packages.find]\nexclude = ['ee*', 'src*']", vec![]),
            ("[tool.setuptools.packages.find]\nwhere = ['src']", vec!["src/ee/d.py"]),
            ("[tool.poetry]\npackages = [{ include = 'ee', from = 'src' }]", vec!["src/ee/d.py"]),
            (
                "[tool.poetry]\npackages = [{ include = 'app' }]\ninclude = ['ee/*.py']",
                vec!["ee/b.py"],
            ),
            ("[tool.hatch.build.targets.wheel]\npackages = ['app']", vec![]),
            ("[tool.hatch.build.targets.wheel]\npackages = ['src']\nexclude = ['src/ee']", vec![]),
            (
                "[tool.hatch.build.targets.wheel.force-include]\n'ee/b.py' = 'x.py'",
                vec!["ee/b.py", "ee/b.py"],
            ),
            ("[project]\nname = 'ee'", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn a_manifest_in_names_folders() {
        let files = Files::default();
        let text = "include LICENSE\ngraft ee/data\nprune ee\nrecursive-include ee *.py\n";
        let found = manifest_in(&Manifest { path: "MANIFEST.in".into(), text, files: &files });
        let found: Vec<&str> = found.iter().map(|(_, to)| to[0].as_str()).collect();
        assert_eq!(found, ["LICENSE", "ee/data", "ee"]);
    }
}
