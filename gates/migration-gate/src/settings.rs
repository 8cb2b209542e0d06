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
    /// `auto`, `plain`, `psql`, `sqlx`, `golang-migrate`, `diesel`, `goose`,
    /// `sql-migrate`, `dbmate`, `flyway`, `refinery`, `tern`, `prisma`, `drizzle`, `atlas`,
    /// `liquibase` or `supabase`; of programs, with `render`, `alembic`, `django`
    /// or `code`.
    pub(crate) framework: String,
    /// `postgres`, `mysql`, `sqlite` or `clickhouse`; of the last three what is
    /// destroyed is judged, and the receipt says what is not.
    pub(crate) dialect: String,
    /// Major version of the oldest server they run on.
    pub(crate) pg_version: u32,
    /// The last version that has been released: everything up to it is
    /// replayed, and only what follows it is judged.
    pub(crate) shipped_through: Option<String>,
    /// `static`: what the SQL says. `execute`: what it does, on a PostgreSQL
    /// server, or in SQLite in memory; without one the gate ends as errored. `both`: one beside the
    /// other, and without a server what the SQL says.
    pub(crate) mode: String,
    /// What the release before asks, run before and after: `.sql` files, a
    /// statement a line in `.txt`, sqlx's `query-*.json`, PostgreSQL's `.log`.
    pub(crate) queries: Vec<String>,
    /// The role that it asks as.
    pub(crate) role: Option<String>,
    /// Roles that are there before the first migration.
    pub(crate) roles: Vec<String>,
    /// `auto`: a server of its own where PostgreSQL is installed, else the one
    /// of DATABASE_URL or PGHOST. `local` and `environment` insist on one.
    pub(crate) server: String,
    /// The command that prints one migration that is a program as SQL. In it
    /// stand for the migration: `{path}`, `{name}` (the file's, without its end),
    /// `{version}`, `{app}` (the folder above `dir`), and of Alembic `{from}` and `{to}`.
    pub(crate) render: Vec<String>,
    /// The contexts that Liquibase is run with. Without one it runs what is for any.
    pub(crate) contexts: Vec<String>,
    /// Spellings of waivers that the migrations have already, each with the
    /// offences it covers. What follows it on its line is the reason.
    pub(crate) waivers: BTreeMap<String, Vec<String>>,
    /// How the files of `plain` and `psql` are run.
    pub(crate) transaction: Transaction,
}

/// Whether a file of the `plain` or `psql` layout is run as one transaction.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Transaction {
    /// Whether it is unless it says otherwise; `plain` is, `psql` is not.
    pub(crate) default: Option<bool>,
    /// A comment before the first statement that says otherwise; what follows
    /// it on its line is the reason, and there must be one.
    pub(crate) directive: Option<String>,
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
            role: None,
            roles: Vec::new(),
            server: "auto".to_owned(),
            render: Vec::new(),
            contexts: Vec::new(),
            waivers: BTreeMap::new(),
            transaction: Transaction::default(),
        }
    }
}

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    #[default]
    Postgres,
    Mysql,
    Sqlite,
    Clickhouse,
}

const DIALECTS: [(&str, Dialect); 4] = [
    ("postgres", Dialect::Postgres),
    ("mysql", Dialect::Mysql),
    ("sqlite", Dialect::Sqlite),
    ("clickhouse", Dialect::Clickhouse),
];

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
    /// Whether a server is asked.
    pub(crate) fn is_executed(&self) -> bool {
        self.mode != "static"
    }

    /// Whose SQL it is.
    pub(crate) fn dialect(&self) -> Dialect {
        let known = DIALECTS.iter().find(|(name, _)| *name == self.dialect);
        known.map(|(_, dialect)| *dialect).unwrap_or_default()
    }

    fn check(&self, offences: &[&str]) -> Result<(), ConfigError> {
        let refuse = |message: String, hint: &str| Err(ConfigError::new(message).hint(hint));
        let dir = self.dir.trim_end_matches('/');
        if dir.is_empty() || dir.starts_with(['/', '!']) || dir.split('/').any(|it| it == "..") {
            return refuse(
                format!("dir '{}' is no folder of the repository", self.dir),
                "write it relative to the repository, e.g. dir = \"db/migrations\"",
            );
        }
        if !DIALECTS.iter().any(|(name, _)| *name == self.dialect) {
            let known = DIALECTS.map(|(name, _)| name).join("\", \"");
            return refuse(
                format!("dialect '{}' is not known", self.dialect),
                &format!("write dialect = \"{known}\""),
            );
        }
        let runs = [Dialect::Postgres, Dialect::Sqlite];
        if !runs.contains(&self.dialect()) && self.is_executed() {
            return refuse(
                format!(
                    "mode '{}' runs PostgreSQL or SQLite, and the dialect is '{}'",
                    self.mode, self.dialect
                ),
                "write mode = \"static\"",
            );
        }
        let names_roles = !self.roles.is_empty() || self.role.is_some();
        if self.dialect() == Dialect::Sqlite && (names_roles || self.server != "auto") {
            return refuse(
                "SQLite has no roles and no server".to_owned(),
                "take 'role', 'roles' and 'server' out",
            );
        }
        match self.mode.as_str() {
            "static" | "execute" | "both" => {}
            other => {
                return refuse(
                    format!("mode '{other}' is not known"),
                    "write mode = \"static\", \"execute\" or \"both\"",
                );
            }
        }
        if !matches!(self.server.as_str(), "auto" | "local" | "environment") {
            return refuse(
                format!("server '{}' is not known", self.server),
                "write server = \"auto\", \"local\" or \"environment\"",
            );
        }
        let is_for_a_server =
            !self.queries.is_empty() || !self.roles.is_empty() || self.role.is_some();
        if is_for_a_server && !self.is_executed() {
            return refuse(
                "'queries', 'role' and 'roles' do nothing in mode 'static'".to_owned(),
                "write mode = \"both\", or take them out",
            );
        }
        if let Err(error) = kernel::Globs::new(&self.queries) {
            return refuse(format!("queries: {error}"), "write queries = [\"queries/**/*.sql\"]");
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
