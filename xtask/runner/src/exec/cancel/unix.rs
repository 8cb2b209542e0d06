//! SIGINT, SIGTERM and SIGHUP, each as it comes.

use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::Cancel;

/// Starts a thread that turns signals into requests.
pub(super) fn heed(token: Cancel) -> io::Result<()> {
    let mut wanted = vec![SIGINT, SIGTERM];
    if !is_ignored(SIGHUP) {
        wanted.push(SIGHUP);
    }
    let mut signals = Signals::new(wanted)?;
    let heed = move || {
        for signal in signals.forever() {
            if token.must_kill() {
                // Nothing is left to be careful with, and the user insists.
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
            token.request_by_signal(signal);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(heed).map(drop)
}

/// Whether we were started with this signal ignored; only Linux tells.
fn is_ignored(signal: i32) -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return false;
    };
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
