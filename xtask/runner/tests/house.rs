//! House rules as tests: what a reviewer would otherwise have to remember.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gate_runner::kernel::{Options, Tree};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn gates() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("gates")).unwrap().map(|entry| entry.unwrap().path());
    let mut gates: Vec<PathBuf> = folders.filter(|path| path.join("Cargo.toml").exists()).collect();
    gates.sort();
    gates
}

/// Rule ids are public: unique, each on the list, and none on it is renamed or taken
/// out. `UPDATE=1` adds what is new to the list, and never takes anything from it.
#[test]
fn rule_ids_are_public() {
    let mut ids = Vec::new();
    for kind in gate_runner::builtin().kinds() {
        let gate = (kind.configure)(&Options::none(), &Tree::literal::<&str, &str>([])).unwrap();
        ids.extend(gate.rules().iter().map(|rule| rule.id.to_string()));
    }
    let unique: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(unique.len(), ids.len(), "an id is there twice");
    let path = "xtask/runner/tests/rule-ids.txt";
    let text = read(path);
    let listed: BTreeSet<&str> = text.lines().collect();
    let gone: Vec<_> = listed.difference(&unique).collect();
    assert!(gone.is_empty(), "ids that were given out are gone: {gone:?}");
    if std::env::var_os("UPDATE").is_some() {
        let lines: String = unique.iter().map(|id| format!("{id}\n")).collect();
        fs::write(root().join(path), lines).unwrap();
        return;
    }
    let new: Vec<_> = unique.difference(&listed).collect();
    assert!(new.is_empty(), "not on the list (UPDATE=1 adds them): {new:?}");
}

/// The schema that editors use is the one that the types give.
#[test]
fn schema_is_not_stale() {
    let schema = gate_runner::config::json_schema(gate_runner::builtin().kinds());
    let text = format!("{schema:#}\n");
    let kept = read("ci.schema.json");
    assert!(text == kept, "ci.schema.json is stale: cargo xtask schema > ci.schema.json");
}

/// The same of the receipt, for those who read one.
#[test]
fn receipt_schema_is_not_stale() {
    let text = format!("{:#}\n", gate_runner::receipt::json_schema());
    let is_kept = text == read("receipt.schema.json");
    assert!(
        is_kept,
        "receipt.schema.json is stale: cargo xtask schema receipt > receipt.schema.json"
    );
}

/// Workflows are wrappers: a `run:` is one xtask call, nothing else.
#[test]
fn workflows_hold_no_logic() {
    let mut seen = 0;
    for entry in fs::read_dir(root().join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let line = line.trim().trim_start_matches("- ");
            let Some(run) = line.strip_prefix("run:") else { continue };
            seen += 1;
            let run = run.trim();
            let is_xtask =
                ["cargo xtask ", "cargo xtask-online "].iter().any(|it| run.starts_with(it));
            let is_one_call =
                is_xtask && !["&&", "||", ";", "|", "$("].iter().any(|mark| run.contains(mark));
            assert!(is_one_call, "{}: '{run}' is not one xtask call", path.display());
        }
    }
    assert!(seen > 0, "no workflow runs anything");
}

/// Red stays red: no step or job of ours may fail and be passed over.
#[test]
fn workflows_forgive_nothing() {
    for entry in fs::read_dir(root().join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("continue-on-error"), "{}", path.display());
    }
}

/// A gate depends on nothing that could touch the world. A new name here is a
/// decision.
#[test]
fn gates_depend_on_little() {
    let allowed: BTreeSet<&str> = [
        "kernel",
        "testkit",
        "aho-corasick",
        "camino",
        "crc32fast",
        "ct-codecs",
        "dockerfile-syntax",
        "flate2",
        "globset",
        "go-syntax",
        "memchr",
        "quick-xml",
        "regex",
        "regex-automata",
        "regex-syntax",
        "saphyr-parser",
        "schemars",
        "serde",
        "serde_json",
        "sha1",
        "sha2",
        "squawk-lexer",
        "squawk-syntax",
        "syntax",
        "toml",
        "zip",
    ]
    .into();
    for gate in gates() {
        let manifest: toml::Table =
            fs::read_to_string(gate.join("Cargo.toml")).unwrap().parse().unwrap();
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for name in dependencies.into_iter().flatten().map(|(name, _)| name) {
            assert!(allowed.contains(name.as_str()), "{}: depends on '{name}'", gate.display());
        }
    }
}

/// The purity wall, seen from the tokens: clippy's list knows functions, this
/// knows whole modules.
#[test]
fn gates_are_pure() {
    let walls = [
        "std::fs",
        "std::process",
        "std::env::",
        "std::net",
        "SystemTime",
        "Instant::",
        "println!",
        "std::thread::",
    ];
    let mut seen = 0;
    for gate in gates() {
        let mut sources = Vec::new();
        files(&gate.join("src"), &mut sources);
        for source in sources {
            let text = fs::read_to_string(&source).unwrap();
            // A crate's own unit tests may read its cases.
            let is_test = source.components().any(|part| part.as_os_str() == "tests");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines().filter(|line| !is_test && !line.trim_start().starts_with("//"))
            {
                for wall in walls {
                    assert!(!line.contains(wall), "{}: {}", source.display(), line.trim());
                }
            }
            seen += 1;
        }
    }
    assert!(seen > 10, "the scan looked at {seen} files");
}

