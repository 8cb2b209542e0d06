//! Makefiles: the files that recipes and `include` name. What the goal is that
//! everybody makes (the first one, or `.DEFAULT_GOAL`, and GNU's standard names)
//! the core's build needs; any other target is chosen by whoever calls it, as the
//! jobs of a CI service are.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::words::{paths, trimmed};
use super::{Place, Read, end_of};
use crate::reference::{Kind, Reference, folder, join};

/// Targets by which a product is built, tested and installed as a whole.
const STANDARD: [&str; 6] = ["all", "build", "check", "install", "test", "default"];
/// Bytes of variables that are filled in; nobody writes more.
const FILLED_MAX: usize = 1_000_000;
/// Variables in variables.
const DEPTH_MAX: usize = 8;
/// Rules whose target is a pattern.
const PATTERNS_MAX: usize = 256;

#[derive(Debug, Default)]
struct Makefile<'a> {
    variables: BTreeMap<&'a str, &'a str>,
    rules: Vec<Rule<'a>>,
    included: Vec<(&'a str, Range<usize>)>,
    /// Bytes that were filled in.
    filled: Cell<usize>,
}

#[derive(Debug)]
struct Rule<'a> {
    targets: &'a str,
    prerequisites: &'a str,
    recipe: Vec<(&'a str, Range<usize>)>,
}

