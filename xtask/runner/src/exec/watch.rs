//! One run from start to end, on the calling thread.
//!
//! Everything that can happen (output, end of the program, a cancel) arrives on a file descriptor,
//! so the thread sleeps in one `poll` until something does or the next deadline passes. Pipes are
//! read without blocking: one that somebody holds open is given up by closing our end.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::ChildWrapper;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::cancel::ring;
use super::capture::{Capture, Captured, Log};
use super::family::{Family, new_mark};
use super::redact::{Masking, Secrets};
use super::spawn::spawn;
use super::{Cancel, Command, DRAIN, Ended, GRACE, Status};

/// How long after KILL the leader may take to die: one that hangs in the kernel is left behind.
const DEATH: Duration = Duration::from_secs(3);

/// While a family that was told to end still has members, it is looked at this often.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Size of one read: what a pipe holds by default on Linux.
const CHUNK_BYTES: usize = 64 << 10;

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
    let (wake, bell) = io::pipe().map_err(unwatchable)?;
    let (mut wake, bell) = (File::from(OwnedFd::from(wake)), Arc::new(OwnedFd::from(bell)));
    unblock(&wake).and_then(|()| unblock(&bell)).map_err(unwatchable)?;
    let _listening = cancel.listen(&bell);

    let mark = new_mark();
    let mut child = spawn(command, &mark)?;
    let leader = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or_else(|| {
        Status::CannotStart { reason: format!("process number {} is out of range", child.id()) }
    })?;
    let mut family = Family::new(leader, mark);
    let mut pipes = Pipes::take(child.as_mut(), command.stdin.as_deref().unwrap_or_default());
    let has_ended = match pipes.unblock().and_then(|()| announce_end(leader, bell)) {
        Ok(has_ended) => has_ended,
        Err(error) => {
            family.kill();
            let _ = child.wait();
            return Err(unwatchable(error));
        }
    };

    let deadline = command.timeout.and_then(|limit| started.checked_add(limit));
    let mut ending: Option<Ending> = None;
    let mut ended_at: Option<Instant> = None;
    let mut chunk = vec![0; CHUNK_BYTES];
    let output_held_open = loop {
        let now = Instant::now();
        if ended_at.is_none() && has_ended.load(Ordering::SeqCst) {
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
                    pipes.read(&mut keep, &mut chunk);
                    break false;
                }
                match (ending.is_killed, ended_at) {
                    (true, _) => Some(ending.kill_at + DEATH),
                    (false, Some(_)) => Some(ending.kill_at.min(now + LOOK_AGAIN)),
                    (false, None) => Some(ending.kill_at),
                }
            }
        };
        pipes.wait(&wake, until);
        let _ = wake.read(&mut [0; 64]);
        pipes.read(&mut keep, &mut chunk);
    };
    drop(pipes);

    family.kill_group();
    // Reaped last: until here the number of the group was taken.
    let code = if ended_at.is_some() { child.wait().ok() } else { None };
    let status = match (ending, code) {
        (Some(ending), _) => ending.status,
        (None, Some(code)) => match (code.code(), code.signal()) {
            (Some(code), _) => Status::Exited(code),
            (None, signal) => Status::Signalled(signal.unwrap_or_default()),
        },
        (None, None) => Status::CannotStart {
            reason: "it ended, but somebody else in this process took its exit code".to_owned(),
        },
    };
    let (stdout, stderr, log_error) = keep.finish();
    Ok(Ended { status, stdout, stderr, elapsed: started.elapsed(), output_held_open, log_error })
}

fn unblock(fd: impl AsFd) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(fd, true)?)
}

/// Starts a thread that rings `bell` when the leader has ended, without reaping it.
fn announce_end(leader: Pid, bell: Arc<OwnedFd>) -> io::Result<Arc<AtomicBool>> {
    let has_ended = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&has_ended);
    thread::Builder::new().name(format!("wait {}", leader.as_raw_nonzero())).spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(leader), options), Err(rustix::io::Errno::INTR)) {}
        flag.store(true, Ordering::SeqCst);
        ring(&bell);
    })?;
    Ok(has_ended)
}

