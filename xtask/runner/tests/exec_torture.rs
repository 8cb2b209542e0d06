//! Programs that misbehave: each must end in bounded time and memory, and leave no child.
//!
//! Upper bounds are generous, because the machine may be busy; what would hang, hangs for 1000 s.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what cannot fail here is the test's own footing")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use gate_runner::exec::{Cancel, Command, Ended, Env, Status, run};

/// What "soon" means on a loaded machine.
const SOON: Duration = Duration::from_secs(5);

fn sh(script: &str) -> Command {
    let mut command = Command::new(["sh", "-c", script], "/");
    command.timeout = Some(Duration::from_secs(60));
    command
}

fn go(command: &Command) -> Ended {
    run(command, &Cancel::new())
}

/// A number of seconds to sleep that nobody else sleeps, to be found in /proc again.
fn unique_sleep() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("1000.{}{:03}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Living processes whose program is `sleep` with exactly this argument.
fn sleepers(argument: &str) -> Vec<i32> {
    let wanted = format!("sleep\0{argument}\0");
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| {
            fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line == wanted.as_bytes())
        })
        .filter(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.rsplit(") ")
                .next()
                .is_some_and(|rest| !rest.starts_with(['Z', 'X']) && !rest.is_empty())
        })
        .collect()
}

fn assert_none(sleep: &str) {
    let left = sleepers(sleep);
    assert!(left.is_empty(), "still running: {left:?}");
}

fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Runs `script` until it has `count` sleepers, then cancels; gives the end and how long it took.
fn cancel_when_asleep(script: &str, sleep: &str, count: usize) -> (Ended, Duration) {
    let cancel = Cancel::new();
    let (command, token) = (sh(script), cancel.clone());
    let running = thread::spawn(move || run(&command, &token));
    wait_for("sleepers", || sleepers(sleep).len() >= count);
    let asked = Instant::now();
    cancel.request();
    let ended = running.join().unwrap();
    (ended, asked.elapsed())
}

fn kill_all(pids: &[i32]) {
    for pid in pids {
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_raw(*pid).unwrap(),
            rustix::process::Signal::KILL,
        );
    }
}

#[test]
fn exit_code_and_both_streams_come_back() {
    let ended = go(&sh("echo out; echo err >&2; exit 3"));
    assert_eq!(ended.status, Status::Exited(3));
    assert_eq!(ended.stdout.whole(), Some(&b"out\n"[..]));
    assert_eq!(ended.stderr.whole(), Some(&b"err\n"[..]));
    assert!(!ended.output_held_open);
    assert_eq!(ended.status.to_string(), "exited with 3");
}

#[test]
fn a_quick_program_costs_no_waiting() {
    let fastest = (0..20).map(|_| go(&Command::new(["true"], "/")).elapsed).min().unwrap();
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
}

#[test]
fn it_leads_a_session_of_its_own_and_reads_nothing() {
    let ended = go(&sh("cut -d' ' -f6 /proc/$$/stat; echo $$; cat; test -t 0 || echo no terminal"));
    let text = ended.stdout.text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.first(), lines.get(1), "session and process number: {text}");
    assert_eq!(lines.get(2), Some(&"no terminal"));
}

#[test]
fn environment_is_what_was_allowed_and_set() {
    let mut command = Command::new(["env"], "/");
    command.env = Env::only(["PATH"]).with("DECLARED", "yes");
    let text = go(&command).stdout.text();
    let mut names: Vec<_> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["DECLARED", "GATE_RUNNER_MARK", "PATH"]);
}

#[test]
fn input_is_given_in_full_even_when_it_comes_back_at_once() {
    let input: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut command = Command::new(["cat"], "/");
    command.stdin = Some(input.clone());
    command.output_bytes_max = input.len();
    command.raw = true;
    let ended = go(&command);
    assert_eq!(ended.status, Status::Exited(0));
    assert!(ended.stdout.whole() == Some(input.as_slice()));
}

#[test]
fn input_that_nobody_reads_is_no_failure() {
    let mut command = sh("exec <&-; echo done");
    command.stdin = Some(vec![b'x'; 1 << 20]);
    let ended = go(&command);
    assert_eq!((ended.status, ended.stdout.text().as_str()), (Status::Exited(0), "done\n"));
}

#[test]
fn ignoring_term_ends_in_kill() {
    let sleep = unique_sleep();
    // Children of a shell that ignores TERM ignore it too.
    let mut command = sh(&format!("trap '' TERM; echo ready; sleep {sleep} & sleep {sleep}"));
    command.timeout = Some(Duration::from_millis(500));
    let ended = go(&command);
    assert_eq!(ended.status, Status::TimedOut { limit: Duration::from_millis(500) });
    assert!(ended.elapsed >= Duration::from_millis(1500), "no grace: {:?}", ended.elapsed);
    assert!(ended.elapsed < Duration::from_millis(1500) + SOON, "{:?}", ended.elapsed);
    assert_eq!(ended.stdout.text(), "ready\n", "output before the limit is kept");
    assert_none(&sleep);
}

