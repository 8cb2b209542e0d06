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
}

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
        let index = Index { bytes, id_len, count: last as usize };
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
        in_slots.then_some(index).ok_or(Fault::Form("its first table is not that of its names"))
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
        let Range { start: mut from, end: mut to } = self.slot(id);
        let key = head(id)?;
        // Names are digests: how far one lies within its slot says nearly where.
        let guess = (u128::from(key << 8) * (to - from) as u128) >> u64::BITS;
        let near = from + usize::try_from(guess).ok()?;
        let (low, high) = (near.saturating_sub(NEAR_LEN), near + NEAR_LEN);
        if low > from && head(self.raw(low)).is_some_and(|at| at < key) {
            from = low;
        }
        if high < to && head(self.raw(high)).is_some_and(|at| at > key) {
            to = high;
        }
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

/// How far from where it should be a name mostly is, in a pack of a million.
const NEAR_LEN: usize = 64;

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
