//! What breaks clients and what does not, pair by pair.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use kernel::{Evidence, Finding, GateError, Options, Pulse, Tree, survey};
use openapi_gate::REGISTER;
use proptest::prelude::*;

fn judge(options: &str, base: Option<&str>, head: &str) -> Result<Vec<Finding>, GateError> {
    let head = Tree::literal([("a.yaml", head)]);
    let base = base.map(|text| Tree::literal([("a.yaml", text)]));
    let options = format!("api = [{{ name = 'a', spec = 'a.yaml', breaking = {{ {options} }} }}]");
    let gate = (REGISTER.configure)(&Options::of(&options), &head).unwrap();
    let (replies, pulse) = (BTreeMap::new(), Pulse::default());
    let evidence = Evidence {
        head: &head,
        base: base.as_ref(),
        history: None,
        replies: &replies,
        remarks: &[],
        pulse: &pulse,
    };
    survey(&*gate, &evidence).map(|checked| checked.findings)
}

/// The names of what breaks between two documents.
fn broken(base: &str, head: &str) -> Vec<String> {
    let found = judge("", Some(base), head).unwrap();
    let names = found.iter().filter_map(|it| it.rule.strip_prefix("openapi-gate/"));
    names.filter(|name| is_change(name)).map(str::to_owned).collect()
}

/// What is wrong with the revision by itself is no change.
fn is_change(name: &str) -> bool {
    const TABLES: [&str; 2] =
        [include_str!("../src/breaking/oasdiff.tsv"), include_str!("../src/breaking/further.tsv")];
    TABLES.iter().flat_map(|table| table.lines()).any(|line| line.split('\t').nth(1) == Some(name))
}

const OK: &str = "responses: {'200': {description: ok}}";

/// A document of 3.1 whose one operation takes `schema`.
fn takes(schema: &str) -> String {
    format!(
        "openapi: 3.1.0\npaths: {{/a: {{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, {OK}}}}}}}\ninfo: {{title: a, version: '1'}}\n"
    )
}

/// The same, and gives it.
fn gives(schema: &str) -> String {
    format!(
        "openapi: 3.1.0\npaths: {{/a: {{get: {{responses: {{'200': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}}}\n"
    )
}

