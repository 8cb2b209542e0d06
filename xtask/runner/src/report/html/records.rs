//! What stands at the end: exceptions, and the digests that bind the receipt.

use maud::{Markup, html};

use super::super::text::{count, visible};
use crate::receipt::{Receipt, sha256};

/// Every waiver, used or not.
pub fn waivers(receipt: &Receipt) -> Markup {
    let waivers = &receipt.predicate.waivers;
    html! {
        @if !waivers.is_empty() {
            section.waivers aria-labelledby="waivers" {
                h2 #waivers { "Waivers" }
                table role="table" aria-labelledby="waivers" {
                    thead role="rowgroup" {
                        tr role="row" {
                            @for name in ["Rule", "Where", "Reason", "Until", "Covers"] {
                                th role="columnheader" scope="col" { (name) }
                            }
                        }
                    }
                    tbody role="rowgroup" {
                        @for waiver in waivers {
                            tr role="row" {
                                td role="cell" data-name="Rule" { code { (visible(&waiver.rules.join(", "))) } }
                                td role="cell" data-name="Where" { code { (visible(&waiver.origin)) } }
                                td role="cell" data-name="Reason" { (visible(&waiver.reason)) }
                                td role="cell" data-name="Until" {
                                    @match &waiver.until {
                                        Some(until) => (visible(until)),
                                        None => "no end",
                                    }
                                }
                                td role="cell" data-name="Covers" {
                                    @match waiver.used {
                                        0 => "nothing",
                                        used => (count(used, "finding", "findings")),
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Who judged, by what, under which digests.
pub fn digests(receipt: &Receipt) -> Markup {
    let predicate = &receipt.predicate;
    let own = receipt.canonical().map(|text| sha256(text.as_bytes())).unwrap_or_default();
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let source = &predicate.source;
    let tool = &predicate.tool;
    let mut rows = vec![
        ("Receipt", format!("sha256 {own}")),
        ("Tree", optional(&source.tree)),
        ("Uncommitted", optional(&source.dirty_digest)),
        ("Configuration", format!("{} sha256 {}", predicate.config.path, predicate.config.sha256)),
        ("Policy", format!("{} sha256 {}", predicate.policy.origin, predicate.policy.sha256)),
        ("Tool", format!("{} {} for {}", tool.name, tool.version, tool.target)),
        ("Its sources", tool.source_tree.clone()),
        ("Its Cargo.lock", tool.lock_sha256.clone()),
        ("Its build", predicate.run.build.clone()),
        ("Run", predicate.run.id.clone()),
        ("Host", predicate.run.host.clone()),
    ];
    if let Some(ci) = &predicate.run.ci {
        rows.push(("Workflow", optional(&ci.workflow_ref)));
    }
    for part in &predicate.parts {
        rows.push(("Part", format!("{} sha256 {}", part.name, part.sha256)));
    }
    rows.retain(|(_, value)| !value.is_empty());
    html! {
        section.digests aria-labelledby="digests" {
            h2 #digests { "What this rests on" }
            dl {
                @for (name, value) in rows {
                    div { dt { (name) } dd { code { (visible(&value)) } } }
                }
            }
            p.caution {
                "This page shows what a receipt says; it is no check of it. "
                code { "cargo xtask receipt check" }
                " says whether to believe the receipt."
            }
        }
    }
}
