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
    /// Repository that the receipt's run belongs to, `owner/name`. Whoever asks
    /// may name it instead.
    pub repository: Option<String>,
    /// Workflow file whose runs count, e.g. `.github/workflows/ci.yml`.
    pub workflow: String,
    /// Events whose runs count. A pull request's run proves another tree than
    /// the one that is merged, so it is not among them.
    #[serde(default = "usual_events", deserialize_with = "crate::config::events")]
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
    /// How often a run may have been begun before it was green; none sets no
    /// limit. Whoever repeats a run until it is green proves little.
    #[serde(default)]
    pub max_attempts: Option<u64>,
    /// Name of the artifact that holds the receipt.
    #[serde(default = "usual_artifact")]
    pub artifact: String,
    /// Jobs of the workflow that may be skipped. Every other one must have
    /// succeeded: a run is a success although jobs of it were skipped, or failed
    /// under `continue-on-error`.
    #[serde(default)]
    pub may_skip: Vec<String>,
    /// Sources that the judging program may have been built from, as receipts
    /// name them (`tool.sourceTree`); none takes any.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Gates that must be there, judged and green.
    pub require: BTreeMap<String, Require>,
    /// Other workflows whose runs must be green too, by the name of their file.
    #[serde(default)]
    pub workflows: BTreeMap<String, Other>,
    /// Check runs that must be green, by name.
    #[serde(default)]
    pub checks: BTreeMap<String, Check>,
    /// Who must have signed the receipt; none asks for no signature.
    #[serde(default)]
    pub signed: Option<Signed>,
}

/// `[workflows.NAME]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Its file; `.github/workflows/NAME.yml` where nothing is said.
    #[serde(default)]
    pub path: Option<String>,
    /// What no run of it means.
    #[serde(default)]
    pub missing: Missing,
}

/// What it means that a workflow did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The commit is not proven.
    #[default]
    Fail,
    /// Nothing: it has a path filter.
    Pass,
}

/// `[checks.NAME]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The app that must have posted it, as its address names it:
    /// `github-actions`. Anyone who may write checks can use any name.
    pub app: String,
}

/// `[signed]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signed {
    /// File of SSH signers, beside the policy.
    pub allowed_signers: Option<String>,
    /// Of them, those that may sign a release's receipt.
    pub identities: Vec<String>,
    /// Files of ed25519 public keys (PEM), beside the policy.
    pub keys: Vec<String>,
    /// Whether a receipt that was made outside CI counts, if one of them signed
    /// it.
    pub local: bool,
}

/// `[require.GATE]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Require {
    /// What its options must hold at least: lists may hold more.
    pub options: toml::Table,
    /// Whether its options must be those above and nothing else.
    pub exact: bool,
    /// The built-in kind that it must be, where its name is another: a commit
    /// could call any gate by the name of this one.
    pub kind: Option<String>,
    /// The command that it must be.
    pub run: Option<Vec<String>>,
    /// The folder that the command runs in; the repository's own where absent.
    pub dir: Option<String>,
    /// What is set for the command, and nothing else is.
    pub set_env: BTreeMap<String, String>,
    /// How many files it must have looked at; none asks for no number.
    pub min_files: Option<u64>,
    /// How many items (references, statements, operations …); none asks for no
    /// number.
    pub min_items: Option<u64>,
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

fn usual_artifact() -> String {
    "verify-all".to_owned()
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
        if let Some(signed) = &policy.signed {
            faults.extend(signed.faults().map(|message| fault(message, None)));
        }
        if faults.is_empty() { Ok(policy) } else { Err(Faults(faults)) }
    }
}

impl Signed {
    /// The files it names.
    pub fn files(&self) -> impl Iterator<Item = &String> {
        self.allowed_signers.iter().chain(&self.keys)
    }

    /// What makes it a table by which nobody, or anybody, could sign.
    fn faults(&self) -> impl Iterator<Item = String> {
        let has_ssh = self.allowed_signers.is_some();
        [
            (
                !has_ssh && self.keys.is_empty(),
                "[signed] names nobody: give allowed_signers and identities, or keys",
            ),
            (
                has_ssh == self.identities.is_empty(),
                "[signed] needs allowed_signers and identities together: the file may list people who do not release",
            ),
        ]
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, text)| text.to_owned())
    }
}

impl Other {
    /// The workflow's file; `name` is its key in the policy.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        self.path.clone().unwrap_or_else(|| format!(".github/workflows/{name}.yml"))
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
        let nobody = format!("{WHOLE}[signed]\nlocal = true\n");
        assert!(fault(&nobody).contains("names nobody"));
        let anybody = format!("{WHOLE}[signed]\nallowed_signers = 'a'\n");
        assert!(fault(&anybody).contains("identities together"));
        let requests = format!("{head}events = ['pull_request']\n[require.a]\n");
        assert!(fault(&requests).contains("proves another tree"));
    }
}
