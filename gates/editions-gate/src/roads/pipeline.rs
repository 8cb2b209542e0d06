//! Paths that a CI service works on: what commands name, where they run, and
//! what is handed to actions. Only what is there counts: a word of a script is
//! a path by chance as often as by intent.

use std::collections::HashMap;

use camino::Utf8PathBuf;

use super::words::{paths, trimmed};
use super::yaml::Scalar;
use super::{Place, References};
use crate::reference::{Kind, Reference, join};

pub(super) fn references(place: &Place<'_>, scalars: &[Scalar]) -> References {
    let mut found = References::new();
    let root = || Utf8PathBuf::new();
    // Of each step, where its commands run.
    let folders = scalars.iter().filter(|it| it.key() == "working-directory");
    let folders: HashMap<usize, Utf8PathBuf> =
        folders.filter_map(|it| Some((it.parent, join("".into(), &it.text)?))).collect();
    for scalar in scalars {
        let is_script = matches!(scalar.key(), "run" | "script" | "before_script" | "after_script")
            || scalar
                .keys()
                .any(|key| key == "commands" || key == "steps" && scalar.key() == "bash");
        // What decides whether a job runs needs nothing to be there.
        let is_filter = scalar.keys().any(|key| {
            matches!(
                key,
                "on" | "true"
                    | "paths"
                    | "paths-ignore"
                    | "filters"
                    | "if"
                    | "only"
                    | "except"
                    | "changes"
                    | "name"
            )
        });
        if is_filter {
            continue;
        }
        let base = folders.get(&scalar.parent).cloned().unwrap_or_else(root);
        for (word, inside) in paths(&scalar.text) {
            let is_whole = scalar.text.trim() == word;
            // A word alone may be a folder where a path is asked for.
            let asks = matches!(
                scalar.key(),
                "working-directory" | "path" | "context" | "directory" | "file" | "local"
            );
            let is_path = word.contains('/') || (is_whole && asks);
            if !is_path {
                continue;
            }
            let from = if is_script { base.clone() } else { root() };
            let Some(to) = join(&from, trimmed(word)).filter(|to| place.is_there(to)) else {
                continue;
            };
            if to.as_str().is_empty() {
                continue;
            }
            // In a block the text is indented: its first line says where.
            let span = match scalar.text.contains('\n') {
                true => scalar.span.clone(),
                false => {
                    scalar.span.start
                        ..scalar.span.start.saturating_add(inside.end).min(scalar.span.end)
                }
            };
            let reference = Reference { kind: Kind::Run, specifier: word.to_owned(), span };
            found.push((reference, vec![to]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Files;
    use crate::roads::yaml::scalars;

    #[test]
    fn commands_folders_and_inputs_are_found() {
        let files = Files::of(["ee/web/a.ts", "ee/cmd/a.go", "web/ee/x"]);
        let place = Place { path: ".github/workflows/ci.yml".into(), files: &files };
        let text = "on:\n  push:\n    paths: [ee/web]\njobs:\n  a:\n    name: ee/web\n    steps:\n      - run: |\n          cd ee/web\n          go build ./ee/... # ee/cmd\n      - working-directory: ee\n        run: npm i\n      - uses: docker/build-push-action@v6\n        with: { file: ee/cmd, tags: ee/no }\n      - uses: ./ee/web\n";
        let found = references(&place, &scalars(text).unwrap()).into_iter();
        let found: Vec<String> =
            found.flat_map(|(_, to)| to).map(Utf8PathBuf::into_string).collect();
        assert_eq!(found, ["ee/web", "ee", "ee", "ee/cmd", "ee/web"]);
    }
}
