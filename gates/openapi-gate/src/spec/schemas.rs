//! Every schema of a specification, wherever it stands.

use std::collections::BTreeSet;

use super::{Library, Node, Place};

/// What a node is, by what leads to it.
#[derive(Clone, Copy)]
enum Role {
    Other,
    Schema,
    /// Names, each with a schema.
    Named,
    /// A list of schemas.
    Listed,
}

impl Library {
    /// Every schema, in no order that matters; each once.
    pub(crate) fn schemas(&self) -> Vec<Place<'_>> {
        let mut found = Vec::new();
        for file in 0..self.files().len() {
            let Some(root) = self.root_of(file) else { continue };
            // A file of its own may be a schema as a whole.
            let is_schema = file > 0
                && ["type", "properties", "allOf"].iter().any(|it| root.node.get(it).is_some());
            let mut open = vec![(root.node, if is_schema { Role::Schema } else { Role::Other })];
            let mut seen = BTreeSet::new();
            while let Some((node, role)) = open.pop() {
                // An alias can stand for what it stands in.
                if !seen.insert(node.id()) {
                    continue;
                }
                if let Role::Schema = role {
                    found.push(root.with(node));
                }
                if let Role::Listed = role {
                    open.extend(node.items().map(|item| (item, Role::Schema)));
                    continue;
                }
                for (key, value) in node.entries() {
                    let key = key.text().unwrap_or_default();
                    open.extend(below(role, key, value).map(|role| (value, role)));
                }
                if let Role::Other = role {
                    open.extend(node.items().map(|item| (item, Role::Other)));
                }
            }
        }
        found
    }
}

/// What stands under `key`; none where it is a value of the user's.
fn below(role: Role, key: &str, value: Node<'_>) -> Option<Role> {
    match role {
        Role::Named => Some(Role::Schema),
        Role::Listed => None,
        Role::Other => match key {
            "example" | "examples" | "default" | "value" | "enum" => None,
            key if key.starts_with("x-") => None,
            "schema" => Some(Role::Schema),
            "schemas" | "definitions" => Some(Role::Named),
            _ => Some(Role::Other),
        },
        Role::Schema => match key {
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                Some(Role::Named)
            }
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => Some(Role::Listed),
            "items" if value.is_list() => Some(Role::Listed),
            "items"
            | "additionalItems"
            | "additionalProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties"
                if value.is_map() =>
            {
                Some(Role::Schema)
            }
            _ => None,
        },
    }
}
