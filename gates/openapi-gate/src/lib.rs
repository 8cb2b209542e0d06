//! The specification is valid, every route in scope is documented, and every
//! documented operation is served.
//!
//! ```text
//! spec files ─ spec ─ Library ─ Spec ───────────┐
//! sources ─ routes::read ─ Remark ─ link ─┐     ├─ Inspected ─ rules/<rule> ─ Finding
//! output ─ routes::command ───────────────┴ Found┘
//!
//! Library ─ structure ─ Structure ─ Inspected
//! Spec, the base's Spec ─ breaking ─ Finding
//! ```
//!
//! What cannot be told is never guessed: a path that constants do not fix is a
//! finding of its own.

mod breaking;
mod inspect;
mod path;
mod propose;
mod routes;
mod rules;
mod settings;
mod spec;
mod structure;
mod value;

use std::borrow::Cow;

use camino::Utf8Path;
use kernel::{
    Checked, CommandRequest, ConfigError, Evidence, Examined, Fact, Gate, GateError, Globs, Kind,
    Location, Options, Remark, Reply, Request, Rule, SourceFile, Tree, Waiver, Wants,
};

use crate::inspect::Inspected;
use crate::rules::TABLE;
use crate::settings::{Api, Settings};
use crate::spec::{Library, Spec, Version};

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
        TABLE.iter().map(rules::Offence::rule).chain(breaking::rules().iter().cloned()).collect()
    }

    fn wants(&self) -> Wants {
        let command = |argv: &Vec<String>| {
            Request::Command(CommandRequest { argv: argv.clone(), ..CommandRequest::default() })
        };
        let routes = self
            .apis
            .iter()
            .filter_map(|api| Some((api.request(), command(api.command.as_ref()?))));
        let today = self.apis.iter().filter_map(|api| {
            Some((api.today_request(), command(api.breaking.as_ref()?.today.as_ref()?)))
        });
        let mut breaking = self.apis.iter().filter_map(|api| api.breaking.as_ref());
        Wants {
            files: self.files.clone(),
            requests: routes.chain(today).collect(),
            base: breaking.clone().next().is_some(),
            base_ref: breaking.find_map(|own| own.base.clone()),
            ..Wants::default()
        }
    }

    fn waivers(&self) -> Vec<Waiver> {
        let breaking = self.apis.iter().filter_map(|api| api.breaking.as_ref());
        breaking.flat_map(|own| own.allow.iter().cloned()).collect()
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
                if let Some(says) = routes::read(file, wanted) {
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
                routes::link(&said, wanted, evidence.head)
            });
            let library = Library::load(evidence.head, &api.spec)?;
            let inspected = Inspected::new(api, &library, evidence, statics.collect())?;
            checked.merge(judge(&inspected)?);
            checked.merge(against_base(&inspected, evidence)?);
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

/// What the change breaks, where the options ask for it.
fn against_base(inspected: &Inspected<'_>, evidence: &Evidence<'_>) -> Result<Checked, GateError> {
    let mut checked = Checked::default();
    let api = inspected.api;
    // A specification that cannot be read is told of already.
    let (Some(breaking), Some(spec)) = (&api.breaking, &inspected.spec) else { return Ok(checked) };
    let mut fact = |text: String| {
        checked.facts.insert(format!("{}: breaking changes", api.name), Fact::from(text));
    };
    let base = evidence.base.ok_or_else(|| {
        let message =
            format!("api '{}' is to be compared with its base, and there is none", api.name);
        GateError::environment("no-base", message)
            .hint("name 'breaking.base' or [verify] base, and in CI check out with fetch-depth: 0")
    })?;
    if base.find(&api.spec).is_none() {
        fact(format!("nothing to compare: '{}' is new in this change", api.spec));
        return Ok(checked);
    }
    let library = Library::load(base, &api.spec)?;
    let Some(Ok(version)) = library.root().map(|root| Version::of(root.node)) else {
        fact(format!("nothing to compare: '{}' could not be read in the base", api.spec));
        return Ok(checked);
    };
    let old = Spec::read(&library, version, api.base());
    let policy = breaking::Policy {
        today: today(api, breaking, evidence)?,
        beta_days: breaking.sunset_days_beta,
        stable_days: breaking.sunset_days,
    };
    let outcome = breaking::judge(
        &api.name,
        breaking::Read { library: &library, spec: &old },
        breaking::Read { library: inspected.library, spec },
        policy,
        breaking.least,
    );
    fact(format!("{} operations of the base compared", outcome.operations));
    checked.findings = outcome.findings;
    Ok(checked)
}

/// The day that the command printed, if there is one.
fn today(
    api: &Api,
    breaking: &settings::Breaking,
    evidence: &Evidence<'_>,
) -> Result<Option<i64>, GateError> {
    let Some(argv) = &breaking.today else { return Ok(None) };
    let printed = match evidence.replies.get(&api.today_request()) {
        Some(Reply::Command { exit_code: 0, stdout, .. }) => {
            String::from_utf8_lossy(stdout).into_owned()
        }
        _ => String::new(),
    };
    match breaking::day(&printed) {
        Some(day) => Ok(Some(day)),
        None => {
            let message = format!("'breaking.today' ('{}') printed no day", argv.join(" "));
            Err(GateError::cannot_judge("no-day", message)
                .hint("it prints the day as 2026-11-21: [\"date\", \"-u\", \"+%F\"]"))
        }
    }
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
    if served.placed > 0 {
        fact("routes placed by 'unmounted'", Fact::Count(served.placed as u64));
    }
    if !served.hidden.is_empty() {
        fact("routes that no specification has", Fact::Count(served.hidden.len() as u64));
    }
}
