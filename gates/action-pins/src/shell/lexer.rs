//! One pass over a script, character by character.

use super::{Command, Dialect, Redirect, Word};

/// What goes on after a `)`.
#[derive(Default)]
pub(super) struct Paused {
    pub(super) word: Option<Word>,
    pub(super) command: Command,
    /// Whether it stands between double quotes.
    pub(super) is_quoted: bool,
    pub(super) piped: Option<usize>,
    pub(super) target: Option<bool>,
    pub(super) is_test: bool,
    /// How many commands there were.
    pub(super) count: usize,
}

pub(super) enum Open {
    /// `(`.
    Group,
    /// `$(`, `<(`.
    Substitution(Paused),
    /// A backtick.
    Backtick(Paused),
    /// `NAME=(`.
    Array(Paused),
    /// `case … in`.
    Case,
}

/// A here-document that begins on the next line.
pub(super) struct Document {
    pub(super) name: String,
    /// Where its `<<` stands.
    pub(super) at: usize,
    /// How many commands there were before its own.
    pub(super) count: usize,
}

pub(super) struct Lexer<'s> {
    pub(super) script: &'s str,
    pub(super) dialect: Dialect,
    pub(super) escape: char,
    pub(super) at: usize,
    pub(super) word: Option<Word>,
    pub(super) command: Command,
    pub(super) commands: Vec<Command>,
    pub(super) is_quoted: bool,
    pub(super) open: Vec<Open>,
    pub(super) documents: Vec<Document>,
    /// How many of them had no end.
    pub(super) endless: usize,
    /// The last backtick; one after it opens nothing.
    pub(super) last_backtick: usize,
    /// What the next command reads.
    pub(super) piped: Option<usize>,
    /// Whether the next word is a file that is read (true) or written.
    pub(super) target: Option<bool>,
    /// Between `[[` and `]]`.
    pub(super) is_test: bool,
    /// Where a pattern of a `case` is due.
    pub(super) is_pattern: bool,
    /// How many `${` it is within.
    pub(super) depth: usize,
    /// How many backticks are open.
    pub(super) backticks: usize,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(script: &'s str, dialect: Dialect) -> Lexer<'s> {
        Lexer {
            script,
            dialect,
            escape: match dialect {
                Dialect::Posix => '\\',
                Dialect::PowerShell => '`',
                Dialect::Cmd => '^',
            },
            at: 0,
            word: None,
            command: Command::default(),
            commands: Vec::new(),
            is_quoted: false,
            open: Vec::new(),
            documents: Vec::new(),
            endless: 0,
            last_backtick: script.rfind('`').unwrap_or(0),
            piped: None,
            target: None,
            is_test: false,
            is_pattern: false,
            depth: 0,
            backticks: 0,
        }
    }

    pub(super) fn run(mut self) -> Vec<Command> {
        while let Some(c) = self.rest().chars().next() {
            let start = self.at;
            if self.is_pattern {
                self.pattern();
                continue;
            }
            self.at += c.len_utf8();
            match c {
                c if c == self.escape => self.escape(start),
                '"' => {
                    self.is_quoted = !self.is_quoted;
                    self.push(start, "");
                }
                '$' => self.dollar(start),
                '`' if self.dialect == Dialect::Posix => self.backtick(start),
                c if self.is_quoted => self.push(start, c.encode_utf8(&mut [0; 4])),
                '\'' if self.dialect != Dialect::Cmd => {
                    let inner = self.take_until("'");
                    self.push(start, inner);
                }
                c => self.bare(start, c),
            }
        }
        while !self.open.is_empty() {
            self.close();
        }
        self.end_command();
        self.commands
    }

    /// What stands outside quotes.
    fn bare(&mut self, start: usize, c: char) {
        if self.is_test && self.word.as_ref().is_some_and(|word| word.text == "]]") && c != ']' {
            self.end_word();
        }
        match c {
            '#' if self.word.is_none() && self.dialect != Dialect::Cmd => {
                let rest = self.rest();
                self.at += rest.find('\n').unwrap_or(rest.len());
            }
            '<' if self.dialect == Dialect::PowerShell && self.rest().starts_with('#') => {
                self.take_until("#>");
            }
            '\n' => {
                if matches!(self.open.last(), Some(Open::Array(_))) {
                    return self.end_word();
                }
                self.end_command();
                self.skip_documents();
            }
            c if c.is_whitespace() => self.end_word(),
            c if self.is_test && "()<>|&;".contains(c) => {
                self.push(start, c.encode_utf8(&mut [0; 4]))
            }
            '|' if self.rest().starts_with('|') => {
                self.at += 1;
                self.end_command();
                self.excuse();
            }
            '|' => {
                self.at += usize::from(self.rest().starts_with('&'));
                let before = self.commands.len();
                self.end_command();
                let is_there = before < self.commands.len() || self.command.words.is_empty();
                self.piped = self.commands.len().checked_sub(1).filter(|_| is_there);
            }
            '&' if self.rest().starts_with('>') => {}
            ';' if self.rest().starts_with([';', '&']) && self.is_case() => {
                self.end_command();
                let marks = self.rest().bytes().take_while(|byte| matches!(byte, b';' | b'&'));
                self.at += marks.count();
                self.is_pattern = true;
            }
            ';' | '&' => {
                self.at += usize::from(c == '&' && self.rest().starts_with('&'));
                self.end_command();
                self.piped = None;
            }
            '(' => self.parenthesis(),
            ')' => self.close(),
            '{' | '}' if self.dialect == Dialect::PowerShell && self.word.is_none() => {
                self.end_command();
            }
            '<' | '>' => self.redirect(start, c),
            c => self.push(start, c.encode_utf8(&mut [0; 4])),
        }
    }

    pub(super) fn rest(&self) -> &'s str {
        self.script.get(self.at..).unwrap_or_default()
    }

    pub(super) fn is_case(&self) -> bool {
        matches!(self.open.last(), Some(Open::Case))
    }

    /// The text up to `end`, which is passed over; everything where it never comes.
    pub(super) fn take_until(&mut self, end: &str) -> &'s str {
        let rest = self.rest();
        let (text, passed) = match rest.split_once(end) {
            Some((text, _)) => (text, text.len() + end.len()),
            None => (rest, rest.len()),
        };
        self.at += passed;
        text
    }

    /// Adds to the word what was read from `start` on.
    pub(super) fn push(&mut self, start: usize, text: &str) {
        let count = self.commands.len();
        let word = self.word.get_or_insert_with(|| Word {
            at: start,
            inner: count..count,
            ..Word::default()
        });
        word.text.push_str(text);
        word.end = self.at;
    }

    pub(super) fn escape(&mut self, start: usize) {
        let Some(c) = self.rest().chars().next() else { return };
        if c == '\n' || self.rest().starts_with("\r\n") {
            let rest = self.rest();
            self.at += if rest.starts_with('\n') { 1 } else { 2 };
            return;
        }
        // Between double quotes it stands for itself before most.
        if self.is_quoted && self.dialect == Dialect::Posix && !"$`\"\\".contains(c) {
            return self.push(start, "\\");
        }
        self.at += c.len_utf8();
        self.push(start, c.encode_utf8(&mut [0; 4]));
    }

    pub(super) fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if let Some(is_input) = self.target.take() {
            return self.command.redirects.push(Redirect { is_input, word, document: None });
        }
        match &*word.text {
            // `function name {`
            "{" if self.command.words.len() == 2
                && self.command.words.first().is_some_and(|word| word.text == "function") =>
            {
                self.command = Command::default();
                return;
            }
            "[[" if self.dialect == Dialect::Posix => self.is_test = true,
            "]]" => self.is_test = false,
            "esac" if self.command.words.is_empty() && self.is_case() => {
                self.open.pop();
            }
            _ => {}
        }
        let is_case = word.text == "in" && {
            let mut words = self.command.words.iter().rev();
            words.nth(1).is_some_and(|word| word.text == "case")
        };
        self.command.words.push(word);
        if is_case {
            self.end_command();
            self.open.push(Open::Case);
            self.is_pattern = true;
        }
    }

    /// Passes over `one | two)` of a `case`.
    fn pattern(&mut self) {
        let rest = self.rest().trim_start();
        self.at = self.script.len() - rest.len();
        if let Some(after) = rest.strip_prefix("esac")
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == ')')
        {
            self.is_pattern = false;
            return;
        }
        if rest.starts_with('#') {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return;
        }
        let mut chars = rest.char_indices().skip(usize::from(rest.starts_with('(')));
        let mut quote = None;
        self.is_pattern = false;
        let end = chars.find(|(_, c)| {
            match (*c, quote) {
                (c, Some(open)) if c == open => quote = None,
                ('"' | '\'', None) => quote = Some(*c),
                (')', None) => return true,
                _ => {}
            }
            *c == '\n'
        });
        self.at += end.map_or(rest.len(), |(at, c)| at + c.len_utf8());
    }

    pub(super) fn end_command(&mut self) {
        self.end_word();
        self.target = None;
        self.is_test = false;
        if !self.command.words.is_empty() || !self.command.redirects.is_empty() {
            let command = std::mem::take(&mut self.command);
            self.commands.push(Command { reads: self.piped.take(), ..command });
        }
    }

    /// After a `||`: whether nothing but success can follow.
    fn excuse(&mut self) {
        let rest = self.rest().trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || ";&|)".contains(c));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if let Some(last) = self.commands.last_mut() {
            last.is_excused = matches!(word, "true" | ":");
        }
    }
}
