//! A configuration, what it builds on, and the built-in rules, made one pack.

use kernel::ConfigError;

use super::allow::Allowlist;
use super::reader::{Document, RuleEntry, read};
use super::syntax::translate;
use crate::engine::Required;
use crate::engine::pattern::Pattern;
use crate::rules::{self, Finder, Spec};

/// How many files may build on each other, as in gitleaks.
const CHAIN_LEN_MAX: usize = 3;

/// The rules and exceptions in force.
#[derive(Debug)]
pub struct Pack {
    /// The rules.
    pub specs: Vec<Spec>,
    /// Exceptions to all of them, or to some by id.
    pub allow: Vec<Allowlist>,
    /// The files that it was read from.
    pub files: Vec<String>,
}

impl Pack {
    /// The built-in rules, without a configuration.
    pub fn built_in() -> Pack {
        Pack { specs: rules::built_in(), allow: Vec::new(), files: Vec::new() }
    }
}

/// Reads `file` and what it builds on; `load` reads a file of the tree.
///
/// # Errors
/// As [`read`]; a rule that has nothing to look for; no rule at all.
pub fn assemble(
    file: &str,
    load: &dyn Fn(&str) -> Result<String, ConfigError>,
) -> Result<Pack, ConfigError> {
    let pack = layer(file, load, 1)?;
    if pack.specs.is_empty() {
        let error = ConfigError::new(format!(
            "'{file}' leaves no rule in force, so nothing would be looked for"
        ));
        return Err(error.file(file).hint("add [extend] useDefault = true, or rules of your own"));
    }
    Ok(pack)
}

fn layer(
    file: &str,
    load: &dyn Fn(&str) -> Result<String, ConfigError>,
    depth: usize,
) -> Result<Pack, ConfigError> {
    let document = read(file, &load(file)?)?;
    let mut pack = match &document.extend.path {
        _ if document.extend.use_default => Pack::built_in(),
        None => Pack { specs: Vec::new(), allow: Vec::new(), files: Vec::new() },
        Some((_, span)) if depth >= CHAIN_LEN_MAX => {
            let error = ConfigError::new(format!(
                "more than {CHAIN_LEN_MAX} configurations build on each other"
            ));
            return Err(error.span(span.clone()).file(file));
        }
        Some((path, span)) => {
            let base = layer(path, load, depth + 1);
            base.map_err(|error| match error.file {
                None => error.span(span.clone()).file(file),
                Some(_) => error,
            })?
        }
    };
    pack.files.push(file.to_owned());
    apply(&mut pack, document).map_err(|error| error.file(file))?;
    Ok(pack)
}

fn apply(pack: &mut Pack, document: Document) -> Result<(), ConfigError> {
    let disabled = &document.extend.disabled;
    pack.specs.retain(|spec| !disabled.contains(&spec.id));
    let mut required = Vec::new();
    for entry in document.rules {
        required.extend(entry.required.iter().map(|one| (entry.id.clone(), one.clone())));
        if entry.regex.is_none() {
            // gitleaks would forget them in silence.
            if let Some((_, span)) = entry.required.first() {
                let error = ConfigError::new(format!(
                    "rule '{}': 'required' without a 'regex' has no effect in gitleaks",
                    entry.id
                ));
                return Err(error.span(span.clone()).hint("give the rule a regex of its own"));
            }
        }
        match pack.specs.iter_mut().find(|spec| spec.id == entry.id) {
            Some(spec) => alter(spec, entry)?,
            None if entry.regex.is_none() && entry.path.is_none() => {
                if !disabled.contains(&entry.id) {
                    let error = ConfigError::new(format!(
                        "rule '{}' has neither 'regex' nor 'path', and there is no rule of that id to alter",
                        entry.id
                    ));
                    return Err(error
                        .span(entry.span)
                        .hint("give it a regex, or [extend] useDefault = true"));
                }
            }
            None => pack.specs.push(own(entry)?),
        }
    }
    for (rule, (required, span)) in required {
        meets(pack, &rule, &required).map_err(|error| error.span(span))?;
    }
    for list in &document.allow {
        if let Some(id) = list.rules.iter().find(|id| !pack.specs.iter().any(|s| s.id == **id)) {
            let error = ConfigError::new(format!("'targetRules' names '{id}', which is no rule"));
            let hint = did_you_mean(pack, id);
            return Err(hint.into_iter().fold(error, ConfigError::hint));
        }
    }
    pack.allow.extend(document.allow);
    Ok(())
}

