//! What every field of a receipt is bound by: each one changed, taken out and
//! repeated, one at a time, and the table of what refuses it kept beside the
//! code. A field that nothing refuses rests on the signature alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::*;
use crate::baseline::{Baseline, Known};
use crate::config::Config;
use crate::github::WorkflowRun;
use crate::policy::Policy;
use crate::receipt::{FindingState, Receipt, sha256};
use crate::report::sample;
use crate::{builtin, green, sign};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/receipt-fields.md");

const CI: &str = "schema = 1
[verify]
base = 'origin/main'
[gate.action-pins]
owner = 'release'
class = 'supply-chain'
layer = 'contract'
[gate.secret-scan]
[gate.unit]
run = ['cargo', 'test']
needs = ['action-pins']
attempts = 2
artifacts = ['coverage.lcov']
finally = ['scripts/teardown']
[gate.nightly]
run = ['soak']
when = { event = ['schedule'] }
[profile.quick]
gates = ['action-pins', 'secret-scan', 'unit', 'nightly']
[[waiver]]
rule = 'action-pins/unpinned-uses'
path = '.github/workflows/old.yml'
reason = 'retired next week'
until = '2027-01-31'
";

const POLICY: &str = "schema = 1
repository = 'o/r'
workflow = '.github/workflows/ci.yml'
max_age = '7d'
allow_flaky = true
[require.action-pins]
max_waived = 1
max_baselined = 1
[require.unit]
";

/// A green receipt with every field that a green one can have, and all that it
/// is judged against.
struct World {
    receipt: Value,
    expected: Expected,
    policy: Policy,
    config: Config,
    run: WorkflowRun,
}

