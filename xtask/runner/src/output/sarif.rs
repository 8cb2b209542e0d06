//! SARIF 2.1.0, as far as a finding needs it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Report, Told, Unit, bare, severity};

#[derive(Deserialize)]
struct Log {
    version: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// Absent where the tool did not get so far; null is the same (3.14.23).
    results: Option<Vec<Found>>,
    #[serde(default)]
    invocations: Vec<Invocation>,
    #[serde(default)]
    original_uri_base_ids: BTreeMap<String, Artifact>,
    column_kind: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Component,
    #[serde(default)]
    extensions: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    default_configuration: Option<Configuration>,
    #[serde(default)]
    message_strings: BTreeMap<String, Message>,
    help_uri: Option<String>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<Reference>,
    level: Option<String>,
    kind: Option<String>,
    baseline_state: Option<String>,
    #[serde(default)]
    suppressions: Vec<Suppression>,
    message: Message,
    #[serde(default)]
    locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
    markdown: Option<String>,
    id: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<Physical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Option<Artifact>,
    region: Option<Region>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: Option<String>,
    uri_base_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<u32>,
    start_column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
}

pub(super) fn read(text: &str) -> Result<Report, String> {
    let log: Log = serde_json::from_str(text).map_err(|error| format!("no SARIF: {error}"))?;
    if log.version != "2.1.0" {
        return Err(format!("SARIF of version '{}'; 2.1.0 is read", log.version));
    }
    if log.runs.is_empty() {
        return Err("there is no run in it".to_owned());
    }
    let mut report = Report::default();
    for run in &log.runs {
        run.read(&mut report)?;
    }
    Ok(report)
}

impl Run {
    fn read(&self, report: &mut Report) -> Result<(), String> {
        if self.invocations.iter().any(|invocation| invocation.execution_successful == Some(false))
        {
            return Err("the tool says that it did not run to its end (executionSuccessful)".into());
        }
        let results = self.results.as_ref().ok_or("the tool has no results: it did not judge")?;
        for found in results {
            match found.discounted() {
                Some(reason) => *report.skipped.entry(reason.to_owned()).or_default() += 1,
                None => report.told.push(self.told(found)?),
            }
        }
        Ok(())
    }

    fn told(&self, found: &Found) -> Result<Told, String> {
        let rule = self.rule(found);
        let configured =
            rule.and_then(|rule| rule.default_configuration.as_ref()?.level.as_deref());
        // "warning" is what the standard says where nobody does (3.27.10).
        let level = found.level.as_deref().or(configured).unwrap_or("warning");
        let weight = severity(level).ok_or_else(|| format!("a result has the level '{level}'"))?;
        let text = found.message.text(rule).ok_or("a result has no message")?;
        let id = found.id().map(str::to_owned).or_else(|| rule.map(|rule| rule.id.clone()));
        let place = found.locations.iter().find_map(|place| place.physical_location.as_ref());
        let region = place.and_then(|place| place.region.as_ref());
        Ok(Told {
            rule: id.map(|id| bare(&id).to_owned()),
            path: place.and_then(|place| self.path(place.artifact_location.as_ref()?, 0)),
            line: region.and_then(|region| region.start_line),
            column: region.and_then(|region| region.start_column),
            end_line: region.and_then(|region| region.end_line),
            end_column: region.and_then(|region| region.end_column),
            unit: match self.column_kind.as_deref() {
                Some("unicodeCodePoints") => Unit::Characters,
                _ => Unit::Utf16,
            },
            more: rule.and_then(|rule| rule.help_uri.clone()),
            ..Told::new(weight, text)
        })
    }

