//! `.gitleaks.toml`: what is read as gitleaks reads it, and what is refused.

use kernel::{ConfigError, Options, Tree};

use crate::REGISTER;

fn refused(config: &str) -> ConfigError {
    let tree = Tree::literal([(".gitleaks.toml", config)]);
    match (REGISTER.configure)(&Options::none(), &tree) {
        Ok(_) => panic!("taken: {config}"),
        Err(error) => error,
    }
}

fn judge(config: &str, text: &str) -> Vec<String> {
    let files = [(".gitleaks.toml", config), ("a.txt", text)];
    testkit::judge(&REGISTER, "history = \"none\"", &files)
}

/// A secret without a format, and a line that holds it.
fn generic() -> (String, String) {
    let value = crate::rules::sample::Numbers::of("test").text("0-9A-Za-z", 32);
    let line = format!("service_secret = \"{value}\"\n");
    (value, line)
}

#[test]
fn what_would_do_nothing_in_silence_is_refused() {
    let cases = [
        ("title = 'x'", "leaves no rule in force"),
        ("[extend]\nuseDefault = true\npath = 'x.toml'", "both 'useDefault' and 'path'"),
        ("[extend]\nusedefaults = true", "unknown key 'usedefaults'"),
        ("[extend]\nurl = 'x'", "network"),
        ("[extend]\npath = 'none.toml'", "no 'none.toml'"),
        ("[extend]\npath = '.gitleaks.toml'", "build on each other"),
        ("[[rules]]\nid = 'a'", "neither 'regex' nor 'path'"),
        ("[[rules]]\nregex = 'a'", "without an 'id'"),
        ("[[rules]]\nid = 'a'\nregex = '(a'", "rule 'a': 'regex' does not compile"),
        ("[[rules]]\nid = 'a'\nregex = 'a(?=b)'", "does not compile"),
        ("[[rules]]\nid = 'a'\nregex = 'a'\nsecretGroup = 1", "'secretGroup' is 1"),
        ("[[rules]]\nid = 'a'\nregex = 'a'\nregexp = 'b'", "unknown key 'regexp' in rule 'a'"),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\n[[rules.required]]\nid = 'b'",
            "which is no rule in force",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\n[[rules.required]]\nwithinLines = 2",
            "without an 'id'",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\n[[rules.required]]\nid = 'b'\n[[rules]]\nid = 'b'\npath = 'x'",
            "looks at paths alone",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\n[[rules.required]]\nid = 'a'\nwithinLines = -1",
            "'withinLines' is no number",
        ),
        (
            "[extend]\nuseDefault = true\n[[allowlists]]\ntargetRules = ['github-patt']\npaths = ['a']",
            "'github-patt', which is no rule",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = 'a'\n[[rules.allowlists]]\ncondition = 'AND'",
            "allows nothing",
        ),
        (
            "[extend]\nuseDefault = true\n[allowlist]\npaths = ['a']\n[[allowlists]]\npaths = ['b']",
            "side by side",
        ),
        (
            "[extend]\nuseDefault = true\n[allowlist]\npaths = ['a']\ncondition = 'XOR'",
            "neither 'AND' nor 'OR'",
        ),
        (
            "[extend]\nuseDefault = true\n[allowlist]\npaths = ['a']\nregexTarget = 'file'",
            "none of 'secret', 'match', 'line'",
        ),
        ("[extend]\nuseDefault = true\n[allowlist]\npaths = ['[a']", "'paths' does not compile"),
        ("[extend", ""),
    ];
    for (config, reason) in cases {
        let error = refused(config);
        assert!(error.message.contains(reason), "{config}: {}", error.message);
        assert!(error.file.is_some() || error.message.contains("no 'none"), "{config}");
        if let Some(span) = error.span {
            assert!(span.end <= config.len(), "{config}: {span:?}");
        }
    }
}

#[test]
fn a_rule_of_ones_own_replaces_the_built_in_ones() {
    let config = "[[rules]]\nid = 'mine'\nregex = 'x([0-9]{4})'\nkeywords = ['X']\n";
    assert_eq!(judge(config, "one x1234\n"), ["a.txt:1 secret-scan/mine"]);
    assert!(judge(config, &generic().1).is_empty());
}

#[test]
fn a_rule_is_altered_by_its_id_alone() {
    let base = "[extend]\nuseDefault = true\n";
    let (value, line) = generic();
    let text = line.as_str();
    assert_eq!(judge(base, text), ["a.txt:1 secret-scan/generic-api-key"]);
    let part = value[4..9].to_lowercase();
    let word = format!(
        "{base}[[rules]]\nid = 'generic-api-key'\n[[rules.allowlists]]\nstopwords = ['{part}']\n"
    );
    assert!(judge(&word, text).is_empty());
    let entropy = format!("{base}[[rules]]\nid = 'generic-api-key'\nentropy = 6\n");
    assert!(judge(&entropy, text).is_empty());
    let disabled =
        "[extend]\nuseDefault = true\ndisabledRules = ['generic-api-key', 'pkcs12-file']\n";
    assert!(judge(disabled, text).is_empty());
}

