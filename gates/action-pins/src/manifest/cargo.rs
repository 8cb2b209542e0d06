//! `Cargo.toml`. Bounds are cargo's way, `Cargo.lock` holds the version; what
//! no bound holds is `*` and a branch or tag of git.
//!
//! Source: doc.rust-lang.org/cargo, specifying dependencies.

use toml::de::DeTable;

use super::tables::{self, Value};
use super::{Hold, Manifest, Role, is_commit};

/// With the older spelling of two, which cargo still reads.
const TABLES: &[&str] = &[
    "dependencies",
    "dev-dependencies",
    "dev_dependencies",
    "build-dependencies",
    "build_dependencies",
];

pub(super) fn read(table: &DeTable<'_>) -> Manifest {
    let mut manifest = Manifest::default();
    let mut entries = |path: &[&str]| {
        for (name, asked) in tables::entries(table, path) {
            dependency(&mut manifest, name, asked);
        }
    };
    for name in TABLES {
        entries(&[name]);
        for (target, _) in tables::entries(table, &["target"]) {
            entries(&["target", target, name]);
        }
    }
    entries(&["workspace", "dependencies"]);
    entries(&["replace"]);
    for (registry, _) in tables::entries(table, &["patch"]) {
        entries(&["patch", registry]);
    }
    let role = match (table.contains_key("bin"), table.contains_key("package")) {
        (true, true) => Role::Application,
        (false, true) => Role::Package,
        // A workspace alone: its members tell.
        (_, false) => Role::Complete,
    };
    manifest.with_role(role)
}

fn dependency(manifest: &mut Manifest, name: &str, asked: &Value<'_>) {
    if let Some(text) = asked.get_ref().as_str() {
        return manifest.add(name, text, asked.span(), of_version(text));
    }
    if tables::is_true(asked, "workspace") {
        return manifest.add(name, "", asked.span(), Hold::Elsewhere);
    }
    if let Some((path, span)) = tables::text(asked, "path") {
        return manifest.add(name, path, span, Hold::Local);
    }
    if let Some((url, span)) = tables::text(asked, "git") {
        let commit = tables::text(asked, "rev");
        let is_commit = commit.as_ref().is_some_and(|(text, _)| is_commit(text));
        let moving = tables::text(asked, "branch").or(tables::text(asked, "tag"));
        let (text, span) = commit.or(moving).unwrap_or((url, span));
        let hold = if is_commit { Hold::Exact } else { Hold::Branch };
        return manifest.add(name, text, span, hold);
    }
    if let Some((text, span)) = tables::text(asked, "version") {
        manifest.add(name, text, span, of_version(text));
    }
}

fn of_version(text: &str) -> Hold {
    match text.trim() {
        "*" => Hold::Any,
        text if text.starts_with('=') => Hold::Exact,
        _ => Hold::Bounds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Kind, tests};

    #[test]
    fn git_and_stars_are_told_apart() {
        let source = "[package]\nname = 'x'\n[dependencies]\na = '1'\nb = '*'\nc = {git = 'https://e.org/c'}\n\
            d = {git = 'https://e.org/d', rev = 'abc1234'}\ne.workspace = true\nf = {path = '../f', version = '*'}\n\
            [target.'cfg(unix)'.dev-dependencies]\ng = {git = 'https://e.org/g', tag = 'v1'}\n\
            [workspace.dependencies]\nh = '=1.2.3'\n[patch.crates-io]\ni = {git = 'https://e.org/i', branch = 'x'}\n";
        let mut found = tests::lines(source, Kind::Cargo);
        found.sort();
        assert_eq!(
            found,
            [
                "a 1 Bounds",
                "b * Any",
                "c https://e.org/c Branch",
                "d abc1234 Exact",
                "e  Elsewhere",
                "f ../f Local",
                "g v1 Branch",
                "h =1.2.3 Exact",
                "i x Branch",
            ]
        );
    }

    #[test]
    fn a_binary_makes_an_application() {
        let with = |more: &str| {
            tests::role(
                &format!("[package]\nname = 'x'\n{more}\n[dependencies]\na = '1'"),
                Kind::Cargo,
            )
        };
        assert_eq!(with(""), Role::Package);
        assert_eq!(with("[[bin]]\nname = 'x'"), Role::Application);
        assert_eq!(tests::role("[workspace.dependencies]\na = '1'", Kind::Cargo), Role::Complete);
        let older = "[dev_dependencies]\na = '*'\n[build_dependencies]\nb = '*'\n[replace]\n'c:1.0.0' = {git = 'https://e.org/c'}\n";
        assert_eq!(
            tests::lines(older, Kind::Cargo),
            ["a * Any", "b * Any", "c:1.0.0 https://e.org/c Branch"]
        );
    }
}
