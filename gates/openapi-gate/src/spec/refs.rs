//! `$ref`s: where they stand, and what they lead to.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::tree::{Document, Node};
use super::{Library, Place};

/// One `$ref`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The file that it stands in.
    pub(crate) file: usize,
    /// The bytes of its text.
    pub(crate) span: std::ops::Range<usize>,
    /// As it is written.
    pub(crate) text: String,
}

/// Why a reference leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It names another host.
    Remote,
    /// Its file is not in the repository.
    NoFile(Utf8PathBuf),
    /// Its file could not be read, which is told there.
    Unreadable,
    /// Its file has nothing of that name.
    NoNode,
    /// It leads back to itself.
    Circle,
}

impl Reference {
    /// The file of the repository that it names from the file at `from`, if it
    /// names another one.
    pub(crate) fn file(&self, from: &Utf8Path) -> Option<Utf8PathBuf> {
        let (path, _) = split(&self.text);
        if path.is_empty() || is_remote(path) {
            return None;
        }
        joined(from, path)
    }
}

impl Library {
    /// The node that the reference `text`, written in file number `file`, leads
    /// to; one step of the way.
    pub(crate) fn resolve(&self, file: usize, text: &str) -> Result<Place<'_>, Broken> {
        let (path, fragment) = split(text);
        if is_remote(path) {
            return Err(Broken::Remote);
        }
        let from = self.files.get(file).ok_or(Broken::NoNode)?;
        let target = if path.is_empty() {
            file
        } else {
            let path = joined(from.file.path(), path)
                .ok_or_else(|| Broken::NoFile(Utf8PathBuf::from(path)))?;
            *self.by_path.get(&path).ok_or(Broken::NoFile(path))?
        };
        let loaded = self.files.get(target).ok_or(Broken::NoNode)?;
        let document = loaded.document.as_ref().map_err(|_| Broken::Unreadable)?;
        let fragment = percent_decoded(fragment);
        let found = if fragment.is_empty() || fragment.starts_with('/') {
            document.pointer(&fragment)
        } else {
            anchored(document, &fragment)
        };
        found.map(|node| Place { file: target, node }).ok_or(Broken::NoNode)
    }
}

impl Library {
    /// The key that what the reference leads to stands under, if it stands under one.
    pub(crate) fn key(&self, file: usize, text: &str) -> Option<(usize, std::ops::Range<usize>)> {
        let (parent, last) = text.rsplit_once('/').filter(|_| text.contains('#'))?;
        let parent = self.resolve(file, parent.strip_suffix('#').unwrap_or(parent)).ok()?;
        let last = percent_decoded(last).replace("~1", "/").replace("~0", "~");
        let (key, _) = parent.node.entry(&last)?;
        Some((parent.file, key.span()))
    }
}

/// The text of a node's `$ref`, if it has one.
pub(super) fn target(node: Node<'_>) -> Option<&str> {
    node.get("$ref")?.text()
}

/// Every `$ref` of a document that is one: not in examples, defaults, enums and
/// extensions, which hold data.
pub(super) fn collect(file: usize, document: &Document) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    // With each node, whether its keys are names of the user's choice.
    let mut open = vec![(document.root(), Keys::Words)];
    while let Some((node, keys)) = open.pop() {
        if !seen.insert(node.id()) {
            continue;
        }
        open.extend(node.items().rev().map(|item| (item, Keys::Words)));
        for (key, value) in node.entries().rev() {
            let Some(name) = key.text() else { continue };
            if let Some(text) = value.text().filter(|_| name == "$ref") {
                found.push(Reference { file, span: value.span(), text: text.to_owned() });
            }
            match keys {
                Keys::Names => open.push((value, Keys::Words)),
                Keys::Examples => open.push((value, Keys::Example)),
                Keys::Example if name == "value" => {}
                Keys::Words | Keys::Example => {
                    open.extend(keys_below(name, value).map(|keys| (value, keys)));
                }
            }
        }
    }
    found.sort_by_key(|reference| reference.span.start);
    found
}

#[derive(Clone, Copy)]
enum Keys {
    /// Of the specification.
    Words,
    /// Of the user's choice.
    Names,
    /// Of the user's choice, each for an Example Object.
    Examples,
    /// Of an Example Object, whose value is data.
    Example,
}

