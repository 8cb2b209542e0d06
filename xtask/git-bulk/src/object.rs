//! One object by itself, made of all that it is built on.

use crate::entry::Inflater;
use crate::{Error, Kind, Packs, Place, SIZE_BYTES_MAX, delta};

impl Packs {
    /// The object at `place`.
    ///
    /// # Errors
    /// The pack is damaged, or the object too large.
    pub fn read(&self, place: Place) -> Result<(Kind, Vec<u8>), Error> {
        let (Some(pack), Some(kind)) = (self.all().get(place.pack as usize), self.kind(place))
        else {
            return Err(Error::Stopped);
        };
        let corrupt = |what| pack.corrupt(what);
        // No entry leads back to itself: that was seen to when the pack was opened.
        let mut line = vec![place.entry];
        while let Some(base) = line.last().and_then(|entry| pack.family.base(*entry)) {
            line.push(base);
        }
        let mut window = pack.window();
        let mut inflater = Inflater::new();
        let (mut bytes, mut made, mut packed, mut pieces) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, entry) in line.into_iter().rev().enumerate() {
            let (size_bytes, deflated) = pack.packed(&mut window, entry)?;
            if size_bytes > SIZE_BYTES_MAX {
                let id = self.id(place).map(|id| id.to_string()).unwrap_or_default();
                return Err(Error::TooLarge { id, size_bytes });
            }
            let to = if at == 0 { &mut bytes } else { &mut packed };
            inflater.inflate(deflated, size_bytes, to).map_err(corrupt)?;
            if at > 0 {
                delta::apply(&bytes, &packed, SIZE_BYTES_MAX, &mut made, &mut pieces)
                    .map_err(corrupt)?;
                std::mem::swap(&mut bytes, &mut made);
            }
        }
        Ok((kind, bytes))
    }
}
