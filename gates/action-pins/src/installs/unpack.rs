//! Programs out of archives: what is downloaded and unpacked without a check in
//! between, and then run, put among programs or built.

use std::ops::Range;

use super::Install;
use super::archive::{self, Archive, is_for_programs, is_named, is_program_place};
use super::call::Call;
use super::download::{Files, makes_program, runs_files};
use super::fetch::{Fetch, Hold, plain};
use super::reader::{CHECK, Fetches, Reader};
use crate::shell::{Command, Word};

/// So many unpacked archives are followed; further ones are told at once.
const UNPACKED_MAX: usize = 32;

/// So many words of a command are asked whether they are of an archive.
const WORDS_MAX: usize = 16;

/// Folders in which not everything comes out of one archive.
const SHARED: &[&str] = &["/opt", "/srv", "/tmp", "/var/tmp", "$HOME", "~", "$RUNNER_TEMP", "$PWD"];

/// Programs that run what the folder says they stand in.
const BUILDERS: &[&str] = &["cargo", "cmake", "gmake", "make", "meson", "ninja", "scons"];

/// An archive that nothing has checked, where it was unpacked.
#[derive(Clone, Debug)]
pub(super) struct Unpacked {
    fetch: Fetch,
    at: Range<usize>,
    folder: String,
    members: Vec<String>,
    /// Whether the commands stand in it.
    is_entered: bool,
}

/// What is told of a command: the fetch, where it is, and the word that says so.
pub(super) type Told = (Fetch, Range<usize>, usize);

impl Unpacked {
    /// Whether `path` comes out of it, as far as names tell.
    fn holds(&self, path: &str) -> bool {
        let path = plain(path);
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_member =
            || self.members.iter().any(|it| it.rsplit('/').next() == Some(name) || *it == path);
        let within = |folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let folder = self.folder.as_str();
        let is_shared = SHARED.contains(&folder) || is_for_programs(folder);
        match folder {
            "" | "." if path.starts_with(['/', '~']) => false,
            "" | "." => is_member() || is_named(&path, &self.fetch.address),
            folder if is_shared => {
                within(folder) && (is_member() || is_named(&path, &self.fetch.address))
            }
            folder => within(folder),
        }
    }
}

impl Files {
    /// Notes that `archive` was unpacked; `piped` is what it reads. What goes
    /// among programs at once is told.
    pub(super) fn unpack(
        &mut self,
        archive: Archive,
        piped: Option<(Fetch, Range<usize>)>,
        word: usize,
    ) -> Option<Told> {
        let found = match &archive.file {
            Some(file) => self.fetched_as(file),
            None => piped.filter(|(fetch, _)| fetch.hold == Hold::Nothing),
        };
        let (fetch, at) = found?;
        if let Some(file) = archive.becomes {
            self.fetched(Fetch { file: Some(file), ..fetch }, at);
            return None;
        }
        if is_for_programs(&archive.folder) || self.unpacked.len() >= UNPACKED_MAX {
            return Some((fetch, at, word));
        }
        let Archive { folder, members, .. } = archive;
        let folder = folder.trim_end_matches('/').to_owned();
        self.unpacked.push(Unpacked { fetch, at, folder, members, is_entered: false });
        None
    }

    /// A new shell stands where it began.
    pub(super) fn leave(&mut self) {
        self.unpacked.iter_mut().for_each(|it| it.is_entered = false);
    }

