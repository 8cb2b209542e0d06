//! A release that asks GitHub: a scripted server plays what GitHub would say.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::github::{Github, Reply};
use common::online::Online;
use common::release::{FIVE, Release, canonical};
use common::workflow;
use serde_json::{Value, json};
use xshell::cmd;

/// Way 1: a pull request's run proves the merge ref, by the request's own
/// workflow file.
#[test]
fn a_pull_requests_run_does_not_count() {
    let online = Online::new();
    online.ask(&[]).ends_with(0).says(&["proven green by https://github.com/o/r/actions/runs/17"]);
    online.runs(&[json!({ "event": "pull_request" })]);
    online.ask(&[]).ends_with(1).says(&["wrong-event: run 17"]);
    // A receipt that says otherwise than its run is no receipt of it.
    online.runs(&[json!({})]);
    online.receipt(|receipt| receipt["predicate"]["run"]["ci"]["event"] = "merge_group".into());
    online.ask(&[]).ends_with(5).says(&["run-mismatch"]);
}

/// Way 2: the newest run hides an older red one.
#[test]
fn a_newer_green_run_hides_no_red_one() {
    let online = Online::new();
    online.runs(&[json!({ "id": 18 }), json!({ "conclusion": "failure" })]);
    online.ask(&[]).ends_with(1).says(&["run-failed: run 17"]);
}

/// Way 3: a fork's run on the same commit.
#[test]
fn a_forks_run_does_not_count() {
    let online = Online::new();
    online.runs(&[json!({ "head_repository": { "full_name": "fork/r" } })]);
    online.ask(&[]).ends_with(1).says(&["foreign-repo: run 17", "'fork/r'"]);
}

/// Way 4: the judged commit brings its own, smaller list of gates.
#[test]
fn a_smaller_list_of_gates_is_seen() {
    let release = Release::new();
    release.repository.write("ci.toml", "schema = 1\n[gate.action-pins]\n");
    release.repository.commit("a smaller list");
    let online = Online::of(release);
    online.ask(&[]).ends_with(1).says(&["gate-missing: gate 'secret-scan'"]);
}

/// Way 5: `continue-on-error`, or an edited umbrella, is green at run level.
#[test]
fn a_green_run_with_a_failed_job_is_red() {
    let online = Online::new();
    online.jobs(17, 1, &[json!({}), json!({ "name": "lint", "conclusion": "failure" })]);
    online.ask(&[]).ends_with(1).says(&["run-failed: job 'lint'"]);
}

/// Way 6: the receipt is never read.
#[test]
fn a_run_proves_nothing_without_its_receipt() {
    let online = Online::new();
    online.artifacts(17, &[]);
    online.ask(&[]).ends_with(1).says(&["gate-missing: run 17 left no artifact 'verify-all'"]);
    online.receipt(|receipt| receipt["predicate"]["gates"][0]["outcome"] = "failed".into());
    online.ask(&[]).says(&["gate-failed: gate 'action-pins'"]);
    online.receipt(|receipt| receipt["predicate"]["gates"][0]["proof"] = Value::Null);
    online.ask(&[]).says(&["unproven: gate 'action-pins'"]);
    online.holds(17, b"PK\x03\x04 no archive");
    online.ask(&[]).ends_with(5).says(&["schema: artifact 5"]);
    let expired = json!({ "id": 5, "expired": true });
    online.artifacts(17, &[(expired, b"{}")]);
    online.ask(&[]).ends_with(5).says(&["receipt-expired: the receipt of run 17 is gone"]);
    let other = json!({ "id": 5, "digest": format!("sha256:{}", "0".repeat(64)) });
    online.artifacts(17, &[(other, b"{}")]);
    online.ask(&[]).ends_with(5).says(&["artifact-digest"]);
    let elsewhere = json!({ "id": 5, "workflow_run": { "id": 99 } });
    online.artifacts(17, &[(elsewhere, b"{}")]);
    online.ask(&[]).ends_with(5).says(&["run-mismatch: artifact 5"]);
}

