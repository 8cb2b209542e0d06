//! A pack's index, version 2: names in order, and where each object begins.

use std::ops::Range;
use std::path::Path;

use crate::{Error, Id};

const HEAD_LEN: usize = 8;
const FAN_OUT_LEN: usize = 256 * 4;
/// Set in an offset that stands in the table of wide ones.
const IS_WIDE: u32 = 1 << 31;

/// The names of a pack's objects.
#[derive(Debug)]
pub struct Index {
    bytes: Vec<u8>,
    id_len: usize,
    count: usize,
    /// Where the names begin that share their first bits, and where the last end:
    /// as the file's own first table, with a few names a slot.
    slots: Vec<u32>,
    /// How many of a name's first bits choose the slot.
    slot_bits: u32,
}

/// Names in a slot, on the average.
const SLOT_LEN: usize = 4;

impl Index {
    /// Reads `file`, whose names have `id_len` bytes.
    pub fn read(file: &Path, id_len: usize) -> Result<Index, Error> {
        let bytes = std::fs::read(file).map_err(|error| Error::unreadable(file, &error))?;
        Index::of(bytes, id_len).map_err(|what| match what {
            Fault::Version => {
                Error::Unsupported { file: file.to_owned(), what: "no index of version 2".into() }
            }
            Fault::Form(what) => Error::corrupt(file, what),
        })
    }

    fn of(bytes: Vec<u8>, id_len: usize) -> Result<Index, Fault> {
        if bytes.get(..HEAD_LEN) != Some(b"\xfftOc\0\0\0\x02") {
            return Err(Fault::Version);
        }
        let mut last = 0;
        for slot in 0..256 {
            let count = number(&bytes, HEAD_LEN + slot * 4)
                .ok_or(Fault::Form("it ends within its first table"))?;
            if count < last {
                return Err(Fault::Form("its first table is not in order"));
            }
            last = count;
        }
        let mut index =
            Index { bytes, id_len, count: last as usize, slots: Vec::new(), slot_bits: 0 };
        // Names, checksums, offsets; at most all but one of the offsets are wide.
        let entries = index.count.checked_mul(id_len + 4 + 4);
        let least = entries.map(|len| len + index.names() + 2 * id_len);
        let Some(wide) = least.and_then(|least| index.bytes.len().checked_sub(least)) else {
            return Err(Fault::Form("it is shorter than its count of objects says"));
        };
        if wide % 8 != 0 || wide / 8 > index.count.saturating_sub(1) {
            return Err(Fault::Form("it is longer than its count of objects says"));
        }
        let in_order = (1..index.count).all(|at| index.raw(at - 1) < index.raw(at));
        if !in_order {
            return Err(Fault::Form("its names are not in order"));
        }
        // A name outside its slot would be handed out and yet never be found.
        let in_slots = (0..index.count).all(|at| index.slot(index.raw(at)).contains(&at));
        if !in_slots {
            return Err(Fault::Form("its first table is not that of its names"));
        }
        index.count_slots();
        Ok(index)
    }

