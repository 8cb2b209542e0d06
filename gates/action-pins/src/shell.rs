//! The commands of a `run:` text, each as its words: quotes, continuations,
//! comments, here-documents and `$( )` are understood, nothing is expanded.
//! What is no shell at all is still cut into words; nothing is refused.
//!
//! Why an own lexer: beside tree-sitter-bash 0.25 on 82 scripts of public
//! repositories (308 kB) both found the same 3,142 commands at the same lines;
//! it found 4 more, in here-documents, this one none more. That parser costs 24
//! CPU s to build (with tree-sitter, its C runtime), reads the 308 kB in 27 to 38
//! ms where this takes 3 to 5, and knows no `${{ }}`, PowerShell or cmd.

mod document;
mod lexer;
mod nested;

use std::ops::Range;

/// One word of a command, without its quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// Byte of the script where it begins.
    pub(crate) at: usize,
    /// Byte after it.
    pub(crate) end: usize,
    /// The commands within it, `$(…)`, `<(…)` and backticks, by their numbers.
    pub(crate) inner: Range<usize>,
}

/// One command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    /// Whether `|| true` or `|| :` follows.
    pub(crate) is_excused: bool,
    /// The number of the command whose output it reads: `that | this`.
    pub(crate) reads: Option<usize>,
    pub(crate) redirects: Vec<Redirect>,
}

/// A file that a command reads or writes instead of its terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    pub(crate) is_input: bool,
    /// A file, or with `<<<` the text itself, or with `<<` the word that ends it.
    pub(crate) word: Word,
    /// The here-document that a `<<` begins, without the line that ends it. None
    /// where it never ends, and where a shell reads it: there it is commands.
    pub(crate) document: Option<Range<usize>>,
}

/// Whose rules a script follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// sh, bash, dash, ksh, zsh.
    #[default]
    Posix,
    /// pwsh, powershell.
    PowerShell,
    /// cmd.exe.
    Cmd,
}

/// Words that stand before a command.
const PREFIXES: &[&str] = &[
    "!", "{", "command", "do", "elif", "else", "env", "exec", "if", "nohup", "sudo", "then",
    "time", "until", "while",
];

/// Every command of `script`, those in `$( )` and backticks too; without the
/// assignments and keywords before it.
pub(crate) fn commands(script: &str) -> Vec<Command> {
    let mut commands = parse(script, Dialect::Posix);
    for command in &mut commands {
        let is_before = |word: &&Word| PREFIXES.contains(&&*word.text) || is_assignment(&word.text);
        let before = command.words.iter().take_while(is_before).count();
        command.words.drain(..before);
    }
    commands.retain(|command| !command.words.is_empty());
    commands
}

/// The same with everything that stands before them, numbered by their ends:
/// what a command holds comes before it.
pub(crate) fn parse(script: &str, dialect: Dialect) -> Vec<Command> {
    lexer::Lexer::new(script, dialect).run()
}

