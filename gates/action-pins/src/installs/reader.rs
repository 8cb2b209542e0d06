//! One pass over the scripts of a file: what is set, what is fetched, what is
//! installed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use kernel::Pulse;

use super::call::{self, Call};
use super::container::{self, Images};
use super::document;
use super::download::{self, Files};
use super::fetch::{self, Fetch};
use super::scope::Scope;
use super::{
    Finds, Install, Installs, Known, LOCAL_IMAGE, OPEN, OPEN_IMAGE, Script, UNPINNED_MAX, exported,
};
use super::{cargo, conda, context, deno, dotnet, extensions, go, node, python, ruby, system};
use crate::shell::{self, Command, Dialect};

/// So many of the commands within a word are asked what they fetch.
pub(super) const INNER_MAX: usize = 64;

/// Scripts within scripts, deeper than anybody writes them.
pub(super) const DEPTH_MAX: usize = 4;

/// After so many commands it is asked whether to go on.
const ASKED_EVERY: usize = 256;

/// What to do about what nothing checks.
pub(super) const CHECK: &str = "download it to a file and check it before it runs (echo '<sha256>  file' | sha256sum --check), or \
                     take it by a commit in its address";

/// The rules of each tool; a program that is not theirs they pass over.
const TOOLS: &[fn(&Call, &Known, &mut Finds)] = &[
    python::judge,
    extensions::judge,
    conda::judge,
    node::judge,
    deno::judge,
    system::judge,
    context::judge,
];

/// Reads the scripts of one file in their order.
pub(crate) struct Reader<'k> {
    pub(super) known: &'k Known,
    pub(super) installs: Installs,
    images: Images,
    pub(crate) scope: Scope,
    pub(super) files: Files,
    /// Requirements that commands wrote from lock files.
    exported: HashSet<String>,
    /// How many scripts this one is within.
    depth: usize,
    /// Whoever judges asks it, too: what is left undone here passes nowhere.
    pub(super) pulse: &'k Pulse,
}

/// What commands print that fetch, by their numbers.
pub(super) type Fetches = HashMap<usize, (Fetch, Range<usize>)>;

