//! The gate's own keys of ci.toml.

use std::collections::BTreeMap;

use kernel::{ConfigError, Options};
use schemars::JsonSchema;
use serde::Deserialize;

/// Options of migration-gate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Folders of migrations.
    pub(crate) source: Vec<Source>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { source: vec![Source::default()] }
    }
}

/// One folder of migrations.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Source {
    /// Where they are.
    pub(crate) dir: String,
    /// `auto`, `plain`, `sqlx`, `golang-migrate` or `diesel`.
    pub(crate) framework: String,
    /// `postgres`.
    pub(crate) dialect: String,
    /// Major version of the oldest server they run on.
    pub(crate) pg_version: u32,
    /// The last version that has been released: everything up to it is
    /// replayed, and only what follows it is judged.
    pub(crate) shipped_through: Option<String>,
    /// `static`.
    pub(crate) mode: String,
    /// Statements of the release before; for `mode = "execute"`.
    pub(crate) queries: Vec<String>,
    /// The command that prints code migrations as SQL.
    pub(crate) render: Vec<String>,
    /// Spellings of waivers that the migrations have already, each with the
    /// offences it covers. What follows it on its line is the reason.
    pub(crate) waivers: BTreeMap<String, Vec<String>>,
    /// How the files of `plain` are run.
    pub(crate) transaction: Transaction,
}

/// Whether a file of the `plain` layout is run as one transaction.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Transaction {
    /// Whether it is unless it says otherwise.
    pub(crate) default: bool,
    /// A comment before the first statement that says otherwise; what follows
    /// it on its line is the reason, and there must be one.
    pub(crate) directive: Option<String>,
}

impl Default for Transaction {
    fn default() -> Transaction {
        Transaction { default: true, directive: None }
    }
}

impl Default for Source {
    fn default() -> Source {
        Source {
            dir: "migrations".to_owned(),
            framework: "auto".to_owned(),
            dialect: "postgres".to_owned(),
            pg_version: 15,
            shipped_through: None,
            mode: "static".to_owned(),
            queries: Vec::new(),
            render: Vec::new(),
            waivers: BTreeMap::new(),
            transaction: Transaction::default(),
        }
    }
}

impl Settings {
    /// Reads the keys and refuses what this version cannot do: an option that
    /// did nothing would be believed.
    pub(crate) fn read(options: &Options, offences: &[&str]) -> Result<Settings, ConfigError> {
        let settings: Settings = options.read()?;
        if settings.source.is_empty() {
            return Err(ConfigError::new("'source' is empty: no migration would be judged")
                .hint("write [[gate.migration-gate.source]] with dir = \"migrations\""));
        }
        for source in &settings.source {
            source.check(offences)?;
        }
        Ok(settings)
    }
}

impl Source {
    fn check(&self, offences: &[&str]) -> Result<(), ConfigError> {
        let refuse = |message: String, hint: &str| Err(ConfigError::new(message).hint(hint));
        let dir = self.dir.trim_end_matches('/');
        if dir.is_empty() || dir.starts_with(['/', '!']) || dir.split('/').any(|it| it == "..") {
            return refuse(
                format!("dir '{}' is no folder of the repository", self.dir),
                "write it relative to the repository, e.g. dir = \"db/migrations\"",
            );
        }
        match self.dialect.as_str() {
            "postgres" => {}
            known @ ("sqlite" | "mysql" | "clickhouse") => {
                return refuse(
                    format!("dialect '{known}' is not supported yet"),
                    "only 'postgres' is; leave this source out until then",
                );
            }
            other => {
                return refuse(
                    format!("dialect '{other}' is not known"),
                    "write dialect = \"postgres\"",
                );
            }
        }
        match self.mode.as_str() {
            "static" => {}
            known @ ("execute" | "both") => {
                return refuse(
                    format!("mode '{known}' is not supported yet"),
                    "write mode = \"static\": what is found is read from the SQL",
                );
            }
            other => {
                return refuse(format!("mode '{other}' is not known"), "write mode = \"static\"");
            }
        }
        if !self.render.is_empty() {
            return refuse(
                "'render' is not supported yet".to_owned(),
                "keep the rendered SQL in the repository and name its folder as 'dir'",
            );
        }
        if !self.queries.is_empty() {
            return refuse(
                "'queries' needs mode 'execute', which is not supported yet".to_owned(),
                "take it out",
            );
        }
        if !(9..=99).contains(&self.pg_version) {
            return refuse(
                format!("pg_version {} is no major version", self.pg_version),
                "write the oldest one you run on, e.g. pg_version = 15",
            );
        }
        for (spelling, rules) in &self.waivers {
            if !spelling.contains(char::is_alphanumeric) || rules.is_empty() {
                return refuse(
                    format!("waivers: '{spelling}' covers nothing"),
                    "write waivers = { \"lock-ok:\" = [\"index-not-concurrent\"] }",
                );
            }
            for rule in rules {
                let offence = rule.strip_prefix("migration-gate/").unwrap_or(rule);
                if !offences.contains(&offence) {
                    return refuse(
                        format!(
                            "waivers: '{spelling}' names the rule '{rule}', which is not known"
                        ),
                        "see: cargo xtask list rules",
                    );
                }
            }
        }
        let directive = self.transaction.directive.as_deref();
        if directive.is_some_and(|it| !it.trim().starts_with("--") || it.trim().len() < 4) {
            return refuse(
                "transaction.directive is no SQL comment".to_owned(),
                "write it as it stands in the files, e.g. directive = \"-- app:no-tx:\"",
            );
        }
        Ok(())
    }
}