    fn rule(&self, found: &Found) -> Option<&Rule> {
        let index = found.rule_index.or_else(|| found.rule.as_ref()?.index);
        let by_index = index.and_then(|at| self.tool.driver.rules.get(usize::try_from(at).ok()?));
        let id = found.id();
        let is_it = |rule: &&Rule| id.is_none_or(|id| is_of(id, &rule.id));
        let parts = std::iter::once(&self.tool.driver).chain(&self.tool.extensions);
        by_index
            .filter(is_it)
            .or_else(|| parts.flat_map(|part| &part.rules).find(|rule| Some(&*rule.id) == id))
    }

    /// The path that an artifact's address means, relative bases joined.
    fn path(&self, artifact: &Artifact, depth: usize) -> Option<String> {
        let path = artifact.uri.as_deref().map(decoded)?;
        let base = artifact.uri_base_id.as_ref().filter(|_| depth < 8);
        let base = base.and_then(|base| self.original_uri_base_ids.get(base));
        match base.and_then(|base| self.path(base, depth + 1)) {
            Some(base) if !is_absolute(&path) => {
                Some(format!("{}/{path}", base.trim_end_matches('/')))
            }
            _ => Some(path),
        }
    }
}

impl Found {
    fn id(&self) -> Option<&str> {
        self.rule_id.as_deref().or_else(|| self.rule.as_ref()?.id.as_deref())
    }

    /// Why the tool itself does not count it.
    fn discounted(&self) -> Option<&'static str> {
        let is_held = |it: &Suppression| it.status.as_deref().is_none_or(|it| it == "accepted");
        match self.kind.as_deref() {
            Some("pass") => return Some("passed by the tool"),
            Some("notApplicable") => return Some("not applicable to the tool"),
            _ => {}
        }
        if !self.suppressions.is_empty() && self.suppressions.iter().all(is_held) {
            return Some("suppressed in the tool");
        }
        (self.baseline_state.as_deref() == Some("absent")).then_some("gone by the tool's baseline")
    }
}

impl Message {
    fn text(&self, rule: Option<&Rule>) -> Option<String> {
        let named = || {
            let message = rule?.message_strings.get(self.id.as_ref()?)?;
            message.text.as_ref().or(message.markdown.as_ref())
        };
        let mut text = self.text.as_ref().or_else(named).or(self.markdown.as_ref())?.clone();
        for (index, argument) in self.arguments.iter().enumerate() {
            text = text.replace(&format!("{{{index}}}"), argument);
        }
        Some(text)
    }
}

/// Whether a result's id is the rule's, or one below it (`CA1000/1`, 3.27.5).
fn is_of(id: &str, rule: &str) -> bool {
    id == rule || id.strip_prefix(rule).is_some_and(|rest| rest.starts_with('/'))
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.get(1..3).is_some_and(|rest| rest == ":/" || rest == ":\\")
}

