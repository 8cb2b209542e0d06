//! The gate over evidence from standard input, for the scripts that compare it
//! with others: a line each,
//! `{"name": …, "options": …, "head": {path: text}, "base": {path: text}}`.
//! Prints a line each of the same name with what was found.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a program that scripts call; what judges is the gate, which touches nothing"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, Error};

use kernel::{Evidence, Options, Pulse, Severity, Tree, survey};
use openapi_gate::REGISTER;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Asked {
    name: String,
    options: String,
    head: BTreeMap<String, String>,
    #[serde(default)]
    base: Option<BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct Told {
    name: String,
    error: Option<String>,
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    rule: String,
    severity: &'static str,
    path: String,
    line: u32,
    message: String,
}

fn main() -> Result<(), Error> {
    for line in std::io::stdin().lock().lines() {
        let asked: Asked = serde_json::from_str(&line?)?;
        let mut told = Told { name: asked.name.clone(), error: None, findings: Vec::new() };
        match judge(asked) {
            Ok(findings) => told.findings = findings,
            Err(error) => told.error = Some(error),
        }
        println!("{}", serde_json::to_string(&told)?);
    }
    Ok(())
}

fn judge(asked: Asked) -> Result<Vec<Found>, String> {
    let head = Tree::literal(asked.head);
    let base = asked.base.map(Tree::literal);
    let gate =
        (REGISTER.configure)(&Options::of(&asked.options), &head).map_err(|it| it.message)?;
    let (replies, pulse) = (BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &head,
        base: base.as_ref(),
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    let checked = survey(&*gate, &evidence).map_err(|error| error.message)?;
    let rules = gate.rules();
    let of_rule = |id: &str| rules.iter().find(|rule| rule.id == id).map(|rule| rule.severity);
    let found = checked.findings.into_iter().map(|finding| Found {
        severity: finding.severity.or_else(|| of_rule(&finding.rule)).map_or("", Severity::as_str),
        rule: finding.rule.into_owned(),
        path: finding.at.path.into_string(),
        line: finding.at.span.map_or(0, |span| span.line),
        message: finding.message,
    });
    Ok(found.collect())
}
