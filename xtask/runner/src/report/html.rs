//! One self-contained HTML page: of a receipt, or of a folder of them over time.
//!
//! No script, no font, no picture, nothing that is fetched; the page says so to
//! the browser too. What strangers wrote is escaped by the template engine: a
//! value becomes text unless it is wrapped in `PreEscaped`, which holds nothing
//! here but our own style sheet.

mod finding;
mod folder;
mod gate;
mod icon;
mod masthead;
mod overview;
mod records;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use folder::{Entry, write_folder};

use super::text::visible;
use super::verdict;
use crate::receipt::Receipt;

/// The browser's own guard, besides escaping.
const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("html/page.css");

/// Writes the page of one receipt.
///
/// # Errors
/// `out` could not be written.
pub fn write(receipt: &Receipt, out: &mut impl Write) -> io::Result<()> {
    let subject = verdict::subject(receipt).map(|subject| format!(" · {subject}"));
    let title = format!("{}{}", verdict::sentence(receipt), subject.unwrap_or_default());
    let body = html! {
        (masthead::of(receipt))
        main {
            (overview::of(receipt))
            @for (index, gate) in receipt.predicate.gates.iter().enumerate() {
                (gate::section(receipt, gate, index))
            }
            (records::waivers(receipt))
            (records::digests(receipt))
        }
    };
    page(&title, &body, out)
}

fn page(title: &str, body: &Markup, out: &mut impl Write) -> io::Result<()> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(CSP);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (visible(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (icon::shapes())
                (body)
            }
        }
    };
    out.write_all(page.into_string().as_bytes())?;
    out.write_all(b"\n")
}

/// `2026-11-21 10:00 UTC`; what is no time stays as it is.
fn day_and_time(stamp: &str) -> String {
    let parsed = stamp.parse::<jiff::Timestamp>();
    parsed.map_or_else(
        |_| visible(stamp).into_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// A place in the web that may be linked: nothing but https, so that no link
/// runs or opens anything else.
fn linkable(url: &str) -> Option<&str> {
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    (url.starts_with("https://") && is_plain).then_some(url)
}

#[cfg(test)]
mod tests;
