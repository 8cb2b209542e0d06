//! What is kept of a run's output: in memory and in the log, secrets masked.

use super::Command;
use super::capture::{Capture, Captured, Log};
use super::redact::{Masking, Secrets};

/// One of the two streams that a program writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Out {
    Stdout,
    Stderr,
}

pub(super) struct Keep<'s> {
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
    pub(super) fn new(command: &Command, secrets: &'s Secrets, log: Option<Log>) -> Self {
        let stream = || Stream {
            masking: secrets.stream(),
            capture: Capture::new(command.output_bytes_max),
            is_raw: command.raw,
        };
        Self { stdout: stream(), stderr: stream(), log }
    }

    pub(super) fn push(&mut self, out: Out, bytes: &[u8]) {
        let stream = match out {
            Out::Stdout => &mut self.stdout,
            Out::Stderr => &mut self.stderr,
        };
        stream.push(bytes, &mut self.log);
    }

    /// Both streams, and why the log is not whole.
    pub(super) fn finish(self) -> (Captured, Captured, Option<String>) {
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