pub(super) fn references(place: &Place<'_>, text: &str) -> Result<Read, &'static str> {
    let makefile = Makefile::read(text);
    let mut read = Read::default();
    for (names, span) in &makefile.included {
        makefile.name(place, names, span, |_, _| true, &mut read);
    }
    // A fragment has no goal of its own.
    let is_fragment = place.path.as_str().ends_with(".mk");
    let wanted = if is_fragment { BTreeSet::new() } else { makefile.wanted() };
    for (at, rule) in makefile.rules.iter().enumerate() {
        for (line, span) in &rule.recipe {
            let before = read.references.len();
            makefile.name(place, line, span, is_path, &mut read);
            if read.references.len() > before && !wanted.contains(&at) {
                read.apart.push(span.clone());
            }
        }
    }
    match makefile.filled.get() > FILLED_MAX {
        true => Err("its variables stand for too many others"),
        false => Ok(read),
    }
}

// A word without a folder is a path where a command asks for one.
fn is_path(word: &str, before: &str) -> bool {
    let last = before.split_whitespace().next_back().unwrap_or_default();
    word.contains('/')
        || matches!(last, "cd" | "-C" | "--directory" | "--prefix")
        || before.ends_with("--directory=")
        || before.ends_with("--prefix=")
}

impl<'a> Makefile<'a> {
    fn read(text: &'a str) -> Makefile<'a> {
        let mut makefile = Makefile::default();
        let mut is_definition = false;
        let mut at = 0;
        while let Some((line, span)) = logical_line(text, at) {
            at = span.end + 1;
            if line.starts_with('\t') && !is_definition {
                if let Some(rule) = makefile.rules.last_mut() {
                    rule.recipe.push(trimmed_line(line, span.start));
                }
                continue;
            }
            let code = line.split('#').next().unwrap_or_default();
            let (code, span) = trimmed_line(code, span.start);
            let (first, rest) = code.split_once(char::is_whitespace).unwrap_or((code, ""));
            match first {
                "define" => is_definition = true,
                "endef" => is_definition = false,
                _ if is_definition || code.is_empty() => {}
                "include" => makefile.included.push((rest, span)),
                // What may be missing is needed by nobody.
                "-include" | "sinclude" => {}
                _ => makefile.statement(code, span),
            }
        }
        makefile
    }

    fn statement(&mut self, code: &'a str, span: Range<usize>) {
        let code_start = code.strip_prefix("export ").or(code.strip_prefix("override "));
        let code = code_start.unwrap_or(code);
        let equals = code.find('=').unwrap_or(code.len());
        let is_assignment = equals < code.len() && {
            let before = code.get(..equals).unwrap_or_default().trim_end_matches([':', '?', '+']);
            !before.contains(':')
        };
        if is_assignment {
            let (name, value) = code.split_at_checked(equals).unwrap_or((code, ""));
            let name = name.trim_end_matches([':', '?', '+', '!']).trim();
            self.variables.entry(name).or_insert(value.trim_start_matches('=').trim());
            return;
        }
        let Some((targets, rest)) = code.split_once(':') else { return };
        let (rest, inline) = rest.split_once(';').unwrap_or((rest, ""));
        // `a b: %.o: %.c` and `a:: b`.
        let prerequisites = rest.rsplit(':').next().unwrap_or(rest);
        let recipe = if inline.is_empty() { Vec::new() } else { vec![(inline, span)] };
        self.rules.push(Rule { targets, prerequisites, recipe });
    }

    /// `text` with the variables of this file filled in; what is not known here
    /// keeps its `$`, which no path has.
    fn filled(&self, text: &str, depth: usize) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            filled.push_str(before);
            let close = match after.as_bytes().first() {
                Some(b'(') => after.find(')'),
                Some(b'{') => after.find('}'),
                _ => None,
            };
            let name = close.and_then(|close| after.get(1..close));
            let known = name.and_then(|name| match name {
                "CURDIR" | "PWD" | "shell pwd" => Some("."),
                _ => self.variables.get(name).copied(),
            });
            match (known, close.and_then(|close| after.get(close + 1..))) {
                (Some(value), Some(behind)) if depth > 0 && self.may_fill(value) => {
                    filled.push_str(&self.filled(value, depth - 1));
                    rest = behind;
                }
                _ => {
                    filled.push('$');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    fn may_fill(&self, value: &str) -> bool {
        self.filled.set(self.filled.get().saturating_add(value.len() + 1));
        self.filled.get() <= FILLED_MAX
    }

    fn names(&self, text: &str) -> Vec<String> {
        self.filled(text, DEPTH_MAX).split_whitespace().map(str::to_owned).collect()
    }

    /// The rules that the default goal and the standard ones need.
    fn wanted(&self) -> BTreeSet<usize> {
        let mut exact: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut patterns: Vec<(String, usize)> = Vec::new();
        let mut default = self.variables.get(".DEFAULT_GOAL").map(|goal| (*goal).to_owned());
        for (at, rule) in self.rules.iter().enumerate() {
            for target in self.names(rule.targets) {
                if target.contains('%') {
                    patterns.push((target, at));
                    continue;
                }
                if default.is_none() && !target.starts_with('.') {
                    default = Some(target.clone());
                }
                exact.entry(target).or_default().push(at);
            }
        }
        patterns.truncate(PATTERNS_MAX);
        let standard = STANDARD.iter().map(|name| (*name).to_owned());
        let mut open: Vec<String> = default.into_iter().chain(standard).collect();
        let mut seen: BTreeSet<String> = open.iter().cloned().collect();
        let mut wanted = BTreeSet::new();
        while let Some(goal) = open.pop() {
            let own = exact.get(&goal).into_iter().flatten().copied();
            let matching = patterns.iter().filter(|(pattern, _)| is_made_by(&goal, pattern));
            for at in own.chain(matching.map(|(_, at)| *at)) {
                let Some(rule) = self.rules.get(at).filter(|_| wanted.insert(at)) else { continue };
                let further = self.names(rule.prerequisites).into_iter();
                open.extend(further.filter(|name| seen.insert(name.clone())));
            }
        }
        wanted
    }

    fn name(
        &self,
        place: &Place<'_>,
        line: &str,
        span: &Range<usize>,
        is_meant: impl Fn(&str, &str) -> bool,
        read: &mut Read,
    ) {
        let filled = self.filled(line, DEPTH_MAX);
        let mut seen = BTreeSet::new();
        for (word, inside) in paths(&filled) {
            let before = end_of(filled.get(..inside.start).unwrap_or_default());
            if !is_meant(word, before) {
                continue;
            }
            let to = join(folder(place.path), trimmed(word));
            let to = to.filter(|to| !to.as_str().is_empty() && place.is_there(to));
            let Some(to) = to.filter(|to| seen.insert(to.clone())) else { continue };
            let (specifier, span) = (word.to_owned(), span.clone());
            let reference = Reference { kind: Kind::Run, specifier, span };
            read.references.push((reference, vec![to]));
        }
    }
}

fn is_made_by(goal: &str, pattern: &str) -> bool {
    pattern.split_once('%').is_some_and(|(before, after)| {
        goal.len() > before.len() + after.len() && goal.starts_with(before) && goal.ends_with(after)
    })
}

/// The line at `at` with those that a backslash joins to it.
fn logical_line(text: &str, at: usize) -> Option<(&str, Range<usize>)> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        length += line.len();
        if !line.trim_end_matches(['\n', '\r']).ends_with('\\') {
            break;
        }
    }
    let line = rest.get(..length)?;
    let line = line.strip_suffix('\n').unwrap_or(line);
    Some((line, at..at + line.len()))
}

fn trimmed_line(line: &str, start: usize) -> (&str, Range<usize>) {
    let start = start + (line.len() - line.trim_start().len());
    let line = line.trim();
    (line, start..start + line.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::project::Files;

    fn found(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let files = Files::of(["ee/cmd/main.go", "ee/web/a.ts", "feed/a.go", "sub/ee/b.go"]);
        let read = references(&Place { path: path.into(), files: &files }, text);
        let read = read.unwrap_or_default();
        let (mut core, mut chosen) = (Vec::new(), Vec::new());
        for (reference, to) in read.references {
            let is_apart = read.apart.iter().any(|it| it.contains(&reference.span.start));
            let list = if is_apart { &mut chosen } else { &mut core };
            list.extend(to.into_iter().map(|to| to.to_string()));
        }
        (core, chosen)
    }

    #[test]
    fn what_the_goal_needs_is_the_cores() {
        for text in [
            "all: server\nserver:\n\tgo build ./ee/cmd\n",
            ".DEFAULT_GOAL := help\nhelp:\n\t@echo\nbuild:\n\t$(GO) build \\\n\t  ./ee/cmd/...\n",
            "SRC = $(shell pwd)\nMAIN := $(SRC)/ee/cmd\nx:\n\tgo build -o=bin $(MAIN)\n",
            "go-build-%:\n\tgo build ./ee/cmd/$*/... ./ee/cmd\nall: go-build-amd64\n",
            ".PHONY: a\na: ; go run ee/cmd/main.go\n",
            "include ee/cmd/main.go\n",
            "a:\n\tcd ee/cmd && go build\n",
        ] {
            let (core, chosen) = found("Makefile", text);
            assert_eq!((core.len(), chosen.len()), (1, 0), "{text}: {core:?} {chosen:?}");
        }
        assert_eq!(found("Makefile", "a:\n\t$(MAKE) -C ee\n").0, ["ee"]);
        assert_eq!(found("sub/Makefile", "a:\n\tgo build ./ee\n").0, ["sub/ee"]);
    }

    #[test]
    fn what_somebody_chooses_is_told_apart() {
        let text = "help:\n\t@echo\nbuild-ee:\n\tgo build ./ee/cmd\n";
        assert_eq!(found("Makefile", text), (vec![], vec!["ee/cmd".to_owned()]));
        let text = "all:\n\tgo build ./ee/cmd\n";
        assert_eq!(found("rules.mk", text), (vec![], vec!["ee/cmd".to_owned()]));
    }

    #[test]
    fn what_only_looks_like_it_is_left() {
        for text in [
            "all: # ee/cmd\n\tgo build ./feed/... # ./ee/cmd\n",
            "# all:\n#\tgo build ./ee/cmd\n",
            "-include ee/cmd/main.go\n",
            "X = ee/cmd\nall:\n\techo ee\n",
            "define x\n\tgo build ./ee/cmd\nendef\nall:\n\ttrue\n",
            "all:\n\tgo build ./employee/ ./...\n",
        ] {
            let (core, chosen) = found("Makefile", text);
            let is_feed = core.iter().all(|to| to == "feed");
            assert!(is_feed && chosen.is_empty(), "{text}: {core:?} {chosen:?}");
        }
    }

    #[test]
    fn variables_without_end_are_told() {
        let many = "$(A)".repeat(1_000);
        let text = format!("A = {many}\nall:\n\t{many}\n");
        let files = Files::default();
        assert!(references(&Place { path: "Makefile".into(), files: &files }, &text).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "((a|b|all|%|\\$\\(X\\)|X|=|:|:=|;|\t|\n|\\\\\n|ee/cmd|include | |#|define|endef){0,30})|.{0,30}") {
            found("Makefile", &text);
        }
    }
}
