//! A fan-out on one machine: what a workflow's jobs would call, and the parts
//! that they leave.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Fixture, PINNED, Ran, ran, workflow};

pub const CI: &str = r#"schema = 1

[gate.action-pins]

[gate.secret-scan]
history = "full"

[gate.fmt]
run = ["true"]

[gate.unit]
run = ["sh", "-c", "test -e ready"]
needs = ["fmt"]

[gate.publish]
run = ["false"]
when = { event = ["release"] }

[profile.quick]
gates = ["action-pins", "fmt"]

[profile.late]
gates = ["publish"]
"#;

/// A repository, and a folder outside it for what jobs leave.
pub struct Fan {
    pub repository: Fixture,
    pub outside: TempDir,
    pub env: BTreeMap<&'static str, String>,
}

impl Fan {
    pub fn new(files: &[(&str, &str)]) -> Fan {
        let mut all =
            vec![("ci.toml", CI), ("ready", ""), (".github/workflows/ci.yml", SHARED.as_str())];
        all.retain(|(path, _)| files.iter().all(|(own, _)| own != path));
        all.extend(files);
        Fan {
            repository: Fixture::new(&all),
            outside: TempDir::new().unwrap(),
            env: BTreeMap::new(),
        }
    }

    /// As a job of a GitHub Actions run.
    pub fn in_ci(mut self, run: &str) -> Fan {
        let sh = self.repository.sh();
        let sha = xshell::cmd!(sh, "git rev-parse HEAD").quiet().read().unwrap();
        self.env = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_WORKFLOW_REF", "o/r/.github/workflows/ci.yml@refs/heads/main"),
            ("GITHUB_RUN_ID", run),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_SHA", &sha),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into();
        self
    }

    pub fn xtask(&self, args: &[&str]) -> Ran {
        let mut command = self.repository.command(args);
        command.env_remove("GITHUB_OUTPUT");
        ran(command.envs(&self.env).output().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.outside.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    /// The gates of the matrix, and the plan's digest.
    pub fn plan(&self, args: &[&str]) -> (Vec<String>, String) {
        let all = [&["plan", "--matrix"], args].concat();
        let planned = self.xtask(&all).ends_with(0);
        assert_eq!(planned.stdout.lines().count(), 1, "{}", planned.stdout);
        let matrix: Value = serde_json::from_str(&planned.stdout).unwrap();
        let entries = matrix["include"].as_array().unwrap();
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
        let digests: Vec<String> = entries.iter().map(|entry| text(entry, "plan")).collect();
        assert!(digests.iter().all(|digest| digest.len() == 64 && *digest == digests[0]));
        (entries.iter().map(|entry| text(entry, "gate")).collect(), digests[0].clone())
    }

    /// One job; its part lies in a folder of its own, as downloads do.
    pub fn job(&self, gate: &str, digest: &str, args: &[&str]) -> Ran {
        let part = self.path(&format!("parts/part-{gate}"));
        std::fs::create_dir_all(&part).unwrap();
        let part = part.join("part.json");
        let base =
            ["run", "--gate", gate, "--plan-digest", digest, "--receipt", part.to_str().unwrap()];
        self.xtask(&[&base, args].concat())
    }

    /// Every job of the plan.
    pub fn jobs(&self, args: &[&str]) -> String {
        let (gates, digest) = self.plan(args);
        for gate in gates {
            self.job(&gate, &digest, args);
        }
        digest
    }

    pub fn merge(&self, digest: &str, args: &[&str]) -> Ran {
        let (parts, receipt) = (self.path("parts"), self.path("merged.json"));
        let base = [
            "merge",
            "--plan-digest",
            digest,
            parts.to_str().unwrap(),
            "--receipt",
            receipt.to_str().unwrap(),
        ];
        self.xtask(&[&base, args].concat())
    }

    /// Changes a part and writes it in its canonical form.
    pub fn edit(&self, gate: &str, change: impl Fn(&mut Value)) {
        let name = format!("parts/part-{gate}/part.json");
        let mut part = self.json(&name);
        change(&mut part);
        part.sort_all_objects();
        std::fs::write(self.path(&name), format!("{part:#}\n")).unwrap();
    }

    /// How a gate stands in the merged receipt.
    pub fn row(&self, gate: &str) -> Value {
        let merged = self.json("merged.json");
        let rows = merged["predicate"]["gates"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == gate).unwrap().clone()
    }

    pub fn outcome(&self, gate: &str) -> String {
        let row = self.row(gate);
        format!("{} {}", row["outcome"].as_str().unwrap(), row["reason"]["code"].as_str().unwrap())
    }

    /// What one machine says of the same commit, and what the merge did.
    pub fn both(&self) -> [Value; 2] {
        let single = self.path("single.json");
        self.xtask(&["verify", "--no-reuse", "--receipt", single.to_str().unwrap()]);
        ["single.json", "merged.json"].map(|name| {
            let predicate = &self.json(name)["predicate"];
            let mut gates = predicate["gates"].clone();
            for gate in gates.as_array_mut().unwrap() {
                // Where the output is kept.
                gate.as_object_mut().unwrap().remove("log");
            }
            json!({
                "gates": gates,
                "waivers": predicate["waivers"],
                "verdict": predicate["verdict"],
                "source": predicate["source"],
                "policy": predicate["policy"],
            })
        })
    }
}

pub static SHARED: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| workflow(PINNED));