#[test]
fn heeding_term_costs_no_grace() {
    let sleep = unique_sleep();
    let (ended, took) = cancel_when_asleep(&format!("sleep {sleep} | sleep {sleep}"), &sleep, 2);
    assert_eq!(ended.status, Status::Cancelled);
    assert!(took < Duration::from_millis(900), "{took:?}");
    assert_none(&sleep);
}

#[test]
fn a_stopped_program_hears_term_too() {
    let mut command = sh("trap 'echo tidy; exit' TERM; kill -STOP $$; sleep 1000");
    command.timeout = Some(Duration::from_millis(300));
    let ended = go(&command);
    assert!(matches!(ended.status, Status::TimedOut { .. }));
    assert_eq!(ended.stdout.text(), "tidy\n");
    assert!(ended.elapsed < SOON, "{:?}", ended.elapsed);
}

#[test]
fn many_forks_die_together() {
    let sleep = unique_sleep();
    let script = format!(
        "trap '' TERM; for i in 1 2 3 4 5 6 7 8 9 10; do (sleep {sleep} & sleep {sleep}) & done; wait"
    );
    let (ended, took) = cancel_when_asleep(&script, &sleep, 20);
    assert_eq!(ended.status, Status::Cancelled);
    assert!(took < SOON, "{took:?}");
    assert_none(&sleep);
}

#[test]
fn who_left_the_session_is_found() {
    let sleep = unique_sleep();
    // An orphan in a session of its own; one without environment, whose parent lives; one both
    // in a session of its own and deaf.
    let script = format!(
        "(setsid sleep {sleep} &) ; env -i setsid sleep {sleep} & (trap '' TERM; exec setsid sleep {sleep}) & \
         setsid sh -c 'sleep {sleep} >/dev/null 2>&1 & wait' & wait"
    );
    let (ended, took) = cancel_when_asleep(&script, &sleep, 4);
    assert_eq!(ended.status, Status::Cancelled);
    assert!(took < SOON, "{took:?}");
    assert_none(&sleep);
}

#[test]
fn who_was_seen_once_is_not_forgotten() {
    let sleep = unique_sleep();
    // Without mark, deaf, in a session of its own, and an orphan as soon as TERM took its parent.
    let script = format!("env -i sh -c \"trap '' TERM; exec setsid sleep {sleep}\" & wait");
    let (ended, took) = cancel_when_asleep(&script, &sleep, 1);
    assert_eq!(ended.status, Status::Cancelled);
    assert!(took < SOON, "{took:?}");
    assert_none(&sleep);
}

#[test]
fn a_family_may_tidy_up_in_its_grace() {
    let dir = tempfile::tempdir().unwrap();
    let note = dir.path().join("note");
    let sleep = unique_sleep();
    // The leader dies of TERM at once, its child needs a moment.
    let script = format!(
        "(trap 'sleep 0.2; echo tidy > {}; exit' TERM; sleep {sleep} & wait) & wait",
        note.display()
    );
    let (_, took) = cancel_when_asleep(&script, &sleep, 1);
    assert_eq!(fs::read_to_string(&note).unwrap_or_default(), "tidy\n");
    assert!(took < SOON, "{took:?}");
    assert_none(&sleep);
}

#[test]
fn a_daemon_that_holds_the_output_does_not_hang_us_and_lives_on() {
    let sleep = unique_sleep();
    let ended = go(&sh(&format!("echo before; setsid sleep {sleep} & exit 0")));
    let daemons = sleepers(&sleep);
    kill_all(&daemons);
    assert_eq!(ended.status, Status::Exited(0));
    assert!(ended.output_held_open);
    assert_eq!(ended.stdout.text(), "before\n");
    assert!(ended.elapsed < SOON, "{:?}", ended.elapsed);
    assert_eq!(daemons.len(), 1, "left the group on purpose");
}

#[test]
fn what_stays_in_the_group_ends_with_the_program() {
    let sleep = unique_sleep();
    let ended = go(&sh(&format!("sleep {sleep} >/dev/null 2>&1 & exit 4")));
    assert_eq!(ended.status, Status::Exited(4));
    assert!(!ended.output_held_open);
    wait_for("death of the rest", || sleepers(&sleep).is_empty());
}

#[test]
fn output_after_the_exit_of_the_leader_is_still_read() {
    let ended = go(&sh("(sleep 0.1; echo late) & exit 0"));
    assert_eq!((ended.status, ended.stdout.text().as_str()), (Status::Exited(0), "late\n"));
}

