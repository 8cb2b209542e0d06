//! What an `if:` of a job comes to when the release check did not pass.

use crate::expression::{Known, asks_status, evaluate, inner};
use crate::value::Value;

/// How the check ended, and what is known of the jobs that a job needs.
pub(crate) struct Bad<'a> {
    /// `failure`, `cancelled` or `skipped`.
    pub(crate) ending: &'static str,
    /// `needs.<name>.result`, if it is known.
    pub(crate) result: &'a dyn Fn(&str) -> Option<&'static str>,
    /// `needs.*.result`.
    pub(crate) results: &'a [Option<&'static str>],
}

impl Known for Bad<'_> {
    fn value(&self, path: &str) -> Value<'static> {
        match path.strip_prefix("needs.").and_then(|rest| rest.strip_suffix(".result")) {
            Some("*") => Value::Texts(self.results.to_vec()),
            Some(name) => (self.result)(name).map_or(Value::Unknown, Value::Text),
            None => Value::Unknown,
        }
    }

    fn status(&self, function: &str) -> Option<bool> {
        let is_failure = (self.ending == "failure").then_some(true);
        match function {
            "success" => Some(false),
            "failure" => is_failure,
            _ => is_failure.map(|it| !it),
        }
    }
}

/// Whether a job with this `if:` may run though the check it waits for ended
/// like that.
pub(crate) fn may_run(condition: &str, bad: &Bad<'_>) -> bool {
    if !asks_status(condition) {
        // `success()` is asked besides, of every job it waits for.
        return false;
    }
    inner(condition).is_none_or(|inner| evaluate(inner, bad).truth() != Some(false))
}

/// Whether an `if:` holds whatever came before: `always()` or `!cancelled()`.
pub(crate) fn is_always(condition: &str) -> bool {
    let Some(inner) = inner(condition) else { return false };
    let bare: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(&bare);
    bare.eq_ignore_ascii_case("always()") || bare.eq_ignore_ascii_case("!cancelled()")
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
