use kernel::{Example, Finding, Fix, Severity};

use super::Offence;
use crate::inspect::Inspected;
use crate::spec::{Node, Version, one_line};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/keyword-of-other-version",
    severity: Severity::Warning,
    doc: "A keyword is of another version of OpenAPI, so it says nothing here.

`nullable: true` means nothing from 3.1 on, and `const` or a list of types means nothing \
in 3.0: readers pass over them in silence, and what was meant to be checked is not.

Fix: write it as this version does: `type: [string, 'null']` for `nullable` from 3.1 on, \
`enum: [x]` for `const` in 3.0; or raise the version.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: string, nullable: true}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: integer, minimum: 0, exclusiveMinimum: true}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: [string, 'null']}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {const: a}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
webhooks: {}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: [string, 'null'], const: a, exclusiveMinimum: 1}, nullable: {properties: {nullable: {type: string}}}}}
webhooks: {}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: integer, nullable: true, minimum: 0, exclusiveMinimum: true, example: {const: a}}}}
",
        ),
    ],
    judge,
};

/// Keywords of JSON Schema 2020-12 that OpenAPI has from 3.1 on.
const FROM_31: [&str; 18] = [
    "const", "if", "then", "else", "prefixItems", "contains", "minContains", "maxContains",
    "propertyNames", "patternProperties", "$defs", "unevaluatedProperties", "unevaluatedItems",
    "dependentSchemas", "dependentRequired", "contentEncoding", "contentMediaType", "$dynamicRef",
];

/// Keywords that only 3.0 has of those that 2.0 lacks.
const FROM_30: [&str; 6] = ["oneOf", "anyOf", "not", "nullable", "writeOnly", "deprecated"];

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    let Some(version) = inspected.spec.as_ref().map(|spec| spec.version) else { return Vec::new() };
    let (name, is_new) = match version {
        Version::V2 => ("2.0", false),
        Version::V30 => ("3.0", false),
        Version::V31 => ("3.1", true),
        Version::V32 => ("3.2", true),
    };
    let mut findings = Vec::new();
    let mut tell = |file: usize, key: Node<'_>, what: &str, of: &str| {
        let keyword = one_line(key.text().unwrap_or_default());
        findings.push(
            Finding::new(
                OFFENCE.id,
                inspected.at(&(file, key.span())),
                format!("{what} is of OpenAPI {of}, and this is {name}"),
            )
            .label("it says nothing here")
            .subject(keyword.clone())
            .key(keyword)
            .fix(Fix::note(format!("write it as OpenAPI {name} does"))),
        );
    };
    for schema in inspected.library.schemas() {
        for (key, value) in schema.node.entries() {
            let Some(keyword) = key.text() else { continue };
            let quoted = format!("'{keyword}'");
            match keyword {
                "nullable" if is_new => tell(schema.file, key, &quoted, "3.0"),
                "exclusiveMinimum" | "exclusiveMaximum" => match (is_new, value.boolean()) {
                    (true, Some(_)) => {
                        tell(schema.file, key, &format!("{quoted} as a boolean"), "3.0");
                    }
                    (false, None) if value.number().is_some() => {
                        tell(schema.file, key, &format!("{quoted} as a number"), "3.1");
                    }
                    _ => {}
                },
                "type" if !is_new && value.is_list() => {
                    tell(schema.file, key, "a list of types", "3.1");
                }
                keyword if !is_new && FROM_31.contains(&keyword) => {
                    tell(schema.file, key, &quoted, "3.1");
                }
                keyword if version == Version::V2 && FROM_30.contains(&keyword) => {
                    tell(schema.file, key, &quoted, "3.0");
                }
                _ => {}
            }
        }
    }
    for (key, _) in inspected.library.root().into_iter().flat_map(|root| root.node.entries()) {
        let Some(keyword) = key.text() else { continue };
        let of = match (keyword, version) {
            ("webhooks" | "jsonSchemaDialect", Version::V2 | Version::V30) => "3.1",
            ("components" | "servers", Version::V2) => "3.0",
            (
                "definitions" | "basePath" | "host" | "schemes" | "consumes" | "produces"
                | "securityDefinitions",
                Version::V30 | Version::V31 | Version::V32,
            ) => "2.0",
            _ => continue,
        };
        tell(0, key, &format!("'{keyword}'"), of);
    }
    findings
}
