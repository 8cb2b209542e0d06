//! `fix`: what it shows is what it writes, and it writes nothing else.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::{Fixture, PINNED, workflow};
use xshell::cmd;

const PINS: &str = "schema = 1\n[gate.action-pins]\n";
const WORKFLOW: &str = ".github/workflows/ci.yml";
const UNUSED: &str = "# gate:allow unpinned-uses reason=\"r\"";

fn with(config: &str, reference: &str) -> Fixture {
    Fixture::new(&[("ci.toml", config), (WORKFLOW, &workflow(reference))])
}

fn status(fixture: &Fixture) -> String {
    cmd!(fixture.sh(), "git status --porcelain").quiet().read().unwrap()
}

#[test]
fn an_unused_waiver_is_shown_and_only_then_taken_out() {
    let fixture = with(PINS, &format!("{PINNED} {UNUSED}"));
    fixture.write(".github/workflows/b.yml", format!("{UNUSED}\n{}", workflow(PINNED)));
    fixture.commit("b");
    fixture.xtask(&["verify"]).ends_with(1).says(&["unused-waiver"]);
    let shown = fixture.xtask(&["fix"]).ends_with(0).says(&[
        "action-pins/unused-waiver  .github/workflows/ci.yml:9  the waiver",
        "--- a/.github/workflows/ci.yml",
        "2 fixes in 2 files; nothing written: add --write",
    ]);
    assert!(!shown.stdout.contains('\u{1b}'), "colours on a pipe");
    assert_eq!(status(&fixture), "");
    // What is shown is a patch of what is written.
    let sh = fixture.sh();
    cmd!(sh, "git apply").stdin(&shown.stdout).run().unwrap();
    let applied = sh.read_file(WORKFLOW).unwrap();
    assert_eq!(applied, workflow(PINNED));
    cmd!(sh, "git checkout --quiet .").run().unwrap();
    fixture
        .xtask(&["fix", "--write"])
        .ends_with(0)
        .says(&["2 fixes made in 2 files"])
        .leaves_unsaid(&["---"]);
    assert_eq!(sh.read_file(WORKFLOW).unwrap(), applied);
    assert_eq!(sh.read_file(".github/workflows/b.yml").unwrap(), workflow(PINNED));
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.xtask(&["fix", "--write"]).ends_with(0).says(&["nothing to write"]);
}

#[test]
fn an_expired_waiver_goes_and_what_it_hid_stays_red() {
    let fixture = with(PINS, &format!("a/b@v1 {UNUSED} until=2020-01-01"));
    fixture
        .xtask(&["fix", "--write"])
        .ends_with(0)
        .says(&["held until", "1 finding to mend by hand"]);
    assert_eq!(fixture.sh().read_file(WORKFLOW).unwrap(), workflow("a/b@v1"));
    fixture.xtask(&["verify"]).ends_with(1).leaves_unsaid(&["expired-waiver"]);
}

#[test]
fn what_no_machine_can_mend_is_counted() {
    let fixture = with(PINS, "a/b@v1 # gate:allow unpinned-uses");
    fixture
        .xtask(&["fix", "--write"])
        .ends_with(0)
        .says(&["nothing to write; 2 findings to mend by hand"]);
    // A waiver of ci.toml is not a comment.
    let waiver = "[[waiver]]\nrule = \"action-pins/unpinned-uses\"\nreason = \"r\"\n";
    let fixture = with(&format!("{PINS}{waiver}"), PINNED);
    fixture.xtask(&["fix"]).ends_with(0).says(&["nothing to write; 1 finding"]);
    assert_eq!(status(&fixture), "");
}

#[test]
fn a_used_waiver_and_a_known_finding_are_left_alone() {
    let fixture = with(PINS, &format!("a/b@v1 {UNUSED}"));
    fixture.xtask(&["fix", "--write"]).ends_with(0).says(&["nothing to write\n"]);
    assert_eq!(status(&fixture), "");
}

