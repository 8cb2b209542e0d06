//! A wish to stop, shared by everything that runs.

use std::io;
use std::sync::atomic::{AtomicI32, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::pipes::Bell;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix::heed;
#[cfg(windows)]
use windows::heed;

/// A cloneable token: once requested it stays requested.
///
/// The first request asks for a clean end (TERM, grace, KILL), the second for an end at once
/// (KILL). Runs learn of it without polling: each lends the token a bell beside
/// which it sleeps.
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// 0 not requested, 1 requested, 2 at once.
    urgency: AtomicU8,
    /// Number of the first signal, 0 for none.
    signal: AtomicI32,
    listeners: Mutex<Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    next_key: u64,
    bells: Vec<(u64, Arc<Bell>)>,
    children: Vec<Child>,
}

#[derive(Debug)]
struct Child {
    shared: Weak<Shared>,
    /// Urgency from which on it follows.
    heeds_from: u8,
}

impl Cancel {
    /// A token that only code can request.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that SIGINT, SIGTERM and SIGHUP request, for `main` to make once.
    ///
    /// The first signal asks for a clean end, the second kills all children at once, the third
    /// ends this process as if no handler were there. SIGHUP stays ignored where it was ignored
    /// (`nohup`). On Windows they are Ctrl-C alone: Ctrl-Break and a closed console end this
    /// process, and its children live on.
    ///
    /// # Errors
    /// The handlers could not be installed, or no thread could be started.
    pub fn on_signals() -> io::Result<Self> {
        let cancel = Self::new();
        heed(cancel.clone())?;
        Ok(cancel)
    }

    /// A token of its own for a part of the work: requested with this one, or alone.
    pub fn child(&self) -> Self {
        self.follower(1)
    }

    /// A token for tidying up after an interruption: the first request leaves it alone, the
    /// second ends it too.
    pub fn for_cleanup(&self) -> Self {
        self.follower(2)
    }

    fn follower(&self, heeds_from: u8) -> Self {
        let child = Self::new();
        let mut listeners = self.shared.lock();
        listeners.children.retain(|known| known.shared.strong_count() > 0);
        listeners.children.push(Child { shared: Arc::downgrade(&child.shared), heeds_from });
        drop(listeners);
        // After the push, so that no request falls between.
        let urgency = self.shared.urgency.load(Ordering::SeqCst);
        if urgency >= heeds_from {
            child.shared.raise(urgency, self.shared.signal.load(Ordering::SeqCst));
        }
        child
    }

    /// Asks for a clean end; asking again changes nothing.
    pub fn request(&self) {
        self.shared.raise(1, 0);
    }

    /// What a signal does: a clean end, at the second one an end at once.
    pub fn request_by_signal(&self, signal: i32) {
        let urgency = if self.is_requested() { 2 } else { 1 };
        self.shared.raise(urgency, signal);
    }

    /// Work should stop.
    pub fn is_requested(&self) -> bool {
        self.shared.urgency.load(Ordering::SeqCst) > 0
    }

    /// Work should stop without grace.
    pub fn must_kill(&self) -> bool {
        self.shared.urgency.load(Ordering::SeqCst) > 1
    }

    /// The signal that asked first.
    pub fn signal(&self) -> Option<i32> {
        match self.shared.signal.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(signal),
        }
    }

    /// Exit code of a process that a signal interrupted: 130 for SIGINT, 143 for SIGTERM.
    pub fn exit_code(&self) -> Option<u8> {
        self.signal()
            .and_then(|signal| u8::try_from(signal).ok())
            .and_then(|signal| signal.checked_add(128))
    }

    /// Rings `bell` at every request from now on, until the guard is dropped.
    pub(super) fn listen(&self, bell: &Arc<Bell>) -> Listening {
        let mut listeners = self.shared.lock();
        let key = listeners.next_key;
        listeners.next_key += 1;
        listeners.bells.push((key, Arc::clone(bell)));
        Listening { shared: Arc::clone(&self.shared), key }
    }
}

impl Shared {
    /// No code panics while it holds this lock, and the lists stay valid if it did.
    fn lock(&self) -> std::sync::MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn raise(&self, urgency: u8, signal: i32) {
        let _ = self.signal.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst);
        self.urgency.fetch_max(urgency, Ordering::SeqCst);
        let listeners = self.lock();
        for (_, bell) in &listeners.bells {
            bell.ring();
        }
        let children: Vec<_> = listeners
            .children
            .iter()
            .filter(|child| urgency >= child.heeds_from)
            .filter_map(|child| child.shared.upgrade())
            .collect();
        drop(listeners);
        for child in children {
            child.raise(urgency, signal);
        }
    }
}

/// Keeps a bell registered.
pub(super) struct Listening {
    shared: Arc<Shared>,
    key: u64,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.shared.lock().bells.retain(|(key, _)| *key != self.key);
    }
}

#[cfg(test)]
mod tests {
    use signal_hook::consts::{SIGINT, SIGTERM};

    use super::*;

    #[test]
    fn the_first_signal_decides_the_exit_code_and_the_second_kills() {
        let cancel = Cancel::new();
        assert_eq!((cancel.is_requested(), cancel.exit_code()), (false, None));
        cancel.request_by_signal(SIGTERM);
        assert_eq!((cancel.is_requested(), cancel.must_kill()), (true, false));
        cancel.request_by_signal(SIGINT);
        assert!(cancel.must_kill());
        assert_eq!(cancel.exit_code(), Some(143));
    }

    #[test]
    fn a_child_follows_its_parent_and_not_the_other_way() {
        let parent = Cancel::new();
        let early = parent.child();
        let grandchild = early.child();
        early.request();
        assert!(grandchild.is_requested());
        assert!(!parent.is_requested());
        let other = parent.child();
        parent.request_by_signal(SIGINT);
        assert_eq!(other.exit_code(), Some(130));
        assert_eq!(parent.child().exit_code(), Some(130), "a late child knows too");
    }

    #[test]
    fn tidying_up_outlives_the_first_signal_only() {
        let cancel = Cancel::new();
        let early = cancel.for_cleanup();
        cancel.request_by_signal(SIGINT);
        let late = cancel.for_cleanup();
        assert!(!early.is_requested() && !late.is_requested());
        cancel.request_by_signal(SIGINT);
        assert!(early.must_kill() && late.must_kill() && cancel.for_cleanup().must_kill());
    }

    #[test]
    fn asking_twice_from_code_leaves_the_grace() {
        let cancel = Cancel::new();
        cancel.request();
        cancel.request();
        assert!(!cancel.must_kill());
        assert_eq!(cancel.signal(), None);
    }
}
