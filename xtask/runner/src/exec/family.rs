//! All processes of one run: what its program leads, and what left it.
//!
//! | | Linux | other Unix, macOS | Windows |
//! |---|---|---|---|
//! | the family | a session, and whatever left it, found in /proc | a session's process group | a job object |
//! | told to end | TERM, one second, KILL | TERM, one second, KILL | ended at once: there is no TERM |
//! | escapes | who clears its environment, leaves the session and outlives its parent, all three | who leaves the group (`setsid`) | nobody |
//! | left alive at a normal end | who left the group | who left the group | nobody |
//!
//! A process leaves the group with `setsid` or `setpgid`, and its parent may be gone by then, so
//! that neither group nor parentage leads back to the run. Every child therefore carries a mark
//! in its environment, as Jenkins does it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::Family;
#[cfg(windows)]
pub(super) use windows::Family;

/// Environment variable that carries the marks of a run and of the runs around it.
pub(super) const MARK: &str = "GATE_RUNNER_MARK";

/// A mark that no other run has or had.
pub(super) fn new_mark() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!(
        "<{}.{}.{}>",
        std::process::id(),
        since_epoch.as_nanos(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}
