//! What strangers write, altered at random: `scripts/fuzz-secret-scan` runs
//! each of these for a while; how often is told by `PROPTEST_CASES`.

use std::io::Write as _;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::engine::Lines;
use crate::engine::Scanner;
use crate::engine::pattern::Pattern;
use crate::engine::text::{Page, View, ready, view};
use crate::gitleaks::allow::Expr;
use crate::gitleaks::syntax::translate;
use crate::gitleaks::{Pack, assemble};
use crate::rules::{Finder, Spec, sample, tables};

/// One of `seeds` after some edits, each of which puts one of `words`, or
/// noise, in place of a few bytes, or doubles a part.
fn altered(seeds: Vec<Vec<u8>>, words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let noise = proptest::collection::vec(any::<u8>(), 0..6);
    let word = prop::sample::select(words).prop_map(|word| word.as_bytes().to_vec());
    let edit = (any::<Index>(), 0..24_usize, prop_oneof![noise, word], any::<bool>());
    (prop::sample::select(seeds), proptest::collection::vec(edit, 0..10)).prop_map(
        |(mut text, edits)| {
            for (at, len, new, doubles) in edits {
                let at = at.index(text.len() + 1);
                let end = (at + len).min(text.len());
                let part = text[at..end].to_vec();
                let new = if doubles { [part.as_slice(), &new, &part].concat() } else { new };
                text.splice(at..end, new);
            }
            text
        },
    )
}

const CONFIGS: &[&str] = &[
    "title = 'x'\n[extend]\nuseDefault = true\ndisabledRules = ['jwt']\n[allowlist]\npaths = ['a.*b']\nstopwords = ['word']\ncommits = ['0123456']\n",
    "[[rules]]\nid = 'a'\ndescription = 'd'\nregex = '''key = \"([a-z]{4,8})\"'''\nsecretGroup = 1\nentropy = 1.5\nkeywords = ['key']\ntags = ['t']\n[[rules.allowlists]]\ncondition = 'AND'\nregexTarget = 'line'\nregexes = ['x+']\npaths = ['y']\n",
    "[[rules]]\nid = 'a'\nregex = 'aa'\n[[rules.required]]\nid = 'b'\nwithinLines = 2\nwithinColumns = 3\n[[rules]]\nid = 'b'\nregex = 'b'\nskipReport = true\n[[rules]]\nid = 'c'\npath = '\\.pem$'\n",
    "[extend]\npath = 'base.toml'\n[[allowlists]]\ntargetRules = ['base']\nregexes = ['a']\n[[rules]]\nid = 'base'\nentropy = 3\nkeywords = ['']\n",
];
const BASE: &str = "[[rules]]\nid = 'base'\nregex = 'base_[0-9]+'\nkeywords = ['base_']\n";
const CONFIG_WORDS: &[&str] = &[
    "[[rules]]\nid = 'a'\n",
    "[[allowlists]]\n",
    "[extend]\n",
    "regex",
    "path = ''\n",
    "= -1",
    "= 1e999",
    "= []",
    "''",
    "secretGroup = 9\n",
    "condition = 'OR'\n",
    "useDefault = false\n",
    "(?i)",
    "\\",
    "{1000}",
    "\u{feff}",
    "'''",
    "\r\n",
];

const EXPRESSIONS: &[&str] = &[
    r"(?i)(?:key|token)(?:[0-9a-z\-_\t .]{0,20})(?:[\s|']|[\s|]){0,3}(?:=|>|:{1,3}=)([a-z0-9]{8,16})\b",
    r"\bgh[pousr]_[0-9A-Za-z]{36}\b",
    r"-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S-]{64,}?KEY-----",
    r"^\Qa.b\E(?P<name>[[:alpha:]]+|\pL|\x{1F600}|\x41|\07)(?s:.)*$",
    r"(?:[^\w\-.]|\A)[a&&b~~c--d][\w-.][[a](?m)^x{2,}?\z",
];
const EXPRESSION_WORDS: &[&str] = &[
    "(?",
    "(?:",
    "(?P<",
    "(?i-s:",
    ")",
    "[",
    "[^",
    "]",
    "[:digit:]",
    "&&",
    "--",
    "{",
    "{1001}",
    "{2,1}",
    "{,3}",
    "*",
    "+?",
    "**",
    "|",
    "\\",
    "\\Q",
    "\\E",
    "\\p{Greek}",
    "\\pN",
    "\\x{",
    "\\8",
    "\\C",
    "\\<",
    "\\b",
    "^",
    "$",
    "K",
    "\u{212a}",
    "é",
];

