//! Whether a value is one that a schema takes, as far as that can be told without
//! regular expressions and formats.

use std::cell::Cell;

use crate::spec::{Library, Node, Place, one_line};

/// Why a schema does not take a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// It is of another type.
    Type(String),
    /// It breaks another keyword.
    Keyword(String),
}

impl Why {
    /// As a label: `type is 'string'`.
    pub(crate) fn shown(&self) -> String {
        match self {
            Why::Type(text) | Why::Keyword(text) => text.clone(),
        }
    }
}

/// Why the schema refuses the value, if it does. `is_old`: before 3.1, where null is
/// a value by `nullable` alone and nothing beside a reference holds.
pub(crate) fn refused(
    library: &Library,
    schema: Place<'_>,
    value: Node<'_>,
    is_old: bool,
) -> Option<Why> {
    // Branches of branches can be more than anybody waits for; what is left is taken.
    const STEPS_MAX: usize = 10_000;
    Judge { library, is_old, steps: Cell::new(STEPS_MAX) }.refused(schema, value, 0)
}

struct Judge<'l> {
    library: &'l Library,
    is_old: bool,
    /// How many schemas may still be looked into.
    steps: Cell<usize>,
}

impl Judge<'_> {
    fn refused(&self, schema: Place<'_>, value: Node<'_>, depth: usize) -> Option<Why> {
        // A schema may stand in itself; what is that deep is not judged.
        const DEPTH_MAX: usize = 12;
        if depth > DEPTH_MAX || self.steps.get() == 0 {
            return None;
        }
        self.steps.set(self.steps.get() - 1);
        let node = schema.node;
        if node.boolean() == Some(false) {
            return Some(Why::Keyword("nothing is allowed here".to_owned()));
        }
        if let Some(text) = node.get("$ref").and_then(Node::text) {
            let target = self.library.resolve(schema.file, text).ok();
            let why = target.and_then(|target| self.refused(target, value, depth + 1));
            if why.is_some() || self.is_old {
                return why;
            }
        }
        // From 3.1 on that is a keyword of another version, and told as such.
        let is_nullable = node.get("nullable").is_some_and(Node::is_true);
        if is_nullable && value.type_name() == "null" {
            return None;
        }
        self.of_type(node, value)
            .or_else(|| of_limits(node, value))
            .or_else(|| self.below(schema, value, depth))
            .or_else(|| self.branches(schema, value, depth))
    }

    fn of_type(&self, node: Node<'_>, value: Node<'_>) -> Option<Why> {
        let types = node.get("type")?;
        let names: Vec<&str> =
            types.text().into_iter().chain(types.items().filter_map(Node::text)).collect();
        let own = value.type_name();
        let is_fine = |name: &&str| {
            *name == own || (*name == "number" && own == "integer") || *name == "file"
        };
        let is_known = !names.is_empty() && names.iter().all(|name| TYPES.contains(name));
        (is_known && !names.iter().any(is_fine))
            .then(|| Why::Type(format!("its type is '{}'", names.join("' or '"))))
    }

    /// Items and properties.
    fn below(&self, schema: Place<'_>, value: Node<'_>, depth: usize) -> Option<Why> {
        let node = schema.node;
        let judge = |own: Node<'_>, value| self.refused(schema.with(own), value, depth + 1);
        if let Some(items) = node.get("items").filter(|items| !items.is_list()) {
            let before = node.get("prefixItems").map_or(0, |list| list.items().count());
            if let Some(why) = value.items().skip(before).find_map(|item| judge(items, item)) {
                return Some(why);
            }
        }
        let properties = node.get("properties");
        let own = value.entries().filter_map(|(key, value)| Some((key.text()?, value)));
        let mut known = own.filter_map(|(name, value)| Some((properties?.get(name)?, value)));
        if let Some(why) = known.find_map(|(own, value)| judge(own, value)) {
            return Some(why);
        }
        let names = node.get("required").filter(|_| value.is_map());
        let mut names = names.into_iter().flat_map(Node::items).filter_map(Node::text);
        let missing = names.find(|name| value.get(name).is_none())?;
        Some(Why::Keyword(format!("it lacks '{}', which is required", one_line(missing))))
    }

    fn branches(&self, schema: Place<'_>, value: Node<'_>, depth: usize) -> Option<Why> {
        let judge = |own: Node<'_>| self.refused(schema.with(own), value, depth + 1);
        if let Some(list) = schema.node.get("allOf")
            && let Some(why) = list.items().find_map(judge)
        {
            return Some(why);
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(list) = schema.node.get(keyword) else { continue };
            let mut whys = list.items().map(judge);
            // One refusal stands for all where each is one.
            let first = whys.next().flatten();
            if first.is_some() && whys.all(|why| why.is_some()) {
                return Some(Why::Keyword(format!("no branch of '{keyword}' takes it")));
            }
        }
        None
    }
}

const TYPES: [&str; 8] =
    ["string", "number", "integer", "boolean", "array", "object", "null", "file"];