fn world() -> World {
    let config = Config::parse("ci.toml".into(), CI, builtin().kinds()).unwrap();
    let configured = Configured::of(&config);
    let digest = |text: &str| sha256(text.as_bytes());
    let waived = sample::receipt().predicate.gates[0]
        .findings
        .iter()
        .find(|finding| finding.state == FindingState::Waived)
        .cloned()
        .unwrap();
    let mut old = waived.clone();
    (old.state, old.waiver) = (FindingState::Baselined, None);
    (old.fingerprint, old.line, old.end_line) = ("0a3b".into(), 30, 30);
    old.commit = Some("4".repeat(40));
    let fix = old.fix.as_mut().unwrap();
    fix.edits = vec![kernel::Edit { path: "f".into(), start: 1, end: 2, text: "x".into() }];
    let known = Known {
        rule: old.rule.clone(),
        path: old.path.clone(),
        fingerprint: old.fingerprint.clone(),
        reason: None,
    };
    let row = |gate: &ExpectedGate| {
        let is_command = gate.kind == "command";
        let mut row = sample::gate(&gate.id, kernel::Outcome::Passed);
        (row.kind, row.items) = (gate.kind.clone(), gate.items.clone());
        (row.layer, row.owner, row.class) =
            (gate.layer.clone(), gate.owner.clone(), gate.class.clone());
        row.needs = gate.needs.clone();
        row.options.sha256 = gate.options_sha256.clone().unwrap();
        row.command = gate.command.clone();
        row.examined.items = 1;
        if !is_command {
            (row.examined.files, row.examined.bytes) = (3, 786);
            row.rules = receipt::RuleSet { count: 3, sha256: digest("rules") };
            row.trace.sha256 = digest("trace");
            let unproven = vec!["secret-scan/own".to_owned()];
            row.proof = Some(receipt::Proof { canaries: 2, tripped: 2, quiet: 2, unproven });
            row.facts.insert("history_complete".into(), kernel::Fact::Flag(true));
            row.skipped.insert("binary".into(), 2);
        }
        row
    };
    let mut gates: Vec<receipt::GateResult> = configured.gates.iter().map(row).collect();
    gates[0].findings = vec![waived, old];
    let attempt = |outcome, code| receipt::Attempt { outcome, exit_code: Some(code), signal: None };
    let unit = &mut gates[2];
    unit.outcome = kernel::Outcome::Flaky;
    unit.reason.code = "flaky".into();
    unit.reason.text = "passed on attempt 2".into();
    unit.attempts =
        vec![attempt(kernel::Outcome::Failed, 101), attempt(kernel::Outcome::Passed, 0)];
    unit.finally = Some(attempt(kernel::Outcome::Passed, 0));
    unit.artifacts = vec![receipt::Artifact {
        path: "coverage.lcov".into(),
        sha256: digest("artifact"),
        size: 2,
    }];
    let nightly = &mut gates[3];
    nightly.outcome = kernel::Outcome::NotApplicable;
    nightly.reason.code = "when-event".into();
    nightly.reason.text = "when.event = [\"schedule\"], this is 'push'".into();
    nightly.command = None;
    nightly.options.sha256.clear();
    nightly.examined = kernel::Examined::default();

    let mut receipt = sample::of(gates, kernel::Verdict::Green);
    let commit = receipt.predicate.source.commit.clone().unwrap();
    let tree = "a".repeat(40);
    let predicate = &mut receipt.predicate;
    predicate.source.tree = Some(tree.clone());
    predicate.source.base = Some(receipt::Base {
        reference: "origin/main".into(),
        commit: "b".repeat(40),
        merge_base: Some("c".repeat(40)),
    });
    predicate.config.sha256 = config.sha256();
    predicate.policy.sha256 = policy_digest(predicate);
    predicate.tool.source_tree = digest("sources");
    predicate.tool.lock_sha256 = digest("lock");
    predicate.profile = Some("quick".into());
    predicate.selection.mode = receipt::SelectionMode::Changed;
    predicate.selection.reason = "what changed since 'origin/main'".into();
    predicate.waivers = configured.waivers.clone();
    predicate.waivers[0].used = 1;
    let run = &mut predicate.run;
    (run.id, run.build) = (digest("id")[..32].to_owned(), digest("build"));
    run.finished_at = "2026-11-21T10:00:02Z".into();
    run.duration_ms = 2_000;
    let address = |path: &str| Some(format!("https://github.com/o/r/{path}"));
    run.ci = Some(receipt::Ci {
        provider: "github".into(),
        repository: Some("o/r".into()),
        run_id: Some("17".into()),
        run_attempt: Some("2".into()),
        event: Some("push".into()),
        workflow_ref: Some("o/r/.github/workflows/ci.yml@refs/heads/main".into()),
        sha: Some(commit.clone()),
        url: address("actions/runs/17"),
    });
    // As a merge leaves it: one part a gate that was planned.
    let planned = [0, 1, 2].map(|at| predicate.gates[at].id.clone());
    let part = |id: String| receipt::Part { sha256: digest(&id), name: format!("{id}.json") };
    predicate.parts = planned.map(part).to_vec();
    predicate.selection.plan_sha256 = Some(crate::fan_out::Sheet::told_by(predicate).digest());
    let subject = &mut receipt.subject[0].digest;
    subject.insert("gitCommit".into(), commit.clone());
    subject.insert("gitTree".into(), tree.clone());
    let run = json!({
        "id": 17, "path": ".github/workflows/ci.yml", "event": "push", "status": "completed",
        "conclusion": "success", "head_sha": commit, "run_attempt": 2,
        "head_repository": { "full_name": "o/r" },
    });
    World {
        receipt: serde_json::to_value(&receipt).unwrap(),
        expected: Expected {
            commit: Some(commit),
            tree: Some(tree),
            config_sha256: Some(config.sha256()),
            configured: Some(configured),
            baseline: Some(Baseline::of([known])),
        },
        policy: Policy::parse("release-policy.toml".into(), POLICY).unwrap(),
        config,
        run: serde_json::from_value(run).unwrap(),
    }
}