fn archives() -> Vec<Vec<u8>> {
    let gzipped = |content: &[u8]| {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    };
    let zipped = |name: &str, content: &[u8]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for way in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
            let options = zip::write::SimpleFileOptions::default().compression_method(way);
            writer.start_file(format!("{way}/{name}"), options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let line = first_line();
    let zip = zipped("a.env", line.as_bytes());
    let mut tar = vec![0_u8; 512];
    tar[..5].copy_from_slice(b"a.env");
    tar[124..135].copy_from_slice(format!("{:011o}", line.len()).as_bytes());
    tar[156] = b'0';
    tar[257..263].copy_from_slice(b"ustar\0");
    tar[148..156].copy_from_slice(b"        ");
    let sum: u64 = tar.iter().map(|byte| u64::from(*byte)).sum();
    tar[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    tar.extend_from_slice(line.as_bytes());
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    let deep = zipped("b.zip", &zipped("c.tar.gz", &gzipped(&tar)));
    vec![gzipped(line.as_bytes()), gzipped(&tar), zip, tar, deep, zipped("", &[0; 4096])]
}

fn first_line() -> String {
    let format = tables::ALL.iter().copied().flatten().next().unwrap();
    sample::line(format, &sample::token(format))
}

fn encoded() -> Vec<Vec<u8>> {
    let line = first_line();
    let bytes = line.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let escapes: String = bytes.iter().map(|byte| format!("\\u{byte:04x}")).collect();
    let points: String = bytes.iter().map(|byte| format!("U+{byte:04X} ")).collect();
    let digits = crate::engine::base64_encoded(bytes);
    let twice = crate::engine::base64_encoded(format!("x = '{digits}'").as_bytes());
    [line, hex, percent, escapes, points, digits, twice]
        .map(|text| format!("a = '{text}';\nkey: {text}\n").into_bytes())
        .to_vec()
}
const ENCODED_WORDS: &[&str] = &[
    "%",
    "%41",
    "%zz",
    "\\u",
    "\\ud83d",
    "\\u0041",
    "U+",
    "U+0041 ",
    "=",
    "==",
    "+/",
    "-_",
    "\n",
    "'",
    "4142434445464748",
    "gitleaks:allow",
];

fn wide() -> Vec<Vec<u8>> {
    let line = first_line().repeat(3);
    let two = |mark: &[u8], swap: fn(u16) -> [u8; 2]| {
        [mark.to_vec(), line.encode_utf16().flat_map(swap).collect()].concat()
    };
    let four = |mark: &[u8], swap: fn(u32) -> [u8; 4]| {
        [mark.to_vec(), line.chars().flat_map(|c| swap(u32::from(c))).collect()].concat()
    };
    vec![
        line.clone().into_bytes(),
        two(&[], u16::to_le_bytes),
        two(&[0xFE, 0xFF], u16::to_be_bytes),
        four(&[], u32::to_be_bytes),
        four(&[0xFF, 0xFE, 0, 0], u32::to_le_bytes),
        [line.as_bytes(), &[0; 3], line.as_bytes()].concat(),
        [b"\x7fELF\0\x01\x02", line.as_bytes()].concat(),
    ]
}

thread_local! {
    static SCANNER: Scanner = Scanner::new(Pack::built_in().specs).unwrap().opening_archives(3);
    static EVERYWHERE: Scanner =
        Scanner::new(Pack::built_in().specs).unwrap().opening_archives(3).everywhere();
}

proptest! {
    #[test]
    #[ignore = "scripts/fuzz-secret-scan runs it"]
    fn fuzz_config(config in altered(CONFIGS.iter().map(|c| c.as_bytes().to_vec()).collect(), CONFIG_WORDS), text in r"([ab\n =']|key|base_[0-9]|pem){0,30}") {
        let config = String::from_utf8_lossy(&config).into_owned();
        let load = |file: &str| match file {
            "a.toml" => Ok(config.clone()),
            "base.toml" => Ok(BASE.to_owned()),
            _ => Err(kernel::ConfigError::new("no such file")),
        };
        match assemble("a.toml", &load) {
            Err(error) => prop_assert!(error.span.is_none_or(|span| span.end <= config.len().max(BASE.len()))),
            Ok(pack) => {
                prop_assert!(!pack.specs.is_empty());
                let scanner = Scanner::new(pack.specs).unwrap();
                let found = scanner.scan(text.as_bytes(), false);
                prop_assert!(found.iter().all(|hit| hit.secret.end <= text.len()));
            }
        }
    }

    #[test]
    #[ignore = "scripts/fuzz-secret-scan runs it"]
    fn fuzz_pattern(go in altered(EXPRESSIONS.iter().map(|e| e.as_bytes().to_vec()).collect(), EXPRESSION_WORDS), text in r"([ab=:_\n -]|key|KEY|token|0123abcd){0,30}") {
        let go = String::from_utf8_lossy(&go).into_owned();
        let Ok(expr) = Expr::new(&go) else { return Ok(()) };
        let rust = translate(&go).unwrap();
        prop_assert!(Pattern::parse(&rust).is_ok(), "{rust}");
        let spec = || Spec::new("r", String::new(), Finder::Patterns(vec![Pattern::around(rust.clone())]));
        let everywhere = Scanner::new(vec![spec()]).unwrap().scan(text.as_bytes(), false);
        prop_assert!(everywhere.is_empty() || expr.is_match(text.as_bytes()) || !text.is_ascii() || text.contains('%'), "{rust}");
        let mut narrow = spec();
        narrow.keywords = vec!["key".to_owned(), "token".to_owned()];
        for hit in Scanner::new(vec![narrow]).unwrap().scan(text.as_bytes(), false) {
            prop_assert!(hit.whole.start <= hit.whole.end && hit.whole.end <= text.len());
        }
    }

    #[test]
    #[ignore = "scripts/fuzz-secret-scan runs it"]
    fn fuzz_decoders(text in altered(encoded(), ENCODED_WORDS)) {
        let near = SCANNER.with(|scanner| scanner.scan(&text, false));
        let everywhere = EVERYWHERE.with(|scanner| scanner.scan(&text, false));
        prop_assert_eq!(&near, &everywhere);
        for hit in near {
            prop_assert!(hit.secret.end <= text.len() && hit.whole.end <= text.len());
            prop_assert!(!hit.value(&text).is_empty());
        }
    }

    #[test]
    #[ignore = "scripts/fuzz-secret-scan runs it"]
    fn fuzz_archives(bytes in altered(archives(), &["PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "ustar", "77777777777", "../", "\0\0\0\0"])) {
        let (text, is_binary) = ready(&bytes);
        let scan = || SCANNER.with(|scanner| scanner.scan(&text, is_binary));
        let found = scan();
        prop_assert!(found.iter().all(|hit| hit.secret_in_text().end <= hit.text(&text).len()));
        prop_assert_eq!(found, scan());
    }

    #[test]
    #[ignore = "scripts/fuzz-secret-scan runs it"]
    fn fuzz_text_views(bytes in altered(wide(), &["\0", "\0\0\0", "\n", "\u{feff}", "é", "\u{1f600}"]), from in any::<Index>(), len in 0..64_usize) {
        if let View::Text(text) = view(&bytes) {
            prop_assert!(text.len() <= bytes.len() * 3);
            let from = from.index(text.len() + 1);
            let range = from..(from + len).min(text.len());
            let whole = Lines::of(&text).around(&range);
            prop_assert!(whole.start <= range.start && range.end <= whole.end && whole.end <= text.len());
            let place = Page::of(&text).span(&range);
            prop_assert!((place.line, place.column) <= (place.end_line, place.end_column));
            SCANNER.with(|scanner| scanner.scan(&text, false));
        }
        let (text, is_binary) = ready(&bytes);
        SCANNER.with(|scanner| scanner.scan(&text, is_binary));
    }
}
