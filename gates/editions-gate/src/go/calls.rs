//! What Go names beside its imports: sources of C in the comment before
//! `import "C"`, and plugins that are opened.

use camino::{Utf8Path, Utf8PathBuf};
use go_syntax::{Kind as Is, Lexer, string_value};
use memchr::memmem;

use crate::reference::{Kind, Reference, folder, join};

type Found = Vec<(Reference, Vec<Utf8PathBuf>)>;

/// Both of one file; `has_c` where it imports C.
pub(crate) fn references(path: &Utf8Path, text: &str, has_c: bool) -> Found {
    let mut found = Found::new();
    let has_plugin = memmem::find(text.as_bytes(), b"plugin.Open").is_some();
    if !has_c && !has_plugin {
        return found;
    }
    let own = folder(path);
    let mut before: [&str; 4] = [""; 4];
    for token in Lexer::new(text) {
        let word = token.text(text);
        if token.kind == Is::Comment {
            if has_c {
                c_sources(own, word, token.start, &mut found);
            }
            continue;
        }
        if matches!(token.kind, Is::String | Is::RawString)
            && before == ["plugin", ".", "Open", "("]
        {
            let value = string_value(word).unwrap_or_default();
            let specifier = value.into_owned();
            // It is opened from wherever the program stands.
            let targets = [join("".into(), &specifier), join(own, &specifier)];
            let reference = Reference { kind: Kind::Dynamic, specifier, span: token.range() };
            found.push((reference, targets.into_iter().flatten().collect()));
        }
        before.rotate_left(1);
        before[3] = word;
    }
    found
}

/// `#include "…"` and the folders and files of `#cgo`.
fn c_sources(own: &Utf8Path, comment: &str, start: usize, found: &mut Found) {
    let mut at = start;
    for line in comment.split_inclusive('\n') {
        let line_at = at;
        at += line.len();
        let code = line.trim_start_matches(['/', '*', ' ', '\t']);
        let code_at = line_at + line.len() - code.len();
        let words = match (code.strip_prefix("#include"), code.strip_prefix("#cgo")) {
            (Some(rest), _) => {
                let name = rest.trim_start().strip_prefix('"').and_then(|it| it.split('"').next());
                name.into_iter().collect()
            }
            (None, Some(rest)) => rest.split_whitespace().collect::<Vec<_>>(),
            (None, None) => continue,
        };
        for word in words {
            let name = ["-I", "-L"].iter().find_map(|it| word.strip_prefix(it)).unwrap_or(word);
            let name = name.strip_prefix("${SRCDIR}/").unwrap_or(name);
            let name_at = code.find(name).map_or(code_at, |offset| code_at + offset);
            if !name.contains('/') {
                continue;
            }
            let reference = Reference {
                kind: Kind::Static,
                specifier: name.to_owned(),
                span: name_at..name_at + name.len(),
            };
            found.push((reference, join(own, name).into_iter().collect()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let has_c = text.contains("import \"C\"");
        let found = references("a/b.go".into(), text, has_c).into_iter();
        found.map(|(one, to)| format!("{} {}", &text[one.span], to.last().unwrap())).collect()
    }

    #[test]
    fn sources_of_c_and_plugins_are_told() {
        let text = "package a\n/*\n#cgo CFLAGS: -I${SRCDIR}/../ee/x -O2\n#include \"../ee/x.h\"\n#include <stdio.h>\n*/\n\
            // #include \"c/y.h\"\nimport \"C\"\nfunc f() { plugin.Open(`ee/p.so`); x.Open(\"ee/q\") }\n";
        assert_eq!(
            found(text),
            ["../ee/x ee/x", "../ee/x.h ee/x.h", "c/y.h a/c/y.h", "`ee/p.so` a/ee/p.so"]
        );
        assert!(found("package a\n// #include \"../ee/x.h\"\nfunc f() {}\n").is_empty());
    }
}
