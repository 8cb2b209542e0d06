//! Histories in packs: what is read as deltas is judged as if it were read
//! whole, what is damaged is told, and what is kept is believed with care.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::Fixture;
use xshell::cmd;

const CONFIG: &str = "schema = 1\n[gate.secret-scan]\nhistory = \"full\"\n";

/// Numbers without end, the same for the same seed.
struct Numbers(u64);

impl Numbers {
    fn of(seed: u64) -> Numbers {
        Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    /// A token that no one issued, made here so that none stands in the source.
    fn token(&mut self) -> String {
        let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let body: String = (0..36).map(|_| char::from(digits[self.below(62)])).collect();
        format!("ghp_{body}")
    }
}

fn filler(lines: usize) -> String {
    (0..lines).map(|line| format!("let line_{line} = compute({line});\n")).collect()
}

fn pack(fixture: &Fixture) {
    let sh = fixture.sh();
    cmd!(sh, "git repack -a -d -f --quiet --window=50").run().unwrap();
    cmd!(sh, "git prune-packed --quiet").run().unwrap();
}

/// Every finding, and a fact.
fn judged(fixture: &Fixture, args: &[&str], fact: &str) -> (i32, Vec<String>, u64) {
    // A result that is kept whole would answer in place of the gate.
    let _none = fs::remove_dir_all(fixture.path().join(".git/gate-runner/results"));
    let ran = fixture.xtask(&[&["verify"], args].concat());
    let receipt = fixture.receipt();
    let gate = &receipt["predicate"]["gates"][0];
    let findings = gate["findings"].as_array().unwrap();
    let mut found: Vec<String> = findings.iter().map(ToString::to_string).collect();
    found.sort();
    (ran.code, found, gate["facts"][fact].as_u64().unwrap_or(u64::MAX))
}

const SEEN_BEFORE: &str = "history_blobs_seen_before";

#[test]
fn a_token_that_only_a_delta_completes() {
    let mut numbers = Numbers::of(1);
    let token = numbers.token();
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    let (head, tail) = (filler(200), filler(300));
    let halves = token.split_at(20);
    for middle in [format!("{} {}", halves.0, halves.1), token.clone(), String::new()] {
        fixture.write("a.rs", format!("{head}{middle}\n{tail}"));
        fixture.commit("x");
    }
    pack(&fixture);
    let (code, found, _) = judged(&fixture, &["--no-reuse"], SEEN_BEFORE);
    assert_eq!((code, found.len()), (1, 1), "{found:?}");
    assert!(found[0].contains("\"line\":201"), "{found:?}");
}

/// Histories of random edits to long files, with tokens that come in whole, in
/// halves, by joins of lines and by moves.
#[test]
fn findings_by_deltas_are_those_by_whole_blobs() {
    let mut total = 0;
    for seed in 0..4 {
        let mut numbers = Numbers::of(seed + 10);
        let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
        let mut lines: Vec<String> = filler(150).lines().map(str::to_owned).collect();
        let tokens = [numbers.token(), numbers.token()];
        for version in 0..24 {
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(lines.len());
                let token = &tokens[numbers.below(2)];
                let (left, right) = token.split_at(5 + numbers.below(30));
                match numbers.below(9) {
                    0 => lines[at] = format!("x = \"{token}\""),
                    1 => lines[at] = format!("x = \"{left}"),
                    2 => lines[at] = format!("{right}\""),
                    3 if at + 1 < lines.len() => {
                        let next = lines.remove(at + 1);
                        lines[at].push_str(&next);
                    }
                    4 => {
                        let line = lines.remove(at);
                        lines.insert(numbers.below(lines.len()), line);
                    }
                    5 => lines[at] = "service_secret =".to_owned(),
                    6 => lines[at] = format!("   \"{}\"", &token[4..36]),
                    7 => lines[at].push_str(" # gitleaks:allow"),
                    _ => lines[at] = format!("let changed = {version};"),
                }
            }
            fixture.write("src/a.rs", lines.join("\n") + "\n");
            if version % 5 == 0 {
                fixture.write("src/b.rs", lines[..lines.len() / 2].join("\n"));
            }
            fixture.commit("x");
        }
        pack(&fixture);
        let (_, by_parts, _) = judged(&fixture, &["--no-reuse"], SEEN_BEFORE);
        let whole = format!("{CONFIG}delta = false\n");
        fs::write(fixture.path().join(".git/whole.toml"), whole).unwrap();
        let args = ["--no-reuse", "--config", ".git/whole.toml"];
        let (_, by_whole, _) = judged(&fixture, &args, SEEN_BEFORE);
        assert_eq!(by_parts, by_whole, "seed {seed}");
        total += by_parts.len();
    }
    assert!(total > 10, "the histories hold too few secrets to tell: {total}");
}

fn kept(fixture: &Fixture) -> PathBuf {
    fixture.path().join(".git/gate-runner/seen-secret-scan")
}

