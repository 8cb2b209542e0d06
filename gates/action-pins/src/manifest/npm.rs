//! `package.json`, as npm, yarn, pnpm and bun read it.
//!
//! `peerDependencies` are ranges by nature: they say what a package gets along
//! with, not what is taken. `overrides` and `resolutions` change what the lock
//! file holds and are not read.
//!
//! Source: docs.npmjs.com/cli, package.json; the protocols of yarn and pnpm.

use super::{Hold, Manifest, Role, address, is_semver};
use crate::yaml::{Node, Yaml};

const TABLES: &[&str] = &["dependencies", "devDependencies", "optionalDependencies"];

/// Protocols for folders of this repository.
const LOCAL: &[&str] = &["workspace:", "file:", "link:", "portal:", "./", "../", "/", "~/"];

/// Protocols of git and the shorthands of forges.
const GIT: &[&str] = &["git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:"];

pub(super) fn read(yaml: &Yaml<'_>) -> Manifest {
    let mut manifest = Manifest::default();
    let Some(root) = yaml.documents().next() else { return manifest };
    for table in TABLES {
        root.values(table).for_each(|table| entries(&mut manifest, table));
    }
    let scalar = |key: &str| root.values(key).find_map(Node::scalar);
    let is_private = scalar("private") == Some("true");
    manifest.name = scalar("name").map(str::to_owned);
    let has_name = scalar("name").is_some() && scalar("version").is_some();
    // bun keeps its catalogs here.
    for workspaces in root.values("workspaces") {
        workspaces.values("catalog").for_each(|table| entries(&mut manifest, table));
        for (_, table) in workspaces.values("catalogs").flat_map(Node::entries) {
            entries(&mut manifest, table);
        }
    }
    manifest.with_role(match has_name && !is_private {
        true => Role::Library,
        false => Role::Application,
    })
}

/// The dependencies of one table: `name: what is asked for`.
pub(super) fn entries(manifest: &mut Manifest, table: Node<'_>) {
    for (name, asked) in table.entries() {
        let name = name.scalar().unwrap_or_default();
        let Some(text) = asked.scalar() else { continue };
        manifest.add(name, text, asked.span(), hold(text));
    }
}

/// What holds a package of which `text` is asked for.
pub(super) fn hold(text: &str) -> Hold {
    let text = text.trim();
    if let Some(alias) = text.strip_prefix("npm:").or(text.strip_prefix("jsr:")) {
        // `npm:name@1.2.3`, `npm:@scope/name@1.2.3`, `npm:1.2.3`.
        let scope = usize::from(alias.starts_with('@'));
        let version = match alias.get(scope..).and_then(|rest| rest.split_once('@')) {
            Some((_, version)) => version,
            None if alias.starts_with(|c: char| c.is_ascii_digit() || "^~<>=*".contains(c)) => {
                alias
            }
            None => "",
        };
        return of_version(version);
    }
    let starts = |list: &[&str]| list.iter().any(|start| text.starts_with(start));
    if starts(LOCAL) {
        return Hold::Local;
    }
    // A patch lies in this repository, on a version that the lock file holds.
    if starts(&["catalog:", "patch:", "exec:"]) {
        return Hold::Elsewhere;
    }
    let (before, revision) = match text.split_once('#') {
        Some((before, revision)) => (before, Some(revision)),
        None => (text, None),
    };
    if starts(GIT) || before.ends_with(".git") {
        return address::git(revision);
    }
    if let Some((_, rest)) = before.split_once("://") {
        // The address of a repository, by which npm means git.
        let is_repository = rest.starts_with("github.com/") && rest.split('/').count() == 3;
        return if is_repository { address::git(revision) } else { address::file(before) };
    }
    let is_shorthand = before.split('/').count() == 2
        && !before.starts_with('@')
        && before.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if is_shorthand {
        return address::git(revision);
    }
    of_version(text)
}

fn of_version(text: &str) -> Hold {
    let bare = text.trim_start_matches('=').trim_start();
    let bare = bare.strip_prefix('v').unwrap_or(bare);
    if is_semver(bare) {
        return Hold::Exact;
    }
    if matches!(text, "" | "*" | "x" | "X" | ">=0" | ">=0.0.0") {
        return Hold::Any;
    }
    let is_bounds = text.starts_with(|c: char| c.is_ascii_digit() || "^~<>=*vxX".contains(c));
    let has_number = text.contains(|c: char| c.is_ascii_digit());
    if is_bounds && has_number { Hold::Range } else { Hold::Name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Kind, tests};

    #[test]
    fn what_is_asked_for_is_told_apart() {
        let sha = "0123456789012345678901234567890123456789";
        for (text, expected) in [
            ("1.2.3", Hold::Exact),
            ("=v1.2.3-rc.1+b", Hold::Exact),
            ("npm:@a/b@1.2.3", Hold::Exact),
            ("npm:b@^1", Hold::Range),
            ("npm:b", Hold::Any),
            ("^1.2.3", Hold::Range),
            ("1", Hold::Range),
            ("1.x", Hold::Range),
            ("1.2.3 - 2.0.0", Hold::Range),
            ("1.2.3 || 2.0.0", Hold::Range),
            (">= 1", Hold::Range),
            ("", Hold::Any),
            ("*", Hold::Any),
            ("latest", Hold::Name),
            ("next-14", Hold::Name),
            ("workspace:^", Hold::Local),
            ("file:../a", Hold::Local),
            ("catalog:", Hold::Elsewhere),
            ("patch:a@npm%3A1.2.3#./x.patch", Hold::Elsewhere),
            ("a/b", Hold::Branch),
            ("github:a/b#v1.2.3", Hold::Branch),
            ("git+https://e.org/a.git#semver:^1", Hold::Branch),
            ("https://github.com/a/b", Hold::Branch),
            ("https://github.com/a/b.git", Hold::Branch),
            ("https://e.org/a-1.2.3.tgz", Hold::Exact),
        ] {
            assert_eq!(hold(text), expected, "{text}");
        }
        for address in ["a/b#", "git@e.org:a/b.git#", "git+ssh://git@e.org/a#", "github:a/b#"] {
            assert_eq!(hold(&format!("{address}{sha}")), Hold::Exact, "{address}");
        }
    }

    #[test]
    fn tables_are_read_and_peers_left() {
        let source = "{\"private\": true,\n\t\"dependencies\": {\"a\": \"^1\"},\n\t\"devDependencies\": {\"b\": \"1.2.3\"},
            \"optionalDependencies\": {\"c\": \"workspace:*\"}, \"peerDependencies\": {\"d\": \"*\"},
            \"workspaces\": {\"catalog\": {\"e\": \"2\"}}}";
        let found = ["a ^1 Range", "b 1.2.3 Exact", "c workspace:* Local", "e 2 Range"];
        assert_eq!(tests::lines(source, Kind::Npm), found);
    }

    #[test]
    fn what_can_be_published_is_a_library() {
        let with = |keys: &str| {
            tests::role(&format!("{{{keys} \"dependencies\": {{\"a\": \"1\"}}}}"), Kind::Npm)
        };
        assert_eq!(with(""), Role::Application);
        assert_eq!(with("\"name\": \"x\", \"version\": \"1.0.0\","), Role::Library);
        assert_eq!(
            with("\"name\": \"x\", \"version\": \"1.0.0\", \"private\": true,"),
            Role::Application
        );
        let local = "{\"dependencies\": {\"a\": \"file:../a\"}}";
        assert_eq!(tests::role(local, Kind::Npm), Role::Complete);
    }
}
