//! Words in the bytes of a file, and what could keep them from being seen.

use std::collections::BTreeSet;

use memchr::{memchr_iter, memchr3_iter, memmem};

use crate::language::Language;

/// Words that are searched for.
#[derive(Debug)]
pub(super) struct Words {
    words: BTreeSet<String>,
    finders: Vec<memmem::Finder<'static>>,
    /// Which bytes they are made of.
    has_byte: [bool; 256],
}

/// The words of a text: letters, digits and underscores of ASCII. What is beside them
/// may be anything else, so that no delimiter of any language need be known.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

impl Words {
    pub(super) fn new(words: BTreeSet<String>) -> Words {
        let finders = words.iter().map(|word| memmem::Finder::new(word).into_owned()).collect();
        let mut has_byte = [false; 256];
        for byte in words.iter().flat_map(|word| word.bytes()) {
            has_byte[usize::from(byte)] = true;
        }
        Words { words, finders, has_byte }
    }

    /// Whether one of them stands there, with no word around it.
    pub(super) fn are_in(&self, bytes: &[u8]) -> bool {
        self.finders.iter().any(|finder| {
            let length = finder.needle().len();
            let back = |at: usize, count| at.checked_sub(count).and_then(|at| bytes.get(at));
            finder.find_iter(bytes).any(|at| {
                // The letter of an escape is none of the word: `"\nee"`.
                let begins = !is_word(back(at, 1)) || back(at, 2) == Some(&b'\\');
                begins && !is_word(bytes.get(at + length))
            })
        })
    }

    /// Whether a reference could have one of them without showing it.
    pub(super) fn may_hide_in(&self, bytes: &[u8], language: Language) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let has = |text: &str| memmem::find(bytes, text.as_bytes()).is_some();
        match language {
            // `-Iee/x` of cgo has no delimiter.
            Language::Go => has("#cgo") || has_carriage(bytes) || self.is_escaped(bytes, language),
            Language::JavaScript => {
                self.is_escaped(bytes, language)
                    || (has_call(bytes) && self.are_put_together(bytes))
            }
            Language::Python => self.is_escaped(bytes, language) || self.are_put_together(bytes),
            Language::Rust => {
                self.is_escaped(bytes, language) || (has("concat") && self.are_put_together(bytes))
            }
            Language::Jvm | Language::Road(_) => self.is_escaped(bytes, language),
            _ => false,
        }
    }

    fn has_byte(&self, byte: Option<&u8>) -> bool {
        byte.and_then(|byte| self.has_byte.get(usize::from(*byte))).is_some_and(|has| *has)
    }

    // Whether a literal ends with the beginning of a word, as the first of those that
    // make `'../e' + 'e/x'` does.
    fn are_put_together(&self, bytes: &[u8]) -> bool {
        memchr3_iter(b'\'', b'"', b'`', bytes).any(|end| {
            let before = bytes.get(..end).unwrap_or_default();
            if !self.has_byte(before.last()) {
                return false;
            }
            let length = before.iter().rev().take_while(|byte| is_word(Some(byte))).count();
            let last = before.get(before.len() - length..).unwrap_or_default();
            let begins = |word: &&[u8]| word.len() > last.len() && word.starts_with(last);
            self.words.iter().map(String::as_bytes).any(|word| begins(&word))
        })
    }

    // Whether an escape could be a part of a word, or what delimits one.
    fn is_escaped(&self, bytes: &[u8], language: Language) -> bool {
        memchr_iter(b'\\', bytes).any(|at| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            let rest = bytes.get(at + 1..).unwrap_or_default();
            match rest {
                [b'x', digits @ ..] => is_graphic(digits, 2, 16),
                [b'u', b'{', digits @ ..] => {
                    // Rust parts digits, others fill them up.
                    let plain = digits.iter().take_while(|byte| **byte != b'}');
                    let plain: Vec<u8> = plain.copied().filter(|byte| *byte != b'_').collect();
                    is_graphic(&plain, plain.len(), 16)
                }
                // Java takes `\uuu0065`.
                [b'u', b'u', ..] => true,
                [b'u', digits @ ..] => is_graphic(digits, 4, 16),
                [b'U', digits @ ..] => is_graphic(digits, 8, 16),
                [b'0'..=b'7', ..] => language != Language::JavaScript && is_graphic(rest, 3, 8),
                [b'\n' | b'\r', below @ ..] => self.has_byte(before) && goes_on(below, language),
                // `\e` is `e` in JavaScript, where it is no control character.
                [b'n' | b't' | b'r' | b'b' | b'f' | b'v', ..] => false,
                [other, ..] => {
                    language == Language::JavaScript
                        && self.has_byte(before)
                        && self.has_byte(Some(other))
                }
                [] => false,
            }
        })
    }
}

// Whether a script has more than declarations of what it imports: only the name in a
// call may be put together.
fn has_call(bytes: &[u8]) -> bool {
    let begins_name = |byte: &u8| byte.is_ascii_alphabetic() || b"_$*{'\"".contains(byte);
    let is_declared = |at: usize| match bytes.get(at + "import".len()..).unwrap_or_default() {
        [b' ', next, ..] => begins_name(next),
        [next, ..] => begins_name(next) || next.is_ascii_digit(),
        [] => true,
    };
    memmem::find(bytes, b"require").is_some()
        || memmem::find_iter(bytes, b"import").any(|at| !is_declared(at))
}

// A raw string of Go has no carriage returns, whatever is written.
fn has_carriage(bytes: &[u8]) -> bool {
    memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

// Whether the first `count` digits are those of a character of ASCII that is no control
// character: a letter of a word, or what delimits one.
fn is_graphic(digits: &[u8], count: usize, radix: u32) -> bool {
    let digits = digits.iter().take(count).map_while(|byte| char::from(*byte).to_digit(radix));
    let value = digits.fold(0_u32, |value, digit| value.saturating_mul(radix) + digit);
    (0x20..0x7f).contains(&value) || (0x09..0x0e).contains(&value)
}

// Whether a word goes on behind a line end that is escaped.
fn goes_on(below: &[u8], language: Language) -> bool {
    let blanks = below.iter().take_while(|byte| match language {
        // Rust and YAML leave out the blanks that follow.
        Language::Rust | Language::Road(_) => byte.is_ascii_whitespace(),
        _ => **byte == b'\n',
    });
    let next = below.get(blanks.count());
    is_word(next) || next == Some(&b'\\')
}
