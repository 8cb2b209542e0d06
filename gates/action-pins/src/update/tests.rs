use proptest::prelude::*;

use super::*;

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn advertised(tags: &[(char, &str)]) -> Advertised {
    let lines = tags.iter().map(|(digit, tag)| format!("{}\trefs/tags/{tag}\n", sha(*digit)));
    Advertised::read(&lines.collect::<String>()).unwrap()
}

fn file(text: &str) -> SourceFile {
    let path = ".github/workflows/ci.yml";
    Tree::literal([(path, text)]).read(path.into()).unwrap()
}

fn step(uses: &str) -> SourceFile {
    file(&format!("jobs:\n  j:\n    steps:\n      - uses: {uses}\n"))
}

fn tags(update: &str, uses: &str, advertised: &Advertised) -> Option<Vec<String>> {
    let update: Update = toml::from_str(update).unwrap();
    let found = pinned(&step(uses)).remove(0);
    let releases = update.policy().unwrap().candidates(&found, advertised)?;
    Some(releases.into_iter().map(|release| release.tag).collect())
}

#[test]
fn the_newest_of_the_same_line_comes_first() {
    let known = advertised(&[
        ('1', "v4.1.0"),
        ('1', "v4"),
        ('2', "v4.2.0"),
        ('3', "v4.10.0"),
        ('4', "v4.11.0-rc.1"),
        ('5', "v5.0.0"),
        ('6', "v4.0.9"),
        ('7', "4.12.0"),
        ('8', "bundle-v4.13.0"),
        ('9', "v6"),
    ]);
    let of = |update: &str, uses: &str| tags(update, uses, &known);
    let keep = vec!["v4.10.0".to_owned(), "v4.2.0".to_owned()];
    let one = sha('1');
    assert_eq!(of("", &format!("a/b@{one} # v4.1.0")), Some(keep.clone()));
    assert_eq!(of("", &format!("a/b@{one}")), Some(keep.clone()), "the tags of its commit say it");
    assert_eq!(of("", &format!("a/b@{one} # v4.2.0")), Some(keep), "a comment that is not true");
    let moved = of("major = 'move'", &format!("a/b@{one} # v4.1.0")).unwrap();
    assert_eq!(moved, ["v5.0.0", "v4.10.0", "v4.2.0"]);
    let pre = of("", &format!("a/b@{} # v4.11.0-rc.1", sha('4'))).unwrap();
    assert!(pre.is_empty());
    assert_eq!(of("", &format!("a/b@{} # v4.1.0", sha('f'))), None);
}

#[test]
fn who_is_on_a_pre_release_may_take_a_newer_one() {
    let known = advertised(&[
        ('1', "v1.0.0-rc.2"),
        ('2', "v1.0.0-rc.10"),
        ('3', "v1.0.0"),
        ('4', "v1.1.0-beta"),
        ('5', "v1.0.0-rc.1"),
    ]);
    let found = tags("", &format!("a/b@{}", sha('1')), &known).unwrap();
    assert_eq!(found, ["v1.1.0-beta", "v1.0.0", "v1.0.0-rc.10"]);
}

#[test]
fn a_move_changes_the_pin_and_its_comment() {
    let release = Release { tag: "v4.2.0".to_owned(), commit: sha('2') };
    for (before, after) in [
        ("a/b@ONE # v4.1.0", "a/b@TWO # v4.2.0"),
        ("'A/B/sub@ONE'  #v4.1.0\r", "'A/B/sub@TWO'  #v4.2.0\r"),
        ("a/b@ONE", "a/b@TWO # v4.2.0"),
        ("a/b@ONE # tag=v4.1.0", "a/b@TWO # tag=v4.2.0"),
        ("a/b@ONE # v4", "a/b@TWO # v4.2.0"),
        ("a/b@ONE # needed", "a/b@TWO # needed"),
        ("a/b@ONE # v4.1.0, since v4.2.0 fails", "a/b@ONE # v4.1.0, since v4.2.0 fails"),
    ] {
        let file = step(&before.replace("ONE", &sha('1')));
        let mut text = file.text().unwrap().to_owned();
        if let Some(edit) = pinned(&file).remove(0).edit(&file, &release) {
            text.replace_range(edit.start..edit.end, &edit.text);
        }
        let expected = step(&after.replace("ONE", &sha('1')).replace("TWO", &sha('2')));
        assert_eq!(text, expected.text().unwrap(), "{before}");
    }
}

#[test]
fn the_policy_is_read_or_refused() {
    let days = |text: &str| {
        let update = Update { min_age: Some(text.to_owned()), ..Update::default() };
        update.policy().map(|policy| policy.min_age_days).ok()
    };
    assert_eq!((days("0d"), days("7d"), days("2w")), (Some(0), Some(7), Some(14)));
    for wrong in ["", "d", "7", "7m", "-1d", "7 d", "99999999999d", "4294967295w", "7é"] {
        assert_eq!(days(wrong), None, "{wrong}");
    }
    assert_eq!(Update::default().policy().unwrap().min_age_days, MIN_AGE_DAYS);
    let update: Update = toml::from_str("owners = ['actions']").unwrap();
    let policy = update.policy().unwrap();
    assert!(policy.permits("Actions") && !policy.permits("actions-evil"));
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(1000) })]

    /// Any tags: whatever is chosen is newer, and the order is one.
    #[test]
    fn versions_have_an_order(tags in prop::collection::vec("(a-)?v?[0-9]{1,3}(\\.[0-9]{1,3}){0,3}(-[a-z0-9.]{1,5})?(\\+x)?", 3)) {
        let versions: Vec<_> = tags.iter().filter_map(|tag| Version::read(tag)).collect();
        for a in &versions {
            for b in &versions {
                prop_assert_eq!(a.compare(b), b.compare(a).reverse());
                for c in &versions {
                    if a.compare(b) == Ordering::Less && b.compare(c) == Ordering::Less {
                        prop_assert_eq!(a.compare(c), Ordering::Less);
                    }
                }
            }
        }
    }
}
