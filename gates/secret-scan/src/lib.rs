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
mod engine;
mod exempt;
mod gitleaks;
mod history;
mod left_out;
mod names;
mod new_lines;
mod report;
mod rules;
mod tier;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::OnceLock;

use kernel::{
    Checked, ConfigError, Content, Depth, Evidence, Gate, GateError, Globs, Kind, Options,
    Proposal, Rule, SourceFile, Tree, Wants,
};

use config::{HistoryOption, Settings};
use engine::Scanner;
use engine::text::ready;
use exempt::Exemptions;

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
            checked.remarks.push(report::remark_about(report::ABOUT_LFS, file));
        }
        let (text, is_binary) = ready(file.bytes());
        if is_binary && !self.scanner.opens(&text) {
            checked.skip("binary-only-telling-formats");
        }
        let path = file.path().as_str();
        let skipped = RefCell::new(Vec::new());
        let note = |reason| skipped.borrow_mut().push(reason);
        // Where the history is judged too, it knows the commits that an exception may ask for.
        let is_left = self.history == HistoryOption::Full && file.id().is_some();
        let hits = self.scanner.scan_noting(&text, is_binary, &note);
        for hit in self.exemptions.told_at(self.scanner.specs(), hits, path) {
            let Some(spec) = self.scanner.specs().get(hit.rule) else { continue };
            if is_left {
                checked.remarks.push(report::remark(spec, &text, &hit, file));
            } else if !self.exemptions.cover(spec, &text, &hit, path, None) {
                let at = report::at(&self.shown(file.path()), None);
                checked.findings.push(report::finding(spec, &text, &hit, at));
            }
        }
        skipped.into_inner().into_iter().for_each(|reason| checked.skip(reason));
        if is_left && self.names_a_secret(file.path()) {
            checked.remarks.push(report::name_remark(file));
        } else if !is_left {
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
        let blobs = match evidence.history {
            Some(history) => self.judge_history(history, evidence, &mut checked)?,
            None => std::collections::BTreeSet::new(),
        };
        for remark in evidence.remarks {
            // A hit in a blob that the history holds is attributed there.
            let Some(left) = report::Left::read(remark) else { continue };
            if blobs.contains(left.blob) {
                continue;
            }
            if left.is_name {
                checked.findings.extend(self.name_findings(left.path, None));
            } else if let Some(finding) = self.rejudge(evidence, remark, &left)? {
                checked.findings.push(finding);
            }
        }
        self.tell_what_was_left_out(evidence, &mut checked);
        Ok(checked)
    }
}

#[cfg(test)]
mod tests;