/// `file:///a%20b` → `/a b`. An address of another scheme stays as it is: it is
/// in no repository.
fn decoded(uri: &str) -> String {
    let path = match uri.strip_prefix("file:") {
        Some(rest) => {
            let rest = rest.strip_prefix("//localhost").or_else(|| rest.strip_prefix("//"));
            let path = rest.unwrap_or(uri.get(5..).unwrap_or_default());
            // `/C:/x` is `C:/x`.
            path.strip_prefix('/').filter(|path| is_absolute(path)).unwrap_or(path)
        }
        None => uri,
    };
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *byte == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use kernel::Severity;

    use super::*;

    fn log(run: &str) -> String {
        format!(
            "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"t\",\"rules\":[{{\"id\":\"a\",\"defaultConfiguration\":{{\"level\":\"error\"}},\"helpUri\":\"https://x\",\"messageStrings\":{{\"m\":{{\"text\":\"{{0}} is odd\"}}}}}},{{\"id\":\"b\"}}]}}}},{run}}}]}}"
        )
    }

    fn one(result: &str) -> Told {
        let report = read(&log(&format!("\"results\":[{result}]"))).unwrap();
        report.told.into_iter().next().unwrap()
    }

    #[test]
    fn level_rule_and_words_may_stand_in_the_rule() {
        let told = one(r#"{"ruleIndex":0,"message":{"id":"m","arguments":["x"]}}"#);
        assert_eq!(
            (told.rule.as_deref(), &*told.message, told.severity),
            (Some("a"), "x is odd", Severity::Error)
        );
        assert_eq!(told.more.as_deref(), Some("https://x"));
        let told = one(r#"{"rule":{"id":"b"},"message":{"text":"m"}}"#);
        assert_eq!((told.rule.as_deref(), told.severity), (Some("b"), Severity::Warning));
        let told = one(r#"{"ruleId":"a/1","ruleIndex":0,"level":"note","message":{"text":"m"}}"#);
        assert_eq!((told.rule.as_deref(), told.severity), (Some("a/1"), Severity::Note));
        let told = one(r#"{"ruleId":"b","ruleIndex":0,"message":{"text":"m"}}"#);
        assert_eq!(told.severity, Severity::Warning, "an index that is not the id's is none");
    }

    #[test]
    fn addresses_are_paths() {
        let at = |place: &str| {
            let result = format!(
                "{{\"message\":{{\"text\":\"m\"}},\"locations\":[{{\"physicalLocation\":{{\"artifactLocation\":{place}}}}}]}}"
            );
            let bases = "\"originalUriBaseIds\":{\"ROOT\":{\"uri\":\"file:///r/\"},\"SUB\":{\"uri\":\"s/\",\"uriBaseId\":\"ROOT\"},\"LOOP\":{\"uri\":\"l\",\"uriBaseId\":\"LOOP\"},\"BARE\":{}}";
            let text = log(&format!("{bases},\"results\":[{result}]"));
            read(&text).unwrap().told[0].path.clone().unwrap()
        };
        assert_eq!(at(r#"{"uri":"a%20b/c.py"}"#), "a b/c.py");
        assert_eq!(at(r#"{"uri":"file:///r/a.py"}"#), "/r/a.py");
        assert_eq!(at(r#"{"uri":"file:///C:/r/a.py"}"#), "C:/r/a.py");
        assert_eq!(at(r#"{"uri":"a.py","uriBaseId":"SUB"}"#), "/r/s/a.py");
        assert_eq!(at(r#"{"uri":"a.py","uriBaseId":"BARE"}"#), "a.py");
        assert!(at(r#"{"uri":"a.py","uriBaseId":"LOOP"}"#).ends_with("a.py"));
        assert_eq!(at(r#"{"uri":"https://x/a.py"}"#), "https://x/a.py");
    }

    #[test]
    fn what_the_tool_does_not_count_is_counted() {
        let report = read(&log("\"results\":[{\"kind\":\"pass\",\"message\":{\"text\":\"m\"}},{\"suppressions\":[{\"kind\":\"inSource\"}],\"message\":{\"text\":\"m\"}},{\"suppressions\":[{\"kind\":\"inSource\",\"status\":\"rejected\"}],\"message\":{\"text\":\"m\"}},{\"baselineState\":\"absent\",\"message\":{\"text\":\"m\"}}]")).unwrap();
        assert_eq!(report.told.len(), 1);
        assert_eq!(report.skipped.values().sum::<u64>(), 3);
    }

    #[test]
    fn half_a_report_is_none() {
        for (text, why) in [
            ("{}", "no SARIF"),
            ("{\"version\":\"2.0.0\",\"runs\":[]}", "2.1.0 is read"),
            ("{\"version\":\"2.1.0\",\"runs\":[]}", "no run"),
            (&log("\"results\":null"), "did not judge"),
            (&log("\"columnKind\":\"utf16CodeUnits\""), "did not judge"),
            (
                &log("\"invocations\":[{\"executionSuccessful\":false}],\"results\":[]"),
                "executionSuccessful",
            ),
            (&log("\"results\":[{\"message\":{}}]"), "no message"),
            (&log("\"results\":[{\"level\":\"loud\",\"message\":{\"text\":\"m\"}}]"), "'loud'"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
