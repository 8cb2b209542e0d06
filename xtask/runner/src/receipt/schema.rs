//! JSON Schema of the receipt, generated from the types that write it.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Receipt;

/// The schema of what is written, draft 2020-12: a key that is always written
/// is required.
#[must_use]
pub fn json_schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Receipt>().to_value();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".into(), json!("receipt"));
        schema.insert("description".into(), json!("what 'cargo xtask verify' found, version 1"));
    }
    schema
}
