//! Paths as Rust's frameworks write and join them.

use super::Grammar;
use crate::path::{Dialect, Path};

/// Stands for everything below, where the source does not name it.
const REST: &str = "{__rest__}";
pub(super) const REST_BELOW: &str = "/{__rest__}";

/// A prefix and a path, as the framework puts them together.
pub(super) fn joined(prefix: &str, path: &str, grammar: Grammar) -> String {
    if path.is_empty() || prefix.is_empty() {
        return format!("{prefix}{path}");
    }
    let bare = prefix.trim_end_matches('/');
    match grammar {
        Grammar::Axum | Grammar::Rocket if path == "/" && !bare.is_empty() => prefix.to_owned(),
        _ if path.starts_with('/') => format!("{bare}{path}"),
        _ => format!("{bare}/{path}"),
    }
}

/// Reads a full path, and the other spelling of it that is served as well.
pub(super) fn read(full: &str, grammar: Grammar) -> Option<(Path, Option<Path>)> {
    let full = match (full, full.starts_with('/')) {
        ("", _) => "/".to_owned(),
        (full, true) => full.to_owned(),
        (full, false) => format!("/{full}"),
    };
    let full = match grammar {
        Grammar::Rocket => full.split('?').next().unwrap_or_default(),
        _ => full.as_str(),
    };
    let full = full.replace("//{__rest__}", REST_BELOW);
    let full = full.as_str();
    let shown = full.replace(REST, "*");
    let mut plain = String::new();
    let mut rest = full;
    while !rest.is_empty() {
        let (segment, after) = segment(rest);
        plain.push_str(&told(segment, after.is_empty(), grammar));
        rest = after;
    }
    let mut path = Path::read(&plain, Dialect::Any)?;
    path.shown = shown;
    let also = match (grammar, plain.strip_suffix('/')) {
        // What is nested at `/a` serves its root with and without the slash.
        (Grammar::Poem, Some(bare)) if !bare.is_empty() => Path::read(bare, Dialect::Any),
        _ => None,
    };
    Some((path, also))
}

/// The first segment with its slash, and what follows. Regular expressions may
/// have slashes of their own.
fn segment(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'{' | b'<' => depth += 1,
            b'}' | b'>' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => return text.split_at_checked(at).unwrap_or((text, "")),
            _ => {}
        }
    }
    (text, "")
}

/// A segment as `{name}`, `{name...}` or what it is.
fn told(segment: &str, is_last: bool, grammar: Grammar) -> String {
    let Some(own) = segment.strip_prefix('/') else { return segment.to_owned() };
    if own == "{__rest__}" {
        return "/{rest...}".to_owned();
    }
    let braced = own.strip_prefix('{').and_then(|own| own.strip_suffix('}'));
    match grammar {
        Grammar::Axum | Grammar::Poem => {
            if let Some(name) = braced.and_then(|own| own.strip_prefix('*')) {
                return format!("/{{{name}...}}");
            }
            if let Some(name) = own.strip_prefix('*') {
                return format!("/{{{}...}}", if name.is_empty() { "rest" } else { name });
            }
            if let Some(name) = own.strip_prefix(':') {
                let name = name.split('<').next().unwrap_or(name);
                return format!("/{{{name}}}");
            }
            match own.strip_prefix('<').filter(|_| grammar == Grammar::Poem) {
                Some(_) => "/{value}".to_owned(),
                None => segment.to_owned(),
            }
        }
        Grammar::Actix => {
            let name = own.strip_suffix("}*").and_then(|own| own.strip_prefix('{'));
            let wide = braced.and_then(|own| own.split_once(':'));
            match (name, wide) {
                (Some(name), _) => format!("/{{{name}...}}"),
                (None, Some((name, ".*" | ".+"))) if is_last => {
                    format!("/{{{}...}}", name.trim())
                }
                _ => segment.to_owned(),
            }
        }
        Grammar::Rocket => {
            let Some(name) = own.strip_prefix('<').and_then(|own| own.strip_suffix('>')) else {
                return segment.to_owned();
            };
            match name.strip_suffix("..") {
                Some(name) => format!("/{{{name}...}}"),
                None => format!("/{{{name}}}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Names;

    fn key(text: &str, grammar: Grammar) -> Option<String> {
        read(text, grammar).map(|(path, _)| path.key(Names::Blank).to_owned())
    }

    #[test]
    fn each_grammar_comes_to_the_same() {
        for (text, grammar, expected) in [
            ("/a/{id}/b", Grammar::Axum, "/a/{}/b"),
            ("/a/:id/b", Grammar::Axum, "/a/{}/b"),
            ("/a/{*rest}", Grammar::Axum, "/a/{*}"),
            ("/a/*rest", Grammar::Axum, "/a/{*}"),
            ("/a/{__rest__}", Grammar::Axum, "/a/{*}"),
            ("/a:verb", Grammar::Axum, "/a:verb"),
            (r"/page-{id:\d+}", Grammar::Actix, "/page-{}"),
            (r"/a/{id:[^/]{2}/x}/b", Grammar::Actix, "/a/{}/b"),
            ("/a/{tail:.*}", Grammar::Actix, "/a/{*}"),
            ("", Grammar::Actix, "/"),
            ("/a/<id>?<q>&<p>", Grammar::Rocket, "/a/{}"),
            ("/a/<rest..>", Grammar::Rocket, "/a/{*}"),
            (r"/a/:id<\d+>", Grammar::Poem, "/a/{}"),
            (r"/a/<\d+>", Grammar::Poem, "/a/{}"),
        ] {
            assert_eq!(key(text, grammar).as_deref(), Some(expected), "{text} {grammar:?}");
        }
        assert_eq!(read("/a/{x", Grammar::Axum), None);
        assert_eq!(read("/a/{__rest__}", Grammar::Axum).unwrap().0.shown, "/a/*");
    }

    #[test]
    fn prefixes_are_joined_as_the_framework_does() {
        for (prefix, path, grammar, expected) in [
            ("/a", "/b", Grammar::Axum, "/a/b"),
            ("/a/", "/b", Grammar::Axum, "/a/b"),
            ("/a", "/", Grammar::Axum, "/a"),
            ("", "/", Grammar::Axum, "/"),
            ("/", "/", Grammar::Rocket, "/"),
            ("/a", "/", Grammar::Actix, "/a/"),
            ("/a", "", Grammar::Actix, "/a"),
            ("/a/", "b", Grammar::Actix, "/a/b"),
            ("/", "/b", Grammar::Rocket, "/b"),
        ] {
            assert_eq!(joined(prefix, path, grammar), expected, "{prefix} {path} {grammar:?}");
        }
    }
}
