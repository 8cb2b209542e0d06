//! XML → [`Document`]. Entities of a document's own are refused, so that no
//! text is longer than its file.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::node::{Broken, DEPTH_MAX, Document, NODES_MAX, Node, first_line};

pub(super) fn read(source: &str) -> Result<Document, Broken> {
    let mut reader = Reader::from_str(source);
    reader.config_mut().expand_empty_elements = true;
    let mut document = Document { root: Node::default(), comments: Vec::new() };
    let mut open: Vec<Node> = vec![Node::default()];
    let mut count = 0;
    loop {
        let start = position(&reader);
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(start);
            Broken { at: at.min(source.len()), reason: format!("it is no XML: {error}") }
        })?;
        let end = position(&reader);
        let broken = |reason: &str| Broken { at: start, reason: reason.to_owned() };
        match event {
            Event::Start(tag) => {
                if open.len() > DEPTH_MAX {
                    return Err(broken("it is nested too deeply"));
                }
                let node = element(source, &tag, start, end).map_err(|reason| broken(&reason))?;
                count += 1 + node.children.len();
                if count > NODES_MAX {
                    return Err(broken("it has too many elements"));
                }
                open.push(node);
            }
            Event::End(_) => {
                if let (Some(node), Some(parent)) = (open.pop(), open.last_mut()) {
                    parent.children.push(node);
                }
            }
            Event::Text(_) => {
                let raw = source.get(start..end).unwrap_or_default();
                add(&mut open, raw, start..end);
            }
            Event::CData(_) => {
                let raw = source.get(start..end).unwrap_or_default();
                let inner = raw.strip_prefix("<![CDATA[").and_then(|it| it.strip_suffix("]]>"));
                let from = start + "<![CDATA[".len();
                let inner = inner.unwrap_or_default();
                add(&mut open, inner, from..from + inner.len());
            }
            Event::GeneralRef(entity) => {
                let char = entity.resolve_char_ref().ok().flatten();
                let name = String::from_utf8_lossy(&entity).into_owned();
                let known = char.map(String::from).or_else(|| {
                    quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned)
                });
                let known = known.ok_or_else(|| {
                    broken(&format!("the entity '&{name};' is not one of XML's own"))
                })?;
                add(&mut open, &known, start..end);
            }
            Event::Comment(_) => document.comments.push(start..end),
            Event::Eof => break,
            _ => {}
        }
    }
    let at = source.len();
    match (open.pop(), open.is_empty()) {
        (Some(top), true) => match top.children.into_iter().next() {
            Some(root) if root.name == "databaseChangeLog" => {
                document.root = root;
                Ok(document)
            }
            _ => Err(Broken { at: 0, reason: "it has no <databaseChangeLog>".to_owned() }),
        },
        _ => Err(Broken { at, reason: "it ends inside of an element".to_owned() }),
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn add(open: &mut [Node], text: &str, span: std::ops::Range<usize>) {
    if let Some(node) = open.last_mut() {
        node.push(text, span);
    }
}

/// A tag, its attributes as children.
fn element(source: &str, tag: &BytesStart<'_>, start: usize, end: usize) -> Result<Node, String> {
    let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
    let span = first_line(source, start, end);
    let mut node = Node { name, span: span.clone(), is_element: true, ..Node::default() };
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| format!("it is no XML: {error}"))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| format!("it is no XML: {error}"))?;
        let name = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
        let mut child = Node { name, span: span.clone(), ..Node::default() };
        child.push(&value, span.clone());
        node.children.push(child);
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_their_places() {
        let text = "<?xml version='1.0'?>\n<databaseChangeLog xmlns:ext='e'>\n <!-- c -->\n \
                    <changeSet id=\"1 &amp; 2\"\n  author='a'>\n<sql><![CDATA[a < b]]> &lt; c</sql>\
                    <ext:x/></changeSet>\n</databaseChangeLog>";
        let document = read(text).unwrap();
        let set = document.root.child("changeSet").unwrap();
        assert_eq!(set.get("id"), Some("1 & 2"));
        assert_eq!(&text[set.span.clone()], "<changeSet id=\"1 &amp; 2\"");
        assert_eq!(set.words("sql").unwrap().text, "a < b < c");
        assert!(set.child("x").is_some_and(|it| it.is_element));
        assert_eq!(&text[document.comments[0].clone()], "<!-- c -->");
    }

    #[test]
    fn what_is_no_changelog_is_told() {
        for (text, words) in [
            ("<databaseChangeLog><changeSet>", "ends inside"),
            ("<databaseChangeLog></changeSet>", "no XML"),
            ("<a><databaseChangeLog/></a>", "has no <databaseChangeLog>"),
            ("<databaseChangeLog>&own;</databaseChangeLog>", "'&own;'"),
        ] {
            let broken = read(text).unwrap_err();
            assert!(broken.reason.contains(words), "{broken:?}");
        }
        let deep = format!("<databaseChangeLog>{}", "<a>".repeat(DEPTH_MAX + 1));
        assert!(read(&deep).unwrap_err().reason.contains("too deeply"));
    }
}
