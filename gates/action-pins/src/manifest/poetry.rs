//! The tables of poetry in `pyproject.toml`, and a value of theirs, which a
//! `Pipfile` has, too.

use toml::de::DeTable;

use super::tables::{self, Value};
use super::{Hold, Manifest, address, pep508};

pub(super) fn read(table: &DeTable<'_>, manifest: &mut Manifest) {
    let mut entries = |path: &[&str]| {
        for (name, asked) in tables::entries(table, path) {
            // The machine's, not a package.
            if name != "python" {
                dependency(manifest, name, asked);
            }
        }
    };
    entries(&["tool", "poetry", "dependencies"]);
    entries(&["tool", "poetry", "dev-dependencies"]);
    for (group, _) in tables::entries(table, &["tool", "poetry", "group"]) {
        entries(&["tool", "poetry", "group", group, "dependencies"]);
    }
}

/// Adds `name = asked`: a version, a table, or a list of tables.
pub(super) fn dependency(manifest: &mut Manifest, name: &str, asked: &Value<'_>) {
    if let Some(text) = asked.get_ref().as_str() {
        return manifest.add(name, text, asked.span(), of_version(text));
    }
    if let Some(list) = asked.get_ref().as_array() {
        for asked in list.iter().filter(|it| it.get_ref().as_table().is_some()) {
            dependency(manifest, name, asked);
        }
        return;
    }
    if let Some((url, span)) = tables::text(asked, "git") {
        let commit = tables::text(asked, "rev").or(tables::text(asked, "ref"));
        let moving = tables::text(asked, "branch").or(tables::text(asked, "tag"));
        let hold = address::git(commit.as_ref().map(|(text, _)| *text));
        let (text, span) = commit.or(moving).unwrap_or((url, span));
        manifest.add(name, text, span, hold);
    } else if let Some((path, span)) = tables::text(asked, "path") {
        manifest.add(name, path, span, Hold::Local);
    } else if let Some((url, span)) = tables::text(asked, "url").or(tables::text(asked, "file")) {
        manifest.add(name, url, span, address::file(url));
    } else if let Some((text, span)) = tables::text(asked, "version") {
        manifest.add(name, text, span, of_version(text));
    }
}

/// A bare version is that version.
fn of_version(text: &str) -> Hold {
    let text = text.trim();
    let is_bare = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || ".+-!".contains(c));
    match text {
        "" | "*" => Hold::Any,
        _ if is_bare => Hold::Exact,
        _ if text.contains("||") => Hold::Range,
        _ => pep508::of_version(text),
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::{Kind, tests};

    #[test]
    fn values_are_told_apart() {
        let source = "[tool.poetry.dependencies]\npython = '^3'\na = '^1.2'\nb = '1.2.3'\nc = {version = '==1.2', extras = ['x']}\n\
            d = {git = 'https://e.org/d', branch = 'main'}\ne = {path = '../e', develop = true}\n\
            f = [{version = '*', python = '3'}, {version = '1.*'}]\n\
            [tool.poetry.group.x.dependencies]\ng = {git = 'https://e.org/g', rev = 'abc1234'}\nh = '>=1,<2'\n\
            [tool.poetry.dev-dependencies]\ni = {url = 'https://e.org/i.whl'}\n";
        let found = [
            "a ^1.2 Range",
            "b 1.2.3 Exact",
            "c ==1.2 Exact",
            "d main Branch",
            "e ../e Local",
            "f * Any",
            "f 1.* Range",
            "i https://e.org/i.whl Exact",
            "g abc1234 Exact",
            "h >=1,<2 Range",
        ];
        assert_eq!(tests::lines(source, Kind::Pyproject), found);
    }
}
