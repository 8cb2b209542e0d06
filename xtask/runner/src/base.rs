//! What a change is compared with: the commit at which it began, and what was
//! known there already.

use kernel::Tree;

use crate::baseline::{self, Baseline};
use crate::cli::Stop;
use crate::config::Config;
use crate::git::GitError;
use crate::receipt::Base;
use crate::repo::RepoError;
use crate::view::View;

/// The commit at which the change began, for `asker`, which is lost without it.
///
/// # Errors
/// No base is configured, or it cannot be had: nothing would be known to be old,
/// and nothing may pass for it.
pub fn of(view: &View, reference: Option<&str>, asker: &str) -> Result<Base, Stop> {
    let reference = reference.ok_or_else(|| {
        Stop::usage(format!("{asker} needs something to compare with"))
            .hint("give --base REF, or write base = \"origin/main\" under [verify] in ci.toml")
    })?;
    let repository = view
        .repository
        .as_ref()
        .ok_or_else(|| Stop::environment(format!("{asker} needs a git repository")))?;
    let fetch = || match reference.split_once('/') {
        Some((remote, branch)) => {
            format!("fetch it: git fetch {remote} {branch}; in a workflow: fetch-depth: 0")
        }
        None => "fetch it, or name another with --base; in a workflow: fetch-depth: 0".to_owned(),
    };
    let missing = |error: RepoError| match error {
        RepoError::Git(GitError::UnknownRevision { .. }) => {
            let message = format!("the base '{reference}' is not here, so nothing is known of it");
            Stop::environment(message).hint(fetch())
        }
        error => Stop { code: 4, ..Stop::from(error) },
    };
    let commit = repository.resolve(reference).map_err(missing)?;
    let merge_base = repository.merge_base(reference, &view.head()).map_err(missing)?;
    let merge_base = merge_base.ok_or_else(|| {
        Stop::environment(format!(
            "'{reference}' and the judged commit have no common ancestor here"
        ))
        .hint("fetch more history: git fetch --unshallow")
    })?;
    Ok(Base {
        reference: reference.to_owned(),
        commit: commit.to_string(),
        merge_base: Some(merge_base.to_string()),
    })
}

/// The baseline that `now`, the judged one, may only be less of: where ci.toml asks
/// for that, the merge base's. None where that has no such file, because the first
/// one must begin somewhere.
///
/// # Errors
/// The base cannot be had, or its baseline cannot be read: whether anything was
/// added is not known.
pub fn baseline(
    view: &View,
    config: &Config,
    reference: Option<&str>,
    now: &Baseline,
) -> Result<Option<Baseline>, Stop> {
    if !config.verify.baseline_only_shrinks || now.findings.is_empty() {
        return Ok(None);
    }
    let reference = reference.or(config.verify.base.as_deref());
    let base = of(view, reference, "[verify] baseline_only_shrinks")?;
    let (Some(repository), Some(commit)) = (&view.repository, base.merge_base) else {
        return Ok(None);
    };
    let snapshot = repository.commit(&commit)?;
    let read = baseline::read(&Tree::new(snapshot.source))
        .map_err(|why| Stop::usage(format!("at the merge base {commit}: {why}")))?;
    Ok(read.map(|(baseline, _)| baseline))
}
