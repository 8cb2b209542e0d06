//! Examples: evidence written down as text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use camino::Utf8PathBuf;

use crate::{
    Commit, EntryKind, Evidence, HistoryScope, Literal, LiteralHistory, Options, Pulse, Reply, Tree,
};

/// Evidence as text: documentation, test and canary of a rule.
///
/// Sections begin with a line `-- NAME --`:
///
/// ```text
/// -- .github/workflows/ci.yml --      a file of the judged tree
/// -- base: migrations/1.sql --        a file of the base tree
/// -- @options --                      keys laid over the gate's own in ci.toml
/// -- @commit add the key --           begins a commit with that message ...
/// -- commit: config.py --             ... that adds or replaces a file ...
/// -- commit-removes: config.py --     ... or removes one
/// -- @range --                        the history is a pushed range, not all of it
/// -- @reply routes 0 --               output of the command asked for as `routes`
/// -- @database schema --              a session's trace as TOML, asked for as `schema`
/// -- @artifact dist/x --              bytes of the artifact asked for as `artifact dist/x`
/// -- @unended boot --                 the command asked for as `boot` went on running
/// -- @symlink: link --                a symbolic link; its text is the target
/// ```
///
/// Each file ends with the line end before the next section.
#[derive(Clone, Debug)]
pub struct Example {
    /// The sections.
    pub text: Cow<'static, str>,
    /// What `explain` shows instead, where the text holds something that looks
    /// like a secret.
    pub shown: Option<Cow<'static, str>>,
}

/// A section that is not of the grammar above. The mistake of whoever wrote
/// the example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleError {
    /// Line in the example's text, from 1.
    pub line: usize,
    /// What was expected.
    pub reason: String,
}

impl fmt::Display for ExampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "example, line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for ExampleError {}

/// An example read into evidence.
#[derive(Debug)]
pub struct Scene {
    /// Keys laid over the gate's own; none where the example sets no options.
    pub options: Option<Options>,
    /// The judged tree.
    pub head: Tree,
    /// The base tree, if the example has one.
    pub base: Option<Tree>,
    /// The history, if the example has one.
    pub history: Option<LiteralHistory>,
    /// Recorded command output.
    pub replies: BTreeMap<String, Reply>,
    pulse: Pulse,
}

impl Example {
    /// An example from its sections.
    #[must_use]
    pub const fn new(text: &'static str) -> Example {
        Example { text: Cow::Borrowed(text), shown: None }
    }

    /// An example made at run time, of which `explain` shows `shown`.
    #[must_use]
    pub fn masked(text: String, shown: String) -> Example {
        Example { text: Cow::Owned(text), shown: Some(Cow::Owned(shown)) }
    }

    /// What a person is shown.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.text)
    }

    /// Reads the sections.
    ///
    /// # Errors
    /// A section of another form, or text before the first one.
    pub fn scene(&self) -> Result<Scene, ExampleError> {
        let mut stage = Stage::default();
        for section in sections(&self.text)? {
            stage.add(&section)?;
        }
        Ok(stage.scene())
    }
}

impl Scene {
    /// The evidence for a gate.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence {
            head: &self.head,
            base: self.base.as_ref(),
            history: self.history.as_ref().map(|history| history as &dyn crate::History),
            replies: &self.replies,
            remarks: &[],
            pulse: &self.pulse,
        }
    }
}

struct Section<'a> {
    line: usize,
    name: &'a str,
    body: String,
}

fn sections(text: &str) -> Result<Vec<Section<'_>>, ExampleError> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let header = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
        match (header, sections.last_mut()) {
            (Some(name), _) => {
                sections.push(Section { line: index + 1, name, body: String::new() })
            }
            (None, Some(section)) => section.body.push_str(line),
            (None, None) if line.trim().is_empty() => {}
            (None, None) => {
                let reason = "text before the first section; begin with '-- path --'".to_owned();
                return Err(ExampleError { line: index + 1, reason });
            }
        }
    }
    Ok(sections)
}

#[derive(Default)]
struct Stage {
    options: Option<Options>,
    head: Literal,
    base: Option<Literal>,
    commits: Vec<Commit>,
    range: bool,
    replies: BTreeMap<String, Reply>,
}

