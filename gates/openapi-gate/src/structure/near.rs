//! A name that was likely meant.

/// The one of `names` that `name` is but for one letter, two letters in the other
/// order, or how its words are joined.
pub(super) fn nearest(
    name: &str,
    names: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    // Short words are near one another by chance, and no field is long.
    const LETTERS: std::ops::Range<usize> = 4..64;
    if !LETTERS.contains(&name.len()) {
        return None;
    }
    let plain = |text: &str| text.replace(['-', '_', '$'], "").to_ascii_lowercase();
    let own = plain(name);
    names.into_iter().find(|other| *other != name && (plain(other) == own || is_near(name, other)))
}

/// Whether one edit makes the one the other.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if other.len() < 4 {
        return false;
    }
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) =
        (one.get(start..).unwrap_or_default(), other.get(start..).unwrap_or_default());
    let after = |text: &'_ [u8], count: usize| text.get(count..).unwrap_or_default().to_vec();
    match (one, other) {
        ([a, b, rest @ ..], [c, d, end @ ..]) if a == d && b == c && rest == end => true,
        _ if one.len() == other.len() => after(one, 1) == after(other, 1),
        _ if one.len() == other.len() + 1 => after(one, 1) == other,
        _ if one.len() + 1 == other.len() => one == after(other, 1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_hand_is_near() {
        let near =
            |name| nearest(name, ["required", "minLength", "type", "enum", "$ref"].into_iter());
        for (name, meant) in [
            ("require", Some("required")),
            ("requried", Some("required")),
            ("requireds", Some("required")),
            ("reqwired", Some("required")),
            ("min_length", Some("minLength")),
            ("minlength", Some("minLength")),
            ("types", Some("type")),
            ("$type", Some("type")),
            ("tip", None),
            ("length", None),
            ("enumNames", None),
            ("required", None),
        ] {
            assert_eq!(near(name), meant, "{name}");
        }
        assert_eq!(near("é́é"), None);
    }
}
