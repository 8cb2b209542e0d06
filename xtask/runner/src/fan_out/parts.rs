//! The files that the jobs of a fan-out left, read and held against the plan.

use std::io::Read;

use camino::Utf8PathBuf;
use kernel::Outcome;
use walkdir::WalkDir;

use super::{Line, Sheet};
use crate::cli::Stop;
use crate::receipt::{self, Ci, GateResult, Predicate, Receipt};

/// A file among the parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// Its path below the one folder that was named, else as it was named.
    pub name: String,
    /// Its content, or why it could not be had.
    pub content: Result<Vec<u8>, String>,
}

/// Every file that `paths` name: files, and folders with all that is in them,
/// as a CI provider lays out what jobs left. In the same order however they are
/// named.
///
/// # Errors
/// A folder that cannot be listed.
pub fn files(paths: &[Utf8PathBuf]) -> Result<Vec<File>, Stop> {
    let mut found = Vec::new();
    for path in paths {
        // A provider that had nothing to download makes no folder: which parts
        // are missing is told by the plan.
        if !path.is_dir() {
            found.push(File { name: path.to_string(), content: content(path.as_std_path()) });
            continue;
        }
        for entry in WalkDir::new(path).min_depth(1) {
            let entry = entry.map_err(|error| {
                Stop::environment(format!("'{path}' could not be read: {error}"))
            })?;
            if entry.file_type().is_dir() {
                continue;
            }
            // Of one folder, what is below it; of several, which one too.
            let below = entry.path().strip_prefix(path).ok().filter(|_| paths.len() == 1);
            let name = below.unwrap_or(entry.path()).to_string_lossy().into_owned();
            let content = if entry.file_type().is_file() {
                content(entry.path())
            } else {
                Err("it is no regular file".to_owned())
            };
            found.push(File { name, content });
        }
    }
    found.sort();
    Ok(found)
}

fn content(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let limit = receipt::SIZE_BYTES_MAX as u64;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(format!("a receipt has at most {limit} bytes"));
    }
    Ok(bytes)
}

/// A part that can be read.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Name of its file.
    pub name: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// What it says.
    pub predicate: Predicate,
    /// Why it does not count.
    pub faults: Vec<String>,
}

impl Part {
    /// Reads one and holds it against the plan.
    ///
    /// # Errors
    /// It is no receipt: which gate it was to be about cannot be told.
    pub fn read(file: &File, sheet: &Sheet, ci: Option<&Ci>) -> Result<Part, String> {
        let bytes = file.content.as_ref().map_err(|why| format!("unreadable: {why}"))?;
        let receipt: Receipt = serde_json::from_slice(bytes)
            .map_err(|error| format!("unreadable: no receipt of version 1: {error}"))?;
        let mut faults = Vec::new();
        form(bytes, &receipt, &mut faults);
        same(&receipt.predicate, sheet, &mut faults);
        same_run(receipt.predicate.run.ci.as_ref(), ci, &mut faults);
        Ok(Part {
            name: file.name.clone(),
            sha256: receipt::sha256(bytes),
            predicate: receipt.predicate,
            faults,
        })
    }

    /// The gates that it says it judged.
    pub fn judged(&self) -> impl Iterator<Item = &GateResult> {
        self.predicate.gates.iter().filter(|gate| {
            gate.outcome != Outcome::Skipped
                && !(gate.outcome == Outcome::NotApplicable && gate.reason.code == "when-event")
        })
    }

    /// The planned gate that it is about, or what is wrong with that.
    pub fn gate<'s>(&self, sheet: &'s Sheet) -> Result<Option<&'s str>, String> {
        let judged: Vec<&str> = self.judged().map(|gate| gate.id.as_str()).collect();
        let line = |id: &str| sheet.planned().find(|line| line.id == id);
        match judged.as_slice() {
            [] if sheet.planned().next().is_none() => Ok(None),
            [] => Err("it judged no gate".to_owned()),
            [id] => match line(id) {
                Some(line) => Ok(Some(line.id.as_str())),
                None => Err(format!("it judged '{id}', which is not planned")),
            },
            several => Err(format!("it judged {}, a part has one gate", several.join(", "))),
        }
    }
}

