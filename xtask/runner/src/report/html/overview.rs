//! All gates in ci.toml's order, a row each.

use maud::{Markup, html};

use super::super::gate::{Tally, elapsed_ms, examined, word};
use super::super::text::{duration, visible};
use super::icon::Look;
use crate::receipt::{GateResult, Receipt, ReuseState};

// The roles are said though they are a table's own: a narrow page lays the
// rows out otherwise, and browsers then forget them.
pub fn of(receipt: &Receipt) -> Markup {
    let gates = &receipt.predicate.gates;
    let longest = gates.iter().filter_map(|gate| elapsed_ms(receipt, gate)).max().unwrap_or(0);
    html! {
        section.overview aria-labelledby="gates" {
            h2 #gates { "Gates" }
            table.gates role="table" aria-labelledby="gates" {
                thead role="rowgroup" {
                    tr role="row" {
                        @for name in ["Outcome", "Gate", "Found", "Examined", "Proof", "Time"] {
                            th role="columnheader" scope="col" { (name) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for (index, gate) in gates.iter().enumerate() {
                        (row(receipt, gate, index, longest))
                    }
                }
            }
        }
    }
}

fn row(receipt: &Receipt, gate: &GateResult, index: usize, longest: u64) -> Markup {
    let look = Look::of(gate.outcome);
    let tally = Tally::of(gate);
    html! {
        tr role="row" {
            td.outcome.(look.class()) role="cell" { (look.icon()) (word(gate.outcome)) }
            th.name role="rowheader" scope="row" {
                a href=(format!("#gate-{index}")) { (visible(&gate.id)) }
                @if !gate.required { span.tag { "advisory" } }
            }
            td.found role="cell" {
                @let (new, known) = (tally.new_text(), tally.known_text());
                @if !new.is_empty() { span.new { (new) } }
                @if !known.is_empty() { span.known { (known) } }
            }
            td.examined role="cell" { (examined(gate).unwrap_or_default()) }
            td.proof role="cell" { (proof(gate)) }
            td.time role="cell" {
                @if let Some(elapsed) = elapsed_ms(receipt, gate) {
                    span { (duration(elapsed)) }
                    span.bar aria-hidden="true" {
                        span style=(format!("width:{}%", share(elapsed, longest))) {}
                    }
                }
            }
        }
    }
}

/// Whether the gate's rules showed that they can go red.
fn proof(gate: &GateResult) -> String {
    let reused = gate.reuse.state == ReuseState::Hit;
    match &gate.proof {
        Some(proof) if proof.canaries > 0 => {
            let woke = proof.tripped.min(proof.quiet);
            format!("{woke} of {} rules", proof.canaries)
        }
        _ if reused => "earlier run".to_owned(),
        _ => String::new(),
    }
}

/// Percent of the longest, and never quite nothing.
fn share(elapsed_ms: u64, longest_ms: u64) -> u64 {
    (elapsed_ms.saturating_mul(100) / longest_ms.max(1)).clamp(1, 100)
}
