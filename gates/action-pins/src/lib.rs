//! Nothing that a pipeline executes can be changed by somebody else without a
//! commit here: every action, reusable workflow and image that a workflow or
//! an action file names is pinned to its content, and what cannot be read is
//! red.
//!
//! ```text
//! SourceFile ─ yaml ─ Yaml ─ pipeline ─ Pipeline ─ rules/<rule> ─ Finding
//!                               ├ reference   owner/repository@revision
//!                               ├ image       name:tag@digest
//!                               ├ matrix      what ${{ matrix.image }} can be
//!                               ├ comment     # v4.2.2
//!                               └ jobs        needs, if, permissions, steps
//!                                  ├ check      which of them ask for proof
//!                                  ├ publish    which of them publish
//!                                  ├ shell      the commands of a `run:`
//!                                  └ condition  what an `if:` comes to
//! ```
//!
//! The rules about jobs are about releases: a check that a receipt cannot prove
//! to be waited for.
//!
//! Deliberately absent: the network. That a commit belongs to the repository
//! it is asked of is not proven, and the receipt says so.

mod check;
mod comment;
mod condition;
mod image;
mod inspect;
mod jobs;
mod lines;
mod matrix;
mod pipeline;
mod publish;
mod reference;
mod releases;
mod rules;
mod settings;
mod shell;
mod yaml;

use std::borrow::Cow;

use kernel::{
    Checked, ConfigError, Depth, Evidence, Examined, Fact, Gate, GateError, Globs, Kind, Options,
    Proposal, Rule, SourceFile, Tree, Waiver, Wants,
};

use crate::inspect::Inspected;
use crate::rules::{Judge, TABLE};
use crate::settings::Settings;

const ID: &str = "action-pins";

/// The gate, as a registry lists it.
pub const REGISTER: Kind = Kind {
    id: ID,
    summary: "actions, reusable workflows and images are pinned to content",
    items: ("reference", "references"),
    configure,
    schema: || schemars::schema_for!(Settings),
    propose,
};

struct ActionPins {
    settings: Settings,
    files: Globs,
    waivers: Vec<Waiver>,
}

fn configure(options: &Options, _tree: &Tree) -> Result<Box<dyn Gate>, ConfigError> {
    let settings = Settings::read(options)?;
    let files = files()?;
    let waivers = settings.waivers()?;
    Ok(Box::new(ActionPins { settings, files, waivers }))
}

fn files() -> Result<Globs, ConfigError> {
    Globs::new([".github/workflows/**/*.{yml,yaml}", "**/action.{yml,yaml}"])
        .map_err(|error| ConfigError::new(error.to_string()))
}

fn propose(tree: &Tree, depth: Depth) -> Option<Proposal> {
    let found = tree.list(&files().ok()?).len();
    let noun = if found == 1 { "workflow or action file" } else { "workflows and action files" };
    match (found, depth) {
        (0, Depth::None) => None,
        // The first workflow of a repository is judged, too.
        (0, _) => {
            let toml =
                "[gate.action-pins]\nempty = \"ok\"            # until there is a workflow\n";
            Some(Proposal::new(toml, "no workflow yet"))
        }
        _ => Some(Proposal::new("[gate.action-pins]\n", format!("{found} {noun}"))),
    }
}

impl Gate for ActionPins {
    fn rules(&self) -> Cow<'_, [Rule]> {
        TABLE.iter().map(rules::Offence::rule).collect()
    }

    fn wants(&self) -> Wants {
        Wants { files: self.files.clone(), ..Wants::default() }
    }

    fn check_file(&self, file: &SourceFile) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        let Some(role) = inspect::role(file) else {
            // GitHub reads workflows from the folder itself only.
            checked.skip("workflow-in-sub-folder");
            return Ok(checked);
        };
        let inspected = Inspected::new(file, role, &self.settings);
        checked.examined = Examined {
            files: 1,
            bytes: file.bytes().len() as u64,
            items: inspected.pipeline.references() as u64,
        };
        for offence in TABLE {
            match offence.judge {
                Judge::File(judge) => checked.findings.extend(judge(&inspected)),
                Judge::Whole { note, .. } => checked.remarks.extend(note(&inspected)),
            }
        }
        Ok(checked)
    }

    fn check(&self, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        for offence in TABLE {
            if let Judge::Whole { judge, .. } = offence.judge {
                checked.findings.extend(judge(&self.settings, evidence.remarks));
            }
        }
        let not_proven = "that a commit belongs to the repository it is asked of";
        checked.facts.insert("not_proven_offline".to_owned(), Fact::from(not_proven));
        Ok(checked)
    }

    fn waivers(&self) -> Vec<Waiver> {
        self.waivers.clone()
    }
}
