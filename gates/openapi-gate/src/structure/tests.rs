//! The walk over whole documents, in JSON and in YAML.

use std::collections::HashSet;

use camino::Utf8Path;
use kernel::Tree;
use proptest::prelude::*;

use super::{Structure, What};
use crate::spec::{Library, Version};

/// Each fault as `line: what pointer`, in the order of the file.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::literal(files.iter().copied());
    let library = Library::load(&tree, Utf8Path::new(files[0].0)).unwrap();
    let Some(root) = library.root() else { return Vec::new() };
    let Ok(version) = Version::of(root.node) else { return Vec::new() };
    let structure = Structure::read(&library, version, &HashSet::new());
    let mut found: Vec<_> = structure
        .faults
        .iter()
        .map(|fault| {
            let source =
                files.iter().find(|(path, _)| *path == library.files()[fault.at.0].file.path());
            let before = &source.unwrap().1[..fault.at.1.start];
            let line = before.matches('\n').count() + 1;
            let what = match &fault.what {
                What::WrongType { found, .. } => format!("is {found}"),
                What::WrongValue { found, .. } => format!("cannot be {found}"),
                What::Double { found } => format!("twice {found}"),
                What::UnknownField { beside: Some(beside), .. } => format!("not with {beside}"),
                What::UnknownField { .. } => "unknown".to_owned(),
                What::Misspelt { like } => format!("misspelt {like}"),
                What::MissingField => format!("lacks {}", fault.field),
                What::Exclusive { other, .. } => format!("and {other}"),
                What::RefSibling => "beside a reference".to_owned(),
                What::MisplacedRef => "no place for a reference".to_owned(),
                What::ComponentName => "no name".to_owned(),
            };
            (fault.at.0, fault.at.1.start, format!("{line}: {what}: {}", fault.pointer))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, shown)| shown).collect()
}

#[test]
fn what_stands_wrong_is_told_at_its_line_in_yaml() {
    let text = "openapi: 3.0.3
info:
  title: a
  version: 1.0
  contact: [a]
tags:
  a: b
paths:
  /a:
    parameters:
      - name: a
        in: body
        schema: {}
      - $ref: '#/components/parameters/p'
        description: b
    get:
      tags: [a, 1]
      operationid: c
      deprecated: 'true'
      responses:
        200:
          description: ok
          content:
            application/json:
              schema:
                type: object
                required: true
                properties:
                  b:
                    type: array
                    items:
                      - type: string
                  c: null
                  d: {type: string, maxLength: 1.5, requird: [], minLength: -1}
        '999': {description: a}
components:
  parameters:
    p:
      name: b
      in: query
  schemas:
    a b: {$ref: 5}
";
    let expected = [
        "4: is integer: info/version",
        "5: is array: info/contact",
        "7: is object: tags",
        "12: cannot be body: paths/~1a/parameters/0/in",
        "15: beside a reference: paths/~1a/parameters/1/description",
        "17: is integer: paths/~1a/get/tags/1",
        "18: unknown: paths/~1a/get/operationid",
        "19: is string: paths/~1a/get/deprecated",
        "27: is boolean: paths/~1a/get/responses/200/content/application~1json/schema/required",
        "32: is array: paths/~1a/get/responses/200/content/application~1json/schema/properties/b/items",
        "33: is null: paths/~1a/get/responses/200/content/application~1json/schema/properties/c",
        "34: is number: paths/~1a/get/responses/200/content/application~1json/schema/properties/d/maxLength",
        "34: unknown: paths/~1a/get/responses/200/content/application~1json/schema/properties/d/requird",
        "34: cannot be -1: paths/~1a/get/responses/200/content/application~1json/schema/properties/d/minLength",
        "35: unknown: paths/~1a/get/responses/999",
        "38: lacks schema' or 'content: components/parameters/p",
        "42: no name: components/schemas/a b",
        "42: is integer: components/schemas/a b/$ref",
    ];
    assert_eq!(faults(&[("a.yaml", text)]), expected);
}

