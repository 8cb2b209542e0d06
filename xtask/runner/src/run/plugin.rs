//! A plugin asked: for its rules, over their examples, over the tree.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use kernel::canary::{Failure, Proof};
use kernel::{Checked, Examined, Example, Fix, Globs, Location, Rule, Severity, Tree};
use sha1::{Digest, Sha1};

use super::output::found;
use crate::config::{GateConfig, Plugin};
use crate::exec::{self, Cancel, Captured, Command, Secrets, Status};
use crate::gather::copy::put;
use crate::judge::{Described, Found};
use crate::output::{Places, SIZE_BYTES_MAX, Told};
use crate::plugin::{self, Base, Check, File, Request};
use crate::ready::rules_digest;
use crate::receipt::{Reason, hex};

/// A plugin, ready to be asked.
pub struct Asked<'a> {
    /// Its gate.
    pub gate: &'a GateConfig,
    /// What ci.toml says of it.
    pub plugin: &'a Plugin,
    /// How it is started, without a request.
    pub command: Command,
    /// When its time is over.
    pub deadline: Instant,
    /// Interrupts.
    pub cancel: &'a Cancel,
}

impl<'a> Asked<'a> {
    /// `command` is how it is started; its time limit is that of all it is asked.
    #[must_use]
    pub fn new(
        gate: &'a GateConfig,
        plugin: &'a Plugin,
        command: Command,
        cancel: &'a Cancel,
    ) -> Asked<'a> {
        let limit = command.timeout.unwrap_or(Duration::from_secs(3600));
        let deadline = Instant::now() + limit;
        let command = Command { raw: true, output_bytes_max: SIZE_BYTES_MAX, ..command };
        Asked { gate, plugin, command, deadline, cancel }
    }

    /// Its rules.
    ///
    /// # Errors
    /// It does not answer, or not by the protocol.
    pub fn describe(&self) -> Result<Vec<Rule>, Reason> {
        let stdout = self.ask(&Request::describe(&self.gate.name, &self.plugin.options))?;
        plugin::described(&self.gate.name, &stdout)
            .map_err(|why| protocol(format!("asked to describe itself: {why}")))
    }

    /// Its rules, and what their examples showed.
    ///
    /// # Errors
    /// As [`Asked::describe`].
    pub fn prove(&self) -> Result<(Vec<Rule>, Vec<Proof>), Reason> {
        let rules = self.describe()?;
        let proofs = rules.iter().map(|rule| self.prove_rule(rule, &rules)).collect();
        Ok((rules, proofs))
    }

    fn prove_rule(&self, rule: &Rule, rules: &[Rule]) -> Proof {
        let (bad, good) = (rule.bad.len() as u64, rule.good.len() as u64);
        let id = rule.id.to_string();
        let mut proof =
            Proof { rule: id, examples: bad + good, tripped: 0, quiet: 0, failures: Vec::new() };
        for (word, examples) in [("bad", &rule.bad), ("good", &rule.good)] {
            for (index, example) in examples.iter().enumerate() {
                let what = match (self.findings_of(rule, rules, example), word) {
                    (Ok(0), "bad") => "stayed quiet".to_owned(),
                    (Ok(_), "bad") => {
                        proof.tripped += 1;
                        continue;
                    }
                    (Ok(0), _) => {
                        proof.quiet += 1;
                        continue;
                    }
                    (Ok(found), _) => format!("raised {found} finding(s)"),
                    (Err(why), _) => why,
                };
                proof
                    .failures
                    .push(Failure { example: format!("{word} example {}", index + 1), what });
            }
        }
        proof
    }

    /// How many findings of `rule` it has in an example, written out as files.
    fn findings_of(&self, rule: &Rule, rules: &[Rule], example: &Example) -> Result<usize, String> {
        let scene = example.scene().map_err(|error| error.to_string())?;
        if scene.base.is_some() || scene.history.is_some() || !scene.replies.is_empty() {
            return Err("has more than files and @options, which a plugin is not handed".to_owned());
        }
        let mut options = self.plugin.options.clone();
        if let Some(own) = &scene.options {
            options.extend(own.read::<toml::Table>().map_err(|error| error.to_string())?);
        }
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let root = Utf8Path::from_path(folder.path()).ok_or("the temporary folder is not UTF-8")?;
        let mut files = Vec::new();
        for entry in scene.head.list(&Globs::new(["**"]).unwrap_or_default()) {
            let file = scene.head.read_entry(&entry).map_err(|error| error.to_string())?;
            put(folder.path(), &entry.path, entry.kind, file.bytes()).map_err(|e| e.to_string())?;
            let mut name = Sha1::new_with_prefix(format!("blob {}\0", file.bytes().len()));
            name.update(file.bytes());
            files.push(File { blob: Some(hex(&name.finalize())), ..File::of(&entry) });
        }
        let check = Check { root: root.as_str(), base: None, files };
        let stdout = self.ask(&Request::check(&self.gate.name, &options, check));
        let stdout = stdout.map_err(|reason| reason.text)?;
        let answer = plugin::checked(&self.gate.name, rules, &stdout)?;
        let is_its =
            |finding: &&plugin::Finding| rule.id == format!("{}/{}", self.gate.name, finding.rule);
        Ok(answer.findings.iter().filter(is_its).count())
    }

    /// The command that judges `tree`, its request on standard input.
    ///
    /// # Errors
    /// An option that JSON cannot hold.
    pub fn over(
        &self,
        tree: &Tree,
        root: &Utf8Path,
        base: Option<Base>,
    ) -> Result<Command, Reason> {
        let files = self.files(tree).iter().map(File::of).collect();
        let check = Check { root: root.as_str(), base, files };
        self.started(&Request::check(&self.gate.name, &self.plugin.options, check))
    }

    fn files(&self, tree: &Tree) -> Vec<kernel::Entry> {
        tree.list(&Globs::new(&self.plugin.files).unwrap_or_default())
    }

    /// What it found in `tree`, told in `stdout`.
    ///
    /// # Errors
    /// Its answer is not of the protocol, or is about something else.
    pub fn found(
        &self,
        described: Described,
        rules: &[Rule],
        stdout: &Captured,
        tree: &Tree,
        root: &Utf8Path,
    ) -> Result<Found, Reason> {
        let stdout = stdout.whole().ok_or_else(too_long)?;
        let answer = plugin::checked(&self.gate.name, rules, stdout).map_err(protocol)?;
        let handed = self.files(tree);
        if answer.examined.files > handed.len() as u64 {
            let (said, handed) = (answer.examined.files, handed.len());
            return Err(protocol(format!(
                "it says that it judged {said} files and was handed {handed}"
            )));
        }
        let is_handed =
            |path: &str| handed.iter().any(|entry| kernel::slashed(&entry.path) == path);
        if let Some(other) = answer.findings.iter().find(|finding| !is_handed(&finding.path)) {
            return Err(protocol(format!(
                "a finding is in '{}', which it was not handed",
                other.path
            )));
        }
        let tree = tree.retraced(kernel::Pulse::default());
        let places = Places {
            gate: &self.gate.name,
            root,
            dir: Utf8Path::new(""),
            tree: &tree,
            home: Location::file(Utf8Path::new(crate::config::FILE_NAME)),
            secrets: Secrets::of_process(&[]),
        };
        let weight = |rule: &str| {
            let id = format!("{}/{rule}", self.gate.name);
            rules.iter().find(|rule| rule.id == id).map_or(Severity::Error, |rule| rule.severity)
        };
        let told = answer.findings.iter().map(|finding| Told {
            rule: Some(finding.rule.clone()),
            path: Some(finding.path.clone()),
            line: finding.line,
            column: finding.column,
            end_line: finding.end_line,
            end_column: finding.end_column,
            key: finding.key.clone(),
            ..Told::new(
                finding.severity.unwrap_or_else(|| weight(&finding.rule)),
                &*finding.message,
            )
        });
        let mut findings =
            places.findings(told.collect()).map_err(|foreign| protocol(foreign.0))?;
        for (finding, own) in findings.iter_mut().zip(&answer.findings) {
            finding.rule = Cow::Owned(format!("{}/{}", self.gate.name, own.rule));
            finding.label = own.label.as_deref().map(|label| places.one_line(label));
            finding.fix = own.fix.as_deref().map(|fix| Fix::note(places.one_line(fix)));
        }
        let examined =
            Examined { files: answer.examined.files, bytes: 0, items: answer.examined.items };
        let checked = Checked { findings, examined, skipped: answer.skipped, ..Checked::default() };
        Ok(Found { described: Some(described), ..found(self.gate, &tree, checked) })
    }

    fn started(&self, request: &Request<'_>) -> Result<Command, Reason> {
        let line = request.line().map_err(|error| protocol(format!("'options': {error}")))?;
        let left = self.deadline.saturating_duration_since(Instant::now());
        Ok(Command { stdin: Some(line), timeout: Some(left), ..self.command.clone() })
    }

    fn ask(&self, request: &Request<'_>) -> Result<Vec<u8>, Reason> {
        let command = Command { log: None, ..self.started(request)? };
        let ended = exec::run(&command, self.cancel);
        match (&ended.status, ended.stdout.whole()) {
            (Status::Exited(0), Some(stdout)) => Ok(stdout.to_vec()),
            (Status::Exited(0), None) => Err(too_long()),
            (status @ Status::NotFound { .. }, _) => Err(Reason {
                code: "missing-tool".to_owned(),
                text: status.to_string(),
                hint: None,
            }),
            (status, _) => {
                let said = ended.stderr.text();
                let said =
                    said.lines().next_back().map_or(String::new(), |line| format!(": {line}"));
                Err(protocol(format!("it {status}{said}")))
            }
        }
    }
}