impl World {
    /// The codes of every reason: as `receipt check` says them, then as
    /// `require-green` does of the run that GitHub knows.
    fn codes(&self, bytes: &[u8]) -> Vec<&'static str> {
        let mut found = reasons(bytes, &self.expected);
        if let Ok(receipt) = serde_json::from_slice::<Receipt>(bytes) {
            let predicate = &receipt.predicate;
            let now = "2026-11-22T00:00:00Z".parse().unwrap();
            let (policy, config) = (&self.policy, &self.config);
            found.extend(green::reasons(predicate, policy, "o/r", config, now, false));
            found.extend(green::run_reasons(predicate, &self.run));
        }
        let mut codes: Vec<&str> = found.iter().map(|reason| reason.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// The canonical text of any value, as the receipt's own is made; what ends in
/// the mark is a key that is there twice.
fn text(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    format!("{value:#}\n").replace(MARK, "")
}

const MARK: &str = "\u{2063}";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Changed,
    Gone,
    Twice,
}

/// Every mutation of every field: its path without positions, and the text.
fn mutations(receipt: &Value) -> Vec<(String, Kind, String)> {
    let mut pointers = Vec::new();
    walk(receipt, String::new(), String::new(), &mut pointers);
    let mut found = Vec::new();
    for (pointer, path) in pointers {
        let value = receipt.pointer(&pointer).unwrap();
        for other in others(value, &path) {
            let mut changed = receipt.clone();
            *changed.pointer_mut(&pointer).unwrap() = other;
            found.push((path.clone(), Kind::Changed, text(&changed)));
        }
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let (mut gone, mut twice) = (receipt.clone(), receipt.clone());
        match (gone.pointer_mut(parent).unwrap(), twice.pointer_mut(parent).unwrap()) {
            (Value::Object(gone), Value::Object(twice)) => {
                gone.remove(key);
                twice.insert(format!("{key}{MARK}"), value.clone());
            }
            (Value::Array(gone), Value::Array(twice)) => {
                let at = key.parse().unwrap();
                gone.remove(at);
                twice.insert(at, value.clone());
            }
            _ => unreachable!("only containers have fields"),
        }
        found.push((path.clone(), Kind::Gone, text(&gone)));
        found.push((path, Kind::Twice, text(&twice)));
    }
    found
}

fn walk(value: &Value, pointer: String, path: String, found: &mut Vec<(String, String)>) {
    let mut step = |key: &str, name: String, value: &Value| {
        let pointer = format!("{pointer}/{key}");
        found.push((pointer.clone(), name.clone()));
        walk(value, pointer, name, found);
    };
    match value {
        Value::Object(map) => {
            let is_map = ["perGate", "facts", "skipped"].iter().any(|key| path.ends_with(key));
            for (key, value) in map {
                let name = if is_map { "*" } else { key };
                let dot = if path.is_empty() { "" } else { "." };
                step(key, format!("{path}{dot}{name}"), value);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                step(&at.to_string(), format!("{path}[]"), value);
            }
        }
        _ => {}
    }
}

/// Other values of the same type: near ones and far ones, another word where
/// there is a list of words. Containers are changed by what is in them.
fn others(value: &Value, path: &str) -> Vec<Value> {
    let words: &[&str] = match path.rsplit(['.', ']']).next().unwrap_or_default() {
        "outcome" => {
            &["passed", "flaky", "reused", "not-applicable", "skipped", "failed", "vacuous"]
        }
        "verdict" => &["green", "red", "partial", "error"],
        "severity" => &["error", "warning", "note"],
        "mode" => &["all", "changed", "explicit"],
        "state" if path.contains("reuse") => &["off", "miss", "part", "hit"],
        "state" => &["new", "known", "waived", "baselined"],
        _ => &[],
    };
    match value {
        Value::Null => vec![json!("x")],
        Value::Bool(is) => vec![json!(!is)],
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            vec![json!(number + 1), json!(number * 10 + 100_000)]
        }
        Value::String(word) if !words.is_empty() => {
            words.iter().filter(|other| *other != word).map(|other| json!(other)).collect()
        }
        Value::String(text) => {
            let mut all = vec![json!(format!("{text}x")), json!("")];
            if let Ok(at) = text.parse::<jiff::Timestamp>() {
                let hours = [-24, 24].map(jiff::SignedDuration::from_hours);
                all.extend(hours.map(|hours| json!((at + hours).to_string())));
            } else if let Some(digit) = text.bytes().next().filter(u8::is_ascii_hexdigit) {
                let other = if digit == b'1' { "2" } else { "1" };
                all.push(json!(format!("{other}{}", &text[1..])));
            }
            all.into_iter().filter(|other| other != value).collect()
        }
        Value::Array(_) | Value::Object(_) => Vec::new(),
    }
}

