//! The core built without the restricted tree, and what is shipped looked into:
//! by real programs, the user's tree the same before and after.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Fixture;
use xshell::cmd;

const BOUNDARY: &str =
    "schema = 1\n[[gate.editions-gate.boundary]]\nname = \"core\"\nrestricted = [\"ee/**\"]\n";

/// What git and the file system say of the fixture, ignored files too.
fn tree(fixture: &Fixture) -> String {
    let sh = fixture.sh();
    let status = cmd!(sh, "git status --porcelain --ignored").read().unwrap();
    let files = cmd!(sh, "git ls-files -s").read().unwrap();
    let read = |path: &str| sh.read_file(path).unwrap_or_default();
    let read: Vec<String> =
        files.lines().filter_map(|line| line.split('\t').nth(1)).map(read).collect();
    format!("{status}\n{files}\n{read:?}")
}

fn core(lib: &str) -> Fixture {
    let build = "[gate.editions-gate.build]\nrun = [[\"cargo\", \"build\", \"--offline\"], [\"cargo\", \"test\", \"--offline\"]]\nenv = { EDITION = \"ee\" }\n";
    Fixture::new(&[
        ("ci.toml", &format!("{BOUNDARY}{build}")),
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"core\"]\n"),
        ("core/Cargo.toml", "[package]\nname = \"core-product\"\nedition = \"2024\"\n"),
        ("core/src/lib.rs", lib),
        ("ee/notice.txt", "paid\n"),
    ])
}

#[test]
fn a_core_that_needs_the_restricted_tree_does_not_build() {
    // Which folder this is, no reading of the source tells.
    let lib = "//! The core.\n\n/// Text.\npub const NOTICE: &str =\n    include_str!(concat!(\"../../\", env!(\"EDITION\"), \"/notice.txt\"));\n";
    let fixture = core(lib);
    let before = tree(&fixture);
    fixture.xtask(&["verify"]).ends_with(1).says(&[
        "editions-gate/core-build",
        "'cargo build --offline' ended with 101 without 'ee/**'",
        "core/src/lib.rs:5",
    ]);
    assert_eq!(tree(&fixture), before);
}

#[test]
fn a_core_that_stands_alone_is_built_and_tested_in_one_copy() {
    let lib = "//! The core.\n\n#[test]\nfn it_stands_alone() {\n    assert!(!std::path::Path::new(\"../ee\").exists());\n}\n";
    let fixture = core(lib);
    let before = tree(&fixture);
    fixture.xtask(&["verify"]).ends_with(0);
    assert_eq!(tree(&fixture), before);
    assert!(fixture.path().join(".git/gate-runner/build/cargo/debug").is_dir());
    // A failing test is as red as a failing build.
    fixture.write("core/src/lib.rs", lib.replace("!std", "std"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["'cargo test --offline' ended with 101"]);
}

#[cfg(unix)]
mod binary {
    use super::*;

    const BINARY: &str = "[[gate.editions-gate.binary]]\nartifact = \"dist/x\"\ntwin = \"dist/all\"\nabsent = [\"pkg/ee/\"]\nrefuses = { env = { AUTH = \"dev\" }, message = \"not compiled in\", within_s = 2 }\n";

    fn shipped(artifact: &str, twin: Option<&str>) -> Fixture {
        let fixture = Fixture::new(&[
            ("ci.toml", &format!("{BOUNDARY}{BINARY}")),
            (".gitignore", "dist/\n"),
            ("a.py", "x = 1\n"),
            ("ee/b.py", "x = 1\n"),
        ]);
        let sh = fixture.sh();
        for (path, text) in [("dist/x", Some(artifact)), ("dist/all", twin)] {
            if let Some(text) = text {
                fixture.write(path, format!("#!/bin/sh\n{text}\n"));
                cmd!(sh, "chmod +x {path}").run().unwrap();
            }
        }
        fixture
    }

    const REFUSES: &str = "[ \"$AUTH\" = dev ] && echo 'dev: not compiled in' >&2 && exit 1";

    #[test]
    fn a_clean_artifact_beside_a_twin_that_trips_is_green() {
        shipped(REFUSES, Some("# pkg/ee/\nsleep 60")).xtask(&["verify"]).ends_with(0);
    }

    #[test]
    fn every_leak_and_every_sleeping_probe_is_told() {
        let fixture = shipped("# pkg/ee/\nexit 0", Some(REFUSES));
        fixture.xtask(&["verify"]).ends_with(1).says(&[
            "'dist/x' holds 'pkg/ee/', which must not be in it",
            "'dist/x' starts with 'AUTH=dev', which it must refuse",
            "the probe 'pkg/ee/' is asleep: 'dist/all' does not hold it either",
            "the probe 'AUTH=dev' is asleep: 'dist/all' refuses it as well",
        ]);
        let fixture = shipped("exit 7", Some("# pkg/ee/\nsleep 60"));
        fixture.xtask(&["verify"]).ends_with(1).says(&["'dist/x' ended with 7 and did not say"]);
    }

    #[test]
    fn an_artifact_that_is_not_there_is_an_error() {
        let fixture = shipped(REFUSES, None);
        fixture.xtask(&["verify"]).ends_with(4).says(&["the artifact 'dist/all' is not there"]);
        assert_eq!(fixture.outcome("editions-gate"), "errored missing-artifact");
    }

    #[test]
    fn a_program_that_changes_the_tree_is_an_error() {
        let fixture = shipped(&format!("echo 1 > a.py\n{REFUSES}"), Some("# pkg/ee/\nsleep 60"));
        fixture.xtask(&["verify"]).ends_with(3).says(&["the work tree changed while"]);
        assert_eq!(fixture.outcome("editions-gate"), "errored mutated-tree");
    }
}
