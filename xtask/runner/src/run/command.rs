//! A command gate: attempts, time limit, log, artifacts, `finally`.

use std::io::Read;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Outcome;
use sha2::{Digest, Sha256};

use super::plugin::{Asked, described};
use super::{Run, output};
use crate::config::{GateConfig, Output};
use crate::exec::{self, Command, Env, Status};
use crate::judge::{ASLEEP, CommandEnd};
use crate::output::SIZE_BYTES_MAX;
use crate::proof::command::Shown;
use crate::receipt::{Artifact, Attempt, Proof, Reason, hex};
use crate::repo::RepoError;
use crate::reuse::{self, ALWAYS, Fresh, Looked, Passed};

/// Asks for the work tree's fingerprint as it is now.
pub type Fingerprint = Box<dyn Fn() -> Result<String, RepoError> + Sync + Send>;

/// Where commands run and what is kept of them.
pub struct Surroundings {
    /// The repository.
    pub root: Utf8PathBuf,
    /// Folder for logs; none keeps none.
    pub logs: Option<Utf8PathBuf>,
    /// The work tree's fingerprint, to notice a command that changes it; none
    /// where that cannot be told.
    pub fingerprint: Option<Fingerprint>,
    /// The last fingerprint seen.
    pub last: Mutex<Option<String>>,
}

impl Surroundings {
    /// Whether the work tree is another one than when this was asked last.
    ///
    /// # Errors
    /// git cannot tell.
    pub fn is_changed(&self) -> Result<bool, RepoError> {
        let Some(fingerprint) = &self.fingerprint else { return Ok(false) };
        let now = fingerprint()?;
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = last.replace(now.clone());
        Ok(before.is_some_and(|before| before != now))
    }
}

/// How many lines of a failed command's output the receipt keeps.
const TAIL_LINES: usize = 20;

/// Takes an earlier pass of a command gate, or runs it to its end.
pub fn judge(run: &Run<'_>, gate: &GateConfig, looked: &Looked) -> (CommandEnd, Option<Fresh>) {
    let surroundings = match looked {
        Looked::Hit(standing) => {
            let mut end = blank(gate);
            end.reuse = reuse::hit(standing);
            end.found = gate.common.output.as_ref().map(|_| {
                let tree = run.tree.retraced(kernel::Pulse::default());
                output::found(gate, &tree, standing.kept.checked.clone())
            });
            if let Some(passed) = &standing.kept.passed {
                end.outcome = Outcome::Passed;
                end.attempts.clone_from(&passed.attempts);
                end.artifacts.clone_from(&passed.artifacts);
            }
            proven(run, gate, &mut end);
            return (end, None);
        }
        Looked::Miss(surroundings) => Some(surroundings),
        Looked::Off => None,
    };
    let mut end = self::run(run, gate);
    proven(run, gate, &mut end);
    let passed = || Passed { attempts: end.attempts.clone(), artifacts: end.artifacts.clone() };
    let checked = || end.found.as_ref().map(|found| found.checked.clone()).unwrap_or_default();
    let is_plain = |end: &CommandEnd| end.attempts.iter().all(|it| it.exit_code == Some(0));
    let fresh = surroundings
        .filter(|_| end.outcome == Outcome::Passed && is_plain(&end))
        .and_then(|told| run.results.fresh_command(gate, told, run.named(), passed(), checked()));
    if let Some(fresh) = &fresh {
        end.reuse = run.results.judged(fresh, false);
    }
    (end, fresh)
}

/// Lets a gate that passed show that it can go red, where that was asked for:
/// one that cannot does not end green.
fn proven(run: &Run<'_>, gate: &GateConfig, end: &mut CommandEnd) {
    let Some(canary) = run.canary.filter(|_| end.outcome.is_green()) else { return };
    let proof = |tripped: bool, is_quiet: bool| Proof {
        canaries: 1,
        tripped: tripped.into(),
        quiet: is_quiet.into(),
        unproven: Vec::new(),
    };
    match canary(gate) {
        Ok(Shown::Unproven) => {}
        _ if run.cancel.is_requested() => {
            end.outcome = Outcome::Interrupted;
            end.reason = reason("interrupted", "its canary was interrupted".to_owned());
        }
        Ok(Shown::Proven) => end.proof = Some(proof(true, true)),
        Ok(Shown::Asleep { why, is_quiet }) => {
            end.proof = Some(proof(false, is_quiet));
            end.outcome = Outcome::Errored;
            end.reason = reason(ASLEEP, why);
            end.reason.hint = Some("mend the patch, or the command that does not see it".into());
        }
        Err(error) => {
            end.outcome = Outcome::Errored;
            end.reason = reason(error.code, error.message);
            end.reason.hint = error.hint;
        }
    }
}

