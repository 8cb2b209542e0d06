//! Who made a receipt: signed with the tools that people have, and every way
//! to pass for somebody else.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Fixture, PINNED, Ran, workflow};
use tempfile::TempDir;

/// A green receipt, and keys made here: none is kept in the repository.
struct Signing {
    repository: Fixture,
    outside: TempDir,
}

/// A program that the test cannot do without. A developer may lack it, CI may
/// not.
fn has(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    let found = found.is_ok_and(|found| found.status.success());
    assert!(found || std::env::var_os("CI").is_none(), "'{program}' is missing in CI");
    found
}

fn run(folder: &Path, argv: &[&str]) {
    let ran = Command::new(argv[0]).args(&argv[1..]).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{argv:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

impl Signing {
    fn new() -> Signing {
        let files = [
            ("ci.toml", "schema = 1\n[gate.action-pins]\n"),
            (".github/workflows/ci.yml", &workflow(PINNED)),
        ];
        let signing =
            Signing { repository: Fixture::new(&files), outside: TempDir::new().unwrap() };
        let receipt = signing.path("receipt.json");
        signing.repository.xtask(&["verify", "--receipt", &receipt]).ends_with(0);
        signing
    }

    fn path(&self, name: &str) -> String {
        self.outside.path().join(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// An SSH key, and a line that allows it to `who`.
    fn ssh_key(&self, name: &str, who: &str) -> String {
        let argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name];
        run(self.outside.path(), &argv);
        format!("{who} {}\n", self.read(&format!("{name}.pub")).trim())
    }

    fn openssl_key(&self, name: &str) {
        let (secret, public) = (format!("{name}.pem"), format!("{name}.pub.pem"));
        let folder = self.outside.path();
        run(folder, &["openssl", "genpkey", "-algorithm", "ed25519", "-out", &secret]);
        run(folder, &["openssl", "pkey", "-in", &secret, "-pubout", "-out", &public]);
    }

    fn xtask(&self, args: &[&str]) -> Ran {
        self.repository.xtask(args)
    }

    fn sign(&self, option: &str, key: &str) -> Ran {
        let (key, receipt) = (self.path(key), self.path("receipt.json"));
        self.xtask(&["receipt", "sign", option, &key, &receipt])
    }

    fn verify(&self, verb: &str, identity: &str) -> Ran {
        let (receipt, allowed) = (self.path("receipt.json"), self.path("allowed_signers"));
        let who = ["--allowed-signers", &allowed, "--identity", identity];
        self.xtask(&[&["receipt", verb, &receipt], &who[..]].concat())
    }

    fn verify_envelope(&self, verb: &str, file: &str, key: &str) -> Ran {
        let (file, key) = (self.path(file), self.path(key));
        self.xtask(&["receipt", verb, &file, "--key", &key])
    }
}

#[test]
fn an_ssh_signature_is_believed_of_an_allowed_signer_alone() {
    if !has("ssh-keygen") {
        return;
    }
    let signing = Signing::new();
    let line = signing.ssh_key("key", "ci@example.invalid");
    let stranger = signing.ssh_key("stranger", "ci@example.invalid");
    signing.write("allowed_signers", &line);
    signing.verify("verify", "ci@example.invalid").ends_with(5).says(&["signature: it is not"]);
    signing.sign("--ssh", "key").ends_with(0).says(&["receipt.json.sig"]);
    signing.verify("verify", "ci@example.invalid").ends_with(0).says(&["signed by ci@example"]);
    signing.verify("check", "ci@example.invalid").ends_with(0).says(&["green", "signed by ci@"]);
    signing.verify("verify", "you@example.invalid").ends_with(5).says(&["signer: not by 'you@"]);
    let receipt = signing.path("receipt.json");
    signing.xtask(&["receipt", "verify", &receipt]).ends_with(2).says(&["nobody is named"]);
    signing.xtask(&["receipt", "check", &receipt]).ends_with(0).says(&["was not looked at"]);

    signing.write("allowed_signers", &stranger);
    signing.verify("verify", "ci@example.invalid").ends_with(5).says(&["signer: "]);
    signing.write("allowed_signers", "no signers at all\n");
    signing.verify("verify", "ci@example.invalid").ends_with(5).says(&["signer: "]);
    let git = line.replacen(' ', " namespaces=\"git\" ", 1);
    signing.write("allowed_signers", git);
    signing.verify("verify", "ci@example.invalid").ends_with(5).says(&["signer: "]);
}

#[test]
fn an_ssh_key_counts_in_its_time_alone() {
    if !has("ssh-keygen") {
        return;
    }
    let signing = Signing::new();
    let line = signing.ssh_key("key", "ci");
    signing.sign("--ssh", "key").ends_with(0);
    let during = |options: &str| line.replacen("ci ", &format!("ci {options} "), 1);
    signing.write("allowed_signers", during("valid-before=\"20250101\""));
    signing.verify("verify", "ci").ends_with(5).says(&["signer: ", "expired"]);
    signing.write("allowed_signers", during("valid-after=\"21000101\""));
    signing.verify("verify", "ci").ends_with(5).says(&["signer: ", "not yet valid"]);
    signing.write("allowed_signers", during("valid-before=\"21000101\""));
    signing.verify("verify", "ci").ends_with(0);

    // The receipt's own date helps no expired key, and does not make a key
    // older than it is.
    let aged = |from: &str| {
        let mut receipt: serde_json::Value =
            serde_json::from_str(&signing.read("receipt.json")).unwrap();
        let run = &mut receipt["predicate"]["run"];
        for (key, time) in [("startedAt", "00:00:00.000"), ("finishedAt", "00:00:01.000")] {
            run[key] = format!("{from}T{time}Z").into();
        }
        run["durationMs"] = 1_000.into();
        signing.write("receipt.json", format!("{receipt:#}\n"));
        signing.sign("--ssh", "key").ends_with(0);
    };
    aged("2024-06-01");
    signing.write("allowed_signers", during("valid-before=\"20250101\""));
    signing.verify("verify", "ci").ends_with(5).says(&["signer: ", "expired"]);
    signing.write("allowed_signers", during("valid-after=\"20250101\""));
    signing.verify("verify", "ci").ends_with(5).says(&["signer: ", "not yet valid"]);
    // Whoever asks may ask about an earlier day.
    signing.write("allowed_signers", during("valid-before=\"20250101\""));
    let (receipt, allowed) = (signing.path("receipt.json"), signing.path("allowed_signers"));
    let at = ["--identity", "ci", "--at", "2024-07-01T00:00:00Z"];
    let args = ["receipt", "verify", &receipt, "--allowed-signers", &allowed];
    signing.xtask(&[&args[..], &at].concat()).ends_with(0);
}

#[test]
fn an_ssh_signature_of_something_else_is_refused() {
    if !has("ssh-keygen") {
        return;
    }
    let signing = Signing::new();
    signing.write("allowed_signers", signing.ssh_key("key", "ci"));
    let receipt = signing.read("receipt.json");
    signing.sign("--ssh", "key").ends_with(0);
    let signature = signing.read("receipt.json.sig");

    signing.write("receipt.json", receipt.replacen("\"dirty\": false", "\"dirty\": true", 1));
    signing.verify("verify", "ci").ends_with(5).says(&["signature: the SSH signature is bad"]);
    // Every reason of both.
    signing.verify("check", "ci").ends_with(5).says(&["signature: ", "dirty: "]);
    signing.write("receipt.json", &receipt);

    let middle = signature.len() / 2;
    let flipped = if signature.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let mut bad = signature.clone();
    bad.replace_range(middle..=middle, flipped);
    for bad in [bad, format!("{signature}{signature}"), "ssh".into(), String::new()] {
        signing.write("receipt.json.sig", bad);
        signing.verify("verify", "ci").ends_with(5).says(&["signature: "]);
    }
    std::fs::remove_file(signing.path("receipt.json.sig")).unwrap();
    let sign = ["ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", "git", "receipt.json"];
    run(signing.outside.path(), &sign);
    signing.verify("verify", "ci").ends_with(5).says(&["signature: ", "namespace"]);
}

#[test]
fn without_ssh_keygen_it_says_what_to_install() {
    let signing = Signing::new();
    signing.write("allowed_signers", "");
    signing.write(
        "receipt.json.sig",
        "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n",
    );
    let (receipt, allowed) = (signing.path("receipt.json"), signing.path("allowed_signers"));
    let args = ["receipt", "verify", &receipt, "--allowed-signers", &allowed, "--identity", "ci"];
    let mut command = signing.repository.command(&args);
    let ran = common::ran(command.env("PATH", signing.outside.path()).output().unwrap());
    ran.ends_with(4).says(&["'ssh-keygen' is not installed", "install OpenSSH"]);
}

#[test]
fn an_envelope_is_believed_by_its_key_alone() {
    if !has("openssl") {
        return;
    }
    let signing = Signing::new();
    signing.openssl_key("own");
    signing.openssl_key("other");
    signing.sign("--ed25519", "own.pem").ends_with(0).says(&["receipt.json.dsse.json"]);
    let envelope = "receipt.json.dsse.json";
    signing.verify_envelope("verify", envelope, "own.pub.pem").ends_with(0);
    let ok = signing.verify_envelope("check", envelope, "own.pub.pem");
    ok.ends_with(0).says(&["green", "signed by "]);
    let refused = signing.verify_envelope("verify", envelope, "other.pub.pem");
    refused.ends_with(5).says(&["signer: "]);
    let refused = signing.verify_envelope("check", envelope, "other.pub.pem");
    refused.ends_with(5).says(&["signer: ", "1 reason"]);
    signing.verify_envelope("verify", envelope, "own.pem").ends_with(2).says(&["PRIVATE KEY"]);
    let path = signing.path(envelope);
    let keys = [signing.path("other.pub.pem"), signing.path("own.pub.pem")];
    let args = ["receipt", "verify", &path, "--key", &keys[0], "--key", &keys[1]];
    signing.xtask(&args).ends_with(0);

    // What reads a receipt reads what is in an envelope.
    signing.xtask(&["receipt", "check", &path]).ends_with(0).says(&["was not looked at"]);
    signing.xtask(&["receipt", "show", &path]).ends_with(0).says(&["action-pins"]);
    let json = signing.xtask(&["report", "--from", &path, "--format", "json"]).ends_with(0);
    assert_eq!(json.stdout, signing.read("receipt.json"));

    let text = signing.read(envelope);
    let other = text.replacen("application/vnd.in-toto+json", "application/json", 1);
    signing.write("bad.json", other);
    let refused = signing.verify_envelope("check", "bad.json", "own.pub.pem");
    refused.ends_with(5).says(&["signature: ", "payloadType", "1 reason"]);
    signing.xtask(&["receipt", "check", &signing.path("bad.json")]).ends_with(5);
    signing.xtask(&["receipt", "show", &signing.path("bad.json")]).ends_with(5);
}

#[test]
fn openssl_agrees_with_the_signature() {
    if !has("openssl") {
        return;
    }
    let signing = Signing::new();
    signing.openssl_key("own");
    signing.sign("--ed25519", "own.pem").ends_with(0);
    let envelope: serde_json::Value =
        serde_json::from_str(&signing.read("receipt.json.dsse.json")).unwrap();
    let receipt = signing.read("receipt.json");
    let pae = format!("DSSEv1 28 application/vnd.in-toto+json {} {receipt}", receipt.len());
    signing.write("pae", pae);
    signing.write("sig.base64", envelope["signatures"][0]["sig"].as_str().unwrap());
    let folder = signing.outside.path();
    run(folder, &["openssl", "base64", "-d", "-A", "-in", "sig.base64", "-out", "sig"]);
    let verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "own.pub.pem", "-rawin"];
    run(folder, &[&verify[..], &["-in", "pae", "-sigfile", "sig"]].concat());
    run(
        folder,
        &["openssl", "pkey", "-pubin", "-in", "own.pub.pem", "-outform", "DER", "-out", "der"],
    );
    let argv = ["dgst", "-sha256", "-r"];
    let digest = Command::new("openssl").args(argv).arg(signing.path("der")).output().unwrap();
    let digest = String::from_utf8(digest.stdout).unwrap();
    assert!(digest.starts_with(envelope["signatures"][0]["keyid"].as_str().unwrap()), "{digest}");
}

#[test]
fn only_a_receipt_is_signed() {
    if !has("openssl") {
        return;
    }
    let signing = Signing::new();
    signing.openssl_key("own");
    let key = signing.path("own.pem");
    signing.sign("--ed25519", "own.pub.pem").ends_with(2).says(&["openssl genpkey"]);
    signing.sign("--ed25519", "own.pem").ends_with(0);
    let envelope = signing.path("receipt.json.dsse.json");
    let again = signing.xtask(&["receipt", "sign", "--ed25519", &key, &envelope]);
    again.ends_with(2).says(&["signed already"]);
    let receipt = signing.read("receipt.json");
    signing.write("receipt.json", format!("{receipt} "));
    signing.sign("--ed25519", "own.pem").ends_with(5).says(&["not in canonical form"]);
    signing.xtask(&["receipt", "sign", &signing.path("receipt.json")]).ends_with(2);
}
