//! One run from start to end, on the calling thread.
//!
//! Everything that can happen (output, end of the program, a cancel) wakes the thread where it
//! sleeps ([`super::pipes`]); otherwise the next deadline does.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::capture::{Captured, Log};
use super::family::{Family, new_mark};
use super::keep::Keep;
use super::pipes::{Pipes, bell};
use super::redact::Secrets;
use super::spawn::spawn;
use super::{Cancel, Command, DRAIN, Ended, GRACE, Status};

/// How long after KILL the leader may take to die: one that hangs in the kernel is left behind.
const DEATH: Duration = Duration::from_secs(3);

/// While a family that was told to end still has members, it is looked at this often.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Runs `command` to its end, its time limit or `cancel`, whichever comes first.
///
/// Never fails: what went wrong is the [`Ended::status`].
pub fn run(command: &Command, cancel: &Cancel) -> Ended {
    let started = Instant::now();
    let not_run = |status| Ended {
        status,
        stdout: Captured::default(),
        stderr: Captured::default(),
        elapsed: started.elapsed(),
        output_held_open: false,
        log_error: None,
    };
    if cancel.is_requested() {
        return not_run(Status::Cancelled);
    }
    let log = match &command.log {
        None => None,
        Some(path) => match Log::create(path, command.log_bytes_max) {
            Ok(log) => Some(log),
            Err(error) => {
                let reason = format!("its log '{path}' cannot be written: {error}");
                return not_run(Status::CannotStart { reason });
            }
        },
    };
    let secrets = Secrets::among(
        std::env::vars_os()
            .chain(command.env.set.iter().map(|(name, value)| (name.into(), value.into()))),
        &[],
    );
    match watch(command, cancel, started, Keep::new(command, &secrets, log)) {
        Ok(ended) => ended,
        Err(status) => not_run(status),
    }
}

/// Why a family was told to end, and when grace is over.
struct Ending {
    status: Status,
    kill_at: Instant,
    is_killed: bool,
}

fn watch(
    command: &Command,
    cancel: &Cancel,
    started: Instant,
    mut keep: Keep<'_>,
) -> Result<Ended, Status> {
    let unwatchable = |error: io::Error| Status::CannotStart {
        reason: format!("the system has no means left to watch it: {error}"),
    };
    let (wake, bell) = bell().map_err(unwatchable)?;
    let bell = Arc::new(bell);
    let _listening = cancel.listen(&bell);

    let mark = new_mark();
    let mut child = spawn(command, &mark)?;
    let input = command.stdin.as_deref().unwrap_or_default();
    let mut pipes = Pipes::take(child.as_mut(), input, wake);
    let mut family = Family::of(child, mark).map_err(unwatchable)?;
    if let Err(error) = pipes.open().and_then(|()| family.announce_end(bell)) {
        family.kill();
        let _ = family.reap();
        return Err(unwatchable(error));
    }

    let deadline = command.timeout.and_then(|limit| started.checked_add(limit));
    let mut ending: Option<Ending> = None;
    let mut ended_at: Option<Instant> = None;
    let output_held_open = loop {
        let now = Instant::now();
        if ended_at.is_none() && family.has_ended() {
            ended_at = Some(now);
        }
        if ending.is_none() && ended_at.is_none() {
            let status = match (command.timeout, deadline) {
                _ if cancel.is_requested() => Some(Status::Cancelled),
                (Some(limit), Some(at)) if now >= at => Some(Status::TimedOut { limit }),
                _ => None,
            };
            if let Some(status) = status {
                if !cancel.must_kill() {
                    family.terminate();
                }
                ending = Some(Ending { status, kill_at: now + GRACE, is_killed: false });
            }
        }

        // When to wake up at the latest.
        let until = match (&mut ending, ended_at) {
            (None, None) => deadline,
            (None, Some(at)) => {
                if pipes.are_drained() {
                    break false;
                }
                if cancel.is_requested() {
                    family.kill();
                }
                if now >= at + DRAIN || cancel.is_requested() {
                    break true;
                }
                Some(at + DRAIN)
            }
            (Some(ending), ended_at) => {
                let is_over = ended_at.is_some() && !family.has_survivors();
                if !ending.is_killed && !is_over && (now >= ending.kill_at || cancel.must_kill()) {
                    family.kill();
                    ending.is_killed = true;
                }
                if is_over
                    || ending.is_killed && (ended_at.is_some() || now >= ending.kill_at + DEATH)
                {
                    pipes.read_rest(&mut keep);
                    break false;
                }
                match (ending.is_killed, ended_at) {
                    (true, _) => Some(ending.kill_at + DEATH),
                    (false, Some(_)) => Some(ending.kill_at.min(now + LOOK_AGAIN)),
                    (false, None) => Some(ending.kill_at),
                }
            }
        };
        pipes.wait(until);
        pipes.read(&mut keep);
    };
    drop(pipes);

    family.kill_rest();
    // Reaped last: until here the number of the group was taken.
    let code = if ended_at.is_some() { family.reap() } else { None };
    let status = match (ending, code) {
        (Some(ending), _) => ending.status,
        (None, Some(status)) => status,
        (None, None) => Status::CannotStart {
            reason: "it ended, but somebody else in this process took its exit code".to_owned(),
        },
    };
    let (stdout, stderr, log_error) = keep.finish();
    Ok(Ended { status, stdout, stderr, elapsed: started.elapsed(), output_held_open, log_error })
}
