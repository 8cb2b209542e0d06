//! The recipes of a Makefile: each line, continued ones joined, is a script.
//!
//! `$(NAME)` and `$$` are rewritten as a shell has them; functions of make are
//! what nobody knows.

use super::{Reader, Script};
use crate::shell::Dialect;

/// A line with those that continue it, and the byte where it begins.
struct Line<'s> {
    text: &'s str,
    at: usize,
}

pub(super) fn read(source: &str, reader: &mut Reader<'_>) {
    let lines = lines(source);
    // A recipe is filled in when everything has been read.
    let mut is_recipe = false;
    for line in &lines {
        is_recipe = recipe(line, is_recipe).is_some();
        if !is_recipe && let Some((name, value)) = assignment(line.text) {
            let value = reader.scope.fill(&shell_text(value, 0).text);
            reader.scope.set(name, value);
        }
    }
    let mut is_rule = false;
    let mut is_definition = false;
    for line in &lines {
        if reader.pulse.is_stopped() {
            return;
        }
        let word = line.text.split_whitespace().next().unwrap_or_default();
        match word {
            "define" => is_definition = true,
            "endef" => is_definition = false,
            _ => {}
        }
        let command = match recipe(line, is_rule || is_definition) {
            Some(command) => Some(command),
            None if is_definition && word != "define" => Some((line.text, line.at)),
            None => inline(line),
        };
        functions(line, reader);
        is_rule = command.is_some() || rule(line.text) || (is_rule && line.text.trim().is_empty());
        if let Some((text, at)) = command {
            let marks = text.len() - text.trim_start_matches([' ', '\t', '@', '-', '+']).len();
            let text = text.get(marks..).unwrap_or_default();
            reader.script(&shell_text(text, at + marks));
        }
    }
}

/// So many `$(shell …)` of one line are read.
const FUNCTIONS_MAX: usize = 64;

/// `$(shell …)`, which runs wherever it stands.
fn functions(line: &Line<'_>, reader: &mut Reader<'_>) {
    if line.text.trim_start().starts_with('#') {
        return;
    }
    for (dollar, _) in line.text.match_indices("$(shell ").take(FUNCTIONS_MAX) {
        let rest = line.text.get(dollar + 1..).unwrap_or_default();
        let script = rest.get(..closed(rest).saturating_sub(1)).unwrap_or_default();
        let name = "(shell ".len();
        let at = line.at + dollar + 1 + name;
        reader.script(&shell_text(script.get(name..).unwrap_or_default(), at));
    }
}

fn lines(source: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        at += line.len();
        let ends = line.trim_end_matches(['\n', '\r']);
        let slashes = ends.len() - ends.trim_end_matches('\\').len();
        if slashes % 2 == 0 || at == source.len() {
            let text = source.get(start..at).unwrap_or_default();
            lines.push(Line { text: text.trim_end_matches(['\n', '\r']), at: start });
            start = at;
        }
    }
    lines
}

/// What stands behind the tab, in a rule.
fn recipe<'s>(line: &Line<'s>, is_rule: bool) -> Option<(&'s str, usize)> {
    let command = line.text.strip_prefix('\t')?;
    (is_rule || assignment(command).is_none()).then_some((command, line.at + 1))
}

/// `target: prerequisite`.
fn rule(text: &str) -> bool {
    !text.starts_with(['\t', '#']) && text.contains(':') && assignment(text).is_none()
}

/// `target: ; command`.
fn inline<'s>(line: &Line<'s>) -> Option<(&'s str, usize)> {
    if !rule(line.text) {
        return None;
    }
    let (before, command) = line.text.split_once(';')?;
    Some((command, line.at + before.len() + 1))
}

/// `NAME := value` in any of its spellings.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let text = ["export ", "override ", "private "]
        .iter()
        .fold(text, |text, word| text.strip_prefix(word).unwrap_or(text));
    let (name, value) = text.split_once('=')?;
    let name = name.trim_end_matches([':', '?', '+', '!']).trim();
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    let value = value.split(" #").next().unwrap_or_default();
    is_name.then_some((name, value.trim()))
}

/// `text`, which stands at `at`, as the shell gets it.
fn shell_text(text: &str, at: usize) -> Script<'static> {
    let mut script = Script::new(Dialect::Posix);
    let mut done = 0;
    while let Some(dollar) = text.get(done..).and_then(|rest| rest.find('$')) {
        let dollar = done + dollar;
        script.push(text.get(done..dollar).unwrap_or_default(), at + done);
        let rest = text.get(dollar + 1..).unwrap_or_default();
        done = dollar + 1;
        if rest.starts_with('$') {
            script.push("$", at + dollar + 1);
            done += 1;
            // What the shell fills in is passed on as it is.
            let name = text.get(done..).unwrap_or_default();
            let passed = usize::from(name.starts_with(['$', '(', '{']));
            script.push(name.get(..passed).unwrap_or_default(), at + done);
            done += passed;
        } else if rest.starts_with(['(', '{']) {
            let end = closed(rest);
            let name = rest.get(1..end.saturating_sub(1)).unwrap_or_default();
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            script.push("${", at + dollar);
            script.push(if is_name { name } else { "_" }, at + dollar + 2);
            script.push("}", at + dollar + end);
            done += end;
        } else {
            // `$@`, `$<`, `$X`.
            let next = rest.chars().next().map_or(0, char::len_utf8);
            script.push("${_}", at + dollar);
            done += next;
        }
    }
    script.push(text.get(done..).unwrap_or_default(), at + done);
    script
}

/// Where the bracket that `text` begins with is closed; all of it where it is
/// not.
fn closed(text: &str) -> usize {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' => open += 1,
            b')' | b'}' if open <= 1 => return at + 1,
            b')' | b'}' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use crate::installs::{Form, Known};

    fn found(source: &str) -> Vec<String> {
        let installs = super::super::read(
            source,
            Form::Makefile,
            &Known::default(),
            &kernel::Pulse::default(),
        );
        installs
            .unpinned
            .into_iter()
            .map(|it| format!("{} {}", it.subject, &source[it.span]))
            .collect()
    }

    #[test]
    fn recipes_are_scripts() {
        let source = "V := 1.2.3\nW ?= latest\nx: y ; pip install a\n\t@-go install h.io/b@v$(V) && \\\n\t  go install h.io/c@${W}\n\
            \tfor t in d e; do pip install $$t; done\n\ndefine tools\npip install f\nendef\nz = pip install g\n";
        assert_eq!(found(source), ["a a", "h.io/c@latest h.io/c@${W}", "d $t", "e $t", "f f"]);
    }

    #[test]
    fn what_a_function_runs_is_read() {
        let source = "X := $(shell curl -s https://h/a | sh)\nx: $(shell pip install b)\n\techo $(shell npx -y c)\n# $(shell pip install d)\n";
        assert_eq!(found(source), ["https://h/a curl -s https://h/a | sh", "b b", "c c"]);
    }

    #[test]
    fn functions_are_not_known() {
        assert!(
            found("x:\n\tpip install $(shell cat v) $(call f,a,$(b))\n\t$(PIP) install a\n")
                .is_empty()
        );
        assert_eq!(found("PIP = pip3\nx:\n\t$(PIP) install a\n\t# pip install b\n"), ["a a"]);
    }
}
