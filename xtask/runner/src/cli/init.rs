//! `init`: a first ci.toml for a repository that has none.

use std::io::Write;
use std::sync::mpsc::channel;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use kernel::{Depth, Outcome};

use super::baseline;
use super::{Done, Place, Stop};
use crate::Builtin;
use crate::baseline::{Baseline, FILE_NAME as BASELINE};
use crate::config::FILE_NAME;
use crate::exec::Cancel;
use crate::init::{Draft, Form, Install, Workflow, gitlab, has_alias, shell};
use crate::receipt::Receipt;
use crate::repo::write_new;
use crate::view::{At, View};

/// Write a first ci.toml, and a baseline of what is red today
#[derive(Debug, Args)]
pub struct Init {
    /// Only print the ci.toml
    #[arg(long)]
    print: bool,
    /// Write no baseline: what is red today stays red
    #[arg(long)]
    no_baseline: bool,
    /// Write the CI wrapper too
    #[arg(long, value_enum, value_name = "PROVIDER")]
    ci: Option<Provider>,
    /// Judge every push from here on, as 'hook install pre-push' does
    #[arg(long)]
    hook: bool,
    /// Where CI installs the program from, where `cargo xtask` is no alias:
    /// URL@COMMIT
    #[arg(long, value_name = "URL@COMMIT", requires = "ci")]
    source: Option<String>,
    /// One job a gate instead of one for all (github): worth it where the
    /// gates take longer than the jobs' setting up
    #[arg(long, requires = "ci")]
    fan_out: bool,
    /// Once a day, too, with every proof (github)
    #[arg(long, requires = "ci")]
    nightly: bool,
    /// The first job of a release, too (github)
    #[arg(long, requires = "ci")]
    release: bool,
    /// The image that the job runs in (gitlab); with @sha256:<64 hex> it is pinned
    #[arg(long, value_name = "IMAGE", requires = "ci")]
    image: Option<String>,
}

/// A CI provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Provider {
    /// .github/workflows/gates.yml
    Github,
    /// .gitlab-ci.yml, or .gitlab/gates.yml to include where that is there
    Gitlab,
    /// scripts/gates.sh, for any other
    Shell,
}

/// A file to write beside ci.toml.
struct Wrapper {
    path: &'static str,
    text: String,
    /// What the user does about it.
    next: Option<&'static str>,
}

const WORKFLOW: &str = ".github/workflows/gates.yml";
const NIGHTLY: &str = ".github/workflows/gates-nightly.yml";
const RELEASE: &str = ".github/workflows/release.yml";
const GITLAB: &str = ".gitlab-ci.yml";
/// What a GitLab job runs in where nothing else is asked for: the toolchain
/// that this program is built with.
const IMAGE: &str = "rust:1.95";

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Init) -> Done {
    if place.config.is_some() {
        return Err(Stop::usage("--config does not go with init")
            .hint(format!("init writes {FILE_NAME} at the repository's root")));
    }
    let view = View::open(place, At::WorkTree)?;
    let wrappers = wrappers(&view, args)?;
    refuse_to_overwrite(&view, args, &wrappers)?;
    let mut out = anstream::stdout().lock();
    for Wrapper { path, text, next } in &wrappers {
        write_new(&view.root.join(path), text.as_bytes())?;
        if text.starts_with("#!") {
            crate::mode::make_executable(view.root.join(path).as_std_path())?;
        }
        let next = next.map(|next| format!(": {next}")).unwrap_or_default();
        writeln!(out, "wrote {path}{next}")?;
    }
    // Opened again: the wrapper is one of the files that are looked at.
    let view = View::open(place, At::WorkTree)?;
    let depth = match &view.repository {
        None => Depth::None,
        Some(repository) if repository.is_shallow() => Depth::Shallow,
        Some(_) => Depth::Whole,
    };
    let draft = |depth| Draft::of(builtin.kinds(), &view.tree, depth, base(&view));
    let (draft, receipt) = match judged(builtin, &view, draft(depth)) {
        // A clone can lack objects without saying so; the tree is still there.
        Ok((tried, _)) if depth == Depth::Whole && tried.has_stuck() => {
            judged(builtin, &view, draft(Depth::Shallow))?
        }
        other => other?,
    };
    if args.print {
        write!(out, "{}", draft.text())?;
        return Ok(0);
    }
    if draft.gates.iter().all(|part| part.left_out.is_some()) {
        let reasons = draft
            .gates
            .iter()
            .filter_map(|part| Some(format!("{}: {}", part.name, part.left_out.as_ref()?)));
        let told = reasons.collect::<Vec<_>>().join("; ");
        let message = format!("no gate can judge here, nothing was written: {told}");
        return Err(Stop { code: 3, message, hint: None });
    }
    let known = baseline::next(&receipt, &Baseline::of([]), false);
    write_new(&view.root.join(FILE_NAME), draft.text().as_bytes())?;
    tell(&draft, &receipt, &mut out)?;
    let count = known.findings.len();
    if count > 0 && args.no_baseline {
        let told = findings(count);
        writeln!(out, "{told} today; 'baseline update --write' takes that as known")?;
    } else if count > 0 {
        let text = known.text().map_err(|error| Stop::environment(error.to_string()))?;
        write_new(&view.root.join(BASELINE), text.as_bytes())?;
        writeln!(
            out,
            "wrote {BASELINE}: {} of today, which no longer count; 'baseline show' lists them",
            findings(count)
        )?;
    }
    if args.hook {
        super::hook::install(builtin, place)?;
    }
    let call = if has_alias(&view.tree) { "cargo xtask" } else { "xtask" };
    writeln!(out, "next: {call} verify; then commit what was written")?;
    if args.ci == Some(Provider::Github) {
        writeln!(
            out,
            "before a release: a job that calls 'require-green', by a release-policy.toml with workflow = \"{WORKFLOW}\"; gate-runner's RELEASING.md has both"
        )?;
    }
    Ok(0)
}

