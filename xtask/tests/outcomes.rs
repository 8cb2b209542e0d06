//! Every outcome and exit code, by running the program over a repository that
//! brings it about.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::{Duration, Instant};

use common::{Fixture, PINNED, workflow};
use xshell::cmd;

const PINS: &str = "schema = 1\n[gate.action-pins]\n";
const WORKFLOW: &str = ".github/workflows/ci.yml";

fn with_command(keys: &str) -> Fixture {
    Fixture::new(&[("ci.toml", &format!("schema = 1\n[gate.it]\n{keys}\n"))])
}

#[test]
fn green_is_0_and_its_receipt_is_believed() {
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow(PINNED))]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["ok", "action-pins"]);
    assert_eq!(fixture.outcome("action-pins"), "passed ");
    assert_eq!(fixture.receipt()["predicate"]["verdict"], "green");
    fixture.xtask(&["receipt", "check"]).ends_with(0).says(&["ok"]);
    fixture.write("new", "file");
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.xtask(&["receipt", "check"]).ends_with(5).says(&["dirty"]);
}

#[test]
fn red_is_1_with_place_fix_and_rule() {
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow("actions/checkout@v4"))]);
    fixture.xtask(&["verify"]).ends_with(1).says(&[
        "error[action-pins/unpinned-uses]",
        "actions/checkout@v4",
        ".github/workflows/ci.yml:9:15",
        "cargo xtask explain action-pins/unpinned-uses",
    ]);
    assert_eq!(fixture.outcome("action-pins"), "failed findings");
    fixture.xtask(&["receipt", "check"]).ends_with(5).says(&["gate-failed", "not-green"]);
}

#[test]
fn looking_at_nothing_is_3_unless_it_is_allowed() {
    let fixture = Fixture::new(&[("ci.toml", PINS)]);
    fixture.xtask(&["verify"]).ends_with(3).says(&["looked at nothing"]);
    assert_eq!(fixture.outcome("action-pins"), "vacuous looked-at-nothing");
    fixture.write("ci.toml", format!("{PINS}empty = \"ok\"\n[gate.it]\nrun = [\"true\"]\n"));
    fixture.xtask(&["verify"]).ends_with(0);
    assert_eq!(fixture.outcome("action-pins"), "not-applicable empty-allowed");
}

#[test]
fn nothing_that_ran_is_never_green() {
    let keys = "run = [\"true\"]\nwhen = { event = [\"schedule\"] }";
    let fixture = with_command(keys);
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("it"), "not-applicable when-event");
}

#[test]
fn a_part_is_0_with_the_word_partial() {
    let fixture = with_command("run = [\"true\"]\n[gate.other]\nrun = [\"false\"]");
    fixture.xtask(&["verify", "it"]).ends_with(0).says(&["partial"]);
    assert_eq!(fixture.outcome("other"), "skipped not-selected");
    fixture
        .xtask(&["verify", "--skip", "other", "--reason", "flood"])
        .ends_with(0)
        .says(&["partial", "flood"]);
    fixture.xtask(&["verify", "--skip", "other"]).ends_with(2).says(&["--reason"]);
}

