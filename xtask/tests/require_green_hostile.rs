//! Answers and receipts that somebody wrote to be believed, to be shown for what
//! they are not, or to bring the program down.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::github::{Github, Reply};
use common::online::Online;
use common::release::{Release, canonical};
use serde_json::{Value, json};

/// Moves the cursor, begins lines that say what they like, turns the reading
/// direction.
const WORDS: &str = "a\u{1b}[2J\r\nok  HEAD: proven green\n::stop-commands::x\u{202e}";
const SIGNS: [&str; 5] = ["\u{1b}", "\nok  ", "\n::", "\r", "\u{202e}"];

#[test]
fn no_clock_is_asked_for_a_time_that_it_does_not_have() {
    let online = Online::new();
    let most = u64::MAX.to_string();
    online.github.on("actions/runs", vec![Reply::status(429).header("retry-after", &most)]);
    online.ask(&[]).ends_with(4).says(&["api-unreachable", "too many requests"]);
    let used_up = Reply::status(403).header("x-ratelimit-remaining", "0");
    let used_up = used_up.header("x-ratelimit-reset", &i64::MAX.to_string());
    online.github.on("actions/runs", vec![used_up]);
    online.ask(&[]).ends_with(4).says(&["api-unreachable", "too many requests"]);
    let ages = format!("{}s", i64::MAX);
    online.ask(&["--wait", &ages]).ends_with(2).says(&["--wait is longer than any clock goes"]);
}

#[test]
fn the_largest_numbers_are_refused_and_not_added_up() {
    let release = Release::new();
    release.ci("push", &[]).ends_with(0);
    let mut receipt = release.receipt();
    let gate = &mut receipt["predicate"]["gates"][0];
    gate["proof"]["unproven"] = json!(["action-pins/a", "action-pins/b"]);
    gate["skipped"] = json!({ "a": u64::MAX, "b": u64::MAX });
    gate["rules"]["count"] = 1.into();
    for name in ["canaries", "tripped", "quiet"] {
        gate["proof"][name] = u64::MAX.into();
    }
    for name in ["bytes", "files", "items"] {
        gate["examined"][name] = u64::MAX.into();
    }
    let path = release.path("receipt.json");
    std::fs::write(&path, canonical(&receipt)).unwrap();
    let policy = release.path("policy.toml");
    release.ask("HEAD", &policy).ends_with(5).says(&["another number of rules than of proofs"]);
    release.repository.xtask(&["receipt", "check", &path]).ends_with(5);
    release.repository.xtask(&["receipt", "show", &path]).ends_with(0);
}

#[test]
fn what_a_receipt_says_of_itself_begins_no_line_of_ours() {
    let release = Release::new();
    release.ci("push", &[]).ends_with(0);
    let (whole, path) = (release.receipt(), release.path("receipt.json"));
    let policy = release.path("policy.toml");
    let archive = release.path("evidence.zip");
    let fields = [
        "/_type",
        "/predicate/source/commit",
        "/predicate/gates/0/id",
        "/predicate/gates/0/outcome",
        "/predicate/run/finishedAt",
        "/predicate/run/ci/event",
    ];
    for field in fields {
        let mut receipt = whole.clone();
        *receipt.pointer_mut(field).unwrap() = WORDS.into();
        std::fs::write(&path, canonical(&receipt)).unwrap();
        let resource = ["--resource", "git+https://example.com/o/r"];
        for args in [
            &["receipt", "check", &path][..],
            &["receipt", "verify", &path, "--key", &policy],
            &[&["receipt", "export", &path, "--as", "vsa"][..], &resource].concat(),
            &["require-green", "--commit", "HEAD", "--receipt", &path, "--policy", &policy],
            &["evidence", "--receipt", &path, "--out", &archive],
            &["receipt", "show", &path],
        ] {
            let mut command = release.repository.command(args);
            // As on a terminal: else escapes are taken out whatever they are.
            let ran = common::ran(command.env("CLICOLOR_FORCE", "1").output().unwrap());
            if args[1] == "show" {
                ran.leaves_unsaid(&SIGNS[1..]).leaves_unsaid(&["\u{1b}[2J"]);
                continue;
            }
            ran.leaves_unsaid(&SIGNS);
        }
    }
}

