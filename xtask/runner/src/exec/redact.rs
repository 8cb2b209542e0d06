//! Masks secrets before anything is kept.
//!
//! What counts as a secret: the value of an environment variable whose name ends in `TOKEN`,
//! `SECRET`, `PASSWORD`, `PASSWD`, `PASSPHRASE`, `CREDENTIALS`, `PAT` or `KEY` (any case), or that
//! was named besides; and the password in any variable that is a URL with one, as `DATABASE_URL`
//! often is. Values are masked line by
//! line, because a key of several lines is printed so; lines shorter than eight bytes are left
//! alone, since masking `true` or `admin` would make a log unreadable and tell nothing.
//!
//! What this cannot do: a secret that is printed encoded (base64, URL, JSON escapes), in pieces or
//! from a file is not known here and stays.

use std::borrow::Cow;
use std::ffi::OsString;

use aho_corasick::{AhoCorasick, MatchKind};

const SUFFIXES: [&str; 8] =
    ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIALS", "_PAT", "KEY"];
const LEN_MIN: usize = 8;
const MASK: &[u8] = b"***";

/// A line longer than this is passed on in pieces.
const LINE_BYTES_MAX: usize = 64 << 10;

/// The values to mask.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// None when there is nothing to mask. The values hold no line break.
    values: Option<AhoCorasick>,
    len_max: usize,
}

impl Secrets {
    /// The secrets among these variables: by their names' endings, or named in `also`.
    pub fn among(vars: impl IntoIterator<Item = (OsString, OsString)>, also: &[&str]) -> Self {
        let mut values: Vec<Vec<u8>> = Vec::new();
        for (name, value) in vars {
            let name = name.to_string_lossy();
            let value = value.into_encoded_bytes();
            if !is_secret_name(&name) && !also.contains(&name.as_ref()) {
                values.extend(
                    password_of(&value).filter(|it| it.len() >= LEN_MIN).map(<[u8]>::to_vec),
                );
                continue;
            }
            values.extend(
                value
                    .split(|byte| matches!(byte, b'\n' | b'\r'))
                    .map(<[u8]>::trim_ascii)
                    .filter(|line| line.len() >= LEN_MIN)
                    .map(<[u8]>::to_vec),
            );
        }
        values.sort_unstable();
        values.dedup();
        if values.is_empty() {
            return Self::default();
        }
        let len_max = values.iter().map(Vec::len).max().unwrap_or(0);
        // A build error means more than 2^31 bytes of patterns: an environment cannot hold them.
        let values =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&values).ok();
        Self { values, len_max }
    }

    /// The secrets of our own environment.
    pub fn of_process(also: &[&str]) -> Self {
        Self::among(std::env::vars_os(), also)
    }

    /// Masks a whole text.
    pub fn mask<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        match &self.values {
            Some(values) if values.is_match(text) => {
                Cow::Owned(values.replace_all_bytes(text, &vec![MASK; values.patterns_len()]))
            }
            _ => Cow::Borrowed(text),
        }
    }

    /// Masks a text that arrives in chunks.
    pub(super) fn stream(&self) -> Masking<'_> {
        Masking { secrets: self, held: Vec::new() }
    }
}

/// Masks in `text` the values of this process's environment variables whose names end in `TOKEN`,
/// `SECRET`, `PASSWORD`, `KEY` or the like, or stand in `names`, and passwords of URLs, where they
/// are eight bytes or longer.
pub fn redact<'t>(text: &'t str, names: &[&str]) -> Cow<'t, str> {
    match Secrets::of_process(names).mask(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
    }
}

/// The password of `scheme://user:password@host`.
fn password_of(value: &[u8]) -> Option<&[u8]> {
    let after = value.get(memchr::memmem::find(value, b"://")? + 3..)?;
    let end = after.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\n'));
    let authority = after.get(..end.unwrap_or(after.len()))?;
    let login = authority.get(..memchr::memrchr(b'@', authority)?)?;
    login.get(memchr::memchr(b':', login)? + 1..)
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// Passes on complete lines, masked. No value holds a line break, so a complete line never needs
/// what comes after it; of an overlong line so much is held back as could begin a value.
pub(super) struct Masking<'s> {
    secrets: &'s Secrets,
    held: Vec<u8>,
}

