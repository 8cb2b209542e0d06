//! The smallest gate there can be, as CONTRIBUTING.md shows it: a test holds
//! the two together, so the page compiles and proves itself.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

// CONTRIBUTING.md from here
use std::borrow::Cow;

use kernel::{Checked, ConfigError, Content, Example, Finding, Fix, Gate, GateError, Globs, Kind};
use kernel::{Location, Proposal, Rule, Severity, SourceFile, Wants};
use schemars::JsonSchema;
use serde::Deserialize;

/// What the registry lists.
pub const REGISTER: Kind = Kind {
    id: "no-tabs",
    summary: "keeps tabs out of files that cannot have them",
    items: ("line", "lines"),
    configure: |options, _tree| {
        let own: Own = options.read()?;
        let files = Globs::new(&own.files).map_err(|error| ConfigError::new(error.to_string()))?;
        Ok(Box::new(NoTabs { files }))
    },
    schema: || schemars::schema_for!(Own),
    propose: |_tree, _depth| Some(Proposal::new("[gate.no-tabs]\n", "every repository has YAML")),
};

/// Its own keys of ci.toml.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Own {
    /// Files that may have no tab.
    files: Vec<String>,
}

impl Default for Own {
    fn default() -> Own {
        Own { files: vec!["**/*.yml".into(), "**/*.yaml".into()] }
    }
}

const TAB: &str = "no-tabs/tab";

const RULES: &[Rule] = &[Rule {
    id: Cow::Borrowed(TAB),
    severity: Severity::Error,
    doc: Cow::Borrowed("A line holds a tab.\n\nYAML forbids tabs in indentation. Write blanks."),
    bad: Cow::Borrowed(&[Example::new(
        "-- @options --\nfiles = ['*.yml']\n-- a.yml --\njobs:\n\tx: 1\n",
    )]),
    good: Cow::Borrowed(&[Example::new(
        "-- @options --\nfiles = ['*.yml']\n-- a.yml --\njobs:\n  x: 1\n",
    )]),
}];

struct NoTabs {
    files: Globs,
}

impl Gate for NoTabs {
    fn rules(&self) -> Cow<'_, [Rule]> {
        Cow::Borrowed(RULES)
    }

    fn wants(&self) -> Wants {
        Wants { files: self.files.clone(), ..Wants::default() }
    }

    fn check_file(&self, file: &SourceFile) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        let Content::Text(text) = file.content() else {
            checked.skip("no-text");
            return Ok(checked);
        };
        // What was looked at is compulsory: a gate that looked at nothing is
        // vacuous, and that is red.
        checked.examined.files = 1;
        checked.examined.items = text.lines().count() as u64;
        for (at, tab) in text.match_indices('\t') {
            let here = Location::of(file, at..at + tab.len());
            let finding = Finding::new(TAB, here, "a tab where blanks belong");
            checked.findings.push(finding.fix(Fix::note("write blanks")));
        }
        Ok(checked)
    }
}

#[test]
fn rules_prove_themselves() {
    testkit::rules_prove_themselves(&REGISTER);
    testkit::sleeping_rules_are_noticed(&REGISTER);
    testkit::messages_have_the_form(&REGISTER);
}
// CONTRIBUTING.md to here

#[test]
fn contributing_shows_this_very_gate() {
    let own = include_str!("own_gate.rs");
    let from = own.split("// CONTRIBUTING.md from here\n").nth(1).unwrap();
    let shown = from.split("// CONTRIBUTING.md to here\n").next().unwrap();
    let page = include_str!("../../../CONTRIBUTING.md");
    assert!(page.contains(shown), "CONTRIBUTING.md shows another gate than own_gate.rs");
}

#[test]
fn its_canary_wakes_whatever_the_options_select() {
    let options = kernel::Options::of("files = ['**/*.txt']");
    let gate = (REGISTER.configure)(&options, &kernel::Tree::literal::<&str, &str>([])).unwrap();
    let proofs = kernel::canary::prove(&REGISTER.configure, &options, &*gate);
    assert!(proofs.iter().all(|proof| proof.failures.is_empty()), "{proofs:?}");
}

#[test]
fn it_judges_and_joins_the_registry() {
    let found = testkit::judge(&REGISTER, "", &[("a.yml", "x: 1\n\ty: 2\n"), ("b.md", "\t")]);
    assert_eq!(found, ["a.yml:2 no-tabs/tab"]);
    let builtin = gate_runner::builtin().with(REGISTER);
    assert!(builtin.kinds().iter().any(|kind| kind.id == "no-tabs"));
    let schema = gate_runner::config::json_schema(builtin.kinds()).to_string();
    assert!(schema.contains("Files that may have no tab."));
}
