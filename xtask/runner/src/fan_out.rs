//! One plan, judged on many machines: what its parts must agree on, and the
//! one receipt that they are merged into.
//!
//! The CI provider's matrix is the engine. `plan --matrix` prints its entries,
//! each job runs one gate and leaves a part, and `merge` judges the parts. What
//! the provider says of its jobs is never asked.

mod leftovers;
mod merge;
mod parts;

use kernel::Outcome;
use serde_json::{Map, Value, json};

use crate::cli::Stop;
use crate::config::Config;
use crate::plan::{Decision, Plan};
use crate::ready::Ready;
use crate::receipt::{self, Predicate, Reason, Tool};
use crate::repo::Point;

pub use merge::{Expected, merge};
pub use parts::files;

/// The one entry of a plan that has nothing to run: a matrix without entries
/// is an error there. No gate can have this name.
pub const NOTHING: &str = "(nothing)";

/// What a matrix of GitHub Actions holds at most.
pub const ENTRIES_MAX: usize = 256;

/// What all parts of one fan-out agree on.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    commit: String,
    tree: String,
    config_sha256: String,
    tool: Tool,
    profile: Option<String>,
    lines: Vec<Line>,
}

/// One configured gate of a [`Sheet`].
#[derive(Clone, Debug, PartialEq)]
struct Line {
    id: String,
    kind: String,
    required: bool,
    needs: Vec<String>,
    /// Digest of its options; none for a gate that does not run.
    options_sha256: Option<String>,
}

impl Sheet {
    /// The plan for the commit at `point`.
    ///
    /// # Errors
    /// There is no commit, or the work tree is not what it says: other machines
    /// could not judge the same.
    pub fn of(
        point: &Point,
        config: &Config,
        ready: &[Option<Ready>],
        plan: &Plan,
        profile: Option<&str>,
    ) -> Result<Sheet, Stop> {
        let (Some(commit), Some(tree)) = (&point.commit, &point.tree) else {
            return Err(Stop::environment("a fan-out needs a commit that every machine can have")
                .hint("commit first, or run 'cargo xtask verify' here"));
        };
        if point.dirty {
            return Err(Stop::environment("the work tree differs from its commit")
                .hint("other machines judge the commit: commit, stash or ignore what differs ('git status' names it)"));
        }
        let gates = config.gates.iter().zip(&plan.decisions).zip(ready);
        let lines = gates.map(|((gate, decision), ready)| {
            let options = || match ready {
                Some(ready) => ready.options_sha256.clone(),
                None => gate.common.digest(),
            };
            Line {
                id: gate.name.clone(),
                kind: gate.kind_id().to_owned(),
                required: gate.common.required,
                needs: gate.common.needs.clone(),
                options_sha256: matches!(decision, Decision::Run(_)).then(options),
            }
        });
        Ok(Sheet {
            commit: commit.to_string(),
            tree: tree.to_string(),
            config_sha256: config.sha256(),
            tool: crate::tool::tool(),
            profile: profile.map(str::to_owned),
            lines: lines.collect(),
        })
    }

    /// The plan that a merged receipt was made by, as far as it says itself.
    pub(crate) fn told_by(predicate: &Predicate) -> Sheet {
        let line = |gate: &receipt::GateResult| {
            let left_out = gate.outcome == Outcome::Skipped
                || gate.outcome == Outcome::NotApplicable && gate.reason.code == "when-event";
            Line {
                id: gate.id.clone(),
                kind: gate.kind.clone(),
                required: gate.required,
                needs: gate.needs.clone(),
                options_sha256: (!left_out).then(|| gate.options.sha256.clone()),
            }
        };
        Sheet {
            commit: predicate.source.commit.clone().unwrap_or_default(),
            tree: predicate.source.tree.clone().unwrap_or_default(),
            config_sha256: predicate.config.sha256.clone(),
            tool: predicate.tool.clone(),
            profile: predicate.profile.clone(),
            lines: predicate.gates.iter().map(line).collect(),
        }
    }

