//! Runs that are disturbed: by each other, by an editor, by a full disk.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Fixture, PINNED, ran, workflow};

const WORKFLOW: &str = ".github/workflows/ci.yml";

fn fixture(config: &str) -> Fixture {
    Fixture::new(&[("ci.toml", config), (WORKFLOW, &workflow(PINNED)), (".gitignore", "began\n")])
}

#[test]
fn runs_side_by_side_are_each_whole() {
    let fixture = fixture(
        "schema = 1\n[gate.action-pins]\n[gate.secret-scan]\nhistory = \"full\"\n[gate.own]\nrun = [\"true\"]\n",
    );
    let runs: Vec<_> = (0..6)
        .map(|index| {
            let receipt = format!(".git/receipt-{index}.json");
            let mut command = fixture.command(&["verify"]);
            // Every other one writes where the others write too.
            if index % 2 == 0 {
                command.args(["--receipt", &receipt]);
            }
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for run in runs {
        ran(run.wait_with_output().unwrap()).ends_with(0).says(&["green: 3 of 3"]);
    }
    for receipt in
        ["verify-all.json", "../receipt-0.json", "../receipt-2.json", "../receipt-4.json"]
    {
        let receipt = format!(".git/gate-runner/{receipt}");
        fixture.xtask(&["receipt", "check", &receipt]).ends_with(0);
    }
    fixture.xtask(&["verify"]).ends_with(0);
}

#[test]
fn a_tree_that_moves_meanwhile_is_never_green() {
    let fixture = fixture(
        "schema = 1\n[gate.action-pins]\n[gate.slow]\nsh = \"touch began; while test -e began; do sleep 0.02; done\"\n",
    );
    let run =
        fixture.command(&["verify"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = fixture.path().join("began");
    let until = Instant::now() + Duration::from_secs(60);
    while !began.exists() {
        assert!(Instant::now() < until, "the gate never began");
        std::thread::sleep(Duration::from_millis(5));
    }
    fixture.write(WORKFLOW, workflow("a/b@v1"));
    std::fs::remove_file(&began).unwrap();
    ran(run.wait_with_output().unwrap()).ends_with(3);
    assert_eq!(fixture.outcome("slow"), "errored mutated-tree");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_leaves_the_last_receipt() {
    let fixture = fixture("schema = 1\n[gate.action-pins]\n");
    fixture.xtask(&["verify"]).ends_with(0);
    let before = fixture.receipt();
    for flag in ["--receipt", "--sarif", "--junit"] {
        fixture
            .xtask(&["verify", flag, "/dev/full"])
            .ends_with(4)
            .says(&["/dev/full", "No space left on device"]);
    }
    fixture.xtask(&["verify", "--receipt", "/dev/full/x"]).ends_with(4);
    assert_eq!(fixture.receipt()["subject"], before["subject"]);
    fixture.xtask(&["receipt", "check"]).ends_with(0);
}

#[test]
fn a_reader_that_goes_away_is_141_and_the_receipt_stands() {
    let fixture = fixture("schema = 1\n[gate.action-pins]\n");
    let mut run = fixture
        .command(&["verify", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(run.stdout.take());
    assert_eq!(run.wait().unwrap().code(), Some(141));
    fixture.xtask(&["receipt", "check"]).ends_with(0);
}