/// Our ends of the child's pipes; `None` once closed.
struct Pipes<'c> {
    stdout: Option<File>,
    stderr: Option<File>,
    stdin: Option<File>,
    input: &'c [u8],
}

impl<'c> Pipes<'c> {
    fn take(child: &mut dyn ChildWrapper, input: &'c [u8]) -> Self {
        Self {
            stdout: child.stdout().take().map(|pipe| File::from(OwnedFd::from(pipe))),
            stderr: child.stderr().take().map(|pipe| File::from(OwnedFd::from(pipe))),
            stdin: child.stdin().take().map(|pipe| File::from(OwnedFd::from(pipe))),
            input,
        }
    }

    fn unblock(&self) -> io::Result<()> {
        [&self.stdout, &self.stderr, &self.stdin].into_iter().flatten().try_for_each(unblock)
    }

    /// Both output streams were closed by everybody who could write to them.
    fn are_drained(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    /// Sleeps until a pipe is ready, somebody rings, or `until` has come.
    fn wait(&self, wake: &File, until: Option<Instant>) {
        let mut fds = vec![PollFd::new(wake, PollFlags::IN)];
        fds.extend(
            [&self.stdout, &self.stderr]
                .into_iter()
                .flatten()
                .map(|pipe| PollFd::new(pipe, PollFlags::IN)),
        );
        fds.extend(self.stdin.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
        let timeout = until
            .map(|until| until.saturating_duration_since(Instant::now()))
            .and_then(|left| Timespec::try_from(left).ok());
        // An interruption is one more reason to look around.
        let _ = poll(&mut fds, timeout.as_ref());
    }

    /// Moves what can be moved without waiting, one chunk a stream.
    fn read(&mut self, keep: &mut Keep<'_>, chunk: &mut [u8]) {
        for (pipe, stream) in
            [(&mut self.stdout, &mut keep.stdout), (&mut self.stderr, &mut keep.stderr)]
        {
            let Some(file) = pipe else { continue };
            match file.read(chunk) {
                Ok(0) => *pipe = None,
                Ok(count) => stream.push(chunk.get(..count).unwrap_or_default(), &mut keep.log),
                Err(error) if is_later(&error) => {}
                Err(_) => *pipe = None,
            }
        }
        if let Some(file) = &mut self.stdin {
            match file.write(self.input) {
                Ok(count) => self.input = self.input.get(count..).unwrap_or_default(),
                Err(error) if is_later(&error) => {}
                // The child reads no further: that is its own business.
                Err(_) => self.input = &[],
            }
            if self.input.is_empty() {
                self.stdin = None;
            }
        }
    }
}

fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// What is kept of the output: in memory and in the log.
struct Keep<'s> {
    stdout: Stream<'s>,
    stderr: Stream<'s>,
    log: Option<Log>,
}

struct Stream<'s> {
    masking: Masking<'s>,
    capture: Capture,
    is_raw: bool,
}

impl<'s> Keep<'s> {
    fn new(command: &Command, secrets: &'s Secrets, log: Option<Log>) -> Self {
        let stream = || Stream {
            masking: secrets.stream(),
            capture: Capture::new(command.output_bytes_max),
            is_raw: command.raw,
        };
        Self { stdout: stream(), stderr: stream(), log }
    }

    fn finish(self) -> (Captured, Captured, Option<String>) {
        let mut log = self.log;
        let [stdout, stderr] = [self.stdout, self.stderr].map(|stream| stream.finish(&mut log));
        let log_error = log.and_then(Log::finish).map(|error| error.to_string());
        (stdout, stderr, log_error)
    }
}

impl Stream<'_> {
    fn push(&mut self, bytes: &[u8], log: &mut Option<Log>) {
        if self.is_raw {
            self.capture.push(bytes);
        }
        let masked = self.masking.push(bytes);
        self.keep_masked(&masked, log);
    }

    fn keep_masked(&mut self, masked: &[u8], log: &mut Option<Log>) {
        if !self.is_raw {
            self.capture.push(masked);
        }
        if let Some(log) = log {
            log.push(masked);
        }
    }

    fn finish(mut self, log: &mut Option<Log>) -> Captured {
        let rest = self.masking.finish();
        self.keep_masked(&rest, log);
        self.capture.finish()
    }
}
