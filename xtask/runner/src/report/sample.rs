//! Receipts for the formats' tests: one that shows every outcome, and one with
//! any text in every place that strangers write.

use std::collections::BTreeMap;

use kernel::{Edit, Examined, Fact, Outcome, Severity, Verdict};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};

use crate::receipt::*;

/// Property tests with the same cases on every machine; `PROPTEST_CASES` asks
/// for more of them.
pub fn cases() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What a stranger might write to be more than text.
pub const NASTY: &str = "\x1b[31mred\u{202e}\r\n::set-env name=PATH::/evil\n##[add-path]/evil\n\
    ]]><b onload=x>&amp;|`code`|@octocat #1 [a](https://evil.example) ![i](x) www.evil.example\0\t%0A\u{7}";

/// Every outcome, and findings of every state.
pub fn receipt() -> Receipt {
    let mut pins = gate("action-pins", Outcome::Failed);
    pins.examined = Examined { files: 4, bytes: 9_000, items: 41 };
    pins.items = ("use".into(), "uses".into());
    pins.findings = vec![unpinned(), across_lines(), baselined(), waived()];
    pins.skipped.insert("binary".into(), 2);
    pins.reason = Reason { code: "findings".into(), text: "1 finding".into(), hint: None };

    let mut secrets = gate("secret-scan", Outcome::Failed);
    secrets.examined = Examined { files: 1_919, bytes: 1, items: 3_204 };
    secrets.items = ("commit".into(), "commits".into());
    secrets.findings = vec![secret()];
    secrets.facts.insert("history-complete".into(), Fact::Flag(false));
    secrets.facts.insert("scope".into(), Fact::Text("range".into()));
    secrets.facts.insert("windows".into(), Fact::Count(12));

    let mut unit = gate("unit", Outcome::Failed);
    unit.kind = "command".into();
    unit.items = (String::new(), String::new());
    unit.reason =
        Reason { code: "exit-code".into(), text: "ended with exit code 101".into(), hint: None };
    unit.tail = Some("running 2 tests\n::error::injected\n\x1b[31mFAILED\x1b[0m\n".into());
    unit.log = Some("gate-runner/logs/unit.log".into());

    let mut openapi = gate("openapi-gate", Outcome::Errored);
    openapi.reason = Reason {
        code: "no-base".into(),
        text: "'origin/main' is no commit here".into(),
        hint: Some("fetch it: git fetch origin main".into()),
    };
    let mut lint = gate("lint", Outcome::NotApplicable);
    lint.reason = Reason {
        code: "when".into(),
        text: "when.changed = [\"web/**\"], nothing of that changed".into(),
        hint: None,
    };
    lint.required = false;
    let mut slow = gate("slow", Outcome::Skipped);
    slow.reason = Reason { code: "asked".into(), text: "it is being rebuilt".into(), hint: None };
    let mut editions = gate("editions-gate", Outcome::Reused);
    editions.examined = Examined { files: 1, bytes: 1, items: 1 };
    editions.items = ("manifest".into(), "manifests".into());
    editions.reuse.state = ReuseState::Hit;
    of(vec![pins, secrets, unit, openapi, lint, slow, editions], Verdict::Red)
}

/// One green gate.
pub fn green() -> Receipt {
    let mut pins = gate("action-pins", Outcome::Passed);
    pins.examined = Examined { files: 4, bytes: 9_000, items: 41 };
    pins.items = ("use".into(), "uses".into());
    of(vec![pins], Verdict::Green)
}

/// The same, about a commit as a receipt of a repository is.
pub fn about_a_commit(mut receipt: Receipt) -> Receipt {
    let source = &mut receipt.predicate.source;
    source.tree = Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904".into());
    let digest = &mut receipt.subject[0].digest;
    digest.insert("gitCommit".into(), source.commit.clone().unwrap_or_default());
    digest.insert("gitTree".into(), source.tree.clone().unwrap_or_default());
    receipt
}

