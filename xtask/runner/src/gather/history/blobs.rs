//! Looking at every blob in scope: those of packs in process, each right after
//! what it is made of; the few that no pack has through git.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use git_bulk::{Blob, Brought, Id, Kind, Note, Object, Walk};
use kernel::{GateError, HistoryBase, HistoryBlob, Look, ObjectId, Overview, Seen};

use super::graph::{Graph, threads};
use super::kept::Book;
use super::{GitHistory, Wanted, failed, garbled, missing, unread};

/// Set in every number that stands for what was seen, so that none is 0.
const WAS_SEEN: u32 = 1;
const IS_SUSPECT: u32 = 2;
/// Where the note begins, and the kinds.
const NOTE_AT: u32 = 2;
const KINDS_AT: u32 = u32::BITS - Seen::KIND_BITS;

fn to_number(seen: Seen) -> u32 {
    let suspect = if seen.is_suspect { IS_SUSPECT } else { 0 };
    let note = u32::from(seen.note.min(Seen::NOTE_MAX)) << NOTE_AT;
    WAS_SEEN | suspect | note | seen.kinds << KINDS_AT
}

fn from_number(number: u32) -> Seen {
    let note = (number >> NOTE_AT) & u32::from(Seen::NOTE_MAX);
    Seen {
        is_suspect: number & IS_SUSPECT != 0,
        note: u8::try_from(note).unwrap_or_default(),
        kinds: number >> KINDS_AT,
    }
}

/// Looks at everything that commits brought: trees are read beside the blobs.
pub fn of_packs(
    history: &GitHistory,
    graph: &Graph,
    look: &dyn Look,
) -> Result<Overview, GateError> {
    let packs = &graph.packs;
    let book = Mutex::new(history.kept.open(look, history.repository.object_format().id_len()));
    let walk = Walk::over(packs, Kind::Blob);
    let mut seen_before = 0;
    for (id, note) in book.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        if let Some(place) = packs.find(id) {
            walk.set(place, note.note, note.size_bytes);
        }
    }

    let stop = || history.pulse.check().is_err();
    let (brought, walked) = std::thread::scope(|scope| {
        let fetch = |id: &Id| graph.loose.read(id);
        let brought = scope.spawn(move || {
            let brought = Brought::by(&graph.commits, packs, 1, &stop, &fetch)?;
            // Blobs are still being looked at: paths are asked beside that.
            let mut paths = Paths { look, brought: &brought, asked: Asked::default() };
            brought.each(packs, &mut |_, at| paths.ask(at));
            let asked = paths.asked;
            Ok((brought, asked))
        });
        let walked = walk.run(threads(), &stop, &|object| see(look, &object));
        (brought.join(), walked)
    });
    history.pulse.check()?;
    walked.map_err(|error| unread(&error))?;
    let brought = brought.map_err(|_| garbled("its reader ended early"))?;
    let (brought, asked) = brought.map_err(|error| unread(&error))?;
    let mut paths = Paths { look, brought: &brought, asked };

    let mut overview = Overview::default();
    let mut strays = Vec::new();
    let mut lost = None;
    brought.each(packs, &mut |blob, at| match blob {
        Blob::Stray(id) => strays.push((id, at.to_vec())),
        Blob::Packed(place) => {
            let (Some((note, size_bytes)), Some(id)) = (walk.get(place), packs.id(place)) else {
                lost = packs.id(place);
                return;
            };
            let seen = from_number(note);
            overview.count(size_bytes, seen);
            let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
            seen_before += u64::from(book.was_known(&id));
            if seen.is_suspect || paths.make_suspect(at, seen.kinds) {
                overview.suspects.insert(ObjectId::new(&id.to_string()), Utf8PathBuf::new());
            }
            if !seen.is_suspect {
                book.note(id, Note { note, size_bytes });
            }
        }
    });
    if let Some(id) = lost {
        return Err(missing(&id.to_string(), "it is no blob"));
    }
    overview.seen_before = seen_before;
    let mut book = book.into_inner().unwrap_or_else(PoisonError::into_inner);
    drop(walk);

    let mut wanted: Vec<Wanted> = Vec::new();
    let mut stands_at: HashMap<String, Vec<u32>> = HashMap::new();
    for (id, at) in strays {
        stands_at.insert(id.to_string(), at);
        wanted.push(Wanted { id: id.to_string(), path: Utf8PathBuf::new() });
    }
    for named in named_by_refs(history)? {
        let is_known =
            git_bulk::id(named.id.as_bytes()).is_some_and(|id| brought.holds(&id, packs));
        if !is_known {
            wanted.push(named);
        }
    }
    read(history, look, &wanted, &mut book, &mut overview, &mut |wanted, kinds| match stands_at
        .get(&wanted.id)
    {
        Some(at) => paths.make_suspect(at, kinds),
        None => look.is_suspect_at(&wanted.path, kinds),
    })?;
    history.kept.close(book);
    let _first_stays = history.brought.set(brought);
    Ok(overview)
}

/// Looks at what a push would publish: few blobs, which git finds and reads.
pub fn of_range(history: &GitHistory, look: &dyn Look) -> Result<Overview, GateError> {
    let mut book = history.kept.open(look, history.repository.object_format().id_len());
    let mut overview = Overview::default();
    let wanted = listed(history, &history.range)?;
    read(history, look, &wanted, &mut book, &mut overview, &mut |wanted, kinds| {
        look.is_suspect_at(&wanted.path, kinds)
    })?;
    history.kept.close(book);
    Ok(overview)
}

