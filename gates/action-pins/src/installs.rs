//! Commands that install something from the network, and whether they say what.
//!
//! ```text
//! run: blocks ─ workflow ───┐
//! RUN ───────── dockerfile ─┼─ Script ─ shell ─ call ─┬─ go, python, node, cargo, ruby, dotnet, system
//! Makefile ──── makefile ───┤            └ scope      └─ download
//! *.sh, #!sh ───────────────┘
//! ```

mod call;
mod cargo;
mod dockerfile;
mod dotnet;
mod download;
mod go;
mod known;
mod makefile;
mod node;
mod python;
mod ruby;
mod scope;
mod script;
mod system;
mod version;
mod workflow;

use std::collections::HashMap;
use std::ops::Range;

use self::call::{Argument, Call};
use self::download::{Fetch, Files};
pub(crate) use self::known::Known;
use self::scope::Scope;
pub(crate) use self::script::{Form, Script, form, is_shell_script};
use self::version::Hold;
pub(crate) use self::workflow::{Around, Blocks, RunBlock};
use crate::shell::{self, Command, Dialect};

/// Everything that the commands of one file install.
#[derive(Debug, Default)]
pub(crate) struct Installs {
    pub(crate) unpinned: Vec<Install>,
    /// How many installs there are, pinned or not.
    pub(crate) count: usize,
    /// A reason for each that cannot be judged.
    pub(crate) skipped: Vec<&'static str>,
}

/// One install that does not say what is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Install {
    /// What does it: `pip install`.
    pub(crate) tool: String,
    /// Of what; empty where the command names nothing.
    pub(crate) subject: String,
    /// `names no version`.
    pub(crate) why: String,
    /// What to write instead.
    pub(crate) expected: String,
    /// In the file.
    pub(crate) span: Range<usize>,
    /// Where it was fetched, if that is another place.
    pub(crate) fetched: Option<Range<usize>>,
}

/// A version in a variable that the file does not answer.
const OPEN: &str = "install-of-what-a-variable-says";
/// A script for something that is no shell.
const OTHER_SHELL: &str = "script-of-another-shell";

/// The value of a variable that a command asked of the network.
const FETCHED: &str = "what-the-network-says";

/// Scripts within scripts, deeper than anybody writes them.
const DEPTH_MAX: usize = 4;

/// Reads `source`, the text of a file of that form.
pub(crate) fn read(source: &str, form: Form, known: &Known) -> Installs {
    let mut reader = Reader::new(known);
    match form {
        Form::Shell(dialect) => reader.script(&Script::whole(source, dialect)),
        Form::Makefile => makefile::read(source, &mut reader),
        Form::Dockerfile => dockerfile::read(source, &mut reader),
    }
    reader.end()
}

/// Reads the `run:` blocks of a workflow or an action.
pub(crate) fn read_blocks(source: &str, blocks: &[RunBlock], known: &Known) -> Installs {
    let mut reader = Reader::new(known);
    workflow::read(source, blocks, &mut reader);
    reader.end()
}

/// What the rules of one tool find in one command.
#[derive(Debug, Default)]
struct Finds {
    /// By the number of the word.
    unpinned: Vec<(usize, Install)>,
    /// Installs that are fine.
    seen: usize,
    open: usize,
}

impl Finds {
    fn add(
        &mut self,
        hold: Hold,
        word: usize,
        tool: &str,
        subject: &str,
        why: String,
        expected: String,
    ) {
        match hold {
            Hold::Exact => self.seen += 1,
            Hold::Open => self.open += 1,
            Hold::Moving => {
                let (tool, subject) = (tool.to_owned(), subject.to_owned());
                let install = Install { tool, subject, why, expected, span: 0..0, fetched: None };
                self.unpinned.push((word, install));
            }
        }
    }
}

impl Call {
    /// The first argument.
    fn verb(&self) -> &str {
        self.arguments.first().map(|it| it.text.as_str()).unwrap_or_default()
    }

