//! Results that stand: what an earlier run came to, taken where this one would
//! see the same.
//!
//! ```text
//! context   program, kind, options, rules, configuration; base, history
//! inputs    what the gate asked of the tree, and each answer's blob
//! whole     every path and blob: while that is as it was, no question is asked
//! ```
//!
//! A built-in gate is pure, and its tree notes every question: equal context and
//! equal answers make an equal result. Policy (waivers, baseline, severities) is
//! laid over it anew each time. A command's pass stands where it declares its
//! `inputs`. Nothing is taken in CI, nor under `--no-reuse`.

mod command;
mod context;
mod files;
mod inputs;
mod later;
mod read;
mod shared;
mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Checked, Tree};
use serde::{Deserialize, Serialize};

use crate::gather::Gatherer;
use crate::ready::Ready;
use crate::receipt::{Artifact, Attempt, Reuse, ReuseState, sha256};
use crate::repo::atomic_write;
use crate::tool::Program;
use crate::waiver::Comment;

pub use command::ALWAYS;
use context::Context;
pub use files::FileResults;
pub use inputs::Asked;
use inputs::Inputs;
pub use later::Later;
pub use read::Read;
pub use shared::Shared;
pub use whole::{Named, whole};

/// Results kept of one gate: the work tree, the index and the commits that a
/// hook judges take turns.
const KEPT_MAX: usize = 4;
/// A result that is longer as text is quicker judged again.
const SIZE_BYTES_MAX: usize = 4 << 20;

/// Where results are kept.
pub struct Results<'a> {
    /// None where nothing is taken, nor kept here.
    dir: Option<Utf8PathBuf>,
    shared: Option<Shared>,
    program: &'a Program,
}

/// What a gate came to, with everything that it rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    context: Context,
    asked: Later<Asked>,
    inputs: String,
    /// [`whole`] of the tree that it was judged over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<String>,
    /// Digest of the gate's trace.
    pub trace_sha256: String,
    /// A built-in gate's own word.
    pub checked: Checked,
    /// What a command's pass left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<Passed>,
    /// Waiver comments in the files it read.
    pub comments: Vec<(Utf8PathBuf, Vec<Comment>)>,
    /// Digest of the receipt in which it really ran.
    pub from: String,
}

/// What a command that passed leaves for its row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Passed {
    /// How it was tried.
    pub attempts: Vec<Attempt>,
    /// What it left behind.
    pub artifacts: Vec<Artifact>,
}

/// What was found of an earlier run.
pub enum Looked {
    /// Nothing was looked for.
    Off,
    /// Nothing that holds; what is gathered beside the tree goes by this name.
    Miss(String),
    /// A result that stands.
    Hit(Box<Standing>),
}

/// A result that stands.
pub struct Standing {
    /// What it was found under.
    pub key: String,
    /// The result.
    pub kept: Kept,
    /// The files it read, now as then.
    pub read: Arc<Read>,
}

/// A result of this run that may stand for the next one.
pub struct Fresh {
    /// Its gate.
    pub gate: String,
    /// What it will be found under.
    pub key: String,
    kept: Kept,
    inputs: Inputs,
}

impl<'a> Results<'a> {
    /// Results kept in `state`; with `reuse` false none are taken or kept.
    #[must_use]
    pub fn open(state: Option<&Utf8Path>, program: &'a Program, reuse: bool) -> Results<'a> {
        let dir = state.filter(|_| reuse).map(|state| state.join("results"));
        Results { dir, shared: None, program }
    }

    /// Besides, the cache of a team.
    #[must_use]
    pub fn and(mut self, shared: Option<Shared>) -> Results<'a> {
        self.shared = shared;
        self
    }

