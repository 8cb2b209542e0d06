//! What is shipped: bytes that must not be in it, a start that it must refuse,
//! and a twin in which each of these probes must trip.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{ArtifactRequest, CommandRequest, ConfigError, Reply, Request};

use crate::settings::{BinarySettings, RefusesSettings};

/// `[[gate.editions-gate.binary]]`, ready to be asked for.
#[derive(Debug)]
pub(crate) struct Binary {
    pub(crate) artifact: Utf8PathBuf,
    pub(crate) twin: Option<Utf8PathBuf>,
    pub(crate) absent: Vec<String>,
    pub(crate) refuses: Option<RefusesSettings>,
}

/// How long a program may take to say that it does not start.
const REFUSAL_S: u64 = 10;

/// How a program answered to a start that it must refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// It ended with an error and said the message.
    Refused,
    /// It ended with an error and said something else.
    Otherwise(i32),
    /// It ended well, or went on running.
    Started,
}

impl Binary {
    /// Reads one table.
    ///
    /// # Errors
    /// Nothing that could be found.
    pub(crate) fn new(settings: &BinarySettings) -> Result<Binary, ConfigError> {
        let artifact = &settings.artifact;
        let wrong = |why: &str| {
            ConfigError::new(format!("binary '{artifact}': {why}"))
                .hint("write absent = [\"pkg/ee/\"], or refuses = { env = { … }, message = \"…\" }")
        };
        if settings.absent.is_empty() && settings.refuses.is_none() {
            return Err(wrong("nothing is asked of it"));
        }
        if settings.absent.iter().any(|text| text.len() < 4) {
            return Err(wrong("'absent' has a text of less than four bytes, which is everywhere"));
        }
        if settings.refuses.as_ref().is_some_and(|refuses| refuses.message.is_empty()) {
            return Err(wrong("the message of 'refuses' is empty"));
        }
        let inside = |path: &Utf8Path| crate::reference::join("".into(), path.as_str()).is_some();
        if !inside(artifact) || !settings.twin.as_deref().is_none_or(inside) {
            return Err(wrong("it is outside of the repository"));
        }
        Ok(Binary {
            artifact: artifact.clone(),
            twin: settings.twin.clone(),
            absent: settings.absent.clone(),
            refuses: settings.refuses.clone(),
        })
    }

    /// The name under which a file's bytes are found.
    pub(crate) fn bytes_name(path: &Utf8Path) -> String {
        format!("artifact {path}")
    }

    /// The name under which a start's end is found.
    pub(crate) fn start_name(path: &Utf8Path) -> String {
        format!("start {path}")
    }

    /// What has to be read and started.
    pub(crate) fn requests(&self) -> Vec<(String, Request)> {
        let mut requests = Vec::new();
        for path in [Some(&self.artifact), self.twin.as_ref()].into_iter().flatten() {
            let artifact = Request::Artifact(ArtifactRequest { path: path.clone() });
            requests.push((Binary::bytes_name(path), artifact));
            if let Some(refuses) = &self.refuses {
                let program = format!("./{}", path.as_str().trim_start_matches("./"));
                let command = CommandRequest {
                    argv: std::iter::once(program).chain(refuses.args.iter().cloned()).collect(),
                    env: refuses.env.clone(),
                    timeout: Some(Duration::from_secs(refuses.within_s.unwrap_or(REFUSAL_S))),
                    may_outlive: true,
                    ..CommandRequest::default()
                };
                requests.push((Binary::start_name(path), Request::Command(command)));
            }
        }
        requests
    }
}

impl Start {
    /// What a reply says; none where it is no answer to a start.
    pub(crate) fn of(reply: &Reply, message: &str) -> Option<Start> {
        match reply {
            Reply::Unended | Reply::Command { exit_code: 0, .. } => Some(Start::Started),
            Reply::Command { exit_code, stdout, stderr } => {
                let says = |bytes| memchr::memmem::find(bytes, message.as_bytes()).is_some();
                let is_said = says(stdout) || says(stderr);
                Some(if is_said { Start::Refused } else { Start::Otherwise(*exit_code) })
            }
            _ => None,
        }
    }
}
