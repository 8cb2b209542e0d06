//! Names that are a place and a change of a schema: each change is written once,
//! and set into each place.

use super::Twins;

/// Places, by what the names begin with; the longest first.
const PLACES: [(&str, Place); 9] = [
    ("request-header-property-", Place::RequestHeader),
    ("request-parameter-property-", Place::ParameterProperty),
    ("request-parameter-", Place::Parameter),
    ("request-property-", Place::RequestProperty),
    ("request-body-", Place::Request),
    ("response-property-", Place::ResponseProperty),
    ("response-header-", Place::ResponseHeader),
    ("response-body-", Place::Response),
    ("response-", Place::Response),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Request,
    RequestProperty,
    RequestHeader,
    Parameter,
    ParameterProperty,
    Response,
    ResponseProperty,
    ResponseHeader,
}

impl Place {
    fn is_request(self) -> bool {
        !matches!(self, Place::Response | Place::ResponseProperty | Place::ResponseHeader)
    }

    /// A specification with `schema` there.
    fn around(self, schema: &str) -> String {
        let object = format!("{{type: object, properties: {{p: {schema}}}}}");
        let ok = "responses: {'200': {description: ok}}";
        let body = |schema: &str| {
            format!(
                "{{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, {ok}}}}}"
            )
        };
        let parameter = |place: &str, schema: &str| {
            format!("{{get: {{parameters: [{{name: q, in: {place}, schema: {schema}}}], {ok}}}}}")
        };
        let response = |schema: &str| {
            format!(
                "{{get: {{responses: {{'200': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}"
            )
        };
        let item = match self {
            Place::Request => body(schema),
            Place::RequestProperty => body(&object),
            Place::RequestHeader => parameter("header", schema),
            Place::Parameter => parameter("query", schema),
            Place::ParameterProperty => parameter("query", &object),
            Place::Response => response(schema),
            Place::ResponseProperty => response(&object),
            Place::ResponseHeader => format!(
                "{{get: {{responses: {{'200': {{description: ok, headers: {{X-A: {{schema: {schema}}}}}}}}}}}}}"
            ),
        };
        format!("paths: {{/a: {item}}}")
    }
}

pub(super) fn twins(id: &str) -> Option<Twins> {
    let (suffix, place) =
        PLACES.iter().find_map(|(prefix, place)| Some((id.strip_prefix(prefix)?, *place)))?;
    let (base, head) = limits(suffix).or_else(|| change(suffix, place))?;
    Some(Twins { base: place.around(&base), head: place.around(&head) })
}

/// `max-length-decreased` and its like.
fn limits(suffix: &str) -> Option<(String, String)> {
    let (name, change) = suffix.rsplit_once('-')?;
    let (key, rest) = match name {
        "max" => ("maximum", "type: integer"),
        "min" => ("minimum", "type: integer"),
        "exclusive-max" => ("exclusiveMaximum", "type: integer"),
        "exclusive-min" => ("exclusiveMinimum", "type: integer"),
        "max-length" => ("maxLength", "type: string"),
        "min-length" => ("minLength", "type: string"),
        "max-items" => ("maxItems", "type: array, items: {type: string}"),
        "min-items" => ("minItems", "type: array, items: {type: string}"),
        "max-properties" => ("maxProperties", "type: object"),
        "min-properties" => ("minProperties", "type: object"),
        "max-contains" => ("maxContains", "type: array, contains: {type: string}"),
        "min-contains" => ("minContains", "type: array, contains: {type: string}"),
        "multiple-of" => ("multipleOf", "type: integer"),
        _ => return None,
    };
    let none = format!("{{{rest}}}");
    let limit = |value: u32| format!("{{{rest}, {key}: {value}}}");
    Some(match change {
        "set" => (none, limit(4)),
        "unset" => (limit(4), none),
        "increased" => (limit(4), limit(9)),
        "decreased" => (limit(9), limit(4)),
        "changed" => (limit(4), limit(3)),
        _ => return None,
    })
}

const A: &str = "{type: object, properties: {a: {type: string}}, required: [a]}";
const B: &str = "{type: object, properties: {b: {type: string}}, required: [b]}";
const C: &str = "{type: object, properties: {c: {type: string}}, required: [c]}";