/// Way 7: jobs outside the umbrella are skipped, and the run is a success.
#[test]
fn a_skipped_job_is_no_success() {
    let online = Online::new();
    online.jobs(17, 1, &[json!({}), json!({ "name": "e2e", "conclusion": "skipped" })]);
    online.ask(&[]).ends_with(1).says(&["gate-skipped: job 'e2e'", "may_skip"]);
    online.policy("may_skip = [\"e2e\"]");
    online.ask(&[]).ends_with(0);
}

/// Way 8: it waits longer than its job may last. It has a deadline of its own.
#[test]
fn a_wait_ends_at_its_own_deadline() {
    let online = Online::new();
    online.runs(&[json!({ "status": "in_progress", "conclusion": null })]);
    online.ask(&[]).ends_with(6).says(&["timeout: run 17", "--wait waits for it"]);
    let began = std::time::Instant::now();
    online.ask(&["--wait", "1s"]).ends_with(6).says(&["waiting: run 17", "timeout: run 17"]);
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
    // Red does not get better by waiting.
    let running = json!({ "id": 18, "status": "queued", "conclusion": null });
    online.runs(&[running, json!({ "conclusion": "failure" })]);
    online.ask(&["--wait", "10m"]).ends_with(1).says(&["run-failed: run 17"]);
}

/// Way 9: any fault of the API is red without a reason, and asked but once.
#[test]
fn a_fault_of_the_api_is_waited_out_or_named() {
    let online = Online::new();
    let good = || online.listed(&[json!({})]);
    let plays = |replies: Vec<Reply>| {
        online.github.on("actions/runs", replies);
    };
    plays(vec![Reply::status(502), Reply::status(502), good()]);
    online.ask(&[]).ends_with(0);
    plays(vec![Reply::status(429).header("retry-after", "1"), good()]);
    let began = std::time::Instant::now();
    online.ask(&[]).ends_with(0);
    assert!(began.elapsed() >= std::time::Duration::from_secs(1));
    let used_up = Reply::status(403).header("x-ratelimit-remaining", "0");
    plays(vec![used_up.clone().header("x-ratelimit-reset", "0"), good()]);
    online.ask(&[]).ends_with(0);
    // An hour is longer than anybody waits here.
    plays(vec![used_up.header("retry-after", "3600")]);
    online.ask(&[]).ends_with(4).says(&["api-unreachable", "too many requests", "3600s more"]);
    plays(vec![Reply::status(503)]);
    online.ask(&[]).ends_with(4).says(&["api-unreachable", "answered 503 (asked 6 times)"]);
    // A wait is for the server too: it is not given up after six times.
    plays(
        vec![Reply::status(503).header("retry-after", "0"); 7]
            .into_iter()
            .chain([good()])
            .collect(),
    );
    online.ask(&["--wait", "5m"]).ends_with(0);
    plays(vec![Reply::status(401)]);
    online.ask(&[]).ends_with(4).says(&["api-auth", "set GITHUB_TOKEN"]);
    plays(vec![Reply::status(404)]);
    online.ask(&[]).ends_with(4).says(&["api-auth", "no such repository"]);
    plays(vec![good().halved()]);
    online.ask(&[]).ends_with(4).says(&["api-garbled"]);
    plays(vec![good().cut(), good()]);
    online.ask(&[]).ends_with(0);
    plays(vec![good().cut()]);
    online.ask(&[]).ends_with(4).says(&["api-garbled"]);
    plays(vec![Reply::bytes(b"<html>")]);
    online.ask(&[]).ends_with(4).says(&["api-garbled"]);
    // A list that is shorter than it says could lack the red run.
    let mut short = online.bodies.runs(&[online.run_with(&json!({}))]);
    short["total_count"] = 2.into();
    let none = online.bodies.runs(&[]);
    plays(vec![Reply::json(&short)]);
    let mut none_of_two = none;
    none_of_two["total_count"] = 2.into();
    online.github.on("actions/runs?page=2", vec![Reply::json(&none_of_two)]);
    online.ask(&[]).ends_with(4).says(&["api-garbled", "holds 1 entries and says 2"]);
    // Nor does an entry that is there twice stand for one that is not.
    let mut again = online.bodies.runs(&[online.run_with(&json!({}))]);
    again["total_count"] = 2.into();
    online.github.on("actions/runs?page=2", vec![Reply::json(&again)]);
    online.ask(&[]).ends_with(4).says(&["api-garbled", "holds 1 entries and says 2"]);
}

