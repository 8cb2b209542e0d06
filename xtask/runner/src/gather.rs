//! Heavy evidence: fetched only when a gate wants it.

mod artifact;
mod command;
pub mod copy;
mod database;
mod history;

use std::sync::OnceLock;
use std::time::Duration;

use kernel::{GateError, History, HistoryScope, Pulse, Reply, Request, Trace, Tree, Wants};

use camino::Utf8Path;
use history::Kept;

use crate::exec::Cancel;
use crate::plugin::Base;
use crate::repo::{RepoError, Repository};
use crate::tool::Program;
use crate::view::View;
use copy::Copies;

/// Fetches what a gate wants beside the judged tree.
pub trait Gatherer: Sync {
    /// Fails where there is no repository.
    ///
    /// # Errors
    /// The judged folder is no git repository.
    fn needs_git(&self) -> Result<(), GateError>;

    /// The tree at the merge base with `own`, or else with `[verify] base`; none
    /// where no base is configured.
    ///
    /// # Errors
    /// The base cannot be had: an unknown ref, a shallow clone.
    fn base(&self, own: Option<&str>) -> Result<Option<Tree>, GateError>;

    /// The history.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    fn history(
        &self,
        scope: HistoryScope,
        pulse: &Pulse,
        reader: Option<Reader<'_>>,
    ) -> Result<Box<dyn History + '_>, GateError>;

    /// What a change is compared with, by name; none where nothing is configured.
    fn base_name(&self) -> Option<Base>;

    /// A name for all that a gate would get beside the tree, another one as soon
    /// as any of it is another: the key of results that are kept. None where
    /// that cannot be told.
    fn names(&self, wants: &Wants) -> Option<String>;

    /// The reply to one of a gate's requests.
    ///
    /// # Errors
    /// It could not be fetched to its end.
    fn reply(
        &self,
        gate: &str,
        name: &str,
        request: &Request,
        timeout: Duration,
    ) -> Result<Reply, GateError>;
}

/// For whom a history is read: what it sees may be kept for its next run.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The gate's name.
    pub gate: &'a str,
    /// What reading its configuration asked of the tree.
    pub configured: &'a Trace,
}

/// Where what was seen is kept, and whether it is believed.
#[derive(Clone, Copy)]
pub struct Keeping<'a> {
    /// The folder of state; none where nothing is kept.
    pub state: Option<&'a Utf8Path>,
    /// The running program.
    pub program: &'a Program,
    /// Whether what an earlier run saw is believed: never in CI.
    pub reuse: bool,
}

/// Fetches from the repository that is judged.
pub struct FromRepository<'a> {
    view: &'a View,
    base: Option<&'a str>,
    cancel: &'a Cancel,
    keeping: Option<Keeping<'a>>,
    copies: Copies,
    bounds: OnceLock<Result<history::Bounds, GateError>>,
}

impl<'a> FromRepository<'a> {
    /// For `view`; `base` is the ref that a change is compared with.
    #[must_use]
    pub fn new(view: &'a View, base: Option<&'a str>, cancel: &'a Cancel) -> FromRepository<'a> {
        let (copies, bounds) = (Copies::default(), OnceLock::new());
        FromRepository { view, base, cancel, keeping: None, copies, bounds }
    }

    /// The same, which keeps what was seen of the history.
    #[must_use]
    pub fn keeping(mut self, keeping: Keeping<'a>) -> FromRepository<'a> {
        self.keeping = Some(keeping);
        self
    }

    fn repository(&self) -> Result<&Repository, GateError> {
        self.view.repository.as_ref().ok_or_else(|| {
            let message = format!("'{}' is no git repository", self.view.root);
            GateError::environment("no-repository", message)
                .hint("run it in a clone, or switch this gate off here")
        })
    }

    /// What decides which history there is: what is named is what is judged.
    fn bounds(&self) -> Result<&history::Bounds, GateError> {
        let read = || self.repository().and_then(history::Bounds::read);
        self.bounds.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

impl Gatherer for FromRepository<'_> {
    fn needs_git(&self) -> Result<(), GateError> {
        self.repository().map(|_| ())
    }

    fn base(&self, own: Option<&str>) -> Result<Option<Tree>, GateError> {
        let Some(base) = own.or(self.base) else { return Ok(None) };
        let repository = self.repository()?;
        let merge_base =
            repository.merge_base(base, &self.view.head()).map_err(|e| from_repo(&e))?;
        let merge_base = merge_base.ok_or_else(|| {
            let message = format!("'{base}' and the judged commit have no common ancestor here");
            GateError::environment("no-merge-base", message)
                .hint("fetch more history: git fetch --unshallow")
        })?;
        let snapshot = repository.commit(merge_base.as_str()).map_err(|e| from_repo(&e))?;
        Ok(Some(Tree::new(snapshot.source)))
    }

    fn history(
        &self,
        scope: HistoryScope,
        pulse: &Pulse,
        reader: Option<Reader<'_>>,
    ) -> Result<Box<dyn History + '_>, GateError> {
        let repository = self.repository()?;
        let head = self.view.point().commit.as_ref();
        let kept = match (self.keeping, reader) {
            (Some(keeping), Some(reader)) => Kept::of(keeping, reader, repository),
            _ => Kept::nowhere(),
        };
        history::open(repository, self.bounds()?, head, self.base, scope, pulse, kept)
    }

    fn base_name(&self) -> Option<Base> {
        let reference = self.base?.to_owned();
        let repository = self.repository().ok();
        let parted = repository.and_then(|it| it.merge_base(&reference, &self.view.head()).ok()?);
        Some(Base { reference, merge_base: parted.map(|id| id.to_string()) })
    }

    fn names(&self, wants: &Wants) -> Option<String> {
        let mut names = String::new();
        if wants.git {
            // That there is one; what of it counts is named below.
            self.repository().ok()?;
            names.push_str("git");
        }
        if wants.base {
            names.push_str("\0base ");
            if let Some(base) = wants.base_ref.as_deref().or(self.base) {
                let merge_base = self.repository().ok()?.merge_base(base, &self.view.head());
                names.push_str(merge_base.ok()??.as_str());
            }
        }
        if let Some(scope) = wants.history {
            let head = self.view.point().commit.as_ref();
            let (repository, bounds) = (self.repository().ok()?, self.bounds().ok()?);
            let name = history::name(repository, bounds, head, self.base, scope);
            names.push_str(&format!("\0history {name}"));
        }
        Some(names)
    }

    fn reply(
        &self,
        gate: &str,
        name: &str,
        request: &Request,
        timeout: Duration,
    ) -> Result<Reply, GateError> {
        match request {
            Request::Command(wanted) => {
                command::reply(self.view, self.cancel, &self.copies, gate, name, wanted, timeout)
            }
            Request::Database(wanted) => {
                database::reply(self.view.state().as_deref(), wanted, timeout, self.cancel)
            }
            Request::Artifact(wanted) => artifact::reply(&self.view.root, wanted),
            other => {
                let message = format!(
                    "gate '{gate}' wants '{name}': {other:?} cannot be gathered by this program"
                );
                Err(GateError::cannot_judge("unsupported-evidence", message)
                    .hint("use a version of gate-runner that gathers it, or switch the option off"))
            }
        }
    }
}

fn from_repo(error: &RepoError) -> GateError {
    GateError::environment("repository", error.to_string())
}
