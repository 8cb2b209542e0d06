//! `hook`: judge what is about to be pushed, before it is.

mod pushed;
mod run;
mod script;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::MAIN_SEPARATOR;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand, ValueEnum};

use super::{Done, Place, Stop};
use crate::Builtin;
use crate::config::Config;
use crate::mode;
use crate::repo::{RepoError, Repository, atomic_write};
use crate::view::{At, View};
pub(crate) use script::{Present, present};

/// The profile that a push is judged under, where ci.toml has it.
const PROFILE: &str = "quick";

/// Judge what is about to be pushed, before it is
#[derive(Debug, Subcommand)]
pub enum Hook {
    /// Put it in place; never over a hook that is there
    ///
    /// Each pushed commit is judged without a checkout, by its own ci.toml and
    /// under its profile 'quick' if it has one, as 'verify --rev COMMIT --base
    /// WHAT-THE-REMOTE-HAS' would; for a new branch the base is that of
    /// [verify]. Gates that are commands need a work tree and are left out. A
    /// red commit, and one that cannot be judged, is not pushed; 'git push
    /// --no-verify' pushes it unjudged.
    ///
    /// The hook calls this very program, not cargo; where that is gone, nothing
    /// is pushed. core.hooksPath is respected, and all work trees of a
    /// repository share one hook. Where another hook is already, the line to
    /// put into it is told.
    Install(Which),
    /// Take it out again, if it is ours
    Uninstall(Which),
    /// What the hook calls: reads on standard input what git is to push
    #[command(hide = true)]
    Run(Call),
}

/// Which hook.
#[derive(Debug, Args)]
pub struct Which {
    /// The hook
    #[arg(value_enum)]
    name: Name,
}

/// How git calls a hook.
#[derive(Debug, Args)]
pub struct Call {
    /// The hook
    #[arg(value_enum)]
    name: Name,
    /// Name and address of the remote
    remote: Vec<String>,
}

/// The hooks there are.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Name {
    /// Before a push
    PrePush,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Hook) -> Done {
    match args {
        Hook::Install(Which { name: Name::PrePush }) => install(builtin, place),
        Hook::Uninstall(Which { name: Name::PrePush }) => uninstall(place),
        Hook::Run(Call { name: Name::PrePush, .. }) => run::run(builtin, place),
    }
}

/// Puts the hook in place.
pub(super) fn install(builtin: &Builtin, place: &Place) -> Done {
    if place.config.is_some() {
        return Err(Stop::usage("a pushed commit is judged by its own ci.toml, not by --config")
            .hint("leave --config out, or write a hook of your own that calls 'verify --rev'"));
    }
    let view = View::open(place, At::WorkTree)?;
    let repository = repository(&view)?;
    judges_something(&view.config(place, builtin)?)?;
    let path = path(repository)?;
    owned(repository, &path)?;
    let program = program()?;
    let text = script::text(&program);
    let done = match present(&path)? {
        Present::Absent => {
            create(&path, &text).map_err(|error| unwritable(&path, &error))?;
            "installed"
        }
        Present::Ours { program: before } if before == program => "already there:",
        Present::Ours { .. } => {
            atomic_write(&path, text.as_bytes())?;
            "renewed"
        }
        Present::Changed | Present::Foreign { .. } => {
            let line = script::line(&program);
            return Err(Stop::usage(format!("'{path}' is there already, and is left as it is"))
                .hint(format!("put this line into it, before it reads its input: {line}")));
        }
    };
    let mut out = anstream::stdout().lock();
    writeln!(out, "{done} {path}\n  it calls {program}")?;
    if let Some(folder) = build_folder(&program) {
        writeln!(
            out,
            "  that is built in {folder}: when it is gone ('cargo clean'), every push is refused \
             until it is built again; 'cargo install --path xtask' gives it a place that stays"
        )?;
    }
    if repository.root().is_ok_and(|root| path.starts_with(root))
        && !path.starts_with(repository.common_dir())
    {
        writeln!(out, "  it lies in the work tree: do not commit it, the path is this machine's")?;
    }
    Ok(0)
}