/// Looks for an earlier pass. One whose artifacts are no longer what they were is
/// none.
pub fn look(run: &Run<'_>, gate: &GateConfig) -> Looked {
    let argv = gate.common.argv().unwrap_or_default();
    let looked = run.results.look_command(gate, &command(run, gate, &argv, None), run.named());
    let Looked::Hit(standing) = &looked else { return looked };
    let is_there = |kept: &Artifact| {
        let now = artifact(&run.surroundings.root.join(&kept.path));
        now.is_ok_and(|(sha256, size)| (sha256, size) == (kept.sha256.clone(), kept.size))
    };
    match &standing.kept.passed {
        Some(passed) if passed.artifacts.iter().all(is_there) => looked,
        _ => Looked::Off,
    }
}

fn blank(gate: &GateConfig) -> CommandEnd {
    CommandEnd {
        outcome: Outcome::Errored,
        reason: Reason::default(),
        attempts: Vec::new(),
        finally: None,
        argv: gate.common.argv().unwrap_or_default(),
        log: None,
        tail: None,
        artifacts: Vec::new(),
        options_sha256: gate.common.digest(),
        reuse: reuse::off(),
        proof: None,
        found: None,
        is_log_told: false,
    }
}

fn run(run: &Run<'_>, gate: &GateConfig) -> CommandEnd {
    let mut end = blank(gate);
    let argv = end.argv.clone();
    if let Some(missing) = missing_tool(&gate.common.requires, &command(run, gate, &argv, None)) {
        end.reason = reason("missing-tool", format!("'{missing}' is not installed"));
        end.reason.hint = Some(format!("install '{missing}' and put its folder into PATH"));
        return end;
    }
    let asked = gate.common.plugin.as_ref().map(|plugin| {
        let command = command(run, gate, &argv, None);
        Asked::new(gate, plugin, command, run.cancel)
    });
    // Its rules are asked for and proved once, whatever is tried again.
    let proved = match asked.as_ref().map(Asked::prove).transpose() {
        Ok(proved) => proved,
        Err(reason) => {
            end.reason = reason;
            return end;
        }
    };
    // Where the folder cannot be made, the output is judged all the same.
    let logs = run.surroundings.logs.as_ref().filter(|logs| std::fs::create_dir_all(logs).is_ok());
    let log = logs.map(|logs| logs.join(format!("{}.log", gate.name)));
    let attempts = gate.common.attempts.map_or(1, std::num::NonZeroU32::get);
    for attempt in 1..=attempts {
        let mut command = command(run, gate, &argv, log.clone());
        if let Some(asked) = &asked {
            match asked.over(run.tree, &run.surroundings.root, run.gatherer.base_name()) {
                Ok(over) => command = Command { log: command.log, ..over },
                Err(reason) => {
                    end.reason = reason;
                    return end;
                }
            }
        }
        let before =
            gate.common.output.as_ref().map(|it| output::Before::of(&run.surroundings.root, it));
        let ended = exec::run(&command, run.cancel);
        settle(&mut end, &ended, attempt);
        let retry = matches!(end.outcome, Outcome::Failed | Outcome::TimedOut);
        if let (Some(output), Some(before)) = (&gate.common.output, &before) {
            report(run, gate, output, before, &ended, &mut end);
        }
        if let (Some(asked), Some((rules, proof))) = (&asked, &proved) {
            answer(run, asked, rules, proof, &ended, &mut end);
        }
        if !retry || run.cancel.is_requested() {
            break;
        }
    }
    let is_clean = end.attempts.last().is_some_and(|last| last.exit_code == Some(0));
    if end.outcome.is_green() {
        end.tail = None;
        artifacts(run, gate, &mut end);
    }
    if !end.outcome.is_green() || !is_clean {
        end.log = log
            .filter(|log| !end.is_log_told && log.exists())
            .map(|log| kernel::slashed(&log).into_owned());
    }
    if let Some(finally) = &gate.common.finally {
        let command = Command { log: None, ..command(run, gate, finally, None) };
        let ended = exec::run(&command, &run.cancel.for_cleanup());
        end.finally = Some(attempt_of(&ended.status));
        if end.outcome.is_green() && !ended.status.success() {
            end.outcome = Outcome::Errored;
            end.reason = reason("finally-failed", format!("'finally' {}", ended.status));
        }
    }
    mutated(run, gate, &mut end);
    end
}

