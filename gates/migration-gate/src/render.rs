//! Migrations that are programs: a command prints the SQL of each, and that is
//! judged in its place.
//!
//! ```text
//! render = ["alembic", "upgrade", "{from}:{to}", "--sql"] ─► the runner ─► text ─ Script
//! ```

use std::collections::BTreeMap;

use camino::Utf8Path;
use kernel::{CommandRequest, ConfigError, Evidence, GateError, Reply, Request, unread};

use crate::layout::{self, Folder, Framework, Migration, Section, revision};
use crate::settings::Source;

/// What in the command stands for a migration.
const PLACES: [&str; 6] = ["{path}", "{name}", "{version}", "{app}", "{from}", "{to}"];

/// Refuses a command that cannot say which migration it is to print.
pub(crate) fn check(source: &Source, framework: Framework) -> Result<(), ConfigError> {
    let refuse = |message: String, hint: &str| Err(ConfigError::new(message).hint(hint));
    let says = |place: &str| source.render.iter().any(|part| part.contains(place));
    if source.render.is_empty() {
        return match framework.is_program {
            true => refuse(
                format!("the migrations in '{}' are programs ({})", source.dir, framework.name),
                "name the command that prints one as SQL: render = [\"alembic\", \"upgrade\", \
                 \"{from}:{to}\", \"--sql\"], or [\"python\", \"manage.py\", \"sqlmigrate\", \
                 \"{app}\", \"{name}\"]",
            ),
            false => Ok(()),
        };
    }
    if !framework.is_program {
        return refuse(
            format!("'render' prints programs as SQL, and '{}' is SQL already", framework.name),
            "take 'render' out, or write framework = \"alembic\", \"django\" or \"code\"",
        );
    }
    let tells_apart = ["{path}", "{name}", "{version}", "{to}"];
    if !tells_apart.iter().any(|place| says(place)) {
        return refuse(
            "'render' prints the same for each migration".to_owned(),
            &format!("let it name the one that is asked for, by one of {}", PLACES.join(", ")),
        );
    }
    if framework.name != "alembic" && (says("{from}") || says("{to}")) {
        return refuse(
            "{from} and {to} are Alembic's revisions".to_owned(),
            "name the migration by {path}, {name} or {version}",
        );
    }
    Ok(())
}

/// Which command prints which migration.
pub(crate) struct Rendering<'a> {
    source: &'a Source,
    index: usize,
}

