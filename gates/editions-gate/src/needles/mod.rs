//! What must stand in a file for any of its references to reach the restricted
//! tree. A reference becomes a path out of three things: what is written, where the
//! file stands, and what manifests and configurations say of names. So a file of the
//! core that leads into `ee/` writes `ee` itself, or a name that something else leads
//! there: an alias, a package, a module. A file with none of these words needs no
//! lexing: wherever its strings begin and end, nothing in it can be an edge.
//!
//! Where no such word can be told (a pattern for files, an alias without a letter in
//! it) every file is lexed, and so is one that could hide a word: in escapes, in
//! literals that are put together, behind a pattern of its own.

mod ground;
mod search;

use std::collections::BTreeSet;

use camino::Utf8Path;
use kernel::{EntryKind, SourceFile};

pub(crate) use ground::Ground;
use search::Words;

use crate::boundary::Boundary;
use crate::language::Language;
use crate::project::Project;
use crate::roads::Road;

/// Names of one language that lead into what is restricted, a word of each.
#[derive(Debug)]
pub(crate) struct Keys {
    words: BTreeSet<String>,
    /// A name without a word in it: any file may have it.
    is_anything: bool,
}

impl Keys {
    fn of(ground: &Ground) -> Keys {
        Keys { words: ground.words().map(str::to_owned).collect(), is_anything: false }
    }

    /// Takes in `name`: whoever writes it writes each of its words, so one will do.
    pub(crate) fn add(&mut self, name: &str) {
        let words = || search::words(name);
        if words().any(|word| self.words.contains(word)) {
            return;
        }
        match words().max_by_key(|word| word.len()) {
            Some(word) => {
                self.words.insert(word.to_owned());
            }
            None => self.is_anything = true,
        }
    }

    /// No word tells.
    pub(crate) fn add_anything(&mut self) {
        self.is_anything = true;
    }

    fn searched(self) -> Option<Words> {
        (!self.is_anything).then(|| Words::new(self.words))
    }
}

/// The words of every language; none where every file of it is lexed.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    ground: Ground,
    go: Option<Words>,
    script: Option<Words>,
    python: Option<Words>,
    rust: Option<Words>,
    jvm: Option<Words>,
    /// What CI services read: paths and nothing that leads to one.
    pipeline: Option<Words>,
}

impl Needles {
    /// What `project` and `boundaries` make of it.
    pub(crate) fn new(boundaries: &[Boundary], project: &Project) -> Needles {
        let Some(ground) = Ground::of(boundaries) else { return Needles::default() };
        let keys = |add: &dyn Fn(&mut Keys)| {
            let mut keys = Keys::of(&ground);
            add(&mut keys);
            keys.searched()
        };
        // Of Java only names are resolved, never paths.
        let mut names = Keys { words: BTreeSet::new(), is_anything: false };
        project.jvm.keys(&mut names);
        Needles {
            go: keys(&|keys| project.go.keys(&ground, keys)),
            script: keys(&|keys| project.js.keys(&ground, keys)),
            python: keys(&|keys| project.python.keys(&ground, keys)),
            rust: keys(&|keys| project.rust.keys(&ground, keys)),
            jvm: names.searched(),
            pipeline: keys(&|_| {}),
            ground,
        }
    }

    /// Whether files of `language` are searched before they are lexed.
    pub(crate) fn searches(language: Language) -> bool {
        matches!(
            language,
            Language::Go
                | Language::JavaScript
                | Language::Style
                | Language::Python
                | Language::Rust
                | Language::Jvm
                | Language::Road(Road::Pipeline)
        )
    }

    /// Whether no reference of `file`, a text of `language`, can reach what is
    /// restricted.
    pub(crate) fn spare(&self, file: &SourceFile, language: Language) -> bool {
        let (path, bytes) = (file.path(), file.bytes());
        let words = match language {
            Language::Go => &self.go,
            Language::JavaScript | Language::Style => &self.script,
            Language::Python => &self.python,
            Language::Rust => &self.rust,
            Language::Jvm => &self.jvm,
            Language::Road(Road::Pipeline) => &self.pipeline,
            _ => return false,
        };
        let Some(words) = words else { return false };
        // A link is its target, which no text of its own shows.
        if file.kind() == EntryKind::Symlink || self.is_inside(path, language) {
            return false;
        }
        // Declares programs by any string it has.
        let is_setup = language == Language::Python && path.as_str().ends_with("setup.py");
        !is_setup && !words.are_in(bytes) && !words.may_hide_in(bytes, language)
    }

    // Whether names below the file's own place are restricted without a word of it:
    // where an exception was made for the file, and below a Rust module.
    fn is_inside(&self, path: &Utf8Path, language: Language) -> bool {
        let stem = || path.as_str().rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
        self.ground.has(path) || (language == Language::Rust && self.ground.has(stem().into()))
    }
}