#[test]
fn faults_of_ci_toml_are_2_with_place_and_hint() {
    let fixture =
        Fixture::new(&[("ci.toml", "schema = 1\n[gate.it]\nrnu = [\"true\"]\nrun = [\"true\"]\n")]);
    fixture.xtask(&["verify"]).ends_with(2).says(&[
        "unknown key 'rnu'",
        "ci.toml:3:1",
        "did you mean 'run'?",
    ]);
    fixture.write("ci.toml", "schema = 1\n[gate.action-pisn]\n");
    fixture
        .xtask(&["verify"])
        .ends_with(2)
        .says(&["'action-pisn' is no built-in gate", "did you mean 'action-pins'?"]);
    fixture.write("ci.toml", "schema = 1\n[gate.secret-scan]\nhistroy = \"full\"\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&[
        "unknown key 'histroy'",
        "did you mean 'history'?",
        "ci.toml:3:1",
    ]);
    fixture.write("ci.toml", "schema = 1\n[gate.a\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&["ci.toml:2"]);
    fixture.write("ci.toml", "schema = 9\n[gate.it]\nrun = [\"true\"]\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&["this program reads schema 1"]);
    fixture.write("ci.toml", "schema = 1\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&["no gate"]);
    fixture.sh().remove_path("ci.toml").unwrap();
    fixture.xtask(&["verify"]).ends_with(2).says(&["no ci.toml"]);
}

#[test]
fn a_circle_and_an_unknown_need_are_2() {
    let fixture = with_command(
        "run = [\"true\"]\nneeds = [\"b\"]\n[gate.b]\nrun = [\"true\"]\nneeds = [\"it\"]",
    );
    fixture.xtask(&["verify"]).ends_with(2).says(&["goes in a circle", "it -> b -> it"]);
    fixture.write("ci.toml", "schema = 1\n[gate.it]\nrun = [\"true\"]\nneeds = [\"ti\"]\n");
    fixture.xtask(&["verify"]).ends_with(2).says(&["needs 'ti', which is no gate"]);
}

#[test]
fn unknown_names_on_the_command_line_are_2() {
    let fixture = with_command("run = [\"true\"]");
    fixture.xtask(&["verify", "ti"]).ends_with(2).says(&["no gate is named 'ti'"]);
    fixture
        .xtask(&["verify", "--profile", "quick"])
        .ends_with(2)
        .says(&["no profile is named 'quick'"]);
    fixture.xtask(&["verify", "--rev", "nonsense"]).ends_with(2).says(&["nonsense"]);
    fixture.xtask(&["explain", "action-pins/unpined-uses"]).ends_with(2).says(&["did you mean"]);
}

#[test]
fn a_missing_tool_is_errored_and_3() {
    let fixture = with_command("run = [\"true\"]\nrequires = [\"no-such-tool-here\"]");
    fixture.xtask(&["verify"]).ends_with(3).says(&["'no-such-tool-here' is not installed"]);
    assert_eq!(fixture.outcome("it"), "errored missing-tool");
    let fixture = with_command("run = [\"no-such-program\"]");
    fixture.xtask(&["verify"]).ends_with(3).says(&["no-such-program"]);
    assert_eq!(fixture.outcome("it"), "errored missing-tool");
}

#[test]
fn a_command_that_hangs_is_timed_out_with_its_children() {
    let fixture = with_command("sh = \"sleep 300 & sleep 300\"\ntimeout = \"1s\"");
    let begun = Instant::now();
    fixture.xtask(&["verify"]).ends_with(3).says(&["time limit"]);
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(fixture.outcome("it"), "timed-out timed-out");
}

#[test]
fn a_command_that_floods_or_dies_is_told() {
    let fixture = with_command("sh = \"yes | head -c 50000000; exit 7\"");
    fixture.xtask(&["verify"]).ends_with(1).says(&["exited with 7"]);
    assert_eq!(fixture.outcome("it"), "failed exit-code");
    assert!(fixture.receipt().to_string().len() < 100_000);
    let fixture = with_command("sh = \"kill -SEGV $$\"");
    fixture.xtask(&["verify"]).ends_with(3).says(&["signal"]);
    assert_eq!(fixture.outcome("it"), "errored signal");
}

#[test]
fn a_retry_that_passes_is_flaky() {
    let fixture =
        with_command("sh = \"test -e .git/flag || { touch .git/flag; exit 1; }\"\nattempts = 2");
    fixture.xtask(&["verify"]).ends_with(0).says(&["flaky"]);
    assert_eq!(fixture.outcome("it"), "flaky flaky");
}

#[test]
fn a_command_that_changes_the_tree_is_errored() {
    let fixture = with_command("sh = \"echo x > made-by-a-gate\"");
    fixture.xtask(&["verify"]).ends_with(3).says(&["the work tree changed"]);
    assert_eq!(fixture.outcome("it"), "errored mutated-tree");
}

#[test]
fn what_needs_a_red_gate_is_blocked() {
    let config = format!("{PINS}[gate.it]\nrun = [\"true\"]\nneeds = [\"action-pins\"]\n");
    let fixture = Fixture::new(&[("ci.toml", &config), (WORKFLOW, &workflow("a/b@v1"))]);
    fixture.xtask(&["verify"]).ends_with(1).says(&["'action-pins' did not pass"]);
    assert_eq!(fixture.outcome("it"), "blocked needs");
}

#[test]
fn finally_runs_whatever_the_result() {
    let fixture = with_command(
        "run = [\"false\"]\nfinally = [\"sh\", \"-c\", \"echo down > .git/torn-down\"]",
    );
    fixture.xtask(&["verify"]).ends_with(1);
    assert_eq!(fixture.sh().read_file(".git/torn-down").unwrap(), "down\n");
    let fixture = with_command("run = [\"true\"]\nfinally = [\"false\"]");
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("it"), "errored finally-failed");
}

#[test]
fn artifacts_are_hashed_or_missed() {
    let fixture = with_command("sh = \"echo data > .git/out\"\nartifacts = [\".git/out\"]");
    fixture.xtask(&["verify"]).ends_with(0);
    let artifact = fixture.receipt()["predicate"]["gates"][0]["artifacts"][0].clone();
    assert_eq!(artifact["size"], 5);
    let fixture = with_command("run = [\"true\"]\nartifacts = [\"nowhere\"]");
    fixture.xtask(&["verify"]).ends_with(3);
    assert_eq!(fixture.outcome("it"), "errored missing-artifact");
}

#[test]
fn no_repository_is_told_to_the_gates_that_need_one() {
    let fixture = Fixture::folder(&[("ci.toml", PINS), (WORKFLOW, &workflow(PINNED))]);
    let receipt = fixture.path().join("receipt.json");
    let receipt = receipt.to_str().unwrap();
    fixture.xtask(&["verify", "--receipt", receipt]).ends_with(0);
    fixture.write("ci.toml", "schema = 1\n[gate.secret-scan]\nhistory = \"full\"\n");
    fixture.xtask(&["verify"]).ends_with(4).says(&["is no git repository"]);
    fixture.xtask(&["verify", "--rev", "HEAD"]).ends_with(4);
    fixture.xtask(&["-C", "no-such-folder", "verify"]).ends_with(4).says(&["no-such-folder"]);
}

#[test]
fn a_shallow_clone_cannot_claim_a_full_history() {
    let fixture =
        Fixture::new(&[("ci.toml", "schema = 1\n[gate.secret-scan]\nhistory = \"full\"\n")]);
    fixture.commit("second");
    let sh = fixture.sh();
    let from = format!("file://{}", fixture.path().display());
    let clone = tempfile::tempdir().unwrap();
    let into = clone.path().join("clone");
    cmd!(sh, "git clone --quiet --depth 1 {from} {into}").run().unwrap();
    let into = into.to_str().unwrap();
    fixture.xtask(&["-C", into, "verify"]).ends_with(4).says(&["shallow"]);
    fixture.xtask(&["verify"]).ends_with(0);
}

#[test]
fn another_commit_and_the_index_are_judged_without_a_checkout() {
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow("a/b@v1"))]);
    fixture.write(WORKFLOW, workflow(PINNED));
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.xtask(&["verify", "--rev", "HEAD"]).ends_with(1);
    fixture.xtask(&["verify", "--staged"]).ends_with(1);
    let sh = fixture.sh();
    cmd!(sh, "git add --all").run().unwrap();
    fixture.xtask(&["verify", "--staged"]).ends_with(0);
}

