//! The gate's own keys of ci.toml.

use std::borrow::Cow;

use camino::Utf8PathBuf;
use kernel::{ConfigError, Globs, Options, Tree};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::path::Names;

mod breaking;
mod require;
mod statics;

pub(crate) use breaking::{Breaking, BreakingSettings};
pub(crate) use require::{Require, RequireSettings};
pub(crate) use statics::{Static, StaticSettings};

/// Options of openapi-gate.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The APIs, each a specification and where its routes come from.
    pub(crate) api: Vec<ApiSettings>,
}

/// One API.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiSettings {
    /// What it is called in messages.
    name: String,
    /// Its specification: OpenAPI 3.0, 3.1 or 3.2, or Swagger 2.0, as JSON or YAML.
    spec: String,
    /// Paths that are compared, base path included, e.g. `/v1/**`; what falls
    /// outside is counted. Everything where this is left out.
    scope: Option<Vec<String>>,
    /// What stands before each path of the specification: `auto` takes the path
    /// of its first server.
    #[serde(default)]
    base_path: BasePath,
    /// Whether names of path parameters must be equal.
    #[serde(default)]
    params: Names,
    /// Extensions (`x-…`) of an operation or path that say it is served
    /// elsewhere: no route is asked for.
    #[serde(default)]
    external_markers: Vec<String>,
    /// Methods that are not compared, e.g. `OPTIONS`; they are counted.
    #[serde(default)]
    ignore_methods: Vec<String>,
    /// Where its routes come from; nothing is compared where this is left out.
    #[serde(default)]
    routes: RoutesSettings,
    /// Whether changes against the base break clients; not asked where this is
    /// left out.
    breaking: Option<BreakingSettings>,
    /// What the specification must say of itself.
    require: Option<RequireSettings>,
}

/// Where routes come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoutesSettings {
    /// Program and arguments that print the routes: lines `METHOD path` or
    /// `{"method", "path", "source"?}`.
    command: Option<Vec<String>>,
    /// Source files that register them.
    r#static: Vec<StaticSettings>,
}

/// What stands before each path of a specification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub(crate) enum BasePath {
    /// The path of its first server.
    #[default]
    Auto,
    /// This.
    Literal(String),
}

/// One API as the gate works with it.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) name: String,
    pub(crate) spec: Utf8PathBuf,
    /// Over paths without their leading slash; none takes everything.
    pub(crate) scope: Option<Globs>,
    pub(crate) base_path: BasePath,
    pub(crate) names: Names,
    pub(crate) external_markers: Vec<String>,
    pub(crate) ignore_methods: Vec<String>,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) statics: Vec<Static>,
    pub(crate) breaking: Option<Breaking>,
    pub(crate) require: Require,
}

impl From<String> for BasePath {
    fn from(text: String) -> BasePath {
        if text == "auto" { BasePath::Auto } else { BasePath::Literal(text) }
    }
}

impl Api {
    /// Whether anything says where the routes are.
    pub(crate) fn has_routes(&self) -> bool {
        self.command.is_some() || !self.statics.is_empty()
    }

    /// The name of the request for the command's output.
    pub(crate) fn request(&self) -> String {
        format!("routes-{}", self.name)
    }

    /// The name of the request for the day.
    pub(crate) fn today_request(&self) -> String {
        format!("today-{}", self.name)
    }

    /// What replaces the path of the servers.
    pub(crate) fn base(&self) -> Option<&str> {
        match &self.base_path {
            BasePath::Auto => None,
            BasePath::Literal(text) => Some(text),
        }
    }
}

/// Reads the keys and refuses what could never work.
pub(crate) fn read(options: &Options, tree: &Tree) -> Result<Vec<Api>, ConfigError> {
    let settings: Settings = options.read()?;
    let mut apis: Vec<Api> = Vec::new();
    for own in settings.api {
        let api = own.api(tree)?;
        if apis.iter().any(|known| known.name == api.name) {
            return Err(ConfigError::new(format!("there are two apis named '{}'", api.name)));
        }
        apis.push(api);
    }
    let mut bases = apis.iter().filter_map(|api| api.breaking.as_ref()?.base.as_deref());
    if let Some(first) = bases.next()
        && let Some(other) = bases.find(|base| *base != first)
    {
        let message = format!("'breaking.base' is '{first}' here and '{other}' there");
        return Err(ConfigError::new(message)
            .hint("one gate has one base: write a second [gate.…] with kind = \"openapi-gate\""));
    }
    Ok(apis)
}

