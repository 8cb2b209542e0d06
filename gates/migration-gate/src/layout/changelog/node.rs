//! A changelog as a tree, whichever of XML, YAML and JSON it is written in.
//! Liquibase reads all three into one as well: an attribute is a child with a
//! value, and a list (`columns:`) holds what XML writes without one.

use std::ops::Range;

/// Deeper than any changelog goes.
pub(super) const DEPTH_MAX: usize = 64;
/// More than any changelog holds, aliases written out.
pub(super) const NODES_MAX: usize = 400_000;

/// An element, an attribute, or the value of a key.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Empty for an item of a list.
    pub(super) name: String,
    /// Its first line, from where it begins.
    pub(super) span: Range<usize>,
    pub(super) value: Option<Words>,
    pub(super) children: Vec<Node>,
    /// Whether it is an element of XML, and not an attribute.
    pub(super) is_element: bool,
}

/// A text, and the bytes that it is written in.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A file, read.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Node,
    pub(super) comments: Vec<Range<usize>>,
}

/// Why and where a file cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) reason: String,
}

impl Node {
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The value of a child, without the blanks around it; none where it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let words = self.child(name)?.value.as_ref()?;
        Some(words.text.trim()).filter(|text| !text.is_empty())
    }

    /// The value of a child as it stands.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        Some(self.child(name)?.value.as_ref()?.text.as_str())
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    pub(super) fn is_not(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("false"))
    }

    /// The children of that name, also those of a list around them.
    pub(super) fn all<'a>(
        &'a self,
        name: &'a str,
        list: &'a str,
    ) -> impl Iterator<Item = &'a Node> {
        let lists = self.children.iter().filter(move |child| child.name == list);
        let listed = lists.flat_map(|it| &it.children);
        let listed = listed.filter(move |it| it.name == name || it.name.is_empty());
        self.children.iter().filter(move |child| child.name == name).chain(listed)
    }

    /// Its own text, or that of a child.
    pub(super) fn words(&self, name: &str) -> Option<&Words> {
        let own = self.value.as_ref().filter(|words| !words.text.trim().is_empty());
        own.or_else(|| self.child(name)?.value.as_ref())
    }

    /// Adds a piece of text.
    pub(super) fn push(&mut self, text: &str, span: Range<usize>) {
        match &mut self.value {
            Some(words) => {
                words.text.push_str(text);
                words.span.end = span.end;
            }
            None => self.value = Some(Words { text: text.to_owned(), span }),
        }
    }
}

/// The rest of a line from `start`, as far as `end`.
pub(super) fn first_line(source: &str, start: usize, end: usize) -> Range<usize> {
    let words = source.get(start..end).unwrap_or_default();
    let line = words.lines().next().unwrap_or_default();
    start..start + line.trim_end().len()
}

/// Reads a file by the end of its name; none where it is no changelog.
pub(super) fn read(extension: Option<&str>, text: &str) -> Option<Result<Document, Broken>> {
    if !text.contains(super::MARK) {
        return None;
    }
    match extension? {
        "xml" => Some(super::xml::read(text)),
        "yaml" | "yml" | "json" => Some(super::yaml::read(text)),
        _ => None,
    }
}
