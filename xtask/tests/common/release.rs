//! A repository with a green commit, what its CI run left, and a policy.

use tempfile::TempDir;
use xshell::cmd;

use super::{Fixture, PINNED, Ran, ran, workflow};

pub const CI: &str = "schema = 1\n[gate.action-pins]\n[gate.secret-scan]\nhistory = \"full\"\n";
pub const POLICY: &str = "schema = 1\nrepository = \"o/r\"\nworkflow = \".github/workflows/ci.yml\"\nmax_age = \"7d\"\n[require.action-pins]\n[require.secret-scan]\noptions.history = \"full\"\nmax_waived = 0\n";

/// All five built-in gates, each with something to look at.
pub const FIVE: [(&str, &str); 7] = [
    ("ci.toml", FIVE_CI),
    (".github/workflows/ci.yml", FIVE_WORKFLOW),
    ("migrations/0001_init.sql", "CREATE TABLE t (id bigint PRIMARY KEY);\n"),
    ("openapi.json", FIVE_SPEC),
    ("go.mod", "module example.invalid/m\n\ngo 1.22\n"),
    ("cmd/main.go", FIVE_ROUTES),
    ("ee/ee.go", "package ee\n"),
];
const FIVE_CI: &str = r#"schema = 1

[gate.action-pins]

[gate.secret-scan]
history = "full"

[[gate.migration-gate.source]]
dir = "migrations"
framework = "plain"
pg_version = 16

[[gate.openapi-gate.api]]
name = "api"
spec = "openapi.json"
routes.static = [{ framework = "net-http", files = ["cmd/*.go"] }]

[[gate.editions-gate.boundary]]
name = "core"
restricted = ["ee/**"]
"#;
const FIVE_WORKFLOW: &str = r#"on: push
permissions: {}
jobs:
  j:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
"#;
const FIVE_SPEC: &str = r#"{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/v1/t":{"get":{"responses":{"200":{"description":"ok"}}}}}}
"#;
const FIVE_ROUTES: &str = r#"package main

import "net/http"

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/t", func(http.ResponseWriter, *http.Request) {})
}
"#;

/// Receipt and policy lie outside the repository.
pub struct Release {
    pub repository: Fixture,
    outside: TempDir,
}

impl Release {
    pub fn new() -> Release {
        Release::of(&[("ci.toml", CI), (".github/workflows/ci.yml", &workflow(PINNED))], POLICY)
    }

    pub fn of(files: &[(&str, &str)], policy: &str) -> Release {
        let release = Release { repository: Fixture::new(files), outside: TempDir::new().unwrap() };
        std::fs::write(release.path("policy.toml"), policy).unwrap();
        release
    }

    pub fn path(&self, name: &str) -> String {
        self.outside.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn head(&self) -> String {
        let sh = self.repository.sh();
        cmd!(sh, "git rev-parse HEAD").quiet().read().unwrap()
    }

    /// Run 17 of CI, its first attempt, on the commit that is checked out.
    pub fn ci(&self, event: &str, args: &[&str]) -> Ran {
        self.run(17, 1, event, args)
    }

    /// A CI run on the commit that is checked out.
    pub fn run(&self, id: u64, attempt: u64, event: &str, args: &[&str]) -> Ran {
        let sha = self.head();
        let receipt = self.path("receipt.json");
        let mut all = vec!["verify", "--receipt", &receipt];
        all.extend(args);
        let (id, attempt) = (id.to_string(), attempt.to_string());
        let mut command = self.repository.command(&all);
        command.envs([
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", event),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_WORKFLOW_REF", "o/r/.github/workflows/ci.yml@refs/heads/main"),
            ("GITHUB_RUN_ID", &id),
            ("GITHUB_RUN_ATTEMPT", &attempt),
            ("GITHUB_SHA", &sha),
        ]);
        ran(command.output().unwrap())
    }

    /// What the last run left.
    pub fn receipt(&self) -> serde_json::Value {
        let text = std::fs::read_to_string(self.path("receipt.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    pub fn ask(&self, commit: &str, policy: &str) -> Ran {
        let receipt = self.path("receipt.json");
        self.repository.xtask(&[
            "require-green",
            "--commit",
            commit,
            "--receipt",
            &receipt,
            "--policy",
            policy,
        ])
    }
}

/// A receipt as the program writes it.
pub fn canonical(receipt: &serde_json::Value) -> Vec<u8> {
    let mut receipt = receipt.clone();
    receipt.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&receipt).unwrap();
    text.push('\n');
    text.into_bytes()
}
