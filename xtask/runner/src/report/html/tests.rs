use proptest::prelude::*;

use super::*;
use crate::receipt::{Ci, GateResult};
use crate::report::sample;

fn of(receipt: &Receipt) -> String {
    let mut out = Vec::new();
    write(receipt, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn of_folder(entries: &[Entry]) -> String {
    let mut out = Vec::new();
    write_folder(entries, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn entry(name: &str, receipt: Receipt) -> Entry {
    Entry { name: name.into(), content: Ok(Box::new(receipt)) }
}

/// What a reader sees: the text between tags, references read back.
fn words(page: &str) -> String {
    let body = page.split_once("<body>").expect("a body").1;
    let mut text = String::new();
    for piece in body.split('<') {
        let (_, after) = piece.split_once('>').unwrap_or(("", piece));
        text.push_str(after);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}

/// Every tag with the names and values of its attributes, where those values
/// are ours.
fn tags(page: &str) -> Vec<String> {
    let body = page.split_once("<body>").expect("a body").1;
    body.split('<')
        .skip(1)
        .map(|piece| piece.split_once('>').expect("a tag ends").0.to_owned())
        .collect()
}

#[test]
fn the_verdict_first_then_gates_then_why() {
    let page = of(&sample::receipt());
    let text = words(&page);
    let order = [
        "red 3 of 6 required gates failed",
        "1b15ef614bdd0c6d6a4c5c3a5a0a4b6f1e2d3c4b",
        "2026-11-21 10:00 UTC in 1.2 s",
        "41 uses in 4 files",
        "lintadvisory",
        "1 error action-pins/unpinned-uses",
        "'actions/checkout@v4' is a tag, not a commit",
        ".github/workflows/ci.yml:14:15",
        "a tag can be moved by whoever can push to that repository",
        ".github/workflows/release.yml:9",
        "pin the commit: actions/checkout@<40 hex> # v4.2.2",
        "2 findings do not count",
        "known in the baseline",
        "waived: retired next week (.github/workflows/old.yml:7)",
        "2 binary",
        "in commit 46f2753a1b68aaaabbbbccccddddeeeeffff0000",
        "ended with exit code 101",
        "running 2 tests\n::error::injected\n␛[31mFAILED␛[0m",
        "'origin/main' is no commit here",
        "fetch it: git fetch origin main",
        "it is being rebuilt",
        "Waivers",
        "no end",
        "What this rests on",
        "gate-runner 0.1.0 for x86_64-unknown-linux-gnu",
        "it is no check of it",
    ];
    let mut rest = text.as_str();
    for words in order {
        let Some((_, after)) = rest.split_once(words) else { panic!("no '{words}' in {rest}") };
        rest = after;
    }
}

#[test]
fn what_is_red_is_open_and_what_is_green_folded() {
    let page = of(&sample::receipt());
    assert_eq!(page.matches("<details class=\"gate fail\" open>").count(), 3);
    assert_eq!(page.matches("<details class=\"gate stuck\" open>").count(), 1);
    assert_eq!(page.matches("<details class=\"gate ok\">").count(), 1);
    assert_eq!(page.matches("<details class=\"gate absent\">").count(), 2);
    assert_eq!(page.matches("<details class=\"rule error\" open>").count(), 2);
    assert_eq!(page.matches("<details class=\"rule warning\">").count(), 1);
}

#[test]
fn the_fault_is_marked_in_its_line() {
    let page = of(&sample::receipt());
    assert!(
        page.contains("<code>      - uses: <mark>  actions/checkout@</mark>v4</code>"),
        "{page}"
    );
    assert!(page.contains("<span class=\"caret\" aria-hidden=\"true\">^^^^^^^^^^^^^^^^^^^</span>"));
}

#[test]
fn links_go_to_the_commit_and_only_where_the_web_is() {
    let mut receipt = sample::receipt();
    let mut ci = Ci {
        provider: "github".into(),
        repository: Some("o/r".into()),
        run_id: Some("7".into()),
        run_attempt: Some("2".into()),
        event: Some("push".into()),
        workflow_ref: None,
        sha: None,
        url: Some("https://github.com/o/r/actions/runs/7".into()),
    };
    receipt.predicate.run.ci = Some(ci.clone());
    let page = of(&receipt);
    assert!(page.contains("href=\"https://github.com/o/r/actions/runs/7\""));
    assert!(words(&page).contains("o/r, push, run 7, attempt 2"));
    assert!(page.contains(
        "href=\"https://github.com/o/r/blob/1b15ef614bdd0c6d6a4c5c3a5a0a4b6f1e2d3c4b/.github/workflows/ci.yml#L14\""
    ));
    receipt.predicate.source.dirty = true;
    assert!(!of(&receipt).contains("/blob/1b15"), "no commit has those lines");
    for url in
        ["javascript:alert(1)", "http://a.example", "https://a\"onload=x", "data:text/html,x"]
    {
        ci.url = Some(url.into());
        receipt.predicate.run.ci = Some(ci.clone());
        let page = of(&receipt);
        let linked = tags(&page)
            .into_iter()
            .filter(|tag| tag.starts_with("a ") && !tag.starts_with("a href=\"#"));
        for tag in linked {
            assert!(tag.starts_with("a href=\"https://a&quot;onload=x"), "{tag}");
        }
    }
}

#[test]
fn the_page_fetches_and_runs_nothing() {
    for page in [of(&sample::receipt()), of_folder(&[entry("a.json", sample::receipt())])] {
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline';"));
        for absent in ["<script", "<img", "<link", "<iframe", "url(", "@import", "src=", " on"] {
            let tags = tags(&page).join("\n");
            assert!(!tags.contains(absent) && !STYLE.contains("url("), "{absent}");
        }
    }
}

#[test]
fn a_folder_is_newest_first_and_drops_no_file() {
    let at = |day: &str, mut receipt: Receipt| {
        receipt.predicate.run.started_at = format!("2026-11-{day}T10:00:00Z");
        receipt
    };
    let mut entries = vec![
        entry("a.json", at("01", sample::green())),
        entry("c.json", at("03", sample::receipt())),
        entry("b.json", at("02", sample::green())),
        Entry { name: "notes.txt".into(), content: Err("no receipt of version 1: x".into()) },
    ];
    let page = of_folder(&entries);
    let text = words(&page);
    assert!(text.contains("red the newest of 3 receipts: 2 green, 1 red"), "{text}");
    assert!(text.contains("1 file is no receipt"));
    assert!(text.contains("notes.txt no receipt of version 1: x"));
    let rows = text.split_once("Receipts").expect("their table").1;
    let days: Vec<Option<usize>> =
        ["2026-11-03", "2026-11-02", "2026-11-01"].iter().map(|day| rows.find(day)).collect();
    assert!(days.iter().all(Option::is_some) && days.is_sorted(), "{days:?}");
    assert!(page.contains("aria-label=\"2 ok, 1 fail\""), "action-pins, oldest first");
    assert!(page.contains("aria-label=\"2 not there, 1 fail\""), "unit");
    entries.reverse();
    assert_eq!(of_folder(&entries), page, "whatever the order of the files");
    assert!(words(&of_folder(&entries[..1])).contains("no file of this folder is a receipt"));
}

#[test]
fn a_gate_that_does_not_stand_by_its_word_flakes() {
    let judged = |outcome| sample::of(vec![sample::gate("unit", outcome)], kernel::Verdict::Green);
    let told = |receipts: Vec<Receipt>| {
        let entries: Vec<Entry> =
            receipts.into_iter().enumerate().map(|(at, one)| entry(&at.to_string(), one)).collect();
        words(&of_folder(&entries))
    };
    use kernel::Outcome::{Failed, Flaky, Passed};
    assert!(told(vec![judged(Flaky), judged(Passed)]).contains("1 pass on a retry"));
    assert!(told(vec![judged(Failed), judged(Passed)]).contains("1 commit judged both ways"));
    let mut other = judged(Failed);
    other.predicate.source.commit = Some("c".repeat(40));
    assert!(!told(vec![other, judged(Passed)]).contains("both ways"));
    let mut reconfigured = judged(Failed);
    reconfigured.predicate.config.sha256 = "c1".into();
    assert!(!told(vec![reconfigured, judged(Passed)]).contains("both ways"));
}

#[test]
fn past_fifty_of_a_rule_findings_are_lines() {
    let mut receipt = sample::receipt();
    receipt.predicate.gates[0].findings = vec![sample::unpinned(); 60];
    let page = of(&receipt);
    assert_eq!(page.matches("<div class=\"source\">").count(), 50);
    assert!(words(&page).contains("10 more"));
    assert_eq!(page.matches("&#").count(), 0);
    assert_eq!(words(&page).matches(".github/workflows/ci.yml:14:15").count(), 60);
}

proptest! {
    #![proptest_config(sample::cases())]

    #[test]
    fn whatever_is_written_stays_text(text in hostile()) {
        prop_assume!(!text.trim().is_empty() && !text.contains(['\n', '\r']));
        let structure = |receipt: &Receipt| -> Vec<String> {
            // Of a tag its name and classes: labels hold text, widths differ.
            let name = |tag: &String| tag.split(" style=").next().unwrap_or_default().to_owned();
            // A line may be too short to have something marked.
            tags(&of(receipt)).iter().map(name).filter(|tag| !tag.ends_with("mark")).collect()
        };
        let tame = structure(&sample::hostile("tame"));
        prop_assert!(structure(&sample::hostile(&text)) == tame, "{}", of(&sample::hostile(&text)));
    }

    #[test]
    fn a_hostile_folder_stays_text(text in hostile()) {
        let page = |text: &str| {
            let gate = |id: &str| GateResult { id: id.into(), ..sample::gate("g", kernel::Outcome::Failed) };
            let mut receipt = sample::hostile(text);
            receipt.predicate.gates.push(gate(text));
            receipt.predicate.run.started_at = text.into();
            of_folder(&[entry(text, receipt), Entry { name: text.into(), content: Err(text.into()) }])
        };
        let names = |page: &str| -> Vec<String> {
            tags(page).iter().map(|tag| tag.split(' ').next().unwrap_or_default().to_owned()).collect()
        };
        prop_assert!(names(&page(&text)) == names(&page("tame")), "{}", page(&text));
    }
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("</script><img src=x onerror=alert(1)>".to_owned()),
        Just("</title></style><script>alert(1)</script>".to_owned()),
        Just("\" onmouseover=\"alert(1)\" x=\"".to_owned()),
        Just("--><svg/onload=alert(1)>".to_owned()),
        Just(sample::NASTY.replace(['\n', '\r'], "")),
        "[<>\"'&/=a-z -]{1,24}",
    ]
}
