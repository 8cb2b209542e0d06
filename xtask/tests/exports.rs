//! `receipt export`, as a user would run it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Fixture, PINNED, workflow};

const WORKFLOW: &str = ".github/workflows/ci.yml";
const CI: &str = "schema = 1\n[gate.action-pins]\n[gate.it]\nrun = [\"true\"]\n";
const RESOURCE: &str = "git+https://example.com/o/r";

fn with(reference: &str) -> Fixture {
    Fixture::new(&[("ci.toml", CI), (WORKFLOW, &workflow(reference))])
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn each_format_is_exported_and_report_knows_the_same() {
    let fixture = with("a/b@v1");
    fixture.xtask(&["verify"]).ends_with(1);
    let export =
        |format: &str| fixture.xtask(&["receipt", "export", "--as", format]).ends_with(0).stdout;
    let needs = json(&export("needs-json"));
    assert_eq!(needs["action-pins"]["result"], "failure");
    assert_eq!(needs["it"]["result"], "success");
    assert_eq!(needs["verify-all"]["result"], "failure");
    let statement = json(&export("test-result"));
    assert_eq!(statement["predicate"]["result"], "FAILED");
    assert_eq!(statement["subject"], fixture.receipt()["subject"]);
    assert_eq!(json(&export("ctrf"))["results"]["tests"][0]["status"], "failed");
    let from = ".git/gate-runner/verify-all.json";
    for format in
        ["needs-json", "test-result", "ctrf", "json", "junit", "sarif", "markdown", "github"]
    {
        let report =
            fixture.xtask(&["report", "--from", from, "--format", format]).ends_with(0).stdout;
        assert_eq!(report, export(format), "{format}");
    }
    fixture
        .xtask(&["report", "--from", from, "--format", "vsa"])
        .ends_with(2)
        .says(&["invalid value 'vsa'"]);
    fixture
        .xtask(&["receipt", "export", "--as", "junit", "--key", "k.pem"])
        .ends_with(2)
        .says(&["only vsa checks a receipt"]);
    fixture.xtask(&["receipt", "export", "--as", "xml"]).ends_with(2).says(&["needs-json", "vsa"]);
}

#[test]
fn an_export_is_written_where_asked() {
    let fixture = with(PINNED);
    fixture.xtask(&["verify"]).ends_with(0);
    let args = ["receipt", "export", "--as", "needs-json", "--out", ".git/needs.json"];
    assert_eq!(fixture.xtask(&args).ends_with(0).stdout, "");
    let text = fixture.sh().read_file(".git/needs.json").unwrap();
    assert_eq!(json(&text)["verify-all"]["result"], "success");
}

#[test]
fn a_summary_is_made_of_what_was_checked_and_of_nothing_else() {
    let fixture = with(PINNED);
    fixture.xtask(&["verify", "--receipt", ".git/green.json"]).ends_with(0);
    let vsa = |file: &str| {
        fixture.xtask(&["receipt", "export", file, "--as", "vsa", "--resource", RESOURCE])
    };
    let green = json(&vsa(".git/green.json").ends_with(0).stdout);
    assert_eq!(green["predicate"]["verificationResult"], "PASSED");
    assert_eq!(green["predicate"]["verifiedLevels"][0], "GATE_RUNNER_GREEN");
    let bytes = fixture.sh().read_file(".git/green.json").unwrap();
    let digest = &green["predicate"]["inputAttestations"][0]["digest"]["sha256"];
    let output = std::process::Command::new("sha256sum")
        .arg(fixture.path().join(".git/green.json"))
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with(digest.as_str().unwrap()));

    fixture.write(".git/edited.json", bytes.replacen("\"dirty\": false", "\"dirty\":  false", 1));
    let edited = vsa(".git/edited.json").ends_with(5).says(&["schema", "nothing is said of it"]);
    assert_eq!(edited.stdout, "");

    fixture.xtask(&["receipt", "export", ".git/green.json", "--as", "vsa"]).ends_with(2);
    fixture
        .xtask(&["receipt", "export", ".git/green.json", "--as", "vsa", "--resource", "my repo"])
        .ends_with(2)
        .says(&["is no URI"]);

    fixture.write(WORKFLOW, workflow("a/b@v1"));
    fixture.xtask(&["verify", "--receipt", ".git/dirty.json"]).ends_with(1);
    vsa(".git/dirty.json").ends_with(5).says(&["dirty"]);
    fixture
        .xtask(&["receipt", "export", ".git/dirty.json", "--as", "test-result"])
        .ends_with(5)
        .says(&["differed from the commit"]);

    fixture.commit("unpin");
    vsa(".git/green.json").ends_with(5).says(&["commit-mismatch"]);
    fixture.xtask(&["verify", "--receipt", ".git/red.json"]).ends_with(1);
    let red = json(&vsa(".git/red.json").ends_with(1).stdout);
    assert_eq!(red["predicate"]["verificationResult"], "FAILED");
    assert_eq!(red["predicate"]["verifiedLevels"][0], "FAILED");
    let reasons = &red["predicate"]["https://gate-runner.dev/verification-summary/reasons"];
    assert_eq!(reasons[0]["code"], "not-green");

    fixture.xtask(&["verify", "--receipt", ".git/part.json", "it"]).ends_with(0);
    let part = vsa(".git/part.json");
    assert_ne!(part.code, 0);
    assert!(!part.stdout.contains("PASSED"));
}

