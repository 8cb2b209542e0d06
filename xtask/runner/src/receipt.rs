//! The receipt: wire types, canonical form, digest. Version 1.
//!
//! An in-toto Statement v1 whose predicate is `verify-all/v1`. Everything that
//! is printed after a run is a function of one receipt.

mod gate;
mod schema;

use std::collections::BTreeMap;

use kernel::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use schema::json_schema;

pub use gate::{
    Artifact, Attempt, FindingRecord, FindingState, FixRecord, GateResult, Proof, Reason,
    RelatedRecord, Reuse, ReuseState, RuleSet, Sha,
};

/// `_type` of every receipt.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// `predicateType` of this version.
pub const PREDICATE_TYPE: &str = "https://gate-runner.dev/verify-all/v1";
/// `schemaVersion` that this program writes. Another major version is refused.
pub const SCHEMA_VERSION: u32 = 1;
/// Past this size findings are cut, their number kept, and the verdict can no
/// longer be green.
pub const SIZE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A whole receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// An in-toto Statement v1.
    #[serde(rename = "_type")]
    #[schemars(extend("const" = STATEMENT_TYPE))]
    pub statement_type: String,
    /// What was judged: one subject named `git`.
    pub subject: Vec<Subject>,
    /// What kind of predicate follows, with its major version.
    #[serde(rename = "predicateType")]
    #[schemars(extend("const" = PREDICATE_TYPE))]
    pub predicate_type: String,
    /// What was found.
    pub predicate: Predicate,
}

/// An in-toto subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `git`.
    pub name: String,
    /// `gitCommit` and `gitTree`, where there is a commit.
    pub digest: BTreeMap<String, String>,
}

/// What was judged, by what, and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Predicate {
    /// The major version; a reader of another refuses it.
    #[schemars(extend("const" = SCHEMA_VERSION))]
    pub schema_version: u32,
    /// What the required gates together mean.
    pub verdict: Verdict,
    /// The judged point of the repository.
    pub source: Source,
    /// ci.toml.
    pub config: FileDigest,
    /// What a green verdict took.
    pub policy: Policy,
    /// The program.
    pub tool: Tool,
    /// Profile asked for; none means all gates with their own options.
    pub profile: Option<String>,
    /// Which gates were asked for.
    pub selection: Selection,
    /// Every configured gate in ci.toml's order, those not run too.
    pub gates: Vec<GateResult>,
    /// Every waiver, used or not.
    pub waivers: Vec<WaiverRecord>,
    /// Merged receipts only: the parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Only what a change brought was counted: what the base has too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced: Option<Introduced>,
    /// The findings were cut to keep the size; how many there were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings_cut: Option<u64>,
    /// What differs from run to run: the only part that two runs over the same
    /// tree do not share.
    pub run: Run,
}

/// The judged point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// Commit; none before the first one, or in a folder that is no repository.
    pub commit: Option<String>,
    /// Its tree.
    pub tree: Option<String>,
    /// Branch or tag that was checked out.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Whether the work tree (or index) differed from the commit.
    pub dirty: bool,
    /// Digest of what differed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dirty_digest: Option<String>,
    /// Whether the clone is shallow.
    pub shallow: bool,
    /// What it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
}

/// What the judged point was compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Base {
    /// As asked for, e.g. `origin/main`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its commit.
    pub commit: String,
    /// The merge base.
    pub merge_base: Option<String>,
}

/// A file and its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileDigest {
    /// Relative to the repository.
    pub path: String,
    /// Of its content.
    pub sha256: String,
}

/// What a green verdict took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Gates that had to be green, in ci.toml's order.
    pub required: Vec<String>,
    /// Digest over them and their options.
    pub sha256: String,
    /// Where the policy came from: `ci.toml`.
    pub origin: String,
}

/// The program that judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tool {
    /// `gate-runner`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Digest of the sources it was built from.
    pub source_tree: String,
    /// Digest of the Cargo.lock it was built with.
    pub lock_sha256: String,
    /// Target triple.
    pub target: String,
}

/// Which gates were asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selection {
    /// How the choice was made.
    pub mode: SelectionMode,
    /// In words.
    pub reason: String,
    /// Configured gates.
    pub total: u64,
    /// Gates asked for.
    pub selected: u64,
    /// Of a fan-out only: digest of the plan that all its parts share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_sha256: Option<String>,
}

