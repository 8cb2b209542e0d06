//! JUnit XML, as test runners write it, and linters that know no better.

use kernel::{Fact, Severity};

use super::xml::{Attributes, Node, walk};
use super::{Report, Told, bare};

/// Text of a failure that is kept where it has no message of its own.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// One `<testcase>` that is open.
#[derive(Default)]
struct Case {
    name: String,
    class: Option<String>,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    faults: Vec<Fault>,
    is_skipped: bool,
}

struct Fault {
    word: &'static str,
    message: Option<String>,
    text: String,
}

pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut report = Report::default();
    let (mut cases, mut skipped) = (0_u64, 0_u64);
    let mut suites: Vec<(Option<String>, Option<String>)> = Vec::new();
    let mut case: Option<Case> = None;
    let mut is_inside = false;
    walk(text, &["testsuites", "testsuite"], &mut |node| match node {
        Node::Start("testsuite", attributes) => {
            let own = |name| attributes.get(name).map(str::to_owned);
            suites.push((own("name"), own("file").or_else(|| own("filepath"))));
        }
        Node::End("testsuite") => {
            suites.pop();
        }
        Node::Start("testcase", attributes) => case = Some(begin(attributes)),
        Node::Start(word @ ("failure" | "error"), attributes) => {
            let message = attributes.get("message").map(str::to_owned);
            let word = if word == "error" { "error" } else { "failure" };
            let fault = Fault { word, message, text: String::new() };
            is_inside = true;
            match &mut case {
                Some(case) => case.faults.push(fault),
                // Of a suite as a whole: its set-up failed.
                None => report.told.push(told(&Case::default(), suites.last(), &fault)),
            }
        }
        Node::End("failure" | "error") => is_inside = false,
        Node::Start("skipped", _) => {
            if let Some(case) = &mut case {
                case.is_skipped = true;
            }
        }
        Node::Text(text) if is_inside => {
            if let Some(fault) = case.as_mut().and_then(|case| case.faults.last_mut())
                && fault.text.len() < TEXT_BYTES_MAX
            {
                fault.text.push_str(text);
            }
        }
        Node::End("testcase") => {
            if let Some(case) = case.take() {
                cases += 1;
                skipped += u64::from(case.is_skipped);
                let told = case.faults.iter().map(|fault| told(&case, suites.last(), fault));
                report.told.extend(told);
            }
        }
        _ => {}
    })?;
    report.facts.insert("tests".to_owned(), Fact::Count(cases));
    if skipped > 0 {
        report.skipped.insert("skipped test".to_owned(), skipped);
    }
    report.is_empty = cases == skipped && report.told.is_empty();
    Ok(report)
}

fn begin(attributes: &Attributes) -> Case {
    let own = |name| attributes.get(name).map(str::to_owned);
    Case {
        name: own("name").unwrap_or_default(),
        class: own("classname"),
        file: own("file").or_else(|| own("filepath")),
        line: attributes.number("line"),
        column: attributes.number("column"),
        ..Case::default()
    }
}

fn told(case: &Case, suite: Option<&(Option<String>, Option<String>)>, fault: &Fault) -> Told {
    let first = fault.text.lines().map(str::trim).find(|line| !line.is_empty());
    let said = fault.message.as_deref().or(first).unwrap_or("it says nothing");
    // Linters write their rule in the case's name: `org.ruff.F401`.
    let rule = bare(&case.name);
    let is_lint = rule != case.name;
    let name = match &case.class {
        Some(class) if !case.name.is_empty() => format!("{class} {}", case.name),
        Some(class) => class.clone(),
        None => case.name.clone(),
    };
    let message = if is_lint { said.to_owned() } else { format!("'{name}' failed: {said}") };
    let sure = case.file.clone().or_else(|| suite.and_then(|(_, file)| file.clone()));
    // A suite's or class's name may be the file's.
    let guess = if is_lint {
        suite.and_then(|(name, _)| name.clone()).filter(|name| name.contains(['/', '\\', '.']))
    } else {
        None
    };
    let guess = guess.or_else(|| case.class.clone());
    Told {
        rule: Some(if is_lint { rule } else { fault.word }.to_owned()),
        is_path_sure: sure.is_some(),
        path: sure.or(guess),
        line: case.line,
        column: case.column,
        key: (!is_lint).then_some(name),
        ..Told::new(Severity::Error, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_runners() {
        let report = read("<testsuites><testsuite name=\"api\"><testcase classname=\"t.Api\" name=\"lists\" file=\"t/api.py\" line=\"7\"><failure message=\"assert 1 == 2\">trace</failure></testcase><testcase classname=\"t.Api\" name=\"fine\"/><testcase name=\"later\"><skipped/></testcase></testsuite></testsuites>").unwrap();
        assert_eq!(report.told.len(), 1);
        assert_eq!(report.told[0].message, "'t.Api lists' failed: assert 1 == 2");
        assert_eq!(report.told[0].key.as_deref(), Some("t.Api lists"));
        assert_eq!(
            (report.told[0].path.as_deref(), report.told[0].line),
            (Some("t/api.py"), Some(7))
        );
        assert_eq!(report.facts["tests"], Fact::Count(3));
        assert_eq!(report.skipped["skipped test"], 1);
    }

    #[test]
    fn no_test_at_all_is_nothing_looked_at() {
        assert!(read("<testsuites/>").unwrap().is_empty);
        assert!(
            read("<testsuite><testcase name='a'><skipped/></testcase></testsuite>")
                .unwrap()
                .is_empty
        );
        assert!(!read("<testsuite><testcase name='a'/></testsuite>").unwrap().is_empty);
        assert!(!read("<testsuite><error message='set-up'/></testsuite>").unwrap().is_empty);
    }

    #[test]
    fn words_between_the_tags_are_taken_where_there_is_no_message() {
        let told = read("<testsuite><testcase name='a'><error>\n  it &lt;broke&gt;\n at x</error></testcase></testsuite>").unwrap().told;
        assert_eq!(told[0].message, "'a' failed: it <broke>");
        assert_eq!(told[0].rule.as_deref(), Some("error"));
    }
}