impl<'a> Rendering<'a> {
    pub(crate) fn new(source: &'a Source, index: usize) -> Rendering<'a> {
        Rendering { source, index }
    }

    fn name(&self, path: &Utf8Path) -> String {
        format!("render {} {path}", self.index)
    }

    fn history(&self) -> String {
        format!("render {} history", self.index)
    }

    /// The commands to run: one for each migration that is not as it shipped,
    /// and one for all that is, where a command can print that.
    pub(crate) fn requests(
        &self,
        framework: Framework,
        evidence: &Evidence<'_>,
    ) -> Result<BTreeMap<String, Request>, GateError> {
        let head = layout::folder(framework, &self.source.dir, evidence.head);
        let base = evidence.base.map(|tree| layout::folder(framework, &self.source.dir, tree));
        let mut requests = BTreeMap::new();
        let mut shipped = None;
        for migration in head.ups.iter().filter(|it| it.fault.is_none()) {
            evidence.pulse.check()?;
            if self.has_shipped(framework, migration, &head, base.as_ref(), evidence)? {
                shipped = Some(migration);
                // A server needs what came before, one by one where no command
                // prints that as one.
                if !self.source.is_executed() || self.prints_ranges() {
                    continue;
                }
            }
            let argv = self.argv(migration, &head, evidence)?;
            requests.insert(self.name(migration.path()), command(argv));
        }
        let prints_ranges = self.prints_ranges() && !requests.is_empty();
        if let Some(last) = shipped.filter(|_| prints_ranges) {
            let to = self.revision(last, evidence)?.0;
            let argv = self.source.render.iter();
            let argv = argv.map(|part| part.replace("{from}", "base").replace("{to}", &to));
            requests.insert(self.history(), command(argv.collect()));
        }
        Ok(requests)
    }

    fn prints_ranges(&self) -> bool {
        self.source.render.iter().any(|part| part.contains("{from}"))
    }

    fn has_shipped(
        &self,
        framework: Framework,
        migration: &Migration,
        head: &Folder,
        base: Option<&Folder>,
        evidence: &Evidence<'_>,
    ) -> Result<bool, GateError> {
        let through = self.source.shipped_through.as_deref();
        let through = through.and_then(|text| framework.through(text, head));
        let of_base = base.and_then(|it| it.ups.iter().find(|it| it.path() == migration.path()));
        if let (Some(tree), Some(before)) = (evidence.base, of_base) {
            let read = |tree: &kernel::Tree, it: &Migration| {
                tree.read_entry(&it.entry).map_err(|error| unread(it.path(), &error))
            };
            let is_same = read(tree, before)?.bytes() == read(evidence.head, migration)?.bytes();
            if !is_same {
                return Ok(false);
            }
        }
        Ok(match through {
            Some(last) => migration.slot.version <= last,
            None => of_base.is_some(),
        })
    }

    fn argv(
        &self,
        migration: &Migration,
        head: &Folder,
        evidence: &Evidence<'_>,
    ) -> Result<Vec<String>, GateError> {
        let path = migration.path();
        let name = path.file_stem().unwrap_or_default();
        let folder = path.parent().and_then(Utf8Path::parent);
        let app = folder.and_then(Utf8Path::file_name).unwrap_or_default();
        let version = migration.slot.version.to_string();
        let (to, from) = match self.prints_ranges() || self.says("{to}") {
            true => self.revision(migration, evidence)?,
            false => Default::default(),
        };
        // What precedes all that is there begins at the beginning.
        let known =
            |revision: &str| head.ups.iter().any(|up| up.slot.version.to_string() == revision);
        let from = if known(&from) { from } else { "base".to_owned() };
        let values = [path.as_str(), name, &version, app, &from, &to];
        let fill = |part: &String| {
            let filled = PLACES.iter().zip(values);
            filled.fold(part.clone(), |part, (place, value)| part.replace(place, value))
        };
        Ok(self.source.render.iter().map(fill).collect())
    }

    fn says(&self, place: &str) -> bool {
        self.source.render.iter().any(|part| part.contains(place))
    }

    /// A migration's revision, and the first that it follows.
    fn revision(
        &self,
        migration: &Migration,
        evidence: &Evidence<'_>,
    ) -> Result<(String, String), GateError> {
        let file = evidence.head.read_entry(&migration.entry);
        let file = file.map_err(|error| unread(migration.path(), &error))?;
        let revision = file.text().and_then(revision);
        let revision =
            revision.map(|it| (it.own, it.follows.into_iter().next().unwrap_or_default()));
        Ok(revision.unwrap_or_default())
    }

    /// The SQL of a migration; none where it was not asked for.
    pub(crate) fn text(
        &self,
        path: &Utf8Path,
        evidence: &Evidence<'_>,
    ) -> Result<Option<String>, GateError> {
        printed(path.as_str(), evidence.replies.get(&self.name(path)))
    }

    /// The SQL of all that has shipped.
    pub(crate) fn shipped(&self, evidence: &Evidence<'_>) -> Result<Option<String>, GateError> {
        printed("what has shipped", evidence.replies.get(&self.history()))
    }
}

/// How Django says that something runs which it cannot print.
const UNPRINTED: &str = "CANNOT BE WRITTEN AS SQL";

/// What was printed of a migration, as what runs.
pub(crate) fn section(printed: String) -> Section {
    let at = printed.find(UNPRINTED);
    let section = Section::printed(printed);
    match at {
        Some(at) => section.fault(
            at..at + UNPRINTED.len(),
            "it runs a program too, which the command does not print: keep that in a migration of \
             its own, and say in a waiver what it does",
        ),
        None => section,
    }
}

fn command(argv: Vec<String>) -> Request {
    Request::Command(CommandRequest { argv, ..CommandRequest::default() })
}

/// What a command printed. Nothing is an error: an empty migration prints its
/// transaction at least, or a comment.
fn printed(what: &str, reply: Option<&Reply>) -> Result<Option<String>, GateError> {
    let fail = |why: String| {
        let error = GateError::environment("not-rendered", format!("'{what}': {why}"));
        Err(error.hint("run the command of 'render' by hand: it prints SQL on standard output"))
    };
    match reply {
        None => Ok(None),
        Some(Reply::Command { exit_code: 0, stdout, .. }) => match std::str::from_utf8(stdout) {
            Ok(text) if text.trim().is_empty() => {
                fail("the command that prints its SQL printed nothing".to_owned())
            }
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => fail("what the command printed is not UTF-8".to_owned()),
        },
        Some(Reply::Command { exit_code, stderr, .. }) => {
            let said = String::from_utf8_lossy(stderr);
            let last = said.lines().rev().find(|line| !line.trim().is_empty());
            let last = crate::rules::one_line(last.unwrap_or("it said nothing"));
            fail(format!("the command that prints its SQL failed ({exit_code}): {last}"))
        }
        Some(_) => fail("the command that prints its SQL did not end".to_owned()),
    }
}
