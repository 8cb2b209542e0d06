//! Templates of Helm: files that they read by `.Files`, relative to their chart,
//! and templates that they take from another chart by name. A template is no YAML
//! before it is filled in, so only what stands between `{{` and `}}` is read.

use std::collections::BTreeMap;
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Place, References, end_of, fixed};
use crate::project::Files;
use crate::reference::{Kind, Reference, folder, join};

/// Templates by their names, and the file that defines each.
pub(crate) type Templates = BTreeMap<String, Utf8PathBuf>;

/// The templates that these files define.
pub(crate) fn templates(files: &BTreeMap<Utf8PathBuf, String>) -> Templates {
    let mut found = Templates::new();
    for (path, text) in files {
        for (name, _) in named(text, &["define"]) {
            found.entry(name.to_owned()).or_insert_with(|| path.clone());
        }
    }
    found
}

pub(super) fn references(place: &Place<'_>, text: &str, templates: &Templates) -> References {
    let Some(chart) = chart(place.path, place.files) else { return References::new() };
    let mut found = References::new();
    let reference =
        |name: &str, span| Reference { kind: Kind::Copy, specifier: name.to_owned(), span };
    let methods = ["Get", "GetBytes", "Glob", "Lines"].map(|name| format!(".Files.{name}"));
    let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
    for (name, span) in named(text, &methods) {
        if let Some(to) = join(&chart, fixed(name)).filter(|to| place.is_there(to)) {
            found.push((reference(name, span), vec![to]));
        }
    }
    for (name, span) in named(text, &["include", "template"]) {
        if let Some(to) = templates.get(name) {
            found.push((reference(name, span), vec![to.clone()]));
        }
    }
    found
}

/// The folder of the chart that a template belongs to.
fn chart(path: &Utf8Path, files: &Files) -> Option<Utf8PathBuf> {
    let is_chart = |folder: &&Utf8Path| {
        ["Chart.yaml", "Chart.yml"].iter().any(|name| files.has(&kernel::below(folder, name)))
    };
    folder(path).ancestors().find(is_chart).map(Utf8Path::to_owned)
}

/// Strings in actions that stand behind one of `words`, each with its place.
fn named<'a>(text: &'a str, words: &[&str]) -> Vec<(&'a str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("{{")).map(|it| at + it + 2) {
        let rest = text.get(open..).unwrap_or_default();
        let is_comment = rest.trim_start_matches(['-', ' ']).starts_with("/*");
        let closing = if is_comment { "*/" } else { "}}" };
        let length = rest.find(closing).unwrap_or(rest.len());
        at = open + length;
        if is_comment {
            continue;
        }
        let action = rest.get(..length).unwrap_or_default();
        let mut from = 0;
        while let Some(quote) = action.get(from..).and_then(|it| it.find(['"', '`'])) {
            let start = from + quote + 1;
            let mark = action.get(start - 1..start).unwrap_or("\"");
            let Some(end) = action.get(start..).and_then(|it| it.find(mark)) else { break };
            let before = end_of(action.get(..start - 1).unwrap_or_default());
            let last = before.trim_end().rsplit([' ', '(', '-', '\t', '\n', '$']).next();
            if words.contains(&last.unwrap_or_default()) {
                let name = action.get(start..start + end).unwrap_or_default();
                found.push((name, open + start..open + start + end));
            }
            from = start + end + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        let files = Files::of(["charts/a/Chart.yaml", "charts/a/ee/x.json", "charts/a/feed/x"]);
        let ee = BTreeMap::from([(
            "charts/ee/templates/_helpers.tpl".into(),
            "{{- define \"ee.name\" -}}x{{ end }}{{/* define \"feed\" */}}".to_owned(),
        )]);
        let place = Place { path: "charts/a/templates/b.yaml".into(), files: &files };
        let found = references(&place, text, &templates(&ee)).into_iter();
        found.flat_map(|(_, to)| to).map(Utf8PathBuf::into_string).collect()
    }

    #[test]
    fn files_and_templates_are_found() {
        for (text, to) in [
            ("a: {{ .Files.Get \"ee/x.json\" | quote }}", "charts/a/ee/x.json"),
            ("{{ ($.Files.Glob \"ee/*\").AsConfig | indent 2 }}", "charts/a/ee"),
            ("{{- include \"ee.name\" . | nindent 4 }}", "charts/ee/templates/_helpers.tpl"),
            ("{{template `ee.name` .}}", "charts/ee/templates/_helpers.tpl"),
            ("{{ $x := (include \"ee.name\" .) }}", "charts/ee/templates/_helpers.tpl"),
        ] {
            assert_eq!(found(text), [to], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left() {
        for text in [
            "# ee/x.json",
            "{{/* include \"ee.name\" . */}}",
            "{{ include \"feed\" . }}",
            "{{ .Files.Get \"feed/y\" }}",
            "path: \"ee/x.json\"",
            "{{ print \"ee.name\" }}",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "((\\{\\{|\\}\\}|/\\*|\\*/|include|define|.Files.Get|\"|`|ee| |-|é){0,30})") {
            found(&text);
            templates(&BTreeMap::from([("a".into(), text)]));
        }
    }
}
