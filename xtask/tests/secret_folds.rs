//! What a secret is folded up in: encodings, archives, names, strange files;
//! and what must never end in green.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Write as _;

use common::{Fixture, exe, ran, token};
use xshell::cmd;

const CONFIG: &str = "schema = 1\n[gate.secret-scan]\nhistory = \"full\"\n";

/// Paths of the findings, once while the files are there and once when only
/// the history has them; nothing that is told holds the token or `told`.
fn paths(files: &[(&str, Vec<u8>)], token: &str, told: &[&str]) -> [Vec<String>; 2] {
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    for (path, bytes) in files {
        fixture.write(path, bytes);
    }
    fixture.commit("in");
    let there = found(&fixture, token, told);
    for (path, _) in files {
        std::fs::remove_file(fixture.path().join(path)).unwrap();
    }
    fixture.commit("out");
    [there, found(&fixture, token, told)]
}

fn found(fixture: &Fixture, token: &str, told: &[&str]) -> Vec<String> {
    let secrets: Vec<&str> = [&token[4..]].into_iter().chain(told.iter().copied()).collect();
    let ran = fixture.xtask(&["verify", "--no-reuse", "--verbose"]).leaves_unsaid(&secrets);
    let receipt = fixture.receipt();
    for secret in secrets {
        assert!(!receipt.to_string().contains(secret), "the receipt holds '{secret}'");
    }
    let findings = receipt["predicate"]["gates"][0]["findings"].as_array().unwrap().clone();
    let mut paths: Vec<String> =
        findings.iter().map(|finding| finding["path"].as_str().unwrap().to_owned()).collect();
    paths.sort();
    assert_eq!(ran.code, i32::from(!paths.is_empty()), "{}{}", ran.stdout, ran.stderr);
    paths
}

/// That each file is found while it is there and after.
fn are_found(files: &[(&str, Vec<u8>)], token: &str, told: &[&str]) {
    let mut expected: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    expected.sort();
    assert_eq!(paths(files, token, told), [expected.clone(), expected]);
}

fn base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let mut bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        bits <<= 8 * (3 - group.len());
        for place in 0..4 {
            let digit = digits[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place > group.len() { '=' } else { char::from(digit) });
        }
    }
    out
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut block = vec![0_u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    block[148..156].copy_from_slice(b"        ");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.extend_from_slice(bytes);
    block.resize(block.len().next_multiple_of(512) + 1024, 0);
    block
}

#[test]
fn each_encoding_and_five_of_them_in_each_other() {
    let token = token(11);
    let percent: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let escapes: String = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let points: String = token.bytes().map(|byte| format!("U+{byte:04X} ")).collect();
    let base = base64(token.as_bytes());
    let deep = (0..4).fold(base.clone(), |text, _| base64(text.as_bytes()));
    let deeper = base64(deep.as_bytes());
    let wide: Vec<u8> = token.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (hex, wide) = (hex(&token), base64(&wide));
    let line = |value: &str| format!("one\nvalue = \"{value}\"\n").into_bytes();
    let files = [
        ("percent", line(&percent)),
        ("escapes", line(&escapes)),
        ("points", line(&points)),
        ("hex", line(&hex)),
        ("base64", line(&base)),
        ("deep", line(&deep)),
        ("powershell", line(&wide)),
    ];
    let told = [&percent[9..], &escapes[18..], &hex[8..], &base[6..], &wide[6..]];
    are_found(&files, &token, &told);
    // As in gitleaks, the sixth layer is past the limit.
    assert_eq!(paths(&[("deeper", line(&deeper))], &token, &[]), [[""; 0]; 2]);
}

