//! Answers and receipts that somebody wrote to be believed, to be shown for what
//! they are not, or to bring the program down.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::github::Reply;
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
