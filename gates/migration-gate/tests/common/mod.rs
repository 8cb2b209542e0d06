//! A change of migrations through the whole gate.

use std::collections::BTreeMap;

use kernel::{Checked, Evidence, Options, Pulse, Tree, survey};
use migration_gate::REGISTER;

/// Paths and texts.
pub type Files<'a> = &'a [(&'a str, &'a str)];

/// What the gate of these options says of `new`, laid over `base`.
pub fn surveyed(options: &str, base: Files<'_>, new: Files<'_>) -> Result<Checked, String> {
    let kept = base.iter().filter(|(path, _)| !new.iter().any(|(it, _)| it == path));
    let head = Tree::literal(kept.chain(new).copied());
    let base = Tree::literal(base.iter().copied());
    let gate = (REGISTER.configure)(&Options::of(options), &head).map_err(|it| it.to_string())?;
    let (replies, pulse) = (BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &head,
        base: Some(&base),
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    survey(&*gate, &evidence).map_err(|it| it.to_string())
}

/// `path:line offence` of each finding, paths below `m`.
pub fn places(checked: &Checked) -> Vec<String> {
    let place = |finding: &kernel::Finding| {
        let line = finding.at.span.map_or(0, |span| span.line);
        let offence = finding.rule.rsplit('/').next().unwrap_or_default();
        let path = finding.at.path.as_str();
        format!("{}:{line} {offence}", path.strip_prefix("m/").unwrap_or(path))
    };
    let mut found: Vec<String> = checked.findings.iter().map(place).collect();
    found.sort();
    found.dedup();
    found
}