/// Way 12: one job is repeated until it is green, and attempts are ignored.
#[test]
fn only_the_newest_attempt_counts_and_attempts_can_be_capped() {
    let online = Online::new();
    online.runs(&[json!({ "run_attempt": 2 })]);
    online.jobs(17, 2, &[json!({})]);
    online.ask(&[]).ends_with(1).says(&["stale-attempt: run 17 is at attempt 2", "attempt '1'"]);
    // A repeated run brings a receipt of its own; the newer artifact counts.
    let first = canonical(&online.release.receipt());
    online.release.run(17, 2, "push", &[]).ends_with(0);
    let second = canonical(&online.release.receipt());
    online.artifacts(17, &[(json!({ "id": 9 }), &second), (json!({ "id": 5 }), &first)]);
    online.ask(&[]).ends_with(0);
    online.policy("max_attempts = 1");
    online.ask(&[]).ends_with(1).says(&["stale-attempt: run 17 (attempt 2) is green"]);
}

/// Way 13: "not triggered" counts as a pass.
#[test]
fn a_workflow_that_did_not_run_is_missing_unless_the_policy_says_so() {
    let online = Online::new();
    online.runs(&[]);
    online.ask(&[]).ends_with(1).says(&["no-run: no run of '.github/workflows/ci.yml'"]);
    online.ask(&["--wait", "100ms"]).ends_with(1).says(&["no-run"]);
    online.runs(&[json!({ "path": ".github/workflows/fake.yml" })]);
    online.ask(&[]).ends_with(1).says(&["no-run"]);
    online.runs(&[json!({})]);
    let policy = online.release.path("policy.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, format!("{text}[workflows.docs]\n")).unwrap();
    online.ask(&[]).ends_with(1).says(&["no-run: no run of '.github/workflows/docs.yml'"]);
    std::fs::write(&policy, format!("{text}[workflows.docs]\nmissing = \"pass\"\n")).unwrap();
    online.ask(&[]).ends_with(0);
    let docs = json!({ "path": ".github/workflows/docs.yml", "id": 3, "conclusion": "failure" });
    online.runs(&[json!({}), docs]);
    online.ask(&[]).ends_with(1).says(&["run-failed: run 3"]);
    // No receipt tells of another workflow.
    let receipt = online.release.path("receipt.json");
    let args = ["require-green", "--commit", "HEAD", "--receipt", &receipt, "--policy", &policy];
    online.release.repository.xtask(&args).ends_with(2).says(&["[workflows]", "--github"]);
}

/// Way 14: another app posts a check of the same name.
#[test]
fn a_check_counts_by_its_app() {
    let online = Online::new();
    let policy = online.release.path("policy.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, format!("{text}[checks.scan]\napp = \"scanner\"\n")).unwrap();
    let path = format!("commits/{}/check-runs", online.commit);
    let posts = |app: &str, conclusion: &str| {
        let check = json!({
            "name": "scan", "status": "completed", "conclusion": conclusion,
            "app": { "slug": app }, "head_sha": online.commit,
        });
        online.github.on(&path, vec![Reply::json(&online.bodies.checks(&[check]))]);
    };
    posts("other", "success");
    online.ask(&[]).ends_with(1).says(&["wrong-app: check 'scan' is by 'other'"]);
    posts("scanner", "success");
    online.ask(&[]).ends_with(0);
    posts("scanner", "failure");
    online.ask(&[]).ends_with(1).says(&["run-failed: check 'scan'"]);
}