    /// Why the team's cache was left alone, if it was.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.shared.as_ref().and_then(Shared::fault)
    }

    /// Looks for a result of `ready` that stands over `tree`.
    #[must_use]
    pub fn look(&self, ready: &Ready, named: Named<'_>, gatherer: &dyn Gatherer) -> Looked {
        let is_kept = self.dir.is_some() || self.shared.as_ref().is_some_and(Shared::writes);
        // What a command or a server answers is in no tree.
        let asks = !ready.wants.requests.is_empty() || ready.wants.more;
        if !is_kept || asks {
            return Looked::Off;
        }
        // Named before anything is judged: what moves meanwhile is of the next run.
        let Some(gathered) = gatherer.names(&ready.wants) else { return Looked::Off };
        let context = || Some(Context::of(self.program()?, ready, &gathered));
        let found = self.dir.as_ref().and_then(|dir| {
            let shared = || self.shared.as_ref()?.find(&context()?, named.tree);
            find(dir, &ready.name, &context, named).or_else(shared)
        });
        match found {
            Some(standing) => Looked::Hit(Box::new(standing)),
            None => Looked::Miss(gathered),
        }
    }

    /// What a row says where nothing was found, or only files that had not changed.
    #[must_use]
    pub fn judged(&self, fresh: &Fresh, has_taken: bool) -> Reuse {
        let state = match self.dir {
            // What is only left for others was not looked for.
            None => return off(),
            Some(_) if has_taken => ReuseState::Part,
            Some(_) => ReuseState::Miss,
        };
        Reuse { state, key: Some(fresh.key.clone()), from: None }
    }

    /// What `ready` came to, ready to be kept. None where an answer of the tree
    /// has no name: a file past the size limit, say.
    #[must_use]
    pub fn fresh(
        &self,
        ready: &Ready,
        gathered: &str,
        tree: &Tree,
        trace_sha256: &str,
        checked: &Checked,
        whole: Option<&str>,
    ) -> Option<Fresh> {
        let asked = Asked::of(&tree.trace());
        let inputs = asked.answered(tree)?;
        let context = Context::of(self.program()?, ready, gathered);
        let digest = inputs.digest();
        Some(Fresh {
            gate: ready.name.clone(),
            key: key(&context, &digest),
            kept: Kept {
                context,
                asked: Later::of(&asked)?,
                inputs: digest,
                whole: whole.map(str::to_owned),
                trace_sha256: trace_sha256.to_owned(),
                checked: checked.clone(),
                passed: None,
                comments: Vec::new(),
                from: String::new(),
            },
            inputs,
        })
    }

    /// Keeps a result under the digest of the receipt that tells of it. `comments`
    /// are those of every file that was read. A failure to write costs only the
    /// next run's time.
    pub fn keep(
        &self,
        fresh: Fresh,
        comments: &BTreeMap<Utf8PathBuf, Vec<Comment>>,
        receipt_sha256: &str,
    ) {
        let Fresh { gate, mut kept, inputs, .. } = fresh;
        receipt_sha256.clone_into(&mut kept.from);
        kept.comments = comments
            .iter()
            .filter(|(path, _)| inputs.has(path))
            .map(|(path, comments)| (path.clone(), comments.clone()))
            .collect();
        // Another's tree may differ in what the gate never asked about.
        let whole = kept.whole.take();
        // A command rests on what is installed here.
        if let Some(shared) = self.shared.as_ref().filter(|_| kept.passed.is_none()) {
            shared.put(&kept);
        }
        kept.whole = whole;
        let Some(dir) = &self.dir else { return };
        if std::fs::create_dir_all(dir).is_err() {
            return;
        }
        let file = dir.join(file_name(&gate));
        let mut all = read(&file);
        all.retain(|other| other.context != kept.context || other.inputs != kept.inputs);
        all.insert(0, kept);
        all.truncate(KEPT_MAX);
        let text = serde_json::to_vec(&all).ok().filter(|text| text.len() <= SIZE_BYTES_MAX);
        let _kept = text.is_some_and(|text| atomic_write(&file, &text).is_ok());
        let _told = atomic_write(&file.with_extension("inputs"), inputs.text().as_bytes());
    }

    /// What is other than when `ready` was judged last, in words; nothing if no
    /// result of it is kept.
    #[must_use]
    pub fn moved(&self, ready: &Ready, tree: &Tree, gathered: &str) -> Vec<String> {
        self.moved_since(&ready.name, tree, |program| Context::of(program, ready, gathered))
    }

    /// The digest of the running program; none where it cannot be read: what
    /// another program came to must not stand for this one.
    fn program(&self) -> Option<&str> {
        Some(self.program.digest()).filter(|digest| !digest.is_empty())
    }

    fn moved_since(
        &self,
        gate: &str,
        tree: &Tree,
        context: impl Fn(&str) -> Context,
    ) -> Vec<String> {
        let Some(dir) = &self.dir else { return Vec::new() };
        let file = dir.join(file_name(gate));
        let Some(last) = read(&file).into_iter().next() else { return Vec::new() };
        let Some(program) = self.program() else { return Vec::new() };
        let now = context(program);
        let mut moved: Vec<String> = now.moved_since(&last.context);
        if let Ok(seen) = std::fs::read_to_string(file.with_extension("inputs")) {
            let now = last.asked.get().unwrap_or_default().answers(tree);
            moved.extend(now.moved_since(&Inputs::parse(&seen)));
        }
        moved
    }
}

