//! Lines that a pattern matches, as compilers have printed them since ever.

use kernel::Severity;
use regex_automata::meta::Regex;

use super::{Report, Told, severity};

/// Lines that do not match are other words of the tool.
pub(super) fn read(pattern: &Regex, text: &str) -> Report {
    let mut report = Report::default();
    let mut captures = pattern.create_captures();
    for line in text.lines() {
        pattern.captures(line, &mut captures);
        if !captures.is_match() {
            continue;
        }
        let group = |name: &str| {
            let span = captures.get_group_by_name(name)?;
            line.get(span.range()).filter(|text| !text.is_empty())
        };
        // Digits that are more than any line's are none.
        let number = |name: &str| group(name).and_then(|text| text.parse().ok());
        // What is found by a pattern is a fault unless the tool says less.
        let weight = group("severity").and_then(severity).unwrap_or(Severity::Error);
        report.told.push(Told {
            rule: group("rule").map(str::to_owned),
            path: group("path").map(str::to_owned),
            line: number("line"),
            column: number("column"),
            end_line: number("end_line"),
            end_column: number("end_column"),
            ..Told::new(weight, group("message").unwrap_or_default())
        });
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Format, Output};

    #[test]
    fn a_compilers_lines() {
        let output = r"regex:^(?<path>[^:\s][^:]*):(?<line>\d+):(?<column>\d+): (?<severity>error|warning|note): (?<message>.*?)(?: \[-W(?<rule>[^\]]+)\])?$";
        let Format::Regex(pattern) = output.parse::<Output>().unwrap().format else { panic!() };
        let text = "a.c: In function 'main':\na.c:3:7: warning: unused variable 'x' [-Wunused-variable]\n    3 |   int x;\na.c:4:1: error: expected ';'\r\n";
        let told = read(&pattern, text).told;
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].rule.as_deref(), Some("unused-variable"));
        assert_eq!(
            (told[0].severity, told[0].line, told[0].column),
            (Severity::Warning, Some(3), Some(7))
        );
        assert_eq!((told[1].rule.as_deref(), &*told[1].message), (None, "expected ';'"));
    }
}
