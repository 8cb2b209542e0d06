use kernel::{Example, Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::What;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/wrong-type",
    severity: Severity::Error,
    doc: "A field holds a value of another type than the specification gives it.

A number where a text belongs, a mapping where a list does: one reader refuses the file, \
another takes the value for something else, and a generator passes over it.

Fix: write the value as the message says; in YAML a number or `true` that is meant as a text \
needs quotes. A schema's own `required` is a list of names, a parameter's is `true`.",
    bad: &[
        with_path!("3.1.0", "components: {schemas: {A: {type: object, required: true}}}\n"),
        with_path!("3.0.3", "components: {schemas: {A: {type: array, items: [{type: string}]}}}\n"),
        with_path!("3.1.0", "tags: {a: b}\n"),
        spec!(
            "openapi: 3.0.3
info: {title: a, version: 1.0}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
"
        ),
        spec!(
            "swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {get: {parameters: {name: a}, responses: {'200': {description: ok}}}}}
"
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.json' }]
-- a.json --
{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {\"/a\": {\"get\": {\"description\": 5, \"responses\": {\"200\": {\"description\": \"ok\"}}}}}}
",
        ),
    ],
    good: &[
        with_path!(
            "3.1.0",
            "components: {schemas: {A: {type: object, required: [b], properties: {b: true, required: {type: boolean}}}}}
tags: [{name: a, description: '5'}]
"
        ),
        with_path!(
            "3.0.3",
            "components: {schemas: {A: {type: array, items: {type: string}, additionalProperties: false, default: 5, example: true}}}\n"
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| {
        let What::WrongType { found, expected } = &fault.what else { return None };
        let found = match *found {
            "integer" | "number" => "a number",
            "array" => "a list",
            "object" => "a mapping",
            "string" => "a text",
            "boolean" => "a boolean",
            _ => "nothing",
        };
        Some((
            format!("'{}' is {found}", fault.field),
            format!("expected {expected}"),
            format!("write {expected}"),
        ))
    })
}
