//! refinery: `V3__name.sql`, in whichever folder below. `U3__name.sql` runs as
//! well, also after later ones: it undoes nothing. Each in a transaction.

use camino::Utf8Path;

use super::{Layout, Role, Slot, Version, plain};

pub(super) const LAYOUT: Layout = Layout {
    name: "refinery",
    slot,
    refuses,
    transaction: |_| true,
    version: |text| Version::leading(text.trim_start_matches(['V', 'U'])),
    keeps_checksums: true,
    outside: "refinery runs every file in a transaction: run it by other means",
    ..plain::LAYOUT
};

pub(super) fn slot(inside: &Utf8Path) -> Option<Slot> {
    let name = inside.file_name()?.strip_suffix(".sql")?;
    let role = match name.chars().next()? {
        'V' => Role::Up,
        'U' => Role::Anywhen,
        _ => return None,
    };
    let (version, words) = name.get(1..)?.split_once("__")?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if words.is_empty() || !words.chars().all(is_word) || version.starts_with('+') {
        return None;
    }
    let version: i64 = version.parse().ok()?;
    Some(Slot { version: Version::Number(u128::try_from(version).ok()?), role })
}

/// Names that refinery takes for migrations, with a version that is no whole number:
/// it refuses all of them then.
fn refuses(inside: &Utf8Path) -> Option<&'static str> {
    let name = inside.file_name()?.strip_suffix(".sql")?;
    let (version, words) = name.strip_prefix(['V', 'U'])?.split_once("__")?;
    let (whole, part) = version.split_once('.').unwrap_or((version, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let is_one = is_number(whole) && is_number(part) && words.chars().all(is_word);
    (is_one && !words.is_empty())
        .then_some("refinery takes whole numbers alone for versions: rename it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_refinery_reads_them() {
        let read = |path: &str| slot(path.into()).map(|slot| (slot.version, slot.role));
        assert_eq!(read("V3__a.sql"), Some((Version::Number(3), Role::Up)));
        assert_eq!(read("V1-2/V2__b.sql"), Some((Version::Number(2), Role::Up)));
        assert_eq!(read("U03__a.sql"), Some((Version::Number(3), Role::Anywhen)));
        for other in ["V3_a.sql", "V3__a-b.sql", "R__a.sql", "v3__a.sql", "V3__.sql", "V1.2__a.sql"]
        {
            assert!(read(other).is_none(), "{other}");
        }
        assert!(refuses("V1.2__a.sql".into()).is_some());
        assert!(refuses("V99999999999999999999__a.sql".into()).is_some());
        for other in ["V1.2.3__a.sql", "V1.2__a-b.sql", "V3_a.sql", "V1.2__.sql", "R__a.sql"] {
            assert!(refuses(other.into()).is_none(), "{other} is passed by");
        }
    }
}
