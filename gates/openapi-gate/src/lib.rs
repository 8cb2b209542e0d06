//! The specification is valid, every route in scope is documented, and every
//! documented operation is served.
//!
//! ```text
//! spec files ─ spec ─ Library ─ Spec ───────────┐
//! Go files ─ routes::go ─ Remark ─ link ─┐      ├─ Inspected ─ rules/<rule> ─ Finding
//! output ─ routes::command ──────────────┴ Found┘
//! ```
//!
//! What cannot be told is never guessed: a path that constants do not fix is a
//! finding of its own.

mod inspect;
mod path;
mod propose;
mod routes;
mod rules;
mod settings;
mod spec;

use std::borrow::Cow;

use camino::Utf8Path;
use kernel::{
    Checked, CommandRequest, ConfigError, Evidence, Examined, Fact, Gate, GateError, Globs, Kind,
    Location, Options, Remark, Request, Rule, SourceFile, Tree, Wants,
};

use crate::inspect::Inspected;
use crate::rules::TABLE;
use crate::settings::{Api, Settings};
use crate::spec::Library;

const ID: &str = "openapi-gate";

/// The gate, as a registry lists it.
pub const REGISTER: Kind = Kind {
    id: ID,
    summary: "the specification is valid and says what the server serves",
    items: ("operation", "operations"),
    configure,
    schema: || schemars::schema_for!(Settings),
    propose: propose::propose,
};

struct OpenapiGate {
    apis: Vec<Api>,
    files: Globs,
}

fn configure(options: &Options, tree: &Tree) -> Result<Box<dyn Gate>, ConfigError> {
    let apis = settings::read(options, tree)?;
    // One list for all: an exclusion of one entry is none for the others, so
    // each entry looks again at what it wants.
    let own = apis.iter().flat_map(|api| &api.statics);
    let patterns: Vec<&str> =
        own.flat_map(|it| it.files.patterns()).filter(|it| !it.starts_with('!')).collect();
    let files = Globs::new(patterns).map_err(|error| ConfigError::new(error.to_string()))?;
    Ok(Box::new(OpenapiGate { apis, files }))
}

/// What the facts of one file are called among the remarks.
fn about(api: usize, entry: usize) -> String {
    format!("{api} {entry}")
}

impl Gate for OpenapiGate {
    fn rules(&self) -> Cow<'_, [Rule]> {
        TABLE.iter().map(rules::Offence::rule).collect()
    }

    fn wants(&self) -> Wants {
        let request = |api: &Api| {
            let command = CommandRequest {
                argv: api.command.clone()?,
                without: Globs::default(),
                with: std::collections::BTreeMap::new(),
                timeout: None,
            };
            Some((api.request(), Request::Command(command)))
        };
        let requests = self.apis.iter().filter_map(request).collect();
        Wants { files: self.files.clone(), requests, ..Wants::default() }
    }

    fn check_file(&self, file: &SourceFile) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        for (number, api) in self.apis.iter().enumerate() {
            for (entry, wanted) in api.statics.iter().enumerate() {
                if !wanted.files.matches(file.path()) {
                    continue;
                }
                checked.examined.files = 1;
                checked.examined.bytes = file.bytes().len() as u64;
                if let Some(says) = routes::go::read(file, wanted) {
                    let (about, at) = (about(number, entry), Location::file(file.path()));
                    checked.remarks.push(Remark { about, says, at });
                }
            }
        }
        Ok(checked)
    }

    fn check(&self, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
        let mut checked = Checked::default();
        for (number, api) in self.apis.iter().enumerate() {
            evidence.pulse.check()?;
            let statics = api.statics.iter().enumerate().map(|(entry, wanted)| {
                let about = about(number, entry);
                let said = evidence.remarks.iter().filter(|remark| remark.about == about);
                let said: Vec<(&Utf8Path, &str)> =
                    said.map(|remark| (remark.at.path.as_path(), remark.says.as_str())).collect();
                routes::go::link(&said, wanted)
            });
            let library = Library::load(evidence.head, &api.spec)?;
            let inspected = Inspected::new(api, &library, evidence, statics.collect())?;
            checked.merge(judge(&inspected)?);
        }
        Ok(checked)
    }
}

fn judge(inspected: &Inspected<'_>) -> Result<Checked, GateError> {
    let mut checked = Checked::default();
    let files = inspected.library.files();
    checked.examined = Examined {
        files: files.len() as u64,
        bytes: files.iter().map(|loaded| loaded.file.bytes().len() as u64).sum(),
        items: inspected.documented.len() as u64,
    };
    for offence in TABLE {
        checked.findings.extend((offence.judge)(inspected));
    }
    // Where something is wrong already, that is likely why.
    if inspected.documented.is_empty() && checked.findings.is_empty() {
        let message =
            format!("'{}' has no operations: there is nothing to judge", inspected.api.spec);
        return Err(GateError::cannot_judge("no-operations", message)
            .hint("name the file whose 'paths' lists the operations"));
    }
    facts(inspected, &mut checked);
    Ok(checked)
}

/// What was compared and what was not, for the receipt.
fn facts(inspected: &Inspected<'_>, checked: &mut Checked) {
    let name = &inspected.api.name;
    let mut fact = |what: &str, value: Fact| {
        checked.facts.insert(format!("{name}: {what}"), value);
    };
    let operations = &inspected.documented;
    let outside = operations.iter().filter(|it| !it.is_compared).count();
    let external = operations.iter().filter(|it| it.is_compared && it.is_external).count();
    let Some(served) = &inspected.served else {
        fact("routes", Fact::from("not compared: the options name no source of them"));
        return;
    };
    let routes = &served.routes;
    let compared =
        routes.iter().filter(|it| inspected.is_compared(it.method.as_deref(), &it.path)).count();
    fact("operations compared", Fact::Count((operations.len() - outside) as u64));
    fact("operations outside the scope", Fact::Count(outside as u64));
    fact("operations served elsewhere", Fact::Count(external as u64));
    fact("routes compared", Fact::Count(compared as u64));
    fact("routes outside the scope", Fact::Count((routes.len() - compared) as u64));
}
