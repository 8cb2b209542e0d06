//! All processes of one run: the group that its program leads, and those that left it.
//!
//! A process leaves the group with `setsid` or `setpgid`, and its parent may be gone by then, so
//! that neither group nor parentage leads back to the run. Every child therefore carries a mark
//! in its environment, as Jenkins does it, and on Linux a walk over /proc finds the processes that
//! carry it, are in the group or session, or descend from one that does. What escapes: a process
//! that clears its environment, leaves the session and outlives its parent, all three. Elsewhere
//! than on Linux the group is all there is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process_group};

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

/// The processes of a run whose leader has not been reaped: as long as it has not, the group's
/// number cannot belong to anyone else.
pub(super) struct Family {
    leader: Pid,
    #[cfg(target_os = "linux")]
    walk: proc::Walk,
}

impl Family {
    pub(super) fn new(leader: Pid, mark: String) -> Self {
        #[cfg(not(target_os = "linux"))]
        drop(mark);
        Self {
            leader,
            #[cfg(target_os = "linux")]
            walk: proc::Walk::new(leader, mark),
        }
    }

    /// TERM, and CONT so that a stopped process hears it.
    pub(super) fn terminate(&mut self) {
        self.signal(Signal::TERM);
        self.signal(Signal::CONT);
    }

    /// KILL, again and again until nobody is left: a member may have forked meanwhile.
    pub(super) fn kill(&mut self) {
        let give_up_at = Instant::now() + Duration::from_secs(1);
        loop {
            self.signal(Signal::KILL);
            if !self.has_survivors() || Instant::now() > give_up_at {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// KILL to the group alone: who left it lives on.
    pub(super) fn kill_group(&self) {
        let _ = kill_process_group(self.leader, Signal::KILL);
    }

    fn signal(&mut self, signal: Signal) {
        // The look comes first: with their parents gone, some could not be told any more.
        #[cfg(target_os = "linux")]
        self.walk.look();
        let _ = kill_process_group(self.leader, signal);
        #[cfg(target_os = "linux")]
        self.walk.signal_strays(signal);
    }

    /// Whether anybody but the leader's remains is still running, as far as can be known.
    pub(super) fn has_survivors(&mut self) -> bool {
        #[cfg(target_os = "linux")]
        return self.walk.look();
        #[cfg(not(target_os = "linux"))]
        return false;
    }
}

#[cfg(target_os = "linux")]
mod proc;