    /// Whether one of `options` is given.
    fn has(&self, options: &[&str]) -> bool {
        self.arguments.iter().any(|it| {
            options.contains(&&*it.text)
                || it
                    .text
                    .split_once('=')
                    .is_some_and(|(option, _)| option.starts_with('-') && options.contains(&option))
        })
    }

    /// The value of one of `options`.
    fn value(&self, options: &[&str]) -> Option<&str> {
        let mut arguments = self.arguments.iter().map(|it| it.text.as_str());
        while let Some(argument) = arguments.next() {
            if options.contains(&argument) {
                return arguments.next();
            }
            if let Some((option, value)) = argument.split_once('=')
                && options.contains(&option)
            {
                return Some(value);
            }
        }
        None
    }

    /// The same for those who do not tell upper from lower case.
    fn value_ignoring_case(&self, options: &[&str]) -> Option<&str> {
        let mut arguments = self.arguments.iter().map(|it| it.text.as_str());
        while let Some(argument) = arguments.next() {
            let (option, value) = argument.split_once(['=', ':']).unwrap_or((argument, ""));
            if argument.starts_with('-') && options.iter().any(|it| it.eq_ignore_ascii_case(option))
            {
                return if value.is_empty() { arguments.next() } else { Some(value) };
            }
        }
        None
    }

    /// The arguments from `from` on that are neither options nor the values of
    /// those in `valued`.
    fn words_after(&self, from: usize, valued: &[&str]) -> Vec<&Argument> {
        let mut words = Vec::new();
        let mut arguments = self.arguments.iter().skip(from);
        let mut is_over = false;
        while let Some(it) = arguments.next() {
            match &*it.text {
                "--" => is_over = true,
                option if option.starts_with('-') && !is_over => {
                    if valued.contains(&option) {
                        arguments.next();
                    }
                }
                "" => {}
                _ => words.push(it),
            }
        }
        words
    }
}

/// The rules of each tool; a program that is not theirs they pass over.
const TOOLS: &[fn(&Call, &Known, &mut Finds)] = &[python::judge, node::judge, system::judge];

/// Reads the scripts of one file in their order.
pub(crate) struct Reader<'k> {
    known: &'k Known,
    installs: Installs,
    pub(crate) scope: Scope,
    files: Files,
}

