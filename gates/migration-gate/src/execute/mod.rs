//! What the migrations do when they run: asked of a database session, and laid
//! beside what their text says.
//!
//! ```text
//! Timeline ─ request ─► the runner's session ─► DatabaseTrace ─ effects ─ merge ─ Finding
//! ```

mod catalog;
mod constraints;
mod effect;
mod locks;
mod merge;
mod objects;
mod queries;
mod relations;
mod security;

use kernel::{
    Checked, DatabaseRequest, DatabaseScript, DatabaseServer, DatabaseTrace, Evidence, Fact,
    GateError, Reply, ScriptTrace,
};

use crate::chapter::{Chapter, State};
use crate::layout::{Running, Section};
use crate::settings::{Dialect, Source};
use crate::timeline::{Scope, Timeline};
use crate::verdicts::Origin;
use catalog::Catalog;
use effect::{Effect, Passage};

/// What a source's session is asked for as.
pub(crate) fn name(index: usize, source: &Source) -> String {
    match index {
        0 => "database".to_owned(),
        _ => format!("database {index} {}", source.dir),
    }
}

/// The session that shows what the change of `timeline` does. None where
/// nothing new is to be run, or a file cannot be.
pub(crate) fn request(
    timeline: &Timeline<'_>,
    evidence: &Evidence<'_>,
) -> Result<Option<DatabaseRequest>, GateError> {
    if cannot(timeline).is_some() || !timeline.chapters.iter().any(Chapter::is_new) {
        return Ok(None);
    }
    let source = timeline.source;
    let (mut base, mut head) = (Vec::new(), Vec::new());
    // What is printed makes that table itself.
    let own_table = timeline.framework.own_table.filter(|_| !timeline.framework.is_program);
    if let Some((text, script)) = &timeline.before {
        base.push(DatabaseScript {
            path: format!("{}: what has shipped", source.dir).into(),
            transaction: false,
            statements: parts(text, &script.parts),
            undo: None,
        });
    }
    if let Some(table) = own_table {
        base.push(DatabaseScript {
            path: timeline.framework.name.into(),
            transaction: true,
            statements: vec![table.to_owned()],
            undo: None,
        });
    }
    for chapter in &timeline.chapters {
        let transaction = chapter.transaction;
        let path = chapter.migration.name();
        let own = || -> Vec<String> {
            chapter.script.parts.iter().map(|part| chapter.words(part).to_owned()).collect()
        };
        // Sent as one text, a file takes one turn.
        let shipped = match &chapter.state {
            State::New => None,
            State::Shipped if transaction => Some(vec![chapter.text().to_owned()]),
            State::Shipped => Some(own()),
            State::Edited { text, .. } | State::Again { text, .. } if transaction => {
                Some(vec![text.clone()])
            }
            State::Edited { before, text, .. } | State::Again { before, text } => {
                Some(parts(text, &before.parts))
            }
        };
        if let Some(statements) = shipped {
            base.push(DatabaseScript { path: path.clone(), transaction, statements, undo: None });
        }
        if chapter.is_new() {
            let undo = undo(timeline, chapter, evidence)?.map(Box::new);
            head.push(DatabaseScript { path, transaction, statements: own(), undo });
        }
    }
    Ok(Some(DatabaseRequest {
        dialect: source.dialect.clone(),
        version: source.pg_version,
        server: match source.server.as_str() {
            "local" => DatabaseServer::Local,
            "environment" => DatabaseServer::Environment,
            _ => DatabaseServer::Auto,
        },
        roles: source.roles.clone(),
        asked_as: source.role.clone(),
        base,
        head,
        probes: queries::probes(source, evidence)?,
    }))
}

/// Why the migrations cannot be run as they stand.
fn cannot(timeline: &Timeline<'_>) -> Option<String> {
    if timeline.before.as_ref().is_some_and(|(_, script)| !script.faults.is_empty()) {
        return Some(format!("what is printed of '{}' cannot be read", timeline.source.dir));
    }
    let is_edited = |it: &&Chapter| matches!(it.state, State::Edited { .. });
    let mut edited = timeline.chapters.iter().filter(is_edited);
    if let Some(chapter) = edited.next().filter(|_| timeline.framework.is_program) {
        let path = chapter.migration.name();
        return Some(format!(
            "'{path}' has changed since it shipped, and what it ran then is not printed"
        ));
    }
    timeline.chapters.iter().find_map(|chapter| {
        let path = chapter.migration.name();
        if !chapter.script.faults.is_empty() {
            return Some(format!("'{path}' cannot be read"));
        }
        let has = chapter.script.has_placeholders;
        has.then(|| format!("'{path}' is a template, and only its own program fills it in"))
    })
}

fn parts(text: &str, parts: &[std::ops::Range<usize>]) -> Vec<String> {
    parts.iter().filter_map(|part| text.get(part.clone())).map(str::to_owned).collect()
}