/// `text` in every place that strangers write.
pub fn hostile(text: &str) -> Receipt {
    let text = text.to_owned();
    let mut failed = gate(&text, Outcome::Failed);
    failed.kind = text.clone();
    failed.items = (text.clone(), text.clone());
    failed.examined = Examined { files: 1, bytes: 1, items: 2 };
    failed.reason = Reason { code: text.clone(), text: text.clone(), hint: Some(text.clone()) };
    failed.facts.insert(text.clone(), Fact::Text(text.clone()));
    failed.facts.insert(format!("{text}2"), Fact::List(vec![text.clone()]));
    failed.skipped.insert(text.clone(), 1);
    failed.tail = Some(text.clone());
    failed.log = Some(text.clone());
    failed.proof = Some(Proof { unproven: vec![text.clone()], ..Proof::default() });
    for (column, source) in
        [(1, Some(text.clone())), (3, Some(format!("{text}\n{text}"))), (1, None)]
    {
        for state in [FindingState::New, FindingState::Waived] {
            failed.findings.push(FindingRecord {
                rule: text.clone(),
                path: text.clone(),
                column,
                end_line: 2,
                end_column: 5,
                message: text.clone(),
                label: Some(text.clone()),
                source: source.clone(),
                commit: source.is_none().then(|| text.clone()),
                related: vec![RelatedRecord { path: text.clone(), line: 3, label: text.clone() }],
                fix: Some(FixRecord {
                    note: text.clone(),
                    edits: vec![Edit {
                        path: text.clone().into(),
                        start: 1,
                        end: 4,
                        text: text.clone(),
                    }],
                }),
                fingerprint: text.clone(),
                state,
                waiver: Some(0),
                ..unpinned()
            });
        }
    }
    let mut errored = gate(&format!("{text}2"), Outcome::Errored);
    errored.reason = failed.reason.clone();
    let mut skipped = gate(&format!("{text}3"), Outcome::Skipped);
    skipped.reason = failed.reason.clone();
    let mut receipt = of(vec![failed, errored, skipped], Verdict::Red);
    receipt.predicate.waivers = vec![WaiverRecord {
        rules: vec![text.clone()],
        origin: text.clone(),
        reason: text.clone(),
        until: None,
        used: 1,
    }];
    receipt.predicate.source.commit = Some(text.clone());
    receipt.predicate.source.reference = Some(text.clone());
    receipt.predicate.config.path = text;
    receipt
}

/// A receipt of `gates`.
pub fn of(gates: Vec<GateResult>, verdict: Verdict) -> Receipt {
    let required = gates.iter().filter(|gate| gate.required).map(|gate| gate.id.clone()).collect();
    let time = GateTime { started_at: "2026-11-21T10:00:00Z".into(), duration_ms: 3 };
    let ran = gates.iter().filter(|gate| {
        !matches!(gate.outcome, Outcome::Skipped | Outcome::NotApplicable | Outcome::Blocked)
    });
    let per_gate = ran.map(|gate| (gate.id.clone(), time.clone())).collect();
    Receipt {
        statement_type: STATEMENT_TYPE.into(),
        subject: vec![Subject { name: "git".into(), digest: BTreeMap::new() }],
        predicate_type: PREDICATE_TYPE.into(),
        predicate: Predicate {
            schema_version: SCHEMA_VERSION,
            verdict,
            source: Source {
                commit: Some("1b15ef614bdd0c6d6a4c5c3a5a0a4b6f1e2d3c4b".into()),
                reference: Some("main".into()),
                ..Source::default()
            },
            config: FileDigest { path: "ci.toml".into(), sha256: "c0".into() },
            policy: Policy { required, sha256: "d0".into(), origin: "ci.toml".into() },
            tool: Tool {
                name: "gate-runner".into(),
                version: "0.1.0".into(),
                source_tree: "e0".into(),
                lock_sha256: "f0".into(),
                target: "x86_64-unknown-linux-gnu".into(),
            },
            profile: None,
            selection: Selection {
                mode: SelectionMode::All,
                reason: "every gate".into(),
                total: gates.len() as u64,
                selected: gates.len() as u64,
                plan_sha256: None,
            },
            gates,
            waivers: vec![WaiverRecord {
                rules: vec!["unpinned-uses".into()],
                origin: ".github/workflows/old.yml:7".into(),
                reason: "retired next week".into(),
                until: None,
                used: 1,
            }],
            parts: Vec::new(),
            introduced: None,
            findings_cut: None,
            run: Run {
                id: "r1".into(),
                started_at: "2026-11-21T10:00:00Z".into(),
                finished_at: "2026-11-21T10:00:01Z".into(),
                duration_ms: 1_249,
                host: "linux x86_64".into(),
                ci: None,
                per_gate,
                build: "b0".into(),
            },
        },
    }
}

