//! The policy of a release: what a receipt must show before a commit may be
//! published. A file of its own, which the judged commit does not choose.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8Path;
use jiff::{SignedDuration, SpanRelativeTo};
use serde::{Deserialize, Deserializer};

use crate::config::{Fault, Faults, reworded};

/// The file's usual name.
pub const FILE_NAME: &str = "release-policy.toml";
/// The `schema` this program reads.
pub const SCHEMA: u32 = 1;

/// All of a policy file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    schema: u32,
    /// Repository that the receipt's run belongs to, `owner/name`.
    pub repository: String,
    /// Workflow file whose runs count, e.g. `.github/workflows/ci.yml`.
    pub workflow: String,
    /// Events whose runs count. A pull request's run proves another tree than
    /// the one that is merged, so it is not among them.
    #[serde(default = "usual_events")]
    pub events: Vec<String>,
    /// How old the run may be.
    #[serde(default)]
    pub max_age: Option<Age>,
    /// Whether a gate's earlier result on the same input counts.
    #[serde(default)]
    pub allow_reused: bool,
    /// Whether a pass on a retry counts.
    #[serde(default)]
    pub allow_flaky: bool,
    /// Gates that must be there, judged and green.
    pub require: BTreeMap<String, Require>,
}

/// `[require.GATE]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Require {
    /// What its options must hold at least: lists may hold more.
    pub options: toml::Table,
    /// How many findings exceptions may cover; none sets no limit.
    pub max_waived: Option<u64>,
    /// How many findings the baseline may cover; none sets no limit.
    pub max_baselined: Option<u64>,
    /// Rules that may weigh less than they do by themselves.
    pub severity: BTreeMap<String, kernel::Severity>,
}

/// A time span that may have days: `7d`, `36h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age(pub SignedDuration);

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Age, D::Error> {
        let text = String::deserialize(deserializer)?;
        let span: Option<jiff::Span> = text.parse().ok();
        let age = span
            .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
            .filter(SignedDuration::is_positive);
        age.map(Age).ok_or_else(|| {
            serde::de::Error::custom(format!("'{text}' is no age; write '7d' or '36h'"))
        })
    }
}

fn usual_events() -> Vec<String> {
    vec!["push".to_owned(), "merge_group".to_owned()]
}

impl Policy {
    /// Reads the text of a policy file.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Policy, Faults> {
        let whole: Arc<str> = Arc::from(text);
        let fault = |message: String, span| Fault::new(path, Arc::clone(&whole), message, span);
        let policy: Policy = toml::from_str(text).map_err(|error| {
            let (message, hint) = reworded(error.message());
            let mut fault = fault(message, error.span());
            fault.hint = hint;
            Faults(vec![fault])
        })?;
        let mut faults = Vec::new();
        if policy.schema != SCHEMA {
            faults.push(fault(format!("this program reads schema {SCHEMA}"), None));
        }
        if policy.require.is_empty() {
            let mut none = fault("no gate is required: every commit would pass".to_owned(), None);
            none.hint =
                Some("name each gate that a release needs: [require.secret-scan]".to_owned());
            faults.push(none);
        }
        if let Some(event) = policy.events.iter().find(|event| event.as_str() == "pull_request") {
            let mut proves =
                fault(format!("'{event}' proves another tree than the merged one"), None);
            proves.hint =
                Some("take 'push', and 'merge_group' where there is a merge queue".to_owned());
            faults.push(proves);
        }
        if policy.events.is_empty() {
            faults.push(fault("'events' is empty: no run could ever count".to_owned(), None));
        }
        if faults.is_empty() { Ok(policy) } else { Err(Faults(faults)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    const WHOLE: &str = "schema = 1\nrepository = 'o/r'\nworkflow = '.github/workflows/ci.yml'\nmax_age = '7d'\n[require.secret-scan]\noptions.history = 'full'\nmax_waived = 0\n";

    fn fault(text: &str) -> String {
        Policy::parse("release-policy.toml".into(), text).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_one_is_read() {
        let policy = Policy::parse("release-policy.toml".into(), WHOLE).unwrap();
        assert_eq!(policy.max_age.unwrap().0.as_hours(), 168);
        assert_eq!(policy.events, ["push", "merge_group"]);
        assert_eq!(policy.require["secret-scan"].max_waived, Some(0));
        assert!(!policy.allow_reused);
    }

    #[test]
    fn faults_say_what_to_write() {
        assert!(fault(&WHOLE.replace("max_age", "max_aeg")).contains("max_aeg"));
        assert!(fault(&WHOLE.replace("7d", "soon")).contains("'soon' is no age; write '7d'"));
        assert!(fault(&WHOLE.replace("7d", "-7d")).contains("'-7d' is no age"));
        assert!(fault(&WHOLE.replace("schema = 1", "schema = 2")).contains("reads schema 1"));
        let (head, _) = WHOLE.split_once("[require").unwrap();
        assert!(fault(&format!("{head}[require]\n")).contains("every commit would pass"));
        assert!(fault(&format!("{head}events = []\n[require.a]\n")).contains("'events' is empty"));
        let requests = format!("{head}events = ['pull_request']\n[require.a]\n");
        assert!(fault(&requests).contains("proves another tree"));
    }
}