/// What limits say of the value alone.
fn of_limits(node: Node<'_>, value: Node<'_>) -> Option<Why> {
    let why = |text: String| Some(Why::Keyword(text));
    let own = value.canonical();
    if let Some(list) = node.get("enum").filter(|list| list.is_list())
        && !list.items().any(|item| item.canonical() == own)
    {
        return why("it is none of 'enum'".to_owned());
    }
    if let Some(only) = node.get("const").filter(|only| only.canonical() != own) {
        return why(format!("'const' is {}", one_line(&only.canonical())));
    }
    let limit = |keyword: &str| node.get(keyword).and_then(Node::number);
    let is_true = |keyword: &str| node.get(keyword).is_some_and(Node::is_true);
    if let Some(number) = value.number() {
        let is_below = |keyword| limit(keyword).is_some_and(|limit| number < limit);
        let is_above = |keyword| limit(keyword).is_some_and(|limit| number > limit);
        let is_at = |keyword| limit(keyword) == Some(number);
        if is_below("minimum")
            || (is_at("minimum") && is_true("exclusiveMinimum"))
            || is_below("exclusiveMinimum")
            || is_at("exclusiveMinimum")
        {
            return why("it is below the minimum".to_owned());
        }
        if is_above("maximum")
            || (is_at("maximum") && is_true("exclusiveMaximum"))
            || is_above("exclusiveMaximum")
            || is_at("exclusiveMaximum")
        {
            return why("it is above the maximum".to_owned());
        }
        // Within what a float can tell: 0.3 is a multiple of 0.1.
        const SLACK: f64 = 1e-9;
        if let Some(step) = limit("multipleOf").filter(|step| *step != 0.0) {
            let parts = number / step;
            if (parts - parts.round()).abs() > SLACK * parts.abs().max(1.0) {
                return why("it is no multiple of 'multipleOf'".to_owned());
            }
        }
    }
    let count = match value.type_name() {
        "string" => Some((value.text().unwrap_or_default().chars().count(), "Length")),
        "array" => Some((value.items().count(), "Items")),
        "object" => Some((value.entries().count(), "Properties")),
        _ => None,
    };
    let (count, what) = count?;
    // No value has more than a number can tell exactly.
    let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
    if limit(&format!("min{what}")).is_some_and(|least| count < least) {
        return why(format!("it is shorter than 'min{what}'"));
    }
    if limit(&format!("max{what}")).is_some_and(|most| count > most) {
        return why(format!("it is longer than 'max{what}'"));
    }
    None
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use kernel::Tree;

    use super::*;

    /// What is said of the default of a schema, written as YAML.
    fn why(schema: &str, is_old: bool) -> Option<String> {
        let text = format!("s: {schema}\nt: {{type: string}}\nu: {{items: {{$ref: '#/u'}}}}\n");
        let tree = Tree::literal([("a.yaml", text.as_str())]);
        let library = Library::load(&tree, Utf8Path::new("a.yaml")).unwrap();
        let root = library.root().unwrap();
        let schema = root.with(root.node.get("s").unwrap());
        let value = schema.node.get("default").unwrap();
        refused(&library, schema, value, is_old).map(|why| why.shown())
    }

    #[test]
    fn values_are_taken_by_every_keyword_or_refused_by_one() {
        for taken in [
            "{type: number, default: 1}",
            "{type: [string, 'null'], default: null}",
            "{type: number, multipleOf: 0.1, default: 0.3}",
            "{minimum: 1, maximum: 1, default: 1}",
            "{minLength: 2, maxLength: 2, default: éé}",
            "{anyOf: [{type: integer}, {$ref: '#/t'}], default: a}",
            "{type: array, prefixItems: [{type: integer}], items: {$ref: '#/t'}, default: [1, a]}",
            "{$ref: '#/u', default: [[[]]]}",
            "{type: object, required: [a], properties: {a: {type: integer}}, default: {a: 1, b: x}}",
            "{$ref: '#/nowhere', default: 1}",
            "{type: anything, default: 1}",
            "{enum: [{a: 1, b: 2}], default: {b: 2, a: 1.0}}",
        ] {
            assert_eq!(why(taken, false), None, "{taken}");
        }
        for (refused, label) in [
            ("{type: integer, default: 1.5}", "its type is 'integer'"),
            ("{type: integer, multipleOf: 2, default: 3}", "it is no multiple of 'multipleOf'"),
            ("{exclusiveMinimum: 1, default: 1}", "it is below the minimum"),
            ("{maximum: 1, exclusiveMaximum: true, default: 1}", "it is above the maximum"),
            ("{maxItems: 1, default: [1, 2]}", "it is longer than 'maxItems'"),
            ("{const: 1, default: 2}", "'const' is 1"),
            (
                "{oneOf: [{type: integer}, {$ref: '#/t'}], default: []}",
                "no branch of 'oneOf' takes it",
            ),
            ("{allOf: [{$ref: '#/t'}], default: 5}", "its type is 'string'"),
            ("{$ref: '#/t', type: integer, default: 5}", "its type is 'string'"),
            ("{required: [a], default: {}}", "it lacks 'a', which is required"),
            ("{items: {$ref: '#/t'}, default: [1]}", "its type is 'string'"),
        ] {
            assert_eq!(why(refused, false).as_deref(), Some(label), "{refused}");
        }
    }

    #[test]
    fn branches_of_branches_end() {
        let branches = vec!["{$ref: '#/s'}"; 40].join(", ");
        assert_eq!(why(&format!("{{anyOf: [{branches}], default: 1}}"), false), None);
    }

    #[test]
    fn nothing_beside_a_reference_holds_in_old_versions() {
        let schema = "{$ref: '#/t', enum: [a], default: b}";
        assert_eq!(why(schema, true), None);
        assert_eq!(why(schema, false).as_deref(), Some("it is none of 'enum'"));
    }
}
