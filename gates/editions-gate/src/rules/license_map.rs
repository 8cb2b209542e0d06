use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Example, Finding, Fix, Globs, Location, Severity, SourceFile};

use super::{Judge, Offence, Whole};
use crate::boundary::Boundary;
use crate::reference::folder;

pub(crate) const OFFENCE: Offence = Offence {
    id: "editions-gate/license-map",
    severity: Severity::Error,
    doc: "The LICENSE and the boundary do not name the same restricted folders.

Where a boundary has a `license`, each restricted folder is named in the text of \
the repository's LICENSE, or holds a LICENSE of its own: otherwise its files are \
open by the words that hold for all the rest. A folder that the text sets apart \
and no boundary restricts is not guarded.

Fix: name the folder in LICENSE, or put the licence's text into it; restrict the \
folder that LICENSE names, or leave it out of `core`.",
    bad: &[
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**', 'lib/paid/**'], license = { core = 'MIT', restricted = 'LicenseRef-X' } }]
-- LICENSE --
All content under the \"ee/\" directory is under LicenseRef-X.
-- ee/a.go --
package ee
-- lib/paid/a.go --
package paid
-- a.go --
package a
",
        ),
        Example::new(
            "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**'], license = { core = 'MIT', restricted = 'LicenseRef-X' } }]
-- LICENSE --
All content under \"ee/\" and \"cmd/enterprise/\" is under LicenseRef-X.
-- ee/a.go --
package ee
-- cmd/enterprise/a.go --
package main
",
        ),
    ],
    good: &[Example::new(
        "-- @options --
boundary = [{ name = 'core', restricted = ['ee/**', 'lib/paid/**'], license = { core = 'MIT', restricted = 'LicenseRef-X' } }]
-- LICENSE --
All content under the \"ee/\" directory, if it exists, is under LicenseRef-X. \"TM\" is \"AS IS\".
-- ee/a.go --
package ee
-- lib/paid/LICENSE --
LicenseRef-X
-- lib/paid/a.go --
package paid
-- a.go --
package a
",
    )],
    judge: Judge::Whole(judge),
};

/// More folders than any licence sets apart.
const NAMES_MAX: usize = 256;

fn judge(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let licensed = whole.boundaries.iter().filter(|boundary| boundary.license.is_some());
    for (index, boundary) in licensed.enumerate() {
        let Some(license) = root_license(whole) else {
            let message =
                format!("there is no LICENSE that says what '{}' restricts", boundary.name);
            findings.push(
                Finding::new(OFFENCE.id, Location::file("LICENSE".into()), message)
                    .key(boundary.name.clone())
                    .fix(Fix::note("write a LICENSE that names the restricted folders")),
            );
            continue;
        };
        let mut named = named(license.text().unwrap_or_default());
        named.truncate(NAMES_MAX);
        findings.extend(unnamed(whole, boundary, &license, &named));
        if index == 0 {
            findings.extend(unguarded(whole, &license, &named));
        }
    }
    findings
}

fn is_license(path: &Utf8Path) -> bool {
    let stem = path.file_name().unwrap_or_default().split('.').next().unwrap_or_default();
    ["LICENSE", "LICENCE", "COPYING"]
        .iter()
        .any(|known| stem.to_ascii_uppercase().split(['-', '_']).next() == Some(known))
}

fn root_license(whole: &Whole<'_>) -> Option<SourceFile> {
    let globs = Globs::new(["{LICENSE,LICENCE,License,Licence,license,COPYING}*"]).ok()?;
    let entries = whole.tree.list(&globs);
    entries
        .iter()
        .find_map(|entry| whole.tree.read_entry(entry).ok().filter(|it| it.text().is_some()))
}

/// What stands between quotes and could be a folder, and where.
fn named(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`' | '“' | '”');
    let mut open: Option<usize> = None;
    for (at, c) in text.char_indices().filter(|(_, c)| is_quote(*c) || *c == '\n') {
        if let Some(start) = open {
            let inside = text.get(start..at).unwrap_or_default();
            let is_path = !inside.is_empty()
                && inside.chars().all(|c| c.is_alphanumeric() || "/._-()[]".contains(c));
            if is_path {
                let path = inside.trim_start_matches("./").trim_matches('/');
                found.push((path.to_owned(), start));
                open = None;
                continue;
            }
        }
        open = (c != '\n').then_some(at + c.len_utf8());
    }
    found
}

/// Restricted folders of which the text says nothing.
fn unnamed(
    whole: &Whole<'_>,
    boundary: &Boundary,
    license: &SourceFile,
    named: &[(String, usize)],
) -> Vec<Finding> {
    let text = license.text().unwrap_or_default();
    let missing = boundary.restricted_folders().filter(|restricted| {
        let restricted = Utf8Path::new(restricted);
        let says = |name: &str| {
            // `"ee" directories` is every folder of that name.
            let is_any = !name.contains('/') && text.contains(&format!("\"{name}\" directories"));
            restricted.starts_with(name)
                || (is_any && restricted.components().any(|part| part.as_str() == name))
        };
        let has_own = whole.project.files.iter().any(|path| {
            is_license(path)
                && !folder(path).as_str().is_empty()
                && restricted.starts_with(folder(path))
        });
        !named.iter().any(|(name, _)| !name.is_empty() && says(name))
            && !has_own
            && whole.project.files.has_folder(restricted)
    });
    let finding = |restricted: &str| {
        let message = format!(
            "'{}' restricts '{restricted}/', which the licence does not name",
            boundary.name
        );
        Finding::new(OFFENCE.id, Location::file(license.path()), message)
            .key(format!("{} {restricted}", boundary.name))
            .fix(Fix::note(format!("name \"{restricted}/\" in the text, or put a LICENSE into it")))
    };
    missing.map(finding).collect()
}

/// Folders that the text sets apart and no boundary restricts.
fn unguarded(whole: &Whole<'_>, license: &SourceFile, named: &[(String, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, at) in named {
        let path = Utf8PathBuf::from(name);
        let is_guarded = |file: &Utf8Path| {
            let restricts = whole.boundaries.iter().any(|boundary| boundary.restricts(file));
            restricts || !whole.boundaries.iter().any(|boundary| boundary.is_core(file))
        };
        let open =
            whole.project.files.iter().filter(|file| file.starts_with(&path) && !is_guarded(file));
        let Some(first) =
            open.min().filter(|_| whole.project.files.has_folder(&path) && !name.is_empty())
        else {
            continue;
        };
        let message =
            format!("the licence sets '{name}/' apart, but no boundary restricts '{first}'");
        findings.push(
            Finding::new(OFFENCE.id, Location::of(license, *at..at + name.len()), message)
                .key(format!("unguarded {name}"))
                .fix(Fix::note(format!("add \"{name}/**\" to 'restricted'"))),
        );
    }
    findings
}
