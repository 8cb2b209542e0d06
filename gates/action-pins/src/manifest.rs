//! Manifests: what a package manager is asked for, and what it may take
//! instead. A format is a file; what they have in common is here.
//!
//! ```text
//! SourceFile ─┬ JSON, YAML ─ yaml ─ manifest/{npm,pnpm,composer,chart} ────┐
//!             ├ TOML ─────── toml ─ manifest/{pyproject,pipfile,cargo} ────┼ Manifest ─ rules
//!             └ lines ───────────── manifest/{requirements,go,gemfile} ────┘
//!                                   manifest/lock: the lock file in the tree
//! ```

mod address;
mod cargo;
mod chart;
mod composer;
mod gemfile;
mod go;
pub(crate) mod lock;
mod npm;
mod pep508;
mod pipfile;
mod pnpm;
mod poetry;
mod pyproject;
mod requirements;
mod tables;

use std::borrow::Cow;
use std::ops::Range;

use crate::yaml::{Node, Yaml};

/// What one manifest asks for.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// Direct dependencies that a rule could find fault with, and others.
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) role: Role,
    /// What packages of the same workspace call it, where they take it by name.
    pub(crate) name: Option<String>,
    /// A reason for each thing that was not judged.
    pub(crate) skipped: Vec<&'static str>,
}

/// One direct dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) name: String,
    /// What is asked for, as written.
    pub(crate) text: String,
    /// Where that stands.
    pub(crate) span: Range<usize>,
    pub(crate) hold: Hold,
}

/// What keeps a dependency from becoming another without a commit here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// One version, commit or address.
    Exact,
    /// Versions between bounds; the manager takes the newest.
    Range,
    /// Any version at all.
    Any,
    /// A name that its publisher moves: `latest`, `next`.
    Name,
    /// A branch or tag of another repository.
    Branch,
    /// Said elsewhere: a catalog, the workspace's table.
    Elsewhere,
    /// A folder of this repository.
    Local,
    /// Bounds that are this ecosystem's way; its lock file holds the version.
    Bounds,
}

/// Whether a manifest's own lock file counts for anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// What is run from here is what the lock file says.
    Application,
    /// Published for others, who never read its lock file.
    Library,
    /// A package of cargo without a `[[bin]]`: `src/main.rs` tells.
    Package,
    /// Asks for nothing from outside, or says all of it itself.
    #[default]
    Complete,
}

/// What a manifest is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// `package.json`
    Npm,
    /// `pnpm-workspace.yaml`: catalogs.
    Pnpm,
    /// `pyproject.toml`
    Pyproject,
    /// `Pipfile`
    Pipfile,
    /// `requirements*.txt`
    Requirements,
    /// `Cargo.toml`
    Cargo,
    /// `go.mod`: versions are always exact there.
    Go,
    /// `Gemfile`, `gems.rb`: programs; only their lock file is asked for.
    Gemfile,
    /// `composer.json`
    Composer,
    /// `Chart.yaml`
    Chart,
}

/// Why a manifest could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) reason: String,
    pub(crate) at: Option<usize>,
}

/// The manifests that are read, by example, for messages.
pub(crate) const NAMES: &str = "package.json, pnpm-workspace.yaml, pyproject.toml, Pipfile, \
    requirements*.txt, Cargo.toml, composer.json, Chart.yaml";

/// What the file `name` in the folder `folder` is; none if it is no manifest.
/// What lies in `node_modules` is installed already.
pub(crate) fn kind(folder: &str, name: &str) -> Option<Kind> {
    if folder.split('/').any(|part| part == "node_modules") {
        return None;
    }
    match name {
        "package.json" => return Some(Kind::Npm),
        "pnpm-workspace.yaml" => return Some(Kind::Pnpm),
        "pyproject.toml" => return Some(Kind::Pyproject),
        "Pipfile" => return Some(Kind::Pipfile),
        "Cargo.toml" => return Some(Kind::Cargo),
        "go.mod" => return Some(Kind::Go),
        "Gemfile" | "gems.rb" => return Some(Kind::Gemfile),
        "composer.json" => return Some(Kind::Composer),
        "Chart.yaml" => return Some(Kind::Chart),
        _ => {}
    }
    // Constraints say what may not be taken, never what is.
    let is_other = |stem: &&str| stem.contains("constraints") || stem.contains("uninstall");
    let stem = name.strip_suffix(".txt").filter(|stem| !is_other(stem))?;
    let is_list = stem.starts_with("requirements")
        || stem.ends_with("requirements")
        || folder.rsplit('/').next() == Some("requirements");
    is_list.then_some(Kind::Requirements)
}

