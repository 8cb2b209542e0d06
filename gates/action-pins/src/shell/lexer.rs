//! One pass over a script, character by character.

use super::{Command, Dialect, Redirect, Word, is_assignment};

/// After so many here-documents without an end the script is no shell, and
/// looking for each to the last line would take long.
const ENDLESS_MAX: usize = 8;

/// How far the end of a `((` is looked for.
const ARITHMETIC_MAX: usize = 400;

/// Commands in the defaults of defaults, deeper than anybody writes them.
const DEPTH_MAX: usize = 3;

/// Programs that run what they are fed.
const SHELLS: &[&str] = &["bash", "dash", "ksh", "pwsh", "sh", "ssh", "zsh"];

/// What goes on after a `)`.
#[derive(Default)]
struct Paused {
    word: Option<Word>,
    command: Command,
    /// Whether it stands between double quotes.
    is_quoted: bool,
    piped: Option<usize>,
    target: Option<bool>,
    is_test: bool,
    /// How many commands there were.
    count: usize,
}

enum Open {
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
struct Document {
    name: String,
    /// How many commands there were before its own.
    count: usize,
}

pub(super) struct Lexer<'s> {
    script: &'s str,
    dialect: Dialect,
    escape: char,
    at: usize,
    word: Option<Word>,
    command: Command,
    commands: Vec<Command>,
    is_quoted: bool,
    open: Vec<Open>,
    documents: Vec<Document>,
    /// How many of them had no end.
    endless: usize,
    /// The last backtick; one after it opens nothing.
    last_backtick: usize,
    /// What the next command reads.
    piped: Option<usize>,
    /// Whether the next word is a file that is read (true) or written.
    target: Option<bool>,
    /// Between `[[` and `]]`.
    is_test: bool,
    /// Where a pattern of a `case` is due.
    is_pattern: bool,
    /// How many `${` it is within.
    depth: usize,
    /// How many backticks are open.
    backticks: usize,
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

    fn rest(&self) -> &'s str {
        self.script.get(self.at..).unwrap_or_default()
    }

    fn is_case(&self) -> bool {
        matches!(self.open.last(), Some(Open::Case))
    }

    /// The text up to `end`, which is passed over; everything where it never comes.
    fn take_until(&mut self, end: &str) -> &'s str {
        let rest = self.rest();
        let (text, passed) = match rest.split_once(end) {
            Some((text, _)) => (text, text.len() + end.len()),
            None => (rest, rest.len()),
        };
        self.at += passed;
        text
    }

    /// Adds to the word what was read from `start` on.
    fn push(&mut self, start: usize, text: &str) {
        let count = self.commands.len();
        let word = self.word.get_or_insert_with(|| Word {
            at: start,
            inner: count..count,
            ..Word::default()
        });
        word.text.push_str(text);
        word.end = self.at;
    }

    fn escape(&mut self, start: usize) {
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

    fn dollar(&mut self, start: usize) {
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
        } else if let Some(end) = rest.strip_prefix('(').and_then(arithmetic) {
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
    fn default(&mut self, start: usize, text: &str) {
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

    fn backtick(&mut self, start: usize) {
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

    fn pause(&mut self, open: impl Fn(Paused) -> Open) {
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

    fn parenthesis(&mut self) {
        if let Some(end) = arithmetic(self.rest()).filter(|_| self.word.is_none()) {
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

    fn close(&mut self) {
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

    fn resume(&mut self, paused: Paused) {
        (self.word, self.command) = (paused.word, paused.command);
        (self.is_quoted, self.is_test) = (paused.is_quoted, paused.is_test);
        (self.piped, self.target) = (paused.piped, paused.target);
    }

    /// Of what is read and written only here-documents can hold text that is no
    /// command.
    fn redirect(&mut self, start: usize, c: char) {
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
                self.documents.push(Document { name, count: self.commands.len() });
            }
        } else {
            self.at +=
                rest.bytes().take_while(|byte| matches!(byte, b'>' | b'&' | b'|')).count().min(1);
        }
    }

    /// One that never ends is read as commands, and so is what a shell is fed
    /// with.
    fn skip_documents(&mut self) {
        let mut body = self.at;
        for document in std::mem::take(&mut self.documents) {
            if self.endless >= ENDLESS_MAX {
                break;
            }
            let own = self.commands.get(document.count..).unwrap_or_default();
            let is_fed = own.iter().take(8).any(is_shell);
            let mut end = body;
            let mut lines = self.script.get(body..).unwrap_or_default().split_inclusive('\n');
            let ends = !is_fed
                && lines.any(|line| {
                    end += line.len();
                    line.trim() == document.name
                });
            match (ends, is_fed) {
                (true, _) => body = end,
                (false, true) => break,
                (false, false) => self.endless += 1,
            }
        }
        self.at = body;
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if let Some(is_input) = self.target.take() {
            return self.command.redirects.push(Redirect { is_input, word });
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

    fn end_command(&mut self) {
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

fn is_declaration(word: &str) -> bool {
    matches!(word, "declare" | "export" | "local" | "readonly" | "typeset" | "do" | "else" | "then")
        || word.starts_with('-')
        || is_assignment(word)
}

/// Whether a shell is among the first words of a command.
fn is_shell(command: &Command) -> bool {
    let name =
        |word: &Word| word.text.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name));
    command.words.iter().take(12).any(name)
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
