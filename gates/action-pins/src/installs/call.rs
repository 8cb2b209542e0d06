//! The program that a command runs: keywords, assignments and launchers taken
//! off, variables filled in.

use super::scope::Scope;
use crate::shell::{Command, Dialect, Word, is_assignment};

/// One program with its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    /// Its name without folders and `.exe`, in lower case.
    pub(crate) program: String,
    /// The same as written.
    pub(crate) path: String,
    pub(crate) arguments: Vec<Argument>,
    /// Its word.
    pub(crate) word: usize,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Argument {
    /// What is known of it; the rest is a `$`.
    pub(crate) text: String,
    /// The number of its word.
    pub(crate) word: usize,
}

/// A text that is a script of its own: `bash -c '…'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nested {
    /// The number of the word that holds it; with `joined` all from there on.
    pub(crate) word: usize,
    pub(crate) joined: bool,
    pub(crate) dialect: Dialect,
}

/// Words that open a compound command.
const KEYWORDS: &[&str] =
    &["!", "&", "{", "}", "@", "do", "elif", "else", "if", "then", "until", "while"];

/// A launcher: its name and those of its options that take a value. What comes
/// after them is the program.
const LAUNCHERS: &[(&str, &[&str])] = &[
    ("builtin", &[]),
    ("command", &[]),
    ("doas", &["-u", "-C"]),
    // What follows `-S` is cut into words: the program comes first.
    ("env", &["-u", "-C", "--unset", "--chdir"]),
    ("exec", &["-a"]),
    ("fakeroot", &[]),
    ("ionice", &["-c", "-n", "-p"]),
    ("nice", &["-n"]),
    ("nohup", &[]),
    ("parallel", &["-j", "--jobs", "-a", "--arg-file"]),
    ("setsid", &[]),
    ("start", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "--user", "--group", "--chdir"]),
    ("time", &["-f", "-o"]),
    ("unbuffer", &[]),
    ("watch", &["-n", "--interval"]),
    (
        "xargs",
        &[
            "-a",
            "-d",
            "-E",
            "-I",
            "-L",
            "-n",
            "-P",
            "-s",
            "--max-args",
            "--max-procs",
            "--delimiter",
        ],
    ),
];

/// What Corepack does itself.
const COREPACK: &[&str] =
    &["cache", "disable", "enable", "hydrate", "install", "pack", "prepare", "up", "use"];

/// A launcher with words of its own before the program, by how many: `timeout 5m
/// x`, `uv run x`.
const LAUNCHERS_WITH: &[(&str, &str, &[&str])] = &[
    ("bundle", "exec", &[]),
    ("chroot", "*", &[]),
    ("conda", "run", &["-n", "--name", "-p"]),
    ("corepack", "", &[]),
    ("flock", "*", &["-w", "-E", "--timeout", "--wait", "--conflict-exit-code"]),
    ("gosu", "*", &[]),
    ("mise", "exec", &[]),
    ("pdm", "run", &[]),
    ("pipenv", "run", &[]),
    ("poetry", "run", &[]),
    ("retry", "", &["-t", "-n", "-d"]),
    ("timeout", "*", &["-k", "-s", "--kill-after", "--signal"]),
    ("uv", "run", &["--with", "--python", "-p", "--project", "--directory", "--group", "--extra"]),
];

/// Shells, by the option that a script follows.
const SHELLS: &[&str] = &["ash", "bash", "dash", "ksh", "sh", "su", "runuser", "zsh"];

/// Whether `program` runs the commands of a script.
pub(crate) fn is_shell(program: &str) -> bool {
    SHELLS.contains(&program)
}

/// The launcher of `command` that brings packages of its own: `uv run --with x`.
pub(crate) fn valued_launcher(command: &Command, scope: &Scope) -> Option<Call> {
    let at = before(&command.words, 0);
    let is_launcher = |word: &Word| matches!(&*name(&word.text), "uv" | "pipx" | "sudo" | "env");
    if !command.words.get(at).is_some_and(is_launcher) {
        return None;
    }
    let words = command.words.iter().enumerate().skip(at).take(WORDS_MAX);
    let mut words = words.skip_while(|(_, word)| name(&word.text) != "uv");
    let (word, own) = words.next()?;
    let rest: Vec<(usize, &Word)> = words.collect();
    rest.first().filter(|(_, word)| word.text == "run")?;
    let arguments =
        rest.into_iter().map(|(word, it)| Argument { text: scope.fill(&it.text), word });
    Some(Call {
        program: "uv".to_owned(),
        path: own.text.clone(),
        arguments: arguments.collect(),
        word,
    })
}

