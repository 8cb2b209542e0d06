//! `.github/workflows/actions.lock`: GitHub's own lock file. A workflow that it
//! lists runs the commits that it gives, whatever the tags have become.
//!
//! ```text
//! version: 'v0.0.2'
//! workflows:
//!     '.github/workflows/ci.yml':
//!         - 'actions/checkout@v6.1.0'
//! dependencies:
//!     'actions/checkout@v6.1.0':
//!         ref: 'v6.1.0'
//!         commit: 'sha1-<40 hex>'
//!         owner_id: 44036562
//!         repo_id: 197814629
//!         uses: ['owner/nested@v1']
//! ```
//!
//! A workflow lists what it uses itself; what that uses is held, too, as far as
//! it has an entry.
//!
//! Source: the schemas `lockfile-v0.0.2.json` and `-v0.0.3.json` of
//! github.com/github/actions-lockfile and what its parser refuses besides, and public
//! repositories' files: by the schema the lists are transitive, and they are not. The
//! first version, whose keys end with `:sha1-<40 hex>` and whose entries say
//! `tag:` and `branch:`, is read, too; a later one than these is not: what it
//! means is not known.
//!
//! It is read only with `lockfile = "accept"`: the format is a preview, and a
//! runner that does not know it (GitHub Enterprise Server) runs the tags.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use kernel::{Content, Globs, Tree};

use crate::pins::{Pin, is_commit};
use crate::reference::{Caller, Reference, Remote, RevisionKind};
use crate::yaml::{Node, Yaml};

/// Where it stands, from the repository's root.
pub(crate) const PATH: &str = ".github/workflows/actions.lock";

/// GitHub reads no larger one.
const SIZE_BYTES_MAX: usize = 1 << 20;

/// The first of these has other keys.
const VERSIONS: [&str; 3] = ["v0.0.1", "v0.0.2", "v0.0.3"];

/// What the lock file says, by its keys: `owner/repository@ref`, the case that
/// GitHub does not tell apart folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    /// Which keys each workflow runs, and where its path stands.
    pub(crate) workflows: BTreeMap<String, Listed>,
    pub(crate) dependencies: BTreeMap<String, Locked>,
    /// Whether it lists every workflow of the tree.
    is_whole: bool,
}

/// The keys of one workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) keys: BTreeSet<String>,
    pub(crate) at: Range<usize>,
}

/// One action at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Locked {
    /// `owner/repository`, folded.
    pub(crate) repository: String,
    /// What stands behind the `@` of its key.
    pub(crate) name: String,
    /// The tag or branch that the commit was found by.
    pub(crate) found_by: String,
    pub(crate) commit: String,
    /// Keys of what it uses itself.
    pub(crate) uses: Vec<String>,
    pub(crate) at: Range<usize>,
}

/// Why it cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

impl Lock {
    /// That of `tree`; empty where it has none, or one that cannot be read:
    /// then nothing is held by it, and the file itself is red.
    pub(crate) fn of(tree: &Tree) -> Lock {
        let Ok(file) = tree.read(PATH.into()) else { return Lock::default() };
        let Content::Text(source) = file.content() else { return Lock::default() };
        let mut lock = Lock::read(source).unwrap_or_default();
        let workflows = Globs::new([".github/workflows/*.{yml,yaml}"]);
        let listed = |path: &str| lock.workflows.contains_key(path);
        lock.is_whole = workflows
            .is_ok_and(|globs| tree.list(&globs).iter().all(|entry| listed(entry.path.as_str())));
        lock
    }

