//! The verdict at one glance, and what it is about.

use maud::{Markup, html};

use super::super::text::{duration, visible};
use super::super::verdict;
use super::icon::Look;
use super::{day_and_time, linkable};
use crate::receipt::{Receipt, SelectionMode};

pub fn of(receipt: &Receipt) -> Markup {
    let predicate = &receipt.predicate;
    let look = Look::of_verdict(predicate.verdict);
    let sentence = verdict::sentence(receipt);
    let word = predicate.verdict.as_str();
    let rest = sentence.strip_prefix(word).and_then(|rest| rest.strip_prefix(": "));
    html! {
        header.masthead.(look.class()) {
            div.inner {
                h1 {
                    span.verdict { (look.icon()) (word) }
                    " "
                    span.sentence { (rest.unwrap_or(&sentence)) }
                }
                dl.about {
                    @if let Some(commit) = &predicate.source.commit {
                        (pair("Commit", &html! { code { (visible(commit)) } }))
                    }
                    @if let Some(reference) = &predicate.source.reference {
                        @let name = reference.strip_prefix("refs/heads/").unwrap_or(reference);
                        (pair("Ref", &html! { (visible(name)) }))
                    }
                    (pair("Judged", &html! { (day_and_time(&predicate.run.started_at)) " in " (duration(predicate.run.duration_ms)) }))
                    @if let Some(ci) = &predicate.run.ci {
                        (pair("CI", &run(ci)))
                    }
                    @if let Some(profile) = &predicate.profile {
                        (pair("Profile", &html! { (visible(profile)) }))
                    }
                    @if predicate.selection.mode != SelectionMode::All {
                        (pair("Selection", &html! {
                            (predicate.selection.selected) " of " (predicate.selection.total) " gates: "
                            (visible(&predicate.selection.reason))
                        }))
                    }
                    @if let Some(base) = &predicate.source.base {
                        (pair("Base", &html! { (visible(&base.reference)) " at " code { (visible(&base.commit)) } }))
                    }
                }
                @for blemish in blemishes(receipt) {
                    p.blemish { (Look::Stuck.icon()) (blemish) }
                }
            }
        }
    }
}

/// What a reader must not miss about the judged point.
fn blemishes(receipt: &Receipt) -> Vec<&'static str> {
    let source = &receipt.predicate.source;
    let told = [
        (
            source.commit.is_none(),
            "Judged without a commit: this is no proof of anything that could be released.",
        ),
        (source.dirty, "The work tree had uncommitted changes: this is no proof of the commit."),
        (source.shallow, "The clone was shallow: its history was not all there."),
    ];
    told.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| text).collect()
}

fn pair(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn run(ci: &crate::receipt::Ci) -> Markup {
    let known = [
        ci.repository.clone(),
        ci.event.clone(),
        ci.run_id.as_ref().map(|id| format!("run {id}")),
        ci.run_attempt.as_ref().filter(|attempt| *attempt != "1").map(|n| format!("attempt {n}")),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    let text = if known.is_empty() { ci.provider.clone() } else { known.join(", ") };
    html! {
        @match ci.url.as_deref().and_then(linkable) {
            Some(url) => a href=(url) rel="noreferrer noopener" { (visible(&text)) },
            None => (visible(&text)),
        }
    }
}
