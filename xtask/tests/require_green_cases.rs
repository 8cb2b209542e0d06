//! The labelled situations around a release check (`github/cases.json`), played
//! one by one: each must end with its verdict and its reason code.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::github::Reply;
use common::online::Online;
use common::release::{FIVE, Release, canonical};
use serde_json::{Value, json};

const CASES: &str = include_str!("github/cases.json");

#[test]
fn every_labelled_situation_ends_as_labelled() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    let policy = policy(&cases);
    let mut seen = 0;
    for case in cases["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let online = Online::of(Release::of(&files(case), &policy));
        let scene = Scene { online: &online, case };
        scene.set();
        let wants_wait = case["want"].as_str().unwrap().contains("wait");
        let ran = online.ask(if wants_wait { &["--wait", "1m"] } else { &[] });
        let (code, reason) = wanted(case["want"].as_str().unwrap());
        assert_eq!(ran.code, code, "{id}: {}{}", ran.stdout, ran.stderr);
        if let Some(reason) = reason {
            let first = ran.stdout.lines().next().unwrap_or_default();
            assert!(first.starts_with(&format!("{reason}: ")), "{id}: {}", ran.stdout);
        }
        seen += 1;
    }
    assert!(seen >= 18, "{seen} cases");
}

/// The repository: without the gate that a receipt is said to lack.
fn files(case: &Value) -> [(&'static str, &'static str); 7] {
    let mut files = FIVE;
    let lacks = case["receipt"].as_object().into_iter().flatten().find(|(_, row)| row.is_null());
    if let Some((gate, _)) = lacks {
        let (head, rest) = files[0].1.split_once(&format!("[[gate.{gate}")).unwrap();
        let (_, tail) = rest.split_once("\n\n").unwrap();
        files[0].1 = String::leak(format!("{head}{tail}"));
    }
    files
}

/// The policy that the cases are labelled by.
fn policy(cases: &Value) -> String {
    let path = cases["workflow_path"].as_str().unwrap();
    let mut text = format!("schema = 1\nworkflow = '{path}'\nevents = {}\n", cases["events"]);
    for gate in cases["required"].as_array().unwrap() {
        text.push_str(&format!("[require.{}]\n", gate.as_str().unwrap()));
    }
    text
}

/// Exit code, and the reason code where the label has one.
fn wanted(want: &str) -> (i32, Option<&str>) {
    match want {
        want if want.starts_with("green") => (0, None),
        "retry, then decide" => (0, None),
        "error exit 4, never green" => (4, Some("api-garbled")),
        want => {
            let reason = want.strip_prefix("red:").unwrap();
            let is_about_the_receipt = [
                "tree-mismatch",
                "receipt-expired",
                "duplicate-gate",
                "signature",
                "commit-mismatch",
                "run-mismatch",
            ];
            (if is_about_the_receipt.contains(&reason) { 5 } else { 1 }, Some(reason))
        }
    }
}

struct Scene<'s> {
    online: &'s Online,
    case: &'s Value,
}

