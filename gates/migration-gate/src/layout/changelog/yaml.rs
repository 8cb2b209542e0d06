//! YAML and JSON → [`Document`], from `saphyr-parser`'s events. A list's items
//! become the children of what holds it, as Liquibase has them.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::node::{Broken, DEPTH_MAX, Document, NODES_MAX, Node, first_line};

pub(super) fn read(source: &str) -> Result<Document, Broken> {
    let mut builder = Builder::new(source);
    let mut parser = Parser::new_from_str(source);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) => {
                let span = builder.offset(span.start.index())..builder.offset(span.end.index());
                builder.take(event, span)?;
            }
            Err(error) => {
                let at = builder.offset(error.marker().index());
                let reason = format!("it is no YAML or JSON: {}", error.info());
                return Err(Broken { at, reason });
            }
        }
    }
    let root = builder.root.children.into_iter().find(|it| it.name == "databaseChangeLog");
    let root = root.ok_or(Broken { at: 0, reason: "it has no 'databaseChangeLog'".to_owned() })?;
    Ok(Document { root, comments: comments(source) })
}

/// Lines that begin with `#`.
fn comments(source: &str) -> Vec<Range<usize>> {
    let lines = crate::layout::section::lines(source);
    let is_comment = |line: &crate::layout::section::Line<'_>| line.text.trim().starts_with('#');
    lines.filter(is_comment).map(|line| line.span()).collect()
}

struct Builder<'s> {
    source: &'s str,
    /// The parser counts characters; none where each is one byte.
    offsets: Option<Vec<usize>>,
    root: Node,
    open: Vec<Open>,
    /// By the parser's number of the anchor.
    anchored: BTreeMap<usize, Anchored>,
    count: usize,
}

/// A value that may be asked for again.
struct Anchored {
    node: Node,
    size: usize,
    depth: usize,
}

/// A collection whose end has not come yet.
struct Open {
    node: Node,
    is_table: bool,
    key: Option<(String, Range<usize>)>,
    anchor: usize,
}