    /// Names the plan: the same for every machine that would judge the same by
    /// the same program, and for no other.
    #[must_use]
    pub fn digest(&self) -> String {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| json!([line.id, line.kind, line.required, line.needs, line.options_sha256]))
            .collect();
        let tool = &self.tool;
        let whole = json!([
            "gate-runner plan 1",
            self.commit,
            self.tree,
            self.config_sha256,
            [tool.name, tool.version, tool.source_tree, tool.lock_sha256, tool.target],
            self.profile,
            lines,
        ]);
        receipt::sha256(whole.to_string().as_bytes())
    }

    /// Gates that are to be judged.
    fn planned(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.options_sha256.is_some())
    }

    /// The matrix of a GitHub Actions workflow: an entry a gate.
    ///
    /// # Errors
    /// More gates than a matrix can hold.
    pub fn matrix(&self) -> Result<Value, Stop> {
        let digest = self.digest();
        let mut entries: Vec<Value> = Vec::new();
        for line in self.planned() {
            entries.push(json!({
                "gate": line.id,
                "kind": line.kind,
                "required": line.required,
                "plan": digest,
            }));
        }
        if entries.is_empty() {
            entries.push(json!({ "gate": NOTHING, "plan": digest }));
        }
        if entries.len() > ENTRIES_MAX {
            let message = format!(
                "{} gates are to be judged, and a matrix of GitHub Actions holds {ENTRIES_MAX} entries",
                entries.len()
            );
            return Err(Stop::usage(message)
                .hint("split them by profiles, one matrix each: --profile NAME"));
        }
        Ok(Value::Object(Map::from_iter([("include".to_owned(), Value::Array(entries))])))
    }
}

/// One job of a fan-out: which gate, and of which plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// The gate, or [`NOTHING`].
    pub gate: String,
    /// What [`Sheet::digest`] was where the plan was made.
    pub plan_sha256: String,
}

impl Shard {
    /// The plan with this gate alone; the others are judged elsewhere.
    ///
    /// # Errors
    /// The plan here is another one, or does not have the gate.
    pub fn narrow(&self, mut plan: Plan, config: &Config, sheet: &Sheet) -> Result<Plan, Stop> {
        let here = sheet.digest();
        if here != self.plan_sha256 {
            return Err(another_plan(&here, &self.plan_sha256));
        }
        let is_planned = sheet.planned().any(|line| line.id == self.gate);
        let is_nothing = self.gate == NOTHING && sheet.planned().next().is_none();
        if !is_planned && !is_nothing {
            let names: Vec<&str> = sheet.planned().map(|line| line.id.as_str()).collect();
            return Err(Stop::usage(format!("the plan has no gate '{}' to judge", self.gate))
                .hint(format!("it has {}", names.join(", "))));
        }
        for (gate, decision) in config.gates.iter().zip(&mut plan.decisions) {
            if gate.name != self.gate && matches!(decision, Decision::Run(_)) {
                *decision = Decision::Skip(Reason {
                    code: "fanned-out".to_owned(),
                    text: "judged by a job of its own".to_owned(),
                    hint: None,
                });
            }
        }
        let runs = plan.decisions.iter().filter(|one| !matches!(one, Decision::Skip(_))).count();
        plan.selection.mode = receipt::SelectionMode::Explicit;
        plan.selection.reason = format!("one job of a fan-out: {}", self.gate);
        plan.selection.selected = runs as u64;
        plan.selection.plan_sha256 = Some(here);
        Ok(plan)
    }
}

/// Why a digest of the command line is not the one that is computed here.
pub fn another_plan(here: &str, given: &str) -> Stop {
    Stop {
        code: 5,
        message: format!("the plan here is '{here}', not '{given}'"),
        hint: Some(
            "plan, run and merge need the same commit, ci.toml, profile, event and program".into(),
        ),
    }
}

