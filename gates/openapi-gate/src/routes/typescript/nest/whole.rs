//! What holds for a whole server of NestJS: its prefix and its versions.

use super::super::link::{Machine, Value};
use crate::routes::Versioning;

/// What stands before a version where nothing else is asked for.
const VERSION_MARK: &str = "v";

/// What holds for the whole server.
#[derive(Default)]
pub(super) struct Whole {
    pub(super) prefix: String,
    /// Paths that the prefix does not stand before.
    pub(super) excluded: Vec<String>,
    /// What stands before a version in a path; none where versions are no part
    /// of paths.
    pub(super) version_mark: Option<String>,
    pub(super) versions: Option<Vec<String>>,
    pub(super) is_versioned: bool,
    pub(super) is_lost: bool,
}

/// What `setGlobalPrefix` and `enableVersioning` say, and `versioning` where no file
/// says the latter.
pub(super) fn whole(machine: &mut Machine<'_>, versioning: Option<Versioning>) -> Whole {
    let mut whole = Whole::default();
    let settings = machine.settings.clone();
    let mut prefixes: Vec<String> = Vec::new();
    for (name, arguments, site) in settings {
        let first = arguments.first().cloned().unwrap_or(Value::Nothing);
        match name {
            "setGlobalPrefix" => match first {
                Value::Text(text) => {
                    let text = text.trim_matches('/').to_owned();
                    if !prefixes.contains(&text) {
                        prefixes.push(text);
                    }
                    if prefixes.len() > 1 {
                        let why = "the files set two prefixes; name the files of one server";
                        machine.unresolved(site, why);
                        whole.is_lost = true;
                    }
                    let options = arguments.get(1).cloned().unwrap_or(Value::Nothing);
                    let excluded = machine.field(&options, "exclude");
                    for own in machine.flattened(&[excluded]) {
                        let own = match own {
                            Value::Object(_) => machine.field(&own, "path"),
                            own => own,
                        };
                        match own {
                            Value::Text(text) => {
                                whole.excluded.push(text.trim_matches('/').to_owned());
                            }
                            Value::Nothing => {}
                            _ => machine.unresolved(site, "what is excluded is not constant"),
                        }
                    }
                }
                _ => {
                    let why = "the prefix is not a constant, so no path can be told";
                    machine.unresolved(site, why);
                    whole.is_lost = true;
                }
            },
            "enableVersioning" => {
                whole.is_versioned = true;
                let kind = machine.field(&first, "type");
                // Nothing at all is the default, which is by path.
                let is_path = match kind {
                    Value::Package(_, kind) => kind.ends_with("URI"),
                    Value::Nothing => true,
                    Value::Text(kind) => *kind == *"0",
                    _ => {
                        let why = "the kind of versions is not a constant, so no path can be told";
                        machine.unresolved(site, why);
                        whole.is_lost = true;
                        false
                    }
                };
                if is_path {
                    let mark = match machine.field(&first, "prefix") {
                        Value::Text(text) if *text == *"false" => String::new(),
                        Value::Text(text) => text.to_string(),
                        _ => VERSION_MARK.to_owned(),
                    };
                    whole.version_mark = Some(mark);
                    let versions = machine.field(&first, "defaultVersion");
                    whole.versions = versions_of(machine, &versions);
                }
            }
            _ => {}
        }
    }
    whole.prefix = prefixes.into_iter().next().unwrap_or_default();
    if let Some(versioning) = versioning.filter(|_| !whole.is_versioned) {
        whole.is_versioned = true;
        whole.version_mark = (versioning == Versioning::Uri).then(|| VERSION_MARK.to_owned());
    }
    whole
}

/// Versions as parts of a path, an empty one for what has none; none where
/// nothing says.
pub(super) fn versions_of(machine: &Machine<'_>, value: &Value) -> Option<Vec<String>> {
    let values = machine.flattened(std::slice::from_ref(value));
    let versions: Vec<String> = values
        .iter()
        .filter_map(|value| match value {
            Value::Text(text) => Some(text.to_string()),
            Value::Package(_, name) if name.ends_with("VERSION_NEUTRAL") => Some(String::new()),
            _ => None,
        })
        .collect();
    (!versions.is_empty()).then_some(versions)
}
