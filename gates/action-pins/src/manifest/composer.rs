//! `composer.json`.
//!
//! Source: getcomposer.org/doc/articles/versions.md and its schema: a package
//! without a `type` is a library, and needs a `name` to be published.

use super::{Hold, Manifest, Role, address};
use crate::yaml::{Node, Yaml};

pub(super) fn read(yaml: &Yaml<'_>) -> Manifest {
    let mut manifest = Manifest::default();
    let Some(root) = yaml.documents().next() else { return manifest };
    for table in ["require", "require-dev"].iter().flat_map(|key| root.values(key)) {
        for (name, asked) in table.entries() {
            let name = name.scalar().unwrap_or_default();
            // `php`, `ext-json`, `composer-runtime-api`: the machine's.
            if let Some(text) = asked.scalar().filter(|_| name.contains('/')) {
                manifest.add(name, text, asked.span(), hold(text));
            }
        }
    }
    let scalar = |key: &str| root.values(key).find_map(Node::scalar);
    let is_project = scalar("type") == Some("project") || scalar("name").is_none();
    manifest.with_role(if is_project { Role::Application } else { Role::Library })
}

fn hold(text: &str) -> Hold {
    let text = text.split(" as ").next().unwrap_or_default().trim();
    let (version, commit) = match text.split_once('#') {
        Some((version, commit)) => (version, Some(commit)),
        None => (text, None),
    };
    // `@stable` at the end says how ripe a version must be.
    let version = version.split('@').next().unwrap_or_default().trim();
    if version == "self.version" {
        return Hold::Local;
    }
    if version.starts_with("dev-") || version.ends_with("-dev") {
        return address::git(commit);
    }
    let bare = version.trim_start_matches('=').trim_start();
    let bare = bare.strip_prefix(['v', 'V']).unwrap_or(bare);
    let mut parts = bare.split('-').next().unwrap_or_default().split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    match version {
        "" | "*" => Hold::Any,
        _ if parts.all(is_number) && !bare.contains([' ', '|', ',']) => Hold::Exact,
        _ => Hold::Range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Kind, tests};

    #[test]
    fn what_is_asked_for_is_told_apart() {
        for (text, expected) in [
            ("1.2.3", Hold::Exact),
            ("v1.2", Hold::Exact),
            ("1.2.3-beta1@beta", Hold::Exact),
            ("dev-main#0123456789012345678901234567890123456789", Hold::Exact),
            ("dev-main", Hold::Branch),
            ("2.x-dev as 2.0", Hold::Branch),
            ("^1.2", Hold::Range),
            ("1.2.*", Hold::Range),
            ("1.0 - 2.0", Hold::Range),
            ("1.0||2.0", Hold::Range),
            ("*", Hold::Any),
            ("@dev", Hold::Any),
        ] {
            assert_eq!(hold(text), expected, "{text}");
        }
    }

    #[test]
    fn projects_and_libraries() {
        let source = "{\"require\": {\"php\": \">=8\", \"a/b\": \"^1\"}, \"require-dev\": {\"c/d\": \"1.0\"}}";
        assert_eq!(tests::lines(source, Kind::Composer), ["a/b ^1 Range", "c/d 1.0 Exact"]);
        assert_eq!(tests::role(source, Kind::Composer), Role::Application);
        let named = source.replacen('{', "{\"name\": \"x/y\", ", 1);
        assert_eq!(tests::role(&named, Kind::Composer), Role::Library);
        let project = named.replacen('{', "{\"type\": \"project\", ", 1);
        assert_eq!(tests::role(&project, Kind::Composer), Role::Application);
    }
}
