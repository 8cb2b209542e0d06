use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use kernel::{Example, Finding, Fix, Location, Severity};

use super::{Judge, Offence, Whole};
use crate::boundary::{Boundary, is_test};
use crate::reference::join;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/alias-into-restricted",
    severity: Severity::Error,
    doc: "A configuration of the core gives a name to the restricted tree.

`paths` of a tsconfig, `alias` of vite or webpack, `imports` of a package.json: by \
such a name every file of the core can import what is restricted without the path \
showing it, and a bundler wants the folder to be there.

Fix: take the name out. The restricted tree has a configuration of its own that \
extends the core's.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- web/tsconfig.json --
{ \"compilerOptions\": { \"paths\": { \"@ee/*\": [\"../ee/web/*\"] } } }
-- ee/web/a.ts --
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- web/vite.config.ts --
export default { resolve: { alias: { '@ee': path.resolve(__dirname, '../ee/web') } } }
-- ee/web/a.ts --
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'] }]
-- web/tsconfig.json --
{ \"compilerOptions\": { \"paths\": { \"@ee/*\": [\"./src/ee/*\"], \"@/*\": [\"./src/*\"] } } }
-- ee/tsconfig.json --
{ \"compilerOptions\": { \"paths\": { \"@ee/*\": [\"./web/*\"] } } }
-- ee/web/a.ts --
",
    )],
    judge: Judge::Whole(judge),
};

fn judge(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for boundary in whole.boundaries {
        let mut seen = BTreeSet::new();
        for (path, alias) in &whole.project.js.aliases {
            if !boundary.is_core(path) {
                continue;
            }
            let name = alias.name();
            let target = alias.targets.iter().find_map(|target| into(boundary, target));
            let Some(target) = target.filter(|_| seen.insert((path, name.clone()))) else {
                continue;
            };
            let severity = match is_test(path) {
                true => boundary.tests.severity(),
                false => Some(Severity::Error),
            };
            let Some(severity) = severity else { continue };
            let at = match whole.tree.read(path) {
                Ok(file) => {
                    let text = file.text().unwrap_or_default();
                    let at =
                        text.find(&format!("{name}/")).or_else(|| text.find(&name)).unwrap_or(0);
                    Location::of(&file, at..at + name.len())
                }
                Err(_) => Location::file(path),
            };
            let message = format!(
                "'{name}' of '{}' stands for '{target}', which is restricted",
                boundary.name
            );
            findings.push(
                Finding::new(OFFENCE.id, at, message)
                    .severity(severity)
                    .label("every file can import by this name")
                    .subject(name.clone())
                    .key(format!("{} alias {name}", boundary.name))
                    .fix(Fix::note(
                        "take the name out; the restricted tree has a configuration of its own",
                    )),
            );
        }
    }
    findings
}

/// The restricted path that a target is, if it is one.
fn into(boundary: &Boundary, target: &str) -> Option<Utf8PathBuf> {
    let path = join("".into(), target.split('*').next()?)?;
    let is_restricted = boundary.restricts(&path)
        || (!path.as_str().is_empty() && boundary.restricts_folder(&path));
    is_restricted.then_some(path)
}
