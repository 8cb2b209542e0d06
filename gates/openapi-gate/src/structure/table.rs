//! What the specification lets stand in each object: `v2.txt` and `v3.txt`, read for
//! one version.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::spec::Version;

/// The objects of one version.
pub(super) struct Table {
    objects: Vec<Object>,
    pub(super) root: Type,
}

/// One object, or what a value of one of its fields adds to it.
#[derive(Default)]
pub(crate) struct Object {
    /// As people call it: `Response Object`.
    pub(crate) name: &'static str,
    pub(super) fields: BTreeMap<&'static str, Field>,
    /// Those of them that must be there, sorted.
    pub(super) required: Vec<&'static str>,
    /// What stands under names that are no fields.
    pub(super) rest: Vec<(Names, Type)>,
    /// Other fields may stand there.
    pub(super) is_open: bool,
    /// A boolean may stand for it.
    pub(super) is_boolean: bool,
    /// Of each list one field must be there.
    pub(super) any_of: Vec<Vec<&'static str>>,
    pub(super) not_both: Vec<(&'static str, &'static str)>,
    /// The field whose value says what else may stand there, and whether nothing may
    /// where no object is named for the value.
    pub(super) by: Option<(&'static str, bool)>,
    /// Objects for those values.
    pub(super) variants: Vec<(&'static str, usize)>,
    like: Option<&'static str>,
}

#[derive(Clone)]
pub(super) struct Field {
    pub(super) holds: Type,
    pub(super) is_required: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Any,
    Text,
    Boolean,
    Number,
    Integer,
    /// Zero or more.
    Count,
    /// More than zero.
    Positive,
    /// A word of RFC 9110.
    Token,
    /// Without braces.
    Unbraced,
    Words(Vec<&'static str>),
    List {
        of: Box<Type>,
        is_filled: bool,
        is_unique: bool,
    },
    Map {
        of: Box<Type>,
        is_single: bool,
        names: Names,
    },
    Object {
        number: usize,
        may_refer: bool,
    },
    Either(Box<Type>, Box<Type>),
}

/// Which names may stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Any,
    Slash,
    Status,
    Component,
    Method,
    Token,
}

impl Table {
    /// The table of that version.
    pub(super) fn of(version: Version) -> &'static Table {
        static TABLES: [LazyLock<Table>; 4] = [
            LazyLock::new(|| Table::read(include_str!("v2.txt"), 20)),
            LazyLock::new(|| Table::read(include_str!("v3.txt"), 30)),
            LazyLock::new(|| Table::read(include_str!("v3.txt"), 31)),
            LazyLock::new(|| Table::read(include_str!("v3.txt"), 32)),
        ];
        let [v2, v30, v31, v32] = &TABLES;
        match version {
            Version::V2 => v2,
            Version::V30 => v30,
            Version::V31 => v31,
            Version::V32 => v32,
        }
    }

    /// Object number `number`.
    pub(super) fn object(&self, number: usize) -> Option<&Object> {
        self.objects.get(number)
    }

    fn read(text: &'static str, version: u32) -> Table {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let rows: Vec<Vec<&'static str>> =
            lines.map(|line| line.split_whitespace().collect()).collect();
        let own = rows.iter().filter(|row| is_of(row.get(3).copied(), row, version));
        let own: Vec<&Vec<&'static str>> = own.collect();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for name in own.iter().filter_map(|row| row.first()) {
            let next = numbers.len();
            numbers.entry(name).or_insert(next);
        }
        let mut objects: Vec<Object> = Vec::new();
        objects.resize_with(numbers.len(), Object::default);
        for row in own {
            let number = row.first().and_then(|name| numbers.get(name));
            let Some(object) = number.and_then(|number| objects.get_mut(*number)) else { continue };
            object.add(row, &numbers);
        }
        inherit(&mut objects, &numbers);
        for object in &mut objects {
            let required = object.fields.iter().filter(|(_, field)| field.is_required);
            object.required = required.map(|(name, _)| *name).collect();
        }
        let root = numbers.get("Root").copied().unwrap_or_default();
        Table { objects, root: Type::Object { number: root, may_refer: false } }
    }
}

/// Whether a row holds for the version: `3.1-`, `-3.0`. A directive without an
/// argument has its versions one column earlier.
fn is_of(versions: Option<&str>, row: &[&str], version: u32) -> bool {
    let last = row.last().copied().unwrap_or_default();
    let is_range = |text: &str| text.trim_matches('-') != text && text.contains("3.");
    let range = versions.or(is_range(last).then_some(last)).unwrap_or_default();
    let number = |text: &str| text.strip_prefix("3.").and_then(|minor| minor.parse::<u32>().ok());
    match (range.strip_prefix('-'), range.strip_suffix('-')) {
        (Some(last), _) => number(last).is_some_and(|minor| version <= 30 + minor),
        (_, Some(first)) => number(first).is_some_and(|minor| version >= 30 + minor),
        _ => !row.is_empty(),
    }
}

/// Gives each object the fields of the one that it is like.
fn inherit(objects: &mut [Object], numbers: &HashMap<&str, usize>) {
    for number in 0..objects.len() {
        let like = objects.get(number).and_then(|object| object.like);
        let like = like.and_then(|name| objects.get(*numbers.get(name)?));
        let Some(fields) = like.map(|like| like.fields.clone()) else { continue };
        if let Some(object) = objects.get_mut(number) {
            for (name, field) in fields {
                object.fields.entry(name).or_insert(field);
            }
        }
    }
}

