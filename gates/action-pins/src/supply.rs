//! Images outside workflows: what files under `supply` build on and run.
//!
//! ```text
//! SourceFile ─┬ Dockerfile ─ dockerfile ─ supply/build ────┬─ Supply ─ rules
//!             └ YAML ─────── yaml ─────── supply/manifest ─┘
//!                                         supply/dotenv     .env beside Compose
//!                                         supply/embedded   files within a file
//! ```

mod build;
pub(crate) mod dotenv;
mod embedded;
mod manifest;

use std::ops::Range;

use self::dotenv::Values;
use crate::image::is_digest;
use crate::installs::Install;
use crate::manifest::lock;
use crate::tag;
use crate::variables::Filled;
use crate::yaml::{SyntaxError, Yaml};

/// Every image of one file, and why others could not be told.
#[derive(Debug, Default)]
pub(crate) struct Supply {
    pub(crate) images: Vec<Supplied>,
    /// Repositories that images are built from, those that hold no commit.
    pub(crate) contexts: Vec<Install>,
    /// A reason for each thing that was not judged.
    pub(crate) skipped: Vec<&'static str>,
}

/// One image, as far as its text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Supplied {
    /// As written, variables included.
    pub(crate) text: String,
    /// Where the text that must change stands.
    pub(crate) span: Range<usize>,
    /// Where values that went into it stand.
    pub(crate) made_of: Vec<Range<usize>>,
    pub(crate) hold: Hold,
}

/// What keeps an image from becoming another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// A whole digest.
    Digest,
    /// A tag that names one release.
    Release(String),
    /// A tag that moves on.
    Moving(String),
    /// No tag: `latest` is meant.
    Nothing,
    /// An `@` and no whole digest after it: nothing runs it.
    Broken,
    /// A variable that the file does not answer.
    Open,
}

/// What is read in a file, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, `Containerfile`.
    Dockerfile,
    /// Compose, Kubernetes, Kustomize, Helm values.
    Yaml,
    /// The same written as JSON; much else is JSON, too.
    Json,
}

/// What the file `name` is; none if images are not looked for in it.
pub(crate) fn form(name: &str) -> Option<Form> {
    let name = name.to_ascii_lowercase();
    if name.ends_with(".dockerignore") || lock::is_lock(&name) {
        return None;
    }
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("yml" | "yaml") => return Some(Form::Yaml),
        Some("json") => return Some(Form::Json),
        Some("dockerfile" | "containerfile") => return Some(Form::Dockerfile),
        Some("md" | "sh" | "txt" | "tpl" | "j2") => return None,
        _ => {}
    }
    let stem = name.split(['.', '-', '_']).next().unwrap_or_default();
    matches!(stem, "dockerfile" | "containerfile").then_some(Form::Dockerfile)
}

/// One of these stands in every file that names an image; the escapes could
/// spell the key.
const WORDS: &[&str] = &["mage", "repository", "dockerfile_inline", "\\x", "\\u"];

/// And these in a file of Compose that builds from another repository.
const BUILDS: &[&str] = &["services", "build"];

/// Every image of `source`, the text of the file `name`, beside which a `.env`
/// may say `values`.
pub(crate) fn read(
    source: &str,
    name: &str,
    form: Form,
    values: Option<&Values>,
) -> Result<Supply, SyntaxError> {
    let mut supply = match form {
        Form::Dockerfile => build::read(source),
        Form::Yaml | Form::Json
            if !WORDS.iter().any(|word| source.contains(word))
                && !BUILDS.iter().all(|word| source.contains(word)) =>
        {
            Supply::default()
        }
        Form::Yaml | Form::Json => match Yaml::parse(source) {
            Ok(yaml) => manifest::read(source, &yaml, name, form, values),
            Err(_) if form == Form::Json => {
                Supply { skipped: vec!["other-kind-of-file"], ..Supply::default() }
            }
            Err(_) if source.contains("{{") || source.contains("{%") => manifest::template(source),
            Err(error) => return Err(error),
        },
    };
    if is_template(name) {
        let count = supply.images.len();
        supply.images.retain(|image| image.hold != Hold::Open);
        supply.skipped.extend(std::iter::repeat_n(TEMPLATE, count - supply.images.len()));
    }
    supply.images.sort_by_key(|image| image.span.start);
    supply.images.dedup();
    Ok(supply)
}

/// Every image of the Dockerfile `source`, which stands within another file.
pub(crate) fn dockerfile(source: &str) -> Vec<Supplied> {
    build::read(source).images
}

impl Supply {
    /// Adds an image, or the reason why it cannot be judged.
    fn add(&mut self, text: &str, filled: &Filled, span: Range<usize>, made_of: Vec<Range<usize>>) {
        let registry = filled.text.trim().split_once('/').map_or("", |(registry, _)| registry);
        if filled.text.contains(['<', '>']) {
            // `<owner>/name`: whoever copies it fills that in.
            self.skipped.push(TEMPLATE);
            return;
        }
        let is_here = matches!(registry.split(':').next(), Some("localhost" | "127.0.0.1"));
        if is_here || is_own(&filled.text) {
            self.skipped.push(LOCAL);
            return;
        }
        let hold = match hold(&filled.text) {
            // A default that is no digest stands for one that must be given.
            Hold::Broken if text.split_once('@').is_some_and(|(_, it)| it.contains('$')) => {
                Hold::Open
            }
            hold => hold,
        };
        if hold == Hold::Open && filled.is_template {
            self.skipped.push(TEMPLATE);
            return;
        }
        self.images.push(Supplied { text: text.trim().to_owned(), span, made_of, hold });
    }
}

