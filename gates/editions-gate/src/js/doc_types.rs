//! Types that a comment takes from another file: `@type {import('./x').A}`, which
//! the checker follows in JavaScript as it does an import.

use std::ops::Range;

use syntax::ecmascript::Token;

use crate::reference::{Kind, Reference};

const MARK: &str = "import(";

/// What stands in the comments between `tokens`.
pub(super) fn references(source: &str, tokens: &[Token]) -> Vec<Reference> {
    let starts = std::iter::once(0).chain(tokens.iter().map(|token| token.end));
    let ends = tokens.iter().map(|token| token.start).chain([source.len()]);
    let gaps = starts.zip(ends).filter(|(start, end)| end.saturating_sub(*start) > MARK.len());
    gaps.flat_map(|(start, end)| of_comments(source, start..end)).collect()
}

fn of_comments(source: &str, gap: Range<usize>) -> Vec<Reference> {
    let mut found = Vec::new();
    let Some(last) = source.get(gap.clone()).and_then(|text| text.rfind(MARK)) else {
        return found;
    };
    let (mut at, last) = (gap.start, gap.start + last);
    while let Some(rest) = source.get(at..gap.end).filter(|_| at < last) {
        // Line comments and plain ones are passed over.
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
            if rest.starts_with("/**") {
                of_tags(source, at..at + length, &mut found);
            }
            length
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let slash = rest.get(first..).and_then(|rest| rest.find('/'));
            slash.map_or(rest.len(), |slash| first + slash)
        };
        at += length;
    }
    found
}

fn of_tags(source: &str, comment: Range<usize>, found: &mut Vec<Reference>) {
    let text = source.get(comment.clone()).unwrap_or_default();
    let mut start = comment.start;
    for line in text.split_inclusive('\n') {
        let (at, mut searched) = (start, 0);
        start += line.len();
        // In the braces of a tag; prose may say what it likes.
        while let Some(mark) = line.get(searched..).and_then(|rest| rest.find(MARK)) {
            let name = searched + mark + MARK.len();
            let is_tag = line
                .get(..searched + mark)
                .and_then(|before| before.split_once('@'))
                .is_some_and(|(_, tag)| tag.contains('{'));
            searched = name;
            let rest = line.get(name..).unwrap_or_default();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let body = rest.get(1..).unwrap_or_default();
            let Some((specifier, _)) = body.split_once(quote).filter(|_| is_tag) else { continue };
            let span = at + name..at + name + specifier.len() + 2;
            let specifier = specifier.to_owned();
            found.push(Reference { kind: Kind::Type, specifier, span });
        }
    }
}

#[cfg(test)]
mod tests {
    use syntax::ecmascript::tokens;

    use super::*;

    #[test]
    fn types_of_tags_are_read() {
        let source = "/** @type {import('./a').A | import(\"./b\").B} */\nlet x; // @type {import('./c')}\n\
            /* @type {import('./d')} */\n/**\n * import('./e') is slow\n * @param {Array<import('../f')>} x\n */\n'/** @type {import(\"./g\")} */'";
        let found = references(source, &tokens(source));
        let names: Vec<&str> = found.iter().map(|one| one.specifier.as_str()).collect();
        assert_eq!(names, ["./a", "./b", "../f"]);
        assert!(found.iter().all(|one| source[one.span.clone()].contains(&one.specifier)));
    }
}
