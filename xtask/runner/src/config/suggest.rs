//! "Did you mean": the known name nearest to a mistyped one.

/// `did you mean 'NAME'?`, if a known name is near enough to be meant.
#[must_use]
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = |candidate: &&str| {
        let (name, candidate) = (name.to_lowercase(), candidate.to_lowercase());
        // One slip in a short name, more in a long one; or much the same start.
        let slips = strsim::damerau_levenshtein(&name, &candidate);
        slips <= candidate.chars().count().div_ceil(4)
            || strsim::jaro_winkler(&name, &candidate) >= 0.9
    };
    let distance = |candidate: &&str| strsim::damerau_levenshtein(name, candidate);
    let best = known.into_iter().filter(near).min_by_key(distance)?;
    Some(format!("did you mean '{best}'?"))
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
        assert_eq!(did_you_mean("requierd", known).as_deref(), Some("did you mean 'required'?"));
        assert_eq!(did_you_mean("rnu", ["run", "sh"]).as_deref(), Some("did you mean 'run'?"));
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
