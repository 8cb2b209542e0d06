//! Names that are no change of a schema: of operations, parameters, bodies,
//! responses and headers.

use super::Twins;

const OK: &str = "responses: {'200': {description: ok}}";
const SOON: &str = "deprecated: true, x-sunset: '2026-02-09'";
const NEAR: &str = "deprecated: true, x-sunset: '2026-01-09'";
const WRONG: &str = "deprecated: true, x-sunset: soon";

pub(super) fn twins(id: &str) -> Option<Twins> {
    let (base, head) = operations(id)
        .or_else(|| parameters(id))
        .or_else(|| bodies(id))
        .or_else(|| properties(id))
        .or_else(|| responses(id))?;
    Some(Twins { base, head })
}

/// Operations at `/a`; there is always one at `/z` besides.
fn at(operations: &str) -> String {
    format!("paths: {{/a: {{{operations}}}, /z: {{get: {{{OK}}}}}}}")
}

fn operations(id: &str) -> Option<(String, String)> {
    let get = |says: &str| at(&format!("get: {{{says}{OK}}}"));
    let beside = |says: &str| at(&format!("get: {{{says}{OK}}}, post: {{{OK}}}"));
    let without = at(&format!("post: {{{OK}}}"));
    let gone = format!("paths: {{/z: {{get: {{{OK}}}}}}}");
    let with = |says: &str| format!("{says}, ");
    Some(match id {
        "api-path-removed-without-deprecation" => (get(""), gone),
        "api-removed-without-deprecation" => (beside(""), without),
        "api-path-removed-before-sunset" => (get(&with(SOON)), gone),
        "api-removed-before-sunset" => (beside(&with(SOON)), without),
        "api-path-sunset-parse" => (get(&with(WRONG)), gone),
        "api-deprecated-sunset-parse" => (get(""), get(&with(WRONG))),
        "api-deprecated-sunset-missing" => (get(""), get("deprecated: true, ")),
        "api-sunset-date-too-small" => (get(""), get(&with(NEAR))),
        "sunset-deleted" => (get(&with(SOON)), get("deprecated: true, ")),
        "api-sunset-date-changed-too-small" => (get(&with(SOON)), get(&with(NEAR))),
        "api-invalid-stability-level" => (get(""), get("x-stability-level: new, ")),
        "api-stability-decreased" => (get(""), get("x-stability-level: alpha, ")),
        "webhook-removed" => {
            let paths = get("");
            (format!("{paths}\nwebhooks: {{done: {{post: {{{OK}}}}}}}"), paths)
        }
        _ => return None,
    })
}

fn parameters(id: &str) -> Option<(String, String)> {
    let list = |list: &str| at(&format!("get: {{parameters: [{list}], {OK}}}"));
    let query =
        |says: &str| list(&format!("{{name: q, in: query, schema: {{type: string}}{says}}}"));
    let header = |schema: &str| list(&format!("{{name: h, in: header, schema: {schema}}}"));
    let with = |says: &str| query(&format!(", {says}"));
    let none = list("");
    Some(match id {
        "new-required-request-parameter" => (none, with("required: true")),
        "new-required-request-default-parameter-to-existing-path" => {
            let of_path =
                "parameters: [{name: q, in: query, required: true, schema: {type: string}}]";
            (at(&format!("get: {{{OK}}}")), at(&format!("{of_path}, get: {{{OK}}}")))
        }
        "new-request-path-parameter" => {
            (none, list("{name: id, in: path, required: true, schema: {type: string}}"))
        }
        "request-parameter-became-required" => (query(""), with("required: true")),
        "request-parameter-removed" => (query(""), none),
        "request-parameter-removed-before-sunset" => (with(SOON), none),
        "request-parameter-sunset-parse" => (with(WRONG), none),
        "request-parameter-deprecated-sunset-missing" => (query(""), with("deprecated: true")),
        "request-parameter-sunset-date-too-small" => (query(""), with(NEAR)),
        "request-parameter-sunset-deleted" => (with(SOON), with("deprecated: true")),
        "request-parameter-sunset-date-changed-too-small" => (with(SOON), with(NEAR)),
        "new-required-request-header-property" => (
            header("{type: object}"),
            header("{type: object, properties: {p: {type: string}}, required: [p]}"),
        ),
        "request-header-property-became-required" => (
            header("{type: object, properties: {p: {type: string}}}"),
            header("{type: object, properties: {p: {type: string}}, required: [p]}"),
        ),
        _ => return None,
    })
}

