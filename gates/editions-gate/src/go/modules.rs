//! Which folder of the repository an import path is.

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest;
use crate::needles::{Ground, Keys};
use crate::reference::{folder, join};

/// The modules of a repository.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// Module path and its folder, the longest path first.
    known: Vec<(String, Utf8PathBuf)>,
}

impl Modules {
    /// Reads the go.mod files.
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = (&'a Utf8Path, &'a str)>) -> Modules {
        let mut known = Vec::new();
        for (path, text) in files {
            let home = folder(path);
            for directive in manifest::directives(text) {
                if let ("module", [(name, _)]) = (directive.verb, directive.words.as_slice()) {
                    known.push(((*name).to_owned(), home.to_owned()));
                }
                let replaced = manifest::replaced(&directive, home);
                known.extend(replaced.map(|(module, target, _)| (module.to_owned(), target)));
            }
        }
        known.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Modules { known }
    }

    /// Modules that are restricted as a whole.
    pub(crate) fn keys(&self, ground: &Ground, keys: &mut Keys) {
        let inside = self.known.iter().filter(|(_, home)| ground.has(home));
        inside.for_each(|(module, _)| keys.add(module));
    }

    /// How `folder` is imported.
    pub(crate) fn import_of(&self, folder: &Utf8Path) -> Option<String> {
        let fits = self.known.iter().filter(|(_, home)| folder.starts_with(home));
        let (module, home) = fits.max_by_key(|(_, home)| home.as_str().len())?;
        let rest = folder.strip_prefix(home).ok()?;
        let rest = kernel::slashed(rest);
        Some(if rest.is_empty() { module.clone() } else { format!("{module}/{rest}") })
    }

    /// The folder that `import` is, if it is one of the repository's.
    pub(crate) fn folder_of(&self, import: &str) -> Option<Utf8PathBuf> {
        self.known.iter().find_map(|(module, folder)| {
            let rest = import.strip_prefix(module.as_str())?;
            match rest.strip_prefix('/') {
                Some(rest) => join(folder, rest),
                None => rest.is_empty().then(|| folder.clone()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_module_wins() {
        let modules = Modules::new([
            (
                "go.mod".into(),
                "module \"m.org/a\" // c\n\nreplace (\n\tm.org/r v1 => ./third/r\n)\n",
            ),
            ("ee/go.mod".into(), "module m.org/a/ee\nreplace m.org/x => example.org/y v2\n"),
        ]);
        let of = |import| modules.folder_of(import).map(Utf8PathBuf::into_string);
        assert_eq!(of("m.org/a").as_deref(), Some(""));
        assert_eq!(of("m.org/a/b/c").as_deref(), Some("b/c"));
        assert_eq!(of("m.org/a/ee/x").as_deref(), Some("ee/x"));
        assert_eq!(of("m.org/r/z").as_deref(), Some("third/r/z"));
        assert_eq!(of("m.org/ab"), None);
        assert_eq!(of("m.org/x"), None);
    }
}
