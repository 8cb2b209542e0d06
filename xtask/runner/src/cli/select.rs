//! `select`: the components that a change concerns, for jobs that build or
//! deploy them.

use std::collections::BTreeMap;
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};
use kernel::{Globs, ObjectId};
use serde_json::{Map, Value, json};

use super::verify::ViewArgs;
use super::{Done, Place, Stop};
use crate::Builtin;
use crate::ci;
use crate::config::Config;
use crate::repo::Repository;
use crate::report::text::{count, visible};
use crate::select::{Change, Lines, Selection, select};
use crate::view::{At, View};

/// Unmatched paths that are named.
const NAMED_MAX: usize = 20;
/// A file that holds a commit is no longer than this.
const FILE_BYTES_MAX: u64 = 4 << 10;

/// Which components a change concerns: flags, counts and a matrix
#[derive(Debug, Args)]
pub struct Select {
    /// A ref (compared from where the change began), or a file that holds the
    /// last deployed commit (compared with that); [verify] base where absent.
    /// One that is not there selects everything
    #[arg(long, value_name = "REF|FILE")]
    base: Option<String>,
    #[command(flatten)]
    view: ViewArgs,
    /// What to print; in GitHub Actions 'github', elsewhere 'plain'
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// All of it
    Json,
    /// NAME=VALUE lines, in GitHub Actions also the step's outputs
    Github,
    /// For a person
    Plain,
}

/// What a change is compared with.
struct Against {
    /// As given.
    name: String,
    /// The commit that is compared with.
    commit: Option<ObjectId>,
}

/// Runs it.
pub fn run(builtin: &Builtin, place: &Place, args: &Select) -> Done {
    let view = View::open(place, args.view.at())?;
    let config = view.config(place, builtin)?;
    if config.components.is_empty() {
        return Err(Stop::usage("ci.toml has no component")
            .hint("write one: [components.api] paths = [\"services/api/**\"]"));
    }
    let base = args.base.as_ref().or(config.verify.base.as_ref());
    let against = match base {
        Some(base) => against(&view, base, args.base.is_some())?,
        None => Err("no base is given".to_owned()),
    };
    let name = base.cloned().unwrap_or_default();
    let (against, change) = match against {
        Ok((repository, commit)) => {
            let paths = changed(&view, repository, &commit)?;
            (Against { name, commit: Some(commit) }, Change::Paths(paths))
        }
        Err(why) => (Against { name, commit: None }, Change::Unknown(why)),
    };
    let ignore = Globs::new(&config.select.ignore).unwrap_or_default();
    let selection = select(&config.components, &ignore, &change);
    let format = if ci::is_github() { Format::Github } else { Format::Plain };
    let mut out = anstream::stdout().lock();
    match args.format.unwrap_or(format) {
        Format::Plain => plain(&selection, &against, &mut out)?,
        Format::Json => {
            let matrix = matrix(&config, &selection)?;
            writeln!(out, "{:#}", whole(&selection, &against, &matrix))?;
        }
        Format::Github => {
            let outputs = outputs(&selection, &against, &matrix(&config, &selection)?);
            out.write_all(outputs.as_bytes())?;
            if let Some(path) = std::env::var_os("GITHUB_OUTPUT").filter(|_| ci::is_github()) {
                let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
                file.write_all(outputs.as_bytes())?;
            }
        }
    }
    if let Some(why) = &selection.unknown {
        let mut stderr = anstream::stderr().lock();
        writeln!(stderr, "note: everything is selected: {}", visible(why))?;
    }
    Ok(0)
}

/// The commit that `base` means, or why it cannot be told.
fn against<'v>(
    view: &'v View,
    base: &str,
    may_be_file: bool,
) -> Result<Result<(&'v Repository, ObjectId), String>, Stop> {
    let Some(repository) = &view.repository else {
        return Ok(Err(format!("'{}' is no git repository", view.root)));
    };
    let is_path = base.starts_with(['.', '/']) || base.contains('\\');
    let file = Utf8Path::new(base);
    let is_file = may_be_file && file.is_file();
    let found = if is_path { None } else { repository.resolve(base).ok() };
    if is_file && found.is_some() {
        let text = format!("'{base}' is both a ref and a file");
        let hint = format!("write './{base}' for the file, 'refs/heads/{base}' for the branch");
        return Err(Stop::usage(text).hint(hint));
    }
    if is_file {
        return Ok(deployed(repository, file).map(|commit| (repository, commit)));
    }
    if found.is_none() {
        let why = if is_path { "is not there" } else { "is not known here" };
        return Ok(Err(format!("the base '{base}' {why}")));
    }
    Ok(match repository.merge_base(base, &view.head()) {
        Ok(Some(commit)) => Ok((repository, commit)),
        Ok(None) => Err(format!("'{base}' shares no history with what is judged")),
        Err(error) => Err(error.to_string()),
    })
}

/// The commit that a file holds.
fn deployed(repository: &Repository, file: &Utf8Path) -> Result<ObjectId, String> {
    let no_commit =
        || format!("'{file}' holds no commit: 40 or 64 hexadecimal digits are expected");
    let size = std::fs::metadata(file).map_err(|error| format!("'{file}': {error}"))?.len();
    if size > FILE_BYTES_MAX {
        return Err(no_commit());
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("'{file}': {error}"))?;
    let commit = text.split_whitespace().next().unwrap_or_default();
    let is_name =
        matches!(commit.len(), 40 | 64) && commit.bytes().all(|it| it.is_ascii_hexdigit());
    if !is_name {
        return Err(no_commit());
    }
    repository.resolve(commit).map_err(|_| format!("the commit '{commit}' of '{file}' is not here"))
}