#[test]
fn only_what_the_change_concerns() {
    let config =
        format!("{PINS}[gate.web]\nrun = [\"true\"]\nwhen = {{ changed = [\"web/**\"] }}\n");
    let fixture = Fixture::new(&[("ci.toml", &config), (WORKFLOW, &workflow(PINNED))]);
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --create topic").run().unwrap();
    fixture.write("web/x.ts", "1");
    fixture.commit("web");
    fixture.xtask(&["verify", "--changed"]).ends_with(2).says(&["--base"]);
    fixture.xtask(&["verify", "--changed", "--base", "main"]).ends_with(0).says(&["partial"]);
    assert_eq!(fixture.outcome("action-pins"), "skipped unchanged");
    assert_eq!(fixture.outcome("web"), "passed ");
    fixture.xtask(&["verify", "--changed", "--base", "nowhere"]).ends_with(2).says(&["nowhere"]);
}

#[test]
fn waivers_and_baseline_take_a_finding_back_and_tell_when_they_are_stale() {
    let waived = "a/b@v1 # gate:allow unpinned-uses reason=\"the vendor only tags\"";
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow(waived))]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["waived"]);
    fixture.xtask(&["waivers"]).ends_with(0).says(&["the vendor only tags", "used 1"]);
    fixture.write(WORKFLOW, workflow("a/b@v1 # gate:allow unpinned-uses"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["waiver-without-reason", "unpinned-uses"]);
    fixture.write(
        WORKFLOW,
        workflow("a/b@v1 # gate:allow unpinned-uses reason=\"r\" until=2020-01-01"),
    );
    fixture.xtask(&["verify"]).ends_with(1).says(&["expired-waiver", "2020-01-01"]);
    fixture.write(WORKFLOW, workflow(&format!("{PINNED} # gate:allow unpinned-uses reason=\"r\"")));
    fixture.xtask(&["verify"]).ends_with(1).says(&["unused-waiver"]);

    fixture.write(WORKFLOW, workflow("a/b@v1"));
    fixture
        .xtask(&["baseline", "update"])
        .ends_with(0)
        .says(&["+ action-pins/unpinned-uses", "nothing written"]);
    fixture.xtask(&["verify"]).ends_with(1);
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0);
    fixture.xtask(&["verify"]).ends_with(0).says(&["baselined"]);
    fixture.write(WORKFLOW, format!("# a line more\n{}", workflow("a/b@v1")));
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.write(WORKFLOW, workflow(PINNED));
    fixture.xtask(&["verify"]).ends_with(1).says(&["stale-baseline"]);
}

