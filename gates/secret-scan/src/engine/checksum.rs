//! Checksums that vendors build into their tokens.

use crate::rules::format::Checksum;

/// Whether `token` carries the checksum it should.
pub fn holds(checksum: Checksum, token: &[u8]) -> bool {
    match checksum {
        Checksum::Crc32Base62 => {
            let Some(at) = token.iter().position(|byte| *byte == b'_') else { return false };
            let Some((body, sum)) = token[at + 1..].split_last_chunk::<6>() else { return false };
            *sum == base62(crc32(body))
        }
    }
}

/// The last six characters of a token whose part after the `_` is `body`.
pub fn base62_of(body: &[u8]) -> [u8; 6] {
    base62(crc32(body))
}

/// `number` in base 62 (digits, upper case, lower case), padded with zeros.
fn base62(mut number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    out
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
        let body = b"abcdefghijklmnopqrstuvwxyz0123";
        let mut token = b"ghp_".to_vec();
        token.extend_from_slice(body);
        token.extend_from_slice(&base62_of(body));
        assert!(holds(Checksum::Crc32Base62, &token));
        token[6] = b'X';
        assert!(!holds(Checksum::Crc32Base62, &token));
        assert!(!holds(Checksum::Crc32Base62, b"short"));
        assert!(!holds(Checksum::Crc32Base62, b"a_b"));
    }
}
