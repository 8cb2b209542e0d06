//! Keys that every `[gate.*]` may have.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

use kernel::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::Output;

/// Keys that every gate may have; the rest of its table is its own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Common {
    /// The built-in kind, where the gate's name is not its kind.
    pub kind: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Failure class: who looks at it first.
    pub class: Option<String>,
    /// Where in the pipeline it belongs.
    pub layer: Option<Layer>,
    /// Whether it decides the verdict; otherwise it is only listed.
    pub required: bool,
    /// `ok`: looking at nothing is fine (the outcome is not-applicable).
    /// Otherwise it is red.
    pub empty: Empty,
    /// Time limit, e.g. `20m`.
    pub timeout: Option<Duration>,
    /// Gates that must pass before it starts.
    pub needs: Vec<String>,
    /// Otherwise it is not-applicable, with this rule named.
    pub when: Option<When>,
    /// Weight of a rule's findings, by offence or full id.
    #[schemars(with = "BTreeMap<String, String>")]
    pub severity: BTreeMap<String, Severity>,

    /// Command gates: program and arguments.
    pub run: Option<Vec<String>>,
    /// Command gates: a line for `sh -c`.
    pub sh: Option<String>,
    /// A plugin instead of a command: it is handed files as JSON and answers with
    /// findings.
    pub plugin: Option<Plugin>,
    /// Command gates: folder to run in, relative to the repository.
    pub dir: Option<String>,
    /// Command gates: programs that must be there.
    pub requires: Vec<String>,
    /// Command gates: permits it takes.
    pub weight: Option<NonZeroU32>,
    /// Command gates: gates of the same mutex never run at once.
    pub mutex: Option<String>,
    /// Command gates: how often it may be tried; a pass on a retry is flaky.
    pub attempts: Option<NonZeroU32>,
    /// Command gates: variables set for it.
    #[schemars(with = "BTreeMap<String, String>")]
    pub set_env: BTreeMap<String, String>,
    /// Command gates: every file that its result rests on, e.g. `["**/*.rs",
    /// "Cargo.lock"]`. A pass then stands as long as none of them moves; it gets no
    /// variable that `env` does not name.
    pub inputs: Vec<String>,
    /// Command gates with `inputs`: variables that it gets beside `PATH`, `HOME` and
    /// the like, e.g. `["RUSTFLAGS"]`.
    pub env: Vec<String>,
    /// Command gates: where its findings stand and how they are written:
    /// `sarif:PATH`, `junit:PATH`, `checkstyle:PATH`, `jsonl:PATH` (without `:PATH`
    /// on standard output), or `regex:PATTERN` for lines, with groups named `path`,
    /// `line`, `column`, `severity`, `rule`, `message`.
    pub output: Option<Output>,
    /// Command gates with `output`: exit codes by which it says that it found
    /// something; 1 where absent.
    pub finding_exits: Vec<i32>,
    /// Command gates: files it must leave behind; hashed into the receipt.
    pub artifacts: Vec<String>,
    /// Command gates: runs afterwards, whatever the result.
    pub finally: Option<Vec<String>>,
    /// Command gates: how it proves that it can go red.
    pub prove: Option<Prove>,
}

impl Default for Common {
    fn default() -> Common {
        Common {
            kind: None,
            owner: None,
            class: None,
            layer: None,
            required: true,
            empty: Empty::Red,
            timeout: None,
            needs: Vec::new(),
            when: None,
            severity: BTreeMap::new(),
            run: None,
            sh: None,
            plugin: None,
            dir: None,
            requires: Vec::new(),
            weight: None,
            mutex: None,
            attempts: None,
            set_env: BTreeMap::new(),
            inputs: Vec::new(),
            env: Vec::new(),
            output: None,
            finding_exits: Vec::new(),
            artifacts: Vec::new(),
            finally: None,
            prove: None,
        }
    }
}

