//! What a gate found, as values. Words, colours and formats are the reports'.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

use crate::{ObjectId, SourceFile};

/// How much a rule's findings weigh.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Told, never red.
    Note,
    /// Shown, red only where ci.toml raises it.
    Warning,
    /// Red.
    Error,
}

impl Severity {
    /// The word used in messages, ci.toml and receipts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A range of a file: lines and columns from 1, columns in characters, the
/// end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
}

/// Where something is: a file, mostly a range of it, sometimes in a commit
/// other than the one that is judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Relative to the repository.
    pub path: Utf8PathBuf,
    /// The range; none means the file as a whole.
    pub span: Option<Span>,
    /// The commit that holds it, where that is not the judged tree.
    pub commit: Option<ObjectId>,
}

impl Location {
    /// A file as a whole.
    #[must_use]
    pub fn file(path: &Utf8Path) -> Location {
        Location { path: path.to_owned(), span: None, commit: None }
    }

    /// The byte range `bytes` of `file`.
    #[must_use]
    pub fn of(file: &SourceFile, bytes: Range<usize>) -> Location {
        Location { path: file.path().to_owned(), span: Some(file.span(bytes)), commit: None }
    }
}

/// Another place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// Where it is.
    pub at: Location,
    /// Why it matters here.
    pub label: String,
}

/// Replace the bytes `start..end` of `path` by `text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edit {
    /// Relative to the repository.
    #[schemars(with = "String")]
    pub path: Utf8PathBuf,
    /// First byte replaced.
    pub start: usize,
    /// Byte after the last one replaced.
    pub end: usize,
    /// What stands there afterwards.
    pub text: String,
}

/// How to mend a finding: words for a person and, where a machine can do it,
/// byte-exact edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What to write instead, e.g. `pin the commit: actions/checkout@<40 hex>`.
    pub note: String,
    /// Edits that apply together or not at all; empty if a person must decide.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix in words.
    #[must_use]
    pub fn note(note: impl Into<String>) -> Fix {
        Fix { note: note.into(), edits: Vec::new() }
    }
}

/// One fault of the tree. That the gate could *not* judge is a
/// [`crate::GateError`], never a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Full rule id, `<kind>/<offence>`.
    pub rule: Cow<'static, str>,
    /// Set where this one finding weighs other than its rule does.
    pub severity: Option<Severity>,
    /// Where.
    pub at: Location,
    /// One line: lower-case start, the user's own text quoted, no final stop.
    pub message: String,
    /// What stands under the caret.
    pub label: Option<String>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// What a rule's allow entries are matched against, e.g. the `uses:` value.
    pub subject: Option<String>,
    /// What stays the same while lines move: the baseline's key. None takes
    /// the text of the finding's first line.
    pub key: Option<String>,
    /// The offending lines as they stand. A gate leaves it to whoever runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Whether the offending line may be shown and kept. False where it could
    /// hold a secret.
    pub show_source: bool,
    /// Further lines that an exception in a comment may cover, e.g. the first
    /// line of the statement that the finding is somewhere in.
    pub waiver_lines: Vec<u32>,
}

impl Finding {
    /// A finding at `at`; the rest is set by the methods below.
    #[must_use]
    pub fn new(
        rule: impl Into<Cow<'static, str>>,
        at: Location,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            rule: rule.into(),
            severity: None,
            at,
            message: message.into(),
            label: None,
            related: Vec::new(),
            fix: None,
            subject: None,
            key: None,
            quote: None,
            show_source: true,
            waiver_lines: Vec::new(),
        }
    }

    /// What stands under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Finding {
        self.label = Some(label.into());
        self
    }

    /// How to mend it, in words.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Finding {
        self.fix = Some(fix);
        self
    }

    /// Another place that explains it.
    #[must_use]
    pub fn related(mut self, at: Location, label: impl Into<String>) -> Finding {
        self.related.push(Related { at, label: label.into() });
        self
    }

    /// What allow entries are matched against.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Finding {
        self.subject = Some(subject.into());
        self
    }

    /// The baseline's key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Finding {
        self.key = Some(key.into());
        self
    }

    /// Weighs other than its rule.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Finding {
        self.severity = Some(severity);
        self
    }

    /// An exception in a comment may cover these lines besides its own.
    #[must_use]
    pub fn waiver_lines(mut self, lines: impl IntoIterator<Item = u32>) -> Finding {
        self.waiver_lines.extend(lines);
        self
    }

    /// The offending line is neither shown nor kept. `key` must be set, with
    /// the secret blanked.
    #[must_use]
    pub fn hide_source(mut self) -> Finding {
        self.show_source = false;
        self
    }
}
