//! The packs of a repository.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::entry::{self, Built, HEAD_LEN_MAX};
use crate::family::{Family, Made, NONE};
use crate::index::Index;
use crate::object::Lately;
use crate::window::Window;
use crate::{Error, Id, Kind};

/// Packs are read whole while they come to no more: a walk jumps from delta to base, and
/// would ask the system for a few bytes each time.
const WHOLE_BYTES_MAX: u64 = 64 << 20;
/// `PACK`, version, count of objects.
const HEAD_LEN: u64 = 12;

/// Every pack of a repository and of those it borrows from.
#[derive(Debug, Default)]
pub struct Packs {
    packs: Vec<Pack>,
    /// By pack: the number of its first object.
    firsts: Vec<u32>,
    pub(crate) lately: Lately,
}

/// An object's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which pack.
    pub pack: u32,
    /// Which of its entries, in the order of the pack.
    pub entry: u32,
}

impl Packs {
    /// The packs in `folders` (each the `pack` folder of an object store),
    /// whose objects have names of `id_len` bytes. A folder that is not there
    /// has none.
    ///
    /// # Errors
    /// A file cannot be read, is damaged, or of a version that only git reads.
    pub fn open(folders: &[PathBuf], id_len: usize) -> Result<Packs, Error> {
        let mut files = Vec::new();
        for folder in folders {
            let entries = match std::fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::unreadable(folder, &error)),
            };
            for entry in entries {
                let path = entry.map_err(|error| Error::unreadable(folder, &error))?.path();
                if path.extension().is_some_and(|extension| extension == "idx") {
                    files.push(path);
                }
            }
        }
        files.sort();
        let mut packs = Packs::default();
        let mut count: u32 = 0;
        let mut room_bytes = WHOLE_BYTES_MAX;
        for file in &files {
            let pack = Pack::open(file, id_len, room_bytes)?;
            room_bytes -= pack.whole.as_ref().map_or(0, |whole| whole.len() as u64);
            packs.firsts.push(count);
            count = u32::try_from(pack.len())
                .ok()
                .and_then(|len| count.checked_add(len))
                .filter(|count| count & crate::trees::IS_STRAY == 0)
                .ok_or_else(|| Error::Unsupported {
                    file: file.clone(),
                    what: "one pack too many to count their objects".into(),
                })?;
            packs.packs.push(pack);
        }
        Ok(packs)
    }

    /// How many objects the packs have.
    pub(crate) fn count(&self) -> usize {
        self.packs.iter().map(Pack::len).sum()
    }

    /// The number of the object at `place`, counted through all packs.
    pub(crate) fn number(&self, place: Place) -> u32 {
        let first = self.firsts.get(place.pack as usize).copied().unwrap_or_default();
        first.saturating_add(place.entry)
    }

    /// Where the object of that number is.
    pub(crate) fn place(&self, number: u32) -> Option<Place> {
        let pack = self.firsts.partition_point(|first| *first <= number).checked_sub(1)?;
        let entry = number - self.firsts.get(pack)?;
        ((entry as usize) < self.packs.get(pack)?.len()).then_some(())?;
        Some(Place { pack: u32::try_from(pack).ok()?, entry })
    }

    /// The number of what the object of that number is made of.
    pub(crate) fn base_of(&self, number: u32) -> Option<u32> {
        let place = self.place(number)?;
        let entry = self.packs.get(place.pack as usize)?.family.base(place.entry)?;
        Some(self.number(Place { entry, ..place }))
    }

    pub(crate) fn all(&self) -> &[Pack] {
        &self.packs
    }

    /// Where an object is; none where no pack has it.
    #[must_use]
    pub fn find(&self, id: &Id) -> Option<Place> {
        self.packs.iter().zip(0..).find_map(|(pack, number)| {
            let entry = pack.find(id.as_bytes())?;
            Some(Place { pack: number, entry })
        })
    }

    /// What kind of object is at `place`.
    #[must_use]
    pub fn kind(&self, place: Place) -> Option<Kind> {
        self.packs.get(place.pack as usize)?.family.kind(place.entry)
    }

    /// The name of the object at `place`.
    #[must_use]
    pub fn id(&self, place: Place) -> Option<Id> {
        self.packs.get(place.pack as usize)?.id(place.entry)
    }
}

/// All of a file of `len` bytes.
fn read(file: &File, len: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(len).map_err(std::io::Error::other)?);
    file.take(len).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == len { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

/// One pack.
#[derive(Debug)]
pub struct Pack {
    path: PathBuf,
    file: File,
    /// All its bytes, if they are few.
    whole: Option<Vec<u8>>,
    index: Index,
    id_len: usize,
    order: Order,
    pub family: Family,
}

/// The order in which a pack's entries lie in it.
#[derive(Debug)]
struct Order {
    /// Where each entry begins, in order, and where the last one ends.
    offsets: Vec<u64>,
    /// By entry: its place in the order of names.
    names: Vec<u32>,
    /// The other way round.
    entries: Vec<u32>,
}

impl Order {
    /// Of the entries that `index` names in a pack whose last one ends at `end`.
    fn of(index: &Index, end: u64) -> Result<Order, &'static str> {
        let mut places = Vec::with_capacity(index.len());
        for at in 0..index.len() {
            let offset = index.offset(at).filter(|offset| (HEAD_LEN..end).contains(offset));
            let offset = offset.ok_or("its index points outside of it")?;
            places.push((offset, u32::try_from(at).unwrap_or(NONE)));
        }
        places.sort_unstable();
        let mut offsets: Vec<u64> = places.iter().map(|(offset, _)| *offset).collect();
        offsets.push(end);
        if offsets.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err("its index points twice to one place");
        }
        let names: Vec<u32> = places.iter().map(|(_, name)| *name).collect();
        let mut entries = vec![NONE; names.len()];
        for (entry, name) in (0..).zip(&names) {
            if let Some(slot) = entries.get_mut(*name as usize) {
                *slot = entry;
            }
        }
        Ok(Order { offsets, names, entries })
    }
}

