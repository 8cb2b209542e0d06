//! What the clone itself can say of a release: its name, its tags, whether the
//! base moved on.

use super::Stop;
use crate::policy::Policy;
use crate::repo::Repository;
use crate::trust::Distrust;

/// The repository that is released from, `owner/name`: as the command line or
/// the policy says, else as this clone's `origin` does. The judged commit has
/// no say in any of them.
pub fn name(repository: &Repository, policy: &Policy, asked: Option<&str>) -> Result<String, Stop> {
    if let (Some(asked), Some(own)) = (asked, &policy.repository)
        && !asked.eq_ignore_ascii_case(own)
    {
        return Err(Stop::usage(format!("--github {asked}, but the policy is for '{own}'")));
    }
    let origin = || {
        let url = repository.git().output(&["config", "--get", "remote.origin.url"]).ok()?;
        of_url(String::from_utf8(url).ok()?.trim())
    };
    let asked = asked.map(str::to_owned);
    let found = asked.or_else(|| policy.repository.clone()).or_else(origin);
    let found = found.ok_or_else(|| {
        Stop::usage("nothing says which repository is released from")
            .hint("the policy can: repository = \"owner/name\"")
    })?;
    let is_name = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && part.bytes().any(|byte| byte != b'.')
    };
    match found.split_once('/') {
        Some((owner, name)) if is_name(owner) && is_name(name) => Ok(found),
        _ => Err(Stop::usage(format!("'{found}' is no repository; write OWNER/REPO"))),
    }
}

/// `owner/name` out of an address that git clones from.
fn of_url(url: &str) -> Option<String> {
    let url = url.trim_end_matches('/').trim_end_matches(".git");
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => url.split_once(':').filter(|(host, _)| !host.contains('/'))?.1,
    };
    let mut parts = path.rsplit('/');
    let name = parts.next()?;
    let owner = parts.next()?;
    Some(format!("{owner}/{name}"))
}

/// The tag that `revision` names, if it names one.
pub fn tag(repository: &Repository, revision: &str) -> Option<String> {
    let name = revision.strip_prefix("refs/").unwrap_or(revision);
    let name = name.strip_prefix("tags/").unwrap_or(name);
    let full = format!("refs/tags/{name}");
    let is_there = repository.git().output(&["rev-parse", "--verify", "--quiet", &full]).is_ok();
    is_there.then(|| name.to_owned())
}

/// What two refs are called is no name of a commit: here git takes the tag, at a
/// checkout the branch, and anyone who may push can make one beside the other.
pub fn refuse_ambiguous(repository: &Repository, revision: &str) -> Result<(), Stop> {
    let named = ["tags", "heads", "remotes"].map(|kind| format!("refs/{kind}/{revision}"));
    let mut found: Vec<(String, _)> = Vec::new();
    for name in named {
        if let Ok(commit) = repository.resolve(&name) {
            found.push((name, commit));
        }
    }
    let is_one = |pair: &[(String, _)]| matches!(pair, [a, b] if a.1 == b.1);
    if found.windows(2).all(is_one) {
        return Ok(());
    }
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    Err(Stop::usage(format!("'{revision}' is {}, which differ", names.join(" and ")))
        .hint("write the one that is meant in full, or the commit's id"))
}

/// The head of a branch as the remote has it, or as it is here.
pub fn branch_head(repository: &Repository, branch: &str) -> Result<String, Stop> {
    let of_remote = format!("refs/remotes/origin/{branch}");
    // And never a tag of its name, which git would take first.
    let here = format!("refs/heads/{branch}");
    let head = repository.resolve(&of_remote).or_else(|_| repository.resolve(&here))?;
    Ok(head.to_string())
}

/// Whether `head` of the branch holds the commit, or the commit holds `head`:
/// else the branch moved on since, and what was judged is not what would be
/// there.
pub fn base_moved(
    repository: &Repository,
    commit: &str,
    branch: &str,
    head: &str,
) -> Result<Option<Distrust>, Stop> {
    refuse_shallow(repository, "--base-fresh")?;
    if repository.resolve(head).is_err() {
        let text = format!("'{branch}' is at {head}, which this clone does not have: fetch it");
        return Ok(Some(Distrust { code: "base-moved", text }));
    }
    let holds =
        |old: &str, new: &str| repository.git().asks(&["merge-base", "--is-ancestor", old, new]);
    let is_fresh = holds(commit, head).and_then(|is| Ok(is || holds(head, commit)?));
    if is_fresh.map_err(crate::repo::RepoError::from)? {
        return Ok(None);
    }
    let text = format!("'{branch}' is at {head}, which the commit neither holds nor is held by");
    Ok(Some(Distrust { code: "base-moved", text }))
}

/// Whether a later commit is already released: has a tag of this pattern and
/// holds this commit.
pub fn superseded(
    repository: &Repository,
    commit: &str,
    pattern: &str,
) -> Result<Option<Distrust>, Stop> {
    refuse_shallow(repository, "--superseded")?;
    if pattern.is_empty() || pattern.starts_with('-') || pattern.contains(char::is_control) {
        return Err(Stop::usage(format!("'{pattern}' is no pattern of tags; write 'v*'")));
    }
    let format = "--format=%(objectname) %(*objectname) %(refname:short)";
    let args = ["for-each-ref", format, "--contains", commit, &format!("refs/tags/{pattern}")];
    let listed = repository.git().output(&args).map_err(crate::repo::RepoError::from)?;
    let listed = String::from_utf8_lossy(&listed);
    // A tag can be called as a commit is.
    let later = listed.lines().find(|line| !line.split(' ').take(2).any(|id| id == commit));
    Ok(later.map(|line| {
        let tag = line.rsplit(' ').next().unwrap_or_default();
        let text = format!("'{tag}' holds this commit and is already released");
        Distrust { code: "superseded", text }
    }))
}

fn refuse_shallow(repository: &Repository, flag: &str) -> Result<(), Stop> {
    if repository.is_shallow() {
        return Err(Stop::environment(format!(
            "{flag} needs the history, and this clone is shallow"
        ))
        .hint("git fetch --unshallow --tags; in a workflow: fetch-depth: 0"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::of_url;

    #[test]
    fn a_name_is_told_from_every_form_of_address() {
        for url in [
            "https://github.com/o/r",
            "https://github.com/o/r.git/",
            "git@github.com:o/r.git",
            "ssh://git@github.com:22/o/r.git",
        ] {
            assert_eq!(of_url(url).as_deref(), Some("o/r"), "{url}");
        }
        assert_eq!(of_url("/srv/r.git"), None);
        assert_eq!(of_url(""), None);
    }
}
