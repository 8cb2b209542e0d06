//! `[verify] baseline_only_shrinks`: an entry that the merge base does not have is
//! red at its line, and where the base cannot be had nothing passes for old.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Fixture, PINNED, workflow};
use xshell::cmd;

const CI: &str =
    "schema = 1\n[verify]\nbase = \"main\"\nbaseline_only_shrinks = true\n\n[gate.action-pins]\n";
const BASELINE: &str = "ci.baseline.json";
const ONE: &str = ".github/workflows/one.yml";
const TWO: &str = ".github/workflows/two.yml";

/// A branch `topic` of a `main` whose baseline knows `a/one@v1` and `a/two@v1`.
fn topic() -> Fixture {
    let files = [("ci.toml", CI), (ONE, &workflow("a/one@v1")), (TWO, &workflow("a/two@v1"))];
    let fixture = Fixture::new(&files);
    // The first one may be made.
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0).says(&["2 added"]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["2 baselined"]);
    fixture.commit("know them");
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet --create topic").run().unwrap();
    fixture
}

/// Takes what is red now into the baseline, as nothing forbids it without the option.
fn take_in(fixture: &Fixture) {
    fixture.write("ci.toml", CI.replace("baseline_only_shrinks = true", ""));
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0);
    fixture.write("ci.toml", CI);
}

#[test]
fn an_entry_more_is_red_at_its_line_and_one_less_is_not() {
    let fixture = topic();
    fixture.xtask(&["verify"]).ends_with(0);
    fixture.write(TWO, workflow(PINNED));
    take_in(&fixture);
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 baselined"]);

    fixture.write(ONE, workflow("a/one@v1\n      - uses: a/three@v1"));
    take_in(&fixture);
    let text = fixture.sh().read_file(BASELINE).unwrap();
    let two = text.matches("fingerprint").count();
    assert_eq!(two, 2);
    let run = fixture.xtask(&["verify"]).ends_with(1);
    run.says(&["grown-baseline", "'action-pins/unpinned-uses' in", "gate:allow"]);
    let row = fixture.row("action-pins");
    let findings = row["findings"].as_array().unwrap();
    let grown: Vec<_> =
        findings.iter().filter(|it| it["rule"] == "action-pins/grown-baseline").collect();
    let [grown] = grown[..] else { panic!("{findings:#?}") };
    assert_eq!(grown["path"], BASELINE);
    let new = findings.iter().find(|it| it["message"].as_str().unwrap().contains("a/three@v1"));
    let fingerprint = new.unwrap()["fingerprint"].as_str().unwrap();
    let line = text.lines().position(|line| line.contains(fingerprint)).unwrap() + 1;
    assert_eq!(grown["line"], line);

    // One in the place of another is one more, committed or not, also among what a
    // change brought.
    fixture.write(ONE, workflow("a/three@v1"));
    take_in(&fixture);
    fixture.commit("exchange");
    for how in [&["verify"][..], &["verify", "--introduced"], &["verify", "--rev", "HEAD"]] {
        fixture.xtask(how).ends_with(1).says(&["grown-baseline"]);
    }
    // It stands until the base knows it.
    fixture.xtask(&["verify", "--base", "HEAD"]).ends_with(0);

    fixture.write(ONE, workflow("a/three@v1 # gate:allow unpinned-uses reason=\"ours\""));
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(0).says(&["1 gone"]);
    fixture.xtask(&["verify"]).ends_with(0).says(&["1 waived"]);
}

#[test]
fn an_empty_baseline_stays_empty() {
    let fixture = topic();
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet main").run().unwrap();
    fixture.write(BASELINE, "{\"schema\": 1, \"findings\": []}\n");
    fixture.commit("forget them");
    cmd!(sh, "git switch --quiet --create other").run().unwrap();
    take_in(&fixture);
    fixture.xtask(&["verify"]).ends_with(1).says(&["2 errors", "grown-baseline"]);
}

#[test]
fn update_says_what_to_do_instead() {
    let fixture = topic();
    fixture.write(TWO, workflow(PINNED));
    fixture.write(".github/workflows/three.yml", workflow("a/three@v1"));
    let before = fixture.sh().read_file(BASELINE).unwrap();
    let words = ["the merge base does not have 1 of them", "gate:allow", "nothing written"];
    fixture.xtask(&["baseline", "update"]).ends_with(0).says(&words);
    fixture.xtask(&["baseline", "update", "--write"]).ends_with(2).says(&words);
    assert_eq!(fixture.sh().read_file(BASELINE).unwrap(), before);
    let shrink = fixture.xtask(&["baseline", "update", "--shrink", "--write"]).ends_with(0);
    shrink.says(&["0 added, 1 gone"]).leaves_unsaid(&["the merge base"]);
    fixture
        .xtask(&["explain", "action-pins/grown-baseline"])
        .ends_with(0)
        .says(&["baseline_only_shrinks", "[[waiver]]"]);
}

#[test]
fn a_base_that_cannot_be_had_is_never_green() {
    let fixture = topic();
    let asked = |base: &str| fixture.xtask(&["verify", "--base", base]);
    asked("origin/main").ends_with(4).says(&["git fetch origin main", "fetch-depth: 0"]);
    fixture.write("ci.toml", CI.replace("base = \"main\"", ""));
    fixture.xtask(&["verify"]).ends_with(2).says(&["baseline_only_shrinks needs", "--base REF"]);
    fixture.xtask(&["doctor"]).ends_with(2).says(&["baseline_only_shrinks compares with it"]);
    fixture.write("ci.toml", CI);

    // What the base has and is no baseline says nothing of what is old.
    let sh = fixture.sh();
    cmd!(sh, "git switch --quiet main").run().unwrap();
    let whole = sh.read_file(BASELINE).unwrap();
    fixture.write(BASELINE, "{}");
    fixture.commit("break it");
    cmd!(sh, "git switch --quiet --create mended").run().unwrap();
    fixture.write(BASELINE, whole);
    fixture.xtask(&["verify"]).ends_with(2).says(&["at the merge base", "missing field"]);

    cmd!(sh, "git reset --quiet --hard").run().unwrap();
    cmd!(sh, "git switch --quiet --orphan island").run().unwrap();
    cmd!(sh, "git restore --source topic -- .").run().unwrap();
    fixture.commit("alone");
    fixture.xtask(&["verify"]).ends_with(4).says(&["no common ancestor"]);

    let fixture = topic();
    fixture.commit("two");
    let from = format!("file://{}", fixture.path().display());
    let clone = tempfile::tempdir().unwrap();
    let into = clone.path().join("c");
    let sh = fixture.sh();
    cmd!(sh, "git clone --quiet --depth 1 --no-single-branch {from} {into}").run().unwrap();
    let into = into.to_str().unwrap();
    let run = fixture.xtask(&["-C", into, "verify", "--base", "origin/main"]).ends_with(4);
    run.says(&["shallow", "fetch-depth: 0"]);

    let (ci, one) = (CI, workflow("a/one@v1"));
    let folder = Fixture::folder(&[("ci.toml", ci), (ONE, &one)]);
    // Where nothing is known nothing can have been added.
    folder.xtask(&["verify"]).ends_with(1).says(&["a/one@v1"]);
    let known = fixture.sh().read_file(BASELINE).unwrap();
    folder.write(BASELINE, known);
    folder.xtask(&["verify"]).ends_with(4).says(&["needs a git repository"]);
}
