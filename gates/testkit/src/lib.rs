//! What every gate's tests share. Each function panics with every fault it
//! found, so that one run of a test tells all of them.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::collections::BTreeSet;

use kernel::{
    Checked, Edit, Evidence, Finding, Gate, GateError, Globs, Kind, Options, Rule, SourceFile,
    Tree, Waiver, Wants, canary, survey,
};

/// Configures `kind` by `options` (TOML) over the files of `tree`.
///
/// # Panics
/// The options are wrong.
#[must_use]
pub fn configure(kind: &Kind, options: &str, tree: &Tree) -> Box<dyn Gate> {
    match (kind.configure)(&Options::of(options), tree) {
        Ok(gate) => gate,
        Err(error) => panic!("{}: {error} (at {:?})", kind.id, error.span),
    }
}

/// Judges a literal tree and returns `path:line rule` of each finding, sorted.
///
/// # Panics
/// The options are wrong or the gate could not judge.
#[must_use]
pub fn judge(kind: &Kind, options: &str, files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::literal(files.iter().copied());
    let gate = configure(kind, options, &tree);
    let replies = std::collections::BTreeMap::new();
    let pulse = kernel::Pulse::default();
    let evidence = Evidence {
        head: &tree,
        base: None,
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    match survey(&*gate, &evidence) {
        Ok(checked) => {
            let mut lines: Vec<String> = checked.findings.iter().map(place).collect();
            lines.sort();
            lines
        }
        Err(error) => panic!("{} could not judge: {error}", kind.id),
    }
}

fn place(finding: &Finding) -> String {
    let line = finding.at.span.map_or(0, |span| span.line);
    format!("{}:{line} {}", finding.at.path, finding.rule)
}

/// Every rule has a well-formed id, words, examples of both kinds, and its
/// examples show what they should.
///
/// # Panics
/// Lists every rule that does not.
pub fn rules_prove_themselves(kind: &Kind) {
    let gate = configure(kind, "", &Tree::literal::<&str, &str>([]));
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    for rule in gate.rules().iter() {
        if !ids.insert(rule.id.to_string()) {
            faults.push(format!("{}: the id is there twice", rule.id));
        }
        faults.extend(form(kind, rule).into_iter().map(|fault| format!("{}: {fault}", rule.id)));
        let proof = canary::prove_rule(&kind.configure, &Options::none(), &*gate, rule);
        faults.extend(
            proof.failures.iter().map(|f| format!("{}: {} {}", rule.id, f.example, f.what)),
        );
    }
    assert!(!ids.is_empty(), "{} has no rules", kind.id);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A rule that is switched off makes its canary fail: the proof itself is
/// proven.
///
/// # Panics
/// Lists every rule whose sleep goes unnoticed.
pub fn sleeping_rules_are_noticed(kind: &Kind) {
    let gate = configure(kind, "", &Tree::literal::<&str, &str>([]));
    let mut unnoticed = Vec::new();
    for rule in gate.rules().iter() {
        let muted = |options: &Options, tree: &Tree| {
            let gate = (kind.configure)(options, tree)?;
            Ok(Box::new(Muted { gate, rule: rule.id.to_string() }) as Box<dyn Gate>)
        };
        let Ok(asleep) = muted(&Options::none(), &Tree::literal::<&str, &str>([])) else {
            panic!("{}: does not configure without options", kind.id);
        };
        let proof = canary::prove_rule(&muted, &Options::none(), &*asleep, rule);
        if proof.failures.is_empty() {
            unnoticed.push(rule.id.to_string());
        }
    }
    assert!(unnoticed.is_empty(), "these rules can sleep unnoticed: {unnoticed:?}");
}

fn form(kind: &Kind, rule: &Rule) -> Vec<String> {
    let mut faults = Vec::new();
    let kebab = |text: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    match rule.id.split_once('/') {
        Some((gate, offence)) if gate == kind.id && kebab(offence) => {}
        _ => faults.push(format!("the id is not '{}/<kebab-case offence>'", kind.id)),
    }
    let paragraphs = rule.doc.trim().split("\n\n").filter(|text| !text.trim().is_empty()).count();
    if paragraphs < 2 {
        faults.push(
            "the doc says what it finds, then, after an empty line, why and how to fix".into(),
        );
    }
    if rule.bad.is_empty() || rule.good.is_empty() {
        faults.push("needs a bad and a good example".into());
    }
    faults
}

/// A gate with one rule asleep.
struct Muted {
    gate: Box<dyn Gate>,
    rule: String,
}

impl Muted {
    fn mute(&self, mut checked: Checked) -> Checked {
        checked.findings.retain(|finding| finding.rule != self.rule);
        checked
    }
}

impl Gate for Muted {
    fn rules(&self) -> Cow<'_, [Rule]> {
        self.gate.rules()
    }

    fn wants(&self) -> Wants {
        self.gate.wants()
    }

    fn check_file(&self, file: &SourceFile) -> Result<Checked, GateError> {
        Ok(self.mute(self.gate.check_file(file)?))
    }

    fn check(&self, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        Ok(self.mute(self.gate.check(evidence)?))
    }

    fn waivers(&self) -> Vec<Waiver> {
        self.gate.waivers()
    }
}

/// The form of every finding's words: lower-case or quoted start, one line, no
/// final stop, a place that exists.
///
/// # Panics
/// Lists every fault.
pub fn messages_have_the_form(kind: &Kind) {
    let gate = configure(kind, "", &Tree::literal::<&str, &str>([]));
    let mut faults = Vec::new();
    for rule in gate.rules().iter() {
        for example in rule.bad.iter() {
            let Ok(scene) = example.scene() else { continue };
            let options = scene.options.clone().unwrap_or_else(Options::none);
            let Ok(gate) = (kind.configure)(&options, &scene.head) else { continue };
            let Ok(checked) = survey(&*gate, &scene.evidence()) else { continue };
            for finding in &checked.findings {
                for words in [Some(&finding.message), finding.label.as_ref()].into_iter().flatten()
                {
                    if words.starts_with(char::is_uppercase)
                        && !words.starts_with(|c: char| c.is_ascii_digit())
                    {
                        faults.push(format!("{}: starts upper-case: {words}", finding.rule));
                    }
                    if words.ends_with('.') || words.contains('\n') || words.is_empty() {
                        faults.push(format!(
                            "{}: not one line without a final stop: {words}",
                            finding.rule
                        ));
                    }
                }
                if !finding.show_source && finding.key.is_none() {
                    faults.push(format!("{}: hides its source but gives no key", finding.rule));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every fix with edits mends what it is of: made in its bad example, there is
/// a finding of that rule less, and none more of another. Returns how many were
/// tried.
///
/// # Panics
/// Lists every fix that does not.
pub fn fixes_mend(kind: &Kind) -> usize {
    let gate = configure(kind, "", &Tree::literal::<&str, &str>([]));
    let (mut tried, mut faults) = (0, Vec::new());
    for rule in gate.rules().iter() {
        for example in rule.bad.iter() {
            let Ok(scene) = example.scene() else { continue };
            let options = scene.options.clone().unwrap_or_else(Options::none);
            let found = |evidence: &Evidence<'_>| {
                let gate = (kind.configure)(&options, evidence.head).ok()?;
                Some(survey(&*gate, evidence).ok()?.findings)
            };
            let Some(before) = found(&scene.evidence()) else { continue };
            for finding in &before {
                let Some(fix) = finding.fix.as_ref().filter(|fix| !fix.edits.is_empty()) else {
                    continue;
                };
                tried += 1;
                let mended = edited(&scene.head, &fix.edits);
                let after = found(&Evidence { head: &mended, ..scene.evidence() });
                let of = |findings: &[Finding], rule: &str| {
                    findings.iter().filter(|finding| finding.rule == rule).count()
                };
                let is_mended = after.is_some_and(|after| {
                    of(&after, &finding.rule) < of(&before, &finding.rule)
                        && after.iter().all(|it| of(&after, &it.rule) <= of(&before, &it.rule))
                });
                if !is_mended {
                    faults.push(format!("{}: {:?} does not mend it", place(finding), fix.edits));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    tried
}

/// `tree` with `edits` made, which are all of its files and do not overlap.
fn edited(tree: &Tree, edits: &[Edit]) -> Tree {
    let every = Globs::new(["**"]).unwrap_or_default();
    let files = tree.list(&every).into_iter().filter_map(|entry| {
        let mut bytes = tree.read_entry(&entry).ok()?.bytes().to_vec();
        let mut own: Vec<&Edit> = edits.iter().filter(|edit| edit.path == entry.path).collect();
        own.sort_by_key(|edit| std::cmp::Reverse(edit.start));
        for edit in own {
            bytes.splice(edit.start..edit.end, edit.text.bytes());
        }
        Some((entry.path, bytes))
    });
    Tree::literal(files)
}
