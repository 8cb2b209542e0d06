//! Style sheets: `@import`, `@use`, `@forward`, and what Tailwind reads.

use std::ops::Range;

use camino::Utf8Path;

use super::References;
use crate::project::Project;
use crate::reference::{Kind, Reference};

/// Rules whose text is another file.
const RULES: [&str; 7] = ["import", "use", "forward", "reference", "config", "plugin", "source"];

/// What the file `path` names, and what each may be.
pub(crate) fn references(path: &Utf8Path, text: &str, project: &Project) -> References {
    let resolved = |reference: Reference| {
        let spelled = spellings(&reference.specifier);
        let targets =
            spelled.iter().flat_map(|name| project.js.resolve(path, name, &project.files));
        let targets = targets.collect();
        (reference, targets)
    };
    named_in(text).into_iter().map(resolved).collect()
}

/// The files that `text` names, comments passed over.
fn named_in(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut at = 0;
    // Between such a rule and its end.
    let mut is_rule = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with(['"', '\'']) {
            let (name, length) = string(rest);
            if is_rule {
                found.push(named(name, at..at + length));
            }
            length
        } else if let Some(body) = rest.strip_prefix('@') {
            let end = body.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(body.len());
            is_rule = body.get(..end).is_some_and(|name| RULES.contains(&name));
            end + 1
        } else if let Some(body) = rest.strip_prefix("url(") {
            let name = body.split(')').next().unwrap_or_default();
            let is_bare = !name.trim_start().starts_with(['"', '\'']);
            if is_rule && is_bare {
                found.push(named(name.trim(), at + 4..at + 4 + name.len()));
            }
            // One that is quoted is read like any other string.
            if is_bare { 4 + name.len() } else { 4 }
        } else {
            let c = rest.chars().next().unwrap_or_default();
            is_rule &= !matches!(c, ';' | '{' | '}');
            c.len_utf8()
        };
        at += length;
    }
    found
}

/// The text of the string that `rest` begins with, and its length with quotes.
fn string(rest: &str) -> (&str, usize) {
    let quote = rest.chars().next().unwrap_or('"');
    let body = rest.get(1..).unwrap_or_default();
    match body.find([quote, '\n']) {
        Some(end) => (body.get(..end).unwrap_or_default(), end + 2),
        None => (body, rest.len()),
    }
}

fn named(name: &str, span: Range<usize>) -> Reference {
    Reference { kind: Kind::Static, specifier: name.to_owned(), span }
}

/// As which `specifier` may be looked for: beside the file, or as a package; Sass
/// leaves out how a partial begins and what files end in.
fn spellings(specifier: &str) -> Vec<String> {
    if specifier.contains("://") || specifier.starts_with("data:") {
        return Vec::new();
    }
    let bare = specifier.strip_prefix('~').unwrap_or(specifier);
    let (folder, name) = bare.rsplit_once('/').map_or(("", bare), |(folder, name)| (folder, name));
    let beside = if bare.starts_with('.') { "" } else { "./" };
    let slash = if folder.is_empty() { "" } else { "/" };
    let mut spelled = vec![bare.to_owned(), format!("{beside}{bare}")];
    for extension in ["scss", "sass", "less", "css"] {
        spelled.push(format!("{beside}{bare}.{extension}"));
        spelled.push(format!("{beside}{folder}{slash}_{name}.{extension}"));
    }
    spelled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rules_name_files() {
        let text = "@charset 'x';\n@import '../a.css' screen;\n@import url(\"b.css\"); @import url( c.css );\n\
            /* @import 'd'; */ // @import 'e'\n.f { background: url(g.png); content: '@import \"h\"' }\n@use \"i\" as j;\n@media x { @import 'k' }";
        let names: Vec<String> = named_in(text).into_iter().map(|one| one.specifier).collect();
        assert_eq!(names, ["../a.css", "b.css", "c.css", "i", "k"]);
        assert!(spellings("~@m/ee/a").contains(&"@m/ee/a".to_owned()));
        assert!(spellings("https://h/a.css").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "((@import|url\\(|\\)|'|\"|/\\*|\\*/|//|;|a|é| |\n){0,24})|.{0,40}") {
            for one in named_in(&text) {
                prop_assert!(text.get(one.span).is_some());
            }
        }
    }
}