/// Images of Docker Hub that one word with a hyphen names.
const HYPHENATED: &[&str] = &[
    "api-firewall",
    "buildpack-deps",
    "eclipse-mosquitto",
    "eclipse-temurin",
    "hello-world",
    "ibm-semeru-runtimes",
    "mongo-express",
    "nats-streaming",
    "open-liberty",
    "php-zendserver",
    "websphere-liberty",
];

/// Whether `image` is named as only what was built next door is: one word of
/// several parts, `web-dev`, which Docker Hub has not.
fn is_own(image: &str) -> bool {
    let name = image.trim().split([':', '@']).next().unwrap_or_default();
    name.contains(['-', '_']) && !name.contains(['/', '.', '$']) && !HYPHENATED.contains(&name)
}

/// Whether a file is one before somebody fills it in: `values.tmpl.yaml`.
fn is_template(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split('.').skip(1).any(|part| matches!(part, "tmpl" | "tpl" | "template" | "in" | "j2"))
}

/// What was made on the machine that runs it.
const LOCAL: &str = "local-image";

/// What a template engine fills in is not in the repository.
pub(crate) const TEMPLATE: &str = "template";

/// What holds the image `text`, in which `$` is what nobody knows.
pub(crate) fn hold(text: &str) -> Hold {
    let text = text.trim();
    let text = text.strip_prefix("docker://").or(text.strip_prefix("oci://")).unwrap_or(text);
    let name = match text.split_once('@') {
        Some((_, digest)) if is_digest(digest) => return Hold::Digest,
        Some((_, digest)) if digest.contains('$') => return Hold::Open,
        Some(_) => return Hold::Broken,
        None => text,
    };
    let last = name.rsplit('/').next().unwrap_or_default();
    match last.split_once(':') {
        Some((_, tag)) if !tag.is_empty() => hold_of_tag(tag),
        _ if last.contains('$') => Hold::Open,
        _ => Hold::Nothing,
    }
}

/// The same for the tag alone. What stands whole before an unknown part is
/// the release all the same: `1.2.3-$VARIANT`.
fn hold_of_tag(tag: &str) -> Hold {
    let known = match tag.split_once('$') {
        None => tag,
        Some((before, _)) => match before.strip_suffix(['-', '_', '+']) {
            Some(before) if tag::is_release(before) => before,
            _ => return Hold::Open,
        },
    };
    match tag::is_release(known) {
        true => Hold::Release(known.to_owned()),
        false => Hold::Moving(known.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea";

    #[test]
    fn names_tell_the_form() {
        for path in ["Dockerfile", "Dockerfile.web", "web.dockerfile", "Containerfile-x"] {
            assert_eq!(form(path), Some(Form::Dockerfile), "{path}");
        }
        assert_eq!(form("compose.YAML"), Some(Form::Yaml));
        for path in ["Dockerfile.dockerignore", "a.md", "Dockerfile.md", "dockerfiles.go", "a"] {
            assert_eq!(form(path), None, "{path}");
        }
    }

    #[test]
    fn what_is_filled_in_or_built_next_door_is_not_judged() {
        let skipped = |image: &str, name: &str| {
            let supply = read(&format!("image: {image}\n"), name, Form::Yaml, None).unwrap();
            (supply.images.len(), supply.skipped)
        };
        assert_eq!(skipped("web-dev:latest", "a.yaml"), (0, vec![LOCAL]));
        assert_eq!(skipped("eclipse-temurin:latest", "a.yaml"), (1, vec![]));
        assert_eq!(skipped("o/web-dev:latest", "a.yaml"), (1, vec![]));
        assert_eq!(skipped("a:$TAG", "values.tmpl.yaml"), (0, vec![TEMPLATE]));
        assert_eq!(skipped("a:latest", "values.tmpl.yaml"), (1, vec![]));
        let pod = "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: '<you>/a:latest'}]}\n";
        assert_eq!(read(pod, "a.yaml", Form::Yaml, None).unwrap().skipped, [TEMPLATE]);
        let given =
            read("FROM a@sha256:${X:-missing}", "Dockerfile", Form::Dockerfile, None).unwrap();
        assert_eq!(given.images[0].hold, Hold::Open);
    }

    #[test]
    fn tags_digests_and_unknowns() {
        assert_eq!(hold(&format!("h:1/a/b:$@sha256:{HEX}")), Hold::Digest);
        assert_eq!(hold("h:1/a"), Hold::Nothing);
        assert_eq!(hold("$/a"), Hold::Nothing);
        for broken in ["a:1.2@sha256:9c", "a@latest", "a:1.2@"] {
            assert_eq!(hold(broken), Hold::Broken, "{broken}");
        }
        assert_eq!(hold("$/a:1.2-$"), Hold::Release("1.2".into()));
        assert_eq!(hold("a:latest"), Hold::Moving("latest".into()));
        for open in ["$", "a/$", "a:$", "a:1.$", "a:1.2.$", "a:1$", "a:1@$", "a:-$"] {
            assert_eq!(hold(open), Hold::Open, "{open}");
        }
    }
}