#[test]
fn a_page_is_drawn_of_a_receipt_and_of_a_folder() {
    let fixture = with("a/b@v1");
    fixture.sh().create_dir(".git/runs/nested").unwrap();
    fixture.xtask(&["verify", "--receipt", ".git/runs/one.json"]).ends_with(1);
    fixture.write(WORKFLOW, workflow(PINNED));
    fixture.xtask(&["verify", "--receipt", ".git/runs/nested/two.json"]).ends_with(0);
    fixture.write(".git/runs/notes.txt", "no receipt");
    let one = fixture
        .xtask(&["receipt", "export", ".git/runs/one.json", "--as", "html"])
        .ends_with(0)
        .stdout;
    assert!(one.starts_with("<!DOCTYPE html>") && one.ends_with("</html>\n"));
    assert!(one.contains("<mark>a/b@v1</mark>"), "{one}");
    let folder =
        fixture.xtask(&["report", "--from", ".git/runs", "--format", "html"]).ends_with(0).stdout;
    for words in ["the newest of 2 receipts: 1 green, 1 red", "notes.txt", "nested/two.json"] {
        assert!(folder.contains(words), "no {words} in {folder}");
    }
    let exported = fixture.xtask(&["receipt", "export", ".git/runs", "--as", "html"]).ends_with(0);
    assert_eq!(exported.stdout, folder, "no clock, no order of the disk");
    fixture
        .xtask(&["report", "--from", ".git/runs", "--format", "junit"])
        .ends_with(2)
        .says(&["is a folder, and only html shows one"]);
    fixture.sh().create_dir(".git/empty").unwrap();
    fixture
        .xtask(&["report", "--from", ".git/empty", "--format", "html"])
        .ends_with(2)
        .says(&["has no file"]);
}

#[test]
fn a_summary_says_signed_only_where_the_signature_was_asked_for_and_held() {
    let fixture = with(PINNED);
    let outside = tempfile::TempDir::new().unwrap();
    let path = |name: &str| outside.path().join(name).to_str().unwrap().to_owned();
    let (key, receipt, allowed) = (path("key"), path("runs/r.json"), path("allowed"));
    std::fs::create_dir(path("runs")).unwrap();
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", &key])
        .status();
    assert!(made.unwrap().success());
    let public = std::fs::read_to_string(format!("{key}.pub")).unwrap();
    std::fs::write(&allowed, format!("ci {public}")).unwrap();
    fixture.xtask(&["verify", "--receipt", &receipt]).ends_with(0);

    let bare = ["receipt", "export", &receipt, "--as", "vsa", "--resource", RESOURCE];
    let asked = [&bare[..], &["--allowed-signers", &allowed, "--identity", "ci"]].concat();
    fixture.xtask(&asked).ends_with(5).says(&["signature", "nothing is said of it"]);
    fixture.xtask(&["receipt", "sign", "--ssh", &key, &receipt]).ends_with(0);
    let levels = |args: &[&str]| {
        let told = json(&fixture.xtask(args).ends_with(0).stdout);
        told["predicate"]["verifiedLevels"].clone()
    };
    assert_eq!(levels(&asked), serde_json::json!(["GATE_RUNNER_GREEN", "GATE_RUNNER_SIGNED"]));
    assert_eq!(levels(&bare), serde_json::json!(["GATE_RUNNER_GREEN"]), "not looked at");

    let page = fixture.xtask(&["receipt", "export", &path("runs"), "--as", "html"]).ends_with(0);
    assert!(page.stdout.contains("the newest of 1 receipt: 1 green"));
    assert!(!page.stdout.contains("no receipt"), "a signature is no file that was passed over");
}
