//! The lock file of a manifest: beside it, or at the root of the workspace that
//! the manifest is a member of.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Globs, Tree, below};

use super::{Kind, tables};
use crate::yaml::{Node, Yaml};

/// Lock files of Python's package managers.
const PYTHON: &[&str] =
    &["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "pixi.lock", "Pipfile.lock"];

/// Any of these is the lock file of `kind`.
const fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Npm | Kind::Pnpm => &[
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
            "bun.lockb",
            "deno.lock",
        ],
        Kind::Pyproject | Kind::Requirements => PYTHON,
        Kind::Pipfile => &["Pipfile.lock"],
        Kind::Cargo => &["Cargo.lock"],
        Kind::Go => &["go.sum"],
        Kind::Gemfile => &["Gemfile.lock", "gems.locked"],
        Kind::Composer => &["composer.lock"],
        Kind::Chart => &["Chart.lock", "requirements.lock"],
    }
}

/// Whether `name` is a lock file, in which nothing is judged.
pub(crate) fn is_lock(name: &str) -> bool {
    const KINDS: &[Kind] = &[
        Kind::Npm,
        Kind::Pyproject,
        Kind::Cargo,
        Kind::Go,
        Kind::Gemfile,
        Kind::Composer,
        Kind::Chart,
    ];
    KINDS.iter().any(|kind| names(*kind).contains(&name))
}

/// What would make one, for messages.
pub(crate) const fn how(kind: Kind) -> &'static str {
    match kind {
        Kind::Npm | Kind::Pnpm => {
            "commit what your package manager writes: package-lock.json (npm install --package-lock-only), yarn.lock, pnpm-lock.yaml, bun.lock"
        }
        Kind::Pyproject => {
            "commit uv.lock (uv lock), poetry.lock, pdm.lock, pylock.toml, or a list with hashes beside it (pip-compile --generate-hashes)"
        }
        Kind::Requirements => {
            "write every line with == and --hash: pip-compile --generate-hashes, or uv pip compile --generate-hashes"
        }
        Kind::Pipfile => "commit Pipfile.lock (pipenv lock)",
        Kind::Cargo => "commit Cargo.lock (cargo generate-lockfile)",
        Kind::Go => "commit go.sum (go mod tidy)",
        Kind::Gemfile => "commit Gemfile.lock (bundle lock)",
        Kind::Composer => "commit composer.lock (composer update --lock)",
        Kind::Chart => "commit Chart.lock (helm dependency update), or name every version exactly",
    }
}

/// Where lock files are in a tree, asked for manifest after manifest.
pub(crate) struct Locks<'t> {
    tree: &'t Tree,
    /// What each folder says of its members; none where it is no workspace.
    members: BTreeMap<(Kind, Utf8PathBuf), Option<Globs>>,
    /// Folders with a list of Python's that has hashes; read when first asked.
    hashed: Option<Vec<Utf8PathBuf>>,
}

