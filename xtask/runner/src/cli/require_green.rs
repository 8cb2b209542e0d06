//! `require-green`: refuses to let a commit be released that is not proven green.

mod files;
mod online;
pub mod policy_file;
mod question;
mod repository;

use std::io::Write;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use clap::{ArgGroup, Args};

pub use self::files::{receipts, signature_beside};
use self::question::Question;
use super::{Done, Place, Stop};
use crate::Builtin;
use crate::config;
use crate::green;
use crate::report::text::visible;
use crate::trust::Distrust;
use crate::view::{At, View};

/// Refuse a commit that is not proven green
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").required(true))]
pub struct RequireGreen {
    /// The commit to be released; an annotated tag stands for its commit
    #[arg(long, value_name = "REV")]
    commit: String,
    /// The receipt of its CI run
    #[arg(long, value_name = "FILE", group = "source")]
    receipt: Option<Utf8PathBuf>,
    /// A folder of receipts: every one about the commit has to prove it
    #[arg(long = "dir", value_name = "DIR", group = "source")]
    receipts: Option<Utf8PathBuf>,
    /// Ask GitHub: its runs, their jobs, and the receipt that each left. The
    /// token is read from GITHUB_TOKEN or GH_TOKEN
    #[arg(long, value_name = "OWNER/REPO", group = "source")]
    github: Option<String>,
    /// The API's address; GITHUB_API_URL, else GitHub's own
    #[arg(long, value_name = "URL", requires = "github")]
    api_url: Option<String>,
    /// The receipt's signature, where it is a file of its own; FILE.sig where
    /// that is there
    #[arg(long, value_name = "FILE", requires = "receipt")]
    signature: Option<Utf8PathBuf>,
    /// What the release asks for: a file outside this repository, or one of
    /// another branch as REF:PATH, e.g. origin/main:release-policy.toml
    #[arg(long, value_name = "FILE|REF:PATH", default_value = "origin/main:release-policy.toml")]
    policy: String,
    /// How long to wait for a run that is not over; keep it well below the
    /// job's own time limit
    #[arg(long, value_name = "D", requires = "github")]
    wait: Option<config::Duration>,
    /// How long between two looks
    #[arg(long, value_name = "D", requires = "github", default_value = "15s")]
    interval: config::Duration,
    /// Refuse a commit that BRANCH does not hold and that does not hold BRANCH:
    /// what was judged is not what would be there
    #[arg(long, value_name = "BRANCH", num_args = 0..=1, default_missing_value = "main")]
    base_fresh: Option<String>,
    /// Refuse a commit when a later one has a tag like PATTERN
    #[arg(long, value_name = "PATTERN", num_args = 0..=1, default_missing_value = "v*")]
    superseded: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &RequireGreen) -> Done {
    if place.config.is_some() {
        return Err(Stop::usage("--config does not go with require-green")
            .hint("the judged commit's own ci.toml is what its receipt must agree with"));
    }
    let began = Instant::now();
    let view = View::open(place, At::Commit(args.commit.clone()))?;
    let Some(repository) = &view.repository else {
        return Err(Stop::environment("no git repository here").hint("name it: -C DIR"));
    };
    repository::refuse_ambiguous(repository, &args.commit)?;
    let mut out = anstream::stdout().lock();
    let policy = match policy_file::read(repository, &view, &args.policy)? {
        Ok(policy) => policy,
        Err(refusal) => return say(&[refusal], &[], args, &view.head(), &mut out),
    };
    let name = repository::name(repository, &policy.policy, args.github.as_deref())?;
    let config = view.config(place, builtin)?;
    let question = Question { view: &view, config: &config, policy: &policy, repository: &name };
    let mut reasons = Vec::new();
    if let Some(branch) = args.base_fresh.as_deref().filter(|_| args.github.is_none()) {
        let found = repository::branch_head(repository, branch)?;
        reasons.extend(repository::base_moved(repository, &question.commit(), branch, &found)?);
    }
    if let Some(pattern) = &args.superseded {
        reasons.extend(repository::superseded(repository, &question.commit(), pattern)?);
    }
    let answer = match (&args.github, &args.receipts, &args.receipt) {
        (Some(_), _, _) => online::ask(&question, args, began)?,
        (None, Some(dir), _) => files::folder(&question, dir)?,
        (None, None, Some(receipt)) => files::one(&question, receipt, args.signature.as_deref())?,
        (None, None, None) => return Err(Stop::usage("no source is named")),
    };
    reasons.extend(answer.reasons);
    say(&green::ranked(reasons), &answer.by, args, &view.head(), &mut out)
}

/// What was found: every reason to refuse, and what the proof rests on.
#[derive(Debug, Default)]
struct Answer {
    reasons: Vec<Distrust>,
    /// Files or runs, for people.
    by: Vec<String>,
}

fn say(
    reasons: &[Distrust],
    by: &[String],
    args: &RequireGreen,
    commit: &str,
    out: &mut impl Write,
) -> Done {
    let code = green::exit_code(reasons);
    if args.json {
        let reasons: Vec<_> = reasons
            .iter()
            .map(|reason| serde_json::json!({ "code": reason.code, "text": reason.text }))
            .collect();
        let answer = serde_json::json!({
            "asked": args.commit, "commit": commit, "green": code == 0, "exitCode": code, "by": by, "reasons": reasons,
        });
        writeln!(out, "{answer:#}")?;
        return Ok(code);
    }
    for reason in reasons {
        writeln!(out, "{reason}")?;
    }
    // A tag or HEAD is another commit tomorrow.
    let short = commit.get(..12).unwrap_or(commit);
    let what = match args.commit.as_str() {
        asked if commit.starts_with(asked) => asked.to_owned(),
        asked => format!("{asked} ({short})"),
    };
    match reasons.len() {
        0 => writeln!(out, "ok  {what}: proven green by {}", visible(&by.join(", ")))?,
        1 => writeln!(out, "refused: 1 reason not to release {what}")?,
        count => writeln!(out, "refused: {count} reasons not to release {what}")?,
    }
    Ok(code)
}

/// A time span that a user gave, as the clock counts it.
fn span(duration: &config::Duration) -> Duration {
    duration.0
}
