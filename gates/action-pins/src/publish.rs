//! What makes a job one that publishes: a permission, an action, a command.
//!
//! The tables hold what sends an artifact, an image or a package to its users.
//! Sites, comments and pull requests are none.

use std::ops::Range;

use crate::jobs::{Job, Step};
use crate::shell::{self, Word};

/// Permissions that nothing but publishing needs, when a job asks for them
/// itself: releases, packages, signing and trusted publishing, attestations.
/// (docs.github.com, "Permissions for the GITHUB_TOKEN".)
const SCOPES: &[&str] = &["attestations", "contents", "id-token", "packages", "write-all"];

/// An action that publishes, and when.
struct Publisher {
    repository: &'static str,
    when: When,
}

enum When {
    Always,
    /// This input is given and not `false`.
    Input(&'static str),
    /// `push:`, or an output that pushes.
    Push,
    /// `args:` begins with one of these words and has none of a rehearsal.
    Args(&'static [&'static str]),
}

const fn publisher(repository: &'static str, when: When) -> Publisher {
    Publisher { repository, when }
}

/// By the name and the inputs in each action's own action.yml: the publishers
/// among the actions of some ninety public repositories, and what stands beside
/// them in GitHub's marketplace under the same purpose.
const PUBLISHERS: &[Publisher] = &[
    publisher("actions/attest", When::Always),
    publisher("actions/attest-build-provenance", When::Always),
    publisher("actions/attest-sbom", When::Always),
    publisher("actions/create-release", When::Always),
    publisher("actions/upload-release-asset", When::Always),
    publisher("astral-sh/attest-action", When::Always),
    publisher("bufbuild/buf-push-action", When::Always),
    publisher("changesets/action", When::Input("publish")),
    publisher("cycjimmy/semantic-release-action", When::Always),
    publisher("depot/bake-action", When::Push),
    publisher("depot/build-push-action", When::Push),
    publisher("docker/bake-action", When::Push),
    publisher("docker/build-push-action", When::Push),
    publisher("google-github-actions/release-please-action", When::Always),
    publisher("googleapis/release-please-action", When::Always),
    publisher("goreleaser/goreleaser-action", When::Args(&["continue", "publish", "release"])),
    publisher("helm/chart-releaser-action", When::Always),
    publisher("js-devtools/npm-publish", When::Always),
    publisher("katyo/publish-crates", When::Always),
    publisher("ncipollo/release-action", When::Always),
    publisher("pypa/gh-action-pypi-publish", When::Always),
    publisher("release-drafter/release-drafter", When::Input("publish")),
    publisher("rubygems/release-gem", When::Always),
    publisher("softprops/action-gh-release", When::Always),
    publisher("svenstaro/upload-release-action", When::Always),
    publisher("useblacksmith/build-push-action", When::Push),
];

/// A command that publishes: the program, and the words after it.
const COMMANDS: &[(&str, &[&str])] = &[
    ("buildah", &["push"]),
    ("bun", &["publish"]),
    ("cargo", &["publish"]),
    ("changeset", &["publish"]),
    ("cosign", &["attest"]),
    ("cosign", &["sign"]),
    ("cosign", &["sign-blob"]),
    ("crane", &["copy"]),
    ("crane", &["push"]),
    ("dist", &["host"]),
    ("docker", &["buildx", "imagetools", "create"]),
    ("docker", &["compose", "push"]),
    ("docker", &["image", "push"]),
    ("docker", &["manifest", "push"]),
    ("docker", &["push"]),
    ("dotnet", &["nuget", "push"]),
    ("flit", &["publish"]),
    ("gem", &["push"]),
    ("gh", &["release", "create"]),
    ("gh", &["release", "edit"]),
    ("gh", &["release", "upload"]),
    ("goreleaser", &["release"]),
    ("hatch", &["publish"]),
    ("helm", &["push"]),
    ("lerna", &["publish"]),
    ("maturin", &["publish"]),
    ("maturin", &["upload"]),
    ("mvn", &["deploy"]),
    ("npm", &["publish"]),
    ("nuget", &["push"]),
    ("oras", &["push"]),
    ("ovsx", &["publish"]),
    ("pdm", &["publish"]),
    ("pnpm", &["publish"]),
    ("podman", &["push"]),
    ("poetry", &["publish"]),
    ("semantic-release", &[]),
    ("skopeo", &["copy"]),
    ("twine", &["upload"]),
    ("uv", &["publish"]),
    ("vsce", &["publish"]),
    ("yarn", &["npm", "publish"]),
    ("yarn", &["publish"]),
];

