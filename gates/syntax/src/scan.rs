//! A source and its bytes, read without ever leaving it.

// What a byte may be a part of.
const NAME: u8 = 1;
const NAME_OF_SCRIPT: u8 = 2;
const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 0x80 {
        let is_name = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        let is_script = is_name || matches!(byte as u8, b'$' | b'#' | b'\\');
        classes[byte] =
            if is_name { NAME | NAME_OF_SCRIPT } else { (is_script as u8) * NAME_OF_SCRIPT };
        byte += 1;
    }
    classes
}

/// Whether a byte below 0x80 is a letter, a digit or `_`.
pub(crate) fn is_name(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & NAME != 0
}

/// The same, and what JavaScript adds: `$`, the `#` of a private name, an escape.
pub(crate) fn is_name_of_script(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & NAME_OF_SCRIPT != 0
}

/// Bytes of a source at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) source: &'a str,
}

impl<'a> Scan<'a> {
    /// NUL is no part of any token, so it may stand for the end.
    pub(crate) fn byte(self, at: usize) -> u8 {
        self.source.as_bytes().get(at).copied().unwrap_or(0)
    }

    pub(crate) fn rest(self, at: usize) -> &'a [u8] {
        self.source.as_bytes().get(at..).unwrap_or_default()
    }

    pub(crate) fn len(self) -> usize {
        self.source.len()
    }

    /// The first byte from `at` that `keep` refuses.
    pub(crate) fn past(self, at: usize, keep: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|byte| !keep(*byte)).unwrap_or(rest.len())
    }

    /// `at`, or the first place behind it that is not inside of a letter.
    pub(crate) fn on_boundary(self, at: usize) -> usize {
        let at = at.min(self.len());
        (at..=self.len()).find(|at| self.source.is_char_boundary(*at)).unwrap_or(at)
    }

    /// The length of the white space or byte-order mark of several bytes at `at`;
    /// 0 where there is none.
    pub(crate) fn wide_blank(self, at: usize) -> usize {
        let letter = self.source.get(at..).and_then(|rest| rest.chars().next());
        let is_blank = |letter: &char| {
            letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200e}' | '\u{200f}')
        };
        letter.filter(is_blank).map_or(0, char::len_utf8)
    }

    /// The end of the name that begins at `at`. Which letters of several bytes
    /// may stand in a name is not asked; white space may not.
    pub(crate) fn name_end(self, at: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let mut at = at;
        loop {
            at = self.past(at, &is_part);
            if self.byte(at) < 0x80 || self.wide_blank(at) > 0 {
                return at;
            }
            at = self.past(at + 1, |byte| (0x80..0xc0).contains(&byte));
        }
    }
}