    fn count_slots(&mut self) {
        self.slot_bits = (self.count / SLOT_LEN).checked_ilog2().unwrap_or_default();
        self.slots = vec![0; (1 << self.slot_bits) + 1];
        for at in 0..self.count {
            let slot = head(self.raw(at)).map_or(0, |head| self.finer_slot(head));
            if let Some(count) = self.slots.get_mut(slot + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut self.slots {
            sum += *slot;
            *slot = sum;
        }
    }

    /// The slot of names that begin so.
    fn finer_slot(&self, head: u64) -> usize {
        // Of a shift by all bits there is none.
        let slot = head.checked_shr(u64::BITS - self.slot_bits).unwrap_or_default();
        usize::try_from(slot).unwrap_or_default()
    }

    /// The places where the first table says that names like this one stand.
    fn slot(&self, id: &[u8]) -> Range<usize> {
        let below = |slot: usize| {
            number(&self.bytes, HEAD_LEN + slot * 4).map_or(0, |count| count as usize)
        };
        match id.first().map(|first| usize::from(*first)) {
            Some(0) => 0..below(0),
            Some(first) => below(first - 1)..below(first),
            None => 0..0,
        }
    }

    fn names(&self) -> usize {
        HEAD_LEN + FAN_OUT_LEN
    }

    /// How many objects the pack has.
    pub fn len(&self) -> usize {
        self.count
    }

    fn raw(&self, at: usize) -> &[u8] {
        let start = self.names() + at * self.id_len;
        self.bytes.get(start..start + self.id_len).unwrap_or_default()
    }

    /// The name at `at`, in order of names.
    pub fn id(&self, at: usize) -> Option<Id> {
        Id::new(self.raw(at))
    }

    /// Where the object at `at` begins in the pack.
    pub fn offset(&self, at: usize) -> Option<u64> {
        let offsets = self.names() + self.count * (self.id_len + 4);
        let narrow = number(&self.bytes, offsets + at * 4)?;
        if narrow & IS_WIDE == 0 {
            return Some(u64::from(narrow));
        }
        let wide = offsets + self.count * 4 + (narrow & !IS_WIDE) as usize * 8;
        let end = self.bytes.len().checked_sub(2 * self.id_len)?;
        let bytes = self.bytes.get(wide..wide + 8).filter(|_| wide + 8 <= end)?;
        Some(u64::from_be_bytes(bytes.try_into().ok()?))
    }

    /// The checksum that the pack ends with.
    pub fn pack_checksum(&self) -> Option<&[u8]> {
        let start = self.bytes.len().checked_sub(2 * self.id_len)?;
        self.bytes.get(start..start + self.id_len)
    }

    /// The place of a name, in order of names.
    pub fn find(&self, id: &[u8]) -> Option<usize> {
        let key = head(id)?;
        let slot = self.finer_slot(key);
        let mut from = *self.slots.get(slot)? as usize;
        let mut to = *self.slots.get(slot + 1)? as usize;
        while from < to {
            let middle = from + (to - from) / 2;
            let name = self.raw(middle);
            let order = head(name).cmp(&Some(key)).then_with(|| name.cmp(id));
            match order {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }
}

/// A name's first eight bytes, as a number.
fn head(id: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(id.get(..8)?.try_into().ok()?))
}

enum Fault {
    Version,
    Form(&'static str),
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(names: &[[u8; 20]]) -> Vec<u8> {
        let mut bytes = b"\xfftOc\0\0\0\x02".to_vec();
        for slot in 0..=255 {
            let count = names.iter().filter(|name| name[0] <= slot).count();
            bytes.extend(u32::try_from(count).unwrap().to_be_bytes());
        }
        names.iter().for_each(|name| bytes.extend(name));
        names.iter().for_each(|_| bytes.extend([0; 4]));
        (0..names.len()).for_each(|at| bytes.extend((12 + at as u32).to_be_bytes()));
        bytes.extend([0; 40]);
        bytes
    }

    #[test]
    fn names_are_found_and_strangers_are_not() {
        let index = Index::of(sample(&[[1; 20], [7; 20], [255; 20]]), 20).ok().unwrap();
        assert_eq!(index.find(&[7; 20]), Some(1));
        assert_eq!(index.find(&[255; 20]), Some(2));
        assert_eq!(index.find(&[8; 20]), None);
        assert_eq!(index.offset(2), Some(14));
        assert!(Index::of(sample(&[[7; 20], [1; 20]]), 20).is_err(), "out of order");
    }

    #[test]
    fn every_name_stands_where_the_first_table_says() {
        for turned in 0..256 {
            let mut bytes = sample(&[[1; 20], [7; 20], [255; 20]]);
            bytes[HEAD_LEN + turned * 4 + 3] ^= 1;
            assert!(Index::of(bytes, 20).is_err(), "the count of slot {turned} turned over");
        }
    }

    proptest! {
        #[test]
        fn no_index_makes_it_panic(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
            let mut bytes = sample(&[[1; 20], [2; 20]]);
            let place = at.index(bytes.len());
            bytes[place] = byte;
            if byte % 3 == 0 {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Ok(index) = Index::of(bytes, 20) {
                for at in 0..index.len() {
                    prop_assert_eq!(index.find(index.raw(at)), Some(at));
                    prop_assert!(index.id(at).is_some() || index.offset(at).is_none());
                }
                index.find(&[2; 20]);
            }
        }
    }
}
