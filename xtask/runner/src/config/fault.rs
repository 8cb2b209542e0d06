//! What is wrong with a configuration file, and where.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use camino::{Utf8Path, Utf8PathBuf};
use kernel::ConfigError;

use super::suggest;

/// One fault of a configuration file.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The file.
    pub file: Utf8PathBuf,
    /// Its text.
    pub text: Arc<str>,
    /// What was expected, the user's own text quoted.
    pub message: String,
    /// Bytes it is about.
    pub span: Option<Range<usize>>,
    /// What to write instead.
    pub hint: Option<String>,
}

/// Every fault that was found. The exit code is 2.
#[derive(Clone, Debug)]
pub struct Faults(pub Vec<Fault>);

impl Fault {
    /// A fault of `file`.
    #[must_use]
    pub fn new(
        file: &Utf8Path,
        text: Arc<str>,
        message: String,
        span: Option<Range<usize>>,
    ) -> Fault {
        Fault { file: file.to_owned(), text, message, span, hint: None }
    }

    /// A gate's own complaint about its options, which stand in `file` unless
    /// the complaint names another.
    #[must_use]
    pub fn from_gate(gate: &str, file: &Utf8Path, text: &Arc<str>, error: &ConfigError) -> Fault {
        let (message, hint) = suggest::reworded(&error.message);
        let (file, text, span) = match &error.file {
            Some(other) => (other.as_path(), Arc::from(""), None),
            None => (file, Arc::clone(text), error.span.clone()),
        };
        Fault {
            file: file.to_owned(),
            text,
            message: format!("gate '{gate}': {message}"),
            span,
            hint: error.hint.clone().or(hint),
        }
    }

    /// rustc's form: the line with a caret and what to write instead.
    #[must_use]
    pub fn render(&self, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(&self.message);
        let group = match &self.span {
            Some(span) if span.end <= self.text.len() && !self.text.is_empty() => {
                let annotation = AnnotationKind::Primary.span(span.clone());
                let snippet = Snippet::source(&*self.text).path(self.file.as_str());
                title.element(snippet.annotation(annotation))
            }
            _ => title.element(annotate_snippets::Origin::path(self.file.as_str())),
        };
        let group: Group<'_> = match &self.hint {
            Some(hint) => group.element(Level::HELP.message(hint)),
            None => group,
        };
        renderer.render(&[group])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{}", fault.render(&Renderer::plain()))?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
