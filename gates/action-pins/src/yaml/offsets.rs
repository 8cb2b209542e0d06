//! The parser counts characters, everything else here counts bytes.

/// Where the n-th character of a text is in the source.
pub(super) enum Offsets {
    /// The ends of those of several bytes, counted in characters and in bytes;
    /// they are few.
    Wide(Vec<(usize, usize)>),
    /// Of a text that is not the source itself: the byte of each.
    Each(Vec<usize>),
}

impl Offsets {
    /// Those of `source`.
    pub(super) fn wide(source: &str) -> Offsets {
        let mut wide = Vec::new();
        let (mut start, mut surplus) = (0, 0);
        // A run of ASCII is passed by at once.
        for run in source.as_bytes().chunks(64) {
            let looked_at = if run.is_ascii() { &[] } else { run };
            for (at, lead) in (start..).zip(looked_at) {
                let length = match lead {
                    0xf0.. => 4,
                    0xe0.. => 3,
                    0xc0.. => 2,
                    _ => continue,
                };
                surplus += length - 1;
                wide.push((at + length - surplus, at + length));
            }
            start += run.len();
        }
        Offsets::Wide(wide)
    }

    /// The byte of character `index`; past the end of the source it may be more.
    pub(super) fn of(&self, index: usize) -> usize {
        match self {
            Offsets::Each(offsets) => offsets.get(index).copied().unwrap_or(usize::MAX),
            Offsets::Wide(wide) => {
                let before = wide.partition_point(|(end, _)| *end <= index);
                let last = before.checked_sub(1).and_then(|last| wide.get(last));
                last.map_or(index, |(end, bytes)| bytes + (index - end))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_byte() {
        let text = "aé".repeat(70) + "\u{feff}日🦀" + &"b".repeat(100) + "ü";
        let offsets = Offsets::wide(&text);
        for (index, (at, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.of(index), at, "{index}");
        }
        assert_eq!(offsets.of(text.chars().count()), text.len());
    }
}
