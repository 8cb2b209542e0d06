//! The product of the core alone, built: which commands, over which tree.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::{CommandRequest, ConfigError, Globs, Request};

use crate::boundary::Boundary;
use crate::project::Files;
use crate::settings::{BuildSettings, Isolate};

/// `[gate.editions-gate.build]`, ready to be asked for.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) commands: Vec<Vec<String>>,
    /// What the commands do without.
    pub(crate) restricted: Vec<String>,
    isolate: Isolate,
    env: BTreeMap<String, String>,
    timeout: Option<Duration>,
    /// Go's overlay, where it is asked for.
    overlay: Vec<u8>,
}

/// What a Go command is told of the files that are not there.
const OVERLAY: &str = "overlay.json";

impl Build {
    /// Reads the table.
    ///
    /// # Errors
    /// No command, or an overlay for a program that knows none.
    pub(crate) fn new(
        settings: &BuildSettings,
        boundaries: &[Boundary],
        files: &Files,
    ) -> Result<Build, ConfigError> {
        let boundary = match &settings.boundary {
            Some(name) => boundaries.iter().find(|boundary| boundary.name == *name),
            None => boundaries.first(),
        };
        let boundary = boundary.ok_or_else(|| {
            let name = settings.boundary.as_deref().unwrap_or_default();
            ConfigError::new(format!("build: there is no boundary '{name}'"))
                .hint("write boundary = \"…\", the name of a [[gate.editions-gate.boundary]]")
        })?;
        if settings.run.is_empty() || settings.run.iter().any(Vec::is_empty) {
            return Err(ConfigError::new("build: 'run' has no command, or an empty one")
                .hint("write run = [[\"go\", \"build\", \"-tags\", \"core\", \"./...\"]]"));
        }
        let other = settings.run.iter().filter_map(|argv| argv.first()).find(|name| *name != "go");
        if let (Isolate::Overlay, Some(other)) = (settings.isolate, other) {
            let text =
                format!("build: '{other}' knows no overlay: only 'go' leaves files out by itself");
            return Err(ConfigError::new(text).hint("write isolate = \"copy\""));
        }
        let gone = files.iter().filter(|path| boundary.restricts(path));
        let mut gone: Vec<&str> = gone.map(camino::Utf8Path::as_str).collect();
        gone.sort_unstable();
        let replaced: serde_json::Map<String, serde_json::Value> =
            gone.into_iter().map(|path| (path.to_owned(), "".into())).collect();
        Ok(Build {
            commands: settings.run.clone(),
            restricted: boundary.restricted_patterns().map(str::to_owned).collect(),
            isolate: settings.isolate,
            env: settings.env.clone(),
            timeout: settings.timeout_s.map(Duration::from_secs),
            overlay: serde_json::json!({ "Replace": replaced }).to_string().into_bytes(),
        })
    }

    /// The name under which a command's reply is found.
    pub(crate) fn name(index: usize) -> String {
        format!("build {index:02}")
    }

    /// What has to be run.
    pub(crate) fn requests(&self) -> impl Iterator<Item = (String, Request)> {
        self.commands.iter().enumerate().map(|(index, argv)| {
            let mut request = CommandRequest {
                argv: argv.clone(),
                env: self.env.clone(),
                timeout: self.timeout,
                ..CommandRequest::default()
            };
            match self.isolate {
                Isolate::Copy => {
                    request.without = Globs::new(&self.restricted).unwrap_or_default();
                    // Beside the copy, so that the next run finds it.
                    let target = || "{cache}/cargo".to_owned();
                    request.env.entry("CARGO_TARGET_DIR".to_owned()).or_insert_with(target);
                }
                Isolate::Overlay => {
                    let flags = request.env.entry("GOFLAGS".to_owned()).or_default();
                    *flags =
                        format!("{flags} -overlay={{scratch}}/{OVERLAY}").trim_start().to_owned();
                    request.scratch.insert(OVERLAY.to_owned(), self.overlay.clone());
                }
            }
            (Build::name(index), Request::Command(request))
        })
    }
}