fn bodies(id: &str) -> Option<(String, String)> {
    let post = |body: &str| at(&format!("post: {{{body}{OK}}}"));
    let json = "application/json: {schema: {type: object}}";
    let body = |says: &str, content: &str| {
        post(&format!("requestBody: {{{says}content: {{{content}}}}}, "))
    };
    Some(match id {
        "request-body-added-required" => (post(""), body("required: true, ", json)),
        "request-body-removed" => (body("", json), post("")),
        "request-body-became-required" => (body("", json), body("required: true, ", json)),
        "request-body-media-type-removed" => {
            (body("", &format!("{json}, text/plain: {{}}")), body("", json))
        }
        "request-body-media-type-schema-added" => {
            (body("", "application/json: {}"), body("", json))
        }
        _ => return None,
    })
}

fn properties(id: &str) -> Option<(String, String)> {
    let object = |properties: &str, required: &str| {
        format!("{{type: object, properties: {{{properties}}}, required: [{required}]}}")
    };
    let taken = |schema: String| {
        at(&format!(
            "post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, {OK}}}"
        ))
    };
    let given = |schema: String| {
        let content = format!("content: {{application/json: {{schema: {schema}}}}}");
        at(&format!("get: {{responses: {{'200': {{description: ok, {content}}}}}}}"))
    };
    let (p, default) = ("p: {type: string}", "p: {type: string, default: a}");
    Some(match id {
        "new-required-request-property" => (taken(object("", "")), taken(object(p, "p"))),
        "new-required-request-property-with-default" => {
            (taken(object("", "")), taken(object(default, "p")))
        }
        "request-property-became-required" => (taken(object(p, "")), taken(object(p, "p"))),
        "request-property-became-required-with-default" => {
            (taken(object(default, "")), taken(object(default, "p")))
        }
        "request-property-removed" => (taken(object(p, "")), taken(object("", ""))),
        "response-required-property-removed" => (given(object(p, "p")), given(object("", ""))),
        "response-optional-property-removed" => (given(object(p, "")), given(object("", ""))),
        "response-property-became-optional" => (given(object(p, "p")), given(object(p, ""))),
        "response-required-property-became-not-write-only" => {
            (given(object("p: {type: string, writeOnly: true}", "p")), given(object(p, "p")))
        }
        _ => return None,
    })
}

fn responses(id: &str) -> Option<(String, String)> {
    let get = |list: &str| at(&format!("get: {{responses: {{{list}}}}}"));
    let ok = |says: &str| get(&format!("'200': {{description: ok{says}}}"));
    let content = |list: &str| ok(&format!(", content: {{{list}}}"));
    let header =
        |says: &str| ok(&format!(", headers: {{X-A: {{{says}schema: {{type: string}}}}}}"));
    let json = "application/json: {schema: {type: object}}";
    Some(match id {
        "response-success-status-removed" => (
            get("'200': {description: ok}, '201': {description: ok}"),
            get("'200': {description: ok}"),
        ),
        "response-media-type-removed" => {
            (content(&format!("{json}, text/plain: {{}}")), content(json))
        }
        "response-media-type-name-generalized" => {
            (content("application/problem+json: {}"), content("application/json: {}"))
        }
        "response-body-media-type-schema-removed" => {
            (content(json), content("application/json: {}"))
        }
        "required-response-header-removed" => (header("required: true, "), ok("")),
        "optional-response-header-removed" => (header(""), ok("")),
        "response-header-became-optional" => (header("required: true, "), header("")),
        _ => return None,
    })
}
