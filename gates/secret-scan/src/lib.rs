//! secret-scan: no credential is in the tree, nor anywhere in the history.
//!
//! ```text
//! tables, code ─┐
//! .gitleaks.toml ┴─ Pack ─ Scanner ── scan(bytes) ─► Hit ── exceptions ─► Finding
//!                                         ▲                (path, commit)
//!                     files, blobs, messages
//! ```
//!
//! A finding says which rule, where, and how long the secret is. What the
//! secret is stays in the file.

mod config;
mod context;
mod engine;
mod exempt;
mod gitleaks;
mod history;
mod left;
mod left_out;
mod names;
mod new_lines;
mod report;
mod rules;
mod tier;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::OnceLock;

use camino::Utf8Path;
use kernel::{
    Checked, ConfigError, Content, Depth, Evidence, Finding, Gate, GateError, Globs, Kind, Options,
    Proposal, Rule, SourceFile, Tree, Wants,
};

use config::{HistoryOption, Settings};
use engine::text::{Page, ready};
use engine::{Hit, Scanner, archive};
use exempt::Exemptions;
use report::Left;

/// What the registry lists.
pub const REGISTER: Kind = Kind {
    id: ID,
    summary: "keeps credentials out of the tree and out of the history",
    items: ("text", "texts"),
    configure,
    schema: config::schema,
    propose,
};

const ID: &str = "secret-scan";

fn configure(options: &Options, tree: &Tree) -> Result<Box<dyn Gate>, ConfigError> {
    let settings: Settings = options.read()?;
    let pack = settings.pack(tree)?;
    let own_files =
        pack.files.iter().cloned().chain(settings.baseline.iter().map(|p| p.to_string()));
    let exemptions = Exemptions::new(pack.allow, own_files.collect(), settings.known(tree)?);
    let scanner = Scanner::new(pack.specs).map_err(ConfigError::new)?;
    Ok(Box::new(SecretScan {
        scanner: scanner.opening_archives(settings.archive_depth()?),
        exemptions,
        history: settings.history,
        delta: settings.delta,
        rules_depend_on: settings.without_scope(),
        files: Globs::new(["**"]).map_err(|error| ConfigError::new(error.to_string()))?,
        rules: OnceLock::new(),
    }))
}

fn propose(tree: &Tree, depth: Depth) -> Option<Proposal> {
    let history = match depth {
        Depth::None => "history = \"none\"\n",
        Depth::Shallow => {
            "history = \"none\"            # this clone lacks objects of its history; \"full\" where it has all\n"
        }
        Depth::Whole => "history = \"full\"\n",
    };
    let own = tree.find(".gitleaks.toml".into()).map(|_| ", by the rules of .gitleaks.toml");
    let because = format!("any text may hold a credential{}", own.unwrap_or_default());
    let proposal = Proposal::new(format!("[gate.{ID}]\n{history}"), because);
    Some(match depth {
        // What is pushed is there, also in a clone that lacks what came before.
        Depth::Whole | Depth::Shallow => proposal.quick("history = \"range\"\n"),
        Depth::None => proposal,
    })
}

/// The gate, configured.
struct SecretScan {
    scanner: Scanner,
    exemptions: Exemptions,
    history: HistoryOption,
    delta: bool,
    rules_depend_on: String,
    files: Globs,
    rules: OnceLock<Vec<Rule>>,
}

impl Gate for SecretScan {
    fn rules(&self) -> Cow<'_, [Rule]> {
        let rules =
            self.rules.get_or_init(|| self.scanner.specs().iter().map(report::rule).collect());
        Cow::Borrowed(rules)
    }

    fn wants(&self) -> Wants {
        let history = self.history.scope();
        Wants { files: self.files.clone(), history, git: history.is_some(), ..Wants::default() }
    }

    fn check_file(&self, file: &SourceFile) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        checked.examined.files = 1;
        checked.examined.items = 1;
        checked.examined.bytes = file.bytes().len() as u64;
        if let Content::LfsPointer(_) = file.content() {
            checked.skip("lfs-pointer");
            checked.remarks.push(report::left(Left::Pointer, file));
        }
        let (text, is_binary) = ready(file.bytes());
        if is_binary && !self.scanner.opens(&text) {
            checked.skip("binary-only-telling-formats");
        }
        // The history, where it is judged too, knows the commits that an exception may
        // ask for, and most files of the tree stand in it as they are.
        let left_for = self.history == HistoryOption::Full;
        match file.id().filter(|_| left_for) {
            Some(id) if archive::kind(&text).is_none() && id.is_of_blob(file.bytes()) => {
                checked.remarks.push(report::left(Left::Text, file));
            }
            id => self.look_into(file, &text, is_binary, id.is_some(), &mut checked),
        }
        if left_for && file.id().is_some() {
            if self.names_a_secret(file.path()) {
                checked.remarks.push(report::left(Left::Name, file));
            }
        } else {
            checked.findings.extend(self.name_findings(file.path(), None));
        }
        for spec in self.scanner.specs() {
            if let Some(finding) = self.exemptions.offending_path(spec, file.path(), None) {
                checked.findings.push(finding);
            }
        }
        Ok(checked)
    }

    fn check(&self, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        let suspects = match evidence.history {
            Some(history) => self.judge_history(history, evidence, &mut checked)?,
            None => std::collections::BTreeSet::new(),
        };
        self.judge_what_was_left(evidence, &suspects, &mut checked)?;
        self.tell_what_was_left_out(evidence, &mut checked);
        Ok(checked)
    }
}

impl SecretScan {
    /// Scans a file, and tells what is in it or leaves it for the whole.
    fn look_into(
        &self,
        file: &SourceFile,
        text: &[u8],
        is_binary: bool,
        is_left: bool,
        checked: &mut Checked,
    ) {
        let skipped = RefCell::new(Vec::new());
        let note = |reason| skipped.borrow_mut().push(reason);
        let hits = self.scanner.scan_noting(text, is_binary, &note);
        skipped.into_inner().into_iter().for_each(|reason| checked.skip(reason));
        let path = file.path();
        if !is_left {
            checked.findings.extend(self.findings_in(path, text, hits));
        } else if !self.exemptions.told_at(self.scanner.specs(), hits, path.as_str()).is_empty() {
            checked.remarks.push(report::left(Left::Hits, file));
        }
    }

    /// What `hits` are findings of, in a file of the tree.
    fn findings_in(&self, path: &Utf8Path, text: &[u8], hits: Vec<Hit>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let page = Page::of(text);
        for hit in self.exemptions.told_at(self.scanner.specs(), hits, path.as_str()) {
            let Some(spec) = self.scanner.specs().get(hit.rule) else { continue };
            if !self.exemptions.cover(spec, &page, &hit, path.as_str(), None) {
                let at = report::at(&self.shown(path), None);
                findings.push(report::finding(spec, &page, &hit, at));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests;