#[test]
fn a_baseline_says_why_where_that_is_asked() {
    let asks =
        PINS.replacen("schema = 1\n", "schema = 1\nverify = { baseline_reasons = true }\n", 1);
    assert_ne!(asks, PINS);
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow("a/b@v1"))]);
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0);
    fixture.write("ci.toml", &asks);
    fixture.xtask(&["verify"]).ends_with(1).says(&["baseline-without-reason", "baselined"]);
    fixture.xtask(&["explain", "baseline-without-reason"]).ends_with(0).says(&["baseline_reasons"]);
    fixture.sh().remove_path("ci.baseline.json").unwrap();
    let why = "the vendor only tags";
    fixture.xtask(&["baseline", "update", "--write", "--reason", why]).ends_with(0);
    fixture.xtask(&["baseline", "show"]).ends_with(0).says(&[why]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["baselined"]);
    // A reason stays with its entry.
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0);
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.write(WORKFLOW, workflow(PINNED));
    fixture.xtask(&["verify"]).ends_with(1).says(&["stale-baseline"]);
}

#[test]
fn broken_and_non_utf8_workflows_never_pass_unseen() {
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow(PINNED))]);
    fixture.write(".github/workflows/bytes.yml", b"on: push\n\xff\xfe\n");
    fixture.xtask(&["verify"]).ends_with(1).says(&["unreadable", "bytes.yml"]);
    fixture.sh().remove_path(".github/workflows/bytes.yml").unwrap();
    fixture.write(".github/workflows/broken.yml", "on: [push\njobs: {");
    fixture.xtask(&["verify"]).ends_with(1).says(&["unreadable", "broken.yml"]);
}

