//! Base 64 of RFC 4648, either alphabet, with or without padding.

use super::decode::is_plain;

/// The text that `encoded` stands for: ASCII, or UTF-16 as Windows' shell takes
/// its commands. None where it stands for anything else.
pub fn text(encoded: &[u8]) -> Option<Vec<u8>> {
    let digits = encoded.len() - encoded.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = encoded.get(..digits)?;
    // Of most words the first letters already tell that they are none.
    if digits.len() % 4 == 1 || !begins_as_text(digits) {
        return None;
    }
    // Long names in programs are letters only; of base 64 one text in a hundred is.
    let is_likely = |byte: &u8| byte.is_ascii_digit() || b"+/-_".contains(byte);
    if !digits.iter().any(is_likely) {
        return None;
    }
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    // A NUL after the first character: each one has two bytes.
    let mut is_wide = false;
    for group in digits.chunks(4) {
        let missing = 4 - group.len();
        for byte in bytes(group)?.into_iter().take(3 - missing) {
            is_wide |= byte == 0 && out.len() == 1;
            let is_high = is_wide && out.len() % 2 == 1;
            if if is_high { byte != 0 } else { !is_plain(byte) } {
                return None;
            }
            out.push(byte);
        }
    }
    Some(if is_wide { out.into_iter().step_by(2).collect() } else { out })
}

/// Whether the first of `digits` may stand for text.
fn begins_as_text(digits: &[u8]) -> bool {
    let Some(group) = digits.get(..4) else { return true };
    bytes(group).is_some_and(|[first, second, third]| {
        is_plain(first) && (second == 0 || is_plain(second)) && is_plain(third)
    })
}

/// The bytes of up to four digits, zeros where there are fewer.
fn bytes(group: &[u8]) -> Option<[u8; 3]> {
    let mut bits: u32 = 0;
    for digit in group {
        bits = bits << 6 | u32::from(VALUE[usize::from(*digit)]?);
    }
    bits <<= 6 * (4 - group.len());
    let [_, bytes @ ..] = bits.to_be_bytes();
    Some(bytes)
}

const VALUE: [Option<u8>; 256] = {
    let mut values = [None; 256];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value: u8 = 0;
    while (value as usize) < digits.len() {
        values[digits[value as usize] as usize] = Some(value);
        value += 1;
    }
    values[b'-' as usize] = Some(62);
    values[b'_' as usize] = Some(63);
    values
};

/// `text` in base 64 without padding.
#[cfg(test)]
pub fn encoded(text: &[u8]) -> String {
    let digits: Vec<u8> = (0..VALUE.len()).map(|byte| byte as u8).collect();
    let digit = |value: u32| {
        let is_it = |byte: &&u8| VALUE[usize::from(**byte)].map(u32::from) == Some(value);
        char::from(*digits.iter().find(is_it).unwrap())
    };
    let mut out = String::new();
    for group in text.chunks(3) {
        let bits = group.iter().fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        out.extend((0..=group.len()).map(|at| digit(bits >> (18 - 6 * at) & 63)));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{encoded, text};

    proptest! {
        #[test]
        fn what_was_encoded_is_told(plain in r"[\t\n -~]{1,40}", is_wide in any::<bool>()) {
            let wide: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let encoded = encoded(if is_wide { &wide } else { plain.as_bytes() });
            let has_digit = encoded.bytes().any(|byte| !byte.is_ascii_alphabetic());
            prop_assert_eq!(text(encoded.as_bytes()), has_digit.then(|| plain.into_bytes()));
        }
    }

    #[test]
    fn both_alphabets_with_and_without_padding() {
        let told = |encoded: &str| text(encoded.as_bytes());
        assert_eq!(told("Zm9vYmFy0A"), None, "not ASCII");
        assert_eq!(told("Zm9v").as_deref(), Some(&b"foo"[..]));
        assert_eq!(told("Zm8=").as_deref(), Some(&b"fo"[..]));
        assert_eq!(told("Zm8").as_deref(), Some(&b"fo"[..]));
        assert_eq!(told("Pz8/").as_deref(), Some(&b"???"[..]));
        assert_eq!(told("Pz8_").as_deref(), Some(&b"???"[..]));
        assert_eq!(told("Zm9vY"), None, "one digit is no byte");
        assert_eq!(told("cAB3ADEA").as_deref(), Some(&b"pw1"[..]));
    }
}
