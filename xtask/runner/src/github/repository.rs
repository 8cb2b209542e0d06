//! What the tags and branches of a repository stand for, as the REST API tells
//! it: for whoever cannot reach git.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::headers::encoded;
use super::wire::Page;
use super::{ApiError, Github};

/// How many branches and tags a commit is held against: a request each.
const COMPARED_MAX: usize = 60;

/// Whether a tag or branch leads to a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// This one does, by its full name.
    By(String),
    /// None does.
    Nowhere,
    /// There are more of them than are asked for.
    NotKnown(String),
}

impl Github {
    /// Every tag, and of the branches those that `names` names, as `git
    /// ls-remote` would print them.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn references<'n>(&self, names: impl Iterator<Item = &'n str>) -> Result<String, ApiError> {
        let tags = self.all::<Names>("tags", "")?;
        let line = |kind: &str, name: &str, sha: &str| format!("{sha}\trefs/{kind}/{name}\n");
        let tags = tags.iter().map(|tag| line("tags", &tag.name, &tag.commit.sha));
        let mut text: String = tags.collect();
        for name in names {
            let name = name.strip_prefix("refs/heads/").unwrap_or(name);
            if let Some(sha) = self.commit_of(&format!("heads/{name}"))? {
                text.push_str(&line("heads", name, &sha));
            }
        }
        Ok(text)
    }

    /// Whether a tag or branch leads to `commit`: the default branch is looked
    /// at first, then the other branches, then the tags.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn stands(&self, commit: &str) -> Result<Stands, ApiError> {
        let main: Repository = self.http.json(self.url("").trim_end_matches('/'))?;
        if self.leads("heads", &main.default_branch, commit)? {
            return Ok(Stands::By(format!("refs/heads/{}", main.default_branch)));
        }
        let mut others = BTreeSet::new();
        for kind in ["heads", "tags"] {
            let path = if kind == "heads" { "branches" } else { "tags" };
            let names = self.all::<Names>(path, "")?;
            others.extend(names.into_iter().map(|it| (kind, it.name)));
        }
        others.remove(&("heads", main.default_branch.clone()));
        for (kind, name) in others.iter().take(COMPARED_MAX) {
            if self.leads(kind, name, commit)? {
                return Ok(Stands::By(format!("refs/{kind}/{name}")));
            }
        }
        if others.len() > COMPARED_MAX {
            let (asked, all) = (COMPARED_MAX + 1, others.len() + 1);
            let text =
                format!("{asked} of {all} branches and tags do not lead to it; git can tell");
            return Ok(Stands::NotKnown(text));
        }
        Ok(Stands::Nowhere)
    }

    fn leads(&self, kind: &str, name: &str, commit: &str) -> Result<bool, ApiError> {
        let base = encoded(&format!("refs/{kind}/{name}"));
        let url = self.url(&format!("compare/{base}...{commit}?per_page=1"));
        // Without a common ancestor there is no comparison, either.
        let found = self.http.json_or_missing::<Comparison>(&url)?;
        Ok(found.is_some_and(|found| matches!(&*found.status, "identical" | "behind")))
    }

    /// When the release `tag` was there, in seconds: the later of the day on
    /// which GitHub published it and the commit's own. None where nothing says.
    ///
    /// # Errors
    /// As for [`Github::runs`].
    pub fn released_at(&self, tag: &str, commit: &str) -> Result<Option<i64>, ApiError> {
        let release = self.url(&format!("releases/tags/{}", encoded(tag)));
        let release = self.http.json_or_missing::<Published>(&release)?;
        let whole: WholeCommit = self.http.json(&self.url(&format!("commits/{commit}")))?;
        let committer = whole.commit.committer;
        let said = [release.and_then(|it| it.published_at), committer.and_then(|it| it.date)];
        let dates = said.iter().flatten().map(|said| {
            let date: Result<jiff::Timestamp, _> = said.parse();
            date.map_err(|_| ApiError::Garbled(format!("'{said}' is no date")))
        });
        let dates = dates.collect::<Result<Vec<_>, _>>()?;
        Ok(dates.into_iter().map(jiff::Timestamp::as_second).max())
    }
}

/// `tags` and `branches`: a list without a frame.
#[derive(Deserialize)]
#[serde(transparent)]
struct Names(Vec<Name>);

/// A tag or branch; an annotated tag stands for its commit already.
#[derive(Clone, Debug, Deserialize)]
struct Name {
    /// Without `refs/tags/`.
    name: String,
    /// What it stands for.
    commit: NamedCommit,
}

/// The commit of a [`Name`].
#[derive(Clone, Debug, Deserialize)]
struct NamedCommit {
    /// Its id.
    sha: String,
}

impl Page for Names {
    type Entry = Name;
    fn parts(self) -> (usize, Vec<Name>) {
        (0, self.0)
    }
    fn id(entry: &Name) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&entry.name, &mut hasher);
        std::hash::Hasher::finish(&hasher)
    }
}

/// A repository.
#[derive(Deserialize)]
struct Repository {
    default_branch: String,
}

/// `compare/BASE...HEAD`.
#[derive(Deserialize)]
struct Comparison {
    /// `identical`, `behind`, `ahead`, `diverged`.
    status: String,
}

/// `commits/SHA`.
#[derive(Deserialize)]
struct WholeCommit {
    commit: CommitWords,
}

/// Who made a commit, and when.
#[derive(Deserialize)]
struct CommitWords {
    committer: Option<Maker>,
}

/// When.
#[derive(Deserialize)]
struct Maker {
    date: Option<String>,
}

/// `releases/tags/TAG`.
#[derive(Deserialize)]
struct Published {
    published_at: Option<String>,
}
