//! Gradle: the projects that settings include and that build files name, in Groovy
//! or Kotlin. Both are programs; read are the forms in which people write them.

use std::collections::BTreeMap;
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

use super::lexer::{Token, tokens};
use crate::project::Files;
use crate::reference::{Kind, Reference, folder, is_below, join};
use crate::roads::Read;

/// The builds of a repository, each with its folder and its projects' folders.
#[derive(Debug, Default)]
pub(crate) struct Builds {
    builds: Vec<(Utf8PathBuf, BTreeMap<String, Utf8PathBuf>)>,
}

/// Whether Gradle reads a file of that name.
pub(crate) fn is_build(name: &str) -> bool {
    name.ends_with(".gradle") || name.ends_with(".gradle.kts")
}

fn is_settings(path: &Utf8Path) -> bool {
    matches!(path.file_name(), Some("settings.gradle" | "settings.gradle.kts"))
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<(Token, Range<usize>)>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> (Reader<'a>, bool) {
        let (tokens, is_broken) = tokens(text);
        (Reader { text, tokens }, is_broken)
    }

    fn word(&self, at: usize) -> &'a str {
        let token = self.tokens.get(at).filter(|(kind, _)| *kind != Token::String);
        token.and_then(|(_, span)| self.text.get(span.clone())).unwrap_or_default()
    }

    fn string(&self, at: usize) -> Option<(&'a str, Range<usize>)> {
        let (_, span) = self.tokens.get(at).filter(|(kind, _)| *kind == Token::String)?;
        Some((self.text.get(span.clone())?, span.clone()))
    }

    /// The strings behind the word at `at`, commas and parentheses between them.
    fn strings(&self, at: usize) -> impl Iterator<Item = (&'a str, Range<usize>)> {
        let is_list =
            |at: &usize| self.string(*at).is_some() || matches!(self.word(*at), "(" | "," | "[");
        (at + 1..self.tokens.len()).take_while(is_list).filter_map(|at| self.string(at))
    }

    /// Blocks that run only where a file is there: `if (file("ee").exists()) { … }`.
    fn guarded(&self) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut open: Vec<Option<usize>> = Vec::new();
        // Whether the condition before the next brace asks for a file.
        let mut asks = false;
        for (at, (_, span)) in self.tokens.iter().enumerate() {
            match self.word(at) {
                "exists" | "isDirectory" | "isFile" | "findProject" => asks = true,
                ";" => asks = false,
                "{" => open.push(std::mem::take(&mut asks).then_some(span.start)),
                "}" => {
                    if let Some(start) = open.pop().flatten() {
                        found.push(start..span.end);
                    }
                }
                _ => {}
            }
        }
        found
    }
}

impl Builds {
    /// Reads every settings file (path and text).
    pub(crate) fn new(files: &BTreeMap<Utf8PathBuf, String>) -> Builds {
        let mut builds = Vec::new();
        for (path, text) in files.iter().filter(|(path, _)| is_settings(path)) {
            let (reader, _) = Reader::new(text);
            let root = folder(path);
            let mut projects = BTreeMap::new();
            for at in 0..reader.tokens.len() {
                match reader.word(at) {
                    "include" => projects.extend(reader.strings(at).filter_map(|(name, _)| {
                        let name = format!(":{}", name.trim_start_matches(':'));
                        Some((name.clone(), default_folder(root, &name)?))
                    })),
                    // `project(":ee").projectDir = file("enterprise")`.
                    "projectDir" if reader.word(at + 1) == "=" => {
                        let name = (at.saturating_sub(4)..at).find_map(|at| reader.string(at));
                        let to = (at + 2..at + 9).find_map(|at| reader.string(at));
                        if let (Some((name, _)), Some((to, _))) = (name, to) {
                            let to = below(root, root, to);
                            projects.extend(to.map(|to| (name.to_owned(), to)));
                        }
                    }
                    _ => {}
                }
            }
            builds.push((root.to_owned(), projects));
        }
        // The innermost first.
        builds.sort_by_key(|(root, _)| std::cmp::Reverse(root.as_str().len()));
        Builds { builds }
    }

    /// What a settings or build file refers to; none where a string or a comment is
    /// open to its end.
    pub(crate) fn references(&self, path: &Utf8Path, text: &str, files: &Files) -> Option<Read> {
        let (reader, is_broken) = Reader::new(text);
        if is_broken {
            return None;
        }
        let empty = (Utf8PathBuf::new(), BTreeMap::new());
        let build = self.builds.iter().find(|(root, _)| is_below(path, root)).unwrap_or(&empty);
        let mut read = Read { references: Vec::new(), apart: reader.guarded() };
        let mut take = |name: &str, span: Range<usize>, to: Utf8PathBuf| {
            let reference = Reference { kind: Kind::Static, specifier: name.to_owned(), span };
            read.references.push((reference, vec![to]));
        };
        let is_there = |to: &Utf8PathBuf| files.has(to) || files.has_folder(to);
        for at in 0..reader.tokens.len() {
            if let Some((name, span)) = reader.string(at) {
                let to = if name.starts_with(':') {
                    project(build, name, files)
                } else {
                    let beside = Some(name).filter(|it| it.contains('/') && !it.contains("://"));
                    beside.and_then(|it| below(&build.0, folder(path), it)).filter(is_there)
                };
                if let Some(to) = to {
                    take(name, span, to);
                }
                continue;
            }
            match reader.word(at) {
                "include" | "includeBuild" | "includeFlat" if is_settings(path) => {
                    let named = reader.strings(at).filter(|(name, _)| !name.starts_with(':'));
                    for (name, span) in named.filter(|(name, _)| !name.contains('/')) {
                        if let Some(to) = default_folder(&build.0, name) {
                            take(name, span, to);
                        }
                    }
                }
                // `projects.ee.billing` for `:ee:billing`.
                "projects" if reader.word(at + 1) == "." => {
                    if let Some((name, to, count)) = accessor(build, &reader, at) {
                        let last = reader.tokens.get(at + 2 * count);
                        let start = reader.tokens.get(at).map_or(0, |(_, span)| span.start);
                        take(name, start..last.map_or(start, |(_, span)| span.end), to.clone());
                    }
                }
                _ => {}
            }
        }
        Some(read)
    }
}

