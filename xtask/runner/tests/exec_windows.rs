//! What Windows keeps of `exec_torture.rs`: bounded time and memory, no child left.

#![cfg(windows)]
#![expect(clippy::unwrap_used, reason = "what cannot fail here is the test's own footing")]

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use gate_runner::exec::{Cancel, Command, Ended, Env, Status, run};

/// What "soon" means on a loaded machine.
const SOON: Duration = Duration::from_secs(20);

fn cmd(script: &str) -> Command {
    let dir = Utf8PathBuf::from_path_buf(std::env::temp_dir()).unwrap();
    let mut command = Command::new(["cmd", "/c", script], dir);
    command.timeout = Some(Duration::from_secs(120));
    command
}

/// This very program, which then runs the ignored test of that name.
fn own(test: &str) -> Command {
    let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    let mut command = cmd("");
    command.argv = [&program, "--ignored", "--exact", "--nocapture", test].map(Into::into).into();
    command
}

fn go(command: &Command) -> Ended {
    run(command, &Cancel::new())
}

#[test]
fn exit_code_and_both_streams_come_back() {
    let ended = go(&cmd("echo out& echo err>&2& exit 3"));
    assert_eq!(ended.status, Status::Exited(3));
    assert_eq!(ended.stdout.text().trim_end(), "out");
    assert_eq!(ended.stderr.text().trim_end(), "err");
    assert!(!ended.output_held_open);
}

#[test]
fn input_arrives_and_ends() {
    let mut command = own("echo_input");
    command.stdin = Some(b"one\r\ntwo\r\n".repeat(50_000));
    let ended = go(&command);
    assert_eq!(ended.status, Status::Exited(0));
    assert!(ended.stdout.text().contains("read 500000 bytes"), "{}", ended.stdout.text());
}

#[test]
#[ignore = "started by a test"]
fn echo_input() {
    let count = std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    println!("read {count} bytes");
}

#[test]
fn a_flood_is_kept_at_both_ends() {
    let mut command = own("flood");
    command.output_bytes_max = 2_000;
    let ended = go(&command);
    assert_eq!(ended.status, Status::Exited(0));
    assert_eq!(ended.stdout.head.len() + ended.stdout.tail.len(), 2_000);
    assert!(ended.stdout.dropped_bytes > 19_000_000, "{}", ended.stdout.dropped_bytes);
    assert!(ended.stdout.text().contains("the last line"), "{}", ended.stdout.text());
}

#[test]
#[ignore = "started by a test"]
fn flood() {
    let line = "x".repeat(1_000);
    for _ in 0..20_000 {
        println!("{line}");
    }
    println!("the last line");
}

/// A program that starts another, which writes a file once it has lived too long.
#[test]
fn the_time_limit_ends_grandchildren_too() {
    let dir = tempfile::tempdir().unwrap();
    let marker = dir.path().join("lived-on");
    let mut command = own("parent");
    command.env = Env::inherit().with("MARKER", marker.to_str().unwrap());
    command.timeout = Some(Duration::from_secs(2));
    let started = Instant::now();
    let ended = go(&command);
    assert_eq!(ended.status, Status::TimedOut { limit: Duration::from_secs(2) });
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert!(ended.stdout.text().contains("grandchild started"), "{}", ended.stdout.text());
    thread::sleep(Duration::from_secs(6));
    assert!(!marker.exists(), "a grandchild lived on");
}

/// The same when the program ends by itself: nobody leaves a job.
#[test]
fn who_is_left_at_the_end_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let marker = dir.path().join("lived-on");
    let mut command = own("quick_parent");
    command.env = Env::inherit().with("MARKER", marker.to_str().unwrap());
    let started = Instant::now();
    let ended = go(&command);
    assert_eq!(ended.status, Status::Exited(0));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    thread::sleep(Duration::from_secs(6));
    assert!(!marker.exists(), "a grandchild lived on");
}

fn grandchild() -> std::process::Child {
    let own = std::env::current_exe().unwrap();
    let mut command = std::process::Command::new(own);
    command.args(["--ignored", "--exact", "--nocapture", "late_writer"]);
    let child = command.spawn().unwrap();
    println!("grandchild started");
    child
}

#[test]
#[ignore = "started by a test"]
fn parent() {
    grandchild().wait().unwrap();
}

#[test]
#[ignore = "started by a test"]
fn quick_parent() {
    drop(grandchild());
}

#[test]
#[ignore = "started by a test"]
fn late_writer() {
    thread::sleep(Duration::from_secs(5));
    fs::write(std::env::var_os("MARKER").unwrap(), "x").unwrap();
}

#[test]
fn a_cancel_ends_it_at_once() {
    let cancel = Cancel::new();
    let token = cancel.clone();
    let running = thread::spawn(move || run(&own("late_writer"), &token));
    thread::sleep(Duration::from_secs(1));
    let asked = Instant::now();
    cancel.request();
    assert_eq!(running.join().unwrap().status, Status::Cancelled);
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
}

#[test]
fn what_cannot_start_says_why() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("script"), "#!/bin/sh\n").unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let told = |name: &str| go(&Command::new([name], path.clone())).status.to_string();
    assert!(told("./script").contains("name its interpreter first"), "{}", told("./script"));
    assert!(told("./none").contains("does not exist"), "{}", told("./none"));
    assert!(told("no-such-program").contains("in no folder of PATH"));
}