/// What the receipt says of a plugin's rules.
#[must_use]
pub fn described(rules: &[Rule], proof: Vec<Proof>) -> Described {
    let ids = rules.iter().map(|rule| rule.id.to_string()).collect();
    Described { rules: ids, sha256: rules_digest(rules), proof }
}

/// A plugin's rules, outside of a run.
///
/// # Errors
/// It does not answer, or not by the protocol.
pub fn describe(
    gate: &GateConfig,
    root: &Utf8Path,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Vec<Rule>, Reason> {
    outside(gate, root, limit, cancel).map_or(Ok(Vec::new()), |asked| asked.describe())
}

/// The same, and what their examples show.
///
/// # Errors
/// It does not answer, or not by the protocol.
pub fn prove(
    gate: &GateConfig,
    root: &Utf8Path,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Vec<Proof>, Reason> {
    let proved = outside(gate, root, limit, cancel).map(|asked| asked.prove()).transpose()?;
    Ok(proved.map(|(_, proofs)| proofs).unwrap_or_default())
}

fn outside<'a>(
    gate: &'a GateConfig,
    root: &Utf8Path,
    limit: Duration,
    cancel: &'a Cancel,
) -> Option<Asked<'a>> {
    let plugin = gate.common.plugin.as_ref()?;
    let command = Command { timeout: Some(limit), ..super::command_of(gate, root) };
    Some(Asked::new(gate, plugin, command, cancel))
}

fn too_long() -> Reason {
    protocol(format!("it answers with more than {} MiB", SIZE_BYTES_MAX >> 20))
}

fn protocol(text: String) -> Reason {
    Reason {
        code: "plugin-protocol".to_owned(),
        text,
        hint: Some("README.md says what a plugin is asked, and how it answers".to_owned()),
    }
}
