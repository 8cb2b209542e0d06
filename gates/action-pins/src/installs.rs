//! Commands that install something from the network, and whether they say what.
//!
//! ```text
//! run: blocks ─ workflow ───┐
//! RUN ───────── dockerfile ─┼─ Script ─ shell ─ call ─┬─ go, python, node, cargo, ruby, dotnet, system
//! Makefile ──── makefile ───┤            └ scope      └─ download
//! *.sh, #!sh ───────────────┘            └ container, archive
//! ```

mod archive;
mod call;
mod cargo;
mod conda;
mod container;
pub(crate) mod context;
mod deno;
mod dockerfile;
mod document;
mod dotnet;
mod download;
mod elsewhere;
mod exported;
mod extensions;
mod fetch;
mod go;
mod input;
mod known;
mod makefile;
mod node;
mod project;
mod python;
mod reader;
mod ruby;
mod scope;
mod script;
mod system;
mod unpack;
mod version;
mod workflow;

use std::ops::Range;

use kernel::Pulse;

use self::call::{Argument, Call};
pub(crate) use self::known::Known;
use self::reader::Reader;
pub(crate) use self::script::{Form, Script, form, is_shell_script};
pub(crate) use self::version::Hold;
pub(crate) use self::workflow::{Around, Blocks, RunBlock};
use crate::supply::{self, Supplied};

/// Everything that the commands of one file install.
#[derive(Debug, Default)]
pub(crate) struct Installs {
    pub(crate) unpinned: Vec<Install>,
    /// Images that commands pull, those that the file makes left out.
    pub(crate) images: Vec<Supplied>,
    /// How many installs there are, pinned or not.
    pub(crate) count: usize,
    /// A reason for each that cannot be judged.
    pub(crate) skipped: Vec<&'static str>,
    /// Whether there are more unpinned ones than are kept.
    pub(crate) is_endless: bool,
}

/// So many unpinned installs of one file are kept: ten megabytes of them would be
/// gigabytes of findings.
const UNPINNED_MAX: usize = 5_000;

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
pub(crate) const OPEN: &str = "install-of-what-a-variable-says";
/// A script for something that is no shell.
const OTHER_SHELL: &str = "script-of-another-shell";
/// An image that a variable says.
const OPEN_IMAGE: &str = "image-that-a-variable-says";
/// An image that nothing but the pipeline makes.
const LOCAL_IMAGE: &str = "local-image";

/// Reads `source`, the text of a file of that form.
pub(crate) fn read(source: &str, form: Form, known: &Known, pulse: &Pulse) -> Installs {
    read_at(source, form, known, pulse, 0)
}

/// The same of a file that is within so many others.
fn read_at(source: &str, form: Form, known: &Known, pulse: &Pulse, depth: usize) -> Installs {
    let mut reader = Reader::new(known, pulse, depth);
    match form {
        Form::Shell(dialect) => reader.script(&Script::whole(source, dialect)),
        Form::Makefile => makefile::read(source, &mut reader),
        Form::Dockerfile => dockerfile::read(source, &mut reader),
    }
    let mut installs = reader.end();
    if depth > 0 && form == Form::Dockerfile {
        // One of its own is read where images are.
        let (open, images): (Vec<_>, Vec<_>) = supply::dockerfile(source)
            .into_iter()
            .partition(|image| image.hold == supply::Hold::Open);
        // Mostly the shell fills them in.
        installs.skipped.extend(open.iter().map(|_| OPEN_IMAGE));
        installs.images.extend(images);
    }
    installs
}

/// Reads the `run:` blocks of a workflow or an action.
pub(crate) fn read_blocks(
    source: &str,
    blocks: &[RunBlock],
    known: &Known,
    pulse: &Pulse,
) -> Installs {
    let mut reader = Reader::new(known, pulse, 0);
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
            // One more than are kept is enough to know of.
            Hold::Moving if self.unpinned.len() > UNPINNED_MAX => self.seen += 1,
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