fn refuse_to_overwrite(view: &View, args: &Init, wrappers: &[Wrapper]) -> Result<(), Stop> {
    let mut paths = vec![FILE_NAME];
    if !args.no_baseline {
        paths.push(BASELINE);
    }
    paths.extend(wrappers.iter().map(|wrapper| wrapper.path));
    // --print writes nothing.
    let there = paths.iter().find(|path| !args.print && view.root.join(path).exists());
    match there {
        None => Ok(()),
        Some(path) => {
            Err(Stop::usage(format!("{path} is there already, and init never overwrites"))
                .hint("'init --print' shows what a new ci.toml would say"))
        }
    }
}

fn wrappers(view: &View, args: &Init) -> Result<Vec<Wrapper>, Stop> {
    let Some(provider) = args.ci.filter(|_| !args.print) else { return Ok(Vec::new()) };
    if args.fan_out && provider != Provider::Github {
        return Err(Stop::usage("--fan-out goes with --ci github only")
            .hint("no other provider takes its jobs from what a job printed"));
    }
    if (args.nightly || args.release) && provider != Provider::Github {
        return Err(Stop::usage("--nightly and --release go with --ci github only"));
    }
    if args.image.is_some() && provider != Provider::Gitlab {
        return Err(Stop::usage("--image goes with --ci gitlab only"));
    }
    let install = install(view, args)?;
    let install = install.as_ref();
    Ok(vec![match provider {
        Provider::Github => return Ok(github(view, args, install)),
        Provider::Gitlab => {
            let is_there = view.root.join(GITLAB).exists();
            let next = "include it from .gitlab-ci.yml: include: [{ local: .gitlab/gates.yml }]";
            Wrapper {
                path: if is_there { ".gitlab/gates.yml" } else { GITLAB },
                text: gitlab(image(args)?, install),
                next: is_there.then_some(next),
            }
        }
        Provider::Shell => Wrapper { path: "scripts/gates.sh", text: shell(install), next: None },
    }])
}

fn github(view: &View, args: &Init, install: Option<&Install>) -> Vec<Wrapper> {
    let branches = branches(base(view).as_deref());
    let branches: Vec<&str> = branches.iter().map(String::as_str).collect();
    let file = |path, name, form, next| Wrapper {
        path,
        text: Workflow { name, branches: &branches, install, form }.text(),
        next,
    };
    let mut files = vec![if args.fan_out {
        let next = Some("let branch rules require its job 'verify-all'");
        file(WORKFLOW, "gates", Form::FanOut, next)
    } else {
        file(WORKFLOW, "gates", Form::OneJob, None)
    }];
    if args.nightly {
        files.push(file(NIGHTLY, "gates-nightly", Form::Nightly, None));
    }
    if args.release {
        let next = Some("add what publishes, each job with needs: [require-green]");
        files.push(file(RELEASE, "release", Form::Release, next));
    }
    files
}

/// What the wrapper installs; none where the alias builds the program.
fn install(view: &View, args: &Init) -> Result<Option<Install>, Stop> {
    if has_alias(&view.tree) {
        return Ok(None);
    }
    let missing = || {
        Stop::usage("CI has to install the program, and nothing says where from")
            .hint("say it: --source https://HOST/OWNER/NAME@<40 hex>; or give the workspace the alias 'xtask' in .cargo/config.toml")
    };
    let source = args.source.as_deref().ok_or_else(missing)?;
    let install = Install::parse(source).ok_or_else(|| {
        Stop::usage(format!("'{source}' is no https://… address and 40 hex digits"))
            .hint("a branch or a tag can be moved by whoever can push there")
    })?;
    Ok(Some(install))
}

