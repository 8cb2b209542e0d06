//! One file, read once for every rule.

use std::ops::Range;

use kernel::{Content, Location, SourceFile};

use crate::installs::Installs;
use crate::lines::{self, Told};
use crate::lock::Lock;
use crate::manifest::{self, Kind, Manifest};
use crate::pins::Pins;
use crate::pipeline::{Pipeline, Role, TooMany};
use crate::settings::Settings;
use crate::supply::dotenv::Values;
use crate::supply::{self, Form, Supply};
use crate::yaml::{SyntaxError, Yaml};

/// A file as the rules see it: a workflow, an action, or one of `supply`.
pub(crate) struct Inspected<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) settings: &'a Settings,
    /// What names are known to stand for.
    pub(crate) pins: &'a Pins,
    /// Empty where the file is unreadable.
    pub(crate) pipeline: Pipeline,
    /// Empty where the file is a workflow or an action.
    pub(crate) supply: Supply,
    /// Empty where the file is no manifest.
    pub(crate) manifest: Manifest,
    /// What is asked of the manifest.
    pub(crate) asked: Asked,
    /// Empty where `supply` does not name the file.
    pub(crate) installs: Installs,
    pub(crate) unreadable: Option<Unreadable>,
}

/// What ci.toml asks of a manifest.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    /// A lock file: `supply` names the manifest.
    pub(crate) lock: bool,
    /// No ranges: `ranges` names it.
    pub(crate) ranges: bool,
}

/// Why nothing can be known of a file.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// One line, to follow the path.
    pub(crate) reason: String,
    /// Where that shows; none for the file as a whole.
    pub(crate) at: Option<usize>,
    /// What to do about it.
    pub(crate) remedy: &'static str,
    /// References that its lines still show.
    pub(crate) told: Vec<Told>,
}

/// What a file is to GitHub by its path; none if it reads it as neither.
pub(crate) fn role(file: &SourceFile) -> Option<Role> {
    let path = file.path();
    let is_workflow = path.parent().is_some_and(|folder| folder == ".github/workflows");
    if is_workflow && matches!(path.extension(), Some("yml" | "yaml")) {
        return Some(Role::Workflow);
    }
    matches!(path.file_name(), Some("action.yml" | "action.yaml")).then_some(Role::Action)
}

/// The largest manifests of public repositories have some thousand.
const REQUIREMENTS_MAX: usize = 20_000;

impl<'a> Inspected<'a> {
    /// Reads `file`; a file that cannot be read is still a value, so that a
    /// rule can say so.
    pub(crate) fn new(
        file: &'a SourceFile,
        role: Role,
        settings: &'a Settings,
        pins: &'a Pins,
    ) -> Inspected<'a> {
        match read(file, role, settings) {
            Ok(pipeline) => Inspected { pipeline, ..Inspected::empty(file, settings, pins) },
            Err(unreadable) => {
                let empty = Inspected::empty(file, settings, pins);
                Inspected { unreadable: Some(unreadable), ..empty }
            }
        }
    }

    /// The same of a file that `supply` names.
    pub(crate) fn supply(
        file: &'a SourceFile,
        form: Form,
        values: Option<&Values>,
        settings: &'a Settings,
        pins: &'a Pins,
    ) -> Inspected<'a> {
        let read = text(file).and_then(|source| {
            supply::read(source, file.path().file_name().unwrap_or_default(), form, values)
                .map_err(|error| no_yaml(file, &error))
        });
        match read {
            Ok(supply) => Inspected { supply, ..Inspected::empty(file, settings, pins) },
            Err(mut unreadable) => {
                unreadable.told.clear();
                let empty = Inspected::empty(file, settings, pins);
                Inspected { unreadable: Some(unreadable), ..empty }
            }
        }
    }

    /// The same of a manifest.
    pub(crate) fn manifest(
        file: &'a SourceFile,
        kind: Kind,
        asked: Asked,
        settings: &'a Settings,
        pins: &'a Pins,
    ) -> Inspected<'a> {
        let read = text(file).and_then(|source| {
            manifest::read(source, kind).map_err(|broken| {
                let remedy = "mend it so that it can be read as its package manager reads it";
                unreadable(file, one_line(&broken.reason), broken.at, remedy)
            })
        });
        let empty = Inspected { asked, ..Inspected::empty(file, settings, pins) };
        match read {
            Ok(manifest) => Inspected { manifest, ..empty },
            Err(mut unreadable) => {
                unreadable.told.clear();
                Inspected { unreadable: Some(unreadable), ..empty }
            }
        }
    }

    /// GitHub's lock file, which refers to nothing itself.
    pub(crate) fn lock(
        file: &'a SourceFile,
        settings: &'a Settings,
        pins: &'a Pins,
    ) -> Inspected<'a> {
        let read = text(file).and_then(|source| {
            Lock::read(source).map_err(|fault| {
                let remedy = "run 'gh actions-lock' to write it anew";
                unreadable(file, fault.reason, Some(fault.at), remedy)
            })
        });
        let unreadable = read.err().map(|unreadable| Unreadable { told: Vec::new(), ..unreadable });
        Inspected { unreadable, ..Inspected::empty(file, settings, pins) }
    }

    /// The same of a file of commands that `supply` names.
    pub(crate) fn commands(
        file: &'a SourceFile,
        settings: &'a Settings,
        pins: &'a Pins,
    ) -> Inspected<'a> {
        let unreadable = text(file).err().map(|it| Unreadable { told: Vec::new(), ..it });
        Inspected { unreadable, ..Inspected::empty(file, settings, pins) }
    }

    /// What nobody could mean is not judged to its end, and no exception for what
    /// was judged may cover the rest.
    pub(crate) fn refuse_crowds(&mut self) {
        let crowd = if self.installs.is_endless {
            Some(("installs more than any real file", "split it"))
        } else if self.manifest.requirements.len() > REQUIREMENTS_MAX {
            self.manifest = Manifest::default();
            Some(("asks for more packages than any real file", "take out what nothing uses"))
        } else {
            None
        };
        if let Some((reason, remedy)) = crowd {
            let (reason, told) = (reason.to_owned(), Vec::new());
            self.unreadable = Some(Unreadable { reason, at: None, remedy, told });
        }
    }

    /// Images that commands pull are images of the file, and repositories that
    /// images are built from are installs.
    pub(crate) fn join(&mut self) {
        self.supply.images.append(&mut self.installs.images);
        self.installs.unpinned.append(&mut self.supply.contexts);
    }

    fn empty(file: &'a SourceFile, settings: &'a Settings, pins: &'a Pins) -> Inspected<'a> {
        Inspected {
            file,
            settings,
            pins,
            pipeline: Pipeline::default(),
            supply: Supply::default(),
            manifest: Manifest::default(),
            asked: Asked::default(),
            installs: Installs::default(),
            unreadable: None,
        }
    }

    /// Where `bytes` of the file are.
    pub(crate) fn at(&self, bytes: &Range<usize>) -> Location {
        Location::of(self.file, bytes.clone())
    }
}

