//! The commands of a `run:` text, each as its words: quotes, continuations,
//! comments, here-documents and `$( )` are understood, nothing is expanded.
//! What is no shell at all is still cut into words; nothing is refused.

/// One word of a command, without its quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// Byte of the script where it begins.
    pub(crate) at: usize,
}

/// One command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    /// Whether `|| true` or `|| :` follows.
    pub(crate) is_excused: bool,
}

/// Words that stand before a command.
const PREFIXES: &[&str] = &[
    "!", "{", "command", "do", "elif", "else", "env", "exec", "if", "nohup", "sudo", "then",
    "time", "until", "while",
];

/// Every command of `script`, those in `$( )` and backticks too; without the
/// assignments and keywords before it.
pub(crate) fn commands(script: &str) -> Vec<Command> {
    let mut lexer = Lexer { script, ..Lexer::default() };
    lexer.run();
    let mut commands = lexer.commands;
    for command in &mut commands {
        let is_before = |word: &&Word| PREFIXES.contains(&&*word.text) || is_assignment(&word.text);
        let before = command.words.iter().take_while(is_before).count();
        command.words.drain(..before);
    }
    commands.retain(|command| !command.words.is_empty());
    commands
}

/// After so many here-documents without an end the script is no shell, and
/// looking for each to the last line would take long.
const ENDLESS_MAX: usize = 8;

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// What a `)` closes, and what goes on after it.
struct Paused {
    word: Option<Word>,
    command: Vec<Word>,
    /// Whether it stands between double quotes.
    is_quoted: bool,
}

#[derive(Default)]
struct Lexer<'s> {
    script: &'s str,
    at: usize,
    word: Option<Word>,
    command: Vec<Word>,
    commands: Vec<Command>,
    is_quoted: bool,
    /// `$(`: what was paused; `(`: none.
    open: Vec<Option<Paused>>,
    /// Ends of the here-documents that begin on the next line.
    documents: Vec<String>,
    /// How many of them had no end.
    endless: usize,
}

