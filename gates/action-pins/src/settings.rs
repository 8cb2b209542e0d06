//! The gate's own keys of ci.toml.

use kernel::{ConfigError, Globs, Options, Severity, Waiver};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::update::Update;
use crate::{manifest, rules};

/// Options of action-pins.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// References that may stay unpinned, each with its reason.
    pub(crate) allow: Vec<Allow>,
    /// Whose actions and workflows may be used at all, as whole names; anyone's
    /// where this is left out.
    pub(crate) owners: Option<Vec<String>>,
    /// What is asked of version comments.
    pub(crate) comments: Comments,
    /// Workflows that release, e.g. `.github/workflows/release.yml`: each must
    /// have a job that calls `require-green`.
    pub(crate) release_workflows: Vec<String>,
    /// The job that stands for all others of its workflow, e.g. `verify-all`:
    /// it must need each of them and run whatever became of them.
    pub(crate) umbrella: Option<String>,
    /// Files whose images and installs must be pinned, too, e.g. `["deploy/**",
    /// "Dockerfile*", "Makefile", "scripts/**", ".github/**"]`: Compose,
    /// Kubernetes, Kustomize, Helm values, Dockerfiles, Makefiles, shell scripts,
    /// and the `run:` blocks of workflows and actions. None where this is left
    /// out.
    pub(crate) supply: Vec<String>,
    /// What holds an image in them: `version`, a tag that names one release, or
    /// `digest`.
    pub(crate) images: Option<Images>,
    /// Rules about workflows that are asked besides, each an error:
    /// `missing-permissions`, `write-all`, `missing-timeout`,
    /// `self-hosted-on-fork`, `persisted-credentials`, `fat-workflow`. Where
    /// this is left out, `write-all` and `self-hosted-on-fork` warn and the
    /// others are not asked; `[]` asks none.
    pub(crate) workflow: Option<Vec<Hardening>>,
    /// Manifests that may ask for no ranges, e.g. `["**/package.json"]`: each
    /// direct dependency names one version or commit. None where this is left
    /// out. (That a manifest has a lock file is asked where `supply` names it.)
    pub(crate) ranges: Vec<String>,
    /// Packages that apt, apk, brew and their like must install in a version, as
    /// patterns, e.g. `["clang", "llvm"]`. None where this is left out.
    pub(crate) system_packages: Vec<String>,
    /// Whether `.github/workflows/actions.lock`, GitHub's own lock file, holds
    /// what it locks.
    pub(crate) lockfile: Lockfile,
    /// How far `cargo xtask fix action-pins --update` moves pins.
    pub(crate) update: Update,
}

/// A rule that is asked where `workflow` lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hardening {
    /// Logic in a `run:` that belongs in a program.
    FatWorkflow,
    /// A job with whatever rights the repository gives by default.
    MissingPermissions,
    /// A job without a time limit.
    MissingTimeout,
    /// A token that stays on disk after `actions/checkout`.
    PersistedCredentials,
    /// A machine of one's own that strangers can reach.
    SelfHostedOnFork,
    /// `permissions: write-all`.
    WriteAll,
}

/// What GitHub's own lock file is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Lockfile {
    /// What it locks for a workflow is pinned, and its entries are judged.
    Accept,
    /// Nothing: the format is a preview.
    #[default]
    Ignore,
}

/// What holds an image outside workflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Images {
    /// A digest alone.
    Digest,
    /// A tag that names one release will do.
    Version,
}

/// What is asked of the comments after a commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Comments {
    /// Nothing at all.
    Off,
    /// What is said must not contradict itself.
    #[default]
    Consistent,
    /// Every commit has one besides.
    Strict,
}

/// One reasoned exception; `uses`, `image` or `install` says what for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allow {
    /// Pattern over `uses:` values, e.g. `slsa-framework/slsa-github-generator/**`.
    uses: Option<String>,
    /// Pattern over the images of workflows, actions and `supply`, as written
    /// there, e.g. `${{ inputs.image }}`, `ghcr.io/us/**`.
    image: Option<String>,
    /// Pattern over packages in `ranges`, e.g. `@types/*`.
    package: Option<String>,
    /// Pattern over the paths of manifests without a lock file, e.g. `examples/**`.
    manifest: Option<String>,
    /// Pattern over what commands install, as a finding quotes it, e.g.
    /// `https://get.example.org/**`.
    install: Option<String>,
    /// Files it holds for; every file where this is left out.
    path: Option<String>,
    /// Why it may stay.
    reason: String,
    /// Last day it holds, `YYYY-MM-DD`.
    until: Option<String>,
}