#[test]
fn archives_by_what_they_are_and_not_by_their_names() {
    let token = token(12);
    let line = format!("TOKEN={token}\n");
    let inner = zip(&[("docs/readme", b"nothing"), ("src/a.env", line.as_bytes())]);
    let files = [
        ("a.zip", inner.clone()),
        ("b.dat", gzip(line.as_bytes())),
        ("c.bin", tar("a.env", line.as_bytes())),
        ("d.tgz", gzip(&tar("a.env", line.as_bytes()))),
        ("e.jar", zip(&[("inner.zip", &inner)])),
        ("f.zip", zip(&[("base64", base64(line.as_bytes()).as_bytes())])),
    ];
    are_found(&files, &token, &[]);
    // What can be packed is, so that the bytes themselves do not show it.
    let deep = gzip(&gzip(&gzip(format!("{line}{}", "x".repeat(9999)).as_bytes())));
    assert_eq!(paths(&[("deep.gz", deep)], &token, &[]), [[""; 0]; 2]);
}

#[test]
fn what_of_an_archive_is_not_looked_at_is_counted() {
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    let bomb = gzip(&vec![b'x'; (128 << 20) + 1]);
    fixture.write("bomb.gz", &bomb);
    fixture.write("deep.zip", zip(&[("b.zip", &zip(&[("a.zip", &zip(&[("c", b"x")]))]))]));
    fixture.write("torn.zip", &zip(&[("a", b"x")])[..20]);
    fixture.write("other.zst", b"\x28\xb5\x2f\xfd....");
    fixture.commit("in");
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(0);
    let gate = &fixture.receipt()["predicate"]["gates"][0];
    let skipped = gate["skipped"].to_string();
    for reason in ["past-limit", "too-deep", "damaged", "format-unread"] {
        for place in ["", "history-"] {
            assert_eq!(gate["skipped"][format!("{place}archive-{reason}")], 1, "{skipped}");
        }
    }
}

#[test]
fn names_links_and_wide_texts() {
    let token = token(13);
    let line = format!("TOKEN={token}\n");
    let wide: Vec<u8> = line.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    let files = [
        ("utf32", wide),
        ("stray-nul", [line.repeat(3).as_bytes(), b"\0"].concat()),
        ("node_modules/x/index.js", line.clone().into_bytes()),
        ("yarn.lock", line.clone().into_bytes()),
        ("no-end", token.clone().into_bytes()),
    ];
    let [there, after] = paths(&files, &token, &[]);
    let stray = "stray-nul";
    let expected: Vec<String> =
        ["no-end", "node_modules/x/index.js", stray, stray, stray, "utf32", "yarn.lock"]
            .map(str::to_owned)
            .into();
    assert_eq!([there, after], [expected.clone(), expected]);
    let name = format!("keys/{token}.txt");
    assert_eq!(paths(&[(&name, b"x".to_vec())], &token, &[]), [["keys/***.txt"]; 2]);
}

#[cfg(unix)]
#[test]
fn the_target_of_a_link() {
    let token = token(14);
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    std::os::unix::fs::symlink(&token, fixture.path().join("link")).unwrap();
    fixture.commit("in");
    assert_eq!(found(&fixture, &token, &[]), ["link"]);
    std::fs::remove_file(fixture.path().join("link")).unwrap();
    fixture.commit("out");
    assert_eq!(found(&fixture, &token, &[]), ["link"]);
}

#[test]
fn a_file_past_fifty_megabytes() {
    let token = token(15);
    let mut bytes = b"0123456789abcde\n".repeat(52 << 16);
    bytes.extend_from_slice(token.as_bytes());
    assert_eq!(paths(&[("large", bytes)], &token, &[]), [["large"]; 2]);
}

#[test]
fn pointers_and_submodules_are_named_as_not_scanned() {
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    fixture.write("big.bin", pointer);
    fixture.commit("in");
    let sh = fixture.sh();
    let head = cmd!(sh, "git rev-parse HEAD").read().unwrap();
    std::fs::create_dir(fixture.path().join("vendored")).unwrap();
    cmd!(sh, "git update-index --add --cacheinfo 160000,{head},vendored").run().unwrap();
    cmd!(sh, "git commit --quiet --message submodule").run().unwrap();
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(0);
    let gate = &fixture.receipt()["predicate"]["gates"][0];
    assert_eq!(gate["facts"]["lfs_pointers_not_scanned"][0], "big.bin");
    assert_eq!(gate["skipped"]["lfs-pointer"], 1);
    assert_eq!(gate["skipped"]["history-lfs-pointer"], 1);
    assert_eq!(gate["facts"]["submodules_not_scanned"][0], "vendored");
}