/// Every other change of a schema: what is written for `added` is `removed` the
/// other way round.
fn change(suffix: &str, place: Place) -> Option<(String, String)> {
    let own = |base: &str, head: &str| Some((base.to_owned(), head.to_owned()));
    let (less, more) = match suffix.rsplit_once('-')?.0 {
        "const" => ("{type: string}", "{type: string, const: a}"),
        "enum-value" => ("{type: string, enum: [a]}", "{type: string, enum: [a, b]}"),
        "x-extensible-enum-value" => {
            ("{type: string, x-extensible-enum: [a]}", "{type: string, x-extensible-enum: [a, b]}")
        }
        "default-value" => ("{type: string}", "{type: string, default: a}"),
        "pattern" => ("{type: string}", "{type: string, pattern: '^a'}"),
        "prefix-items" => (
            "{type: array, prefixItems: [{type: string}]}",
            "{type: array, prefixItems: [{type: string}, {type: string}]}",
        ),
        "if" => ("{type: object}", "{type: object, if: {required: [a]}}"),
        "then" => (
            "{type: object, if: {required: [a]}}",
            "{type: object, if: {required: [a]}, then: {required: [b]}}",
        ),
        "else" => (
            "{type: object, if: {required: [a]}}",
            "{type: object, if: {required: [a]}, else: {required: [b]}}",
        ),
        "not" => ("{type: object}", "{type: object, not: {required: [a]}}"),
        "contains" => ("{type: array}", "{type: array, contains: {type: string}}"),
        "dependent-required" => ("{type: object}", "{type: object, dependentRequired: {a: [b]}}"),
        "dependent-schema" => {
            ("{type: object}", "{type: object, dependentSchemas: {a: {required: [b]}}}")
        }
        "pattern-property" => {
            ("{type: object}", "{type: object, patternProperties: {'^x': {type: string}}}")
        }
        "property-names" => ("{type: object}", "{type: object, propertyNames: {maxLength: 4}}"),
        "unevaluated-items" => ("{type: array}", "{type: array, unevaluatedItems: false}"),
        "unevaluated-properties" => {
            ("{type: object}", "{type: object, unevaluatedProperties: false}")
        }
        "content-schema" => ("{type: string}", "{type: string, contentSchema: {type: object}}"),
        "one-of" => return alternatives("oneOf", suffix),
        "any-of" => return alternatives("anyOf", suffix),
        "all-of" => {
            let one = format!("{{allOf: [{{oneOf: [{A}, {B}]}}]}}");
            let two = format!("{{allOf: [{{oneOf: [{A}, {B}]}}, {{oneOf: [{A}, {C}]}}]}}");
            return Some(if suffix.ends_with("added") { (one, two) } else { (two, one) });
        }
        _ => ("", ""),
    };
    if !less.is_empty() && suffix.ends_with("-added") {
        return own(less, more);
    }
    if !less.is_empty() && suffix.ends_with("-removed") {
        return own(more, less);
    }
    match suffix {
        "became-enum" => own("{type: string}", "{type: string, enum: [a]}"),
        "became-not-enum" => own("{type: string, enum: [a]}", "{type: string}"),
        "became-nullable" => own("{type: string}", "{type: [string, 'null']}"),
        "became-not-nullable" => own("{type: [string, 'null']}", "{type: string}"),
        "const-changed" => own("{type: string, const: a}", "{type: string, const: b}"),
        "default-value-changed" => own("{type: string, default: a}", "{type: string, default: b}"),
        "pattern-changed" => own("{type: string, pattern: '^a'}", "{type: string, pattern: '^b'}"),
        // A header is text: that it is a number now is nothing new.
        "type-changed" if place == Place::ResponseHeader => {
            own("{type: integer}", "{type: string}")
        }
        // Nobody knows how an object in a query is written.
        "type-changed" if place == Place::ParameterProperty => {
            own("{type: integer}", "{type: string}")
        }
        "type-changed" | "type-specialized" => own("{type: string}", "{type: integer}"),
        "type-generalized" => own("{type: integer}", "{type: number}"),
        "list-of-types-narrowed" => {
            own("{anyOf: [{type: string}, {type: integer}]}", "{type: string}")
        }
        "list-of-types-widened" => {
            own("{type: string}", "{anyOf: [{type: string}, {type: integer}]}")
        }
        "wrapped-in-one-of" => Some((A.to_owned(), format!("{{oneOf: [{A}, {B}]}}"))),
        "if-changed" => own(
            "{type: object, if: {required: [a]}, then: {required: [c]}}",
            "{type: object, if: {required: [b]}, then: {required: [c]}}",
        ),
        "not-changed" => {
            own("{type: object, not: {required: [a]}}", "{type: object, not: {required: [b]}}")
        }
        "dependent-required-changed" => {
            let (one, two) = ("{a: [b]}", "{a: [b, c]}");
            let (base, head) = if place.is_request() { (one, two) } else { (two, one) };
            let schema = |it: &str| format!("{{type: object, dependentRequired: {it}}}");
            Some((schema(base), schema(head)))
        }
        "content-media-type-changed" => own(
            "{type: string, contentMediaType: text/html}",
            "{type: string, contentMediaType: text/plain}",
        ),
        "content-encoding-changed" => own(
            "{type: string, contentEncoding: base64}",
            "{type: string, contentEncoding: base32}",
        ),
        "unique-items-set" => own("{type: array}", "{type: array, uniqueItems: true}"),
        "unique-items-unset" => own("{type: array, uniqueItems: true}", "{type: array}"),
        "additional-properties-disallowed" => {
            own("{type: object}", "{type: object, additionalProperties: false}")
        }
        "stability-decreased" => own("{type: string}", "{type: string, x-stability-level: draft}"),
        "deprecated-sunset-missing" => own("{type: string}", "{type: string, deprecated: true}"),
        "deprecated-sunset-invalid" => {
            own("{type: string}", "{type: string, deprecated: true, x-sunset: soon}")
        }
        "sunset-date-too-small" => {
            own("{type: string}", "{type: string, deprecated: true, x-sunset: '2026-01-09'}")
        }
        _ => None,
    }
}

fn alternatives(word: &str, suffix: &str) -> Option<(String, String)> {
    let two = format!("{{{word}: [{A}, {B}]}}");
    let three = format!("{{{word}: [{A}, {B}, {C}]}}");
    match suffix.rsplit_once('-')?.1 {
        "added" => Some((two, three)),
        "removed" => Some((three, two)),
        _ => None,
    }
}
