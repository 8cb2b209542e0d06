//! The whole history: every blob once, and for those with a hit the commits
//! whose change brought the line.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use kernel::{
    Checked, Evidence, Fact, Finding, GateError, History, HistoryBlob, HistoryScope, Introduction,
    Look, ObjectId, Seen,
};

use crate::SecretScan;
use crate::engine::text::{self, Page, ready};
use crate::engine::{Hit, Lines, Scanner, delta};
use crate::new_lines::NewLines;
use crate::report;
use crate::rules::{Finder, Spec};

/// Under this path findings in messages are listed; no file can have it.
const MESSAGE: &str = "(message)";

/// It is a pointer of LFS.
const IS_POINTER: u8 = 32;

/// How the blobs are looked at.
struct Blobs<'a> {
    gate: &'a SecretScan,
}

impl Look for Blobs<'_> {
    fn blob(&self, blob: HistoryBlob<'_>) -> Seen {
        let scanner = &self.gate.scanner;
        let (text, is_binary) = ready(blob.bytes);
        // Only where the text is as the pack has it does what the pack says of it hold.
        let is_as_packed = matches!(text, Cow::Borrowed(_));
        let base = blob.base.as_ref().filter(|_| self.gate.delta && is_as_packed);
        let by_parts = base.and_then(|base| scanner.look_at_parts(&text, is_binary, base));
        let mut seen = by_parts.unwrap_or_else(|| scanner.look(&text, is_binary));
        if !is_as_packed {
            seen.note = 0;
        }
        if text::is_lfs_pointer(blob.bytes) {
            seen.note |= IS_POINTER;
        }
        seen
    }

    fn depends_on(&self) -> Option<String> {
        Some(self.gate.rules_depend_on.clone())
    }

    fn is_suspect_at(&self, path: &Utf8Path, kinds: u32) -> bool {
        let (scanner, exemptions) = (&self.gate.scanner, &self.gate.exemptions);
        self.gate.names_a_secret(path)
            || exemptions.is_offending_path(scanner.specs(), path)
            || scanner.specs_of_kinds(kinds).any(|spec| !exemptions.pass_over(spec, path.as_str()))
    }
}

/// What the walk over the messages found.
#[derive(Default)]
struct Walk {
    /// Findings in messages, each with a digest of rule and secret.
    messages: Mutex<Vec<(u64, Finding)>>,
    texts: AtomicU64,
    bytes: AtomicU64,
}

/// What there is to tell of one blob.
#[derive(Default)]
struct Told {
    skipped: Vec<&'static str>,
    findings: Vec<Finding>,
    /// Digests of the secrets that an exception covers.
    exempted: HashSet<u64>,
    /// Where commits put it.
    came: Vec<(Utf8PathBuf, ObjectId)>,
}

fn scan<'a>(scanner: &Scanner, bytes: &'a [u8]) -> (Cow<'a, [u8]>, Vec<Hit>) {
    let (text, is_binary) = ready(bytes);
    let hits = scanner.scan(&text, is_binary);
    (text, hits)
}

