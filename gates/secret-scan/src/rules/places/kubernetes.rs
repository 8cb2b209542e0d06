//! Secrets of Kubernetes: <https://kubernetes.io/docs/concepts/configuration/secret/>.

use std::ops::Range;

use super::{Place, Read, found};
use crate::engine::pattern::Match;
use crate::rules::files::reads_as_reference;
use crate::rules::format::set;
use crate::rules::generic::{hides_words, is_secret as is_secret_value, is_strong};
use crate::rules::sample::Numbers;

/// A value in a manifest of `kind: Secret`.
pub const SECRET: Place = Place {
    id: "kubernetes-secret-yaml",
    what: "value in a Kubernetes Secret, which base 64 does not hide",
    keywords: &["data:", "stringdata:"],
    path: r"(?i)\.ya?ml$",
    entropy_min: 0.0,
    read: Read::Code(find),
    reads_on: Some(|text, hit| heads_data(text, hit).is_some()),
    names: ["deploy/canary.yaml", "deploy/canary.yaml"],
    around: ["apiVersion: v1\nkind: Secret\nmetadata:\n  name: canary\ndata:\n  password: ", "\n"],
    secret: || Numbers::of("kubernetes-secret-yaml").text(set::ALNUM, 24),
    good: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: canary\ndata:\n  password: \"\"\n",
};

/// A value shorter than this says little.
const VALUE_LEN_MIN: usize = 10;
/// How far from `data:` the document is read.
const DOCUMENT_LEN_MAX: usize = 16 << 10;
/// Entries of `data:` looked at.
const LINES_MAX: usize = 64;

fn find(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let line = heads_data(text, &hit)?;
    let (start, indent) = (line.start, text.get(line.start..hit.start)?);
    if !is_secret(document(text, &hit)) {
        return None;
    }
    let is_plain = text.get(hit.clone())?.eq_ignore_ascii_case(b"stringdata:");
    let mut at = line.end + 1;
    let mut in_block = false;
    for line in text.get(at..)?.split(|byte| *byte == b'\n').take(LINES_MAX) {
        let here = at;
        at += line.len() + 1;
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() || trimmed.starts_with(b"#") {
            continue;
        }
        let depth = line.len() - line.trim_ascii_start().len();
        if depth <= indent.len() {
            return None;
        }
        let value = match memchr::memchr(b':', trimmed) {
            Some(colon) => trimmed.get(colon + 1..)?.trim_ascii(),
            // The value of `key: |` is on the lines below it.
            None if in_block => trimmed,
            None => return None,
        };
        in_block = matches!(value, [b'|' | b'>', ..]);
        let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
        let value = value.strip_suffix(b"\"").or(value.strip_suffix(b"'")).unwrap_or(value);
        let name = trimmed.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_told = if is_plain { is_plain_secret(name, value) } else { is_base64(value) };
        if is_told {
            let begin = here + memchr::memmem::find(line, value)?;
            return found(start..begin + value.len(), begin..begin + value.len());
        }
    }
    None
}

/// The line of the keyword at `hit`, if nothing else is on it.
fn heads_data(text: &[u8], hit: &Range<usize>) -> Option<Range<usize>> {
    let start = memchr::memrchr(b'\n', text.get(..hit.start)?).map_or(0, |at| at + 1);
    let end = hit.end + memchr::memchr(b'\n', text.get(hit.end..)?)?;
    let is_blank = |bytes: &[u8]| bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    let is_alone = is_blank(text.get(start..hit.start)?) && is_blank(text.get(hit.end..end)?);
    is_alone.then_some(start..end)
}

/// The YAML document around `hit`.
fn document<'a>(text: &'a [u8], hit: &Range<usize>) -> &'a [u8] {
    const MARK: &[u8] = b"\n---";
    let from = hit.start.saturating_sub(DOCUMENT_LEN_MAX);
    let to = (hit.end + DOCUMENT_LEN_MAX).min(text.len());
    let start = memchr::memmem::rfind(&text[from..hit.start], MARK).map_or(from, |at| from + at);
    let end = memchr::memmem::find(&text[hit.end..to], MARK).map_or(to, |at| hit.end + at);
    &text[start..end]
}

fn is_secret(document: &[u8]) -> bool {
    document.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        let value = line.get(5..).filter(|_| line[..5].eq_ignore_ascii_case(b"kind:"));
        let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b' ' | b'\t');
        let bare: Option<Vec<u8>> =
            value.map(|value| value.iter().filter(|byte| !is_quote(byte)).copied().collect());
        bare.is_some_and(|bare| bare.eq_ignore_ascii_case(b"secret"))
    })
}

/// Whether `value` under `stringData:`, where users and addresses stand too, is a secret.
fn is_plain_secret(name: &[u8], value: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let is_named = ["pass", "secret", "token", "key", "pwd"]
        .iter()
        .any(|word| memchr::memmem::find(&name, word.as_bytes()).is_some());
    is_named
        && value.len() >= VALUE_LEN_MIN
        && value.iter().any(u8::is_ascii_digit)
        && !value.iter().any(u8::is_ascii_whitespace)
        && !reads_as_reference(value)
        && (is_secret_value(&name, value) || is_strong(value))
}

fn is_base64(value: &[u8]) -> bool {
    let padding = value.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = &value[..value.len() - padding];
    padding <= 3
        && !reads_as_reference(value)
        && !hides_words(value)
        && digits.len() >= VALUE_LEN_MIN
        && digits.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
}
