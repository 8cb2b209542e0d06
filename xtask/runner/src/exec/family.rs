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
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "/proc is Linux's"))]
    mark: String,
}

impl Family {
    pub(super) fn new(leader: Pid, mark: String) -> Self {
        Self { leader, mark }
    }

    /// TERM, and CONT so that a stopped process hears it.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
        self.signal(Signal::CONT);
    }

    /// KILL, again and again until nobody is left: a member may have forked meanwhile.
    pub(super) fn kill(&self) {
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

    fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.leader, signal);
        #[cfg(target_os = "linux")]
        proc::signal_strays(self.leader, &self.mark, signal);
    }

    /// Whether anybody but the leader's remains is still running, as far as can be known.
    pub(super) fn has_survivors(&self) -> bool {
        #[cfg(target_os = "linux")]
        return !proc::members(self.leader, &self.mark).is_empty();
        #[cfg(not(target_os = "linux"))]
        return false;
    }
}

#[cfg(target_os = "linux")]
mod proc {
    use std::collections::HashSet;
    use std::fs;

    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    /// One line of /proc/PID/stat, as far as it matters here.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) struct Stat {
        pub(super) pid: i32,
        pub(super) parent: i32,
        pub(super) group: i32,
        pub(super) session: i32,
        pub(super) is_dead: bool,
    }

    impl Stat {
        fn read(pid: i32) -> Option<Self> {
            Self::parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
        }

        /// `PID (name) state parent group session …`; the name may hold spaces and parentheses.
        pub(super) fn parse(pid: i32, line: &[u8]) -> Option<Self> {
            let after_name = memchr::memrchr(b')', line)? + 1;
            let rest = String::from_utf8_lossy(line.get(after_name..)?);
            let mut fields = rest.split_ascii_whitespace();
            let state = fields.next()?;
            let mut number = || fields.next()?.parse().ok();
            Some(Self {
                pid,
                parent: number()?,
                group: number()?,
                session: number()?,
                is_dead: matches!(state, "Z" | "X" | "x"),
            })
        }
    }

    fn has_mark(pid: i32, mark: &str) -> bool {
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|environ| memchr::memmem::find(&environ, mark.as_bytes()).is_some())
    }

    /// Living members of the family, in the group or out of it.
    pub(super) fn members(leader: Pid, mark: &str) -> Vec<Stat> {
        let leader = leader.as_raw_nonzero().get();
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let (mut found, mut others): (Vec<Stat>, Vec<Stat>) = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid| *pid != own)
            .filter_map(Stat::read)
            .filter(|stat| !stat.is_dead)
            .partition(|stat| {
                stat.group == leader || stat.session == leader || has_mark(stat.pid, mark)
            });

        // Descendants that carry no mark: until a pass finds no more.
        let mut known: HashSet<i32> = found.iter().map(|stat| stat.pid).collect();
        loop {
            let (new, rest): (Vec<_>, Vec<_>) =
                others.into_iter().partition(|stat| known.contains(&stat.parent));
            if new.is_empty() {
                return found;
            }
            known.extend(new.iter().map(|stat| stat.pid));
            found.extend(new);
            others = rest;
        }
    }

    /// Signals the members that a signal to the group does not reach. The handle is taken before
    /// the second look, so that a number that was given to a stranger meanwhile hurts nobody.
    pub(super) fn signal_strays(leader: Pid, mark: &str, signal: Signal) {
        for stray in members(leader, mark) {
            if stray.group == leader.as_raw_nonzero().get() {
                continue;
            }
            let Some(pid) = Pid::from_raw(stray.pid) else { continue };
            let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { continue };
            let is_same = Stat::read(stray.pid).is_some_and(|now| {
                now.session == stray.session
                    && (now.parent == stray.parent || has_mark(stray.pid, mark))
            });
            if is_same {
                let _ = pidfd_send_signal(&handle, signal);
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_name_may_look_like_fields() {
            let stat = Stat::parse(7, b"7 (a) S 1 (b) R 2 3 4 0 -1").unwrap();
            assert_eq!(stat, Stat { pid: 7, parent: 2, group: 3, session: 4, is_dead: false });
            assert_eq!(Stat::parse(7, b"7 (a"), None);
            assert_eq!(Stat::parse(7, b"7 (a) Z 1"), None);
            assert!(Stat::parse(7, b"7 (a) Z 1 1 1").unwrap().is_dead);
        }

        #[test]
        fn we_see_ourselves() {
            let own = rustix::process::getpid().as_raw_nonzero().get();
            assert!(!Stat::read(own).unwrap().is_dead);
        }
    }
}
