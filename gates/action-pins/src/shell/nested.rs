//! What stands within a word or between brackets: `$( )`, `${ }`, backticks,
//! arithmetic, arrays, groups.

use super::lexer::{Lexer, Open, Paused};
use super::{Command, Dialect, is_assignment};

/// How far the end of a `((` is looked for.
const ARITHMETIC_MAX: usize = 400;

/// Commands in the defaults of defaults, deeper than anybody writes them.
const DEPTH_MAX: usize = 3;

impl Lexer<'_> {
    pub(super) fn dollar(&mut self, start: usize) {
        let rest = self.rest();
        if rest.starts_with("{{") {
            let text = self.take_until("}}");
            self.push(start, "$");
            self.push(start, text);
            self.push(start, "}}");
        } else if rest.starts_with('{') {
            let text = rest.get(..braced(rest)).unwrap_or_default();
            self.at += text.len();
            self.push(start, "$");
            self.push(start, text);
            self.default(start + 1, text);
        } else if self.dialect == Dialect::Posix
            && let Some(end) = rest.strip_prefix('(').and_then(arithmetic)
        {
            self.at += end + 1;
            self.push(start, "$(())");
        } else if rest.starts_with('(') {
            self.at += 1;
            self.push(start, "$()");
            self.pause(Open::Substitution);
        } else if rest.starts_with('\'') && !self.is_quoted && self.dialect == Dialect::Posix {
            self.at += 1;
            while let Some(c) = self.rest().chars().next().filter(|c| *c != '\'') {
                self.at += c.len_utf8();
                match c {
                    '\\' => self.escape(start),
                    c => self.push(start, c.encode_utf8(&mut [0; 4])),
                }
            }
            self.at += usize::from(!self.rest().is_empty());
            self.push(start, "");
        } else {
            self.push(start, "$");
        }
    }

    /// The commands in `{NAME:-$(command)}`, which begins at `start`.
    pub(super) fn default(&mut self, start: usize, text: &str) {
        let Some(at) = text.find("$(").filter(|_| self.depth < DEPTH_MAX) else { return };
        let inner = text.get(at..).unwrap_or_default();
        let inner = Lexer { depth: self.depth + 1, ..Lexer::new(inner, self.dialect) }.run();
        let count = self.commands.len();
        for mut command in inner {
            let redirected = command.redirects.iter_mut().map(|redirect| &mut redirect.word);
            for word in command.words.iter_mut().chain(redirected) {
                (word.at, word.end) = (word.at + start + at, word.end + start + at);
                word.inner = word.inner.start + count..word.inner.end + count;
            }
            command.reads = command.reads.map(|number| number + count);
            self.commands.push(command);
        }
        if let Some(word) = &mut self.word {
            word.inner.end = self.commands.len();
        }
    }

    pub(super) fn backtick(&mut self, start: usize) {
        let rest = self.rest();
        // Elsewhere it goes on with the next line, and some who write for one
        // shell write for both.
        if self.word.is_none() && rest.starts_with(['\n', '\r']) {
            self.at += if rest.starts_with("\r\n") { 2 } else { 1 };
        } else if self.backticks > 0 {
            while !matches!(self.open.last(), None | Some(Open::Backtick(_))) {
                self.close();
            }
            self.close();
        } else if self.at <= self.last_backtick {
            self.backticks += 1;
            self.push(start, "$()");
            self.pause(Open::Backtick);
        }
    }

    pub(super) fn pause(&mut self, open: impl Fn(Paused) -> Open) {
        let paused = Paused {
            word: self.word.take(),
            command: std::mem::take(&mut self.command),
            is_quoted: std::mem::take(&mut self.is_quoted),
            piped: self.piped.take(),
            target: self.target.take(),
            is_test: std::mem::take(&mut self.is_test),
            count: self.commands.len(),
        };
        self.open.push(open(paused));
    }

    pub(super) fn parenthesis(&mut self) {
        let is_posix = self.dialect == Dialect::Posix;
        if let Some(end) = arithmetic(self.rest()).filter(|_| is_posix && self.word.is_none()) {
            self.at += end;
            return;
        }
        let is_array = self.word.as_ref().is_some_and(|word| {
            self.command.words.iter().rev().take(4).all(|word| is_declaration(&word.text))
                && word.text.ends_with('=')
                && is_assignment(&word.text)
        });
        if is_array && self.dialect == Dialect::Posix {
            return self.pause(Open::Array);
        }
        let is_function = self.rest().trim_start_matches([' ', '\t']).starts_with(')');
        if is_function && self.dialect == Dialect::Posix {
            // `name() {`: the name is no command.
            (self.word, self.command) = (None, Command::default());
            self.at += self.rest().find(')').map_or(0, |at| at + 1);
            return;
        }
        if self.dialect == Dialect::PowerShell {
            let start = self.at - 1;
            self.push(start, "()");
            return self.pause(Open::Substitution);
        }
        self.end_command();
        self.open.push(Open::Group);
    }

    pub(super) fn close(&mut self) {
        while self.is_case() {
            self.open.pop();
            self.is_pattern = false;
        }
        match self.open.pop() {
            Some(open @ (Open::Substitution(_) | Open::Backtick(_))) => {
                self.backticks -= usize::from(matches!(open, Open::Backtick(_)));
                let (Open::Substitution(paused) | Open::Backtick(paused)) = open else { return };
                self.end_command();
                let count = self.commands.len();
                let first = paused.count;
                self.resume(paused);
                if let Some(word) = &mut self.word {
                    word.inner.start = word.inner.start.min(first);
                    word.inner.end = count;
                    word.end = self.at;
                }
            }
            Some(Open::Array(paused)) => {
                self.end_word();
                let words = std::mem::take(&mut self.command.words);
                self.resume(paused);
                let texts: Vec<String> = words.into_iter().map(|word| word.text).collect();
                let at = self.at;
                self.push(at, &texts.join(" "));
            }
            Some(Open::Group | Open::Case) | None => self.end_command(),
        }
    }

    pub(super) fn resume(&mut self, paused: Paused) {
        (self.word, self.command) = (paused.word, paused.command);
        (self.is_quoted, self.is_test) = (paused.is_quoted, paused.is_test);
        (self.piped, self.target) = (paused.piped, paused.target);
    }
}

fn is_declaration(word: &str) -> bool {
    matches!(word, "declare" | "export" | "local" | "readonly" | "typeset" | "do" | "else" | "then")
        || word.starts_with('-')
        || is_assignment(word)
}

/// Where the `{…}` ends that `text` begins with, those within it left out.
fn braced(text: &str) -> usize {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' if open == 1 => return at + 1,
            b'}' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Where the `…))` ends that `text` begins after a `(`, if it is arithmetic.
fn arithmetic(text: &str) -> Option<usize> {
    if !text.starts_with('(') {
        return None;
    }
    let mut open = 1_usize;
    for (at, byte) in text.bytes().enumerate().take(ARITHMETIC_MAX) {
        match byte {
            b'(' => open += 1,
            b')' if open == 1 => {
                return Some(at + 1).filter(|end| text.as_bytes().get(end - 2) == Some(&b')'));
            }
            b')' => open -= 1,
            b'\n' => return None,
            _ => {}
        }
    }
    None
}
