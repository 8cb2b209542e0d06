//! A release that asks GitHub: a repository, its CI run, and a server that knows
//! of it.

use serde_json::{Value, json};

use super::Ran;
use super::github::{Bodies, Github, Reply};
use super::release::{Release, canonical};

/// A repository, its CI run 17, and the server that knows of it.
pub struct Online {
    pub release: Release,
    pub github: Github,
    pub bodies: Bodies,
    pub commit: String,
}

impl Online {
    /// Everything is green: run 17 of `push`, its jobs, its receipt.
    pub fn new() -> Online {
        Online::of(Release::new())
    }

    pub fn of(release: Release) -> Online {
        release.run(17, 1, "push", &[]).ends_with(0);
        let commit = release.head();
        let online = Online { release, github: Github::new(), bodies: Bodies::new(), commit };
        online.runs(&[json!({})]);
        online.jobs(17, 1, &[json!({})]);
        online.holds(17, &canonical(&online.release.receipt()));
        online
    }

    /// A run as GitHub tells it; fields that are not named are those of run 17.
    pub fn run_with(&self, fields: &Value) -> Value {
        let mut run = json!({
            "id": 17, "name": "ci", "path": ".github/workflows/ci.yml", "event": "push",
            "status": "completed", "conclusion": "success", "head_sha": self.commit,
            "run_attempt": 1, "head_repository": { "full_name": "o/r" },
            "html_url": "https://github.com/o/r/actions/runs/17",
        });
        for (name, value) in fields.as_object().unwrap() {
            run[name] = value.clone();
        }
        run
    }

    pub fn listed(&self, runs: &[Value]) -> Reply {
        let runs: Vec<Value> = runs.iter().map(|run| self.run_with(run)).collect();
        Reply::json(&self.bodies.runs(&runs))
    }

    pub fn runs(&self, runs: &[Value]) {
        self.github.on("actions/runs", vec![self.listed(runs)]);
    }

    pub fn jobs(&self, run: u64, attempt: u64, jobs: &[Value]) {
        let jobs: Vec<Value> = jobs
            .iter()
            .enumerate()
            .map(|(id, job)| {
                let mut whole = json!({
                    "id": id, "name": "verify", "status": "completed", "conclusion": "success",
                    "run_id": run, "head_sha": self.commit,
                    // Required, and not in the description's own example.
                    "created_at": "2026-01-01T00:00:00Z",
                });
                for (name, value) in job.as_object().unwrap() {
                    whole[name] = value.clone();
                }
                whole
            })
            .collect();
        let path = format!("actions/runs/{run}/attempts/{attempt}/jobs");
        self.github.on(&path, vec![Reply::json(&self.bodies.jobs(&jobs))]);
    }

    /// The run's artifact holds these bytes, as they are.
    pub fn holds(&self, run: u64, bytes: &[u8]) {
        self.artifacts(run, &[(json!({ "id": 5 }), bytes)]);
    }

    pub fn artifacts(&self, run: u64, artifacts: &[(Value, &[u8])]) {
        let listed: Vec<Value> = artifacts
            .iter()
            .map(|(fields, bytes)| {
                let id = fields["id"].as_u64().unwrap();
                self.github.on(&format!("actions/artifacts/{id}/zip"), vec![Reply::bytes(bytes)]);
                let mut whole = json!({
                    "name": "verify-all", "expired": false,
                    "digest": format!("sha256:{}", sha256(bytes)),
                    "workflow_run": { "id": run, "head_sha": self.commit },
                });
                for (name, value) in fields.as_object().unwrap() {
                    whole[name] = value.clone();
                }
                whole
            })
            .collect();
        let path = format!("actions/runs/{run}/artifacts");
        self.github.on(&path, vec![Reply::json(&self.bodies.artifacts(&listed))]);
    }

    /// The receipt of run 17, changed.
    pub fn receipt(&self, change: impl FnOnce(&mut Value)) {
        let mut receipt = self.release.receipt();
        change(&mut receipt);
        self.holds(17, &canonical(&receipt));
    }

    pub fn policy(&self, more: &str) {
        let policy = self.release.path("policy.toml");
        let text = std::fs::read_to_string(&policy).unwrap();
        let (head, tables) = text.split_once("[require").unwrap();
        std::fs::write(&policy, format!("{head}{more}\n[require{tables}")).unwrap();
    }

    pub fn policy_text(&self, text: &str) {
        std::fs::write(self.release.path("policy.toml"), text).unwrap();
    }

    pub fn ask(&self, more: &[&str]) -> Ran {
        self.ask_for("HEAD", more)
    }

    pub fn ask_for(&self, commit: &str, more: &[&str]) -> Ran {
        let policy = self.release.path("policy.toml");
        let mut args = vec!["require-green", "--commit", commit, "--github", "o/r"];
        args.extend(["--api-url", &self.github.url, "--policy", &policy]);
        args.extend(["--interval", "20ms"]);
        args.extend(more);
        self.release.repository.xtask(&args)
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
