//! Every object of a kind, each right after its base, on all processors.

use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use kernel::Piece;

use crate::delta;
use crate::entry::Inflater;
use crate::pack::{Pack, Packs, Place};
use crate::window::Window;
use crate::{Error, Id, Kind, SIZE_BYTES_MAX};

/// An object, handed to the visitor.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// Its name.
    pub id: &'a Id,
    /// Where it is.
    pub place: Place,
    /// All of it.
    pub bytes: &'a [u8],
    /// What it was made of; none where the pack holds it whole.
    pub base: Option<Base<'a>>,
}

/// What an object was made of.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// What the visitor, or an earlier walk, noted of the base; 0 for nothing.
    pub note: u32,
    /// All of it.
    pub bytes: &'a [u8],
    /// How the object is made of it.
    pub pieces: &'a [Piece],
}

/// What a visitor noted of each object of one kind. A note of 0 is none.
#[derive(Debug)]
pub struct Walk<'a> {
    packs: &'a Packs,
    kind: Kind,
    /// By pack, by entry.
    notes: Vec<Vec<AtomicU32>>,
    sizes: Vec<Vec<AtomicU64>>,
}

impl<'a> Walk<'a> {
    /// A walk over objects of `kind`, with nothing noted.
    #[must_use]
    pub fn over(packs: &'a Packs, kind: Kind) -> Walk<'a> {
        fn table<T: Default>(packs: &Packs) -> Vec<Vec<T>> {
            let row = |pack: &Pack| (0..pack.len()).map(|_| T::default()).collect();
            packs.all().iter().map(row).collect()
        }
        Walk { packs, kind, notes: table(packs), sizes: table(packs) }
    }

    /// Notes what is known of an object from elsewhere: its size and a note.
    /// It is not visited then.
    pub fn set(&self, place: Place, note: u32, size_bytes: u64) {
        let (pack, entry) = (place.pack as usize, place.entry as usize);
        if let (Some(to), Some(size)) = (
            self.notes.get(pack).and_then(|row| row.get(entry)),
            self.sizes.get(pack).and_then(|row| row.get(entry)),
        ) {
            size.store(size_bytes, Ordering::Relaxed);
            to.store(note, Ordering::Relaxed);
        }
    }

    /// The note and the size of an object; none where it was never visited.
    #[must_use]
    pub fn get(&self, place: Place) -> Option<(u32, u64)> {
        let (pack, entry) = (place.pack as usize, place.entry as usize);
        let note = self.notes.get(pack)?.get(entry)?.load(Ordering::Relaxed);
        let size = self.sizes.get(pack)?.get(entry)?.load(Ordering::Relaxed);
        (note != 0).then_some((note, size))
    }

    /// Visits every object of the kind that has no note yet, from `threads`
    /// threads. An object comes after its base; nothing else is said of the
    /// order. Between objects `stop` is asked whether to go on.
    ///
    /// # Errors
    /// A pack is damaged or cannot be read to its end, or `stop` said so.
    pub fn run(
        &self,
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
        visit: &(dyn Fn(Object<'_>) -> u32 + Sync),
    ) -> Result<(), Error> {
        let mut work = Vec::new();
        let mut wanted = Vec::new();
        for (number, (pack, notes)) in self.packs.all().iter().zip(&self.notes).enumerate() {
            let is_wanted = |(entry, note): (u32, &AtomicU32)| {
                pack.family.kind(entry) == Some(self.kind) && note.load(Ordering::Relaxed) == 0
            };
            let marks = pack.family.with_bases((0..).zip(notes).map(is_wanted).collect());
            let roots = pack.family.roots().iter().copied();
            let roots = roots.filter(|root| marks.get(*root as usize) == Some(&true));
            work.extend(roots.map(|root| (number, root)));
            wanted.push(marks);
        }
        let next = AtomicUsize::new(0);
        let is_over = AtomicBool::new(false);
        let failure = Mutex::new(None);
        let stop = || is_over.load(Ordering::Relaxed) || stop();
        let worker = || {
            let mut hands = Hands::new();
            let mut window: Option<(usize, Window<'_>)> = None;
            while let Some((number, root)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Some(descent) = self.descent(*number, &wanted, visit, &stop) else { break };
                let window = match &mut window {
                    Some((of, window)) if *of == *number => window,
                    window => &mut window.insert((*number, descent.pack.window())).1,
                };
                if let Err(error) = descent.from(*root, window, &mut hands) {
                    is_over.store(true, Ordering::Relaxed);
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    // The others stop because of the first.
                    failure.get_or_insert(error);
                    break;
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.min(work.len()) {
                scope.spawn(worker);
            }
            worker();
        });
        failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    fn descent<'b>(
        &'b self,
        number: usize,
        wanted: &'b [Vec<bool>],
        visit: &'b (dyn Fn(Object<'_>) -> u32 + Sync),
        stop: &'b (dyn Fn() -> bool + Sync),
    ) -> Option<Descent<'b>> {
        Some(Descent {
            number: u32::try_from(number).ok()?,
            pack: self.packs.all().get(number)?,
            notes: self.notes.get(number)?,
            sizes: self.sizes.get(number)?,
            wanted: wanted.get(number)?,
            visit,
            stop,
        })
    }
}

/// What one thread uses again and again.
struct Hands {
    inflater: Inflater,
    delta: Vec<u8>,
    pieces: Vec<Piece>,
    /// Buffers of objects that are done with.
    spare: Vec<Vec<u8>>,
}

/// Buffers kept, and how large one may be to be kept.
const SPARE_MAX: usize = 8;
const SPARE_BYTES_MAX: usize = 4 << 20;

impl Hands {
    fn new() -> Hands {
        let inflater = Inflater::new();
        Hands { inflater, delta: Vec::new(), pieces: Vec::new(), spare: Vec::new() }
    }

    fn put_back(&mut self, bytes: Vec<u8>) {
        if self.spare.len() < SPARE_MAX && bytes.capacity() <= SPARE_BYTES_MAX {
            self.spare.push(bytes);
        }
    }
}

/// One root and all that is built on it.
struct Descent<'a> {
    /// The pack's.
    number: u32,
    pack: &'a Pack,
    notes: &'a [AtomicU32],
    sizes: &'a [AtomicU64],
    wanted: &'a [bool],
    visit: &'a (dyn Fn(Object<'_>) -> u32 + Sync),
    stop: &'a (dyn Fn() -> bool + Sync),
}