/// What the keys of `value` are where it stands under the word `name`; none
/// where it is data.
fn keys_below(name: &str, value: Node<'_>) -> Option<Keys> {
    match name {
        "example" | "default" | "enum" | "const" => None,
        _ if name.starts_with("x-") => None,
        "examples" => value.is_map().then_some(Keys::Examples),
        "properties"
        | "patternProperties"
        | "$defs"
        | "definitions"
        | "dependentSchemas"
        | "schemas"
        | "responses"
        | "parameters"
        | "requestBodies"
        | "headers"
        | "securitySchemes"
        | "securityDefinitions"
        | "links"
        | "callbacks"
        | "pathItems"
        | "paths"
        | "webhooks"
        | "content"
        | "encoding"
        | "variables"
        | "mapping"
        | "scopes" => Some(Keys::Names),
        _ => Some(Keys::Words),
    }
}

fn split(text: &str) -> (&str, &str) {
    text.split_once('#').unwrap_or((text, ""))
}

/// Whether `path` begins with a scheme or names a host.
fn is_remote(path: &str) -> bool {
    if path.starts_with("//") {
        return true;
    }
    let Some((scheme, _)) = path.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// `path` as seen from the file at `from`; none where that leaves the
/// repository.
fn joined(from: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    let path = percent_decoded(path);
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.parent()?.iter().collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.iter().collect())
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = (*first == b'%').then(|| tail.get(..2)).flatten();
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The schema that calls itself `name` by `$anchor` or `$dynamicAnchor`.
fn anchored<'l>(document: &'l Document, name: &str) -> Option<Node<'l>> {
    let has = |node: &Node<'_>, key: &str| node.get(key).and_then(Node::text) == Some(name);
    document.nodes().find(|node| has(node, "$anchor") || has(node, "$dynamicAnchor"))
}

#[cfg(test)]
mod tests {
    use kernel::Tree;

    use super::*;

    fn library(files: &[(&str, &str)]) -> Library {
        let tree = Tree::literal(files.iter().copied());
        Library::load(&tree, Utf8Path::new(files[0].0)).unwrap()
    }

    #[test]
    fn references_are_found_where_they_are_no_data() {
        let library = library(&[(
            "a.yaml",
            "a: {$ref: '#/1'}\nexample: {$ref: no}\nx-y: {$ref: no}\nenum: [{$ref: no}]\n\
             examples: {e: {$ref: '#/2', value: {$ref: no}}}\n\
             properties: {example: {$ref: '#/3'}, $ref: {$ref: '#/4'}}\nlist: [{$ref: '#/5'}]\n",
        )]);
        let texts: Vec<_> = library.references.iter().map(|found| found.text.as_str()).collect();
        assert_eq!(texts, ["#/1", "#/2", "#/3", "#/4", "#/5"]);
    }

    #[test]
    fn they_cross_files_and_end_in_circles() {
        let library = library(&[
            (
                "api/a.yaml",
                "x: {$ref: '../b.json#/y%20z/a~1b'}\nc: {$ref: '#/c'}\nd: {$ref: './e.yaml'}\n",
            ),
            ("b.json", "{\"y z\": {\"a/b\": {\"$ref\": \"api/a.yaml#/end\"}}}"),
        ]);
        let root = library.root().unwrap();
        let follow = |key: &str| library.follow(root.with(root.node.get(key).unwrap())).map(|_| ());
        assert_eq!(library.files().len(), 2);
        assert_eq!(follow("x"), Err(Broken::NoNode));
        assert_eq!(follow("c"), Err(Broken::Circle));
        assert_eq!(follow("d"), Err(Broken::NoFile("api/e.yaml".into())));
        let resolve = |text: &str| library.resolve(0, text).map(|place| place.file);
        assert_eq!(resolve("../b.json"), Ok(1));
        assert_eq!(resolve("https://example.com/a.yaml#/x"), Err(Broken::Remote));
        assert_eq!(resolve("../../etc/passwd"), Err(Broken::NoFile("../../etc/passwd".into())));
    }
}
