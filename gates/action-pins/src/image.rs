//! The grammar of a container image: `[registry/]name[:tag][@algorithm:hex]`,
//! and what the expressions in one can stand for.
//!
//! Source: the reference grammar of github.com/distribution/reference.

use std::ops::Range;

use crate::yaml::Node;

/// An image as written, without `docker://`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageName {
    pub(crate) text: String,
}

/// What fixes an image's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pin {
    /// A whole digest: the content cannot change.
    Digest,
    /// A tag; it moves when somebody pushes.
    Tag(String),
    /// Neither tag nor digest: `latest` is meant.
    Nothing,
    /// An `@` followed by something that is no digest.
    BrokenDigest(String),
}

impl ImageName {
    /// Reads an image; whatever is not recognised is not pinned.
    pub(crate) fn read(text: &str) -> ImageName {
        ImageName { text: text.trim().to_owned() }
    }

    /// What fixes its content.
    pub(crate) fn pin(&self) -> Pin {
        if let Some((name, digest)) = self.text.split_once('@') {
            let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace());
            return match is_name && is_digest(digest) {
                true => Pin::Digest,
                false => Pin::BrokenDigest(digest.to_owned()),
            };
        }
        // A colon before the last slash separates a port.
        let last = self.text.rsplit('/').next().unwrap_or_default();
        match last.split_once(':') {
            Some((_, tag)) if !tag.is_empty() => Pin::Tag(tag.to_owned()),
            _ => Pin::Nothing,
        }
    }
}

/// Lower-case hex, as the OCI image specification asks.
fn is_digest(digest: &str) -> bool {
    let is_hex = |hex: &str, digits: usize| {
        hex.len() == digits && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    match digest.split_once(':') {
        Some(("sha256", hex)) => is_hex(hex, 64),
        Some(("sha512", hex)) => is_hex(hex, 128),
        _ => false,
    }
}

/// An image after its expressions were followed as far as the file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// One image, and the bytes where its text stands.
    Image(ImageName, Range<usize>),
    /// An expression that this file does not answer.
    Dynamic,
}

/// More combinations of matrix values than this are not followed.
const COMBINATIONS_MAX: usize = 256;

/// Every image that `value` can stand for in a job with this `matrix`. Empty
/// text is no image: GitHub then runs without a container.
pub(crate) fn resolve(value: Node<'_>, matrix: Option<Node<'_>>) -> Vec<Resolved> {
    let text = value.scalar().unwrap_or_default().trim();
    let image = |text: &str, span: Range<usize>| {
        let text = text.trim();
        let name = ImageName::read(text.strip_prefix("docker://").unwrap_or(text));
        (!name.text.is_empty()).then_some(Resolved::Image(name, span))
    };
    if !text.contains("${{") {
        return image(text, value.span()).into_iter().collect();
    }
    // A literal digest fixes the content wherever the name leads.
    if let Some((_, digest)) = text.rsplit_once('@')
        && is_digest(digest)
    {
        let name = ImageName { text: format!("name@{digest}") };
        return vec![Resolved::Image(name, value.span())];
    }
    let Some(parts) = split(text) else { return vec![Resolved::Dynamic] };
    let mut images = vec![(String::new(), value.span())];
    let is_whole = parts.len() == 1;
    for part in parts {
        let answers = match part {
            Part::Text(text) => vec![Some((text.to_owned(), value.span()))],
            Part::Expression(expression) => answers(expression, matrix),
        };
        if answers.is_empty() || answers.len().saturating_mul(images.len()) > COMBINATIONS_MAX {
            return vec![Resolved::Dynamic];
        }
        let longer = images.iter().flat_map(|(before, span)| {
            answers.iter().map(move |answer| {
                let (text, at) = answer.as_ref()?;
                let span = if is_whole { at.clone() } else { span.clone() };
                Some((format!("{before}{text}"), span))
            })
        });
        let Some(longer) = longer.collect() else { return vec![Resolved::Dynamic] };
        images = longer;
    }
    images.into_iter().filter_map(|(text, span)| image(&text, span)).collect()
}

