//! What a compose file builds from, mounts and reads, by the compose
//! specification: paths are relative to the file itself.

use std::collections::HashMap;

use camino::Utf8PathBuf;

use super::yaml::Scalar;
use super::{Place, References, fixed};
use crate::reference::{Kind, Reference, folder, join};

pub(super) fn references(place: &Place<'_>, scalars: &[Scalar]) -> References {
    let mut found = References::new();
    let contexts = scalars.iter().filter(|it| it.key() == "context");
    let contexts: HashMap<usize, &str> = contexts.map(|it| (it.parent, it.text.as_str())).collect();
    for scalar in scalars {
        let text = scalar.text.as_str();
        let path = match (scalar.outer(), scalar.key()) {
            (_, "build" | "context" | "env_file" | "label_file")
            | ("env_file" | "extends" | "include", "path" | "file" | "project_directory") => text,
            (_, "include") | ("additional_contexts", _) => text,
            ("build", "dockerfile") => {
                // Relative to the context, which stands beside it.
                found.extend(dockerfile(place, &contexts, scalar));
                continue;
            }
            // `./ee:/app:ro`; a name without a folder is a volume.
            (_, "volumes") => text.split(':').next().unwrap_or_default(),
            ("volumes", "source") => text,
            // `configs:` and `secrets:` at the top.
            _ if scalar.key() == "file" && is_store(scalar) => text,
            // `develop: watch: - path:`
            ("watch", "path") => text,
            _ => continue,
        };
        let is_path = path.contains('/') || !matches!(scalar.key(), "volumes" | "source");
        if is_path && !path.contains("://") && !path.contains('$') {
            found.extend(place.beside(Kind::Copy, path, scalar.span.clone()));
        }
    }
    found
}

fn is_store(scalar: &Scalar) -> bool {
    scalar.keys().last().is_some_and(|key| matches!(key, "configs" | "secrets"))
}

fn dockerfile(
    place: &Place<'_>,
    contexts: &HashMap<usize, &str>,
    scalar: &Scalar,
) -> Option<(Reference, Vec<Utf8PathBuf>)> {
    let context = contexts.get(&scalar.parent).copied().unwrap_or(".");
    let base = join(folder(place.path), context)?;
    let to = join(&base, fixed(&scalar.text))?;
    let (specifier, span) = (scalar.text.clone(), scalar.span.clone());
    Some((Reference { kind: Kind::Copy, specifier, span }, vec![to]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Files;
    use crate::roads::yaml::scalars;

    #[test]
    fn what_a_service_needs_is_found() {
        let files = Files::of(["ee/a"]);
        let place = Place { path: "deploy/compose.yml".into(), files: &files };
        let text = "x-base: &base\n  env_file: [../ee/.env]\nservices:\n  a:\n    <<: *base\n    build: ../ee/web\n  b:\n    build:\n      context: ..\n      dockerfile: ee/Dockerfile\n    volumes:\n      - ../ee/x:/y:ro\n      - data:/z\n      - type: bind\n        source: ../ee/z\n        target: /ee\n    image: ee/x\n    environment:\n      A: ../ee/no\nsecrets:\n  s:\n    file: ../ee/s\n";
        let found = references(&place, &scalars(text).unwrap()).into_iter();
        let found: Vec<String> =
            found.flat_map(|(_, to)| to).map(Utf8PathBuf::into_string).collect();
        assert_eq!(found, ["ee/.env", "ee/web", "", "ee/Dockerfile", "ee/x", "ee/z", "ee/s"]);
    }
}
