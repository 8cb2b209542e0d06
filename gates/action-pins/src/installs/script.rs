//! A text of commands, and where each of its bytes stands in the file.

use std::borrow::Cow;
use std::ops::Range;

use kernel::SourceFile;

use crate::shell::Dialect;
use crate::supply;

/// Commands of a file.
#[derive(Debug)]
pub(crate) struct Script<'s> {
    pub(crate) text: Cow<'s, str>,
    pub(crate) dialect: Dialect,
    /// Bytes of the text from which on it stands at bytes of the file, sorted.
    anchors: Vec<(usize, usize)>,
}

/// What holds the commands of a file, by its name or its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Shell(Dialect),
    Makefile,
    Dockerfile,
}

/// What `file` is; none if commands are not looked for in it.
pub(crate) fn form(file: &SourceFile) -> Option<Form> {
    let name = file.path().file_name().unwrap_or_default().to_ascii_lowercase();
    if supply::form(&name) == Some(supply::Form::Dockerfile) {
        return Some(Form::Dockerfile);
    }
    form_of(&name).or_else(|| is_shell_script(file.bytes()).then_some(Form::Shell(Dialect::Posix)))
}

/// The same by a name in lower case.
pub(super) fn form_of(name: &str) -> Option<Form> {
    if matches!(name, "makefile" | "gnumakefile" | "bsdmakefile") || name.starts_with("makefile.") {
        return Some(Form::Makefile);
    }
    match name.rsplit_once('.')?.1 {
        "sh" | "bash" | "zsh" | "ksh" | "dash" => Some(Form::Shell(Dialect::Posix)),
        "ps1" | "psm1" => Some(Form::Shell(Dialect::PowerShell)),
        "cmd" | "bat" => Some(Form::Shell(Dialect::Cmd)),
        "mk" | "make" | "mak" => Some(Form::Makefile),
        _ => None,
    }
}

/// Whether the first line says that a shell reads the rest.
pub(crate) fn is_shell_script(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(line) = line.strip_prefix(b"#!") else { return false };
    let line = String::from_utf8_lossy(line.get(..200).unwrap_or(line));
    let mut words = line.split_whitespace().filter(|word| !word.starts_with('-'));
    let mut name = words.next().unwrap_or_default();
    if name.ends_with("/env") || name == "env" {
        name = words.find(|word| !word.contains('=')).unwrap_or_default();
    }
    matches!(
        name.rsplit('/').next(),
        Some("ash" | "bash" | "bats" | "dash" | "ksh" | "mksh" | "sh" | "zsh")
    )
}

impl<'s> Script<'s> {
    /// A file that is nothing else.
    pub(crate) fn whole(text: &'s str, dialect: Dialect) -> Script<'s> {
        Script { text: Cow::Borrowed(text), dialect, anchors: vec![(0, 0)] }
    }

    /// An empty one, to be filled.
    pub(crate) fn new(dialect: Dialect) -> Script<'static> {
        Script { text: Cow::Owned(String::new()), dialect, anchors: Vec::new() }
    }

    /// Adds `text`, which stands at byte `at` of the file.
    pub(crate) fn push(&mut self, text: &str, at: usize) {
        self.anchors.push((self.text.len(), at));
        self.text.to_mut().push_str(text);
    }

    /// Where a range of the text is in the file.
    pub(crate) fn place(&self, at: Range<usize>) -> Range<usize> {
        let start = self.at(at.start);
        // An end is after the byte before it.
        let end = self.at(at.end.saturating_sub(1)) + 1;
        start..end.max(start)
    }

    fn at(&self, at: usize) -> usize {
        let after = self.anchors.partition_point(|(own, _)| *own <= at);
        match after.checked_sub(1).and_then(|number| self.anchors.get(number)) {
            Some((own, file)) => file + (at - own),
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_first_lines() {
        assert_eq!(form_of("a.sh"), Some(Form::Shell(Dialect::Posix)));
        assert_eq!(form_of("gnumakefile"), Some(Form::Makefile));
        assert_eq!((form_of("a.md"), form_of("a")), (None, None));
        assert!(
            is_shell_script(b"#!/usr/bin/env -S FOO=1 bash -e\nx")
                && is_shell_script(b"#! /bin/sh")
        );
        assert!(!is_shell_script(b"#!/usr/bin/python3\n") && !is_shell_script(b"x"));
    }

    #[test]
    fn places_follow_the_pieces() {
        let mut script = Script::new(Dialect::Posix);
        script.push("ab", 10);
        script.push("cd", 20);
        assert_eq!(script.text, "abcd");
        assert_eq!(
            (script.place(0..2), script.place(1..3), script.place(2..4)),
            (10..12, 11..21, 20..22)
        );
    }
}