    /// Reads the text of the file.
    pub(crate) fn read(source: &str) -> Result<Lock, Fault> {
        if source.len() > SIZE_BYTES_MAX {
            return Err(Fault { at: 0, reason: "is larger than 1 MiB".to_owned() });
        }
        let yaml = Yaml::parse(source).map_err(|error| Fault {
            at: error.at,
            reason: format!("is no YAML: {}", error.reason),
        })?;
        let mut documents = yaml.documents();
        let root = documents.next().filter(|root| root.entries().next().is_some());
        let (Some(root), None) = (root, documents.next()) else {
            let reason = "is no mapping with 'version', 'workflows' and 'dependencies'";
            return Err(Fault { at: 0, reason: reason.to_owned() });
        };
        let fields = fields(root, &["version", "workflows", "dependencies"])?;
        let version = fields.get("version").copied();
        let known = version.and_then(Node::scalar).unwrap_or_default();
        if !VERSIONS.contains(&known) {
            let (known, newest) = (crate::inspect::one_line(known), VERSIONS[2]);
            let reason = format!("has version '{known}', and what is known ends with {newest}");
            return Err(Fault { at: version.map_or(0, |it| it.span().start), reason });
        }
        let is_first = known == VERSIONS[0];
        let mut lock = Lock::default();
        for (path, keys) in fields.get("workflows").into_iter().flat_map(|it| it.entries()) {
            let listed = Listed { keys: pins(keys, is_first)?, at: path.span() };
            let name = path.scalar().unwrap_or_default().to_owned();
            if lock.workflows.insert(name, listed).is_some() {
                return Err(fault(path, "is there twice"));
            }
        }
        for (key, entry) in fields.get("dependencies").into_iter().flat_map(|it| it.entries()) {
            let locked = locked(key, entry, is_first)?;
            let name = format!("{}@{}", locked.repository, locked.name);
            let same =
                |other: &Locked| (&other.commit, &other.uses) == (&locked.commit, &locked.uses);
            if lock.dependencies.get(&name).is_some_and(|other| !is_first || !same(other)) {
                return Err(fault(key, "is there twice"));
            }
            lock.dependencies.insert(name, locked);
        }
        Ok(lock)
    }

    /// The entry by which GitHub decides what `remote` of the file `path` runs.
    /// An action of this repository runs for any workflow: only a lock that
    /// lists them all decides.
    pub(crate) fn holds(&self, path: &str, remote: &Remote) -> Option<&Locked> {
        let key = key(&remote.repository_name(), &remote.revision);
        let is_listed = match self.workflows.get(path) {
            Some(listed) => listed.keys.contains(&key),
            None => self.is_whole && !path.starts_with(".github/workflows/"),
        };
        self.dependencies.get(&key).filter(|_| is_listed)
    }

    /// What `name` of `repository` stands for, as the cache would say it.
    pub(crate) fn pin(&self, repository: &str, name: &str) -> Option<Pin> {
        let found = self.dependencies.get(&key(repository, name))?;
        let same = self.of_commit(repository, &found.commit);
        // Of `v4` and `v4.2.2` on one commit the one that says more.
        let version = same.map(|it| &it.found_by).filter(|it| it.starts_with(&found.found_by));
        let version = version.max_by_key(|it| it.len()).unwrap_or(&found.found_by).clone();
        let (uses, commit) = (repository.to_owned(), found.commit.clone());
        Some(Pin { uses, name: name.to_owned(), commit, version, when: String::new() })
    }

    /// Every entry of `repository` (in any case).
    pub(crate) fn of_repository(&self, repository: &str) -> impl Iterator<Item = &Locked> {
        let prefix = key(repository, "");
        let from = self.dependencies.range(prefix.clone()..);
        from.take_while(move |(key, _)| key.starts_with(&prefix)).map(|(_, locked)| locked)
    }

    /// Every entry of `repository` at `commit`.
    pub(crate) fn of_commit(
        &self,
        repository: &str,
        commit: &str,
    ) -> impl Iterator<Item = &Locked> {
        let commit = commit.to_ascii_lowercase();
        self.of_repository(repository).filter(move |locked| locked.commit == commit)
    }

    /// The first name that can move among what `outer` uses, itself or through
    /// others; and who uses it. Where GitHub holds `outer` it holds what has an
    /// entry below it, whether the workflow lists that or not.
    pub(crate) fn loose_below<'l>(
        &'l self,
        outer: &'l Locked,
        is_held: bool,
    ) -> Option<(&'l Locked, &'l str)> {
        let mut entered = BTreeSet::new();
        let mut open = vec![outer];
        while let Some(locked) = open.pop() {
            for key in &locked.uses {
                if !entered.insert(key) {
                    continue;
                }
                let is_pinned = key.rsplit_once('@').is_some_and(|(_, name)| is_commit(name));
                let inner = self.dependencies.get(key);
                let is_fixed = is_pinned || (is_held && inner.is_some());
                if !is_fixed {
                    return Some((locked, key));
                }
                open.extend(inner);
            }
        }
        None
    }
}

