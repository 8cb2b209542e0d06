//! `pyproject.toml`: the tables of the standard, and those of uv, pdm, hatch
//! and poetry.
//!
//! Source: packaging.python.org, pyproject.toml specification and dependency
//! groups; the tools' own references.

use std::collections::HashMap;
use std::ops::Range;

use toml::de::DeTable;

use super::tables::{self, Value};
use super::{Hold, Manifest, Role, address, pep508, poetry};

pub(super) fn read(table: &DeTable<'_>) -> Manifest {
    let mut read = Read { manifest: Manifest::default(), sources: HashMap::new(), own: None };
    let project = |key: &str| tables::table(table, &["project"]).and_then(|it| it.get(key));
    read.own = project("name").and_then(|name| name.get_ref().as_str()).map(plain);
    for (name, source) in tables::entries(table, &["tool", "uv", "sources"]) {
        let hold = read.source(name, source);
        read.sources.insert(plain(name), hold);
    }
    project("dependencies").into_iter().for_each(|list| read.list(list));
    for path in [
        ["project", "optional-dependencies"].as_slice(),
        &["dependency-groups"],
        &["tool", "pdm", "dev-dependencies"],
    ] {
        tables::entries(table, path).for_each(|(_, list)| read.list(list));
    }
    for (_, environment) in tables::entries(table, &["tool", "hatch", "envs"]) {
        let keys = ["dependencies", "extra-dependencies"];
        let environment = environment.get_ref().as_table();
        let lists = keys.iter().filter_map(|key| environment?.get(*key));
        lists.for_each(|list| read.list(list));
    }
    let uv = tables::table(table, &["tool", "uv"]);
    let lists = uv.and_then(|uv| uv.get("dev-dependencies"));
    lists.into_iter().for_each(|list| read.list(list));
    poetry::read(table, &mut read.manifest);
    let role = role(table);
    // What builds a package is in no lock file, and is read after that.
    read.manifest = std::mem::take(&mut read.manifest).with_role(role);
    let build = tables::table(table, &["build-system"]).and_then(|it| it.get("requires"));
    build.into_iter().for_each(|list| read.list(list));
    read.manifest
}

/// A name as PEP 503 compares it.
fn plain(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// What says that nobody is to publish it makes it an application, as does that
/// nothing in it is there for publishing: no build system and no classifiers.
fn role(table: &DeTable<'_>) -> Role {
    let tool = |tool: &str, key: &str| {
        let value = tables::table(table, &["tool", tool])?.get(key)?;
        value.get_ref().as_bool()
    };
    let classifiers = tables::table(table, &["project"]).and_then(|it| it.get("classifiers"));
    let mut classifiers = classifiers.into_iter().flat_map(tables::texts).peekable();
    let has_classifiers = classifiers.peek().is_some();
    let is_private = classifiers.any(|(text, _)| text.starts_with("Private ::"));
    let is_package = (has_classifiers || table.contains_key("build-system"))
        && tool("uv", "package") != Some(false)
        && tool("poetry", "package-mode") != Some(false);
    if is_package && !is_private { Role::Library } else { Role::Application }
}

struct Read {
    manifest: Manifest,
    /// What uv takes from elsewhere than the index.
    sources: HashMap<String, Option<Hold>>,
    own: Option<String>,
}

impl Read {
    fn list(&mut self, list: &Value<'_>) {
        let texts: Vec<(&str, Range<usize>)> = tables::texts(list).collect();
        for (text, span) in texts {
            let Some((name, hold)) = pep508::read(text) else { continue };
            let key = plain(name);
            // `name[extra]` of itself.
            if self.own.as_ref() == Some(&key) {
                continue;
            }
            let hold = self.sources.get(&key).copied().flatten().unwrap_or(hold);
            self.manifest.add(name, text, span, hold);
        }
    }

    /// What a source of uv makes of a dependency. A branch is told where it
    /// stands, not where the dependency does.
    fn source(&mut self, name: &str, source: &Value<'_>) -> Option<Hold> {
        let many = source.get_ref().as_array().into_iter().flat_map(|list| list.iter());
        let mut hold = Hold::Local;
        for source in many.chain(source.get_ref().as_table().map(|_| source)) {
            if let Some((url, span)) = tables::text(source, "git") {
                let commit = tables::text(source, "rev");
                let moving = tables::text(source, "branch").or(tables::text(source, "tag"));
                let own = address::git(commit.as_ref().map(|(text, _)| *text));
                let (text, span) = commit.or(moving).unwrap_or((url, span));
                self.manifest.add(name, text, span, own);
                hold = Hold::Elsewhere;
            } else if let Some((url, span)) = tables::text(source, "url") {
                self.manifest.add(name, url, span, address::file(url));
                hold = Hold::Elsewhere;
            } else if tables::has(source, "index") {
                // Another index, by the same bounds.
                return None;
            }
        }
        Some(hold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Kind, tests};

    fn lines(source: &str) -> Vec<String> {
        tests::lines(source, Kind::Pyproject)
    }

    #[test]
    fn every_table_is_read() {
        let source = "[build-system]\nrequires = ['hatchling']\n[project]\nname = 'Own_x'\n\
            dependencies = [\n  'a>=1', # c\n  \"b==2\",\n  'own-x[all]',\n]\n\
            [project.optional-dependencies]\nx = ['c']\n[dependency-groups]\ndev = ['d~=1', {include-group = 'x'}]\n\
            [tool.uv]\ndev-dependencies = ['e==1']\n[tool.pdm.dev-dependencies]\ny = ['f<2']\n\
            [tool.hatch.envs.z]\ndependencies = ['g']\n";
        let found = [
            "a a>=1 Range",
            "b b==2 Exact",
            "c c Any",
            "d d~=1 Range",
            "f f<2 Range",
            "g g Any",
            "e e==1 Exact",
            "hatchling hatchling Any",
        ];
        assert_eq!(lines(source), found);
        assert!(lines("").is_empty());
    }

    #[test]
    fn sources_of_uv_answer() {
        let source = "\u{feff}[project]\ndependencies = ['a', 'B_b', 'c>=1', 'd']\n[tool.uv.sources]\n\
            a = {workspace = true}\nb-b = {git = 'https://e.org/b', branch = 'main'}\n\
            c = [{index = 'x'}]\nd = {git = 'https://e.org/d', rev = 'abc1234'}\n";
        assert_eq!(
            lines(source),
            [
                "b-b main Branch",
                "d abc1234 Exact",
                "a a Local",
                "B_b B_b Elsewhere",
                "c c>=1 Range",
                "d d Elsewhere"
            ]
        );
    }

    #[test]
    fn packages_are_libraries() {
        let with = |more: &str| {
            let source = format!("[project]\nname = 'x'\ndependencies = ['a']\n{more}");
            tests::role(&source, Kind::Pyproject)
        };
        assert_eq!(with(""), Role::Application);
        assert_eq!(with("[build-system]\nrequires = []"), Role::Library);
        assert_eq!(with("classifiers = ['Topic :: Utilities']"), Role::Library);
        assert_eq!(with("[build-system]\n[tool.uv]\npackage = false"), Role::Application);
        assert_eq!(
            with("classifiers = ['Private :: Do Not Upload']\n[build-system]"),
            Role::Application
        );
        let build = "[build-system]\nrequires = ['setuptools']";
        assert_eq!(tests::role(build, Kind::Pyproject), Role::Complete);
    }
}
