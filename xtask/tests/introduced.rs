//! `--introduced`: what the base has too is known, what the change brought
//! counts, and where the base cannot be had nothing passes for it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::release::Release;
use common::{Fixture, PINNED, token, workflow};
use serde_json::Value;
use xshell::cmd;

const CI: &str = "schema = 1\n[verify]\nbase = \"main\"\n[gate.action-pins]\n";
const OLD: &str = ".github/workflows/old.yml";
const NEW: &str = ".github/workflows/new.yml";

/// A branch `topic` of a `main` that is red already.
fn topic(ci: &str) -> Fixture {
    let fixture = Fixture::new(&[("ci.toml", ci), (OLD, &workflow("a/old@v1"))]);
    fixture.xtask(&["verify"]).ends_with(1);
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --create topic").run().unwrap();
    fixture
}

fn states(fixture: &Fixture) -> Vec<String> {
    let receipt = fixture.receipt();
    let gates = receipt["predicate"]["gates"].as_array().unwrap();
    let findings = gates.iter().flat_map(|gate| gate["findings"].as_array().unwrap());
    let text =
        |it: &Value| format!("{} {}", it["path"].as_str().unwrap(), it["state"].as_str().unwrap());
    findings.map(text).collect()
}

#[test]
fn what_the_base_has_is_known_and_what_the_change_brings_counts() {
    let fixture = topic(CI);
    // Lines move, and the file is the same.
    fixture.write(OLD, format!("# one more line\n{}", workflow("a/old@v1")));
    fixture.write(NEW, workflow("a/new@v1"));
    fixture.commit("bring one");
    let run = fixture.xtask(&["verify", "--introduced"]).ends_with(1);
    run.says(&["a/new@v1", "1 known before", "1 finding known at", "the merge base with main"]);
    assert_eq!(states(&fixture), [format!("{NEW} new"), format!("{OLD} known")]);
    // The same one again in the same file is another one.
    fixture.write(OLD, workflow("a/old@v1\n      - uses: a/old@v1"));
    fixture.write(NEW, workflow(PINNED));
    fixture.xtask(&["verify", "--introduced"]).ends_with(1).says(&["1 error", "1 known before"]);

    fixture.write(OLD, workflow("a/old@v1"));
    fixture.commit("mend it");
    let run = fixture.xtask(&["verify", "--introduced"]).ends_with(0);
    assert!(!run.stdout.contains("a/old@v1"), "{}", run.stdout);
    run.says(&["partial: 1 of 1 required gate green by what the change brought"]);
    fixture
        .xtask(&["verify", "--introduced", "-v"])
        .ends_with(0)
        .says(&["known before the change"]);
    let receipt = fixture.receipt();
    let predicate = &receipt["predicate"];
    let sh = fixture.sh();
    let main = cmd!(sh, "git rev-parse main").read().unwrap();
    assert_eq!(predicate["introduced"], serde_json::json!({ "known": 1 }));
    assert_eq!(predicate["source"]["base"]["mergeBase"], main.as_str());
    assert_eq!(predicate["verdict"], "partial");
    for view in [&["--staged"][..], &["--rev", "HEAD"]] {
        fixture.xtask(&[&["verify", "--introduced"], view].concat()).ends_with(0);
    }
    fixture.xtask(&["verify"]).ends_with(1);
}

#[test]
fn no_release_accepts_it() {
    let release = Release::new();
    release.ci("push", &["--introduced", "--base", "HEAD"]).ends_with(0);
    let policy = release.path("policy.toml");
    let refused = release.ask("HEAD", &policy);
    assert_ne!(refused.code, 0);
    refused.says(&["not-green", "only what a change brought was counted"]);
    // Red, and known: nor does one that says green in its place, or forgets to say
    // what it left out.
    release.repository.write(".github/workflows/ci.yml", workflow("a/old@v1"));
    release.repository.commit("red");
    release.ci("push", &["--introduced", "--base", "HEAD"]).ends_with(0);
    assert_ne!(release.ask("HEAD", &policy).code, 0);
    type Forge = fn(&mut Value);
    let forgeries: [Forge; 4] = [
        |_| {},
        |it| {
            it.as_object_mut().unwrap().remove("introduced").unwrap();
        },
        |it| it["introduced"]["known"] = 0.into(),
        |it| {
            it.as_object_mut().unwrap().remove("introduced").unwrap();
            it["source"].as_object_mut().unwrap().remove("base").unwrap();
            it["gates"][0]["findings"][0]["state"] = "baselined".into();
        },
    ];
    let receipt = release.path("receipt.json");
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(&receipt).unwrap()).unwrap();
    assert_eq!(whole["predicate"]["gates"][0]["findings"][0]["state"], "known");
    for forge in forgeries {
        let mut forged = whole.clone();
        forged["predicate"]["verdict"] = "green".into();
        forge(&mut forged["predicate"]);
        forged.sort_all_objects();
        std::fs::write(&receipt, format!("{forged:#}\n")).unwrap();
        assert_ne!(release.ask("HEAD", &policy).code, 0);
    }
}