#[test]
fn known_findings_by_gitleaks_fingerprint_and_those_that_are_gone() {
    let token = token(16);
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    fixture.write("a.env", format!("x\nTOKEN={token}\n"));
    fixture.commit("in");
    let commit = cmd!(fixture.sh(), "git rev-parse HEAD").read().unwrap();
    let entries = format!("{commit}:a.env:github-pat:2\ngone.env:github-pat:1\n");
    fixture.write(".gitleaksignore", entries);
    fixture.commit("ignore");
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(0);
    let gate = &fixture.receipt()["predicate"]["gates"][0];
    assert_eq!(
        gate["facts"]["ignore_entries_unused"],
        serde_json::json!(["gone.env:github-pat:1"])
    );
    // Another line of the same file is another finding.
    fixture.write("a.env", format!("x\nTOKEN={token}\nOTHER={}\n", self::token(17)));
    fixture.commit("more");
    assert_eq!(found(&fixture, &token, &[]), ["a.env"]);
    fixture.write(".gitleaksignore", "what is this\n");
    fixture.xtask(&["verify", "--no-reuse"]).ends_with(2).says(&["no fingerprint"]);
}

#[test]
fn nothing_that_goes_wrong_is_green() {
    let verify = ["verify", "--no-reuse"];
    let fixture = Fixture::new(&[("ci.toml", CONFIG), (".gitleaks.toml", "title = 'none'\n")]);
    fixture.xtask(&verify).ends_with(2).says(&["leaves no rule in force"]);
    fixture.write(".gitleaks.toml", "[extend]\nuseDefault = true\n");
    fixture.commit("rules");
    fixture.xtask(&verify).ends_with(0);
    fixture.xtask(&["verify", "--rev", "nonesuch"]).ends_with(2);
    fixture.xtask(&["verify", "--log-opts=--al"]).ends_with(2);
    fixture.write("ci.toml", format!("{CONFIG}archive = 2\n"));
    fixture.xtask(&verify).ends_with(2).says(&["archive"]);
    fixture.write("ci.toml", CONFIG);

    let folder = Fixture::folder(&[("ci.toml", CONFIG), ("a", "x\n")]);
    folder.xtask(&verify).ends_with(4);
    let sh = fixture.sh();
    let from = fixture.path().display().to_string();
    for (name, args) in [("shallow", "--depth=1"), ("partial", "--filter=blob:none")] {
        let clones = Fixture::folder(&[]);
        let to = clones.path().join(name);
        cmd!(sh, "git config uploadpack.allowFilter true").run().unwrap();
        cmd!(sh, "git clone --quiet {args} file://{from} {to}").run().unwrap();
        let mut command = std::process::Command::new(exe());
        let output = command.args(verify).current_dir(&to).output().unwrap();
        ran(output).ends_with(4).says(&[name]);
    }
    let head = cmd!(sh, "git rev-parse HEAD").read().unwrap();
    std::fs::create_dir_all(fixture.path().join(".git/info")).unwrap();
    fixture.write(".git/info/grafts", format!("{head}\n"));
    fixture.xtask(&verify).ends_with(4).says(&["grafts"]);
}

#[test]
fn gitleaks_variables_are_refused_and_not_passed_over() {
    let fixture = Fixture::new(&[("ci.toml", CONFIG)]);
    for name in ["GITLEAKS_CONFIG", "GITLEAKS_CONFIG_TOML"] {
        let verify = |value: &str| {
            let output = fixture.command(&["verify", "--no-reuse"]).env(name, value).output();
            ran(output.unwrap())
        };
        verify("other.toml").ends_with(2).says(&[name, "config ="]);
        verify("").ends_with(0);
    }
    fixture.write("own.toml", "[extend]\nuseDefault = true\n");
    fixture.write("ci.toml", format!("{CONFIG}config = \"own.toml\"\n"));
    fixture.commit("own");
    let output = fixture.command(&["verify"]).env("GITLEAKS_CONFIG", "other.toml").output();
    ran(output.unwrap()).ends_with(0);
}