impl Kind {
    /// Whether its text can hold a range that is judged.
    pub(crate) fn has_ranges(self) -> bool {
        !matches!(self, Kind::Go | Kind::Gemfile)
    }
}

/// Reads `source` as `kind`.
pub(crate) fn read(source: &str, kind: Kind) -> Result<Manifest, Broken> {
    let read = match kind {
        Kind::Npm => json(source).and_then(|text| Ok(npm::read(&yaml(&text, "JSON")?))),
        Kind::Composer => json(source).and_then(|text| Ok(composer::read(&yaml(&text, "JSON")?))),
        Kind::Pnpm => yaml(source, "YAML").map(|yaml| pnpm::read(&yaml)),
        Kind::Chart => yaml(source, "YAML").map(|yaml| chart::read(&yaml)),
        Kind::Pyproject => tables::read(source).map(|table| pyproject::read(&table)),
        Kind::Pipfile => tables::read(source).map(|table| pipfile::read(&table)),
        Kind::Cargo => tables::read(source).map(|table| cargo::read(&table)),
        Kind::Requirements => Ok(requirements::read(source)),
        Kind::Go => Ok(go::read(source)),
        Kind::Gemfile => Ok(gemfile::read(source)),
    };
    let is_template = || source.contains("{{") || source.contains("{%");
    match read {
        Err(_) if is_template() => {
            Ok(Manifest { skipped: vec![crate::supply::TEMPLATE], ..Manifest::default() })
        }
        read => read,
    }
}

fn yaml<'s>(source: &'s str, form: &str) -> Result<Yaml<'s>, Broken> {
    let read = Yaml::parse(source).map_err(|error| Broken {
        reason: format!("is no {form}: {}", error.reason.trim_end_matches('.')),
        at: Some(error.at),
    })?;
    let is_other = |root: Node<'_>| {
        root.scalar().is_some_and(|text| !text.is_empty()) || root.items().next().is_some()
    };
    if read.documents().any(is_other) {
        return Err(Broken { reason: "holds no table of keys".to_owned(), at: None });
    }
    Ok(read)
}

/// JSON as YAML takes it: halves of a character outside the first plane, which
/// JSON alone escapes in two, become blanks of the same length.
fn json(source: &str) -> Result<Cow<'_, str>, Broken> {
    let mut text = Cow::Borrowed(source);
    for (at, escape) in source.match_indices("\\u") {
        let digits = source.get(at + escape.len()..at + 6).unwrap_or_default();
        let is_half = digits.len() == 4
            && u16::from_str_radix(digits, 16).is_ok_and(|half| (0xD800..0xE000).contains(&half));
        if is_half {
            text.to_mut().replace_range(at..at + 6, "\\u0020");
        }
    }
    Ok(text)
}

impl Manifest {
    /// Adds a dependency.
    fn add(&mut self, name: &str, text: &str, span: Range<usize>, hold: Hold) {
        let (name, text) = (name.to_owned(), text.trim().to_owned());
        self.requirements.push(Requirement { name, text, span, hold });
    }

    /// Whether anything comes from outside this repository.
    fn takes_from_outside(&self) -> bool {
        self.requirements.iter().any(|it| it.hold != Hold::Local)
    }

    /// Its role, where it has something to lock.
    fn with_role(mut self, role: Role) -> Manifest {
        self.role = if self.takes_from_outside() { role } else { Role::Complete };
        self
    }
}

/// Whether `text` is a commit: 40 hex digits, or fewer that are no number and
/// no word.
fn is_commit(text: &str) -> bool {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has = |of: fn(&u8) -> bool| text.bytes().any(|byte| of(&byte));
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    is_hex && (matches!(text.len(), 40 | 64) || (text.len() >= 7 && is_mixed))
}