#[test]
fn what_was_seen_is_believed_with_care() {
    let token = Numbers::of(2).token();
    let fixture = Fixture::new(&[("ci.toml", CONFIG), ("a", &filler(50)), ("b", "x\n")]);
    fixture.write("c", format!("{token}\n"));
    fixture.commit("in");
    pack(&fixture);
    let first = judged(&fixture, &[], SEEN_BEFORE);
    assert_eq!((first.0, first.1.len(), first.2), (1, 1, 0));
    let bytes = fs::read(kept(&fixture)).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains(&token[4..]), "a secret is kept");

    // Three of four blobs hold nothing; the fourth is always looked at.
    let again = judged(&fixture, &[], SEEN_BEFORE);
    assert_eq!((again.0, &again.1, again.2), (1, &first.1, 3));
    assert_eq!(judged(&fixture, &["--no-reuse"], SEEN_BEFORE).2, 0);

    // In no pack yet.
    fixture.write("d", "new\n");
    fixture.commit("more");
    assert_eq!(judged(&fixture, &[], SEEN_BEFORE).2, 3);
    assert_eq!(judged(&fixture, &[], SEEN_BEFORE).2, 4);

    // Cut, turned over, or not ours at all.
    let bytes = fs::read(kept(&fixture)).unwrap();
    let mut turned = bytes.clone();
    *turned.last_mut().unwrap() ^= 1;
    for strange in [&bytes[..bytes.len() - 1], &turned, &bytes[..100], b"", b"\xff\xff"] {
        fs::write(kept(&fixture), strange).unwrap();
        let (_, found, before) = judged(&fixture, &[], SEEN_BEFORE);
        assert_eq!((found, before), (first.1.clone(), 0));
    }

    // Other rules have seen nothing yet.
    let config = "[extend]\nuseDefault = true\n[[rules]]\nid = \"own\"\nregex = '''line_7 = '''\nkeywords = [\"line_7\"]\n";
    fixture.write(".gitleaks.toml", config);
    let (_, found, before) = judged(&fixture, &[], SEEN_BEFORE);
    assert_eq!((found.len(), before), (2, 0), "{found:?}");
}

#[test]
fn ci_believes_nothing() {
    let fixture = Fixture::new(&[("ci.toml", CONFIG), ("a", "x\n")]);
    assert_eq!(judged(&fixture, &[], SEEN_BEFORE).2, 0);
    assert_eq!(judged(&fixture, &[], SEEN_BEFORE).2, 2);
    let ran = fixture.command(&["verify"]).env("CI", "true").output().unwrap();
    assert!(ran.status.success());
    let receipt = fixture.receipt();
    assert_eq!(receipt["predicate"]["gates"][0]["facts"][SEEN_BEFORE], 0);
}

#[test]
fn a_damaged_pack_is_no_green() {
    let fixture = Fixture::new(&[("ci.toml", CONFIG), ("a", &filler(400))]);
    for version in 0..5 {
        fixture.write("a", filler(400 + version));
        fixture.commit("x");
    }
    pack(&fixture);
    let folder = fixture.path().join(".git/objects/pack");
    let file = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|e| e == "pack")).unwrap();
    let sound = fs::read(&file).unwrap();
    cmd!(fixture.sh(), "chmod u+w {file}").run().unwrap();
    // Near the end there are blobs, which git itself does not read to walk.
    let mut damaged = sound.clone();
    let at = damaged.len() - 60;
    damaged[at] ^= 0x55;
    fs::write(&file, &damaged).unwrap();
    let ran = fixture.xtask(&["verify", "--no-reuse"]);
    assert!(ran.code > 1, "{} {}{}", ran.code, ran.stdout, ran.stderr);
    fs::write(&file, &sound[..sound.len() - 30]).unwrap();
    let ran = fixture.xtask(&["verify", "--no-reuse"]);
    assert!(ran.code > 1, "{} {}{}", ran.code, ran.stdout, ran.stderr);
}

#[test]
fn borrowed_objects_and_objects_named_by_digests_of_another_kind() {
    let token = Numbers::of(3).token();
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    fixture.write("a", format!("{}{token}\n", filler(50)));
    fixture.commit("in");
    fixture.write("a", filler(50));
    fixture.commit("out");
    pack(&fixture);
    let borrower = Fixture::folder(&[]);
    let (sh, from) = (borrower.sh(), fixture.path());
    cmd!(sh, "git clone --quiet --shared {from} .").run().unwrap();
    let (code, found, _) = judged(&borrower, &["--no-reuse"], SEEN_BEFORE);
    assert_eq!((code, found.len()), (1, 1), "{found:?}");

    let longer = Fixture::folder(&[("ci.toml", CONFIG)]);
    let sh = longer.sh();
    cmd!(sh, "git init --quiet --object-format=sha256").run().unwrap();
    cmd!(sh, "git config user.name fixture").run().unwrap();
    cmd!(sh, "git config user.email fixture@example.invalid").run().unwrap();
    for text in [filler(50), format!("{}{token}\n", filler(50)), filler(51)] {
        longer.write("a", text);
        longer.commit("x");
    }
    pack(&longer);
    let (code, found, _) = judged(&longer, &[], SEEN_BEFORE);
    assert_eq!((code, found.len()), (1, 1), "{found:?}");
    assert_eq!(judged(&longer, &[], SEEN_BEFORE).2, 3);
}
