//! ci.toml → [`Config`]: every key known, every fault with its place.

mod cache;
mod components;
mod event;
mod fault;
mod gate;
mod output;
mod read;
mod schema;
mod suggest;

use std::ops::Range;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Kind, Options};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use cache::{Cache, Write};
pub use components::{Component, Select};
pub use event::events;
pub use fault::{Fault, Faults};
pub use gate::{Common, Duration, Empty, Layer, Plugin, Prove, When};
pub use output::{Format, Output};
pub use schema::json_schema;
pub use suggest::{did_you_mean, reworded};

use crate::receipt::sha256;

/// The file's usual name.
pub const FILE_NAME: &str = "ci.toml";
/// The `schema` this program reads.
pub const SCHEMA: u32 = 1;

/// All of ci.toml.
#[derive(Clone, Debug)]
pub struct Config {
    /// As asked for, relative to the repository where it lies in it.
    pub path: Utf8PathBuf,
    /// As read.
    pub text: Arc<str>,
    /// `[verify]`.
    pub verify: Verify,
    /// `[cache]`.
    pub cache: Option<Cache>,
    /// `[gate.*]` in the order of the file.
    pub gates: Vec<GateConfig>,
    /// `[profile.*]` in the order of the file.
    pub profiles: Vec<Profile>,
    /// `[[waiver]]` in the order of the file.
    pub waivers: Vec<WaiverConfig>,
    /// `[components.*]` in the order of the file.
    pub components: Vec<Component>,
    /// `[select]`.
    pub select: Select,
}

/// `[verify]`: how a run goes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Verify {
    /// What a change is compared with, e.g. `origin/main`.
    pub base: Option<String>,
    /// Time limit of each gate that sets none.
    pub timeout: Duration,
    /// Whether a failed gate stops the others.
    pub fail: Fail,
    /// Permits: how much runs at once. The number of processors where absent.
    pub jobs: Option<std::num::NonZeroU32>,
    /// Whether every entry of ci.baseline.json must say why it is there.
    pub baseline_reasons: bool,
    /// Whether ci.baseline.json may only shrink: an entry that the merge base with
    /// `base` does not have is red.
    pub baseline_only_shrinks: bool,
}

impl Default for Verify {
    fn default() -> Verify {
        Verify {
            base: None,
            timeout: Duration::minutes(10),
            fail: Fail::KeepGoing,
            jobs: None,
            baseline_reasons: false,
            baseline_only_shrinks: false,
        }
    }
}

/// What a failed gate does to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fail {
    /// The others run to their end.
    KeepGoing,
    /// Nothing new is started.
    Fast,
}

/// `[gate.NAME]`.
#[derive(Clone, Debug)]
pub struct GateConfig {
    /// Its name.
    pub name: String,
    /// Bytes of its header or first key.
    pub span: Range<usize>,
    /// The built-in kind; none for a command or plugin.
    pub kind: Option<Kind>,
    /// Keys that every gate may have.
    pub common: Common,
    /// Its own keys.
    pub options: Options,
}

impl GateConfig {
    /// What it judges, one and several.
    #[must_use]
    pub fn items(&self) -> (&'static str, &'static str) {
        let other =
            if self.common.plugin.is_some() { ("item", "items") } else { ("command", "commands") };
        self.kind.map_or(other, |kind| kind.items)
    }

    /// The word in receipts and lists.
    #[must_use]
    pub fn kind_id(&self) -> &'static str {
        let other = if self.common.plugin.is_some() { "plugin" } else { "command" };
        self.kind.map_or(other, |kind| kind.id)
    }
}

/// `[profile.NAME]`: a smaller or other set of gates.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Gates it runs; empty means all.
    pub gates: Vec<String>,
    /// Gates whose options it overrides: the table's path in the document.
    pub overridden: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileKeys {
    /// Gates it runs, by name; absent means all.
    #[serde(default)]
    gates: Vec<String>,
    /// Options laid over a gate's own, by gate.
    #[serde(default)]
    #[schemars(
        with = "std::collections::BTreeMap<String, std::collections::BTreeMap<String, serde_json::Value>>"
    )]
    options: toml::Table,
}