fn form(bytes: &[u8], receipt: &Receipt, faults: &mut Vec<String>) {
    let predicate = &receipt.predicate;
    if receipt.statement_type != receipt::STATEMENT_TYPE
        || receipt.predicate_type != receipt::PREDICATE_TYPE
    {
        faults.push(format!(
            "unknown schema: '{}', '{}'",
            receipt.statement_type, receipt.predicate_type
        ));
    }
    if predicate.schema_version != receipt::SCHEMA_VERSION {
        let text = format!(
            "unknown schema: version {}, this program reads {}",
            predicate.schema_version,
            receipt::SCHEMA_VERSION
        );
        faults.push(text);
    }
    // A repeated key or anything appended shows as another text.
    if receipt.canonical().map_or(true, |text| text.as_bytes() != bytes) {
        faults
            .push("not in canonical form: it was edited, or written by another program".to_owned());
    }
    let digest = receipt.subject.first().filter(|_| receipt.subject.len() == 1);
    let digest = |name: &str| digest.and_then(|subject| subject.digest.get(name).cloned());
    if digest("gitCommit") != predicate.source.commit || digest("gitTree") != predicate.source.tree
    {
        faults.push("its subject is not its source".to_owned());
    }
}

/// What every part of one plan has in common.
fn same(predicate: &Predicate, sheet: &Sheet, faults: &mut Vec<String>) {
    let mut differ = |what: &str, found: Option<&str>, expected: Option<&str>| {
        if found != expected {
            let shown = |value: Option<&str>| value.unwrap_or("none").to_owned();
            faults.push(format!("{what} is {}, expected {}", shown(found), shown(expected)));
        }
    };
    let source = &predicate.source;
    differ("its commit", source.commit.as_deref(), Some(&sheet.commit));
    differ("its tree", source.tree.as_deref(), Some(&sheet.tree));
    differ("its ci.toml", Some(&predicate.config.sha256), Some(&sheet.config_sha256));
    differ("its profile", predicate.profile.as_deref(), sheet.profile.as_deref());
    let plan = sheet.digest();
    differ("its plan", predicate.selection.plan_sha256.as_deref(), Some(&plan));
    if predicate.tool != sheet.tool {
        faults.push(format!(
            "its program is {} {} for {} (sources {}), expected {} {} for {} (sources {})",
            predicate.tool.name,
            predicate.tool.version,
            predicate.tool.target,
            predicate.tool.source_tree,
            sheet.tool.name,
            sheet.tool.version,
            sheet.tool.target,
            sheet.tool.source_tree,
        ));
    }
    if source.dirty || source.dirty_digest.is_some() {
        faults.push("dirty: its work tree differed from the commit".to_owned());
    }
    if !predicate.parts.is_empty() {
        faults.push("it was merged from parts, and is no part".to_owned());
    }
    if source.base.is_some() {
        faults.push("it judged a change, not the commit".to_owned());
    }
    let listed = predicate.gates.iter().map(|gate| gate.id.as_str());
    if !listed.eq(sheet.lines.iter().map(|line| line.id.as_str())) {
        faults.push("its gates are not those of ci.toml".to_owned());
    }
    for gate in &predicate.gates {
        let own = sheet.lines.iter().find(|line| line.id == gate.id);
        if own.is_some_and(|own| !is_of(gate, own)) {
            faults.push(format!("gate '{}' is not what ci.toml says", gate.id));
        }
    }
}

/// Whether a row is of the gate that the plan has under its name.
fn is_of(gate: &GateResult, line: &Line) -> bool {
    // A gate that did not come to run has none.
    let is_judged = matches!(gate.outcome, Outcome::Passed | Outcome::Reused | Outcome::Flaky)
        || !gate.options.sha256.is_empty();
    let is_known = !is_judged || line.options_sha256.as_ref() == Some(&gate.options.sha256);
    gate.kind == line.kind && gate.required == line.required && gate.needs == line.needs && is_known
}

/// Parts of two runs are two proofs, and half of each is none. Another attempt
/// of the same run re-runs single jobs, and is the same run.
fn same_run(found: Option<&Ci>, here: Option<&Ci>, faults: &mut Vec<String>) {
    let named = |ci: Option<&Ci>| {
        ci.map(|ci| {
            let Ci { provider, repository, run_id, event, workflow_ref, sha, .. } = ci.clone();
            (provider, repository, run_id, event, workflow_ref, sha)
        })
    };
    if named(found) != named(here) {
        let shown = |ci: Option<&Ci>| match ci {
            None => "no CI run".to_owned(),
            Some(ci) => {
                let words = [&ci.repository, &ci.run_id, &ci.event, &ci.workflow_ref, &ci.sha];
                let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
                format!("{} run {}", ci.provider, words.join(" "))
            }
        };
        faults.push(format!("it is of {}, expected {}", shown(found), shown(here)));
    }
}