/// Whether `text` is one version of semver: three numbers, and what follows
/// `-` and `+`.
fn is_semver(text: &str) -> bool {
    let text =
        text.split_once('+').map_or(text, |(text, build)| if build.is_empty() { "" } else { text });
    let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    let mut parts = core.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    parts.clone().count() == 3
        && parts.all(is_number)
        && pre.is_none_or(|pre| !pre.is_empty() && pre.chars().all(is_word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every dependency as `name text Hold`.
    pub(super) fn lines(source: &str, kind: Kind) -> Vec<String> {
        let manifest = read(source, kind).unwrap();
        let line = |it: &Requirement| {
            assert!(source.get(it.span.clone()).is_some_and(|text| text.contains(&*it.text)));
            format!("{} {} {:?}", it.name, it.text, it.hold)
        };
        manifest.requirements.iter().map(line).collect()
    }

    pub(super) fn role(source: &str, kind: Kind) -> Role {
        read(source, kind).unwrap().role
    }

    #[test]
    fn names_tell_the_kind() {
        for (folder, name, expected) in [
            ("", "package.json", Some(Kind::Npm)),
            ("a", "requirements-dev.txt", Some(Kind::Requirements)),
            ("a", "test-requirements.txt", Some(Kind::Requirements)),
            ("a/requirements", "base.txt", Some(Kind::Requirements)),
            ("a", "base.txt", None),
            ("", "cargo.toml", None),
            ("", "setup.py", None),
            ("requirements", "constraints.txt", None),
            ("a/node_modules/b", "package.json", None),
        ] {
            assert_eq!(kind(folder, name), expected, "{folder}/{name}");
        }
    }

    #[test]
    fn commits_and_versions() {
        for commit in ["0123456789012345678901234567890123456789", "abc1234"] {
            assert!(is_commit(commit), "{commit}");
        }
        for name in ["", "main", "20240101", "deadbeef", "v1", "abc123", "abc1234-x"] {
            assert!(!is_commit(name), "{name}");
        }
        for version in ["1.2.3", "0.0.0-rc.1", "1.2.3+b", "1.2.3-0+b.c"] {
            assert!(is_semver(version), "{version}");
        }
        for other in
            ["", "1", "1.2", "1.2.x", "1.2.3.4", "^1.2.3", "1.2.3-", "1.2.3+", "1.2.3 - 2.0.0"]
        {
            assert!(!is_semver(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_table_of_keys_is_told() {
        for (source, kind) in
            [("[1]", Kind::Npm), ("a", Kind::Pnpm), ("{", Kind::Npm), ("a", Kind::Cargo)]
        {
            assert!(read(source, kind).is_err(), "{source}");
        }
        assert_eq!(read("{\"a\": {{ x }}, }}", Kind::Npm).unwrap().skipped, ["template"]);
        assert!(read("{}", Kind::Npm).unwrap().requirements.is_empty());
        let smile = "{\"description\": \"\\ud83d\\uDE00\", \"dependencies\": {\"a\": \"1\"}}";
        assert_eq!(lines(smile, Kind::Npm), ["a 1 Range"]);
    }

    const KINDS: [Kind; 10] = [
        Kind::Npm,
        Kind::Pnpm,
        Kind::Pyproject,
        Kind::Pipfile,
        Kind::Requirements,
        Kind::Cargo,
        Kind::Go,
        Kind::Gemfile,
        Kind::Composer,
        Kind::Chart,
    ];

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(500) })]

        #[test]
        fn any_manifest_is_read_or_refused(
            json in "(\\{|\\}|,|:|\\[|\\]|\"(dependencies|a|\\^1|git\\+x#|npm:@|workspace:|\\\\ud83d|@|é|version|private)\"){0,16}",
            toml in "(\\[(project|dependencies|tool\\.(poetry|uv)|target|packages|patch)[.\\]]|(dependencies|version|git|rev|a|sources|uv|requires)( ?= ?|\\.)|\"[a@=;<é \\[(]{0,4}\"|\\{|\\}|\\[|\\]|,|\n){0,20}",
            lines in "(require|replace|gem|-r|-e|a==1|git\\+|@|;|#|\\(|\\)|=>|\\.\\.|\\\\| |\n|--hash=x|é|'|\"){0,20}",
            any in any::<String>(),
        ) {
            for source in [&json, &toml, &lines, &any] {
                for kind in KINDS {
                    let Ok(manifest) = read(source, kind) else { continue };
                    for found in manifest.requirements {
                        prop_assert!(source.get(found.span.clone()).is_some(), "{:?}", found);
                    }
                }
            }
        }
    }

    // What looked at the whole again for each of its lines would take minutes.
    #[test]
    fn a_long_manifest_is_read_to_its_end() {
        let json = format!(
            "{{\"dependencies\": {{{}\"z\": \"1\"}}}}",
            "\"a\": \"\\ud83d^1\", ".repeat(50_000)
        );
        let toml = (0..50_000).map(|n| format!("a{n} = \"*\"\n")).collect::<String>();
        let toml = format!("[dependencies]\n{toml}");
        let list = "a>=1 \\\n # c\n; x\n".repeat(50_000);
        let go = "require (\na v1\n)\nreplace a => ../a\n".repeat(50_000);
        for (source, kind, count) in [
            (&json, Kind::Npm, 50_001),
            (&toml, Kind::Cargo, 50_000),
            (&list, Kind::Requirements, 50_000),
            (&go, Kind::Go, 50_000),
        ] {
            assert_eq!(read(source, kind).unwrap().requirements.len(), count, "{kind:?}");
        }
    }
}
