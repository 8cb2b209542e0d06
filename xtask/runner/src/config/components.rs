//! `[components.*]` and `[select]`: the parts of a repository, for `select`.

use kernel::Globs;
use schemars::JsonSchema;
use serde::Deserialize;

use super::did_you_mean;

/// Names that `select` gives outputs of its own.
pub const RESERVED: [&str; 7] =
    ["all", "any", "base", "components", "count", "matrix", "unmatched"];
/// Keys that are not passed through.
const OWN: [&str; 2] = ["paths", "always"];

/// `[components.NAME]`.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its name: an output and an entry of the matrix.
    pub name: String,
    /// What belongs to it.
    pub paths: Globs,
    /// Selected whatever changed.
    pub always: bool,
    /// Every other key, for the matrix.
    pub passed: serde_json::Map<String, serde_json::Value>,
}

/// The keys that every component may have.
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct ComponentKeys {
    /// What belongs to it.
    paths: Vec<String>,
    /// Selected whatever changed.
    always: bool,
    /// Any other key is passed through to its entry of the matrix.
    #[serde(flatten)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    passed: toml::Table,
}

impl Default for ComponentKeys {
    fn default() -> ComponentKeys {
        ComponentKeys { paths: Vec::new(), always: false, passed: toml::Table::new() }
    }
}

/// `[select]`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Select {
    /// Paths that never count.
    pub ignore: Vec<String>,
}

impl Component {
    /// From its table; what is wrong with it, and what to write instead.
    pub(super) fn of(
        name: &str,
        keys: ComponentKeys,
    ) -> Result<Component, (String, Option<String>)> {
        let head = |c: char| c.is_ascii_alphabetic() || c == '_';
        let rest = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !name.starts_with(head) || !name.chars().all(rest) {
            let hint =
                "a letter or '_', then letters, digits, '-' and '_': it is the name of an output";
            return Err((format!("'{name}' is no name for a component"), Some(hint.to_owned())));
        }
        if RESERVED.contains(&name) {
            let text = format!("'{name}' is an output of 'select' itself");
            return Err((text, Some("name the component otherwise".to_owned())));
        }
        let paths = Globs::new(&keys.paths)
            .map_err(|error| (format!("component '{name}': paths: {error}"), None))?;
        let slip = keys.passed.keys().find_map(|key| Some((key, did_you_mean(key, OWN)?)));
        if let Some((key, meant)) = slip {
            let text = format!("component '{name}': '{key}' would be passed through");
            return Err((text, Some(meant)));
        }
        if keys.passed.contains_key("component") {
            let text =
                format!("component '{name}' has 'component', which is its name in the matrix");
            return Err((text, None));
        }
        if keys.paths.is_empty() && !keys.always {
            let text = format!("component '{name}' has no paths, so it is never selected");
            return Err((
                text,
                Some("write paths = [\"services/x/**\"], or always = true".to_owned()),
            ));
        }
        let mut passed = serde_json::Map::new();
        for (key, value) in keys.passed {
            let value = json(value).ok_or_else(|| {
                let text = format!("component '{name}': '{key}' is nothing that JSON can hold");
                (text, Some("write it as a string".to_owned()))
            })?;
            passed.insert(key, value);
        }
        Ok(Component { name: name.to_owned(), paths, always: keys.always, passed })
    }
}

/// None of a date, or of a number that is none.
fn json(value: toml::Value) -> Option<serde_json::Value> {
    Some(match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => serde_json::Number::from_f64(number)?.into(),
        toml::Value::Boolean(is) => is.into(),
        toml::Value::Datetime(_) => return None,
        toml::Value::Array(all) => all.into_iter().map(json).collect::<Option<Vec<_>>>()?.into(),
        toml::Value::Table(table) => {
            let pairs = table.into_iter().map(|(key, value)| Some((key, json(value)?)));
            serde_json::Value::Object(pairs.collect::<Option<_>>()?)
        }
    })
}