/// `[[waiver]]`: a reasoned exception.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverConfig {
    /// Full rule id, `<gate>/<offence>`.
    pub rule: String,
    /// Paths it covers; absent covers all.
    pub path: Option<String>,
    /// Text that the finding's line must hold.
    pub line_has: Option<String>,
    /// Why. Compulsory: an empty one is a finding.
    #[serde(default)]
    pub reason: String,
    /// Last day it holds, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Bytes of the entry in the document.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Config {
    /// Digest of the text.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(self.text.as_bytes())
    }

    /// The gate of that name.
    #[must_use]
    pub fn gate(&self, name: &str) -> Option<&GateConfig> {
        self.gates.iter().find(|gate| gate.name == name)
    }

    /// A gate's own keys under a profile.
    #[must_use]
    pub fn options(&self, gate: &GateConfig, profile: Option<&str>) -> Options {
        let overridden = profile
            .and_then(|name| self.profiles.iter().find(|profile| profile.name == name))
            .filter(|profile| profile.overridden.contains(&gate.name));
        match overridden {
            Some(profile) => {
                let table = ["profile", &profile.name, "options", &gate.name];
                gate.options.clone().with(Options::at(Arc::clone(&self.text), &table, &[]))
            }
            None => gate.options.clone(),
        }
    }

    /// Reads the text of ci.toml. `kinds` are the gates that are built in.
    ///
    /// # Errors
    /// Every fault that was found, not only the first.
    pub fn parse(path: &Utf8Path, text: &str, kinds: &[Kind]) -> Result<Config, Faults> {
        let text: Arc<str> = Arc::from(text);
        let mut reader = read::Reader { path, text: &text, faults: Vec::new() };
        let config = reader.read(kinds);
        match config {
            Some(config) if reader.faults.is_empty() => Ok(config),
            _ => Err(Faults(reader.faults)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Config, Faults> {
        Config::parse("ci.toml".into(), text, &[])
    }

    #[test]
    fn gates_keep_the_order_of_the_file() {
        let text =
            "schema = 1\n[gate.z]\nrun = [\"z\"]\n[gate.a]\nrun = [\"a\"]\n[gate.m]\nsh = \"m\"\n";
        let config = parse(text).unwrap();
        let names: Vec<&str> = config.gates.iter().map(|gate| gate.name.as_str()).collect();
        assert_eq!(names, ["z", "a", "m"]);
        assert_eq!(config.gates[2].common.argv().unwrap(), ["sh", "-c", "m"]);
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_place() {
        let text = "schema = 1\nverfy = 1\n[gate.a]\nrun = []\n[gate.b]\nrun = [\"x\"]\ntimeout = \"soon\"\n[[waiver]]\nrule = \"a/b\"\nuntil = \"tomorrow\"\n";
        let faults = parse(text).unwrap_err();
        let told: Vec<(&str, bool)> =
            faults.0.iter().map(|fault| (fault.message.as_str(), fault.span.is_some())).collect();
        assert_eq!(
            told,
            [
                ("unknown key 'verfy'", true),
                ("gate 'a': 'run' is empty", true),
                ("'soon' is no time span; write '90s', '10m' or '1h 30m'", true),
                ("'tomorrow' is no date", true),
            ]
        );
    }

    #[test]
    fn a_waiver_of_what_no_gate_finds_is_a_fault() {
        let waived = |rule: &str| {
            parse(&format!(
                "schema = 1\n[gate.lint]\nrun = [\"x\"]\n[[waiver]]\nrule = \"{rule}\"\nreason = \"r\"\n"
            ))
        };
        assert!(waived("lint/F401").is_ok());
        let faults = waived("lnt/F401").unwrap_err();
        assert_eq!(faults.0[0].message, "waiver of 'lnt/F401': no gate here finds 'lnt/…'");
        assert_eq!(faults.0[0].hint.as_deref(), Some("did you mean 'lint'?"));
        let faults = waived("openapi-gate/no-routes").unwrap_err();
        let hint = faults.0[0].hint.as_deref();
        assert_eq!(hint, Some("take the waiver out, or configure that gate"));
    }

    #[test]
    fn a_profile_lays_its_options_over_the_gates_own() {
        let text = "schema = 1\n[gate.a]\nrun = [\"x\"]\n[profile.quick]\ngates = [\"a\"]\noptions.a.history = \"range\"\n";
        let config = parse(text).unwrap();
        let gate = config.gate("a").unwrap();
        assert_eq!(
            config.options(gate, Some("quick")).canonical().unwrap(),
            "history = \"range\"\n"
        );
        assert_eq!(config.options(gate, None).canonical().unwrap(), "");
        let unknown = "schema = 1\n[gate.a]\nrun = [\"x\"]\n[profile.quick]\ngates = [\"b\"]\n";
        assert!(parse(unknown).unwrap_err().to_string().contains("'b', which is no gate"));
    }

    /// The list of common keys is the struct's own: serde gives no other way to
    /// tell a gate's keys from those that every gate has.
    #[test]
    fn common_keys_are_the_structs_fields() {
        let schema = schemars::schema_for!(Common);
        let properties =
            schema.as_value().get("properties").and_then(serde_json::Value::as_object).unwrap();
        let fields: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(fields, Common::KEYS.into_iter().collect());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        /// Whatever the file holds: a config or faults with places inside it.
        #[test]
        fn no_text_is_too_odd(
            start in "(schema = 1\n)?",
            parts in prop::collection::vec(
                prop::sample::select(vec!["[gate.a]\n", "run = [\"x\"]\n", "needs = [\"a\"]\n", "[[waiver]]\n", "rule = \"a/b\"\n",
                    "[profile.p]\n", "gates = [\"a\"]\n", "x = 1\n", "[gate]\n", "a = 1\n", "=", "\"", "\u{feff}", "é", "[", "]\n", "'''", "until = \"2026-13-01\"\n"]),
                0..12),
        ) {
            let text = start + &parts.concat();
            if let Err(faults) = parse(&text) {
                prop_assert!(!faults.0.is_empty());
                prop_assert!(!faults.to_string().is_empty());
            }
        }
    }
}