#[test]
fn a_line_that_holds_a_secret_is_mended_and_not_shown() {
    let fixture = with("schema = 1\n[gate.secret-scan]\n", PINNED);
    // No one's key: made here so that none stands in the source.
    let key = format!("AKIA{}", "QZ3X7WVUTSRPNM2K");
    let line = format!("aws_access_key_id={key}");
    let allow = "# gate:allow secret-scan/aws-access-token reason=\"r\" until=2020-01-01";
    fixture.write("a.env", format!("x=1\n{line} {allow}\n"));
    let shown = fixture
        .xtask(&["fix"])
        .ends_with(0)
        .says(&["expired-waiver", "-(not shown", "1 fix in 1 file"])
        .leaves_unsaid(&[&key]);
    assert!(shown.stdout.contains(" x=1\n"), "{}", shown.stdout);
    fixture.xtask(&["fix", "--write"]).ends_with(0).leaves_unsaid(&[&key]);
    assert_eq!(fixture.sh().read_file("a.env").unwrap(), format!("x=1\n{line}\n"));
}

#[test]
fn a_gate_by_name() {
    let config = format!("{PINS}[gate.secret-scan]\n");
    let fixture = with(&config, &format!("{PINNED} {UNUSED}"));
    fixture.xtask(&["fix", "secret-scan", "--write"]).ends_with(0).says(&["nothing to write"]);
    assert_eq!(status(&fixture), "");
    fixture.xtask(&["fix", "action-pns"]).ends_with(2).says(&["did you mean 'action-pins'?"]);
    fixture.xtask(&["fix", "action-pins", "--write"]).ends_with(0).says(&["1 fix made"]);
    assert_eq!(fixture.sh().read_file(WORKFLOW).unwrap(), workflow(PINNED));
}

#[test]
fn a_file_keeps_its_mode_line_ends_and_last_line() {
    let fixture = with("schema = 1\n[gate.secret-scan]\n", PINNED);
    let allow = "# gate:allow secret-scan/aws-access-token reason=\"r\"";
    fixture.write("run.sh", format!("a\r\nb {allow}\r\n{allow}\r\nlast {allow}"));
    let path = fixture.path().join("run.sh");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    fixture.commit("run.sh");
    let shown = fixture.xtask(&["fix"]).ends_with(0);
    fixture.xtask(&["fix", "--write"]).ends_with(0).says(&["3 fixes made in 1 file"]);
    assert_eq!(fixture.sh().read_file("run.sh").unwrap(), "a\r\nb\r\nlast");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
    let sh = fixture.sh();
    cmd!(sh, "git checkout --quiet .").run().unwrap();
    cmd!(sh, "git apply").stdin(&shown.stdout).run().unwrap();
    assert_eq!(sh.read_file("run.sh").unwrap(), "a\r\nb\r\nlast");
}

#[test]
fn a_plain_folder_and_a_gate_that_cannot_judge() {
    let folder = Fixture::folder(&[("ci.toml", PINS), (WORKFLOW, &workflow(PINNED))]);
    folder.xtask(&["fix", "--write"]).ends_with(4).says(&["needs a git repository"]);
    let fixture = with(PINS, &format!("{PINNED} {UNUSED}"));
    let huge = std::fs::File::create(fixture.path().join(".github/workflows/huge.yml")).unwrap();
    huge.set_len(600 << 20).unwrap();
    fixture.xtask(&["fix", "--write"]).ends_with(3).says(&["could not judge"]);
    let sh = fixture.sh();
    assert_eq!(cmd!(sh, "git diff --name-only").read().unwrap(), "");
}

#[test]
fn a_gates_own_edits_are_made_across_files() {
    let known = workflow(&format!("{PINNED} # v4.2.2"));
    let fixture = with(&format!("{PINS}comments = \"strict\"\n"), PINNED);
    fixture.write(".github/workflows/b.yml", known.as_str());
    fixture
        .xtask(&["verify"])
        .ends_with(1)
        .says(&["as elsewhere", "made by: cargo xtask fix --write"]);
    fixture.xtask(&["fix", "--write"]).ends_with(0).says(&["1 fix made in 1 file"]);
    assert_eq!(fixture.sh().read_file(WORKFLOW).unwrap(), known);
    fixture.xtask(&["verify"]).ends_with(0);
}