/// A gate that found nothing.
pub fn gate(id: &str, outcome: Outcome) -> GateResult {
    GateResult {
        id: id.into(),
        kind: id.into(),
        layer: None,
        owner: None,
        class: None,
        required: true,
        outcome,
        reason: Reason::default(),
        needs: Vec::new(),
        options: Sha::default(),
        items: ("item".into(), "items".into()),
        examined: Examined::default(),
        trace: Sha::default(),
        rules: RuleSet::default(),
        facts: BTreeMap::new(),
        skipped: BTreeMap::new(),
        findings: Vec::new(),
        proof: None,
        attempts: Vec::new(),
        finally: None,
        reuse: Reuse { state: ReuseState::Off, key: None, from: None },
        command: None,
        log: None,
        tail: None,
        artifacts: Vec::new(),
    }
}

/// A new error on one line.
pub fn unpinned() -> FindingRecord {
    FindingRecord {
        rule: "action-pins/unpinned-uses".into(),
        severity: Severity::Error,
        path: ".github/workflows/ci.yml".into(),
        line: 14,
        column: 15,
        end_line: 14,
        end_column: 34,
        message: "'actions/checkout@v4' is a tag, not a commit".into(),
        label: Some("a tag can be moved by whoever can push to that repository".into()),
        source: Some("      - uses:   actions/checkout@v4".into()),
        commit: None,
        related: vec![RelatedRecord {
            path: ".github/workflows/release.yml".into(),
            line: 9,
            label: "pinned here".into(),
        }],
        fix: Some(FixRecord {
            note: "pin the commit: actions/checkout@<40 hex> # v4.2.2".into(),
            edits: Vec::new(),
        }),
        fingerprint: "0a1b".into(),
        state: FindingState::New,
        waiver: None,
    }
}

fn across_lines() -> FindingRecord {
    FindingRecord {
        rule: "action-pins/malformed".into(),
        severity: Severity::Warning,
        line: 20,
        column: 9,
        end_line: 21,
        end_column: 6,
        message: "a folded reference".into(),
        label: None,
        source: Some("  uses: >\n    x@v1".into()),
        related: Vec::new(),
        fix: Some(FixRecord {
            note: "write it on one line".into(),
            edits: vec![Edit {
                path: ".github/workflows/a b.yml".into(),
                start: 100,
                end: 110,
                text: "x@v1".into(),
            }],
        }),
        fingerprint: "0a2b".into(),
        ..unpinned()
    }
}

fn baselined() -> FindingRecord {
    FindingRecord {
        state: FindingState::Baselined,
        fingerprint: "0a3b".into(),
        line: 30,
        end_line: 30,
        ..unpinned()
    }
}

fn waived() -> FindingRecord {
    FindingRecord {
        state: FindingState::Waived,
        waiver: Some(0),
        fingerprint: "0a4b".into(),
        path: ".github/workflows/old.yml".into(),
        line: 7,
        end_line: 7,
        ..unpinned()
    }
}

fn secret() -> FindingRecord {
    FindingRecord {
        rule: "secret-scan/aws-access-key".into(),
        path: "config/prod.env".into(),
        line: 3,
        column: 9,
        end_line: 3,
        end_column: 29,
        message: "an AWS access key id".into(),
        label: None,
        source: None,
        commit: Some("46f2753a1b68aaaabbbbccccddddeeeeffff0000".into()),
        related: Vec::new(),
        fix: Some(FixRecord {
            note: "revoke it: what was pushed is known".into(),
            edits: Vec::new(),
        }),
        fingerprint: "0a5b".into(),
        ..unpinned()
    }
}
