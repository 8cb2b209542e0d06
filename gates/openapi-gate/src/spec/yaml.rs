//! YAML into a [`Document`], from `saphyr-parser`'s events. What other readers
//! take differently, a second document or a merge key, is refused.

mod outdented;

use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

use super::tree::{Document, SyntaxError, Value};

/// Deeper than any document a person wrote.
const DEPTH_MAX: usize = 512;

/// Reads `source`.
pub(crate) fn parse(source: &str) -> Result<Document, SyntaxError> {
    match read(source, Builder::new(source)) {
        Err(error) if outdented::is_told(&error) => outdented::parse(source, error),
        result => result,
    }
}

/// Builds what stands in `text`, which is the builder's source or stands for it.
fn read(text: &str, mut builder: Builder<'_>) -> Result<Document, SyntaxError> {
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok((Event::DocumentStart(_), span)) => {
                if builder.has_document {
                    let at = builder.offset(span.start);
                    let reason = "a second document begins here, and only one is read";
                    return Err(SyntaxError { at, reason: reason.to_owned() });
                }
                builder.has_document = true;
            }
            Ok((event, span)) => builder.take(event, span)?,
            Err(error) => {
                let at = builder.offset(*error.marker()).min(builder.source.len());
                return Err(SyntaxError { at, reason: error.info().to_owned() });
            }
        }
    }
    Ok(builder.document)
}

struct Builder<'s> {
    source: &'s str,
    /// Byte of each character; `None` where every character is one byte.
    offsets: Option<Vec<usize>>,
    document: Document,
    open: Vec<Open>,
    /// By the parser's number of the anchor.
    anchored: Vec<Option<usize>>,
    last_end: usize,
    has_document: bool,
}

/// A collection whose end has not come yet.
struct Open {
    id: usize,
    key: Option<usize>,
}

impl<'s> Builder<'s> {
    fn new(source: &'s str) -> Builder<'s> {
        let offsets = (!source.is_ascii()).then(|| {
            let starts = source.char_indices().map(|(at, _)| at);
            starts.chain(std::iter::once(source.len())).collect()
        });
        let (document, open, anchored) = (Document::default(), Vec::new(), Vec::new());
        Builder { source, offsets, document, open, anchored, last_end: 0, has_document: false }
    }

    /// The parser counts characters, everything else here counts bytes.
    fn offset(&self, marker: Marker) -> usize {
        match &self.offsets {
            None => marker.index().min(self.source.len()),
            Some(offsets) => offsets.get(marker.index()).copied().unwrap_or(self.source.len()),
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), SyntaxError> {
        let start = self.offset(span.start);
        let end = self.offset(span.end).max(start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                if is_plain && text == "<<" && self.is_key() {
                    let reason =
                        "a merge key, which OpenAPI's YAML does not have: write its entries out";
                    return Err(SyntaxError { at: start, reason: reason.to_owned() });
                }
                let value = if is_plain { plain(&text) } else { Value::Text(text.into()) };
                self.add(self.trimmed(start, end), value, anchor);
            }
            Event::Alias(anchor) => {
                let target = self.anchored.get(anchor).copied().flatten();
                self.add(start..end, target.map_or(Value::Null, Value::Alias), 0);
            }
            Event::SequenceStart(anchor, _) => {
                self.enter(start..end, Value::List(vec![]), anchor)?
            }
            Event::MappingStart(anchor, _) => self.enter(start..end, Value::Map(vec![]), anchor)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    // A block collection ends with its last node, not where the
                    // parser noticed it; a flow collection with its bracket,
                    // which the parser's span can reach beyond.
                    let is_flow = matches!(self.source.as_bytes().get(start), Some(b'}' | b']'));
                    let closed = if is_flow && end > start { start + 1 } else { self.last_end };
                    self.document.set_end(open.id, closed);
                }
            }
            _ => {}
        }
        self.last_end = self.last_end.max(end);
        Ok(())
    }

    fn enter(
        &mut self,
        span: Range<usize>,
        value: Value,
        anchor: usize,
    ) -> Result<(), SyntaxError> {
        if self.open.len() == DEPTH_MAX {
            return Err(SyntaxError { at: span.start, reason: "nested too deeply".to_owned() });
        }
        let id = self.add(span, value, anchor);
        self.open.push(Open { id, key: None });
        Ok(())
    }

    /// Whether what comes next is a key.
    fn is_key(&mut self) -> bool {
        let Some(open) = self.open.last() else { return false };
        open.key.is_none() && matches!(self.document.value_mut(open.id), Some(Value::Map(_)))
    }

    fn add(&mut self, span: Range<usize>, value: Value, anchor: usize) -> usize {
        let id = self.document.add(span, value);
        if anchor != 0 {
            if self.anchored.len() <= anchor {
                self.anchored.resize(anchor + 1, None);
            }
            if let Some(slot) = self.anchored.get_mut(anchor) {
                *slot = Some(id);
            }
        }
        match self.open.last_mut() {
            None => self.document.set_root(id),
            Some(open) => match self.document.value_mut(open.id) {
                Some(Value::List(items)) => items.push(id),
                Some(Value::Map(pairs)) => match open.key.take() {
                    Some(key) => pairs.push((key, id)),
                    None => open.key = Some(id),
                },
                _ => {}
            },
        }
        id
    }

    /// The parser's span can reach over the blanks after a scalar, and begins
    /// with its anchor.
    fn trimmed(&self, start: usize, end: usize) -> Range<usize> {
        let text = self.source.get(start..end).unwrap_or_default();
        start..start + text.trim_end().len()
    }
}