/// Whether what `rule` requires can be looked for.
fn meets(pack: &Pack, rule: &str, required: &Required) -> Result<(), ConfigError> {
    let found = pack.specs.iter().find(|spec| spec.id == required.rule);
    let reason = match found.map(|spec| &spec.finder) {
        Some(Finder::Path) => "looks at paths alone",
        Some(_) => return Ok(()),
        None => "is no rule in force",
    };
    let message = format!("rule '{rule}': it requires '{}', which {reason}", required.rule);
    Err(ConfigError::new(message).hint("require a rule with a regex"))
}

fn did_you_mean(pack: &Pack, id: &str) -> Option<String> {
    let stem = id.split('-').next().filter(|stem| stem.len() > 2)?;
    let near = pack.specs.iter().map(|spec| spec.id.as_str()).filter(|id| id.starts_with(stem));
    let near: Vec<&str> = near.take(3).collect();
    (!near.is_empty()).then(|| format!("there are {}", near.join(", ")))
}

/// Lays a rule of the configuration over the one of the same id: what it
/// gives replaces, lists are added to.
fn alter(spec: &mut Spec, entry: RuleEntry) -> Result<(), ConfigError> {
    if !entry.description.is_empty() {
        spec.description = entry.description.clone();
    }
    if let Some((source, _)) = &entry.regex {
        spec.finder = finder(source, &entry)?;
        spec.checksum = None;
        spec.group = 0;
        spec.formats.clear();
        spec.file = None;
        spec.from_user = true;
        spec.in_binaries = !is_generic(&spec.id);
        spec.required = entry.required.iter().map(|(required, _)| required.clone()).collect();
    }
    spec.skip_report |= entry.skip_report;
    if let Some((group, _)) = entry.group {
        spec.group = group;
    }
    if let Some(entropy) = entry.entropy.filter(|entropy| *entropy != 0.0) {
        spec.entropy_min = entropy;
    }
    if entry.path.is_some() {
        spec.path = entry.path;
    }
    spec.keywords.extend(entry.keywords);
    spec.allow.extend(entry.allow);
    check_group(spec, &entry.regex.map(|(_, span)| span), entry.group.map(|(_, span)| span))
}

fn own(entry: RuleEntry) -> Result<Spec, ConfigError> {
    let finder = match &entry.regex {
        Some((source, _)) => finder(source, &entry)?,
        None => Finder::Path,
    };
    let description =
        if entry.description.is_empty() { entry.id.clone() } else { entry.description };
    let mut spec = Spec::new(&entry.id, description, finder);
    spec.keywords = entry.keywords;
    spec.path = entry.path;
    spec.entropy_min = entry.entropy.unwrap_or_default();
    spec.group = entry.group.as_ref().map_or(0, |(group, _)| *group);
    spec.allow = entry.allow;
    spec.from_user = true;
    spec.in_binaries = !is_generic(&spec.id);
    spec.required = entry.required.into_iter().map(|(required, _)| required).collect();
    spec.skip_report = entry.skip_report;
    check_group(&spec, &entry.regex.map(|(_, span)| span), entry.group.map(|(_, span)| span))?;
    Ok(spec)
}

/// Rules that go by a name and an assignment find much in compiled programs.
fn is_generic(id: &str) -> bool {
    id.contains("generic")
}

fn finder(source: &str, entry: &RuleEntry) -> Result<Finder, ConfigError> {
    let error = |reason: String| {
        let error =
            ConfigError::new(format!("rule '{}': 'regex' does not compile: {reason}", entry.id));
        error.span(entry.regex.as_ref().map_or(0..0, |(_, span)| span.clone()))
    };
    let translated = translate(source).map_err(error)?;
    Ok(Finder::Patterns(vec![Pattern::around(translated)]))
}

fn check_group(
    spec: &Spec,
    regex: &Option<std::ops::Range<usize>>,
    group: Option<std::ops::Range<usize>>,
) -> Result<(), ConfigError> {
    let Finder::Patterns(patterns) = &spec.finder else { return Ok(()) };
    let groups = patterns.iter().map(Pattern::group_count).min().unwrap_or(0);
    if spec.group <= groups {
        return Ok(());
    }
    let error = ConfigError::new(format!(
        "rule '{}': 'secretGroup' is {} and the regex has {groups} groups",
        spec.id, spec.group
    ));
    let span = group.or_else(|| regex.clone());
    Err(span.into_iter().fold(error, ConfigError::span))
}