impl Settings {
    /// Reads the keys and refuses allow entries that could never work.
    pub(crate) fn read(options: &Options) -> Result<Settings, ConfigError> {
        let settings: Settings = options.read()?;
        settings.waivers()?;
        for path in &settings.release_workflows {
            let name = path.strip_prefix(".github/workflows/").unwrap_or_default();
            let is_workflow = !name.contains('/')
                && [".yml", ".yaml"]
                    .iter()
                    .any(|end| name.len() > end.len() && name.ends_with(end));
            if !is_workflow {
                let error = format!("'{path}' in 'release_workflows' is no path of a workflow");
                return Err(ConfigError::new(error)
                    .hint("write it in full: \".github/workflows/release.yml\""));
            }
        }
        if settings.umbrella.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(ConfigError::new("'umbrella' is empty")
                .hint("name the job by its key under 'jobs:', or leave 'umbrella' out"));
        }
        if settings.images.is_some() && settings.supply.is_empty() {
            return Err(ConfigError::new("'images' is set and 'supply' names no file")
                .hint("say which files: supply = [\"deploy/**\", \"**/Dockerfile*\"]"));
        }
        if !settings.system_packages.is_empty() && settings.supply.is_empty() {
            return Err(ConfigError::new("'system_packages' is set and 'supply' names no file")
                .hint("say which files: supply = [\"**/Dockerfile*\", \".github/**\"]"));
        }
        settings.supplied()?;
        settings.ranged()?;
        settings.update.policy()?;
        Ok(settings)
    }

    /// How much a rule of `workflow` weighs; none where it is not asked.
    pub(crate) fn asks(&self, rule: Hardening) -> Option<Severity> {
        match &self.workflow {
            Some(listed) => listed.contains(&rule).then_some(Severity::Error),
            // Open to strangers today, and rare.
            None => matches!(rule, Hardening::SelfHostedOnFork | Hardening::WriteAll)
                .then_some(Severity::Warning),
        }
    }

    /// Whether any rule looks at the steps of every job.
    pub(crate) fn asks_steps(&self) -> bool {
        [Hardening::PersistedCredentials, Hardening::FatWorkflow]
            .into_iter()
            .any(|rule| self.asks(rule).is_some())
    }

    /// The manifests that `ranges` names.
    pub(crate) fn ranged(&self) -> Result<Globs, ConfigError> {
        for pattern in self.ranges.iter().filter(|pattern| !pattern.starts_with('!')) {
            let (folder, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
            if name.contains(['*', '?', '{']) || name.is_empty() {
                continue;
            }
            let hint = match manifest::kind(folder, name) {
                Some(kind) if kind.has_ranges() => continue,
                Some(manifest::Kind::Go) => {
                    "versions in go.mod are always exact: leave it out".to_owned()
                }
                Some(_) => "it is a program: name it in 'supply', where its lock file is asked for"
                    .to_owned(),
                None => format!("manifests that are read: {}", manifest::NAMES),
            };
            let error = format!("'{pattern}' in 'ranges' names nothing that could be judged");
            return Err(ConfigError::new(error).hint(hint));
        }
        Globs::new(&self.ranges)
            .map_err(|error| ConfigError::new(format!("'ranges' of action-pins: {error}")))
    }

    /// The files that `supply` names.
    pub(crate) fn supplied(&self) -> Result<Globs, ConfigError> {
        Globs::new(&self.supply)
            .map_err(|error| ConfigError::new(format!("'supply' of action-pins: {error}")))
    }

    /// Whether `owner` may be used. GitHub does not tell upper from lower case
    /// in names.
    pub(crate) fn permits(&self, owner: &str) -> bool {
        let Some(owners) = &self.owners else { return true };
        owners.iter().any(|listed| listed.eq_ignore_ascii_case(owner))
    }

    /// The allow entries as the runner takes them.
    pub(crate) fn waivers(&self) -> Result<Vec<Waiver>, ConfigError> {
        let numbered = self.allow.iter().enumerate();
        numbered.map(|(index, allow)| allow.waiver(index + 1)).collect()
    }
}