/// Way 15: a moved tag, or an annotated tag's id in place of its commit.
#[test]
fn a_tag_stands_for_the_commit_that_it_names_on_github() {
    let online = Online::new();
    let sh = online.release.repository.sh();
    cmd!(sh, "git tag --annotate v1 --message v1").quiet().run().unwrap();
    let tag = cmd!(sh, "git rev-parse v1").quiet().read().unwrap();
    assert_ne!(tag, online.commit);
    let names = |kind: &str, sha: &str| {
        let path = "/repos/{owner}/{repo}/git/ref/{ref}";
        let body = json!({ "ref": "refs/tags/v1", "object": { "type": kind, "sha": sha } });
        let body = online.bodies.one(path, &body);
        online.github.on("git/ref/tags/v1", vec![Reply::json(&body)]);
    };
    online.ask_for("v1", &[]).ends_with(5).says(&["commit-mismatch: the tag 'v1' is not on"]);
    names("commit", &online.commit);
    online.ask_for("v1", &[]).ends_with(0);
    names("commit", &"b".repeat(40));
    online.ask_for("v1", &[]).ends_with(5).says(&["commit-mismatch", "it was moved"]);
    names("tag", &tag);
    let path = "/repos/{owner}/{repo}/git/tags/{tag_sha}";
    let body = json!({ "sha": tag, "object": { "type": "commit", "sha": online.commit } });
    let body = online.bodies.one(path, &body);
    online.github.on(&format!("git/tags/{tag}"), vec![Reply::json(&body)]);
    online.ask_for("refs/tags/v1", &[]).ends_with(0);
    // The tag's own id stands for its commit.
    online.ask_for(&tag, &[]).ends_with(0);
}

/// Way 16: the base moved since, or a later commit is already released.
#[test]
fn a_base_that_moved_and_a_later_release_are_told() {
    let online = Online::new();
    let sh = online.release.repository.sh();
    let heads = |sha: &str| {
        let path = "/repos/{owner}/{repo}/git/ref/{ref}";
        let body = json!({ "ref": "refs/heads/main", "object": { "type": "commit", "sha": sha } });
        let body = online.bodies.one(path, &body);
        online.github.on("git/ref/heads/main", vec![Reply::json(&body)]);
    };
    heads(&online.commit);
    online.ask_for(&online.commit, &["--base-fresh", "main"]).ends_with(0);
    heads(&"c".repeat(40));
    let ran = online.ask_for(&online.commit, &["--base-fresh", "main"]);
    ran.ends_with(1).says(&["base-moved", "does not have: fetch it"]);
    cmd!(sh, "git checkout --quiet --orphan other").run().unwrap();
    online.release.repository.commit("another history");
    heads(&online.release.head());
    let ran = online.ask_for(&online.commit, &["--base-fresh", "main"]);
    ran.ends_with(1).says(&["base-moved", "neither holds nor is held by"]);
    cmd!(sh, "git checkout --quiet main").run().unwrap();
    // The branch went on past the commit: it is still a part of it.
    online.release.repository.commit("go on");
    heads(&online.release.head());
    online.ask_for(&online.commit, &["--base-fresh", "main", "--superseded"]).ends_with(0);
    cmd!(sh, "git tag --annotate v2 --message v2").quiet().run().unwrap();
    let ran = online.ask_for(&online.commit, &["--superseded"]);
    ran.ends_with(1).says(&["superseded: 'v2' holds this commit"]);
    online.ask_for(&online.commit, &["--superseded", "release-*"]).ends_with(0);
}

#[test]
fn what_is_under_way_is_waited_for_to_its_end() {
    let online = Online::new();
    let at = |status: &str, conclusion: Value, attempt: u64| {
        online.listed(&[
            json!({ "status": status, "conclusion": conclusion, "run_attempt": attempt }),
        ])
    };
    let (queued, running) = (at("queued", Value::Null, 1), at("in_progress", Value::Null, 1));
    let none = online.listed(&[]);
    online.github.on(
        "actions/runs",
        vec![none, queued.clone(), running, at("completed", "success".into(), 1)],
    );
    online.ask(&["--wait", "1m"]).ends_with(0).says(&["is 'queued'", "is 'in_progress'"]);
    // Pending, then red; then a repetition that is green.
    online.github.on("actions/runs", vec![queued, at("completed", "failure".into(), 1)]);
    online.ask(&["--wait", "1m"]).ends_with(1).says(&["run-failed"]);
    online.release.run(17, 2, "push", &[]).ends_with(0);
    online.holds(17, &canonical(&online.release.receipt()));
    online.jobs(17, 2, &[json!({})]);
    let again = at("in_progress", Value::Null, 2);
    online.github.on("actions/runs", vec![again, at("completed", "success".into(), 2)]);
    online.ask(&["--wait", "1m"]).ends_with(0);
}

