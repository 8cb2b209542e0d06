//! The archive for an auditor: whole, told by its index, and the same bytes
//! whenever it is made.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::io::Read;

use common::release::{CI, POLICY, Release};
use common::{PINNED, workflow};
use serde_json::Value;
use sha2::{Digest, Sha256};

const WAIVER: &str = "\n[[waiver]]\nrule = \"action-pins/unpinned-uses\"\npath = \".github/workflows/old.yml\"\nreason = \"replaced in March\"\n";

fn release() -> Release {
    let files = [
        ("ci.toml", &*format!("{CI}{WAIVER}")),
        (".github/workflows/ci.yml", &workflow(PINNED)),
        (".github/workflows/old.yml", &workflow("actions/checkout@v4")),
    ];
    let release = Release::of(&files, POLICY);
    release.ci("push", &[]).ends_with(0);
    release
}

fn unpacked(path: &str) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn the_archive_holds_what_an_auditor_asks_for_and_is_made_again_byte_for_byte() {
    let release = release();
    let (receipt, policy) = (release.path("receipt.json"), release.path("policy.toml"));
    let protection = release.path("protection.json");
    std::fs::write(&protection, "{\"enforce_admins\":{\"enabled\":true}}").unwrap();
    let make = |out: &str| {
        let args = ["evidence", "--receipt", &receipt, "--policy", &policy, "--out", out];
        let args = [&args[..], &["--branch-protection", &protection]].concat();
        release.repository.xtask(&args).ends_with(0).says(&["6 files  sha256 "]);
        std::fs::read(out).unwrap()
    };
    let (one, two) = (release.path("one.zip"), release.path("two.zip"));
    let first = make(&one);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(first, make(&two), "the clock is in it");
    let files = unpacked(&one);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "branch-protection.json",
            "checks.json",
            "config/ci.toml",
            "exceptions.json",
            "index.json",
            "policy/policy.toml",
            "receipts/receipt.json",
        ]
    );
    let index = json(&files["index.json"]);
    assert_eq!(index["commit"], release.head());
    let listed = index["files"].as_array().unwrap();
    assert_eq!(listed.len() + 1, files.len());
    for entry in listed {
        let bytes = &files[entry["path"].as_str().unwrap()];
        let digest: String =
            Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(entry["sha256"], digest);
        assert_eq!(entry["size"], bytes.len());
    }
    assert_eq!(files["receipts/receipt.json"], std::fs::read(&receipt).unwrap());
    let exceptions = json(&files["exceptions.json"]);
    assert_eq!(exceptions[0]["waivers"][0]["reason"], "replaced in March");
    assert_eq!(json(&files["checks.json"])[0]["reasonsNotToTrust"], Value::Array(Vec::new()));
}

#[test]
fn a_receipt_that_is_not_believed_is_kept_with_the_reasons() {
    let release = release();
    let receipt = release.path("receipt.json");
    let text = std::fs::read_to_string(&receipt).unwrap();
    std::fs::write(&receipt, text.replacen("\"passed\"", "\"failed\"", 1)).unwrap();
    let out = release.path("out.zip");
    release.repository.xtask(&["evidence", "--receipt", &receipt, "--out", &out]).ends_with(0);
    let checks = json(&unpacked(&out)["checks.json"]);
    let reasons = checks[0]["reasonsNotToTrust"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["code"] == "gate-failed"), "{checks}");
}

#[test]
fn receipts_of_other_commits_are_told_apart() {
    let release = release();
    let dir = release.path("receipts");
    std::fs::create_dir(&dir).unwrap();
    let keep = |name: &str| {
        std::fs::copy(release.path("receipt.json"), format!("{dir}/{name}")).unwrap();
    };
    keep("old.json");
    release.repository.write("new", "file");
    release.repository.commit("go on");
    let out = release.path("out.zip");
    let args = ["evidence", "--dir", &dir, "--out", &out];
    release.repository.xtask(&args).ends_with(2).says(&["no receipt is about this commit"]);
    release.ci("push", &[]).ends_with(0);
    keep("new.json");
    release.repository.xtask(&args).ends_with(0).says(&["left out: ", "old.json"]);
    assert!(unpacked(&out).contains_key("receipts/new.json"));
    let old = format!("{dir}/old.json");
    let args = ["evidence", "--receipt", &old, "--out", &out];
    release.repository.xtask(&args).ends_with(5).says(&["about another commit"]);
    // A policy of the commit itself shows nothing.
    let new = format!("{dir}/new.json");
    let args = ["evidence", "--receipt", &new, "--out", &out, "--policy", "self"];
    release.repository.xtask(&args).ends_with(5).says(&["policy-self"]);
}
