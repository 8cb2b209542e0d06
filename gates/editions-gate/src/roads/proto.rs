//! `import "a/b.proto";` of protocol buffers. Where imports begin is said to the
//! compiler alone: a folder above the file in which the path is there is taken,
//! otherwise whatever file of the repository ends with it.

use std::cell::LazyCell;
use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Place, References};
use crate::reference::{Kind, Reference, extension, join};

pub(super) fn references(place: &Place<'_>, text: &str) -> References {
    let mut found = References::new();
    // By their names, where one is asked for: an import that is in no folder above may
    // be anywhere.
    let others = LazyCell::new(|| {
        let protos = place.files.iter().filter(|path| extension(path) == "proto");
        let mut others: HashMap<&str, Vec<&Utf8Path>> = HashMap::new();
        for path in protos {
            others.entry(path.file_name().unwrap_or_default()).or_default().push(path);
        }
        others
    });
    for (specifier, span) in imports(text) {
        let above = place.folders().filter_map(|folder| join(folder, &specifier));
        let targets = match above.into_iter().find(|path| place.files.has(path)) {
            Some(path) => vec![path],
            None => elsewhere(&others, &specifier),
        };
        found.push((Reference { kind: Kind::Static, specifier, span }, targets));
    }
    found
}

fn elsewhere(others: &HashMap<&str, Vec<&Utf8Path>>, specifier: &str) -> Vec<Utf8PathBuf> {
    let wanted = Utf8Path::new(specifier);
    let named = others.get(wanted.file_name().unwrap_or_default()).into_iter().flatten();
    let mut found: Vec<Utf8PathBuf> =
        named.filter(|path| path.ends_with(wanted)).map(|path| (*path).to_owned()).collect();
    found.sort();
    // Nowhere: as it would be in the repository's own root.
    if found.is_empty() {
        found.extend(join("".into(), specifier));
    }
    found
}

/// The paths of `import`, `import public` and `import weak`, comments passed over.
fn imports(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let (mut at, mut is_import) = (0, false);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(['"', '\'']) {
            let quote = rest.get(..1).unwrap_or_default();
            let body = rest.get(1..).unwrap_or_default();
            let end = body.find([quote.chars().next().unwrap_or('"'), '\n']).unwrap_or(body.len());
            if is_import {
                found.push((body.get(..end).unwrap_or_default().to_owned(), at..at + end + 2));
            }
            end + 2
        } else if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            match rest.get(..end) {
                Some("import") => is_import = true,
                Some("public" | "weak" | "option") => {}
                _ => is_import = false,
            }
            end
        } else {
            if rest.starts_with(';') {
                is_import = false;
            }
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::project::Files;

    #[test]
    fn an_import_is_a_file_of_a_root_above() {
        let files = Files::of(["proto/ee/a.proto", "proto/x/b.proto", "other/deep/c.proto"]);
        let place = Place { path: "proto/x/y.proto".into(), files: &files };
        let text = "syntax = \"proto3\";\n// import \"no.proto\";\nimport public \"ee/a.proto\"; import 'x/b.proto';\nimport \"deep/c.proto\"; import \"google/x.proto\";\nmessage A { string import = 1; }\noption x = \"ee/a.proto\";\n";
        let found = references(&place, text).into_iter();
        let found: Vec<String> =
            found.flat_map(|(_, to)| to).map(Utf8PathBuf::into_string).collect();
        assert_eq!(
            found,
            ["proto/ee/a.proto", "proto/x/b.proto", "other/deep/c.proto", "google/x.proto"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(500) })]

        #[test]
        fn any_text_is_read(source in "(import |\"|'|//|/\\*|;|é|\n|a){0,20}") {
            imports(&source);
        }
    }
}