/// What differs from `base`, with its lines.
fn changed(
    view: &View,
    repository: &Repository,
    base: &ObjectId,
) -> Result<BTreeMap<Utf8PathBuf, Lines>, Stop> {
    let mut args =
        vec!["diff", "--numstat", "-z", "--no-renames", "--no-ext-diff", "--no-textconv"];
    let head = view.head();
    match view.at {
        At::WorkTree => args.push(base.as_str()),
        At::Index => args.extend(["--cached", base.as_str()]),
        At::Commit(_) => args.extend([base.as_str(), &head]),
    }
    args.push("--");
    let printed = repository.git().output(&args).map_err(crate::repo::RepoError::from)?;
    let mut lines: BTreeMap<Utf8PathBuf, Lines> = BTreeMap::new();
    for record in printed.split(|byte| *byte == 0).filter(|record| !record.is_empty()) {
        let record = String::from_utf8_lossy(record);
        let mut parts = record.splitn(3, '\t');
        let (came, went) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let both = came.parse().ok().zip(went.parse().ok());
        lines.insert(parts.next().unwrap_or_default().into(), both);
    }
    let counted = |path: Utf8PathBuf| {
        // git's own list has no file that it does not track.
        let own = || {
            let file = view.tree.read(&path).ok()?;
            file.text().map(|text| (text.lines().count() as u64, 0))
        };
        let found = lines.get(&path).copied().unwrap_or_else(own);
        (path, found)
    };
    Ok(repository.changed(base, &view.snapshot)?.into_iter().map(counted).collect())
}

fn matrix(config: &Config, selection: &Selection) -> Result<Value, Stop> {
    selection.matrix(&config.components).map_err(|count| {
        let limit = crate::fan_out::ENTRIES_MAX;
        Stop::usage(format!(
            "{count} components are selected, and a matrix of GitHub Actions holds {limit} entries"
        ))
        .hint("join some of them, or let one job do several: --format json has all")
    })
}

fn whole(selection: &Selection, against: &Against, matrix: &Value) -> Value {
    let parts = selection.parts.iter().map(|part| {
        let about = json!({
            "selected": part.why.is_some(), "why": part.why, "files": part.files,
            "insertions": part.insertions, "deletions": part.deletions,
        });
        (part.name.clone(), about)
    });
    json!({
        "base": { "name": against.name, "commit": against.commit.as_ref().map(ToString::to_string) },
        "all": selection.unknown.is_some(),
        "reason": selection.unknown,
        "any": selection.selected().next().is_some(),
        "count": selection.selected().count(),
        "components": parts.collect::<Map<_, _>>(),
        "unmatched": selection.unmatched,
        "ignored": selection.ignored,
        "matrix": matrix,
    })
}

/// A line an output; none has a line end inside, since JSON writes it otherwise.
fn outputs(selection: &Selection, against: &Against, matrix: &Value) -> String {
    let names: Vec<&str> = selection.selected().map(|part| part.name.as_str()).collect();
    let named: Vec<_> = selection.unmatched.iter().take(NAMED_MAX).collect();
    let commit = against.commit.as_ref().map_or("", ObjectId::as_str);
    let mut text = String::new();
    for part in &selection.parts {
        text.push_str(&format!("{}={}\n", part.name, part.why.is_some()));
    }
    text.push_str(&format!("all={}\nany={}\n", selection.unknown.is_some(), !names.is_empty()));
    text.push_str(&format!("base={commit}\ncount={}\n", names.len()));
    text.push_str(&format!("components={}\nmatrix={matrix}\n", json!(names)));
    text.push_str(&format!("unmatched={}\n", json!(named)));
    text
}

fn plain(selection: &Selection, against: &Against, out: &mut impl Write) -> std::io::Result<()> {
    let width = selection.parts.iter().map(|part| part.name.len()).max().unwrap_or(0);
    for part in &selection.parts {
        let why = part.why.unwrap_or("-");
        let files = count(part.files, "file", "files");
        let lines = if part.files > 0 {
            format!("  {files}  +{} -{}", part.insertions, part.deletions)
        } else {
            String::new()
        };
        writeln!(out, "{:width$}  {why}{lines}", part.name)?;
    }
    if !selection.unmatched.is_empty() {
        let named = selection
            .unmatched
            .iter()
            .take(NAMED_MAX)
            .map(|path| visible(path.as_str()).into_owned());
        let more = selection.unmatched.len().saturating_sub(NAMED_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named: Vec<String> = named.collect();
        writeln!(out, "in no component: {}{more}", named.join(", "))?;
    }
    if selection.ignored > 0 {
        writeln!(out, "ignored: {}", count(selection.ignored, "path", "paths"))?;
    }
    if let Some(commit) = &against.commit {
        let commit = commit.as_str().get(..12).unwrap_or_default();
        writeln!(out, "since {commit}, from '{}'", visible(&against.name))?;
    }
    Ok(())
}
