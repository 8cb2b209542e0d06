//! What the hook calls: each commit that is about to be pushed is judged.

use std::io::{IsTerminal, Read, Write};
use std::sync::mpsc::channel;

use camino::Utf8PathBuf;

use super::PROFILE;
use super::pushed::{Pushed, pushed};
use crate::Builtin;
use crate::ci;
use crate::cli::{Done, Place, Stop, words};
use crate::engine::{self, Order, Verified};
use crate::exec::Cancel;
use crate::git::GitError;
use crate::plan::Ask;
use crate::repo::{RepoError, Repository};
use crate::report::human;
use crate::view::{At, View};

/// One commit to judge.
struct Tip {
    name: String,
    commit: String,
    base: Option<String>,
}

/// Judges what standard input names. All goes to standard error: the output of
/// `git push --porcelain` is not ours.
pub fn run(builtin: &Builtin, place: &Place) -> Done {
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return Err(Stop::usage("this is for git to call, which says what it is about to push")
            .hint(
                "try 'xtask verify --rev REV', or 'git push --dry-run' with the hook installed",
            ));
    }
    // To its end before anything else: git waits for its reader.
    let mut text = String::new();
    stdin.read_to_string(&mut text)?;
    let all = pushed(&text).map_err(|line| {
        Stop::usage(format!("'{line}' is not what git gives a pre-push hook"))
            .hint("expected lines of: local ref, local id, remote ref, remote id")
    })?;
    let place = Place { dir: Some(place.dir.clone().unwrap_or_else(here)), ..place.clone() };
    if all.is_empty() {
        return Ok(0);
    }
    let repository = Repository::open(place.dir.clone().unwrap_or_default())?;
    let cancel = Cancel::on_signals()?;
    let mut code = 0;
    for tip in tips(&repository, &all)? {
        let ended = match judge(builtin, &place, &tip, &cancel) {
            Ok(code) => code,
            Err(stop) => {
                writeln!(anstream::stderr(), "{}", words(&stop))?;
                stop.code
            }
        };
        if ended != 0 {
            writeln!(
                anstream::stderr(),
                "not pushed: {} ({}); 'git push --no-verify' pushes it unjudged",
                tip.name,
                tip.commit.get(..12).unwrap_or(&tip.commit)
            )?;
        }
        if code == 0 {
            code = ended;
        }
    }
    Ok(code)
}

/// Where git says the repository is. It names a git directory that cannot be
/// found from the current folder, such as that of `git --git-dir=DIR push`.
fn here() -> Utf8PathBuf {
    let named = std::env::var("GIT_DIR").ok().filter(|dir| !dir.is_empty());
    named.map_or_else(|| ".".into(), Utf8PathBuf::from)
}

/// Each commit once, however many references carry it: what the remote has of
/// one of them, it has.
fn tips(repository: &Repository, all: &[Pushed]) -> Result<Vec<Tip>, Stop> {
    let mut tips: Vec<Tip> = Vec::new();
    for pushed in all {
        let commit = match repository.resolve(&pushed.id) {
            Ok(commit) => commit.to_string(),
            Err(RepoError::Git(GitError::UnknownRevision { .. })) => {
                let message = format!("'{}' is no commit, so it cannot be judged", pushed.local);
                return Err(Stop::usage(message).hint("'git push --no-verify' pushes it unjudged"));
            }
            Err(error) => return Err(error.into()),
        };
        let base = match &pushed.remote_id {
            Some(id) => base(repository, id, &commit)?,
            None => None,
        };
        match tips.iter_mut().find(|tip| tip.commit == commit) {
            Some(tip) => {
                tip.name = format!("{}, {}", tip.name, pushed.local);
                tip.base = tip.base.take().or(base);
            }
            None => tips.push(Tip { name: pushed.local.clone(), commit, base }),
        }
    }
    Ok(tips)
}

/// What the remote has, if the pushed commit can be compared with it: after a
/// rewrite it may be unknown here or unrelated, and `[verify] base` must do.
fn base(repository: &Repository, remote: &str, commit: &str) -> Result<Option<String>, Stop> {
    match repository.merge_base(remote, commit) {
        Ok(Some(_)) | Err(RepoError::Shallow { .. }) => Ok(Some(remote.to_owned())),
        Ok(None) | Err(RepoError::Git(GitError::UnknownRevision { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn judge(builtin: &Builtin, place: &Place, tip: &Tip, cancel: &Cancel) -> Done {
    let view = View::open(place, At::Commit(tip.commit.clone()))?;
    let config = view.config(place, builtin)?;
    let has_profile = config.profiles.iter().any(|profile| profile.name == PROFILE);
    let no_commands = Some("commands run on the work tree, and a commit is pushed".to_owned());
    let order = Order {
        ask: Ask {
            profile: has_profile.then(|| PROFILE.to_owned()),
            event: ci::event(),
            no_commands,
            only_findings: None,
            ..Ask::default()
        },
        changed: false,
        base: tip.base.clone(),
        jobs: None,
        fail_fast: false,
        reuse: !ci::is_ci(),
        timeout: None,
        offline: false,
        whole: false,
        introduced: false,
        prove: false,
        shard: None,
    };
    let (events, _heard) = channel();
    // No receipt is kept: the last one, of all gates, is worth more.
    let Verified { receipt, code, .. } =
        engine::verify(builtin, place, &view, &order, cancel, &events)?;
    let look = human::Look {
        is_coloured: true,
        is_quiet: true,
        width: human::terminal_width(),
        ..human::Look::default()
    };
    human::write(&receipt, &look, &mut anstream::stderr().lock())?;
    Ok(code)
}
