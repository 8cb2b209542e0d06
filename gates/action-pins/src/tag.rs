//! What a tag says by its form: one release, or something that moves on.

/// Parts that make a tag move whatever stands beside them.
const MOVING: &[&str] = &["latest", "snapshot"];

/// Whether `tag` names one release: `16.1`, `v1.55.1-noble`, `20240101`,
/// `RELEASE.2024-01-02T03-04-05Z`, a commit. `22`, `22-alpine3.19`, `1.x` and
/// `stable` do not.
///
/// The first part that begins with a number decides: what comes after it is
/// the version of something the image is built on.
pub(crate) fn is_release(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let parts: Vec<&str> = tag.split(['-', '_', '+']).collect();
    if parts.iter().any(|part| MOVING.contains(part)) {
        return false;
    }
    if parts.iter().any(|part| is_commit(part) || is_day(part)) {
        return true;
    }
    let numbered = parts.iter().enumerate().find_map(|(at, part)| Some((at, number(part)?)));
    let Some((at, number)) = numbered else { return false };
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if let Some((_, minor)) = number.split_once('.') {
        let is_open = number.split('.').any(|part| matches!(part, "x" | "*" | ""));
        return !is_open && digits(minor) > 0;
    }
    // `2024-01-02`, and the running number of a build.
    let is_year = digits(number) == 4 && number.len() == 4;
    let has_month = parts.get(at + 1).is_some_and(|part| matches!(digits(part), 1 | 2));
    (is_year && has_month) || digits(number) >= 5
}

/// A part that begins with a number, without the letters that stand for
/// "version", "release" or "build".
fn number(part: &str) -> Option<&str> {
    let words = ["version.", "release.", "build", "rel", "v.", "v", "r", "b", ""];
    let bare = words.iter().find_map(|word| {
        let rest = part.strip_prefix(word)?;
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest)
    })?;
    Some(bare)
}

/// Seven or more hex digits, letters and numbers among them.
fn is_commit(part: &str) -> bool {
    let part = part.strip_prefix("sha.").unwrap_or(part);
    (7..=64).contains(&part.len())
        && part.bytes().all(|byte| byte.is_ascii_hexdigit())
        && part.bytes().any(|byte| byte.is_ascii_digit())
        && part.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// `20240131`, perhaps with an hour or a number behind it.
fn is_day(part: &str) -> bool {
    let digits = part.split('.').next().unwrap_or_default();
    let day = digits.get(..8).unwrap_or_default();
    let is_numeric = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_numeric
        && matches!(digits.len(), 8 | 10 | 12 | 14)
        && (day.starts_with("20") || day.starts_with("19"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn releases_and_moving_tags_are_told_apart() {
        for release in [
            "16.1",
            "v1.55.1-noble",
            "22.04",
            "1.36",
            "3.20-alpine",
            "20240101",
            "v20240101",
            "bookworm-20240211",
            "22-20240101",
            "release.2024-01-02t03-04-05z",
            "2024-01-02",
            "RELEASE.2024-01-02T03-04-05Z",
            "main-abc1234",
            "sha-0a1b2c3",
            "1.2.3-rc.1",
            "2024.1",
            "openjdk17-1.2.3",
            "b4321.1",
            "12345",
            "jammy-1.45.0",
            "V2.1",
        ] {
            assert!(is_release(release), "{release}");
        }
        for moving in [
            "latest",
            "22",
            "v2",
            "22-alpine3.19",
            "stable",
            "stable-alpine3.19",
            "noble",
            "dev",
            "1.x",
            "1.2.x",
            "latest-pg16.2",
            "16-bookworm",
            "2024",
            "nonroot",
            "1-SNAPSHOT",
            "1.2-SNAPSHOT",
            "",
            "1.",
            "php8.2",
            "main",
            "defaced",
            "ltsc2022",
        ] {
            assert!(!is_release(moving), "{moving}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn any_tag_is_judged(tag in any::<String>(), near in "[-_.+v0-9a-fx]{0,20}") {
            is_release(&tag);
            is_release(&near);
        }
    }
}
