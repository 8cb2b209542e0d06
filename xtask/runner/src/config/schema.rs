//! JSON Schema of ci.toml, generated from the types that read it.

use kernel::Kind;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::components::ComponentKeys;
use super::{Cache, Common, ProfileKeys, Select, Verify, WaiverConfig};

/// The schema for these built-in gates, draft 2020-12.
#[must_use]
pub fn json_schema(kinds: &[Kind]) -> Value {
    let mut generator = SchemaGenerator::default();
    let verify = generator.subschema_for::<Verify>();
    let cache = generator.subschema_for::<Cache>();
    let profile = generator.subschema_for::<ProfileKeys>();
    let component = generator.subschema_for::<ComponentKeys>();
    let select = generator.subschema_for::<Select>();
    let waiver = generator.subschema_for::<WaiverConfig>();
    let common = plain(&generator.root_schema_for::<Common>());
    let common_keys =
        common.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut definitions = generator.take_definitions(true);
    for (name, definition) in common.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        definitions.insert(name.clone(), definition.clone());
    }

    let mut named = Map::new();
    let mut any_name = vec![command(&common_keys)];
    for kind in kinds {
        let own = plain(&(kind.schema)());
        let mut keys = common_keys.clone();
        for (key, value) in own.get("properties").and_then(Value::as_object).into_iter().flatten() {
            keys.insert(key.clone(), value.clone());
        }
        for (name, definition) in own.get("$defs").and_then(Value::as_object).into_iter().flatten()
        {
            definitions.insert(name.clone(), definition.clone());
        }
        named.insert(kind.id.to_owned(), object(kind.summary, &keys, &[]));
        keys.insert("kind".to_owned(), json!({ "const": kind.id }));
        any_name.push(object(kind.summary, &keys, &["kind"]));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ci.toml",
        "description": "gates of a repository, read by cargo xtask",
        "type": "object",
        "required": ["schema", "gate"],
        "additionalProperties": false,
        "properties": {
            "schema": { "const": super::SCHEMA, "description": "version of this format" },
            "verify": verify,
            "cache": cache,
            "gate": {
                "type": "object",
                "minProperties": 1,
                "properties": named,
                "additionalProperties": { "anyOf": any_name },
            },
            "profile": { "type": "object", "additionalProperties": profile },
            "components": { "type": "object", "additionalProperties": component },
            "select": select,
            "waiver": { "type": "array", "items": waiver },
        },
        "$defs": definitions,
    })
}

fn plain(schema: &schemars::Schema) -> Value {
    schema.as_value().clone()
}

fn object(description: &str, keys: &Map<String, Value>, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "description": description,
        "properties": keys,
        "required": required,
        "additionalProperties": false,
    })
}

fn command(common: &Map<String, Value>) -> Value {
    let mut command = object("any command or plugin", common, &[]);
    if let Some(map) = command.as_object_mut() {
        map.insert(
            "anyOf".into(),
            json!([{ "required": ["run"] }, { "required": ["sh"] }, { "required": ["plugin"] }]),
        );
    }
    command
}
