//! Files within a file: manifests in a ConfigMap's `data`, a Dockerfile in
//! `dockerfile_inline` of Compose. Their images are judged where they stand in
//! the outer file.

use std::ops::Range;

use super::{Supply, build, manifest};
use crate::yaml::{Node, Yaml};

/// Text that was not read as a file.
pub(super) const TEXT: &str = "text-within-text";

/// The images of the manifest that is the text of `node`.
pub(super) fn yaml(node: Node<'_>, source: &str) -> Supply {
    let Some(text) = node.scalar().filter(|text| text.contains("mage")) else {
        return Supply::default();
    };
    let inner = match Yaml::parse(text) {
        Ok(yaml) => manifest::read_inner(text, &yaml),
        Err(_) if text.contains("{{") => manifest::template(text),
        Err(_) => Supply { skipped: vec![TEXT], ..Supply::default() },
    };
    outer(inner, node, text, source)
}

/// The images of the Dockerfile that is the text of `node`.
pub(super) fn dockerfile(node: Node<'_>, source: &str) -> Supply {
    let text = node.scalar().unwrap_or_default();
    outer(build::read(text), node, text, source)
}

/// `supply`, read from `text`, with the places of the outer file.
fn outer(mut supply: Supply, node: Node<'_>, text: &str, source: &str) -> Supply {
    let lines = Lines::of(node, text, source);
    for image in &mut supply.images {
        image.span = lines.place(&image.span);
        image.made_of.iter_mut().for_each(|place| *place = lines.place(place));
    }
    supply
}

/// Where each line of a text stands in the file around it.
struct Lines {
    /// The byte of its first character, in the text and in the file.
    starts: Vec<(usize, usize)>,
    /// The whole scalar, for what cannot be told more closely.
    whole: Range<usize>,
}

impl Lines {
    /// A literal block has the lines of its text one by one, each after an
    /// indentation; of any other scalar the whole is the place.
    fn of(node: Node<'_>, text: &str, source: &str) -> Lines {
        let whole = node.span();
        let outer = source.get(whole.clone()).unwrap_or_default();
        let mut lines = Lines { starts: Vec::new(), whole: whole.clone() };
        if !outer.starts_with('|') {
            return lines;
        }
        let header = outer.find('\n').map_or(outer.len(), |at| at + 1);
        let (mut inner_at, mut outer_at) = (0, whole.start + header);
        let mut rest = outer.get(header..).unwrap_or_default().split_inclusive('\n');
        for inner in text.split_inclusive('\n') {
            let Some(line) = rest.next() else { break };
            let bare = line.trim_end_matches(['\n', '\r']);
            let indent = bare.len().checked_sub(inner.trim_end_matches('\n').len());
            let is_same = bare.ends_with(inner.trim_end_matches('\n'));
            let Some(indent) = indent.filter(|_| is_same) else {
                // The reader took the lines otherwise.
                lines.starts.clear();
                return lines;
            };
            lines.starts.push((inner_at, outer_at + indent));
            inner_at += inner.len();
            outer_at += line.len();
        }
        lines
    }

    fn place(&self, inner: &Range<usize>) -> Range<usize> {
        let at = |inner: usize| {
            let line = self.starts.partition_point(|(start, _)| *start <= inner).checked_sub(1)?;
            let (start, outer) = self.starts.get(line)?;
            Some(outer + (inner - start))
        };
        // The end belongs to the line of the last character.
        let last = inner.end.max(inner.start + 1) - 1;
        match (at(inner.start), at(last)) {
            (Some(start), Some(end)) if end < self.whole.end => start..end + 1,
            _ => self.whole.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::supply::{Form, read};

    /// Each image as `text at its place`.
    fn images(source: &str) -> Vec<(String, String)> {
        let supply = read(source, "a.yaml", Form::Yaml, None).unwrap();
        let images = supply.images.into_iter();
        images.map(|image| (image.text, source[image.span].to_owned())).collect()
    }

    fn pair(text: &str, place: &str) -> (String, String) {
        (text.to_owned(), place.to_owned())
    }

    const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: image}\n";

    #[test]
    fn manifests_in_a_config_map_keep_their_lines() {
        let pod = "    # é\n\n    kind: Pod\n    spec:\n      containers:\n        - image: busybox # c\n";
        let source = format!("{MAP}data:\n  pod.yaml: |-\n{pod}  other: 'image: x'\n");
        assert_eq!(images(&source), [pair("busybox", "busybox")]);
        let windows = source.replace('\n', "\r\n");
        assert_eq!(images(&windows), [pair("busybox", "busybox")]);
        let quoted = format!("{MAP}data: {{a: \"image: 'b:latest'\"}}\n");
        assert_eq!(images(&quoted), [pair("b:latest", "\"image: 'b:latest'\"")]);
        let template = format!(
            "{MAP}data:\n  a: |2\n    {{{{- if x }}}}\n    image: b:latest\n    {{{{ end }}}}\n"
        );
        assert_eq!(images(&template), [pair("b:latest", "b:latest")]);
        let lone = format!("{MAP}data: {{image: 'a:latest'}}\n");
        assert!(images(&lone).is_empty());
    }

    #[test]
    fn a_map_within_a_map_is_told_and_not_followed() {
        let inner = "    apiVersion: v1\n    kind: ConfigMap\n    data:\n      a: |\n        image: b:latest\n";
        let supply =
            read(&format!("{MAP}data:\n  x: |\n{inner}"), "a.yaml", Form::Yaml, None).unwrap();
        assert!(supply.images.is_empty());
        assert_eq!(supply.skipped, ["text-within-text"]);
        let script = format!("{MAP}data:\n  x: |\n    image() {{ [ a\n    : b }}\n");
        assert_eq!(
            read(&script, "a.yaml", Form::Yaml, None).unwrap().skipped,
            ["text-within-text"]
        );
    }

    #[test]
    fn dockerfiles_of_compose() {
        let source = "services:\n  a:\n    image: a:dev\n    build:\n      dockerfile_inline: |\n        ARG B=node:22\n        FROM $B AS x\n        COPY --from=busybox a b\n";
        assert_eq!(images(source), [pair("$B", "$B"), pair("busybox", "--from=busybox")]);
        let supply = read(source, "compose.yaml", Form::Yaml, None).unwrap();
        assert_eq!(&source[supply.images[0].made_of[0].clone()], "B=node:22");
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn any_text_keeps_its_places(
            header in "[|>][-+]?[1-4]?|'|\"|",
            lines in "( {0,6}(image: a:latest|image: |- |FROM a|COPY --from=b c|data: \\||kind: ConfigMap|#|é|\\\\|'|\"|\\{\\{)?(\n|\r\n)){0,10}",
        ) {
            for outer in [
                format!("{MAP}data:\n  a: {header}\n{lines}"),
                format!("services: {{}}\nx:\n  build: x\nservices:\n  a:\n    build:\n     dockerfile_inline: {header}\n{lines}"),
            ] {
                let Ok(supply) = read(&outer, "a.yaml", Form::Yaml, None) else { continue };
                for image in supply.images {
                    prop_assert!(outer.get(image.span.clone()).is_some(), "{:?}", image);
                }
            }
        }
    }
}
