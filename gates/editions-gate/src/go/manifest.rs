//! go.mod and go.work as lines of words.
//!
//! Source: <https://go.dev/ref/mod#go-mod-file> and <https://go.dev/ref/mod#workspaces>.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

use crate::reference::{Kind, Reference, folder, join};

/// One directive: its verb, and its words with their bytes, quotes taken off.
pub(super) struct Directive<'a> {
    pub(super) verb: &'a str,
    pub(super) words: Vec<(&'a str, Range<usize>)>,
}

/// The directives of `text`, those of a block one by one.
pub(super) fn directives(text: &str) -> Vec<Directive<'_>> {
    let mut found = Vec::new();
    let mut block = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut words = words(line, start);
        start += line.len();
        match (block, words.as_slice()) {
            (_, []) => {}
            (_, [(")", _)]) => block = None,
            (None, [(verb, _), ("(", _)]) => block = Some(*verb),
            (Some(verb), _) => found.push(Directive { verb, words }),
            (None, [(verb, _), ..]) => {
                let verb = *verb;
                words.remove(0);
                found.push(Directive { verb, words });
            }
        }
    }
    found
}

fn words(line: &str, start: usize) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in line.split_ascii_whitespace() {
        let Some(offset) = line.get(at..).and_then(|rest| rest.find(word)) else { break };
        let from = at + offset;
        at = from + word.len();
        // A comment begins within a word too.
        let comment = word.find("//");
        let word = comment.and_then(|end| word.get(..end)).unwrap_or(word);
        if !word.is_empty() {
            found.push((word.trim_matches(['"', '`']), start + from..start + from + word.len()));
        }
        if comment.is_some() {
            break;
        }
    }
    found
}

/// The folder by which a `replace` replaces its module: another module and a
/// version lead nowhere in the repository.
pub(super) fn replaced<'a>(
    directive: &Directive<'a>,
    home: &Utf8Path,
) -> Option<(&'a str, Utf8PathBuf, Range<usize>)> {
    let arrow = directive.words.iter().position(|(word, _)| *word == "=>")?;
    let (target, span) = directive.words.get(arrow + 1)?;
    let (module, _) = directive.words.first()?;
    let is_folder = target.starts_with("./") || target.starts_with("../");
    let path = is_folder.then(|| join(home, target)).flatten()?;
    (directive.verb == "replace").then(|| (*module, path, span.clone()))
}

/// The folders without which go does not begin: `use` of a workspace, and what
/// stands for a module that is required.
pub(crate) fn references(path: &Utf8Path, text: &str) -> Vec<(Reference, Utf8PathBuf)> {
    let home = folder(path);
    let directives = directives(text);
    let is_workspace = path.file_name() == Some("go.work");
    let required: Vec<&str> = directives
        .iter()
        .filter(|directive| directive.verb == "require")
        .filter_map(|directive| directive.words.first().map(|(module, _)| *module))
        .collect();
    let named = |specifier: &str, span| {
        let specifier = specifier.to_owned();
        Reference { kind: Kind::Static, specifier, span }
    };
    let mut found = Vec::new();
    for directive in &directives {
        if let ("use", true, [(folder, span)]) =
            (directive.verb, is_workspace, directive.words.as_slice())
        {
            let target = join(home, folder);
            found.extend(target.map(|target| (named(folder, span.clone()), target)));
        }
        // A workspace replaces what its modules require: they do not say so here.
        let replaced = replaced(directive, home)
            .filter(|(module, ..)| is_workspace || required.contains(module));
        found.extend(replaced.map(|(module, target, span)| (named(module, span), target)));
    }
    found
}

/// The programs that `go tool` builds, by their import paths.
pub(crate) fn tools(text: &str) -> Vec<Reference> {
    let tools = directives(text).into_iter().filter(|directive| directive.verb == "tool");
    let named = tools.filter_map(|directive| directive.words.into_iter().next());
    let tool = |(path, span): (&str, Range<usize>)| {
        let specifier = path.to_owned();
        Reference { kind: Kind::Static, specifier, span }
    };
    named.map(tool).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let found = references(path.into(), text).into_iter();
        found.map(|(one, target)| format!("{} {target}", &text[one.span])).collect()
    }

    #[test]
    fn a_workspace_uses_folders() {
        let text = "go 1.26\r\nuse ./ee// paid\nuse (\n\t.\n\t\"./sdk\"\n\t// ./old\n)\n\
                    replace m.org/x v1 => ./ee/x\n";
        assert_eq!(
            found("go.work", text),
            ["./ee ee", ". ", "\"./sdk\" sdk", "./ee/x ee/x"],
            "with their places"
        );
        assert!(found("go.mod", "use ./ee\n").is_empty(), "no directive of go.mod");
    }

    #[test]
    fn a_folder_stands_for_what_is_required() {
        let text = "module m\nrequire (\n\tm/ee v0.0.0\n\tm/c v1\n)\nreplace (\n\tm/ee => ../ee\n\
                    \tm/unused => ../ee/unused\n\tm/c => example.org/c v1\n)\n";
        assert_eq!(found("core/go.mod", text), ["../ee ee"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "((use|replace|require|=>|\\(|\\)|//|\\./a|\"|`|m| |\n){0,24})|.{0,40}") {
            for path in ["go.mod", "a/go.work"] {
                for (reference, _) in references(path.into(), &text) {
                    prop_assert!(text.get(reference.span).is_some());
                }
            }
        }
    }
}
