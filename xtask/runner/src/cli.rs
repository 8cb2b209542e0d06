//! The command line. One file a subcommand.

mod baseline;
mod cache;
mod completions;
mod doctor;
mod evidence;
mod explain;
mod fix;
mod hook;
mod init;
mod list;
mod merge;
mod plan;
mod prove;
mod receipt;
mod report;
mod require_green;
mod run;
mod schema;
mod select;
mod signers;
mod verify;
mod waivers;
mod why;

use std::io::Write;
use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand};

use crate::Builtin;
use crate::config::{FILE_NAME, Faults};
use crate::repo::RepoError;
use crate::report::text::visible;

/// Judges a repository by the gates of its ci.toml and writes a receipt.
#[derive(Debug, Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Verb,
}

/// Which repository, and by which file.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    /// Work in DIR instead of the current folder
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub dir: Option<Utf8PathBuf>,
    /// Read FILE instead of ci.toml at the repository's root
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<Utf8PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the gates, write the receipt
    Verify(verify::Verify),
    /// Write a first ci.toml, and a baseline of what is red today
    Init(init::Init),
    /// Every configured gate and what it looks at
    List(list::List),
    /// What would run, and why
    Plan(plan::PlanArgs),
    /// Judge one gate of a plan, leave its part for 'merge'
    Run(run::RunArgs),
    Select(select::Select),
    /// Make one receipt of the parts that the jobs of a plan left
    Merge(merge::Merge),
    /// Why one gate runs, or does not
    Why(why::Why),
    /// What a rule or gate is about, with examples
    Explain(explain::Explain),
    /// Prove that every rule can go red
    #[command(alias = "selftest")]
    Prove(prove::Prove),
    /// Known findings that do not count
    #[command(subcommand)]
    Baseline(baseline::Baseline),
    Fix(fix::Fix),
    /// Every exception, and whether it is used
    Waivers(waivers::Waivers),
    /// Judge what is about to be pushed, before it is
    #[command(subcommand)]
    Hook(hook::Hook),
    /// What earlier runs left for later ones
    #[command(subcommand)]
    Cache(cache::Cache),
    Doctor(doctor::Doctor),
    /// A receipt in another format
    Report(report::Report),
    /// Show, check, compare or sign receipts
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    /// Refuse to release a commit that is not proven green
    #[command(alias = "require-green-ci")]
    RequireGreen(require_green::RequireGreen),
    Evidence(evidence::Evidence),
    /// JSON Schema of ci.toml or of the receipt
    Schema(schema::Schema),
    /// Completions for a shell
    Completions(completions::Completions),
}

/// Why a command ended before it could do its work.
#[derive(Debug)]
pub(crate) struct Stop {
    /// Exit code.
    pub code: u8,
    /// In words.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Stop {
    /// Usage or configuration: exit code 2.
    pub fn usage(message: impl Into<String>) -> Stop {
        Stop { code: 2, message: message.into(), hint: None }
    }

    /// The surroundings: exit code 4.
    pub fn environment(message: impl Into<String>) -> Stop {
        Stop { code: 4, message: message.into(), hint: None }
    }

    /// What to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Stop {
        self.hint = Some(hint.into());
        self
    }
}

impl From<Faults> for Stop {
    fn from(faults: Faults) -> Stop {
        let count = faults.0.len();
        let noun = if count == 1 { "fault" } else { "faults" };
        let file = faults.0.first().map_or(FILE_NAME, |fault| fault.file.as_str());
        Stop {
            code: 2,
            message: format!("{faults}\n{count} {noun} in {file}: nothing was judged"),
            hint: None,
        }
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Stop {
        // Whoever read has read enough (`| head`): nobody is there to be told.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Stop { code: CODE_PIPE, message: String::new(), hint: None };
        }
        Stop::environment(error.to_string())
    }
}

impl From<RepoError> for Stop {
    fn from(error: RepoError) -> Stop {
        Stop { code: error.exit_code(), message: error.to_string(), hint: None }
    }
}

/// As a program ends that a closed pipe stopped: 128 and SIGPIPE.
const CODE_PIPE: u8 = 141;

/// Exit code of a command that did its work.
pub(crate) type Done = Result<u8, Stop>;

/// Reads the arguments, does it, says how it ended.
#[must_use]
pub fn main(builtin: &Builtin) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = u8::from(error.use_stderr()) * 2;
            let _printed = error.print();
            return ExitCode::from(code);
        }
    };
    silence_panics();
    let place = &cli.place;
    let done = match cli.command {
        Verb::Verify(args) => verify::run(builtin, place, &args),
        Verb::Init(args) => init::run(builtin, place, &args),
        Verb::List(args) => list::run(builtin, place, &args),
        Verb::Plan(args) => plan::run(builtin, place, &args),
        Verb::Run(args) => run::run(builtin, place, &args),
        Verb::Select(args) => select::run(builtin, place, &args),
        Verb::Merge(args) => merge::run(builtin, place, &args),
        Verb::Why(args) => why::run(builtin, place, &args),
        Verb::Explain(args) => explain::run(builtin, place, &args),
        Verb::Prove(args) => prove::run(builtin, place, &args),
        Verb::Baseline(args) => baseline::run(builtin, place, &args),
        Verb::Fix(args) => fix::run(builtin, place, &args),
        Verb::Waivers(args) => waivers::run(builtin, place, &args),
        Verb::Hook(args) => hook::run(builtin, place, &args),
        Verb::Cache(args) => cache::run(place, args),
        Verb::Doctor(args) => doctor::run(builtin, place, &args),
        Verb::Report(args) => report::run(builtin, &args),
        Verb::Receipt(args) => receipt::run(builtin, place, &args),
        Verb::RequireGreen(args) => require_green::run(builtin, place, &args),
        Verb::Evidence(args) => evidence::run(builtin, place, &args),
        Verb::Schema(args) => schema::run(builtin, &args),
        Verb::Completions(args) => completions::run(&args),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(stop) if stop.message.is_empty() => ExitCode::from(stop.code),
        Err(stop) => {
            let mut stderr = anstream::stderr().lock();
            let _told = writeln!(stderr, "{}", words(&stop));
            ExitCode::from(stop.code)
        }
    }
}

fn words(stop: &Stop) -> String {
    let mut text = if stop.message.starts_with("error") {
        stop.message.clone()
    } else {
        format!("error: {}", stop.message)
    };
    if let Some(hint) = &stop.hint {
        text.push_str(&format!("\n  = help: {hint}"));
    }
    // What was read may be quoted: none of it moves a cursor.
    let lines: Vec<_> = text.lines().map(visible).collect();
    lines.join("\n")
}

/// A gate that panics is told as errored. The default message would print
/// what it panicked with, and that could hold a secret it was reading.
fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line()));
        let _told = writeln!(std::io::stderr(), "internal fault{}", at.unwrap_or_default());
    }));
}
