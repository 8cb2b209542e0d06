//! What the text says and what a session showed, as one list of findings.
//!
//! A finding of both stays as the text has it. What only one of them found says
//! so under the caret: `executed-only` is what no reader could see,
//! `static-only` what did not happen when it ran.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Checked, DatabaseTrace, Fact, Finding, Location, ScriptTrace, Severity};

use super::effect::Effect;
use super::{chapter, has_failed, note, part};
use crate::chapter::Chapter;
use crate::rules::{self, Found, Offence, found};
use crate::timeline::Timeline;
use crate::verdicts::Origin;

/// Rules whose findings a session confirms or does not.
const EXECUTED: [&str; 38] = [
    "drop-table",
    "drop-column",
    "rename-table",
    "rename-column",
    "retype-column",
    "set-not-null",
    "required-column",
    "index-not-concurrent",
    "drop-index-not-concurrent",
    "validating-constraint",
    "truncate",
    "tighten",
    "rename-object",
    "table-rewrite",
    "unique-or-primary-key-build",
    "row-security",
    "drop-default",
    "change-identity",
    "validate-in-same-transaction",
    "parent-locked",
    "drop-constraint",
    "drop-conflict-arbiter",
    "drop-or-narrow-view",
    "drop-or-rename-type",
    "new-trigger",
    "revoke",
    "drop-sequence",
    "drop-extension-or-schema",
    "drop-or-change-function",
    "attach-partition",
    "detach-partition",
    "change-replica-identity",
    "disable-trigger",
    "set-unlogged",
    "move-object",
    "reindex-cluster-vacuum-full",
    "unverifiable-dynamic-sql",
    "unjudged-statement",
];

/// Those that only say that a text does not tell: a run does.
const UNTOLD: [&str; 2] = ["unverifiable-dynamic-sql", "unjudged-statement"];

/// What a server calls a statement that is refused by a rule's own name.
const CODES: [(&str, &str); 2] =
    [("25001", "concurrently-in-transaction"), ("55P04", "enum-value-used-in-same-transaction")];

pub(super) fn merge(
    timeline: &Timeline<'_>,
    trace: &DatabaseTrace,
    effects: Vec<(usize, Vec<Effect>)>,
    origins: &[Origin],
    checked: &mut Checked,
) {
    let keeps_static = timeline.source.mode == "both";
    let (mut agreed, mut taken_back) = (0, BTreeSet::new());
    for (index, effects) in effects {
        let Some(script) = trace.scripts.get(index) else { continue };
        let Some((own, chapter)) = chapter(timeline, script) else { continue };
        let mut unmatched = said(own, origins, &checked.findings);
        let mut more: Vec<Effect> = Vec::new();
        for effect in distinct(effects) {
            match take(&mut unmatched, &effect) {
                true => agreed += 1,
                false => more.push(effect),
            }
        }
        for Said { index, .. } in unmatched {
            let Some(finding) = checked.findings.get_mut(index) else { continue };
            if keeps_static && !is_untold(finding) {
                finding.label = Some("static-only: nothing of it was seen when it ran".to_owned());
                let line = told(finding);
                note(checked, "static_only", line);
            } else {
                taken_back.insert(index);
            }
        }
        for effect in &more {
            let finding = executed(chapter, effect);
            let line = told(&finding);
            note(checked, "executed_only", line);
            checked.findings.push(finding);
        }
        broken_queries(chapter, script, checked);
        undo(chapter, script, checked);
    }
    for script in trace.scripts.iter().filter(|script| has_failed(script)) {
        does_not_apply(timeline, script, origins, checked);
    }
    let mut number = 0..;
    checked.findings.retain(|_| !taken_back.contains(&number.next().unwrap_or(0)));
    checked.facts.insert("executed_agrees".to_owned(), Fact::from(agreed));
}

/// Of a server that tells nothing but what fails.
pub(super) fn queries_alone(
    timeline: &Timeline<'_>,
    trace: &DatabaseTrace,
    origins: &[Origin],
    checked: &mut Checked,
) {
    for script in &trace.scripts {
        let Some((_, chapter)) = chapter(timeline, script) else { continue };
        match has_failed(script) {
            true => does_not_apply(timeline, script, origins, checked),
            false => broken_queries(chapter, script, checked),
        }
    }
}

/// A finding of the text, by its place in the list.
struct Said {
    index: usize,
    offence: String,
    step: usize,
}

/// What the text of one file says that a session could confirm.
fn said(own: usize, origins: &[Origin], findings: &[Finding]) -> Vec<Said> {
    let here = origins.iter().filter(|origin| origin.chapter == own);
    let said = here.filter_map(|origin| {
        let finding = findings.get(origin.finding)?;
        let offence = finding.rule.rsplit('/').next().unwrap_or_default().to_owned();
        let is_executed = EXECUTED.contains(&offence.as_str());
        is_executed.then_some(Said { index: origin.finding, offence, step: origin.step })
    });
    said.collect()
}

/// Takes the finding that says what `effect` showed: of the same statement, or
/// else of the same file.
fn take(said: &mut Vec<Said>, effect: &Effect) -> bool {
    let fits = |it: &Said| it.offence == effect.offence;
    let same = said.iter().position(|it| fits(it) && it.step == effect.step);
    match same.or_else(|| said.iter().position(fits)) {
        Some(at) => {
            // One statement may show a thing once that its text says twice.
            let step = said.get(at).map(|it| it.step);
            said.retain(|it| !(fits(it) && Some(it.step) == step));
            true
        }
        None => false,
    }
}

