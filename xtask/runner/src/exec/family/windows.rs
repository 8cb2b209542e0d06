//! A job object: whoever a member starts is a member, and nobody can leave.
//!
//! A job is ended at once, since Windows has nothing like TERM that a program without a window
//! would hear. Members have a console of their own, which nobody sees: a Ctrl-C is ours alone, and
//! a question waits there until the time limit.

use std::io;
use std::process::ExitStatus;
use std::sync::Arc;

use process_wrap::std::{ChildWrapper, CommandWrap, CreationFlags, JobObject};
use windows::Win32::System::Threading::CREATE_NO_WINDOW;

use crate::exec::Status;
use crate::exec::pipes::Bell;

/// The processes of a run.
pub(in crate::exec) struct Family {
    child: Box<dyn ChildWrapper>,
    ended: Option<ExitStatus>,
}

impl Family {
    /// What makes the program the first of a family.
    pub(in crate::exec) fn found(command: &mut CommandWrap) {
        command.wrap(CreationFlags(CREATE_NO_WINDOW)).wrap(JobObject);
    }

    /// The family of a child that was just started.
    pub(in crate::exec) fn of(child: Box<dyn ChildWrapper>, _mark: String) -> io::Result<Self> {
        Ok(Self { child, ended: None })
    }

    /// Nothing rings: the pipes wake often enough to ask [`Family::has_ended`].
    pub(in crate::exec) fn announce_end(&self, _bell: Arc<Bell>) -> io::Result<()> {
        Ok(())
    }

    /// Whether the program itself has ended.
    pub(in crate::exec) fn has_ended(&mut self) -> bool {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended.is_some()
    }

    /// There is nothing milder than [`Family::kill`].
    pub(in crate::exec) fn terminate(&mut self) {
        self.kill();
    }

    /// Ends every member.
    pub(in crate::exec) fn kill(&mut self) {
        let _ = self.child.start_kill();
    }

    /// Ends every member: none can leave a job.
    pub(in crate::exec) fn kill_rest(&mut self) {
        self.kill();
    }

    /// The members end together.
    pub(in crate::exec) fn has_survivors(&mut self) -> bool {
        false
    }

    /// How the program ended. A crash is a code, e.g. -1073741819 (0xC0000005), no signal.
    pub(in crate::exec) fn reap(&mut self) -> Option<Status> {
        self.has_ended();
        self.ended.and_then(|status| status.code()).map(Status::Exited)
    }
}
