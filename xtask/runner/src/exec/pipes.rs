//! Our ends of a child's pipes, and the bell that wakes whoever sleeps on them.
//!
//! All that can happen to a run arrives here, so that its thread sleeps in one place until
//! something does or the next deadline has come.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{Bell, Pipes, bell};
#[cfg(windows)]
pub(super) use windows::{Bell, Pipes, bell};

/// Size of one read: what a pipe holds by default on Linux.
const CHUNK_BYTES: usize = 64 << 10;
