//! One pass over the scripts of a file: what is set, what is fetched, what is
//! installed.

use std::collections::HashMap;
use std::ops::Range;

use super::call::{self, Call};
use super::download::{self, Files};
use super::fetch::{self, Fetch};
use super::scope::Scope;
use super::{Finds, Install, Installs, Known, OPEN, Script, UNPINNED_MAX};
use super::{cargo, dotnet, go, node, python, ruby, system};
use crate::shell::{self, Command, Dialect};

/// The value of a variable that a command asked of the network.
const FETCHED: &str = "what-the-network-says";

/// So many of the commands within a word are asked what they fetch.
const INNER_MAX: usize = 64;

/// Scripts within scripts, deeper than anybody writes them.
const DEPTH_MAX: usize = 4;

/// The rules of each tool; a program that is not theirs they pass over.
const TOOLS: &[fn(&Call, &Known, &mut Finds)] = &[python::judge, node::judge, system::judge];

/// Reads the scripts of one file in their order.
pub(crate) struct Reader<'k> {
    known: &'k Known,
    installs: Installs,
    pub(crate) scope: Scope,
    pub(super) files: Files,
}

impl<'k> Reader<'k> {
    pub(super) fn new(known: &'k Known) -> Reader<'k> {
        let (installs, scope, files) = (Installs::default(), Scope::default(), Files::default());
        Reader { known, installs, scope, files }
    }

    pub(super) fn end(mut self) -> Installs {
        self.installs.unpinned.sort_by_key(|install| install.span.start);
        self.installs
    }

    /// Another machine: nothing was fetched there yet.
    pub(super) fn forget_files(&mut self) {
        self.files = Files::default();
    }

    pub(super) fn skip(&mut self, reason: &'static str) {
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
            if download::checks(&call, number, &commands) {
                let said = self.said(&call, command, &commands);
                self.files.checked(&said);
            }
            if depth < DEPTH_MAX && call::is_shell(&call.program) && download::runs_input(&call) {
                self.fed(command, &commands, place, depth);
            }
            if let Some(fetch) = fetch::fetch(&call, command, &self.scope) {
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

    /// What a shell is fed: `echo 'script' | sh`, `sh <<< 'script'`.
    fn fed(
        &mut self,
        command: &Command,
        commands: &[Command],
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        depth: usize,
    ) {
        let texts = command.redirects.iter().filter(|it| it.is_input).map(|it| &it.word);
        let mut scripts: Vec<(String, Range<usize>)> =
            texts.map(|word| (word.text.clone(), word.at..word.end)).collect();
        let source = command.reads.and_then(|read| commands.get(read));
        if let Some(source) = source
            && let Some(said) = self.echoed(source)
        {
            let first = source.words.first().map_or(0, |word| word.at);
            let last = source.words.last().map_or(first, |word| word.end);
            scripts.push((said.join(" "), first..last));
        }
        for (script, at) in scripts {
            self.read(&script, Dialect::Posix, &|_| place(at.clone()), depth + 1);
        }
    }

    /// What `echo` or `printf` prints, options and formats left out.
    fn echoed(&self, command: &Command) -> Option<Vec<String>> {
        let call = call::call(command, &self.scope)?;
        let is_echo = matches!(&*call.program, "echo" | "printf");
        let texts = call.arguments.into_iter().map(|it| it.text);
        is_echo.then(|| texts.filter(|text| !text.starts_with(['-', '%'])).collect())
    }

    /// What a check names by itself; nothing where a list of sums does.
    fn said(&self, call: &Call, command: &Command, commands: &[Command]) -> Vec<String> {
        let has_list = call.has(&["-c", "--check"])
            && call.arguments.iter().any(|it| !it.text.starts_with('-'));
        if has_list {
            return Vec::new();
        }
        let own = call.arguments.iter().map(|it| it.text.clone());
        let given = command.redirects.iter().map(|it| self.scope.fill(&it.word.text));
        let read = command.reads.and_then(|read| self.echoed(commands.get(read)?));
        let said: Vec<String> = own.chain(given).chain(read.into_iter().flatten()).collect();
        said.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
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
            let inner =
                word.inner.clone().rev().take(INNER_MAX).find_map(|it| fetches.get(&it).cloned());
            if let Some((fetch, _)) = inner {
                return self.add_fetch(&fetch, call, place(start..end.max(start)), None);
            }
            let within = commands.get(word.inner.clone()).unwrap_or_default().iter().rev();
            let downloads = within.take(INNER_MAX).any(|command| {
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
            fetch::Hold::Commit => return,
            fetch::Hold::Open => return self.skip(OPEN),
            fetch::Hold::Nothing => {}
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
        self.add(Install { tool, subject, why, expected, span, fetched });
    }

    fn add(&mut self, install: Install) {
        match self.installs.unpinned.len() < UNPINNED_MAX {
            true => self.installs.unpinned.push(install),
            false => self.installs.is_endless = true,
        }
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
            self.add(Install { span: place(word.at..word.end), ..install });
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
            let is_fetched = word
                .inner
                .clone()
                .rev()
                .take(INNER_MAX)
                .any(|number| fetches.contains_key(&number));
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
