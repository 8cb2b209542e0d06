//! What canaries are written as: a text that crosses the boundary, and one that
//! only speaks of it.

use camino::{Utf8Path, Utf8PathBuf};
use kernel::Example;

use super::Canary;
use crate::language::Language;
use crate::project::Project;
use crate::reference::folder;
use crate::rules::{COPIES, DYNAMIC, HEADERS, IMPORTS, MANIFESTS, SEAMS, TYPES};

/// Two texts for a rule.
pub(super) struct Text {
    pub(super) rule: &'static str,
    pub(super) bad: String,
    pub(super) good: String,
}

impl Text {
    /// The canaries that they are as the file `path`.
    pub(super) fn at(self, path: &Utf8Path) -> [Canary; 2] {
        let example =
            |text: &str| Example { text: format!("-- {path} --\n{text}").into(), shown: None };
        let (bad, good) = (example(&self.bad), example(&self.good));
        [(true, bad), (false, good)].map(|(is_bad, example)| Canary {
            rule: self.rule,
            is_bad,
            example,
        })
    }
}

/// A seam without its constraint.
pub(super) fn seam(requires: &str, name: &str) -> Text {
    let rest = format!("package canary\n\nimport _ {name:?}\n");
    Text {
        rule: SEAMS,
        bad: format!("// A comment.\n{rest}\n//go:build {requires}\n"),
        good: format!("//go:build {requires}\n\n{rest}"),
    }
}

/// A file of the core with the header of either side.
pub(super) fn header(core: &str, restricted: &str) -> Text {
    let header = |license: &str| format!("// SPDX-License-Identifier: {license}\n");
    Text { rule: HEADERS, bad: header(restricted), good: header(core) }
}

/// Texts of `core` that refer to `target`, each with one that only speaks of it.
pub(super) fn texts(
    language: Language,
    core: &Utf8Path,
    target: &Utf8Path,
    project: &Project,
) -> Vec<Text> {
    of(language, core, target, project).unwrap_or_default()
}

fn of(
    language: Language,
    core: &Utf8Path,
    target: &Utf8Path,
    project: &Project,
) -> Option<Vec<Text>> {
    let relative = || relative(core, target);
    let text = |rule, bad: String, good: String| Text { rule, bad, good };
    Some(match language {
        Language::Go => {
            let name = project.go.import_of(folder(target))?;
            let like = like(&name);
            let bad = format!("package canary\n\nimport (_ {name:?})\n");
            let good = format!(
                "package canary\n\n// import {name:?}\nimport _ {like:?}\n\nconst s = {name:?}\n"
            );
            vec![text(IMPORTS, bad, good)]
        }
        Language::JavaScript => {
            let name = relative();
            let like = like(&name);
            vec![
                text(
                    IMPORTS,
                    format!("import {name:?}\n"),
                    format!(
                        "// import {name:?}\nexport const s = `import {name:?}`\nimport {like:?}\n"
                    ),
                ),
                text(
                    TYPES,
                    format!("import type {{ T }} from {name:?}\n"),
                    format!("import type {{ T }} from {like:?}\n"),
                ),
                text(
                    DYNAMIC,
                    format!("export const s = () => import({name:?})\n"),
                    format!("export const s = () => imported({name:?})\n"),
                ),
            ]
        }
        Language::Python => {
            let name = project.python.module_of(target)?;
            let like = like(&name.replace('.', "/")).replace('/', ".");
            let typed = |name: &str| {
                format!(
                    "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {name}\n"
                )
            };
            let loaded =
                |name: &str| format!("import importlib\n\nimportlib.import_module(\"{name}\")\n");
            vec![
                text(
                    IMPORTS,
                    format!("import {name}\n"),
                    format!("# import {name}\ns = '''\nimport {name}\n'''\nimport {like}\n"),
                ),
                text(TYPES, typed(&name), typed(&like)),
                text(DYNAMIC, loaded(&name), loaded(&like)),
            ]
        }
        Language::Rust => {
            let name = relative();
            let good =
                format!("// include!({name:?});\npub const S: &str = \"include!({name})\";\n");
            vec![text(IMPORTS, format!("include!({name:?});\n"), good)]
        }
        Language::Jvm => {
            let name = project.jvm.name_in(target)?;
            let good = format!(
                "package canary;\n\n// import {name};\nclass Canary {{ String s = \"see {name}\"; }}\n"
            );
            vec![text(IMPORTS, format!("package canary;\n\nimport {name};\n"), good)]
        }
        Language::CargoManifest => {
            let of = |path: &str| {
                format!(
                    "[package]\nname = \"canary\"\n\n[dependencies]\npaid = {{ path = {path:?} }}\n"
                )
            };
            let path = self::relative(core, folder(target));
            vec![text(MANIFESTS, of(&path), format!("# {path}\n[package]\nname = \"canary\"\n"))]
        }
        Language::GoManifest => {
            let path = self::relative(core, folder(target));
            let required = "module canary\n\nrequire canary/paid v0.0.0\n";
            vec![text(
                MANIFESTS,
                format!("{required}\nreplace canary/paid => {path}\n"),
                format!("{required}\n// replace canary/paid => {path}\n"),
            )]
        }
        _ => {
            let bad = format!("FROM scratch\nCOPY {target} /canary\n");
            let good = format!(
                "FROM scratch\n# COPY {target} /canary\nCOPY . .\nCOPY --from=canary /{target} /x\n"
            );
            vec![text(COPIES, bad, good)]
        }
    })
}

/// A path that holds the same words and is another: `feed` for `ee`.
fn like(path: &str) -> String {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let before: Vec<String> = before
        .split('/')
        .map(|part| match part.is_empty() || part.starts_with('.') || part.contains('.') {
            true => part.to_owned(),
            false => format!("f{part}d"),
        })
        .collect();
    format!("{}/f{last}d", before.join("/")).trim_start_matches('/').to_owned()
}

/// The way from a file to another.
fn relative(from: &Utf8Path, to: &Utf8Path) -> String {
    let from = folder(from);
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().count() - shared;
    let rest: Utf8PathBuf = to.components().skip(shared).collect();
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}", kernel::slashed(&rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_names_that_only_look_alike() {
        assert_eq!(relative("web/src/a.ts".into(), "web/ee/b.ts".into()), "../ee/b.ts");
        assert_eq!(relative("a.ts".into(), "ee/b.ts".into()), "./ee/b.ts");
        assert_eq!(like("example.org/m/ee/x"), "example.org/fmd/feed/fxd");
        assert_eq!(like("../ee/b.ts"), "../feed/fb.tsd");
    }
}