impl Common {
    /// Every key above, by name. A test holds the two together.
    pub const KEYS: [&'static str; 26] = [
        "kind",
        "owner",
        "class",
        "layer",
        "required",
        "empty",
        "timeout",
        "needs",
        "when",
        "severity",
        "run",
        "sh",
        "plugin",
        "dir",
        "requires",
        "weight",
        "mutex",
        "attempts",
        "set_env",
        "inputs",
        "env",
        "output",
        "finding_exits",
        "artifacts",
        "finally",
        "prove",
    ];

    /// The argv of a command gate.
    #[must_use]
    pub fn argv(&self) -> Option<Vec<String>> {
        match (&self.run, &self.sh) {
            (Some(run), _) => Some(run.clone()),
            (None, None) => self.plugin.as_ref().map(|plugin| plugin.run.clone()),
            (None, Some(line)) => Some(vec!["sh".into(), "-c".into(), line.clone()]),
        }
    }

    /// Whether it has findings of its own: a plugin's, or those of an `output`.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        self.output.is_some() || self.plugin.is_some()
    }

    /// Stands for all of them in a command gate's row.
    #[must_use]
    pub fn digest(&self) -> String {
        crate::receipt::sha256(format!("{self:?}").as_bytes())
    }

    /// Keys set here that only a command gate may have.
    #[must_use]
    pub fn command_only(&self) -> Vec<&'static str> {
        let set = [
            ("dir", self.dir.is_some()),
            ("requires", !self.requires.is_empty()),
            ("weight", self.weight.is_some()),
            ("mutex", self.mutex.is_some()),
            ("attempts", self.attempts.is_some()),
            ("set_env", !self.set_env.is_empty()),
            ("inputs", !self.inputs.is_empty()),
            ("env", !self.env.is_empty()),
            ("output", self.output.is_some()),
            ("finding_exits", !self.finding_exits.is_empty()),
            ("artifacts", !self.artifacts.is_empty()),
            ("finally", self.finally.is_some()),
            ("prove", self.prove.is_some()),
        ];
        set.into_iter().filter(|(_, is_set)| *is_set).map(|(key, _)| key).collect()
    }
}

/// What looking at nothing means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Empty {
    /// A gate that looks at nothing is red.
    Red,
    /// It is not-applicable.
    Ok,
}

/// Where in the pipeline a gate belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the words are the documentation")]
pub enum Layer {
    Contract,
    Domain,
    Consumer,
    Release,
    Environment,
    Preflight,
    Readback,
}

impl Layer {
    /// The word in ci.toml and receipts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Contract => "contract",
            Layer::Domain => "domain",
            Layer::Consumer => "consumer",
            Layer::Release => "release",
            Layer::Environment => "environment",
            Layer::Preflight => "preflight",
            Layer::Readback => "readback",
        }
    }
}

/// When a gate applies.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Only if one of these changed against the base; judged only under
    /// `--changed`, otherwise it applies.
    #[serde(default)]
    pub changed: Vec<String>,
    /// Only for these CI events; outside CI the event is `local`.
    #[serde(default, deserialize_with = "super::event::events")]
    pub event: Vec<String>,
}

/// Any executable that speaks the plugin protocol.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plugin {
    /// Program and arguments.
    pub run: Vec<String>,
    /// Files it is handed; absent means all.
    #[serde(default = "every_file")]
    pub files: Vec<String>,
    /// Handed to it as they are.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub options: toml::Table,
}

fn every_file() -> Vec<String> {
    vec!["**".to_owned()]
}

/// How a command gate proves that it can go red.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prove {
    /// A patch that must make it red, applied to a copy of the tree.
    pub patch: String,
}

/// A time span as written in ci.toml: `90s`, `10m`, `1h 30m`.
#[derive(Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub struct Duration(pub std::time::Duration);

impl Duration {
    /// Whole minutes.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Duration {
        Duration(std::time::Duration::from_secs(minutes * 60))
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Duration, String> {
        let expected = || format!("'{text}' is no time span; write '90s', '10m' or '1h 30m'");
        let span: jiff::SignedDuration = text.parse().map_err(|_| expected())?;
        let span = std::time::Duration::try_from(span).map_err(|_| expected())?;
        if span.is_zero() {
            return Err(format!("'{text}': a time limit of nothing leaves no time to judge"));
        }
        Ok(Duration(span))
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