fn unreadable(
    file: &SourceFile,
    reason: String,
    at: Option<usize>,
    remedy: &'static str,
) -> Unreadable {
    Unreadable { reason, at, remedy, told: lines::unpinned(file.bytes()) }
}

fn text(file: &SourceFile) -> Result<&str, Unreadable> {
    let unreadable = |reason, at, remedy| unreadable(file, reason, at, remedy);
    match file.content() {
        Content::Text(text) => Ok(text),
        Content::NotUtf8 { valid_up_to } => {
            let reason = "is not UTF-8".to_owned();
            Err(unreadable(reason, Some(valid_up_to), "save the file as UTF-8"))
        }
        Content::Binary => {
            let reason = "holds a NUL byte: it is binary or UTF-16".to_owned();
            Err(unreadable(reason, None, "save the file as UTF-8"))
        }
        Content::LfsPointer(_) => {
            let reason = "is a Git LFS pointer, its content is not in the repository".to_owned();
            Err(unreadable(reason, None, "keep the file itself in the repository"))
        }
        Content::Symlink(target) => {
            let target = one_line(&String::from_utf8_lossy(target));
            let reason = format!("is a symbolic link to '{target}'");
            Err(unreadable(reason, None, "put the file itself in this place"))
        }
    }
}

fn no_yaml(file: &SourceFile, error: &SyntaxError) -> Unreadable {
    let reason = format!("is no YAML: {}", one_line(error.reason.trim_end_matches('.')));
    let remedy = "mend the YAML so that it can be read as its users read it";
    unreadable(file, reason, Some(error.at), remedy)
}

fn read(file: &SourceFile, role: Role, settings: &Settings) -> Result<Pipeline, Unreadable> {
    let unreadable = |reason, at, remedy| unreadable(file, reason, at, remedy);
    let source = text(file)?;
    let yaml = Yaml::parse(source).map_err(|error| no_yaml(file, &error))?;
    let steps = settings.asks_steps();
    let pipeline = Pipeline::read_with(source, &yaml, role, steps).map_err(|TooMany| {
        let reason = "refers to more actions and images than any real file".to_owned();
        unreadable(reason, None, "take the aliases out")
    })?;
    if let Some(at) = pipeline.steps_as_text {
        let reason = "holds a text that reads like steps where a list belongs".to_owned();
        return Err(unreadable(reason, Some(at), "write the steps as a list"));
    }
    // A key that slipped by a blank can make data of steps: what is demanded
    // and missing, and looks like a step yet was not found as one, is red.
    if let Some(missing) = pipeline.incomplete {
        let remedy = "write the steps where GitHub expects them";
        let mut found =
            unreadable(format!("{missing}, yet a line reads like a step"), None, remedy);
        found
            .told
            .retain(|told| !pipeline.uses.iter().any(|it| told.span.contains(&it.span.start)));
        if !found.told.is_empty() {
            return Err(found);
        }
    }
    Ok(pipeline)
}

/// `text` as it can stand in a message: one line, nothing invisible, not
/// longer than a reader would follow.
pub(crate) fn one_line(text: &str) -> String {
    const CHARACTERS_MAX: usize = 200;
    let mut line = String::with_capacity(text.len().min(CHARACTERS_MAX));
    for (count, c) in text.chars().enumerate() {
        if count == CHARACTERS_MAX {
            line.push('…');
            break;
        }
        match crate::reference::is_invisible(c) || (c.is_whitespace() && c != ' ') {
            true => line.extend(c.escape_unicode()),
            false => line.push(c),
        }
    }
    line
}
