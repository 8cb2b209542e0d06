//! Every repository of these tests is judged twice: once as users do, where only files
//! are lexed in which a name of what is restricted stands, and once with every file
//! lexed. Both must find the same, what is said of how a file is reached included.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use editions_gate::REGISTER;
use kernel::{Evidence, Finding, Options, Tree};

/// A file that does not read to its end is told where it is lexed alone: in one that
/// is only searched nothing could be an edge wherever its strings end.
const COVERAGE: &str = "editions-gate/incomplete-coverage";

/// What is found either way.
pub fn findings(options: &str, evidence: &Evidence<'_>) -> Vec<Finding> {
    let found = |search: &str| {
        let options = Options::of(options).with(Options::of(search));
        let checked = (REGISTER.configure)(&options, evidence.head)
            .map_err(|error| error.to_string())
            .and_then(|gate| kernel::survey(&*gate, evidence).map_err(|error| error.to_string()));
        let mut findings = checked.unwrap_or_else(|error| panic!("{error}")).findings;
        findings.sort_by_key(|finding| format!("{finding:?}"));
        findings
    };
    let (searched, lexed) = (found("search = true"), found("search = false"));
    let mut rest = lexed.clone();
    rest.retain(|finding| finding.rule != COVERAGE || searched.contains(finding));
    assert_eq!(searched, rest, "{options}");
    searched
}

/// `path:line rule` of each finding in `files`, sorted.
pub fn judge(options: &str, files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::literal(files.iter().copied());
    let (replies, pulse) = (std::collections::BTreeMap::new(), kernel::Pulse::default());
    let (base, history, remarks) = (None, None, [].as_slice());
    let evidence =
        Evidence { head: &tree, base, history, replies: &replies, remarks, pulse: &pulse };
    let line = |finding: &Finding| {
        let line = finding.at.span.map_or(0, |span| span.line);
        format!("{}:{line} {}", finding.at.path, finding.rule)
    };
    let mut lines: Vec<String> = findings(options, &evidence).iter().map(line).collect();
    lines.sort();
    lines
}