/// Programs that run the one named after them.
const LAUNCHERS: &[&str] = &["bunx", "npx", "pipx", "python", "python3", "uvx"];

/// Words that make of a release a rehearsal.
const REHEARSALS: &[&str] =
    &["--dry-run", "--dry_run", "--dryrun", "--snapshot", "--skip=publish", "--help", "-n"];

/// What shows that a job publishes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// In a person's words, the user's text quoted.
    pub(crate) what: String,
    pub(crate) at: Range<usize>,
}

/// The first thing by which `job` publishes, what it does before what it may do.
///
/// Permissions count only where the job asks for them itself: what the workflow
/// grants to all of its jobs shows nothing of one.
pub(crate) fn evidence(job: &Job) -> Option<Evidence> {
    let steps = || job.steps.iter();
    let used = steps().find_map(action);
    let ran = || steps().find_map(command);
    used.or_else(ran).or_else(|| permission(job))
}

fn permission(job: &Job) -> Option<Evidence> {
    let mut writes = job.permissions.iter().flat_map(|permissions| &permissions.writes);
    let scope = writes.find(|scope| SCOPES.contains(&&*scope.text))?;
    let what = match scope.text.as_str() {
        "write-all" => "has 'permissions: write-all'".to_owned(),
        scope => format!("has '{scope}: write'"),
    };
    Some(Evidence { what, at: scope.span.clone() })
}

fn action(step: &Step) -> Option<Evidence> {
    let uses = step.uses.as_ref()?;
    let name = uses.text.split('@').next().unwrap_or_default();
    // An action of this repository that is told to push, does.
    let own = ["./", "$/"].iter().any(|here| name.starts_with(here)).then_some(&When::Push);
    let known = PUBLISHERS.iter().find(|known| name.eq_ignore_ascii_case(known.repository));
    let when = known.map(|known| &known.when).or(own)?;
    let input = |wanted: &str| {
        let given = step.inputs.iter().find(|(name, _)| name == wanted);
        given.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    };
    let publishes = match when {
        When::Always => true,
        When::Input(name) => input(name).is_some_and(|value| value != "false"),
        When::Push => {
            input("push").is_some_and(|value| value != "false")
                || input("outputs")
                    .is_some_and(|it| it.contains("type=registry") || it.contains("push=true"))
        }
        When::Args(known) => input("args").is_some_and(|args| {
            let mut words = args.split_whitespace();
            words.clone().next().is_some_and(|first| known.contains(&first))
                && !words.any(|it| REHEARSALS.contains(&it))
        }),
    };
    publishes.then(|| Evidence { what: format!("uses '{name}'"), at: uses.span.clone() })
}

fn command(step: &Step) -> Option<Evidence> {
    let run = step.run.as_ref()?;
    let what =
        shell::commands(&run.text).iter().find_map(|command| published_by(&command.words))?;
    Some(Evidence { what: format!("runs '{what}'"), at: run.span.clone() })
}