/// How many mutations of a kind were made of a field, and what refused them.
#[derive(Default)]
struct Cell {
    made: usize,
    believed: usize,
    codes: Vec<&'static str>,
}

impl Cell {
    fn words(&self) -> String {
        let mut codes = self.codes.clone();
        codes.sort_unstable();
        codes.dedup();
        match (self.made, self.believed) {
            (0, _) => "–".to_owned(),
            (_, 0) => codes.join(", "),
            (made, believed) if made == believed => "**unbound**".to_owned(),
            (made, believed) => {
                format!("**{believed} of {made} unbound**, else {}", codes.join(", "))
            }
        }
    }
}

type Rows = BTreeMap<String, [Cell; 3]>;

/// Made once for all tests.
fn rows() -> &'static Rows {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    ROWS.get_or_init(|| judged(&world()))
}

fn judged(world: &World) -> Rows {
    let mut rows = Rows::new();
    for (path, kind, text) in mutations(&world.receipt) {
        let codes = world.codes(text.as_bytes());
        let cell = &mut rows.entry(path).or_default()[kind as usize];
        cell.made += 1;
        cell.believed += usize::from(codes.is_empty());
        cell.codes.extend(codes);
    }
    rows
}

fn table(rows: &Rows) -> String {
    let made: usize = rows.values().flatten().map(|cell| cell.made).sum();
    let believed: usize = rows.values().flatten().map(|cell| cell.believed).sum();
    let is_bound = |cells: &&[Cell; 3]| cells.iter().all(|cell| cell.believed == 0);
    let bound = rows.values().filter(is_bound).count();
    let mut text = format!(
        "# The fields of a receipt, and what refuses a change\n\n\
        Made by `UPDATE=1 cargo test -p gate-runner --lib trust::mutations`: each field of a green\n\
        receipt is changed (near and far values of its type), taken out, and repeated, one at a\n\
        time, and judged as `require-green` judges the receipt of a run that it asked GitHub about.\n\
        `[]` is any place of a list, `*` any key. What is **unbound** rests on the signature alone:\n\
        with one, all of these changes are refused.\n\n\
        {bound} of {} fields bound, {} not in every way; {made} changes, {} refused, {believed} unbound.\n\n\
        | field | changed | taken out | repeated |\n|---|---|---|---|\n",
        rows.len(),
        rows.len() - bound,
        made - believed,
    );
    for (path, cells) in rows {
        let [changed, gone, twice] = cells.each_ref().map(Cell::words);
        let _written = writeln!(text, "| `{path}` | {changed} | {gone} | {twice} |");
    }
    text
}

#[test]
fn the_receipt_that_is_changed_is_believed() {
    let world = world();
    assert_eq!(world.codes(text(&world.receipt).as_bytes()), Vec::<&str>::new());
    let receipt: Receipt = serde_json::from_value(world.receipt.clone()).unwrap();
    assert_eq!(receipt.canonical().unwrap(), text(&world.receipt));
}

#[test]
fn the_table_of_fields_is_not_stale() {
    let table = table(rows());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert!(kept == table, "{TABLE} is stale; UPDATE=1 writes it anew:\n{table}");
}

