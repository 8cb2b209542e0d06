//! `Chart.yaml`: a chart of Helm and the charts it is made of.
//!
//! `Chart.lock` holds versions and no digest of a content, so a chart that
//! names its versions exactly needs none.

use super::{Hold, Manifest, Role, is_semver};
use crate::yaml::{Node, Yaml};

pub(super) fn read(yaml: &Yaml<'_>) -> Manifest {
    let mut manifest = Manifest::default();
    for root in yaml.documents() {
        for item in root.values("dependencies").flat_map(Node::items) {
            let scalar = |key: &str| item.values(key).find(|it| it.scalar().is_some());
            let Some(name) = scalar("name") else { continue };
            let version = scalar("version");
            let text = version.and_then(Node::scalar).unwrap_or_default();
            let repository = scalar("repository").and_then(Node::scalar).unwrap_or_default();
            // Without a repository it lies under `charts/`.
            let is_local = repository.is_empty() || repository.starts_with("file:");
            let hold = if is_local { Hold::Local } else { of_version(text) };
            let name_text = name.scalar().unwrap_or_default();
            manifest.add(name_text, text, version.unwrap_or(name).span(), hold);
        }
    }
    let is_exact =
        manifest.requirements.iter().all(|it| matches!(it.hold, Hold::Exact | Hold::Local));
    manifest.with_role(if is_exact { Role::Complete } else { Role::Application })
}

fn of_version(text: &str) -> Hold {
    let bare = text.trim().trim_start_matches('=').trim_start();
    let bare = bare.strip_prefix('v').unwrap_or(bare);
    match bare {
        "" | "*" => Hold::Any,
        _ if is_semver(bare) => Hold::Exact,
        _ => Hold::Range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Kind, tests};

    #[test]
    fn dependencies_are_told_apart() {
        let chart = |version: &str| {
            format!(
                "name: x\ndependencies:\n  - {{name: a, version: '{version}', repository: 'https://e.org'}}\n  - {{name: b, version: 1.x, repository: 'file://../b'}}\n"
            )
        };
        assert_eq!(tests::lines(&chart("~1.2"), Kind::Chart), ["a ~1.2 Range", "b 1.x Local"]);
        assert_eq!(tests::lines(&chart("1.2"), Kind::Chart)[0], "a 1.2 Range");
        assert_eq!(tests::lines(&chart(""), Kind::Chart)[0], "a  Any");
        assert_eq!(tests::role(&chart("v1.2.3"), Kind::Chart), Role::Complete);
        assert_eq!(tests::role(&chart("^1"), Kind::Chart), Role::Application);
    }
}
