//! "Did you mean": the known name nearest to a mistyped one.

/// `did you mean 'NAME'?`, if a known name is near enough to be meant.
#[must_use]
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let scored = known.into_iter().map(|candidate| {
        (strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase()), candidate)
    });
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= 0.8).then(|| format!("did you mean '{}'?", best.1))
}

/// Serde's ``unknown field `x`, expected one of `a`, `b` `` in our own form,
/// and the nearest name as a hint.
#[must_use]
pub fn reworded(message: &str) -> (String, Option<String>) {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown =
        ["unknown field", "unknown variant"].iter().any(|start| message.starts_with(start));
    match (unknown, quoted.next()) {
        (true, Some(name)) => {
            let known: Vec<&str> = quoted.collect();
            let what =
                if message.starts_with("unknown field") { "unknown key" } else { "unknown value" };
            let list = || format!("known are {}", known.join(", "));
            let hint = did_you_mean(name, known.iter().copied()).unwrap_or_else(list);
            (format!("{what} '{name}'"), Some(hint))
        }
        _ => (message.replace('`', "'"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["timeout", "needs", "required"];
        assert_eq!(did_you_mean("timout", known).as_deref(), Some("did you mean 'timeout'?"));
        assert_eq!(did_you_mean("zzz", known), None);
    }

    #[test]
    fn serdes_words_become_ours() {
        let (message, hint) = reworded("unknown field `histroy`, expected `history` or `config`");
        assert_eq!(message, "unknown key 'histroy'");
        assert_eq!(hint.as_deref(), Some("did you mean 'history'?"));
        let (message, hint) = reworded("invalid type: integer `3`, expected a string");
        assert_eq!(message, "invalid type: integer '3', expected a string");
        assert_eq!(hint, None);
    }
}
