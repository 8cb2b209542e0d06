//! What a gate hands back.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CommentWaiver, Finding, Location};

/// How much was looked at. A gate that looked at nothing is vacuous, and that
/// is red: a check that cannot fail is worse than none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Examined {
    /// Files judged.
    pub files: u64,
    /// Bytes read for it.
    pub bytes: u64,
    /// Things judged in them: each kind of gate says what they are.
    pub items: u64,
}

impl Examined {
    /// Whether nothing at all was looked at.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.files == 0 && self.items == 0
    }
}

/// Something a reader of the receipt must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// How many.
    Count(u64),
    /// Words.
    Text(String),
    /// Several words.
    List(Vec<String>),
}

impl From<bool> for Fact {
    fn from(flag: bool) -> Fact {
        Fact::Flag(flag)
    }
}

impl From<u64> for Fact {
    fn from(count: u64) -> Fact {
        Fact::Count(count)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Fact {
        Fact::Text(text.to_owned())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Fact {
        Fact::Text(text)
    }
}

/// What one file says that only the whole can judge, e.g. which version a
/// comment gives to a commit. [`crate::Gate::check_file`] leaves them,
/// [`crate::Gate::check`] finds them in the evidence, sorted by place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// What it is about.
    pub about: String,
    /// What is said.
    pub says: String,
    /// Where.
    pub at: Location,
}

/// The result of judging: of one file, or of the whole.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Checked {
    /// Faults of the tree, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub examined: Examined,
    /// What a reader must know: scope left out, history complete, executed or
    /// not and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Fact>,
    /// What was not judged, counted by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<String, u64>,
    /// Notes for the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// Exceptions in comments of a spelling that only the gate knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<CommentWaiver>,
    /// Files that were read for what they tell and not judged: nobody can say
    /// that an exception in them covers nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<Utf8PathBuf>,
}

impl Checked {
    /// Adds `other`: findings and remarks are appended, counts summed, facts
    /// of the same name replaced.
    pub fn merge(&mut self, other: Checked) {
        self.findings.extend(other.findings);
        self.remarks.extend(other.remarks);
        self.waivers.extend(other.waivers);
        self.unjudged.extend(other.unjudged);
        self.facts.extend(other.facts);
        self.examined.files += other.examined.files;
        self.examined.bytes += other.examined.bytes;
        self.examined.items += other.examined.items;
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
    }

    /// Counts one thing that was not judged.
    pub fn skip(&mut self, reason: &str) {
        *self.skipped.entry(reason.to_owned()).or_default() += 1;
    }
}
