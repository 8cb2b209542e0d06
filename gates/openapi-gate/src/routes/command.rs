//! What `routes.command` prints: a line a route, `METHOD path` or
//! `{"method": …, "path": …, "source": …}`.

use camino::Utf8Path;
use kernel::{Location, Span, Tree};
use serde::Deserialize;

use super::{METHODS, Route};
use crate::path::{Dialect, Path};

#[derive(Deserialize)]
struct Line {
    method: String,
    path: String,
    source: Option<String>,
}

/// Reads the output; the first line that is no route is the error. A route
/// that does not say where it is registered stands at `elsewhere`.
pub(crate) fn read(stdout: &[u8], tree: &Tree, elsewhere: &Location) -> Result<Vec<Route>, String> {
    let text = std::str::from_utf8(stdout).map_err(|_| "its output is not UTF-8".to_owned())?;
    let mut routes = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let line = line.trim();
        let wrong = || {
            let shown: String = line.chars().filter(|c| !c.is_control()).take(80).collect();
            format!("line {} of its output, '{shown}', is no route", index + 1)
        };
        let read = match line.starts_with('{') {
            true => serde_json::from_str(line).map_err(|_| wrong())?,
            false => {
                let (method, path) = line.split_once(char::is_whitespace).ok_or_else(wrong)?;
                Line { method: method.to_owned(), path: path.trim().to_owned(), source: None }
            }
        };
        let method = match read.method.to_ascii_uppercase().as_str() {
            "ANY" | "*" => None,
            method if METHODS.contains(&method) => Some(method.to_owned()),
            _ => return Err(wrong()),
        };
        let path = Path::read(&read.path, Dialect::Any).ok_or_else(wrong)?;
        let at = read.source.as_deref().and_then(|source| place(source, tree));
        let at = at.unwrap_or_else(|| elsewhere.clone());
        routes.push(Route { method, path, also: None, at, router: None });
    }
    Ok(routes)
}

/// `path:line` of the tree.
fn place(source: &str, tree: &Tree) -> Option<Location> {
    let (path, line) = source.rsplit_once(':')?;
    let line = line.parse().ok()?;
    tree.find(Utf8Path::new(path))?;
    let span = Span { line, column: 1, end_line: line, end_column: 1 };
    Some(Location { path: path.into(), span: Some(span), commit: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(output: &str) -> Result<Vec<String>, String> {
        let tree = Tree::literal([("a.go", "x\ny\n")]);
        let elsewhere = Location::file(Utf8Path::new("spec.json"));
        let routes = read(output.as_bytes(), &tree, &elsewhere)?;
        let line = |at: &Location| at.span.map_or(0, |span| span.line);
        Ok(routes
            .iter()
            .map(|it| format!("{} {}:{}", it.shown(), it.at.path, line(&it.at)))
            .collect())
    }

    #[test]
    fn both_forms_are_read() {
        let output = "GET /a/:id\n\n{\"method\": \"post\", \"path\": \"/b\", \"source\": \"a.go:2\"}\nANY  /c/*\n";
        let expected = ["GET /a/:id spec.json:0", "POST /b a.go:2", "ANY /c/* spec.json:0"];
        assert_eq!(shown(output).unwrap(), expected);
    }

    #[test]
    fn what_is_no_route_is_told() {
        for output in ["starting…", "GET a", "FETCH /a", "{\"method\": 1}", "{", "GET"] {
            assert!(shown(output).unwrap_err().contains("line 1"), "{output}");
        }
    }
}