/// How the choice of gates was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SelectionMode {
    /// Every gate.
    All,
    /// Those whose inputs changed.
    Changed,
    /// Named, skipped, or by a profile.
    Explicit,
}

/// A waiver and whether it was used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverRecord {
    /// Rule ids or offences.
    pub rules: Vec<String>,
    /// `path:line`, or the entry of ci.toml or of a gate's allow list.
    #[serde(rename = "where")]
    pub origin: String,
    /// Why.
    pub reason: String,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How many findings it covered.
    pub used: u64,
}

/// What was not counted because the merge base (`source.base`) has it too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Introduced {
    /// How many findings.
    pub known: u64,
    /// Gates that could not judge the base, so that all they found counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<String>,
}

/// A part of a merged receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its file name.
    pub name: String,
    /// Of its content.
    pub sha256: String,
}

/// What differs from run to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Run {
    /// Random.
    pub id: String,
    /// UTC, RFC 3339.
    pub started_at: String,
    /// UTC, RFC 3339.
    pub finished_at: String,
    /// Wall time.
    pub duration_ms: u64,
    /// Kernel and architecture, no name of the machine.
    pub host: String,
    /// Where a CI provider says it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<Ci>,
    /// Times of each gate.
    pub per_gate: BTreeMap<String, GateTime>,
    /// Digest of the running program and whether it is a debug build.
    pub build: String,
}

/// The CI run, from the provider's documented environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "named as the provider names them")]
pub struct Ci {
    pub provider: String,
    pub repository: Option<String>,
    pub run_id: Option<String>,
    pub run_attempt: Option<String>,
    pub event: Option<String>,
    pub workflow_ref: Option<String>,
    pub sha: Option<String>,
    pub url: Option<String>,
}

/// Times of one gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GateTime {
    /// UTC, RFC 3339.
    pub started_at: String,
    /// Wall time.
    pub duration_ms: u64,
}

impl Receipt {
    /// The canonical form: JSON with sorted keys, gates in ci.toml's order,
    /// two blanks of indent, one line end at the end.
    ///
    /// # Errors
    /// Never for values of these types; serde's signature carries it.
    pub fn canonical(&self) -> serde_json::Result<String> {
        let mut value = serde_json::to_value(self)?;
        value.sort_all_objects();
        let mut text = serde_json::to_string_pretty(&value)?;
        text.push('\n');
        Ok(text)
    }

    /// Cuts findings until the receipt fits [`SIZE_BYTES_MAX`], keeps their
    /// number, and takes back a green verdict: what is not shown is not proven.
    /// Gives the canonical form back.
    ///
    /// # Errors
    /// As [`Receipt::canonical`].
    pub fn cut_to_size(&mut self) -> serde_json::Result<String> {
        let size = |receipt: &Receipt| receipt.canonical().map_or(0, |text| text.len());
        let whole = self.canonical()?;
        let mut left = whole.len();
        if left <= SIZE_BYTES_MAX {
            return Ok(whole);
        }
        let before: usize = self.predicate.gates.iter().map(|gate| gate.findings.len()).sum();
        let mut kept = before;
        while left > SIZE_BYTES_MAX && kept > 0 {
            kept /= 2;
            let mut budget = kept;
            for gate in &mut self.predicate.gates {
                gate.findings.truncate(budget);
                budget -= gate.findings.len();
            }
            left = size(self);
        }
        let after: usize = self.predicate.gates.iter().map(|gate| gate.findings.len()).sum();
        self.predicate.findings_cut = Some((before - after) as u64);
        if self.predicate.verdict == Verdict::Green {
            self.predicate.verdict = Verdict::Error;
        }
        self.canonical()
    }

    /// All findings with their gate.
    pub fn findings(&self) -> impl Iterator<Item = (&GateResult, &FindingRecord)> {
        let gates = self.predicate.gates.iter();
        gates.flat_map(|gate| gate.findings.iter().map(move |finding| (gate, finding)))
    }
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| hex_digits(*byte)).map(char::from).collect()
}

/// The two of one byte. Formatting would cost more than all else that is done with
/// a tracked file.
pub(crate) fn hex_digits(byte: u8) -> [u8; 2] {
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' - 10 + half };
    [digit(byte >> 4), digit(byte & 15)]
}
