//! What an `if:` of a job comes to when the release check did not pass: GitHub's
//! expressions, evaluated with unknowns.

/// How the check ended, and what is known of the jobs that a job needs.
pub(crate) struct Bad<'a> {
    /// `failure`, `cancelled` or `skipped`.
    pub(crate) ending: &'static str,
    /// `needs.<name>.result`, if it is known.
    pub(crate) result: &'a dyn Fn(&str) -> Option<&'static str>,
    /// `needs.*.result`.
    pub(crate) results: &'a [Option<&'static str>],
}

/// Whether a job with this `if:` may run though the check it waits for ended
/// like that.
pub(crate) fn may_run(condition: &str, bad: &Bad<'_>) -> bool {
    let tokens = tokens(inner(condition).unwrap_or(condition));
    let asks = |(place, token): (usize, &Token<'_>)| {
        matches!(token, Token::Word(word) if STATUS.iter().any(|name| word.eq_ignore_ascii_case(name)))
            && tokens.get(place + 1) == Some(&Token::Sign("("))
    };
    if !tokens.iter().enumerate().any(asks) {
        // `success()` is asked besides, of every job it waits for.
        return false;
    }
    if inner(condition).is_none() {
        return true;
    }
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0, bad };
    let value = reader.any();
    reader.at < tokens.len() || value.truth() != Some(false)
}

/// Whether an `if:` holds whatever came before: `always()` or `!cancelled()`.
pub(crate) fn is_always(condition: &str) -> bool {
    let Some(inner) = inner(condition) else { return false };
    let bare: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(&bare);
    bare.eq_ignore_ascii_case("always()") || bare.eq_ignore_ascii_case("!cancelled()")
}

/// The expression of `${{ expression }}` or `expression`; none of a text with
/// expressions in it, which is true whatever they are.
fn inner(condition: &str) -> Option<&str> {
    let text = condition.trim();
    let Some(rest) = text.strip_prefix("${{") else {
        return (!text.contains("${{")).then_some(text);
    };
    let inner = rest.strip_suffix("}}")?;
    (!inner.contains("}}")).then_some(inner)
}