enum Part<'a> {
    Text(&'a str),
    Expression(&'a str),
}

/// `a${{ b }}c` in its parts; none where a `${{` is never closed.
fn split(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}")?;
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Expression(expression.trim()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Some(parts)
}

/// What `matrix.a.b` can be, each value with its place; `None` stands for a
/// value that this file does not tell. Empty where the expression is none of
/// this form or the matrix has no such key.
fn answers(expression: &str, matrix: Option<Node<'_>>) -> Vec<Option<(String, Range<usize>)>> {
    let mut keys = expression.split('.');
    let is_matrix = keys.next().is_some_and(|context| context.eq_ignore_ascii_case("matrix"));
    let keys: Vec<&str> = keys.collect();
    let is_key = |key: &&str| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    let (true, Some(matrix), Some((axis, path))) = (is_matrix, matrix, keys.split_first()) else {
        return Vec::new();
    };
    if !keys.iter().all(is_key) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut unknown = matrix.scalar().is_some();
    for (key, value) in matrix.entries() {
        let Some(key) = key.scalar() else { continue };
        let is_list = value.scalar().is_none();
        if key.eq_ignore_ascii_case("include") {
            unknown |= !is_list;
            for entry in value.items() {
                unknown |= entry.scalar().is_some_and(|text| text.contains("${{"));
                found.extend(named(entry, axis));
            }
        } else if key.eq_ignore_ascii_case(axis) {
            unknown |= !is_list;
            found.extend(value.items());
        }
    }
    for key in path {
        unknown |= found.iter().any(|node| node.scalar().is_some());
        found = found.into_iter().flat_map(|node| named(node, key)).collect();
    }
    let known = found.into_iter().map(|node| {
        let text = node.scalar().filter(|text| !text.contains("${{"))?;
        Some((text.to_owned(), node.span()))
    });
    known.chain(unknown.then_some(None)).collect()
}

fn named<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    let is_named = |key: Node<'t>| key.scalar().is_some_and(|key| key.eq_ignore_ascii_case(name));
    node.entries().filter(|(key, _)| is_named(*key)).map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Yaml;

    const HEX: &str = "9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea";

    fn pin(text: &str) -> Pin {
        ImageName::read(text).pin()
    }

    #[test]
    fn only_a_whole_digest_pins() {
        assert_eq!(pin(&format!("node@sha256:{HEX}")), Pin::Digest);
        assert_eq!(pin(&format!("h:5000/a/node:22@sha256:{HEX}")), Pin::Digest);
        assert_eq!(pin(&format!("node@sha512:{HEX}{HEX}")), Pin::Digest);
        for broken in [
            "node@latest".to_owned(),
            format!("node@sha256:{}", &HEX[1..]),
            format!("node@sha256:{HEX}0"),
            format!("node@sha256:{}", HEX.to_uppercase()),
            format!("node@{HEX}"),
            format!("node@md5:{}", &HEX[..32]),
            format!("node@sha256:{HEX}@sha256:{HEX}"),
            format!("@sha256:{HEX}"),
        ] {
            assert!(matches!(pin(&broken), Pin::BrokenDigest(_)), "{broken}");
        }
        assert_eq!(pin("node:22"), Pin::Tag("22".into()));
        assert_eq!(pin("localhost:5000/x"), Pin::Nothing);
        assert_eq!(pin("node"), Pin::Nothing);
        assert_eq!(pin(&format!("node:{HEX}")), Pin::Tag(HEX.into()));
    }

    /// Resolves `image:` of a document that may have `matrix:`.
    fn images(source: &str) -> Vec<String> {
        let yaml = Yaml::parse(source).unwrap();
        let root = yaml.documents().next().unwrap();
        let image = root.values("image").next().unwrap();
        let resolved = resolve(image, root.values("matrix").next());
        let text = resolved.into_iter().map(|resolved| match resolved {
            Resolved::Image(name, span) => format!("{} {}", name.text, &source[span]),
            Resolved::Dynamic => "dynamic".to_owned(),
        });
        text.collect()
    }

    #[test]
    fn matrix_values_are_followed() {
        let lists = "image: ${{ matrix.i }}\nmatrix: {i: [a, 'b'], include: [{i: c}, {o: d}]}";
        assert_eq!(images(lists), ["a a", "b 'b'", "c c"]);
        let inside = "image: n:${{ Matrix.I }}-x\nmatrix: {i: [1, 2]}";
        assert_eq!(images(inside), ["n:1-x n:${{ Matrix.I }}-x", "n:2-x n:${{ Matrix.I }}-x"]);
        let deep = "image: ${{ matrix.o.img }}\nmatrix: {o: [{img: a}, {img: b}]}";
        assert_eq!(images(deep), ["a a", "b b"]);
        let two = "image: ${{ matrix.a }}:${{ matrix.b }}\nmatrix: {a: [x, y], b: [1]}";
        assert_eq!(images(two).len(), 2);
    }

    #[test]
    fn what_the_file_does_not_answer_is_dynamic() {
        for source in [
            "image: ${{ inputs.image }}",
            "image: ${{ matrix.i }}",
            "image: ${{ matrix.i }}\nmatrix: ${{ fromJSON(inputs.m) }}",
            "image: ${{ matrix.i }}\nmatrix: {i: '${{ fromJSON(x) }}'}",
            "image: ${{ matrix.i }}\nmatrix: {i: ['${{ inputs.x }}']}",
            "image: ${{ matrix.i || 'a' }}\nmatrix: {i: [a]}",
            "image: a:${{ matrix.i",
            "image: ${{ matrix.a }}${{ matrix.b }}\nmatrix: {a: [x], b: '${{ y }}'}",
        ] {
            assert_eq!(images(source), ["dynamic"], "{source}");
        }
        let some = "image: ${{ matrix.i }}\nmatrix: {i: [a], include: '${{ x }}'}";
        assert_eq!(images(some), ["dynamic"]);
    }

    #[test]
    fn a_literal_digest_pins_under_any_name() {
        let source = format!("image: ghcr.io/${{{{ github.repository }}}}/x@sha256:{HEX}");
        assert!(images(&source)[0].starts_with("name@sha256:"));
    }

    #[test]
    fn empty_text_is_no_image() {
        assert!(images("image: ''").is_empty());
        assert_eq!(images("image: ${{ matrix.i }}\nmatrix: {i: ['', a]}"), ["a a"]);
    }

    #[test]
    fn too_many_combinations_are_not_followed() {
        let list = (0..20).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
        let source = format!(
            "image: ${{{{ matrix.a }}}}${{{{ matrix.b }}}}\nmatrix: {{a: [{list}], b: [{list}]}}"
        );
        assert_eq!(images(&source), ["dynamic"]);
    }
}