/// What the look says of paths, each asked once.
struct Paths<'a> {
    look: &'a dyn Look,
    brought: &'a Brought,
    asked: Asked,
}

/// What it said.
#[derive(Default)]
struct Asked {
    /// By path: whether it makes a suspect of whatever stands there.
    of_all: Vec<Option<bool>>,
    /// By path and kinds.
    of_kinds: HashMap<(u32, u32), bool>,
}

impl Paths<'_> {
    /// Asks what each makes of a blob of no kind.
    fn ask(&mut self, paths: &[u32]) {
        for path in paths {
            self.make_suspect(std::slice::from_ref(path), 0);
        }
    }

    /// Whether one of the paths makes a suspect of a blob of such kinds.
    fn make_suspect(&mut self, paths: &[u32], kinds: u32) -> bool {
        let Paths { look, brought, asked } = self;
        let ask = |path: u32, kinds: u32| {
            let path = brought.path(path);
            look.is_suspect_at(Utf8Path::new(&*String::from_utf8_lossy(&path)), kinds)
        };
        paths.iter().any(|path| {
            let at = *path as usize;
            if asked.of_all.len() <= at {
                asked.of_all.resize(at + 1, None);
            }
            *asked.of_all[at].get_or_insert_with(|| ask(*path, 0))
                || (kinds != 0
                    && *asked.of_kinds.entry((*path, kinds)).or_insert_with(|| ask(*path, kinds)))
        })
    }
}

fn see(look: &dyn Look, object: &Object<'_>) -> u32 {
    // A base that was not looked at has no note.
    let base = object.base.filter(|base| base.note != 0).map(|base| HistoryBase {
        seen: from_number(base.note),
        len: base.bytes.len(),
        pieces: base.pieces,
    });
    to_number(look.blob(HistoryBlob { bytes: object.bytes, base }))
}

/// Reads `wanted` through git and looks at what no earlier run has seen.
fn read(
    history: &GitHistory,
    look: &dyn Look,
    wanted: &[Wanted],
    book: &mut Book,
    overview: &mut Overview,
    is_suspect_there: &mut dyn FnMut(&Wanted, u32) -> bool,
) -> Result<(), GateError> {
    let mut unseen = Vec::new();
    for wanted in wanted {
        let id = git_bulk::id(wanted.id.as_bytes()).ok_or_else(|| garbled("no name"))?;
        match book.get(&id) {
            Some(note) => {
                let seen = from_number(note.note);
                overview.count(note.size_bytes, seen);
                overview.seen_before += 1;
                if is_suspect_there(wanted, seen.kinds) {
                    overview.suspects.insert(ObjectId::new(&wanted.id), wanted.path.clone());
                }
            }
            None => unseen.push(wanted.clone()),
        }
    }
    let seen: Mutex<BTreeMap<Id, Note>> = Mutex::default();
    history.read_all(&unseen, &|wanted, kind, bytes| {
        if kind == "blob"
            && let Some(id) = git_bulk::id(wanted.id.as_bytes())
        {
            let note = to_number(look.blob(HistoryBlob { bytes, base: None }));
            let note = Note { note, size_bytes: bytes.len() as u64 };
            seen.lock().unwrap_or_else(PoisonError::into_inner).insert(id, note);
        }
    })?;
    let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    for wanted in &unseen {
        // What is no blob was named by the range itself.
        let Some(id) = git_bulk::id(wanted.id.as_bytes()) else { continue };
        let Some(note) = seen.get(&id) else { continue };
        let what = from_number(note.note);
        overview.count(note.size_bytes, what);
        if what.is_suspect || is_suspect_there(wanted, what.kinds) {
            overview.suspects.insert(ObjectId::new(&wanted.id), wanted.path.clone());
        }
        if !what.is_suspect {
            book.note(id, *note);
        }
    }
    Ok(())
}

/// Blobs that a ref reaches without a commit: it names a blob or a tree, or a
/// tag of one.
fn named_by_refs(history: &GitHistory) -> Result<Vec<Wanted>, GateError> {
    // A tag of a tag is followed by the walk below.
    let names = history.refs.without_commit();
    if names.is_empty() { Ok(Vec::new()) } else { listed(history, &names) }
}

/// The blobs that `range` reaches, each with one of its paths.
fn listed(history: &GitHistory, range: &[String]) -> Result<Vec<Wanted>, GateError> {
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let mut args = vec!["rev-list", "--objects", "--filter=object:type=blob"];
    args.extend(range.iter().map(String::as_str));
    args.push("--");
    let listed = history.git().output(&args).map_err(|error| failed(&error))?;
    let wanted = listed.split(|byte| *byte == b'\n').filter_map(|line| {
        // What the range itself names comes without a path.
        let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (id, path) = line.split_at_checked(end)?;
        let path = String::from_utf8_lossy(path.get(1..).unwrap_or_default()).into_owned();
        (!id.is_empty())
            .then(|| Wanted { id: String::from_utf8_lossy(id).into_owned(), path: path.into() })
    });
    Ok(wanted.collect())
}