#[test]
fn exceptions_by_target_and_rule() {
    let base = "[[rules]]\nid = 'mine'\nregex = 'x([0-9]{4})'\n[[rules]]\nid = 'other'\nregex = 'y[0-9]{4}'\n";
    let text = "keep x1234 y1234\n";
    assert_eq!(judge(base, text).len(), 2);
    let with = |list: &str| judge(&format!("{base}[[allowlists]]\n{list}"), text);
    assert!(with("regexTarget = 'line'\nregexes = ['^keep']").is_empty());
    assert_eq!(with("regexes = ['^x']"), ["a.txt:1 secret-scan/mine", "a.txt:1 secret-scan/other"]);
    assert_eq!(with("regexTarget = 'match'\nregexes = ['^x']"), ["a.txt:1 secret-scan/other"]);
    assert_eq!(with("targetRules = ['other']\npaths = ['a']"), ["a.txt:1 secret-scan/mine"]);
    assert_eq!(with("condition = 'AND'\npaths = ['a']\nstopwords = ['nowhere']").len(), 2);
}

#[test]
fn a_rule_may_require_another_nearby() {
    let config = |near: &str| {
        format!(
            "[[rules]]\nid = 'key'\nregex = 'key=(\\w+)'\n[[rules.required]]\nid = 'id'\n{near}\n[[rules]]\nid = 'id'\nregex = 'id=(\\w+)'\nskipReport = true\nkeywords = ['nowhere']\n"
        )
    };
    let together = "id=one\n\n  key=two\n";
    assert_eq!(judge(&config(""), together), ["a.txt:3 secret-scan/key"]);
    assert!(judge(&config(""), "key=two\n").is_empty(), "alone it is nothing");
    assert!(judge(&config(""), "id=one\n").is_empty(), "it is there only to be required");
    assert_eq!(judge(&config("withinLines = 2"), together).len(), 1);
    assert!(judge(&config("withinLines = 1"), together).is_empty());
    assert_eq!(judge(&config("withinColumns = 3"), together).len(), 1);
    assert!(judge(&config("withinColumns = 1"), together).is_empty());
}

#[test]
fn known_findings_are_passed_over_and_others_are_not() {
    let line = generic().1;
    let judge = |options: &str, file: &str, known: &str| {
        let options = format!("history = \"none\"\n{options}");
        testkit::judge(&REGISTER, &options, &[("a.txt", &format!("\n{line}")), (file, known)])
    };
    assert_eq!(judge("", "x", "").len(), 1);
    assert!(judge("", ".gitleaksignore", "# why\na.txt:generic-api-key:2\n").is_empty());
    assert_eq!(judge("", ".gitleaksignore", "a.txt:generic-api-key:1\n").len(), 1);
    let report = |secret: &str| {
        format!(
            r#"[{{"RuleID":"generic-api-key","File":"a.txt","StartLine":2,"EndLine":2,"Secret":"{secret}"}}]"#
        )
    };
    let baseline = "baseline = \"known.json\"";
    assert!(judge(baseline, "known.json", &report("REDACTED")).is_empty());
    assert!(judge(baseline, "known.json", &report(&generic().0)).is_empty());
    assert_eq!(judge(baseline, "known.json", &report("another")).len(), 1);
    let tree = Tree::literal([("a", "x")]);
    let missing = (REGISTER.configure)(&Options::of("baseline = \"none.json\""), &tree);
    assert!(missing.err().unwrap().message.contains("no 'none.json'"));
    let deep = (REGISTER.configure)(&Options::of("archives = 9"), &tree);
    assert!(deep.err().unwrap().message.contains("more than 8"));
}

#[test]
fn a_comment_beside_it_allows_a_secret() {
    let line = generic().1;
    let files = |comment: &str| format!("{} {comment}\n", line.trim());
    assert!(
        testkit::judge(&REGISTER, "history = \"none\"", &[("a", &files("# gitleaks:allow"))])
            .is_empty()
    );
    assert_eq!(
        testkit::judge(&REGISTER, "history = \"none\"", &[("a", &files("# gitleaks"))]).len(),
        1
    );
}

#[test]
fn a_path_alone_can_be_the_offence() {
    let config = "[[rules]]\nid = 'keystore'\npath = '\\.jks$'\n";
    let files = [(".gitleaks.toml", config), ("release.jks", "x"), ("notes", "x")];
    let found = testkit::judge(&REGISTER, "history = \"none\"", &files);
    assert_eq!(found, ["release.jks:0 secret-scan/keystore"]);
}

#[test]
fn every_rule_id_of_gitleaks_is_known() {
    let cases = super::fixtures::rules();
    assert!(cases.len() > 200);
    let entries: String =
        cases.iter().map(|id| format!("[[rules]]\nid = '{id}'\ntags = ['x']\n")).collect();
    let tree =
        Tree::literal([(".gitleaks.toml", format!("[extend]\nuseDefault = true\n{entries}"))]);
    if let Err(error) = (REGISTER.configure)(&Options::none(), &tree) {
        panic!("{error}");
    }
}

#[test]
fn own_rules_tell_of_public_keys_too() {
    // NuGet's manual prints it.
    let (config, text) = ("[[rules]]\nid = 'a'\nregex = 'pw=(\\S+)'", "pw=33f!!lloppa\n");
    assert!(crate::rules::known::is_public(b"33f!!lloppa"));
    assert_eq!(judge(config, text).len(), 1);
}