impl<'t> Locks<'t> {
    pub(crate) fn of(tree: &'t Tree) -> Locks<'t> {
        Locks { tree, members: BTreeMap::new(), hashed: None }
    }

    /// The folder in which a lock file is missing for the manifest of `kind` in
    /// `folder`; none if there is one.
    pub(crate) fn missing(&mut self, kind: Kind, folder: &Utf8Path) -> Option<Utf8PathBuf> {
        if self.is_locked(kind, folder) {
            return None;
        }
        let root = self.root(kind, folder);
        let is_locked = root != folder && self.is_locked(kind, &root);
        (!is_locked).then_some(root)
    }

    /// Whether a package of cargo in `folder` is run and not only built upon.
    pub(crate) fn has_binary(&self, folder: &Utf8Path) -> bool {
        self.tree.find(&below(folder, "src/main.rs")).is_some()
    }

    fn is_locked(&mut self, kind: Kind, folder: &Utf8Path) -> bool {
        let has = |name: &&str| self.tree.find(&below(folder, name)).is_some();
        names(kind).iter().any(has)
            || (matches!(kind, Kind::Pyproject | Kind::Requirements) && self.is_hashed(folder))
    }

    fn is_hashed(&mut self, folder: &Utf8Path) -> bool {
        let tree = self.tree;
        let hashed = self.hashed.get_or_insert_with(|| {
            let Ok(lists) = Globs::new(["**/*requirements*.{txt,lock}"]) else { return Vec::new() };
            let lists = tree.list(&lists).into_iter().filter_map(|entry| {
                let file = tree.read_entry(&entry).ok()?;
                let is_hashed = file.text().is_some_and(|text| text.contains("--hash="));
                is_hashed.then(|| entry.path.parent().unwrap_or("".into()).to_owned())
            });
            lists.collect()
        });
        hashed.iter().any(|known| known == folder)
    }

    /// The nearest folder at or above `folder` whose workspace it is in.
    pub(crate) fn root(&mut self, kind: Kind, folder: &Utf8Path) -> Utf8PathBuf {
        for above in folder.ancestors() {
            let Some(members) = self.members(kind, above) else { continue };
            let own = folder.strip_prefix(above).unwrap_or(folder);
            if above == folder || members.matches(own) {
                return above.to_owned();
            }
        }
        folder.to_owned()
    }

    fn members(&mut self, kind: Kind, folder: &Utf8Path) -> Option<&Globs> {
        let key = (kind, folder.to_owned());
        let tree = self.tree;
        let members = self.members.entry(key).or_insert_with(|| {
            let read = |name: &str| {
                let file = tree.read(&below(folder, name)).ok()?;
                file.text().map(str::to_owned)
            };
            let patterns = match kind {
                Kind::Npm => npm(&read),
                Kind::Cargo => cargo(&read("Cargo.toml")?),
                Kind::Pyproject => uv(&read("pyproject.toml")?),
                _ => None,
            }?;
            // What is no pattern covers nothing.
            let patterns = patterns.iter().filter(|it| Globs::new([it]).is_ok());
            Globs::new(patterns).ok()
        });
        members.as_ref()
    }
}

/// `packages/*`, `./packages/*/`, `!**/test`.
fn pattern(text: &str) -> String {
    let (not, text) = text.strip_prefix('!').map_or(("", text), |text| ("!", text));
    format!("{not}{}", text.trim_start_matches("./").trim_end_matches('/'))
}

fn npm(read: &dyn Fn(&str) -> Option<String>) -> Option<Vec<String>> {
    let mut patterns: Option<Vec<String>> = None;
    for (name, keys) in [
        ("pnpm-workspace.yaml", ["packages"].as_slice()),
        ("package.json", &["workspaces"]),
        ("lerna.json", &["packages"]),
    ] {
        let Some(text) = read(name) else { continue };
        let text = super::json(&text).ok()?;
        let Ok(yaml) = Yaml::parse(&text) else { continue };
        for root in yaml.documents() {
            for list in keys.iter().flat_map(|key| root.values(key)) {
                let many = list.items().chain(list.values("packages").flat_map(Node::items));
                let found = many.filter_map(|item| Some(pattern(item.scalar()?)));
                patterns.get_or_insert_default().extend(found);
            }
        }
    }
    patterns
}

/// Cargo takes no package below a workspace that is neither its member nor left
/// out by name.
fn cargo(text: &str) -> Option<Vec<String>> {
    let table = tables::read(text).ok()?;
    let workspace = table.get("workspace")?.get_ref().as_table()?;
    let left_out = workspace.get("exclude").into_iter().flat_map(tables::texts);
    let left_out = left_out.flat_map(|(text, _)| {
        let text = pattern(text);
        [format!("!{text}"), format!("!{text}/**")]
    });
    Some(std::iter::once("**".to_owned()).chain(left_out).collect())
}

fn uv(text: &str) -> Option<Vec<String>> {
    let table = tables::read(text).ok()?;
    let workspace = tables::table(&table, &["tool", "uv", "workspace"])?;
    let texts = |key: &str| workspace.get(key).into_iter().flat_map(tables::texts);
    let members = texts("members").map(|(text, _)| pattern(text));
    Some(members.chain(texts("exclude").map(|(text, _)| format!("!{}", pattern(text)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(kind: Kind, folder: &str, files: &[(&str, &str)]) -> Option<String> {
        let tree = Tree::literal(files.iter().copied());
        Locks::of(&tree).missing(kind, folder.into()).map(Utf8PathBuf::into_string)
    }

    #[test]
    fn beside_it_or_at_the_root_of_its_workspace() {
        let root =
            ("package.json", "{\"workspaces\": {\"packages\": [\"./apps/*/\", \"!apps/b\"]}}");
        let lock = ("yarn.lock", "");
        assert_eq!(missing(Kind::Npm, "apps/a", &[root, lock]), None);
        assert_eq!(missing(Kind::Npm, "apps/b", &[root, lock]), Some("apps/b".into()));
        assert_eq!(missing(Kind::Npm, "other", &[root, lock]), Some("other".into()));
        assert_eq!(missing(Kind::Npm, "other", &[root, lock, ("other/bun.lock", "")]), None);
        assert_eq!(missing(Kind::Npm, "apps/a", &[root]), Some(String::new()));
        assert_eq!(missing(Kind::Npm, "", &[root]), Some(String::new()));
        let pnpm = ("pnpm-workspace.yaml", "packages:\n  - apps/**\n");
        assert_eq!(missing(Kind::Npm, "apps/a/b", &[pnpm, ("pnpm-lock.yaml", "")]), None);
    }

    #[test]
    fn workspaces_of_cargo_and_uv() {
        let cargo = ("Cargo.toml", "[workspace]\nmembers = ['a']\nexclude = ['fuzz']\n");
        let lock = ("Cargo.lock", "");
        assert_eq!(missing(Kind::Cargo, "x/y", &[cargo, lock]), None);
        assert_eq!(missing(Kind::Cargo, "fuzz/z", &[cargo, lock]), Some("fuzz/z".into()));
        let own = ("b/Cargo.toml", "[workspace]\n");
        assert_eq!(missing(Kind::Cargo, "b", &[cargo, lock, own]), Some("b".into()));
        let uv = ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['p/*']\nexclude = ['p/b']\n");
        let lock = ("uv.lock", "");
        assert_eq!(missing(Kind::Pyproject, "p/a", &[uv, lock]), None);
        assert_eq!(missing(Kind::Pyproject, "p/b", &[uv, lock]), Some("p/b".into()));
    }

    #[test]
    fn a_list_with_hashes_is_a_lock() {
        let hashed = ("a/requirements-dev.lock", "x==1 --hash=sha256:0\n");
        assert_eq!(missing(Kind::Pyproject, "a", &[hashed]), None);
        assert_eq!(missing(Kind::Pyproject, "b", &[hashed]), Some("b".into()));
        let bare = ("a/requirements.txt", "x==1\n");
        assert_eq!(missing(Kind::Pyproject, "a", &[bare]), Some("a".into()));
    }

    #[test]
    fn what_cannot_be_read_is_no_workspace() {
        for (kind, name) in [(Kind::Npm, "package.json"), (Kind::Cargo, "Cargo.toml")] {
            assert_eq!(missing(kind, "a", &[(name, "{[")]), Some("a".into()));
        }
        let odd = ("package.json", "{\"workspaces\": [\"{a\", \"\", \"b\"]}");
        assert_eq!(missing(Kind::Npm, "b", &[odd, ("yarn.lock", "")]), None);
    }
}