fn command(run: &Run<'_>, gate: &GateConfig, argv: &[String], log: Option<Utf8PathBuf>) -> Command {
    let started = started(gate, argv, &run.surroundings.root);
    let told = gate.common.output.as_ref().is_some_and(|output| output.file.is_none());
    // What is judged is kept as printed: a masked word could be the report's own.
    // Of findings the words are masked one by one.
    let (raw, output_bytes_max) =
        if told { (true, SIZE_BYTES_MAX) } else { (started.raw, started.output_bytes_max) };
    Command { timeout: Some(run.limit(&gate.name)), log, raw, output_bytes_max, ..started }
}

/// How the gate's command is started in the repository at `root`.
pub fn command_of(gate: &GateConfig, root: &Utf8Path) -> Command {
    started(gate, &gate.common.argv().unwrap_or_default(), root)
}

fn started(gate: &GateConfig, argv: &[String], root: &Utf8Path) -> Command {
    let dir = gate.common.dir.as_ref().map_or_else(|| root.to_owned(), |dir| root.join(dir));
    let mut env = match gate.common.inputs.is_empty() {
        true => Env::inherit(),
        // No undeclared variable can matter.
        false => Env::only(ALWAYS.into_iter().chain(gate.common.env.iter().map(String::as_str))),
    };
    for (name, value) in &gate.common.set_env {
        env = env.with(name, value);
    }
    Command { env, ..Command::new(argv.iter().cloned(), dir) }
}

fn settle(end: &mut CommandEnd, ended: &exec::Ended, attempt: u32) {
    end.attempts.push(attempt_of(&ended.status));
    let text = ended.status.to_string();
    (end.outcome, end.reason) = match &ended.status {
        Status::Exited(0) if attempt > 1 => {
            (Outcome::Flaky, reason("flaky", format!("passed on attempt {attempt}")))
        }
        Status::Exited(0) => (Outcome::Passed, Reason::default()),
        Status::Exited(code) => {
            (Outcome::Failed, reason("exit-code", format!("exited with {code}")))
        }
        Status::Signalled(_) => (Outcome::Errored, reason("signal", text)),
        Status::TimedOut { .. } => (Outcome::TimedOut, reason("timed-out", text)),
        Status::Cancelled => (Outcome::Interrupted, reason("interrupted", text)),
        Status::NotFound { .. } => (Outcome::Errored, reason("missing-tool", text)),
        Status::CannotStart { .. } => (Outcome::Errored, reason("cannot-start", text)),
    };
    end.tail = tail(&format!("{}{}", ended.stdout.text(), ended.stderr.text()));
}

fn tail(printed: &str) -> Option<String> {
    let lines: Vec<&str> = printed.lines().collect();
    let kept = lines.get(lines.len().saturating_sub(TAIL_LINES)..).unwrap_or_default();
    (!kept.is_empty()).then(|| kept.join("\n"))
}

/// Takes what an attempt told. How it ended is then for its findings to say, and
/// not for its exit code, unless the two cannot both be true.
fn report(
    run: &Run<'_>,
    gate: &GateConfig,
    output: &Output,
    before: &output::Before,
    ended: &exec::Ended,
    end: &mut CommandEnd,
) {
    (end.found, end.is_log_told) = (None, false);
    let Status::Exited(code) = ended.status else { return };
    match output::take(run, gate, output, before, code, &ended.stdout) {
        Ok(found) => {
            end.found = Some(found);
            if code != 0 {
                (end.outcome, end.reason) = (Outcome::Passed, Reason::default());
            }
        }
        Err(reason) => (end.outcome, end.reason) = (Outcome::Errored, reason),
    }
    // What was told is told as findings; the report itself is nobody's reading.
    if output.file.is_none() {
        end.tail = tail(&ended.stderr.text());
        end.is_log_told = end.found.is_some();
    }
}