impl Call {
    /// The program that it launches, one of the words of `command` from its own on.
    pub(crate) fn launched(self, command: &Command, scope: &Scope) -> Option<Call> {
        let is_launcher = LAUNCHERS.iter().any(|(name, _)| *name == self.program)
            || LAUNCHERS_WITH.iter().any(|(name, ..)| *name == self.program);
        if !is_launcher {
            return Some(self);
        }
        let words = command.words.get(self.word..)?.to_vec();
        let mut call = call(&Command { words, ..Command::default() }, scope)?;
        call.word += self.word;
        call.arguments.iter_mut().for_each(|it| it.word += self.word);
        Some(call)
    }
}

/// The program of `command` and its arguments.
pub(crate) fn call(command: &Command, scope: &Scope) -> Option<Call> {
    let words = &command.words;
    let mut at = before(words, 0);
    // Launchers of launchers; each takes a word at least.
    loop {
        let next = launched(words, at)?;
        if next == at {
            break;
        }
        at = before(words, next);
    }
    let mut texts = Vec::new();
    // `find -exec x {} \;`, `parallel x ::: list`: what follows is not its own.
    let is_own = |word: &Word| !matches!(&*word.text, ";" | ":::");
    let own = words.iter().enumerate().skip(at).take_while(|(_, word)| is_own(word));
    for (word, it) in own {
        let expanded = match texts.len() < WORDS_MAX {
            true => scope.words(&it.text),
            false => vec![it.text.clone()],
        };
        texts.extend(expanded.into_iter().map(|text| Argument { text, word }));
    }
    let mut texts = texts.into_iter();
    let path = texts.next()?;
    let program = name(&path.text);
    Some(Call { program, path: path.text, arguments: texts.collect(), word: path.word })
}

/// After so many words of a command no variable is filled in.
const WORDS_MAX: usize = 512;

/// `/usr/bin/Pip3.exe` → `pip3`.
pub(crate) fn name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    name.strip_suffix(".exe").or(name.strip_suffix(".cmd")).unwrap_or(&name).to_owned()
}

/// Past keywords and assignments.
fn before(words: &[Word], at: usize) -> usize {
    let is_before = |word: &&Word| KEYWORDS.contains(&&*word.text) || is_assignment(&word.text);
    // PowerShell: `$x = command`.
    let rest = words.get(at..).unwrap_or_default();
    if let [name, equals, ..] = rest
        && name.text.starts_with('$')
        && equals.text == "="
    {
        return at + 2;
    }
    at + rest.iter().take_while(is_before).count()
}

/// Past the launcher that stands at `at`, if there is one.
fn launched(words: &[Word], at: usize) -> Option<usize> {
    let program = name(&words.get(at)?.text);
    if let Some((_, valued)) = LAUNCHERS.iter().find(|(name, _)| *name == program) {
        return Some(past_options(words, at + 1, valued));
    }
    if program == "find" {
        let run = |word: &Word| matches!(&*word.text, "-exec" | "-execdir" | "-ok" | "-okdir");
        let run = words.iter().skip(at).position(run).map(|run| at + run + 1);
        return Some(run.filter(|run| *run < words.len()).unwrap_or(at));
    }
    for (_, verb, valued) in LAUNCHERS_WITH.iter().filter(|(name, ..)| *name == program) {
        let next = past_options(words, at + 1, valued);
        let is_own = |word: &Word| program == "corepack" && COREPACK.contains(&&*word.text);
        let matches = match *verb {
            "" if words.get(next).is_some_and(is_own) => return Some(at),
            "" => return Some(next).filter(|next| *next < words.len()).or(Some(at)),
            "*" => words.get(next).is_some(),
            verb => words.get(next).is_some_and(|word| word.text == verb),
        };
        let after = past_options(words, next + 1, valued);
        if matches && after < words.len() {
            return Some(after);
        }
    }
    Some(at)
}