impl<'k> Reader<'k> {
    /// Of a file that is itself within so many scripts.
    pub(super) fn new(known: &'k Known, pulse: &'k Pulse, depth: usize) -> Reader<'k> {
        let (installs, scope, files) = (Installs::default(), Scope::default(), Files::default());
        let (images, exported) = (Images::default(), HashSet::new());
        Reader { known, installs, images, scope, files, exported, depth, pulse }
    }

    pub(super) fn end(mut self) -> Installs {
        let (images, open, local) = self.images.end();
        self.installs.images.extend(images);
        let (open, local) =
            (std::iter::repeat_n(OPEN_IMAGE, open), std::iter::repeat_n(LOCAL_IMAGE, local));
        self.installs.skipped.extend(open.chain(local));
        self.installs.unpinned.sort_by_key(|install| install.span.start);
        self.installs.images.sort_by_key(|image| image.span.start);
        self.installs
    }

    /// Another machine: nothing was fetched there yet.
    pub(super) fn forget_files(&mut self) {
        self.files = Files::default();
        self.exported.clear();
    }

    pub(super) fn skip(&mut self, reason: &'static str) {
        self.installs.skipped.push(reason);
    }

    pub(crate) fn script(&mut self, script: &Script<'_>) {
        self.files.leave();
        self.read(&script.text, script.dialect, &|at| script.place(at), self.depth);
    }

    pub(super) fn read(
        &mut self,
        text: &str,
        dialect: Dialect,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        depth: usize,
    ) {
        if self.pulse.is_stopped() {
            return;
        }
        let commands = shell::parse(text, dialect);
        let mut fetches = Fetches::new();
        let mut names_run = None;
        for (number, command) in commands.iter().enumerate() {
            if number % ASKED_EVERY == ASKED_EVERY - 1 && self.pulse.is_stopped() {
                return;
            }
            self.assign(command, &fetches);
            if let Some(fetch) = fetch::download_string(command) {
                let start = command.words.first().map_or(0, |word| word.at);
                let end = command.words.last().map_or(start, |word| word.end);
                fetches.insert(number, (fetch, start..end));
            }
            if depth < DEPTH_MAX && command.redirects.iter().any(|it| it.document.is_some()) {
                let names = names_run.get_or_insert_with(|| document::names_run(&commands, self));
                self.documents(text, number, &commands, names, place, depth);
            }
            if let Some(told) = self.search_path(command) {
                self.add_unpacked(told, 0, command, place);
            }
            let Some(call) = call::call(command, &self.scope) else { continue };
            let span_of = |first: usize| {
                let start = command.words.get(first).map_or(0, |word| word.at);
                let end = command.words.iter().map(|word| word.end).max().unwrap_or(start);
                start..end.max(start)
            };
            let inner = container::inner(&call).and_then(|it| it.launched(command, &self.scope));
            let within = inner.as_ref().and_then(call::nested);
            let nested = within.or_else(|| call::nested(&call)).or_else(|| whole(&call, depth));
            if let Some(nested) = nested
                && depth < DEPTH_MAX
            {
                self.nested(text, command, &nested, place, depth);
            }
            self.images.read(&call, &|word| place(bare(text, command, word)));
            self.judge(&call, command, place);
            if let Some(inner) = &inner {
                self.judge(inner, command, place);
            }
            if let Some(launcher) = call::valued_launcher(command, &self.scope) {
                self.judge(&launcher, command, place);
            }
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
            if let Some(told) = self.unpacked(&call, command, &fetches, place) {
                self.add_unpacked(told, call.word, command, place);
            }
            self.run(&call, command, number, &mut fetches, place);
        }
    }

    /// Judges the here-documents of command `number` that become scripts.
    fn documents(
        &mut self,
        text: &str,
        number: usize,
        commands: &[Command],
        names_run: &HashSet<String>,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        depth: usize,
    ) {
        let Some(file) = document::written(number, commands, self) else { return };
        let redirects = commands.get(number).map(|it| it.redirects.as_slice()).unwrap_or_default();
        for body in redirects.iter().filter_map(|it| it.document.clone()) {
            let start = body.start;
            let inner = text.get(body).unwrap_or_default();
            let shifted = |at: Range<usize>| place(start + at.start..start + at.end);
            self.file((&file, names_run.contains(&file)), inner, &shifted, depth + 1);
        }
    }

    /// What a file within this one holds.
    pub(super) fn take(&mut self, inner: Installs) {
        let Installs { unpinned, images, count, skipped, is_endless } = inner;
        self.installs.count += count;
        self.installs.is_endless |= is_endless;
        self.installs.skipped.extend(skipped);
        self.installs.images.extend(images);
        unpinned.into_iter().for_each(|install| self.add(install));
    }

    /// What this command runs of what was fetched.
    fn run(
        &mut self,
        call: &Call,
        command: &Command,
        number: usize,
        fetches: &mut Fetches,
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
        }
        if (is_text || download::runs_input(call))
            && let Some(fetch) = fetch::download_string(command)
        {
            return self.add_fetch(&fetch, call, place(start..end.max(start)), None);
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
        let expected = CHECK.to_owned();
        let (tool, subject) = (fetch.program.clone(), fetch.address.clone());
        self.add(Install { tool, subject, why, expected, span, fetched });
    }

    pub(super) fn add(&mut self, install: Install) {
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
        self.exported.extend(exported::written(call, command));
        self.installs.count += finds.seen + finds.open + finds.unpinned.len();
        (0..finds.open).for_each(|_| self.skip(OPEN));
        for (word, install) in finds.unpinned {
            let Some(word) = command.words.get(word) else { continue };
            if exported::has(&self.exported, &install) {
                continue;
            }
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
}

/// A script in quotes within quotes: one word with blanks in it.
fn whole(call: &Call, depth: usize) -> Option<call::Nested> {
    let is_script = depth > 0 && call.arguments.is_empty() && call.path.trim().contains(' ');
    is_script.then_some(call::Nested { word: call.word, joined: false, dialect: Dialect::Posix })
}

/// Where a word stands without its quotes.
fn bare(text: &str, command: &Command, word: usize) -> Range<usize> {
    let Some(word) = command.words.get(word) else { return 0..0 };
    let raw = text.get(word.at..word.end).unwrap_or_default();
    let is_quoted = |quote: char| {
        raw.len() > 1 && raw.strip_prefix(quote).and_then(|it| it.strip_suffix(quote)).is_some()
    };
    match is_quoted('"') || is_quoted('\'') {
        true => word.at + 1..word.end - 1,
        false => word.at..word.end,
    }
}
