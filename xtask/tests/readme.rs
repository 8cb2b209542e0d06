//! The README's console blocks are real: each is run again here and must print
//! what stands there, times and numbers of rules apart.
//!
//! A block belongs to the fixture that the comment before it names:
//! `<!-- in: red -->`. `UPDATE=1 cargo test --test readme` writes what is printed
//! now into the README; read the difference before you commit it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;

use common::{Fixture, PINNED, workflow};
use regex::Regex;

struct Block {
    fixture: String,
    line: usize,
    steps: Vec<(String, String)>,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut fixture = None;
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(name) =
            line.strip_prefix("<!-- in: ").and_then(|rest| rest.strip_suffix(" -->"))
        {
            fixture = Some(name.to_owned());
        } else if line == "```console" {
            let fixture = fixture.take();
            inside = fixture.is_some();
            let fixture = fixture.unwrap_or_default();
            blocks.push(Block { fixture, line: index + 1, steps: Vec::new() });
        } else if line == "```" {
            inside = false;
        } else if inside {
            let block = blocks.last_mut().unwrap();
            match line.strip_prefix("$ ") {
                Some(command) => block.steps.push((command.to_owned(), String::new())),
                None => {
                    let step = block.steps.last_mut().expect("output before the first command");
                    step.1.push_str(line);
                    step.1.push('\n');
                }
            }
        }
    }
    blocks
}

/// Times differ from run to run, and rules are added; nothing else may change.
fn without_times(text: &str) -> String {
    let span = Regex::new(r"\b\d+(\.\d+)? (ms|s|rules|examples)\b").unwrap();
    let lines = text.trim().lines().map(str::trim_end);
    span.replace_all(&lines.collect::<Vec<_>>().join("\n"), "SPAN").into_owned()
}

fn fixture(name: &str) -> Fixture {
    // The README's own first ci.toml.
    let readme = include_str!("../../README.md");
    let toml = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let ci = toml.expect("the README shows a ci.toml");
    if name == "plugin" {
        let script = include_str!("../../scripts/examples/no-tabs");
        let ci = shown(readme, "[gate.no-tabs]");
        let files =
            [("ci.toml", ci), ("scripts/no-tabs", script), ("docs/a.md", "# Build\n\n\tmake\n")];
        let fixture = Fixture::new(&files);
        let sh = fixture.sh();
        xshell::cmd!(sh, "chmod +x scripts/no-tabs").run().unwrap();
        fixture.commit("executable");
        return fixture;
    }
    if name == "introduced" {
        let files = [
            ("ci.toml", "schema = 1\n\n[gate.action-pins]\n"),
            (".github/workflows/ci.yml", &workflow("actions/checkout@v4")),
        ];
        let fixture = Fixture::new(&files);
        let sh = fixture.sh();
        xshell::cmd!(sh, "git switch --quiet --create topic").run().unwrap();
        fixture.write(".github/workflows/new.yml", workflow("actions/cache@v4"));
        fixture.commit("bring one");
        return fixture;
    }
    if name == "select" {
        let fixture = Fixture::new(&[("ci.toml", shown(readme, "[components.api]"))]);
        let sh = fixture.sh();
        xshell::cmd!(sh, "git switch --quiet --create topic").run().unwrap();
        fixture.write("services/api/main.go", "package main\n");
        fixture.write("Makefile", "all:\n");
        fixture.write("NOTES.md", "words\n");
        fixture.commit("change");
        return fixture;
    }
    if name == "output" {
        return Fixture::new(&[
            ("ci.toml", shown(readme, "[gate.markers]")),
            ("src/a.py", "def f():\n    pass  # FIXME: a limit\n"),
        ]);
    }
    let reference = match name {
        "red" => "actions/checkout@v4".to_owned(),
        "green" => format!("{PINNED} # v4.2.2"),
        other => panic!("the README names the fixture '{other}', which is not made here"),
    };
    Fixture::new(&[("ci.toml", ci), (".github/workflows/ci.yml", &workflow(&reference))])
}

/// The README's ci.toml with that table.
fn shown<'t>(readme: &'t str, table: &str) -> &'t str {
    let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let found = blocks.into_iter().find(|block| block.contains(table));
    found.unwrap_or_else(|| panic!("the README shows no {table}"))
}

#[test]
fn console_blocks_are_real() {
    let text = include_str!("../../README.md");
    let blocks = blocks(text);
    let mut fixtures: BTreeMap<String, Fixture> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut updated = text.to_owned();
    let mut ran = 0;
    for block in blocks.iter().filter(|block| !block.fixture.is_empty()) {
        let fixture =
            fixtures.entry(block.fixture.clone()).or_insert_with(|| fixture(&block.fixture));
        for (command, expected) in &block.steps {
            let args = command.strip_prefix("cargo xtask ").unwrap_or_else(|| {
                panic!("README.md:{}: '{command}' is no call of ours", block.line);
            });
            let args: Vec<&str> = args.split_whitespace().collect();
            let end = fixture.xtask(&args);
            let printed = without_times(&format!("{}{}", end.stdout, end.stderr));
            if printed != without_times(expected) {
                faults.push(format!("README.md:{}: '{command}' prints\n{printed}\n", block.line));
                let said = format!("$ {command}\n{expected}");
                let says = format!("{}{}", end.stdout, end.stderr);
                updated = updated.replacen(&said, &format!("$ {command}\n{}\n", says.trim()), 1);
            }
            ran += 1;
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"), updated).unwrap();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(ran >= 3, "only {ran} commands of the README were run");
}

/// What is shown without being run must not look like it was: only set-up
/// commands, which have no output.
#[test]
fn blocks_that_are_not_run_show_no_output() {
    let text = include_str!("../../README.md");
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        match line {
            "```console" => {
                inside =
                    !text.lines().nth(index.saturating_sub(1)).unwrap_or("").starts_with("<!-- in:")
            }
            "```" => inside = false,
            line if inside => {
                assert!(
                    line.starts_with("$ "),
                    "README.md:{}: output of a command that is not run",
                    index + 1
                );
            }
            _ => {}
        }
    }
}