    /// What `call`, the program of `command`, runs of what was unpacked.
    pub(super) fn run_unpacked(&mut self, call: &Call, command: &Command) -> Option<Told> {
        if self.unpacked.is_empty() {
            return None;
        }
        let words = &command.words;
        let own = words.get(call.word)?;
        let path = match own.text.is_empty() {
            true => &call.path,
            false => &own.text,
        };
        let rest = || words.iter().enumerate().skip(call.word + 1).take(WORDS_MAX);
        let names = || rest().filter(|(_, word)| !word.text.starts_with('-'));
        match &*call.program {
            "cd" | "pushd" | "chdir" | "set-location" => {
                let to = names().next().map(|(_, word)| word.text.as_str());
                self.enter(to.unwrap_or_default());
                return None;
            }
            "popd" => {
                self.leave();
                return None;
            }
            "mv" | "cp" | "ln" | "install" | "move-item" | "copy-item" => {
                let texts: Vec<&Word> = names().map(|(_, word)| word).collect();
                return self.placed(&texts, call.word + 1);
            }
            "chmod" if !makes_program(words.get(call.word + 1..).unwrap_or_default()) => {
                return None;
            }
            "echo" | "printf" => {
                let to_path = |word: &Word| word.text.to_ascii_uppercase().contains("GITHUB_PATH");
                if !command.redirects.iter().any(|it| !it.is_input && to_path(&it.word)) {
                    return None;
                }
                return names().find_map(|(number, word)| self.take(&word.text, number));
            }
            _ => {}
        }
        if path.contains(['/', '\\'])
            && let Some(told) = self.take(path, call.word)
        {
            return Some(told);
        }
        let is_program = runs_files(call) || call.program == "chmod";
        if is_program || BUILDERS.contains(&&*call.program) {
            // What follows its script are a script's own words.
            let words_max = if runs_files(call) { 1 } else { WORDS_MAX };
            let told =
                names().take(words_max).find_map(|(number, word)| self.take(&word.text, number));
            if told.is_some() {
                return told;
            }
        }
        let script = names().next().map(|(_, word)| word.text.as_str()).unwrap_or("/");
        let is_here = |path: &str| !path.starts_with(['/', '~', '$', '-']);
        let runs_here = BUILDERS.contains(&&*call.program)
            || (path.contains('/') && is_here(path))
            || (runs_files(call) && is_here(script));
        let entered = self.unpacked.iter().position(|it| it.is_entered).filter(|_| runs_here)?;
        let unpacked = self.unpacked.remove(entered);
        Some((unpacked.fetch, unpacked.at, call.word))
    }

    /// What stands in a search path: `PATH=/opt/tool/bin:$PATH`.
    pub(super) fn searched(&mut self, path: &str, word: usize) -> Option<Told> {
        path.split(':').take(WORDS_MAX).find_map(|folder| self.take(folder, word))
    }

    /// What of `words` is put among programs; the last says where.
    pub(super) fn placed(&mut self, words: &[&Word], first: usize) -> Option<Told> {
        let (to, from) = words.split_last()?;
        let to = plain(&to.text);
        if !is_program_place(&to) {
            return None;
        }
        from.iter().enumerate().find_map(|(number, word)| self.take(&word.text, first + number))
    }

    /// The unpacked archive that holds `path`, which is told once.
    fn take(&mut self, path: &str, word: usize) -> Option<Told> {
        let at = self.unpacked.iter().position(|it| it.holds(path))?;
        let unpacked = self.unpacked.remove(at);
        Some((unpacked.fetch, unpacked.at, word))
    }

    fn enter(&mut self, to: &str) {
        let is_within = self.unpacked.iter().any(|it| it.is_entered);
        let goes_on = is_within && !to.starts_with(['/', '~', '$', '-', '.']) && !to.is_empty();
        if goes_on {
            return;
        }
        self.leave();
        let unpacked = self.unpacked.iter_mut().find(|it| it.holds(to));
        if let Some(unpacked) = unpacked.filter(|_| !matches!(to, "" | "." | "..")) {
            unpacked.is_entered = true;
        }
    }
}

impl Reader<'_> {
    /// An archive that `call` unpacks, or what it runs of one.
    pub(super) fn unpacked(
        &mut self,
        call: &Call,
        command: &Command,
        fetches: &Fetches,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
    ) -> Option<Told> {
        let Some(archive) = archive::archive(call) else {
            return self.files.run_unpacked(call, command);
        };
        let piped = command.reads.and_then(|read| fetches.get(&read).cloned());
        let piped = piped.map(|(fetch, at)| (fetch, place(at)));
        self.files.unpack(archive, piped, call.word)
    }

    /// What `PATH=…` makes programs of.
    pub(super) fn search_path(&mut self, command: &Command) -> Option<Told> {
        if self.files.unpacked.is_empty() {
            return None;
        }
        let mut words = command.words.iter().enumerate().take(WORDS_MAX);
        words.find_map(|(number, word)| {
            self.files.searched(word.text.strip_prefix("PATH=")?, number)
        })
    }

    pub(super) fn add_unpacked(
        &mut self,
        (fetch, at, word): Told,
        first: usize,
        command: &Command,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
    ) {
        let start = command.words.get(first).map_or(0, |word| word.at);
        let end = command.words.get(word).map_or(start, |word| word.end);
        self.add_archive(fetch, place(start..end.max(start)), at);
    }

    /// A program out of an archive that nothing checked.
    pub(super) fn add_archive(&mut self, fetch: Fetch, span: Range<usize>, at: Range<usize>) {
        self.installs.count += 1;
        let why = "is unpacked and run, and nothing checks it".to_owned();
        let (tool, subject) = (fetch.program, fetch.address);
        let fetched = Some(at);
        self.add(Install { tool, subject, why, expected: CHECK.to_owned(), span, fetched });
    }
}
