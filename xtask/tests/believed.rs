//! What may be called green, and which receipt may be believed: attempts to
//! get there without having judged.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Fixture, PINNED, workflow};

const WORKFLOW: &str = ".github/workflows/ci.yml";

fn with(config: &str, reference: &str) -> Fixture {
    let config = format!("schema = 1\n{config}\n");
    Fixture::new(&[("ci.toml", &config), (WORKFLOW, &workflow(reference))])
}

#[test]
fn advisory_gates_alone_make_nothing_green() {
    let advisory =
        "[gate.action-pins]\nrequired = false\n[gate.it]\nrun = [\"true\"]\nrequired = false\n";
    let fixture = with(advisory, "a/b@v1");
    fixture.xtask(&["verify"]).ends_with(3).says(&["no required gate judged anything"]);
    let fixture = with(
        "[gate.it]\nrun = [\"false\"]\nwhen = { event = [\"schedule\"] }\n[gate.ok]\nrun = [\"true\"]\nrequired = false\n",
        PINNED,
    );
    fixture.xtask(&["verify"]).ends_with(3).says(&["no required gate judged anything"]);
    fixture.xtask(&["receipt", "check"]).ends_with(5);
}

#[test]
fn a_waiver_with_a_mistyped_end_does_not_hold_for_ever() {
    let fixture = with("[gate.action-pins]", PINNED);
    for rest in ["untill=2020-01-01", "Until=2020-01-01", "until =2020-01-01", "until=\"2020-01-01"]
    {
        let line = format!("a/b@v1 # gate:allow unpinned-uses reason=\"r\" {rest}");
        fixture.write(WORKFLOW, workflow(&line));
        fixture
            .xtask(&["verify"])
            .ends_with(1)
            .says(&["action-pins/malformed-waiver", "action-pins/unpinned-uses"]);
    }
    fixture.xtask(&["explain", "action-pins/malformed-waiver"]).ends_with(0);
}

#[test]
fn a_baseline_entry_covers_only_the_path_it_tells() {
    let fixture = with("[gate.action-pins]", "a/b@v1");
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0);
    fixture.xtask(&["verify"]).ends_with(0);
    let text = fixture.sh().read_file("ci.baseline.json").unwrap();
    fixture.write("ci.baseline.json", text.replace("workflows/ci.yml", "workflows/docs.yml"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["stale-baseline", "unpinned-uses"]);
}

#[test]
fn a_pattern_that_matches_nothing_by_fault_is_told() {
    let fixture = with(
        "[gate.it]\nrun = [\"false\"]\nwhen = { changed = [\"/web/**\"] }\n[gate.ok]\nrun = [\"true\"]",
        PINNED,
    );
    fixture.xtask(&["verify"]).ends_with(2).says(&["when.changed", "/web/**"]);
}

#[test]
fn a_command_that_breaks_the_repository_is_errored() {
    let fixture = with("[gate.it]\nsh = \"mv .git/HEAD .git/head\"", PINNED);
    fixture.xtask(&["verify"]).ends_with(3).says(&["cannot be told"]);
    assert_eq!(fixture.outcome("it"), "errored mutated-tree");
}

#[test]
fn an_artifact_that_is_no_file_is_not_waited_for() {
    let fixture = with(
        "[gate.it]\nsh = \"mkfifo .git/pipe\"\nartifacts = [\".git/pipe\"]\n[gate.device]\nrun = [\"true\"]\nartifacts = [\"/dev/zero\"]",
        PINNED,
    );
    fixture.xtask(&["verify"]).ends_with(3).says(&["no regular file"]);
    assert_eq!(fixture.outcome("it"), "errored missing-artifact");
    assert_eq!(fixture.outcome("device"), "errored missing-artifact");
}

#[test]
fn a_time_limit_past_the_end_of_time_is_none() {
    let limit = "timeout = \"2562047788015215h\"";
    let config = format!("[gate.action-pins]\n{limit}\n[gate.it]\nrun = [\"true\"]\n{limit}");
    with(&config, PINNED).xtask(&["verify"]).ends_with(0);
}

#[test]
fn a_profile_with_weaker_options_is_a_part() {
    let fixture = with(
        "[gate.secret-scan]\nhistory = \"full\"\n[profile.quick]\noptions.secret-scan.history = \"none\"",
        PINNED,
    );
    fixture.xtask(&["verify", "--profile", "quick"]).ends_with(0).says(&["partial", "'quick'"]);
    fixture.xtask(&["receipt", "check"]).ends_with(5).says(&["not-green", "options-weaker"]);
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.xtask(&["receipt", "check"]).ends_with(0);
}

#[test]
fn a_gate_left_out_for_the_change_proves_nothing_about_the_commit() {
    let fixture = with(
        "[gate.it]\nrun = [\"true\"]\n[gate.web]\nrun = [\"false\"]\nwhen = { changed = [\"**\"] }",
        PINNED,
    );
    fixture.xtask(&["verify", "--changed", "--base", "HEAD"]).ends_with(0);
    fixture.xtask(&["receipt", "check"]).ends_with(5).says(&["gate-skipped"]);
}

#[test]
fn a_receipt_that_cannot_be_kept_is_no_success_and_hides_no_finding() {
    let fixture = with("[gate.action-pins]", "a/b@v1");
    let told = ["action-pins/unpinned-uses", "red: 1 of 1"];
    fixture.write(".git/gate-runner", "in the way");
    fixture.xtask(&["verify"]).ends_with(4).says(&told).says(&["gate-runner", "--receipt"]);
    fixture.xtask(&["verify", "--receipt", "/dev/full"]).ends_with(4).says(&told);
    fixture.xtask(&["verify", "--receipt", "no/such/folder"]).ends_with(4).says(&told);
    fixture.xtask(&["verify", "--receipt", "/dev/null"]).ends_with(1);
}

#[test]
fn a_repository_that_a_command_removes_does_not_come_back_green() {
    let fixture = with("[gate.it]\nsh = \"mv .git git-was-here\"", PINNED);
    fixture.xtask(&["verify"]).ends_with(4).says(&["cannot be told"]);
    assert!(!fixture.path().join(".git").exists());
}

#[test]
fn a_configuration_that_judges_nothing_is_a_fault() {
    for (config, told) in [("[gate]", "no gate"), ("[gate.it]\nsh = \" \"", "'sh' is empty")] {
        with(config, PINNED).xtask(&["verify"]).ends_with(2).says(&[told]);
    }
    let fixture = with("[gate.action-pins]", PINNED);
    let sh = fixture.sh();
    xshell::cmd!(sh, "git mv ci.toml other.toml").run().unwrap();
    std::os::unix::fs::symlink("other.toml", fixture.path().join("ci.toml")).unwrap();
    fixture.xtask(&["verify"]).ends_with(2).says(&["symbolic link", "--config"]);
}

#[test]
fn a_baseline_holds_more_findings_than_a_receipt() {
    let fixture = with("[gate.action-pins]", PINNED);
    let head = workflow("a/b@v1");
    for file in 0..25 {
        let steps: String = (0..900).map(|step| format!("      - uses: a/b{step}@v1\n")).collect();
        fixture.write(&format!(".github/workflows/{file}.yml"), format!("{head}{steps}"));
    }
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0).says(&["22525 known"]);
    // All are known, but they are more than can be shown.
    fixture.xtask(&["verify"]).ends_with(3).says(&["cut to keep the receipt small"]);
    assert_eq!(fixture.receipt()["predicate"]["verdict"], "error");
}