/// What a receipt says of its fan-out and cannot be; none for a receipt that
/// one machine made.
#[must_use]
pub fn incoherent(predicate: &Predicate) -> Option<&'static str> {
    let parts = &predicate.parts;
    let Some(plan) = &predicate.selection.plan_sha256 else {
        return (!parts.is_empty()).then_some("it has parts and names no plan");
    };
    let sheet = Sheet::told_by(predicate);
    if parts.is_empty() {
        return Some("it is one part of a fan-out, or was merged from none");
    }
    if sheet.planned().count() != parts.len() {
        return Some("it was not merged from one part a gate");
    }
    let mut digests: Vec<&str> = parts.iter().map(|part| part.sha256.as_str()).collect();
    digests.sort_unstable();
    digests.dedup();
    if digests.len() != parts.len() {
        return Some("one part stands for two gates");
    }
    (sheet.digest() != *plan).then_some("the plan's digest is not that of what was judged")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kernel::{ObjectId, Tree};

    use super::*;
    use crate::plan::{Ask, plan};
    use crate::ready::ready;

    fn point() -> Point {
        Point {
            commit: Some(ObjectId::new(&"1".repeat(40))),
            tree: Some(ObjectId::new(&"2".repeat(40))),
            reference: None,
            dirty: false,
            dirty_digest: None,
            shallow: false,
        }
    }

    fn sheet(text: &str, event: &str) -> (Config, Sheet) {
        let config = Config::parse("ci.toml".into(), text, crate::builtin().kinds()).unwrap();
        let ready = ready(&config, None, &Tree::literal::<&str, &str>([]), None).unwrap();
        let ask = Ask { event: event.to_owned(), ..Ask::default() };
        let plan = plan(&config, &ask, None).unwrap();
        let sheet = Sheet::of(&point(), &config, &ready, &plan, None).unwrap();
        (config, sheet)
    }

    const CI: &str = "schema = 1\n[gate.action-pins]\n[gate.a]\nrun = ['a']\n";

    #[test]
    fn whatever_is_bound_moves_the_digest() {
        let (_, whole) = sheet(CI, "push");
        let changes: [fn(&mut Sheet); 13] = [
            |sheet| sheet.commit.push('0'),
            |sheet| sheet.tree.push('0'),
            |sheet| sheet.config_sha256.push('0'),
            |sheet| sheet.tool.version.push('0'),
            |sheet| sheet.tool.source_tree.push('0'),
            |sheet| sheet.tool.lock_sha256.push('0'),
            |sheet| sheet.tool.target.push('0'),
            |sheet| sheet.profile = Some("quick".into()),
            |sheet| sheet.lines.reverse(),
            |sheet| sheet.lines[0].required = false,
            |sheet| sheet.lines[0].needs.push("a".into()),
            |sheet| sheet.lines[0].options_sha256 = None,
            |sheet| sheet.lines[1].options_sha256 = Some("0".into()),
        ];
        let mut seen = BTreeSet::from([whole.digest()]);
        for change in changes {
            let mut changed = whole.clone();
            change(&mut changed);
            assert!(seen.insert(changed.digest()), "{changed:?}");
        }
        assert_eq!(sheet(CI, "push").1.digest(), whole.digest());
    }

    #[test]
    fn what_differs_on_another_machine_is_no_plan() {
        let (config, _) = sheet(CI, "push");
        let ready = ready(&config, None, &Tree::literal::<&str, &str>([]), None).unwrap();
        let plan = plan(&config, &Ask::default(), None).unwrap();
        let of = |point: &Point| Sheet::of(point, &config, &ready, &plan, None).unwrap_err().code;
        assert_eq!(of(&Point { dirty: true, ..point() }), 4);
        assert_eq!(of(&Point { commit: None, ..point() }), 4);
    }

    /// What our own workflow fans out is what our own ci.toml says.
    #[test]
    fn every_gate_of_this_repository_is_in_its_matrix() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ci.toml");
        let text = std::fs::read_to_string(path).unwrap();
        for event in ["push", "pull_request", "merge_group", "schedule"] {
            let (config, sheet) = sheet(&text, event);
            let matrix = sheet.matrix().unwrap();
            let entries = matrix["include"].as_array().unwrap().iter();
            let gates: Vec<&str> = entries.map(|entry| entry["gate"].as_str().unwrap()).collect();
            let is_of_it = |gate: &&crate::config::GateConfig| {
                let when = gate.common.when.as_ref();
                when.is_none_or(|when| when.event.iter().any(|own| own == event))
            };
            let configured = config.gates.iter().filter(is_of_it);
            let configured: Vec<&str> = configured.map(|gate| gate.name.as_str()).collect();
            assert_eq!(gates, configured, "{event}");
            // Only what is too slow for every push may stay away from one.
            assert!(config.gates.len() - gates.len() <= 1, "{event}");
        }
    }
}
