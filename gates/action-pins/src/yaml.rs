//! YAML as nodes with byte spans: whatever `saphyr-parser` accepts, several
//! documents, duplicate keys and all. Aliases point at the node they stand
//! for, so nothing is ever expanded and a hostile file costs no more than its
//! size.

mod offsets;
mod outdented;
mod spans;

use std::borrow::Cow;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

use self::offsets::Offsets;

/// Every document of one file.
#[derive(Debug, Default)]
pub(crate) struct Yaml<'s> {
    nodes: Vec<Data<'s>>,
    roots: Vec<usize>,
}

/// Why a file is no YAML, and the byte where that was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

#[derive(Debug)]
struct Data<'s> {
    span: Range<usize>,
    value: Value<'s>,
}

#[derive(Debug)]
enum Value<'s> {
    Scalar {
        text: Cow<'s, str>,
        is_block: bool,
    },
    Sequence(Vec<usize>),
    /// In source order, duplicate keys included.
    Mapping(Vec<(usize, usize)>),
    Alias(usize),
}

/// A node of a [`Yaml`]; never an alias, always what it stands for.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t> {
    yaml: &'t Yaml<'t>,
    id: usize,
}

impl<'s> Yaml<'s> {
    /// Reads every document in `source`.
    pub(crate) fn parse(source: &'s str) -> Result<Yaml<'s>, SyntaxError> {
        match read(source, Builder::new(source), |text| text) {
            Err(error) if outdented::is_told(&error.reason) => outdented::parse(source, error),
            result => result,
        }
    }

    /// The root of each document.
    pub(crate) fn documents<'t>(&'t self) -> impl Iterator<Item = Node<'t>>
    where
        's: 't,
    {
        self.roots.iter().map(|id| self.node(*id))
    }

    fn node<'t>(&'t self, id: usize) -> Node<'t>
    where
        's: 't,
    {
        let id = match self.nodes.get(id) {
            Some(Data { value: Value::Alias(target), .. }) => *target,
            _ => id,
        };
        Node { yaml: self, id }
    }
}

impl<'t> Node<'t> {
    /// A number that this node alone has within its file.
    pub(crate) fn id(self) -> usize {
        self.id
    }

    /// Its bytes, quotes and a block scalar's header included, anchors and
    /// tags not.
    pub(crate) fn span(self) -> Range<usize> {
        self.data().map_or(0..0, |data| data.span.clone())
    }

    /// Its text, if it is a scalar.
    pub(crate) fn scalar(self) -> Option<&'t str> {
        match self.data().map(|data| &data.value) {
            Some(Value::Scalar { text, .. }) => Some(text),
            _ => None,
        }
    }

    /// Whether it has no value: nothing at all, `~` or `null` without quotes.
    pub(crate) fn is_null(self) -> bool {
        let text = self.scalar().unwrap_or("x");
        let is_plain = self.span().len() == text.len();
        is_plain && matches!(text, "" | "~" | "null" | "Null" | "NULL")
    }

    /// Whether it is a `|` or `>` scalar, whose text starts on a later line.
    pub(crate) fn is_block_scalar(self) -> bool {
        matches!(self.data().map(|data| &data.value), Some(Value::Scalar { is_block: true, .. }))
    }

    /// Its items, if it is a sequence.
    pub(crate) fn items(self) -> impl Iterator<Item = Node<'t>> {
        let ids = match self.data().map(|data| &data.value) {
            Some(Value::Sequence(ids)) => ids.as_slice(),
            _ => &[],
        };
        ids.iter().map(move |id| self.yaml.node(*id))
    }

    /// Its entries, if it is a mapping: in source order, duplicates included.
    pub(crate) fn entries(self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        let pairs = match self.data().map(|data| &data.value) {
            Some(Value::Mapping(pairs)) => pairs.as_slice(),
            _ => &[],
        };
        pairs.iter().map(move |(key, value)| (self.yaml.node(*key), self.yaml.node(*value)))
    }

    /// Every value under `key`, if it is a mapping.
    pub(crate) fn values(self, key: &str) -> impl Iterator<Item = Node<'t>> {
        self.entries().filter(move |(name, _)| name.scalar() == Some(key)).map(|(_, value)| value)
    }

    fn data(self) -> Option<&'t Data<'t>> {
        self.yaml.nodes.get(self.id)
    }
}

