//! Programs that gates call: whether they are there, and which version of those
//! that a gate requires.

use std::path::PathBuf;
use std::time::Duration;

use camino::Utf8PathBuf;
use kernel::{Request, Wants};

use super::Check;
use crate::config::GateConfig;
use crate::exec::{self, Cancel, Command, Env, Status};
use crate::view::View;

/// How long a program may take to tell its version.
const VERSION_TIMEOUT: Duration = Duration::from_secs(5);
/// Characters of a version that are shown.
const VERSION_CHARS_MAX: usize = 80;

/// A program that a gate calls.
pub struct Wanted {
    gate: String,
    name: String,
    dir: Utf8PathBuf,
    env: Env,
    /// Whether it is one that `requires` names: only those are asked.
    asked: bool,
}

pub fn of_command(view: &View, gate: &GateConfig) -> Vec<Wanted> {
    let common = &gate.common;
    let dir = common.dir.as_ref().map_or_else(|| view.root.clone(), |dir| view.root.join(dir));
    let mut env = Env::inherit();
    for (name, value) in &common.set_env {
        env = env.with(name, value);
    }
    let wanted = |name: &String, asked: bool| Wanted {
        gate: gate.name.clone(),
        name: name.clone(),
        dir: dir.clone(),
        env: env.clone(),
        asked,
    };
    let argv = common.argv().unwrap_or_default();
    let finally = common.finally.clone().unwrap_or_default();
    let required = common.requires.iter().map(|name| wanted(name, !name.contains('/')));
    let called = argv.first().into_iter().chain(finally.first()).map(|name| wanted(name, false));
    required.chain(called).collect()
}

pub fn of_wants(view: &View, gate: &GateConfig, wants: &Wants) -> Vec<Wanted> {
    let names = wants.requests.values().filter_map(|request| match request {
        Request::Command(command) => command.argv.first(),
        _ => None,
    });
    let wanted = |name: &String| Wanted {
        gate: gate.name.clone(),
        name: name.clone(),
        dir: view.root.clone(),
        env: Env::inherit(),
        asked: false,
    };
    names.map(wanted).collect()
}

/// One line a program, however many gates call it.
pub fn checks(wanted: Vec<Wanted>) -> Vec<Check> {
    struct Found {
        name: String,
        place: Result<PathBuf, Status>,
        gates: Vec<String>,
        asked: Option<Wanted>,
    }
    let mut all: Vec<Found> = Vec::new();
    for wanted in wanted {
        let place = exec::find(&wanted.name, &wanted.env, &wanted.dir);
        let known = all.iter().position(|it| it.name == wanted.name && it.place == place);
        let at = known.unwrap_or_else(|| {
            all.push(Found { name: wanted.name.clone(), place, gates: Vec::new(), asked: None });
            all.len() - 1
        });
        let Some(found) = all.get_mut(at) else { continue };
        if !found.gates.contains(&wanted.gate) {
            found.gates.push(wanted.gate.clone());
        }
        if wanted.asked {
            found.asked = Some(wanted);
        }
    }
    let check = |found: Found| {
        let named = format!("tool {}", found.name);
        let gates = found.gates.join(", ");
        match found.place {
            Ok(path) => {
                let version = found.asked.as_ref().map(version).unwrap_or_default();
                Check::ok(named, format!("{}{version}, for {gates}", path.display()))
            }
            Err(Status::NotFound { .. }) => {
                Check::environment(named, format!("is not installed, and {gates} calls it"))
                    .todo(format!("install '{}' and put its folder into PATH", found.name))
            }
            Err(status) => Check::environment(named, format!("{status}; {gates} calls it")),
        }
    };
    all.into_iter().map(check).collect()
}

/// The first line that it prints when asked; tools agree on no more than that.
fn version(wanted: &Wanted) -> String {
    let command = Command {
        env: wanted.env.clone(),
        timeout: Some(VERSION_TIMEOUT),
        output_bytes_max: 4096,
        ..Command::new([wanted.name.as_str(), "--version"], wanted.dir.clone())
    };
    let ended = exec::run(&command, &Cancel::new());
    let (stdout, stderr) = (ended.stdout.text(), ended.stderr.text());
    let line = stdout.lines().chain(stderr.lines()).find(|line| !line.trim().is_empty());
    match line.filter(|_| ended.status.success()) {
        Some(line) => {
            let line = line.trim().chars().filter(|c| !c.is_control());
            format!(" ({})", line.take(VERSION_CHARS_MAX).collect::<String>())
        }
        None => " (tells no version)".to_owned(),
    }
}
