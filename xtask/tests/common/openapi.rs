//! GitHub's REST description, and whether a body is what it promises. Only the
//! words that this excerpt uses; any other one fails the test.

use serde_json::Value;

pub struct Description {
    whole: Value,
}

/// Words that describe and do not bind.
const SILENT: [&str; 13] = [
    "title",
    "description",
    "example",
    "examples",
    "default",
    "format",
    "deprecated",
    "readOnly",
    "x-github-breaking-changes",
    "externalDocs",
    "x-multi-segment",
    "minimum",
    "maximum",
];

impl Description {
    pub fn read() -> Description {
        let text = include_str!("../github/github-rest-subset.openapi.json");
        Description { whole: serde_json::from_str(text).unwrap() }
    }

    fn answer(&self, path: &str) -> &Value {
        let answer = &self.whole["paths"][path]["get"]["responses"]["200"];
        assert!(answer.is_object(), "GitHub describes no GET {path}");
        &answer["content"]["application/json"]
    }

    /// The first example of a GET's answer.
    pub fn example(&self, path: &str) -> Value {
        let examples = self.answer(path)["examples"].as_object().unwrap();
        self.followed(examples.values().next().unwrap())["value"].clone()
    }

    /// Asserts that `body` is what GET `path` promises.
    pub fn check(&self, path: &str, body: &Value) {
        let mut faults = Vec::new();
        self.judge(&self.answer(path)["schema"], body, "$", &mut faults);
        assert!(faults.is_empty(), "GET {path}: {faults:#?}");
    }

    fn followed<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(to) => self.whole.pointer(to.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    fn judge(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let schema = self.followed(schema);
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        for (word, is) in schema.as_object().unwrap() {
            match word.as_str() {
                "type" => {
                    let holds = match is.as_str().unwrap() {
                        "object" => value.is_object(),
                        "array" => value.is_array(),
                        "string" => value.is_string(),
                        "integer" => value.is_i64() || value.is_u64(),
                        "number" => value.is_number(),
                        "boolean" => value.is_boolean(),
                        other => unreachable!("{at}: a type '{other}'"),
                    };
                    if !holds {
                        faults.push(format!("{at}: {value} is no {is}"));
                    }
                }
                "required" => {
                    for name in is.as_array().unwrap() {
                        if value.get(name.as_str().unwrap()).is_none() {
                            faults.push(format!("{at}: {name} is missing"));
                        }
                    }
                }
                "properties" => {
                    for (name, schema) in is.as_object().unwrap() {
                        if let Some(value) = value.get(name) {
                            self.judge(schema, value, &format!("{at}.{name}"), faults);
                        }
                    }
                }
                "items" => {
                    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                        self.judge(is, value, &format!("{at}[{index}]"), faults);
                    }
                }
                "enum" => {
                    if !is.as_array().unwrap().contains(value) {
                        faults.push(format!("{at}: {value} is none of {is}"));
                    }
                }
                "allOf" => {
                    for schema in is.as_array().unwrap() {
                        self.judge(schema, value, at, faults);
                    }
                }
                "oneOf" | "anyOf" => {
                    let fits = |schema: &&Value| {
                        let mut faults = Vec::new();
                        self.judge(schema, value, at, &mut faults);
                        faults.is_empty()
                    };
                    if !is.as_array().unwrap().iter().any(|schema| fits(&schema)) {
                        faults.push(format!("{at}: fits none of {word}"));
                    }
                }
                "additionalProperties" if is.is_object() => {
                    let known = schema["properties"].as_object();
                    for (name, value) in value.as_object().into_iter().flatten() {
                        if known.is_none_or(|known| !known.contains_key(name)) {
                            self.judge(is, value, &format!("{at}.{name}"), faults);
                        }
                    }
                }
                "nullable" | "additionalProperties" | "minLength" | "maxLength" => {}
                silent => assert!(SILENT.contains(&silent), "{at}: the word '{silent}'"),
            }
        }
    }
}