#[test]
fn a_flood_is_cut_in_memory_and_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let log = Utf8PathBuf::from_path_buf(dir.path().join("log")).unwrap();
    let mut command = sh("echo first; head -c 100000000 /dev/zero; echo last");
    command.output_bytes_max = 1000;
    command.log = Some(log.clone());
    command.log_bytes_max = 5000;
    let ended = go(&command);
    assert_eq!(ended.status, Status::Exited(0));
    assert_eq!(ended.stdout.head.len() + ended.stdout.tail.len(), 1000);
    assert_eq!(ended.stdout.dropped_bytes, 100_000_000 + 6 + 5 - 1000);
    assert!(ended.stdout.head.starts_with(b"first\n") && ended.stdout.tail.ends_with(b"last\n"));
    let kept = fs::read(&log).unwrap();
    assert!(kept.len() < 5100, "{}", kept.len());
    let end = String::from_utf8_lossy(&kept);
    assert!(
        end.ends_with(&format!(
            "[… {} bytes dropped: the log is at its limit …]\n",
            100_000_011 - 5000
        )),
        "{end}"
    );
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn an_endless_flood_on_both_streams_ends_at_the_limit() {
    let mut command = sh("trap '' TERM; yes & yes >&2");
    command.timeout = Some(Duration::from_millis(300));
    command.output_bytes_max = 1 << 16;
    let ended = go(&command);
    assert!(matches!(ended.status, Status::TimedOut { .. }));
    assert!(ended.elapsed < Duration::from_millis(1300) + SOON, "{:?}", ended.elapsed);
    assert!(ended.stdout.dropped_bytes > 0 && ended.stderr.dropped_bytes > 0);
}

