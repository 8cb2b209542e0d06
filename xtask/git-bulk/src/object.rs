//! Objects by themselves, each made of all that it is built on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::entry::Inflater;
use crate::{Error, Kind, Packs, Place, SIZE_BYTES_MAX, delta};

/// Bytes of objects that are kept to build others on.
const KEPT_BYTES_MAX: usize = 32 << 20;

/// Objects that were read lately: versions of one file are built on each other.
#[derive(Debug, Default)]
pub struct Lately(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    all: HashMap<Place, Arc<Vec<u8>>>,
    bytes: usize,
}

impl Lately {
    fn get(&self, place: Place) -> Option<Arc<Vec<u8>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.all.get(&place).cloned()
    }

    fn keep(&self, place: Place, bytes: &Arc<Vec<u8>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + bytes.len() > KEPT_BYTES_MAX {
            *kept = Kept::default();
        }
        if bytes.len() <= KEPT_BYTES_MAX && kept.all.insert(place, Arc::clone(bytes)).is_none() {
            kept.bytes += bytes.len();
        }
    }
}

impl Packs {
    /// The object at `place`.
    ///
    /// # Errors
    /// The pack is damaged, or the object too large.
    pub fn read(&self, place: Place) -> Result<(Kind, Arc<Vec<u8>>), Error> {
        let (Some(pack), Some(kind)) = (self.all().get(place.pack as usize), self.kind(place))
        else {
            return Err(Error::Stopped);
        };
        let corrupt = |what| pack.corrupt(what);
        let kept = |entry| self.lately.get(Place { entry, ..place });
        // No entry leads back to itself: that was seen to when the pack was opened.
        let (mut line, mut base) = (Vec::new(), kept(place.entry));
        let mut next = Some(place.entry);
        while let (None, Some(entry)) = (&base, next) {
            line.push(entry);
            next = pack.family.base(entry);
            base = next.and_then(kept);
        }
        let mut window = pack.window();
        let mut inflater = Inflater::new();
        let (mut packed, mut pieces) = (Vec::new(), Vec::new());
        while let Some(entry) = line.pop() {
            let (size_bytes, deflated) = pack.packed(&mut window, entry)?;
            if size_bytes > SIZE_BYTES_MAX {
                let id = self.id(place).map(|id| id.to_string()).unwrap_or_default();
                return Err(Error::TooLarge { id, size_bytes });
            }
            let mut bytes = Vec::new();
            match &base {
                None => inflater.inflate(deflated, size_bytes, &mut bytes).map_err(corrupt)?,
                Some(base) => {
                    inflater.inflate(deflated, size_bytes, &mut packed).map_err(corrupt)?;
                    delta::apply(base, &packed, SIZE_BYTES_MAX, &mut bytes, &mut pieces)
                        .map_err(corrupt)?;
                }
            }
            base = Some(Arc::new(bytes));
        }
        let bytes = base.ok_or(Error::Stopped)?;
        self.lately.keep(place, &bytes);
        Ok((kind, bytes))
    }
}