/// The script that undoes a migration.
fn undo(
    timeline: &Timeline<'_>,
    chapter: &Chapter,
    evidence: &Evidence<'_>,
) -> Result<Option<DatabaseScript>, GateError> {
    let version = &chapter.migration.slot.version;
    let beside = timeline.downs.iter().find(|down| down.slot.version == *version);
    let (down, file, section) = match (&chapter.down, beside) {
        (Some(section), _) => (&chapter.migration, chapter.file.clone(), section.clone()),
        (None, Some(down)) => {
            let file = evidence.head.read_entry(&down.entry);
            let file = file.map_err(|error| kernel::unread(down.path(), &error))?;
            let section = Section::whole(file.text().unwrap_or_default());
            (down, file, section)
        }
        (None, None) => return Ok(None),
    };
    let Some(whole) = file.text() else { return Ok(None) };
    let text = section.text.as_deref().unwrap_or(whole);
    let script = crate::postgres::read(text);
    let is_told = script.faults.is_empty() && section.faults.is_empty();
    if !is_told || script.has_placeholders || section.has_placeholders {
        return Ok(None);
    }
    let (migration, source, tree) = (down, timeline.source, evidence.head);
    let running = Running { migration, section: &section, text, script: &script, source, tree };
    let transaction = timeline.framework.transaction(&running);
    Ok(Some(DatabaseScript {
        path: down.name(),
        transaction,
        statements: parts(text, &script.parts),
        undo: None,
    }))
}

/// Takes what the session showed into `checked`, which holds what the text of
/// this source says, about what `origins` tell; or tells why there was none.
///
/// # Errors
/// The source insists on a session, and there was none.
pub(crate) fn judge(
    timeline: &Timeline<'_>,
    name: &str,
    origins: &[Origin],
    evidence: &Evidence<'_>,
    checked: &mut Checked,
) -> Result<Option<String>, GateError> {
    let dir = &timeline.source.dir;
    let trace = match evidence.replies.get(name) {
        Some(Reply::Database(Ok(trace))) => trace,
        Some(Reply::Database(Err(reason))) => return without(timeline, reason.clone()),
        _ => {
            return match cannot(timeline) {
                Some(reason) => without(timeline, reason),
                None => Ok(Some("nothing is new".to_owned())),
            };
        }
    };
    let major = timeline.source.pg_version;
    let is_postgres = timeline.source.dialect() == Dialect::Postgres;
    let is_it = !is_postgres || trace.server.starts_with(&format!("PostgreSQL {major}."));
    let but = if is_it { String::new() } else { format!(", where pg_version is {major}") };
    note(checked, "executed_on", format!("{dir}: {}{but}", trace.server));
    if trace.probes + trace.probes_unfit.len() as u64 > 0 {
        checked.facts.insert("queries_asked".to_owned(), Fact::from(trace.probes));
        let unfit = trace.probes_unfit.len() as u64;
        checked.facts.insert("queries_unfit".to_owned(), Fact::from(unfit));
    }
    if !is_postgres {
        // Nothing is told of its catalog: what the text says stands.
        merge::queries_alone(timeline, trace, origins, checked);
        return Ok(None);
    }
    let effects = all(timeline, trace);
    merge::merge(timeline, trace, effects, origins, checked);
    Ok(None)
}

fn without(timeline: &Timeline<'_>, reason: String) -> Result<Option<String>, GateError> {
    let dir = &timeline.source.dir;
    if timeline.source.mode == "execute" {
        let message = format!("the migrations of '{dir}' were not run: {reason}");
        return Err(GateError::environment("not-executed", message)
            .hint("mode = \"both\" judges what the text says where they cannot be run"));
    }
    Ok(Some(reason))
}

/// Adds a line to a fact of several.
fn note(checked: &mut Checked, fact: &str, line: String) {
    match checked.facts.entry(fact.to_owned()).or_insert_with(|| Fact::List(Vec::new())) {
        Fact::List(lines) => lines.push(line),
        other => *other = Fact::List(vec![line]),
    }
}

/// The effects of each script that ran to its end, in the order of the scripts.
fn all(timeline: &Timeline<'_>, trace: &DatabaseTrace) -> Vec<(usize, Vec<Effect>)> {
    let mut old = Catalog::of(&trace.before);
    let mut before = old.clone();
    let mut found = Vec::new();
    for (index, script) in trace.scripts.iter().enumerate() {
        let mut after = before.clone();
        script.steps.iter().for_each(|step| after.apply(&step.changes));
        if !has_failed(script) {
            let passage = Passage::new(&old, &before, &after, script, &trace.filled);
            let mut effects = relations::effects(&passage);
            effects.extend(objects::effects(&passage));
            effects.extend(locks::effects(&passage));
            found.push((index, effects));
        }
        before = after;
        // Each is a release of its own where nobody says what has shipped.
        if timeline.scope == Scope::Unknown {
            old = before.clone();
        }
    }
    found
}

fn has_failed(script: &ScriptTrace) -> bool {
    script.steps.iter().any(|step| step.error.is_some())
}

/// The file of a script.
fn chapter<'a>(timeline: &'a Timeline<'_>, script: &ScriptTrace) -> Option<(usize, &'a Chapter)> {
    let chapters = timeline.chapters.iter().enumerate();
    let mut new = chapters.filter(|(_, chapter)| chapter.is_new());
    new.find(|(_, chapter)| chapter.migration.name() == script.path)
}

/// The bytes of a statement.
fn part(chapter: &Chapter, step: usize) -> std::ops::Range<usize> {
    chapter.script.parts.get(step).cloned().unwrap_or(0..0)
}