/// How the lock calls `name` of `repository`.
pub(crate) fn key(repository: &str, name: &str) -> String {
    let name = match name.len() {
        40 if is_commit(&name.to_ascii_lowercase()) => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    format!("{}@{name}", repository.to_ascii_lowercase())
}

fn fault(node: Node<'_>, what: &str) -> Fault {
    let text = crate::inspect::one_line(node.scalar().unwrap_or_default());
    Fault { at: node.span().start, reason: format!("is no lock file: '{text}' {what}") }
}

/// The fields of a mapping, all of them known and none twice.
fn fields<'t>(
    node: Node<'t>,
    known: &[&'static str],
) -> Result<BTreeMap<&'static str, Node<'t>>, Fault> {
    let mut fields = BTreeMap::new();
    for (key, value) in node.entries() {
        let name = known.iter().find(|name| key.scalar() == Some(name));
        let name = name.ok_or_else(|| fault(key, "is no key that is known there"))?;
        if fields.insert(*name, value).is_some() {
            return Err(fault(key, "is there twice"));
        }
    }
    Ok(fields)
}

/// `owner/repository@ref`, read as its parts.
fn pin(node: Node<'_>, is_first: bool) -> Result<Remote, Fault> {
    let text = node.scalar().unwrap_or_default();
    let text = match text.rsplit_once(":sha1-") {
        Some((before, hex)) if is_first && is_commit(hex) => before,
        _ => text,
    };
    match Reference::read(text, Caller::Step) {
        Reference::Remote(remote) if remote.path.is_empty() => Ok(remote),
        _ => Err(fault(node, "is no 'owner/repository@ref'")),
    }
}

fn pins(node: Node<'_>, is_first: bool) -> Result<BTreeSet<String>, Fault> {
    let keys = node.items().map(|item| {
        pin(item, is_first).map(|remote| key(&remote.repository_name(), &remote.revision))
    });
    keys.collect()
}

fn locked(key: Node<'_>, entry: Node<'_>, is_first: bool) -> Result<Locked, Fault> {
    let remote = pin(key, is_first)?;
    let known: &[&str] = match is_first {
        true => &["tag", "branch", "ref", "commit", "owner_id", "repo_id", "uses"],
        false => &["hostname", "ref", "commit", "owner_id", "repo_id", "uses"],
    };
    let fields = fields(entry, known)?;
    let text = |name: &str| fields.get(name).and_then(|node| node.scalar()).unwrap_or_default();
    for id in ["owner_id", "repo_id"] {
        if text(id).parse::<u64>().is_ok_and(|id| id > 0) {
            continue;
        }
        return Err(fault(key, &format!("has no '{id}' that is a number")));
    }
    let commit = text("commit").strip_prefix("sha1-").filter(|commit| is_commit(commit));
    let commit =
        commit.ok_or_else(|| fault(key, "has no 'commit' of 'sha1-' and 40 hex digits"))?;
    let said = ["ref", "tag", "branch"].into_iter().map(text).find(|said| !said.is_empty());
    let is_pinned = remote.revision_kind() == RevisionKind::Commit;
    let found_by = match said {
        Some(said) => said,
        None if is_first => &remote.revision,
        None => return Err(fault(key, "has no 'ref'")),
    };
    // What its parser refuses, too: a key that says another thing than its entry.
    if is_pinned && !remote.revision.eq_ignore_ascii_case(commit) {
        return Err(fault(key, "gives another commit than its own"));
    }
    if !is_pinned && !is_first && found_by != remote.revision {
        return Err(fault(key, "has a 'ref' that is not its own"));
    }
    let uses = fields.get("uses").map(|uses| pins(*uses, is_first)).transpose()?;
    Ok(Locked {
        repository: remote.repository_name(),
        name: match is_pinned {
            true => remote.revision.to_ascii_lowercase(),
            false => remote.revision.clone(),
        },
        found_by: found_by.to_owned(),
        commit: commit.to_owned(),
        uses: uses.unwrap_or_default().into_iter().collect(),
        at: key.span(),
    })
}

#[cfg(test)]
mod tests;