#[test]
fn a_link_and_a_huge_file_in_a_workflows_place_never_pass_unseen() {
    let fixture = Fixture::new(&[("ci.toml", PINS), ("real.yml", &workflow("a/b@v1"))]);
    fixture.sh().create_dir(".github/workflows").unwrap();
    let workflows = fixture.path().join(".github/workflows");
    std::os::unix::fs::symlink("../../real.yml", workflows.join("link.yml")).unwrap();
    fixture.xtask(&["verify"]).ends_with(1).says(&["link.yml", "symbolic link"]);
    fixture.sh().remove_path(workflows.join("link.yml")).unwrap();
    // Sparse: it takes no room, and is refused before it is read.
    let huge = std::fs::File::create(workflows.join("huge.yml")).unwrap();
    huge.set_len(600 << 20).unwrap();
    fixture.xtask(&["verify"]).ends_with(3).says(&["huge.yml", "the limit is"]);
    assert_eq!(fixture.outcome("action-pins"), "errored unreadable-file");
}

#[test]
fn the_tree_is_untouched_by_a_run() {
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow("a/b@v1"))]);
    let sh = fixture.sh();
    let index = sh.read_binary_file(".git/index").unwrap();
    fixture.xtask(&["verify"]).ends_with(1);
    assert_eq!(cmd!(sh, "git status --porcelain --ignored").read().unwrap(), "");
    assert_eq!(sh.read_binary_file(".git/index").unwrap(), index);
}

#[test]
fn two_runs_on_one_tree_differ_only_in_run() {
    let fixture = Fixture::new(&[("ci.toml", PINS), (WORKFLOW, &workflow("a/b@v1"))]);
    let run = || {
        fixture.xtask(&["verify", "--no-reuse"]).ends_with(1);
        let mut receipt = fixture.receipt();
        receipt["predicate"].as_object_mut().unwrap().remove("run").unwrap();
        receipt.to_string()
    };
    assert_eq!(run(), run());
}

#[test]
fn an_interrupt_leaves_no_child_and_a_receipt_that_says_so() {
    let fixture = with_command("sh = \"sleep 77777\"");
    let mut child = fixture.command(&["verify"]).spawn().unwrap();
    let sh = fixture.sh();
    std::thread::sleep(Duration::from_millis(700));
    let id = child.id().to_string();
    cmd!(sh, "kill -INT {id}").run().unwrap();
    let begun = Instant::now();
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(130));
    assert!(begun.elapsed() < Duration::from_secs(20));
    let left = cmd!(sh, "pgrep -f 'sleep 77777'").ignore_status().quiet().read().unwrap();
    assert_eq!(left, "", "a child lives on");
    assert_eq!(fixture.outcome("it"), "interrupted interrupted");
}

#[test]
fn a_command_gate_proves_that_it_can_go_red() {
    let patch = "--- a/data\n+++ b/data\n@@ -1 +1 @@\n-good\n+bad\n";
    let keys = "sh = \"grep -q good data\"\nprove = { patch = \"prove/it.patch\" }\n[gate.asleep]\nrun = [\"true\"]\nprove = { patch = \"prove/it.patch\" }\n[gate.without]\nrun = [\"true\"]";
    let fixture = with_command(keys);
    fixture.write("data", "good\n");
    fixture.write("prove/it.patch", patch);
    fixture.xtask(&["prove", "it"]).ends_with(0).says(&["ok      it"]);
    fixture.xtask(&["prove", "asleep"]).ends_with(3).says(&["asleep  asleep", "stays green"]);
    fixture.xtask(&["prove", "without"]).ends_with(0).says(&["none    without"]);
    assert_eq!(fixture.sh().read_file("data").unwrap(), "good\n");
    // The same within a run: the receipt says it, and who cannot go red is not green.
    fixture.xtask(&["verify", "it"]).ends_with(0);
    assert!(fixture.row("it")["proof"].is_null(), "nobody asked");
    fixture.xtask(&["verify", "--prove"]).ends_with(3).says(&["asleep", "stays green"]);
    let proof = |gate: &str| fixture.row(gate)["proof"].clone();
    let shown = |tripped: u64| serde_json::json!({ "canaries": 1, "tripped": tripped, "quiet": 1, "unproven": [] });
    assert_eq!(proof("it"), shown(1));
    assert_eq!(proof("asleep"), shown(0));
    assert!(proof("without").is_null());
    assert_eq!(fixture.outcome("asleep"), "errored canary-asleep");
    assert_eq!(fixture.sh().read_file("data").unwrap(), "good\n");
}
