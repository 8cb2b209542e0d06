//! Nothing that a pipeline executes can be changed by somebody else without a
//! commit here: every action, reusable workflow and image that a workflow or
//! an action file names is pinned to its content, and what cannot be read is
//! red. Where `supply` names files, so are the images that they build on and
//! deploy, and what their commands install.
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
//!                                  ├ runner     what machine runs it
//!                                  ├ condition  what an `if:` comes to
//!                                  └ fork       what strangers can start (trigger, calls)
//!            └ supply ─ Supply ─ rules/<rule> ─ Finding
//!                ├ dockerfile   instructions, here-documents
//!                ├ variables    $A, ${A:-default}, {{ .A }}
//!                └ tag          one release, or what moves on
//!            └ manifest ─ Manifest ─ rules/<rule> ─ Finding
//!                └ lock         the lock file in the tree
//!            └ installs ─ Installs ─ rules/unpinned_install ─ Finding
//!                ├ shell        commands, and who reads whom
//!                ├ call         the program that one runs
//!                └ go, python … what each tool takes for a pin
//! ```
//!
//! A reference that is not pinned is mended from a cache in the repository:
//!
//! ```text
//! git ls-remote ─ advertised ─ pins (ci.pins.toml) ─┬ mend ─ Edit
//! registry ──────────────────┘                      │
//! .github/workflows/actions.lock ─ lock ────────────┘
//! git ls-remote ─ advertised ─ update ─ mend ─ Edit
//! ```
//!
//! The rules about jobs are about releases: a check that a receipt cannot prove
//! to be waited for.
//!
//! Deliberately absent: the network. That a commit belongs to the repository
//! it is asked of is taken from ci.pins.toml, where somebody who had a network
//! asked; of how many it is not known the receipt says.

mod advertised;
mod calls;
mod check;
mod comment;
mod condition;
mod expression;
mod fork;
mod image;
mod inspect;
mod installs;
mod jobs;
mod lines;
mod lock;
mod manifest;
mod matrix;
mod mend;
mod pins;
mod pipeline;
mod publish;
mod reference;
mod references;
mod releases;
mod rules;
mod runner;
mod settings;
mod shell;
mod supply;
mod tag;
mod trigger;
mod update;
mod value;
mod variables;
mod yaml;

use std::borrow::Cow;

use kernel::{
    Checked, ConfigError, Depth, EntryKind, Evidence, Examined, Fact, Gate, GateError, Globs, Kind,
    Options, Proposal, Rule, SourceFile, Tree, Waiver, Wants,
};

pub use crate::advertised::{Advertised, Resolved, Unresolved, is_release};
pub use crate::pins::{FILE_NAME as PINS_FILE_NAME, ImagePin, Pin, Pins, Reach};
pub use crate::references::{Commit, Unpinned, UnpinnedImage, commits, images, unpinned};
pub use crate::update::{Major, Pinned, Policy, Release, Update, pinned, pinned_in, policy};

use crate::inspect::{Asked, Inspected};
use crate::installs::{Installs, Known};
use crate::lock::Lock;
use crate::rules::{Judge, TABLE};
use crate::settings::{Lockfile, Settings};
use crate::supply::dotenv::Dotenvs;

const ID: &str = "action-pins";

/// The rule about references that a cache can mend.
pub const UNPINNED_USES: &str = rules::UNPINNED_USES;
/// The rules about images that a cache can mend.
pub const UNPINNED_IMAGES: [&str; 3] = rules::UNPINNED_IMAGES;

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
    pins: Pins,
    files: Globs,
    supply: Globs,
    ranges: Globs,
    /// What the tree has that commands install by.
    known: Known,
    /// What files of Compose are filled in by.
    dotenvs: Dotenvs,
    waivers: Vec<Waiver>,
}

fn configure(options: &Options, tree: &Tree) -> Result<Box<dyn Gate>, ConfigError> {
    let settings = Settings::read(options)?;
    let mut pins = Pins::of(tree)?;
    let mut own = settings.supply.clone();
    // What `supply` takes away, `ranges` can still name.
    own.extend(settings.ranges.iter().filter(|pattern| !pattern.starts_with('!')).cloned());
    if settings.lockfile == Lockfile::Accept {
        pins.lock = Lock::of(tree);
        own.push(lock::PATH.to_owned());
    }
    let files = files(own)?;
    let (supply, ranges) = (settings.supplied()?, settings.ranged()?);
    let (known, dotenvs) = match supply.is_empty() {
        true => (Known::default(), Dotenvs::default()),
        false => (Known::of(tree, &settings.system_packages)?, Dotenvs::of(tree)?),
    };
    let waivers = settings.waivers()?;
    Ok(Box::new(ActionPins { settings, pins, files, supply, ranges, known, dotenvs, waivers }))
}

/// Workflows and actions come last: no `!pattern` of `supply` takes them away.
fn files(supply: impl IntoIterator<Item = String>) -> Result<Globs, ConfigError> {
    let own = [".github/workflows/**/*.{yml,yaml}", "**/action.{yml,yaml}"];
    Globs::new(supply.into_iter().chain(own.map(str::to_owned)))
        .map_err(|error| ConfigError::new(error.to_string()))
}