impl Pack {
    fn open(index_file: &Path, id_len: usize, room_bytes: u64) -> Result<Pack, Error> {
        let path = index_file.with_extension("pack");
        let file = File::open(&path).map_err(|error| Error::unreadable(&path, &error))?;
        let len = file.metadata().map_err(|error| Error::unreadable(&path, &error))?.len();
        let corrupt = |what: &str| Error::corrupt(&path, what);
        let end = len.checked_sub(id_len as u64).filter(|end| *end >= HEAD_LEN);
        let end = end.ok_or_else(|| corrupt("it is cut off"))?;
        let (index, whole) = std::thread::scope(|scope| {
            let whole = scope.spawn(|| (len <= room_bytes).then(|| read(&file, len)).transpose());
            let index =
                Index::read(index_file, id_len).map(|index| (Order::of(&index, end), index));
            (index, whole.join())
        });
        let (order, index) = index?;
        let whole = whole.unwrap_or_else(|_| Err(ErrorKind::Other.into()));
        let whole = whole.map_err(|error| Error::unreadable(&path, &error))?;

        let bytes = whole.as_deref();
        // Whatever was cut off, the end is another one.
        let mut window = Window::new(&file, len).on(bytes);
        let checksum = window.get(end, len).map_err(|error| Error::unreadable(&path, &error))?;
        if index.pack_checksum() != Some(checksum) {
            return Err(corrupt("it does not end with the checksum that its index names"));
        }
        drop(window);

        let mut window = Window::new(&file, end).on(bytes);
        let head = window.get(0, HEAD_LEN).map_err(|error| Error::unreadable(&path, &error))?;
        match head.split_at_checked(8) {
            Some((b"PACK\0\0\0\x02" | b"PACK\0\0\0\x03", count))
                if count == (index.len() as u32).to_be_bytes() => {}
            Some((b"PACK\0\0\0\x02" | b"PACK\0\0\0\x03", _)) => {
                return Err(corrupt("its index is of another pack"));
            }
            _ => return Err(corrupt("it does not begin as packs do")),
        }

        // It counts once the index is known to be of this pack.
        let order = order.map_err(corrupt)?;
        let offsets = &order.offsets;
        let mut entries = Vec::with_capacity(index.len());
        for (entry, pair) in offsets.windows(2).enumerate() {
            let (from, to) = (pair[0], pair[1]);
            let bytes = window.get(from, to.min(from + HEAD_LEN_MAX as u64));
            let bytes = bytes.map_err(|error| Error::unreadable(&path, &error))?;
            let head = entry::head(bytes, id_len).map_err(corrupt)?;
            let base = match head.built {
                Built::Whole(kind) => {
                    let size_bytes = head.size_bytes;
                    entries.push(Made { base: NONE, whole: Some((kind, size_bytes)) });
                    continue;
                }
                Built::Behind(behind) => from.checked_sub(behind),
                Built::On(id) => index.find(id).and_then(|at| index.offset(at)),
            };
            let base = base.and_then(|at| offsets.get(..index.len())?.binary_search(&at).ok());
            let base = base.filter(|base| *base != entry);
            let base = base.and_then(|base| u32::try_from(base).ok());
            let base = base.ok_or_else(|| corrupt("a delta has no base"))?;
            entries.push(Made { base, whole: None });
        }
        let family = Family::new(&entries).map_err(corrupt)?;
        drop(window);
        Ok(Pack { path, file, whole, index, id_len, order, family })
    }

    /// How many objects it has.
    pub fn len(&self) -> usize {
        self.order.names.len()
    }

    /// The name of an entry.
    pub fn id(&self, entry: u32) -> Option<Id> {
        self.index.id(*self.order.names.get(entry as usize)? as usize)
    }

    fn find(&self, id: &[u8]) -> Option<u32> {
        self.order.entries.get(self.index.find(id)?).copied()
    }

    /// A window for one thread.
    pub fn window(&self) -> Window<'_> {
        let end = self.order.offsets.last().copied().unwrap_or_default();
        Window::new(&self.file, end).on(self.whole.as_deref())
    }

    /// The size that the head of an entry says, and the packed bytes.
    pub fn packed<'a>(
        &self,
        window: &'a mut Window<'_>,
        entry: u32,
    ) -> Result<(u64, &'a [u8]), Error> {
        let at = entry as usize;
        let (Some(from), Some(to)) = (self.order.offsets.get(at), self.order.offsets.get(at + 1))
        else {
            return Err(self.corrupt("an entry is gone"));
        };
        let bytes = window.get(*from, *to);
        let bytes = bytes.map_err(|error| Error::unreadable(&self.path, &error))?;
        let head = entry::head(bytes, self.id_len).map_err(|what| self.corrupt(what))?;
        Ok((head.size_bytes, bytes.get(head.len..).unwrap_or_default()))
    }

    /// An error about this pack.
    pub fn corrupt(&self, what: &str) -> Error {
        Error::corrupt(&self.path, what)
    }
}
