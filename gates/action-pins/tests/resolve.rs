//! What GitHub's lock file and the digests of ci.pins.toml change.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use action_pins::{REGISTER, commits, images};
use kernel::{Checked, Edit, Evidence, Fact, Pulse, Tree, survey};
use proptest::prelude::*;

const A: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";
const B: &str = "d35c59abb061a4a6fb18e82ac0862c26744d6ab5";
const HEX: &str = "9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea";
const CI: &str = ".github/workflows/ci.yml";
const LOCK: &str = ".github/workflows/actions.lock";

fn checked(options: &str, files: &[(&str, &str)]) -> Checked {
    let tree = Tree::literal(files.iter().copied());
    let gate = testkit::configure(&REGISTER, options, &tree);
    let replies = BTreeMap::new();
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &Pulse::default(),
    };
    survey(&*gate, &evidence).unwrap()
}

/// `path:line offence` of each finding.
fn found(options: &str, files: &[(&str, &str)]) -> Vec<String> {
    let place = |finding: &kernel::Finding| {
        let line = finding.at.span.map_or(0, |span| span.line);
        let file = finding.at.path.file_name().unwrap_or_default();
        format!("{file}:{line} {}", finding.rule.split('/').next_back().unwrap_or_default())
    };
    let mut found: Vec<String> = checked(options, files).findings.iter().map(place).collect();
    found.sort();
    found
}

fn workflow(uses: &[&str]) -> String {
    let steps: String = uses.iter().map(|uses| format!("      - uses: {uses}\n")).collect();
    format!("permissions: {{}}\njobs:\n  j:\n    permissions: {{}}\n    steps:\n{steps}")
}

fn lock(keys: &[&str], entries: &[(&str, &str, &str)]) -> String {
    let keys: String = keys.iter().map(|key| format!("    - '{key}'\n")).collect();
    let entries: String = entries
        .iter()
        .map(|(key, name, commit)| {
            format!(
                "  '{key}': {{ref: '{name}', commit: 'sha1-{commit}', owner_id: 1, repo_id: 1}}\n"
            )
        })
        .collect();
    format!("version: v0.0.2\nworkflows:\n  '{CI}':\n{keys}dependencies:\n{entries}")
}

