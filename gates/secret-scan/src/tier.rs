//! How much a finding weighs.
//!
//! | tier | what | weighs |
//! |---|---|---|
//! | high | a format that is telling by itself, a key, a rule of the user's | an error, everywhere |
//! | generic | told by the name it is assigned to, by its file or its field | an error |
//! | hint | the same in tests, examples and documents, and in what shows an example or holds a public key; a plain word in a URL; what its maker says is for development | a warning |

use std::ops::Range;

use camino::Utf8Path;
use kernel::Severity;

use crate::context::is_shown;
use crate::rules::format::Place;
use crate::rules::{self, Spec};

/// The severity of a value, at a place of a text, told by `spec` in a file at
/// `path`, where it is not that of its rule.
pub fn severity(
    spec: &Spec,
    (text, secret): (&[u8], &Range<usize>),
    path: &Utf8Path,
) -> Option<Severity> {
    let value = text.get(secret.clone()).unwrap_or_default();
    // Django says so in the key itself, and warns of it where the site is deployed.
    if spec.id == "django-insecure-secret-key" {
        return Some(Severity::Warning);
    }
    if is_high(spec) {
        return None;
    }
    let is_hint =
        is_trial(path) || (is_of_any_file(spec) && is_plain_word(value)) || is_shown(text, secret);
    is_hint.then_some(Severity::Warning)
}

fn is_high(spec: &Spec) -> bool {
    // Everybody can write a token of that form: only its signature makes it one.
    const WITHOUT_ISSUER: [&str; 2] = ["jwt", "jwt-base64"];
    let is_bare = || spec.formats.iter().any(|format| format.place == Place::Bare);
    let is_key = [rules::PRIVATE_KEY, rules::PUTTY_KEY].contains(&spec.id.as_str());
    spec.from_user || is_key || (is_bare() && !WITHOUT_ISSUER.contains(&spec.id.as_str()))
}

fn is_of_any_file(spec: &Spec) -> bool {
    spec.file.is_some() && spec.path.is_none()
}

/// Letters of one case, and no digit: what people write into an example.
fn is_plain_word(value: &[u8]) -> bool {
    let is_escaped = value.contains(&b'%');
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let is_mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    is_escaped || (!has(u8::is_ascii_digit) && !is_mixed)
}

/// Whether the file tries something out or shows how: what it opens is made up.
fn is_trial(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    let ends = ["_test", ".test", ".spec", "_spec", "-test", ".stories", ".example", ".sample"];
    let kinds = ["md", "mdx", "rst", "adoc", "snap", "ipynb"];
    let (stem, kind) = name.rsplit_once('.').unwrap_or((&name, ""));
    let camel = path.file_stem().unwrap_or_default();
    kinds.contains(&kind)
        || ends.iter().any(|end| stem.ends_with(end) || name.ends_with(end))
        || ["Test", "Tests", "TestCase", "IT"].iter().any(|end| camel.ends_with(end))
        || name.starts_with("test_")
        || name == "conftest.py"
        || path
            .parent()
            .is_some_and(|parent| parent.components().any(|part| is_trial_folder(part.as_str())))
}

fn is_trial_folder(name: &str) -> bool {
    let name = name.trim_matches('_').to_ascii_lowercase();
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "bench", "benches", "benchmark", "benchmarks", "demo", "demos", "doc", "docs",
        "documentation", "e2e", "example", "examples", "fakes", "filetests", "fixture", "fixtures",
        "integration", "mock", "mocks", "sample", "samples", "snapshot", "snapshots", "spec",
        "specs", "stub", "stubs", "test", "testdata", "testing", "tests", "testutil", "testutils",
    ];
    let words = |end: &str| name.ends_with(end) && name.len() > end.len();
    NAMES.contains(&name.as_str())
        || words("-tests")
        || words("_tests")
        || words("-test")
        || words("-examples")
        || words("-fixtures")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighs(id: &str, value: &str, path: &str) -> Option<Severity> {
        let spec = rules::built_in().into_iter().find(|spec| spec.id == id).unwrap();
        severity(&spec, (value.as_bytes(), &(0..value.len())), path.into())
    }

    #[test]
    fn what_is_telling_weighs_the_same_everywhere() {
        for path in ["src/a.rs", "tests/a.rs", "docs/a.md"] {
            assert_eq!(weighs("github-pat", "x1", path), None, "{path}");
            assert_eq!(weighs("private-key", "x1", path), None, "{path}");
        }
    }

    #[test]
    fn what_a_name_tells_is_a_hint_in_tests() {
        for id in
            ["generic-api-key", "jwt", "netrc-password", "codecov-access-token", "curl-auth-header"]
        {
            assert_eq!(weighs(id, "x1", "src/a.rs"), None, "{id}");
            for path in [
                "a_test.go",
                "x/testdata/a",
                "src/__tests__/a.ts",
                "docs/a.txt",
                "README.md",
                "AppTests.cs",
                "a.test.ts",
                "it/api-tests/a.py",
                "settings.example",
            ] {
                assert_eq!(weighs(id, "x1", path), Some(Severity::Warning), "{id} {path}");
            }
        }
    }

    #[test]
    fn a_key_made_for_development_is_a_hint() {
        let weighs = weighs("django-insecure-secret-key", "x1", "site/settings.py");
        assert_eq!(weighs, Some(Severity::Warning));
    }

    #[test]
    fn a_plain_word_in_a_url_is_a_hint() {
        assert_eq!(weighs("url-password", "koala", "a.toml"), Some(Severity::Warning));
        assert_eq!(weighs("url-password", "koala7", "a.toml"), None);
        assert_eq!(weighs("netrc-password", "koala", ".netrc"), None);
    }
}