impl Stage {
    fn add(&mut self, section: &Section<'_>) -> Result<(), ExampleError> {
        let error = |reason: &str| ExampleError { line: section.line, reason: reason.to_owned() };
        let body = section.body.clone().into_bytes();
        let (keyword, rest) = match section.name.split_once(' ') {
            Some((keyword, rest)) => (keyword, rest.trim()),
            None => (section.name, ""),
        };
        match keyword {
            "@options" => self.options = Some(Options::of(&section.body)),
            "@range" => self.range = true,
            "@commit" => {
                let mut commit = Commit { message: rest.to_owned(), ..Commit::default() };
                if let Some(last) = self.commits.last() {
                    commit.files = last.files.clone();
                    commit.parents = vec![self.commits.len() - 1];
                }
                self.commits.push(commit);
            }
            "commit:" => {
                let commit = self.commits.last_mut();
                let commit = commit
                    .ok_or_else(|| error("a file before the first '-- @commit message --'"))?;
                commit.files.insert(rest.into(), body);
            }
            "commit-removes:" => {
                let commit = self.commits.last_mut();
                let commit = commit
                    .ok_or_else(|| error("a file before the first '-- @commit message --'"))?;
                commit.files.remove(&Utf8PathBuf::from(rest));
            }
            "@reply" => {
                let exit =
                    rest.rsplit_once(' ').and_then(|(name, code)| Some((name, code.parse().ok()?)));
                let (name, exit_code) =
                    exit.ok_or_else(|| error("expected '-- @reply NAME EXIT-CODE --'"))?;
                let reply = Reply::Command { exit_code, stdout: body, stderr: Vec::new() };
                self.replies.insert(name.to_owned(), reply);
            }
            "@database" => {
                let trace = toml::from_str(&section.body);
                let trace =
                    trace.map_err(|_| error("expected a DatabaseTrace, written as TOML"))?;
                self.replies.insert(rest.to_owned(), Reply::Database(Ok(Box::new(trace))));
            }
            "@artifact" => {
                self.replies.insert(format!("artifact {rest}"), Reply::Artifact { bytes: body });
            }
            "@unended" => {
                self.replies.insert(rest.to_owned(), Reply::Unended);
            }
            "base:" => {
                let base = self.base.get_or_insert_default();
                base.insert(rest.into(), EntryKind::File, body);
            }
            "@symlink:" => {
                let target = section.body.trim_end().as_bytes().to_vec();
                self.head.insert(rest.into(), EntryKind::Symlink, target);
            }
            other if other.starts_with('@') => {
                return Err(error(
                    "unknown section; known are @options @commit @range @reply @database @artifact @unended @symlink",
                ));
            }
            _ => self.head.insert(section.name.into(), EntryKind::File, body),
        }
        Ok(())
    }

    fn scene(self) -> Scene {
        let scope = if self.range { HistoryScope::Range } else { HistoryScope::Full };
        let has_history = self.range || !self.commits.is_empty();
        Scene {
            options: self.options,
            head: Tree::new(std::sync::Arc::new(self.head)),
            base: self.base.map(|base| Tree::new(std::sync::Arc::new(base))),
            history: has_history.then(|| LiteralHistory::new(scope, self.commits)),
            replies: self.replies,
            pulse: Pulse::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::{Globs, History, HistoryBlob, Look, Seen};

    /// Suspects everything.
    struct All;

    impl Look for All {
        fn blob(&self, _: HistoryBlob<'_>) -> Seen {
            Seen { is_suspect: true, kinds: 0, note: 0 }
        }
    }

    fn scene(text: &'static str) -> Scene {
        Example::new(text).scene().unwrap()
    }

    #[test]
    fn files_options_base_and_replies() {
        let scene = scene(
            "-- a.yml --\nx: 1\n-- base: a.yml --\nx: 0\n-- @options --\ndepth = 2\n-- @reply routes 3 --\nGET /\n",
        );
        assert_eq!(scene.head.read(Utf8Path::new("a.yml")).unwrap().text(), Some("x: 1\n"));
        let base = scene.base.as_ref().unwrap();
        assert_eq!(base.read(Utf8Path::new("a.yml")).unwrap().text(), Some("x: 0\n"));
        assert_eq!(scene.options.as_ref().unwrap().canonical().unwrap(), "depth = 2\n");
        let reply = Reply::Command { exit_code: 3, stdout: b"GET /\n".to_vec(), stderr: vec![] };
        assert_eq!(scene.evidence().replies["routes"], reply);
    }

    #[test]
    fn a_session_is_recorded() {
        let text =
            "-- @database schema --\nserver = 'PostgreSQL 15.1'\n[[scripts]]\npath = 'm/1.sql'\n";
        let scene = scene(text);
        let Some(Reply::Database(Ok(trace))) = scene.evidence().replies.get("schema") else {
            panic!("no trace");
        };
        assert_eq!((trace.server.as_str(), trace.scripts.len()), ("PostgreSQL 15.1", 1));
        assert_eq!(Example::new("-- @database x --\nserve = 1\n").scene().unwrap_err().line, 1);
    }

    #[test]
    fn commits_build_on_each_other() {
        let scene = scene(
            "-- @commit one --\n-- commit: a --\n1\n-- commit: b --\n2\n-- @commit two --\n-- commit-removes: a --\n",
        );
        let history = scene.history.unwrap();
        assert_eq!(history.state().commits, 2);
        let blobs = history.blobs(&All).unwrap().suspects.into_keys().collect();
        let introduced = history.introductions(&blobs).unwrap();
        assert_eq!(introduced.len(), 2, "removing a file introduces nothing");
        assert!(introduced.iter().all(|found| found.parents.is_empty()));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        assert_eq!(Example::new("stray\n").scene().unwrap_err().line, 1);
        assert_eq!(Example::new("-- a --\n-- @optoins --\n").scene().unwrap_err().line, 2);
        assert_eq!(Example::new("-- commit: a --\n").scene().unwrap_err().line, 1);
    }

    #[test]
    fn an_empty_example_is_an_empty_tree() {
        let scene = scene("");
        assert!(scene.head.list(&Globs::new(["**"]).unwrap()).is_empty());
        assert!(scene.base.is_none() && scene.history.is_none());
    }
}
