//! What the repository has that decides what a command installs: lock files,
//! requirements, a module of its own.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
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
    "**/deno.lock",
];

/// Projects of .NET, and what stands above all of them.
const PROJECTS: &[&str] = &["**/*.{csproj,fsproj,vbproj}", "**/Directory.Build.props"];

/// So many of them are read.
const PROJECTS_MAX: usize = 1_000;

/// Requirements of pip as they are called mostly.
const REQUIREMENTS: &[&str] = &[
    "**/*requirements*.{txt,in,lock}",
    "**/requirements/**/*.{txt,in,lock}",
    "**/constraints*.txt",
];

/// How deep lists include lists: deeper than anybody writes them.
const INCLUDED_MAX: usize = 16;

/// What stands in the tree beside the commands.
#[derive(Debug, Default)]
pub(crate) struct Known {
    names: HashSet<String>,
    /// By name: the paths, and whether each line there is pinned.
    requirements: HashMap<String, Vec<(String, bool)>>,
    pub(crate) has_package_json: bool,
    pub(crate) has_module: bool,
    /// Whether every project of .NET is restored by its lock file or not at all.
    pub(crate) has_locked_projects: bool,
    /// Which packages of a system must be versioned.
    system_packages: Globs,
    /// Whether commands stand in a folder that another repository fills.
    is_elsewhere: bool,
    elsewhere: OnceLock<Box<Known>>,
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
        known.has_locked_projects = are_locked(tree, &globs(PROJECTS)?);
        let mut includes = Vec::new();
        for entry in tree.list(&globs(REQUIREMENTS)?) {
            let Some(name) = entry.path.file_name() else { continue };
            // One that cannot be read says nothing.
            let Some((is_pinned, included)) = tree.read_entry(&entry).ok().and_then(|file| {
                let text = file.text()?;
                Some((is_pinned(text), included(entry.path.parent()?, text)))
            }) else {
                known.add(name, &entry.path, false);
                continue;
            };
            includes.extend(included.into_iter().map(|it| (entry.path.clone(), it)));
            known.add(name, &entry.path, is_pinned);
        }
        known.follow(&includes);
        Ok(known)
    }

    fn add(&mut self, name: &str, path: &Utf8Path, is_pinned: bool) {
        let files = self.requirements.entry(name.to_owned()).or_default();
        files.push((path.to_string(), is_pinned));
    }

    /// A file that includes one with ranges has ranges.
    fn follow(&mut self, includes: &[(Utf8PathBuf, Utf8PathBuf)]) {
        for _ in 0..INCLUDED_MAX {
            let floats = |path: &Utf8Path| {
                let alike = path.file_name().and_then(|name| self.requirements.get(name));
                alike.is_some_and(|files| files.iter().any(|(it, is)| it == path && !is))
            };
            let loose: Vec<&Utf8PathBuf> = includes
                .iter()
                .filter(|(own, it)| floats(it) && !floats(own))
                .map(|(own, _)| own)
                .collect();
            if loose.is_empty() {
                return;
            }
            for own in loose {
                let alike = own.file_name().and_then(|name| self.requirements.get_mut(name));
                let same = alike.into_iter().flatten().filter(|(path, _)| path == own);
                same.for_each(|(_, is_pinned)| *is_pinned = false);
            }
        }
    }

    /// The same of a folder that another repository fills: what that one has is
    /// its own to judge.
    pub(crate) fn elsewhere(&self) -> &Known {
        self.elsewhere.get_or_init(|| {
            Box::new(Known {
                system_packages: self.system_packages.clone(),
                has_package_json: true,
                has_module: true,
                has_locked_projects: true,
                is_elsewhere: true,
                ..Known::default()
            })
        })
    }

    /// Whether a lock file of that name is anywhere.
    pub(crate) fn has_lock(&self, name: &str) -> bool {
        self.is_elsewhere || self.names.contains(name)
    }

    /// Whether the requirements `file` are pinned; none where no such file is.
    /// The folder that a command stands in is not known: all whose path ends like
    /// it must be, or else all of its name.
    pub(crate) fn requirements(&self, file: &str) -> Option<bool> {
        if self.is_elsewhere {
            return Some(true);
        }
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

/// Whether `RestoreLockedMode` is on in each project of `tree`, or above them all.
/// `RestorePackagesWithLockFile` alone writes a lock file anew each time.
fn are_locked(tree: &Tree, projects: &Globs) -> bool {
    let is_on = |text: &str| {
        let text = text.to_ascii_lowercase();
        let (_, after) = text.split_once("<restorelockedmode")?;
        let value = after.split_once('>')?.1.split('<').next()?;
        (value.trim() == "true").then_some(())
    };
    let entries = tree.list(projects);
    let is_above = |path: &Utf8Path| path == "Directory.Build.props";
    let locked = |entry: &kernel::Entry| {
        tree.read_entry(entry).ok().is_some_and(|file| file.text().and_then(is_on).is_some())
    };
    if let Some(above) = entries.iter().find(|entry| is_above(&entry.path))
        && locked(above)
    {
        return true;
    }
    let mut own =
        entries.iter().filter(|entry| !entry.path.as_str().ends_with(".props")).peekable();
    // The first that is not ends it: mostly one file is read.
    own.peek().is_some() && entries.len() <= PROJECTS_MAX && own.all(locked)
}

/// The files that a requirements file in `folder` includes.
fn included(folder: &Utf8Path, text: &str) -> Vec<Utf8PathBuf> {
    let options = ["--requirement", "--constraint", "-r", "-c"];
    let file = |line: &str| {
        let line = line.split(" #").next().unwrap_or_default().trim();
        let rest = options.iter().find_map(|option| line.strip_prefix(option))?;
        let path = Utf8Path::new(rest.trim_start_matches(['=', ' ', '\t']));
        // Without the folders that `..` leaves again.
        let mut whole = Utf8PathBuf::new();
        for part in folder.components().chain(path.components()) {
            match part {
                Utf8Component::ParentDir => _ = whole.pop(),
                Utf8Component::Normal(part) => whole.push(part),
                _ => {}
            }
        }
        Some(whole)
    };
    text.lines().filter_map(file).collect()
}

/// Options that say where packages come from, not which.
const INDEXES: &[&str] =
    &["-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host"];

/// Whether each line of a requirements file names one release, a commit, or
/// what lies here.
fn is_pinned(text: &str) -> bool {
    // `\` goes on with the next line: hashes, mostly.
    let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
    text.lines().all(|line| {
        let line = line.trim();
        let line = line.split(" #").next().unwrap_or_default().trim();
        let requirement = line.split(';').next().unwrap_or_default();
        let requirement = requirement.split(" --").next().unwrap_or_default();
        let option = line.split([' ', '=']).next().unwrap_or_default();
        line.is_empty()
            || line.starts_with('#')
            || line.starts_with('-') && (INDEXES.contains(&option) || !line.contains("://"))
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
        assert!(is_pinned("--extra-index-url https://e.org\na == 1.0\n"));
        assert!(!is_pinned("-r https://e.org/a.txt"));
        for floating in ["a", "a>=1", "a==1.*", "a~=1.0", "git+https://host/c@main", "a<2 # =="] {
            assert!(!is_pinned(floating), "{floating}");
        }
    }

    #[test]
    fn what_a_file_includes_counts_with_it() {
        let tree = Tree::literal([
            ("requirements.txt", "-r a/requirements-dev.txt # why"),
            ("a/requirements-dev.txt", "--requirement=../requirements.in\nb==1"),
            ("requirements.in", "c>=1\n-r requirements.txt"),
            ("a/requirements.txt", "-r other.txt"),
        ]);
        let known = Known::of(&tree, &[]).unwrap();
        assert_eq!(known.requirements("./requirements.txt"), Some(false));
        assert_eq!(known.requirements("a/requirements-dev.txt"), Some(false));
        assert_eq!(known.requirements("a/requirements.txt"), Some(true));
    }

    #[test]
    fn projects_are_locked_together() {
        let on = "<Project><PropertyGroup><RestoreLockedMode Condition=\"'$(CI)' == 'true'\">true</RestoreLockedMode>";
        let locked = |files: &[(&str, &str)]| {
            Known::of(&Tree::literal(files.iter().copied()), &[]).unwrap().has_locked_projects
        };
        assert!(
            locked(&[("a/a.csproj", on)])
                && locked(&[("Directory.Build.props", on), ("a.csproj", "")])
        );
        assert!(!locked(&[("a.csproj", on), ("b.fsproj", "")]) && !locked(&[]));
        let with_file = on.replace("LockedMode", "PackagesWithLockFile");
        assert!(!locked(&[("a.csproj", &with_file)]));
        assert!(!locked(&[("a.csproj", &on.replace(">true", ">false"))]));
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