impl ApiSettings {
    fn api(self, tree: &Tree) -> Result<Api, ConfigError> {
        let name = self.name;
        let error = |message: String| ConfigError::new(format!("api '{name}': {message}"));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || !name.chars().all(plain) {
            return Err(error("expected a name of letters, digits, '-', '_' and '.'".to_owned()));
        }
        let spec = Utf8PathBuf::from(self.spec);
        if tree.find(&spec).is_none() {
            return Err(error(format!("no file '{spec}' in the repository"))
                .hint("give the path of the specification, relative to the repository"));
        }
        let globs =
            |patterns: &[Cow<'_, str>]| Globs::new(patterns).map_err(|bad| error(bad.to_string()));
        let scope = match &self.scope {
            None => None,
            Some(patterns) if patterns.is_empty() => {
                return Err(error("'scope' is empty: nothing would be compared".to_owned())
                    .hint("leave 'scope' out to compare everything"));
            }
            Some(patterns) => {
                Some(globs(&patterns.iter().map(|text| unrooted(text)).collect::<Vec<_>>())?)
            }
        };
        if let BasePath::Literal(base) = &self.base_path
            && !base.is_empty()
            && !base.starts_with('/')
        {
            return Err(error(format!("base_path '{base}' does not begin with '/'"))
                .hint("write 'auto', '' or a path such as '/api'"));
        }
        if let Some(marker) = self.external_markers.iter().find(|it| !it.starts_with("x-")) {
            return Err(error(format!("external marker '{marker}' does not begin with 'x-'")));
        }
        let command = self.routes.command;
        if command.as_ref().is_some_and(|argv| argv.first().is_none_or(String::is_empty)) {
            return Err(error("'routes.command' is empty".to_owned())
                .hint("write [\"go\", \"run\", \"./cmd/routes\"]"));
        }
        let statics = self.routes.r#static.into_iter().map(|own| own.read(&error));
        let breaking = self.breaking.map(|own| own.read(&name)).transpose()?;
        let require = self.require.map(|own| own.read(&name, tree)).transpose()?;
        Ok(Api {
            statics: statics.collect::<Result<_, _>>()?,
            breaking,
            require: require.unwrap_or_default(),
            spec,
            scope,
            base_path: self.base_path,
            names: self.params,
            external_markers: self.external_markers,
            ignore_methods: self.ignore_methods.iter().map(|it| it.to_ascii_uppercase()).collect(),
            command,
            name,
        })
    }
}

/// A scope pattern without the slash that paths begin with.
fn unrooted(pattern: &str) -> Cow<'_, str> {
    match (pattern.strip_prefix("!/"), pattern.strip_prefix('/')) {
        (Some(rest), _) => Cow::Owned(format!("!{rest}")),
        (_, Some(rest)) => Cow::Borrowed(rest),
        _ => Cow::Borrowed(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let tree = Tree::literal([("a.json", "{}")]);
        read(&Options::of(text), &tree).unwrap_err().message
    }

    #[test]
    fn what_could_never_work_is_refused() {
        for (keys, words) in [
            ("spec = 'b.json'", "no file 'b.json'"),
            ("spec = 'a.json'\nbreaking = { bsae = 'main' }", "unknown field `bsae`"),
            ("spec = 'a.json'\nbreaking = { level = 'info' }", "level 'info'"),
            ("spec = 'a.json'\nbreaking = { base = '' }", "'breaking.base' is empty"),
            ("spec = 'a.json'\nbreaking = { sunset_days = 9 }", "needs 'breaking.today'"),
            (
                "spec = 'a.json'\nbreaking = { allow = [{ rule = 'no-such', reason = 'r' }] }",
                "'no-such' is no breaking change",
            ),
            (
                "spec = 'a.json'\nbreaking = { allow = [{ rule = 'endpoint-added', reason = 'r' }] }",
                "'endpoint-added' breaks nobody",
            ),
            (
                "spec = 'a.json'\nbreaking = { allow = [{ rule = 'webhook-removed', reason = ' ' }] }",
                "has no reason",
            ),
            (
                "spec = 'a.json'\nbreaking = { allow = [{ rule = 'webhook-removed' }] }",
                "missing field `reason`",
            ),
            ("spec = 'a.json'\nrequire = {}", "asks for nothing"),
            ("spec = 'a.json'\nrequire = { openapi = '3' }", "'require.openapi' is '3'"),
            ("spec = 'a.json'\nrequire = { info_version_file = 'V' }", "no file 'V'"),
            ("spec = 'a.json'\nrequire = { banned_text = [' '] }", "an empty text"),
            ("spec = 'a.json'\nscope = []", "'scope' is empty"),
            ("spec = 'a.json'\nscope = ['{a']", "{a"),
            ("spec = 'a.json'\nbase_path = 'api'", "'api'"),
            ("spec = 'a.json'\nparams = 'loose'", "loose"),
            ("spec = 'a.json'\nexternal_markers = ['cloud']", "'cloud'"),
            ("spec = 'a.json'\nroutes.command = []", "'routes.command' is empty"),
            (
                "spec = 'a.json'\nroutes.static = [{ framework = 'rails', files = ['*'] }]",
                "'net-http', 'chi'",
            ),
            ("spec = 'a.json'\nroutes.static = [{ files = ['*'] }]", "needs a 'framework'"),
            ("spec = 'a.json'\nroutes.static = [{ framework = 'chi', files = [] }]", "no files"),
            (
                "spec = 'a.json'\nroutes.static = [{ framework = 'chi', files = ['*'], unmounted = 'v1' }]",
                "'unmounted' is 'v1'",
            ),
            (
                "spec = 'a.json'\nroutes.static = [{ shape = '{$METHOD, $PATH}', files = ['*'], unmounted = '/' }]",
                "'unmounted' needs a framework",
            ),
            (
                "spec = 'a.json'\nroutes.static = [{ framework = 'chi', files = ['*'], versioning = 'uri' }]",
                "'versioning' needs",
            ),
            (
                "spec = 'a.json'\nroutes.static = [{ shape = '[$METHOD, $PATH]', files = ['*'] }]",
                "Go has no such list",
            ),
            (
                "spec = 'a.json'\nroutes.static = [{ shape = '$PATH', files = ['*'] }]",
                "shape '$PATH'",
            ),
        ] {
            let message = refused(&format!("[[api]]\nname = 'x'\n{keys}\n"));
            assert!(message.contains(words), "{keys}: {message}");
        }
        assert!(refused("[[api]]\nname = 'a b'\nspec = 'a.json'\n").contains("letters"));
        let twice = "[[api]]\nname = 'x'\nspec = 'a.json'\n";
        assert!(refused(&format!("{twice}{twice}")).contains("two apis named 'x'"));
    }

    #[cfg(all(feature = "python", feature = "typescript"))]
    #[test]
    fn what_a_language_does_not_have_is_refused() {
        for (keys, words) in [
            (
                "spec = 'a.json'\nroutes.static = [{ framework = 'nestjs', files = ['*'], versioning = 'url' }]",
                "unknown variant `url`",
            ),
            (
                "spec = 'a.json'\nroutes.static = [{ framework = 'koa', shape = 'r{a: $METHOD, b: $PATH}', files = ['*'] }]",
                "nothing stands before",
            ),
            (
                "spec = 'a.json'\nroutes.static = [{ framework = 'flask', shape = 'r($METHOD, $PATH)', files = ['*'] }]",
                "a shape is of Go, or",
            ),
        ] {
            let message = refused(&format!("[[api]]\nname = 'x'\n{keys}\n"));
            assert!(message.contains(words), "{keys}: {message}");
        }
    }
}
