//! Next.js: the path of a route is that of its file.

use camino::Utf8Path;

use super::facts::Export;
use super::link::{Machine, Site, Value};
use crate::path::{Dialect, Path};
use crate::routes::{Found, METHODS, Route};

const EXTENSIONS: [&str; 6] = ["ts", "tsx", "js", "jsx", "mjs", "mts"];

/// Whether a file is a route by its name.
pub(super) fn is_route(path: &Utf8Path) -> bool {
    served(path).is_some()
}

/// Whether a file says under which path all of them are served.
pub(super) fn is_config(path: &Utf8Path) -> bool {
    path.file_stem() == Some("next.config")
}

/// Which folder a route file is served from, as the path to it and the rest.
struct Served<'p> {
    root: &'p str,
    segments: Vec<&'p str>,
    is_page: bool,
}

fn served(path: &Utf8Path) -> Option<Served<'_>> {
    if !EXTENSIONS.contains(&path.extension()?) {
        return None;
    }
    let stem = path.file_stem()?;
    let folders: Vec<&str> = path.parent()?.as_str().split('/').collect();
    let root_of = |at: usize| {
        let end: usize = folders.iter().take(at).map(|name| name.len() + 1).sum();
        path.as_str().get(..end).unwrap_or("").trim_end_matches("src/")
    };
    if stem == "route" {
        let at = folders.iter().position(|name| *name == "app")?;
        let segments = folders.get(at + 1..)?.to_vec();
        return Some(Served { root: root_of(at), segments, is_page: false });
    }
    let at = folders.windows(2).position(|pair| pair == ["pages", "api"])?;
    let mut segments = folders.get(at + 1..)?.to_vec();
    if stem != "index" {
        segments.push(stem);
    }
    Some(Served { root: root_of(at), segments, is_page: true })
}

/// The path that the segments are served under, and the same without what may be
/// left out; none where they are not served.
fn path_of(prefix: &str, served: &Served<'_>) -> Option<(String, Option<String>)> {
    let (mut path, mut short) = (prefix.to_owned(), None);
    for segment in &served.segments {
        let is_group = segment.starts_with('(') && segment.ends_with(')');
        if !served.is_page && (is_group || segment.starts_with('@')) {
            continue;
        }
        // Private folders, and routes that stand in for others.
        if !served.is_page && (segment.starts_with('_') || segment.starts_with("(.")) {
            return None;
        }
        let optional = segment.strip_prefix("[[...").and_then(|it| it.strip_suffix("]]"));
        let rest = segment.strip_prefix("[...").and_then(|it| it.strip_suffix(']'));
        let one = segment.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if optional.is_some() {
            short = Some(if path.is_empty() { "/".to_owned() } else { path.clone() });
        }
        path.push('/');
        match (optional.or(rest), one) {
            (Some(name), _) => path.push_str(&format!("{{{name}...}}")),
            (None, Some(name)) => path.push_str(&format!("{{{name}}}")),
            // `%5Ffolder` is `_folder`.
            (None, None) => path.push_str(&segment.replace("%5F", "_")),
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    Some((path, short))
}

/// Every route that the names and exports of files say.
pub(super) fn found(machine: &mut Machine<'_>) -> Found {
    let mut found = Found::default();
    let files = machine.files;
    let configs: Vec<(usize, &str)> = files
        .iter()
        .enumerate()
        .filter(|(_, (path, _))| is_config(path))
        .map(|(file, (path, _))| (file, path.parent().map_or("", Utf8Path::as_str)))
        .collect();
    for (file, (path, _)) in files.iter().enumerate() {
        let Some(served) = served(path) else { continue };
        let root = served.root.trim_end_matches('/');
        let config = configs.iter().find(|(_, folder)| *folder == root);
        let prefix = match config.map(|(config, _)| prefix_of(machine, *config)) {
            Some(Some(prefix)) => prefix,
            None => String::new(),
            // Told at the configuration, once.
            Some(None) => continue,
        };
        let Some((text, short)) = path_of(&prefix, &served) else { continue };
        for (method, site) in methods(machine, file, served.is_page, 0) {
            let (Some(path), Some(at)) = (Path::read(&text, Dialect::Any), machine.at(site)) else {
                machine.unresolved(site, "the names of its folders make no path");
                continue;
            };
            let also = short.as_deref().and_then(|short| Path::read(short, Dialect::Any));
            let router = Some(found.routes.len());
            found.routes.push(Route { method, path, also, at, router });
        }
    }
    found.unresolved = machine.untold();
    found
}

/// `basePath`; none where it is no constant, which is told there.
fn prefix_of(machine: &mut Machine<'_>, config: usize) -> Option<String> {
    let options = machine.exported_of(config, "default");
    match machine.field(&options, "basePath") {
        Value::Text(text) => Some(text.trim_end_matches('/').to_owned()),
        Value::Nothing => Some(String::new()),
        _ => {
            let (_, facts) = machine.files.get(config)?;
            let site = Site { file: config, number: 0 };
            match facts.entry("basePath") {
                None => return Some(String::new()),
                // A proxy's affair as much as the code's: told, and read as if it
                // were not set.
                Some(value) if facts.is_of_environment(value) => {
                    let why = "'basePath' comes from the environment; the paths below it are \
                               compared as if it were empty";
                    machine.unresolved(site, why);
                    return Some(String::new());
                }
                Some(_) => {}
            }
            let why = "'basePath' is not a constant, so no path below it can be told";
            machine.unresolved(site, why);
            None
        }
    }
}

/// The methods that a file exports, and where.
fn methods(
    machine: &Machine<'_>,
    file: usize,
    is_page: bool,
    depth: usize,
) -> Vec<(Option<String>, Site)> {
    let mut all = Vec::new();
    let Some((_, facts)) = machine.files.get(file) else { return all };
    for export in &facts.exports {
        let (name, number) = match export {
            Export::Value(name, _, site) | Export::From(_, _, name, site) => (name, *site),
            Export::All(module) => {
                if let Some(other) = machine.file_of(file, module).filter(|_| depth < 8) {
                    all.extend(methods(machine, other, is_page, depth + 1));
                }
                continue;
            }
        };
        let site = Site { file, number };
        match is_page {
            true if name == "default" => all.push((None, site)),
            false if METHODS.contains(&name.as_str()) => all.push((Some(name.clone()), site)),
            _ => {}
        }
    }
    // `module.exports = handler`
    let is_common = is_page && all.is_empty() && facts.exports.is_empty() && facts.has_common();
    if is_common {
        all.push((None, Site { file, number: 0 }));
    }
    all
}