/// `text` with the edits of the rule made.
fn mended(options: &str, path: &str, text: &str, more: &[(&str, &str)]) -> String {
    let files: Vec<(&str, &str)> = more.iter().copied().chain([(path, text)]).collect();
    let mut edits: Vec<Edit> = Vec::new();
    for finding in checked(options, &files).findings {
        edits.extend(finding.fix.into_iter().flat_map(|fix| fix.edits));
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
    edits.dedup();
    let mut text = text.to_owned();
    for edit in edits {
        assert_eq!(edit.path, path);
        text.replace_range(edit.start..edit.end, &edit.text);
    }
    text
}

#[test]
fn the_lock_holds_only_where_it_is_accepted_and_lists() {
    let lock = lock(&["a/b@v4"], &[("a/b@v4", "v4", A)]);
    let (ci, other) = (workflow(&["a/b@v4", "a/b@v5"]), workflow(&["a/b@v4"]));
    let files = [(LOCK, &*lock), (CI, &*ci), (".github/workflows/other.yml", &*other)];
    let unpinned = |options: &str| -> Vec<String> {
        found(options, &files).into_iter().filter(|it| it.ends_with("unpinned-uses")).collect()
    };
    let every = ["ci.yml:6 unpinned-uses", "ci.yml:7 unpinned-uses", "other.yml:6 unpinned-uses"];
    assert_eq!(unpinned(""), every);
    assert_eq!(unpinned("lockfile = 'accept'"), every[1..]);
    // What it knows and does not hold is mended from it.
    let after = mended("lockfile = 'accept'", ".github/workflows/other.yml", &other, &files[..1]);
    assert_eq!(after, workflow(&[&format!("a/b@{A} # v4")]));
}

#[test]
fn a_lock_that_cannot_be_read_is_red_and_holds_nothing() {
    let good = lock(&["a/b@v4"], &[("a/b@v4", "v4", A)]);
    let ci = workflow(&["a/b@v4"]);
    let of = |lock: &str| found("lockfile = 'accept'", &[(LOCK, lock), (CI, &ci)]);
    assert!(of(&good).is_empty());
    for wrong in [good.replace("v0.0.2", "v9"), good.replace("sha1-", ""), format!("{good}x: y\n")]
    {
        let found = of(&wrong);
        assert!(found.iter().any(|it| it.starts_with("actions.lock:")), "{found:?}");
        assert!(found.iter().any(|it| it == "ci.yml:6 unpinned-uses"), "{found:?}");
    }
    assert_eq!(found("", &[(LOCK, "a: ["), (CI, &ci)]), ["ci.yml:6 unpinned-uses"]);
}

#[test]
fn comments_are_held_against_the_lock() {
    let lock = lock(&[], &[("a/b@v1.2.3", "v1.2.3", A), (&format!("c/d@{B}"), "v2.0.0", B)]);
    let ci = workflow(&[
        &format!("a/b@{B} # v1.2.3"),
        &format!("a/b@{A} # v1.2.3"),
        &format!("c/d@{B} # v2.0.1"),
        &format!("c/d@{B} # v2"),
    ]);
    let of = |options: &str| -> Vec<String> {
        let found = found(options, &[(LOCK, &lock), (CI, &ci)]).into_iter();
        found.filter(|it| it.ends_with("comment-mismatch")).collect()
    };
    let expected = ["ci.yml:6 comment-mismatch", "ci.yml:8 comment-mismatch"];
    assert_eq!(of("lockfile = 'accept'"), expected);
    assert!(of("").is_empty());
}

#[test]
fn the_receipt_counts_what_is_proven() {
    let pins = format!(
        "schema = 1\ncommits = [\n  {{ uses = \"a/b\", commit = \"{A}\", reached_by = \"refs/heads/main\", when = \"2026-11-21\" }},\n  {{ uses = \"a/b\", commit = \"{B}\", reached_by = \"nothing\", when = \"2026-11-21\" }},\n]\n"
    );
    let ci = workflow(&[
        &format!("a/b@{A}"),
        &format!("A/b/sub@{}", A.to_uppercase()),
        &format!("a/b@{B}"),
        &format!("c/d@{B}"),
        &format!("c/e@{B}"),
    ]);
    let facts = checked("", &[("ci.pins.toml", &pins), (CI, &ci)]).facts;
    let count = |name: &str| facts.get(name).cloned();
    assert_eq!(count("commits_proven"), Some(Fact::Count(1)));
    assert_eq!(count("commits_unknown"), Some(Fact::Count(1)));
    assert_eq!(count("commits_not_asked"), Some(Fact::Count(2)));
    assert!(count("not_proven_offline").is_some());
    let tree = Tree::literal([(CI, ci.as_str()), ("x/action.yml", "runs: {steps: []}")]);
    assert_eq!(commits(&tree).len(), 4);
}

const DIGEST: &str = "supply = ['**']\nimages = 'digest'";

fn pins() -> String {
    let line = |image: &str| {
        format!("  {{ image = \"{image}\", digest = \"sha256:{HEX}\", when = \"2026-11-21\" }},\n")
    };
    format!("schema = 1\nimages = [\n{}]\n", ["a:1.2", "h:1/b/c:2"].map(line).concat())
}

#[test]
fn images_get_their_digest_and_nothing_else_changes() {
    let pins = pins();
    let done = format!("@sha256:{HEX}");
    for (path, text) in [
        (CI, "jobs:\r\n  j:\r\n    container: a:1.2| # note\r\n    steps:\r\n      - run: x\r\n"),
        (CI, "jobs:\n  j:\n    container: {image: 'h:1/b/c:2|', options: x}\n    steps: []\n"),
        (
            CI,
            "jobs:\n  j:\n    services: {x: {image: &a \"a:1.2|\"}, y: {image: *a}}\n    steps: []\n",
        ),
        (CI, "jobs:\n  j:\n    steps:\n      - uses: docker://a:1.2| # v1\n"),
        (
            CI,
            "jobs:\n  j:\n    strategy: {matrix: {i: [a:1.2|, 'h:1/b/c:2|']}}\n    container: ${{ matrix.i }}\n    steps: []\n",
        ),
        (
            "Dockerfile",
            "FROM --platform=$P a:1.2| AS x\nCOPY --from=a:1.2| / /\nRUN --mount=type=bind,from=h:1/b/c:2|,target=/ x",
        ),
        ("compose.yml", "services:\n  x:\n    image:   a:1.2|   # x\n"),
        (
            "k8s.yaml",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {image: h:1/b/c:2|, name: x}\n",
        ),
    ] {
        let (before, after) = (text.replace('|', ""), text.replace('|', &done));
        let more = [("ci.pins.toml", &*pins)];
        assert_eq!(mended(DIGEST, path, &before, &more), after, "{path}");
        assert_eq!(mended(DIGEST, path, &after, &more), after, "a second time: {path}");
    }
}

#[test]
fn images_in_parts_are_a_persons() {
    let pins = pins();
    for (path, text) in [
        (
            CI,
            "jobs:\n  j:\n    strategy: {matrix: {v: ['1.2']}}\n    container: a:${{ matrix.v }}\n    steps: []\n",
        ),
        (CI, "jobs:\n  j:\n    container: \"a:1\\x2e2\"\n    steps: []\n"),
        ("Dockerfile", "ARG V=1.2\nFROM a:$V\n"),
        ("values.yaml", "image:\n  repository: a\n  tag: '1.2'\n"),
        ("kustomization.yaml", "images:\n- name: a\n  newTag: '1.2'\n"),
        ("compose.yml", "services:\n  x:\n    image: a:${V:-1.2}\n"),
    ] {
        assert_eq!(mended(DIGEST, path, text, &[("ci.pins.toml", &pins)]), text, "{path}");
        let tree = Tree::literal([(path, text)]);
        assert!(images(&tree.read(path.into()).unwrap()).is_empty(), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(500) })]

    /// Whatever stands around an image: a digest is all that is ever put in,
    /// and a second time nothing is.
    #[test]
    fn a_digest_is_put_in_once(before in "[ '\"&{>|-]{0,3}", after in "[ '\"}#:@4.\t\r\n,-]{0,6}") {
        let (pins, digest) = (pins(), format!("@sha256:{HEX}"));
        let more = [("ci.pins.toml", &*pins)];
        let text = format!("jobs:\n  j:\n    container: {before}a:1.2{after}\n    steps: []\n");
        let made = mended("", CI, &text, &more);
        prop_assert_eq!(made.replace(&digest, ""), text);
        prop_assert_eq!(&mended("", CI, &made, &more), &made);
        let text = format!("FROM {before}a:1.2{after}\nRUN x\n");
        let made = mended(DIGEST, "Dockerfile", &text, &more);
        prop_assert_eq!(made.replace(&digest, ""), text);
        prop_assert_eq!(&mended(DIGEST, "Dockerfile", &made, &more), &made);
    }
}
