//! File descriptors that are read without blocking, after one `poll`: a pipe that somebody holds
//! open is given up by closing our end.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use process_wrap::std::ChildWrapper;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::CHUNK_BYTES;
use crate::exec::keep::{Keep, Out};

/// Wakes who sleeps on the other end.
#[derive(Debug)]
pub(in crate::exec) struct Bell(OwnedFd);

/// The end that is slept on.
#[derive(Debug)]
pub(in crate::exec) struct Wake(File);

/// A pipe of our own, neither end of which blocks.
pub(in crate::exec) fn bell() -> io::Result<(Wake, Bell)> {
    let (wake, bell) = io::pipe()?;
    let (wake, bell) = (File::from(OwnedFd::from(wake)), OwnedFd::from(bell));
    unblock(&wake).and_then(|()| unblock(&bell))?;
    Ok((Wake(wake), Bell(bell)))
}

impl Bell {
    /// When the pipe is full, it rings already.
    pub(in crate::exec) fn ring(&self) {
        let _ = rustix::io::write(&self.0, &[0]);
    }
}

fn unblock(fd: impl AsFd) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(fd, true)?)
}

/// Our ends of the child's pipes; `None` once closed.
pub(in crate::exec) struct Pipes<'c> {
    stdout: Option<File>,
    stderr: Option<File>,
    stdin: Option<File>,
    input: &'c [u8],
    wake: Wake,
    chunk: Vec<u8>,
}

impl<'c> Pipes<'c> {
    pub(in crate::exec) fn take(child: &mut dyn ChildWrapper, input: &'c [u8], wake: Wake) -> Self {
        Self {
            stdout: child.stdout().take().map(|pipe| File::from(OwnedFd::from(pipe))),
            stderr: child.stderr().take().map(|pipe| File::from(OwnedFd::from(pipe))),
            stdin: child.stdin().take().map(|pipe| File::from(OwnedFd::from(pipe))),
            input,
            wake,
            chunk: vec![0; CHUNK_BYTES],
        }
    }

    /// Makes them ready to be waited for.
    pub(in crate::exec) fn open(&mut self) -> io::Result<()> {
        [&self.stdout, &self.stderr, &self.stdin].into_iter().flatten().try_for_each(unblock)
    }

    /// Both output streams were closed by everybody who could write to them.
    pub(in crate::exec) fn are_drained(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    /// Sleeps until a pipe is ready, somebody rings, or `until` has come.
    pub(in crate::exec) fn wait(&mut self, until: Option<Instant>) {
        let mut fds = vec![PollFd::new(&self.wake.0, PollFlags::IN)];
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
        let _ = self.wake.0.read(&mut [0; 64]);
    }

    /// Moves what can be moved without waiting, one chunk a stream.
    pub(in crate::exec) fn read(&mut self, keep: &mut Keep<'_>) {
        for (pipe, out) in [(&mut self.stdout, Out::Stdout), (&mut self.stderr, Out::Stderr)] {
            let Some(file) = pipe else { continue };
            match file.read(&mut self.chunk) {
                Ok(0) => *pipe = None,
                Ok(count) => keep.push(out, self.chunk.get(..count).unwrap_or_default()),
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

    /// What is left of a family that was ended.
    pub(in crate::exec) fn read_rest(&mut self, keep: &mut Keep<'_>) {
        self.read(keep);
    }
}

fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
