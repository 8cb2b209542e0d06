//! XML as elements that begin and end, with depth counted and no entities but
//! the five of the standard: nothing is fetched or expanded.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Elements inside each other.
const DEPTH_MAX: usize = 64;

/// What is met on the way.
pub(super) enum Node<'n> {
    /// An element begins.
    Start(&'n str, &'n Attributes),
    /// Text inside the innermost element.
    Text(&'n str),
    /// It ends.
    End(&'n str),
}

/// Names and values.
#[derive(Default)]
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// The value of `name`, if it has one that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The same as a number; what is none counts as absent.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.get(name).and_then(|value| value.trim().parse().ok())
    }
}

/// Walks `text`, whose outermost element must be one of `roots`.
///
/// # Errors
/// It is not well-formed, another document, or deeper than any report.
pub(super) fn walk(
    text: &str,
    roots: &[&str],
    visit: &mut dyn FnMut(Node<'_>),
) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    // `<a/>` begins and ends.
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<String> = Vec::new();
    let mut has_root = false;
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| format!("at byte {at}: {error}"))?;
        match event {
            Event::Start(start) => {
                let name = local(&start);
                if open.is_empty() && (has_root || !roots.contains(&name.as_str())) {
                    let expected = roots.join("> or <");
                    return Err(format!("at byte {at}: <{name}> where <{expected}> begins"));
                }
                if open.len() >= DEPTH_MAX {
                    return Err(format!("at byte {at}: elements are more than {DEPTH_MAX} deep"));
                }
                has_root = true;
                let attributes =
                    attributes(&start).map_err(|why| format!("at byte {at}: {why}"))?;
                visit(Node::Start(&name, &attributes));
                open.push(name);
            }
            Event::End(_) => {
                if let Some(name) = open.pop() {
                    visit(Node::End(&name));
                }
            }
            Event::Text(text) => visit(Node::Text(&String::from_utf8_lossy(&text))),
            Event::CData(text) => visit(Node::Text(&String::from_utf8_lossy(&text))),
            Event::GeneralRef(entity) => {
                let char = entity.resolve_char_ref().ok().flatten();
                let name = String::from_utf8_lossy(&entity).into_owned();
                let known = char.map(String::from).or_else(|| {
                    quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned)
                });
                let known = known.ok_or_else(|| format!("at byte {at}: unknown '&{name};'"))?;
                visit(Node::Text(&known));
            }
            Event::Empty(_)
            | Event::DocType(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    match (has_root, open.last()) {
        (false, _) => Err(format!("there is no <{}> in it", roots.join("> or <"))),
        (true, Some(name)) => Err(format!("it ends inside <{name}>")),
        (true, None) => Ok(()),
    }
}

fn local(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.local_name().as_ref()).into_owned()
}

fn attributes(start: &BytesStart<'_>) -> Result<Attributes, String> {
    let mut all = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
        let value =
            attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
        all.push((name, value.into_owned()));
    }
    Ok(Attributes(all))
}
