use proptest::prelude::*;

use super::*;

const SHA: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";

fn pin(uses: &str, name: &str) -> Pin {
    let version = "v4.2.2".to_owned();
    let (commit, when) = (SHA.to_owned(), "2026-11-21".to_owned());
    Pin { uses: uses.to_owned(), name: name.to_owned(), commit, version, when }
}

#[test]
fn what_is_written_is_read_again() {
    let mut pins = Pins::default();
    for (uses, name) in [("b/c", "v1"), ("Actions/Checkout", "v4"), ("b/c", "it's\"v\"#1")] {
        assert!(pins.insert(pin(uses, name)).is_none());
    }
    let text = pins.text();
    assert_eq!(Pins::read(&text).unwrap(), pins);
    let entries: Vec<&str> = text.lines().filter(|line| line.contains("uses =")).collect();
    assert_eq!(entries.len(), 3, "an entry a line");
    assert!(entries[0].contains("Actions/Checkout"), "sorted: {text}");
    assert_eq!(pins.find("actions/CHECKOUT", "v4").unwrap().commit, SHA);
    assert!(pins.find("actions/checkout", "V4").is_none());
    assert_eq!(pins.of_repository("B/C").count(), 2);
    assert!(pins.remove("B/c", "v1").is_some());
    assert_eq!(pins.count(), 2);
    assert_eq!(Pins::read("schema = 1\n").unwrap(), Pins::default());
}

#[test]
fn a_fault_has_its_line_and_the_form() {
    let mut one = Pins::default();
    one.insert(pin("a/b", "v4"));
    let good = one.text();
    let entry = good.lines().find(|line| line.contains("uses =")).unwrap();
    let twice = good.replace(entry, &format!("{entry}\n{entry}"));
    for (text, words) in [
        ("pins = []".to_owned(), "missing field `schema`"),
        ("schema = 2".to_owned(), "ci.pins.toml:1: expected schema = 1, found 2"),
        (good.replace("a/b", "a/b/c"), "ci.pins.toml:6: expected 'owner/repository'"),
        (good.replace("a/b", "a"), "expected 'owner/repository' in 'uses', found 'a'"),
        (good.replace(SHA, "11bd719"), "expected 40 lower-case hex digits"),
        (good.replace(SHA, &SHA.to_uppercase()), "expected 40 lower-case hex digits"),
        (good.replace("v4.2.2", "v4\\n- run: x"), "expected a tag like 'v4.2.2'"),
        (good.replace("\"v4\"", "\"v 4\""), "expected a tag or branch in 'ref'"),
        (good.replace("\"v4\"", &format!("\"{SHA}\"")), "and no commit in 'ref'"),
        (good.replace("2026-11-21", "yesterday"), "expected a day"),
        (good.replace("when", "whem"), "unknown field `whem`"),
        (twice, "ci.pins.toml:7: 'a/b' at 'v4' is there twice"),
        ("schema = ".to_owned(), "ci.pins.toml:1: "),
    ] {
        let error = Pins::read(&text).unwrap_err();
        assert!(error.message.contains(words), "{text}: {}", error.message);
        assert!(error.hint.is_some() && error.file.is_some(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _read = Pins::read(&text);
    }

    #[test]
    fn any_entry_is_read_or_refused(
        uses in "[a/.\"\\\\é \n]{0,6}", name in "[v4.\"'# \u{200b}]{0,6}", commit in "[0-9a-fA]{38,42}",
        version in ".{0,6}", when in "[0-9-]{9,11}",
    ) {
        let mut pins = Pins::default();
        pins.insert(Pin { uses, name, commit, version, when });
        let pin = pins.by_repository.values().flat_map(BTreeMap::values).next().unwrap();
        match Pins::read(&pins.text()) {
            Ok(read) => prop_assert_eq!(&read, &pins),
            Err(error) => prop_assert!(pin.fault().is_some(), "{}", error.message),
        }
    }
}
