//! `fix action-pins --online`: against local repositories, each with what a
//! real one can have.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::base::Base;
use common::{Fixture, workflow};
use xshell::cmd;

const CONFIG: &str = "schema = 1\n[gate.action-pins]\n";
const WORKFLOW: &str = ".github/workflows/ci.yml";
const PINS: &str = "ci.pins.toml";

fn with(steps: &[&str]) -> Fixture {
    let steps = steps.join("\n      - uses: ");
    Fixture::new(&[("ci.toml", CONFIG), (WORKFLOW, &workflow(&steps))])
}

fn uses(fixture: &Fixture) -> Vec<String> {
    let text = fixture.sh().read_file(WORKFLOW).unwrap();
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("- uses: "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_is_asked_is_kept_pinned_and_needs_no_network_again() {
    let base = Base::new();
    let commit = base.commit("a/b", "one");
    base.git("a/b", &["tag", "-a", "v4.2.2", "-m", "annotated"]);
    base.git("a/b", &["tag", "-a", "v4", "-m", "annotated"]);
    let head = base.commit("c/d", "one");
    let fixture = with(&["a/b@v4", "A/B/sub@v4.2.2 # v4.2.2", "'c/d@main' # needed"]);

    base.fix(&fixture, &["--online"]).ends_with(0).says(&[
        "3 names of 2 repositories: 3 resolved; ci.pins.toml not written: add --write",
        "3 fixes in 1 file; nothing written: add --write",
        &format!("+      - uses: a/b@{commit} # v4.2.2"),
    ]);
    assert_eq!(cmd!(fixture.sh(), "git status --porcelain").quiet().read().unwrap(), "");

    base.fix(&fixture, &["--online", "--write"])
        .ends_with(0)
        .says(&["3 resolved; ci.pins.toml written", "3 fixes made in 1 file"]);
    let pinned = [
        format!("a/b@{commit} # v4.2.2"),
        format!("A/B/sub@{commit} # v4.2.2"),
        format!("'c/d@{head}' # needed"),
    ];
    assert_eq!(uses(&fixture), pinned);
    fixture.xtask(&["verify"]).ends_with(0);

    // A second run has nothing to do, online or not.
    let kept = fixture.sh().read_file(PINS).unwrap();
    base.fix(&fixture, &["--online", "--write"])
        .ends_with(0)
        .says(&["nothing to ask", "nothing to write"]);
    assert_eq!(fixture.sh().read_file(PINS).unwrap(), kept);

    // Another step of the same name is pinned without asking anybody.
    drop(base);
    fixture.write(WORKFLOW, workflow("a/b@v4"));
    fixture.xtask(&["fix", "action-pins", "--write"]).ends_with(0).says(&["1 fix made"]);
    assert_eq!(uses(&fixture), pinned[..1]);
    fixture.xtask(&["fix", "action-pins", "--write"]).ends_with(0).says(&["nothing to write"]);

    // A commit that hides behind a release's name.
    let other = "0".repeat(40);
    fixture.write(WORKFLOW, workflow(&format!("a/b@{other} # v4.2.2")));
    fixture.xtask(&["verify"]).ends_with(1).says(&["comment-mismatch", "is not 'v4.2.2' of"]);
}

#[test]
fn a_tag_goes_before_a_branch_and_what_cannot_be_resolved_is_named() {
    let base = Base::new();
    let tagged = base.commit("a/b", "one");
    base.git("a/b", &["tag", "v1"]);
    base.commit("a/b", "two");
    base.git("a/b", &["branch", "v1"]);
    let posing = "f".repeat(40);
    base.git("a/b", &["update-ref", &format!("refs/heads/x/{posing}"), "HEAD"]);
    let posing = format!("a/b@x/{posing}");
    let fixture = with(&["a/b@v1", &posing, "a/b@v9", "no/body@v1"]);
    base.fix(&fixture, &["--online", "--write"]).ends_with(1).says(&[
        "new; the tag: a branch of that name is another commit",
        "refused: a name of 40 hex digits poses as a commit",
        "failed: no tag or branch of that name",
        "no/body",
        "4 names of 2 repositories: 1 resolved, 3 not; ci.pins.toml written",
        "1 fix made in 1 file; verify tells what is left; 3 findings to mend by hand",
    ]);
    assert_eq!(uses(&fixture), [&format!("a/b@{tagged} # v1"), &*posing, "a/b@v9", "no/body@v1"]);
}

#[test]
fn a_moved_tag_is_told_a_moved_release_refused_a_deleted_tag_forgotten() {
    let base = Base::new();
    let first = base.commit("a/b", "one");
    for tag in ["v1", "v1.2.3", "v2"] {
        base.git("a/b", &["tag", tag]);
    }
    let steps = ["a/b@v1", "a/b@v1.2.3", "a/b@v2"];
    let fixture = with(&steps);
    base.fix(&fixture, &["--online", "--write"]).ends_with(0).says(&["3 resolved"]);
    assert!(uses(&fixture).iter().all(|uses| uses.contains(&first)));

    let second = base.commit("a/b", "two");
    for tag in ["v1", "v1.2.3"] {
        base.git("a/b", &["tag", "--force", tag]);
    }
    base.git("a/b", &["tag", "--delete", "v2"]);
    cmd!(fixture.sh(), "git checkout --quiet -- .github").run().unwrap();
    base.fix(&fixture, &["--online", "--write"]).ends_with(1).says(&[
        &format!("moved: it was {} on ", &first[..12]),
        &format!("refused: this release was {} on ", &first[..12]),
        &format!("gone: it was {} on ", &first[..12]),
        "3 names of 1 repository: 1 resolved, 2 not; ci.pins.toml written",
    ]);
    let of = |commit: &str| format!("a/b@{commit} # v1.2.3");
    assert_eq!(uses(&fixture), [of(&second), of(&first), "a/b@v2".to_owned()]);
    let kept = fixture.sh().read_file(PINS).unwrap();
    assert!(!kept.contains("\"v2\"") && kept.contains(&second), "{kept}");
}

#[test]
fn a_cache_or_a_base_that_is_wrong_is_told() {
    let base = Base::new();
    let fixture = with(&["a/b@v1"]);
    fixture
        .xtask(&["fix", "--online", "--git-base", "nowhere"])
        .ends_with(2)
        .says(&["'nowhere' is no folder and no URL"]);
    fixture.xtask(&["fix", "--git-base", base.path()]).ends_with(2).says(&["--online"]);
    fixture.write(PINS, "schema = 1\npins = [\n  { uses = \"a/b\" },\n]\n");
    for args in [&["verify"][..], &["fix", "--write"][..]] {
        fixture.xtask(args).ends_with(2).says(&["ci.pins.toml:3: missing field", "an entry is: {"]);
    }
}
