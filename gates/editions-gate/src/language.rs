//! What a file is, by its name.

use camino::Utf8Path;

use crate::jvm::gradle::is_build;
use crate::reference::{extension, folder};
use crate::roads::Road;

/// A language that is read, or one that is only known by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Go,
    JavaScript,
    Python,
    Rust,
    /// package.json.
    NpmManifest,
    /// tsconfig.json, jsconfig.json.
    Tsconfig,
    /// Cargo.toml.
    CargoManifest,
    /// go.mod, go.work.
    GoManifest,
    Jvm,
    /// Settings and build files of Gradle.
    Gradle,
    /// pom.xml.
    Maven,
    /// A class a line, for Java's ServiceLoader.
    Services,
    Pyproject,
    ManifestIn,
    /// CSS, Sass, Less.
    Style,
    /// No program, but it says which files are copied, built or run.
    Road(Road),
}

/// Languages that have imports and are not read here, by extension.
const NOT_READ: [(&str, &str); 13] = [
    ("groovy", "Groovy"),
    ("scala", "Scala"),
    ("rb", "Ruby"),
    ("php", "PHP"),
    ("cs", "C#"),
    ("swift", "Swift"),
    ("ex", "Elixir"),
    ("dart", "Dart"),
    ("c", "C"),
    ("cc", "C++"),
    ("cpp", "C++"),
    ("h", "C"),
    ("astro", "Astro"),
];

fn is_tsconfig(stem: &str) -> bool {
    let begins = ["tsconfig", "jsconfig"].iter().any(|name| stem.starts_with(name));
    begins || stem.ends_with(".tsconfig")
}

/// The name of a file's language, where that is one of them.
pub(crate) fn not_read(path: &Utf8Path) -> Option<&'static str> {
    let extension = extension(path);
    NOT_READ.iter().find(|(known, _)| *known == extension).map(|(_, name)| *name)
}

impl Language {
    /// Patterns of every file that is read. The last that matches decides, so they are
    /// asked from behind: what most files are stands last.
    const SOURCES: [&'static str; 8] = [
        "**/{tsconfig*,jsconfig*,*.tsconfig}.json",
        "**/META-INF/{services/*,spring/*,spring.factories}",
        "**/{*.gradle,pom.xml}",
        "**/{pyproject.toml,MANIFEST.in}",
        "**/{package.json,Cargo.toml,go.mod,go.work}",
        "**/*.{css,scss,sass,less}",
        "**/*.{vue,svelte,cjs,mjs,cts,mts,jsx,js,tsx,ts}",
        "**/*.{kts,kt,java,rs,pyi,py,go}",
    ];

    /// The same, and of those that are no programs.
    pub(crate) fn patterns() -> impl Iterator<Item = &'static str> {
        Road::FILES.into_iter().chain(Language::SOURCES)
    }

    /// Those whose files import each other.
    pub(crate) const IMPORTING: [Language; 5] =
        [Language::Go, Language::JavaScript, Language::Python, Language::Rust, Language::Jvm];

    /// For messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::Go | Language::GoManifest => "Go",
            Language::JavaScript => "JavaScript",
            Language::Python => "Python",
            Language::Rust | Language::CargoManifest => "Rust",
            Language::Jvm | Language::Services | Language::Gradle | Language::Maven => "Java",
            _ => "configuration",
        }
    }

    /// By the file's name.
    pub(crate) fn of(path: &Utf8Path) -> Option<Language> {
        // The tree's own paths end in a name and have no other separator.
        let name = path.as_str().rsplit('/').next()?;
        match name {
            "package.json" => return Some(Language::NpmManifest),
            "Cargo.toml" => return Some(Language::CargoManifest),
            "go.mod" | "go.work" => return Some(Language::GoManifest),
            "pyproject.toml" => return Some(Language::Pyproject),
            "MANIFEST.in" => return Some(Language::ManifestIn),
            "pom.xml" => return Some(Language::Maven),
            _ if is_build(name) => return Some(Language::Gradle),
            _ => {}
        }
        let above = folder(path).as_str();
        if above.ends_with("META-INF/services")
            || above.ends_with("META-INF/spring")
            || (above.ends_with("META-INF") && name == "spring.factories")
        {
            return Some(Language::Services);
        }
        if let Some(road) = Road::of(path) {
            return Some(Language::Road(road));
        }
        let (stem, extension) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())?;
        Some(match extension {
            "json" if is_tsconfig(stem) => Language::Tsconfig,
            "go" => Language::Go,
            "py" | "pyi" => Language::Python,
            "rs" => Language::Rust,
            "java" | "kt" | "kts" => Language::Jvm,
            "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" | "vue" | "svelte" => {
                Language::JavaScript
            }
            "css" | "scss" | "sass" | "less" => Language::Style,
            _ => return None,
        })
    }

    /// Whether what it names has to be there before anything is built.
    pub(crate) fn is_manifest(self) -> bool {
        matches!(
            self,
            Language::NpmManifest
                | Language::Tsconfig
                | Language::CargoManifest
                | Language::GoManifest
                | Language::Gradle
                | Language::Maven
        )
    }
}