/// What a row says where nothing was looked for.
#[must_use]
pub fn off() -> Reuse {
    Reuse { state: ReuseState::Off, key: None, from: None }
}

/// What it says of files alone, where the whole is never kept: they are known by
/// the gate's trace.
#[must_use]
pub fn part(trace_sha256: &str) -> Reuse {
    Reuse { state: ReuseState::Part, key: Some(trace_sha256.to_owned()), from: None }
}

/// What it says where a result was taken.
#[must_use]
pub fn hit(standing: &Standing) -> Reuse {
    let from = Some(standing.kept.from.clone());
    Reuse { state: ReuseState::Hit, key: Some(standing.key.clone()), from }
}

/// A result of `gate` that stands over `tree`.
fn find(
    dir: &Utf8Path,
    gate: &str,
    context: &dyn Fn() -> Option<Context>,
    named: Named<'_>,
) -> Option<Standing> {
    let mut kept = read(&dir.join(file_name(gate)));
    // Where nothing is kept, nobody waits for the program's digest.
    let context = if kept.is_empty() { None } else { context() }?;
    kept.retain(|kept| kept.context == context);
    // Where nothing moved at all, nothing needs to be asked.
    let is_whole = |kept: &Kept| kept.whole.is_some() && kept.whole.as_deref() == named.whole;
    let stands = |kept: &Kept| {
        let digest = kept.asked.get().and_then(|asked| asked.digest(named.tree));
        digest.is_some_and(|digest| digest == kept.inputs)
    };
    let at = kept.iter().position(is_whole).or_else(|| kept.iter().position(stands))?;
    let kept = kept.swap_remove(at);
    let read = Arc::new(Read::later(kept.asked.clone(), named.tree));
    Some(Standing { key: key(&context, &kept.inputs), kept, read })
}

fn key(context: &Context, inputs: &str) -> String {
    sha256(format!("{context:?}\0{inputs}").as_bytes())
}

/// What cannot be read is not there: it is judged again.
fn read(file: &Utf8Path) -> Vec<Kept> {
    let bytes = std::fs::read(file).ok();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// A gate's name may hold what a file's may not.
fn file_name(gate: &str) -> String {
    format!("{}.json", sha256(gate.as_bytes()).get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_cannot_be_read_takes_and_keeps_nothing() {
        let (named, unread) = (Program::known("ab"), Program::known(""));
        assert_eq!(Results::open(None, &named, true).program(), Some("ab"));
        assert_eq!(Results::open(None, &unread, true).program(), None);
    }
}
