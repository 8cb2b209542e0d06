//! What comes before what.

/// A version: compared as a number where it is one, and `2` equals `0002`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    Number(u128),
    /// `1.2` equals `1.2.0` and comes before `1.10`.
    Parts(Vec<u128>),
    Name(String),
    /// When it was made, and its name.
    Made(u64, String),
    /// After all that have a version, in the order of their names.
    Last(String),
    /// Has no place among the others.
    Unordered(String),
}

impl Version {
    /// From the digits at the start of `text`.
    pub(crate) fn leading(text: &str) -> Option<Version> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        text.get(..digits)?.parse().ok().map(Version::Number)
    }

    /// From digits, or else as a name.
    pub(crate) fn leading_or_name(text: &str) -> Option<Version> {
        // `2024-01-31-name` is told apart by more than its year.
        if is_date(text) {
            return Some(Version::Name(text.to_owned()));
        }
        Version::leading(text).or_else(|| Some(Version::Name(text.to_owned())))
    }

    /// Whether there is a before and an after.
    pub(crate) fn is_ordered(&self) -> bool {
        !matches!(self, Version::Last(_) | Version::Unordered(_))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Version::Number(number) => write!(f, "{number}"),
            Version::Parts(parts) => {
                let parts: Vec<String> = parts.iter().map(u128::to_string).collect();
                f.write_str(&parts.join("."))
            }
            Version::Name(name)
            | Version::Made(_, name)
            | Version::Last(name)
            | Version::Unordered(name) => f.write_str(name),
        }
    }
}

/// Whether a text begins as `2024-01-31` does.
fn is_date(text: &str) -> bool {
    let mut parts = text.split(['-', '.', '_']);
    let mut is_number = |length: usize| {
        let part = parts.next().unwrap_or_default();
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    is_number(4) && is_number(2) && is_number(2)
}