fn uninstall(place: &Place) -> Done {
    let view = View::open(place, At::WorkTree)?;
    let path = path(repository(&view)?)?;
    let mut out = anstream::stdout().lock();
    match present(&path)? {
        Present::Absent => writeln!(out, "no hook: {path} is not there")?,
        Present::Ours { .. } => {
            std::fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
            writeln!(out, "removed {path}")?;
        }
        Present::Changed => {
            return Err(Stop::usage(format!("'{path}' was changed since it was installed"))
                .hint("take out by hand what is not yours"));
        }
        Present::Foreign { .. } => {
            return Err(Stop::usage(format!("'{path}' is not ours, and is left as it is"))
                .hint("take the line with 'hook run pre-push' out of it by hand, if it has one"));
        }
    }
    Ok(0)
}

/// Where git looks for the hook: under core.hooksPath, or in the git directory
/// that all work trees share.
pub(crate) fn path(repository: &Repository) -> Result<Utf8PathBuf, Stop> {
    // Of the folder: git would follow a hook that is a link.
    let ask = ["rev-parse", "--path-format=absolute", "--git-path", "hooks"];
    let answer = repository.git().output(&ask).map_err(RepoError::Git)?;
    let answer = String::from_utf8(answer)
        .map_err(|_| Stop::environment("the folder of git's hooks has a name that is no UTF-8"))?;
    Ok(Utf8Path::new(answer.trim_end_matches('\n')).join("pre-push"))
}

fn repository(view: &View) -> Result<&Repository, Stop> {
    view.repository.as_ref().ok_or_else(|| {
        Stop::environment(format!("'{}' is no git repository, so it has no hooks", view.root))
    })
}

/// A folder of hooks that this repository does not own belongs to others too.
fn owned(repository: &Repository, path: &Utf8Path) -> Result<(), Stop> {
    let root = repository.root().ok();
    if path.starts_with(repository.common_dir()) || root.is_some_and(|root| path.starts_with(root))
    {
        return Ok(());
    }
    let message = format!(
        "git's hooks are in '{}' (core.hooksPath), outside this repository",
        path.parent().unwrap_or(path)
    );
    Err(Stop::usage(message).hint(
        "other repositories may use them too: give this one its own with \
         'git config core.hooksPath .git/hooks', then run this again",
    ))
}

/// A hook under which no gate can run would refuse every push.
fn judges_something(config: &Config) -> Result<(), Stop> {
    let profile = config.profiles.iter().find(|profile| profile.name == PROFILE);
    let chosen = |name: &str| {
        profile.is_none_or(|profile| {
            profile.gates.is_empty() || profile.gates.iter().any(|gate| gate == name)
        })
    };
    if config.gates.iter().any(|gate| gate.kind.is_some() && chosen(&gate.name)) {
        return Ok(());
    }
    let of = if profile.is_some() { "profile 'quick' of ci.toml" } else { "ci.toml" };
    Err(Stop::usage(format!("{of} has no built-in gate, so no pushed commit could be judged"))
        .hint("commands need a work tree; a pushed commit has none: add a gate as secret-scan"))
}

/// This program, where it is installed.
fn program() -> Result<Utf8PathBuf, Stop> {
    let path = std::env::current_exe()
        .map_err(|error| Stop::environment(format!("this program's path is unknown: {error}")))?;
    let path = Utf8PathBuf::from_path_buf(path).map_err(|path| {
        Stop::environment(format!("'{}' is no UTF-8, so no hook can name it", path.display()))
    })?;
    if path.is_file() {
        // A shell reads the hook, on Windows too.
        return Ok(path.as_str().replace(MAIN_SEPARATOR, "/").into());
    }
    Err(Stop::environment(format!("'{path}', this program, is gone"))
        .hint("it was replaced while it ran: try again"))
}

/// The folder of builds that a program lies in: cargo marks it.
fn build_folder(program: &Utf8Path) -> Option<&Utf8Path> {
    program.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").is_file())
}

fn create(path: &Utf8Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Not over what somebody puts there meanwhile. git passes over a hook that
    // may not be executed.
    let mut options = OpenOptions::new();
    let mut file = mode::executable(options.write(true).create_new(true)).open(path)?;
    file.write_all(text.as_bytes())
}

fn unwritable(path: &Utf8Path, error: &io::Error) -> Stop {
    Stop::environment(format!("'{path}' could not be written: {error}"))
}