impl Scene<'_> {
    fn set(&self) {
        match &self.case["runs"] {
            Value::Null => {}
            Value::Array(runs) if runs.iter().any(Value::is_string) => self.over_time(runs),
            Value::Array(runs) => self.runs(runs),
            Value::String(_) => self.second_page(),
            other => panic!("runs: {other}"),
        }
        match &self.case["receipt"] {
            Value::Null => {}
            Value::String(word) if word == "valid" => {}
            Value::String(word) if word.starts_with("secret-scan twice") => self.twice(),
            Value::Object(changes) => {
                for (name, value) in changes {
                    self.change(name, value);
                }
            }
            other => panic!("receipt: {other}"),
        }
        if self.case["artifact"]["expired"] == true {
            self.online.artifacts(17, &[(json!({ "id": 5, "expired": true }), b"{}")]);
        }
        if let Some(replies) = self.case["http"].as_array() {
            self.http(replies);
        }
    }

    /// Runs as they are labelled; the first is run 17, others are newer or older.
    fn runs(&self, runs: &[Value]) {
        let mut listed = Vec::new();
        for (at, run) in runs.iter().enumerate() {
            let mut fields = json!({ "id": 17 + at });
            for (name, value) in run.as_object().unwrap() {
                match name.as_str() {
                    "newer" => {}
                    "head_repository" => fields[name] = json!({ "full_name": value }),
                    _ => fields[name] = value.clone(),
                }
            }
            if let Some(attempt) = fields["run_attempt"].as_u64() {
                self.online.jobs(17, attempt, &[json!({})]);
            }
            listed.push(fields);
        }
        self.online.runs(&listed);
    }

    fn over_time(&self, states: &[Value]) {
        let replies = states.iter().map(|state| {
            let state = state.as_str().unwrap();
            let is_over = state == "success";
            let status = if is_over { "completed" } else { state };
            let conclusion = if is_over { json!(state) } else { Value::Null };
            self.online.listed(&[json!({ "status": status, "conclusion": conclusion })])
        });
        self.online.github.on("actions/runs", replies.collect());
    }

    fn second_page(&self) {
        let total = |mut body: Value| {
            body["total_count"] = 32.into();
            Reply::json(&body)
        };
        let requests: Vec<Value> = (100..131)
            .map(|id| self.online.run_with(&json!({ "id": id, "event": "pull_request" })))
            .collect();
        let url = &self.online.github.url;
        let next = format!("<{url}/repos/o/r/actions/runs?page=2>; rel=\"next\"");
        let first = total(self.online.bodies.runs(&requests)).header("link", &next);
        let push = self.online.run_with(&json!({}));
        self.online.github.on("actions/runs", vec![first]);
        let second = total(self.online.bodies.runs(&[push]));
        self.online.github.on("actions/runs?page=2", vec![second]);
    }

    fn twice(&self) {
        self.online.receipt(|receipt| {
            let gates = receipt["predicate"]["gates"].as_array_mut().unwrap();
            let row = gates.iter().position(|row| row["id"] == "secret-scan").unwrap();
            let passed = gates[row].clone();
            gates[row]["outcome"] = "failed".into();
            gates.insert(row + 1, passed);
        });
    }

    fn change(&self, name: &str, value: &Value) {
        match (name, value) {
            ("tree", _) => self.online.receipt(|receipt| {
                let tree = json!("c".repeat(40));
                receipt["predicate"]["source"]["tree"] = tree.clone();
                receipt["subject"][0]["digest"]["gitTree"] = tree;
            }),
            // What run 17 left is of attempt 1.
            ("run_attempt", value) => assert_eq!(value, 1),
            ("signature" | "payloadType", _) => self.sealed(name),
            // The repository has none: see `files`.
            (_, Value::Null) => {}
            (gate, Value::String(outcome)) => {
                assert_eq!(outcome, "skipped");
                let skip = ["--skip", gate, "--reason", "in a hurry"];
                self.online.release.run(17, 1, "push", &skip).ends_with(0);
                self.online.receipt(|_| {});
            }
            other => panic!("{other:?}"),
        }
    }

    /// A policy that asks for a signature, and an envelope that is not quite
    /// what was signed; as it was signed it is believed.
    fn sealed(&self, what: &str) {
        let release = &self.online.release;
        let keys = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([7; 32]));
        std::fs::write(release.path("key.pem"), keys.sk.to_pem()).unwrap();
        std::fs::write(release.path("key.pub.pem"), keys.pk.to_pem()).unwrap();
        let policy = std::fs::read_to_string(release.path("policy.toml")).unwrap();
        self.online.policy_text(&format!("{policy}[signed]\nkeys = ['key.pub.pem']\n"));
        let (key, receipt) = (release.path("key.pem"), release.path("receipt.json"));
        let args = ["receipt", "sign", "--ed25519", &key, &receipt];
        release.repository.xtask(&args).ends_with(0);
        let envelope = std::fs::read_to_string(format!("{receipt}.dsse.json"))
            .or_else(|_| std::fs::read_to_string(release.path("receipt.dsse.json")))
            .unwrap();
        self.online.holds(17, envelope.as_bytes());
        self.online.ask(&[]).ends_with(0);
        let mut envelope: Value = serde_json::from_str(&envelope).unwrap();
        if what == "payloadType" {
            envelope["payloadType"] = self.case["receipt"]["payloadType"].clone();
        } else {
            let signature = envelope["signatures"][0]["sig"].as_str().unwrap().to_owned();
            let flipped = if signature.starts_with('A') { "B" } else { "A" };
            envelope["signatures"][0]["sig"] = json!(format!("{flipped}{}", &signature[1..]));
        }
        self.online.holds(17, envelope.to_string().as_bytes());
    }

    fn http(&self, replies: &[Value]) {
        let good = self.online.listed(&[json!({})]);
        let replies = replies.iter().map(|reply| match reply {
            Value::Number(status) if *status == 200.into() => good.clone(),
            Value::Number(status) => Reply::status(status.as_u64().unwrap() as u16),
            Value::String(word) if word == "200 half a body" => good.clone().halved(),
            other => panic!("{other}"),
        });
        self.online.github.on("actions/runs", replies.collect());
    }
}

/// What the helpers above build is the receipt that the program wrote.
#[test]
fn an_unchanged_receipt_is_byte_equal() {
    let online = Online::new();
    let written = std::fs::read(online.release.path("receipt.json")).unwrap();
    assert_eq!(canonical(&online.release.receipt()), written);
}