/// What a release rests on is bound without a signature, and by its own reason.
#[test]
fn what_a_release_rests_on_is_bound_by_its_own_reason() {
    let rows = rows();
    for (path, code) in [
        ("predicate.source.commit", "commit-mismatch"),
        ("predicate.source.tree", "tree-mismatch"),
        ("predicate.source.dirty", "dirty"),
        ("predicate.config.sha256", "config-mismatch"),
        ("predicate.policy.required[]", "required-set-shrunk"),
        ("predicate.policy.sha256", "incoherent"),
        ("predicate.verdict", "not-green"),
        ("predicate.gates[].id", "gate-missing"),
        ("predicate.gates[].outcome", "gate-failed"),
        ("predicate.gates[].outcome", "gate-skipped"),
        ("predicate.gates[].required", "required-set-shrunk"),
        ("predicate.gates[].proof.tripped", "unproven"),
        ("predicate.gates[].proof.canaries", "unproven"),
        ("predicate.gates[].options.sha256", "options-weaker"),
        ("predicate.run.ci.runId", "run-mismatch"),
        ("predicate.run.ci.runAttempt", "stale-attempt"),
        ("predicate.run.ci.event", "wrong-event"),
        ("predicate.run.ci.repository", "foreign-repo"),
        ("predicate.run.ci.sha", "run-mismatch"),
        ("predicate.schemaVersion", "schema"),
        ("predicateType", "schema"),
        ("_type", "schema"),
    ] {
        let cells = &rows[path];
        let own = cells[0].codes.contains(&code) || cells[1].codes.contains(&code);
        assert!(own, "{path}: {code} is not among {:?}", cells[0].codes);
        for (cell, word) in cells.iter().zip(["changed", "taken out", "repeated"]) {
            assert_eq!(cell.believed, 0, "{path} {word}");
        }
    }
    assert!(rows["predicate.gates[]"][2].codes.contains(&"duplicate-gate"));
    assert!(rows["predicate.gates[]"][1].codes.contains(&"gate-missing"));
}

#[test]
fn nothing_of_a_signed_receipt_can_change() {
    let world = world();
    let pair = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([9; 32]));
    let key = sign::SecretKey::from_pem(pair.sk.to_pem().as_bytes()).unwrap();
    let signers = sign::Signers { keys: vec![key.public()], ..sign::Signers::default() };
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let verify = |envelope: &str| {
        sign::verify(envelope.as_bytes(), None, &signers, now).unwrap().map_err(|it| it.code)
    };
    let original = text(&world.receipt);
    let envelope: Value =
        serde_json::from_str(&sign::seal(original.as_bytes(), &key).unwrap()).unwrap();
    let with = |payload: &str| {
        use ct_codecs::{Base64, Encoder};
        let mut envelope = envelope.clone();
        envelope["payload"] = Base64::encode_to_string(payload).unwrap().into();
        format!("{envelope:#}\n")
    };
    assert_eq!(verify(&with(&original)).unwrap().payload, original.as_bytes());
    let mutations = mutations(&world.receipt);
    assert!(mutations.len() > 500, "{}", mutations.len());
    for (path, _, changed) in mutations {
        assert_ne!(changed, original, "{path}");
        assert_eq!(verify(&with(&changed)), Err("signature"), "{path}");
    }
}

#[test]
fn what_is_no_receipt_of_this_version_is_refused() {
    let world = world();
    let whole = text(&world.receipt);
    let edited = |pointer: &str, value: Value| {
        let mut other = world.receipt.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        text(&other)
    };
    let version = edited("/predicate/schemaVersion", json!(2));
    let kind = edited("/predicateType", json!("https://gate-runner.dev/verify-all/v2"));
    let large = format!("{whole}{}", " ".repeat(receipt::SIZE_BYTES_MAX));
    for other in
        [version, kind, large, format!("{whole}{whole}"), format!("{whole}\n"), "[]".into()]
    {
        assert!(world.codes(other.as_bytes()).contains(&"schema"));
    }
}
