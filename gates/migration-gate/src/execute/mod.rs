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
    GateError, Reply, ScriptTrace, SourceFile,
};

use crate::layout::Migration;
use crate::settings::Source;
use crate::timeline::{Chapter, Scope, State, Timeline};
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
    let is_new = |chapter: &Chapter| matches!(chapter.state, State::New);
    if cannot(timeline).is_some() || !timeline.chapters.iter().any(is_new) {
        return Ok(None);
    }
    let source = timeline.source;
    let (mut base, mut head) = (Vec::new(), Vec::new());
    for chapter in &timeline.chapters {
        let text = chapter.file.text().unwrap_or_default();
        let transaction = chapter.transaction;
        let path = chapter.migration.path().to_owned();
        let (texts, to) = match &chapter.state {
            State::New => (parts(text, &chapter.script.parts), &mut head),
            // Sent as one text, a file takes one turn.
            State::Shipped if transaction => (vec![text.to_owned()], &mut base),
            State::Shipped => (parts(text, &chapter.script.parts), &mut base),
            State::Edited { text, .. } if transaction => (vec![text.clone()], &mut base),
            State::Edited { before, text, .. } => (parts(text, &before.parts), &mut base),
        };
        let undo = match chapter.state {
            State::New => undo(timeline, &chapter.migration, evidence)?.map(Box::new),
            _ => None,
        };
        to.push(DatabaseScript { path, transaction, statements: texts, undo });
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
    timeline.chapters.iter().find_map(|chapter| {
        let path = chapter.migration.path();
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
    migration: &Migration,
    evidence: &Evidence<'_>,
) -> Result<Option<DatabaseScript>, GateError> {
    let version = &migration.slot.version;
    let Some(down) = timeline.downs.iter().find(|down| down.slot.version == *version) else {
        return Ok(None);
    };
    let file = evidence.head.read_entry(&down.entry);
    let file = file.map_err(|error| kernel::unread(down.path(), &error))?;
    let Some(text) = file.text() else { return Ok(None) };
    let script = crate::postgres::read(text);
    if !script.faults.is_empty() || script.has_placeholders {
        return Ok(None);
    }
    let framework = timeline.framework;
    let transaction = framework.transaction(down, text, &script, timeline.source, evidence.head);
    Ok(Some(DatabaseScript {
        path: down.path().to_owned(),
        transaction,
        statements: parts(text, &script.parts),
        undo: None,
    }))
}

/// Takes what the session showed into `checked`, which holds what the text of
/// this source says; or tells why there was none.
///
/// # Errors
/// The source insists on a session, and there was none.
pub(crate) fn judge(
    timeline: &Timeline<'_>,
    name: &str,
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
    let is_it = trace.server.starts_with(&format!("PostgreSQL {major}."));
    let but = if is_it { String::new() } else { format!(", where pg_version is {major}") };
    note(checked, "executed_on", format!("{dir}: {}{but}", trace.server));
    if trace.probes + trace.probes_unfit.len() as u64 > 0 {
        checked.facts.insert("queries_asked".to_owned(), Fact::from(trace.probes));
        let unfit = trace.probes_unfit.len() as u64;
        checked.facts.insert("queries_unfit".to_owned(), Fact::from(unfit));
    }
    let effects = all(timeline, trace);
    merge::merge(timeline, trace, effects, checked);
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
fn chapter<'a>(timeline: &'a Timeline<'_>, script: &ScriptTrace) -> Option<&'a Chapter> {
    timeline.chapters.iter().find(|chapter| chapter.migration.path() == script.path)
}

/// The bytes of a statement.
fn part(chapter: &Chapter, step: usize) -> std::ops::Range<usize> {
    chapter.script.parts.get(step).cloned().unwrap_or(0..0)
}

/// The file's own first bytes, for what is about all of it.
fn whole(file: &SourceFile) -> kernel::Location {
    kernel::Location::of(file, 0..0)
}
