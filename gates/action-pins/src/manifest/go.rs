//! `go.mod`. Its versions are exact, and `replace` takes versions and folders
//! alone, so no range can stand in it; `go.sum` holds the content.
//!
//! Source: go.dev/ref/mod.

use std::collections::HashSet;

use super::{Hold, Manifest, Role};

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut block = String::new();
    let mut replaced = HashSet::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let text = line.split("//").next().unwrap_or_default();
        let mut words = text.split_whitespace().map(|word| word.trim_matches(['"', '`']));
        let Some(first) = words.next() else { continue };
        if first == ")" {
            block.clear();
            continue;
        }
        let (verb, name) = match block.as_str() {
            "" => (first, words.next().unwrap_or_default()),
            block => (block, first),
        };
        if block.is_empty() && name == "(" {
            block = first.to_owned();
            continue;
        }
        match verb {
            "require" => {
                let from = at + line.find(name).unwrap_or_default();
                manifest.add(name, name, from..from + name.len(), Hold::Exact);
            }
            "replace" => {
                let target = text.split_once("=>").map(|(_, target)| target.trim());
                if target.is_some_and(|it| it.starts_with(['.', '/'])) {
                    replaced.insert(name.to_owned());
                }
            }
            _ => {}
        }
    }
    for found in manifest.requirements.iter_mut().filter(|it| replaced.contains(&it.name)) {
        found.hold = Hold::Local;
    }
    manifest.with_role(Role::Application)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Kind, tests};

    #[test]
    fn what_is_replaced_by_a_folder_needs_no_sum() {
        let source = "module x\nrequire a.org/a v1.2.3 // indirect\nrequire (\n\tb.org/b v0.0.0\n)\nreplace (\n\tb.org/b v0.0.0 => ../b\n)\n";
        assert_eq!(
            tests::lines(source, Kind::Go),
            ["a.org/a a.org/a Exact", "b.org/b b.org/b Local"]
        );
        assert_eq!(tests::role(source, Kind::Go), Role::Application);
        let local = source.replace("require a.org/a v1.2.3 // indirect\n", "");
        assert_eq!(tests::role(&local, Kind::Go), Role::Complete);
        assert_eq!(tests::role("module x\ngo 1.24\n", Kind::Go), Role::Complete);
    }
}
