//! Examples of credential files, their secrets made at each run.

use super::{CredentialFile, Read};
use crate::rules::sample::Numbers;

/// A text that holds a secret.
pub fn bad(file: &CredentialFile) -> String {
    let mut numbers = Numbers::of(file.id);
    fill(file.sample.1, |set, len| match set.split_once('~') {
        Some((head, set)) => base64(format!("{head}{}", numbers.text(set, len)).as_bytes()),
        None => numbers.text(set, len),
    })
}

/// The same with the secret blanked.
pub fn shown(file: &CredentialFile) -> String {
    if let Read::Path = file.read {
        return "••••\n".to_owned();
    }
    fill(file.sample.1, |_, len| "•".repeat(len))
}

/// The same with a reference in place of the secret.
pub fn good(file: &CredentialFile) -> String {
    fill(file.sample.1, |_, _| "${SECRET}".to_owned())
}

/// A path of the file, or one beside it where the path is the offence.
pub fn path(file: &CredentialFile, is_bad: bool) -> String {
    let path = file.sample.0;
    if is_bad || !matches!(file.read, Read::Path) { path.into() } else { format!("{path}.md") }
}

/// `template` with each `<<SET*LEN>>` replaced by what `make` makes of it.
fn fill(template: &str, mut make: impl FnMut(&str, usize) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("<<") {
        let (hole, after) = after.split_once(">>").unwrap_or((after, ""));
        let (set, len) = hole.rsplit_once('*').unwrap_or((hole, ""));
        out.push_str(before);
        out.push_str(&make(set, len.parse().unwrap_or(0)));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Base 64 (RFC 4648) of `bytes`, whose count is divided by three.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks_exact(3) {
        let bits = chunk.iter().fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte));
        out.extend([18, 12, 6, 0].map(|shift| char::from(DIGITS[(bits >> shift) & 63])));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled() {
        let text = fill("a<<0-9*3>>b<<x*1>>", |set, len| format!("[{set} {len}]"));
        assert_eq!(text, "a[0-9 3]b[x 1]");
        assert_eq!(fill("plain", |_, _| String::new()), "plain");
    }
}