/// Builds what stands in `text`, which is the builder's source or stands for it.
fn read<'s, 'm>(
    text: &'m str,
    mut builder: Builder<'s>,
    kept: impl Fn(Cow<'m, str>) -> Cow<'s, str>,
) -> Result<Yaml<'s>, SyntaxError> {
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) => builder.take(event, span, &kept),
            Err(error) => {
                let at = builder.offset(*error.marker()).min(builder.source.len());
                return Err(SyntaxError { at, reason: error.info().to_owned() });
            }
        }
    }
    Ok(builder.yaml)
}

/// Builds nodes from events, without recursion.
struct Builder<'s> {
    source: &'s str,
    offsets: Offsets,
    yaml: Yaml<'s>,
    open: Vec<Open>,
    /// By the parser's number of the anchor.
    anchored: Vec<Option<usize>>,
    last_end: usize,
}

/// A collection whose end has not come yet.
struct Open {
    id: usize,
    key: Option<usize>,
}

impl<'s> Builder<'s> {
    fn new(source: &'s str) -> Builder<'s> {
        let offsets = Offsets::wide(source);
        let (yaml, open, anchored) = (Yaml::default(), Vec::new(), Vec::new());
        Builder { source, offsets, yaml, open, anchored, last_end: 0 }
    }

    /// The parser counts characters, everything else here counts bytes.
    fn offset(&self, marker: Marker) -> usize {
        self.offsets.of(marker.index()).min(self.source.len())
    }

    fn take<'m>(
        &mut self,
        event: Event<'m>,
        span: Span,
        kept: &impl Fn(Cow<'m, str>) -> Cow<'s, str>,
    ) {
        let start = self.offset(span.start);
        let end = self.offset(span.end).max(start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let has_properties = anchor != 0 || tag.is_some();
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let start = if is_block {
                    spans::block_header(self.source, self.last_end, start, end)
                } else if has_properties {
                    spans::after_properties(self.source, start, end)
                } else {
                    start
                };
                let end =
                    if is_block { end } else { spans::closing_quote(self.source, start, end) };
                let span = start..spans::trimmed_end(self.source, start, end);
                self.add(span, Value::Scalar { text: kept(text), is_block }, anchor);
            }
            Event::Alias(anchor) => {
                let target = self.anchored.get(anchor).copied().flatten();
                // The parser refuses unknown anchors; an alias that stands for
                // nothing stands for an empty scalar.
                let value = match target {
                    Some(target) => Value::Alias(target),
                    None => Value::Scalar { text: Cow::Borrowed(""), is_block: false },
                };
                self.add(start..end, value, 0);
            }
            Event::SequenceStart(anchor, _) => {
                let id = self.add(start..end, Value::Sequence(Vec::new()), anchor);
                self.open.push(Open { id, key: None });
            }
            Event::MappingStart(anchor, _) => {
                let id = self.add(start..end, Value::Mapping(Vec::new()), anchor);
                self.open.push(Open { id, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let last_end = self.last_end;
                if let Some(open) = self.open.pop()
                    && let Some(data) = self.yaml.nodes.get_mut(open.id)
                {
                    // A block collection ends with its last node, not where
                    // the parser noticed it; a flow collection with its bracket.
                    let closed = if end > start { end } else { last_end };
                    data.span.end = closed.max(data.span.end);
                }
            }
            _ => {}
        }
        self.last_end = self.last_end.max(end);
    }

    fn add(&mut self, span: Range<usize>, value: Value<'s>, anchor: usize) -> usize {
        let id = self.yaml.nodes.len();
        self.yaml.nodes.push(Data { span, value });
        if anchor != 0 {
            if self.anchored.len() <= anchor {
                self.anchored.resize(anchor + 1, None);
            }
            if let Some(slot) = self.anchored.get_mut(anchor) {
                *slot = Some(id);
            }
        }
        self.attach(id);
        id
    }

    fn attach(&mut self, id: usize) {
        let Some(open) = self.open.last_mut() else {
            self.yaml.roots.push(id);
            return;
        };
        match self.yaml.nodes.get_mut(open.id).map(|data| &mut data.value) {
            Some(Value::Sequence(items)) => items.push(id),
            Some(Value::Mapping(pairs)) => match open.key.take() {
                Some(key) => pairs.push((key, id)),
                None => open.key = Some(id),
            },
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every scalar with the source text its span covers.
    fn scalars(source: &str) -> Vec<(String, String)> {
        let yaml = Yaml::parse(source).unwrap();
        let scalars = yaml.nodes.iter().filter_map(|data| match &data.value {
            Value::Scalar { text, .. } => {
                Some((text.to_string(), source[data.span.clone()].to_owned()))
            }
            _ => None,
        });
        scalars.collect()
    }

    fn last(source: &str) -> (String, String) {
        scalars(source).pop().unwrap()
    }

    fn pair(text: &str, source: &str) -> (String, String) {
        (text.to_owned(), source.to_owned())
    }

    #[test]
    fn spans_cover_the_value_and_nothing_else() {
        assert_eq!(last("a: b  # c\n"), pair("b", "b"));
        assert_eq!(last("a: 'it''s' # c\n"), pair("it's", "'it''s'"));
        assert_eq!(last("a: \"\\x40\"\n"), pair("@", "\"\\x40\""));
        assert_eq!(last("a: &x !!str b\n"), pair("b", "b"));
        assert_eq!(last("a: &x # c\n  'b'\n"), pair("b", "'b'"));
        assert_eq!(last("? a\n: b\n"), pair("b", "b"));
        assert_eq!(last("[{a: b}]"), pair("b", "b"));
        assert_eq!(last("a: &x\n"), pair("", ""));
    }

    #[test]
    fn block_scalars_begin_at_their_header() {
        assert_eq!(last("a: >-\n  b@v4\n"), pair("b@v4", ">-\n  b@v4"));
        assert_eq!(last("a: &x | # > c\r\n  b\r\n\r\n"), pair("b\n", "| # > c\r\n  b"));
        assert_eq!(last("a: # | c\n  >\n\n  b\n"), pair("\nb\n", ">\n\n  b"));
        assert_eq!(last("- |\n  b\n"), pair("b\n", "|\n  b"));
    }

    #[test]
    fn characters_of_several_bytes_and_a_byte_order_mark() {
        assert_eq!(last("\u{feff}ü: é # ö\nb: 'ß'"), pair("ß", "'ß'"));
    }

    #[test]
    fn aliases_stand_for_their_anchor_even_in_a_circle() {
        let yaml = Yaml::parse("a: &x 1\nb: *x\nc: &l [*l, *x]\n").unwrap();
        let root = yaml.documents().next().unwrap();
        let b = root.values("b").next().unwrap();
        assert_eq!((b.scalar(), b.span()), (Some("1"), 6..7));
        let list = root.values("c").next().unwrap();
        assert_eq!(list.items().next().unwrap().id(), list.id());
    }

    #[test]
    fn documents_and_duplicate_keys_are_all_there() {
        let yaml = Yaml::parse("a: 1\na: 2\n---\na: 3\n").unwrap();
        let values = yaml.documents().flat_map(|root| root.values("a")).filter_map(Node::scalar);
        assert_eq!(values.collect::<Vec<_>>(), ["1", "2", "3"]);
    }

    #[test]
    fn an_error_knows_its_place() {
        let error = Yaml::parse("a: é\nb: [\n").unwrap_err();
        assert!(error.at <= 11, "{error:?}");
        assert!(Yaml::parse("a: *nobody\n").is_err());
        assert!(Yaml::parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn depth_and_aliases_cost_no_more_than_their_size() {
        let deep = "- ".repeat(20_000) + "a";
        assert_eq!(Yaml::parse(&deep).unwrap().nodes.len(), 20_001);
        let mut laughs = "a0: &a0 [x]\n".to_owned();
        for n in 1..40 {
            let p = n - 1;
            laughs += &format!("a{n}: &a{n} [*a{p}, *a{p}, *a{p}]\n");
        }
        assert!(Yaml::parse(&laughs).unwrap().nodes.len() < 500);
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_is_read_or_refused(source in "[-?:,\\[\\]{}#&*!|>'\"%@ \t\r\na-c0é\u{feff}\u{200b}]{0,60}") {
            match Yaml::parse(&source) {
                Ok(yaml) => for data in &yaml.nodes {
                    prop_assert!(source.get(data.span.clone()).is_some(), "{:?}", data.span);
                },
                Err(error) => prop_assert!(error.at <= source.len()),
            }
        }

        #[test]
        fn any_characters_are_read_or_refused(source in any::<String>()) {
            if let Ok(yaml) = Yaml::parse(&source) {
                for data in &yaml.nodes {
                    prop_assert!(source.get(data.span.clone()).is_some(), "{:?}", data.span);
                }
            }
        }
    }
}
