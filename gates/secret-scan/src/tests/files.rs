//! Credential files: where they have their say, and that they tell no secret.

use proptest::prelude::*;

use kernel::Tree;

use crate::REGISTER;
use crate::engine::Scanner;
use crate::gitleaks::Pack;
use crate::gitleaks::allow::Expr;
use crate::rules::files::{self, CredentialFile, Read};
use crate::rules::tables;

fn judge(path: &str, text: &str) -> Vec<String> {
    testkit::judge(&REGISTER, "history = \"none\"", &[(path, text)])
}

fn rule(file: &CredentialFile) -> String {
    format!("secret-scan/{}", file.id)
}

#[test]
fn a_rule_about_a_file_has_no_say_in_another() {
    for file in files::ALL.iter().filter(|file| !file.path.is_empty()) {
        let (own, other) = (files::path(file, true), "src/other.rs");
        let says = |path: &str| {
            judge(path, &files::bad(file)).iter().any(|found| found.ends_with(&rule(file)))
        };
        assert!(says(&own), "{} in {own}", file.id);
        assert!(!says(other), "{} in {other}", file.id);
    }
}

#[test]
fn every_path_compiles() {
    let formats = tables::ALL.iter().copied().flatten().filter_map(|format| format.path);
    for path in files::ALL.iter().map(|file| file.path).chain(formats) {
        assert!(Expr::new(path).is_ok(), "{path}");
    }
}

#[test]
fn one_secret_is_told_once() {
    for file in files::ALL {
        let found = judge(&files::path(file, true), &files::bad(file));
        assert_eq!(found.len(), 1, "{}: {found:?}", file.id);
    }
}

#[test]
fn nothing_told_of_a_file_holds_its_secret() {
    const TAIL_LEN: usize = 10;
    let scanner = Scanner::new(Pack::built_in().specs).unwrap();
    for file in files::ALL.iter().filter(|file| !matches!(file.read, Read::Path)) {
        let (path, text) = (files::path(file, true), files::bad(file));
        let hits = scanner.scan(text.as_bytes(), false);
        let tree = Tree::literal([(path.as_str(), text.as_str())]);
        let gate = testkit::configure(&REGISTER, "history = \"none\"", &tree);
        let told = format!("{:?}", gate.check_file(&tree.read(path.as_str().into()).unwrap()));
        assert!(!hits.is_empty(), "{}", file.id);
        for hit in hits {
            let secret = &text[hit.secret];
            let tail = &secret[secret.len().saturating_sub(TAIL_LEN)..];
            assert!(secret.len() < TAIL_LEN || !told.contains(tail), "{}: {tail}", file.id);
        }
    }
}

#[test]
fn what_ships_as_an_example_is_none() {
    for path in [".env.example", ".env.sample", ".env.dist", ".env.test", ".env.template"] {
        let found = judge(path, "DB_PASSWORD=s3cr3t-sw0rd\n");
        assert!(!found.iter().any(|found| found.ends_with("dotenv-secret")), "{path}: {found:?}");
    }
    for value in ["", "changeme", "${DB_PASSWORD}", "postgres", "<password>", "/run/secrets/db"] {
        assert!(judge(".env", &format!("DB_PASSWORD={value}\n")).is_empty(), "{value}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        thread_local!(static SCANNER: Scanner = Scanner::new(Pack::built_in().specs).unwrap());
        let sample = files::bad(&files::ALL[which.index(files::ALL.len())]);
        let mut text = bytes;
        // A piece of a file in the middle of noise, at times the whole.
        let piece = &sample.as_bytes()[..at.index(sample.len() + 1)];
        let place = at.index(text.len() + 1);
        text.splice(place..place, piece.iter().copied());
        SCANNER.with(|scanner| scanner.scan(&text, false));
    }
}