impl<'k> Reader<'k> {
    fn new(known: &'k Known) -> Reader<'k> {
        let (installs, scope, files) = (Installs::default(), Scope::default(), Files::default());
        Reader { known, installs, scope, files }
    }

    fn end(mut self) -> Installs {
        self.installs.unpinned.sort_by_key(|install| install.span.start);
        self.installs
    }

    /// Another machine: nothing was fetched there yet.
    fn forget_files(&mut self) {
        self.files = Files::default();
    }

    fn skip(&mut self, reason: &'static str) {
        self.installs.skipped.push(reason);
    }

    pub(crate) fn script(&mut self, script: &Script<'_>) {
        self.read(&script.text, script.dialect, &|at| script.place(at), 0);
    }

    fn read(
        &mut self,
        text: &str,
        dialect: Dialect,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        depth: usize,
    ) {
        let commands = shell::parse(text, dialect);
        let mut fetches: HashMap<usize, (Fetch, Range<usize>)> = HashMap::new();
        for (number, command) in commands.iter().enumerate() {
            self.assign(command, &fetches);
            let Some(call) = call::call(command, &self.scope) else { continue };
            let span_of = |first: usize| {
                let start = command.words.get(first).map_or(0, |word| word.at);
                let end = command.words.iter().map(|word| word.end).max().unwrap_or(start);
                start..end.max(start)
            };
            let nested = call::nested(&call).or_else(|| whole(&call, depth));
            if let Some(nested) = nested
                && depth < DEPTH_MAX
            {
                self.nested(text, command, &nested, place, depth);
            }
            self.judge(&call, command, place);
            if download::checks(&call) {
                self.files.checked();
            }
            if let Some(fetch) = download::fetch(&call, command, &self.scope) {
                let at = span_of(call.word);
                self.files.fetched(fetch.clone(), place(at.clone()));
                // wget without -O writes a file, and who pipes it thinks otherwise.
                if fetch.file.is_none() || fetch.program == "wget" {
                    fetches.insert(number, (fetch, at));
                }
                continue;
            }
            self.run(&call, command, number, &commands, &mut fetches, place);
        }
    }

    /// What this command runs of what was fetched.
    fn run(
        &mut self,
        call: &Call,
        command: &Command,
        number: usize,
        commands: &[Command],
        fetches: &mut HashMap<usize, (Fetch, Range<usize>)>,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
    ) {
        let end = command.words.iter().map(|word| word.end).max().unwrap_or_default();
        let read = command.reads.and_then(|read| fetches.get(&read).cloned());
        if let Some((fetch, at)) = read {
            if download::runs_input(call) || download::runs_same(call, &fetch) {
                return self.add_fetch(&fetch, call, place(at.start..end.max(at.start)), None);
            }
            // `curl … | tee file`, `curl … | gunzip > file`.
            let mut written: Vec<&str> = command
                .redirects
                .iter()
                .filter(|it| !it.is_input)
                .map(|it| it.word.text.as_str())
                .collect();
            if call.program == "tee" {
                written.extend(
                    call.arguments
                        .iter()
                        .map(|it| it.text.as_str())
                        .filter(|it| !it.starts_with('-')),
                );
            }
            for file in written.into_iter().filter(|file| !file.starts_with("/dev/")) {
                let file = Some(file.trim_start_matches("./").to_owned());
                self.files.fetched(Fetch { file, ..fetch.clone() }, place(at.clone()));
            }
            // What it makes of it goes on.
            fetches.insert(number, (fetch, at));
        }
        let start = command.words.get(call.word).map_or(0, |word| word.at);
        let is_text = download::runs_text(call);
        let redirected = command.redirects.iter().filter(|it| it.is_input).map(|it| &it.word);
        for word in command.words.iter().skip(call.word + 1).chain(redirected) {
            let is_file = word.text.starts_with("<()") && download::runs_files(call);
            let is_script =
                matches!(&*word.text, "$()" | "()") && (is_text || download::runs_input(call));
            if !(is_file || is_script) || word.inner.is_empty() {
                continue;
            }
            // The last of them is what comes out.
            let inner = word.inner.clone().rev().find_map(|it| fetches.get(&it).cloned());
            if let Some((fetch, _)) = inner {
                return self.add_fetch(&fetch, call, place(start..end.max(start)), None);
            }
            let downloads =
                commands.get(word.inner.clone()).unwrap_or_default().iter().any(|command| {
                    command
                        .words
                        .iter()
                        .any(|word| word.text.to_ascii_lowercase().contains(".downloadstring"))
                });
            if downloads {
                let fetch = Fetch { program: "DownloadString".to_owned(), ..Fetch::default() };
                return self.add_fetch(&fetch, call, place(start..end.max(start)), None);
            }
        }
        if let Some((fetch, at, word)) = self.files.run(call, command) {
            let word = command.words.get(word).map_or(end, |word| word.end);
            self.add_fetch(&fetch, call, place(start..word.max(start)), Some(at));
        }
    }

    fn add_fetch(
        &mut self,
        fetch: &Fetch,
        call: &Call,
        span: Range<usize>,
        fetched: Option<Range<usize>>,
    ) {
        self.installs.count += 1;
        match fetch.hold {
            download::Hold::Commit => return,
            download::Hold::Open => return self.skip(OPEN),
            download::Hold::Nothing => {}
        }
        let why = match &*call.program {
            "chmod" | "install" => "is made a program, and nothing checks it".to_owned(),
            _ => format!("is run by '{}', and nothing checks it", download::shown(call)),
        };
        let why = if fetched.is_some() && !download::runs_files(call) && !why.contains("made") {
            "is run, and nothing checks it".to_owned()
        } else {
            why
        };
        let expected = "download it to a file and check it before it runs (echo '<sha256>  file' | sha256sum --check), or take \
                        it by a commit in its address"
            .to_owned();
        let (tool, subject) = (fetch.program.clone(), fetch.address.clone());
        self.installs.unpinned.push(Install { tool, subject, why, expected, span, fetched });
    }

    fn judge(
        &mut self,
        call: &Call,
        command: &Command,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
    ) {
        let mut finds = Finds::default();
        match &*call.program {
            "go" => go::judge(call, self.known, &mut finds),
            "cargo" => cargo::judge(call, self.known, &mut finds),
            "gem" => ruby::judge(call, self.known, &mut finds),
            "dotnet" | "nuget" | "msbuild" => dotnet::judge(call, self.known, &mut finds),
            _ => TOOLS.iter().for_each(|judge| judge(call, self.known, &mut finds)),
        }
        self.installs.count += finds.seen + finds.open + finds.unpinned.len();
        (0..finds.open).for_each(|_| self.skip(OPEN));
        for (word, install) in finds.unpinned {
            let Some(word) = command.words.get(word) else { continue };
            self.installs.unpinned.push(Install { span: place(word.at..word.end), ..install });
        }
    }

    /// The script that a word holds, or all words from there on.
    fn nested(
        &mut self,
        text: &str,
        command: &Command,
        nested: &call::Nested,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        depth: usize,
    ) {
        let Some(word) = command.words.get(nested.word) else { return };
        let last = if nested.joined { command.words.last().unwrap_or(word) } else { word };
        let raw = text.get(word.at..last.end).unwrap_or_default();
        let inside = |quote: char| raw.strip_prefix(quote).and_then(|raw| raw.strip_suffix(quote));
        let bare = inside('\'').or(inside('"')).filter(|bare| nested.joined || **bare == word.text);
        match bare {
            Some(bare) => {
                let base = word.at + 1;
                let shifted = |at: Range<usize>| place(base + at.start..base + at.end);
                self.read(bare, nested.dialect, &shifted, depth + 1);
            }
            None if nested.joined => {
                let shifted = |at: Range<usize>| place(word.at + at.start..word.at + at.end);
                self.read(raw, nested.dialect, &shifted, depth + 1);
            }
            None => {
                let whole = |_| place(word.at..word.end);
                self.read(&word.text, nested.dialect, &whole, depth + 1);
            }
        }
    }

    /// Variables that `command` sets from here on.
    fn assign(&mut self, command: &Command, fetches: &HashMap<usize, (Fetch, Range<usize>)>) {
        for word in &command.words {
            let Some((name, value)) =
                word.text.split_once('=').filter(|_| shell::is_assignment(&word.text))
            else {
                match &*word.text {
                    "export" | "readonly" | "local" | "declare" | "typeset" | "if" | "then"
                    | "do" | "else" | "while" | "!" | "{" | "until" | "env" | "sudo" => continue,
                    option if option.starts_with('-') => continue,
                    _ => break,
                }
            };
            // `VERSION=$(curl …/latest)`.
            let is_fetched = word.inner.clone().any(|number| fetches.contains_key(&number));
            let value = match is_fetched {
                true => FETCHED.to_owned(),
                false => self.scope.fill(value),
            };
            match name.strip_suffix('+') {
                Some(name) => {
                    let before = self.scope.fill(&format!("${{{name}:-}}"));
                    self.scope.set(name, format!("{before} {value}"));
                }
                None => self.scope.set(name, value),
            }
        }
        // `for x in a b c`.
        let mut words = command
            .words
            .iter()
            .skip_while(|word| matches!(&*word.text, "do" | "then" | "{" | "else"));
        if words.next().is_some_and(|word| word.text == "for")
            && let Some(name) = words.next()
            && words.next().is_some_and(|word| word.text == "in")
        {
            let items: Vec<String> = words.map(|word| self.scope.fill(&word.text)).collect();
            self.scope.set(&name.text, items.join(" "));
        }
    }
}

/// A script in quotes within quotes: one word with blanks in it.
fn whole(call: &Call, depth: usize) -> Option<call::Nested> {
    let is_script = depth > 0 && call.arguments.is_empty() && call.path.trim().contains(' ');
    is_script.then_some(call::Nested { word: call.word, joined: false, dialect: Dialect::Posix })
}