impl SecretScan {
    /// Judges the history; returns the names of the blobs whose hits it gave to commits.
    pub(crate) fn judge_history(
        &self,
        history: &dyn History,
        evidence: &Evidence<'_>,
        checked: &mut Checked,
    ) -> Result<BTreeSet<String>, GateError> {
        complete(history)?;
        facts(history, checked);
        let blobs = history.blobs(&Blobs { gate: self })?;
        let walk = Walk::default();
        history.messages(&|message| {
            walk.texts.fetch_add(1, Ordering::Relaxed);
            walk.bytes.fetch_add(message.bytes.len() as u64, Ordering::Relaxed);
            let (text, hits) = scan(&self.scanner, message.bytes);
            let page = Page::of(&text);
            for hit in hits {
                let Some(spec) = self.scanner.specs().get(hit.rule) else { continue };
                if !self.exemptions.cover(spec, &page, &hit, MESSAGE, Some(message.id)) {
                    let at = report::at(Utf8Path::new(MESSAGE), Some(message.id));
                    let finding = report::finding(spec, &page, &hit, at);
                    walk.messages
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((digest(spec, &text, &hit), finding));
                }
            }
        })?;
        checked.examined.items += blobs.blobs + walk.texts.into_inner();
        checked.examined.bytes += blobs.bytes + walk.bytes.into_inner();
        checked.facts.insert("history_blobs".into(), Fact::from(blobs.blobs));
        checked.facts.insert("history_blobs_seen_before".into(), Fact::from(blobs.seen_before));
        let mut skip = |reason: &str, is_so: &dyn Fn(u8) -> bool| {
            let of = blobs.notes.iter().filter(|(note, _)| is_so(**note));
            let count: u64 = of.map(|(_, count)| count).sum();
            if count > 0 {
                *checked.skipped.entry(reason.into()).or_default() += count;
            }
        };
        let kind = delta::IS_BINARY | delta::IS_OPENED;
        skip("history-binary-only-telling-formats", &|note| note & kind == delta::IS_BINARY);
        skip("history-lfs-pointer", &|note| note & IS_POINTER != 0);
        let suspects = blobs.suspects;
        let exempted = self.attribute(history, evidence, &suspects, checked)?;
        let messages = walk.messages.into_inner().unwrap_or_else(PoisonError::into_inner);
        // A message may quote what an exception covers in a file of the history.
        let (quoted, told): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|(digest, _)| exempted.contains(digest));
        checked.findings.extend(told.into_iter().map(|(_, finding)| finding));
        if !quoted.is_empty() {
            checked.skipped.insert("message-quotes-an-exception".into(), quoted.len() as u64);
        }
        Ok(suspects.into_keys().map(|id| id.to_string()).collect())
    }

    /// Gives each hit to the commits whose change added its lines.
    fn attribute(
        &self,
        history: &dyn History,
        evidence: &Evidence<'_>,
        suspects: &BTreeMap<ObjectId, Utf8PathBuf>,
        checked: &mut Checked,
    ) -> Result<HashSet<u64>, GateError> {
        let mut exempted = HashSet::new();
        let mut by_blob: HashMap<ObjectId, Vec<Introduction>> = HashMap::new();
        if !suspects.is_empty() {
            for found in history.introductions(&suspects.keys().cloned().collect())? {
                by_blob.entry(found.blob.clone()).or_default().push(found);
            }
        }
        let suspects: Vec<(&ObjectId, &Utf8PathBuf)> = suspects.iter().collect();
        let told: Vec<OnceLock<Result<Told, GateError>>> =
            suspects.iter().map(|_| OnceLock::new()).collect();
        let ids: Vec<&ObjectId> = suspects.iter().map(|(id, _)| *id).collect();
        history.spread(&ids, &|at| {
            if let (Some((id, path)), Some(slot)) = (suspects.get(at), told.get(at)) {
                let told = evidence.pulse.check();
                let told = told.and_then(|()| self.told_of(history, id, path, by_blob.get(*id)));
                let _only_this_thread = slot.set(told);
            }
        });
        let mut names = BTreeSet::new();
        for told in told.into_iter().filter_map(OnceLock::into_inner) {
            let told = told?;
            for reason in told.skipped {
                *checked.skipped.entry(format!("history-{reason}")).or_default() += 1;
            }
            checked.findings.extend(told.findings);
            exempted.extend(told.exempted);
            for (path, commit) in told.came {
                if !names.contains(&path) {
                    checked.findings.extend(self.name_findings(&path, Some(&commit)));
                    names.insert(path);
                }
            }
        }
        Ok(exempted)
    }

    /// What there is to tell of one blob.
    fn told_of(
        &self,
        history: &dyn History,
        id: &ObjectId,
        path: &Utf8Path,
        introductions: Option<&Vec<Introduction>>,
    ) -> Result<Told, GateError> {
        let bytes = history.read(id)?;
        let (text, is_binary) = ready(&bytes);
        let skipped = RefCell::new(Vec::new());
        let note = |reason| skipped.borrow_mut().push(reason);
        let hits = self.scanner.scan_noting(&text, is_binary, &note);
        let mut told = Told { skipped: skipped.into_inner(), ..Told::default() };
        let page = Page::of(&text);
        match introductions {
            Some(introductions) => {
                for introduction in introductions {
                    let added = added_by(history, introduction, &text, &hits)?;
                    let (path, commit) = (&introduction.path, &introduction.commit);
                    self.tell(&page, &added, path, Some(commit), &mut told);
                    told.came.push((path.clone(), commit.clone()));
                }
            }
            // No commit brought it: a tag or a note reaches it.
            None if history.state().scope == HistoryScope::Full => {
                self.tell(&page, &hits, path, None, &mut told);
            }
            None => {}
        }
        Ok(told)
    }

    /// Makes findings of `hits`, or notes which secrets an exception covers.
    fn tell(
        &self,
        page: &Page<'_>,
        hits: &[Hit],
        path: &Utf8Path,
        commit: Option<&ObjectId>,
        told: &mut Told,
    ) {
        let hits = self.exemptions.told_at(self.scanner.specs(), hits.to_vec(), path.as_str());
        for hit in &hits {
            let Some(spec) = self.scanner.specs().get(hit.rule) else { continue };
            if self.exemptions.list(spec, page, hit, path.as_str(), commit) {
                told.exempted.insert(digest(spec, page.text, hit));
            } else {
                let at = report::at(&self.shown(path), commit);
                told.findings.push(report::finding(spec, page, hit, at));
            }
        }
        for spec in self.scanner.specs().iter().filter(|spec| matches!(spec.finder, Finder::Path)) {
            told.findings.extend(self.exemptions.offending_path(spec, path, commit));
        }
    }
}