/// Each rule once a statement: one that says it of many says it of the first.
fn distinct(effects: Vec<Effect>) -> Vec<Effect> {
    let mut first: BTreeMap<(usize, &str), (Effect, usize)> = BTreeMap::new();
    for effect in effects {
        let slot = first.entry((effect.step, effect.offence));
        slot.and_modify(|(_, more)| *more += 1).or_insert((effect, 0));
    }
    let counted = |(mut effect, more): (Effect, usize)| {
        if more > 0 {
            effect.message.push_str(&format!(", and {more} more"));
        }
        effect
    };
    first.into_values().map(counted).collect()
}

fn offence(name: &str) -> Option<&'static Offence> {
    rules::TABLE.iter().find(|it| it.offence() == name).copied()
}

fn is_untold(finding: &Finding) -> bool {
    UNTOLD.iter().any(|it| finding.rule.ends_with(it))
}

fn executed(chapter: &Chapter, effect: &Effect) -> Finding {
    let mut words = found(effect.message.clone()).label("executed-only: the text does not tell");
    if effect.is_note {
        words = words.severity(Severity::Note);
    }
    placed(chapter, effect.step, effect.offence, words)
}

fn placed(chapter: &Chapter, step: usize, name: &str, words: Found) -> Finding {
    let at = Location::of(&chapter.file, chapter.place(&part(chapter, step)));
    let lines = at.span.map(|span| [span.line, span.end_line]).into_iter().flatten();
    let finding = match offence(name) {
        Some(offence) => words.finding(offence, at.clone()),
        None => words.finding(&rules::DOES_NOT_APPLY, at.clone()),
    };
    finding.waiver_lines(lines)
}

fn told(finding: &Finding) -> String {
    let line = finding.at.span.map_or(0, |span| span.line);
    let offence = finding.rule.rsplit('/').next().unwrap_or_default();
    format!("{}:{line} {offence}", finding.at.path)
}

fn broken_queries(chapter: &Chapter, script: &ScriptTrace, checked: &mut Checked) {
    /// Queries that are told of one file; the rest are counted.
    const TOLD_MAX: usize = 10;
    let surplus = script.broken.len().saturating_sub(TOLD_MAX);
    for (index, broken) in script.broken.iter().take(TOLD_MAX).enumerate() {
        let more = match index + 1 {
            TOLD_MAX if surplus > 0 => format!(", and {surplus} more"),
            _ => String::new(),
        };
        let message = format!(
            "a query of the release before fails after it: {}{more}",
            rules::one_line(&broken.error.message)
        );
        let words: Vec<&str> = broken.sql.split_whitespace().collect();
        let label = format!("'{}' asks '{}'", broken.name, rules::one_line(&words.join(" ")));
        let words = found(message).label(label).fix(
            "change the schema so that old and new queries work, and take the old away a release later",
        );
        let finding = words.finding(&rules::BROKEN_QUERY, chapter.start());
        checked.findings.push(finding.key(format!("{} {}", broken.name, broken.error.code)));
    }
}

fn undo(chapter: &Chapter, script: &ScriptTrace, checked: &mut Checked) {
    let Some(undo) = &script.undo else { return };
    let message = match (&undo.error, &undo.again, undo.left.as_slice()) {
        (Some(error), ..) => {
            format!("its down migration fails: {}", rules::one_line(&error.message))
        }
        (None, Some(error), _) => {
            format!("up, down, up fails the second time: {}", rules::one_line(&error.message))
        }
        (None, None, [first, rest @ ..]) => {
            let more = match rest.len() {
                0 => String::new(),
                count => format!(", and {count} more"),
            };
            format!("its down migration does not lead back: {}{more}", rules::one_line(first))
        }
        (None, None, []) => return,
    };
    let words = found(message).fix("undo in the down migration all that the up migration does");
    checked.findings.push(words.finding(&rules::BROKEN_DOWN, chapter.start()));
}

fn does_not_apply(
    timeline: &Timeline<'_>,
    script: &ScriptTrace,
    origins: &[Origin],
    checked: &mut Checked,
) {
    let Some((own, chapter)) = chapter(timeline, script) else { return };
    let failed = script.steps.iter().enumerate();
    let Some((step, error)) = failed.filter_map(|(at, it)| Some((at, it.error.as_ref()?))).next()
    else {
        return;
    };
    let known = CODES.iter().find(|(code, _)| *code == error.code).map(|(_, name)| *name);
    let here = origins.iter().filter(|origin| origin.chapter == own);
    let mut here = here.filter_map(|origin| checked.findings.get(origin.finding));
    if here.any(|finding| known.is_some_and(|name| finding.rule.ends_with(name))) {
        return;
    }
    let message = format!("it fails when it runs: {}", rules::one_line(&error.message));
    let words = found(message)
        .label(format!("the server refuses it as {}", error.code))
        .fix("make it run on a database that has the migrations before it and rows in its tables");
    checked.findings.push(placed(chapter, step, known.unwrap_or("does-not-apply"), words));
}
