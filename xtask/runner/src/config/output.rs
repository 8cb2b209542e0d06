//! `output` of a command gate: which format its findings come in, and where.

use std::fmt;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use regex_automata::meta;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::suggest::did_you_mean;

/// Names that a group of a pattern may have.
pub const GROUPS: [&str; 8] =
    ["path", "line", "column", "end_line", "end_column", "severity", "rule", "message"];
/// What a compiled pattern may take.
const PATTERN_BYTES_MAX: usize = 1 << 20;
/// The words before the colon.
const FORMATS: [&str; 5] = ["sarif", "junit", "checkstyle", "jsonl", "regex"];

/// `sarif:PATH`, `junit:PATH`, `checkstyle:PATH`, `jsonl:PATH`, each without its
/// path where it stands on standard output, or `regex:PATTERN`.
#[derive(Clone, JsonSchema)]
#[schemars(with = "String")]
pub struct Output {
    /// How it is written.
    pub format: Format,
    /// The file, relative to the repository; none is standard output.
    pub file: Option<Utf8PathBuf>,
    written: String,
}

/// How findings are written.
#[derive(Clone, Debug)]
pub enum Format {
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// A JSON object a line.
    Jsonl,
    /// Lines that a pattern matches.
    Regex(Box<meta::Regex>),
}

impl Format {
    /// The word in ci.toml.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Checkstyle => "checkstyle",
            Format::Jsonl => "jsonl",
            Format::Regex(_) => "regex",
        }
    }
}

/// As written: part of what a gate's options are known by.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written.fmt(f)
    }
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Output, String> {
        let (word, rest) = match text.split_once(':') {
            Some((word, rest)) => (word, Some(rest)),
            None => (text, None),
        };
        let format = match word {
            "sarif" => Format::Sarif,
            "junit" => Format::Junit,
            "checkstyle" => Format::Checkstyle,
            "jsonl" => Format::Jsonl,
            "regex" => Format::Regex(Box::new(pattern(rest.unwrap_or_default())?)),
            other => {
                let known = || format!("known are {}", FORMATS.join(", "));
                let hint = did_you_mean(other, FORMATS).unwrap_or_else(known);
                return Err(format!("'{other}' is no format of an output: {hint}"));
            }
        };
        let file = match (&format, rest) {
            (Format::Regex(_), _) | (_, None) => None,
            (_, Some(path)) => Some(inside(path)?),
        };
        Ok(Output { format, file, written: text.to_owned() })
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Output, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A path below the repository.
fn inside(path: &str) -> Result<Utf8PathBuf, String> {
    let normal = |part| matches!(part, Utf8Component::Normal(_) | Utf8Component::CurDir);
    if path.is_empty() || !Utf8Path::new(path).components().all(normal) {
        return Err(format!(
            "'{path}' is no path below the repository; write 'sarif:target/lint.sarif', or 'sarif' for standard output"
        ));
    }
    Ok(path.into())
}

fn pattern(text: &str) -> Result<meta::Regex, String> {
    let expected = "name what it matches: 'regex:^(?<path>[^:]+):(?<line>\\d+):(?<column>\\d+): (?<message>.*)$'";
    let config = meta::Config::new().nfa_size_limit(Some(PATTERN_BYTES_MAX));
    let pattern = meta::Regex::builder().configure(config).build(text).map_err(|error| {
        let why = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
        // Its own drawing of the pattern takes several lines.
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("'{text}' is no pattern: {why}")
    })?;
    let named: Vec<&str> = pattern.group_info().all_names().filter_map(|(.., name)| name).collect();
    if let Some(name) = named.iter().find(|name| !GROUPS.contains(name)) {
        let known = || format!("known are {}", GROUPS.join(", "));
        let hint = did_you_mean(name, GROUPS).unwrap_or_else(known);
        return Err(format!("the pattern names a group '{name}': {hint}"));
    }
    match ["path", "message"].into_iter().find(|group| !named.contains(group)) {
        Some(group) => Err(format!("the pattern has no group '{group}'; {expected}")),
        None => Ok(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Output>().unwrap_err()
    }

    #[test]
    fn formats_with_a_file_or_standard_output() {
        let output: Output = "sarif:target/x.sarif".parse().unwrap();
        assert_eq!(output.file.as_deref(), Some(Utf8Path::new("target/x.sarif")));
        assert_eq!(format!("{output:?}"), "\"sarif:target/x.sarif\"");
        for word in ["sarif", "junit", "checkstyle", "jsonl"] {
            let output: Output = word.parse().unwrap();
            assert_eq!((output.format.as_str(), output.file), (word, None));
        }
        let gcc = r"regex:^(?<path>[^:]+):(?<line>\d+): (?<message>.*)$";
        assert!(gcc.parse::<Output>().unwrap().file.is_none());
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        assert!(error("sarf:x").contains("did you mean 'sarif'?"));
        assert!(error("xml").contains("known are sarif"));
        for path in ["sarif:", "junit:/etc/passwd", "jsonl:../x", "sarif:a/../../b"] {
            assert!(error(path).contains("no path below the repository"), "{path}");
        }
        assert!(error("regex:(").contains("is no pattern: unclosed group"));
        assert!(error("regex:(?<path>a)(?<mesage>b)").contains("did you mean 'message'?"));
        assert!(error("regex:(?<path>a)").contains("no group 'message'"));
        assert!(error(r"regex:(?<path>\w{2000})(?<message>\w{2000})").contains("no pattern"));
    }
}