/// The hits whose lines the commit added: those that no parent's file had.
fn added_by(
    history: &dyn History,
    introduction: &Introduction,
    text: &[u8],
    hits: &[Hit],
) -> Result<Vec<Hit>, GateError> {
    let mut added: Vec<Hit> = hits.to_vec();
    let lines = Lines::of(text);
    for parent in introduction.parents.iter().flatten() {
        // An archive is one whole: what changes in it may be anywhere.
        let of_lines = added.iter().filter(|hit| hit.member().is_none());
        // Of many hits on one line it is asked once.
        let of_lines: HashSet<_> = of_lines.map(|hit| lines.around(&hit.secret)).collect();
        if of_lines.is_empty() {
            break;
        }
        let bytes = history.read(parent)?;
        let (before, _) = ready(&bytes);
        let new_lines = NewLines::between(&before, text, of_lines.iter());
        let fresh: HashSet<_> = of_lines.iter().filter(|range| new_lines.hold(range)).collect();
        added.retain(|hit| hit.member().is_some() || fresh.contains(&lines.around(&hit.secret)));
    }
    Ok(added)
}

/// Tells equal secrets of one rule apart from others, within one run.
fn digest(spec: &Spec, text: &[u8], hit: &Hit) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    spec.id.hash(&mut hasher);
    hit.value(text).hash(&mut hasher);
    hasher.finish()
}

/// A claim about the whole history needs the whole history.
fn complete(history: &dyn History) -> Result<(), GateError> {
    let state = history.state();
    let error =
        |code, message: &str, hint: &str| Err(GateError::environment(code, message).hint(hint));
    if state.scope == HistoryScope::Full {
        if state.shallow {
            return error(
                "shallow-clone",
                "the clone is shallow, so its history is not all here",
                "git fetch --unshallow (actions/checkout: fetch-depth: 0), or history = \"none\"",
            );
        }
        if state.partial {
            return error(
                "partial-clone",
                "the clone is partial, so blobs of its history are missing",
                "clone without --filter, or history = \"none\"",
            );
        }
        if state.grafted {
            return error(
                "grafted-history",
                "grafts hide parts of the history",
                "remove .git/info/grafts",
            );
        }
        if state.commits == 0 {
            return error(
                "no-commits",
                "there is no commit, so no history to judge",
                "commit something, or history = \"none\"",
            );
        }
    }
    Ok(())
}

/// What the receipt says about the history.
fn facts(history: &dyn History, checked: &mut Checked) {
    let state = history.state();
    let mut fact = |name: &str, fact: Fact| checked.facts.insert(name.to_owned(), fact);
    fact(
        "history_scope",
        Fact::from(if state.scope == HistoryScope::Full { "full" } else { "range" }),
    );
    fact("history_complete", Fact::from(state.is_complete()));
    fact("history_commits", Fact::from(state.commits));
    fact("history_refs", Fact::from(state.refs));
    if state.replaced > 0 {
        fact("replace_refs_not_followed", Fact::from(state.replaced));
    }
}
