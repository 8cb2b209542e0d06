//! A cache that a team shares: what one machine judged stands on another, where
//! everything it rests on is the same; and a server is never believed further
//! than that.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::Command;

use common::store::Store;
use common::{Fixture, PINNED, ran, workflow};
use serde_json::Value;

const WORKFLOW: &str = ".github/workflows/ci.yml";

/// A machine with the same commit as every other.
fn machine(store: &Store, more: &str) -> Fixture {
    let config = format!(
        "schema = 1\n[gate.action-pins]\n[gate.secret-scan]\nhistory = \"full\"\n[cache]\nurl = \"{}/team\"\n{more}",
        store.url
    );
    Fixture::new(&[("ci.toml", &config), (WORKFLOW, &workflow(PINNED))])
}

fn states(fixture: &Fixture) -> Vec<String> {
    let receipt = fixture.receipt();
    let rows: Vec<Value> = receipt["predicate"]["gates"].as_array().unwrap().clone();
    rows.iter().map(|row| row["reuse"]["state"].as_str().unwrap().to_owned()).collect()
}

/// A push on GitHub.
fn ci(fixture: &Fixture) -> Command {
    let mut command = fixture.command(&["verify", "--format", "quiet"]);
    command.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "push");
    command
}

#[test]
fn what_ci_judged_stands_on_a_machine_that_never_saw_it() {
    let store = Store::new();
    ran(ci(&machine(&store, "")).output().unwrap()).ends_with(0);
    let put = store.asked();
    assert!(put.iter().all(|line| line.starts_with("PUT ") || line.starts_with("GET /team/ac/")));
    assert_eq!(store.paths().len(), 6, "three of each gate");

    let other = machine(&store, "");
    other.xtask(&["why", "action-pins"]).ends_with(0).says(&["stands"]);
    other.xtask(&["verify"]).ends_with(0).says(&["1 reference in 1 file  reused"]);
    assert_eq!(states(&other), ["hit", "hit"]);
    assert!(store.asked().iter().all(|line| line.starts_with("GET ")), "only CI writes");
    other.xtask(&["receipt", "check"]).ends_with(0);

    // Something moved: judged here, and nothing of it is left there.
    other.write(WORKFLOW, workflow("a/b@v1"));
    other.xtask(&["verify"]).ends_with(1);
    assert!(store.asked().iter().all(|line| line.starts_with("GET ")));
    other.xtask(&["verify", "--offline"]).ends_with(1);
    other.xtask(&["verify", "--no-reuse"]).ends_with(1);
    assert_eq!(store.asked(), [""; 0], "neither asks");
}

#[test]
fn ci_takes_nothing_and_a_fork_leaves_nothing() {
    let store = Store::new();
    let fixture = machine(&store, "write = \"always\"\n");
    fixture.xtask(&["verify"]).ends_with(0);
    assert_eq!(store.paths().len(), 6);
    let again = machine(&store, "write = \"always\"\n");
    ran(ci(&again).output().unwrap()).ends_with(0);
    assert_eq!(states(&again), ["off", "off"]);

    store.kept.lock().unwrap().clear();
    for event in ["pull_request", "pull_request_target", "workflow_run"] {
        let mut fork = ci(&again);
        fork.env("GITHUB_EVENT_NAME", event).env_remove("GITHUB_EVENT_PATH");
        ran(fork.output().unwrap()).ends_with(0);
        assert_eq!(store.paths(), [""; 0], "{event}");
    }
}

#[test]
fn what_is_not_what_it_says_is_judged_anew_and_told() {
    let swapped = |body: &[u8]| {
        String::from_utf8_lossy(body).replace("\"items\":", "\"items\": 4").into_bytes()
    };
    type Change = fn(&[u8]) -> Vec<u8>;
    let spoils: [(&str, &str, Change, &str); 4] = [
        ("another body", "/team/cas/", swapped, "is not what its name says"),
        ("half a body", "/team/cas/", |body| body[..body.len() / 2].to_vec(), "is not what its"),
        ("no JSON", "/team/ac/", |_| b"<html>".to_vec(), "cannot be read"),
        ("more than a result can be", "/team/cas/", |_| vec![b' '; 5 << 20], "cas/"),
    ];
    for (what, folder, change, words) in spoils {
        let store = Store::new();
        ran(ci(&machine(&store, "")).output().unwrap()).ends_with(0);
        store.spoil(folder, change);
        let other = machine(&store, "");
        other
            .xtask(&["verify"])
            .ends_with(0)
            .says(&["note: the shared cache is left alone", words]);
        assert_eq!(states(&other), ["miss", "miss"], "{what}");
    }
}

#[test]
fn a_result_of_something_else_is_refused_though_its_digest_is_right() {
    let store = Store::new();
    let ours = machine(&store, "");
    ran(ci(&ours).output().unwrap()).ends_with(0);
    // A server that answers every question about a result with the same one.
    let places: Vec<(String, Vec<u8>)> = {
        let kept = store.kept.lock().unwrap();
        let is_place = |body: &[u8]| body.windows(10).any(|part| part == b"size_bytes");
        kept.iter()
            .filter(|(_, body)| is_place(body))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    assert_eq!(places.len(), 2);
    store.kept.lock().unwrap().insert(places[0].0.clone(), places[1].1.clone());
    let other = machine(&store, "");
    other.xtask(&["verify"]).ends_with(0).says(&["holds a result of something else"]);
    assert!(states(&other).contains(&"miss".to_owned()));
}

#[test]
fn a_server_that_is_not_there_costs_a_note() {
    let fixture = Fixture::new(&[
        ("ci.toml", "schema = 1\n[gate.action-pins]\n[cache]\nurl = \"http://127.0.0.1:9\"\n"),
        (WORKFLOW, &workflow(PINNED)),
    ]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["note: the shared cache is left alone"]);
}

#[test]
fn a_token_goes_to_the_server_and_never_in_the_clear() {
    let store = Store::new();
    let fixture = machine(&store, "write = \"always\"\ntoken_env = \"GATE_CACHE\"\n");
    let mut command = fixture.command(&["verify"]);
    ran(command.env("GATE_CACHE", "opensesame").output().unwrap())
        .ends_with(0)
        .leaves_unsaid(&["opensesame"]);
    assert!(store.asked().iter().all(|line| line.ends_with(" bearer opensesame")));

    fixture.write(
        "ci.toml",
        "schema = 1\n[gate.action-pins]\n[cache]\nurl = \"http://cache.example\"\ntoken_env = \"GATE_CACHE\"\n",
    );
    let mut command = fixture.command(&["verify"]);
    ran(command.env("GATE_CACHE", "opensesame").output().unwrap())
        .ends_with(2)
        .says(&["'http://cache.example' would get the token in the clear"])
        .leaves_unsaid(&["opensesame"]);
    fixture.write("ci.toml", "schema = 1\n[gate.action-pins]\n[cache]\nurl = \"cache\"\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&["'cache' is no address"]);
    fixture.write("ci.toml", "schema = 1\n[gate.action-pins]\n[cache]\nurls = \"cache\"\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&["did you mean 'url'?"]);
}
