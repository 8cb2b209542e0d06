//! What stands behind the entries of the tables.

use std::collections::BTreeSet;

use crate::report;
use crate::rules::format::{Format, Part, Place, Source};
use crate::rules::{built_in, tables};

/// Rules held against a vendor's document, and against that or a public
/// scanner's rule; the present numbers are floors.
const READ_COUNT_MIN: usize = 89;
const CHECKED_COUNT_MIN: usize = 333;

fn formats() -> impl Iterator<Item = &'static Format> {
    tables::ALL.iter().copied().flatten()
}

#[test]
fn documents_were_opened() {
    let mut read = BTreeSet::new();
    let mut checked = BTreeSet::new();
    for format in formats() {
        let url = match format.source {
            Source::Read { url, states } => {
                assert!(states.len() >= 10, "{}: the document states something", format.id);
                assert!(!states.ends_with('.'), "{}: {states}", format.id);
                read.insert(format.id);
                checked.insert(format.id);
                url
            }
            Source::Scanner { url, states } => {
                assert!(states.len() >= 10 && !states.ends_with('.'), "{}: {states}", format.id);
                checked.insert(format.id);
                url
            }
            Source::Unread(url) => url,
        };
        assert!(url.starts_with("https://") && !url.contains(' '), "{}: {url}", format.id);
    }
    let (read, checked) = (read.len(), checked.len());
    let told = format!("{read} rules held against a document, {checked} against something");
    assert!(read >= READ_COUNT_MIN && checked >= CHECKED_COUNT_MIN, "{told}");
}

/// An entry cannot move away from its document: what the document states in
/// backquotes opens like the token does.
#[test]
fn documents_name_the_prefix() {
    for format in formats().filter(|format| format.place == Place::Bare) {
        let (Source::Read { states, .. } | Source::Scanner { states, .. }) = format.source else {
            continue;
        };
        let starts: &[&str] = match format.parts.first() {
            Some(Part::Lit(text)) => &[text],
            Some(Part::Any(texts)) => texts,
            _ => continue,
        };
        let mut quoted = states.split('`').skip(1).step_by(2);
        let is_named = quoted
            .any(|quoted| starts.iter().any(|s| s.starts_with(quoted) || quoted.starts_with(s)));
        assert!(is_named, "{}: {states}", format.id);
    }
}

#[test]
fn explain_says_whether_a_document_was_opened() {
    for spec in built_in() {
        let doc = report::rule(&spec).doc;
        for format in &spec.formats {
            let expected = match format.source {
                Source::Read { url, states } => format!("against <{url}>, which states: {states}."),
                Source::Scanner { url, states } => {
                    format!("scanner's rule, <{url}>, which looks for: {states}.")
                }
                Source::Unread(url) => {
                    format!("<{url}> (noted {}, not checked against it).", format.noted)
                }
            };
            assert!(doc.contains(&expected), "{}", spec.id);
        }
    }
}
