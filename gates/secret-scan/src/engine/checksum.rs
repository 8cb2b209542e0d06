//! Checksums that vendors build into their tokens.

/// A checksum that a vendor documents as part of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// The last six characters are the CRC32 of what stands between the prefix's `_` and them, in
    /// base 62 (GitHub and npm).
    Crc32Base62,
    /// The last eight characters are the CRC32 of all before the `_` in front of them, in
    /// hexadecimal, the lowest byte first (Grafana).
    Crc32Hex,
    /// The last seven characters are the CRC32 of all before them, in base 36 (GitLab).
    Crc32Base36,
    /// The last character stands for the exclusive or of all after the prefix (crates.io).
    XorAlnum,
}

impl Checksum {
    /// The same in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Checksum::Crc32Base62 => "its last six characters a CRC32 in base 62",
            Checksum::Crc32Hex => "its last eight characters a CRC32 in hexadecimal",
            Checksum::Crc32Base36 => "its last seven characters a CRC32 in base 36",
            Checksum::XorAlnum => "its last character a checksum",
        }
    }
}

/// Whether `token` carries the checksum it should.
pub fn holds(checksum: Checksum, token: &[u8]) -> bool {
    let Some(at) = token.len().checked_sub(len(checksum)) else { return false };
    let (head, tail) = token.split_at(at);
    of(checksum, head).is_some_and(|sum| sum.as_bytes() == tail)
}

/// How many characters at the end of a token are its checksum.
pub fn len(checksum: Checksum) -> usize {
    match checksum {
        Checksum::Crc32Base62 => 6,
        Checksum::Crc32Hex => 8,
        Checksum::Crc32Base36 => 7,
        Checksum::XorAlnum => 1,
    }
}

/// The checksum of a token that begins with `head`; none where that is too
/// short to have one.
pub fn of(checksum: Checksum, head: &[u8]) -> Option<String> {
    const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const LETTERS_FIRST: &[u8; 62] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    Some(match checksum {
        Checksum::Crc32Base62 => {
            let prefix = head.iter().position(|byte| *byte == b'_')? + 1;
            digits(crc32(head.get(prefix..)?), BASE62, 6)
        }
        Checksum::Crc32Hex => {
            let sum = crc32(head.strip_suffix(b"_")?);
            sum.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
        }
        Checksum::Crc32Base36 => digits(crc32(head), BASE36, 7),
        Checksum::XorAlnum => {
            let prefix = head.iter().rposition(|byte| *byte == b'_')? + 1;
            let sum = head.get(prefix..)?.iter().fold(0_u8, |sum, byte| sum ^ byte);
            char::from(LETTERS_FIRST[usize::from(sum) % LETTERS_FIRST.len()]).to_string()
        }
    })
}

/// `number` written with `alphabet`, padded with its zero to `len`.
fn digits(mut number: u32, alphabet: &[u8], len: usize) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    let mut out = vec![alphabet[0]; len];
    for place in out.iter_mut().rev() {
        *place = alphabet[(number % base) as usize];
        number /= base;
    }
    out.into_iter().map(char::from).collect()
}

/// CRC-32 of IEEE 802.3. Tokens are short: no table.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_of_the_standards_check_string() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_changed_character_breaks_it() {
        let body = "abcdefghijklmnopqrstuvwxyz01234";
        for (kind, head) in [
            (Checksum::Crc32Base62, format!("ghp_{body}")),
            (Checksum::Crc32Hex, format!("glsa_{body}_")),
            (Checksum::Crc32Base36, format!("glpat-{body}.01.1a")),
            (Checksum::XorAlnum, format!("cio_tp_{body}")),
        ] {
            let token = format!("{head}{}", of(kind, head.as_bytes()).unwrap());
            assert!(holds(kind, token.as_bytes()), "{kind:?}");
            assert!(!holds(kind, token.replace("ijk", "iXk").as_bytes()), "{kind:?}");
            assert!(!holds(kind, b"short"), "{kind:?}");
            assert!(!holds(kind, b"a_b"), "{kind:?}");
        }
    }

    /// The numbers that the vendors' own code makes of these.
    #[test]
    fn of_known_heads() {
        assert_eq!(of(Checksum::Crc32Hex, b"123456789_").as_deref(), Some("2639f4cb"));
        assert_eq!(of(Checksum::Crc32Base36, b"123456789").as_deref(), Some("1kl8mjq"));
        assert_eq!(of(Checksum::XorAlnum, b"cio_tp_AB").as_deref(), Some("D"));
    }
}