impl<'s> Builder<'s> {
    fn new(source: &'s str) -> Builder<'s> {
        let offsets = (!source.is_ascii()).then(|| {
            let starts = source.char_indices().map(|(at, _)| at);
            starts.chain(std::iter::once(source.len())).collect()
        });
        let (root, anchored) = (Node::default(), BTreeMap::new());
        Builder { source, offsets, root, open: Vec::new(), anchored, count: 0 }
    }

    fn offset(&self, index: usize) -> usize {
        match &self.offsets {
            None => index.min(self.source.len()),
            Some(offsets) => offsets.get(index).copied().unwrap_or(self.source.len()),
        }
    }

    fn take(&mut self, event: Event<'s>, span: Range<usize>) -> Result<(), Broken> {
        let line = first_line(self.source, span.start, self.source.len());
        match event {
            Event::Scalar(text, style, anchor, _) => {
                if let Some(open) =
                    self.open.last_mut().filter(|it| it.is_table && it.key.is_none())
                {
                    open.key = Some((text.into_owned(), line));
                    return Ok(());
                }
                let mut node = Node { span: line, ..Node::default() };
                let is_null =
                    style == ScalarStyle::Plain && matches!(text.as_ref(), "" | "~" | "null");
                if !is_null {
                    node.push(&text, span);
                }
                self.keep(anchor, &node);
                self.add(node)
            }
            Event::Alias(anchor) => {
                let Some(known) = self.anchored.get(&anchor) else {
                    return Err(self.broken(span.start, "it names itself"));
                };
                // Counted before it is copied.
                self.count += known.size;
                if self.count > NODES_MAX || known.depth + self.open.len() > DEPTH_MAX {
                    return Err(self.broken(span.start, "it has too many values"));
                }
                let node = known.node.clone();
                self.add(Node { span: line, ..node })
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                if self.open.len() == DEPTH_MAX {
                    return Err(self.broken(span.start, "it is nested too deeply"));
                }
                let is_table = matches!(event, Event::MappingStart(..));
                let node = Node { span: line, ..Node::default() };
                self.open.push(Open { node, is_table, key: None, anchor });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                self.keep(open.anchor, &open.node);
                self.add(open.node)
            }
            _ => Ok(()),
        }
    }

    fn keep(&mut self, anchor: usize, node: &Node) {
        if anchor != 0 {
            let (size, depth) = shape(node);
            self.anchored.insert(anchor, Anchored { node: node.clone(), size, depth });
        }
    }

    fn broken(&self, at: usize, reason: &str) -> Broken {
        Broken { at, reason: reason.to_owned() }
    }

    /// Puts a value where it belongs.
    fn add(&mut self, mut node: Node) -> Result<(), Broken> {
        self.count += 1;
        if self.count > NODES_MAX {
            return Err(self.broken(node.span.start, "it has too many values"));
        }
        let Some(open) = self.open.last_mut() else {
            // The first document is the changelog.
            if self.root.children.is_empty() {
                self.root = node;
            }
            return Ok(());
        };
        match open.key.take() {
            Some((key, _)) if key == "<<" => open.node.children.append(&mut node.children),
            Some((key, span)) => {
                node.name = key;
                node.span = span;
                open.node.children.push(node);
            }
            // `- column: {…}` is the column.
            None if node.value.is_none() && node.children.len() == 1 => {
                open.node.children.append(&mut node.children);
            }
            None => open.node.children.push(node),
        }
        Ok(())
    }
}

/// How many a node and all below it are, and how deep they go.
fn shape(node: &Node) -> (usize, usize) {
    let below = node.children.iter().map(shape);
    let (size, depth) = below.fold((0, 0), |all, it| (all.0 + it.0, all.1.max(it.1)));
    (size + 1, depth + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "# c\ndatabaseChangeLog:\n- changeSet:\n    id: 1\n    changes:\n    \
                        - addColumn: {tableName: é, columns: [{column: {name: a}}, {column: {name: b}}]}\n    \
                        - sql: |\n        a;\n        b;\n";

    #[test]
    fn lists_are_what_they_hold() {
        let document = read(YAML).unwrap();
        let set = document.root.child("changeSet").unwrap();
        assert_eq!(set.get("id"), Some("1"));
        let changes = set.child("changes").unwrap();
        let add = changes.child("addColumn").unwrap();
        let columns: Vec<_> = add.all("column", "columns").map(|it| it.get("name")).collect();
        assert_eq!(columns, [Some("a"), Some("b")]);
        let sql = changes.child("sql").unwrap();
        assert_eq!(sql.words("sql").unwrap().text, "a;\nb;\n");
        assert_eq!(&YAML[sql.span.clone()], "sql: |");
        assert_eq!(document.comments.first(), Some(&(0..3)));
    }

    #[test]
    fn json_is_the_same() {
        let text = "{\"databaseChangeLog\": [\n\t{\"changeSet\": {\"id\": \"1\", \"changes\": [\n\t\t\
                    {\"dropTable\": {\"tableName\": \"t\"}}]}}]}";
        let document = read(text).unwrap();
        let changes = document.root.child("changeSet").unwrap().child("changes").unwrap();
        assert_eq!(changes.child("dropTable").unwrap().get("tableName"), Some("t"));
    }

    #[test]
    fn aliases_are_written_out_and_do_not_blow_up() {
        let text = "databaseChangeLog:\n- a: &a {x: 1}\n- b: *a\n- c: {<<: *a, y: 2}\n";
        let document = read(text).unwrap();
        assert_eq!(document.root.child("b").unwrap().get("x"), Some("1"));
        assert_eq!(document.root.child("c").unwrap().get("x"), Some("1"));
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..60 {
            bomb.push_str(&format!("a{level}: &a{level} [*a{}, *a{}]\n", level - 1, level - 1));
        }
        assert!(read(&bomb).unwrap_err().reason.contains("too many"));
        let mut chain = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..50_000 {
            chain.push_str(&format!("a{level}: &a{level} [y, *a{}]\n", level - 1));
        }
        assert!(read(&chain).unwrap_err().reason.contains("too many"));
    }

    #[test]
    fn what_is_no_yaml_is_told() {
        assert!(read("databaseChangeLog: [").unwrap_err().reason.contains("no YAML"));
        assert!(read("a: 1\n").unwrap_err().reason.contains("has no"));
    }
}