impl Object {
    fn add(&mut self, row: &[&'static str], numbers: &HashMap<&'static str, usize>) {
        let [full, field, rest @ ..] = row else { return };
        let says = rest.first().copied().unwrap_or_default();
        if self.name.is_empty() {
            self.name = full.split(':').next().unwrap_or(full);
            // `Parameter:cookie:form` is a variant of `Parameter:cookie`.
            let below = numbers.iter().filter_map(|(name, number)| {
                let value = name.strip_prefix(full)?.strip_prefix(':')?;
                (!value.contains(':')).then_some((value, *number))
            });
            self.variants = below.collect();
            self.variants.sort_unstable();
        }
        let pair = || says.split_once(',');
        match *field {
            "@open" => self.is_open = true,
            "@boolean" => self.is_boolean = true,
            "@by" => self.by = Some((says, false)),
            "@strictly-by" => self.by = Some((says, true)),
            "@any" => self.any_of.push(says.split(',').collect()),
            "@not-both" => self.not_both.extend(pair()),
            "@like" => self.like = Some(says),
            "/*" => self.rest.push((Names::Slash, Type::read(says, numbers))),
            "<status>" => self.rest.push((Names::Status, Type::read(says, numbers))),
            "*" => self.rest.push((Names::Any, Type::read(says, numbers))),
            field => {
                let (name, is_required) =
                    field.strip_suffix('!').map_or((field, false), |name| (name, true));
                let holds = Type::read(says, numbers);
                self.fields.insert(name, Field { holds, is_required });
            }
        }
    }
}

impl Type {
    fn read(text: &'static str, numbers: &HashMap<&'static str, usize>) -> Type {
        let of = |text| Box::new(Type::read(text, numbers));
        let within = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
        if let Some((one, other)) = text.split_once('|') {
            return Type::Either(of(one), of(other));
        }
        if let Some(words) = text.strip_prefix('=') {
            return Type::Words(words.split(',').collect());
        }
        if let Some(inner) = within('[', ']') {
            let filled = inner.strip_prefix('+');
            let inner = filled.unwrap_or(inner);
            let unique = inner.strip_prefix('!');
            return Type::List {
                of: of(unique.unwrap_or(inner)),
                is_filled: filled.is_some(),
                is_unique: unique.is_some(),
            };
        }
        if let Some(inner) = within('{', '}') {
            let single = inner.strip_prefix('1');
            let inner = single.unwrap_or(inner);
            let (inner, names) = match inner.rsplit_once('/') {
                Some((inner, "component")) => (inner, Names::Component),
                Some((inner, "method")) => (inner, Names::Method),
                Some((inner, _)) => (inner, Names::Token),
                None => (inner, Names::Any),
            };
            return Type::Map { of: of(inner), is_single: single.is_some(), names };
        }
        let (name, may_refer) = text.strip_suffix('&').map_or((text, false), |name| (name, true));
        match numbers.get(name) {
            Some(number) => Type::Object { number: *number, may_refer },
            None => match text {
                "text" => Type::Text,
                "boolean" => Type::Boolean,
                "number" => Type::Number,
                "integer" => Type::Integer,
                "count" => Type::Count,
                "positive" => Type::Positive,
                "token" => Type::Token,
                "unbraced" => Type::Unbraced,
                _ => Type::Any,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONS: [(Version, &str); 4] = [
        (Version::V2, include_str!("v2.txt")),
        (Version::V30, include_str!("v3.txt")),
        (Version::V31, include_str!("v3.txt")),
        (Version::V32, include_str!("v3.txt")),
    ];

    fn object(version: Version, name: &str) -> &'static Object {
        Table::of(version).objects.iter().find(|object| object.name == name).unwrap()
    }

    #[test]
    fn every_word_of_the_tables_is_understood() {
        for (version, text) in VERSIONS {
            let rows: Vec<Vec<&str>> = text
                .lines()
                .filter(|line| !line.starts_with('#') && !line.is_empty())
                .map(|line| line.split_whitespace().collect())
                .collect();
            for row in &rows {
                assert!((2..=4).contains(&row.len()), "{row:?}");
                // What is no type is read as `any`; only `any` is meant so.
                let says = row.get(2).filter(|_| !row[1].starts_with('@'));
                for word in says.into_iter().flat_map(|it| it.split(['|', '{', '}', '[', ']', '/']))
                {
                    let word = word.trim_matches(['+', '!', '1', '&']);
                    let is_object = rows.iter().any(|row| row[0] == word);
                    let is_word = ["", "text", "boolean", "number", "count", "positive", "any"]
                        .contains(&word)
                        || ["token", "unbraced", "component", "method"].contains(&word);
                    assert!(is_object || is_word || word.starts_with('='), "{word} in {row:?}");
                }
            }
            assert!(object(version, "Root").fields.contains_key("info"));
        }
    }

    #[test]
    fn each_version_has_its_own_fields() {
        let has = |version, name, field| object(version, name).fields.contains_key(field);
        assert!(!has(Version::V30, "Info", "summary") && has(Version::V31, "Info", "summary"));
        assert!(
            has(Version::V30, "Schema", "nullable") && !has(Version::V31, "Schema", "nullable")
        );
        assert!(!has(Version::V31, "Tag", "parent") && has(Version::V32, "Tag", "parent"));
        assert!(has(Version::V2, "Header", "collectionFormat"));
        assert!(object(Version::V31, "Response").fields["description"].is_required);
        assert!(!object(Version::V32, "Response").fields["description"].is_required);
        assert!(object(Version::V31, "Schema").is_open && !object(Version::V30, "Schema").is_open);
        assert!(object(Version::V30, "Root").any_of.is_empty());
        assert_eq!(object(Version::V31, "Root").any_of.len(), 1);
    }
}