fn propose(tree: &Tree, depth: Depth) -> Option<Proposal> {
    let found = tree.list(&files([]).ok()?).len();
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
        let role = inspect::role(file);
        let is_named = self.supply.matches(file.path());
        let is_lock = file.path() == lock::PATH && self.settings.lockfile == Lockfile::Accept;
        let is_supply = role.is_none() && is_named && !is_lock;
        let name = file.path().file_name().unwrap_or_default();
        let asked = Asked { lock: is_supply, ranges: self.ranges.matches(file.path()) };
        let folder = file.path().parent().map_or("", |folder| folder.as_str());
        let kind = if asked.lock || asked.ranges { manifest::kind(folder, name) } else { None };
        let form = if is_supply { supply::form(name) } else { None };
        let commands = if is_supply { installs::form(file) } else { None };
        let mut inspected = match (role, kind, form) {
            _ if is_lock => Inspected::lock(file, &self.settings, &self.pins),
            (Some(role), _, _) => Inspected::new(file, role, &self.settings, &self.pins),
            (None, None, None) if commands.is_none() => {
                // GitHub reads workflows from the folder itself only.
                let reason = match (is_supply, asked.ranges) {
                    (true, _) if manifest::lock::is_lock(name) => "lock-file",
                    (true, _) => "other-kind-of-file",
                    (false, true) => "no-manifest",
                    (false, false) => "workflow-in-sub-folder",
                };
                checked.skip(reason);
                return Ok(checked);
            }
            // What it points at is judged where it is, if `supply` names that.
            _ if file.kind() == EntryKind::Symlink => {
                checked.skip("symbolic-link");
                return Ok(checked);
            }
            (None, Some(kind), _) => {
                Inspected::manifest(file, kind, asked, &self.settings, &self.pins)
            }
            (None, None, Some(form)) => {
                let values = self.dotenvs.beside(file.path());
                Inspected::supply(file, form, values, &self.settings, &self.pins)
            }
            (None, None, None) => Inspected::commands(file, &self.settings, &self.pins),
        };
        file.pulse().check()?;
        if is_named && inspected.unreadable.is_none() {
            inspected.installs = match (commands, file.text()) {
                (Some(form), Some(text)) => installs::read(text, form, &self.known, file.pulse()),
                (None, Some(text)) => installs::read_blocks(
                    text,
                    &inspected.pipeline.run_blocks,
                    &self.known,
                    file.pulse(),
                ),
                (_, None) => Installs::default(),
            };
        }
        inspected.join();
        inspected.refuse_crowds();
        let skipped = inspected.supply.skipped.iter().chain(&inspected.manifest.skipped);
        skipped.chain(&inspected.installs.skipped).for_each(|reason| checked.skip(reason));
        if asked.lock && inspected.manifest.role == manifest::Role::Library {
            checked.skip("library-manifest");
        }
        let items = inspected.pipeline.references()
            + inspected.supply.images.len()
            + inspected.manifest.requirements.len()
            + inspected.installs.count;
        checked.examined =
            Examined { files: 1, bytes: file.bytes().len() as u64, items: items as u64 };
        for offence in TABLE {
            file.pulse().check()?;
            match offence.judge {
                Judge::File(judge) => checked.findings.extend(judge(&inspected)),
                Judge::Whole { note, .. } if role.is_some() || is_lock => {
                    checked.remarks.extend(note(&inspected));
                }
                Judge::Tree { note, .. } if role.is_none() => {
                    checked.remarks.extend(note(&inspected));
                }
                Judge::Whole { .. } | Judge::Tree { .. } => {}
            }
        }
        Ok(checked)
    }

    fn check(&self, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        for offence in TABLE {
            match offence.judge {
                Judge::File(_) => {}
                Judge::Whole { judge, .. } => {
                    checked.findings.extend(judge(&self.settings, evidence.remarks));
                }
                Judge::Tree { judge, .. } => {
                    let found = judge(&self.settings, evidence.remarks, evidence.head);
                    checked.findings.extend(found);
                }
            }
        }
        let mut fact = |name: &str, fact: Fact| checked.facts.insert(name.to_owned(), fact);
        let known = rules::Known::of(evidence.remarks);
        fact("commits_proven", Fact::from(known.proven));
        fact("commits_unknown", Fact::from(known.unknown));
        fact("commits_not_asked", Fact::from(known.not_asked));
        if known.not_asked > 0 {
            let not_proven = "that a commit belongs to the repository it is asked of";
            fact("not_proven_offline", Fact::from(not_proven));
        }
        if self.settings.lockfile == Lockfile::Accept {
            fact("lockfile_entries", Fact::from(self.pins.lock.dependencies.len() as u64));
        }
        Ok(checked)
    }

    fn waivers(&self) -> Vec<Waiver> {
        self.waivers.clone()
    }
}
