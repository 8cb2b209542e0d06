//! Redirections, and the here-documents that some of them begin.

use std::ops::Range;

use super::lexer::{Document, Lexer, Open};
use super::{Command, Dialect, Word};

/// After so many here-documents without an end the script is no shell, and
/// looking for each to the last line would take long.
const ENDLESS_MAX: usize = 8;

/// Programs that run what they are fed.
const SHELLS: &[&str] = &["ash", "bash", "dash", "ksh", "pwsh", "sh", "ssh", "su", "zsh"];

/// So many commands of a line are asked whether a here-document is theirs.
const OWN_MAX: usize = 8;

impl Lexer<'_> {
    /// Of what is read and written only here-documents can hold text that is no
    /// command.
    pub(super) fn redirect(&mut self, start: usize, c: char) {
        let rest = self.rest();
        if rest.starts_with('(') && self.dialect == Dialect::Posix {
            self.at += 1;
            self.push(start, if c == '<' { "<()" } else { ">()" });
            return self.pause(Open::Substitution);
        }
        // `2>`: the number of what is redirected.
        let is_number = |word: &Word| word.text.bytes().all(|byte| byte.is_ascii_digit());
        if self.word.as_ref().is_some_and(is_number) {
            self.word = None;
        }
        self.end_word();
        self.target = Some(c == '<');
        if c == '<' && rest.starts_with("<<") {
            self.at += 2;
        } else if c == '<' && rest.starts_with('<') {
            self.at += 1;
            let rest = self.rest();
            let name = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches([' ', '\t']);
            let name: String = name
                .chars()
                .filter(|c| !['\'', '"', '\\'].contains(c))
                .take_while(|c| !c.is_whitespace() && !";&|<>()".contains(*c))
                .collect();
            self.at += usize::from(rest.starts_with('-'));
            if !name.is_empty() && self.endless < ENDLESS_MAX {
                self.documents.push(Document { name, at: start, count: self.commands.len() });
            }
        } else {
            self.at +=
                rest.bytes().take_while(|byte| matches!(byte, b'>' | b'&' | b'|')).count().min(1);
        }
    }

    /// One that never ends is read as commands, and so is what a shell is fed
    /// with.
    pub(super) fn skip_documents(&mut self) {
        let mut body = self.at;
        for document in std::mem::take(&mut self.documents) {
            if self.endless >= ENDLESS_MAX {
                break;
            }
            let own = self.commands.get(document.count..).unwrap_or_default();
            let is_fed = own.iter().take(OWN_MAX).any(is_shell);
            let (start, mut end, mut last) = (body, body, 0);
            let mut lines = self.script.get(body..).unwrap_or_default().split_inclusive('\n');
            let ends = !is_fed
                && lines.any(|line| {
                    end += line.len();
                    last = line.len();
                    line.trim() == document.name
                });
            match (ends, is_fed) {
                (true, _) => {
                    self.own(&document, start..end - last);
                    body = end;
                }
                (false, true) => break,
                (false, false) => self.endless += 1,
            }
        }
        self.at = body;
    }
}

impl Lexer<'_> {
    /// Gives `body` to the command whose `<<` asked for it.
    fn own(&mut self, document: &Document, body: Range<usize>) {
        let own = self.commands.iter_mut().skip(document.count).take(OWN_MAX);
        let redirects = own.flat_map(|command| &mut command.redirects);
        let asked = redirects.filter(|it| it.is_input && it.word.at > document.at);
        if let Some(redirect) = asked.min_by_key(|it| it.word.at) {
            redirect.document = Some(body);
        }
    }
}

/// Whether a shell is among the first words of a command.
fn is_shell(command: &Command) -> bool {
    let name =
        |word: &Word| word.text.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name));
    command.words.iter().take(12).any(name)
}
