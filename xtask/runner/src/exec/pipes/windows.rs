//! Windows cannot wait for several pipes at once: each has a thread that hands on what it reads.
//!
//! A thread whose pipe is held open stays behind in its read until the holder is gone; its family
//! is ended with the run, so that is soon.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::ChildWrapper;

use super::CHUNK_BYTES;
use crate::exec::keep::{Keep, Out};

/// Chunks that wait to be kept; a program that prints faster waits.
const CHUNKS_MAX: usize = 8;

/// Nothing rings when the leader has ended, so it is looked at this often.
const LOOK: Duration = Duration::from_millis(10);

/// How long what an ended family left in its pipes may take to arrive.
const ARRIVAL: Duration = Duration::from_millis(200);

enum Event {
    Rung,
    Printed(Out, Vec<u8>),
    Closed(Out),
}

/// Wakes who sleeps on the other end.
#[derive(Debug)]
pub(in crate::exec) struct Bell(SyncSender<Event>);

/// The end that is slept on.
#[derive(Debug)]
pub(in crate::exec) struct Wake {
    events: Receiver<Event>,
    sender: SyncSender<Event>,
}

/// A channel that the pipes share.
pub(in crate::exec) fn bell() -> io::Result<(Wake, Bell)> {
    let (sender, events) = sync_channel(CHUNKS_MAX);
    let bell = Bell(sender.clone());
    Ok((Wake { events, sender }, bell))
}

impl Bell {
    /// When the channel is full, its other end has enough to wake for.
    pub(in crate::exec) fn ring(&self) {
        let _ = self.0.try_send(Event::Rung);
    }
}

/// Our ends of the child's pipes.
pub(in crate::exec) struct Pipes<'c> {
    unopened: Vec<(Out, Box<dyn Read + Send>)>,
    stdin: Option<Box<dyn Write + Send>>,
    input: &'c [u8],
    stdout_is_open: bool,
    stderr_is_open: bool,
    wake: Wake,
    woken_by: Option<Event>,
}

impl<'c> Pipes<'c> {
    pub(in crate::exec) fn take(child: &mut dyn ChildWrapper, input: &'c [u8], wake: Wake) -> Self {
        let mut unopened: Vec<(Out, Box<dyn Read + Send>)> = Vec::new();
        if let Some(pipe) = child.stdout().take() {
            unopened.push((Out::Stdout, Box::new(pipe)));
        }
        if let Some(pipe) = child.stderr().take() {
            unopened.push((Out::Stderr, Box::new(pipe)));
        }
        let is_open = |wanted| unopened.iter().any(|(out, _)| *out == wanted);
        let (stdout_is_open, stderr_is_open) = (is_open(Out::Stdout), is_open(Out::Stderr));
        let stdin = child.stdin().take().map(|pipe| Box::new(pipe) as Box<dyn Write + Send>);
        Self { unopened, stdin, input, stdout_is_open, stderr_is_open, wake, woken_by: None }
    }

    /// Starts the threads.
    pub(in crate::exec) fn open(&mut self) -> io::Result<()> {
        for (out, pipe) in self.unopened.drain(..) {
            let events = self.wake.sender.clone();
            let name = format!("read {out:?}");
            thread::Builder::new().name(name).spawn(move || hand_on(out, pipe, &events))?;
        }
        if let Some(mut pipe) = self.stdin.take() {
            let input = self.input.to_vec();
            // A child that reads no further has its own business: the error says no more.
            let write = move || drop(pipe.write_all(&input));
            thread::Builder::new().name("write stdin".to_owned()).spawn(write)?;
        }
        Ok(())
    }

    /// Both output streams were closed by everybody who could write to them.
    pub(in crate::exec) fn are_drained(&self) -> bool {
        !self.stdout_is_open && !self.stderr_is_open && self.woken_by.is_none()
    }

    /// Sleeps until something was printed, somebody rings, or `until` has come; not for long.
    pub(in crate::exec) fn wait(&mut self, until: Option<Instant>) {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let timeout = left.map_or(LOOK, |left| left.min(LOOK));
        self.woken_by = self.wake.events.recv_timeout(timeout).ok();
    }

    /// Keeps what has arrived.
    pub(in crate::exec) fn read(&mut self, keep: &mut Keep<'_>) {
        if let Some(event) = self.woken_by.take() {
            self.heed(event, keep);
        }
        // No more than the channel holds: deadlines are looked at between.
        for _ in 0..CHUNKS_MAX {
            match self.wake.events.try_recv() {
                Ok(event) => self.heed(event, keep),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    /// What is left of a family that was ended: its pipes close with it.
    pub(in crate::exec) fn read_rest(&mut self, keep: &mut Keep<'_>) {
        let until = Instant::now() + ARRIVAL;
        self.read(keep);
        while !self.are_drained() && Instant::now() < until {
            self.wait(Some(until));
            self.read(keep);
        }
    }

    fn heed(&mut self, event: Event, keep: &mut Keep<'_>) {
        match event {
            Event::Rung => {}
            Event::Printed(out, bytes) => keep.push(out, &bytes),
            Event::Closed(Out::Stdout) => self.stdout_is_open = false,
            Event::Closed(Out::Stderr) => self.stderr_is_open = false,
        }
    }
}

fn hand_on(out: Out, mut pipe: Box<dyn Read + Send>, events: &SyncSender<Event>) {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let event = match pipe.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => Event::Closed(out),
            Ok(count) => Event::Printed(out, chunk.get(..count).unwrap_or_default().to_vec()),
        };
        let is_last = matches!(event, Event::Closed(_));
        // Nobody listens any more: what is printed now is nobody's.
        if events.send(event).is_err() || is_last {
            return;
        }
    }
}