#[test]
fn json_is_judged_alike() {
    let text = "{\"openapi\": \"3.1.0\",
\"info\": {\"title\": 5, \"version\": \"1\"},
\"paths\": {\"/a\": {\"get\": {
\"parameters\": {},
\"responses\": {\"200\": {
}}}}},
\"components\": {\"schemas\": {\"a\": {
\"type\": 5,
\"anything\": 1}, \"b\": 5, \"c\": true}}}";
    let expected = [
        "2: is integer: info/title",
        "4: is object: paths/~1a/get/parameters",
        "5: lacks description: paths/~1a/get/responses/200",
        "8: is integer: components/schemas/a/type",
        "9: is integer: components/schemas/b",
    ];
    assert_eq!(faults(&[("a.json", text)]), expected);
}

#[test]
fn what_a_reference_leads_to_is_judged_where_it_stands() {
    let files = [
        (
            "a.yaml",
            "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths:\n  /a: {$ref: 'b.yaml#/items/a'}\n  \
             /b: {$ref: 'b.yaml#/items/a'}\n",
        ),
        (
            "b.yaml",
            "items:\n  a:\n    get:\n      responses:\n        '200': {$ref: '#/ok'}\n        '404': {$ref: c.yaml}\nok:\n  headers: []\n",
        ),
        ("c.yaml", "# no key leads here\nlinks: 5\n"),
    ];
    let expected = [
        "8: is array: paths/~1b/get/responses/200/headers",
        "7: lacks description: paths/~1b/get/responses/200",
        "2: lacks description: paths/~1b/get/responses/404",
        "2: is integer: paths/~1b/get/responses/404/links",
    ];
    let mut found = faults(&files);
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn references_may_go_in_circles() {
    let text = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {$ref: '#/paths'}\n\
                components:\n  schemas:\n    a: {$ref: '#/components/schemas/a', properties: {b: {$ref: '#/components/schemas/a'}}}\n  \
                responses:\n    a: {$ref: '#/components/responses/b'}\n    b: {$ref: '#/components/responses/a'}\n";
    assert_eq!(faults(&[("a.yaml", text)]), ["3: no place for a reference: paths"]);
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// Whatever stands anywhere is told or fine, and nothing panics or runs on.
    #[test]
    fn any_value_anywhere_is_judged(
        version in prop_oneof![Just("swagger: '2.0'"), Just("openapi: 3.0.3"), Just("openapi: 3.1.0"), Just("openapi: 3.2.0")],
        place in 0..PLACES.len(),
        value in value(),
    ) {
        let text = format!("{version}\n{}\n", PLACES[place].replace('%', &value));
        let files = [("a.yaml", text.as_str())];
        faults(&files);
        let options = "api = [{ name = 'a', spec = 'a.yaml' }]";
        let _found = testkit::judge(&crate::REGISTER, options, &files);
    }
}

const PLACES: &[&str] = &[
    "info: %",
    "paths: {/a: %}",
    "paths: {'/a/{b}': {parameters: [%], get: %}}",
    "paths: {/a: {get: {parameters: %, responses: %, requestBody: %, callbacks: %}}}",
    "components: {schemas: {a: %, b: {default: %, type: %, enum: %, allOf: %, items: %}}}",
    "components: %\ndefinitions: %",
    "servers: %\ntags: %\nsecurity: %",
    "components: {schemas: {a: {discriminator: %, required: %, properties: {a: %}}}}",
    "components: {securitySchemes: {a: {type: oauth2, flows: %}, b: %}, pathItems: {a: %}}",
];

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("-1.5".to_owned()),
        Just("'{'".to_owned()),
        Just("{$ref: '#/components/schemas/a'}".to_owned()),
        Just("{$ref: '#'}".to_owned()),
        Just("{$ref: 5, get: {$ref: '#/paths'}}".to_owned()),
        Just("[]".to_owned()),
        Just("object".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof![
            Just("type"),
            Just("in"),
            Just("name"),
            Just("schema"),
            Just("properties"),
            Just("items"),
            Just("get"),
            Just("parameters"),
            Just("default"),
            Just("allOf"),
            Just("oneOf"),
            Just("url"),
            Just("variables"),
            Just("parent"),
            Just("x-a"),
            Just("$ref"),
            Just("discriminator"),
            Just("propertyName"),
            Just("content"),
            Just("responses"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(", "))),
            prop::collection::vec((key, inner), 0..4).prop_map(|all| {
                let all: Vec<_> =
                    all.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                format!("{{{}}}", all.join(", "))
            }),
        ]
    })
}