/// Functions that take the place of the `success()` that is asked otherwise.
const STATUS: &[&str] = &["success", "failure", "cancelled", "always"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'c> {
    /// A name, a path or a number.
    Word(&'c str),
    Text(&'c str),
    Sign(&'c str),
}

const SIGNS: &[&str] =
    &["||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ","];

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else if let Some(quoted) = rest.strip_prefix('\'') {
            let text = quoted.split('\'').next().unwrap_or_default();
            tokens.push(Token::Text(text));
            (text.len() + 2).min(rest.len())
        } else {
            let is_word = |c: char| c.is_alphanumeric() || "_-.*".contains(c);
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(first.len_utf8());
            let (word, _) = rest.split_at_checked(end).unwrap_or((rest, ""));
            tokens.push(Token::Word(word));
            end
        };
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    tokens
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value<'c> {
    Truth(bool),
    Text(&'c str),
    /// One of each job that is needed, where it is known.
    Results,
    Unknown,
}

impl Value<'_> {
    fn truth(&self) -> Option<bool> {
        match self {
            Value::Truth(truth) => Some(*truth),
            Value::Text(text) => Some(!text.is_empty()),
            Value::Results | Value::Unknown => None,
        }
    }
}

fn known<'c>(truth: Option<bool>) -> Value<'c> {
    truth.map_or(Value::Unknown, Value::Truth)
}

/// Deeper than this is not followed: unknown.
const DEPTH_MAX: usize = 64;

struct Reader<'c, 'b> {
    tokens: &'b [Token<'c>],
    at: usize,
    depth: usize,
    bad: &'b Bad<'b>,
}

impl<'c> Reader<'c, '_> {
    fn takes(&mut self, sign: &str) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> Value<'c> {
        if self.depth == DEPTH_MAX {
            self.at = self.tokens.len();
            return Value::Unknown;
        }
        self.depth += 1;
        let mut value = self.all();
        while self.takes("||") {
            let other = self.all();
            value = match (value.truth(), other.truth()) {
                (Some(true), _) | (_, Some(true)) => Value::Truth(true),
                (Some(false), _) => other,
                _ => Value::Unknown,
            };
        }
        self.depth -= 1;
        value
    }

    fn all(&mut self) -> Value<'c> {
        let mut value = self.comparison();
        while self.takes("&&") {
            let other = self.comparison();
            value = match (value.truth(), other.truth()) {
                (Some(false), _) | (_, Some(false)) => Value::Truth(false),
                (Some(true), _) => other,
                _ => Value::Unknown,
            };
        }
        value
    }

    fn comparison(&mut self) -> Value<'c> {
        let mut value = self.operand();
        while let Some(sign) =
            ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|sign| self.takes(sign))
        {
            let same = match (&value, self.operand()) {
                (Value::Text(a), Value::Text(b)) => Some(a.eq_ignore_ascii_case(b)),
                (Value::Truth(a), Value::Truth(b)) => Some(*a == b),
                _ => None,
            };
            value = match sign {
                "==" => known(same),
                "!=" => known(same.map(|same| !same)),
                _ => Value::Unknown,
            };
        }
        value
    }

    fn operand(&mut self) -> Value<'c> {
        let mut is_negated = None;
        while self.takes("!") {
            is_negated = Some(!is_negated.unwrap_or(false));
        }
        let value = self.primary();
        match is_negated {
            None => value,
            Some(negated) => known(value.truth().map(|truth| truth != negated)),
        }
    }

    fn primary(&mut self) -> Value<'c> {
        if self.takes("(") {
            let value = self.any();
            self.takes(")");
            return value;
        }
        let token = self.tokens.get(self.at);
        self.at += usize::from(token.is_some());
        match token {
            Some(Token::Text(text)) => Value::Text(text),
            Some(Token::Word(word)) if self.takes("(") => self.call(word),
            Some(Token::Word(word)) => self.path(word),
            _ => Value::Unknown,
        }
    }

    fn call(&mut self, name: &str) -> Value<'c> {
        let mut arguments = Vec::new();
        while self.at < self.tokens.len() && !self.takes(")") {
            let before = self.at;
            arguments.push(self.any());
            self.takes(",");
            // What is no expression is passed over.
            self.at += usize::from(self.at == before);
        }
        let is_failure = (self.bad.ending == "failure").then_some(true);
        match (name.to_ascii_lowercase().as_str(), &arguments[..]) {
            ("always", []) => Value::Truth(true),
            ("success", []) => Value::Truth(false),
            ("failure", []) => known(is_failure),
            ("cancelled", []) => known(is_failure.map(|it| !it)),
            ("contains", [Value::Results, Value::Text(text)]) => known(self.among(text)),
            ("join", [Value::Results, ..]) => Value::Results,
            _ => Value::Unknown,
        }
    }

    fn among(&self, wanted: &str) -> Option<bool> {
        let results = self.bad.results;
        let is_wanted = |result: &&str| result.eq_ignore_ascii_case(wanted);
        match results.iter().flatten().any(is_wanted) {
            true => Some(true),
            false => results.iter().all(Option::is_some).then_some(false),
        }
    }

    /// `needs.a.result`, `needs['a'].result`, `needs.*.result`, or anything
    /// else, of which nothing is known.
    fn path(&mut self, word: &'c str) -> Value<'c> {
        let mut path = word.to_ascii_lowercase();
        while self.takes("[") {
            match self.any() {
                Value::Text(key) => path += &format!(".{}", key.to_ascii_lowercase()),
                _ => path += ".?",
            }
            self.takes("]");
            if let Some(Token::Word(rest)) = self.tokens.get(self.at)
                && rest.starts_with('.')
            {
                path += &rest.to_ascii_lowercase();
                self.at += 1;
            }
        }
        let of_needs = path.strip_prefix("needs.").and_then(|rest| rest.strip_suffix(".result"));
        match (path.as_str(), of_needs) {
            ("true", _) => Value::Truth(true),
            ("false", _) => Value::Truth(false),
            (_, Some("*")) => Value::Results,
            (_, Some(name)) => (self.bad.result)(name).map_or(Value::Unknown, Value::Text),
            _ => Value::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// For a job that needs the check and another job that is skipped with it.
    fn runs(condition: &str, ending: &'static str) -> bool {
        let result = |name: &str| match name {
            "check" => Some(ending),
            "build" => Some("skipped"),
            _ => None,
        };
        let results = [Some(ending), Some("skipped")];
        may_run(condition, &Bad { ending, result: &result, results: &results })
    }

    #[test]
    fn what_asks_nothing_of_the_status_does_not_run() {
        for condition in ["", "github.ref == 'x'", "${{ true }}", "${{ a }} || b", "'always()'"] {
            assert!(!runs(condition, "failure"), "{condition}");
        }
    }

    #[test]
    fn what_runs_although_it_failed() {
        for condition in [
            "always()",
            "${{ !cancelled() }}",
            "failure()",
            "Always() && github.ref == 'x'",
            "always() && needs.other.result == 'success'",
            "always() || needs.check.result == 'success'",
            "success() || github.event_name == 'workflow_dispatch'",
            "!cancelled() && !contains(needs.*.result, 'cancelled')",
            "${{ always() }} && ${{ needs.check.result == 'success' }}",
            "always() && needs.check.outputs.x",
            "always() && needs.build.result != 'failure'",
        ] {
            assert!(runs(condition, "failure"), "{condition}");
        }
    }

    #[test]
    fn what_asks_for_the_check_does_not_run() {
        for condition in [
            "always() && needs.check.result == 'success'",
            "${{ always() && (needs['check'].result == 'SUCCESS') && x }}",
            "!cancelled() && !contains(needs.*.result, 'failure') && x == 'y'",
            "always() && !contains(join(needs.*.result, ','), 'failure')",
            "success() && x || false",
            "!failure() && !cancelled()",
            "cancelled()",
            "always() && needs.build.result == 'success'",
            "!(always() && needs.check.result != 'success')",
        ] {
            assert!(!runs(condition, "failure"), "{condition}");
        }
        assert!(runs("always() && !contains(needs.*.result, 'failure')", "cancelled"));
        assert!(runs("!failure() && !cancelled()", "skipped"));
        assert!(!runs("always() && needs.check.result == 'success'", "skipped"));
    }

    #[test]
    fn always_is_nothing_else() {
        for condition in ["always()", " ${{ Always ( ) }}", "(!cancelled())", "${{!cancelled()}}"] {
            assert!(is_always(condition), "{condition}");
        }
        for condition in ["", "success()", "always() && x", "failure()", "a ${{ always() }}"] {
            assert!(!is_always(condition), "{condition}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_evaluated(text in "(always\\(\\)|needs|[-!()\\[\\],.*&|=<>'a ${}é]){0,40}") {
            runs(&text, "failure");
        }

        #[test]
        fn any_characters_are_evaluated(text in any::<String>()) {
            runs(&text, "failure");
            is_always(&text);
        }
    }

    #[test]
    fn depth_ends() {
        assert!(runs(&format!("always() && {}x", "(".repeat(100_000)), "failure"));
        assert!(runs(&format!("always() && {}x", "a[".repeat(100_000)), "failure"));
        assert!(runs(&format!("always() && {}x", "a(".repeat(100_000)), "failure"));
    }
}
