//! A requirement of Python: `name[extra]==1.2.3; marker`, `name @ URL`.
//!
//! Source: packaging.python.org, dependency specifiers.

use super::{Hold, address};

/// The name and what holds it; none if `text` begins with no name.
pub(super) fn read(text: &str) -> Option<(&str, Hold)> {
    let text = text.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
    if name.is_empty() {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map_or("", |(_, rest)| rest).trim_start(),
        None => rest,
    };
    let hold = match rest.strip_prefix('@') {
        Some(url) => address(url),
        None => of_version(rest),
    };
    Some((name, hold))
}

/// What holds the version that `text`, clauses and a marker, asks for.
pub(super) fn of_version(text: &str) -> Hold {
    let clauses = text.split(';').next().unwrap_or_default().trim();
    let clauses = clauses.trim_start_matches('(').trim_end_matches(')');
    if clauses.trim().is_empty() {
        return Hold::Any;
    }
    let is_exact = |clause: &str| {
        let clause = clause.trim();
        clause.starts_with("===") || (clause.starts_with("==") && !clause.ends_with(".*"))
    };
    if clauses.split(',').any(is_exact) { Hold::Exact } else { Hold::Range }
}

/// What an address holds: `git+https://…@<commit>#egg=name`, a file, a folder.
pub(super) fn address(url: &str) -> Hold {
    // A marker follows a blank.
    let url = url.split_whitespace().next().unwrap_or_default();
    let url = url.split('#').next().unwrap_or_default();
    if url.starts_with(['.', '/', '$', '{']) || url.starts_with("file:") || !url.contains(':') {
        return Hold::Local;
    }
    if ["git+", "hg+", "svn+", "bzr+", "git:", "git@", "ssh:"].iter().any(|it| url.starts_with(it))
    {
        let path = url.split_once("://").map_or(url, |(_, path)| path);
        let path = path.split_once('/').map_or("", |(_, path)| path);
        return address::git(path.rsplit_once('@').map(|(_, revision)| revision));
    }
    address::file(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_told_apart() {
        let sha = "0123456789012345678901234567890123456789";
        let at = format!("a @ git+https://u@e.org/a.git@{sha}#egg=a");
        for (text, expected) in [
            ("a==1.2.3", Hold::Exact),
            ("a[x,y] == 1.2 ; python_version < '3'", Hold::Exact),
            ("a (==1.2)", Hold::Exact),
            ("a>=1,==1.2", Hold::Exact),
            ("a===1", Hold::Exact),
            (&at, Hold::Exact),
            ("a @ https://e.org/a-1.whl", Hold::Exact),
            ("a==1.*", Hold::Range),
            ("a~=1.2", Hold::Range),
            ("a>=1; x == '2'", Hold::Range),
            ("a", Hold::Any),
            ("a; x == '2'", Hold::Any),
            ("a @ git+https://u@e.org/a@main", Hold::Branch),
            ("a@git+ssh://git@e.org/a", Hold::Branch),
            ("a @ file:///a", Hold::Local),
            ("a @ {root:uri}/b", Hold::Local),
        ] {
            assert_eq!(read(text), Some(("a", expected)), "{text}");
        }
        assert_eq!(read("==1"), None);
    }
}
