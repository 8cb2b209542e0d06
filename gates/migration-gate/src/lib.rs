//! The schema of one release still works with the code of the release before
//! it, no migration takes a lock that stops the service, none loses data, and
//! what has shipped is never edited.
//!
//! ```text
//! Tree ─ layout ─ Migration ─ postgres ─ Statement, Op ─ timeline ─ rules/<rule> ─ Finding
//!                                                          └ schema   what is there before each Op
//!        Timeline ─ execute ─ DatabaseRequest ─► DatabaseTrace ─ effects ─ Finding
//! ```
//!
//! What is read from the SQL and what a server shows when it runs are laid beside
//! each other; the receipt says which of the two it was.

mod chapter;
mod demand;
mod execute;
mod foreign;
mod held;
mod layout;
mod ops;
mod postgres;
mod propose;
mod renamed;
mod render;
mod rights;
mod rules;
mod schema;
mod settings;
mod spelling;
mod step;
mod timeline;
mod verdicts;

use std::borrow::Cow;
use std::collections::BTreeMap;

use kernel::{
    Checked, ConfigError, Evidence, Fact, Gate, GateError, Kind, Options, Request, Rule, Tree,
    Wants,
};

use crate::layout::Framework;
use crate::render::Rendering;
use crate::settings::{Settings, Source};
use crate::timeline::Timeline;

const ID: &str = "migration-gate";

/// The gate, as a registry lists it.
pub const REGISTER: Kind = Kind {
    id: ID,
    summary: "migrations keep the release before them working, and what has shipped unedited",
    items: ("statement", "statements"),
    configure,
    schema: || schemars::schema_for!(Settings),
    propose: propose::propose,
};

struct MigrationGate {
    sources: Vec<(Source, Framework)>,
}

fn configure(options: &Options, tree: &Tree) -> Result<Box<dyn Gate>, ConfigError> {
    let offences: Vec<&str> = rules::TABLE.iter().map(|offence| offence.offence()).collect();
    let settings = Settings::read(options, &offences)?;
    let mut sources = Vec::new();
    for source in settings.source {
        let framework = match layout::named(&source.framework)? {
            Some(framework) => framework,
            None if !source.render.is_empty() => layout::detect_program(&source.dir, tree)?,
            None => layout::detect(&source.dir, tree)?,
        };
        render::check(&source, framework)?;
        if let Some(through) = &source.shipped_through {
            framework.version(through)?;
        }
        sources.push((source, framework));
    }
    Ok(Box::new(MigrationGate { sources }))
}

impl Gate for MigrationGate {
    fn rules(&self) -> Cow<'_, [Rule]> {
        rules::TABLE.iter().map(|offence| offence.rule()).collect()
    }

    fn wants(&self) -> Wants {
        let asks = |source: &Source| source.is_executed() || !source.render.is_empty();
        let more = self.sources.iter().any(|(source, _)| asks(source));
        Wants { base: true, more, ..Wants::default() }
    }

    fn requests(&self, evidence: &Evidence<'_>) -> Result<BTreeMap<String, Request>, GateError> {
        let mut requests = BTreeMap::new();
        for (index, (source, framework)) in self.sources.iter().enumerate() {
            let rendering = Rendering::new(source, index);
            let mut is_printed = true;
            if framework.is_program {
                let commands = rendering.requests(framework, evidence)?;
                is_printed = commands.keys().all(|name| evidence.replies.contains_key(name));
                requests.extend(commands);
            }
            // What is printed is what is run: first the one, then the other.
            if !source.is_executed() || !is_printed {
                continue;
            }
            let timeline = Timeline::read(source, framework, &rendering, evidence)?;
            if let Some(request) = execute::request(&timeline, evidence)? {
                let request = Request::Database(Box::new(request));
                requests.insert(execute::name(index, source), request);
            }
        }
        Ok(requests)
    }

    fn check(&self, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        let (mut judged, mut not) = (Vec::new(), Vec::new());
        let (mut executed, mut not_because) = (true, Vec::new());
        for (index, (source, framework)) in self.sources.iter().enumerate() {
            let rendering = Rendering::new(source, index);
            let timeline = Timeline::read(source, framework, &rendering, evidence)?;
            judged.push(format!("{}: {}", source.dir, timeline.scope()));
            let not_judged = foreign::not_judged(source.dialect());
            let not_judged =
                not_judged.map(str::to_owned).into_iter().chain(timeline.taken_to_hold());
            not.extend(not_judged.map(|words| format!("{}: {words}", source.dir)));
            let origins = timeline.judge(evidence.pulse, &mut checked)?;
            let why = match source.is_executed() {
                false => Some("mode is 'static': everything is read from the SQL".to_owned()),
                true => {
                    let name = execute::name(index, source);
                    execute::judge(&timeline, &name, &origins, evidence, &mut checked)?
                }
            };
            executed &= why.is_none();
            not_because.extend(why.map(|why| format!("{}: {why}", source.dir)));
        }
        checked.facts.insert("judged".to_owned(), Fact::List(judged));
        if !not.is_empty() {
            checked.facts.insert("not_judged".to_owned(), Fact::List(not));
        }
        checked.facts.insert("executed".to_owned(), Fact::from(executed));
        if !executed {
            checked.facts.insert("executed_not_because".to_owned(), Fact::List(not_because));
        }
        Ok(checked)
    }
}
