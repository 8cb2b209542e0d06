//! Whether a version names one release.

use crate::variables;

/// How a version holds what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// One release or one commit.
    Exact,
    /// A range, a branch, `latest`, or nothing.
    Moving,
    /// A variable that the file does not answer.
    Open,
}

/// `1.2.3`, `v1.2.3-rc.1`: three numbers and what may follow them.
pub(crate) fn of_semver(version: &str) -> Hold {
    let bare = version.strip_prefix('=').unwrap_or(version).trim();
    let bare = bare.strip_prefix('v').unwrap_or(bare);
    let core = bare.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.len() >= 3 && parts.iter().all(is_number) {
        true => Hold::Exact,
        false => unless_open(version),
    }
}

/// `1.2`, `2024.1`: any version without an operator or a wildcard.
pub(crate) fn of_number(version: &str) -> Hold {
    let bare = version.trim().trim_start_matches("==").trim_start_matches(['=', 'v']);
    let is_exact = bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || ".-+_!:~".contains(c))
        && !bare.split('.').any(|part| part == "x");
    match is_exact {
        true => Hold::Exact,
        false => unless_open(version),
    }
}

/// The same of a package that may name none; `$` is one that nobody knows.
pub(crate) fn of_package(name: &str, version: Option<&str>) -> Hold {
    match version {
        Some(version) => of_number(version),
        None if name == "$" => Hold::Open,
        None => Hold::Moving,
    }
}

/// Why a version that does not hold does not, in words after what was installed.
pub(crate) fn why(version: Option<&str>) -> String {
    match version {
        Some(version) => format!("takes '{version}', which is more than one release"),
        None => "names no version".to_owned(),
    }
}

/// Whether this is the name of a commit, in full.
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn unless_open(version: &str) -> Hold {
    match version.contains(variables::UNKNOWN) {
        true => Hold::Open,
        false => Hold::Moving,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_release_or_not() {
        for exact in [
            "1.2.3",
            "v1.2.3",
            "=1.2.3",
            "v1.2.3-rc.1",
            "1.2.3+b",
            "v0.0.0-20240101-abc",
            "1.2.3.4",
        ] {
            assert_eq!(of_semver(exact), Hold::Exact, "{exact}");
        }
        for moving in ["1.2", "v1", "latest", "^1.2.3", "~1.2.3", "1.2.x", "", "main", ">=1.2.3"] {
            assert_eq!(of_semver(moving), Hold::Moving, "{moving}");
        }
        assert_eq!(of_semver("v$"), Hold::Open);
        assert_eq!(of_number("1.2"), Hold::Exact);
        assert_eq!(of_number("1:14.0-55~deb12"), Hold::Exact);
        assert_eq!(of_number("1.*"), Hold::Moving);
        assert_eq!(of_number("~> 1.2"), Hold::Moving);
        assert!(is_commit(&"0a".repeat(20)) && !is_commit("0a0a0a0"));
    }
}