fn image(args: &Init) -> Result<&str, Stop> {
    let image = args.image.as_deref().unwrap_or(IMAGE);
    let is_name = image.starts_with(|first: char| first.is_ascii_alphanumeric())
        && image.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte));
    if is_name {
        return Ok(image);
    }
    Err(Stop::usage(format!("'{image}' is no name of an image"))
        .hint(format!("write REGISTRY/NAME:TAG@sha256:<64 hex>, or leave it out for {IMAGE}")))
}

/// The branch that changes are compared with: what the remote calls its own.
fn base(view: &View) -> Option<String> {
    let git = view.repository.as_ref()?.git();
    let names = ["origin/HEAD", "origin/main", "origin/master"];
    names.into_iter().find_map(|name| {
        let found = git.output(&["rev-parse", "--abbrev-ref", "--verify", "--quiet", name]).ok()?;
        let found = String::from_utf8(found).ok()?.trim().to_owned();
        (!found.is_empty()).then_some(found)
    })
}

/// The branches whose pushes a workflow judges: the usual ones, and the remote's
/// own where it has another name. A name that YAML or a filter of GitHub would
/// read as more than that is left to the user.
fn branches(base: Option<&str>) -> Vec<String> {
    let usual = ["main", "master"].map(str::to_owned);
    let is_plain = |name: &&str| {
        name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
    };
    let own = base.and_then(|base| base.strip_prefix("origin/")).filter(is_plain);
    let own = own.map(str::to_owned).filter(|own| !usual.contains(own));
    own.into_iter().chain(usual).collect()
}

/// Judges by the draft, and leaves out what cannot judge: what is written runs
/// at once.
fn judged(builtin: &Builtin, view: &View, mut draft: Draft) -> Result<(Draft, Receipt), Stop> {
    let folder = tempfile::tempdir()?;
    let path = Utf8PathBuf::from_path_buf(folder.path().join(FILE_NAME))
        .map_err(|path| Stop::environment(format!("'{}' is no UTF-8 path", path.display())))?;
    loop {
        std::fs::write(&path, draft.text())?;
        let place = Place { dir: Some(view.root.clone()), config: Some(path.clone()) };
        let cancel = Cancel::on_signals()?;
        let (events, _heard) = channel();
        let order = baseline::order();
        let verified = crate::engine::verify(builtin, &place, view, &order, &cancel, &events)?;
        if let Some(code) = cancel.exit_code() {
            return Err(Stop {
                code,
                message: "interrupted, nothing was written".into(),
                hint: None,
            });
        }
        let gates = &verified.receipt.predicate.gates;
        let stuck: Vec<_> = gates
            .iter()
            .filter(|gate| !gate.outcome.is_green() && gate.outcome != Outcome::Failed)
            .map(|gate| (gate.id.clone(), gate.reason.text.clone()))
            .collect();
        if stuck.is_empty() {
            return Ok((draft, verified.receipt));
        }
        for (name, reason) in &stuck {
            draft.leave_out(name, reason);
        }
        if draft.gates.iter().all(|part| part.left_out.is_some()) {
            // Nothing left to run: what was judged is what there is.
            return Ok((draft, verified.receipt));
        }
    }
}

fn tell(draft: &Draft, receipt: &Receipt, out: &mut impl Write) -> Result<(), Stop> {
    writeln!(out, "wrote {FILE_NAME}")?;
    let width = draft.gates.iter().map(|part| part.name.len()).max().unwrap_or(0);
    for part in &draft.gates {
        let name = &part.name;
        let row = receipt.predicate.gates.iter().find(|gate| gate.id == *name);
        let end = match (&part.left_out, row) {
            (Some(reason), _) => format!("left out: {reason}"),
            (None, Some(row)) if row.outcome.is_green() => "green".to_owned(),
            (None, Some(row)) => findings(row.findings.len()),
            (None, None) => String::new(),
        };
        writeln!(out, "  {name:width$}  {}: {end}", part.proposal.because)?;
    }
    Ok(())
}

fn findings(count: usize) -> String {
    format!("{count} {}", if count == 1 { "finding" } else { "findings" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remotes_own_branch_is_judged_too() {
        assert_eq!(branches(None), ["main", "master"]);
        assert_eq!(branches(Some("origin/master")), ["main", "master"]);
        assert_eq!(branches(Some("origin/release/2.x")), ["release/2.x", "main", "master"]);
        for odd in ["origin/!main", "origin/a,b", "origin/a+", "elsewhere"] {
            assert_eq!(branches(Some(odd)), ["main", "master"], "{odd}");
        }
    }
}
