//! ci.toml's gates: whether each can be configured and finds what it judges.

use camino::Utf8Path;
use kernel::{HistoryScope, Pulse, Wants};

use super::{Check, tools};
use crate::cli::Stop;
use crate::config::{Config, Empty, GateConfig};
use crate::engine::looks_at;
use crate::exec::Cancel;
use crate::gather::{FromRepository, Gatherer};
use crate::git::GitError;
use crate::ready::{Ready, ready};
use crate::repo::RepoError;
use crate::view::View;

pub fn checks(view: &View, config: &Config) -> Vec<Check> {
    let count = config.gates.len();
    let noun = if count == 1 { "gate" } else { "gates" };
    let mut checks = vec![Check::ok("ci.toml", format!("{}, {count} {noun}", config.path))];
    checks.push(base(view, config));
    let mut wanted = Vec::new();
    for gate in &config.gates {
        let named = format!("gate {}", gate.name);
        match one(view, config, gate, None) {
            Err(stop) => checks.push(Check::of(named, stop)),
            Ok(None) => checks.push(command(view, gate, named)),
            Ok(Some(ready)) => {
                checks.push(built_in(view, config, gate, &ready.wants, named));
                wanted.extend(tools::of_wants(view, gate, &ready.wants));
            }
        }
        for profile in config.profiles.iter().filter(|it| it.overridden.contains(&gate.name)) {
            if let Err(stop) = one(view, config, gate, Some(&profile.name)) {
                checks.push(Check::of(format!("gate {} in {}", gate.name, profile.name), stop));
            }
        }
        wanted.extend(tools::of_command(view, gate));
    }
    checks.extend(tools::checks(wanted));
    checks
}

/// What a change is compared with.
fn base(view: &View, config: &Config) -> Check {
    let Some(base) = &config.verify.base else {
        if config.verify.baseline_only_shrinks {
            let text = "none, and [verify] baseline_only_shrinks compares with it";
            return Check::configuration("base", text)
                .todo("write base = \"origin/main\" under [verify], or the like");
        }
        return Check::note("base", "none: 'verify --changed' needs --base")
            .todo("write base = \"origin/main\" under [verify], or the like");
    };
    let Some(repository) = &view.repository else {
        return Check::note("base", format!("'{base}', but there is no repository"));
    };
    match repository.merge_base(base, &view.head()) {
        Ok(Some(_)) => Check::ok("base", base),
        Ok(None) => {
            Check::environment("base", format!("'{base}' and HEAD have no common ancestor"))
                .todo("name another under [verify], or fetch more history")
        }
        Err(RepoError::Git(GitError::UnknownRevision { revision })) if revision == *base => {
            let fetch = match base.split_once('/') {
                Some((remote, branch)) => format!("git fetch {remote} {branch}"),
                None => "git fetch".to_owned(),
            };
            Check::environment("base", format!("'{base}' is not here"))
                .todo(format!("{fetch}, or name another under [verify]"))
        }
        Err(RepoError::Unborn { .. }) => {
            Check::note("base", format!("'{base}', but there is no commit yet"))
        }
        Err(error) => ("base", error).into(),
    }
}

/// Configures one gate alone, so that its faults are its own.
fn one(
    view: &View,
    config: &Config,
    gate: &GateConfig,
    profile: Option<&str>,
) -> Result<Option<Ready>, Stop> {
    let alone = Config { gates: vec![gate.clone()], ..config.clone() };
    let all = ready(&alone, profile, &view.tree, None)
        .map_err(|faults| Stop::usage(faults.to_string()))?;
    Ok(all.into_iter().flatten().next())
}

fn built_in(
    view: &View,
    config: &Config,
    gate: &GateConfig,
    wants: &Wants,
    named: String,
) -> Check {
    let needs_git = wants.git || wants.history.is_some();
    if needs_git && view.repository.is_none() {
        return Check::environment(named, "needs a git repository, and there is none")
            .todo("run it in a clone");
    }
    if let Some(scope) = wants.history
        && let Some(fault) = history(view, config, scope, &named)
    {
        return fault;
    }
    let files = view.tree.list(&wants.files).len();
    let alone = wants.history.is_none() && wants.requests.is_empty();
    let is_red = gate.common.empty == Empty::Red && gate.common.when.is_none();
    if files == 0 && !wants.files.is_empty() && alone && is_red {
        let text = format!("looks at nothing here ({}), which is red", looks_at(&wants.files));
        return Check::configuration(named, text)
            .todo(format!("say empty = \"ok\" under [gate.{}], or take it out", gate.name));
    }
    let files = match files {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    Check::ok(named, format!("looks at {files}"))
}

/// What is wrong with the history for a gate that judges all of it.
fn history(view: &View, config: &Config, scope: HistoryScope, named: &str) -> Option<Check> {
    let cancel = Cancel::new();
    let gatherer = FromRepository::new(view, config.verify.base.as_deref(), &cancel);
    let history = match gatherer.history(scope, &Pulse::default(), None) {
        Ok(history) => history,
        Err(error) => {
            let hint = error.hint.clone();
            return Some(Check { todo: hint, ..Check::environment(named, error.message) });
        }
    };
    let state = history.state();
    let (text, todo) = match scope {
        HistoryScope::Range => return None,
        HistoryScope::Full if state.shallow => {
            ("needs the whole history, and the clone is shallow", "git fetch --unshallow")
        }
        HistoryScope::Full if state.partial => {
            ("needs the whole history, and the clone is partial", "clone anew without --filter")
        }
        HistoryScope::Full if state.grafted => {
            ("needs the whole history, and grafts hide some of it", "remove .git/info/grafts")
        }
        HistoryScope::Full if state.commits == 0 => {
            ("needs the history, and there is no commit yet", "commit first")
        }
        HistoryScope::Full => return None,
    };
    Some(Check::environment(named, text).todo(todo))
}

/// What a command gate needs beside programs.
fn command(view: &View, gate: &GateConfig, named: String) -> Check {
    if let Some(dir) = &gate.common.dir
        && !view.root.join(dir).is_dir()
    {
        return Check::configuration(named, format!("its 'dir', '{dir}', is no folder here"))
            .todo("name a folder of this repository");
    }
    if let Some(prove) = &gate.common.prove
        && view.tree.find(Utf8Path::new(&prove.patch)).is_none()
    {
        return Check::configuration(named, format!("its patch, '{}', is not here", prove.patch))
            .todo("mend the path under 'prove'");
    }
    Check::ok(named, gate.common.argv().unwrap_or_default().join(" "))
}
