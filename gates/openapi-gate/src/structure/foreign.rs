//! Fields that another version of the specification has.

use crate::spec::{Node, Version, one_line};

/// Keywords of JSON Schema 2020-12 that OpenAPI has from 3.1 on.
const FROM_31: [&str; 18] = [
    "const",
    "if",
    "then",
    "else",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "patternProperties",
    "$defs",
    "unevaluatedProperties",
    "unevaluatedItems",
    "dependentSchemas",
    "dependentRequired",
    "contentEncoding",
    "contentMediaType",
    "$dynamicRef",
];

/// Keywords that only 3.0 has of those that 2.0 lacks.
const FROM_30: [&str; 6] = ["oneOf", "anyOf", "not", "nullable", "writeOnly", "deprecated"];

/// What a field of a Schema Object or of the root is called, and the version that it is
/// of, where that is another one.
pub(crate) fn foreign(
    version: Version,
    object: &str,
    keyword: &str,
    value: Node<'_>,
) -> Option<(String, &'static str)> {
    let is_new = matches!(version, Version::V31 | Version::V32);
    let quoted = || format!("'{}'", one_line(keyword));
    let of = match (object, keyword) {
        ("Schema", "nullable") if is_new => "3.0",
        ("Schema", "exclusiveMinimum" | "exclusiveMaximum") => {
            return match (is_new, value.boolean()) {
                (true, Some(_)) => Some((format!("{} as a boolean", quoted()), "3.0")),
                (false, None) if value.number().is_some() => {
                    Some((format!("{} as a number", quoted()), "3.1"))
                }
                _ => None,
            };
        }
        ("Schema", "type") if !is_new && value.is_list() => {
            return Some(("a list of types".to_owned(), "3.1"));
        }
        ("Schema", keyword) if !is_new && FROM_31.contains(&keyword) => "3.1",
        ("Schema", keyword) if version == Version::V2 && FROM_30.contains(&keyword) => "3.0",
        ("Root", "webhooks" | "jsonSchemaDialect") if !is_new => "3.1",
        ("Root", "components" | "servers") if version == Version::V2 => "3.0",
        (
            "Root",
            "definitions"
            | "basePath"
            | "host"
            | "schemes"
            | "consumes"
            | "produces"
            | "securityDefinitions",
        ) if version != Version::V2 => "2.0",
        _ => return None,
    };
    Some((quoted(), of))
}
