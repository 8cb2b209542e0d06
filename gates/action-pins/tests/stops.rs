//! A time limit is noticed in the middle of a file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use action_pins::REGISTER;
use kernel::{ErrorKind, Pulse, Tree};

const OPTIONS: &str = "supply = ['**']\nimages = 'version'";

/// How often the gate asks over `text`, and how it ends, if it is told to stop
/// after so many times.
fn asked(path: &str, text: &str, asks_max: usize) -> (usize, Option<ErrorKind>) {
    let tree = Tree::literal([(path, text)]);
    let gate = testkit::configure(&REGISTER, OPTIONS, &tree);
    let count = Arc::new(AtomicUsize::new(0));
    let own = Arc::clone(&count);
    let pulse = Pulse::new(move || {
        let asks = own.fetch_add(1, Ordering::Relaxed);
        (asks >= asks_max).then_some(ErrorKind::TimedOut)
    });
    let file = tree.read(path.into()).unwrap().pulsed(&pulse);
    let ended = gate.check_file(&file).err().map(|error| error.kind);
    (count.load(Ordering::Relaxed), ended)
}

#[test]
fn a_long_script_is_left_in_the_middle() {
    let script = "pip install x==1.2; echo y\n".repeat(10_000);
    for (path, text) in [
        ("a.sh", script.clone()),
        ("Makefile", format!("a:\n\t{}\n", script.replace('\n', "\n\t"))),
        ("Dockerfile", format!("FROM scratch\nRUN {}true\n", script.replace('\n', " && \\\n"))),
    ] {
        let (asks, ended) = asked(path, &text, usize::MAX);
        assert!(asks > 50, "{path}: asked {asks} times");
        assert_eq!(ended, None, "{path}");
        let (stopped, ended) = asked(path, &text, 20);
        assert_eq!(ended, Some(ErrorKind::TimedOut), "{path}");
        assert!(stopped < 30, "{path}: asked {stopped} times after it was told");
    }
}

#[test]
fn what_was_stopped_has_no_findings() {
    let (_, ended) = asked("a.sh", "pip install x\n", 0);
    assert_eq!(ended, Some(ErrorKind::TimedOut));
}