#[test]
fn what_github_says_begins_no_line_of_ours() {
    let online = Online::new();
    let ask = |more: &[&str]| {
        let policy = online.release.path("policy.toml");
        let args = ["require-green", "--commit", "HEAD", "--github", "o/r", "--policy", &policy];
        let args = [&args[..], &["--api-url", &online.github.url], more].concat();
        let mut command = online.release.repository.command(&args);
        common::ran(command.env("CLICOLOR_FORCE", "1").output().unwrap()).leaves_unsaid(&SIGNS)
    };
    online.runs(&[json!({ "html_url": WORDS })]);
    ask(&[]).ends_with(0);
    online.runs(&[json!({ "event": WORDS })]);
    ask(&[]).ends_with(1);
    online.runs(&[json!({ "status": WORDS, "conclusion": Value::Null })]);
    ask(&["--wait", "1s", "--interval", "100ms"]).ends_with(6).says(&["waiting: "]);
    let names = json!({ "object": { "type": "commit", "sha": WORDS } });
    online.github.on("git/ref/heads/main", vec![Reply::json(&names)]);
    online.runs(&[json!({})]);
    ask(&["--base-fresh"]).ends_with(1).says(&["base-moved"]);
}

#[test]
fn runs_that_github_leaves_out_are_not_taken_for_none() {
    let online = Online::new();
    let page = |number: u64| {
        let ids = (number * 100)..(number * 100 + 100);
        let runs = ids.map(|id| online.run_with(&json!({ "id": id, "event": "issues" })));
        let mut body = online.bodies.runs(&runs.collect::<Vec<_>>());
        body["total_count"] = 1_000.into();
        Reply::json(&body)
    };
    online.github.on("actions/runs", vec![page(1)]);
    for number in 2..=10 {
        online.github.on(&format!("actions/runs?page={number}"), vec![page(number)]);
    }
    online.ask(&[]).ends_with(4).says(&["api-garbled: the commit has 1000 runs or more"]);
}

#[cfg(unix)]
#[test]
fn nothing_in_a_folder_of_receipts_is_left_out_without_a_word() {
    let release = Release::new();
    release.run(17, 1, "push", &[]).ends_with(0);
    let dir = release.path("receipts");
    std::fs::create_dir(&dir).unwrap();
    let (green, red) = (release.path("receipts/green.json"), release.path("receipts/red.JSON"));
    std::fs::copy(release.path("receipt.json"), &green).unwrap();
    release.run(18, 1, "push", &["action-pins"]).ends_with(0);
    let policy = release.path("policy.toml");
    let ask = || {
        let args = ["require-green", "--commit", "HEAD", "--dir", &dir, "--policy", &policy];
        release.repository.xtask(&args)
    };
    ask().ends_with(0);
    std::fs::copy(release.path("receipt.json"), &red).unwrap();
    ask().ends_with(1).says(&["gate-skipped"]);
    std::fs::remove_file(&red).unwrap();
    std::os::unix::fs::symlink(release.path("receipt.json"), &red).unwrap();
    ask().ends_with(2).says(&["red.JSON' is no regular file"]);
    let archive = release.path("evidence.zip");
    let args = ["evidence", "--dir", &dir, "--out", &archive];
    release.repository.xtask(&args).ends_with(2).says(&["is no regular file"]);
}

#[test]
fn no_proxy_is_told_what_this_machine_is_asked() {
    let online = Online::new();
    let proxy = Github::new();
    let policy = online.release.path("policy.toml");
    let args = ["require-green", "--commit", "HEAD", "--github", "o/r", "--policy", &policy];
    let mut command = online.release.repository.command(&args);
    command.env("GITHUB_TOKEN", "t0ken").env("GITHUB_API_URL", &online.github.url);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        command.env(name, &proxy.url);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    common::ran(command.output().unwrap()).ends_with(0);
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[test]
fn no_file_is_read_to_its_end_that_can_hold_no_receipt() {
    let release = Release::new();
    let path = release.path("receipt.json");
    // Holes: more than any memory holds, and nothing on the disk.
    std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let dir = std::path::Path::new(&path).parent().unwrap().to_str().unwrap();
    let (policy, archive) = (release.path("policy.toml"), release.path("evidence.zip"));
    for args in [
        &["receipt", "check", &path][..],
        &["receipt", "show", &path],
        &["receipt", "verify", &path, "--key", &policy],
        &["evidence", "--dir", dir, "--out", &archive],
        &["require-green", "--commit", "HEAD", "--receipt", &path, "--policy", &policy],
        &["require-green", "--commit", "HEAD", "--dir", dir, "--policy", &policy],
    ] {
        release.repository.xtask(args).ends_with(5).says(&["receipt.json' has "]);
    }
}
