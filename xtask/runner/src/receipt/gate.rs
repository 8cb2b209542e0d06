//! A gate's row of the receipt, and what stands in it.

use std::collections::BTreeMap;

use kernel::{Examined, Fact, Outcome, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How one gate ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GateResult {
    /// Its name in ci.toml.
    pub id: String,
    /// Built-in kind, or `command`.
    pub kind: String,
    /// As ci.toml says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// As ci.toml says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// As ci.toml says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Whether it decides the verdict.
    pub required: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so.
    pub reason: Reason,
    /// Gates that had to pass before.
    pub needs: Vec<String>,
    /// Digest of its options.
    pub options: Sha,
    /// What its items are, singular and plural.
    pub items: (String, String),
    /// How much was looked at.
    pub examined: Examined,
    /// Digest of what it asked of the tree, and the answers.
    pub trace: Sha,
    /// Its rules.
    pub rules: RuleSet,
    /// What a reader must know.
    pub facts: BTreeMap<String, Fact>,
    /// What was not judged, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Sorted by path, line, rule.
    pub findings: Vec<FindingRecord>,
    /// What its canaries showed.
    pub proof: Option<Proof>,
    /// Commands only: each attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Commands only: how its `finally` ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finally: Option<Attempt>,
    /// Whether an earlier result was taken.
    pub reuse: Reuse,
    /// Commands only: what ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Where the kept output of a command stands, under the git directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Commands that did not pass: the last lines they printed, secrets of the
    /// environment masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<String>,
    /// Declared artifacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Artifact>,
}

/// Why a gate ended as it did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Kebab-case, for programs; empty where the outcome says it all.
    pub code: String,
    /// For people.
    pub text: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A digest that stands for something larger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sha {
    /// Lower-case hex.
    pub sha256: String,
}

/// A gate's rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// How many.
    pub count: u64,
    /// Digest over ids, severities and examples.
    pub sha256: String,
}

/// One finding as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingRecord {
    /// Full rule id.
    pub rule: String,
    /// What it weighed.
    pub severity: Severity,
    /// Relative to the repository.
    pub path: String,
    /// From 1; 0 means the file as a whole.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// One line.
    pub message: String,
    /// What stands under the caret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The lines from `line` to `end_line`, at most eight; absent where they
    /// could hold a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The commit, where that is not the judged one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Other places that explain it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedRecord>,
    /// How to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixRecord>,
    /// Digest of rule, path, key and occurrence: stays while lines move.
    pub fingerprint: String,
    /// Whether it counts.
    pub state: FindingState,
    /// The waiver that covers it: position in the receipt's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<u64>,
}

/// Whether a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// It counts.
    New,
    /// The base has it too, and only what the change brought counts.
    Known,
    /// Known, in the baseline.
    Baselined,
    /// Excepted, with a reason.
    Waived,
}

/// Another place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedRecord {
    /// Relative to the repository.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// Why it matters.
    pub label: String,
}

/// How to mend a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixRecord {
    /// For a person.
    pub note: String,
    /// For a machine; offsets in bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<kernel::Edit>,
}

/// What a gate's canaries showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Rules with examples.
    pub canaries: u64,
    /// Of them, rules whose bad examples all went red.
    pub tripped: u64,
    /// Of them, rules whose good examples all stayed quiet.
    pub quiet: u64,
    /// Users' own rules without examples.
    pub unproven: Vec<String>,
}

/// One attempt at a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attempt {
    /// How it ended.
    pub outcome: Outcome,
    /// Exit code, if it exited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Signal, if one ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
}

/// Whether an earlier result was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reuse {
    /// Taken, not found, or not looked for.
    pub state: ReuseState,
    /// What it would be found under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Digest of the receipt in which it really ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// Whether an earlier result was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReuseState {
    /// Taken.
    Hit,
    /// Taken for the files that had not changed; the others, and the whole, were
    /// judged.
    Part,
    /// Looked for, not found.
    Miss,
    /// Not looked for.
    Off,
}

/// A declared artifact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Relative to the repository.
    pub path: String,
    /// Of its content.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
}
