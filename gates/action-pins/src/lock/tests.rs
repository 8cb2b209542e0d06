use proptest::prelude::*;

use super::*;

const A: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";
const B: &str = "d35c59abb061a4a6fb18e82ac0862c26744d6ab5";

fn entry(key: &str, name: &str, commit: &str, uses: &[&str]) -> String {
    let uses: Vec<String> = uses.iter().map(|key| format!("'{key}'")).collect();
    format!(
        "    '{key}': {{ref: '{name}', commit: 'sha1-{commit}', owner_id: 1, repo_id: 2, uses: [{}]}}\n",
        uses.join(", ")
    )
}

fn text(keys: &[&str], entries: &[String]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("        - '{key}'\n")).collect();
    format!(
        "version: 'v0.0.2'\nworkflows:\n    '.github/workflows/ci.yml':\n{}dependencies:\n{}",
        keys.concat(),
        entries.concat()
    )
}

fn remote(text: &str) -> Remote {
    match Reference::read(text, Caller::Step) {
        Reference::Remote(remote) => remote,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_workflow_is_held_by_its_own_list() {
    let entries = [entry("a/b@v4", "v4", A, &[]), entry("a/b@v4.2.2", "v4.2.2", A, &[])];
    let lock = Lock::read(&text(&["A/b@v4"], &entries)).unwrap();
    let held = |path: &str, uses: &str| lock.holds(path, &remote(uses)).is_some();
    assert!(held(".github/workflows/ci.yml", "A/B/sub@v4"));
    assert!(!held(".github/workflows/ci.yml", "a/b@v4.2.2"), "locked for nobody");
    assert!(!held(".github/workflows/other.yml", "a/b@v4"), "not listed");
    assert!(!held("action.yml", "a/b@v4"), "any workflow may run it");
    let pin = lock.pin("a/b", "v4").unwrap();
    assert_eq!((pin.commit.as_str(), pin.version.as_str()), (A, "v4.2.2"));
    assert!(lock.pin("a/b", "v5").is_none());
}

#[test]
fn an_action_is_held_where_every_workflow_is_listed() {
    let lock = text(&["a/b@v4"], &[entry("a/b@v4", "v4", A, &[])]);
    let held = |other: &str| {
        let tree =
            Tree::literal([(PATH, lock.as_str()), (".github/workflows/ci.yml", ""), (other, "")]);
        Lock::of(&tree).holds("x/action.yml", &remote("a/b@v4")).is_some()
    };
    assert!(held("x/action.yml") && !held(".github/workflows/other.yaml"));
}

#[test]
fn what_moves_below_is_found_through_others() {
    let entries = [
        entry(&format!("a/b@{A}"), "v1", A, &["c/d@v1", "e/f@v2"]),
        entry("c/d@v1", "v1", B, &["g/h@main"]),
        entry("e/f@v2", "v2", B, &["c/d@v1"]),
        entry("g/h@main", "main", B, &["a/b@v9"]),
    ];
    let loose = |more: &str, is_held: bool| {
        let lock = text(&[], &entries).replace("a/b@v9", more);
        let lock = Lock::read(&lock).unwrap();
        let outer = lock.of_commit("A/b", A).next().unwrap();
        lock.loose_below(outer, is_held).map(|(by, key)| format!("{} {key}", by.repository))
    };
    assert_eq!(loose("a/b@v9", false).unwrap(), "a/b c/d@v1");
    assert_eq!(loose("a/b@v9", true).unwrap(), "g/h a/b@v9", "it has no entry");
    assert_eq!(loose("e/f@v2", true), None, "round in a circle, and every one has an entry");
}

#[test]
fn every_version_is_read() {
    for version in ["v0.0.2", "v0.0.3"] {
        let host = "ref: 'v4', hostname: 'github.com'";
        let text = text(&["a/b@v4"], &[entry("a/b@v4", "v4", A, &[])]);
        let text = text.replace("v0.0.2", version).replace("ref: 'v4'", host);
        assert_eq!(Lock::read(&text).unwrap().dependencies["a/b@v4"].commit, A);
    }
    let first = format!(
        "version: v0.0.1\nworkflows:\n  .github/workflows/ci.yml: ['A/b@v4:sha1-{A}']\ndependencies:\n  'A/b@v4:sha1-{A}':\n    tag: v4.2.2\n    branch: main\n    commit: sha1-{A}\n    owner_id: 1\n    repo_id: 2\n"
    );
    let lock = Lock::read(&first).unwrap();
    assert!(lock.holds(".github/workflows/ci.yml", &remote("a/b@v4")).is_some());
    assert_eq!(lock.pin("a/b", "v4").unwrap().version, "v4.2.2");
    assert_eq!(Lock::read("version: v0.0.2\n"), Ok(Lock::default()));
}

#[test]
fn what_is_no_lock_is_refused_with_its_place() {
    let good = text(&["a/b@v4"], &[entry("a/b@v4", "v4", A, &["c/d@v1"])]);
    assert!(Lock::read(&good).is_ok());
    let pinned = text(&[], &[entry(&format!("a/b@{A}"), "v4", A, &[])]);
    assert!(Lock::read(&pinned).is_ok());
    for (text, words) in [
        (String::new(), "is no mapping"),
        ("[]".to_owned(), "is no mapping"),
        ("a: [".to_owned(), "is no YAML"),
        ("a: b".to_owned(), "'a' is no key"),
        ("workflows: {}".to_owned(), "has version ''"),
        (good.replace("v0.0.2", "v0.0.4"), "has version 'v0.0.4'"),
        (good.replace("ref:", "reff:"), "'reff' is no key"),
        (good.replace("ref: 'v4'", "ref: 'v5'"), "has a 'ref' that is not its own"),
        (good.replace("ref: 'v4', ", ""), "has no 'ref'"),
        (good.replace("sha1-", "sha256-"), "has no 'commit'"),
        (good.replace(A, &A[1..]), "has no 'commit'"),
        (good.replace("owner_id: 1", "owner_id: x"), "has no 'owner_id'"),
        (good.replace(", repo_id: 2", ""), "has no 'repo_id'"),
        (good.replace("'c/d@v1'", "'c/d'"), "'c/d' is no 'owner/repository@ref'"),
        (good.replace("- 'a/b@v4'", "- 'a/b/c@v4'"), "'a/b/c@v4' is no"),
        (pinned.replace(&format!("sha1-{A}"), &format!("sha1-{B}")), "another commit"),
        (format!("{good}{}", entry("A/B@v4", "v4", A, &[])), "is there twice"),
        (format!("{good}---\n"), "is no mapping"),
        (format!("{good}# {}", "x".repeat(SIZE_BYTES_MAX)), "larger than 1 MiB"),
    ] {
        let fault = Lock::read(&text).unwrap_err();
        assert!(fault.reason.contains(words), "{words}: {fault:?}");
        assert!(fault.at <= text.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), at in 0_usize..400, with in "['\\[{}:\n a-z@/]{0,4}") {
        let _read = Lock::read(&text);
        let mut good = self::text(&["a/b@v4"], &[entry("a/b@v4", "v4", A, &["a/b@v4"])]);
        let at = at.min(good.len());
        good.insert_str(at, &with);
        if let Ok(lock) = Lock::read(&good) {
            for locked in lock.dependencies.values() {
                prop_assert!(is_commit(&locked.commit));
                lock.loose_below(locked, true);
            }
        }
    }
}