#[test]
fn every_page_is_read_and_none_of_another_server() {
    let online = Online::new();
    let requests: Vec<Value> =
        (100..131).map(|id| json!({ "id": id, "event": "pull_request" })).collect();
    let red = json!({ "conclusion": "failure" });
    for (last, code) in [(json!({}), 0), (red, 1)] {
        for has_link in [true, false] {
            let page = |runs: &[Value]| {
                let runs: Vec<Value> = runs.iter().map(|run| online.run_with(run)).collect();
                let mut body = online.bodies.runs(&runs);
                body["total_count"] = 32.into();
                Reply::json(&body)
            };
            let next =
                format!("<{}/repos/o/r/actions/runs?page=2>; rel=\"next\"", online.github.url);
            let mut first = page(&requests);
            if has_link {
                first = first.header("link", &next);
            }
            online.github.on("actions/runs", vec![first]);
            online.github.on("actions/runs?page=2", vec![page(std::slice::from_ref(&last))]);
            online.ask(&[]).ends_with(code);
        }
    }
    let elsewhere = "<http://127.0.0.1:9/repos/o/r/actions/runs?page=2>; rel=\"next\"";
    let listed = online.listed(&requests).header("link", elsewhere);
    online.github.on("actions/runs", vec![listed]);
    online.ask(&[]).ends_with(4).says(&["api-garbled", "another server"]);
}

#[test]
fn the_token_goes_to_the_api_alone_and_is_never_told() {
    let online = Online::new();
    let store = Github::new();
    let receipt = canonical(&online.release.receipt());
    store.on("/blob", vec![Reply::bytes(&receipt)]);
    let moved = Reply::status(302).header("location", &format!("{}/blob", store.url));
    online.github.on("actions/artifacts/5/zip", vec![moved]);
    let policy = online.release.path("policy.toml");
    let args = ["require-green", "--commit", "HEAD", "--github", "o/r", "--policy", &policy];
    let mut command = online.release.repository.command(&args);
    command.env("GITHUB_TOKEN", "t0ken").env("GITHUB_API_URL", &online.github.url);
    let ran = common::ran(command.output().unwrap()).ends_with(0);
    ran.leaves_unsaid(&["t0ken"]);
    assert!(online.github.asked().iter().all(|asked| asked.ends_with("with bearer t0ken")));
    assert_eq!(store.asked(), ["/blob"]);
    // TLS is a feature; without it the answer says what to do.
    if !cfg!(feature = "https") {
        let mut command = online.release.repository.command(&args);
        command.env("GITHUB_API_URL", "https://127.0.0.1:9");
        common::ran(command.output().unwrap()).ends_with(4).says(&["--features https"]);
    }
}

