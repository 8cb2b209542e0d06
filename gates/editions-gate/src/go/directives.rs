//! Comments that the toolchain reads: files that are embedded, programs that are
//! run to generate, functions that are taken from another package by name.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use go_syntax::{Kind as Is, Lexer};
use memchr::memmem;

use super::Modules;
use crate::project::Files;
use crate::reference::{Kind, Reference, folder, join};
use crate::roads::Read;

const DIRECTIVES: [&str; 3] = ["//go:embed", "//go:generate", "//go:linkname"];

/// What the directives of a file name.
pub(crate) fn directives(path: &Utf8Path, text: &str, go: &Modules, files: &Files) -> Read {
    let mut read = Read::default();
    let is_there = |name: &&str| memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    if !DIRECTIVES.iter().any(is_there) {
        return read;
    }
    let own = folder(path);
    let is_file = |to: &Utf8PathBuf| files.has(to) || files.has_folder(to);
    for token in Lexer::new(text).filter(|token| token.kind == Is::Comment) {
        let line = token.text(text);
        let Some(directive) = DIRECTIVES.iter().find(|name| line.starts_with(**name)) else {
            continue;
        };
        let is_run = directive.ends_with("generate");
        for (word, span) in words(line, token.start).skip(1) {
            let to = match *directive {
                // `pkg/path.name`.
                "//go:linkname" => word.rsplit_once('.').and_then(|(name, _)| go.folder_of(name)),
                _ => {
                    let word = word.strip_prefix("all:").unwrap_or(word);
                    let star = word.find(['*', '?', '[']).unwrap_or(word.len());
                    let fixed = word.get(..star).unwrap_or(word).trim_end_matches("...");
                    let beside = join(own, fixed).filter(|to| *to != own && is_file(to));
                    beside.or_else(|| go.folder_of(word).filter(|_| is_run))
                }
            };
            let Some(to) = to else { continue };
            // Nobody generates who does not ask for it.
            if is_run {
                read.apart.push(span.clone());
            }
            let kind = if is_run { Kind::Run } else { Kind::Static };
            let reference = Reference { kind, specifier: word.to_owned(), span };
            read.references.push((reference, vec![to]));
        }
    }
    read
}

fn words(line: &str, start: usize) -> impl Iterator<Item = (&str, Range<usize>)> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '`' | '=');
    let mut at = start;
    let words = line.split_inclusive(is_end).map(move |part| {
        let word = part.trim_end_matches(is_end);
        let span = at..at + word.len();
        at += part.len();
        (word, span)
    });
    words.filter(|(word, _)| !word.is_empty())
}