/// The command of the table that `words` are.
fn published_by(words: &[Word]) -> Option<String> {
    let mut words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    if LAUNCHERS.contains(words.first()?) {
        let is_launch = |word: &&&str| {
            LAUNCHERS.contains(*word) || word.starts_with('-') || matches!(**word, "run")
        };
        let launch = words.iter().take_while(is_launch).count();
        words.drain(..launch);
    }
    let (program, arguments) = words.split_first()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    if !COMMANDS.iter().any(|(known, _)| *known == program)
        || arguments.iter().any(|word| REHEARSALS.contains(word))
    {
        return None;
    }
    let is_option = |word: &str| word.starts_with(['-', '+']);
    let plain: Vec<&str> = arguments.iter().copied().filter(|word| !is_option(word)).collect();
    // An option before the verb may have a value of its own: `docker --config x push`.
    let skipped = usize::from(arguments.first().is_some_and(|first| is_option(first)));
    let is_at = |start: usize, verbs: &[&str]| {
        plain.get(start..).is_some_and(|plain| plain.starts_with(verbs))
    };
    let known = COMMANDS
        .iter()
        .find(|(known, verbs)| *known == program && (0..=skipped).any(|start| is_at(start, verbs)));
    let pushes = program == "docker"
        && plain.contains(&"build")
        && arguments.iter().any(|it| *it == "--push" || it.contains("push=true"));
    match known {
        Some((program, verbs)) => Some([&[*program], *verbs].concat().join(" ")),
        None => pushes.then(|| "docker build --push".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Pipeline, Role};
    use crate::yaml::Yaml;

    fn of(job: &str) -> Option<String> {
        let source = format!("jobs: {{j: {{{job}}}}} # require-green");
        let yaml = Yaml::parse(&source).unwrap();
        let pipeline = Pipeline::read(&source, &yaml, Role::Workflow).unwrap();
        evidence(&pipeline.jobs.list[0]).map(|found| found.what)
    }

    fn run(command: &str) -> Option<String> {
        of(&format!("steps: [{{run: '{command}'}}]"))
    }

    #[test]
    fn the_table_is_sorted_and_in_lower_case() {
        assert!(PUBLISHERS.is_sorted_by_key(|known| known.repository));
        assert!(COMMANDS.is_sorted());
        assert!(PUBLISHERS.iter().all(|known| known.repository == known.repository.to_lowercase()));
    }

    #[test]
    fn commands_that_publish() {
        for (command, told) in [
            ("cargo publish --locked", "cargo publish"),
            ("cargo +nightly publish -p x", "cargo publish"),
            ("docker --config x push y", "docker push"),
            ("docker buildx build . --push -t x", "docker build --push"),
            ("python -m twine upload dist/*", "twine upload"),
            ("npx --yes semantic-release", "semantic-release"),
            ("out=\"$(helm push x oci://y)\"", "helm push"),
            ("for f in *; do cosign sign-blob $f; done", "cosign sign-blob"),
            ("GH_TOKEN=x gh release create v1 dist/*", "gh release create"),
        ] {
            assert_eq!(run(command), Some(format!("runs '{told}'")), "{command}");
        }
    }

    #[test]
    fn commands_that_do_not() {
        for command in [
            "cargo publish --dry-run",
            "cargo build # cargo publish",
            "echo cargo publish",
            "gh release download v1",
            "gh release view v1",
            "docker build .",
            "docker run x push",
            "npm run publish-docs",
            "cosign verify x",
            "goreleaser release --snapshot",
            "make publish",
        ] {
            assert_eq!(run(command), None, "{command}");
        }
    }

    #[test]
    fn actions_by_their_inputs() {
        let uses = |uses: &str| of(&format!("steps: [{{uses: {uses}}}]")).is_some();
        assert!(uses("Softprops/action-gh-release@v2"));
        assert!(uses("docker/build-push-action@v6, with: {push: true}"));
        assert!(uses("docker/build-push-action@v6, with: {push: '${{ x }}'}"));
        assert!(uses("docker/build-push-action@v6, with: {outputs: 'type=image,push=true'}"));
        assert!(uses("goreleaser/goreleaser-action@v6, with: {args: release --clean}"));
        assert!(uses("./.github/actions/image, with: {push: true}"));
        assert!(!uses("./.github/actions/image"));
        assert!(!uses("goreleaser/goreleaser-action@v6, with: {args: build}"));
        assert!(!uses("docker/build-push-action@v6"));
        assert!(!uses("docker/build-push-action@v6, with: {push: false}"));
        assert!(!uses("goreleaser/goreleaser-action@v6, with: {args: release --snapshot}"));
        assert!(!uses("changesets/action@v1"));
        assert!(!uses("softprops/action-gh-releases@v2"));
    }

    #[test]
    fn permissions_that_the_job_asks_for() {
        assert_eq!(of("permissions: {packages: write}").unwrap(), "has 'packages: write'");
        assert_eq!(of("permissions: write-all").unwrap(), "has 'permissions: write-all'");
        assert_eq!(of("permissions: {contents: read, pull-requests: write}"), None);
        assert_eq!(of("permissions: read-all"), None);
    }
}
