//! Small pieces of text that every format needs.

use std::borrow::Cow;

/// `text` on one line, with everything made visible that could move a cursor,
/// start a terminal escape, begin a line or turn the reading direction. One
/// character stands for one, so that columns stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|char| shown(char) == char) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

/// C0 and DEL have pictures of their own in Unicode; what else a terminal
/// obeys or hides becomes the replacement character.
pub fn shown(char: char) -> char {
    match char {
        '\0'..='\x1f' => char::from_u32(0x2400 + char as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        // C1 controls; soft hyphen; marks and overrides of direction; line and
        // paragraph separators; invisible operators; byte order mark; tags.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        other => other,
    }
}

/// The lines of `text`, each visible, without empty ones at the end. A carriage
/// return before a line end belongs to it.
pub fn lines(text: &str) -> Vec<Cow<'_, str>> {
    text.trim_end().lines().map(visible).collect()
}

/// At most `chars_max` characters of `text`, told where it was cut.
pub fn shortened(text: &str, chars_max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars_max) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// `1 finding`, `2 findings`.
pub fn count(number: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { singular } else { plural })
}

/// `78635` as `78,635`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 ms`, `1.2 s`, `2 min 5 s`.
pub fn duration(elapsed_ms: u64) -> String {
    match elapsed_ms {
        0..1_000 => format!("{elapsed_ms} ms"),
        1_000..60_000 => format!("{}.{} s", elapsed_ms / 1_000, elapsed_ms % 1_000 / 100),
        _ => format!("{} min {} s", grouped(elapsed_ms / 60_000), elapsed_ms % 60_000 / 1_000),
    }
}

/// `a, b and c`; past `most` names the rest is counted.
pub fn listed(names: &[impl AsRef<str>], most: usize) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate().take(most) {
        text.push_str(if index == 0 { "" } else { ", " });
        text.push_str(&visible(name.as_ref()));
    }
    if names.len() > most {
        text.push_str(&format!(" and {} more", grouped((names.len() - most) as u64)));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    #[test]
    fn escapes_and_directions_become_visible_one_for_one() {
        assert_eq!(visible("a\x1b[31mb\r\n\t\u{202e}c"), "a␛[31mb␍␊␉\u{fffd}c");
        assert_eq!(visible("über 日本 \u{200d}"), "über 日本 \u{200d}");
    }

    #[test]
    fn numbers_and_times_read_well() {
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(78_635, "file", "files"), "78,635 files");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(duration(3), "3 ms");
        assert_eq!(duration(1_249), "1.2 s");
        assert_eq!(duration(125_000), "2 min 5 s");
        assert_eq!(listed(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(shortened("abc", 2), "ab…");
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn nothing_visible_is_a_control(text in any::<String>()) {
            let seen = visible(&text);
            prop_assert_eq!(seen.chars().count(), text.chars().count());
            prop_assert!(!seen.chars().any(char::is_control));
        }
    }
}