#[test]
fn a_green_of_less_is_refused() {
    let policy = r#"
schema = 1
workflow = ".github/workflows/ci.yml"
[require.action-pins]
exact = true
min_files = 1
max_baselined = 0
[require.secret-scan]
options.history = "full"
[require.openapi-gate]
options.api = [{ routes = { static = [{ files = ["cmd/*.go"] }] } }]
"#;
    let with = |old: &str, new: &str| {
        let mut files = FIVE;
        let ci = format!("{}[profile.quick]\ngates = [\"action-pins\"]\n", files[0].1);
        assert!(ci.contains(old), "{old}");
        let ci = ci.replace(old, new);
        files[0].1 = &ci;
        Release::of(&files, policy)
    };
    Online::of(with("", "")).ask(&[]).ends_with(0);
    // A quick profile.
    let online = Online::of(with("", ""));
    online.release.run(17, 1, "push", &["--profile", "quick"]).ends_with(0);
    online.holds(17, &canonical(&online.release.receipt()));
    online.ask(&[]).ends_with(1).says(&["not-green", "gate-skipped: gate 'secret-scan'"]);
    // No history.
    let online = Online::of(with("\"full\"", "\"none\""));
    online.ask(&[]).ends_with(1).says(&["options-weaker: gate 'secret-scan': history"]);
    // One file in place of a pattern.
    let online = Online::of(with("cmd/*.go", "cmd/main.go"));
    online.ask(&[]).ends_with(1).says(&["options-weaker: gate 'openapi-gate': api"]);
    // An exception that the policy does not know of.
    let allow = "[gate.action-pins]\nowners = [\"actions\", \"evil\"]\n";
    let online = Online::of(with("[gate.action-pins]\n", allow));
    online.ask(&[]).ends_with(1).says(&["gate 'action-pins' sets owners, which the policy"]);
    // A look at too little.
    let online = Online::of(with("", ""));
    online.policy_text(&policy.replace("min_files = 1", "min_files = 2"));
    online.ask(&[]).ends_with(1).says(&["gate 'action-pins' looked at 1 files"]);
    // A baseline that holds everything.
    let release = with("", "");
    release.repository.write(".github/workflows/ci.yml", workflow("actions/checkout@v4"));
    release.repository.commit("loosen");
    release.repository.xtask(&["baseline", "update", "--write"]).ends_with(0);
    release.repository.commit("take it as known");
    Online::of(release).ask(&[]).ends_with(1).says(&["too-many-waived: gate 'action-pins': 1"]);
    // And a policy of the judged commit itself.
    let release = with("", "");
    release.repository.write("release-policy.toml", policy);
    release.repository.commit("policy");
    let online = Online::of(release);
    let args = ["require-green", "--commit", "HEAD", "--github", "o/r", "--api-url"];
    let args = [&args[..], &[&online.github.url, "--policy", "HEAD:release-policy.toml"]].concat();
    online.release.repository.xtask(&args).ends_with(5).says(&["policy-self"]);
}

/// The whole way: judged, signed, uploaded as an archive, asked for; then one bit
/// of it is another.
#[test]
fn from_verify_to_release_and_no_bit_may_change() {
    let online = Online::new();
    let release = &online.release;
    let keys = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([3; 32]));
    std::fs::write(release.path("key.pem"), keys.sk.to_pem()).unwrap();
    std::fs::write(release.path("ci.pub.pem"), keys.pk.to_pem()).unwrap();
    let policy = std::fs::read_to_string(release.path("policy.toml")).unwrap();
    online.policy_text(&format!("{policy}[signed]\nkeys = [\"ci.pub.pem\"]\n"));
    let (key, receipt) = (release.path("key.pem"), release.path("receipt.json"));
    let sign = ["receipt", "sign", "--ed25519", &key, &receipt];
    release.repository.xtask(&sign).ends_with(0);
    let envelope = std::fs::read(format!("{receipt}.dsse.json")).unwrap();
    let archive = |envelope: &[u8]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("verify-all.dsse.json", options).unwrap();
        std::io::Write::write_all(&mut writer, envelope).unwrap();
        writer.finish().unwrap().into_inner()
    };
    online.holds(17, &archive(&envelope));
    online.ask(&[]).ends_with(0).says(&["ok  HEAD (", "): proven green by"]);
    for at in (0..envelope.len()).step_by(envelope.len() / 12) {
        let mut changed = envelope.clone();
        changed[at] ^= 1;
        online.holds(17, &archive(&changed));
        online.ask(&[]).ends_with(5).says(&["signature: "]);
    }
    // A bit of the archive on its way here.
    let mut bytes = archive(&envelope);
    let digest = format!("sha256:{}", common::online::sha256(&bytes));
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    online.artifacts(17, &[(json!({ "id": 5, "digest": digest }), &bytes)]);
    online.ask(&[]).ends_with(5).says(&["artifact-digest: artifact 5 is not the one"]);
    // And the receipt as it was judged, unsigned.
    online.holds(17, &canonical(&release.receipt()));
    online.ask(&[]).ends_with(5).says(&["signature: it is not signed"]);
}
