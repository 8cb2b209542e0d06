//! What an earlier run noted of objects, as bytes to keep.

use std::collections::BTreeMap;

use crate::Id;

/// An object's note and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Never 0.
    pub note: u32,
    /// The object's size.
    pub size_bytes: u64,
}

/// Notes of objects, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(BTreeMap<Id, Note>);

impl Known {
    /// Reads what [`Known::to_bytes`] made; none where it is anything else.
    #[must_use]
    pub fn of(bytes: &[u8], id_len: usize) -> Option<Known> {
        let mut records = bytes.chunks_exact(id_len + 4 + 8);
        let mut known = Vec::with_capacity(records.len());
        for record in &mut records {
            let (id, rest) = record.split_at_checked(id_len)?;
            let (note, size) = rest.split_at_checked(4)?;
            let note = u32::from_be_bytes(note.try_into().ok()?);
            let size_bytes = u64::from_be_bytes(size.try_into().ok()?);
            (note != 0).then_some(())?;
            known.push((Id::new(id)?, Note { note, size_bytes }));
        }
        records.remainder().is_empty().then(|| Known(known.into_iter().collect()))
    }

    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (id, note) in &self.0 {
            bytes.extend_from_slice(id.as_bytes());
            bytes.extend_from_slice(&note.note.to_be_bytes());
            bytes.extend_from_slice(&note.size_bytes.to_be_bytes());
        }
        bytes
    }

    /// What is known of an object.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<Note> {
        self.0.get(id).copied()
    }

    /// The same with something noted of other objects; of one object, what was
    /// noted last.
    #[must_use]
    pub fn and(self, more: Vec<(Id, Note)>) -> Known {
        let more = more.into_iter().filter(|(_, note)| note.note != 0);
        Known(self.0.into_iter().chain(more).collect())
    }

    /// Everything known.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Note)> {
        self.0.iter()
    }

    /// Of how many objects something is known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_and_nothing_else() {
        let note = Note { note: 5, size_bytes: 1 << 40 };
        let id = |byte| Id::new(&[byte; 20]).unwrap();
        let known = Known::default().and(vec![(id(7), Note { note: 4, ..note })]);
        let known = known.and(vec![(id(8), Note { note: 0, size_bytes: 1 }), (id(7), note)]);
        assert_eq!((known.len(), known.get(&id(7))), (1, Some(note)), "what was noted last");
        let bytes = known.to_bytes();
        assert_eq!(Known::of(&bytes, 20), Some(known));
        assert!(Known::of(&bytes[1..], 20).is_none());
        assert!(Known::of(&bytes, 32).is_none());
        let mut none = bytes;
        none[20..24].fill(0);
        assert!(Known::of(&none, 20).is_none());
    }
}
