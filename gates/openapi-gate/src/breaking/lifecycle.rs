//! What is promised about the end of a thing: `x-stability-level`, `deprecated`
//! and `x-sunset`.

use super::compare::{Local, Sight};
use super::shape::Shape;
use crate::spec::{Node, one_line};

/// How long before its end a thing must be called deprecated.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Policy {
    /// Today, in days since 1970, where a command was asked.
    pub(crate) today: Option<i64>,
    /// For what is `beta`.
    pub(crate) beta_days: u32,
    /// For everything else.
    pub(crate) stable_days: u32,
}

/// How far a thing can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stability {
    Draft,
    Alpha,
    Beta,
    Stable,
}

/// What a thing says of its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sunset {
    None,
    /// In days since 1970, and as it is written.
    On(i64, String),
    /// As it is written.
    Unreadable(String),
}

impl Stability {
    /// What `node` says; nothing said is stable, a word that is none is the error.
    pub(super) fn of(node: Node<'_>) -> Result<Stability, String> {
        let Some(said) = node.get("x-stability-level") else { return Ok(Stability::Stable) };
        match said.text() {
            Some("draft") => Ok(Stability::Draft),
            Some("alpha") => Ok(Stability::Alpha),
            Some("beta") => Ok(Stability::Beta),
            Some("stable") => Ok(Stability::Stable),
            other => Err(one_line(other.unwrap_or("no text"))),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Stability::Draft => "draft",
            Stability::Alpha => "alpha",
            Stability::Beta => "beta",
            Stability::Stable => "stable",
        }
    }

    /// Whether clients may rely on it.
    pub(super) fn is_promised(self) -> bool {
        self >= Stability::Beta
    }
}

impl Sunset {
    pub(super) fn of(node: Node<'_>) -> Sunset {
        let Some(said) = node.get("x-sunset") else { return Sunset::None };
        let text = said.text().unwrap_or_default();
        match day(text) {
            Some(day) => Sunset::On(day, one_line(text)),
            None => Sunset::Unreadable(one_line(text)),
        }
    }
}

impl Policy {
    /// The days that must lie between a deprecation and its sunset.
    pub(super) fn days(&self, stability: Stability) -> u32 {
        match stability {
            Stability::Draft | Stability::Alpha => 0,
            Stability::Beta => self.beta_days,
            Stability::Stable => self.stable_days,
        }
    }

    /// Whether a sunset is nearer than that.
    pub(super) fn is_too_near(&self, day: i64, stability: Stability) -> bool {
        self.today.is_some_and(|today| day - today < i64::from(self.days(stability)))
    }
}

/// What a schema promises.
pub(super) fn schema(sight: &Sight<'_, '_>, local: &mut Local) {
    let of = |shape: &Shape<'_>| {
        let mut said =
            shape.parts.iter().filter(|it| it.place.node.get("x-stability-level").is_some());
        said.next().map_or(Ok(Stability::Stable), |part| Stability::of(part.place.node))
    };
    let at = sight.head.at("x-stability-level");
    if let (Ok(base), Ok(head)) = (of(&sight.base), of(&sight.head))
        && head < base
        && base.is_promised()
    {
        let words = format!("it is {} now and was {}", head.name(), base.name());
        local.change("stability-decreased", at, words);
    }
    if sight.base.says("deprecated") || !sight.head.says("deprecated") {
        return;
    }
    let at = sight.head.at("deprecated");
    let policy = &sight.all.policy;
    let said = sight.head.parts.iter().map(|part| Sunset::of(part.place.node));
    match said.into_iter().find(|it| *it != Sunset::None).unwrap_or(Sunset::None) {
        Sunset::None if policy.stable_days > 0 => {
            local.change("deprecated-sunset-missing", at, "it is deprecated without an 'x-sunset'");
        }
        Sunset::Unreadable(text) => {
            let words = format!("its 'x-sunset' '{text}' is no date");
            local.change("deprecated-sunset-invalid", at, words);
        }
        Sunset::On(day, text) if policy.is_too_near(day, Stability::Stable) => {
            let words = format!("its 'x-sunset' {text} is nearer than {} days", policy.stable_days);
            local.change("sunset-date-too-small", at, words);
        }
        _ => {}
    }
}

/// The day of `2026-11-21` or `2026-11-21T10:00:00Z`, counted from 1970.
pub(crate) fn day(text: &str) -> Option<i64> {
    let text = text.trim();
    let date = match text.get(10..)? {
        "" => text,
        rest if rest.starts_with(['T', 't', ' ']) => text.get(..10)?,
        _ => return None,
    };
    let mut parts = date.split('-');
    let mut number = |length: usize| -> Option<i64> {
        let part =
            parts.next().filter(|it| it.len() == length && it.bytes().all(|b| b.is_ascii_digit()));
        part?.parse().ok()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if day < 1 || day > days {
        return None;
    }
    // Years begin in March, so that the leap day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(before + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-02-29"), Some(11_016));
        assert_eq!(day("2026-11-21T10:00:00Z"), Some(20_778));
        assert_eq!(
            day("2024-12-31").zip(day("2025-01-01")).map(|(one, other)| other - one),
            Some(1)
        );
        for text in
            ["", "2026-13-01", "2025-02-29", "26-1-1", "2026-11-21x", "tomorrow..", "2026/11/21"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
