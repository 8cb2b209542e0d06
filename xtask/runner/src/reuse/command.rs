//! A command's pass, where it declares what its result rests on.

use std::time::UNIX_EPOCH;

use kernel::{Checked, Globs, Trace, Tree};

use super::{Context, Fresh, Kept, Later, Looked, Named, Passed, Results, find, key};
use crate::config::GateConfig;
use crate::exec::{self, Command};
use crate::receipt::sha256;
use crate::reuse::inputs::Asked;

/// Variables that a command with declared inputs gets unasked: programs do not
/// start without them.
pub const ALWAYS: [&str; 12] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "PATHEXT",
    "USERPROFILE",
];

impl Results<'_> {
    /// Looks for a pass of `gate` that stands over `tree`. `command` is how it
    /// would be started.
    #[must_use]
    pub fn look_command(&self, gate: &GateConfig, command: &Command, named: Named<'_>) -> Looked {
        let Some(dir) = self.dir.as_ref().filter(|_| !gate.common.inputs.is_empty()) else {
            return Looked::Off;
        };
        let Some(surroundings) = surroundings(command) else { return Looked::Off };
        let context = || Some(Context::of_command(self.program()?, gate, &surroundings));
        match find(dir, &gate.name, &context, named) {
            Some(standing) => Looked::Hit(Box::new(standing)),
            None => Looked::Miss(surroundings),
        }
    }

    /// A pass of `gate`, ready to be kept. None where its inputs select nothing:
    /// then anything may have moved.
    #[must_use]
    pub fn fresh_command(
        &self,
        gate: &GateConfig,
        surroundings: &str,
        named: Named<'_>,
        passed: Passed,
        checked: Checked,
    ) -> Option<Fresh> {
        let listed = named.tree.list(&Globs::new(&gate.common.inputs).ok()?);
        let paths = listed.into_iter().map(|entry| entry.path).collect::<Vec<_>>();
        if paths.is_empty() {
            return None;
        }
        let lists = [(gate.common.inputs.clone(), paths)];
        let asked = Asked::of(&Trace { listed: lists.into(), ..Trace::default() });
        let inputs = asked.answered(named.tree)?;
        let context = Context::of_command(self.program()?, gate, surroundings);
        let digest = inputs.digest();
        Some(Fresh {
            gate: gate.name.clone(),
            key: key(&context, &digest),
            kept: Kept {
                context,
                asked: Later::of(&asked)?,
                inputs: digest,
                whole: named.whole.map(str::to_owned),
                trace_sha256: String::new(),
                checked,
                passed: Some(passed),
                comments: Vec::new(),
                from: String::new(),
            },
            inputs,
        })
    }

    /// What is other than when `gate` passed last, in words.
    #[must_use]
    pub fn moved_command(&self, gate: &GateConfig, tree: &Tree, surroundings: &str) -> Vec<String> {
        self.moved_since(&gate.name, tree, |program| {
            Context::of_command(program, gate, surroundings)
        })
    }
}

/// Names the program that is started, by its place, size and time, and every
/// variable it gets. None where there is no such program.
fn surroundings(command: &Command) -> Option<String> {
    let program = exec::find(command.argv.first()?, &command.env, &command.dir).ok()?;
    let about = std::fs::metadata(&program).ok()?;
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let mut names = format!("{}\0{}\0{}", program.display(), about.len(), changed.as_nanos());
    for name in command.env.allow.iter().flatten() {
        let value = std::env::var_os(name);
        names.push_str(&format!("\0{name}={value:?}"));
    }
    Some(sha256(names.as_bytes()))
}
