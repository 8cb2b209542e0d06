//! Paths as each framework writes and joins them.

use crate::path::{Dialect, Path};
use crate::routes::typescript::words::Framework;

/// A prefix and a path as one; none where the router knows no such path.
pub(super) fn joined(framework: Framework, prefix: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(prefix.to_owned());
    }
    let adds_slash = matches!(framework, Framework::Hono | Framework::Nestjs);
    let begins = path.starts_with('/') || path.starts_with('*') || path.starts_with("{/");
    let is_whole = framework == Framework::Koa && prefix.ends_with('/');
    if !begins && !adds_slash && !is_whole && !path.starts_with('(') {
        return None;
    }
    let before = prefix.trim_end_matches('/');
    if path == "/" && !before.is_empty() {
        return Some(before.to_owned());
    }
    let slash = if path.starts_with('/') || path.starts_with("{/") { "" } else { "/" };
    Some(format!("{before}{slash}{path}"))
}

/// The prefix of what is mounted below another.
pub(super) fn mounted(framework: Framework, prefix: &str, path: &str) -> Option<String> {
    // Fastify puts a slash before a prefix that has none.
    if framework == Framework::Fastify && !path.is_empty() && !path.starts_with('/') {
        return joined(framework, prefix, &format!("/{path}"));
    }
    // koa-router puts texts after one another: `"/"` and `"a"` are `"/a"`.
    match joined(framework, prefix, path) {
        Some(whole) if framework == Framework::Koa && path == "/" => {
            Some(format!("{}/", whole.trim_end_matches('/')))
        }
        whole => whole,
    }
}

/// A whole path, and another that it takes as well.
pub(super) fn read(framework: Framework, text: &str) -> Option<(Path, Option<Path>)> {
    let text = if text.is_empty() { "/" } else { text };
    let mut reader = Reader { framework, rest: text, long: String::new(), short: String::new() };
    reader.parts(0)?;
    let long = Path::read(&reader.long, Dialect::Any)?;
    let short = if reader.short.is_empty() { "/".to_owned() } else { reader.short };
    if short != reader.long {
        return Some((long, Path::read(&short, Dialect::Any)));
    }
    let other = match short.strip_suffix('/') {
        _ if !framework.is_lenient() && framework != Framework::Fastify => None,
        // Only the root of what is registered below a prefix has both.
        _ if framework == Framework::Fastify => None,
        Some("") => None,
        Some(bare) => Path::read(bare, Dialect::Any),
        None if short.ends_with("...}") => None,
        None => Path::read(&format!("{short}/"), Dialect::Any),
    };
    Some((long, other))
}

/// Reads a path into the form `/a/{b}/{rest...}`, once with all that may be
/// left out and once without.
struct Reader<'t> {
    framework: Framework,
    rest: &'t str,
    long: String,
    short: String,
}

impl Reader<'_> {
    fn parts(&mut self, depth: usize) -> Option<()> {
        while let Some(c) = self.rest.chars().next() {
            match c {
                ':' if self.rest.starts_with("::") && self.framework == Framework::Fastify => {
                    self.rest = self.rest.get(2..)?;
                    self.push(":");
                }
                ':' => self.parameter()?,
                '*' => self.wildcard()?,
                // `{/:id}`
                '{' if self.framework != Framework::Hono && depth == 0 => {
                    let end = closing(self.rest, '{', '}')?;
                    let inner = self.rest.get(1..end)?;
                    let after = self.rest.get(end + 1..)?;
                    let short = self.short.clone();
                    self.rest = inner;
                    self.parts(depth + 1)?;
                    self.short = short;
                    self.rest = after;
                }
                '(' => {
                    let end = closing(self.rest, '(', ')')?;
                    let inner = self.rest.get(1..end)?;
                    let after = self.rest.get(end + 1..)?;
                    let is_all = matches!(inner, ".*" | ".+" | "*");
                    if !is_all || !after.is_empty() {
                        return None;
                    }
                    self.rest = after;
                    self.push("{rest...}");
                }
                '?' | '+' | '|' | '^' | '\\' if self.framework != Framework::Fastify => {
                    return None;
                }
                '{' | '}' | ')' => return None,
                c => {
                    let (own, after) = self.rest.split_at_checked(c.len_utf8())?;
                    self.rest = after;
                    self.long.push_str(own);
                    self.short.push_str(own);
                }
            }
        }
        Some(())
    }

    fn push(&mut self, text: &str) {
        self.long.push_str(text);
        self.short.push_str(text);
    }

    /// `:name`, `:name(\\d+)`, `:name{[0-9]+}`, `:name?`, `:name*`
    fn parameter(&mut self) -> Option<()> {
        let after = self.rest.get(1..)?;
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        // Fastify and Hono take everything up to the next mark.
        let is_own = |c: char| is_part(c) || (self.framework == Framework::Hono && c == '-');
        let end = after.find(|c| !is_own(c)).unwrap_or(after.len());
        let (name, mut after) = after.split_at_checked(end)?;
        if name.is_empty() {
            return None;
        }
        for (open, close) in [('(', ')'), ('{', '}')] {
            let is_pattern = open == '(' || self.framework == Framework::Hono;
            if is_pattern && after.starts_with(open) {
                let end = closing(after, open, close)?;
                let inner = after.get(1..end)?;
                after = after.get(end + 1..)?;
                // `:path{.+}` takes everything below.
                if after.is_empty() && matches!(inner, ".*" | ".+") {
                    self.rest = after;
                    self.push(&format!("{{{name}...}}"));
                    return Some(());
                }
            }
        }
        let mark = after.chars().next().filter(|c| matches!(c, '?' | '*' | '+'));
        if mark.is_some() {
            after = after.get(1..)?;
        }
        self.rest = after;
        match mark {
            Some('?') => {
                self.long.push_str(&format!("{{{name}}}"));
                if self.short.ends_with('/') {
                    self.short.pop();
                }
            }
            Some(_) if after.is_empty() => self.push(&format!("{{{name}...}}")),
            Some(_) => return None,
            None => self.push(&format!("{{{name}}}")),
        }
        Some(())
    }

    /// `*`, `*name`
    fn wildcard(&mut self) -> Option<()> {
        let after = self.rest.trim_start_matches('*');
        let end = after.find('/').unwrap_or(after.len());
        let (name, after) = after.split_at_checked(end)?;
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_segment = self.long.ends_with('/');
        if !is_name {
            return None;
        }
        let name = if name.is_empty() { "rest" } else { name };
        self.rest = after;
        match after {
            // `/a*` takes more than what is below `/a/`.
            "" if is_segment => self.push(&format!("{{{name}...}}")),
            "" => self.push("{rest...}"),
            _ => self.push(&format!("{{{name}}}")),
        }
        Some(())
    }
}

