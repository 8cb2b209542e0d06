//! Results that stand: what an earlier run came to, taken where this one would
//! see the same.
//!
//! ```text
//! context   program, kind, name, options, rules, configuration; base, history
//! inputs    what the gate asked of the tree, and each answer's blob
//! ```
//!
//! A gate is pure, and its tree notes every question: equal context and equal
//! answers make an equal result. Policy (waivers, baseline, severities) is laid
//! over it anew each time. Nothing is taken in CI, nor under `--no-reuse`.

mod context;
mod inputs;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{Checked, Tree};
use serde::{Deserialize, Serialize};

use crate::gather::Gatherer;
use crate::ready::Ready;
use crate::receipt::sha256;
use crate::repo::atomic_write;
use crate::tool::Program;
use crate::waiver::Comment;

use context::Context;
use inputs::{Asked, Inputs};

/// Results kept of one gate: the work tree, the index and the commits that a
/// hook judges take turns.
const KEPT_MAX: usize = 4;
/// A result that is longer as text is quicker judged again.
const SIZE_BYTES_MAX: usize = 4 << 20;

/// Where results are kept.
pub struct Results<'a> {
    /// None where nothing is kept or taken.
    dir: Option<Utf8PathBuf>,
    program: &'a Program,
}

/// What a gate came to, with everything that it rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    context: Context,
    asked: Asked,
    inputs: String,
    /// Digest of the gate's trace.
    pub trace_sha256: String,
    /// The gate's own word.
    pub checked: Checked,
    /// Waiver comments in the files it read.
    pub comments: Vec<(Utf8PathBuf, Vec<Comment>)>,
    /// Digest of the receipt in which it really ran.
    pub from: String,
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
    pub read: Vec<String>,
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
        Results { dir, program }
    }

    /// Looks for a result of `ready` that stands over `tree`.
    #[must_use]
    pub fn look(&self, ready: &Ready, tree: &Tree, gatherer: &dyn Gatherer) -> Looked {
        // What a command or a server answers is in no tree.
        let Some(dir) = self.dir.as_ref().filter(|_| ready.wants.requests.is_empty()) else {
            return Looked::Off;
        };
        // Named before anything is judged: what moves meanwhile is of the next run.
        let Some(gathered) = gatherer.names(&ready.wants) else { return Looked::Off };
        let kept = read(&dir.join(file_name(&ready.name)));
        // Where nothing is kept, nobody waits for the program's digest.
        if kept.is_empty() {
            return Looked::Miss(gathered);
        }
        let context = Context::of(self.program.digest(), ready, &gathered);
        for kept in kept.into_iter().filter(|kept| kept.context == context) {
            let Some(inputs) = kept.asked.answered(tree) else { continue };
            if inputs.digest() == kept.inputs {
                let key = key(&context, &kept.inputs);
                let read = kept.asked.read(&inputs);
                return Looked::Hit(Box::new(Standing { key, kept, read }));
            }
        }
        Looked::Miss(gathered)
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
    ) -> Option<Fresh> {
        let asked = Asked::of(&tree.trace());
        let inputs = asked.answered(tree)?;
        let context = Context::of(self.program.digest(), ready, gathered);
        let digest = inputs.digest();
        Some(Fresh {
            gate: ready.name.clone(),
            key: key(&context, &digest),
            kept: Kept {
                context,
                asked,
                inputs: digest,
                trace_sha256: trace_sha256.to_owned(),
                checked: checked.clone(),
                comments: Vec::new(),
                from: String::new(),
            },
            inputs,
        })
    }

    /// Keeps results under the digest of the receipt that tells of them.
    /// `comments` are those of every file that was read. A failure to write
    /// costs only the next run's time.
    pub fn keep(
        &self,
        fresh: Vec<Fresh>,
        comments: &BTreeMap<Utf8PathBuf, Vec<Comment>>,
        receipt_sha256: &str,
    ) {
        let Some(dir) = self.dir.as_ref().filter(|_| !fresh.is_empty()) else { return };
        if std::fs::create_dir_all(dir).is_err() {
            return;
        }
        for Fresh { gate, mut kept, inputs, .. } in fresh {
            kept.from = receipt_sha256.to_owned();
            kept.comments = comments
                .iter()
                .filter(|(path, _)| inputs.has(path))
                .map(|(path, comments)| (path.clone(), comments.clone()))
                .collect();
            let file = dir.join(file_name(&gate));
            let mut all = read(&file);
            all.retain(|other| other.context != kept.context || other.inputs != kept.inputs);
            all.insert(0, kept);
            all.truncate(KEPT_MAX);
            let text = serde_json::to_vec(&all).ok().filter(|text| text.len() <= SIZE_BYTES_MAX);
            let _kept = text.is_some_and(|text| atomic_write(&file, &text).is_ok());
            let _told = atomic_write(&file.with_extension("inputs"), inputs.text().as_bytes());
        }
    }

    /// What is other than when `ready` was judged last, in words; nothing if no
    /// result of it is kept.
    #[must_use]
    pub fn moved(&self, ready: &Ready, tree: &Tree, gathered: &str) -> Vec<String> {
        let Some(dir) = &self.dir else { return Vec::new() };
        let file = dir.join(file_name(&ready.name));
        let Some(last) = read(&file).into_iter().next() else { return Vec::new() };
        let now = Context::of(self.program.digest(), ready, gathered);
        let mut moved: Vec<String> = now.moved_since(&last.context);
        if let Ok(seen) = std::fs::read_to_string(file.with_extension("inputs")) {
            moved.extend(last.asked.answers(tree).moved_since(&Inputs::parse(&seen)));
        }
        moved
    }
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
