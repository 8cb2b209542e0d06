//! A tool's place → a place in the judged tree. One that is none is an error:
//! the report is then about something else.

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use kernel::{Finding, Fix, Location, Severity, SourceFile, Span, Tree};

use super::{Told, Unit};
use crate::exec::Secrets;

/// Characters of a message that are kept.
const MESSAGE_CHARS_MAX: usize = 1_000;
/// Characters of a rule's name.
const RULE_CHARS_MAX: usize = 120;

/// Where a gate's command ran, and what is judged.
pub struct Places<'a> {
    /// The gate: the first part of its rules' ids.
    pub gate: &'a str,
    /// The repository.
    pub root: &'a Utf8Path,
    /// The folder that the command ran in, relative to the repository.
    pub dir: &'a Utf8Path,
    /// The judged tree.
    pub tree: &'a Tree,
    /// What is about no file is told here.
    pub home: Location,
    /// What must be in no message.
    pub secrets: Secrets,
}

/// A place that is not in the judged tree.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign(pub String);

impl Places<'_> {
    /// The findings in our words.
    ///
    /// # Errors
    /// The first place that is not in the repository.
    pub fn findings(&self, told: Vec<Told>) -> Result<Vec<Finding>, Foreign> {
        let mut files = BTreeMap::new();
        told.into_iter().map(|told| self.finding(told, &mut files)).collect()
    }

    fn finding(
        &self,
        told: Told,
        files: &mut BTreeMap<Utf8PathBuf, Option<SourceFile>>,
    ) -> Result<Finding, Foreign> {
        let at = match &told.path {
            None => None,
            Some(path) => match self.path(path) {
                Ok(path) => {
                    let read = || self.tree.read(&path).ok();
                    let file = files.entry(path.clone()).or_insert_with(read);
                    if file.is_some() || told.is_path_sure {
                        let span = span(&told, &path, file.as_ref())?;
                        Some(Location { path, span, commit: None })
                    } else {
                        None
                    }
                }
                Err(_) if !told.is_path_sure => None,
                Err(foreign) => return Err(foreign),
            },
        };
        let rule = format!("{}/{}", self.gate, self.rule(told.rule.as_deref()));
        let message = self.one_line(&told.message);
        let is_home = at.is_none();
        let mut finding = Finding::new(rule, at.unwrap_or_else(|| self.home.clone()), message);
        finding = finding.severity(told.severity);
        match told.key {
            Some(key) => finding = finding.key(self.one_line(&key)),
            // The line of ci.toml says nothing about it.
            None if is_home => finding.key = Some(finding.message.clone()),
            None => {}
        }
        if let Some(more) = told.more.filter(|more| more.starts_with("http")) {
            finding = finding.fix(Fix::note(format!("see {}", self.one_line(&more))));
        }
        finding.show_source = !is_home;
        Ok(finding)
    }

    /// A rule's name as waivers can write it: letters, digits, `-`, `_`, `/`.
    fn rule(&self, rule: Option<&str>) -> String {
        let rule = rule.unwrap_or_default();
        // `shellcheck/ShellCheck.SC2086` says the tool's name twice.
        let own =
            rule.get(..self.gate.len()).is_some_and(|own| own.eq_ignore_ascii_case(self.gate));
        let rest = rule.get(self.gate.len()..).filter(|_| own);
        let rest = rest.and_then(|rest| rest.strip_prefix(['/', '.', ':']));
        let kept = |c: char| if c.is_ascii_alphanumeric() || "_/".contains(c) { c } else { '-' };
        let name: String = rest.unwrap_or(rule).chars().take(RULE_CHARS_MAX).map(kept).collect();
        let name = name.trim_matches(['-', '/']);
        if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() }
    }

    /// The path relative to the repository.
    fn path(&self, told: &str) -> Result<Utf8PathBuf, Foreign> {
        let path = Utf8Path::new(told);
        let foreign =
            |why: &str| Foreign(format!("a finding is in '{}', {why}", self.one_line(told)));
        if told.contains("://") || told.contains('\0') {
            return Err(foreign("which is no path"));
        }
        if path.is_absolute() {
            let real = self.root.canonicalize_utf8().ok();
            let roots = std::iter::once(self.root).chain(real.as_deref());
            let inside = roots.into_iter().find_map(|root| path.strip_prefix(root).ok());
            let inside = inside.and_then(normal);
            return inside.ok_or_else(|| foreign("which is outside of the repository"));
        }
        // Most tools name files from where they run, some from the top.
        let here = normal(&self.dir.join(path));
        let is_there = |path: &Utf8PathBuf| {
            self.tree.find(path).is_some() || self.root.join(path).symlink_metadata().is_ok()
        };
        let ways = [here, normal(path)];
        if ways.iter().all(Option::is_none) {
            return Err(foreign("which is outside of the repository"));
        }
        let found = ways.into_iter().flatten().find(is_there);
        found.ok_or_else(|| foreign("and the repository has no such file"))
    }

    /// In one line, masked, and no longer than anybody reads.
    #[must_use]
    pub fn one_line(&self, text: &str) -> String {
        let masked = self.secrets.mask(text.as_bytes());
        let text = String::from_utf8_lossy(&masked);
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        match text.char_indices().nth(MESSAGE_CHARS_MAX) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None if text.is_empty() => "it says nothing".to_owned(),
            None => text,
        }
    }
}