/// Where the bracket that `text` begins with is closed.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use Framework::{Express, Fastify, Hono, Koa};

    fn shown(framework: Framework, text: &str) -> Option<(String, Option<String>)> {
        read(framework, text).map(|(path, also)| (path.shown, also.map(|also| also.shown)))
    }

    #[test]
    fn each_framework_has_its_own_grammar() {
        for (framework, text, expected, also) in [
            (Express, "/a/:id", "/a/{id}", Some("/a/{id}/")),
            (Express, "/a/:id(\\d+)", "/a/{id}", Some("/a/{id}/")),
            (Express, "/a/:id?", "/a/{id}", Some("/a")),
            (Express, "/:id?", "/{id}", Some("/")),
            (Express, "/a{/:id}", "/a/{id}", Some("/a")),
            (Express, "/a/:from-:to.json", "/a/{from}-{to}.json", Some("/a/{from}-{to}.json/")),
            (Express, "/a/*", "/a/{rest...}", None),
            (Express, "/a/*path", "/a/{path...}", None),
            (Express, "/a/", "/a/", Some("/a")),
            (Express, "", "/", None),
            (Koa, "/a/(.*)", "/a/{rest...}", None),
            (Koa, "/a/:path*", "/a/{path...}", None),
            (Fastify, "/a/:id", "/a/{id}", None),
            (Fastify, "/a::verb", "/a:verb", None),
            (Fastify, "/a/:id(^\\d+$)/b", "/a/{id}/b", None),
            (Hono, "/a/:id{[0-9]+}/b", "/a/{id}/b", None),
            (Hono, "/a/:path{.+}", "/a/{path...}", None),
            (Hono, "/a/*/b", "/a/{rest}/b", None),
        ] {
            let expected = Some((expected.to_owned(), also.map(str::to_owned)));
            assert_eq!(shown(framework, text), expected, "{text}");
        }
        for text in ["/ab?c", "/a(b|c)", "/a/:", "/a{", "/a)"] {
            assert_eq!(shown(Express, text), None, "{text}");
        }
    }

    #[test]
    fn prefixes_are_joined() {
        assert_eq!(joined(Express, "/a/", "/b").as_deref(), Some("/a/b"));
        assert_eq!(joined(Express, "/a", "/").as_deref(), Some("/a"));
        assert_eq!(joined(Express, "", "/").as_deref(), Some("/"));
        assert_eq!(joined(Express, "/a", "*").as_deref(), Some("/a/*"));
        assert_eq!(joined(Express, "/a", "b"), None);
        assert_eq!(joined(Koa, "/a", "b"), None);
        let below = mounted(Koa, "/a", "/").unwrap();
        assert_eq!(joined(Koa, &below, "b.c").as_deref(), Some("/a/b.c"));
        assert_eq!(joined(Koa, &below, "/b").as_deref(), Some("/a/b"));
        assert_eq!(joined(Koa, &below, "/").as_deref(), Some("/a"));
        assert_eq!(joined(Hono, "/a", "b").as_deref(), Some("/a/b"));
    }
}
