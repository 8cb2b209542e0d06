//! `include` and `exclude` of a Cargo.toml.

use toml::Table;

use super::{Manifest, Shipped};
use crate::reference::folder;

/// What `cargo package` takes: all below the manifest, other packages excepted.
pub(crate) fn cargo(manifest: &Manifest<'_>, table: &Table) -> Shipped {
    let Some(package) = table.get("package").and_then(toml::Value::as_table) else {
        return Shipped::new();
    };
    // Without a version, or with `publish = false` or `[]`, nothing leaves. What
    // the workspace says of it stands elsewhere: then it is not judged.
    let is_published = package.contains_key("version")
        && match package.get("publish") {
            None | Some(toml::Value::Boolean(true)) => true,
            Some(toml::Value::Array(registries)) => !registries.is_empty(),
            Some(_) => false,
        };
    if !is_published {
        return Shipped::new();
    }
    let list = |key: &str| {
        let list = package.get(key).and_then(toml::Value::as_array);
        list.map(|list| list.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>())
    };
    // As in .gitignore, a name without a folder is one at any depth.
    let anywhere = |text: &str| match text.trim_end_matches('/').contains('/') {
        true => vec![text.to_owned()],
        false => vec![text.to_owned(), format!("**/{text}")],
    };
    let (key, mut patterns): (&str, Vec<String>) = match list("include") {
        Some(list) => ("include", list.into_iter().flat_map(anywhere).collect()),
        None => ("name", vec!["**".to_owned()]),
    };
    if key == "name" {
        let excluded = list("exclude").unwrap_or_default().into_iter().flat_map(anywhere);
        patterns.extend(excluded.map(|pattern| format!("!{pattern}")));
    }
    let home = folder(manifest.path);
    let others = manifest.files.iter().filter(|path| path.file_name() == Some("Cargo.toml"));
    let others = others.map(folder).filter(|other| *other != home);
    let nested = others.filter_map(|other| other.strip_prefix(home).ok());
    patterns.extend(nested.map(|other| format!("!{}", kernel::slashed(other))));
    manifest.shipped(key, ".", &patterns).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Files;

    fn found(text: &str) -> Vec<String> {
        let files = Files::of([
            "c/Cargo.toml",
            "c/src/lib.rs",
            "c/src/ee/a.rs",
            "c/ee/Cargo.toml",
            "c/ee/b.rs",
        ]);
        let manifest = Manifest { path: "c/Cargo.toml".into(), text, files: &files };
        let shipped = cargo(&manifest, &text.parse().unwrap()).into_iter();
        let mut found: Vec<String> =
            shipped.flat_map(|(_, to)| to).map(camino::Utf8PathBuf::into_string).collect();
        found.retain(|path| path.contains("ee"));
        found
    }

    #[test]
    fn what_is_packed_is_found() {
        let named = "[package]\nname = 'c'\nversion = '1.0.0'\n";
        assert_eq!(found(named), ["c/src/ee/a.rs"]);
        assert_eq!(found(&format!("{named}include = ['/src/**']")), ["c/src/ee/a.rs"]);
        assert_eq!(found(&format!("{named}include = ['/src/*.rs']")), [""; 0]);
        assert_eq!(found(&format!("{named}exclude = ['ee/']")), [""; 0]);
        assert_eq!(found(&format!("{named}publish = false")), [""; 0]);
        assert_eq!(found("[workspace]"), [""; 0]);
    }
}
