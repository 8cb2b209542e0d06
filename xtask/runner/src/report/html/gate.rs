//! One gate: why it ended so, what it found, what it ran.

use maud::{Markup, html};

use super::super::gate::{could_not_judge, facts, particulars, skipped, word};
use super::super::text::{count, grouped, lines, visible};
use super::finding;
use super::icon::Look;
use crate::receipt::{Attempt, GateResult, Proof, Receipt};

/// Open where there is something to do, folded where all is well.
pub fn section(receipt: &Receipt, gate: &GateResult, index: usize) -> Markup {
    let look = Look::of(gate.outcome);
    let is_open = gate.outcome == kernel::Outcome::Failed || could_not_judge(gate.outcome);
    html! {
        details.gate.(look.class()) open[is_open] {
            summary {
                h2 {
                    span.outcome.(look.class()) { (look.icon()) (word(gate.outcome)) }
                    " "
                    span.name { (visible(&gate.id)) }
                }
                p.particulars { (particulars(receipt, gate).join(" · ")) }
            }
            // A link to what is inside a folded part unfolds it.
            div.body #(format!("gate-{index}")) {
                (reason(gate))
                (finding::all(receipt, gate))
                (command(gate))
                (particulars_list(gate))
            }
        }
    }
}

fn reason(gate: &GateResult) -> Markup {
    html! {
        @if gate.reason.code != "findings" && !gate.reason.text.is_empty() {
            p.reason { (visible(&gate.reason.text)) }
        }
        @if let Some(hint) = &gate.reason.hint {
            p.hint { strong { "Hint" } " " (visible(hint)) }
        }
    }
}

fn command(gate: &GateResult) -> Markup {
    let tail = gate.tail.as_deref().map(lines).unwrap_or_default();
    html! {
        @if let Some(argv) = &gate.command {
            pre.command { code { "$ " (visible(&argv.join(" "))) } }
        }
        // Of one attempt the reason tells all.
        @if gate.attempts.len() > 1 {
            ol.attempts {
                @for attempt in &gate.attempts { li { (ended(attempt)) } }
            }
        }
        @if !tail.is_empty() {
            pre.tail {
                @for line in &tail { (line) "\n" }
            }
        }
        @if let Some(finally) = gate.finally.as_ref().filter(|end| !end.outcome.is_green()) {
            p.reason { "Its 'finally': " (ended(finally)) }
        }
    }
}

fn ended(attempt: &Attempt) -> String {
    let how = match (attempt.exit_code, attempt.signal) {
        (_, Some(signal)) => format!(", signal {signal}"),
        (Some(code), None) => format!(", exit code {code}"),
        (None, None) => String::new(),
    };
    format!("{}{how}", attempt.outcome.as_str())
}

/// What else the receipt knows of the gate.
fn particulars_list(gate: &GateResult) -> Markup {
    let optional = |text: &Option<String>| text.as_deref().map(|text| visible(text).into_owned());
    let rules = count(gate.rules.count, "rule", "rules");
    let listed = [
        ("Kind", Some(visible(&gate.kind).into_owned())),
        ("Layer", optional(&gate.layer)),
        ("Owner", optional(&gate.owner)),
        ("Class", optional(&gate.class)),
        ("Needs", (!gate.needs.is_empty()).then(|| visible(&gate.needs.join(", ")).into_owned())),
        ("Rules", (gate.rules.count > 0).then_some(rules)),
        ("Proof", gate.proof.as_ref().and_then(proof)),
        ("Not judged", skipped(gate).map(|text| text.replacen("not judged: ", "", 1))),
        ("Bytes read", (gate.examined.bytes > 0).then(|| grouped(gate.examined.bytes))),
        ("Log", optional(&gate.log)),
    ];
    html! {
        dl.particulars-list {
            @for (name, value) in listed {
                @if let Some(value) = value { div { dt { (name) } dd { (value) } } }
            }
            @for fact in facts(gate, true) {
                @let (name, value) = fact.split_once(": ").unwrap_or((&fact, ""));
                div { dt { (name) } dd { (value) } }
            }
            @for artifact in &gate.artifacts {
                div {
                    dt { "Artifact" }
                    dd {
                        (visible(&artifact.path)) ", " (grouped(artifact.size)) " bytes, "
                        code { (visible(&artifact.sha256)) }
                    }
                }
            }
        }
    }
}

fn proof(proof: &Proof) -> Option<String> {
    let mut parts = Vec::new();
    if proof.canaries > 0 {
        parts.push(format!(
            "{} of {} went red on their bad example, {} stayed quiet on their good one",
            proof.tripped,
            count(proof.canaries, "rule", "rules"),
            proof.quiet
        ));
    }
    if !proof.unproven.is_empty() {
        let rules = super::super::text::listed(&proof.unproven, 5);
        parts.push(format!("without examples, so unproven: {rules}"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
