//! Names and values as Liquibase writes them for PostgreSQL: a name is quoted
//! where it is of mixed case, reserved, or no word.

use super::node::Node;

/// Words that PostgreSQL takes as names in quotes alone.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// How names are written.
#[derive(Clone, Copy, Default)]
pub(super) struct Names {
    /// `objectQuotingStrategy="QUOTE_ALL_OBJECTS"`.
    pub(super) quotes_all: bool,
}

impl Names {
    pub(super) fn one(self, name: &str) -> String {
        let name = name.trim();
        // `${schema}` is read as a name later on.
        if name.contains("${") || name.starts_with('"') {
            return name.to_owned();
        }
        let has = |is: fn(&char) -> bool| name.chars().any(|c| is(&c));
        let is_mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'));
        let is_reserved = RESERVED.contains(&name.to_ascii_lowercase().as_str());
        if !self.quotes_all && is_word && !is_mixed && !is_reserved {
            return name.to_owned();
        }
        // A reserved word in capitals is the same name as in small letters.
        let folds = !self.quotes_all && is_word && !is_mixed;
        let name = if folds { name.to_ascii_lowercase() } else { name.to_owned() };
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A column, where an expression may stand as well.
    pub(super) fn column(self, name: &str) -> String {
        if name.contains('(') { name.trim().to_owned() } else { self.one(name) }
    }

    /// `a, b` as names.
    pub(super) fn list(self, names: &str) -> String {
        let names: Vec<String> = {
            // A comma at the end is none too many for Liquibase.
            let names = names.split(',').filter(|name| !name.trim().is_empty());
            names.map(|name| self.column(name)).collect()
        };
        names.join(", ")
    }

    /// The object that `attribute` of a change names, with its schema.
    pub(super) fn object(self, change: &Node, attribute: &str, schema: &str) -> Option<String> {
        let name = change.get(attribute)?;
        Some(match change.get(schema) {
            Some(schema) => format!("{}.{}", self.one(schema), self.one(name)),
            None => self.one(name),
        })
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What the attributes `prefix`, `prefixNumeric` and so on give a column.
pub(super) fn value(column: &Node, prefix: &str) -> Option<String> {
    let get = |suffix: &str| column.get(&format!("{prefix}{suffix}"));
    if let Some(child) = column.child(prefix).and_then(|child| child.value.as_ref()) {
        let is_null = child.text.eq_ignore_ascii_case("null");
        return Some(if is_null { "NULL".to_owned() } else { text(&child.text) });
    }
    if let Some(is) = get("Boolean") {
        let is_true = matches!(is.to_ascii_lowercase().as_str(), "true" | "1" | "t" | "yes");
        return Some(if is_true { "TRUE" } else { "FALSE" }.to_owned());
    }
    if let Some(date) = get("Date") {
        let is_date = date.starts_with(|c: char| c.is_ascii_digit());
        return Some(if is_date { quoted(&date.replace('T', " ")) } else { function(date) });
    }
    if let Some(sequence) = get("SequenceNext") {
        return Some(format!("nextval({})", quoted(sequence)));
    }
    let words = get("Numeric").map(str::to_owned);
    words.or_else(|| get("Computed").map(function))
}

/// A value as one of `kind`: of 0 and 1, booleans and bits are written their own way.
pub(super) fn of_type(value: String, kind: &str) -> String {
    let kind = kind.to_ascii_lowercase();
    match value.trim_matches('\'') {
        digit @ ("0" | "1") if kind.starts_with("bit") => format!("B'{digit}'"),
        "0" if kind == "boolean" => "FALSE".to_owned(),
        "1" if kind == "boolean" => "TRUE".to_owned(),
        _ => value,
    }
}

/// A text; the functions of time are no texts.
fn text(text: &str) -> String {
    let lower = text.trim().to_ascii_lowercase();
    match lower.as_str() {
        "current_timestamp" | "current_date" | "current_time" | "now()" => text.to_owned(),
        _ => quoted(text),
    }
}

/// A function; for the time of now Liquibase has a name of its own, and others'.
fn function(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let is_now = ["current_timestamp", "current_datetime"].iter().any(|it| lower.starts_with(it));
    if is_now { "NOW()".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must() {
        let names = Names::default();
        for (name, written) in [
            ("orders", "orders"),
            ("ORDERS", "ORDERS"),
            ("orderLines", "\"orderLines\""),
            ("ORDER", "\"order\""),
            ("a b", "\"a b\""),
            ("1st", "\"1st\""),
            ("a\"b", "\"a\"\"b\""),
            ("${schema}", "${schema}"),
        ] {
            assert_eq!(names.one(name), written);
        }
        assert_eq!(names.list("a, lower(B),"), "a, lower(B)");
        assert_eq!(Names { quotes_all: true }.one("ORDER"), "\"ORDER\"");
        assert!(RESERVED.is_sorted());
    }
}
