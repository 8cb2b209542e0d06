//! A session, whose leader is the program. On Linux a walk over /proc finds the processes that
//! carry the mark, are in the group or session, or descend from one that does; elsewhere the
//! group is all there is.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::exec::Status;
use crate::exec::pipes::Bell;

#[cfg(target_os = "linux")]
mod proc;

/// The processes of a run whose leader has not been reaped: as long as it has not, the group's
/// number cannot belong to anyone else.
pub(in crate::exec) struct Family {
    child: Box<dyn ChildWrapper>,
    leader: Pid,
    has_ended: Arc<AtomicBool>,
    #[cfg(target_os = "linux")]
    walk: proc::Walk,
}

impl Family {
    /// What makes the program the leader of a family.
    pub(in crate::exec) fn found(command: &mut CommandWrap) {
        command.wrap(ProcessSession);
    }

    /// The family of a child that was just started.
    pub(in crate::exec) fn of(child: Box<dyn ChildWrapper>, mark: String) -> io::Result<Self> {
        // The wrapper made the session. What it wraps is the plain child, whose `wait` waits for
        // the leader alone.
        let child = child.into_inner();
        let leader = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or_else(|| {
            io::Error::other(format!("process number {} is out of range", child.id()))
        })?;
        #[cfg(not(target_os = "linux"))]
        drop(mark);
        Ok(Self {
            child,
            leader,
            has_ended: Arc::default(),
            #[cfg(target_os = "linux")]
            walk: proc::Walk::new(leader, mark),
        })
    }

    /// Starts a thread that rings `bell` when the leader has ended, without reaping it.
    pub(in crate::exec) fn announce_end(&self, bell: Arc<Bell>) -> io::Result<()> {
        let (leader, flag) = (self.leader, Arc::clone(&self.has_ended));
        let wait = move || {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while matches!(waitid(WaitId::Pid(leader), options), Err(rustix::io::Errno::INTR)) {}
            flag.store(true, Ordering::SeqCst);
            bell.ring();
        };
        let name = format!("wait {}", leader.as_raw_nonzero());
        thread::Builder::new().name(name).spawn(wait).map(drop)
    }

    /// Whether the leader has ended.
    pub(in crate::exec) fn has_ended(&mut self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }

    /// TERM, and CONT so that a stopped process hears it.
    pub(in crate::exec) fn terminate(&mut self) {
        self.signal(Signal::TERM);
        self.signal(Signal::CONT);
    }

    /// KILL, again and again until nobody is left: a member may have forked meanwhile.
    pub(in crate::exec) fn kill(&mut self) {
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
    pub(in crate::exec) fn kill_rest(&mut self) {
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
    pub(in crate::exec) fn has_survivors(&mut self) -> bool {
        #[cfg(target_os = "linux")]
        return self.walk.look();
        #[cfg(not(target_os = "linux"))]
        return false;
    }

    /// Reaps the leader, which has ended: from here on the group's number is free. None where
    /// somebody else did.
    pub(in crate::exec) fn reap(&mut self) -> Option<Status> {
        let status = self.child.wait().ok()?;
        Some(match (status.code(), status.signal()) {
            (Some(code), _) => Status::Exited(code),
            (None, signal) => Status::Signalled(signal.unwrap_or_default()),
        })
    }
}
