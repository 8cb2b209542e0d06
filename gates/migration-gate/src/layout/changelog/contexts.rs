//! Contexts of Liquibase's: `a and (b or !c)`, where a comma is an `or`.

/// Whether what says `expression` runs where these contexts are given. Without
/// any given, all runs.
pub(crate) fn runs_in(expression: &str, given: &[String]) -> bool {
    if given.is_empty() || expression.trim().is_empty() {
        return true;
    }
    let spaced: String = expression
        .chars()
        .flat_map(|c| match c {
            '(' | ')' | ',' | '!' => [' ', c, ' '],
            c => ['\0', c, '\0'],
        })
        .filter(|c| *c != '\0')
        .collect();
    let mut words = spaced.split_whitespace().peekable();
    any(&mut words, given, 0)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// Deeper than anyone writes.
const DEPTH_MAX: usize = 32;

fn any(words: &mut Words<'_>, given: &[String], depth: usize) -> bool {
    let mut runs = all(words, given, depth);
    while words.next_if(|word| *word == "," || word.eq_ignore_ascii_case("or")).is_some() {
        runs |= all(words, given, depth);
    }
    runs
}

fn all(words: &mut Words<'_>, given: &[String], depth: usize) -> bool {
    let mut runs = one(words, given, depth);
    while words.next_if(|word| word.eq_ignore_ascii_case("and")).is_some() {
        runs &= one(words, given, depth);
    }
    runs
}

fn one(words: &mut Words<'_>, given: &[String], depth: usize) -> bool {
    let mut is_not = false;
    while words.next_if(|word| *word == "!" || word.eq_ignore_ascii_case("not")).is_some() {
        is_not = !is_not;
    }
    let runs = match words.next() {
        Some("(") if depth < DEPTH_MAX => {
            let runs = any(words, given, depth + 1);
            words.next_if(|word| *word == ")");
            runs
        }
        Some(word) => {
            let word = word.trim_start_matches('@');
            given.iter().any(|given| given.eq_ignore_ascii_case(word))
        }
        // What cannot be told runs.
        None => !is_not,
    };
    runs != is_not
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed() {
        let given = ["pg".to_owned(), "prod".to_owned()];
        for (expression, runs) in [
            ("", true),
            ("pg", true),
            ("PG", true),
            ("mysql", false),
            ("mysql, pg", true),
            ("pg and !test", true),
            ("pg AND test", false),
            ("not (mysql or test)", true),
            ("!pg", false),
            ("!(pg and prod) or mysql", false),
            ("@pg", true),
        ] {
            assert_eq!(runs_in(expression, &given), runs, "{expression}");
        }
        assert!(runs_in("test", &[]));
        assert!(runs_in(&"(".repeat(9_000), &given) | true);
    }
}
