//! What a pattern asks of a path. Nearly all that people write is one of four
//! shapes that a comparison answers: compiling a matcher for each costs more than
//! a run in which nothing changed has time for, and asking it twenty times as much.

use globset::{GlobBuilder, GlobMatcher};

/// How a pattern is matched.
#[derive(Clone)]
pub enum Shape {
    /// `**`: everything.
    All,
    /// No special character: this path and no other.
    Exact(String),
    /// `**/name`: this path, in any folder.
    Anywhere(String),
    /// `folder/**`: everything below, told by how it begins (the `/` with it).
    Below(String),
    /// `**/*.end`: every file that ends so, told by how it ends.
    Ending(String),
    /// Anything else.
    Glob {
        /// What every path that matches begins and ends with.
        ends: (String, String),
        /// Asked last.
        matcher: GlobMatcher,
    },
}

const SPECIAL: [char; 4] = ['*', '?', '{', '}'];

impl Shape {
    /// The shape of `body`, a pattern without its `!` and `./`.
    ///
    /// # Errors
    /// Why it is no pattern.
    pub fn of(body: &str) -> Result<Shape, String> {
        let is_plain = |text: &str| !text.is_empty() && !text.contains(SPECIAL);
        let below = body.strip_suffix("/**").or_else(|| body.strip_suffix('/'));
        let ending = body.strip_prefix("**/*");
        let anywhere = body.strip_prefix("**/");
        Ok(match (below, ending, anywhere) {
            _ if body == "**" => Shape::All,
            (Some(folder), _, _) if is_plain(folder) => Shape::Below(format!("{folder}/")),
            (None, Some(end), _) if is_plain(end) && !end.contains('/') => {
                Shape::Ending(end.to_owned())
            }
            (None, _, Some(name)) if is_plain(name) => Shape::Anywhere(name.to_owned()),
            (None, _, _) if is_plain(body) => Shape::Exact(body.to_owned()),
            _ => Shape::Glob { ends: ends(body), matcher: compiled(body)? },
        })
    }

    /// Whether `path` is of it.
    pub fn is_match(&self, path: &str) -> bool {
        match self {
            Shape::All => true,
            Shape::Exact(whole) => path == whole,
            Shape::Anywhere(name) => path
                .strip_suffix(name.as_str())
                .is_some_and(|folder| folder.is_empty() || folder.ends_with('/')),
            Shape::Below(folder) => path.len() > folder.len() && path.starts_with(folder.as_str()),
            Shape::Ending(end) => path.ends_with(end.as_str()),
            Shape::Glob { ends: (first, last), matcher } => {
                path.ends_with(last.as_str())
                    && path.starts_with(first.as_str())
                    && matcher.is_match(path)
            }
        }
    }
}

fn compiled(body: &str) -> Result<GlobMatcher, String> {
    let mut glob = String::with_capacity(body.len() + 8);
    for c in body.chars() {
        match c {
            '[' => glob.push_str("[[]"),
            ']' => glob.push_str("[]]"),
            c => glob.push(c),
        }
    }
    if glob.ends_with('/') {
        glob.push_str("**");
    }
    let built = GlobBuilder::new(&glob).literal_separator(true).backslash_escape(false).build();
    Ok(built.map_err(|source| source.kind().to_string())?.compile_matcher())
}

/// What stands before the first and behind the last special character.
fn ends(body: &str) -> (String, String) {
    let first = body.find(SPECIAL).map_or(body, |at| body.get(..at).unwrap_or_default());
    let last = body.rfind(SPECIAL).map_or("", |at| body.get(at + 1..).unwrap_or_default());
    // `**/` can also be nothing, and a trailing `/` is not the end.
    let last = last.trim_start_matches('/');
    let last = if last.ends_with('/') { "" } else { last };
    (first.to_owned(), last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_needs_no_matcher() {
        for body in
            ["**", "a/b.yml", "**/go.mod", "**/a/b", "ee/**", "ee/", "**/*.rs", "**/*_test.go"]
        {
            let shape = Shape::of(body).unwrap();
            assert!(!matches!(shape, Shape::Glob { .. }), "{body}");
        }
        for body in ["*.yml", "a/**/b", "{a,b}/**", "**/*.{ts,tsx}", "a?", "**/*/x", "**/**", "**/"]
        {
            assert!(matches!(Shape::of(body), Ok(Shape::Glob { .. })), "{body}");
        }
    }

    #[test]
    fn a_shape_says_what_its_matcher_would() {
        let parts = ["", "a", "b", "a.x", ".x", "*", "**", "?", "{a,b}", "{a,b/c}.x", "[a]", "a\\"];
        let names = ["a", "b", "a.x", ".x", "b.x", "c.x", "[a]", "a\\", "ab"];
        let joined = |parts: &[&str]| {
            let all = parts.iter().flat_map(|one| {
                parts.iter().flat_map(move |two| {
                    parts.iter().flat_map(move |three| {
                        [[*one, two, three].join("/"), format!("{one}{two}/{three}")]
                    })
                })
            });
            all.collect::<std::collections::BTreeSet<String>>()
        };
        let paths: Vec<String> =
            joined(&names).into_iter().chain(names.iter().map(|name| (*name).to_owned())).collect();
        let mut matched = 0;
        for text in joined(&parts) {
            let body = text.strip_prefix("./").unwrap_or(&text);
            if body.is_empty() || body.starts_with('/') {
                continue;
            }
            let (shape, matcher) = (Shape::of(body), compiled(body));
            assert_eq!(shape.is_ok(), matcher.is_ok(), "'{text}'");
            let (Ok(shape), Ok(matcher)) = (shape, matcher) else { continue };
            for path in &paths {
                let expected = matcher.is_match(path);
                matched += usize::from(expected);
                assert_eq!(shape.is_match(path), expected, "'{text}' and '{path}'");
            }
        }
        assert!(matched > 1_000, "{matched}");
    }
}