/// A plain scalar by the core schema (YAML 1.2.2, 10.3.2).
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.into()),
        _ => Value::Text(text.into()),
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nodes_have_spans() {
        let source = "paths:\n  /a:\n    get: {x: é, y: 'z'} # c\n    required: true\n";
        let document = parse(source).unwrap();
        let get = document.pointer("/paths/~1a/get").unwrap();
        assert_eq!(&source[get.span()], "{x: é, y: 'z'}");
        assert_eq!(&source[get.get("y").unwrap().span()], "'z'");
        assert!(document.pointer("/paths/~1a/required").unwrap().is_true());
        let (key, _) = document.root().get("paths").unwrap().entry("/a").unwrap();
        assert_eq!(&source[key.span()], "/a");
    }

    #[test]
    fn scalars_are_what_the_core_schema_says() {
        let document = parse("[1, 3.1.0, 'true', true, ~, !!str 1, -1e3, .inf]").unwrap();
        let root = document.root();
        let texts: Vec<_> = root.items().map(Node::text).collect();
        let expected = ["1", "3.1.0", "true", "true", "", "1", "-1e3", ".inf"]
            .map(|text| (!text.is_empty()).then_some(text));
        assert_eq!(texts, expected);
        assert!(!root.items().nth(2).unwrap().is_true() && root.items().nth(3).unwrap().is_true());
    }

    use super::super::tree::Node;

    #[test]
    fn aliases_stand_for_their_anchor_even_in_a_circle() {
        let document = parse("a: &x 1\nb: *x\nc: &l [*l, *x]\n").unwrap();
        assert_eq!(document.pointer("/b").unwrap().text(), Some("1"));
        let list = document.pointer("/c").unwrap();
        assert_eq!(list.items().next().unwrap().id(), list.id());
        assert_eq!(document.pointer("/c/0/0/0/1").unwrap().text(), Some("1"));
    }

    #[test]
    fn what_readers_take_differently_is_refused() {
        assert_eq!(parse("a: 1\n---\nb: 2\n").unwrap_err().at, 5);
        assert_eq!(parse("a: &x {}\nb:\n  <<: *x\n").unwrap_err().at, 14);
        assert!(parse("---\na: '<<'\n'<<': 1\n...\n").is_ok());
    }

    #[test]
    fn what_is_no_yaml_is_refused() {
        assert!(parse("a: é\nb: [\n").unwrap_err().at <= 11);
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&("- ".repeat(20_000) + "a")).is_err());
        assert!(!parse("").unwrap().root().is_map());
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn any_text_is_read_or_refused(
            source in prop_oneof![any::<String>(), "[-?:,\\[\\]{}#&*!|>'\"%@ \t\r\na-c0é\u{feff}]{0,60}"],
        ) {
            match parse(&source) {
                Ok(document) => for node in document.nodes() {
                    prop_assert!(source.get(node.span()).is_some(), "{:?}", node.span());
                },
                Err(error) => prop_assert!(error.at <= source.len()),
            }
        }
    }
}