/// Takes what a plugin answered. One that ends otherwise than with 0 did not
/// judge, whatever it told before.
fn answer(
    run: &Run<'_>,
    asked: &Asked<'_>,
    rules: &[kernel::Rule],
    proof: &[kernel::canary::Proof],
    ended: &exec::Ended,
    end: &mut CommandEnd,
) {
    (end.found, end.is_log_told) = (None, false);
    let Status::Exited(code) = ended.status else { return };
    end.tail = tail(&ended.stderr.text());
    if code != 0 {
        let text = format!("exited with {code}: it did not judge");
        (end.outcome, end.reason) = (Outcome::Errored, reason("plugin-protocol", text));
        return;
    }
    let described = described(rules, proof.to_vec());
    match asked.found(described, rules, &ended.stdout, run.tree, &run.surroundings.root) {
        Ok(found) => (end.found, end.is_log_told) = (Some(found), true),
        Err(reason) => (end.outcome, end.reason) = (Outcome::Errored, reason),
    }
}

fn attempt_of(status: &Status) -> Attempt {
    let (outcome, exit_code, signal) = match status {
        Status::Exited(0) => (Outcome::Passed, Some(0), None),
        Status::Exited(code) => (Outcome::Failed, Some(*code), None),
        Status::Signalled(signal) => (Outcome::Errored, None, Some(*signal)),
        Status::TimedOut { .. } => (Outcome::TimedOut, None, None),
        Status::Cancelled => (Outcome::Interrupted, None, None),
        Status::NotFound { .. } | Status::CannotStart { .. } => (Outcome::Errored, None, None),
    };
    Attempt { outcome, exit_code, signal }
}

/// The first required program that the command would not find.
fn missing_tool<'a>(requires: &'a [String], command: &Command) -> Option<&'a String> {
    requires.iter().find(|tool| exec::find(tool, &command.env, &command.dir).is_err())
}

fn artifacts(run: &Run<'_>, gate: &GateConfig, end: &mut CommandEnd) {
    for path in &gate.common.artifacts {
        match artifact(&run.surroundings.root.join(path)) {
            Ok((sha256, size)) => {
                end.artifacts.push(Artifact { path: path.clone(), sha256, size });
            }
            Err(error) => {
                end.outcome = Outcome::Errored;
                end.reason = reason("missing-artifact", format!("it left no '{path}': {error}"));
            }
        }
    }
}

/// Digest and size of a file, whatever its size. A FIFO or device could be
/// waited for, or read from, for ever.
fn artifact(path: &Utf8Path) -> std::io::Result<(String, u64)> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    let mut file = std::fs::File::open(path)?;
    let mut digest = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((hex(&digest.finalize()), size));
        }
        digest.update(buffer.get(..count).unwrap_or_default());
        size += count as u64;
    }
}

/// A gate may judge the tree, never change it.
fn mutated(run: &Run<'_>, gate: &GateConfig, end: &mut CommandEnd) {
    let is_changed = match run.surroundings.is_changed() {
        Ok(is_changed) => is_changed,
        Err(error) => {
            end.outcome = Outcome::Errored;
            let text =
                format!("whether '{}' changed the work tree cannot be told: {error}", gate.name);
            end.reason = reason("mutated-tree", text);
            end.reason.hint = Some("a gate may not touch the git directory".into());
            return;
        }
    };
    if is_changed {
        end.outcome = Outcome::Errored;
        let text = format!("the work tree changed while '{}' ran", gate.name);
        end.reason = reason("mutated-tree", text);
        end.reason.hint = Some(
            "a gate may not modify the tree: let it write to ignored paths or a temporary folder"
                .into(),
        );
    }
}

fn reason(code: &str, text: String) -> Reason {
    Reason { code: code.to_owned(), text, hint: None }
}