/// A base, and which of its children come next.
struct Generation {
    bytes: Rc<Vec<u8>>,
    note: u32,
    entry: u32,
    next: usize,
}

impl Descent<'_> {
    fn from(&self, root: u32, window: &mut Window<'_>, hands: &mut Hands) -> Result<(), Error> {
        let mut bytes = hands.spare.pop().unwrap_or_default();
        let (size, packed) = self.pack.packed(window, root)?;
        self.check_size(root, size)?;
        let inflated = hands.inflater.inflate(packed, size, &mut bytes);
        inflated.map_err(|what| self.pack.corrupt(what))?;
        let note = self.visit(root, &bytes, None)?;
        let mut line = vec![Generation { bytes: Rc::new(bytes), note, entry: root, next: 0 }];
        while let Some(base) = line.last_mut() {
            let children = self.pack.family.children(base.entry);
            let is_wanted = |child: &u32| self.wanted.get(*child as usize) == Some(&true);
            let ahead = children.get(base.next..).unwrap_or_default();
            let Some(at) = ahead.iter().position(is_wanted) else {
                if let Some(done) = line.pop()
                    && let Ok(bytes) = Rc::try_unwrap(done.bytes)
                {
                    hands.put_back(bytes);
                }
                continue;
            };
            let child = ahead.get(at).copied().unwrap_or_default();
            base.next += at + 1;
            let is_last = !ahead.get(at + 1..).unwrap_or_default().iter().any(is_wanted);
            let (of_base, base_note) = (Rc::clone(&base.bytes), base.note);
            if is_last {
                line.pop();
            }
            let (bytes, note) = self.make(child, &of_base, base_note, window, hands)?;
            if let Ok(bytes) = Rc::try_unwrap(of_base) {
                hands.put_back(bytes);
            }
            if self.pack.family.children(child).is_empty() {
                hands.put_back(bytes);
            } else {
                line.push(Generation { bytes: Rc::new(bytes), note, entry: child, next: 0 });
            }
        }
        Ok(())
    }

    fn make(
        &self,
        entry: u32,
        base: &[u8],
        base_note: u32,
        window: &mut Window<'_>,
        hands: &mut Hands,
    ) -> Result<(Vec<u8>, u32), Error> {
        let corrupt = |what| self.pack.corrupt(what);
        let (size, packed) = self.pack.packed(window, entry)?;
        self.check_size(entry, size)?;
        hands.inflater.inflate(packed, size, &mut hands.delta).map_err(corrupt)?;
        self.check_size(entry, delta::target_size(&hands.delta).map_err(corrupt)?)?;
        let mut bytes = hands.spare.pop().unwrap_or_default();
        delta::apply(base, &hands.delta, SIZE_BYTES_MAX, &mut bytes, &mut hands.pieces)
            .map_err(corrupt)?;
        let from = Base { note: base_note, bytes: base, pieces: &hands.pieces };
        let note = self.visit(entry, &bytes, Some(from))?;
        Ok((bytes, note))
    }

    fn check_size(&self, entry: u32, size_bytes: u64) -> Result<(), Error> {
        if size_bytes <= SIZE_BYTES_MAX {
            return Ok(());
        }
        let id = self.pack.id(entry).map(|id| id.to_string()).unwrap_or_default();
        Err(Error::TooLarge { id, size_bytes })
    }

    fn visit(&self, entry: u32, bytes: &[u8], base: Option<Base<'_>>) -> Result<u32, Error> {
        if (self.stop)() {
            return Err(Error::Stopped);
        }
        let at = entry as usize;
        let (Some(note), Some(size)) = (self.notes.get(at), self.sizes.get(at)) else {
            return Ok(0);
        };
        let noted = note.load(Ordering::Relaxed);
        if noted != 0 {
            return Ok(noted);
        }
        let id = self.pack.id(entry).ok_or_else(|| self.pack.corrupt("an object has no name"))?;
        let noted = (self.visit)(Object {
            id: &id,
            place: Place { pack: self.number, entry },
            bytes,
            base,
        });
        size.store(bytes.len() as u64, Ordering::Relaxed);
        note.store(noted, Ordering::Relaxed);
        Ok(noted)
    }
}