#[test]
fn a_base_that_cannot_be_had_is_never_green() {
    let fixture = topic(CI);
    fixture
        .xtask(&["verify", "--introduced", "--base", "origin/main"])
        .ends_with(4)
        .says(&["the base 'origin/main' is not here", "git fetch origin main"]);
    fixture.write("ci.toml", "schema = 1\n[gate.action-pins]\n");
    fixture.xtask(&["verify", "--introduced"]).ends_with(2).says(&["--base REF"]);
    let sh = fixture.sh();
    cmd!(sh, "git reset --quiet --hard").run().unwrap();
    cmd!(sh, "git switch --quiet --orphan island").run().unwrap();
    fixture.write("ci.toml", CI);
    fixture.commit("alone");
    fixture.xtask(&["verify", "--introduced"]).ends_with(4).says(&["no common ancestor"]);

    let fixture = topic(CI);
    fixture.commit("two");
    fixture.commit("three");
    let from = format!("file://{}", fixture.path().display());
    let clone = tempfile::tempdir().unwrap();
    let into = clone.path().join("c");
    let sh = fixture.sh();
    cmd!(sh, "git clone --quiet --depth 1 --no-single-branch {from} {into}").run().unwrap();
    let into = into.to_str().unwrap();
    let run = ["-C", into, "verify", "--introduced", "--base", "origin/main"];
    fixture.xtask(&run).ends_with(4).says(&["shallow", "git fetch --unshallow"]);

    let folder = Fixture::folder(&[("ci.toml", CI), (OLD, &workflow("a/old@v1"))]);
    folder.xtask(&["verify", "--introduced"]).ends_with(4).says(&["needs a git repository"]);
}

#[test]
fn a_secret_of_the_changes_own_commits_counts_though_it_is_gone() {
    let ci = "schema = 1\n[verify]\nbase = \"main\"\n[gate.secret-scan]\nhistory = \"full\"\n";
    let fixture = Fixture::new(&[("ci.toml", ci), ("old.env", &format!("T={}\n", token(1)))]);
    fixture.write("old.env", "T=\n");
    fixture.commit("take it out");
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --create topic").run().unwrap();
    fixture.xtask(&["verify"]).ends_with(1);
    fixture.xtask(&["verify", "--introduced"]).ends_with(0).says(&["1 known before"]);
    fixture.write("new.env", format!("T={}\n", token(2)));
    fixture.commit("leak");
    fixture.write("new.env", "T=\n");
    fixture.commit("and take it out");
    fixture.xtask(&["verify", "--introduced"]).ends_with(1).says(&["1 error", "1 known before"]);
}

#[test]
fn exceptions_that_the_change_takes_back_let_their_findings_count() {
    let waiver = "[[waiver]]\nrule = \"action-pins/unpinned-uses\"\nreason = \"r\"\n";
    let fixture =
        Fixture::new(&[("ci.toml", &format!("{CI}{waiver}")), (OLD, &workflow("a/old@v1"))]);
    fixture.xtask(&["verify"]).ends_with(0);
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --create topic").run().unwrap();
    fixture.write("ci.toml", CI);
    fixture.xtask(&["verify", "--introduced"]).ends_with(1).says(&["a/old@v1"]);
    // A rule that the change is the first to ask for has its findings from it.
    fixture.write("ci.toml", format!("{CI}workflow = [\"missing-timeout\"]\n{waiver}"));
    fixture.write(OLD, workflow("a/old@v1").replace("    timeout-minutes: 5\n", ""));
    fixture.xtask(&["verify", "--introduced"]).ends_with(1).says(&["missing-timeout"]);
}

#[test]
fn gates_that_need_a_known_red_one_are_run_and_commands_count_in_full() {
    let ci = format!(
        "{CI}[gate.unit]\nrun = [\"true\"]\nneeds = [\"action-pins\"]\n[gate.lint]\nsh = \"cat report; exit 1\"\noutput = \"jsonl\"\n"
    );
    let fixture = topic(&ci);
    fixture.write("report", "{\"path\":\"ci.toml\",\"line\":1,\"message\":\"m\",\"code\":\"r\"}\n");
    fixture.xtask(&["verify", "--introduced"]).ends_with(1);
    assert_eq!(fixture.outcome("unit"), "passed ");
    let receipt = fixture.receipt();
    assert_eq!(receipt["predicate"]["introduced"]["unjudged"], serde_json::json!(["lint"]));
    let lint = &receipt["predicate"]["gates"][2];
    assert!(lint["facts"]["base_not_judged"].as_str().unwrap().contains("work tree"));
}

#[test]
fn the_base_is_not_judged_twice() {
    let fixture = topic(CI);
    fixture.write(NEW, workflow(PINNED));
    fixture.xtask(&["verify", "--introduced"]).ends_with(0);
    let results = fixture.path().join(".git/gate-runner/results");
    let kept = || {
        let files = std::fs::read_dir(&results).unwrap().map(|it| it.unwrap().path());
        let json = files.filter(|it| it.extension().is_some_and(|it| it == "json"));
        let count = |it| {
            serde_json::from_slice::<Value>(&std::fs::read(it).unwrap())
                .unwrap()
                .as_array()
                .unwrap()
                .len()
        };
        json.map(count).sum::<usize>()
    };
    let first = kept();
    fixture.xtask(&["verify", "--introduced"]).ends_with(0).says(&["reused"]);
    assert_eq!(kept(), first);
    fixture.xtask(&["why", "action-pins"]).ends_with(0).says(&["nothing it rests on has moved"]);
}