/// `NAME=value`, `NAME+=value`.
pub(crate) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let name = name.strip_suffix('+').unwrap_or(name);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
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
        assert_eq!(read("a 2>&1 >f b &>>g c"), ["a b c"]);
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
        assert_eq!(
            read("(a; b) `c`\nif ! d; then A=1 e; fi"),
            ["a", "b", "c", "$()", "d", "e", "fi"]
        );
    }

    #[test]
    fn who_reads_whom() {
        let script =
            "curl a | sudo sh -s\nbash <(wget b) 2>&1 >> log\neval \"$(curl c)\" <<< d; x || y";
        let commands = parse(script, Dialect::Posix);
        let reads: Vec<_> = commands.iter().map(|command| command.reads).collect();
        assert_eq!(reads, [None, Some(0), None, None, None, None, None, None]);
        assert_eq!((commands[3].words[1].inner.clone(), commands[3].words.len()), (2..3, 2));
        assert_eq!(commands[3].redirects[0].word.text, "1");
        assert_eq!(commands[3].redirects[1].word.text, "log");
        assert_eq!(commands[5].words[1].inner, 4..5);
        let word = &commands[5].words[1];
        assert_eq!(&script[word.at..word.end], "\"$(curl c)\"");
        assert!(commands[5].redirects[0].is_input);
    }

    #[test]
    fn what_looks_like_commands_and_is_none() {
        assert_eq!(
            read("if [[ $a =~ (b|c) && d ]]; then e; fi"),
            ["[[ $a =~ (b|c) && d ]]", "e", "fi"]
        );
        assert_eq!(
            read("case $x in\n # c\n a|'b)' ) c;;\n (*) d $(e)\nesac; f"),
            ["case $x in", "c", "e", "d $()", "esac", "f"]
        );
        assert_eq!(read("a() {\n b; }\nfunction c { d; }"), ["b", "}", "d", "}"]);
        assert_eq!(read("((a<<1)); b $((1<<2)) $(c)"), ["c", "b $(()) $()"]);
        assert_eq!(read("a=(b c 'd e'\n f) g $'h\\'i' j"), ["g h'i j"]);
        assert_eq!(
            read("a ${b:-$(c | d)} ${e#*}}"),
            ["c", "d", "$()}", "a ${b:-$(c | d)} ${e#*}}"]
        );
    }

    #[test]
    fn other_shells() {
        let read = |script: &str, dialect| -> Vec<String> {
            let text = |command: Command| {
                command.words.into_iter().map(|word| word.text).collect::<Vec<_>>()
            };
            parse(script, dialect).into_iter().map(|command| text(command).join(" ")).collect()
        };
        let script = "<# a #> b c:\\d `\n e # f\nif ($x) { iex (iwr g) }";
        assert_eq!(
            read(script, Dialect::PowerShell),
            ["b c:\\d e", "$x", "if ()", "iwr g", "iex ()"]
        );
        assert_eq!(read("a 'b & c:\\d ^\n e", Dialect::Cmd), ["a 'b", "c:\\d e"]);
    }

    #[test]
    fn documents_are_no_commands_unless_a_shell_reads_them() {
        assert_eq!(read("cat <<'E' >f\nx y\nE\na"), ["cat", "a"]);
        assert_eq!(read("cat <<-E\n x\n\tE\na <<< b"), ["cat", "a"]);
        assert_eq!(read("bash <<E\nx\nE\n"), ["bash", "x", "E"]);
        assert_eq!(read("cat <<E\nx"), ["cat", "x"]);
    }

    #[test]
    fn a_document_belongs_to_its_command() {
        let script = "a; cat <<'E' <<F $(b < c) >f | tee g\nx\ny\nE\nz\nF\nbash <<G\nh\nG\n";
        let documents: Vec<_> = parse(script, Dialect::Posix)
            .into_iter()
            .flat_map(|command| {
                let name = command.words.first().map(|word| word.text.clone()).unwrap_or_default();
                command.redirects.into_iter().map(move |it| (name.clone(), it.document))
            })
            .filter_map(|(name, document)| Some((name, script.get(document?)?)))
            .collect();
        assert_eq!(documents, [("cat".to_owned(), "x\ny\n"), ("cat".to_owned(), "z\n")]);
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
            for dialect in [Dialect::Posix, Dialect::PowerShell, Dialect::Cmd] {
                parse(&script, dialect);
            }
        }

        #[test]
        fn numbers_and_places_hold(script in "(a|b=|\\(|\\)|\\$\\(|<\\(|`|\"|'|\\||;|case|in|esac|<<E|E|\n|\\$\\{|:-|\\}|\\[\\[|\\]\\]| |é){0,30}") {
            for dialect in [Dialect::Posix, Dialect::PowerShell, Dialect::Cmd] {
                let commands = parse(&script, dialect);
                for (number, command) in commands.iter().enumerate() {
                    prop_assert!(command.reads.is_none_or(|read| read < number));
                    let redirected = command.redirects.iter().map(|redirect| &redirect.word);
                    let mut documents = command.redirects.iter().filter_map(|it| it.document.clone());
                    prop_assert!(documents.all(|it| script.get(it).is_some()));
                    for word in command.words.iter().chain(redirected) {
                        prop_assert!(script.get(word.at..word.end).is_some(), "{word:?}");
                        prop_assert!(word.inner.end <= number && word.inner.start <= word.inner.end);
                    }
                }
            }
        }
    }
}
