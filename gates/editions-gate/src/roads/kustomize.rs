//! What a kustomization and a Helm chart are put together from.

use super::yaml::Scalar;
use super::{Place, References};
use crate::reference::Kind;

/// Keys of a kustomization under which every text is a path.
const PATHS: [&str; 12] = [
    "resources",
    "bases",
    "components",
    "crds",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "patchesStrategicMerge",
    "files",
    "envs",
    "env",
];

pub(super) fn references(place: &Place<'_>, scalars: &[Scalar]) -> References {
    let mut found = References::new();
    for scalar in scalars {
        let text = scalar.text.as_str();
        let path = match (scalar.outer(), scalar.key()) {
            // `key=file` of a generator.
            (_, "files") => text.rsplit('=').next().unwrap_or(text),
            (_, key) if PATHS.contains(&key) => text,
            ("patches" | "patchesJson6902" | "replacements" | "openapi", "path") => text,
            (_, "valuesFile" | "additionalValuesFiles" | "chartHome") => text,
            // Chart.yaml: a chart of this repository.
            ("dependencies", "name") => {
                // One that lies among the chart's own, with or without an address.
                let path = format!("charts/{text}");
                let own = place.beside(Kind::Copy, &path, scalar.span.clone());
                found.extend(own.filter(|(_, to)| to.iter().any(|to| place.is_there(to))));
                continue;
            }
            ("dependencies", "repository") => match text.strip_prefix("file://") {
                Some(path) => path,
                None => continue,
            },
            _ => continue,
        };
        // A patch may stand there itself, and a resource may have an address.
        if !path.contains('\n') && !path.contains("://") {
            found.extend(place.beside(Kind::Copy, path, scalar.span.clone()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::*;
    use crate::project::Files;
    use crate::roads::yaml::scalars;

    #[test]
    fn resources_patches_and_charts_are_found() {
        let files = Files::default();
        let of = |path: &str, text: &str| -> Vec<String> {
            let place = Place { path: path.into(), files: &files };
            let found = references(&place, &scalars(text).unwrap()).into_iter();
            found.flat_map(|(_, to)| to).map(Utf8PathBuf::into_string).collect()
        };
        let text = "resources: [../../ee/k8s, https://x/ee]\npatches:\n- path: ../ee/p.yaml\n- patch: |\n    a: ../ee\nconfigMapGenerator:\n- name: ee\n  files: [a=../ee/f]\n";
        assert_eq!(
            of("deploy/k/kustomization.yaml", text),
            ["ee/k8s", "deploy/ee/p.yaml", "deploy/ee/f"]
        );
        let text =
            "dependencies:\n- name: ee\n  repository: file://../ee\n- repository: https://x/ee\n";
        assert_eq!(of("charts/a/Chart.yaml", text), ["charts/ee"]);
    }
}