/// Each layer imports only what the flow allows: a report knows the receipt
/// and nothing else, and judging knows neither the repository nor processes.
#[test]
fn layers_import_only_what_the_flow_allows() {
    let forbidden = |folder: &str, modules: &[&str]| {
        let mut sources = Vec::new();
        let path = root().join("xtask/runner/src").join(folder);
        if path.is_dir() {
            files(&path, &mut sources);
        } else {
            sources.push(path);
        }
        assert!(!sources.is_empty(), "{folder} has no sources");
        for source in sources {
            let text = fs::read_to_string(&source).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for module in modules {
                let import = format!("crate::{module}::");
                assert!(!text.contains(&import), "{} uses {import}", source.display());
            }
        }
    };
    forbidden("report", &["repo", "exec", "run", "gather", "view", "config", "plan", "cli"]);
    forbidden("judge.rs", &["repo", "exec", "run", "gather", "view", "cli", "report"]);
    forbidden("judge", &["repo", "exec", "run", "gather", "view", "cli", "report"]);
    forbidden("plan.rs", &["repo", "exec", "run", "gather", "view", "cli", "report"]);
    forbidden("difference.rs", &["repo", "exec", "run", "gather", "view", "cli", "report"]);
    forbidden("receipt.rs", &["repo", "exec", "run", "gather", "view", "cli", "report", "config"]);
    forbidden("exec", &["run", "gather", "view", "cli", "report", "config", "judge"]);
    forbidden("repo", &["run", "gather", "view", "cli", "report", "config", "judge"]);
}

/// The four kinds of file that always grow past reading: kept split.
#[test]
fn no_source_file_grows_past_reading() {
    let mut sources = Vec::new();
    files(&root().join("gates"), &mut sources);
    files(&root().join("xtask"), &mut sources);
    for source in sources {
        let lines = fs::read_to_string(&source).unwrap().lines().count();
        assert!(lines <= 700, "{}: {lines} lines; one idea a file", source.display());
    }
}

/// What was added by mistake (an archive, a program) is noticed before it is in
/// everybody's clone for ever.
#[test]
fn no_tracked_file_is_large() {
    const SIZE_BYTES_MAX: u64 = 1 << 20;
    let git = |args: &[&str]| Command::new("git").args(args).current_dir(root()).output();
    let listed = git(&["ls-files", "-z"]).unwrap();
    assert!(listed.status.success(), "git does not say what is tracked here");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let sized = listed.split_terminator('\0').filter_map(|path| {
        let about = fs::symlink_metadata(root().join(path)).ok()?;
        Some((path, about.len()))
    });
    let sized: Vec<(&str, u64)> = sized.collect();
    assert!(sized.len() > 300, "{} files are tracked", sized.len());
    let large: Vec<_> =
        sized.iter().filter(|(_, size_bytes)| *size_bytes > SIZE_BYTES_MAX).collect();
    assert!(large.is_empty(), "over 1 MiB: {large:?}");
}

/// The page that says which test closes which way around names tests that are
/// there.
#[test]
fn ways_around_are_closed_by_tests_that_exist() {
    let mut sources = Vec::new();
    files(&root().join("gates"), &mut sources);
    files(&root().join("xtask"), &mut sources);
    let code: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let page = read("RELEASING.md");
    let (_, ways) = page.split_once("## The ways around").unwrap();
    let ways = ways.lines().filter(|line| {
        line.strip_prefix("| ")
            .and_then(|line| line.split(' ').next()?.parse::<u32>().ok())
            .is_some()
            && line.ends_with("` |")
    });
    let mut seen = 0;
    for way in ways {
        let test = way.rsplit('`').nth(1).unwrap();
        assert!(code.contains(&format!("fn {test}()")), "no test '{test}': {way}");
        seen += 1;
    }
    assert_eq!(seen, 16);
}

/// Build seconds are rent: a new package is a decision.
#[test]
fn packages_are_counted() {
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let count = lock.get("package").and_then(toml::Value::as_array).map_or(0, Vec::len);
    assert!(
        count <= 239,
        "Cargo.lock has {count} packages, those of tests and of features that are off included; is the new one worth its build?"
    );
}

/// A canary whose patch no longer applies proves nothing, and nobody would know
/// before the night.
#[test]
fn patches_of_canaries_apply() {
    let config: toml::Table = read("ci.toml").parse().unwrap();
    let gates = config["gate"].as_table().unwrap().values();
    let patches: Vec<&str> =
        gates.filter_map(|gate| gate.get("prove")?.get("patch")?.as_str()).collect();
    assert!(!patches.is_empty());
    for patch in patches {
        let mut git = Command::new("git");
        let checked = git.args(["apply", "--check", patch]).current_dir(root()).output().unwrap();
        assert!(checked.status.success(), "{patch}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}
