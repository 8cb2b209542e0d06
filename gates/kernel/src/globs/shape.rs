//! What a pattern asks of a path. Nearly all that people write is one of a few
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
    /// `**/*.end`, `folder/**/a*b.end`: files of such names, in any folder below.
    Named {
        /// How the path begins, nothing or a folder with its `/`.
        below: String,
        /// What stands around the stars of the name: two parts or more.
        parts: Vec<String>,
    },
    /// `**/*.{a,b}`: one of several, each of a shape above.
    Any(Vec<Shape>),
    /// Anything else.
    Glob {
        /// What every path that matches begins and ends with.
        ends: (String, String),
        /// Asked last.
        matcher: GlobMatcher,
    },
}

const SPECIAL: [char; 4] = ['*', '?', '{', '}'];
/// A pattern of more alternatives is left to the matcher.
const ALTERNATIVES_MAX: usize = 32;

impl Shape {
    /// The shape of `body`, a pattern without its `!` and `./`.
    ///
    /// # Errors
    /// Why it is no pattern.
    pub fn of(body: &str) -> Result<Shape, String> {
        let simple = alternatives(body).and_then(|bodies| {
            let mut shapes: Vec<Shape> =
                bodies.iter().map(|body| Shape::simple(body)).collect::<Option<_>>()?;
            if shapes.len() == 1 { shapes.pop() } else { Some(Shape::Any(shapes)) }
        });
        match simple {
            Some(shape) => Ok(shape),
            None => Ok(Shape::Glob { ends: ends(body), matcher: compiled(body)? }),
        }
    }

    /// The shape of a pattern without braces, if it is a simple one.
    fn simple(body: &str) -> Option<Shape> {
        let is_plain = |text: &str| !text.is_empty() && !text.contains(SPECIAL);
        if body == "**" {
            return Some(Shape::All);
        }
        if let Some(folder) = body.strip_suffix("/**").or_else(|| body.strip_suffix('/')) {
            return is_plain(folder).then(|| Shape::Below(format!("{folder}/")));
        }
        if is_plain(body) {
            return Some(Shape::Exact(body.to_owned()));
        }
        let (below, name) = match body.strip_prefix("**/") {
            Some(name) => ("", name),
            None => body.split_once("/**/").filter(|(folder, _)| is_plain(folder))?,
        };
        if below.is_empty() && is_plain(name) {
            return Some(Shape::Anywhere(name.to_owned()));
        }
        let is_name = name.contains('*') && !name.contains(['/', '?']) && !name.contains("**");
        let below = if below.is_empty() { String::new() } else { format!("{below}/") };
        is_name.then(|| Shape::Named { below, parts: name.split('*').map(str::to_owned).collect() })
    }

    /// Whether `path` is of it.
    pub fn is_match(&self, path: &str) -> bool {
        match self {
            Shape::All => true,
            Shape::Exact(whole) => path == whole,
            Shape::Anywhere(name) => {
                may_end(path, name)
                    && path
                        .strip_suffix(name.as_str())
                        .is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
            }
            Shape::Below(folder) => path.len() > folder.len() && path.starts_with(folder.as_str()),
            Shape::Named { below, parts } => {
                parts
                    .last()
                    .is_some_and(|last| may_end(path, last) && path.ends_with(last.as_str()))
                    && path.strip_prefix(below.as_str()).is_some_and(|rest| {
                        is_named(rest.rsplit('/').next().unwrap_or(rest), parts)
                    })
            }
            Shape::Any(shapes) => shapes.iter().any(|shape| shape.is_match(path)),
            Shape::Glob { ends: (first, last), matcher } => {
                may_end(path, last)
                    && path.ends_with(last.as_str())
                    && path.starts_with(first.as_str())
                    && matcher.is_match(path)
            }
        }
    }
}

/// One byte tells most paths apart, and comparing more is a call.
fn may_end(path: &str, end: &str) -> bool {
    end.is_empty() || path.as_bytes().last() == end.as_bytes().last()
}

/// Whether `name` is `parts` with anything between them. The first place of each
/// part leaves most to those behind it, so none is looked for twice.
fn is_named(name: &str, parts: &[String]) -> bool {
    let Some(([first, middle @ ..], last)) = parts.split_last().map(|(last, rest)| (rest, last))
    else {
        return false;
    };
    let rest = name.strip_suffix(last.as_str()).and_then(|it| it.strip_prefix(first.as_str()));
    let Some(mut rest) = rest else { return false };
    middle.iter().all(|part| match rest.find(part.as_str()) {
        Some(at) => {
            rest = rest.get(at + part.len()..).unwrap_or_default();
            true
        }
        None => false,
    })
}

/// `body` once for each way through its braces. None where they are nested,
/// unbalanced, or hold nothing: the matcher's own to say.
fn alternatives(body: &str) -> Option<Vec<String>> {
    let mut bodies = vec![String::new()];
    let mut rest = body;
    while let Some(open) = rest.find(['{', '}']) {
        let (before, braced) = rest.split_at_checked(open)?;
        let (inner, after) = braced.strip_prefix('{')?.split_once('}')?;
        let ways: Vec<&str> = inner.split(',').collect();
        if inner.contains('{')
            || ways.iter().any(|way| way.is_empty())
            || bodies.len() * ways.len() > ALTERNATIVES_MAX
        {
            return None;
        }
        bodies = bodies
            .iter()
            .flat_map(|body| ways.iter().map(move |way| format!("{body}{before}{way}")))
            .collect();
        rest = after;
    }
    bodies.iter_mut().for_each(|body| body.push_str(rest));
    Some(bodies)
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
        for body in [
            "**",
            "a/b.yml",
            "**/go.mod",
            "**/a/b",
            "ee/**",
            "ee/",
            "**/*.rs",
            "**/*compose*.{yml,yaml}",
            ".github/workflows/**/*.{yml,yaml}",
            "**/{Dockerfile,Containerfile}{.,-}*",
            "{a,b}/**",
        ] {
            assert!(!matches!(Shape::of(body), Ok(Shape::Glob { .. })), "{body}");
        }
        for body in ["*.yml", "a/**/b", "a/*", "a?", "**/*/x", "**/**", "**/", "{a,{b,c}}", "{a,}"]
        {
            assert!(!matches!(Shape::of(body), Ok(Shape::Any(_) | Shape::Named { .. })), "{body}");
        }
    }

    #[test]
    fn a_shape_says_what_its_matcher_would() {
        let parts = [
            "",
            "a",
            "b",
            "a.x",
            ".x",
            "*",
            "a*",
            "*a*.x",
            "**",
            "?",
            "{a,b}",
            "{a,b/c}.x",
            "{a,}",
            "[a]",
            "a\\",
        ];
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