#[test]
fn what_a_request_holds_may_widen_and_what_a_response_holds_may_narrow() {
    for (base, head, request, response) in [
        ("{type: integer}", "{type: number}", "", "response-body-type-generalized"),
        ("{type: number}", "{type: integer}", "request-body-type-changed", ""),
        ("{}", "{type: string}", "request-body-type-changed", ""),
        ("{type: string}", "{}", "", "response-body-type-changed"),
        ("{type: string, format: uuid}", "{type: string}", "", "response-body-type-changed"),
        (
            "{type: integer, format: int32}",
            "{type: integer, format: int64}",
            "",
            "response-body-type-changed",
        ),
        // One schema, in other words.
        ("{type: string, nullable: true}", "{type: [string, 'null']}", "", ""),
        (
            "{type: [object, 'null'], properties: {x: {type: string}}}",
            "{properties: {x: {type: string}}}",
            "",
            "response-body-type-changed",
        ),
        ("{type: [string, 'null']}", "{anyOf: [{type: string}, {type: 'null'}]}", "", ""),
        ("{type: string, enum: [a]}", "{type: string, const: a}", "", ""),
        (
            "{type: integer, minimum: 4, exclusiveMinimum: true}",
            "{type: integer, exclusiveMinimum: 4}",
            "",
            "",
        ),
        (
            "{type: object, properties: {a: {type: string}, b: {type: string}}}",
            "{allOf: [{type: object, properties: {a: {type: string}}}, {properties: {b: {type: string}}}]}",
            "",
            "",
        ),
        (
            "{oneOf: [{title: A, type: string}, {title: B, type: object}]}",
            "{oneOf: [{title: B, type: object}, {title: A, type: string}]}",
            "",
            "",
        ),
        ("{type: string}", "{type: string, title: t, description: d, example: e, x-y: 1}", "", ""),
        // A tighter limit in another spelling is the only one that is told.
        (
            "{type: integer, exclusiveMinimum: 4}",
            "{type: integer, minimum: 5}",
            "request-body-min-set",
            "",
        ),
        (
            "{type: integer, minimum: 5}",
            "{type: integer, exclusiveMinimum: 4}",
            "",
            "response-body-min-unset",
        ),
        ("{type: object}", "{type: object, properties: {a: {type: string}}}", "", ""),
        (
            "{type: object, properties: {a: {type: string}}}",
            "{type: object, properties: {a: {type: string}}, required: [a]}",
            "request-property-became-required",
            "",
        ),
        (
            "{type: object, properties: {a: {type: string, readOnly: true}}}",
            "{type: object}",
            "",
            "response-optional-property-removed",
        ),
        (
            "{type: object, properties: {a: {type: string, writeOnly: true}}}",
            "{type: object}",
            "request-property-removed",
            "",
        ),
        (
            "{type: object, not: {type: object, required: [a], properties: {a: {type: string}}}}",
            "{type: object, not: {type: object, properties: {a: {type: string}}}}",
            "request-body-not-changed",
            "",
        ),
        (
            "{type: array, items: {type: string}}",
            "{type: array}",
            "",
            "response-property-type-changed",
        ),
        (
            "{type: array}",
            "{type: array, items: {type: string}}",
            "request-property-type-changed",
            "",
        ),
    ] {
        assert_eq!(broken(&takes(base), &takes(head)).join(" "), request, "request: {base} {head}");
        assert_eq!(
            broken(&gives(base), &gives(head)).join(" "),
            response,
            "response: {base} {head}"
        );
    }
}

#[test]
fn what_is_served_is_known_by_its_whole_path() {
    let at = |servers: &str, path: &str| {
        format!("openapi: 3.1.0\nservers: [{servers}]\npaths: {{'{path}': {{get: {{{OK}}}}}}}\n")
    };
    let one = at("{url: 'https://a.org/v1'}", "/a/{id}");
    for (head, expected) in [
        (at("{url: 'https://b.org/v1'}", "/a/{key}"), ""),
        (at("{url: /}", "/v1/a/{id}"), ""),
        (at("{url: 'https://a.org/v2'}, {url: 'https://a.org/v1'}", "/a/{id}"), ""),
        (at("{url: 'https://a.org/v2'}", "/a/{id}"), "api-path-removed-without-deprecation"),
        (at("{url: 'https://a.org/v1'}", "/a/{id}/b"), "api-path-removed-without-deprecation"),
    ] {
        assert_eq!(broken(&one, &head).join(" "), expected, "{head}");
    }
}

#[test]
fn parameters_are_known_by_their_place() {
    let with = |path: &str, list: &str, own: &str| {
        format!(
            "openapi: 3.1.0\npaths: {{'{path}': {{parameters: [{list}], get: {{parameters: [{own}], {OK}}}}}}}\n"
        )
    };
    let id = |name: &str, schema: &str| {
        format!("{{name: {name}, in: path, required: true, schema: {schema}}}")
    };
    let query = "{name: q, in: query, schema: {type: string}}";
    let list = "{name: q, in: query, schema: {type: array, items: {type: string}}}";
    for (base, head, expected) in [
        (
            with("/a/{id}", &id("id", "{type: string}"), ""),
            with("/a/{key}", "", &id("key", "{type: string}")),
            "",
        ),
        (
            with("/a/{id}", &id("id", "{type: string}"), ""),
            with("/a/{key}", "", &id("key", "{type: integer}")),
            "request-parameter-type-changed",
        ),
        (with("/a", query, ""), with("/a", "", query), ""),
        (with("/a", "", "{name: X-A, in: header}"), with("/a", "", "{name: x-a, in: header}"), ""),
        (with("/a", "", query), with("/a", "", ""), "request-parameter-removed"),
        // One value is a list of one where each is a `q=` of its own.
        (with("/a", "", query), with("/a", "", list), ""),
        (with("/a", "", list), with("/a", "", query), ""),
    ] {
        assert_eq!(broken(&base, &head).join(" "), expected, "{base}{head}");
    }
}