fn past_options(words: &[Word], mut at: usize, valued: &[&str]) -> usize {
    while let Some(word) = words.get(at) {
        if word.text == "--" {
            return at + 1;
        }
        if !word.text.starts_with('-') && !is_assignment(&word.text) {
            break;
        }
        at += 1 + usize::from(valued.contains(&&*word.text));
    }
    at
}

/// The script that `call` runs from one of its own words.
pub(crate) fn nested(call: &Call) -> Option<Nested> {
    let arguments = &call.arguments;
    let posix = |argument: &Argument| Nested {
        word: argument.word,
        joined: false,
        dialect: Dialect::Posix,
    };
    let after = |flag: &dyn Fn(&str) -> bool| {
        let at = arguments.iter().position(|argument| flag(&argument.text))?;
        arguments.get(at + 1)
    };
    let is_command_flag = |text: &str| {
        text == "--command"
            || text.strip_prefix('-').is_some_and(|rest| {
                rest.ends_with('c')
                    && rest.len() <= 5
                    && rest.bytes().all(|byte| byte.is_ascii_alphabetic())
            })
    };
    match &*call.program {
        "eval" => {
            arguments.first().map(|first| Nested { joined: arguments.len() > 1, ..posix(first) })
        }
        "trap" => arguments.first().map(posix),
        shell if SHELLS.contains(&shell) => after(&is_command_flag).map(posix),
        "pwsh" | "powershell" => {
            let is_flag = |text: &str| matches!(&*text.to_ascii_lowercase(), "-c" | "-command");
            let first = after(&is_flag)?;
            Some(Nested { word: first.word, joined: true, dialect: Dialect::PowerShell })
        }
        "cmd" => {
            let first = after(&|text| matches!(&*text.to_ascii_lowercase(), "/c" | "/k"))?;
            Some(Nested { word: first.word, joined: true, dialect: Dialect::Cmd })
        }
        // `docker run image sh -c '…'`, `docker exec`, `ssh host bash -c '…'`.
        "docker" | "podman" | "nerdctl" | "kubectl" | "nix" | "nix-shell" | "docker-compose"
        | "wsl" | "act" | "nix-develop" | "chroot" | "ssh" | "limactl" | "vagrant" => {
            let shell = arguments.iter().position(|it| SHELLS.contains(&&*name(&it.text)))?;
            let rest = arguments.get(shell + 1..)?;
            let at = rest.iter().position(|it| is_command_flag(&it.text))?;
            rest.get(at + 1).map(posix)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::parse;

    fn read(script: &str) -> String {
        let commands = parse(script, Dialect::Posix);
        let call = call(commands.last().unwrap(), &Scope::default());
        call.map_or_else(String::new, |call| {
            let words = call.arguments.into_iter().map(|argument| argument.text);
            std::iter::once(call.program).chain(words).collect::<Vec<_>>().join(" ")
        })
    }

    #[test]
    fn launchers_are_taken_off() {
        assert_eq!(
            read("sudo -E -u root env A=b PATH=c /usr/bin/Pip3 install x"),
            "pip3 install x"
        );
        assert_eq!(read("if ! timeout -k 5 10m nice -n 3 go install x"), "go install x");
        assert_eq!(read("A=1 B=2 time -p xargs -n 1 -P2 npm i"), "npm i");
        assert_eq!(read("uv run --with a pip install b"), "pip install b");
        assert_eq!(read("uv pip install b"), "uv pip install b");
        assert_eq!(read("corepack pnpm add -g b"), "pnpm add -g b");
        assert_eq!(read("exec"), "");
        assert_eq!(read("A=1"), "");
    }

    #[test]
    fn scripts_within_scripts() {
        let word = |script: &str| {
            let commands = parse(script, Dialect::Posix);
            nested(&call(commands.last().unwrap(), &Scope::default()).unwrap())
                .map(|nested| nested.word)
        };
        assert_eq!(word("bash -euo pipefail -c 'a'"), Some(4));
        assert_eq!(word("sudo su -c 'a' root"), Some(3));
        assert_eq!(word("docker run --rm -c 5 image sh -lc 'a'"), Some(8));
        assert_eq!(word("bash -x file"), None);
        assert_eq!(word("powershell -Command a b"), Some(2));
        assert_eq!(word("eval \"$(a)\""), Some(1));
    }
}
