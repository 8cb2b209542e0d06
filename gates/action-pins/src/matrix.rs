//! Images whose text holds expressions: matrix values that stand in the file
//! are followed, everything else is dynamic.

use std::cell::Cell;
use std::ops::Range;

use crate::image::{ImageName, is_digest};
use crate::yaml::Node;

/// An image after its expressions were followed as far as the file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// One image, and the bytes where its text stands.
    Image(ImageName, Range<usize>),
    /// An expression that this file does not answer.
    Dynamic,
}

/// GitHub makes no more jobs of one matrix; more combinations are not followed.
const COMBINATIONS_MAX: usize = 256;

/// Parts of one image, text and expressions; more are not followed.
const PARTS_MAX: usize = 16;

/// How many nodes of matrices may be looked at for one file, so that a hostile
/// one ends soon; after that every image with an expression is dynamic.
#[derive(Debug)]
pub(crate) struct Patience(Cell<usize>);

impl Default for Patience {
    fn default() -> Patience {
        Patience(Cell::new(1_000_000))
    }
}

impl Patience {
    fn look(&self) -> bool {
        self.0.set(self.0.get().saturating_sub(1));
        self.0.get() > 0
    }
}

/// Every image that `value` can stand for in a job with this `matrix`. Empty
/// text is no image: GitHub then runs without a container.
pub(crate) fn resolve(
    value: Node<'_>,
    matrix: Option<Node<'_>>,
    patience: &Patience,
) -> Vec<Resolved> {
    if value.is_null() {
        return Vec::new();
    }
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
    let Some(parts) = split(text).filter(|parts| parts.len() <= PARTS_MAX) else {
        return vec![Resolved::Dynamic];
    };
    let mut images = vec![(String::new(), value.span())];
    let is_whole = parts.len() == 1;
    for part in parts {
        let answers = match part {
            Part::Text(text) => vec![Some((text.to_owned(), value.span()))],
            Part::Expression(expression) => answers(expression, matrix, patience),
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
fn answers(
    expression: &str,
    matrix: Option<Node<'_>>,
    patience: &Patience,
) -> Vec<Option<(String, Range<usize>)>> {
    let Some((found, is_open)) = nodes(expression, matrix, patience) else { return Vec::new() };
    let known = found.into_iter().map(|node| {
        let text = node.scalar().filter(|text| !text.contains("${{"))?;
        Some((text.to_owned(), node.span()))
    });
    known.chain(is_open.then_some(None)).collect()
}

/// What `matrix.a.b` can be, and whether it can be what this file does not
/// tell besides. None where the expression is none of this form.
pub(crate) fn nodes<'t>(
    expression: &str,
    matrix: Option<Node<'t>>,
    patience: &Patience,
) -> Option<(Vec<Node<'t>>, bool)> {
    let keys = keys(expression)?;
    let (Some(matrix), Some(("matrix", [axis, path @ ..]))) =
        (matrix, keys.split_first().map(|(context, keys)| (context.as_str(), keys)))
    else {
        return None;
    };
    let mut found = Vec::new();
    let mut unknown = matrix.scalar().is_some();
    for (key, value) in matrix.entries().take_while(|_| patience.look()) {
        if !is_named(key, axis) && !is_named(key, "include") {
            continue;
        }
        unknown |= value.scalar().is_some();
        for item in value.items().take_while(|_| patience.look()) {
            if is_named(key, axis) {
                if !is_excluded(item, axis, matrix, patience) {
                    found.push(item);
                }
            } else {
                unknown |= item.scalar().is_some();
                found.extend(named(item, axis, patience));
            }
        }
    }
    for key in path {
        unknown |= found.iter().any(|node| node.scalar().is_some());
        found = found.into_iter().flat_map(|node| named(node, key, patience)).collect();
    }
    unknown |= !patience.look();
    Some((found, unknown))
}

/// The keys of `a.b['c']`, lower case, as GitHub tells no case apart; none
/// where the expression is more than that.
fn keys(expression: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut rest = expression.trim();
    loop {
        let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let (key, after) = match rest.strip_prefix('[') {
            Some(index) => index.trim_start().strip_prefix('\'')?.split_once('\'')?,
            None => {
                let name = if keys.is_empty() { rest } else { rest.strip_prefix('.')? };
                name.split_at(name.find(|c| !is_key(c)).unwrap_or(name.len()))
            }
        };
        if key.is_empty() || !key.chars().all(is_key) {
            return None;
        }
        keys.push(key.to_ascii_lowercase());
        let after = match rest.starts_with('[') {
            true => after.trim_start().strip_prefix(']')?,
            false => after,
        };
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(keys);
        }
    }
}

/// Whether `exclude:` takes away every job with this value of `axis`: an entry
/// that names the axis alone. `include:` is applied after it.
fn is_excluded(item: Node<'_>, axis: &str, matrix: Node<'_>, patience: &Patience) -> bool {
    let lists = named(matrix, "exclude", patience);
    let mut entries = lists.into_iter().flat_map(Node::items).take_while(|_| patience.look());
    entries.any(|entry| {
        let mut keys = entry.entries();
        match (keys.next(), keys.next()) {
            (Some((key, value)), None) => {
                let text = value.scalar().filter(|text| !text.contains("${{"));
                is_named(key, axis) && text.is_some() && text == item.scalar()
            }
            _ => false,
        }
    })
}

fn named<'t>(node: Node<'t>, name: &str, patience: &Patience) -> Vec<Node<'t>> {
    let entries = node.entries().take_while(|_| patience.look());
    entries.filter(|(key, _)| is_named(*key, name)).map(|(_, value)| value).collect()
}