impl Masking<'_> {
    /// Takes a chunk and gives what is certain.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        let lines = memchr::memrchr(b'\n', chunk).map_or(0, |at| self.held.len() + at + 1);
        self.held.extend_from_slice(chunk);
        let cut = if self.held.len() - lines > LINE_BYTES_MAX { self.certain() } else { lines };
        let rest = self.held.split_off(cut);
        let certain = std::mem::replace(&mut self.held, rest);
        self.secrets.mask(&certain).into_owned()
    }

    /// Gives the rest.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        self.secrets.mask(&std::mem::take(&mut self.held)).into_owned()
    }

    /// Length of the part that no later byte can change: a value may begin in the last
    /// `len_max - 1` bytes, and a found value must not be cut.
    fn certain(&self) -> usize {
        let Some(values) = &self.secrets.values else {
            return self.held.len();
        };
        let cut = self.held.len().saturating_sub(self.secrets.len_max - 1);
        values
            .find_iter(&self.held)
            .find(|found| found.start() < cut && found.end() > cut)
            .map_or(cut, |found| found.start())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vars(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn names_and_length_decide() {
        let secrets = Secrets::among(
            vars(&[
                ("GITHUB_TOKEN", "aaaa-bbbb"),
                ("db_password", "hunter2hunter2"),
                ("SHORT_KEY", "1234567"),
                ("PATH", "/usr/local/bin"),
                ("PGPASSFILE", "named-besides"),
            ]),
            &["PGPASSFILE"],
        );
        let text = b"aaaa-bbbb hunter2hunter2 1234567 /usr/local/bin named-besides";
        assert_eq!(secrets.mask(text).as_ref(), b"*** *** 1234567 /usr/local/bin ***");
    }

    #[test]
    fn the_password_of_a_url_is_masked_whatever_the_name() {
        let secrets = Secrets::among(
            vars(&[
                ("DATABASE_URL", "postgres://app:hunter2hunter2@db:5432/x?y@z"),
                ("PROXY", "http://proxy.example:8080/a:long-long@b"),
                ("NPM_PAT", "pat-pat-pat"),
            ]),
            &[],
        );
        let text = b"postgres://app:hunter2hunter2@db a:long-long@b pat-pat-pat";
        assert_eq!(secrets.mask(text).as_ref(), b"postgres://app:***@db a:long-long@b ***");
    }

    #[test]
    fn each_line_of_a_long_key_is_masked() {
        let secrets = Secrets::among(vars(&[("SSH_KEY", "first-line\r\nsecond-line\nx\n")]), &[]);
        assert_eq!(secrets.mask(b"> first-line\n> second-line x").as_ref(), b"> ***\n> *** x");
    }

    #[test]
    fn without_secrets_nothing_is_copied() {
        assert!(matches!(Secrets::default().mask(b"text"), Cow::Borrowed(_)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// However the text is cut into chunks, the result is that of the whole, and no secret
        /// comes through.
        #[test]
        fn chunks_do_not_matter(
            pieces in prop::collection::vec(prop_oneof![
                Just("sesame-open"), Just("sesame-open-wide"), Just("sesame"), Just("\n"), Just("é and more ")
            ], 0..60),
            cuts in prop::collection::vec(1_usize..9, 1..20),
        ) {
            let secrets = Secrets::among(
                vars(&[("A_TOKEN", "sesame-open"), ("B_KEY", "sesame-open-wide")]), &[]);
            let text = pieces.concat().into_bytes();
            let mut masking = secrets.stream();
            let mut out = Vec::new();
            let (mut rest, mut cuts) = (text.as_slice(), cuts.into_iter().cycle());
            while !rest.is_empty() {
                let (now, later) = rest.split_at(cuts.next().unwrap_or(1).min(rest.len()));
                out.extend(masking.push(now));
                rest = later;
            }
            out.extend(masking.finish());
            prop_assert_eq!(&out, &secrets.mask(&text).into_owned());
            prop_assert!(memchr::memmem::find(&out, b"sesame-open").is_none());
        }
    }

    #[test]
    fn an_overlong_line_is_passed_on_without_cutting_a_secret() {
        let secrets =
            Secrets::among(vars(&[("A_TOKEN", "sesame-open"), ("B_KEY", "open-wide-open")]), &[]);
        for padding in 0..40 {
            let mut text = vec![b'x'; LINE_BYTES_MAX - 20 + padding];
            text.extend_from_slice(b"sesame-open-wide-open");
            let mut masking = secrets.stream();
            let mut out = Vec::new();
            let (start, end) = text.split_at(LINE_BYTES_MAX - 20);
            out.extend(masking.push(start));
            for chunk in end.chunks(7) {
                out.extend(masking.push(chunk));
            }
            out.extend(masking.push(&vec![b'y'; LINE_BYTES_MAX]));
            assert!(out.len() > LINE_BYTES_MAX, "memory stays bounded");
            out.extend(masking.finish());
            text.extend(vec![b'y'; LINE_BYTES_MAX]);
            assert_eq!(out, secrets.mask(&text).as_ref());
        }
    }
}