impl Allow {
    fn waiver(&self, number: usize) -> Result<Waiver, ConfigError> {
        let origin = format!("allow entry {number} of action-pins");
        let given = [
            (&self.uses, rules::ALLOWED_BY_USES),
            (&self.image, rules::ALLOWED_BY_IMAGE),
            (&self.package, rules::ALLOWED_BY_PACKAGE),
            (&self.manifest, rules::ALLOWED_BY_MANIFEST),
            (&self.install, rules::ALLOWED_BY_INSTALL),
        ];
        let mut given =
            given.iter().filter_map(|(pattern, rules)| Some((pattern.as_ref()?, *rules)));
        let (Some((pattern, offences)), None) = (given.next(), given.next()) else {
            let error = ConfigError::new(format!(
                "{origin}: expected 'uses', 'image', 'package', 'manifest' or 'install', one of them"
            ));
            return Err(error.hint("write { uses = \"owner/repository/**\", reason = \"…\" }"));
        };
        if self.reason.trim().is_empty() {
            return Err(ConfigError::new(format!("{origin}: the reason is empty"))
                .hint("say why this reference may stay unpinned"));
        }
        let globs = |patterns: &[String]| {
            Globs::new(patterns).map_err(|error| ConfigError::new(format!("{origin}: {error}")))
        };
        Ok(Waiver {
            rules: offences.iter().map(|offence| format!("{}/{offence}", crate::ID)).collect(),
            paths: globs(self.path.as_slice())?,
            subjects: globs(&[subject(pattern)])?,
            reason: self.reason.clone(),
            until: self.until.clone(),
            origin,
        })
    }
}

/// What patterns are matched against: the value as written, expressions and
/// variables without the braces that patterns use for alternatives, so that
/// `${{ inputs.image }}` and `${IMAGE}` in an allow entry mean themselves.
pub(crate) fn subject(text: &str) -> String {
    let mut subject = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some((before, expression, after)) = next_expression(rest) {
        subject.push_str(before);
        subject.push('<');
        subject.push_str(expression.trim());
        subject.push('>');
        rest = after;
    }
    subject + rest
}

fn next_expression(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (expression, after) = match rest.strip_prefix('{') {
        Some(rest) => rest.split_once("}}")?,
        None => rest.split_once('}')?,
    };
    Some((before, expression, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, ConfigError> {
        Settings::read(&Options::of(text))
    }

    #[test]
    fn owners_match_as_whole_names() {
        let settings = read("owners = ['actions']").unwrap();
        assert!(settings.permits("actions") && settings.permits("Actions"));
        assert!(!settings.permits("actions-evil") && !settings.permits("action"));
        assert!(read("").unwrap().permits("anyone"));
        assert!(!read("owners = []").unwrap().permits("anyone"));
    }

    #[test]
    fn what_could_never_work_is_refused() {
        for (wrong, words) in [
            ("allow = [{ reason = 'x' }]", "one of them"),
            ("allow = [{ uses = 'a', image = 'b', reason = 'x' }]", "one of them"),
            ("allow = [{ uses = 'a', reason = ' ' }]", "reason is empty"),
            ("allow = [{ uses = 'a' }]", "reason"),
            ("allow = [{ uses = '{a', reason = 'x' }]", "'{a'"),
            ("comments = 'loud'", "loud"),
            ("umbrella = ''", "'umbrella' is empty"),
            ("release_workflows = ['release.yml']", "'release.yml' in 'release_workflows'"),
            ("release_workflows = ['.github/workflows/old/r.yml']", "no path of a workflow"),
            ("release_workflows = ['.github/workflows/.yml']", "no path of a workflow"),
            ("images = 'digest'", "'supply' names no file"),
            ("system_packages = ['clang']", "'supply' names no file"),
            ("supply = ['{a']", "'{a'"),
            ("supply = ['a']\nimages = 'major'", "major"),
            ("ranges = ['{a']", "'{a'"),
            ("ranges = ['**/setup.py']", "'**/setup.py' in 'ranges'"),
            ("ranges = ['go.mod']", "nothing that could be judged"),
            ("allow = [{ package = 'a', manifest = 'b', reason = 'x' }]", "one of them"),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.message.contains(words), "{wrong}: {}", error.message);
        }
    }

    #[test]
    fn expressions_mean_themselves_in_patterns() {
        assert_eq!(subject(" a:${{ inputs.tag }}-${{x}} "), "a:<inputs.tag>-<x>");
        assert_eq!(subject("a${{ b"), "a${{ b");
        assert_eq!(subject("${REGISTRY}/a:${TAG:-1}"), "<REGISTRY>/a:<TAG:-1>");
        let settings = read("allow = [{ image = '${{ inputs.image }}', reason = 'x' }]").unwrap();
        let waiver = settings.waivers().unwrap().remove(0);
        assert!(waiver.subjects.matches(subject("${{inputs.image}}").as_str().into()));
        assert!(!waiver.subjects.matches(subject("${{inputs.other}}").as_str().into()));
    }
}