#[test]
fn circles_end_and_what_is_in_them_is_told_once() {
    let tree = |kind: &str| {
        gives("{$ref: '#/components/schemas/Node'}")
            + "components: {schemas: {Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}, more: {type: array, items: {$ref: '#/components/schemas/Node'}}, "
            + &format!("value: {{type: {kind}}}}}}}}}}}\n")
    };
    assert_eq!(broken(&tree("string"), &tree("string")), [""; 0]);
    assert_eq!(broken(&tree("string"), &tree("integer")), ["response-property-type-changed"]);
    let circle = |of: &str| {
        gives("{$ref: '#/x'}") + &format!("x: {{allOf: [{{$ref: '#/x'}}], type: {of}}}\n")
    };
    assert_eq!(broken(&circle("string"), &circle("object")), ["response-body-type-changed"]);
}

#[test]
fn what_the_server_sends_is_an_answer() {
    let hook = |schema: &str| {
        format!(
            "openapi: 3.1.0\npaths: {{/z: {{get: {{{OK}}}}}}}\nwebhooks: {{w: {{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, {OK}}}}}}}\n"
        )
    };
    let (one, two) =
        ("{type: object, properties: {a: {type: string}}, required: [a]}", "{type: object}");
    assert_eq!(broken(&hook(one), &hook(two)), ["response-required-property-removed"]);
    assert_eq!(broken(&hook(two), &hook(one)), [""; 0]);
}

#[test]
fn version_two_is_compared_with_three() {
    let two = "swagger: '2.0'\nbasePath: /v1\nconsumes: [application/json]\nproduces: [application/json]\n\
        definitions: {A: {type: object, properties: {a: {type: string}}}}\n\
        paths: {/a: {post: {parameters: [{name: b, in: body, required: true, schema: {$ref: '#/definitions/A'}}, {name: q, in: query, type: string, enum: [a, b]}], responses: {'200': {description: ok, schema: {$ref: '#/definitions/A'}}}}}}\n";
    let three = |q: &str, a: &str| {
        format!(
            "openapi: 3.0.3\nservers: [{{url: /v1}}]\ncomponents: {{schemas: {{A: {{type: object, properties: {{a: {{type: {a}}}}}}}}}}}\n\
            paths: {{/a: {{post: {{parameters: [{{name: q, in: query, schema: {{type: string, enum: [{q}]}}}}], \
            requestBody: {{required: true, content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}, \
            responses: {{'200': {{description: ok, content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}}}}}}}}}\n"
        )
    };
    assert_eq!(broken(two, two), [""; 0]);
    assert_eq!(broken(two, &three("a, b", "string")), [""; 0]);
    let found = broken(two, &three("a", "integer"));
    assert_eq!(
        found,
        [
            "request-parameter-enum-value-removed",
            "request-property-type-changed",
            "response-property-type-changed"
        ]
    );
}

