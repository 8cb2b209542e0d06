//! Exceptions: gitleaks' allowlists.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::Input;
use regex_automata::meta::Regex;

use crate::engine::Lines;

/// A regular expression of a configuration, compiled.
#[derive(Debug, Clone)]
pub struct Expr {
    /// None where a source of our own does not compile, which a test rules out.
    regex: OnceLock<Option<Regex>>,
    source: &'static str,
}

impl Expr {
    /// Compiles `source`, written in Go's syntax.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn new(source: &str) -> Result<Expr, String> {
        let regex = crate::engine::pattern::compile(&super::syntax::translate(source)?)?;
        Ok(Expr { regex: OnceLock::from(Some(regex)), source: "" })
    }

    /// One of our own, compiled when it is first asked.
    pub fn own(source: &'static str) -> Expr {
        Expr { regex: OnceLock::new(), source }
    }

    /// Whether it matches anywhere in `text`.
    pub fn is_match(&self, text: &[u8]) -> bool {
        let compile = || Expr::new(self.source).ok()?.regex.into_inner()?;
        let regex = self.regex.get_or_init(compile);
        regex.as_ref().is_some_and(|regex| regex.is_match(Input::new(text)))
    }
}

/// What an allowlist's regexes are held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Target {
    /// The secret.
    #[default]
    Secret,
    /// All that the rule matched.
    Match,
    /// The line or lines it stands on.
    Line,
}

/// One exception: to all rules, or to some.
#[derive(Debug, Clone, Default)]
pub struct Allowlist {
    /// Whether every kind of condition that it has must hold, not just one.
    pub needs_all: bool,
    /// Commits, whole names in lower case.
    pub commits: Vec<String>,
    /// Paths.
    pub paths: Vec<Expr>,
    /// What [`Allowlist::regexes`] are held against.
    pub target: Target,
    /// Patterns.
    pub regexes: Vec<Expr>,
    /// Words, in lower case, of which one stands in the secret.
    pub stopwords: Vec<String>,
    /// The rules it is for; empty for all.
    pub rules: Vec<String>,
}

/// What an exception is held against.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// The secret in it.
    pub secret: &'a Range<usize>,
    /// All that the rule matched.
    pub whole: &'a Range<usize>,
    /// Where the text stands.
    pub path: &'a str,
    /// The commit that brought it, where one is known.
    pub commit: Option<&'a str>,
}

impl Allowlist {
    /// Whether it says that this is no secret.
    pub fn covers(&self, case: &Case<'_>) -> bool {
        let at = |range: &Range<usize>| case.text.get(range.clone()).unwrap_or_default();
        let commit = || {
            case.commit
                .is_some_and(|commit| self.commits.iter().any(|c| c.eq_ignore_ascii_case(commit)))
        };
        let path = || self.paths.iter().any(|expr| expr.is_match(case.path.as_bytes()));
        let regex = || {
            let text = match self.target {
                Target::Secret => at(case.secret),
                Target::Match => at(case.whole),
                Target::Line => at(&Lines::of(case.text).around(case.whole)),
            };
            self.regexes.iter().any(|expr| expr.is_match(text))
        };
        let stopword = || {
            let secret = at(case.secret).to_ascii_lowercase();
            self.stopwords
                .iter()
                .any(|word| memchr::memmem::find(&secret, word.as_bytes()).is_some())
        };
        let conditions: [(bool, &dyn Fn() -> bool); 4] = [
            (!self.commits.is_empty(), &commit),
            (!self.paths.is_empty(), &path),
            (!self.regexes.is_empty(), &regex),
            (!self.stopwords.is_empty(), &stopword),
        ];
        let mut given = conditions.iter().filter(|(is_given, _)| *is_given).peekable();
        if given.peek().is_none() {
            return false;
        }
        if self.needs_all {
            given.all(|(_, holds)| holds())
        } else {
            given.any(|(_, holds)| holds())
        }
    }

    /// Whether it is for the rule of that id.
    pub fn is_for(&self, rule: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|id| id == rule)
    }
}
