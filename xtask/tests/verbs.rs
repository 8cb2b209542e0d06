//! Every verb beside `verify`, run as a user would.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::Stdio;

use common::{Fixture, PINNED, workflow};

const WORKFLOW: &str = ".github/workflows/ci.yml";
const CI: &str = "schema = 1\n[gate.action-pins]\nowner = \"release\"\n[gate.it]\nrun = [\"true\"]\nneeds = [\"action-pins\"]\nrequired = false\n[profile.quick]\ngates = [\"action-pins\"]\n";

fn red() -> Fixture {
    Fixture::new(&[("ci.toml", CI), (WORKFLOW, &workflow("a/b@v1"))])
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn list_plan_and_why_say_what_would_run() {
    let fixture = red();
    fixture.xtask(&["list"]).ends_with(0).says(&[
        "action-pins",
        "required",
        "(1 files)",
        "advisory  true",
    ]);
    let listed = json(&fixture.xtask(&["list", "--json"]).ends_with(0).stdout);
    assert_eq!(listed[0]["owner"], "release");
    fixture.xtask(&["plan"]).ends_with(0).says(&["run", "every gate runs, after action-pins"]);
    let planned =
        json(&fixture.xtask(&["plan", "--json", "--profile", "quick"]).ends_with(0).stdout);
    assert_eq!(planned["gates"][1]["decision"], "skip");
    assert_eq!(planned["gates"][1]["reason"]["code"], "not-in-profile");
    fixture.xtask(&["verify"]).ends_with(1);
    fixture
        .xtask(&["why", "action-pins"])
        .ends_with(0)
        .says(&["run, every gate runs", "last: failed"]);
    fixture.xtask(&["why", "action-pns"]).ends_with(2).says(&["did you mean 'action-pins'?"]);
}

#[test]
fn explain_shows_words_and_examples_of_every_rule() {
    let fixture = red();
    fixture.xtask(&["explain", "unpinned-uses"]).ends_with(0).says(&[
        "red:",
        "green:",
        "gate:allow unpinned-uses",
    ]);
    fixture.xtask(&["explain", "action-pins"]).ends_with(0).says(&["action-pins/unpinned-image"]);
    fixture
        .xtask(&["explain", "action-pins/stale-baseline"])
        .ends_with(0)
        .says(&["baseline update"]);
    let all = fixture.xtask(&["explain", "--all"]).ends_with(0).stdout;
    assert!(all.lines().count() > 500, "{} lines", all.lines().count());
}

#[test]
fn a_receipt_turns_into_every_format() {
    let fixture = red();
    fixture.xtask(&["verify"]).ends_with(1);
    let from = ".git/gate-runner/verify-all.json";
    let report = |format: &str| {
        fixture.xtask(&["report", "--from", from, "--format", format]).ends_with(0).stdout
    };
    assert!(report("human").contains("error[action-pins/unpinned-uses]"));
    assert_eq!(report("json"), fixture.sh().read_file(from).unwrap());
    assert!(report("junit").contains("<testsuite "));
    assert_eq!(
        json(&report("sarif"))["runs"][0]["results"][0]["ruleId"],
        "action-pins/unpinned-uses"
    );
    assert!(report("github").contains("\n::error file=.github/workflows/ci.yml,line=9,"));
    assert!(report("markdown").starts_with("## "));
    fixture.xtask(&["receipt", "show"]).ends_with(0).says(&["error[action-pins/unpinned-uses]"]);
    fixture.write("no-receipt.json", "{}");
    fixture.xtask(&["report", "--from", "no-receipt.json"]).ends_with(5).says(&["is no receipt"]);
}

#[test]
fn reports_and_receipt_are_written_where_asked() {
    let fixture = red();
    let args =
        ["verify", "--receipt", ".git/r.json", "--junit", ".git/j.xml", "--sarif", ".git/s.sarif"];
    fixture.xtask(&args).ends_with(1).says(&["receipt .git/r.json"]);
    for (path, start) in [(".git/r.json", "{"), (".git/j.xml", "<?xml"), (".git/s.sarif", "{")] {
        assert!(fixture.sh().read_file(path).unwrap().starts_with(start), "{path}");
    }
}

#[test]
fn a_difference_of_receipts_is_told() {
    let fixture = red();
    fixture.xtask(&["verify", "--receipt", ".git/before.json"]).ends_with(1);
    fixture.write(WORKFLOW, workflow(PINNED));
    fixture.xtask(&["verify", "--receipt", ".git/after.json"]).ends_with(0);
    fixture.xtask(&["receipt", "diff", ".git/before.json", ".git/after.json"]).ends_with(1).says(
        &[
            "verdict  red -> green",
            "gate action-pins  failed -> passed",
            "- action-pins/unpinned-uses",
        ],
    );
    let told = fixture
        .xtask(&["receipt", "diff", "--json", ".git/before.json", ".git/after.json"])
        .ends_with(1)
        .stdout;
    let expected = serde_json::json!({
        "change": "value", "what": "verdict", "before": "red", "after": "green",
    });
    assert_eq!(json(&told)["changes"][0], expected);
    fixture
        .xtask(&["receipt", "diff", ".git/after.json", ".git/after.json"])
        .ends_with(0)
        .says(&["no difference but times"]);
}

#[test]
fn completions_and_schema_are_for_machines() {
    let fixture = red();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            fixture.xtask(&["completions", shell]).ends_with(0).stdout.contains("verify"),
            "{shell}"
        );
    }
    // Who read it has gone before it was written.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = fixture.command(&["completions", "fish"]);
    let ended = common::ran(command.stdout(writer).stderr(Stdio::piped()).output().unwrap());
    ended.ends_with(141);
    let schema = json(&fixture.xtask(&["schema"]).ends_with(0).stdout);
    assert_eq!(schema["properties"]["gate"]["properties"]["secret-scan"]["type"], "object");
    let schema = json(&fixture.xtask(&["schema", "receipt"]).ends_with(0).stdout);
    assert_eq!(schema["properties"]["predicate"]["$ref"], "#/$defs/Predicate");
}