/// GitHub's expressions do not tell upper from lower case.
fn is_named(key: Node<'_>, name: &str) -> bool {
    key.scalar().is_some_and(|key| key.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Yaml;

    const HEX: &str = "9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea";

    /// Resolves `image:` of a document that may have `matrix:`.
    fn images(source: &str) -> Vec<String> {
        let yaml = Yaml::parse(source).unwrap();
        let root = yaml.documents().next().unwrap();
        let image = root.values("image").next().unwrap();
        let matrix = root.values("matrix").next();
        let resolved = resolve(image, matrix, &Patience::default());
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
            "image: ${{ matrix.i[0] }}\nmatrix: {i: [a]}",
            "image: ${{ matrix['i }}\nmatrix: {i: [a]}",
            "image: ${{ matrix['i.j'] }}\nmatrix: {i: [a]}",
            "image: ${{ matrix.*.i }}\nmatrix: {i: [a]}",
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
    fn an_index_is_a_key() {
        for index in ["matrix['i']", "Matrix[ 'I' ]", "matrix .i"] {
            let source = format!("image: ${{{{ {index} }}}}\nmatrix: {{i: [a]}}");
            assert_eq!(images(&source), ["a a"], "{index}");
        }
        let deep = "image: ${{ matrix['o'].img }}\nmatrix: {o: [{img: a}]}";
        assert_eq!(images(deep), ["a a"]);
    }

    #[test]
    fn what_is_excluded_alone_does_not_run() {
        let one = "image: ${{ matrix.i }}\nmatrix: {i: [a, b], exclude: [{i: a}]}";
        assert_eq!(images(one), ["b b"]);
        let with_another = "image: ${{ matrix.i }}\nmatrix: {i: [a], exclude: [{i: a, o: x}]}";
        assert_eq!(images(with_another), ["a a"]);
        let again =
            "image: ${{ matrix.i }}\nmatrix: {i: [a], exclude: [{i: a}], include: [{i: a}]}";
        assert_eq!(images(again), ["a a"]);
        let unknown = "image: ${{ matrix.i }}\nmatrix: {i: [a], exclude: '${{ x }}'}";
        assert_eq!(images(unknown), ["a a"]);
    }

    #[test]
    fn a_literal_digest_pins_under_any_name() {
        let source = format!("image: ghcr.io/${{{{ github.repository }}}}/x@sha256:{HEX}");
        assert!(images(&source)[0].starts_with("name@sha256:"));
    }

    #[test]
    fn empty_text_is_no_image() {
        for nothing in ["''", "", "~", "null"] {
            assert!(images(&format!("image: {nothing}")).is_empty(), "{nothing}");
        }
        assert_eq!(images("image: 'null'"), ["null 'null'"]);
        assert_eq!(images("image: ${{ matrix.i }}\nmatrix: {i: ['', a]}"), ["a a"]);
    }

    #[test]
    fn patience_ends_red() {
        let yaml = Yaml::parse("image: ${{ matrix.i }}\nmatrix: {i: [a, b, c]}").unwrap();
        let root = yaml.documents().next().unwrap();
        let (image, matrix) = (root.values("image").next().unwrap(), root.values("matrix").next());
        assert_eq!(resolve(image, matrix, &Patience::default()).len(), 3);
        for looks in 0..4 {
            let resolved = resolve(image, matrix, &Patience(Cell::new(looks)));
            assert!(resolved.contains(&Resolved::Dynamic), "{looks}: {resolved:?}");
        }
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
