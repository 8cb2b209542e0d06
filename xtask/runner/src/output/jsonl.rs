//! A JSON object a line: the shape that many linters share under other names.

use kernel::Severity;
use serde_json::Value;

use super::{Report, Told, severity};

const RULE: &[&str] = &["rule", "code", "rule_id", "ruleId", "check_name", "check", "id"];
const PATH: &[&str] = &["path", "file", "filename", "file_path", "filePath", "file_name"];
const LINE: &[&str] = &["line", "row", "line_number", "lineNumber", "start_line", "startLine"];
const COLUMN: &[&str] = &["column", "col", "start_column", "startColumn", "character"];
const END_LINE: &[&str] = &["end_line", "endLine"];
const END_COLUMN: &[&str] = &["end_column", "endColumn", "end_col"];
const MESSAGE: &[&str] = &["message", "msg", "description", "text"];
const SEVERITY: &[&str] = &["severity", "level"];
const PLACE: &[&str] = &["location", "start", "position", "pos"];
const END: &[&str] = &["end_location", "endLocation", "end"];

pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut report = Report::default();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let told = one(line).map_err(|why| format!("line {}: {why}", index + 1))?;
        report.told.push(told);
    }
    Ok(report)
}

fn one(line: &str) -> Result<Told, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
    let inner = |names: &[&str]| names.iter().find_map(|name| value.get(name)).cloned();
    let place = inner(PLACE).filter(Value::is_object).unwrap_or(Value::Null);
    let end = inner(END).filter(Value::is_object).unwrap_or(Value::Null);
    let text = |from: &Value, names: &[&str]| {
        let found = names.iter().find_map(|name| from.get(name));
        found.and_then(|found| match found {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let number = |from: &Value, names: &[&str]| -> Option<u32> {
        names.iter().find_map(|name| from.get(name)?.as_u64()).and_then(|it| it.try_into().ok())
    };
    let path = text(&value, PATH).or_else(|| text(&place, PATH));
    let message = text(&value, MESSAGE);
    let (Some(path), Some(message)) = (path, message) else {
        return Err("no finding: it needs 'path' (or 'file', 'filename') and 'message'".to_owned());
    };
    // A finding that says nothing of its weight is one.
    let weight = text(&value, SEVERITY).and_then(|word| severity(&word));
    Ok(Told {
        rule: text(&value, RULE),
        path: Some(path),
        line: number(&value, LINE).or_else(|| number(&place, LINE)),
        column: number(&value, COLUMN).or_else(|| number(&place, COLUMN)),
        end_line: number(&value, END_LINE).or_else(|| number(&end, LINE)),
        end_column: number(&value, END_COLUMN).or_else(|| number(&end, COLUMN)),
        more: text(&value, &["url"]),
        ..Told::new(weight.unwrap_or(Severity::Error), message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_three_tools() {
        let ruff = r#"{"code":"F401","end_location":{"column":10,"row":1},"filename":"/r/src/a.py","location":{"column":8,"row":1},"message":"`os` imported but unused","severity":"error","url":"https://docs.astral.sh/ruff/rules/unused-import"}"#;
        let staticcheck = r#"{"code":"SA4006","severity":"warning","location":{"file":"/r/a.go","line":3,"column":2},"end":{"file":"/r/a.go","line":3,"column":5},"message":"never used"}"#;
        let mypy = r#"{"file": "b.py", "line": 2, "column": 4, "message": "bad", "hint": null, "code": "arg-type", "severity": "error"}"#;
        let told = read(&format!("{ruff}\n\n{staticcheck}\n{mypy}\n")).unwrap().told;
        let rules: Vec<_> = told.iter().filter_map(|told| told.rule.as_deref()).collect();
        assert_eq!(rules, ["F401", "SA4006", "arg-type"]);
        assert_eq!(
            (told[0].line, told[0].column, told[0].end_column),
            (Some(1), Some(8), Some(10))
        );
        assert_eq!((told[1].path.as_deref(), told[1].end_column), (Some("/r/a.go"), Some(5)));
        assert_eq!((told[1].severity, told[2].severity), (Severity::Warning, Severity::Error));
    }

    #[test]
    fn a_line_that_is_no_finding_is_told_with_its_number() {
        let fine = r#"{"path":"a","message":"m"}"#;
        for (odd, why) in [
            ("Found 3 errors.", "no JSON"),
            ("{\"path\":\"a\"}", "needs 'path'"),
            ("[]", "needs 'path'"),
        ] {
            let error = read(&format!("{fine}\n{odd}\n")).unwrap_err();
            assert!(error.starts_with("line 2: ") && error.contains(why), "{error}");
        }
        assert!(read(&fine[..fine.len() - 1]).is_err());
    }
}