type Build = (Utf8PathBuf, BTreeMap<String, Utf8PathBuf>);

fn default_folder(root: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
    join(root, &name.trim_start_matches(':').replace(':', "/"))
}

/// The project of `:ee:billing`, or of a task of it: `:ee:billing:jar`.
fn project((root, projects): &Build, name: &str, files: &Files) -> Option<Utf8PathBuf> {
    let mut name = name;
    // No project lies deeper.
    for _ in 0..16 {
        if let Some(to) = projects.get(name) {
            return Some(to.clone());
        }
        let to = default_folder(root, name)?;
        if !to.as_str().is_empty() && files.has_folder(&to) {
            return Some(to);
        }
        name = name.rsplit_once(':').map(|(before, _)| before).filter(|it| !it.is_empty())?;
    }
    None
}

/// `$rootDir/ee`, `${projectDir}/../ee`, or a path beside the file.
fn below(root: &Utf8Path, own: &Utf8Path, text: &str) -> Option<Utf8PathBuf> {
    let Some(rest) = text.strip_prefix('$') else { return join(own, text) };
    let (name, rest) = rest.split_once('/')?;
    let name = name.trim_start_matches('{').trim_end_matches('}');
    let base = if name.to_ascii_lowercase().contains("root") { root } else { own };
    join(base, rest)
}

fn accessor<'a>(
    build: &'a Build,
    reader: &Reader<'_>,
    at: usize,
) -> Option<(&'a str, &'a Utf8PathBuf, usize)> {
    let is_named = |name: &str| {
        let mut count = 0;
        let all = name.trim_start_matches(':').split(':').all(|part| {
            count += 1;
            reader.word(at + 2 * count - 1) == "." && reader.word(at + 2 * count) == camel(part)
        });
        all.then_some(count)
    };
    let named = build.1.iter().filter_map(|(name, to)| Some((name.as_str(), to, is_named(name)?)));
    named.max_by_key(|(_, _, count)| *count)
}

/// `billing-api` as `billingApi`.
fn camel(name: &str) -> String {
    let mut is_up = false;
    let mut camel = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' => is_up = true,
            _ if std::mem::take(&mut is_up) => camel.extend(letter.to_uppercase()),
            _ => camel.push(letter),
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(path: &str, settings: &str, text: &str) -> Vec<String> {
        let files = Files::of(["ee/billing-api/src/A.java", "feed/a.java", "enterprise/b.java"]);
        let all = BTreeMap::from([("settings.gradle".into(), settings.to_owned())]);
        let Some(read) = Builds::new(&all).references(path.into(), text, &files) else {
            return vec!["unread".to_owned()];
        };
        let told = |(reference, to): (Reference, Vec<Utf8PathBuf>)| {
            let at = reference.span.start;
            let is_apart = read.apart.iter().any(|range| range.contains(&at));
            format!("{}{}", if is_apart { "apart " } else { "" }, to[0])
        };
        read.references.into_iter().map(told).collect()
    }

    #[test]
    fn projects_of_settings_are_found() {
        for (text, to) in [
            ("include ':ee:billing-api'", "ee/billing-api"),
            ("include(\"ee:billing-api\")", "ee/billing-api"),
            ("includeBuild 'ee/billing-api'", "ee/billing-api"),
            ("if (file('ee').exists()) { include ':ee:billing-api' }", "apart ee/billing-api"),
        ] {
            assert_eq!(found("settings.gradle", text, text), [to], "{text}");
        }
    }

    #[test]
    fn projects_of_build_files_are_found() {
        let settings =
            "include ':ee:billing-api', ':plus'\nproject(':plus').projectDir = file('enterprise')";
        for (text, to) in [
            ("dependencies { implementation project(':ee:billing-api') }", "ee/billing-api"),
            (
                "dependencies { api(project(path = \":plus\", configuration = \"x\")) }",
                "enterprise",
            ),
            ("dependencies { implementation(projects.ee.billingApi) }", "ee/billing-api"),
            ("jar.dependsOn(\":ee:billing-api:jar\")", "ee/billing-api"),
            ("sourceSets.main.java.srcDir '../ee/billing-api/src'", "ee/billing-api/src"),
            ("apply from: \"$rootDir/ee/billing-api/src/A.java\"", "ee/billing-api/src/A.java"),
        ] {
            assert_eq!(found("app/build.gradle", settings, text), [to], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left() {
        for text in [
            "// implementation project(':ee:billing-api')",
            "/* include ':ee' */",
            "implementation 'org.m:ee:1.0'",
            "url 'https://m.org/ee/billing-api'",
            "description = 'ee or not'",
            "implementation(projects.eel)",
        ] {
            assert_eq!(
                found("app/build.gradle", "include ':ee:billing-api'", text),
                [""; 0],
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "((include|project|projects|projectDir|=|\\.|\\(|\\)|\\{|\\}|':ee'|\"ee/a\"|'|\"|,|exists| |\n){0,24})") {
            found("settings.gradle", &text, &text);
        }
    }
}