/// Without `.` and `..`, as the tree writes it; none where it leads out.
fn normal(path: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.components() {
        match part {
            Utf8Component::Normal(name) => parts.push(name),
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                parts.pop()?;
            }
            Utf8Component::RootDir | Utf8Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/").into())
}

/// The range, held against the file. Columns past a line's end mean its end:
/// tools count tabs and wide characters in many ways.
fn span(told: &Told, path: &Utf8Path, file: Option<&SourceFile>) -> Result<Option<Span>, Foreign> {
    let Some(line) = told.line.filter(|line| *line > 0) else { return Ok(None) };
    let Some(file) = file else {
        let column = told.column.unwrap_or(1).max(1);
        return Ok(Some(Span { line, column, end_line: line, end_column: column }));
    };
    let Some(first) = file.line(line) else {
        let is_end = line > 1 && file.line(line - 1).is_some();
        // The line after the last one is how many say "the end".
        return if is_end { Ok(None) } else { Err(past(path, line, file)) };
    };
    let end_line = told.end_line.filter(|end| *end > line).unwrap_or(line);
    let (end_line, last) = match file.line(end_line) {
        Some(last) => (end_line, last),
        None => (line, first),
    };
    let column = match told.column.filter(|column| *column > 0) {
        Some(column) => characters(first, column, told.unit),
        None => indent(first),
    };
    let end_column = match told.end_column.filter(|_| told.column.is_some()) {
        Some(end) => characters(last, end.max(1), told.unit),
        None if told.column.is_some() => column,
        None => characters(last, u32::MAX, Unit::Characters),
    };
    let end_column = if end_line == line { end_column.max(column) } else { end_column };
    Ok(Some(Span { line, column, end_line, end_column }))
}

fn past(path: &Utf8Path, line: u32, file: &SourceFile) -> Foreign {
    let lines = (1..).take_while(|line| file.line(*line).is_some()).count();
    let text = format!("a finding is in line {line} of '{path}', which has {lines}");
    Foreign(format!("{text}: the report is about another state of it"))
}

/// The column of the first character that is no blank.
fn indent(line: &[u8]) -> u32 {
    let blanks = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    u32::try_from(blanks).unwrap_or(0).saturating_add(1)
}

/// A column in characters, the one after the last at most.
fn characters(line: &[u8], column: u32, unit: Unit) -> u32 {
    let text = String::from_utf8_lossy(line);
    let (mut units, mut count) = (1_u32, 1_u32);
    for char in text.chars() {
        if units >= column {
            break;
        }
        units = units.saturating_add(match unit {
            Unit::Characters => 1,
            Unit::Utf16 => u32::try_from(char.len_utf16()).unwrap_or(1),
        });
        count = count.saturating_add(1);
    }
    count
}

/// What a finding weighs where its command failed and nothing that it told is
/// an error: the gravest of it is what it failed for.
#[must_use]
pub fn raised(told: &mut [Told]) -> usize {
    let Some(gravest) = told.iter().map(|told| told.severity).max() else { return 0 };
    if gravest == Severity::Error {
        return 0;
    }
    let mut count = 0;
    for told in told.iter_mut().filter(|told| told.severity == gravest) {
        told.severity = Severity::Error;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<'a>(tree: &'a Tree, dir: &'a str) -> Places<'a> {
        Places {
            gate: "lint",
            root: "/nowhere/r".into(),
            dir: dir.into(),
            tree,
            home: Location::file("ci.toml".into()),
            secrets: Secrets::default(),
        }
    }

    fn told(path: &str, line: u32) -> Told {
        let path = Some(path.to_owned());
        Told { path, line: Some(line), ..Told::new(Severity::Error, "m") }
    }

    #[test]
    fn paths_are_made_relative_or_refused() {
        let tree = Tree::literal([("web/src/a.ts", "x\n"), ("b.py", "y\n")]);
        let places = places(&tree, "web");
        let at = |path: &str| places.path(path).map(String::from).map_err(|foreign| foreign.0);
        assert_eq!(at("src/a.ts").as_deref(), Ok("web/src/a.ts"));
        assert_eq!(at("./src/../src/a.ts").as_deref(), Ok("web/src/a.ts"));
        assert_eq!(at("web/src/a.ts").as_deref(), Ok("web/src/a.ts"));
        assert_eq!(at("/nowhere/r/b.py").as_deref(), Ok("b.py"));
        assert_eq!(at("../b.py").as_deref(), Ok("b.py"));
        for (path, why) in [
            ("../../b.py", "outside"),
            ("/nowhere/r/../b.py", "outside"),
            ("/etc/passwd", "outside"),
            ("gone.py", "no such file"),
            ("https://x/b.py", "no path"),
        ] {
            assert!(at(path).unwrap_err().contains(why), "{path}");
        }
    }

    #[test]
    fn lines_past_the_end_are_of_another_state() {
        let tree = Tree::literal([("a.py", "one\n\ttwo é𝄞x\n")]);
        let places = places(&tree, "");
        let span = |told: Told| places.findings(vec![told]).map(|all| all[0].at.span);
        assert_eq!(span(told("a.py", 0)), Ok(None));
        assert_eq!(span(told("a.py", 4)), Ok(None), "the line after the last");
        assert!(span(told("a.py", 9)).unwrap_err().0.contains("another state"));
        let all = Span { line: 2, column: 2, end_line: 2, end_column: 9 };
        assert_eq!(span(told("a.py", 2)), Ok(Some(all)));
        // `x` is the ninth code unit and the eighth character.
        let x =
            Told { column: Some(9), end_column: Some(10), unit: Unit::Utf16, ..told("a.py", 2) };
        assert_eq!(span(x), Ok(Some(Span { column: 8, end_column: 9, ..all })));
        let far = Told { column: Some(900), end_column: Some(1), ..told("a.py", 2) };
        assert_eq!(span(far), Ok(Some(Span { column: 9, end_column: 9, ..all })));
    }

    #[test]
    fn rules_can_be_written_in_a_waiver() {
        let tree = Tree::literal::<&str, &str>([]);
        let places = places(&tree, "");
        let rule = |rule: &str| places.rule(Some(rule));
        assert_eq!(rule("@typescript-eslint/no-unused-vars"), "typescript-eslint/no-unused-vars");
        assert_eq!(rule("Lint.SC2086"), "SC2086");
        assert_eq!(rule("lint/unpinned"), "unpinned");
        assert_eq!(rule("PSR12.Files.X"), "PSR12-Files-X");
        assert_eq!(rule("lintel"), "lintel");
        assert_eq!(rule("  "), "unnamed");
        assert_eq!(places.rule(None), "unnamed");
    }

    #[test]
    fn what_is_about_no_file_stands_at_home_under_a_key_of_its_own() {
        let tree = Tree::literal([("a.py", "x\n")]);
        let places = places(&tree, "");
        let guess = Told { is_path_sure: false, ..told("tests.Api", 0) };
        let test =
            Told { path: None, key: Some("t one".into()), ..Told::new(Severity::Error, "a\n  b") };
        let all = places.findings(vec![guess, test]).unwrap();
        assert!(all.iter().all(|finding| finding.at.path == "ci.toml" && finding.key.is_some()));
        assert_eq!(all[1].message, "a b");
    }

    #[test]
    fn a_failure_without_an_error_counts_by_its_gravest() {
        let of = |severity| Told::new(severity, "m");
        let mut all = [of(Severity::Note), of(Severity::Warning), of(Severity::Warning)];
        assert_eq!(raised(&mut all), 2);
        assert_eq!(all[0].severity, Severity::Note);
        assert_eq!(raised(&mut [of(Severity::Error), of(Severity::Warning)]), 0);
        assert_eq!(raised(&mut []), 0);
    }
}
