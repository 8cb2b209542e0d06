//! Ctrl-C, which Windows' C library calls SIGINT. Its handler may do little but set a flag, and
//! there is no other safe way in, so the flag is looked at.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::SIGINT;

use super::Cancel;

/// How often the flag is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Starts a thread that turns Ctrl-C into requests.
pub(super) fn heed(token: Cancel) -> io::Result<()> {
    let pressed = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGINT, Arc::clone(&pressed))?;
    let heed = move || {
        loop {
            thread::sleep(LOOK);
            if !pressed.swap(false, Ordering::SeqCst) {
                continue;
            }
            if token.must_kill() {
                // Nothing is left to be careful with, and the user insists.
                let _ = signal_hook::low_level::emulate_default_handler(SIGINT);
            }
            token.request_by_signal(SIGINT);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(heed).map(drop)
}