impl<'s> Lexer<'s> {
    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            let start = self.at;
            self.at += c.len_utf8();
            match (c, self.is_quoted) {
                ('\\', _) => self.escape(start),
                ('"', quoted) => {
                    self.is_quoted = !quoted;
                    self.push(start, "");
                }
                ('$', _) => self.dollar(start),
                // PowerShell goes on after a backtick as sh does after `\`.
                ('`', _) if self.word.is_none() && self.rest().starts_with(['\n', '\r']) => {
                    self.skip_line_end();
                }
                ('`', false) => self.end_command(),
                (c, true) => self.push(start, c.encode_utf8(&mut [0; 4])),
                ('\'', false) => {
                    let inner = self.take_until("'");
                    self.push(start, inner);
                }
                ('#', false) if self.word.is_none() => {
                    let line = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.at += line;
                }
                ('\n', false) => {
                    self.end_command();
                    self.skip_documents();
                }
                ('|', false) if self.rest().starts_with('|') => {
                    self.at += 1;
                    self.end_command();
                    self.excuse();
                }
                (';' | '&' | '|', false) => self.end_command(),
                ('(', false) => {
                    self.end_command();
                    self.open.push(None);
                }
                (')', false) => self.close(),
                ('<' | '>', false) => self.redirect(c),
                (c, false) if c.is_whitespace() => self.end_word(),
                (c, false) => self.push(start, c.encode_utf8(&mut [0; 4])),
            }
        }
        while !self.open.is_empty() {
            self.close();
        }
        self.end_command();
    }

    fn rest(&self) -> &'s str {
        self.script.get(self.at..).unwrap_or_default()
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

    fn push(&mut self, start: usize, text: &str) {
        self.word.get_or_insert_with(|| Word { at: start, ..Word::default() }).text.push_str(text);
    }

    fn escape(&mut self, start: usize) {
        let Some(c) = self.rest().chars().next() else { return };
        if c == '\n' || self.rest().starts_with("\r\n") {
            return self.skip_line_end();
        }
        self.at += c.len_utf8();
        self.push(start, c.encode_utf8(&mut [0; 4]));
    }

    fn skip_line_end(&mut self) {
        let rest = self.rest();
        let line_end = ["\r\n", "\n", "\r"].into_iter().find(|end| rest.starts_with(end));
        self.at += line_end.map_or(0, str::len);
    }

    fn dollar(&mut self, start: usize) {
        if self.rest().starts_with("{{") {
            let text = self.take_until("}}");
            self.push(start, "$");
            self.push(start, text);
            self.push(start, "}}");
        } else if self.rest().starts_with('{') {
            let text = self.take_until("}");
            self.push(start, "$");
            self.push(start, text);
            self.push(start, "}");
        } else if self.rest().starts_with('(') {
            self.at += 1;
            self.push(start, "$()");
            self.open.push(Some(Paused {
                word: self.word.take(),
                command: std::mem::take(&mut self.command),
                is_quoted: std::mem::take(&mut self.is_quoted),
            }));
        } else {
            self.push(start, "$");
        }
    }

    fn close(&mut self) {
        self.end_command();
        if let Some(Some(paused)) = self.open.pop() {
            (self.word, self.command) = (paused.word, paused.command);
            self.is_quoted = paused.is_quoted;
        }
    }

    /// A file's name becomes one more word; only here-documents hold text that
    /// is no command.
    fn redirect(&mut self, c: char) {
        self.end_word();
        let rest = self.rest();
        if c == '<' && rest.starts_with('<') && !rest.starts_with("<<") {
            self.at += 1;
            let rest = self.rest();
            let name = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches([' ', '\t']);
            let name: String = name
                .chars()
                .filter(|c| !['\'', '"', '\\'].contains(c))
                .take_while(|c| !c.is_whitespace() && !";&|<>()".contains(*c))
                .collect();
            // What a shell is fed with are commands.
            let is_fed =
                self.command.iter().take(PREFIXES.len()).any(|word| {
                    matches!(&*word.text, "bash" | "sh" | "zsh" | "ssh" | "pwsh" | "dash")
                });
            if !name.is_empty() && !is_fed && self.endless < ENDLESS_MAX {
                self.documents.push(name);
            }
        } else if rest.starts_with('&') {
            self.at += 1;
        }
    }

    /// One that never ends is read as commands.
    fn skip_documents(&mut self) {
        for name in std::mem::take(&mut self.documents) {
            let mut passed = 0;
            let mut lines = self.rest().split_inclusive('\n');
            let ends = lines.any(|line| {
                passed += line.len();
                line.trim() == name
            });
            match ends {
                true => self.at += passed,
                false => self.endless += 1,
            }
        }
    }

    fn end_word(&mut self) {
        self.command.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.command.is_empty() {
            let words = std::mem::take(&mut self.command);
            self.commands.push(Command { words, is_excused: false });
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(script: &str) -> Vec<String> {
        let line = |command: Command| {
            command.words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
        };
        commands(script).into_iter().map(line).collect()
    }

    #[test]
    fn lines_lists_and_continuations() {
        assert_eq!(read("a b\nc;d && e||f | g & h"), ["a b", "c", "d", "e", "f", "g", "h"]);
        assert_eq!(read("a \\\n  b \\\r\n c"), ["a b c"]);
        assert_eq!(read("a `\n b `\r\n c"), ["a b c"]);
        assert_eq!(read("a # b\n# c\nd#e"), ["a", "d#e"]);
        assert_eq!(read("a 2>&1 >f b"), ["a 2 1 f b"]);
    }

    #[test]
    fn a_command_can_be_excused() {
        let excused = |script: &str| commands(script).remove(0).is_excused;
        assert!(excused("a b || true") && excused("a ||\n  :") && excused("a||true;b"));
        assert!(!excused("a || exit 1") && !excused("a; true") && !excused("a || truely"));
    }

    #[test]
    fn quotes_and_expressions_are_one_word() {
        let words = commands("a 'b c'\"d \\\" e\" ${{ x || 'y' }}z ${v:-w u}").remove(0).words;
        let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["a", "b cd \" e", "${{ x || 'y' }}z", "${v:-w u}"]);
        assert_eq!(words[1].at, 2);
        assert_eq!(read("a '' 'open"), ["a  open"]);
    }

    #[test]
    fn what_is_run_inside_is_a_command() {
        assert_eq!(read("a=$(b \"$(c d)\") e"), ["c d", "b $()", "e"]);
        assert_eq!(read("x \"y $(b)\" z"), ["b", "x y $() z"]);
        assert_eq!(read("(a; b) `c`\nif ! d; then A=1 e; fi"), ["a", "b", "c", "d", "e", "fi"]);
    }

    #[test]
    fn documents_are_no_commands_unless_a_shell_reads_them() {
        assert_eq!(read("cat <<'E' >f\nx y\nE\na"), ["cat E f", "a"]);
        assert_eq!(read("cat <<-E\n x\n\tE\na <<< b"), ["cat -E", "a b"]);
        assert_eq!(read("bash <<E\nx\nE\n"), ["bash E", "x", "E"]);
        assert_eq!(read("cat <<E\nx"), ["cat E", "x"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_read(script in "[-a-c $(){}`'\"\\\\<>#;&|=\r\né]{0,60}") {
            for word in commands(&script).into_iter().flat_map(|command| command.words) {
                prop_assert!(script.get(word.at..).is_some());
            }
        }

        #[test]
        fn any_characters_are_read(script in any::<String>()) {
            commands(&script);
        }
    }
}