#[test]
fn levels_base_and_places() {
    let base = takes("{type: object, properties: {a: {type: string}, b: {type: string}}}");
    let head = takes("{type: object, properties: {a: {type: integer}}}");
    let rules = |options: &str| {
        let found = judge(options, Some(&base), &head).unwrap();
        found
            .iter()
            .map(|it| it.rule.trim_start_matches("openapi-gate/").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(""), ["request-property-removed", "request-property-type-changed"]);
    assert_eq!(rules("level = 'error'"), ["request-property-type-changed"]);
    let error = judge("", None, &head).unwrap_err();
    assert!(error.hint.unwrap().contains("fetch-depth"));
    // A specification that the base could not read can be mended.
    assert!(judge("", Some("openapi: [\n"), &head).unwrap().is_empty());
    let found = judge("level = 'error'", Some(&base), &head).unwrap();
    let span = found[0].at.span.unwrap();
    assert_eq!(
        head.lines()
            .nth(span.line as usize - 1)
            .unwrap()
            .get(span.column as usize - 1..)
            .unwrap()
            .get(..4),
        Some("type")
    );
}

#[test]
fn what_is_meant_is_allowed_by_rule_method_path_and_pointer() {
    let item = |schema: &str| {
        format!(
            "{{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, {OK}}}}}"
        )
    };
    let both = |schema: &str| {
        format!("openapi: 3.1.0\npaths: {{'/v1/a/{{id}}': {0}, /v1/b: {0}}}\n", item(schema))
    };
    let (base, head) = (both("{type: string}"), both("{type: integer}"));
    let covered = |entry: &str| {
        let options = format!(
            "allow = [{{ rule = 'request-body-type-changed', {entry}, reason = 'meant' }}]"
        );
        let text = format!("api = [{{ name = 'a', spec = 'a.yaml', breaking = {{ {options} }} }}]");
        let tree = Tree::literal([("a.yaml", head.as_str())]);
        let gate = (REGISTER.configure)(&Options::of(&text), &tree).unwrap();
        let found = judge("", Some(&base), &head).unwrap();
        let waivers = gate.waivers();
        found.iter().filter(|it| waivers.iter().any(|waiver| waiver.covers(it))).count()
    };
    for (entry, expected) in [
        ("until = '2027-01-01'", 2),
        ("method = 'post'", 2),
        ("method = 'GET'", 0),
        ("path = '/v1/a/{id}'", 1),
        ("path = '/v1/*'", 1),
        ("path = '/v1/**'", 2),
        ("path = '/v2/**'", 0),
        ("pointer = 'requestBody/**'", 2),
        ("pointer = 'responses/**'", 0),
        ("path = '/v1/b', pointer = 'requestBody/content/application~1json/schema'", 1),
    ] {
        assert_eq!(covered(entry), expected, "{entry}");
    }
}

/// A schema of a few words, deep enough to meet itself.
fn schema() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("{}".to_owned()),
        Just("{$ref: '#/components/schemas/A'}".to_owned()),
        Just("{$ref: '#/components/schemas/B'}".to_owned()),
        Just("{type: string, enum: [a, b]}".to_owned()),
        Just("{type: [integer, 'null'], minimum: 1}".to_owned()),
        Just("{type: 1, enum: 2, required: {}, items: [], properties: x}".to_owned()),
        Just("false".to_owned()),
        Just("{const: null, nullable: true}".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|all| format!("{{oneOf: [{}]}}", all.join(", "))),
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|all| format!("{{anyOf: [{}]}}", all.join(", "))),
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|all| format!("{{allOf: [{}]}}", all.join(", "))),
            (inner.clone(), any::<bool>()).prop_map(|(own, must)| {
                let required = if must { "[p]" } else { "[]" };
                format!("{{type: object, properties: {{p: {own}}}, required: {required}}}")
            }),
            inner.clone().prop_map(|own| format!("{{type: array, items: {own}, not: {own}}}")),
            inner
                .prop_map(|own| format!("{{if: {own}, then: {own}, additionalProperties: {own}}}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_two_schemas_are_compared(one in schema(), two in schema(), a in schema(), b in schema()) {
        let document = |schema: &str| {
            format!("{}components: {{schemas: {{A: {a}, B: {b}}}}}\n", takes(schema))
                .replace(OK, &format!("responses: {{'200': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}}}"))
        };
        let (base, head) = (document(&one), document(&two));
        prop_assert_eq!(broken(&base, &head), broken(&base, &head));
        // The same, with something that means nothing: compared, and nothing found.
        let again = format!("{base}x-nothing: true\n");
        prop_assert_eq!(broken(&base, &again), Vec::<String>::new(), "{}", base);
    }
}
