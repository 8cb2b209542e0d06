//! What the repository has that decides what a command installs: lock files,
//! requirements, a module of its own.

use std::collections::{HashMap, HashSet};

use kernel::{ConfigError, Globs, Tree};

/// Names that are looked for, wherever they are.
const NAMES: &[&str] = &[
    "**/package.json",
    "**/package-lock.json",
    "**/npm-shrinkwrap.json",
    "**/pnpm-lock.yaml",
    "**/yarn.lock",
    "**/bun.lock",
    "**/bun.lockb",
    "**/packages.lock.json",
    "**/go.mod",
];

/// Requirements of pip as they are called mostly.
const REQUIREMENTS: &[&str] = &[
    "**/*requirements*.{txt,in,lock}",
    "**/requirements/**/*.{txt,in,lock}",
    "**/constraints*.txt",
];

/// What stands in the tree beside the commands.
#[derive(Debug, Default)]
pub(crate) struct Known {
    names: HashSet<String>,
    /// By name: the paths, and whether each line there is pinned.
    requirements: HashMap<String, Vec<(String, bool)>>,
    pub(crate) has_package_json: bool,
    pub(crate) has_module: bool,
    /// Which packages of a system must be versioned.
    system_packages: Globs,
}

impl Known {
    /// What `tree` has.
    pub(crate) fn of(tree: &Tree, system_packages: &[String]) -> Result<Known, ConfigError> {
        let globs = |patterns: &[&str]| {
            Globs::new(patterns).map_err(|error| ConfigError::new(error.to_string()))
        };
        let mut known = Known {
            system_packages: Globs::new(system_packages).map_err(|error| {
                ConfigError::new(format!("'system_packages' of action-pins: {error}"))
            })?,
            ..Known::default()
        };
        for entry in tree.list(&globs(NAMES)?) {
            known.names.extend(entry.path.file_name().map(str::to_owned));
        }
        known.has_package_json = known.names.contains("package.json");
        known.has_module = known.names.contains("go.mod");
        for entry in tree.list(&globs(REQUIREMENTS)?) {
            let Some(name) = entry.path.file_name() else { continue };
            // One that cannot be read says nothing.
            let is_pinned =
                tree.read_entry(&entry).is_ok_and(|file| file.text().is_some_and(is_pinned));
            let files = known.requirements.entry(name.to_owned()).or_default();
            files.push((entry.path.to_string(), is_pinned));
        }
        Ok(known)
    }

    /// Whether a lock file of that name is anywhere.
    pub(crate) fn has_lock(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether the requirements `file` are pinned; none where no such file is.
    /// The folder that a command stands in is not known: all whose path ends like
    /// it must be, or else all of its name.
    pub(crate) fn requirements(&self, file: &str) -> Option<bool> {
        let files = self.requirements.get(file.rsplit(['/', '\\']).next()?)?;
        let path = file.trim_start_matches(['.', '/', '$']);
        let ends = |whole: &str| {
            whole.strip_suffix(path).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let mut alike = files.iter().filter(|(whole, _)| ends(whole)).peekable();
        Some(match alike.peek() {
            Some(_) => alike.all(|(_, is_pinned)| *is_pinned),
            None => files.iter().all(|(_, is_pinned)| *is_pinned),
        })
    }

    pub(crate) fn asks_for_system_packages(&self) -> bool {
        !self.system_packages.is_empty()
    }

    pub(crate) fn is_system_package(&self, name: &str) -> bool {
        self.system_packages.matches(name.into())
    }
}

/// Whether each line of a requirements file names one release, a commit, or
/// what lies here.
fn is_pinned(text: &str) -> bool {
    // `\` goes on with the next line: hashes, mostly.
    let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
    text.lines().all(|line| {
        let line = line.trim();
        let line = line.split(" #").next().unwrap_or_default().trim();
        let requirement = line.split([';', ' ']).next().unwrap_or_default();
        line.is_empty()
            || line.starts_with('#')
            // Options, other files among them: those are judged where a command names them.
            || line.starts_with('-') && !line.contains("://")
            || line.contains("--hash=")
            || requirement.contains("==") && !requirement.contains('*')
            || line.starts_with(['.', '/'])
            || line.split(['@', '/', '#', '.']).any(super::version::is_commit)
            || line.contains("#sha256=")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_pinned_line_by_line() {
        let sha = "0a".repeat(20);
        let pinned = format!(
            "# c\n-r other.txt\na==1.2 \\\n  --hash=sha256:0 \\\n  --hash=sha256:1\nb[x]==1.0 ; python_version < '3'\n\
             -e .\nc @ git+https://host/c@{sha}\n\n./d\ne==2 # why\n"
        );
        assert!(is_pinned(&pinned));
        for floating in ["a", "a>=1", "a==1.*", "a~=1.0", "git+https://host/c@main", "a<2 # =="] {
            assert!(!is_pinned(floating), "{floating}");
        }
    }

    #[test]
    fn the_tree_tells() {
        let tree = Tree::literal([
            ("web/yarn.lock", ""),
            ("a/requirements.txt", "a==1"),
            ("b/requirements.txt", "b"),
            ("dev-requirements.txt", "c==1"),
        ]);
        let known = Known::of(&tree, &["clang*".to_owned()]).unwrap();
        assert!(
            known.has_lock("yarn.lock") && !known.has_lock("bun.lock") && !known.has_package_json
        );
        assert_eq!(known.requirements("/x/requirements.txt"), Some(false));
        assert_eq!(known.requirements("./a/requirements.txt"), Some(true));
        assert_eq!(known.requirements("dev-requirements.txt"), Some(true));
        assert_eq!(known.requirements("other.txt"), None);
        assert!(known.is_system_package("clang-tools") && !known.is_system_package("gcc"));
    }
}
