//! Looking at parts finds what looking at everything finds, however the pack
//! happened to cut a text.

use kernel::{HistoryBase, Piece, Seen};
use proptest::prelude::*;

use crate::engine::delta::IS_PLAIN;
use crate::engine::pattern::Pattern;
use crate::engine::{Scanner, base64_encoded};
use crate::gitleaks::Pack;
use crate::rules::format::{Part, letters};
use crate::rules::{Finder, Spec, files, places, sample, tables};

/// What seams are hostile about: names, operators, values on other lines, ends
/// of words, comments that allow, beginnings and ends of keys.
const NOISE: &[&str] = &[
    "\n",
    "\n\n",
    " ",
    "x",
    "key",
    "secret",
    "api_key",
    "=",
    ": ",
    ":\n  ",
    "=\n\n\"",
    "\"",
    "\\n",
    "\\",
    ".",
    "-",
    "_",
    "gitleaks:allow",
    " # ",
    "token = ",
    "password:\n",
    "discord",
    "lob",
    "test_",
    "live_",
    "ik_",
    "snyk",
    "private key",
    "PRIVATE KEY-----",
    "-----BEGIN ",
    "-----END RSA PRIVATE KEY-----",
    "KEY-----",
    "Private-Lines: 2\n",
    "Private-MAC:",
    "PuTTY-User-Key-File-3: x\n",
    "0123456789",
    "a8Kd0sQmZ71pLx93Vb2N",
    "é",
    "\r\n",
    "\t",
    ".ey",
    "%41",
    "%00",
    "\\u0041",
    "U+0041\n",
    "U+0041",
    "YSBzZWNyZXQsIHNpeHRlZW4=",
    "data:\n",
    "kind: Secret\n",
    "curl ",
    "pass = ",
    "$6$",
    "<password>",
    "Server=;",
    ".login('a@b.io', ",
    "- name: DB_PASSWORD\n",
    "  value: ",
    "<key>token</key>\n",
    "<string>",
    "docker login -u me \\\n",
    " --password ",
    "pagerduty",
    "facebook ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// A text and how it is made of another.
#[derive(Debug, Clone)]
struct Version {
    base: Vec<u8>,
    text: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A line with a secret of the rule at `which`.
fn secret_line(which: usize) -> String {
    let formats: Vec<_> = tables::ALL.iter().copied().flatten().collect();
    let encoded = |encode: fn(u8) -> String| -> String {
        let token = secret_line(100);
        format!("x = '{}'\n", token.trim_end().bytes().map(encode).collect::<String>())
    };
    let places = places::ALL.iter().filter(|place| !matches!(place.read, places::Read::Name));
    let places: Vec<_> = places.collect();
    let files = files::ALL.len();
    match which % (formats.len() + 9 + places.len() + files) {
        0 => sample::pem(),
        1 => sample::putty(),
        2 | 3 => {
            let value = sample::Numbers::of("delta").text(crate::rules::format::set::ALNUM, 32);
            let gap = if which.is_multiple_of(2) { " " } else { "\n    " };
            format!("service_secret ={gap}\"{value}\"\n")
        }
        4 => encoded(|byte| format!("%{byte:02x}")),
        5 => encoded(|byte| format!("{byte:02x}")),
        6 => encoded(|byte| format!("\\u00{byte:02x}")),
        7 => encoded(|byte| format!("U+00{byte:02x}\n")),
        8 => base64_encoded(secret_line(100).as_bytes()),
        other if other < 9 + formats.len() => {
            let format = formats[other - 9];
            sample::line(format, &sample::token(format))
        }
        other if other < 9 + formats.len() + places.len() => {
            let place = places[other - 9 - formats.len()];
            place.bad(&(place.secret)())
        }
        other => files::bad(&files::ALL[other - 9 - formats.len() - places.len()]),
    }
}

/// A secret in pieces, each of which the base holds or the delta inserts, with
/// noise between, in any order the base likes.
fn version() -> impl Strategy<Value = Version> {
    let noise = || proptest::collection::vec(prop::sample::select(NOISE), 0..6);
    let cuts = proptest::collection::vec(any::<prop::sample::Index>(), 0..5);
    let whence = proptest::collection::vec((any::<bool>(), any::<bool>(), noise(), noise()), 8);
    (any::<usize>(), cuts, whence, noise(), 0..40_usize, any::<bool>()).prop_map(
        |(which, cuts, whence, end, far, backwards)| {
            let line = secret_line(which);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(line.len() + 1)).collect();
            cuts.extend([0, line.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> =
                cuts.windows(2).map(|pair| &line.as_bytes()[pair[0]..pair[1]]).collect();
            // Each part once in the base, apart from the others.
            let mut base = Vec::new();
            let mut places = vec![0..0; parts.len()];
            let order: Vec<usize> = if backwards {
                (0..parts.len()).rev().collect()
            } else {
                (0..parts.len()).collect()
            };
            for at in order {
                let (_, _, before, after) = &whence[at % whence.len()];
                before.iter().for_each(|noise| base.extend(noise.as_bytes()));
                base.extend(std::iter::repeat_n(b"some text\n", far).flatten());
                let start = base.len();
                base.extend(parts[at]);
                places[at] = start..base.len();
                after.iter().for_each(|noise| base.extend(noise.as_bytes()));
            }
            end.iter().for_each(|noise| base.extend(noise.as_bytes()));
            let mut text = Vec::new();
            let mut pieces = Vec::new();
            let new = |bytes: &[u8], text: &mut Vec<u8>, pieces: &mut Vec<Piece>| {
                if !bytes.is_empty() {
                    text.extend(bytes);
                    pieces.push(Piece::New { len: bytes.len() });
                }
            };
            for (at, part) in parts.iter().enumerate() {
                let (is_new, with_noise, before, _) = &whence[at % whence.len()];
                if *with_noise && at == 0 {
                    before.iter().for_each(|noise| new(noise.as_bytes(), &mut text, &mut pieces));
                }
                if *is_new {
                    new(part, &mut text, &mut pieces);
                    continue;
                }
                let mut place = places[at].clone();
                // At times more of the base than the part: its surroundings.
                if *with_noise && at == 0 {
                    place.start = place.start.saturating_sub(200);
                }
                if *with_noise && at + 1 == parts.len() {
                    place.end = base.len();
                }
                if !place.is_empty() {
                    text.extend(&base[place.clone()]);
                    pieces.push(Piece::Copy { from: place.start, len: place.len() });
                }
            }
            Version { base, text, pieces }
        },
    )
}

/// Compares what parts say with what the whole says; whether parts said
/// anything.
fn agree(scanner: &Scanner, version: &Version, is_binary: bool) -> Result<bool, TestCaseError> {
    let seen = scanner.look(&version.base, is_binary);
    let (is_suspect, kinds) = scanner.seen_in(&scanner.scan(&version.base, is_binary));
    prop_assert_eq!(seen.is_suspect, is_suspect);
    prop_assert_eq!(kinds & !seen.kinds, 0);
    let base = HistoryBase { seen, len: version.base.len(), pieces: &version.pieces };
    let Some(by_parts) = scanner.look_at_parts(&version.text, is_binary, &base) else {
        return Ok(false);
    };
    let whole = scanner.look(&version.text, is_binary);
    prop_assert_eq!(by_parts.is_suspect, whole.is_suspect);
    let (_, kinds) = scanner.seen_in(&scanner.scan(&version.text, is_binary));
    prop_assert_eq!(kinds & !by_parts.kinds, 0, "{:?} {:?}", whole, by_parts);
    // What builds on it may take more for there than is, never less.
    prop_assert_eq!(whole.note & !by_parts.note & !IS_PLAIN, 0, "{:?} {:?}", whole, by_parts);
    prop_assert!(whole.note & IS_PLAIN != 0, "{:?} {:?}", whole, by_parts);
    Ok(true)
}

/// Rules as users write them, of every sight.
fn users() -> Vec<Spec> {
    let rule = |id: &str, source: &str, keyword: &str| {
        let pattern = Pattern::around(source.to_owned());
        let mut spec = Spec::new(id, String::new(), Finder::Patterns(vec![pattern]));
        spec.keywords = vec![keyword.to_owned()];
        spec
    };
    let mut picky = rule("e", r"[ab]{2,8}\s{0,3}key", "key");
    picky.entropy_min = 2.0;
    vec![
        rule("a", r"\bkey_[a-z]{2,4}\b", "key_"),
        rule("b", r"(?i)key\s*[:=]\s*[a-z0-9]{4,}", "key"),
        rule("c", r"key\s{0,4}[:=]\s{0,4}[ab]{3}", "key"),
        rule("d", r"[ab]{2}\s=", "keyx"),
        picky,
        rule("f", r"(?m)^xkey$", "key"),
        rule("g", r"^yb", "key"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn parts_find_what_the_whole_finds(version in version(), is_binary in prop::bool::weighted(0.1)) {
        thread_local!(static SCANNER: Scanner = Scanner::new(Pack::built_in().specs).unwrap());
        SCANNER.with(|scanner| agree(scanner, &version, is_binary))?;
    }

    #[test]
    fn so_they_do_by_rules_of_users(base in r"([abxy=: \n]|key|KEY|key_|keyx){0,60}", places in proptest::collection::vec((any::<prop::sample::Index>(), 0..30_usize, r"([abxy=: \n]|key|k|ey){0,4}"), 0..5)) {
        thread_local!(static SCANNER: Scanner = Scanner::new(users()).unwrap());
        let base = base.into_bytes();
        let (mut text, mut pieces) = (Vec::new(), Vec::new());
        for (from, len, new) in &places {
            let from = from.index(base.len() + 1);
            let len = (*len).min(base.len() - from);
            if len > 0 {
                text.extend(&base[from..from + len]);
                pieces.push(Piece::Copy { from, len });
            }
            if !new.is_empty() {
                text.extend(new.as_bytes());
                pieces.push(Piece::New { len: new.len() });
            }
        }
        let version = Version { base, text, pieces };
        SCANNER.with(|scanner| agree(scanner, &version, false))?;
    }
}

fn built_in() -> Scanner {
    Scanner::new(Pack::built_in().specs).unwrap()
}

/// `head` copied, `new` inserted, `tail` copied.
fn edited(head: &str, gone: &str, new: &str, tail: &str) -> Version {
    let base = [head, gone, tail].concat().into_bytes();
    let text = [head, new, tail].concat().into_bytes();
    let tail_piece = Piece::Copy { from: head.len() + gone.len(), len: tail.len() };
    let pieces =
        [Piece::Copy { from: 0, len: head.len() }, Piece::New { len: new.len() }, tail_piece];
    let pieces = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
    Version { base, text, pieces }
}

#[test]
fn hostile_seams_are_seen() {
    let scanner = built_in();
    let token = secret_line(100);
    let (half, rest) = token.split_at(token.len() / 2);
    let pem = sample::pem();
    let end = pem.find("-----END").unwrap();
    let value = sample::Numbers::of("seam").text(crate::rules::format::set::ALNUM, 32);
    let assigned = format!("\"{value}\"\n");
    let filler = "a line of text\n".repeat(40);
    let mut formats = tables::ALL.iter().copied().flatten();
    let beside = formats.find(|format| format.id == "discord-bot-token").unwrap();
    let beside = sample::token(beside);
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let field = format!("\"  \n  value: {}\n", percent(&value));
    let named = "- name: DB_PASSWORD\n";
    let cases = [
        ("a name before a field", edited("x\n", "", named, &format!("  value: {value}\n"))),
        ("a field after a name", edited(named, "", &format!("  value: {value}\n"), &filler)),
        ("a name before an encoded field", edited("- name: \"DB_", "X", "PASSWORD", &field)),
        (
            "a token some lines from a word",
            edited("discord\nx\ny\n", "", &format!("{beside}\n"), &filler),
        ),
        (
            "a word some lines from a token",
            edited("x\n", "", "discord\ny\n", &format!("z\n{beside}\n")),
        ),
        (
            "a word and a token that come near each other",
            edited("discord\ny\n", &filler, "", &format!("z\n{beside}\n")),
        ),
        (
            "a word near an encoded token",
            edited("x\n", "", "discord\ny\n", &format!("z\nz\nz\n{}\n", percent(&beside))),
        ),
        ("a token split by what was taken out", edited(half, "XX ", "", rest)),
        ("a token completed by what was put in", edited(half, "", &rest[..4], &rest[4..])),
        ("a name before a value", edited(&filler, "", "service_secret = ", &assigned)),
        ("a name on the line before", edited("x\n", "", "service_secret =\n", &assigned)),
        ("a value on the line after", edited("service_secret =\n", "", &assigned, &filler)),
        ("the end of a key far below", edited(&pem[..end], "", &pem[end..], &filler)),
        ("the begin of a key far above", edited("", "", &pem[..40], &pem[40..])),
    ];
    for (name, version) in cases {
        let seen = scanner.look(&version.base, false);
        assert!(!seen.is_suspect, "{name}: the base must be clean");
        assert_ne!(seen.note & IS_PLAIN, 0, "{name}: the base must be built on");
        assert!(!scanner.scan(&version.text, false).is_empty(), "{name}: there is a secret");
        let base = HistoryBase { seen, len: version.base.len(), pieces: &version.pieces };
        assert_eq!(scanner.look_at_parts(&version.text, false, &base), None, "{name}");
    }
}

#[test]
fn an_allowed_line_is_no_ground_to_build_on() {
    let scanner = built_in();
    let line = secret_line(100);
    let allowed = format!("{} gitleaks:allow\n", line.trim_end());
    let seen = scanner.look(allowed.as_bytes(), false);
    assert!(!seen.is_suspect);
    let pieces = [Piece::Copy { from: 0, len: line.trim_end().len() }];
    let base = HistoryBase { seen, len: allowed.len(), pieces: &pieces };
    assert_eq!(scanner.look_at_parts(line.trim_end().as_bytes(), false, &base), None);
}

#[test]
fn little_is_looked_at_where_little_is_new() {
    let scanner = built_in();
    let filler = "let value = compute();\n".repeat(2000);
    let version = edited(&filler, "", "let other = compute();\n", &filler);
    let seen = scanner.look(&version.base, false);
    let base = HistoryBase { seen, len: version.base.len(), pieces: &version.pieces };
    let said = scanner.look_at_parts(&version.text, false, &base);
    assert_eq!(said, Some(Seen { is_suspect: false, ..scanner.look(&version.text, false) }));
    let torn = HistoryBase { pieces: &version.pieces[..1], ..base };
    assert_eq!(scanner.look_at_parts(&version.text, false, &torn), None, "pieces of another text");
}

#[test]
fn a_rule_without_a_keyword_needs_the_whole() {
    let pattern = Pattern::around("[ab]{3}".to_owned());
    let spec = Spec::new("r", String::new(), Finder::Patterns(vec![pattern]));
    let scanner = Scanner::new(vec![spec]).unwrap();
    let seen = scanner.look(b"x", false);
    let base = HistoryBase { seen, len: 1, pieces: &[Piece::Copy { from: 0, len: 1 }] };
    assert_eq!(scanner.look_at_parts(b"x", false, &base), None);
}

/// What [`Pattern::stays_on_line`] takes for granted.
#[test]
fn no_token_of_a_table_holds_a_line_end() {
    for format in tables::ALL.iter().copied().flatten() {
        for part in format.parts {
            let breaks = |text: &str| text.contains(['\n', '\r']);
            let holds = match part {
                Part::Lit(text) => breaks(text),
                Part::Any(texts) => texts.iter().any(|text| breaks(text)),
                Part::Run(set, ..) => letters(set).into_iter().any(char::is_whitespace),
            };
            assert!(!holds, "{}", format.id);
        }
    }
}
