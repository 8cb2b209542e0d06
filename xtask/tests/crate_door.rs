//! The crate door: a repository elsewhere with an xtask of its own, as README.md
//! and CONTRIBUTING.md say, built against this workspace by path.
//!
//! No network, and this workspace's target folder: what others publish is built
//! already, the runner and the kernel are once more (cargo tells packages apart by
//! where they lie from the workspace that is built).

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Fixture, ran};

const MAIN: &str = "mod no_tabs;\n\nfn main() -> std::process::ExitCode {\n    gate_runner::main(gate_runner::builtin().with(no_tabs::REGISTER))\n}\n";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap()
}

/// The gate that CONTRIBUTING.md shows, without its test.
fn gate() -> String {
    let page = read("CONTRIBUTING.md");
    let code = page.split("```rust\n").filter_map(|block| block.split("```").next());
    let gate = code.into_iter().find(|code| code.contains("REGISTER: Kind")).unwrap();
    gate.split("#[test]").next().unwrap().to_owned()
}

fn example() -> Fixture {
    let here = workspace();
    let here = here.display();
    // The same profile, so that what is built can be taken; and a name of its own,
    // so that this workspace's program is not overwritten.
    let root = read("Cargo.toml");
    let profile = &root[root.find("[profile.dev]").unwrap()..];
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = [\"xtask\"]\n\n{profile}");
    let package = format!(
        "[package]\nname = \"example-xtask\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\ngate-runner = {{ path = '{here}/xtask/runner', default-features = false }}\nkernel = {{ path = '{here}/gates/kernel' }}\nschemars = \"1\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
    );
    Fixture::new(&[
        ("Cargo.toml", &workspace),
        ("Cargo.lock", &read("Cargo.lock")),
        ("xtask/Cargo.toml", &package),
        ("xtask/src/main.rs", MAIN),
        ("xtask/src/no_tabs.rs", &gate()),
        ("ci.toml", "schema = 1\n[gate.no-tabs]\nfiles = [\"*.yml\"]\n"),
        ("a.yml", "jobs:\n\tx: 1\n"),
    ])
}

#[test]
fn a_repository_has_its_own_gate_by_five_lines() {
    assert_eq!(MAIN.lines().count(), 5);
    let fixture = example();
    let target = common::exe();
    let target = target.parent().and_then(Path::parent).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--profile", "dev", "--package", "example-xtask"])
        .current_dir(fixture.path())
        .env("CARGO_TARGET_DIR", target)
        .output();
    ran(built.unwrap()).ends_with(0);
    let program =
        target.join("debug").join(format!("example-xtask{}", std::env::consts::EXE_SUFFIX));
    let xtask = |args: &[&str]| {
        let mut command = Command::new(&program);
        command.args(args).current_dir(fixture.path());
        for (name, _) in fixture.command(&[]).get_envs() {
            command.env_remove(name);
        }
        ran(command.output().unwrap())
    };
    xtask(&["verify"]).ends_with(1).says(&[
        "error[no-tabs/tab]: a tab where blanks belong",
        "a.yml:2:1",
        "fail no-tabs  1 error  2 lines in 1 file",
    ]);
    xtask(&["prove"]).ends_with(0).says(&["ok      no-tabs  1 rule, 2 examples"]);
    xtask(&["explain", "no-tabs/tab"]).ends_with(0).says(&["YAML forbids tabs"]);
    xtask(&["schema"]).ends_with(0).says(&["\"no-tabs\"", "Files that may have no tab"]);
    xtask(&["list"]).ends_with(0).says(&["no-tabs"]);
    fixture.write("ci.toml", "schema = 1\n[gate.no-tabs]\nfile = [\"*.yml\"]\n");
    xtask(&["verify"]).ends_with(2).says(&["unknown key 'file'", "did you mean 'files'?"]);
    fixture.write("ci.toml", "schema = 1\n[gate.no-tasb]\n");
    xtask(&["verify"]).ends_with(2).says(&["did you mean 'no-tabs'?"]);
}