#[test]
fn closing_the_output_early_is_not_the_end() {
    let started = Instant::now();
    let ended = go(&sh("echo a; exec >&- 2>&-; sleep 0.3; exit 7"));
    assert_eq!((ended.status, ended.stdout.text().as_str()), (Status::Exited(7), "a\n"));
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[test]
fn bytes_that_are_no_text_survive() {
    let ended = go(&sh(r"printf '\377\376a\000b'"));
    assert_eq!(ended.stdout.whole(), Some(&b"\xff\xfea\0b"[..]));
    assert_eq!(ended.stdout.text(), "\u{fffd}\u{fffd}a\0b");
}

#[test]
fn a_signal_is_told_by_number_and_name() {
    let ended = go(&sh("ulimit -c 0; kill -SEGV $$"));
    assert_eq!(ended.status, Status::Signalled(11));
    assert_eq!(ended.status.to_string(), "was ended by signal 11 (SIGSEGV)");
}

#[test]
fn a_missing_program_is_told_with_where_it_was_looked_for() {
    let mut command = Command::new(["no-such-program", "--version"], "/");
    command.env = Env::only::<&str>([]).with("PATH", "/bin:/opt/nothing");
    let ended = go(&command);
    assert_eq!(
        ended.status.to_string(),
        "was not started: 'no-such-program' is in no folder of PATH: install it or add its folder \
         (looked in /bin, /opt/nothing)"
    );
}

#[test]
fn what_cannot_start_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let script = |name: &str, text: &str, mode| {
        let path = dir.join(name);
        fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    script("plain", "echo", 0o644);
    script("orphan", "#!/no/such/interpreter\n", 0o755);
    let long = "x".repeat(8 << 20);
    for (argv, dir, expected) in [
        (vec![], dir.as_str(), "the command is empty"),
        (vec![""], dir.as_str(), "name is empty"),
        (vec!["true"], "/no/such/dir", "working directory '/no/such/dir' does not exist"),
        (vec!["./plain"], dir.as_str(), "is not executable: chmod +x"),
        (vec!["./orphan"], dir.as_str(), "the interpreter in its first line"),
        (vec!["/"], dir.as_str(), "is a folder"),
        (vec!["echo", "a\0b"], dir.as_str(), "holds a NUL byte"),
        (vec!["echo", long.as_str()], dir.as_str(), "longer than the system allows"),
    ] {
        let ended = go(&Command::new(argv.clone(), dir));
        let message = ended.status.to_string();
        assert!(
            matches!(ended.status, Status::CannotStart { .. }) && message.contains(expected),
            "{message}"
        );
    }
    let mut command = Command::new(["true"], "/");
    command.log = Some("/no/such/dir/log".into());
    assert!(
        go(&command).status.to_string().contains("its log '/no/such/dir/log' cannot be written")
    );
}

#[test]
fn secrets_reach_neither_memory_nor_log() {
    let dir = tempfile::tempdir().unwrap();
    let log = Utf8PathBuf::from_path_buf(dir.path().join("log")).unwrap();
    let secret = "not-a-real-one-4711";
    // In pieces that arrive apart, and on both streams.
    let mut command =
        sh("echo \"$MY_TOKEN\" >&2; printf '%s' \"${MY_TOKEN%4711}\"; sleep 0.05; echo 4711 end");
    command.env = Env::inherit().with("MY_TOKEN", secret);
    command.log = Some(log.clone());
    let ended = go(&command);
    assert_eq!(ended.stdout.text(), "*** end\n");
    assert_eq!(ended.stderr.text(), "***\n");
    assert_eq!(fs::read_to_string(&log).unwrap(), "***\n*** end\n");

    command.raw = true;
    let ended = go(&command);
    assert_eq!(ended.stdout.text(), format!("{secret} end\n"));
    assert_eq!(
        fs::read_to_string(&log).unwrap(),
        "***\n*** end\n",
        "the log is masked all the same"
    );
}

#[test]
fn a_full_disk_ends_the_log_and_not_the_run() {
    let mut command = sh("echo text");
    command.log = Some("/dev/full".into());
    let ended = go(&command);
    assert_eq!(ended.status, Status::Exited(0));
    assert!(ended.log_error.is_some());
}

#[test]
fn cancelled_beforehand_nothing_starts() {
    let dir = tempfile::tempdir().unwrap();
    let cancel = Cancel::new();
    cancel.request();
    let ended = run(&sh(&format!("touch {}/started", dir.path().display())), &cancel);
    assert_eq!(ended.status, Status::Cancelled);
    assert!(!dir.path().join("started").exists());
}

#[test]
fn many_runs_side_by_side_do_not_mix() {
    thread::scope(|scope| {
        for worker in 0..8 {
            scope.spawn(move || {
                for round in 0..10 {
                    let ended = go(&sh(&format!("echo {worker}.{round}; exit {round}")));
                    assert_eq!(ended.status, Status::Exited(round));
                    assert_eq!(ended.stdout.text(), format!("{worker}.{round}\n"));
                }
            });
        }
    });
}

#[test]
fn one_run_s_end_leaves_its_neighbour_alone() {
    let (mine, other) = (unique_sleep(), unique_sleep());
    let cancel = Cancel::new();
    let (command, token) = (sh(&format!("setsid sleep {other} & wait")), cancel.clone());
    let neighbour = thread::spawn(move || run(&command, &token));
    wait_for("the neighbour", || sleepers(&other).len() == 1);
    let mut command = sh(&format!("setsid sleep {mine} & wait"));
    command.timeout = Some(Duration::from_millis(300));
    assert!(matches!(go(&command).status, Status::TimedOut { .. }));
    assert_eq!((sleepers(&mine).len(), sleepers(&other).len()), (0, 1));
    cancel.request();
    assert_eq!(neighbour.join().unwrap().status, Status::Cancelled);
}

/// Not a test by itself: the process that [`interrupt`] starts and signals.
#[test]
#[ignore = "started by the tests about signals"]
fn process_to_interrupt() {
    let cancel = Cancel::on_signals().unwrap();
    let ended = run(&sh(&std::env::var("SCRIPT").unwrap()), &cancel);
    assert_eq!(ended.status, Status::Cancelled);
    std::process::exit(i32::from(cancel.exit_code().unwrap()));
}

/// Starts a process that runs `script`, signals it `times` once `count` sleepers sleep, and gives
/// its exit code and how long it took to end.
fn interrupt(
    script: &str,
    sleep: &str,
    count: usize,
    signal: i32,
    times: u32,
) -> (Option<i32>, Duration) {
    let mut process = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "process_to_interrupt"])
        .env("SCRIPT", script)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_for("sleepers", || sleepers(sleep).len() >= count);
    let asked = Instant::now();
    for time in 0..times {
        if time > 0 {
            thread::sleep(Duration::from_millis(100));
        }
        let pid = rustix::process::Pid::from_child(&process);
        rustix::process::kill_process(
            pid,
            rustix::process::Signal::from_named_raw(signal).unwrap(),
        )
        .unwrap();
    }
    let status = process.wait().unwrap();
    (status.code(), asked.elapsed())
}

#[test]
fn an_interrupted_process_leaves_no_child() {
    let sleep = unique_sleep();
    let script =
        format!("trap '' TERM INT; (setsid sleep {sleep} &); sleep {sleep} & sleep {sleep}");
    let (code, took) = interrupt(&script, &sleep, 3, 2, 1);
    assert_eq!(code, Some(130));
    assert_none(&sleep);
    // Two seconds are promised, on a machine that has time for us.
    assert!(took < Duration::from_secs(2) + SOON, "{took:?}");
}

#[test]
fn a_second_interrupt_kills_without_grace() {
    let sleep = unique_sleep();
    let (code, took) = interrupt(&format!("trap '' TERM; sleep {sleep} & wait"), &sleep, 1, 15, 2);
    assert_eq!(code, Some(143));
    assert_none(&sleep);
    assert!(took < Duration::from_millis(950), "grace was not cut short: {took:?}");
}
