//! A stranger's repository: one command, and the next one is green.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Fixture, PINNED, workflow};

const WORKFLOW: &str = ".github/workflows/ci.yml";

fn read(fixture: &Fixture, path: &str) -> String {
    fixture.sh().read_file(path).unwrap()
}

#[test]
fn what_is_red_today_is_known_and_verify_is_green() {
    let unpinned = workflow("actions/checkout@v4");
    let fixture = Fixture::new(&[(WORKFLOW, &unpinned), ("Cargo.toml", "[workspace]\n")]);
    fixture.xtask(&["init"]).ends_with(0).says(&[
        "wrote ci.toml",
        "action-pins  1 workflow or action file: 1 finding",
        "wrote ci.baseline.json: 1 finding of today",
    ]);
    let ci = read(&fixture, "ci.toml");
    assert!(ci.contains("[gate.action-pins]\n") && ci.contains("# [gate.test]\n"), "{ci}");
    fixture.commit("adopt");
    fixture.xtask(&["verify"]).ends_with(0).says(&["green: 2 of 2"]);
    // What is new counts.
    fixture.write(".github/workflows/new.yml", workflow("actions/cache@v4"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["actions/cache@v4"]);
}

#[test]
fn the_hook_is_installed_on_request() {
    let fixture = Fixture::new(&[("a", "b\n")]);
    fixture.xtask(&["init", "--hook"]).ends_with(0).says(&["wrote ci.toml", "pre-push"]);
    assert!(fixture.path().join(".git/hooks/pre-push").exists());
}

#[test]
fn a_push_is_judged_by_what_it_brings() {
    let fixture = Fixture::new(&[("a", "b\n")]);
    let sh = fixture.sh();
    xshell::cmd!(sh, "git update-ref refs/remotes/origin/main HEAD").quiet().run().unwrap();
    fixture.xtask(&["init"]).ends_with(0);
    let ci = read(&fixture, "ci.toml");
    assert!(ci.contains("base = \"origin/main\""), "{ci}");
    assert!(ci.contains("[profile.quick.options.secret-scan]\nhistory = \"range\"\n"), "{ci}");
    fixture.xtask(&["verify", "--profile", "quick"]).ends_with(0).says(&["partial"]);
}

#[test]
fn nothing_is_ever_overwritten() {
    let fixture = Fixture::new(&[("a", "b")]);
    fixture.xtask(&["init"]).ends_with(0);
    let first = read(&fixture, "ci.toml");
    fixture.xtask(&["init"]).ends_with(2).says(&["ci.toml is there already"]);
    assert_eq!(read(&fixture, "ci.toml"), first);
    fixture.xtask(&["init", "--print"]).ends_with(0).says(&["schema = 1", "[gate.secret-scan]"]);
    let own = Fixture::new(&[(".github/workflows/gates.yml", "mine\n")]);
    let source = format!("https://example.invalid/o/r@{}", "a".repeat(40));
    let args = ["init", "--ci", "github", "--source", &source];
    own.xtask(&args).ends_with(2).says(&["gates.yml is there already"]);
    assert!(!own.path().join("ci.toml").exists(), "half of it was written");
}

#[test]
fn the_wrapper_passes_the_gate_that_it_runs() {
    let alias = "[alias]\nxtask = \"run --package xtask --\"\n";
    let fixture = Fixture::new(&[(".cargo/config.toml", alias)]);
    fixture.xtask(&["init", "--ci", "github"]).ends_with(0).says(&["wrote .github/workflows"]);
    let wrapper = read(&fixture, ".github/workflows/gates.yml");
    assert!(wrapper.contains("- run: cargo xtask verify"), "{wrapper}");
    fixture.xtask(&["verify"]).ends_with(0).says(&["ok action-pins  3 references in 1 file"]);
}

#[test]
fn ci_must_know_where_the_program_comes_from() {
    let fixture = Fixture::new(&[(WORKFLOW, &workflow(PINNED))]);
    let ask = |args: &[&str]| fixture.xtask(args);
    ask(&["init", "--ci", "github"]).ends_with(2).says(&["--source https://HOST"]);
    for source in ["https://example.invalid/o/r@main", "git@h:o/r", "https://h/$(x)@"] {
        let source =
            source.replace("r@", &format!("r@{}", if source.contains("$(") { "" } else { "x" }));
        ask(&["init", "--ci", "github", "--source", &source]).ends_with(2);
    }
    assert!(!fixture.path().join("ci.toml").exists());
    let source = format!("https://example.invalid/o/r@{}", "0a".repeat(20));
    ask(&["init", "--ci", "github", "--source", &source]).ends_with(0);
    let wrapper = read(&fixture, ".github/workflows/gates.yml");
    assert!(wrapper.contains("cargo install --locked --git https://example.invalid/o/r --rev 0a"));
    assert!(wrapper.contains("- run: xtask verify"));
}

#[test]
fn a_plain_folder_and_an_empty_repository_begin_too() {
    let folder = Fixture::folder(&[("notes.txt", "nothing\n")]);
    folder.xtask(&["init"]).ends_with(0);
    folder.xtask(&["verify"]).ends_with(0);
    let empty = Fixture::new(&[]);
    empty.xtask(&["init"]).ends_with(0);
    empty.xtask(&["verify"]).ends_with(0);
}

const ALIAS: (&str, &str) = (".cargo/config.toml", "[alias]\nxtask = \"run --package xtask --\"\n");

#[test]
fn the_fan_out_form_is_asked_for() {
    let fixture = Fixture::new(&[ALIAS]);
    let told = "let branch rules require its job 'verify-all'";
    fixture.xtask(&["init", "--ci", "github", "--fan-out"]).ends_with(0).says(&[told]);
    let wrapper = read(&fixture, ".github/workflows/gates.yml");
    for call in ["cargo xtask plan --matrix", "cargo xtask run --gate", "cargo xtask merge"] {
        assert_eq!(wrapper.matches(call).count(), 1, "{wrapper}");
    }
    // Our own gate finds nothing in it.
    fixture.xtask(&["verify"]).ends_with(0).says(&["ok action-pins  9 references in 1 file"]);
    for provider in ["gitlab", "shell"] {
        let other = Fixture::new(&[ALIAS]);
        let args = ["init", "--ci", provider, "--fan-out"];
        other.xtask(&args).ends_with(2).says(&["--fan-out goes with --ci github only"]);
        assert!(!other.path().join("ci.toml").exists());
    }
}

#[test]
fn the_nightly_and_the_release_are_asked_for() {
    let fixture = Fixture::new(&[ALIAS]);
    let told = "add what publishes, each job with needs: [require-green]";
    let args = ["init", "--ci", "github", "--nightly", "--release"];
    fixture.xtask(&args).ends_with(0).says(&[told]);
    let nightly = read(&fixture, ".github/workflows/gates-nightly.yml");
    assert!(nightly.contains("run: cargo xtask verify --no-reuse"), "{nightly}");
    let release = read(&fixture, ".github/workflows/release.yml");
    assert!(release.contains("run: cargo xtask-online require-green"), "{release}");
    // Our own gate knows the check, and finds nothing in the three.
    fixture.xtask(&["verify"]).ends_with(0).says(&["ok action-pins  8 references in 3 files"]);
    fixture.write(".github/workflows/release.yml", release.replace("--wait 20m", "--wait 50m"));
    fixture.xtask(&["verify"]).ends_with(1).says(&["waits-longer-than-its-limit"]);
    let other = Fixture::new(&[ALIAS]);
    other.xtask(&["init", "--ci", "gitlab", "--nightly"]).ends_with(2).says(&["github only"]);
}

/// As GitHub takes the form apart: what each job calls, with what.
#[test]
fn the_fan_out_forms_calls_are_ours() {
    let fixture = Fixture::new(&[ALIAS]);
    fixture.xtask(&["init", "--ci", "github", "--fan-out"]).ends_with(0);
    fixture.write(".gitignore", "*.json\nparts\n!ci.baseline.json\n");
    fixture.commit("adopt");
    let wrapper = read(&fixture, ".github/workflows/gates.yml");
    let calls: Vec<&str> = wrapper
        .lines()
        .filter_map(|line| line.split_once("run: cargo xtask "))
        .map(|it| it.1)
        .collect();
    let [plan, run, merge] = calls.try_into().unwrap();
    let shell = |line: &str, env: &[(&str, &str)]| {
        let mut command = std::process::Command::new("sh");
        let line = format!("{} {line}", common::exe().display());
        command.args(["-euc", &line]).current_dir(fixture.path()).envs(env.iter().copied());
        for name in ["CI", "GITHUB_ACTIONS", "GITLAB_CI"] {
            command.env_remove(name);
        }
        common::ran(command.output().unwrap())
    };
    let matrix = shell(plan, &[]).ends_with(0).stdout;
    let matrix: serde_json::Value = serde_json::from_str(&matrix).unwrap();
    let mut digest = String::new();
    for (index, entry) in matrix["include"].as_array().unwrap().iter().enumerate() {
        digest = entry["plan"].as_str().unwrap().to_owned();
        let env = [("GATE", entry["gate"].as_str().unwrap()), ("PLAN", digest.as_str())];
        shell(run, &env).ends_with(0);
        let part = format!("parts/part-{index}/part.json");
        fixture.write(&part, read(&fixture, "part.json"));
    }
    shell(merge, &[("PLAN", &digest), ("PARTS", "parts")]).ends_with(0).says(&["green: 2 of 2"]);
    shell(merge, &[("PLAN", ""), ("PARTS", "parts")]).ends_with(5);
    fixture.xtask(&["receipt", "check", "verify-all.json"]).ends_with(0);
}

#[test]
fn a_gitlab_job_keeps_the_receipt_and_the_report() {
    let fixture = Fixture::new(&[ALIAS]);
    fixture.xtask(&["init", "--ci", "gitlab"]).ends_with(0).says(&["wrote .gitlab-ci.yml\n"]);
    let job = read(&fixture, ".gitlab-ci.yml");
    for words in [
        "image: rust:1.95\n",
        "docker buildx imagetools inspect rust:1.95",
        "- cargo xtask verify --receipt verify-all.json --junit verify-all.xml\n",
        "when: always\n",
        "junit: verify-all.xml\n",
    ] {
        assert!(job.contains(words), "{words}: {job}");
    }
    // Where the file is there already, it is left alone.
    let fixture = Fixture::new(&[ALIAS, (".gitlab-ci.yml", "mine: {}\n")]);
    let pinned = format!("registry.example/rust:1.95@sha256:{}", "0".repeat(64));
    let args = ["init", "--ci", "gitlab", "--image", &pinned];
    fixture.xtask(&args).ends_with(0).says(&["wrote .gitlab/gates.yml: include it from"]);
    assert_eq!(read(&fixture, ".gitlab-ci.yml"), "mine: {}\n");
    let job = read(&fixture, ".gitlab/gates.yml");
    assert!(job.contains(&format!("image: {pinned}\n")) && !job.contains("inspect"), "{job}");
    let other = Fixture::new(&[ALIAS]);
    for image in ["-x", "a b", "x\"", ""] {
        let image = format!("--image={image}");
        other
            .xtask(&["init", "--ci", "gitlab", &image])
            .ends_with(2)
            .says(&["no name of an image"]);
    }
    other.xtask(&["init", "--ci", "github", "--image", "x"]).ends_with(2);
}

#[test]
fn a_receipt_says_which_gitlab_pipeline_made_it() {
    let fixture = Fixture::new(&[("a", "b\n")]);
    fixture.xtask(&["init"]).ends_with(0);
    let mut command = fixture.command(&["verify"]);
    command.envs([
        ("GITLAB_CI", "true"),
        ("CI", "true"),
        ("CI_PROJECT_PATH", "group/project"),
        ("CI_PIPELINE_ID", "1000"),
        ("CI_JOB_ID", "50"),
        ("CI_COMMIT_SHA", "1ecfd275"),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_PIPELINE_URL", "https://gitlab.example/group/project/-/pipelines/1000"),
    ]);
    assert!(command.output().unwrap().status.success());
    assert_eq!(
        fixture.receipt()["predicate"]["run"]["ci"],
        serde_json::json!({
            "provider": "gitlab",
            "repository": "group/project",
            "runId": "1000",
            "runAttempt": "50",
            "event": "merge_request_event",
            "workflowRef": null,
            "sha": "1ecfd275",
            "url": "https://gitlab.example/group/project/-/pipelines/1000",
        })
    );
}

#[test]
fn a_shell_script_runs_where_no_provider_is_known() {
    let fixture = Fixture::new(&[ALIAS]);
    fixture.xtask(&["init", "--ci", "shell"]).ends_with(0).says(&["wrote scripts/gates.sh"]);
    let script = read(&fixture, "scripts/gates.sh");
    assert!(script.ends_with("exec cargo xtask verify --no-reuse \"$@\"\n"), "{script}");
    // Run from elsewhere, with a cargo that only says what it was asked.
    fixture.write("bin/cargo", "#!/bin/sh\npwd\necho \"$*\"\n");
    let sh = fixture.sh();
    xshell::cmd!(sh, "chmod +x bin/cargo").quiet().run().unwrap();
    let path = format!("{}/bin:/usr/bin:/bin", fixture.path().display());
    let said = xshell::cmd!(sh, "scripts/gates.sh --junit x.xml").env("PATH", path).quiet();
    let said = said.read().unwrap();
    let here = fixture.path().canonicalize().unwrap();
    assert_eq!(said, format!("{}\nxtask verify --no-reuse --junit x.xml", here.display()));
    fixture.xtask(&["init", "--ci", "shell"]).ends_with(2).says(&["is there already"]);
}
