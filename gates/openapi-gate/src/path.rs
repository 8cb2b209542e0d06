//! A path in one form, whichever router or specification it was written for.

use std::borrow::Cow;

/// Whose grammar a path is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `{id}` anywhere in a segment.
    OpenApi,
    /// `{id}`, `{rest...}`, `{$}`; an end on `/` takes everything below.
    NetHttp,
    /// `{id}`, `{id:[0-9]+}`, `*` at the end.
    Chi,
    /// What route lists print: any of these, and `:id`, `*rest` as segments.
    Any,
}

/// A path: what a person wrote, and what it is compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// As it was written, prefixes joined.
    pub(crate) shown: String,
    /// Names of its parameters, in order.
    pub(crate) names: Vec<String>,
    /// Every parameter as `{}`, a rest as `{*}`.
    key: String,
    /// The same with names.
    exact: String,
}

/// How parameter names are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Names {
    /// Not at all.
    #[default]
    Blank,
    /// They must be equal.
    Exact,
}

impl Path {
    /// Reads `text`; none where it is no path of that dialect.
    pub(crate) fn read(text: &str, dialect: Dialect) -> Option<Path> {
        if !text.starts_with('/') {
            return None;
        }
        let mut path = Path {
            shown: text.to_owned(),
            names: Vec::new(),
            key: String::new(),
            exact: String::new(),
        };
        let mut rest = text;
        let mut at_segment_start = false;
        while let Some(c) = rest.chars().next() {
            let colon = dialect == Dialect::Any && at_segment_start;
            let (part, after) = match c {
                '{' => {
                    let (inner, after) = braced(rest)?;
                    (Some(inner), after)
                }
                ':' | '*' if colon => {
                    let end = rest.find('/').unwrap_or(rest.len());
                    let (segment, after) = rest.split_at_checked(end)?;
                    let name = segment.get(1..).unwrap_or_default();
                    let part = if c == ':' {
                        Cow::Borrowed(name)
                    } else {
                        Cow::Owned(format!("{name}..."))
                    };
                    path.part(&part, dialect, after)?;
                    (None, after)
                }
                '*' if dialect == Dialect::Chi => {
                    // A star stands only at the end.
                    (Some("..."), rest.strip_prefix('*').filter(|after| after.is_empty())?)
                }
                '}' => return None,
                c => {
                    path.key.push(c);
                    path.exact.push(c);
                    (None, rest.get(c.len_utf8()..)?)
                }
            };
            if let Some(part) = part {
                path.part(part, dialect, after)?;
            }
            at_segment_start = c == '/';
            rest = after;
        }
        let is_subtree = dialect == Dialect::NetHttp && text.ends_with('/');
        if is_subtree {
            path.key.push_str("{*}");
            path.exact.push_str("{*}");
        }
        Some(path)
    }

    /// `text` as it stands, for what is no path.
    pub(crate) fn literal(text: &str) -> Path {
        let (key, exact) = (text.to_owned(), text.to_owned());
        Path { shown: text.to_owned(), names: Vec::new(), key, exact }
    }

    /// Adds the parameter `inner`, the text between its braces.
    fn part(&mut self, inner: &str, dialect: Dialect, after: &str) -> Option<()> {
        let may_be_rest = matches!(dialect, Dialect::NetHttp | Dialect::Chi | Dialect::Any);
        if dialect == Dialect::NetHttp && inner == "$" {
            // Only the slash itself, which is already there.
            return after.is_empty().then_some(());
        }
        let rest = inner.strip_suffix("...").filter(|_| may_be_rest);
        if let Some(name) = rest {
            if !after.is_empty() {
                return None;
            }
            self.names.push(name.to_owned());
            self.key.push_str("{*}");
            self.exact.push_str("{*}");
            return Some(());
        }
        let name = match dialect {
            Dialect::Chi | Dialect::Any => inner.split(':').next().unwrap_or(inner).trim(),
            Dialect::OpenApi | Dialect::NetHttp => inner,
        };
        if name.is_empty() {
            return None;
        }
        self.names.push(name.to_owned());
        self.key.push_str("{}");
        self.exact.push_str(&format!("{{{name}}}"));
        Some(())
    }

    /// What it is compared by.
    pub(crate) fn key(&self, names: Names) -> &str {
        match names {
            Names::Blank => &self.key,
            Names::Exact => &self.exact,
        }
    }

    /// As `scope` sees it: without its leading slash.
    pub(crate) fn in_scope_form(&self) -> &str {
        self.shown.trim_start_matches('/')
    }
}

/// The inside of the brace that `text` begins with, and what follows it.
/// Regular expressions have braces of their own.
fn braced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((text.get(1..at)?, text.get(at + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{Any, Chi, NetHttp, OpenApi};

    fn key(text: &str, dialect: Dialect) -> Option<String> {
        Path::read(text, dialect).map(|path| path.key(Names::Blank).to_owned())
    }

    #[test]
    fn one_form_for_all() {
        for (text, dialect, expected) in [
            ("/a/{id}/b", OpenApi, Some("/a/{}/b")),
            ("/a/{id}/b", NetHttp, Some("/a/{}/b")),
            ("/a/{id:[0-9]{2,3}/?}/b", Chi, Some("/a/{}/b")),
            ("/a/:id/b", Any, Some("/a/{}/b")),
            ("/a/{id:int}/b", Any, Some("/a/{}/b")),
            ("/a/{id}.{ext}", OpenApi, Some("/a/{}.{}")),
            ("/a/b:verb", Any, Some("/a/b:verb")),
            ("/a/b:verb", OpenApi, Some("/a/b:verb")),
            ("/a/", OpenApi, Some("/a/")),
            ("/a/", NetHttp, Some("/a/{*}")),
            ("/", NetHttp, Some("/{*}")),
            ("/a/{$}", NetHttp, Some("/a/")),
            ("/{$}", NetHttp, Some("/")),
            ("/a/{rest...}", NetHttp, Some("/a/{*}")),
            ("/a/*", Chi, Some("/a/{*}")),
            ("/a/*", Any, Some("/a/{*}")),
            ("/a/*rest", Any, Some("/a/{*}")),
            ("/a*", OpenApi, Some("/a*")),
            ("/a/{rest...}/b", NetHttp, None),
            ("/a/{$}/b", NetHttp, None),
            ("/a/*/b", Chi, None),
            ("/a/{}", NetHttp, None),
            ("/a/{id", OpenApi, None),
            ("/a/id}", OpenApi, None),
            ("a", Any, None),
            ("", NetHttp, None),
        ] {
            assert_eq!(key(text, dialect).as_deref(), expected, "{text} {dialect:?}");
        }
    }

    #[test]
    fn names_are_kept_for_who_asks() {
        let path = Path::read("/a/{id:[0-9]+}/{x}", Chi).unwrap();
        assert_eq!(path.key(Names::Exact), "/a/{id}/{x}");
        assert_eq!(path.names, ["id", "x"]);
        assert_eq!(path.in_scope_form(), "a/{id:[0-9]+}/{x}");
    }
}
