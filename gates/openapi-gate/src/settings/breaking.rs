//! `breaking`: what of an API is compared with the base, and what is allowed.

use kernel::{ConfigError, Globs, Waiver};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::breaking::{Level, level, subject};

/// Changes against the base.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BreakingSettings {
    /// The branch whose merge base is compared with, e.g. `origin/main`; left
    /// out, `[verify] base`.
    base: Option<String>,
    /// What is raised: `error`, what breaks clients that were right; `warning`,
    /// what can break some as well.
    level: Raised,
    /// Days that must lie between a deprecation and its `x-sunset`; 0 asks for
    /// none.
    sunset_days: u32,
    /// The same for what is `beta`.
    sunset_days_beta: u32,
    /// Program and arguments that print the day as `2026-11-21`, e.g. `["date",
    /// "-u", "+%F"]`: no gate reads the clock. Without it, no `x-sunset` has
    /// passed.
    today: Option<Vec<String>>,
    /// Changes that are meant.
    allow: Vec<AllowSettings>,
}

/// What is raised.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(rename_all = "kebab-case")]
enum Raised {
    /// What breaks clients that were right.
    Error,
    /// What can break some as well.
    #[default]
    Warning,
}

/// Changes that are meant.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AllowSettings {
    /// The change, e.g. `response-property-removed`.
    rule: String,
    /// The method of the operation, e.g. `GET`; any where this is left out.
    method: Option<String>,
    /// Its path, as a pattern, e.g. `/v1/users/{id}` or `/v1/**`.
    path: Option<String>,
    /// What is below it, as a pattern, e.g. `parameters/query/*`.
    pointer: Option<String>,
    /// Why.
    reason: String,
    /// The last day that it holds, e.g. `2027-01-31`.
    until: Option<String>,
}

/// What the gate knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Breaking {
    pub(crate) base: Option<String>,
    pub(crate) least: Level,
    pub(crate) sunset_days: u32,
    pub(crate) sunset_days_beta: u32,
    pub(crate) today: Option<Vec<String>>,
    pub(crate) allow: Vec<Waiver>,
}

impl TryFrom<String> for Raised {
    type Error = String;

    fn try_from(text: String) -> Result<Raised, String> {
        match text.as_str() {
            "error" => Ok(Raised::Error),
            "warning" | "warn" => Ok(Raised::Warning),
            _ => Err(format!(
                "level '{text}' is not 'error' or 'warning'; what breaks nobody is not raised"
            )),
        }
    }
}

impl BreakingSettings {
    /// Refuses what could never work.
    pub(crate) fn read(self, api: &str) -> Result<Breaking, ConfigError> {
        let error = |message: String| ConfigError::new(format!("api '{api}': {message}"));
        if self.base.as_ref().is_some_and(|base| base.trim().is_empty()) {
            return Err(error("'breaking.base' is empty".to_owned())
                .hint("write a branch such as 'origin/main', or leave it out for [verify] base"));
        }
        if self.today.as_ref().is_some_and(|argv| argv.first().is_none_or(String::is_empty)) {
            return Err(error("'breaking.today' is empty".to_owned())
                .hint("write [\"date\", \"-u\", \"+%F\"]"));
        }
        if self.today.is_none() && (self.sunset_days > 0 || self.sunset_days_beta > 0) {
            return Err(error("'breaking.sunset_days' needs 'breaking.today'".to_owned())
                .hint("no gate reads the clock: write today = [\"date\", \"-u\", \"+%F\"]"));
        }
        let allow = self.allow.into_iter().enumerate();
        let allow = allow.map(|(index, own)| own.read(api, index + 1).map_err(error));
        Ok(Breaking {
            base: self.base,
            least: match self.level {
                Raised::Error => Level::Error,
                Raised::Warning => Level::Warning,
            },
            sunset_days: self.sunset_days,
            sunset_days_beta: self.sunset_days_beta,
            today: self.today,
            allow: allow.collect::<Result<_, _>>()?,
        })
    }
}

impl AllowSettings {
    fn read(self, api: &str, number: usize) -> Result<Waiver, String> {
        let origin = format!("breaking.allow entry {number} of api '{api}'");
        let id = self.rule.strip_prefix("openapi-gate/").unwrap_or(&self.rule);
        let id = match level(id) {
            None => return Err(format!("{origin}: '{id}' is no breaking change")),
            Some((id, Level::Info)) => {
                return Err(format!("{origin}: '{id}' breaks nobody, so it is never raised"));
            }
            Some((id, _)) => id,
        };
        if self.reason.trim().is_empty() {
            return Err(format!("{origin} has no reason"));
        }
        let method = self.method.map_or("*".to_owned(), |method| method.to_ascii_uppercase());
        let path = self.path.as_deref().unwrap_or("**");
        let pattern = subject(api, &method, path, self.pointer.as_deref().unwrap_or("**"));
        let subjects = Globs::new([pattern]).map_err(|bad| format!("{origin}: {bad}"))?;
        Ok(Waiver {
            rules: vec![format!("{}/{id}", crate::ID)],
            paths: Globs::default(),
            subjects,
            reason: self.reason,
            until: self.until,
            origin,
        })
    }
}
