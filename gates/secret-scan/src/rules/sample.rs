//! Tokens and keys made at run time, so that none stands in the source.

use super::format::{Checksum, Format, Part, Place, letters};
use crate::engine::{checksum, entropy};

/// A source of numbers that is the same on every run.
pub struct Numbers(u64);

impl Numbers {
    /// The numbers that belong to `name`.
    pub fn of(name: &str) -> Numbers {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Numbers(hash | 1)
    }

    /// The next one, below `end` (at least 1).
    pub fn below(&mut self, end: usize) -> usize {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or(0) % end.max(1)
    }

    /// `len` characters of the alphabet `set`.
    pub fn text(&mut self, set: &str, len: usize) -> String {
        let letters = letters(set);
        (0..len).filter_map(|_| letters.get(self.below(letters.len())).copied()).collect()
    }
}

/// A token of that format, with its checksum, more random than its floor.
pub fn token(format: &Format) -> String {
    let mut numbers = Numbers::of(format.id);
    let mut token = String::new();
    for _ in 0..64 {
        token.clear();
        for part in format.parts {
            match part {
                Part::Lit(text) => token.push_str(text),
                Part::Any(texts) => {
                    let index = numbers.below(texts.len());
                    token.push_str(texts.get(index).copied().unwrap_or_default());
                }
                Part::Run(set, min, max) => {
                    let len =
                        usize::from(*min).max(usize::from(*max).min(40).min(usize::from(*min) + 8));
                    token.push_str(&numbers.text(set, len));
                }
            }
        }
        if let Some(checksum) = format.checksum {
            seal(&mut token, checksum);
        }
        if entropy::shannon(token.as_bytes()) > format.entropy_min {
            break;
        }
    }
    token
}

/// What people write instead of a token: its form with every random
/// character replaced by `x`.
pub fn placeholder(format: &Format) -> String {
    let mut text = String::new();
    for part in format.parts {
        match part {
            Part::Lit(fixed) => text.push_str(fixed),
            Part::Any(texts) => text.push_str(texts.first().copied().unwrap_or_default()),
            Part::Run(_, min, max) => {
                let len = usize::from(*min).max(usize::from(*max).min(60));
                text.extend(std::iter::repeat_n('x', len));
            }
        }
    }
    if format.parts.iter().all(|part| !matches!(part, Part::Run(..))) {
        text.truncate(text.len() / 2);
    }
    text
}

/// A line of a settings file that holds `value` where `format` looks for it.
pub fn line(format: &Format, value: &str) -> String {
    match format.place {
        Place::Bare => {
            let word = format.words.first().filter(|word| !value.contains(**word));
            let word = word
                .filter(|word| !value.to_ascii_lowercase().contains(&word.to_ascii_lowercase()));
            format!("{} = \"{value}\"\n", word.copied().unwrap_or("value"))
        }
        Place::Assigned(names) => match format.words.first() {
            Some(word) if word.contains('\'') => format!("{word} => '{value}',\n"),
            _ => format!("{}_value = \"{value}\"\n", names.first().copied().unwrap_or_default()),
        },
    }
}

/// A private key in PEM that opens nothing.
pub fn pem() -> String {
    let mut numbers = Numbers::of("private-key");
    let mut text = format!("-----BEGIN RSA {}-----\n", "PRIVATE KEY");
    for _ in 0..4 {
        text.push_str(&numbers.text(super::format::set::BASE64, 64));
        text.push('\n');
    }
    text.push_str("-----END RSA PRIVATE KEY-----\n");
    text
}

/// A key in PuTTY's format that opens nothing.
pub fn putty() -> String {
    let mut numbers = Numbers::of("putty-private-key");
    let mut text =
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 2\n".to_owned();
    for _ in 0..2 {
        text.push_str(&numbers.text(super::format::set::BASE64, 64));
        text.push('\n');
    }
    text.push_str("Private-MAC: 0\n");
    text
}

fn seal(token: &mut String, kind: Checksum) {
    let len = token.len().saturating_sub(checksum::len(kind));
    let sum = token.get(..len).and_then(|head| checksum::of(kind, head.as_bytes()));
    if let Some(sum) = sum {
        token.truncate(len);
        token.push_str(&sum);
    }
}
