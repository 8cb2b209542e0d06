//! The walk over /proc.

use std::collections::HashSet;
use std::fs;

use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};

/// The living members of a family, remembered from look to look.
pub(super) struct Walk {
    leader: i32,
    mark: String,
    members: Vec<Stat>,
}

/// /proc/PID/stat, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    pid: i32,
    parent: i32,
    group: i32,
    session: i32,
    /// Start of the process in ticks since boot: with the number, it names one process for good.
    start: u64,
    is_dead: bool,
}

impl Walk {
    pub(super) fn new(leader: Pid, mark: String) -> Self {
        Self { leader: leader.as_raw_nonzero().get(), mark, members: Vec::new() }
    }

    /// Finds the members anew; gives whether there are any.
    ///
    /// A member carries the mark, is in the group or session, was one before, or descends from one.
    pub(super) fn look(&mut self) -> bool {
        let own = getpid().as_raw_nonzero().get();
        let before: HashSet<(i32, u64)> =
            self.members.drain(..).map(|stat| (stat.pid, stat.start)).collect();
        let Ok(entries) = fs::read_dir("/proc") else {
            return false;
        };
        let (mut members, mut others): (Vec<Stat>, Vec<Stat>) = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid| *pid != own)
            .filter_map(Stat::read)
            .filter(|stat| !stat.is_dead)
            .partition(|stat| {
                stat.group == self.leader
                    || stat.session == self.leader
                    || before.contains(&(stat.pid, stat.start))
                    || has_mark(stat.pid, &self.mark)
            });

        let mut known: HashSet<i32> = members.iter().map(|stat| stat.pid).collect();
        loop {
            let (new, rest): (Vec<_>, Vec<_>) =
                others.into_iter().partition(|stat| known.contains(&stat.parent));
            if new.is_empty() {
                break;
            }
            known.extend(new.iter().map(|stat| stat.pid));
            members.extend(new);
            others = rest;
        }
        self.members = members;
        !self.members.is_empty()
    }

    /// Signals the members of the last look that a signal to the group does not reach.
    pub(super) fn signal_strays(&self, signal: Signal) {
        for stray in self.members.iter().filter(|stat| stat.group != self.leader) {
            let Some(pid) = Pid::from_raw(stray.pid) else { continue };
            // The handle first, then a second look: should the number have gone to a stranger
            // meanwhile, it is told by its start.
            let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { continue };
            if Stat::read(stray.pid).is_some_and(|now| now.start == stray.start) {
                let _ = pidfd_send_signal(&handle, signal);
            }
        }
    }
}

impl Stat {
    fn read(pid: i32) -> Option<Self> {
        Self::parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// `PID (name) state parent group session …`, the start being the 22nd field (proc(5));
    /// the name may hold spaces and parentheses.
    fn parse(pid: i32, line: &[u8]) -> Option<Self> {
        let after_name = memchr::memrchr(b')', line)? + 1;
        let rest = String::from_utf8_lossy(line.get(after_name..)?);
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse().ok();
        Some(Self {
            pid,
            parent: number(1)?,
            group: number(2)?,
            session: number(3)?,
            start: fields.get(19)?.parse().ok()?,
            is_dead: matches!(*fields.first()?, "Z" | "X" | "x"),
        })
    }
}

fn has_mark(pid: i32, mark: &str) -> bool {
    fs::read(format!("/proc/{pid}/environ"))
        .is_ok_and(|environ| memchr::memmem::find(&environ, mark.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_fields() {
        let line = b"7 (a) S 1 (b) R 2 3 4 0 -1 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        let stat = Stat::parse(7, line).unwrap();
        let expected =
            Stat { pid: 7, parent: 2, group: 3, session: 4, start: 4711, is_dead: false };
        assert_eq!(stat, expected);
        assert_eq!(Stat::parse(7, b"7 (a"), None);
        assert_eq!(Stat::parse(7, b"7 (a) Z 1"), None);
    }

    #[test]
    fn we_see_ourselves() {
        let own = getpid().as_raw_nonzero().get();
        let first = Stat::read(own).unwrap();
        assert!(!first.is_dead);
        assert_eq!(Stat::read(own).unwrap().start, first.start);
    }
}
